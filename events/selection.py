"""A query applied to the editions of a day: rows, totals, series, facets, pages by key. Knows no HTTP.

One selection serves every answer, so that page, chart and file cannot differ. Net figures: events that hang together
with others are netted in Python (they are few), all others are summed in the database.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from events.counting import COUNTS_PEOPLE, Money, Net, NoteMoney, Own, Total, as_total, money, net
from events.dates import year_before
from events.filters import DEFAULT_COUNTS
from events.models.choices import CountsAs, NoteKind, Precision, Role
from events.models.company import Company, OwnershipTree
from events.models.edition import (
    EventEdition,
    EventEditionCompany,
    HeadcountEdition,
    NoteEdition,
    NoteEditionCompany,
    PublicRecord,
    TotalEdition,
    public_companies,
)
from events.query import CompanyQuery, EventQuery, NoteQuery, Query, write_cursor

PAGE_SIZE = 50
STREAM_CHUNK = 1000
FACETS = ("counts_as", "stage", "ai_link", "sector", "country")

_OWN = ("record_id", "counts_as", "people_low", "headline", "people_high", "high_open", "part_of", "share_percent")
_HIGH_COUNTED = Case(
    When(Q(high_open=False, people_high__isnull=False), then=F("people_high")),
    default=Coalesce(F("headline"), 0),
    output_field=IntegerField(),
)
# The first day of a date that is not known to its month.
_COARSE = Case(When(announced_month="", then=F("announced_from")), default=Value(None), output_field=DateField())


@dataclass
class Page:
    """Rows of one page, with the keys of the pages beside it."""

    rows: list[Any]
    newer: str = ""
    older: str = ""


@dataclass(frozen=True)
class Bar:
    """One bucket of a series; `shows_less` when its own view would show more: its whole or parts lie elsewhere."""

    key: str
    total: Total
    events: int
    shows_less: bool = False


@dataclass
class Series:
    """Totals by bucket of one `counts_as`: with `remainder`, what no bucket can hold, they add up to the total."""

    by: str
    counts_as: str
    bars: list[Bar] = field(default_factory=list)
    remainder: Bar | None = None


class EventSelection:
    """The public events of a day that a query asks for."""

    def __init__(self, query: EventQuery, day: date | None = None) -> None:
        self.query, self.day = query, day

    # Which editions

    @cached_property
    def known(self) -> Any:
        """All public events of the day, unfiltered, without the replaced ones."""
        return EventEdition.objects.known_on(self.day).filter(replaced_by__isnull=True).annotate(coarse_from=_COARSE)

    def _filtered(self, query: Query | None = None) -> QuerySet[EventEdition]:
        filterset = (query or self.query).filterset
        filterset.queryset = self.known
        return filterset.filter_queryset(self.known)

    @cached_property
    def editions(self) -> QuerySet[EventEdition]:
        return self._filtered()

    # Netting

    @cached_property
    def whole_of(self) -> dict[int, int]:
        """The direct whole of each public event that has one."""
        return wholes(self.known)

    @cached_property
    def _tied(self) -> Q:
        return Q(part_of__isnull=False) | Q(record_id__in=set(self.whole_of.values()))

    @cached_property
    def tied(self) -> dict[int, Own]:
        """The result's events that have a whole or parts among the public events."""
        rows = self.editions.filter(self._tied).order_by().values_list(*_OWN) if self.whole_of else ()
        return {row[0]: _own(row) for row in rows}

    @cached_property
    def nets(self) -> dict[int, Net]:
        """What each tied event adds to this result."""
        return net(self.tied.values(), self.whole_of)

    @cached_property
    def lone(self) -> QuerySet[EventEdition]:
        """The result's events that stand alone: each adds its own figure."""
        return self.editions.exclude(self._tied).order_by() if self.whole_of else self.editions.order_by()

    def net_of(self, edition: EventEdition) -> Net:
        """What `edition`, a row of this result, adds to it."""
        if edition.record_id in self.nets:
            return self.nets[edition.record_id]
        own = Own(
            edition.record_id,
            edition.counts_as,
            edition.people_low,
            edition.headline,
            edition.people_high,
            edition.high_open,
        )
        return net([own], {})[own.id]

    # Totals

    @cached_property
    def totals(self) -> dict[str, Total]:
        """The totals by what events count as; only kinds that the result holds."""
        return dict(self._totals_by().get((), {}))

    @property
    def count(self) -> int:
        """The number of rows: of page, file and feed alike."""
        return sum(total.events for total in self.totals.values())

    def _totals_by(self, fields: tuple[str, ...] = (), key: Callable[..., Any] | None = None) -> dict:
        """Totals by key and counts_as: `key` makes a bucket's key of the values of `fields`."""
        sums: dict[Any, dict[str, Total]] = defaultdict(lambda: defaultdict(Total))
        make = key or (lambda *values: values)
        grouped = self.lone.values("counts_as", *fields).annotate(
            events_=Count("pk"),
            without_=Count("pk", filter=Q(headline__isnull=True)),
            shares_=Count("pk", filter=Q(headline__isnull=True, share_percent__isnull=False)),
            low_=Coalesce(Sum("people_low"), 0),
            headline_=Coalesce(Sum("headline"), 0),
            high_=Coalesce(Sum(_HIGH_COUNTED), 0),
            open_=Max(Case(When(high_open=True, then=1), default=0, output_field=IntegerField())),
        )
        for row in grouped:
            people = row["counts_as"] in COUNTS_PEOPLE
            sums[make(*(row[f] for f in fields))][row["counts_as"]] += (
                Total(
                    row["events_"],
                    row["without_"],
                    row["shares_"],
                    row["low_"],
                    row["headline_"],
                    row["high_"],
                    bool(row["open_"]),
                )
                if people
                else Total(events=row["events_"])
            )
        if self.tied:
            for row in self._tied_values(fields):
                own = self.tied[row[0]]
                sums[make(*row[1:])][own.counts_as] += as_total(own, self.nets[own.id])
        return sums

    def _tied_values(self, fields: tuple[str, ...]) -> list[tuple]:
        return list(self.editions.filter(self._tied).order_by().values_list("record_id", *fields))

    # Series

    @cached_property
    def main_kind(self) -> str:
        """What bars count: cuts, or the one kind of people that the query chose."""
        chosen = self.query.get("counts_as") or []
        kinds = [kind for kind in chosen if kind in COUNTS_PEOPLE]
        if CountsAs.CUT in kinds or not kinds:
            return CountsAs.CUT
        return max(kinds, key=lambda kind: self.totals.get(kind, Total()).events)

    @property
    def counted(self) -> dict[str, Total]:
        """The totals of the kinds that have people, in the order of the kinds."""
        return {str(kind): self.totals[kind] for kind in COUNTS_PEOPLE if kind in self.totals}

    @property
    def main(self) -> Total:
        """The total of the main kind."""
        return self.totals.get(self.main_kind, Total())

    @cached_property
    def grain(self) -> str:
        """Month, quarter or year: the finest that stays readable over the result's span."""
        ends = self.editions.order_by().aggregate(first=Min("announced_from"), last=Max("announced_from"))
        if not ends["first"]:
            return "month"
        months = (ends["last"].year - ends["first"].year) * 12 + ends["last"].month - ends["first"].month + 1
        return "month" if months <= 72 else "quarter" if months <= 200 else "year"

    def series_by_time(self, grain: str | None = None) -> Series:
        """People by month, quarter or year of announcement: periods without events are 0, dates known less
        exactly than the grain stand in the remainder (rule 6)."""
        grain = grain or self.grain

        def key(month: str, first: date | None, precision: str) -> str:
            return period_key(grain, month, first, precision)

        return self._series(grain, ("announced_month", "coarse_from", "date_precision"), key, grain)

    def series_by(self, by: str) -> Series:
        """People by sector, country, stage, AI link or company, largest first; it adds up, the unknown one included."""
        if by == "company":
            merged = _merged_companies()
            return self._series(by, ("company_id",), lambda pk: str(merged.get(pk, pk)), None)
        return self._series(by, (by,), str, None)

    def _series(
        self,
        by: str,
        fields: tuple[str, ...],
        key: Callable[..., str],
        grain: str | None,
    ) -> Series:
        kind = self.main_kind
        sums = {k: kinds[kind] for k, kinds in self._totals_by(fields, key).items() if kind in kinds}
        short = self._short_buckets(fields, key, kind)
        bars = [Bar(k, total, total.events, k in short) for k, total in sums.items() if k or not grain]
        if grain:
            rest = sums.get("")
            remainder = Bar("", rest, rest.events, "" in short) if rest else None
            return Series(by, kind, _without_gaps(bars, grain), remainder)
        bars.sort(key=lambda bar: (-bar.total.headline, -bar.events, bar.key))
        return Series(by, kind, bars)

    def _short_buckets(self, fields: tuple[str, ...], key: Callable[..., str], kind: str) -> set[str]:
        """The buckets whose own view would show more people than they add here: parts of theirs count elsewhere."""
        buckets: dict[str, list[Own]] = defaultdict(list)
        for row in self._tied_values(fields) if self.tied else ():
            own = self.tied[row[0]]
            if own.counts_as == kind:
                buckets[key(*row[1:])].append(own)
        short = set()
        for name, owns in buckets.items():
            alone = net(owns, self.whole_of)
            if any(alone[own.id].headline > self.nets[own.id].headline for own in owns):
                short.add(name)
        return short

    # Facets and what is left out

    @cached_property
    def facets(self) -> dict[str, dict[str, int]]:
        """Rows by value of each choice, as another choice of it would give: each ignores its own filter."""
        return {name: self.facet(name) for name in FACETS}

    def facet(self, name: str) -> dict[str, int]:
        """Rows by value of one choice, its own filter ignored."""
        editions = self.editions
        if name in self.query.values or name == "counts_as":
            every_kind = list(CountsAs.values) if name == "counts_as" else None
            editions = self._filtered(self.query.changed(**{name: every_kind}))
        counts = editions.order_by().values_list(name).annotate(n=Count("pk"))
        return {value: n for value, n in counts if value}

    @cached_property
    def also(self) -> dict[str, int]:
        """The kinds that the same filter would find and this result does not hold, with their number of events."""
        held = self.query.get("counts_as") or DEFAULT_COUNTS
        return {kind: n for kind, n in self.facet("counts_as").items() if kind not in held}

    @cached_property
    def overlapping(self) -> int:
        """Events that the from–to filter leaves out because their imprecise date only overlaps it (rule 6)."""
        first, last = self.query.get("announced_after"), self.query.get("announced_before")
        if not (first or last):
            return 0
        other = self.query.changed(announced_after=None, announced_before=None)
        wide = self._filtered(other).exclude(date_precision=Precision.DAY)
        inside = Q()
        if first:
            wide, inside = wide.filter(announced_until__gte=first), inside & Q(announced_from__gte=first)
        if last:
            wide, inside = wide.filter(announced_from__lte=last), inside & Q(announced_until__lte=last)
        return wide.exclude(inside).count()

    def year_before(self) -> "EventSelection | None":
        """The same query for the same days a year earlier; None when it has no first and last day."""
        first, last = self.query.get("announced_after"), self.query.get("announced_before")
        if not (first and last) or first.year == 1 or last == date.max:
            return None
        earlier = {"announced_after": year_before(first), "announced_before": year_before(last)}
        return EventSelection(self.query.changed(**earlier), self.day)

    # Rows

    def page(self, size: int = PAGE_SIZE) -> Page:
        """One page of rows by key, ready for a list: companies and documents loaded."""
        return page_by_key(self.ordered(), self.query, EVENT_ORDERS, size)

    def ordered(self) -> QuerySet[EventEdition]:
        """The rows in the query's order, with what a list or file shows of each."""
        column, descending = EVENT_ORDERS[self.query.order]
        sign = "-" if descending else ""
        rows = self.editions.annotate(sort_key=_sort_key(column)).select_related("company__merged_into", "document")
        return rows.order_by(f"{sign}sort_key", f"{sign}record_id")

    def stream(self) -> Iterator[EventEdition]:
        """Every row in order, in constant memory."""
        return self.ordered().iterator(chunk_size=STREAM_CHUNK)


def emptied_by(selection: EventSelection) -> list[tuple[str, str, int]]:
    """For an empty result: what dropping one filter, with all its values, would give: (its words, query string, rows).

    Several values of a filter are alternatives: dropping one of them never finds more.
    """
    query, found = selection.query, []
    for name, value in query.values.items():
        if name in query.filterset.shape:
            continue
        other = query.changed(**{name: None, "after": None, "before": None})
        if count := EventSelection(other, selection.day).count:
            some = value if isinstance(value, list) else [value]
            words = ", ".join(query.filterset.words(name, one) for one in some)
            found.append((words, other.canonical(), count))
    return found


def wholes(known: QuerySet[EventEdition]) -> dict[int, int]:
    """The direct whole of each event of `known` that has one."""
    pairs = known.filter(part_of__isnull=False).order_by().values_list("record_id", "part_of")
    return {part: whole for part, whole in pairs if whole is not None}


EVENT_ORDERS: dict[str, tuple[str, bool]] = {
    "-announced": ("announced_from", True),
    "announced": ("announced_from", False),
    "-people": ("headline", True),
    "people": ("headline", False),
    "company": ("company__match_key", False),
    "-company": ("company__match_key", True),
    "-recorded": ("recorded_on", True),
    "recorded": ("recorded_on", False),
}
NOTE_ORDERS: dict[str, tuple[str, bool]] = {
    "-dated": ("dated_from", True),
    "dated": ("dated_from", False),
    "-money": ("money", True),
    "money": ("money", False),
}


def _sort_key(column: str) -> Any:
    if column == "headline":
        # Events without a figure come after all others, largest first, and before them, smallest first.
        # As a whole number of any sign: to Django no PositiveIntegerField can be -1, and the last page would repeat.
        return Coalesce(F("headline"), -1, output_field=IntegerField())
    if column == "money":
        # As a float: SQLite compares a computed decimal with a number of a link as text.
        known = Coalesce(F("usd_millions"), F("usd_low_millions"), F("usd_high_millions"))
        return Coalesce(Cast(known, FloatField()), Value(-1.0))
    if column == "company__match_key":
        # A merged company stands where the name is that it is shown by.
        merged = _merged_companies()
        names = dict(Company.objects.filter(pk__in=set(merged.values())).values_list("pk", "match_key"))
        shown = [When(company=pk, then=Value(names[target])) for pk, target in merged.items()]
        return Case(*shown, default=F(column), output_field=CharField()) if shown else F(column)
    return F(column)


def _merged_companies() -> dict[int, int]:
    """What each merged company is shown as: the one it was merged into, through any number of steps."""
    tree = OwnershipTree.load()
    return {pk: tree.today_of(pk) for pk in tree.merged}


def page_by_key(rows: QuerySet, query: Query, orders: dict[str, tuple[str, bool]], size: int) -> Page:
    """The page of `rows` (annotated with `sort_key`) that the query's cursor asks for: stable while rows are added."""
    column, descending = orders[query.order]
    cursor = query.cursor
    backwards = bool(cursor and cursor[1])
    if cursor:
        (value, record_id), _backwards = cursor
        past = "lt" if descending != backwards else "gt"
        key = _cursor_value(column, value)
        rows = rows.filter(Q(**{f"sort_key__{past}": key}) | Q(sort_key=key, **{f"record_id__{past}": record_id}))
    if backwards:
        rows = rows.reverse()
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    page = Page(found)
    if found and (more if backwards else cursor):
        page.newer = query.canonical(before=_cursor_of(found[0]), after=None)
    if found and (cursor if backwards else more):
        page.older = query.canonical(after=_cursor_of(found[-1]), before=None)
    return page


def _cursor_of(edition: Any) -> str:
    key = edition.sort_key
    return write_cursor([key if isinstance(key, int | str) else str(key), edition.record_id])


def _cursor_value(column: str, value: Any) -> Any:
    """The key of a link as the column's type. One of another type stands before or after every row: it finds none."""
    if column in ("announced_from", "recorded_on", "dated_from"):
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return date.min
    if column in ("headline", "money"):
        try:
            number = int(value) if column == "headline" else float(value)
            return number if abs(number) < 2**63 else -1
        except (ValueError, OverflowError):
            return -1
    return str(value)


def _own(row: tuple) -> Own:
    record_id, counts_as, low, headline, high, high_open, part_of, share = row
    return Own(record_id, counts_as, low, headline, high, high_open, part_of, share is not None)


def period_key(grain: str, month: str, first: date | None, precision: str) -> str:
    """The period of `grain` that holds a date, "" when the date is known less exactly than that.

    `month` is the date's month where it is known to the month ("2024-01"), else `first` the first day of its span.
    """
    year = month[:4] or str(first)[:4]
    number = int(month[5:7]) if month else first.month if first else 1
    if grain == "year":
        return year
    if grain == "quarter" and (month or precision == Precision.QUARTER):
        return f"{year}-Q{(number + 2) // 3}"
    return month if grain == "month" else ""


def _without_gaps(bars: list[Bar], grain: str) -> list[Bar]:
    """The bars in order of time, with an empty one for each period between them: nothing was recorded there."""
    found = {bar.key: bar for bar in bars}
    return [found.get(key) or Bar(key, Total(), 0) for key in periods_between(found, grain)]


def periods_between(keys: Iterable[str], grain: str) -> list[str]:
    """Every period from the first to the last of `keys`."""
    found = set(keys) - {""}
    if not found:
        return []
    step = {"month": _next_month, "quarter": _next_quarter, "year": lambda key: str(int(key) + 1)}[grain]
    key, last = min(found), max(found)
    full = [key]
    # Until the last one itself: after the year 9999 keys are longer and no longer stand in order.
    while key != last:
        key = step(key)
        full.append(key)
    return full


def _next_month(key: str) -> str:
    year, month = int(key[:4]), int(key[5:])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def _next_quarter(key: str) -> str:
    year, quarter = int(key[:4]), int(key[6:])
    return f"{year + quarter // 4:04d}-Q{quarter % 4 + 1}"


class NoteSelection:
    """The public AI-investment notes of a day that a query asks for."""

    def __init__(self, query: NoteQuery, day: date | None = None) -> None:
        self.query, self.day = query, day

    @cached_property
    def editions(self) -> QuerySet[NoteEdition]:
        known = NoteEdition.objects.known_on(self.day)
        self.query.filterset.queryset = known
        return self.query.filterset.filter_queryset(known)

    @cached_property
    def count(self) -> int:
        return self.editions.count()

    def page(self, size: int = PAGE_SIZE) -> Page:
        column, descending = NOTE_ORDERS[self.query.order]
        sign = "-" if descending else ""
        rows = self.editions.annotate(sort_key=_sort_key(column)).select_related("document")
        return page_by_key(rows.order_by(f"{sign}sort_key", f"{sign}record_id"), self.query, NOTE_ORDERS, size)

    @cached_property
    def money(self) -> dict[tuple[str, str], Money]:
        return money_of(self.editions, self.day).get("", {})

    @cached_property
    def facets(self) -> dict[str, dict[str, int]]:
        """Rows by kind and by plan or actual, each ignoring its own filter."""
        found = {}
        for name in ("kind", "plan_or_actual"):
            other = self.query.changed(**{name: None})
            counts = NoteSelection(other, self.day).editions.order_by().values_list(name).annotate(n=Count("pk"))
            found[name] = dict(counts)
        return found


def money_of(
    editions: QuerySet[NoteEdition], day: date | None = None, key: Callable[..., str] | None = None
) -> dict[str, dict[tuple[str, str], Money]]:
    """The money of notes in millions of US dollars, by kind and by plan or actual, of all (key "") or of each period.

    `key` gives the period of a note from its month, first day and precision.
    """
    updates = NoteEdition.objects.known_on(day).filter(updates__isnull=False).values_list("record_id", "updates")
    updates_of = {note: plan for note, plan in updates if plan is not None}
    rows = editions.order_by().values_list(
        "record_id", "kind", "plan_or_actual", "period_from", "usd_low_millions", "usd_millions", "usd_high_millions",
        "updates", "dated_month", "dated_from", "date_precision",
    )  # fmt: skip
    periods: dict[str, list[NoteMoney]] = defaultdict(list)
    for r in rows:
        note = NoteMoney(r[0], r[1], r[2], r[3] is not None, r[4], r[5], r[6], r[7])
        periods[key(*r[8:]) if key else ""].append(note)
    return {period: money(notes, updates_of) for period, notes in periods.items()}


def notes_by_period(editions: QuerySet[NoteEdition], grain: str) -> Counter:
    """How many notes are dated to each month, quarter or year; one dated less exactly is in none."""
    rows = editions.order_by().values_list("dated_month", "dated_from", "date_precision").annotate(n=Count("pk"))
    counts: Counter = Counter()
    for month, first, precision, n in rows:
        counts[period_key(grain, month, first, precision)] += n
    counts.pop("", None)
    return counts


# ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class CompanyRow:
    """A company in a list, with what it owned on the day: its cuts, signals and AI-investment notes."""

    company: Company
    total: Total
    events: int
    notes: int
    last: date | None


class CompanySelection:
    """The companies that readers know, each with what the editions of a day say of it and what it owned."""

    def __init__(self, query: CompanyQuery, day: date | None = None) -> None:
        self.query, self.day = query, day

    @cached_property
    def rows(self) -> list[CompanyRow]:
        """All rows in the query's order."""
        self.query.filterset.queryset = public_companies().filter(merged_into__isnull=True)
        companies = self.query.filterset.filter_queryset(self.query.filterset.queryset)
        totals, last = group_totals(self.day)
        notes = Counter(
            dict(
                NoteEditionCompany.objects.filter(edition__in=NoteEdition.objects.known_on(self.day))
                .values_list("company")
                .annotate(n=Count("edition", distinct=True))
            )
        )
        named = self._named()
        rows = [
            CompanyRow(c, totals.get(c.pk, Total()), totals.get(c.pk, Total()).events, notes[c.pk], last.get(c.pk))
            for c in companies
            if c.pk in named
        ]
        name = self.query.order.removeprefix("-")
        keys: dict[str, Callable[[CompanyRow], Any]] = {
            "people": lambda r: (r.total.headline, r.events, r.notes),
            "cuts": lambda r: (r.events, r.total.headline),
            "notes": lambda r: (r.notes, r.total.headline),
            "name": lambda r: r.company.match_key,
        }
        rows.sort(key=lambda r: r.company.match_key)
        rows.sort(key=keys[name], reverse=self.query.order.startswith("-"))
        return rows

    def _named(self) -> set[int]:
        """The companies that an edition of the day names, or that owned one it names."""
        named = set(HeadcountEdition.objects.known_on(self.day).values_list("company_id", flat=True))
        for index, edition in ((EventEditionCompany, EventEdition), (NoteEditionCompany, NoteEdition)):
            known = edition.objects.known_on(self.day)
            named |= set(index.objects.filter(edition__in=known).values_list("company_id", flat=True))
        return named

    @cached_property
    def facets(self) -> dict[str, dict[str, int]]:
        """Companies by sector and country, each ignoring its own filter."""
        found = {}
        for name in ("sector", "country"):
            rows = self.rows
            if name in self.query.values:
                other = self.query.changed(**{name: None})
                rows = CompanySelection(other, self.day).rows
            found[name] = dict(Counter(getattr(row.company, name) for row in rows))
        return found


def group_totals(day: date | None = None) -> tuple[dict[int, Total], dict[int, date]]:
    """Cuts of each company with all that it owned on the day of each event, and the day of its latest one.

    Groups overlap (a part counts under every owner above it): these totals are never added up.
    """
    known = EventEdition.objects.known_on(day).filter(replaced_by__isnull=True, counts_as=CountsAs.CUT)
    rows = EventEditionCompany.objects.filter(edition__in=known).values_list(
        "company_id", "edition__announced_from", *(f"edition__{name}" for name in _OWN)
    )
    groups: dict[int, list[Own]] = defaultdict(list)
    last: dict[int, date] = {}
    for company, announced, *own in rows:
        groups[company].append(_own(tuple(own)))
        last[company] = max(last.get(company, announced), announced)
    whole_of = wholes(EventEdition.objects.known_on(day).filter(replaced_by__isnull=True))
    return {company: _sum(owns, whole_of) for company, owns in groups.items()}, last


def _sum(owns: Iterable[Own], whole_of: dict[int, int]) -> Total:
    rows = list(owns)
    nets = net(rows, whole_of)
    result = Total()
    for own in rows:
        result += as_total(own, nets[own.id])
    return result


def company_events(company: Company, *, subsidiaries: bool = True, day: date | None = None) -> EventSelection:
    """The events of one company, with (or without) what it owned on the day."""
    query = EventQuery.from_string(f"company={company.slug}" + ("" if subsidiaries else "&subsidiaries=no"))
    return EventSelection(query, day)


def company_notes(company: Company, day: date | None = None) -> NoteSelection:
    """The AI-investment notes in which a company, or what it owned on the day, has a role."""
    query = NoteQuery.from_string(f"company={company.slug}")
    return NoteSelection(query, day)


def company_headcounts(company: Company, day: date | None = None) -> QuerySet[HeadcountEdition]:
    return (
        HeadcountEdition.objects.known_on(day)
        .filter(Q(company=company) | Q(company__merged_into=company))
        .select_related("document")
        .order_by("-counted_from")
    )


def published_totals(day: date | None = None) -> QuerySet[TotalEdition]:
    """Published totals, newest period first, each beside its earlier values."""
    return TotalEdition.objects.known_on(day).select_related("document").order_by(
        "-period_until", "scope", "publisher", "-as_of", "record_id"
    )  # fmt: skip


def data_version() -> PublicRecord:
    """The version of the data and when it was made."""
    return PublicRecord.objects.get()


# Who puts something into AI, by what: not who is paid, hires, or says what is to come.
INVESTING_ROLES = (Role.INVESTOR, Role.BUYER, Role.MAKER)
INVESTING_KINDS = (
    NoteKind.MODEL, NoteKind.PRODUCT, NoteKind.CAPITAL_SPENDING, NoteKind.RESEARCH_SPENDING, NoteKind.FUNDING_ROUND,
    NoteKind.ACQUISITION, NoteKind.PARTNERSHIP,
)  # fmt: skip


def companies_investing_meanwhile(selection: EventSelection) -> tuple[int, int]:
    """How many companies with an event in the result (or their owners) invest in AI, by a note from 12 months before
    to 6 months after it in which they are investor, buyer or maker, and how many notes those are."""
    notes: dict[int, list[tuple[date, int]]] = defaultdict(list)
    known = NoteEdition.objects.known_on(selection.day).filter(kind__in=INVESTING_KINDS)
    rows = NoteEditionCompany.objects.filter(edition__in=known, direct=True, role__in=INVESTING_ROLES)
    for company, dated, note in rows.values_list("company_id", "edition__dated_from", "edition__record_id"):
        notes[company].append((dated, note))
    index = EventEditionCompany.objects.filter(edition__in=selection.editions.order_by(), company__in=notes.keys())
    companies, found = set(), set()
    for company, announced in index.values_list("company_id", "edition__announced_from").distinct():
        meanwhile = {
            note
            for dated, note in notes[company]
            if announced - timedelta(days=365) <= dated <= announced + timedelta(days=183)
        }
        if meanwhile:
            companies.add(company)
            found |= meanwhile
    return len(companies), len(found)


def latest_year(today: date) -> tuple[int, date]:
    """The year that the start page tells of, and its last day so far: this year, or the last one with an event."""
    known = EventEdition.objects.known_on(None).filter(replaced_by__isnull=True, counts_as=CountsAs.CUT)
    last = known.filter(announced_from__lte=today).aggregate(last=Max("announced_from"))["last"]
    if last is None or last.year == today.year:
        return today.year, today
    return last.year, date(last.year, 12, 31)


def first_totals() -> list[TotalEdition]:
    """Published totals for the start page: of each basis the one of the latest whole year or longest period."""
    found: dict[tuple[str, str, str, str], TotalEdition] = {}
    for total in published_totals():
        basis = (total.publisher, total.scope, total.geography, total.counts)
        length = total.period_until - total.period_from
        best = found.get(basis)
        if best is None or length > best.period_until - best.period_from:
            found[basis] = total
    return sorted(found.values(), key=lambda t: (t.period_until, t.publisher), reverse=True)[:5]


@dataclass(frozen=True)
class Basis:
    """Published totals that count the same, newest period first, each with our own cuts of the same period."""

    name: str
    definition: str
    longer: list[tuple[TotalEdition, Total]]
    months: list[tuple[TotalEdition, Total]]

    @property
    def count(self) -> int:
        return len(self.longer) + len(self.months)


# A basis of more totals than this shows its single months apart.
MANY_TOTALS = 24


def totals_by_basis() -> list[Basis]:
    """Published totals, grouped by basis (publisher, scope, geography, what is counted), each with our own cuts of
    the same period beside it. Groups of different bases are never compared (rule 7)."""
    groups: dict[tuple[str, str, str, str], list[TotalEdition]] = defaultdict(list)
    for edition in published_totals():
        groups[edition.publisher, edition.scope, edition.geography, edition.counts].append(edition)
    ours = _cuts_by_period({(e.period_from, e.period_until) for editions in groups.values() for e in editions})
    bases = []
    for _key, editions in sorted(groups.items()):
        first = editions[0]
        rows = [(e, ours[e.period_from, e.period_until]) for e in editions]
        months = [
            row for row in rows if len(rows) > MANY_TOTALS and (row[0].period_until - row[0].period_from).days < 31
        ]
        name = f"{first.publisher}: {first.get_counts_display()}, {first.get_scope_display()}, {first.geography}"
        longer = [row for row in rows if row not in months]
        bases.append(Basis(name, first.document.body["definition"], longer, months))
    return bases


def _cuts_by_period(periods: set[tuple[date, date]]) -> dict[tuple[date, date], Total]:
    """Our own cuts announced in each period: what a from–to filter of it would show, from one pass over the cuts."""
    known = EventEdition.objects.known_on(None).filter(replaced_by__isnull=True)
    whole_of = wholes(known)
    rows = list(
        known.filter(counts_as=CountsAs.CUT)
        .order_by("announced_from", "record_id")
        .values_list("announced_from", "announced_until", *_OWN)
    )
    starts = [row[0] for row in rows]
    found = {}
    for first, last in periods:
        inside = rows[bisect_left(starts, first) : bisect_right(starts, last)]
        found[first, last] = _sum([_own(row[2:]) for row in inside if row[1] <= last], whole_of)
    return found


def measured_gaps() -> dict[str, Any]:
    """What the record lacks today, measured: for the methodology page."""
    query = EventQuery.from_string("counts_as=cut")
    selection = EventSelection(query)
    cuts, editions = selection.main, selection.editions.order_by()
    return {
        "cuts": cuts,
        "without_percent": round(100 * cuts.without_figure / cuts.events) if cuts.events else 0,
        "imprecise": editions.exclude(date_precision=Precision.DAY).count(),
        "without_country": editions.filter(country="").count(),
        "without_ai_link": editions.filter(ai_link="unknown").count(),
        "notes": NoteEdition.objects.known_on(None).count(),
        "notes_without_money": NoteEdition.objects.known_on(None)
        .filter(usd_low_millions=None, usd_millions=None, usd_high_millions=None)
        .count(),
    }
