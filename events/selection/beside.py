"""Companies that cut jobs and invest in AI at the same time: each with its cuts and the notes that stand beside them.

A note stands beside a cut of the same group when it is dated so many months before the cut at most, or so many after.
Nothing here says that one is the cause of the other, and people are never divided by money (rule 8).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet

from events.counting import Money, NoteMoney, Own, Total, money, sum_net
from events.dates import months_later
from events.filters import INVESTING_ROLES
from events.models.choices import AiLink, NoteKind, Role
from events.models.company import Company, OwnershipTree
from events.models.edition import EventEdition, EventEditionCompany, NoteEdition, NoteEditionCompany
from events.query import BesideQuery, EventQuery, NoteQuery, Query
from events.selection.events import OWN, EventSelection, own_of
from events.selection.notes import NoteSelection, updates_of
from events.selection.paging import CompanyRows

# What is known of work with AI, and the role in it that says whose: no money is put into AI by these.
WORK_KINDS = (NoteKind.HIRING, NoteKind.PAY)
# Who claims that a cut and AI are linked, or denies it.
CLAIMS = (AiLink.STATED, AiLink.REPORTED, AiLink.DENIED)


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut of a result: its own figure, its date, and what is claimed of it and AI."""

    pk: int
    own: Own
    first: date
    last: date
    company: int
    ai_link: str
    sector: str
    country: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note that may stand beside a cut."""

    pk: int
    money: NoteMoney
    first: date
    last: date


@dataclass(frozen=True)
class BesideRow:
    """A company with what it owned on the day: its cuts that have a note beside them, and the notes beside a cut.

    `of` and `notes_of` are how many cuts and notes of it the filter finds, `money` by kind and by plan or actual,
    `work` how many notes on hiring and pay lie in the same months.
    """

    company: Company
    cuts: list[Cut]
    of: int
    notes: list[Note]
    notes_of: int
    total: Total
    money: dict[tuple[str, str], Money]
    ai_links: dict[str, int]
    kinds: dict[str, int]
    work: int

    @property
    def latest_cut(self) -> Cut:
        return max(self.cuts, key=lambda cut: (cut.first, cut.own.id))

    @property
    def latest_note(self) -> Note:
        return max(self.notes, key=lambda note: (note.first, note.money.id))


# What rows are ordered by, beside the name: numbers, the first counting most.
_ORDERS: dict[str, Callable[[BesideRow], tuple[int, ...]]] = {
    # One whose people nobody knows comes after all others, most people first, and before them, fewest first.
    "people": lambda r: (r.total.headline if r.total.with_figure else -1, r.total.events, len(r.notes)),
    "cuts": lambda r: (r.total.events, r.total.headline),
    "notes": lambda r: (len(r.notes), r.total.headline),
    "latest": lambda r: (r.latest_cut.first.toordinal(), r.latest_cut.own.id),
    "name": lambda r: (),
}


# The values of a row's cuts and notes, each once: those of which a filter would leave the row.
_FACETS: dict[str, Callable[[BesideRow], set[str]]] = {
    "sector": lambda r: {cut.sector for cut in r.cuts},
    "country": lambda r: {cut.country for cut in r.cuts},
    "ai_link": lambda r: set(r.ai_links),
    "kind": lambda r: set(r.kinds),
    "plan_or_actual": lambda r: {note.money.plan_or_actual for note in r.notes},
}


class BesideSelection(CompanyRows):
    """The companies that a query asks for, as the editions of a day have them.

    Without a filter of companies each cut stands at the topmost owner of its day, and rows add up; companies that are
    asked for by name may overlap.
    """

    orders = _ORDERS

    def __init__(self, query: BesideQuery) -> None:
        self.query, self.day = query, query.as_of

    @cached_property
    def every_cut(self) -> EventSelection:
        """All cuts that the filter finds, with or without a note beside them."""
        return EventSelection(self.query.cuts())

    @cached_property
    def every_note(self) -> NoteSelection:
        """All notes of investing that the filter finds, with or without a cut beside them: under a filter of the cut's
        sector or country, of companies of that sector and country."""
        return of_companies_at(self.query.notes(), self.query)

    @cached_property
    def rows(self) -> list[BesideRow]:
        """All rows in the query's order."""
        cuts, notes = self._cuts(), self._notes(NoteSelection(self.query.notes()).editions, INVESTING_ROLES)
        kinds = [str(kind) for kind in WORK_KINDS]
        known = NoteEdition.objects.known_on(self.day).filter(kind__in=kinds)
        work = self._notes(known, (Role.EMPLOYER,))
        companies, updates = Company.objects.in_bulk(cuts.keys() & notes.keys()), updates_of(self.day)
        rows = [self._row(company, cuts[pk], notes[pk], work[pk], updates) for pk, company in companies.items()]
        return self.in_order(row for row in rows if row)

    def _row(
        self, company: Company, cuts: list[Cut], notes: list[Note], work: list[Note], updates: dict[int, int]
    ) -> Any:
        """The row of a company; None where no note stands beside a cut."""
        spans = {cut.pk: self._window(cut) for cut in cuts}
        beside = [cut for cut in cuts if any(_inside(note, spans[cut.pk]) for note in notes)]
        windows = [spans[cut.pk] for cut in beside]
        meanwhile = _within_any(notes, windows)
        if not beside:
            return None
        return BesideRow(
            company,
            beside,
            len(cuts),
            meanwhile,
            len(notes),
            self.total_of(beside),
            money([note.money for note in meanwhile], updates),
            dict(Counter(cut.ai_link for cut in beside)),
            dict(Counter(note.money.kind for note in meanwhile)),
            len(_within_any(work, windows)),
        )

    def _window(self, cut: Cut) -> tuple[date, date]:
        """The days within which a note stands beside a cut: a date known less exactly counts by its whole span."""
        before, after = self.query.months
        return months_later(cut.last, -before), months_later(cut.first, after)

    def total_of(self, cuts: Iterable[Cut]) -> Total:
        """The total of cuts, each once."""
        return sum_net({cut.pk: cut.own for cut in cuts}.values(), self.every_cut.whole_of)

    def _cuts(self) -> dict[int, list[Cut]]:
        """The cuts of each company that may have a note beside them: at the topmost owner, or at those asked for."""
        investing = NoteEditionCompany.objects.filter(role__in=INVESTING_ROLES).order_by().values("company")
        index = EventEditionCompany.objects.filter(company__in=investing)
        asked = {company.pk for company in self.query.get("company") or ()}
        # Asked apart and joined here: with both in one question SQLite may try each pair of event and company.
        fields = ("pk", *OWN, "announced_from", "announced_until", "company_id", "ai_link", "sector",
                  "country")  # fmt: skip
        cuts = {
            row[0]: Cut(row[0], own_of(row[1 : len(OWN) + 1]), *row[len(OWN) + 1 :])
            for row in self.every_cut.editions.order_by().values_list(*fields)
        }
        tree, found = OwnershipTree.load(), defaultdict(list)
        for edition, company in index.order_by("edition").values_list("edition_id", "company_id"):
            cut = cuts.get(edition)
            if not cut:
                continue
            if company in asked if asked else company == tree.topmost_through(cut.company, cut.first, cut.last):
                found[company].append(cut)
        return found

    def _notes(self, editions: QuerySet[NoteEdition], roles: Iterable[str]) -> dict[int, list[Note]]:
        """The notes of each company in one of `roles`, and of who owned it through the note's date."""
        fields = ("pk", "dated_from", "dated_until", "record_id", "kind", "plan_or_actual", "period_from")
        sums = ("usd_low_millions", "usd_millions", "usd_high_millions")
        rows: Any = editions.order_by().values_list(*fields, *sums, "updates")
        notes = {
            pk: Note(pk, NoteMoney(record, kind, state, period is not None, low, best, high, updates), first, last)
            for pk, first, last, record, kind, state, period, low, best, high, updates in rows
        }
        found: dict[int, list[Note]] = defaultdict(list)
        index = NoteEditionCompany.objects.filter(role__in=roles).order_by("edition").values_list("company", "edition")
        # Of one that has two of the roles in it a note is one.
        for company, edition in index.distinct():
            if edition in notes:
                found[company].append(notes[edition])
        return found

    @property
    def count(self) -> int:
        return len(self.rows)

    @cached_property
    def facets(self) -> dict[str, dict[str, int]]:
        """Rows by value of each choice, as another choice of it would give: each ignores its own filter."""
        found = {}
        for name, values in _FACETS.items():
            same = name not in self.query.values
            rows = self.rows if same else BesideSelection(self.query.changed(**{name: None})).rows
            found[name] = dict(Counter(value for row in rows for value in values(row) if value))
        return found

    @cached_property
    def total(self) -> Total:
        """The total of all cuts with a note beside them, each once."""
        return self.total_of(cut for row in self.rows for cut in row.cuts)

    @cached_property
    def notes(self) -> int:
        """How many notes stand beside a cut."""
        return len({note.money.id for row in self.rows for note in row.notes})

    @cached_property
    def ai_links(self) -> dict[str, int]:
        """All cuts that the filter finds, by what is claimed of them and AI."""
        return dict(self.every_cut.editions.order_by().values_list("ai_link").annotate(n=Count("pk")))

    @property
    def claimed_query(self) -> EventQuery:
        """The query on events of the cuts whose link to AI somebody claims or denies."""
        asked = self.query.get("ai_link") or CLAIMS
        return self.query.cuts().changed(ai_link=[str(link) for link in CLAIMS if link in asked] or list(asked))

    def claims(self, most: int) -> list[EventEdition]:
        """The latest of these cuts, each with the words that carry the claim; none where no claim is asked for."""
        claimed = self.every_cut.editions.filter(ai_link__in=[str(link) for link in CLAIMS])
        return list(claimed.select_related("company", "document").order_by("-announced_from", "-record_id")[:most])

    @cached_property
    def reconstructed_from(self) -> list[str]:
        return self.every_cut.reconstructed_from


def of_companies_at(notes: NoteQuery, query: Query) -> NoteSelection:
    """The notes that `notes` asks for; where `query` asks for sectors or countries, those of them in which a company of
    that sector and country invests."""
    seat = {f"company__{name}__in": query.get(name) for name in ("sector", "country") if query.get(name)}
    if not seat:
        return NoteSelection(notes)
    named = NoteEditionCompany.objects.filter(direct=True, role__in=INVESTING_ROLES, **seat)
    return NoteSelection(notes, named.values("edition"))


def _inside(note: Note, window: tuple[date, date]) -> bool:
    return window[0] <= note.first and note.last <= window[1]


def _within_any(notes: list[Note], windows: list[tuple[date, date]]) -> list[Note]:
    return [note for note in notes if any(_inside(note, window) for window in windows)]
