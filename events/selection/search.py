"""Words searched in everything at once: companies, events and AI-investment notes; and what is offered while typing."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When

from events.filters import companies_named
from events.models.choices import CountsAs
from events.models.company import Alias, Company
from events.models.edition import EventEdition, EventEditionCompany, NoteEdition, public_companies
from events.query import CompanyQuery, EventQuery, NoteQuery, SearchQuery
from events.selection.companies import CompanySelection
from events.selection.events import EventSelection
from events.selection.notes import NoteSelection
from events.text import company_key, words


class Search:
    """What the words of a query find, each kind as its own list would show it; events of every kind."""

    def __init__(self, query: SearchQuery) -> None:
        self.query, self.day, self.text = query, query.as_of, query.get("q") or ""

    @cached_property
    def companies(self) -> CompanySelection:
        return CompanySelection(CompanyQuery.from_string("").changed(q=self.text, as_of=self.day))

    @cached_property
    def events(self) -> EventSelection:
        every = list(CountsAs.values)
        query = EventQuery.from_string("").changed(q=self.text, as_of=self.day, counts_as=every, order="relevance")
        return EventSelection(query)

    @cached_property
    def notes(self) -> NoteSelection:
        query = NoteQuery.from_string("").changed(q=self.text, as_of=self.day, order="relevance")
        return NoteSelection(query)


# Of each kind, while somebody types. A single letter begins too many words to help.
SUGGESTED_COMPANIES, SUGGESTED_RECORDS = 4, 3
LEAST_LETTERS = 2
# Among how many records of a kind the best are looked for.
_CANDIDATES = 40


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
    """A few records that the words find, cheaply: nothing is counted and nothing ordered by fit."""
    search, found = Search(query), words(query.get("q") or "")
    if sum(map(len, found)) < LEAST_LETTERS:
        return Suggestions([], [], [])
    return Suggestions(
        _companies(query.written, found),
        _latest(EventSelection(search.events.query.changed(order=None)).editions, "announced_from", found),
        _latest(NoteSelection(search.notes.query.changed(order=None)).editions, "dated_from", found),
    )


def _latest(editions: QuerySet[Any], day: str, found: list[str]) -> list[Any]:
    """Of the latest records those first whose titles hold most of the words."""
    latest = list(editions.order_by(f"-{day}", "-record_id")[:_CANDIDATES])
    latest.sort(key=lambda edition: -_fit(found, edition.title))
    return latest[:SUGGESTED_RECORDS]


def _companies(text: str, found: list[str]) -> list[tuple[Company, str]]:
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
    best = candidates[:SUGGESTED_COMPANIES]
    aliases = Alias.objects.filter(company__in=best).order_by("company", "name").values_list("company_id", "name")
    return [(c, _found_by(found, c.name, [name for pk, name in aliases if pk == c.pk])) for c in best]


def _found_by(found: list[str], name: str, aliases: Iterable[str]) -> str:
    """The alias that the words begin where the name itself does not say why it was found."""

    def fits(text: str) -> bool:
        return _fit(found, text) == len(found)

    return "" if fits(name) else next(filter(fits, aliases), "")


def _fit(found: list[str], text: str) -> int:
    """How many of the words begin one of `text`."""
    there = words(text)
    return sum(any(other.startswith(word) for other in there) for word in found)
