"""The layoff events that a query asks for: rows, totals, series, facets, and what is left out.

Net figures: events that hang together with others are netted in Python (they are few), all others are summed in the
database.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from events import dates
from events.counting import COUNTS_PEOPLE, Net, Own, Tally, Total, alone, as_total, net, roots
from events.dates import read_date, year_before
from events.filters import DEFAULT_COUNTS
from events.models.choices import CountsAs, Precision
from events.models.edition import EventEdition, EventEditionTerm, counted_by
from events.query import EventQuery, Query
from events.selection import paging
from events.selection.paging import EVENT_ORDERS, PAGE_SIZE, Page, merged_companies
from events.selection.series import (
    GRAINS,
    NO_FIGURE,
    SIZES,
    Bar,
    Series,
    added_up,
    last_month,
    months_until,
    period_key,
    periods_between,
    size_of,
    without_gaps,
)
from events.selection.since import reconstructed_from, withdrawn_since
from events.selection.sizes import sizes_of

# Choices of which an event may have several.
_SEVERAL = {"reason": "reasons", "tier": "tiers"}
FACETS = ("counts_as", "stage", "ai_link", "sector", "country", "permanence", "closure", "reason", "tier")

OWN = ("record_id", "counts_as", "people_low", "headline", "people_high", "high_open", "part_of", "share_percent")
# By what totals may be taken apart; known of each event that hangs together with others.
_DATE = ("announced_month", "announced_from", "date_precision")
_APART = (*_DATE, "sector", "country", "stage", "ai_link", "company_id", "reasons")
_HIGH_COUNTED = Case(
    When(Q(high_open=False, people_high__isnull=False), then=F("people_high")),
    default=Coalesce(F("headline"), 0),
    output_field=IntegerField(),
)


def _sums(name: str = "", only: Q | None = None) -> dict[str, Any]:
    """What a total is made of, for the database to sum: of all rows, or of those that `only` takes."""
    unknown = Q(headline__isnull=True, share_percent__isnull=False)
    return {
        f"{name}events_": Count("pk", filter=only),
        f"{name}with_": Count("headline", filter=only),
        f"{name}shares_": Count("pk", filter=unknown & only if only else unknown),
        f"{name}low_": Coalesce(Sum("people_low", filter=only), 0),
        f"{name}headline_": Coalesce(Sum("headline", filter=only), 0),
        f"{name}high_": Coalesce(Sum(_HIGH_COUNTED, filter=only), 0),
        f"{name}open_": Count("pk", filter=Q(high_open=True) & only if only else Q(high_open=True)),
    }


_SUMS = _sums()
_SIZE = Case(
    *(When(headline__gte=least, then=Value(name)) for name, least in sorted(SIZES.items(), key=lambda item: -item[1])),
    default=Value(NO_FIGURE),
    output_field=CharField(),
)

Sums = dict[Any, dict[str, Total]]


class EventSelection:
    """The public events of a day that a query asks for."""

    def __init__(self, query: EventQuery) -> None:
        self.query, self.day = query, query.as_of

    # Which editions

    @cached_property
    def known(self) -> Any:
        """All public events of the day, unfiltered, without the replaced ones."""
        return EventEdition.objects.known_on(self.day).filter(replaced_by__isnull=True)

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
    def _in_trees(self) -> list[tuple]:
        """The result's events that have a whole or parts among the public events: OWN and _APART of each."""
        if not self.whole_of:
            return []
        parts = self.editions.filter(part_of__isnull=False)
        # Two questions: either has an index of its own to begin with.
        known = self.known.filter(part_of__isnull=False).order_by().values("part_of")
        others = self.editions.filter(part_of__isnull=True, record_id__in=known)
        fields = (*OWN, *_APART)
        return [row for some in (parts, others) for row in some.order_by().values_list(*fields)]

    @cached_property
    def tied(self) -> dict[int, Own]:
        """The result's events that have a whole or parts among the public events."""
        return {row[0]: own_of(row[: len(OWN)]) for row in self._in_trees}

    @cached_property
    def _tied_facts(self) -> dict[int, dict[str, Any]]:
        return {row[0]: dict(zip(_APART, row[len(OWN) :], strict=True)) for row in self._in_trees}

    @cached_property
    def nets(self) -> dict[int, Net]:
        """What each tied event adds to this result."""
        return net(self.tied.values(), self.whole_of)

    def net_of(self, edition: EventEdition) -> Net:
        """What `edition`, a row of this result, adds to it."""
        if edition.record_id in self.nets:
            return self.nets[edition.record_id]
        total = alone(
            Own(
                edition.record_id,
                edition.counts_as,
                edition.people_low,
                edition.headline,
                edition.people_high,
                edition.high_open,
            )
        )
        return Net(total.low, total.headline, total.high, total.high_open, total.without_figure > 0)

    # Totals

    @cached_property
    def totals(self) -> dict[str, Total]:
        """The totals by what events count as; only kinds that the result holds."""
        # The time series of a page takes the same pass, and its sums are these.
        sums: dict[str, Total] = defaultdict(Total)
        for kinds in self._by_date.values():
            for kind, total in kinds.items():
                sums[kind] += total
        return dict(sums)

    @property
    def count(self) -> int:
        """The number of rows: of page, file and feed alike."""
        return sum(total.events for total in self.totals.values())

    @cached_property
    def _by_date(self) -> Sums:
        """The totals by date: each month, and each first day and precision of those known less exactly."""
        return _by_key(self._tallies_by_date)

    @cached_property
    def _tallies_by_date(self) -> dict[tuple[Any, str], Tally]:
        kinds = [str(kind) for kind in self.query.get("counts_as") or DEFAULT_COUNTS]
        sums: dict[str, Any] = {}
        for kind in kinds:
            of_kind = _sums(f"{kind}_", Q(counts_as=kind))
            # Of signals and called-off events only the number counts.
            sums |= of_kind if kind in COUNTS_PEOPLE else {f"{kind}_events_": of_kind[f"{kind}_events_"]}
        tallies: dict[tuple[Any, str], Tally] = defaultdict(Tally)
        # By day, as the index stands, and the days of a month added up here: to sort by month costs as much again.
        days: Any = self.editions.exclude(announced_month="").values("announced_from")
        others: Any = self.editions.filter(announced_month="").values("announced_from", "date_precision")
        for rows, exact in ((days, True), (others, False)):
            for row in rows.annotate(**sums).order_by():
                first = row["announced_from"]
                key = (first.isoformat()[:7], None, "") if exact else ("", first, row["date_precision"])
                for kind in kinds:
                    total, opens = _total_of(kind, row, f"{kind}_")
                    if total.events:
                        tallies[key, kind].add(total, opens)
        for pk, own in self.tied.items():
            month, first, precision = (self._tied_facts[pk][field] for field in _DATE)
            tallies[(month, None, "") if month else ("", first, precision), own.counts_as].net(own, self.nets[pk])
        return tallies

    def _totals_by(self, field: str) -> Sums:
        """Totals by the value of one field and what events count as."""
        tallies: dict[tuple[Any, str], Tally] = defaultdict(Tally)
        for row in self.editions.values("counts_as", field).annotate(**_SUMS).order_by():
            tallies[(row[field],), row["counts_as"]].add(*_total_of(row["counts_as"], row))
        for pk, own in self.tied.items():
            tallies[(self._tied_facts[pk][field],), own.counts_as].net(own, self.nets[pk])
        return _by_key(tallies)

    # Series

    @cached_property
    def main_kind(self) -> str:
        """What bars count: cuts, or else the kind of people, of those chosen, that the result holds most events of."""
        chosen = self.query.get("counts_as") or []
        # Where only signals or called-off events are asked for, bars count those events.
        kinds = [kind for kind in chosen if kind in COUNTS_PEOPLE] or chosen
        held = [kind for kind in kinds if kind in self.totals]
        if CountsAs.CUT in held or not held:
            return CountsAs.CUT if CountsAs.CUT in kinds or not kinds else kinds[0]
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
        """Month, quarter or year: the one asked for, else the finest that stays readable over the result's span."""
        if self.query.get("grain"):
            return self.query.get("grain")
        dates_ = sorted(month or str(first)[:7] for month, first, _precision in self._by_date)
        if not dates_:
            return "month"
        months = len(periods_between(dates_, "month"))
        return "month" if months <= 72 else "quarter" if months <= 200 else "year"

    @property
    def years(self) -> list[int]:
        """The years in which something of the main kind is dated, the earliest first."""
        held = [key for key, kinds in self._by_date.items() if self.main_kind in kinds]
        return sorted({int(month[:4]) if month else first.year for month, first, _precision in held})

    def series_by_time(self, grain: str | None = None) -> Series:
        """People by month, quarter or year of announcement: periods without events are 0, dates known less
        exactly than the grain stand in the remainder (rule 6)."""
        grain = grain or self.grain
        series = self._by_period(grain)
        return replace(series, bars=self._with_late(without_gaps(series.bars, grain)))

    def _by_period(self, grain: str) -> Series:
        """The periods that have events, and in the remainder what is dated less exactly."""

        def key(month: str, first: date | None, precision: str) -> str:
            return period_key(grain, month, first, precision)

        series = self._series(grain, self._by_date, _DATE, key)
        rest = next((bar for bar in series.bars if not bar.key), None)
        return replace(series, bars=[bar for bar in series.bars if bar.key], remainder=rest)

    def _with_late(self, bars: list[Bar]) -> list[Bar]:
        """The bars, those of recent periods with the share of events that usually arrives later (rule 9)."""
        from events.selection.record import still_filling

        late = still_filling({bar.key: read_date(bar.key).last for bar in bars[-3:]}, self.day or dates.today())
        return [Bar(b.key, b.total, b.events, b.shows_less, b.cuts, b.label, late.get(b.key)) for b in bars]

    def series_by(self, by: str) -> Series:
        """People by sector, country, stage, AI link or company, largest first: it adds up, the unknown one included.
        Also by size of the cut, and by reason, unit or group of companies, which overlap."""
        if by in GRAINS:
            return self.series_by_time(by)
        if by == "size":
            return self._by_size()
        if by == "size_by_year":
            return self._sizes_by_year()
        if by == "cumulative":
            return self._through_the_year()
        if by in ("reason", "unit", "group"):
            return self._overlapping(by)
        if by == "company":
            merged = merged_companies()
            series = self._series(
                by, self._totals_by("company_id"), ("company_id",), lambda pk: str(merged.get(pk, pk))
            )
        else:
            series = self._series(by, self._totals_by(by), (by,), str)
        series.bars.sort(key=_largest_first)
        return series

    def _series(self, by: str, totals: Sums, fields: tuple[str, ...], key: Callable[..., str]) -> Series:
        """The series of `totals`, which are by the values of `fields`, of which `key` makes a bucket's name."""
        kind = self.main_kind
        sums: dict[str, Total] = defaultdict(Total)
        for values, kinds in totals.items():
            if kind in kinds:
                sums[key(*values)] += kinds[kind]
        short = self._short_buckets(fields, key, kind)
        return Series(by, kind, [Bar(k, total, total.events, k in short) for k, total in sums.items()])

    def _short_buckets(self, fields: tuple[str, ...], key: Callable[..., str], kind: str) -> set[str]:
        """The buckets whose own view would show more people than they add here: parts of theirs count elsewhere."""
        bucket_of = {
            pk: key(*(self._tied_facts[pk][field] for field in fields))
            for pk, own in self.tied.items()
            if own.counts_as == kind
        }
        return {name for name, owns in self._torn(bucket_of).items() if self._more_alone(owns) > 0}

    def _torn(self, bucket_of: dict[int, str]) -> dict[str, list[Own]]:
        """By bucket the events whose tree stands in several: only these can count elsewhere."""
        trees: dict[int, set[str]] = defaultdict(set)
        root_of = roots((self.tied[pk] for pk in bucket_of), self.whole_of)
        for pk, root in root_of.items():
            trees[root].add(bucket_of[pk])
        buckets: dict[str, list[Own]] = defaultdict(list)
        for pk, root in root_of.items():
            if len(trees[root]) > 1:
                buckets[bucket_of[pk]].append(self.tied[pk])
        return buckets

    def _more_alone(self, owns: list[Own]) -> int:
        """How many people more these events have in a view of their own than they add here."""
        by_itself = net(owns, self.whole_of)
        return sum(by_itself[own.id].headline - self.nets[own.id].headline for own in owns)

    def _by_size(self) -> Series:
        """Cuts by size: an event with all below it in the result that count as the same is one cut (rule 6)."""
        kind = self.main_kind

        def size(name: str) -> str:
            """Of what counts no people no size is known, whatever its own figure (rule 5)."""
            return name if kind in COUNTS_PEOPLE else NO_FIGURE

        sums: dict[str, Total] = defaultdict(Total)
        cuts: dict[str, int] = defaultdict(int)
        own = [event for event in self.tied.values() if event.counts_as == kind]
        rows: Any = self.editions.filter(counts_as=kind).annotate(size=_SIZE)
        rows = rows.values("counts_as", "size").annotate(**_SUMS)
        tallies: dict[str, Tally] = defaultdict(Tally)
        for row in rows.order_by():
            tallies[size(row["size"])].add(*_total_of(kind, row))
            cuts[size(row["size"])] += row["events_"]
        trees: dict[int, Total] = defaultdict(Total)
        for pk, root in roots(own, self.whole_of).items():
            trees[root] += as_total(self.tied[pk], self.nets[pk])
        for event in own:
            # Each was added by itself: it counts with its tree.
            tallies[size(size_of(alone(event)))].take(event)
            cuts[size(size_of(alone(event)))] -= 1
        for name, tally in tallies.items():
            sums[name] = tally.total()
        for total in trees.values():
            sums[size(size_of(total))] += total
            cuts[size(size_of(total))] += 1
        names = [name for name in [*SIZES, NO_FIGURE] if sums.get(name, Total()).events]
        return Series("size", kind, [Bar(n, sums[n], sums[n].events, cuts=cuts[n]) for n in names])

    def _sizes_by_year(self) -> Series:
        """Cuts by year with their sizes: an event with all below it in the result that count as the same is one cut of
        their total, in the year of its date (rule 6)."""
        kind = self.main_kind
        own = {pk: event for pk, event in self.tied.items() if event.counts_as == kind}
        root_of = roots(own.values(), self.whole_of)
        year_of = {pk: str(self._tied_facts[pk]["announced_from"])[:4] for pk in own}
        trees: dict[int, Total] = defaultdict(Total)
        tallies: dict[str, Tally] = defaultdict(Tally)
        for ((month, first, _precision), of_kind), tally in self._tallies_by_date.items():
            if of_kind == kind:
                tallies[month[:4] or str(first)[:4]].add(tally.total(), tally.opens)
        for pk, root in root_of.items():
            part = as_total(own[pk], self.nets[pk])
            trees[root] += part
            if year_of[pk] != year_of[root]:
                tallies[year_of[pk]].remove(part, int(part.high_open))
                tallies[year_of[root]].add(part, int(part.high_open))
        # By year: how many cuts were of so many people, and how many have no figure.
        cuts: dict[str, Counter[int]] = defaultdict(Counter)
        without: Counter[str] = Counter()

        def add(year: str, people: int | None, n: int) -> None:
            # Of what counts no people no size is known, whatever its own figure (rule 5).
            if people is None or kind not in COUNTS_PEOPLE:
                without[year] += n
            else:
                cuts[year][people] += n

        editions: Any = self.editions.filter(counts_as=kind).order_by()
        # The month is a text of the row: to take the year of a date costs SQLite a call of Python for each row.
        months = editions.exclude(announced_month="").values_list("announced_month", "headline")
        others = editions.filter(announced_month="").values_list("announced_from", "headline")
        for rows in (months, others):
            for when, people, n in rows.annotate(n=Count("pk")):
                add(str(when)[:4], people, n)
        for pk, event in own.items():
            # Each was counted by itself: it counts with its tree.
            add(year_of[pk], event.headline, -1)
        for root, total in trees.items():
            add(year_of[root], total.headline if total.with_figure else None, 1)
        sums = {year: tally.total() for year, tally in tallies.items()}
        bars, more = [], self._more_in_year(year_of, root_of)
        for bar in without_gaps([Bar(year, sum_, sum_.events) for year, sum_ in sums.items() if sum_.events], "year"):
            sizes = sizes_of(cuts[bar.key], without[bar.key])
            cuts_ = sizes.with_figure + sizes.without_figure
            bars.append(replace(bar, cuts=cuts_, sizes=sizes, shows_less=more[bar.key] > 0))
        return Series("size_by_year", kind, bars)

    def _more_in_year(self, year_of: dict[int, str], root_of: dict[int, int]) -> Counter[str]:
        """How many people more the view of a year has than the cuts of that year, each with all below it."""
        more: Counter[str] = Counter()
        for year, owns in self._torn(year_of).items():
            more[year] += self._more_alone(owns)
            for own in owns:
                more[year] += self.nets[own.id].headline
                more[year_of[root_of[own.id]]] -= self.nets[own.id].headline
        return more

    def _through_the_year(self) -> Series:
        """People until the end of each month of a year, of all years that have an event dated to the month: each holds
        those before it, so there is no sum. What is dated less exactly stands in the remainder."""
        series = self._by_period("month")
        until = self.day or dates.today()
        if series.bars:
            until = max(until, read_date(max(bar.key for bar in series.bars)).last)
        until = min(until, self.query.get("announced_before") or until)
        bars = self._with_more(added_up(series.bars, self.query.get("announced_after"), until))
        return Series("cumulative", series.counts_as, bars, series.remainder, adds_up=False)

    def _with_more(self, bars: list[Bar]) -> list[Bar]:
        """The bars of years added up, those marked whose own view has more people: parts or wholes lie after it or in
        another year, or what is dated to a quarter or year, in no bar, lies within it."""
        kind = self.main_kind
        inexact: Counter[str] = Counter()
        for (month, first, precision), kinds in self._by_date.items():
            if not month and kind in kinds:
                inexact[last_month(month, first, precision)] += kinds[kind].headline
        month_of = {
            pk: last_month(*(self._tied_facts[pk][field] for field in _DATE))
            for pk, own in self.tied.items()
            if own.counts_as == kind
        }
        torn = self._torn(month_of)

        def more(bar: Bar) -> int:
            so_far = months_until(bar.key)
            apart = self._more_alone([own for key in so_far for own in torn.get(key, ())])
            return apart + sum(inexact[key] for key in so_far)

        return [replace(bar, shows_less=more(bar) > 0) for bar in bars]

    def _overlapping(self, by: str) -> Series:
        """Totals by reason, unit or group of companies: an event may be in several, so each is the total of its own
        view and they have no sum (rule 6). What has no reason or unit stands last, under ""."""
        if by == "group":
            sums = {str(pk): total for pk, (total, _last) in self.groups().items()}
        elif by == "reason":
            sums = self._by_reason()
        else:
            sums = {key: total for key, (total, _last) in self._overlaps("terms__key", terms__kind=by).items()}
            named = EventEditionTerm.objects.filter(kind=by).values("edition")
            if rest := self._total_of_some(self.editions.exclude(pk__in=named)):
                sums[""] = rest
        bars = [Bar(key, total, total.events, label=label) for key, label, total in self._labelled(by, sums)]
        bars.sort(key=lambda bar: (not bar.key, *_largest_first(bar)))
        return Series(by, self.main_kind, bars, adds_up=False)

    def _by_reason(self) -> dict[str, Total]:
        """The total of each reason's own view, and of events without a reason under ""."""
        kind = self.main_kind
        tallies: dict[str, Tally] = defaultdict(Tally)
        rows: Any = self.editions.filter(counts_as=kind).values("counts_as", "reasons").annotate(**_SUMS)
        for row in rows.order_by():
            for reason in row["reasons"].split() or [""]:
                tallies[reason].add(*_total_of(kind, row))
        groups: dict[str, list[Own]] = defaultdict(list)
        for pk, own in self.tied.items():
            if own.counts_as == kind:
                for reason in self._tied_facts[pk]["reasons"].split() or [""]:
                    groups[reason].append(own)
        for reason, owns in groups.items():
            tallies[reason].net_all(owns, self.whole_of)
        return {reason: tally.total() for reason, tally in tallies.items()}

    def _total_of_some(self, editions: QuerySet[EventEdition]) -> Total | None:
        """The total of the main kind of some of the result's editions, as their own view would show it."""
        some = editions.filter(counts_as=self.main_kind).order_by()
        row = some.aggregate(**_SUMS)
        if not row["events_"]:
            return None
        tally = Tally()
        tally.add(*_total_of(self.main_kind, row))
        pks = self._in_a_tree(some).values_list("record_id", flat=True) if self.tied else ()
        tally.net_all([self.tied[pk] for pk in pks], self.whole_of)
        return tally.total()

    def groups(self) -> dict[int, tuple[Total, date]]:
        """The total of each company with what it owned on the day of each event, and the day of its latest one.

        Groups overlap (a part counts under every owner above it): these totals are never added up.
        """
        return self._overlaps("company_index__company")

    def _overlaps(self, field: str, **only: Any) -> dict[Any, tuple[Total, date]]:
        """The total of the main kind and its latest day, as its own view would show it, by each value of `field`, of
        which an event may have several."""
        kind = self.main_kind
        editions = self.editions.filter(counts_as=kind, **only).order_by()
        tallies: dict[Any, Tally] = defaultdict(Tally)
        last: dict[Any, date] = {}
        for row in editions.values("counts_as", field).annotate(**_SUMS, last_=Max("announced_from")):
            tallies[row[field]].add(*_total_of(kind, row))
            last[row[field]] = row["last_"]
        groups: dict[Any, list[Own]] = defaultdict(list)
        for pk, key in self._in_a_tree(editions).values_list("record_id", field) if self.tied else ():
            groups[key].append(self.tied[pk])
        for key, owns in groups.items():
            tallies[key].net_all(owns, self.whole_of)
        return {key: (tally.total(), last[key]) for key, tally in tallies.items()}

    def _in_a_tree(self, editions: QuerySet[EventEdition]) -> QuerySet[EventEdition]:
        """Those of `editions` that have a whole or parts among the public events."""
        wholes_ = self.known.filter(part_of__isnull=False).order_by().values("part_of")
        return editions.filter(Q(part_of__isnull=False) | Q(record_id__in=wholes_))

    def _labelled(self, by: str, sums: dict[str, Total]) -> Iterator[tuple[str, str, Total]]:
        """Key, a word for it where the key is none, and total."""
        written: dict[str, str] = {}
        if by == "unit":
            terms = EventEditionTerm.objects.filter(kind=by, edition__in=self.editions.order_by().values("pk"))
            written = dict(terms.order_by("-value").values_list("key", "value").distinct())
        return ((key, written.get(key, ""), total) for key, total in sums.items())

    # Facets and what is left out

    @cached_property
    def facets(self) -> dict[str, dict[str, int]]:
        """Rows by value of each choice, as another choice of it would give: each ignores its own filter."""
        return {name: self.facet(name) for name in FACETS}

    def facet(self, name: str) -> dict[str, int]:
        """Rows by value of one choice, its own filter ignored."""
        if name == "counts_as":
            return self._kinds
        query = self.query.changed(**{name: None}) if name in self.query.values else self.query
        editions = self.editions if query is self.query else self._filtered(query)
        column = _SEVERAL.get(name, name)
        # Of all of today's events an index tells at once; with a filter it would be read for nothing.
        of_all = query.values.keys() <= {*query.filterset.shape, "counts_as"}
        found: dict[str, int] = defaultdict(int)
        rows = editions.order_by().annotate(value=counted_by(column) if of_all else F(column)).values_list("value")
        for values, n in rows.annotate(n=Count("pk")):
            # No value of a choice has a blank: of one there is one, of several each.
            for value in values.split():
                found[value] += n
        return dict(found)

    @cached_property
    def _kinds(self) -> dict[str, int]:
        every = self._filtered(self.query.changed(counts_as=list(CountsAs.values))).order_by()
        counts = every.aggregate(**{kind: Count("pk", filter=Q(counts_as=kind)) for kind in CountsAs.values})
        return {kind: n for kind, n in counts.items() if n}

    @cached_property
    def also(self) -> dict[str, int]:
        """The kinds that the same filter would find and this result does not hold, with their number of events."""
        held = self.query.get("counts_as") or DEFAULT_COUNTS
        return {kind: n for kind, n in self._kinds.items() if kind not in held}

    @cached_property
    def reconstructed_from(self) -> list[str]:
        """The files whose rows say of days before this site opened what was known then (rule 9)."""
        return reconstructed_from(self.editions, self.day)

    @cached_property
    def withdrawn_since(self) -> dict[int, date]:
        """The events of a replay that were withdrawn later, with the day (rule 10)."""
        return withdrawn_since(EventEdition, self.day)

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

    @cached_property
    def without_effective(self) -> int:
        """Events that a filter of the day on which jobs end leaves out because that day is not known."""
        if not (self.query.get("effective_after") or self.query.get("effective_before")):
            return 0
        other = self.query.changed(effective_after=None, effective_before=None)
        return self._filtered(other).filter(effective_from__isnull=True).count()

    def year_before(self) -> "EventSelection | None":
        """The same query for the same days a year earlier; None when it has no first and last day."""
        first, last = self.query.get("announced_after"), self.query.get("announced_before")
        if not (first and last) or first.year == 1 or last == date.max:
            return None
        earlier = {"announced_after": year_before(first), "announced_before": year_before(last)}
        return EventSelection(self.query.changed(**earlier))

    # Rows

    def page(self, size: int = PAGE_SIZE) -> Page:
        """One page of rows by key, ready for a list: companies and documents loaded."""
        return paging.page_by_key(self.ordered(), self.query, EVENT_ORDERS, size)

    def ordered(self) -> QuerySet[EventEdition]:
        """The rows in the query's order, with what a list or file shows of each."""
        rows = paging.padded(self.editions, self.query).select_related("company", "document").defer("changed_fields")
        return paging.ordered(rows, self.query, EVENT_ORDERS)

    def stream(self) -> Iterator[EventEdition]:
        """Every row in order, in constant memory."""
        return paging.stream(self.ordered())


def _total_of(kind: str, row: Any, name: str = "") -> tuple[Total, int]:
    """The total of a row of `_sums(name)` of one kind, each event with its own figure, and how many leave the high
    open."""
    events = row[f"{name}events_"]
    if kind not in COUNTS_PEOPLE:
        return Total(events), 0
    known = (events - row[f"{name}with_"], row[f"{name}shares_"])
    return Total(events, *known, *(row[f"{name}{end}_"] for end in ("low", "headline", "high"))), row[f"{name}open_"]


def _by_key(tallies: dict[tuple[Any, str], Tally]) -> Sums:
    sums: Sums = defaultdict(dict)
    for (key, kind), tally in tallies.items():
        sums[key][kind] = tally.total()
    return sums


def _largest_first(bar: Bar) -> tuple[int, int, str]:
    return -bar.total.headline, -bar.events, bar.key


def wholes(known: QuerySet[EventEdition]) -> dict[int, int]:
    """The direct whole of each event of `known` that has one."""
    pairs = known.filter(part_of__isnull=False).order_by().values_list("record_id", "part_of")
    return {part: whole for part, whole in pairs if whole is not None}


def own_of(row: tuple) -> Own:
    """The figure of a row of OWN."""
    record_id, counts_as, low, headline, high, high_open, part_of, share = row
    return Own(record_id, counts_as, low, headline, high, high_open, part_of, share is not None)
