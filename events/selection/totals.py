"""Totals that others publish, each beside our own cuts of its period: what is alike, and what is not (rule 7)."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import QuerySet
from django_countries import countries

from events import dates
from events.counting import Own, Tally, Total, alone
from events.models.choices import AiLink, CountsAs, Stage, TotalCounts, TotalScope
from events.models.edition import OPEN, EventEdition, TotalEdition
from events.query import EventQuery, TotalQuery
from events.selection import paging
from events.selection.events import OWN, own_of
from events.selection.paging import PAGE_SIZE, TOTAL_ORDERS, Page
from events.selection.since import reconstructed_from, withdrawn_since
from events.text import fold

# ── What is counted ──────────────────────────────────────────────────────────────────────────────────────────────────


class BasesDiffer(ValueError):
    """Figures of different bases were to be subtracted or drawn on one axis."""


@dataclass(frozen=True)
class Expression:
    """How our filters say one part of a basis: by a parameter and its value, none where nothing need be left out.

    One that is not `exact` is as near as a filter comes, or no filter at all.
    """

    parameter: str = ""
    value: str = ""
    exact: bool = True


_SAME, _UNSAID = Expression(), Expression(exact=False)
_SCOPES = {
    TotalScope.ALL_INDUSTRIES: _SAME,
    # Stated, not the reason "AI": that one holds what any source says, and these totals take employers at their word.
    TotalScope.AI_REASON: Expression("ai_link", AiLink.STATED),
}
_COUNTS = {
    # A cut stands here on the day on which it was announced, as in a list of plans and a list of events.
    TotalCounts.PLANS: _SAME,
    TotalCounts.EVENTS: _SAME,
    # They count when jobs end, we when that is announced.
    TotalCounts.DISCHARGES: Expression("stage", Stage.CARRIED_OUT, exact=False),
}
_GEOGRAPHIES = {
    "worldwide": _SAME,
    "united states": Expression("country", "US"),
    # A country here is where the jobs are, if a source says so: not where the employer has its seat.
    "us employers": Expression("country", "US", exact=False),
}
BASIS_PARTS = ("scope", "geography", "counts")


# To find a country by its name asks for the name of every other.
@lru_cache(maxsize=256)
def _of_geography(words: str) -> Expression:
    if said := _GEOGRAPHIES.get(fold(words)):
        return said
    code = countries.by_name(words)
    return Expression("country", code) if code else _UNSAID


@dataclass(frozen=True, order=True)
class Basis:
    """What a figure counts: figures that differ in any part of it are never subtracted or drawn on one axis."""

    scope: str
    geography: str
    counts: str

    @classmethod
    def of(cls, edition: TotalEdition) -> "Basis":
        return cls(edition.scope, edition.geography, edition.counts)

    def expression(self, part: str) -> Expression:
        """How our filters say the scope, the geography or what is counted."""
        match part:
            case "scope":
                return _SCOPES.get(TotalScope(self.scope), _UNSAID)
            case "counts":
                return _COUNTS[TotalCounts(self.counts)]
        return _of_geography(self.geography)

    @property
    def filters(self) -> dict[str, str]:
        """The parameters of the nearest filter of ours, beside the days and "cut"."""
        said = (self.expression(part) for part in BASIS_PARTS)
        return {one.parameter: str(one.value) for one in said if one.parameter}

    @property
    def unsaid(self) -> list[str]:
        """The parts of it that no filter of ours says exactly."""
        return [part for part in BASIS_PARTS if not self.expression(part).exact]


@dataclass(frozen=True)
class Stated:
    """People of one basis, as an interval: None where an end is not known."""

    basis: Basis
    low: int | None
    people: int | None
    high: int | None


@dataclass(frozen=True)
class Difference:
    """How many more one figure says than another, as an interval: None where an end is not known."""

    low: int | None
    people: int | None
    high: int | None


def of_one_basis(bases: Iterable[Basis]) -> None:
    """Raises BasesDiffer unless all of `bases` are the same: asked before figures are set against one another."""
    if len(found := set(bases)) > 1:
        raise BasesDiffer("; ".join(f"{b.counts}, {b.scope}, {b.geography}" for b in sorted(found)))


def difference(a: Stated, b: Stated) -> Difference:
    """`a` less `b`. Raises BasesDiffer where they do not count the same."""
    of_one_basis((a.basis, b.basis))

    def less(first: int | None, second: int | None) -> int | None:
        return None if first is None or second is None else first - second

    return Difference(less(a.low, b.high), less(a.people, b.people), less(a.high, b.low))


# ── Our own cuts beside it ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Ours:
    """Our own cuts of a period under a filter: their total, and the query string of the list that shows it."""

    total: Total
    string: str


@dataclass(frozen=True)
class Comparison:
    """A published total beside our own cuts of the same days.

    `every` are all of them, `nearest` those of the filter that comes nearest to its basis. `then` is `nearest` as it
    was known on the total's own day, None where that is the day that is asked; `later` cuts came to it since and `gone`
    left it. `elsewhere` and `without_country` are what the filter by country leaves out, by themselves; None without
    one. `overlapping` cuts only overlap the days. There is a `difference` only where the filter says the basis exactly.
    """

    edition: TotalEdition
    basis: Basis
    every: Ours
    nearest: Ours
    then: Ours | None
    then_on: date
    later: int
    gone: int
    elsewhere: Total | None
    without_country: Total | None
    overlapping: int
    difference: Difference | None


_CUT = ("announced_from", "announced_until", "known_from", "known_until", "country", "ai_link", "stage")
_AT = {name: _CUT.index(name) for name in ("country", "ai_link", "stage")}
_ADDED = ("without_figure", "shares_only", "low", "headline", "high", "high_open")
_FIRST, _UNTIL, _KNOWN_FROM, _KNOWN_UNTIL = range(4)


class OurCuts:
    """Every cut that was public on a day or before, read once: the total of any period, filter and earlier day."""

    def __init__(self, day: date | None) -> None:
        # The last day but one on which today's editions, which end on the last, are known.
        self.day = day or OPEN - timedelta(days=1)
        public = EventEdition.objects.filter(withdrawn=False, replaced_by__isnull=True, known_from__lte=self.day)
        ties = public.filter(part_of__isnull=False).order_by()
        rows: Any = ties.values_list("record_id", "part_of", "known_from", "known_until")
        self._ties: list[tuple[int, int, date, date]] = list(rows)
        tied = {pk for tie in self._ties for pk in tie[:2]}
        cuts = public.filter(counts_as=CountsAs.CUT).order_by("announced_from", "record_id")
        self._rows: list[tuple] = []
        self._owns: list[Own] = []
        for row in cuts.values_list(*_CUT, *OWN):
            self._rows.append(row[: len(_CUT)])
            self._owns.append(own_of(row[len(_CUT) :]))
        # What each adds by itself, by column: to add up a column is many times faster than to add totals.
        alone_ = [alone(own) for own in self._owns]
        self._columns = [[getattr(total, name) for total in alone_] for name in _ADDED]
        self._tied_places = {n for n, own in enumerate(self._owns) if own.id in tied}
        self._starts = [row[_FIRST] for row in self._rows]
        self._wide = [n for n, row in enumerate(self._rows) if row[_FIRST] != row[_UNTIL]]
        self._wholes: dict[date, dict[int, int]] = {}
        self._inside: dict[tuple, list[int]] = {}
        self._totals: dict[tuple, Total] = {}

    def inside(self, first: date, last: date, filters: Mapping[str, str], day: date) -> list[int]:
        """The places of the cuts known on `day` whose whole date lies within, and that a filter takes."""
        key = (first, last, tuple(filters.items()), day)
        if key not in self._inside:
            if filters:
                asked = [(_AT[name], value) for name, value in filters.items()]
                places: Iterable[int] = (
                    n
                    for n in self.inside(first, last, {}, day)
                    if all(self._rows[n][at] == value for at, value in asked)
                )
            else:
                rows = self._rows
                places = (
                    n
                    for n in range(bisect_left(self._starts, first), bisect_right(self._starts, last))
                    if rows[n][_UNTIL] <= last and rows[n][_KNOWN_FROM] <= day < rows[n][_KNOWN_UNTIL]
                )
            self._inside[key] = list(places)
        return self._inside[key]

    def total(self, first: date, last: date, filters: Mapping[str, str], day: date) -> Total:
        """What the list of these days, this filter and this day shows."""
        key = (first, last, tuple(filters.items()), day)
        if key not in self._totals:
            self._totals[key] = self.sum(self.inside(first, last, filters, day), day)
        return self._totals[key]

    def sum(self, places: Sequence[int], day: date) -> Total:
        tally = Tally()
        *figures, opens = (sum(map(column.__getitem__, places)) for column in self._columns)
        tally.add(Total(len(places), *figures), opens)
        tally.net_all([self._owns[n] for n in places if n in self._tied_places], self._wholes_on(day))
        return tally.total()

    def changes(self, earlier: Sequence[int], now: Sequence[int]) -> tuple[int, int]:
        """How many events stand in `now` and not in `earlier`, and how many the other way round."""
        if earlier == now:
            return 0, 0
        then, today = ({self._owns[n].id for n in places} for places in (earlier, now))
        return len(today - then), len(then - today)

    def by_country(self, places: Iterable[int], country: str, day: date) -> tuple[Total, Total]:
        """The totals of the cuts in any other country, and of those of which no country is known."""
        others = [n for n in places if self._rows[n][_AT["country"]] != country]
        known = [n for n in others if self._rows[n][_AT["country"]]]
        unknown = [n for n in others if not self._rows[n][_AT["country"]]]
        return self.sum(known, day), self.sum(unknown, day)

    def overlapping(self, first: date, last: date, filters: Mapping[str, str]) -> int:
        """How many cuts only overlap the days: known less exactly, their span lies partly outside (rule 6)."""
        rows = (self._rows[n] for n in self._wide)
        return sum(
            row[_FIRST] <= last
            and row[_UNTIL] >= first
            and not (first <= row[_FIRST] and row[_UNTIL] <= last)
            and row[_KNOWN_FROM] <= self.day < row[_KNOWN_UNTIL]
            and all(row[_AT[name]] == value for name, value in filters.items())
            for row in rows
        )

    def _wholes_on(self, day: date) -> dict[int, int]:
        if day not in self._wholes:
            self._wholes[day] = {part: whole for part, whole, since, until in self._ties if since <= day < until}
        return self._wholes[day]


def compare(edition: TotalEdition, cuts: OurCuts, day: date | None, ask: EventQuery) -> Comparison:
    """A published total beside our own cuts as known on `day`; `ask` is any query on events, for links."""
    basis, first, last = Basis.of(edition), edition.period_from, edition.period_until
    filters = basis.filters
    then_on = min(edition.as_of, cuts.day)

    def ours(filters: Mapping[str, str], on: date, asked: date | None) -> Ours:
        string = ask.canonical(
            announced_after=first, announced_before=last, counts_as=[CountsAs.CUT.value], as_of=asked, **filters
        )
        return Ours(cuts.total(first, last, filters, on), string)

    nearest, every = ours(filters, cuts.day, day), ours({}, cuts.day, day)
    then = ours(filters, then_on, then_on) if then_on < (day or dates.today()) else None
    later, gone = cuts.changes(*(cuts.inside(first, last, filters, on) for on in (then_on, cuts.day)))
    elsewhere = without_country = None
    if "country" in filters:
        others = {name: value for name, value in filters.items() if name != "country"}
        places = cuts.inside(first, last, others, cuts.day)
        elsewhere, without_country = cuts.by_country(places, filters["country"], cuts.day)
    return Comparison(
        edition=edition,
        basis=basis,
        every=every,
        nearest=nearest,
        then=then,
        then_on=then_on,
        later=later,
        gone=gone,
        elsewhere=elsewhere,
        without_country=without_country,
        overlapping=cuts.overlapping(first, last, filters),
        difference=_difference(edition, basis, nearest.total),
    )


def published(edition: TotalEdition) -> Stated:
    """The published figure with what it counts."""
    return Stated(
        Basis.of(edition), edition.people_low, edition.headline, None if edition.high_open else edition.people_high
    )


def our_own(basis: Basis, total: Total) -> Stated | None:
    """Our own total with what it counts; None where no filter says `basis`, or where nothing is known."""
    if basis.unsaid or not total.with_figure:
        return None
    return Stated(basis, total.low, total.headline, None if total.high_open else total.high)


def _difference(edition: TotalEdition, basis: Basis, total: Total) -> Difference | None:
    own = our_own(basis, total)
    return difference(published(edition), own) if own else None


# ── What a query asks for ────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Values:
    """One total by the days on which it was given, the latest first: the same publisher, basis and period."""

    comparisons: list[Comparison]

    @property
    def latest(self) -> Comparison:
        return self.comparisons[0]

    @property
    def earlier(self) -> list[Comparison]:
        return self.comparisons[1:]


@dataclass(frozen=True)
class Group:
    """The totals of one publisher and one basis, in the order that is asked for."""

    publisher: str
    basis: Basis
    totals: list[Values]

    @property
    def definition(self) -> str:
        """What most of them say that they count, the shorter of two; those that say more say it themselves."""
        said = Counter(c.edition.document.body["definition"] for values in self.totals for c in values.comparisons)
        return min(said, key=lambda words: (-said[words], len(words)))

    @property
    def count(self) -> int:
        return sum(len(values.comparisons) for values in self.totals)


TOTAL_FACETS = ("publisher", "scope", "geography", "counts")


class TotalSelection:
    """The published totals of a day that a query asks for."""

    def __init__(self, query: TotalQuery) -> None:
        self.query, self.day = query, query.as_of

    @cached_property
    def editions(self) -> QuerySet[TotalEdition]:
        known = TotalEdition.objects.known_on(self.day)
        self.query.filterset.queryset = known
        return self.query.filterset.filter_queryset(known)

    def ordered(self) -> QuerySet[TotalEdition]:
        return paging.ordered(self.editions.select_related("document"), self.query, TOTAL_ORDERS)

    @cached_property
    def rows(self) -> list[TotalEdition]:
        """All of them: there are hundreds, not thousands."""
        return list(self.ordered())

    @property
    def count(self) -> int:
        return len(self.rows)

    def page(self, size: int = PAGE_SIZE) -> Page:
        return paging.page_by_key(self.ordered(), self.query, TOTAL_ORDERS, size)

    def stream(self) -> Iterator[TotalEdition]:
        return iter(self.rows)

    @cached_property
    def comparisons(self) -> dict[int, Comparison]:
        """Each total beside our own cuts, by its record: one pass over all cuts for all of them."""
        if not self.rows:
            return {}
        cuts, ask = OurCuts(self.day), EventQuery.from_string("")
        return {edition.record_id: compare(edition, cuts, self.day, ask) for edition in self.rows}

    @cached_property
    def groups(self) -> list[Group]:
        """By publisher and basis, each with its totals, each of these with its values of several days."""
        found: dict[tuple[str, Basis], dict[tuple[date, date], list[Comparison]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for edition in self.rows:
            comparison = self.comparisons[edition.record_id]
            period = (edition.period_from, edition.period_until)
            found[edition.publisher, comparison.basis][period].append(comparison)
        return [
            Group(publisher, basis, [Values(sorted(some, key=_day_given, reverse=True)) for some in periods.values()])
            for (publisher, basis), periods in sorted(found.items())
        ]

    @cached_property
    def facets(self) -> dict[str, dict[str, int]]:
        """Rows by value of each choice, each ignoring its own filter."""
        found = {}
        for name in TOTAL_FACETS:
            if name in self.query.values:
                rows: Any = TotalSelection(self.query.changed(**{name: None})).editions.order_by().values_list(name)
                found[name] = dict(Counter(value for (value,) in rows))
            else:
                found[name] = dict(Counter(getattr(edition, name) for edition in self.rows))
        return found

    @cached_property
    def reconstructed_from(self) -> list[str]:
        return reconstructed_from(self.editions, self.day)

    @cached_property
    def withdrawn_since(self) -> dict[int, date]:
        """The totals of a replay that were withdrawn later, with the day (rule 10)."""
        return withdrawn_since(TotalEdition, self.day)


def _day_given(comparison: Comparison) -> tuple[date, int]:
    return comparison.edition.as_of, comparison.edition.record_id


# ── The start page ───────────────────────────────────────────────────────────────────────────────────────────────────


def first_totals(day: date | None = None) -> list[TotalEdition]:
    """Published totals for the start page: of each publisher and basis the one of the longest period, and of its values
    the latest."""
    found: dict[tuple[str, Basis], TotalEdition] = {}
    known = TotalEdition.objects.known_on(day).select_related("document")
    for total in known.order_by("-period_until", "scope", "publisher", "-as_of", "record_id"):
        basis = (total.publisher, Basis.of(total))
        length = total.period_until - total.period_from
        best = found.get(basis)
        if best is None or length > best.period_until - best.period_from:
            found[basis] = total
    return sorted(found.values(), key=lambda t: (t.period_until, t.publisher), reverse=True)[:5]
