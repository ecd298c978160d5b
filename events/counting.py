"""The rules of counting: what an event adds, what a total is, when nothing is known. Reads no rows.

Source of every rule: the methodology page, rules 1–6. People are whole numbers; money is in millions of US dollars.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from events.models.choices import CountsAs

# Signals and called-off events are rows, but neither people nor events "without figure" (rule 5).
COUNTS_PEOPLE = (CountsAs.CUT, CountsAs.FILING, CountsAs.TEMPORARY)


@dataclass(frozen=True, slots=True)
class Own:
    """An event's own figure, with what it is directly part of (`whole`, in the result or not)."""

    id: int
    counts_as: str
    low: int | None
    headline: int | None
    high: int | None
    high_open: bool
    whole: int | None = None
    has_share: bool = False


@dataclass(frozen=True, slots=True)
class Net:
    """What one event adds to a result: `low`, `headline`, `high` may be 0 and, being contributions, may cross."""

    low: int
    headline: int
    high: int
    high_open: bool
    without_figure: bool


@dataclass(frozen=True, slots=True)
class Total:
    """People and events of one `counts_as`: the sum of net figures with its interval, and what it lacks (rule 2)."""

    events: int = 0
    without_figure: int = 0
    shares_only: int = 0
    low: int = 0
    headline: int = 0
    high: int = 0
    high_open: bool = False

    @property
    def with_figure(self) -> int:
        """Events that state a number, or whose whole or parts in the same result do."""
        return self.events - self.without_figure

    def __add__(self, other: "Total") -> "Total":
        return Total(
            self.events + other.events,
            self.without_figure + other.without_figure,
            self.shares_only + other.shares_only,
            self.low + other.low,
            self.headline + other.headline,
            self.high + other.high,
            self.high_open or other.high_open,
        )


def net(events: Iterable[Own], whole_of: Mapping[int, int]) -> dict[int, Net]:
    """What each of `events` adds to their sum, each net of those below it that count as the same (rule 3).

    `whole_of` gives the direct whole of any public event of the day, in the result or not, so that a chain holds
    where one of its links is not in the result. The total of a tree is the larger of its root's own figure and the
    sum of its branches' totals, for low, headline and high apart; an event's net is its tree's total less its
    branches' totals. Expects no cycle in `whole_of`: publication refuses them.
    """
    rows = {event.id: event for event in events}
    above = {event.id: _nearest_above(event, rows, whole_of) for event in rows.values()}
    below: dict[int, list[int]] = defaultdict(list)
    for child, parent in above.items():
        if parent is not None:
            below[parent].append(child)
    order = _parents_first(above, below)
    known_above: dict[int, bool] = {}
    for event_id in order:
        parent = above[event_id]
        known_above[event_id] = parent is not None and (known_above[parent] or rows[parent].headline is not None)
    totals: dict[int, tuple[int, int, int]] = {}
    known_below: dict[int, bool] = {}
    found: dict[int, Net] = {}
    for event_id in reversed(order):
        event, branches = rows[event_id], below.get(event_id, ())
        known_below[event_id] = any(known_below[b] or rows[b].headline is not None for b in branches)
        if event.counts_as not in COUNTS_PEOPLE:
            totals[event_id] = (0, 0, 0)
            found[event_id] = Net(0, 0, 0, False, False)
            continue
        low, headline, high = event.low or 0, event.headline or 0, _high_counted(event)
        parts_low = parts = parts_high = 0
        for branch in branches:
            branch_low, branch_headline, branch_high = totals[branch]
            parts_low += branch_low
            parts += branch_headline
            parts_high += branch_high
        totals[event_id] = (max(low, parts_low), max(headline, parts), max(high, parts_high))
        found[event_id] = Net(
            max(low - parts_low, 0),
            max(headline - parts, 0),
            max(high - parts_high, 0),
            _is_open(event, totals[event_id][1], above, rows, known_below[event_id]),
            without_figure=event.headline is None and not known_above[event_id] and not known_below[event_id],
        )
    return found


def roots(events: Iterable[Own], whole_of: Mapping[int, int]) -> dict[int, int]:
    """The topmost of each of `events`: the one above it that is in the result, counts as the same and has none above.

    An event with all below it is one cut (rule 6).
    """
    rows = {event.id: event for event in events}
    above = {event.id: _nearest_above(event, rows, whole_of) for event in rows.values()}
    found: dict[int, int] = {}
    for event_id in rows:
        at, seen = event_id, {event_id}
        while (higher := above[at]) is not None and higher not in seen:
            at = higher
            seen.add(at)
        found[event_id] = at
    return found


def _high_counted(event: Own) -> int:
    """What an event adds to the high of a sum: an open high adds the headline, a missing one nothing (rule 2)."""
    if event.high is not None and not event.high_open:
        return event.high
    return event.headline or 0


def _nearest_above(event: Own, rows: Mapping[int, Own], whole_of: Mapping[int, int]) -> int | None:
    """The nearest event above that is in the result and counts as the same."""
    at = event.whole if event.whole is not None else whole_of.get(event.id)
    seen = {event.id}
    while at is not None and at not in seen:
        if at in rows and rows[at].counts_as == event.counts_as:
            return at
        seen.add(at)
        at = whole_of.get(at)
    return None


def _parents_first(above: Mapping[int, int | None], below: Mapping[int, list[int]]) -> list[int]:
    order = [event_id for event_id, parent in above.items() if parent is None]
    for event_id in order:
        order.extend(below.get(event_id, ()))
    return order


def _is_open(
    event: Own, headline: int, above: Mapping[int, int | None], rows: Mapping[int, Own], known_below: bool
) -> bool:
    """Whether the event, with the `headline` of its tree, leaves the total's high open.

    Open is "at least N", and a whole without any figure below which something has a headline. An event above closes
    it whose own high is closed and no smaller than that headline.
    """
    figureless = event.low is None and event.headline is None and event.high is None
    if not event.high_open and not (figureless and known_below):
        return False
    bound = headline if event.headline is None else event.headline
    at = above[event.id]
    while at is not None:
        higher = rows[at]
        if higher.high is not None and not higher.high_open and higher.high >= bound:
            return False
        at = above[at]
    return True


def total(events: Iterable[Own], whole_of: Mapping[int, int]) -> dict[str, Total]:
    """The totals of `events` by what they count as: kinds are never added to one another (rule 5)."""
    rows = list(events)
    nets = net(rows, whole_of)
    sums: dict[str, Total] = defaultdict(Total)
    for row in rows:
        sums[row.counts_as] += as_total(row, nets[row.id])
    return dict(sums)


def alone(event: Own) -> Total:
    """What `event` adds to a total in which nothing else hangs together with it."""
    if event.counts_as not in COUNTS_PEOPLE:
        return Total(events=1)
    unknown = event.headline is None
    figure = (event.low or 0, event.headline or 0, _high_counted(event))
    return Total(1, int(unknown), int(unknown and event.has_share), *figure, event.high_open)


class Tally:
    """A total that is first summed of events with their own figures, wherefrom some are then made net."""

    def __init__(self) -> None:
        self.events = self.without_figure = self.shares_only = self.low = self.headline = self.high = self.opens = 0

    def add(self, total: Total, opens: int) -> None:
        """Adds the `total` of events with their own figures, `opens` of which leave the high open."""
        self._add(total, opens, 1)

    def remove(self, total: Total, opens: int) -> None:
        """Takes away what was added."""
        self._add(total, opens, -1)

    def take(self, event: Own) -> None:
        """Takes away an `event` that was added with its own figure."""
        own = alone(event)
        self._add(own, int(own.high_open), -1)

    def net(self, event: Own, its_net: Net) -> None:
        """Of an `event` that was added with its own figure keeps what it adds net."""
        if event.counts_as not in COUNTS_PEOPLE:
            return
        self.low += its_net.low - (event.low or 0)
        self.headline += its_net.headline - (event.headline or 0)
        self.high += its_net.high - _high_counted(event)
        self.opens += its_net.high_open - event.high_open
        if event.headline is None and not its_net.without_figure:
            self.without_figure -= 1
            self.shares_only -= int(event.has_share)

    def net_all(self, events: Sequence[Own], whole_of: Mapping[int, int]) -> None:
        """Of `events` that were added keeps what each adds net of the others."""
        nets = net(events, whole_of)
        for event in events:
            self.net(event, nets[event.id])

    def total(self) -> Total:
        figures = (self.low, self.headline, self.high, self.opens > 0)
        return Total(self.events, self.without_figure, self.shares_only, *figures)

    def _add(self, total: Total, opens: int, sign: int) -> None:
        self.events += sign * total.events
        self.without_figure += sign * total.without_figure
        self.shares_only += sign * total.shares_only
        self.low += sign * total.low
        self.headline += sign * total.headline
        self.high += sign * total.high
        self.opens += sign * opens


def sum_net(events: Iterable[Own], whole_of: Mapping[int, int]) -> Total:
    """The one total of `events` that all count as the same."""
    return sum(total(events, whole_of).values(), Total())


def as_total(event: Own, its_net: Net) -> Total:
    """What one event adds to a total."""
    return Total(
        events=1,
        without_figure=int(its_net.without_figure),
        shares_only=int(its_net.without_figure and event.has_share),
        low=its_net.low,
        headline=its_net.headline,
        high=its_net.high,
        high_open=its_net.high_open,
    )


@dataclass(frozen=True, slots=True)
class Money:
    """Money of notes of one kind, plan or actual: an interval in millions of US dollars, with the number of notes, and
    of those that say no more than "up to": they add to the high alone."""

    notes: int = 0
    low: Decimal = Decimal(0)
    best: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    high_open: bool = False
    high_alone: int = 0

    @property
    def is_known(self) -> bool:
        """Whether any of the notes says more than "up to": else the sum is unknown, which is not 0."""
        return self.notes > self.high_alone


@dataclass(frozen=True, slots=True)
class NoteMoney:
    """The money of one note, with the note that it updates."""

    id: int
    kind: str
    plan_or_actual: str
    has_period: bool
    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    updates: int | None = None


def money(notes: Iterable[NoteMoney], updates_of: Mapping[int, int]) -> dict[tuple[str, str], Money]:
    """Money by kind and by plan or actual: never summed across either.

    A note counts once, only if kind, period and plan/actual are set. One that a note of the same sum updates, through
    any number of steps, is left out; `updates_of` gives what each public note of the day updates, in the sum or not.
    Source: model.md, "AI-investment note".
    """
    rows = list(notes)
    counted = money_counts(rows, updates_of)
    sums: dict[tuple[str, str], Money] = defaultdict(Money)
    for row in rows:
        if row.id not in counted:
            continue
        before = sums[row.kind, row.plan_or_actual]
        best = row.best if row.best is not None else row.low or Decimal(0)
        sums[row.kind, row.plan_or_actual] = Money(
            before.notes + 1,
            before.low + (row.low if row.low is not None else row.best or Decimal(0)),
            before.best + best,
            before.high + (row.high if row.high is not None else best),
            before.high_open or (row.high is None and row.low is not None),
            before.high_alone + int(row.low is None and row.best is None),
        )
    return dict(sums)


def money_counts(notes: Iterable[NoteMoney], updates_of: Mapping[int, int]) -> set[int]:
    """The notes whose money counts in the sum of all of them: see `money`."""
    rows = [row for row in notes if _says_enough(row)]
    updated: set[int] = set()
    for row in rows:
        at = row.updates
        while at is not None and at not in updated:
            updated.add(at)
            at = updates_of.get(at)
    return {row.id for row in rows} - updated


def _says_enough(row: NoteMoney) -> bool:
    known = any(value is not None for value in (row.low, row.best, row.high))
    return known and row.has_period and row.plan_or_actual in ("plan", "actual")
