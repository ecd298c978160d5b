"""What the answers must be, reckoned the slow and obvious way from a world's log: lists and loops, no database.

It shares no code with what it checks: dates, folding, owners, trees, filters and sums are written here a second time
from the words of the methodology. A query is a list of pairs (parameter, value).
"""

import calendar
import functools
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

PEOPLE_KINDS = ("cut", "filing", "temporary")
KINDS = (*PEOPLE_KINDS, "signal", "called_off")
NOW = date.max
LISTS = ("stage", "permanence", "closure", "ai_link", "sector", "country")
# The facets of the explorer, and the way each value of one is read off a row.
FACETS = ("counts_as", "stage", "ai_link", "sector", "country")
# Who puts something into AI, and by what.
INVESTING_ROLES = ("investor", "buyer", "maker")
INVESTING_KINDS = (
    "model", "product", "capital_spending", "research_spending", "funding_round", "acquisition", "partnership",
)  # fmt: skip
SIZES = ((1, 49, "1-49"), (50, 249, "50-249"), (250, 999, "250-999"), (1000, None, "1000+"))


# ── Dates and words ──────────────────────────────────────────────────────────────────────────────────────────────────


def span(text):
    """First and last day of "2024-01-10", "2024-01", "2024-Q1" or "2024", and how exact that is."""
    if len(text) == 10:
        day = date(int(text[:4]), int(text[5:7]), int(text[8:]))
        return day, day, "day"
    year = int(text[:4])
    if len(text) == 4:
        return date(year, 1, 1), date(year, 12, 31), "year"
    if text[5] == "Q":
        last = int(text[6]) * 3
        return date(year, last - 2, 1), date(year, last, calendar.monthrange(year, last)[1]), "quarter"
    month = int(text[5:])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), "month"


def months_from(day, number):
    """The same day of the month so many months later; the month's last day where it is too short."""
    month = day.month - 1 + number
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@functools.cache
def folded(text):
    """In lower case, without accents."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text))
    return "".join(c for c in letters if unicodedata.category(c) != "Mn").casefold()


@functools.cache
def words_of(text):
    """Its words: runs of letters and digits."""
    return tuple("".join(c if c.isalnum() else " " for c in folded(text)).split())


def days(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def period(first, precision, grain):
    """The month, quarter or year that holds a date; "" when the date is known less exactly."""
    exact = ("day", "month", "quarter", "year").index(precision)
    if exact > ("month", "quarter", "year").index(grain) + 1:
        return ""
    if grain == "month":
        return f"{first.year}-{first.month:02}"
    return f"{first.year}-Q{(first.month + 2) // 3}" if grain == "quarter" else str(first.year)


def every_period(keys, grain):
    """The periods from the first to the last of `keys`, those between them too."""
    if not keys:
        return []
    at, last = span(min(keys))[0], span(max(keys))[1]
    found = []
    while at <= last:
        if (key := period(at, "day", grain)) not in found:
            found.append(key)
        at = months_from(at, 1)
    return found


# ── What is known ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Row:
    """A public event on a day: what its edition says."""

    id: int
    facts: dict
    known_from: date
    counts_as: str
    part_of: int | None
    replaced_by: int | None
    tiers: list
    publishers: list
    first: date
    last: date
    precision: str
    # By name, as it is called today; those above it nearest first.
    company: str
    owners: list
    # What all words of a search must be found in.
    words: list

    @property
    def low(self):
        return self.facts["figure"][0]

    @property
    def headline(self):
        low, best, _high, _qualifier = self.facts["figure"]
        return best if best is not None else low

    @property
    def high(self):
        return self.facts["figure"][2]

    @property
    def high_open(self):
        return self.facts["figure"][3] == "at_least"

    def __hash__(self):
        return self.id


@dataclass
class Note:
    """A public AI note on a day."""

    id: int
    facts: dict
    known_from: date
    tiers: list
    publishers: list
    first: date
    last: date
    precision: str
    # [(company as it is called today, role, its owners)]
    companies: list
    words: list

    @property
    def money(self):
        low, best, high = self.facts["money"]
        return next((one for one in (best, low, high) if one is not None), None)


@dataclass(frozen=True)
class Sum:
    """A total: people of one kind, and events."""

    events: int = 0
    without_figure: int = 0
    shares_only: int = 0
    low: int = 0
    headline: int = 0
    high: int = 0
    high_open: bool = False


class Known:
    """What is public at the end of a day."""

    def __init__(self, rows, notes, headcounts):
        self.rows = {row.id: row for row in rows}
        self.notes = {note.id: note for note in notes}
        self.headcounts = headcounts
        # Replaced events are in no result.
        self.events = [row for row in rows if row.replaced_by is None]


class Oracle:
    """Everything that may be asked of a world."""

    def __init__(self, world):
        self.companies = world.companies
        self.ownership = world.ownership
        self.entries = world.entries
        self._owners_on, self._days_known, self._results = {}, {}, {}
        self._replay()

    # Companies: as they are called and owned today, on every day that is asked for

    def today_of(self, name):
        while self.companies[name]["merged_into"]:
            name = self.companies[name]["merged_into"]
        return name

    def owners_on(self, name, day):
        """Who owned the company that day, nearest first."""
        key = name, day
        if key not in self._owners_on:
            found, at = [], self.today_of(name)
            while True:
                parents = [
                    own["parent"]
                    for own in self.ownership
                    if own["company"] == at
                    and (own["since"] is None or own["since"] <= day)
                    and (own["until"] is None or day < own["until"])
                ]
                if not parents:
                    break
                (parent,) = parents
                at = self.today_of(parent)
                if at in found:
                    break
                found.append(at)
            self._owners_on[key] = found
        return self._owners_on[key]

    def owners_through(self, name, first, last):
        """Who owned it on every single day of the span."""
        found = list(self.owners_on(name, first))
        for day in days(first, last):
            found = [owner for owner in found if owner in self.owners_on(name, day)]
        return [owner for owner in found if owner != self.today_of(name)]

    def names_of(self, name):
        """Every name of a company and of all that was merged with it into one: they are one company."""
        one = self.today_of(name)
        members = [company for other, company in self.companies.items() if self.today_of(other) == one]
        return [text for c in members for text in [c["name"], *c["aliases"], c["ticker"]]]

    def _replay(self):
        """Plays the log step by step and keeps, of each record, from which day on what was public of it."""
        self.event_editions, self.note_editions = defaultdict(list), defaultdict(list)
        self.headcount_days = []
        desk, state, notes, note_state, sources = {}, {}, {}, {}, {}
        steps = defaultdict(list)
        for entry in self.entries:
            steps[entry["step"]].append(entry)
        for step in sorted(steps):
            for entry in steps[step]:
                match entry["kind"]:
                    case "event":
                        desk[entry["id"]], state[entry["id"]] = entry["facts"], entry["state"]
                    case "note":
                        notes[entry["id"]], note_state[entry["id"]] = entry["facts"], entry["state"]
                    case "source":
                        sources[entry["id"]] = entry["facts"]
                    case "headcount":
                        self.headcount_days.append((entry["day"], entry["facts"]["company"]))
            # Known from the day of the step; rows of a file each from their own.
            own_days = {(entry["kind"], entry["id"]): entry["day"] for entry in steps[step]}
            day = max(own_days.values())
            for pk, face in self._faces(desk, state, sources):
                self._keep(self.event_editions[pk], own_days.get(("event", pk), day), face)
            for pk, face in self._note_faces(notes, note_state, sources):
                self._keep(self.note_editions[pk], own_days.get(("note", pk), day), face)

    @staticmethod
    def _keep(editions, day, face):
        """A new edition, if readers see another face than before."""
        if not editions or editions[-1][1] != face:
            editions.append((max(day, editions[-1][0]) if editions else day, face))

    @staticmethod
    def _faces(desk, state, sources):
        """What readers see of each event; None of one that was withdrawn."""
        graph = Graph(desk, state)
        for pk, facts in desk.items():
            if state[pk] == "published":
                cited = [dict(sources[c["source"]]) for c in facts["citations"]]
                # Readers see its nearest public whole, not what the desk calls its whole.
                said = {name: value for name, value in facts.items() if name != "whole"}
                yield pk, (said, graph.part_of(pk), graph.replaced_by(pk), graph.counts_as(pk), cited)
            elif state[pk] == "withdrawn":
                yield pk, None

    @staticmethod
    def _note_faces(notes, state, sources):
        for pk, facts in notes.items():
            if state[pk] == "published":
                yield pk, (facts, [dict(sources[c["source"]]) for c in facts["citations"]])
            elif state[pk] == "withdrawn":
                yield pk, None

    def known(self, day=NOW):
        """What was public at the end of `day`."""
        if day not in self._days_known:
            rows, notes = [], []
            for pk, editions in self.event_editions.items():
                so_far = [edition for edition in editions if edition[0] <= day]
                if so_far and so_far[-1][1] is not None:
                    rows.append(self._row(pk, *so_far[-1]))
            for pk, editions in self.note_editions.items():
                so_far = [edition for edition in editions if edition[0] <= day]
                if so_far and so_far[-1][1] is not None:
                    notes.append(self._note(pk, *so_far[-1]))
            headcounts = [self.today_of(name) for since, name in self.headcount_days if since <= day]
            self._days_known[day] = Known(rows, notes, headcounts)
        return self._days_known[day]

    def _row(self, pk, known_from, face):
        facts, part_of, replaced_by, counts_as, cited = face
        first, last, precision = span(facts["announced"])
        texts = [facts["title"], facts["summary"], *facts["units"], *(c["quote"] for c in facts["citations"])]
        texts += self.names_of(facts["company"])
        return Row(
            pk, facts, known_from, counts_as, part_of, replaced_by,
            [c["tier"] for c in cited], [c["publisher"] for c in cited],
            first, last, precision,
            self.today_of(facts["company"]), self.owners_through(facts["company"], first, last),
            [word for text in texts for word in words_of(text)],
        )  # fmt: skip

    def _note(self, pk, known_from, face):
        facts, cited = face
        first, last, precision = span(facts["dated"])
        texts = [facts["title"], facts["summary"], *(c["quote"] for c in facts["citations"])]
        texts += [name for company, _role in facts["companies"] for name in self.names_of(company)]
        return Note(
            pk, facts, known_from, [c["tier"] for c in cited], [c["publisher"] for c in cited], first, last, precision,
            [(self.today_of(name), role, self.owners_through(name, first, last)) for name, role in facts["companies"]],
            [word for text in texts for word in words_of(text)],
        )  # fmt: skip

    @functools.cached_property
    def ever_public(self):
        """The companies that an edition ever named, or that owned one it named: what a link may ask for."""
        found = {self.today_of(name) for _day, name in self.headcount_days}
        for pk, editions in self.event_editions.items():
            for day, face in editions:
                if face:
                    row = self._row(pk, day, face)
                    found |= {row.company, *row.owners}
        for pk, editions in self.note_editions.items():
            for day, face in editions:
                if face:
                    for name, _role, owners in self._note(pk, day, face).companies:
                        found |= {name, *owners}
        return found

    @functools.cached_property
    def publishers(self):
        """The publishers that an edition ever cited."""
        found = set()
        for editions in (*self.event_editions.values(), *self.note_editions.values()):
            for _day, face in editions:
                found |= {cited["publisher"] for cited in face[-1]} if face else set()
        return found

    # Filters of events

    def _companies(self, values):
        found = set()
        for value in values:
            for name, company in self.companies.items():
                if value == company["slug"] or folded(value) in [folded(n) for n in (name, *company["aliases"])]:
                    found.add(self.today_of(name))
                    break
            else:
                raise LookupError(value)
        return found

    def day_of(self, query):
        asked = [value for name, value in query if name == "as_of"]
        return span(asked[0])[1] if asked else NOW

    def fits(self, row, query, known, without=()):
        """Whether the query, but for the parameters `without`, takes the event."""
        given = defaultdict(list)
        for name, value in query:
            if name not in without:
                given[name].append(value)
        facts = row.facts

        def bound(name):
            return span(given[name][0])[0 if name.endswith("_after") else 1]

        if row.counts_as not in (given["counts_as"] or (KINDS if "counts_as" in without else ("cut", "signal"))):
            return False
        for name in LISTS:
            if given[name] and facts[name] not in given[name]:
                return False
        if given["announced_after"] and row.first < bound("announced_after"):
            return False
        if given["announced_before"] and row.last > bound("announced_before"):
            return False
        if given["effective_after"] or given["effective_before"]:
            if not facts["effective"]:
                return False
            first, last, _precision = span(facts["effective"])
            if given["effective_after"] and first < bound("effective_after"):
                return False
            if given["effective_before"] and last > bound("effective_before"):
                return False
        if given["recorded_after"] and facts["recorded_on"] < bound("recorded_after"):
            return False
        if given["recorded_before"] and facts["recorded_on"] > bound("recorded_before"):
            return False
        if given["changed_after"] and row.known_from < bound("changed_after"):
            return False
        if given["share_min"] and (facts["share"] is None or facts["share"] < Decimal(given["share_min"][0])):
            return False
        if given["share_max"] and (facts["share"] is None or facts["share"] > Decimal(given["share_max"][0])):
            return False
        if given["reason"] and not set(given["reason"]) & set(facts["reasons"]):
            return False
        if given["tier"] and not set(given["tier"]) & set(row.tiers):
            return False
        if given["source"] and not {folded(s) for s in given["source"]} & {folded(p) for p in row.publishers}:
            return False
        if given["unit"] and not any(folded(given["unit"][0]) in folded(unit) for unit in facts["units"]):
            return False
        if given["place"] and folded(given["place"][0]) not in folded(facts["place"]):
            return False
        if given["company"]:
            theirs = {row.company} if given["subsidiaries"] else {row.company, *row.owners}
            if not theirs & self._companies(given["company"]):
                return False
        if given["ai_notes"] and (given["ai_notes"][0] == "yes") != self._has_notes(row, known):
            return False
        if given["q"]:
            wanted = words_of(given["q"][0])
            if not wanted or not all(any(word.startswith(one) for word in row.words) for one in wanted):
                return False
        low, high = given["people_min"], given["people_max"]
        choice = given["without_figure"][0] if given["without_figure"] else "exclude" if low or high else "include"
        if row.headline is None:
            return choice in ("include", "only")
        if choice == "only":
            return False
        return (not low or row.headline >= int(low[0])) and (not high or row.headline <= int(high[0]))

    def _has_notes(self, row, known):
        """Whether a note of the company, or of who owned it, lies whole between 12 months before and 6 after."""
        earliest, latest = months_from(row.last, -12), months_from(row.first, 6)
        theirs = {row.company, *row.owners}
        for note in known.notes.values():
            if note.first < earliest or note.last > latest:
                continue
            if any(company in theirs for company, _role, _owners in note.companies):
                return True
        return False

    # Results of events

    def select(self, query, without=()):
        """The events that the query takes, in no order."""
        known = self.known(self.day_of(query))
        return [row for row in known.events if self.fits(row, query, known, without)]

    def result(self, query):
        """The events of a query, netted among one another."""
        return Result(self.select(query), self.known(self.day_of(query)))

    def in_order(self, rows, order):
        keys = {
            "announced": lambda r: r.first,
            "people": lambda r: -1 if r.headline is None else r.headline,
            "company": lambda r: folded(r.company),
            "recorded": lambda r: r.facts["recorded_on"],
            "changed": lambda r: r.known_from,
        }
        key = keys[order.removeprefix("-")]
        return [row.id for row in sorted(rows, key=lambda r: (key(r), r.id), reverse=order.startswith("-"))]

    def facet(self, query, name):
        """Events by value of one choice, as another choice of it would give."""
        rows = self.select(query, without=(name,))
        values = [row.counts_as if name == "counts_as" else row.facts[name] for row in rows]
        return {value: n for value, n in Counter(values).items() if value}

    def also(self, query):
        """The kinds that the same filter would find and this result does not hold."""
        held = [value for name, value in query if name == "counts_as"] or ["cut", "signal"]
        return {kind: n for kind, n in self.facet(query, "counts_as").items() if kind not in held}

    def overlapping(self, query, what="announced"):
        """Events that a from–to filter leaves out although some day of their span lies inside."""
        names = (f"{what}_after", f"{what}_before")
        bounds = {name: span(value)[0 if name.endswith("after") else 1] for name, value in query if name in names}
        if not bounds:
            return 0
        first, last = bounds.get(names[0], date.min), bounds.get(names[1], date.max)
        inside, number = {row.id for row in self.select(query)}, 0
        for row in self.select(query, without=names):
            begins, ends, _precision = span(row.facts[what]) if row.facts[what] else (None, None, None)
            if row.id not in inside and begins and any(first <= day <= last for day in days(begins, ends)):
                number += 1
        return number

    def without_effective(self, query):
        """Events that an effective_* filter leaves out because they have no such date."""
        names = ("effective_after", "effective_before")
        if not any(name in names for name, _value in query):
            return 0
        return sum(not row.facts["effective"] for row in self.select(query, without=names))

    # Notes

    def note_fits(self, note, query, without=()):
        given = defaultdict(list)
        for name, value in query:
            if name not in without:
                given[name].append(value)
        facts = note.facts

        def bound(name):
            return span(given[name][0])[0 if name.endswith("_after") else 1]

        for name in ("kind", "plan_or_actual"):
            if given[name] and facts[name] not in given[name]:
                return False
        if given["dated_after"] and note.first < bound("dated_after"):
            return False
        if given["dated_before"] and note.last > bound("dated_before"):
            return False
        if given["period_after"] and not (facts["period"] and facts["period"][0] >= bound("period_after")):
            return False
        if given["period_before"] and not (facts["period"] and facts["period"][1] <= bound("period_before")):
            return False
        if given["recorded_after"] and facts["recorded_on"] < bound("recorded_after"):
            return False
        if given["recorded_before"] and facts["recorded_on"] > bound("recorded_before"):
            return False
        if given["changed_after"] and note.known_from < bound("changed_after"):
            return False
        if given["amount_min"] and (note.money is None or note.money < Decimal(given["amount_min"][0])):
            return False
        if given["amount_max"] and (note.money is None or note.money > Decimal(given["amount_max"][0])):
            return False
        if given["tier"] and not set(given["tier"]) & set(note.tiers):
            return False
        if given["source"] and not {folded(s) for s in given["source"]} & {folded(p) for p in note.publishers}:
            return False
        if given["company"] or given["role"]:
            asked = self._companies(given["company"]) if given["company"] else None
            if not any(
                (asked is None or {name, *owners} & asked) and (not given["role"] or role in given["role"])
                for name, role, owners in note.companies
            ):
                return False
        if given["q"]:
            wanted = words_of(given["q"][0])
            if not wanted or not all(any(word.startswith(one) for word in note.words) for one in wanted):
                return False
        return True

    def notes(self, query, without=()):
        known = self.known(self.day_of(query))
        return [note for note in known.notes.values() if self.note_fits(note, query, without)]

    def notes_in_order(self, notes, order):
        keys = {
            "dated": lambda n: n.first,
            "money": lambda n: -1 if n.money is None else n.money,
            "recorded": lambda n: n.facts["recorded_on"],
            "changed": lambda n: n.known_from,
        }
        key = keys[order.removeprefix("-")]
        return [note.id for note in sorted(notes, key=lambda n: (key(n), n.id), reverse=order.startswith("-"))]

    def money(self, query):
        """{(kind, plan or actual): (notes, low, best, high, high open)} of the notes whose money counts."""
        return self.money_of(self.notes(query), self.known(self.day_of(query)))

    @staticmethod
    def money_of(notes, known):
        """The same of some notes of a day."""
        counting = [
            note
            for note in notes
            if note.money is not None and note.facts["period"] and note.facts["plan_or_actual"] in ("plan", "actual")
        ]
        left_out = set()
        for note in counting:
            at, seen = note.facts["updates"], set()
            while at in known.notes and at not in seen:
                seen.add(at)
                left_out.add(at)
                at = known.notes[at].facts["updates"]
        sums = {}
        for note in counting:
            if note.id in left_out:
                continue
            low, best, high = note.facts["money"]
            is_open = low is not None and high is None
            best = best if best is not None else low
            adds = (
                low if low is not None else best or 0,
                best or 0,
                high if high is not None else best or 0,
            )
            key = note.facts["kind"], note.facts["plan_or_actual"]
            n, *sum_, was_open = sums.get(key, (0, 0, 0, 0, False))
            sums[key] = (n + 1, *(a + b for a, b in zip(sum_, adds, strict=True)), was_open or is_open)
        return sums

    # Layoffs beside AI

    def beside(self, query):
        """{name: what its row holds} of the companies with a cut and a note of investing within months of it."""
        given = defaultdict(list)
        for name, value in query:
            given[name].append(value)
        known = self.known(self.day_of(query))
        before = int((given["months_before"] or ["12"])[0])
        after = int((given["months_after"] or ["6"])[0])
        shared = ("company", "sector", "country", "announced_after", "announced_before", "ai_link", "as_of")
        cuts = self.select([("counts_as", "cut"), *((n, v) for n, v in query if n in shared)])
        asked = self._companies(given["company"]) if given["company"] else None
        groups = defaultdict(list)
        for cut in cuts:
            chain = [cut.company, *cut.owners]
            for name in chain[-1:] if asked is None else set(chain) & asked:
                groups[name].append(cut)
        found = {}
        for name, its_cuts in groups.items():
            notes = self._notes_of(name, known, INVESTING_ROLES, given["kind"] or INVESTING_KINDS)
            if given["plan_or_actual"]:
                notes = [note for note in notes if note.facts["plan_or_actual"] in given["plan_or_actual"]]

            def beside(cut, note):
                return months_from(cut.last, -before) <= note.first and note.last <= months_from(cut.first, after)

            with_note = [cut for cut in its_cuts if any(beside(cut, note) for note in notes)]
            if not with_note:
                continue
            meanwhile = [note for note in notes if any(beside(cut, note) for cut in with_note)]
            work = self._notes_of(name, known, ("employer",), ("hiring", "pay"))
            found[name] = {
                "total": Result(with_note, known).totals()["cut"],
                "of": len(its_cuts),
                "cuts": {cut.id for cut in with_note},
                "notes": {note.id for note in meanwhile},
                "notes_of": len(notes),
                "kinds": dict(Counter(note.facts["kind"] for note in meanwhile)),
                "ai_links": dict(Counter(cut.facts["ai_link"] for cut in with_note)),
                "money": self.money_of(meanwhile, known),
                "work": sum(any(beside(cut, note) for cut in with_note) for note in work),
            }
        return found

    @staticmethod
    def _notes_of(name, known, roles, kinds):
        """The notes of some kinds in which a company, or what it owned that day, has one of some roles."""
        return [
            note
            for note in known.notes.values()
            if note.facts["kind"] in kinds
            and any(name in (company, *owners) and role in roles for company, role, owners in note.companies)
        ]

    def note_series(self, query, by):
        """{key: Counter of plan, actual and unknown}; under "" the notes that no key holds. Companies share notes."""
        given = defaultdict(list)
        for name, value in query:
            given[name].append(value)
        asked = self._companies(given["company"]) if given["company"] else None
        found = defaultdict(Counter)
        for note in self.notes(query):
            if by == "kind":
                keys = {note.facts["kind"]}
            elif by == "company":
                keys = {
                    one
                    for name, role, owners in note.companies
                    for one in (name, *owners)
                    if (asked is None or one in asked) and (not given["role"] or role in given["role"])
                }
            else:
                keys = {period(note.first, note.precision, by)}
            for key in keys or {""}:
                found[key][note.facts["plan_or_actual"]] += 1
        return dict(found)

    # Companies

    def company_rows(self, day=NOW):
        """{name: (sum of its cuts with what it owned, number of AI notes, first day of its latest cut)}"""
        known, found = self.known(day), {}
        for name in self._named_on(known):
            cuts = [r for r in known.events if r.counts_as == "cut" and name in (r.company, *r.owners)]
            notes = [n for n in known.notes.values() if any(name in (c, *owners) for c, _r, owners in n.companies)]
            total = Result(cuts, known).totals().get("cut", Sum())
            found[name] = (total, len(notes), max((r.first for r in cuts), default=None))
        return found

    @staticmethod
    def _named_on(known):
        """The companies that a record public on a day names, or that owned one it names."""
        named = set(known.headcounts)
        for row in known.rows.values():
            named |= {row.company, *row.owners}
        for note in known.notes.values():
            for name, _role, owners in note.companies:
                named |= {name, *owners}
        return named

    def company_list(self, query):
        """The companies of a query, in no order: {name: (sum, notes, latest)}."""
        given = defaultdict(list)
        for name, value in query:
            given[name].append(value)
        kept = {}
        for name, (total, notes, last) in self.company_rows(self.day_of(query)).items():
            company = self.companies[name]
            if given["sector"] and company["sector"] not in given["sector"]:
                continue
            if given["country"] and company["country"] not in given["country"]:
                continue
            if (given["people_min"] or given["people_max"]) and total.events == total.without_figure:
                # Nobody knows how many: that is not 0.
                continue
            if given["people_min"] and not total.headline >= int(given["people_min"][0]):
                continue
            if given["people_max"] and not total.headline <= int(given["people_max"][0]):
                continue
            if given["ai_notes"] and (given["ai_notes"][0] == "yes") != bool(notes):
                continue
            if given["q"]:
                words = [word for text in self.names_of(name) for word in words_of(text)]
                wanted = words_of(given["q"][0])
                if not wanted or not all(any(word.startswith(one) for word in words) for one in wanted):
                    continue
            kept[name] = (total, notes, last)
        return kept


class Graph:
    """Wholes and replacements at the desk, as readers see them: who is not public is passed over."""

    def __init__(self, desk, state):
        self.desk = desk
        self.public = {pk for pk, its in state.items() if its == "published"}
        self.replacement = {facts["replaces"]: pk for pk, facts in desk.items() if facts["replaces"]}

    def replaced_by(self, pk):
        """The public event that replaces it; what replaces one that is not public replaces what that one replaced."""
        at = self.replacement.get(pk)
        while at is not None and at not in self.public:
            at = self.replacement.get(at)
        return at

    def stands_for(self, pk):
        """What readers see in the place of `pk`: the last of its public replacements, or itself; None if it is not
        public and nothing that is replaces it."""
        while (newer := self.replaced_by(pk)) is not None:
            pk = newer
        return pk if pk in self.public else None

    def own_whole(self, pk):
        """Its own whole, else the one of what it replaces."""
        while pk is not None:
            if self.desk[pk]["whole"]:
                return self.desk[pk]["whole"]
            pk = self.desk[pk]["replaces"]
        return None

    def part_of(self, pk):
        at = self.own_whole(pk)
        while at is not None:
            seen = self.stands_for(at)
            if seen is not None:
                return seen
            at = self.own_whole(at)
        return None

    def own_kind(self, pk):
        stage, permanence = self.desk[pk]["stage"], self.desk[pk]["permanence"]
        if stage == "called_off":
            return "called_off"
        if stage == "signalled":
            return "signal"
        if permanence == "temporary":
            return "temporary"
        return "filing" if stage == "filed" else "cut"

    def counts_as(self, pk):
        own = self.own_kind(pk)
        if own in ("filing", "temporary"):
            above = self.part_of(pk)
            while above is not None:
                if self.own_kind(above) == "cut":
                    return "cut"
                above = self.part_of(above)
        return own


class Result:
    """Some events of a day, each net of those below it that are here too and count as the same (rule 3)."""

    def __init__(self, rows, known):
        self.rows, self.known = rows, known
        self.here = {row.id: row for row in rows}
        self._above = {row.id: self._all_above(row) for row in rows}
        self.below = {row.id: [] for row in rows}
        for row in rows:
            for above in self._above[row.id]:
                self.below[above.id].append(row)
        self._nets = {}

    def _all_above(self, row):
        """All wholes above it, over links that are not here, that are here and count as the same; nearest first."""
        found, at = [], row.part_of
        while at is not None:
            if at in self.here and self.here[at].counts_as == row.counts_as:
                found.append(self.here[at])
            at = self.known.rows[at].part_of if at in self.known.rows else None
        return found

    def above(self, row):
        return self._above[row.id]

    @staticmethod
    def stated(row):
        """What an event adds to the low, headline and high of a sum when it stands alone (rule 2)."""
        high = row.headline if row.high is None or row.high_open else row.high
        return (row.low or 0, row.headline or 0, high or 0)

    def net(self, row):
        """Its own figure less what all events below it already count, never below 0."""
        if row.id not in self._nets:
            if row.counts_as not in PEOPLE_KINDS:
                self._nets[row.id] = (0, 0, 0)
            else:
                counted = [self.net(part) for part in self.below[row.id]]
                self._nets[row.id] = tuple(
                    max(0, own - sum(part[bound] for part in counted)) for bound, own in enumerate(self.stated(row))
                )
        return self._nets[row.id]

    def tree(self, row):
        """The total of an event with all below it."""
        return tuple(sum(self.net(one)[bound] for one in (row, *self.below[row.id])) for bound in range(3))

    def is_open(self, row):
        """Whether it leaves the high of a sum open."""
        if row.counts_as not in PEOPLE_KINDS:
            return False
        if row.high_open:
            reach = row.headline
        elif row.facts["figure"][:3] == (None, None, None) and any(p.headline is not None for p in self.below[row.id]):
            reach = self.tree(row)[1]
        else:
            return False
        closing = [w for w in self.above(row) if w.high is not None and not w.high_open and w.high >= reach]
        return not closing

    def without_figure(self, row):
        if row.counts_as not in PEOPLE_KINDS:
            return False
        return all(one.headline is None for one in (row, *self.above(row), *self.below[row.id]))

    def sum_of(self, rows):
        """What some of the events add, each as it is netted here."""
        nets = [self.net(row) for row in rows]
        without = [row for row in rows if self.without_figure(row)]
        return Sum(
            len(rows),
            len(without),
            sum(row.facts["share"] is not None for row in without),
            *(sum(net[bound] for net in nets) for bound in range(3)),
            any(self.is_open(row) for row in rows),
        )

    def totals(self):
        kinds = sorted({row.counts_as for row in self.rows})
        return {kind: self.sum_of([row for row in self.rows if row.counts_as == kind]) for kind in kinds}

    # Series: {key: rows} of one kind; each adds what its rows add

    def of_kind(self, kind):
        return [row for row in self.rows if row.counts_as == kind]

    def grouped(self, by, kind):
        """{key: rows}; the key "" holds what belongs in no bucket. Reasons, units and groups overlap."""
        found = defaultdict(list)
        for row in self.of_kind(kind):
            if by in ("month", "quarter", "year"):
                keys = [period(row.first, row.precision, by)]
            elif by == "company":
                keys = [row.company]
            elif by == "group":
                keys = [row.company, *row.owners]
            elif by == "reason":
                keys = row.facts["reasons"] or [""]
            elif by == "unit":
                keys = row.facts["units"] or [""]
            else:
                keys = [row.facts[by]]
            for key in keys:
                found[key].append(row)
        return dict(found)

    @staticmethod
    def _has_size(tree):
        """Whether any of a cut's events says how many; of signals and called-off events nobody counts that."""
        return any(row.headline is not None for row in tree) and tree[0].counts_as in PEOPLE_KINDS

    def by_size(self, kind):
        """{size: (sum, number of cuts)}: an event with all below it is one cut of their total."""
        found = defaultdict(list)
        for row in self.of_kind(kind):
            if self.above(row):
                continue
            tree = [row, *self.below[row.id]]
            headline, key = self.tree(row)[1], ""
            if self._has_size(tree):
                key = next(name for low, high, name in SIZES if headline >= low and (high is None or headline <= high))
            found[key].append(tree)
        return {key: (self.sum_of([r for tree in trees for r in tree]), len(trees)) for key, trees in found.items()}

    def through_the_year(self, kind, first, last):
        """[(month, sum of the year until its end)] of each year that has an event dated to a month, and what is dated
        less exactly: the months with events, and all others from `first` to `last`, two days."""
        by_month = self.grouped("month", kind)
        dated_less = by_month.pop("", [])
        found = []
        for year in sorted({month[:4] for month in by_month}):
            so_far = []
            for month in (f"{year}-{n:02}" for n in range(1, 13)):
                so_far += by_month.get(month, [])
                begins, ends, _exact = span(month)
                if month in by_month or (ends >= first and begins <= last):
                    found.append((month, self.sum_of(so_far)))
        return found, dated_less

    def view_of(self, first, last, kind):
        """What a view of the days from `first` to `last` has of one kind: whole spans that lie inside."""
        inside = [row for row in self.rows if first <= row.first and row.last <= last]
        return Result(inside, self.known).sum_of([row for row in inside if row.counts_as == kind])

    def sizes_by_year(self, kind):
        """{year: Sizes}, years without a cut between others too: an event with all below it is one cut of their total,
        in the year of its own date."""
        trees = defaultdict(list)
        for row in self.of_kind(kind):
            if not self.above(row):
                trees[str(row.first.year)].append([row, *self.below[row.id]])
        return {year: self._sizes(trees.get(year, [])) for year in every_period(trees, "year")}

    def _sizes(self, trees):
        known = [tree for tree in trees if self._has_size(tree)]
        people = sorted(self.tree(tree[0])[1] for tree in known)
        classes = {name: sum(low <= n and (high is None or n <= high) for n in people) for low, high, name in SIZES}
        classes["1-49"] += people.count(0)
        return Sizes(
            self.sum_of([row for tree in trees for row in tree]),
            len(trees),
            len(trees) - len(known),
            classes,
            tuple(quartile(people, k) for k in (1, 2, 3)) if people else None,
        )


@dataclass(frozen=True)
class Sizes:
    """The cuts of a year: their total, how many, how many without a figure, of each size, and the quartiles."""

    total: Sum
    cuts: int
    without_figure: int
    classes: dict
    quartiles: tuple | None


def quartile(people, k):
    """The k-th quartile of numbers in order: at place 1 + (n - 1) k / 4, on the line between two of them."""
    place = Fraction((len(people) - 1) * k, 4)
    below = int(place)
    above = min(below + 1, len(people) - 1)
    return people[below] + (place - below) * (people[above] - people[below])
