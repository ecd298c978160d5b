"""Words searched in everything at once: companies, events and AI-investment notes; and what is offered while typing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

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
        self.query, self.day, self.text = query, query.as_of, query.get("q") or ""

    @cached_property
    def company_query(self) -> CompanyQuery:
        """The list of the same companies."""
        return CompanyQuery.from_string("").changed(q=self.text, as_of=self.day)

    @cached_property
    def companies(self) -> list[Found]:
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
    def events(self) -> EventSelection:
        every = list(CountsAs.values)
        query = EventQuery.from_string("").changed(q=self.text, as_of=self.day, counts_as=every, order="relevance")
        return EventSelection(query)

    @cached_property
    def notes(self) -> NoteSelection:
        query = NoteQuery.from_string("").changed(q=self.text, as_of=self.day, order="relevance")
        return NoteSelection(query)


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

    @property
    def count(self) -> int:
        return len(self.companies) + len(self.events) + len(self.notes)


def suggestions(query: SearchQuery) -> Suggestions:
    """A few records that the words find, in few questions: nothing is counted and nothing ordered by fit."""
    found = words(query.get("q") or "")
    if sum(map(len, found)) < LEAST_LETTERS:
        return Suggestions([], [], [])
    companies = _companies(query.written, found)
    events = EventEdition.objects.known_on(query.as_of).filter(replaced_by__isnull=True)
    events = events.filter(Q(pk__in=_last_written(EventWords, found)) | Q(company__in=companies))
    notes = NoteEdition.objects.known_on(query.as_of)
    of_companies = NoteEditionCompany.objects.filter(company__in=companies, direct=True).values("edition")
    notes = notes.filter(Q(pk__in=_last_written(NoteWords, found)) | Q(pk__in=of_companies))
    others = _other_names(found, companies)
    return Suggestions(
        [(company, others.get(company.pk, "")) for company in companies],
        _latest(events, "announced_from", found),
        _latest(notes, "dated_from", found),
    )


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
