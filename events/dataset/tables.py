"""The tables of the data set, each once: what it holds, its columns, how its rows hang together with other tables'.

Those that `restores` are enough to make the site anew: every edition of every record with its document, companies
with their names and owners, sources. The others say what is public today, for people to ask; they follow from these.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from events.answers.answer import SUBJECTS, Answer
from events.answers.columns import (
    COMPANY_COLUMNS,
    EVENT_COLUMNS,
    NOTE_COLUMNS,
    Column,
    Type,
)
from events.dataset.public import EverPublic, companies
from events.dates import written
from events.models.choices import (
    Change,
    ReasonKind,
    RelationKind,
    Role,
    SourceKind,
    Speaker,
    Tier,
    TotalCounts,
    TotalScope,
)
from events.models.company import Alias, OldSlug, Ownership
from events.models.edition import (
    OPEN,
    EventEdition,
    EventEditionCompany,
    EventEditionTie,
    HeadcountEdition,
    NoteEdition,
    PublicRecord,
    SourceLink,
    TotalEdition,
)
from events.query import EventQuery, NoteQuery
from events.selection import EventSelection, NoteSelection

# Rows that are in memory at once.
CHUNK = 2000


@dataclass(frozen=True)
class Link:
    """A column that names a row of another table by its number."""

    column: str
    table: str
    to: str = "id"


@dataclass(frozen=True)
class Table:
    """One table. `rows` gives what the columns take their values of, in the table's order."""

    name: str
    holds: Any
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Any]]
    key: tuple[str, ...]
    links: tuple[Link, ...] = ()
    restores: bool = False

    def stream(self) -> Iterator[list[Any]]:
        """The values of each row."""
        columns = self.columns
        for row in self.rows():
            yield [column.of(row, "") for column in columns]


# ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _words(choices: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in choices.values)


def _same(columns: tuple[Column, ...], *names: str, of: Callable[[str], Callable[[Any], Any]]) -> list[Column]:
    """Columns that files have already, by name, with the values of our rows."""
    known = {column.name: column for column in columns}
    return [replace(known[name], value=of(name)) for name in names]


def _field(name: str, meaning: Any, type_: Type, choices: Any = None, *, required: bool = False) -> Column:
    """A column of the attribute of its name."""
    return Column(name, meaning, type_, attrgetter(name), _words(choices) if choices else (), required)


def _item(name: str, meaning: Any, type_: Type, choices: Any = None, *, required: bool = False) -> Column:
    """A column of the item of its name."""
    return Column(name, meaning, type_, itemgetter(name), _words(choices) if choices else (), required)


def _decimal(value: str | None) -> Decimal | None:
    """A decimal as a document holds it."""
    return None if value is None else Decimal(value)


def _figure(value: Callable[[Any], dict[str, Any]]) -> list[Column]:
    """The columns of a figure of people as a document holds it."""

    def part(name: str) -> Callable[[Any], Any]:
        return lambda row: value(row)[name]

    names = {
        "people_low": "low", "people": "best", "people_high": "high", "qualifier": "qualifier", "wording": "wording",
        "people_basis": "basis",
    }  # fmt: skip
    return _same(EVENT_COLUMNS, *names, of=lambda name: part(names[name]))


_PEOPLE = _same(EVENT_COLUMNS, "people_low", "people", "people_high", "qualifier", of=attrgetter)


def _until(edition: Any) -> date | None:
    return None if edition.known_until == OPEN else edition.known_until


def _edition_columns(*own: Column) -> tuple[Column, ...]:
    """What every table of editions has, and between it and the document what its kind of record has."""
    return (
        Column("id", _("The record's number, for ever."), Type.INTEGER, attrgetter("record_id"), required=True),
        Column("edition", _("1 is the first, each change has the next."), Type.INTEGER, attrgetter("number"),
               required=True),
        _field("known_from", _("The first day on which readers knew this edition."), Type.DAY, required=True),
        Column("known_until", _("The first day on which they no longer did; empty for today's."), Type.DAY, _until),
        _field("withdrawn", _("true if the record was out of every result meanwhile."), Type.BOOLEAN, required=True),
        _field("change", _("What happened to the record."), Type.WORD, Change, required=True),
        _field("reason", _("Why, as readers were told."), Type.TEXT),
        _field("changed_fields", _("The names of what the edition says otherwise than the one before."), Type.WORDS),
        _field("version", _("The version of the data that came with it."), Type.INTEGER, required=True),
        _field("written_at", _("When it was written."), Type.MOMENT, required=True),
        _field("recorded_on", _("The day from which the record was known here."), Type.DAY, required=True),
        _field("reconstructed_from", _("The file that tells what was known on days before this site opened."),
               Type.TEXT),
        _field("title", _("The record in a line."), Type.TEXT, required=True),
        _field("slug", _("The end of its page's address."), Type.TEXT, required=True),
        *own,
        Column("document", _("All else that readers see of it: figure, citations with quotes, units, other records."),
               Type.TREE, lambda e: e.document.body, required=True),
    )  # fmt: skip


def _date_of(first: str, precision: str = "date_precision") -> Callable[[Any], str]:
    return lambda e: written(getattr(e, first), getattr(e, precision))


_COMPANY = Column("company", _("The employer's number."), Type.INTEGER, attrgetter("company_id"), required=True)
_EVENT = _item("event", _("The event's number."), Type.INTEGER, required=True)
_NOTE = _item("note", _("The AI-investment note's number."), Type.INTEGER, required=True)
_POSITION = _item("position", _("Its place in the record, from 1."), Type.INTEGER, required=True)

_EVENT_EDITION = _edition_columns(
    _COMPANY,
    *_same(EVENT_COLUMNS, "announced_on", "effective_on", of=attrgetter),
    *_PEOPLE,
    *_same(
        EVENT_COLUMNS, "share_percent", "counts_as", "stage", "permanence", "closure", "ai_link", "ai_link_quote",
        "ai_link_speaker", "sector", "country", "place", "part_of", of=attrgetter,
    ),
    _field("replaced_by", _("Number of the event that stands in its place: it is in no result."), Type.INTEGER),
)  # fmt: skip

_NOTE_EDITION = _edition_columns(
    *_same(NOTE_COLUMNS, "kind", "dated_on", "usd_low_millions", "usd_millions", "usd_high_millions", "plan_or_actual",
           "period_from", "period_until", "updates", of=attrgetter),
)  # fmt: skip

_BASIS = (
    _field("publisher", _("Who publishes the figure."), Type.TEXT, required=True),
    _field("scope", _("Of which industry it is."), Type.WORD, TotalScope, required=True),
    _field("geography", _("Of which part of the world."), Type.TEXT, required=True),
    _field("counts", _("What is counted. Totals that differ in this, scope or geography are never compared."),
           Type.WORD, TotalCounts, required=True),
    _field("period_from", _("First day of the period that it is for."), Type.DAY, required=True),
    _field("period_until", _("Last day of that period."), Type.DAY, required=True),
    _field("as_of", _("The day on which it was so."), Type.DAY, required=True),
)  # fmt: skip
_TOTAL_EDITION = _edition_columns(*_BASIS, *_PEOPLE)

_COUNTED_ON = Column("counted_on", _("The day of the count, as exactly as known."), Type.DATE,
                     _date_of("counted_from"), required=True)  # fmt: skip
_HEADCOUNT_EDITION = _edition_columns(_COMPANY, _COUNTED_ON, *_PEOPLE)

_ID = Column("id", _("The record's number here, for ever."), Type.INTEGER, attrgetter("record_id"), required=True)
_TITLE = _field("title", _("The record in a line."), Type.TEXT, required=True)
_KNOWN = _same(EVENT_COLUMNS, "recorded_on", "known_from", of=attrgetter)
_NUMBER = replace(_EVENT_EDITION[1], value=attrgetter("number"))


def _body_figure(edition: Any) -> dict[str, Any]:
    return edition.document.body["figure"]


_SOURCE = (
    _item("url", _("Its address; empty for a data file without one."), Type.URL),
    _item("title", _("Its title."), Type.TEXT),
    _item("publisher", _("Who published it."), Type.TEXT),
    _item("published_on", _("When, as exactly as known."), Type.DATE),
    _item("kind", _("What kind of source it is."), Type.WORD, SourceKind, required=True),
    _item("tier", _("How near it is to what happened: filing or company, named reporting, post or leak."), Type.WORD,
          Tier, required=True),
)  # fmt: skip


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _each(rows: QuerySet[Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=CHUNK)


def _record() -> Iterator[Any]:
    return iter([PublicRecord.objects.get()])


def _companies() -> Iterator[Any]:
    return _each(companies())


def _aliases() -> Iterator[Any]:
    return _each(Alias.objects.filter(company__in=companies()).order_by("company", "name"))


def _old_slugs() -> Iterator[Any]:
    return _each(OldSlug.objects.filter(company__in=companies()).order_by("slug"))


def _ownership() -> Iterator[Any]:
    ours = companies()
    found = Ownership.objects.filter(company__in=ours, parent__in=ours)
    return _each(found.order_by("company", "since", "until", "parent"))


def _editions(edition: type[Any]) -> Iterator[Any]:
    public = EverPublic.now()
    for row in _each(edition.objects.select_related("document").order_by("record_id", "number")):
        if edition is EventEdition:
            row.document.body = public.document(row.record_id, row.document.body)
        elif edition is NoteEdition and row.updates not in public.notes:
            row.updates = None
        yield row


def _today(edition: type[Any]) -> Iterator[Any]:
    """What is public today, with its document; of events, as in every result, without the replaced ones."""
    found = edition.objects.known_on(None).select_related("document").order_by("record_id")
    return _each(found.filter(replaced_by__isnull=True) if edition is EventEdition else found)


def _events() -> Iterator[Any]:
    kinds = "&".join(f"counts_as={kind}" for kind in EVENT_COUNTS)
    selection = EventSelection(EventQuery.from_string(kinds))
    public = EverPublic.now()
    for row in Answer(SUBJECTS["events"], selection, "").rows():
        # Also what it replaces through a draft, so that a site made of these tables has the same.
        row.edition.document.body = public.document(row.edition.record_id, row.edition.document.body)
        yield row


def _notes() -> Iterator[Any]:
    return Answer(SUBJECTS["ai"], NoteSelection(NoteQuery.from_string("")), "").rows()


def _parts(edition: type[Any], name: str, of: str) -> Iterator[dict[str, Any]]:
    """The entries of one list of today's documents, each with its record's number and its place."""
    for row in _today(edition):
        for position, entry in enumerate(row.document.body[of], 1):
            yield {**entry, name: row.record_id, "position": position}


CITED = {"event": EventEdition, "note": NoteEdition, "total": TotalEdition, "headcount": HeadcountEdition}


def _citations() -> Iterator[dict[str, Any]]:
    for name, edition in CITED.items():
        for entry in _parts(edition, name, "citations"):
            yield {**dict.fromkeys(CITED), **entry}


def _relations() -> Iterator[dict[str, Any]]:
    """What today's events are to other public ones, by event and kind."""
    public = EventEdition.objects.known_on(None).order_by()
    today = public.filter(replaced_by__isnull=True)
    found: list[tuple[int, str, Any]] = [
        (event, RelationKind.PART_OF, whole)
        for event, whole in today.filter(part_of__isnull=False).values_list("record_id", "part_of")
    ]
    replaced = public.filter(replaced_by__isnull=False).values_list("replaced_by", "record_id")
    found += [(event, RelationKind.REPLACES, other) for event, other in replaced]
    ties = EventEditionTie.objects.exclude(kind=EventEditionTie.Kind.NOTES).filter(
        edition__in=today.values("pk"), other__in=public.values("record_id")
    )
    found += ties.order_by().values_list("edition__record_id", "kind", "other")
    for event, kind, other in sorted((event, str(kind), other) for event, kind, other in found):
        yield {"event": event, "kind": kind, "other": other}


def _event_notes() -> Iterator[Any]:
    today = EventEdition.objects.known_on(None).filter(replaced_by__isnull=True).order_by()
    notes = NoteEdition.objects.known_on(None).order_by()
    ties = EventEditionTie.objects.filter(
        kind=EventEditionTie.Kind.NOTES, edition__in=today.values("pk"), other__in=notes.values("record_id")
    )
    rows = ties.order_by("edition__record_id", "other").values_list("edition__record_id", "other")
    return ({"event": event, "note": note} for event, note in _each(rows))


def _event_companies() -> Iterator[Any]:
    index = EventEditionCompany.objects.filter(
        edition__in=EventEdition.objects.known_on(None).filter(replaced_by__isnull=True).order_by().values("pk")
    )
    fields = ("edition__record_id", "company_id", "direct")
    for event, company, direct in _each(index.order_by("edition__record_id", "company_id").values_list(*fields)):
        yield {"event": event, "company": company, "direct": direct}


def _sources() -> Iterator[dict[str, Any]]:
    """Every source that an edition cites, as the newest edition that readers still see describes it.

    There are as many as events: they are gathered in a database of their own, on disk, which goes away by itself.
    """
    names = [column.name for column in _SOURCE]
    values = ", ".join(["?"] * (len(names) + 2))
    latest = ", ".join(f"{name} = excluded.{name}" for name in ("rank", *names))
    gathered = sqlite3.connect("")
    gathered.row_factory = sqlite3.Row
    gathered.execute(f"CREATE TABLE source (id INTEGER PRIMARY KEY, rank TEXT, {', '.join(names)})")
    into = (
        f"INSERT INTO source VALUES ({values}) ON CONFLICT (id) DO UPDATE SET {latest} "  # noqa: S608 - names of ours
        "WHERE excluded.rank > source.rank"
    )
    for kind in CITED.values():
        editions: QuerySet[Any] = kind._default_manager.order_by("record_id", "number")
        for edition in _each(editions.select_related("document")):
            # Whoever publishes a description anew writes it into all that is public: the newest of these is right.
            is_seen = edition.known_until == OPEN and not edition.withdrawn
            rank = f"{is_seen:d} {edition.version:020d} {edition.written_at.isoformat()}"
            cited = edition.document.body["citations"]
            gathered.executemany(into, [(c["source"], rank, *(c[name] for name in names)) for c in cited])
    links = dict(SourceLink.objects.exclude(archived_url="").values_list("source_id", "archived_url"))
    for row in gathered.execute("SELECT * FROM source ORDER BY id"):
        yield {**row, "archived_url": links.get(row["id"], "")}
    gathered.close()


# ── The tables ───────────────────────────────────────────────────────────────────────────────────────────────────────

EVENT_COUNTS = next(column.words for column in EVENT_COLUMNS if column.name == "counts_as")

_COMPANY_LINK, _EVENT_LINK, _NOTE_LINK = Link("company", "companies"), Link("event", "events"), Link("note", "notes")

TABLES = (
    Table(
        "public_record", _("The record as a whole, in one row."),
        (
            _field("opened_on", _("The day on which the site opened: earlier ones are reconstructed from files."),
                   Type.DAY, required=True),
            _field("version", _("The version of the data: one more with each change."), Type.INTEGER, required=True),
            _field("changed_at", _("When it changed last."), Type.MOMENT, required=True),
        ),
        _record, ("version",), restores=True,
    ),
    Table(
        "companies", _("Companies that the record names or that owned one it names, under their names of today."),
        (
            Column("id", _("The company's number here, for ever."), Type.INTEGER, attrgetter("pk"), required=True),
            _field("name", _("Its name of today."), Type.TEXT, required=True),
            _field("slug", _("Its address here, and its value in filters."), Type.TEXT, required=True),
            *_same(COMPANY_COLUMNS, "ticker", "wikidata_id", "sector", "country", "place", of=attrgetter),
            Column("merged_into", _("Number of the company that it turned out to be."), Type.INTEGER,
                   attrgetter("merged_into_id")),
        ),
        _companies, ("id",), (Link("merged_into", "companies"),), restores=True,
    ),
    Table(
        "aliases", _("Other names of companies: former ones, brands, spellings."),
        (
            Column("company", _("The company's number."), Type.INTEGER, attrgetter("company_id"), required=True),
            _field("name", _("The other name."), Type.TEXT, required=True),
        ),
        _aliases, ("company", "name"), (_COMPANY_LINK,), restores=True,
    ),
    Table(
        "old_slugs", _("Addresses that companies had before: they lead to the one of today."),
        (
            _field("slug", _("The former address."), Type.TEXT, required=True),
            Column("company", _("The company's number."), Type.INTEGER, attrgetter("company_id"), required=True),
        ),
        _old_slugs, ("slug",), (_COMPANY_LINK,), restores=True,
    ),
    Table(
        "ownership", _("Who owned whom, and when."),
        (
            Column("company", _("Number of the company that was owned."), Type.INTEGER, attrgetter("company_id"),
                   required=True),
            Column("parent", _("Number of its owner."), Type.INTEGER, attrgetter("parent_id"), required=True),
            _field("since", _("The first day; empty if not known or always."), Type.DAY),
            _field("until", _("The first day no longer owned; empty if it still is."), Type.DAY),
        ),
        _ownership, (), (_COMPANY_LINK, Link("parent", "companies")), restores=True,
    ),
    Table(
        "sources", _("What is cited, now or in an earlier edition, each as it was described last."),
        (
            _item("id", _("The source's number here, for ever."), Type.INTEGER, required=True),
            *_SOURCE,
            _item("archived_url", _("An archived copy."), Type.URL),
        ),
        _sources, ("id",), restores=True,
    ),
    Table(
        "event_editions", _("Layoff events: every edition, that is all that was public of them on any day."),
        _EVENT_EDITION, partial(_editions, EventEdition), ("id", "edition"), (_COMPANY_LINK,), restores=True,
    ),
    Table(
        "note_editions", _("AI-investment notes: every edition."),
        _NOTE_EDITION, partial(_editions, NoteEdition), ("id", "edition"), restores=True,
    ),
    Table(
        "total_editions", _("Published totals: every edition."),
        _TOTAL_EDITION, partial(_editions, TotalEdition), ("id", "edition"), restores=True,
    ),
    Table(
        "headcount_editions", _("Headcounts of companies: every edition."),
        _HEADCOUNT_EDITION, partial(_editions, HeadcountEdition), ("id", "edition"), (_COMPANY_LINK,), restores=True,
    ),
    Table(
        "events", _("Layoff events as they are public today, of every kind; without the replaced ones, which are in no "
                    "result. The columns of /events.csv, which without a filter holds cuts and signals alone."),
        EVENT_COLUMNS, _events, ("id",), (Link("part_of", "events"),),
    ),
    Table(
        "event_companies", _("The company of each event and who owned it through the event's whole date."),
        (
            _EVENT,
            _item("company", _("The company's number."), Type.INTEGER, required=True),
            _item("direct", _("true for the employer, false for an owner."), Type.BOOLEAN, required=True),
        ),
        _event_companies, ("event", "company"), (_EVENT_LINK, _COMPANY_LINK),
    ),
    Table(
        "units", _("Named parts of a company that an event touches, some with their own figure."),
        (
            _EVENT, _POSITION,
            _item("name", _("The part's name."), Type.TEXT, required=True),
            *_figure(itemgetter("figure")),
        ),
        partial(_parts, EventEdition, "event", "units"), ("event", "position"), (_EVENT_LINK,),
    ),
    Table(
        "reasons", _("Why the jobs go, as a source says."),
        (
            _EVENT, _POSITION,
            _item("kind", _("The reason."), Type.WORD, ReasonKind, required=True),
            _item("wording", _("In the source's words."), Type.TEXT),
        ),
        partial(_parts, EventEdition, "event", "reasons"), ("event", "position"), (_EVENT_LINK,),
    ),
    Table(
        "relations", _("What one event is to another: part_of, replaces, updates, disputed_by. A replaced event is in "
                       "event_editions alone."),
        (
            _EVENT,
            _item("kind", _("What it is to the other."), Type.WORD, RelationKind, required=True),
            _item("other", _("The other event's number."), Type.INTEGER, required=True),
        ),
        _relations, ("event", "kind", "other"),
    ),
    Table(
        "notes", _("AI-investment notes as they are public today. The same rows and columns as /ai.csv."),
        NOTE_COLUMNS, _notes, ("id",), (Link("updates", "notes"),),
    ),
    Table(
        "note_companies", _("The companies that a note is about, each in its role."),
        (
            _NOTE, _POSITION,
            _item("company", _("The company's number."), Type.INTEGER, required=True),
            _item("role", _("What it is in the note."), Type.WORD, Role, required=True),
        ),
        partial(_parts, NoteEdition, "note", "companies"), ("note", "position"), (_NOTE_LINK, _COMPANY_LINK),
    ),
    Table(
        "event_notes", _("The AI-investment notes that stand beside an event; no cause is claimed."),
        (_EVENT, _NOTE), _event_notes, ("event", "note"), (_EVENT_LINK, _NOTE_LINK),
    ),
    Table(
        "totals", _("Totals that others publish, as they are public today."),
        (
            _ID, _TITLE, *_BASIS, *_figure(_body_figure),
            Column("definition", _("What it counts, in words."), Type.TEXT, lambda e: e.document.body["definition"]),
            *_KNOWN, _NUMBER,
        ),
        partial(_today, TotalEdition), ("id",),
    ),
    Table(
        "headcounts", _("Employees of companies on a day, as they are public today."),
        (_ID, _COMPANY, _COUNTED_ON, *_figure(_body_figure), *_KNOWN, _NUMBER),
        partial(_today, HeadcountEdition), ("id",), (_COMPANY_LINK,),
    ),
    Table(
        "citations", _("What each source says of each record, with the figure that it reports."),
        (
            _item("event", _("Number of the event that it is of, or"), Type.INTEGER),
            _item("note", _("of the AI-investment note, or"), Type.INTEGER),
            _item("total", _("of the published total, or"), Type.INTEGER),
            _item("headcount", _("of the headcount."), Type.INTEGER),
            _POSITION,
            _item("source", _("The source's number."), Type.INTEGER, required=True),
            _item("quote", _("Its words."), Type.TEXT),
            _item("speaker", _("Who speaks: company, regulator, press and so on."), Type.WORD, Speaker),
            _item("speaker_name", _("Who speaks for it, by name or office."), Type.TEXT),
            *_figure(itemgetter("figure")),
            *_same(EVENT_COLUMNS, "share_percent", of=lambda name: lambda row: _decimal(row[name])),
            _item("chosen", _("true if this figure is the record's."), Type.BOOLEAN, required=True),
            _item("chosen_because", _("Why this one."), Type.TEXT),
            _item("on_ai_link", _("true if it carries the claim about AI."), Type.BOOLEAN, required=True),
            _item("row_number", _("The row of the data file."), Type.INTEGER),
        ),
        _citations, (),
        (_EVENT_LINK, _NOTE_LINK, Link("total", "totals"), Link("headcount", "headcounts"), Link("source", "sources")),
    ),
)  # fmt: skip

BY_NAME = {table.name: table for table in TABLES}
