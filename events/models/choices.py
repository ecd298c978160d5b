"""The words of the domain with their stable values: they stand in files and links for ever."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a record stands on the editors' desk. Not the state of the world: that is `Stage`."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    PUBLISHED = "published", _("published")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Precision(TextChoices):
    """How exactly a day is known; a coarser one stands for its whole span."""

    DAY = "day", _("day")
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    YEAR = "year", _("year")


class Qualifier(TextChoices):
    """How a source bounds its figure."""

    EXACT = "exact", _("exact")
    ABOUT = "about", _("about")
    AT_LEAST = "at_least", _("at least")
    UP_TO = "up_to", _("up to")
    RANGE = "range", _("range")
    NONE = "none", _("none")


class PeopleBasis(TextChoices):
    """Where a figure of people comes from."""

    STATED = "stated", _("stated by the source")
    FROM_PERCENT = "from_percent", _("worked out from a percentage")
    EDITORS_BOUND = "editors_bound", _("editor's bound")
    UNKNOWN = "unknown", _("unknown")


class Stage(TextChoices):
    """How far a cut has come."""

    SIGNALLED = "signalled", _("signalled")
    ANNOUNCED = "announced", _("announced")
    FILED = "filed", _("filed")
    CARRIED_OUT = "carried_out", _("carried out")
    CALLED_OFF = "called_off", _("called off")


class Permanence(TextChoices):
    PERMANENT = "permanent", _("permanent")
    TEMPORARY = "temporary", _("temporary")
    UNKNOWN = "unknown", _("unknown")


class Closure(TextChoices):
    """Whether a site closes."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("unknown")


class CountsAs(TextChoices):
    """What an event is for counting: these are never added to one another (rule 5)."""

    CUT = "cut", _("cut")
    FILING = "filing", _("filing")
    TEMPORARY = "temporary", _("temporary")
    SIGNAL = "signal", _("signal")
    CALLED_OFF = "called_off", _("called off")


class AiLink(TextChoices):
    """What is claimed about a cut and AI, by whom."""

    STATED = "stated", _("stated reason")
    REPORTED = "reported", _("reported reason")
    ALONGSIDE = "alongside", _("invests in AI meanwhile")
    DENIED = "denied", _("denied")
    NONE = "none", _("no claim")
    UNKNOWN = "unknown", _("unknown")


AI_LINKS_WITH_QUOTE = (AiLink.STATED, AiLink.REPORTED, AiLink.DENIED)


class ReasonKind(TextChoices):
    AI = "ai", _("AI")
    COSTS = "costs", _("costs")
    RESTRUCTURING = "restructuring", _("restructuring")
    DEMAND = "demand", _("demand")
    MERGER = "merger", _("merger")
    CLOSURE = "closure", _("closure")
    OTHER = "other", _("other")


class RelationKind(TextChoices):
    PART_OF = "part_of", _("is part of")
    REPLACES = "replaces", _("replaces")
    UPDATES = "updates", _("updates")
    DISPUTED_BY = "disputed_by", _("is disputed by")


class Verdict(TextChoices):
    """What an editor says of two events that look like one."""

    SAME = "same", _("the same")
    PART_OF = "part_of", _("one is part of the other")
    UPDATES = "updates", _("one updates the other")
    REPLACES = "replaces", _("one replaces the other")
    DIFFERENT = "different", _("different")


class Pairing(TextChoices):
    """As what two events are compared."""

    CUTS = "cuts", _("two cuts, or others of one kind")
    FILINGS = "filings", _("two filings")
    BESIDE_CUT = "beside_cut", _("a filing that may belong to a cut")


class NoteKind(TextChoices):
    MODEL = "model", _("model")
    PRODUCT = "product", _("product")
    CAPITAL_SPENDING = "capital_spending", _("capital spending")
    RESEARCH_SPENDING = "research_spending", _("research spending")
    FUNDING_ROUND = "funding_round", _("funding round")
    ACQUISITION = "acquisition", _("acquisition")
    PARTNERSHIP = "partnership", _("partnership")
    HIRING = "hiring", _("hiring")
    PAY = "pay", _("pay")
    RETURNS = "returns", _("returns")
    OUTLOOK = "outlook", _("outlook")


class Role(TextChoices):
    """What a company is in an AI-investment note."""

    INVESTOR = "investor", _("investor")
    RECIPIENT = "recipient", _("recipient")
    BUYER = "buyer", _("buyer")
    TARGET = "target", _("target")
    MAKER = "maker", _("maker")
    EMPLOYER = "employer", _("employer")


class PlanOrActual(TextChoices):
    PLAN = "plan", _("plan")
    ACTUAL = "actual", _("actual")
    UNKNOWN = "unknown", _("not known")


class PlaceBasis(TextChoices):
    """Whether country and place say where the jobs are or where the company sits."""

    JOBS = "jobs", _("where the jobs are")
    SEAT = "seat", _("the company's seat")


class SourceKind(TextChoices):
    FILING = "filing", _("filing")
    STATEMENT = "statement", _("company statement")
    ARTICLE = "article", _("article")
    POST = "post", _("post")
    REPORT = "report", _("report")
    DATA_FILE = "data_file", _("data file")


class Tier(TextChoices):
    PRIMARY = "primary", _("filing or company statement")
    REPORTING = "reporting", _("named reporting")
    POST = "post", _("post or leak")


class Speaker(TextChoices):
    COMPANY = "company", _("the company")
    REGULATOR = "regulator", _("a regulator")
    PRESS = "press", _("the press")
    WORKER = "worker", _("a worker")
    ANALYST = "analyst", _("an analyst")


class TotalScope(TextChoices):
    """Which jobs a published total takes in."""

    TECHNOLOGY = "technology", _("technology")
    ALL_INDUSTRIES = "all_industries", _("all industries")
    AI_REASON = "ai_reason", _("AI as the stated reason")
    OTHER = "other", _("other")


class TotalCounts(TextChoices):
    """What a published total counts."""

    PLANS = "plans", _("announced plans")
    EVENTS = "events", _("an event list")
    DISCHARGES = "discharges", _("carried out")


class Sector(TextChoices):
    AEROSPACE = "aerospace", _("Aerospace")
    AI = "ai", _("AI")
    CONSTRUCTION = "construction", _("Construction")
    CONSUMER = "consumer", _("Consumer")
    CRYPTO = "crypto", _("Crypto")
    DATA = "data", _("Data")
    EDUCATION = "education", _("Education")
    ENERGY = "energy", _("Energy")
    FINANCE = "finance", _("Finance")
    FITNESS = "fitness", _("Fitness")
    FOOD = "food", _("Food")
    HARDWARE = "hardware", _("Hardware")
    HEALTHCARE = "healthcare", _("Healthcare")
    HR = "hr", _("Human resources")
    INFRASTRUCTURE = "infrastructure", _("Infrastructure")
    LEGAL = "legal", _("Legal")
    LOGISTICS = "logistics", _("Logistics")
    MANUFACTURING = "manufacturing", _("Manufacturing")
    MARKETING = "marketing", _("Marketing")
    MEDIA = "media", _("Media")
    OTHER = "other", _("Other")
    PRODUCT = "product", _("Product")
    REAL_ESTATE = "real_estate", _("Real estate")
    RECRUITING = "recruiting", _("Recruiting")
    RETAIL = "retail", _("Retail")
    SALES = "sales", _("Sales")
    SECURITY = "security", _("Security")
    SUPPORT = "support", _("Support")
    TRANSPORTATION = "transportation", _("Transportation")
    TRAVEL = "travel", _("Travel")


class Change(TextChoices):
    """Why an edition was written."""

    PUBLISHED = "published", _("published")
    CORRECTED = "corrected", _("corrected")
    TOUCHED = "touched", _("changed by a related record")
    WITHDRAWN = "withdrawn", _("withdrawn")


class TipState(TextChoices):
    """What the desk did with a reader's tip."""

    NEW = "new", _("new")
    TAKEN = "taken", _("taken")
    DISMISSED = "dismissed", _("dismissed")


class LinkStatus(TextChoices):
    """What a source's address answered when it was last looked at."""

    OK = "ok", _("answers")
    MOVED = "moved", _("moved for good")
    MISSING = "missing", _("not found (404)")
    GONE = "gone", _("gone (410)")
    FAILING = "failing", _("does not answer, or with an error of its own")
    DENIED = "denied", _("answers, but not to us")
    ROBOTS = "robots", _("asks robots to stay away")
    REFUSED = "refused", _("not asked: no address of the public web")


class BatchState(TextChoices):
    """How far an import has come."""

    UPLOADED = "uploaded", _("uploaded")
    PREVIEWED = "previewed", _("previewed")
    CONFIRMED = "confirmed", _("confirmed")
    TAKEN_BACK = "taken_back", _("taken back")
    FAILED = "failed", _("failed")


class BatchTask(TextChoices):
    """What was asked of an import last and is not done yet."""

    PREVIEW = "preview", _("the preview")
    IMPORT = "import", _("the import")
    TAKE_BACK = "take_back", _("taking it back")


class RowOutcome(TextChoices):
    """What became of a row of a file."""

    NEW = "new", _("new")
    SAME = "same", _("same")
    CHANGED = "changed", _("changed")
    DUPLICATE = "duplicate", _("likely duplicate")
    REJECTED = "rejected", _("rejected")
    PASSED_OVER = "passed", _("passed over")


class Undone(TextChoices):
    """What taking an import back did with the event of a row."""

    REMOVED = "removed", _("removed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    RESTORED = "restored", _("as before")
    KEPT = "kept", _("kept: edited since")


class RecordKind(TextChoices):
    """What a row of a file becomes, or brings along."""

    EVENT = "event", _("layoff event")
    NOTE = "note", _("AI-investment note")
    COMPANY = "company", _("company")
    SOURCE = "source", _("source")
