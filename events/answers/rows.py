"""Editions as files list them: what a page shows of each, and the other public records that it names by number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from events.models.edition import EventEdition, EventEditionTie, NoteEdition, TotalEdition
from events.selection import Comparison, EventSelection, NoteSelection, TotalSelection
from events.shown import Cited, EventRow, Names, NoteRow, event_rows, note_rows

CHUNK = 500


@dataclass(frozen=True)
class PublicIds:
    """The records public on a day that others name: a document may name drafts, which no file does."""

    events: frozenset[int]
    notes: frozenset[int]

    @classmethod
    def of_events(cls, day: date | None) -> "PublicIds":
        """What events name: few of them name any."""
        named = EventEditionTie.objects.order_by()
        events = EventEdition.objects.known_on(day).order_by()
        notes = NoteEdition.objects.known_on(day).order_by()
        of_events = named.exclude(kind=EventEditionTie.Kind.NOTES).values("other")
        of_notes = named.filter(kind=EventEditionTie.Kind.NOTES).values("other")
        replaced = events.filter(replaced_by__isnull=False)
        return cls(
            frozenset(events.filter(record_id__in=of_events).values_list("record_id", flat=True))
            | frozenset(replaced.values_list("record_id", flat=True)),
            frozenset(notes.filter(record_id__in=of_notes).values_list("record_id", flat=True)),
        )

    @classmethod
    def of_notes(cls, day: date | None) -> "PublicIds":
        notes = NoteEdition.objects.known_on(day).order_by()
        updated = notes.filter(updates__isnull=False).values("updates")
        return cls(frozenset(), frozenset(notes.filter(record_id__in=updated).values_list("record_id", flat=True)))


@dataclass(frozen=True)
class EventFileRow(EventRow):
    """An event of a result, naming none but public records."""

    public: PublicIds = field(kw_only=True)

    @property
    def replaces(self) -> list[int]:
        return [pk for pk in self.body["replaces"] if pk in self.public.events]

    @property
    def updates(self) -> list[int]:
        return [pk for pk in self.body["updates"] if pk in self.public.events]

    @property
    def disputed_by(self) -> list[int]:
        return [pk for pk in self.body["disputed_by"] if pk in self.public.events]

    @property
    def notes(self) -> list[int]:
        return [pk for pk in self.body["notes"] if pk in self.public.notes]


@dataclass(frozen=True)
class NoteFileRow(NoteRow):
    """An AI-investment note of a result, naming none but public records; and whether its money counts in the result's
    sums."""

    public: PublicIds = field(kw_only=True)
    money_counts: bool = field(kw_only=True)

    @property
    def updates(self) -> int | None:
        return self.edition.updates if self.edition.updates in self.public.notes else None


def event_file_rows(editions: Iterable[EventEdition], selection: EventSelection) -> Iterator[EventFileRow]:
    public = PublicIds.of_events(selection.day)
    for row in event_rows(editions, selection, Names()):
        yield EventFileRow(**vars(row), public=public)


def note_file_rows(editions: Iterable[NoteEdition], selection: NoteSelection) -> Iterator[NoteFileRow]:
    public, names, editions = PublicIds.of_notes(selection.day), Names(), iter(editions)
    # The companies of some at a time, in one query each.
    while some := list(islice(editions, CHUNK)):
        for row in note_rows(some, names, selection.withdrawn_since):
            yield NoteFileRow(**vars(row), public=public, money_counts=row.edition.record_id in selection.counted)


@dataclass(frozen=True)
class TotalFileRow(Cited):
    """A published total beside our own cuts."""

    edition: TotalEdition
    beside: Comparison
    withdrawn_on: date | None


def total_file_rows(editions: Iterable[TotalEdition], selection: TotalSelection) -> Iterator[TotalFileRow]:
    for edition in editions:
        pk = edition.record_id
        yield TotalFileRow(edition, selection.comparisons[pk], selection.withdrawn_since.get(pk))


# ── Sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────

CITATION = ("url", "title", "publisher", "published_on", "tier", "kind", "quote", "speaker", "speaker_name")
FIGURE = ("low", "best", "high", "qualifier", "wording", "basis")


def citations(row: EventRow | NoteRow | TotalFileRow) -> list[dict[str, Any]]:
    """The sources of a row, the one whose figure is used first, each with the figure that it reports."""
    return [
        {
            **{name: cited[name] or None for name in CITATION},
            "figure": {name: None if cited["figure"][name] == "" else cited["figure"][name] for name in FIGURE},
            "chosen": cited["chosen"],
        }
        for cited in row.body["citations"]
    ]
