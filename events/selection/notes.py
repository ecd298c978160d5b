"""The AI-investment notes that a query asks for: rows, money, facets."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet

from events import dates
from events.counting import Money, NoteMoney, money, money_counts
from events.models.edition import NoteEdition, NoteEditionCompany
from events.query import NoteQuery
from events.selection import paging
from events.selection.note_series import NoteSeries, note_bars, note_series, note_series_by_time
from events.selection.paging import NOTE_ORDERS, PAGE_SIZE, Page
from events.selection.series import GRAINS, period_key, periods_between
from events.selection.since import reconstructed_from, withdrawn_since

NOTE_FACETS = ("kind", "plan_or_actual", "role", "tier")
# Over how many months quarters stay readable; beyond them, years.
MONTHS_OF_QUARTERS = 200


class NoteSelection:
    """The public AI-investment notes of a day that a query asks for."""

    def __init__(self, query: NoteQuery, within: QuerySet[Any] | None = None) -> None:
        """`within`, ids of editions, narrows the result where no parameter can."""
        self.query, self.day, self.within = query, query.as_of, within

    @cached_property
    def editions(self) -> QuerySet[NoteEdition]:
        known = NoteEdition.objects.known_on(self.day)
        self.query.filterset.queryset = known
        found = self.query.filterset.filter_queryset(known)
        return found if self.within is None else found.filter(pk__in=self.within)

    @cached_property
    def count(self) -> int:
        # The series over time of a page takes the same pass.
        return sum(n for _date, _state, n in self._by_date)

    @cached_property
    def _by_date(self) -> list[tuple[tuple[str, date, str], str, int]]:
        """How many notes: by the month (where it is known), the first day and the precision of their date, and by plan
        or actual."""
        rows = self.editions.order_by().values_list("dated_month", "dated_from", "date_precision", "plan_or_actual")
        return [((month, first, exact), state, n) for month, first, exact, state, n in rows.annotate(n=Count("pk"))]

    def ordered(self) -> QuerySet[NoteEdition]:
        rows = paging.padded(self.editions, self.query).select_related("document")
        return paging.ordered(rows, self.query, NOTE_ORDERS)

    def page(self, size: int = PAGE_SIZE) -> Page:
        return paging.page_by_key(self.ordered(), self.query, NOTE_ORDERS, size)

    def stream(self) -> Iterator[NoteEdition]:
        """Every row in order, in constant memory."""
        return paging.stream(self.ordered())

    @cached_property
    def reconstructed_from(self) -> list[str]:
        return reconstructed_from(self.editions, self.day)

    @cached_property
    def withdrawn_since(self) -> dict[int, date]:
        """The notes of a replay that were withdrawn later, with the day (rule 10)."""
        return withdrawn_since(NoteEdition, self.day)

    @cached_property
    def companies(self) -> int:
        """How many companies the notes of the result name, in any role."""
        named = NoteEditionCompany.objects.filter(edition__in=self.editions.order_by().values("pk"))
        if companies := self.query.get("company"):
            named = named.filter(company__in=companies)
        return named.aggregate(n=Count("company", distinct=True))["n"]

    def year_before(self) -> "NoteSelection | None":
        """The same query for the same days a year earlier; None when it has no first and last day."""
        first, last = self.query.get("dated_after"), self.query.get("dated_before")
        if not (first and last) or first.year == 1 or last == date.max:
            return None
        return NoteSelection(
            self.query.changed(dated_after=dates.year_before(first), dated_before=dates.year_before(last))
        )

    @cached_property
    def counted(self) -> set[int]:
        """The notes of the result whose money counts in its sums."""
        return money_counts(notes_with_money(self.editions)[""], updates_of(self.day))

    @cached_property
    def money(self) -> dict[tuple[str, str], Money]:
        return money_of(self.editions, self.day).get("", {})

    @cached_property
    def grain(self) -> str:
        """Month, quarter or year: the one asked for, else the quarter where the result's span stays readable so."""
        if self.query.get("grain"):
            return self.query.get("grain")
        months = {str(first)[:7] for (_month, first, _exact), _state, _n in self._by_date}
        return "quarter" if len(periods_between(months, "month")) <= MONTHS_OF_QUARTERS else "year"

    def series_by(self, by: str) -> NoteSeries:
        """How many notes by month, quarter or year of their date, by kind, or by company with what it owned."""
        if by in GRAINS:
            found = ((period_key(by, *dated), state, n) for dated, state, n in self._by_date)
            return note_series_by_time(by, note_bars(found))
        if by == "kind":
            rows: QuerySet = self.editions.order_by().values_list("kind", "plan_or_actual")
            return note_series(by, note_bars(rows.annotate(n=Count("pk"))))
        return self._by_company()

    def _by_company(self) -> NoteSeries:
        """How many notes each company, or what it owned on the day, has a role in: of those companies and in those
        roles that are asked for. A note counts at each; one about no company stands in the remainder."""
        index = NoteEditionCompany.objects.filter(edition__in=self.editions.order_by().values("pk"))
        if companies := self.query.get("company"):
            index = index.filter(company__in=companies)
        if roles := self.query.get("role"):
            index = index.filter(role__in=roles)
        rows: QuerySet = index.order_by().values_list("company", "edition__plan_or_actual")
        counts = [(str(pk), state, n) for pk, state, n in rows.annotate(n=Count("edition", distinct=True))]
        named = NoteEditionCompany.objects.values("edition")
        of_none: QuerySet = self.editions.exclude(pk__in=named).order_by().values_list("plan_or_actual")
        counts += [("", state, n) for state, n in of_none.annotate(n=Count("pk"))]
        return note_series("company", note_bars(counts), adds_up=False)

    @cached_property
    def facets(self) -> dict[str, dict[str, int]]:
        """Rows by value of each choice, each ignoring its own filter."""
        found = {}
        for name in NOTE_FACETS:
            editions: QuerySet = self.editions
            if name in self.query.values:
                editions = NoteSelection(self.query.changed(**{name: None})).editions
            counted: QuerySet = editions.order_by()
            if name == "role":
                counted = NoteEditionCompany.objects.filter(edition__in=counted.values("pk"))
                if companies := self.query.get("company"):
                    counted = counted.filter(company__in=companies)
                found[name] = dict(counted.values_list("role").annotate(n=Count("edition", distinct=True)))
            elif name == "tier":
                counts: Counter = Counter()
                for tiers, n in counted.values_list("tiers").annotate(n=Count("pk")):
                    counts.update(dict.fromkeys(tiers.split(), n))
                found[name] = dict(counts)
            else:
                found[name] = dict(counted.values_list(name).annotate(n=Count("pk")))
        return found


def money_of(
    editions: QuerySet[NoteEdition], day: date | None = None, key: Callable[..., str] | None = None
) -> dict[str, dict[tuple[str, str], Money]]:
    """The money of notes in millions of US dollars, by kind and by plan or actual, of all (key "") or of each period.

    `key` gives the period of a note from its month, first day and precision.
    """
    updates = updates_of(day)
    return {period: money(notes, updates) for period, notes in notes_with_money(editions, key).items()}


def updates_of(day: date | None) -> dict[int, int]:
    """What each public note of a day updates, of those that update one."""
    updates = NoteEdition.objects.known_on(day).filter(updates__isnull=False).values_list("record_id", "updates")
    return {note: plan for note, plan in updates if plan is not None}


def notes_with_money(
    editions: QuerySet[NoteEdition], key: Callable[..., str] | None = None
) -> dict[str, list[NoteMoney]]:
    """The money of each note, by period as in `money_of`."""
    rows = editions.order_by().values_list(
        "record_id", "kind", "plan_or_actual", "period_from", "usd_low_millions", "usd_millions", "usd_high_millions",
        "updates", "dated_month", "dated_from", "date_precision",
    )  # fmt: skip
    periods: dict[str, list[NoteMoney]] = defaultdict(list)
    for r in rows:
        note = NoteMoney(r[0], r[1], r[2], r[3] is not None, r[4], r[5], r[6], r[7])
        periods[key(*r[8:]) if key else ""].append(note)
    return periods


def notes_by_period(editions: QuerySet[NoteEdition], grain: str) -> Counter:
    """How many notes are dated to each month, quarter or year; one dated less exactly is in none."""
    rows = editions.order_by().values_list("dated_month", "dated_from", "date_precision").annotate(n=Count("pk"))
    counts: Counter = Counter()
    for month, first, precision, n in rows:
        counts[period_key(grain, month, first, precision)] += n
    counts.pop("", None)
    return counts
