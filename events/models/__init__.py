"""The desk's records, the public record, and frozen views of it."""

from events.models.batch import ImportBatch, ImportMade, ImportRow, SavedMapping
from events.models.company import Alias, Company, OldSlug, Ownership, OwnershipTree
from events.models.duplicate import DuplicatePair
from events.models.edition import (
    EventDocument,
    EventEdition,
    EventEditionCompany,
    EventEditionTerm,
    EventEditionTie,
    EventWords,
    HeadcountDocument,
    HeadcountEdition,
    NoteDocument,
    NoteEdition,
    NoteEditionCompany,
    NoteEditionTerm,
    NoteWords,
    PublicRecord,
    SourceLink,
    TotalDocument,
    TotalEdition,
)
from events.models.event import LayoffEvent, Reason, Relation, Unit
from events.models.link import LinkCheck
from events.models.note import AiNote, NoteCompany
from events.models.reader import ReaderCount
from events.models.saved import SavedView
from events.models.snapshot import Snapshot, SnapshotFile
from events.models.source import Citation, Source
from events.models.tip import Tip
from events.models.total import Headcount, PublishedTotal

__all__ = [
    "AiNote", "Alias", "Citation", "Company", "DuplicatePair", "EventDocument", "EventEdition", "EventEditionCompany",
    "EventEditionTerm", "EventEditionTie", "EventWords", "Headcount", "HeadcountDocument",
    "HeadcountEdition", "ImportBatch", "ImportMade", "ImportRow", "LayoffEvent", "LinkCheck", "NoteCompany",
    "NoteDocument", "NoteEdition", "NoteEditionCompany", "NoteEditionTerm", "NoteWords",
    "OldSlug", "Ownership", "OwnershipTree", "PublicRecord", "PublishedTotal", "ReaderCount", "Reason", "Relation",
    "SavedMapping", "SavedView", "Snapshot", "SnapshotFile", "Source", "SourceLink", "Tip", "TotalDocument",
    "TotalEdition", "Unit",
]  # fmt: skip
