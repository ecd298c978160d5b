"""Words searched in everything at once: companies, events and AI-investment notes; and what is offered while typing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from events.dates import Dated
from events.filters import companies_named
from events.models.choices import CountsAs
from events.models.company import Alias, Company, OwnershipTree
from events.models.edition import (
    EditionSet,
    EventEdition,
    EventEditionCompany,
    EventWords,
    HeadcountEdition,
    NoteEdition,
    NoteEditionCompany,
    NoteWords,
    public_companies,
)
from events.query import CompanyQuery, EventQuery, NoteQuery, SearchQuery
from events.selection.events import EventSelection
from events.selection.notes import NoteSelection
from events.text import company_key, words
from events.values import companies_called


@dataclass(frozen=True)
class Found:
    """A company that words find: the other name that they found it by, and how many events and AI notes of the day
    name it or what it owned."""

    company: Company
    other_name: str
    events: int
    notes: int


class Search:
    """What the words of a query find: events of every kind and notes as their own lists would show them, and
    companies, the most recorded first. The list of companies says more of each, and takes longer."""

    def __init__(self, query: SearchQuery) -> None:
        self.query, self.day, self.text = query, query.as_of, query.text

    @cached_property
    def company_query(self) -> CompanyQuery:
        """The list of the same companies."""
        return CompanyQuery.from_string("").changed(q=self.text, as_of=self.day)

    @cached_property
    def companies(self) -> list[Found]:
        if not self.text:
            # A date alone is no name of a company.
            return []
        known = public_companies().filter(merged_into__isnull=True)
        filterset = self.company_query.filterset
        filterset.queryset = known
        found = {company.pk: company for company in filterset.filter_queryset(known)}
        events = _numbers(EventEditionCompany, found, self.day)
        notes = _numbers(NoteEditionCompany, found, self.day)
        counted = HeadcountEdition.objects.known_on(self.day).values_list("company_id", flat=True)
        tree = OwnershipTree.load_merged()
        named = events.keys() | notes.keys() | {tree.today_of(company) for company in counted}
        rows = [company for pk, company in found.items() if pk in named]
        rows.sort(key=lambda c: (-events.get(c.pk, 0), -notes.get(c.pk, 0), c.match_key))
        others = _other_names(words(self.text), rows)
        return [Found(c, others.get(c.pk, ""), events.get(c.pk, 0), notes.get(c.pk, 0)) for c in rows]

    @cached_property
    def explorer(self) -> EventQuery:
        """The explorer's own view of what is searched for: its cuts and signals, the latest first."""
        return EventQuery.from_string("").changed(as_of=self.day, **self._of, **self.query.days("announced"))

    @cached_property
    def events(self) -> EventSelection:
        return EventSelection(self.explorer.changed(counts_as=list(CountsAs.values), order=self._order))

    @cached_property
    def notes(self) -> NoteSelection:
        query = NoteQuery.from_string("").changed(as_of=self.day, **self._of, **self.query.days("dated"))
        return NoteSelection(query.changed(order=self._order))

    @cached_property
    def _of(self) -> dict[str, Any]:
        """What is asked for beside the days: where these stand beside a company's name, the company with what it
        owned; else the words."""
        name = self.query.rest
        company = companies_called([name]).get(name) if self.query.dated and self.text else None
        return {"company": [company]} if company else {"q": self.text}

    @property
    def _order(self) -> str | None:
        return "relevance" if self._of.get("q") else None


def _numbers(index: type[Any], companies: Iterable[int], day: date | None) -> dict[int, int]:
    """How many editions of a day name each company, or what it owned."""
    known = EditionSet.span(day, "edition__")
    if index is EventEditionCompany:
        known["edition__replaced_by__isnull"] = True
    rows = index.objects.filter(company__in=list(companies), **known).order_by().values_list("company")
    return dict(rows.annotate(n=Count("edition", distinct=True)))


# Of each kind, while somebody types. A single letter begins too many words to help.
SUGGESTED_COMPANIES, SUGGESTED_RECORDS = 4, 3
LEAST_LETTERS = 2
# Among how many records of a kind the best are looked for.
_CANDIDATES = 40
_LAST = 200


@dataclass(frozen=True)
class Suggestions:
    """What may be meant: companies, each with the other name that the words found; the latest events and notes."""

    companies: list[tuple[Company, str]]
    events: list[EventEdition]
    notes: list[NoteEdition]


def suggestions(query: SearchQuery) -> Suggestions:
    """A few records that the words find, in few questions: nothing is counted and nothing ordered by fit."""
    found = words(query.text)
    if sum(map(len, found)) < LEAST_LETTERS and not query.dated:
        return Suggestions([], [], [])
    companies = _companies(query.rest, found) if found else []
    others = _other_names(found, companies)
    named = [(company, others.get(company.pk, "")) for company in companies]
    if query.only_companies:
        return Suggestions(named, [], [])
    events: QuerySet[EventEdition] = EventEdition.objects.known_on(query.as_of).filter(replaced_by__isnull=True)
    notes: QuerySet[NoteEdition] = NoteEdition.objects.known_on(query.as_of)
    if found:
        of = Q(company__in=companies)
        if query.dated:
            # A company's days are those of what it owned too, as in the explorer's list of them.
            of = Q(pk__in=EventEditionCompany.objects.filter(company__in=companies).values("edition"))
        events = events.filter(Q(pk__in=_last_written(EventWords, found)) | of)
        of_companies = NoteEditionCompany.objects.filter(company__in=companies, direct=True).values("edition")
        notes = notes.filter(Q(pk__in=_last_written(NoteWords, found)) | Q(pk__in=of_companies))
    if query.dated:
        # The whole date lies inside (rule 6).
        events = _within(events, query.dated, "announced")
        notes = _within(notes, query.dated, "dated")
    return Suggestions(
        named,
        _latest(events, "announced_from", found),
        _latest(notes, "dated_from", found),
    )


def _within(editions: QuerySet[Any], dated: Dated, name: str) -> QuerySet[Any]:
    inside = {f"{name}_from__gte": dated.first, f"{name}_until__lte": dated.last or date.max}
    return editions.filter(**inside)


def _last_written(index: type[Any], found: list[str]) -> QuerySet[Any]:
    """The editions that were written last of those with all of the words: a common word is in too many to order all."""
    rows = index.objects.all()
    for word in found:
        rows = rows.filter(words__has_word=word)
    return rows.order_by("-pk").values("pk")[:_LAST]


def _latest(editions: QuerySet[Any], day: str, found: list[str]) -> list[Any]:
    """Of the latest records those first whose titles hold most of the words."""
    latest = list(editions.order_by(f"-{day}", "-record_id")[:_CANDIDATES])
    latest.sort(key=lambda edition: -_fit(found, edition.title))
    return latest[:SUGGESTED_RECORDS]


def _companies(text: str, found: list[str]) -> Sequence[Company]:
    """The companies whose names the words begin: first those that begin so themselves, of these the most recorded."""
    known = public_companies().filter(merged_into__isnull=True)
    for word in found:
        known = known.filter(pk__in=companies_named(word).values("pk"))
    begins = When(match_key__startswith=company_key(text), then=Value(0))
    later = Case(begins, default=Value(1), output_field=IntegerField())
    candidates = list(known.annotate(later=later).order_by("later", "match_key")[:_CANDIDATES])
    index = EventEditionCompany.objects.filter(company__in=candidates).order_by().values_list("company")
    recorded = dict(index.annotate(n=Count("pk")))
    candidates.sort(key=lambda c: (c.later, -recorded.get(c.pk, 0), c.match_key))
    return candidates[:SUGGESTED_COMPANIES]


def _other_names(found: list[str], companies: Sequence[Company]) -> dict[int, str]:
    """The alias by which the words found a company, of those whose name does not say itself why they were found."""
    unclear = [company for company in companies if _fit(found, company.name) < len(found)]
    aliases = Alias.objects.filter(company__in=unclear).order_by("company", "-name").values_list("company_id", "name")
    return {pk: name for pk, name in aliases if _fit(found, name) == len(found)}


def _fit(found: list[str], text: str) -> int:
    """How many of the words begin one of `text`."""
    there = words(text)
    return sum(any(other.startswith(word) for other in there) for word in found)
