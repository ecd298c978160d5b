"""The companies that a query asks for, each with what it owned; and what is known of one."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Count, QuerySet

from events.counting import Total
from events.models.choices import CountsAs
from events.models.company import Company, OwnershipTree
from events.models.edition import (
    EventEdition,
    EventEditionCompany,
    HeadcountEdition,
    NoteEdition,
    NoteEditionCompany,
    public_companies,
)
from events.query import CompanyQuery, EventQuery, NoteQuery
from events.selection.events import EventSelection
from events.selection.notes import NoteSelection
from events.selection.paging import CompanyRows


@dataclass(frozen=True)
class CompanyRow:
    """A company in a list, with what it owned on the day: its cuts, signals and AI-investment notes."""

    company: Company
    total: Total
    events: int
    notes: int
    last: date | None


# What companies are ordered by, beside their name: numbers, the first counting most.
_ORDERS: dict[str, Callable[[CompanyRow], tuple[int, ...]]] = {
    # One whose people nobody knows comes after all others, most people first, and before them, fewest first.
    "people": lambda r: (r.total.headline if r.total.with_figure else -1, r.events, r.notes),
    "cuts": lambda r: (r.events, r.total.headline),
    "notes": lambda r: (r.notes, r.total.headline),
    "name": lambda r: (),
}


_BY_WHAT_IS_KNOWN = {"people_min", "people_max", "ai_notes"}


class CompanySelection(CompanyRows):
    """The companies that readers know, each with what the editions of a day say of it and what it owned."""

    orders = _ORDERS

    def __init__(self, query: CompanyQuery) -> None:
        self.query, self.day = query, query.as_of

    @cached_property
    def rows(self) -> list[CompanyRow]:
        """All rows in the query's order."""
        value = self.query.get
        companies = self._filtered()
        groups = all_cuts(self.day).groups()
        notes = Counter(
            dict(
                NoteEditionCompany.objects.filter(edition__in=NoteEdition.objects.known_on(self.day).values("pk"))
                .values_list("company")
                .annotate(n=Count("edition", distinct=True))
            )
        )
        named = self._named()
        rows = []
        for company in companies:
            total, last = groups.get(company.pk, (Total(), None))
            rows.append(CompanyRow(company, total, total.events, notes[company.pk], last))
        rows = [
            row
            for row in rows
            if row.company.pk in named
            and _between(row.total, value("people_min"), value("people_max"))
            and value("ai_notes") in (None, "yes" if row.notes else "no")
        ]
        return self.in_order(rows)

    def _filtered(self) -> QuerySet[Company]:
        """The companies that the filter takes by what they are, not by what is known of them."""
        known = public_companies().filter(merged_into__isnull=True)
        self.query.filterset.queryset = known
        return self.query.filterset.filter_queryset(known)

    def _named(self) -> set[int]:
        """The companies that an edition of the day names, or that owned one it names."""
        tree = OwnershipTree.load_merged()
        counted = HeadcountEdition.objects.known_on(self.day).values_list("company_id", flat=True)
        named = {tree.today_of(company) for company in counted}
        for index, edition in ((EventEditionCompany, EventEdition), (NoteEditionCompany, NoteEdition)):
            known = edition.objects.known_on(self.day).values("pk")
            named |= set(index.objects.filter(edition__in=known).values_list("company_id", flat=True).distinct())
        return named

    @cached_property
    def with_most_people(self) -> list[CompanyRow]:
        """The rows of which people are known, most people first, whatever the list is ordered by."""
        known = [row for row in self.rows if row.total.with_figure]
        return sorted(known, key=lambda row: (-row.total.headline, row.company.match_key, row.company.pk))

    @cached_property
    def reconstructed_from(self) -> list[str]:
        return all_cuts(self.day).reconstructed_from

    @cached_property
    def count(self) -> int:
        if "rows" not in self.__dict__ and not _BY_WHAT_IS_KNOWN & self.query.values.keys():
            # The number alone is asked for: nothing is added up on the way.
            return len(self._named() & set(self._filtered().values_list("pk", flat=True)))
        return len(self.rows)

    @cached_property
    def facets(self) -> dict[str, dict[str, int]]:
        """Companies by sector, country and whether they have AI notes, each ignoring its own filter."""
        found: dict[str, dict[str, int]] = {}
        for name in ("sector", "country", "ai_notes"):
            rows = self.rows
            if name in self.query.values:
                rows = CompanySelection(self.query.changed(**{name: None})).rows
            if name == "ai_notes":
                found[name] = dict(Counter("yes" if row.notes else "no" for row in rows))
            else:
                found[name] = dict(Counter(getattr(row.company, name) for row in rows))
        return found


def _between(total: Total, least: int | None, most: int | None) -> bool:
    """Whether known people lie between bounds; where there are bounds, the unknown does not."""
    if least is None and most is None:
        return True
    return total.with_figure > 0 and (least or 0) <= total.headline and (most is None or total.headline <= most)


def all_cuts(day: date | None) -> EventSelection:
    """Every cut that is known on a day."""
    return EventSelection(EventQuery.from_string("").changed(counts_as=[CountsAs.CUT], as_of=day))


_Days = tuple[date | None, date | None]


def company_events(
    company: Company, *, subsidiaries: bool = True, day: date | None = None, days: _Days = (None, None)
) -> EventSelection:
    """The events of one company, with (or without) what it owned on the day, announced within `days`."""
    asked = {"subsidiaries": None if subsidiaries else "no", "announced_after": days[0], "announced_before": days[1]}
    return EventSelection(EventQuery.from_string("").changed(company=[company], as_of=day, **asked))


def company_notes(
    company: Company, day: date | None = None, days: _Days = (None, None), roles: Iterable[str] = ()
) -> NoteSelection:
    """The AI-investment notes in which a company, or what it owned on the day, has a role, or one of `roles`; dated
    within `days`."""
    asked = {"dated_after": days[0], "dated_before": days[1], "role": [str(role) for role in roles] or None}
    return NoteSelection(NoteQuery.from_string("").changed(company=[company], as_of=day, **asked))


def company_headcounts(company: Company, day: date | None = None) -> QuerySet[HeadcountEdition]:
    return HeadcountEdition.of(company).known_on(day).select_related("document").order_by("-counted_from")
