"""The public record: editions, append-only rows that say what was public of a record from one day until another.

An edition is a narrow row to filter and count by; its document, in a table of its own, holds everything that a
reader sees. Only events/publishing/ writes here. Editions know companies and no other record of the desk.
"""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from events.dates import written
from events.models.choices import (
    AI_LINKS_WITH_QUOTE,
    AiLink,
    Change,
    Closure,
    CountsAs,
    NoteKind,
    Permanence,
    PlanOrActual,
    Precision,
    Qualifier,
    Role,
    Sector,
    Stage,
    TotalCounts,
    TotalScope,
)
from events.models.company import MERGED_INTO, Company
from events.models.fields import FullText, one_of

# An open span ends on the last day there is: "known_from <= day < known_until" then needs no special case.
OPEN = date.max


class PublicRecord(models.Model):
    """The record as a whole, one row: when it opened and how often it changed."""

    opened_on = models.DateField()
    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"version {self.version}"


class EditionSet(models.QuerySet):
    """Editions, asked in readers' words."""

    def known_on(self, day: date | None) -> "EditionSet":
        """What was public at the end of `day` (UTC); None: what is public now. Without withdrawn records."""
        return self.filter(**self.span(day))

    @staticmethod
    def span(day: date | None, of: str = "") -> dict[str, Any]:
        """The condition of `known_on`, for editions or, with `of`, for rows that lead to one ("edition__")."""
        if day is None:
            # Not "=": SQLite would take the index of open editions, which lacks all that is counted by.
            return {f"{of}known_until__gte": OPEN, f"{of}withdrawn": False}
        return {f"{of}known_from__lte": day, f"{of}known_until__gt": day, f"{of}withdrawn": False}

    def for_record(self, record_id: int) -> "EditionSet":
        """All editions of one record, oldest first."""
        return self.filter(record_id=record_id).order_by("number")


class Edition(models.Model):
    """What was public of one record from `known_from` until, not including, `known_until`."""

    # What a reader calls such a record.
    called: Any

    record_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    known_from = models.DateField()
    known_until = models.DateField(default=OPEN)
    withdrawn = models.BooleanField(default=False)
    change = models.CharField(max_length=10, choices=Change)
    reason = models.CharField(max_length=500, blank=True)
    changed_fields = models.JSONField(default=list)
    version = models.PositiveBigIntegerField()
    written_at = models.DateTimeField(auto_now_add=True)
    recorded_on = models.DateField()
    reconstructed_from = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300)
    slug = models.SlugField(max_length=120)

    objects = EditionSet.as_manager()

    class Meta:
        abstract = True
        ordering = ["record_id", "number"]
        constraints = [
            one_of("change", Change),
            models.UniqueConstraint(fields=["record_id", "number"], name="%(class)s_number_once"),
            models.UniqueConstraint(fields=["record_id"], condition=Q(known_until=OPEN), name="%(class)s_one_open"),
            models.CheckConstraint(condition=Q(known_from__lte=F("known_until")), name="%(class)s_span_in_order"),
        ]
        indexes = [
            # The log of corrections: what came after a record's first edition, which few records have.
            models.Index(
                fields=["known_from", "record_id", "number"], name="%(class)s_later", condition=Q(number__gt=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def is_open(self) -> bool:
        return self.known_until == OPEN


class Figure(models.Model):
    """The figure of people in an edition, as it was on the record."""

    people_low = models.PositiveIntegerField(null=True)
    people = models.PositiveIntegerField(null=True)
    people_high = models.PositiveIntegerField(null=True)
    headline = models.PositiveIntegerField(null=True)
    high_open = models.BooleanField(default=False)
    qualifier = models.CharField(max_length=10, choices=Qualifier)

    class Meta:
        abstract = True


EVENT_FACTS = [
    "announced_from", "record_id", "known_from", "known_until", "withdrawn", "replaced_by", "counts_as",
    "announced_until", "announced_month", "date_precision", "stage", "ai_link", "sector", "country", "part_of",
    "people_low", "headline", "people_high", "high_open", "share_percent", "company", "permanence", "closure",
    "days_late", "reasons", "tiers",
]  # fmt: skip


# The choices whose values are counted beside a list.
EVENT_FACETS = ("stage", "ai_link", "sector", "country", "permanence", "closure", "reasons", "tiers")


def counted_by(choice: str) -> Func:
    """What rows are grouped by to count them by the value of a choice: the value itself, in a form that an index of
    its own begins with and that no filter takes."""
    return Upper(F(choice)) if choice == "country" else Lower(F(choice))


class EventEdition(Edition, Figure):
    """A layoff event as it was public."""

    called = _("layoff event")

    # The index below serves the key.
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", db_index=False)
    announced_from = models.DateField()
    announced_until = models.DateField()
    date_precision = models.CharField(max_length=7, choices=Precision)
    announced_month = models.CharField(max_length=7, blank=True)
    effective_from = models.DateField(null=True)
    effective_until = models.DateField(null=True)
    effective_precision = models.CharField(max_length=7, choices=Precision, blank=True)
    share_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    counts_as = models.CharField(max_length=10, choices=CountsAs)
    stage = models.CharField(max_length=12, choices=Stage)
    permanence = models.CharField(max_length=10, choices=Permanence)
    closure = models.CharField(max_length=8, choices=Closure)
    ai_link = models.CharField(max_length=10, choices=AiLink)
    ai_link_quote = models.CharField(max_length=500, blank=True)
    ai_link_speaker = models.CharField(max_length=200, blank=True)
    sector = models.CharField(max_length=20, choices=Sector, blank=True)
    country = models.CharField(max_length=2, blank=True)
    place = models.CharField(max_length=200, blank=True)
    place_folded = models.CharField(max_length=200, blank=True)
    part_of = models.BigIntegerField(null=True)
    replaced_by = models.BigIntegerField(null=True)
    # The days within which an AI note stands beside the event: 12 months before to 6 after.
    notes_from = models.DateField()
    notes_until = models.DateField()
    # Of which there may be several: each value between blanks, " ai costs ", "" for none.
    reasons = models.CharField(max_length=100, blank=True)
    tiers = models.CharField(max_length=50, blank=True)
    # How many days after its date it became known here.
    days_late = models.PositiveIntegerField()

    class Meta(Edition.Meta):
        abstract = False
        constraints = [
            *Edition.Meta.constraints,
            one_of("counts_as", CountsAs),
            models.CheckConstraint(
                condition=~Q(ai_link__in=AI_LINKS_WITH_QUOTE) | ~Q(ai_link_quote="") & ~Q(ai_link_speaker=""),
                name="eventedition_claim_has_quote",
                violation_error_message=_(
                    "A stated, reported or denied AI link needs a quote and its speaker before publication."
                ),
            ),
        ]
        indexes = [
            *Edition.Meta.indexes,
            # All that is filtered and counted by, so that sums of today and of any day read this index alone; in the
            # order in which lists are shown, so that a page reads no more than its rows.
            models.Index(fields=EVENT_FACTS, name="eventedition_facts"),
            models.Index(
                fields=["part_of", "record_id", "known_from", "known_until", "withdrawn", "replaced_by"],
                name="eventedition_parts",
                condition=Q(part_of__isnull=False),
            ),
            models.Index(fields=["company", "announced_from"], name="eventedition_company"),
            # The few dates that are known less exactly than to the month.
            models.Index(
                fields=["announced_from", "known_until"], name="eventedition_coarse", condition=Q(announced_month="")
            ),
            # What changed last: the order of feeds.
            models.Index(fields=["known_from", "record_id"], name="eventedition_changed"),
            # Today's rows in the order of each choice: to count them by it sorts nothing and reads little.
            *(
                models.Index(
                    counted_by(name),
                    F(name),
                    *(F(other) for other in ("counts_as", "known_until", "withdrawn", "replaced_by")),
                    name=f"eventedition_by_{name}",
                    condition=Q(known_until__gte=OPEN, withdrawn=False, replaced_by__isnull=True),
                )
                for name in EVENT_FACETS
            ),
        ]

    def get_absolute_url(self) -> str:
        return f"/events/{self.record_id}-{self.slug}/"

    @property
    def announced_on(self) -> str:
        """The date as exactly as it is known: "2024-01-10", "2024-01", "2024-Q1", "2024"."""
        return written(self.announced_from, self.date_precision)

    @property
    def effective_on(self) -> str:
        return written(self.effective_from, self.effective_precision) if self.effective_from else ""


class NoteEdition(Edition):
    """An AI-investment note as it was public. Money is in millions of US dollars."""

    called = _("AI-investment note")

    kind = models.CharField(max_length=20, choices=NoteKind)
    dated_from = models.DateField()
    dated_until = models.DateField()
    date_precision = models.CharField(max_length=7, choices=Precision)
    dated_month = models.CharField(max_length=7, blank=True)
    usd_low_millions = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    usd_millions = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    usd_high_millions = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    plan_or_actual = models.CharField(max_length=7, choices=PlanOrActual)
    period_from = models.DateField(null=True)
    period_until = models.DateField(null=True)
    updates = models.BigIntegerField(null=True)
    tiers = models.CharField(max_length=50, blank=True)

    class Meta(Edition.Meta):
        abstract = False
        constraints = [*Edition.Meta.constraints, one_of("kind", NoteKind)]
        indexes = [
            *Edition.Meta.indexes,
            models.Index(
                fields=["dated_from", "record_id", "known_from", "known_until", "withdrawn"], name="noteedition_facts"
            ),
        ]

    def get_absolute_url(self) -> str:
        return f"/ai/{self.record_id}-{self.slug}/"

    @property
    def dated_on(self) -> str:
        return written(self.dated_from, self.date_precision)


class TotalEdition(Edition, Figure):
    """A published total as it was public."""

    called = _("published total")

    publisher = models.CharField(max_length=200)
    scope = models.CharField(max_length=15, choices=TotalScope)
    geography = models.CharField(max_length=100)
    counts = models.CharField(max_length=12, choices=TotalCounts)
    period_from = models.DateField()
    period_until = models.DateField()
    as_of = models.DateField()

    class Meta(Edition.Meta):
        abstract = False

    def get_absolute_url(self) -> str:
        """All of them stand on one page."""
        return "/totals/"


class HeadcountEdition(Edition, Figure):
    """A company's headcount as it was public."""

    called = _("headcount")

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    counted_from = models.DateField()
    counted_until = models.DateField()
    date_precision = models.CharField(max_length=7, choices=Precision)

    class Meta(Edition.Meta):
        abstract = False

    def get_absolute_url(self) -> str:
        return self.company.get_absolute_url()

    @classmethod
    def of(cls, company: Any) -> EditionSet:
        """Headcounts of a company and of those that were merged into it."""
        wanted = Q()
        for step in MERGED_INTO:
            wanted |= Q(company=company) if step == "pk" else Q(**{f"company__{step}": company})
        return cls.objects.filter(wanted)


class EventEditionCompany(models.Model):
    """Index, rebuilt with ownership: an edition's company (`direct`), and who owned it through the whole date."""

    edition = models.ForeignKey(EventEdition, models.CASCADE, related_name="company_index")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    direct = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "edition"], name="eventeditioncompany_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.company_id}"


class NoteEditionCompany(models.Model):
    """Index: a company of a note in its role (`direct`), and who owned it through the note's whole date."""

    edition = models.ForeignKey(NoteEdition, models.CASCADE, related_name="company_index")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    direct = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "edition", "role", "direct"], name="noteeditioncompany_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.company_id}"


class EventEditionTie(models.Model):
    """Index: an event or note (by its record's id) that an edition's document names, to find who names it."""

    class Kind(models.TextChoices):
        UPDATES = "updates"
        DISPUTED_BY = "disputed_by"
        NOTES = "notes"

    edition = models.ForeignKey(EventEdition, models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=11, choices=Kind)
    other = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "other", "edition"], name="eventeditiontie_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.kind} {self.other}"


class Term(models.Model):
    """Index: a name that an edition's document holds several of. `key` is its form for comparison."""

    class Kind(models.TextChoices):
        UNIT = "unit"
        SOURCE = "source"

    kind = models.CharField(max_length=6, choices=Kind)
    value = models.CharField(max_length=200)
    key = models.CharField(max_length=200)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["kind", "key", "edition"], name="%(class)s_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class EventEditionTerm(Term):
    edition = models.ForeignKey(EventEdition, models.CASCADE, related_name="terms")


class NoteEditionTerm(Term):
    edition = models.ForeignKey(NoteEdition, models.CASCADE, related_name="terms")


class Words(models.Model):
    """Index: what is searched in an edition, as words of letters and digits: its title alone, and all of it.

    The names of its companies are not here: they are searched as they are today.
    """

    title = models.TextField()
    words = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class EventWords(Words):
    edition = models.OneToOneField(EventEdition, models.CASCADE, primary_key=True, related_name="searched")

    class Meta:
        constraints = [FullText(field="words", name="eventwords_search")]


class NoteWords(Words):
    edition = models.OneToOneField(NoteEdition, models.CASCADE, primary_key=True, related_name="searched")

    class Meta:
        constraints = [FullText(field="words", name="notewords_search")]


class Document(models.Model):
    """Everything that a reader sees of a record: citations, units, relations (by id alone), words."""

    body = models.JSONField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"document {self.pk}"


class EventDocument(Document):
    edition = models.OneToOneField(EventEdition, models.CASCADE, primary_key=True, related_name="document")


class NoteDocument(Document):
    edition = models.OneToOneField(NoteEdition, models.CASCADE, primary_key=True, related_name="document")


class TotalDocument(Document):
    edition = models.OneToOneField(TotalEdition, models.CASCADE, primary_key=True, related_name="document")


class HeadcountDocument(Document):
    edition = models.OneToOneField(HeadcountEdition, models.CASCADE, primary_key=True, related_name="document")


def public_companies() -> models.QuerySet[Company]:
    """The companies that an edition has named, or that owned one it names; all others are the desk's alone."""
    named = [
        Exists(index.objects.filter(company=OuterRef("pk"))) for index in (EventEditionCompany, NoteEditionCompany)
    ]
    return Company.objects.filter(named[0] | named[1] | Exists(HeadcountEdition.of(OuterRef("pk"))))


class SourceLink(models.Model):
    """A source's archived copy and the health of its link: live, in no edition (model.md, "Two sides")."""

    source_id = models.BigIntegerField(primary_key=True)
    archived_url = models.URLField(max_length=1000, blank=True)
    # The day from which the address itself was not found any more.
    dead_since = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.archived_url
