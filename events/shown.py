"""Editions as lists and files show them: with companies by name, owners of the day and what each counts here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from events.counting import COUNTS_PEOPLE, Net, Own, net
from events.models.choices import CountsAs, PeopleBasis, Qualifier
from events.models.company import Company, OwnershipTree
from events.models.edition import EventEdition, NoteEdition, SourceLink, public_companies
from events.present import whole as whole_number
from events.selection import EventSelection


class Cited:
    """A row that is an edition with its document, in which its sources stand."""

    edition: Any

    @property
    def body(self) -> dict[str, Any]:
        return self.edition.document.body

    @property
    def citation(self) -> dict[str, Any] | None:
        """The citation whose figure is used, else the first."""
        return next(iter(self.body["citations"]), None)

    @property
    def more_citations(self) -> int:
        return max(len(self.body["citations"]) - 1, 0)


@dataclass(frozen=True)
class EventRow(Cited):
    """One event of a result. `owners` are nearest first, `net` is what it adds to the result's sums, `withdrawn_on` in
    a replay the day on which it was withdrawn since."""

    edition: EventEdition
    company: Company
    owners: list[Company]
    net: Net
    withdrawn_on: date | None = None

    @property
    def counted(self) -> tuple[int | None, int | None, int | None]:
        """Net low, headline and high as files write them: nothing where the event states nothing and adds nothing."""
        if self.edition.counts_as not in COUNTS_PEOPLE:
            return None, None, None
        own = (self.edition.people_low, self.edition.headline, self.edition.people_high)
        high = self.net.high if own[2] is not None or self.edition.high_open or self.net.high else None
        return (
            self.net.low if own[0] is not None or self.net.low else None,
            self.net.headline if own[1] is not None or self.net.headline else None,
            high,
        )

    @property
    def counts_less(self) -> bool:
        """Whether parts of its figure are counted at its parts, in this same result."""
        if self.edition.counts_as not in COUNTS_PEOPLE:
            return False
        return self.edition.headline is not None and self.net.headline < self.edition.headline


class Names:
    """Companies by id, as they are called today, and who owned whom: identity, loaded once for a page or a file."""

    def __init__(self) -> None:
        self.tree = OwnershipTree.load()
        above = {parent for spans in self.tree.parents.values() for _since, _until, parent in spans}
        self._known: dict[int, Company] = Company.objects.in_bulk(above | set(self.tree.merged.values()))

    def add(self, ids: Iterable[int]) -> None:
        """Loads the companies of `ids` in one query."""
        missing = {self.tree.today_of(pk) for pk in ids} - self._known.keys()
        if missing:
            self._known |= Company.objects.in_bulk(missing)

    def company(self, pk: int) -> Company:
        pk = self.tree.today_of(pk)
        if pk not in self._known:
            self.add([pk])
        return self._known[pk]

    def owners(self, pk: int, first: Any, last: Any) -> list[Company]:
        return [self.company(owner) for owner in self.tree.owners_through(pk, first, last)]


def event_rows(
    editions: Iterable[EventEdition], selection: EventSelection, names: Names | None = None
) -> Iterator[EventRow]:
    """The rows of `editions`, which come with company and document loaded."""
    names = names or Names()
    for edition in editions:
        company = edition.company
        if company.merged_into_id:
            company = names.company(company.pk)
        owners = names.owners(edition.company_id, edition.announced_from, edition.announced_until)
        since = selection.withdrawn_since.get(edition.record_id)
        yield EventRow(edition, company, owners, selection.net_of(edition), since)


@dataclass(frozen=True)
class NoteRow(Cited):
    """One AI-investment note, with its companies in their roles; `withdrawn_on` as of an event."""

    edition: NoteEdition
    companies: list[tuple[Company, str]]
    withdrawn_on: date | None = None


def note_rows(
    editions: Iterable[NoteEdition], names: Names | None = None, withdrawn: Mapping[int, date] | None = None
) -> list[NoteRow]:
    """The rows of `editions`, those marked that `withdrawn` names with the day."""
    names, editions, withdrawn = names or Names(), list(editions), withdrawn or {}
    names.add(entry["company"] for edition in editions for entry in edition.document.body["companies"])
    return [
        NoteRow(
            e,
            [(names.company(entry["company"]), entry["role"]) for entry in e.document.body["companies"]],
            withdrawn.get(e.record_id),
        )
        for e in editions
    ]


_KIND = {
    CountsAs.FILING: _lazy("filing"),
    CountsAs.TEMPORARY: _lazy("temporary layoff"),
    CountsAs.SIGNAL: _lazy("signal of more to come"),
    CountsAs.CALLED_OFF: _lazy("called off"),
}


@dataclass(frozen=True)
class EventPage:
    """One event's page: its edition of the day, marked if it is withdrawn, with all it stands beside. `today` is the
    edition of now, `editions` are those up to the day."""

    row: EventRow
    today: EventEdition
    whole: EventEdition | None
    parts: list[EventEdition]
    replaces: list[EventEdition]
    replaced_by: EventEdition | None
    updates: list[EventEdition]
    updated_by: list[EventEdition]
    disputed_by: list[EventEdition]
    notes: list[NoteRow]
    editions: list[EventEdition]
    links: dict[int, SourceLink]
    names: Names

    @property
    def edition(self) -> EventEdition:
        return self.row.edition

    @property
    def changes(self) -> int:
        """How often it changed since it was first public."""
        return len(self.editions) - 1

    @property
    def kind_words(self) -> str:
        """What its figure is, where it is no cut's; "" of a cut."""
        return str(_KIND.get(CountsAs(self.edition.counts_as), ""))

    @property
    def kind_rule(self) -> str:
        """What that means for sums of people."""
        if self.edition.counts_as in COUNTS_PEOPLE:
            return _("never added to cuts")
        return _("in no sum of people")

    @property
    def basis_words(self) -> str:
        return str(PeopleBasis(self.row.body["figure"]["basis"]).label)

    @property
    def read_as(self) -> str:
        """How the source's words were read, where they are no plain number: "Read as 950–1,100, best 1,000."."""
        e = self.edition
        if e.qualifier not in (Qualifier.ABOUT, Qualifier.RANGE):
            return ""
        ends = f"{whole_number(e.people_low or 0)}–{whole_number(e.people_high or 0)}"
        if e.people is None:
            return _("Read as %(ends)s, no best figure.") % {"ends": ends}
        return _("Read as %(ends)s, best %(best)s.") % {"ends": ends, "best": whole_number(e.people)}

    @property
    def scale(self) -> dict[str, str] | None:
        """The interval on a line from 0 to a little over its high end, in percent; None where there is no interval."""
        e = self.edition
        if e.people_low is None or not e.people_high or e.people_low == e.people_high:
            return None
        end = e.people_high * 1.15
        ends = {"from": e.people_low, "to": e.people_high, "best": e.people}
        return {name: f"{100 * value / end:.2f}" for name, value in ends.items() if value is not None}

    @property
    def ends_apart(self) -> bool:
        """Whether the two ends of the interval lie far enough from one another to be written under them."""
        scale = self.scale
        return scale is not None and float(scale["to"]) - float(scale["from"]) > 25

    @property
    def citations(self) -> list[dict[str, Any]]:
        """Its citations, each with the archived copy of its source where there is one."""
        return with_links(self.row.body["citations"], self.links)


def with_links(citations: list[dict[str, Any]], links: dict[int, SourceLink]) -> list[dict[str, Any]]:
    """Citations of an edition, each with what is live: the archived copy of its source, and whether its link died."""
    return [
        {**c, "archived_url": link.archived_url if link else "", "dead_since": link.dead_since if link else None}
        for c in citations
        for link in [links.get(c["source"])]
    ]


def event_page(record_id: int, day: date | None = None) -> EventPage | None:
    """The page of a record that is or was public, as known on `day` (None: now); None when it was not public by then.

    Other records are named by their editions of that day; one that is not public then is not shown (model.md).
    """
    every = list(EventEdition.objects.for_record(record_id).select_related("company", "document"))
    editions = _until(every, day)
    if not editions:
        return None
    edition = editions[-1]
    body = edition.document.body
    ids = {*body["updates"], *body["disputed_by"], *body["replaces"], edition.part_of, edition.replaced_by} - {None}
    known = EventEdition.objects.known_on(day)
    others = {e.record_id: e for e in known.filter(record_id__in=ids)}
    around = list(known.filter(part_of=record_id).order_by("announced_from", "record_id"))
    updated_by = list(known.filter(ties__kind="updates", ties__other=record_id).order_by("announced_from", "record_id"))
    notes = NoteEdition.objects.known_on(day).filter(record_id__in=body["notes"]).select_related("document")
    names = Names()
    selection_free = net([_own_of(edition)], {})[edition.record_id]
    company = names.company(edition.company_id)
    owners = names.owners(edition.company_id, edition.announced_from, edition.announced_until)
    links = SourceLink.objects.in_bulk({c["source"] for c in body["citations"]})

    def of(ids: Iterable[int | None]) -> list[EventEdition]:
        return [others[pk] for pk in ids if pk in others]

    return EventPage(
        EventRow(edition, company, owners, selection_free),
        every[-1],
        next(iter(of([edition.part_of])), None),
        around,
        of(body["replaces"]),
        next(iter(of([edition.replaced_by])), None),
        of(body["updates"]),
        updated_by,
        of(body["disputed_by"]),
        note_rows(notes.order_by("-dated_from"), names),
        editions,
        links,
        names,
    )


def _until(editions: list[Any], day: date | None) -> list[Any]:
    """The editions of one record that are known by `day`."""
    return [edition for edition in editions if day is None or edition.known_from <= day]


def _own_of(edition: EventEdition) -> Own:
    e = edition
    return Own(e.record_id, e.counts_as, e.people_low, e.headline, e.people_high, e.high_open)


@dataclass(frozen=True)
class NotePage:
    """One AI-investment note's page, as an event's."""

    row: NoteRow
    today: NoteEdition
    updates: NoteEdition | None
    updated_by: list[NoteEdition]
    events: list[EventEdition]
    editions: list[NoteEdition]
    links: dict[int, SourceLink]
    names: Names

    @property
    def edition(self) -> NoteEdition:
        return self.row.edition

    @property
    def citations(self) -> list[dict[str, Any]]:
        return with_links(self.row.body["citations"], self.links)


def note_page(record_id: int, day: date | None = None) -> NotePage | None:
    """The page of a note that is or was public, as known on `day`; None when it was not public by then."""
    every = list(NoteEdition.objects.for_record(record_id).select_related("document"))
    editions = _until(every, day)
    if not editions:
        return None
    edition = editions[-1]
    known = NoteEdition.objects.known_on(day)
    beside = EventEdition.objects.known_on(day).filter(ties__kind="notes", ties__other=record_id)
    links = SourceLink.objects.in_bulk({c["source"] for c in edition.document.body["citations"]})
    names = Names()
    return NotePage(
        note_rows([edition], names)[0],
        every[-1],
        known.filter(record_id=edition.updates).first() if edition.updates else None,
        list(known.filter(updates=record_id).order_by("dated_from")),
        list(beside.order_by("-announced_from", "-record_id")),
        editions,
        links,
        names,
    )


@dataclass(frozen=True)
class Owned:
    """That `owner` owned `company` from `since` until, not including, `until`; None for an open end."""

    company: Company
    owner: Company
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Family:
    """Who owned a company and what it owned, nearest first, through any number of steps."""

    company: Company
    above: list[Owned]
    below: list[Owned]

    @property
    def owners(self) -> list[tuple[Company, date | None, date | None]]:
        """Who owned it with nobody between, each with its days."""
        return [(own.owner, own.since, own.until) for own in self.above if own.company == self.company]

    @property
    def owned(self) -> list[tuple[Company, date | None, date | None]]:
        """What it owned with nobody between, each with its days."""
        return [(own.company, own.since, own.until) for own in self.below if own.owner == self.company]


def family(company: Company, names: Names) -> Family:
    """The ownership of `company` over time, of the companies that readers know."""
    spans = _ownerships(names.tree)
    above, below = _above(company.pk, spans), _below(company.pk, spans)
    ids = {pk for child, _since, _until, parent in (*above, *below) for pk in (child, parent)}
    public = set(public_companies().filter(pk__in=ids).values_list("pk", flat=True))
    names.add(public)

    def shown(rows: list[tuple[int, date, date, int]]) -> list[Owned]:
        return [
            Owned(
                names.company(child),
                names.company(parent),
                None if since == date.min else since,
                None if until == date.max else until,
            )
            for child, since, until, parent in rows
            if {child, parent} <= public | {company.pk}
        ]

    return Family(company, shown(above), sorted(shown(below), key=lambda own: (own.owner != company, own.company.name)))


_Span = tuple[int, date, date, int]


def _ownerships(tree: OwnershipTree) -> list[_Span]:
    """Company, since, until, owner: as they are called today."""
    return [
        (tree.today_of(child), since, until, tree.today_of(parent))
        for child, spans in tree.parents.items()
        for since, until, parent in sorted(spans)
    ]


def _above(company: int, spans: list[_Span]) -> list[_Span]:
    """Who owned it, and who owned these, step by step."""
    return _step_by_step(company, spans, lambda span: span[0], lambda span: span[3])


def _below(company: int, spans: list[_Span]) -> list[_Span]:
    """What it owned, and what that owned."""
    return _step_by_step(company, spans, lambda span: span[3], lambda span: span[0])


def _step_by_step(
    company: int, spans: list[_Span], here: Callable[[_Span], int], there: Callable[[_Span], int]
) -> list[_Span]:
    found: list[_Span] = []
    todo, seen = [company], {company}
    while todo:
        at = todo.pop(0)
        next_ones = [span for span in spans if here(span) == at]
        found += next_ones
        new = {there(span) for span in next_ones} - seen
        seen |= new
        todo += sorted(new)
    return found
