"""The desk's records, the public record, and frozen views of it."""

from events.models.batch import ImportBatch, ImportMade, ImportRow
from events.models.company import Alias, Company, OldSlug, Ownership, OwnershipTree
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
from events.models.note import AiNote, NoteCompany
from events.models.snapshot import FreezeCount, Snapshot, SnapshotFile
from events.models.source import Citation, Source
from events.models.total import Headcount, PublishedTotal

__all__ = [
    "AiNote", "Alias", "Citation", "Company", "EventDocument", "EventEdition", "EventEditionCompany",
    "EventEditionTerm", "EventEditionTie", "EventWords", "FreezeCount", "Headcount", "HeadcountDocument",
    "HeadcountEdition", "ImportBatch", "ImportMade", "ImportRow", "LayoffEvent", "NoteCompany", "NoteDocument",
    "NoteEdition", "NoteEditionCompany", "NoteEditionTerm", "NoteWords", "OldSlug", "Ownership", "OwnershipTree",
    "PublicRecord", "PublishedTotal", "Reason", "Relation", "Snapshot", "SnapshotFile", "Source", "SourceLink",
    "TotalDocument", "TotalEdition", "Unit",
]  # fmt: skip
