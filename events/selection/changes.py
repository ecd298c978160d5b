"""What changed in the data from day to day: records added, corrected, withdrawn, with the totals before and after."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from events.counting import Total
from events.models.choices import Change, CountsAs
from events.models.edition import EventEdition, HeadcountEdition
from events.query import CorrectionQuery, EventQuery, write_cursor
from events.selection.corrections import CORRECTED
from events.selection.events import EventSelection
from events.selection.paging import Page

# Each day costs a sum over all events (0.4 s at 100,000): a page has few.
DAYS = 5
# Records of a kind that a day names; the rest are counted.
NAMED = 12
KINDS = {"event": CORRECTED[0], "note": CORRECTED[1], "total": CORRECTED[2], "headcount": CORRECTED[3]}
_ONE_DAY = timedelta(days=1)
# Records, and their editions.
_NUMBERS = (Count("record_id", distinct=True), Count("pk"))


@dataclass
class Days:
    """What changed on one day, or from the first to the last of several, and the cuts as known before and after."""

    first: date
    last: date
    # (kind, change) → how many records; what changed only because something else did, apart.
    counts: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    followed: int = 0
    # A record may change more than once.
    steps: int = 0
    editions: list[Any] = field(default_factory=list)
    before: Total = field(default_factory=Total)
    after: Total = field(default_factory=Total)

    @property
    def unnamed(self) -> int:
        """Changes that are counted and not named."""
        return self.steps - len(self.editions)

    @property
    def reconstructed_from(self) -> list[str]:
        return sorted({e.reconstructed_from for e in self.editions if e.reconstructed_from})


class ChangeSelection:
    """The days on which something changed, newest first, up to a day."""

    def __init__(self, query: CorrectionQuery) -> None:
        self.query, self.day = query, query.as_of

    def page(self, size: int = DAYS) -> Page:
        """Some days, by key: the day itself."""
        cursor = self.query.cursor
        key = _read(cursor[0]) if cursor else None
        if cursor and key is None:
            return Page()
        backwards = bool(cursor and cursor[1])
        days: set[date] = set()
        for kind in CORRECTED:
            rows = kind._default_manager.exclude(change=Change.TOUCHED)
            if self.day:
                rows = rows.filter(known_from__lte=self.day)
            if key:
                rows = rows.filter(**{"known_from__gt" if backwards else "known_from__lt": key})
            order = "known_from" if backwards else "-known_from"
            days |= set(rows.order_by(order).values_list("known_from", flat=True).distinct()[: size + 1])
        found = sorted(days, reverse=not backwards)
        more, found = len(found) > size, found[:size]
        found.sort(reverse=True)
        page = Page(_changes(found))
        if found and (more if backwards else cursor):
            page.newer = self._link(found[0], "before")
        if found and (cursor if backwards else more):
            page.older = self._link(found[-1], "after")
        return page

    def _link(self, day: date, direction: str) -> str:
        return self.query.canonical(**{"after": None, "before": None, direction: write_cursor([day.isoformat(), 0])})


def changes_between(first: date, last: date) -> Days:
    """What changed from `first` to `last`, both included, as one."""
    found = Days(first, last)
    for name, kind in KINDS.items():
        rows = kind._default_manager.filter(known_from__range=(first, last)).order_by()
        for change, n, steps in rows.values_list("change").annotate(*_NUMBERS):
            _count(found, name, change, n, steps)
        told = rows.exclude(change=Change.TOUCHED).order_by("-known_from", "record_id", "-number")
        if kind is EventEdition:
            # The largest first: a digest tells of these.
            told = told.order_by(F("headline").desc(nulls_last=True), "record_id", "-number")
        found.editions += _with_company(kind, told)[:NAMED]
    found.before, found.after = _cuts_on(first - _ONE_DAY), _cuts_on(last)
    return found


def _changes(days: list[date]) -> list[Days]:
    """What changed on each of `days`, which are few: as many questions for one kind whatever happened."""
    found = {day: Days(day, day) for day in days}
    for name, kind in KINDS.items():
        rows = kind._default_manager.filter(known_from__in=days).order_by()
        for day, change, n, steps in rows.values_list("known_from", "change").annotate(*_NUMBERS):
            _count(found[day], name, change, n, steps)
        nth = Window(RowNumber(), partition_by=F("known_from"), order_by=[F("record_id").asc(), F("number").desc()])
        told = rows.exclude(change=Change.TOUCHED).annotate(nth=nth).filter(nth__lte=NAMED)
        for edition in _with_company(kind, told.order_by("-known_from", "record_id", "-number")):
            found[edition.known_from].editions.append(edition)
    totals = _totals_on(days)
    for day, changed in found.items():
        changed.before, changed.after = totals[day - _ONE_DAY], totals[day]
    return list(found.values())


def _count(days: Days, name: str, change: str, n: int, steps: int) -> None:
    if change == Change.TOUCHED:
        days.followed += n
    else:
        days.counts[name, change] += n
        days.steps += steps


def _with_company(kind: type[Any], editions: Any) -> Any:
    """A headcount's address is its company's."""
    return editions.select_related("company") if kind is HeadcountEdition else editions


def _totals_on(days: list[date]) -> dict[date, Total]:
    """The cuts as known on each of `days` and on the day before each. Between two days on which no event's edition
    begins they are the same, and asked for once."""
    wanted = {*days, *(day - _ONE_DAY for day in days)}
    if not wanted:
        return {}
    within = EventEdition.objects.filter(known_from__range=(min(wanted), max(wanted)))
    changed = sorted(within.order_by().values_list("known_from", flat=True).distinct())
    states: dict[date | None, Total] = {}
    found = {}
    for day in sorted(wanted):
        state = max((at for at in changed if at <= day), default=None)
        if state not in states:
            states[state] = _cuts_on(day)
        found[day] = states[state]
    return found


def _cuts_on(day: date) -> Total:
    query = EventQuery.from_string(f"counts_as=cut&as_of={day.isoformat()}")
    return EventSelection(query).totals.get(CountsAs.CUT, Total())


def _read(cursor: Iterable[Any]) -> date | None:
    """The day of a link; None for a link of another list."""
    try:
        day, _zero = cursor
        return date.fromisoformat(day)
    except (TypeError, ValueError):
        return None
