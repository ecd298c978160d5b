"""What a data set may name: companies that readers know, records that were public at some time, and nothing else."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from events.models.company import Company
from events.models.edition import (
    EventEdition,
    EventEditionTie,
    HeadcountEdition,
    NoteDocument,
    NoteEdition,
    public_companies,
)


def companies() -> QuerySet[Company]:
    """The companies that readers know: named by an edition, as they are today or before a merger, or its owners."""
    named = Q(pk__in=public_companies().order_by().values("pk"))
    # Under the name of the edition's day: the company may have been merged into another since.
    for edition in (EventEdition, HeadcountEdition):
        named |= Q(Exists(edition.objects.filter(company=OuterRef("pk"))))
    return Company.objects.filter(named | Q(pk__in=_merged_in_notes())).order_by("pk")


def _merged_in_notes() -> set[int]:
    """The merged companies that notes' documents name: the index beside them names the companies of today."""
    merged = set(Company.objects.filter(merged_into__isnull=False).values_list("pk", flat=True))
    if not merged:
        return merged
    bodies = NoteDocument.objects.order_by().values_list("body", flat=True).iterator(chunk_size=2000)
    return {entry["company"] for body in bodies for entry in body["companies"]} & merged


@dataclass(frozen=True)
class EverPublic:
    """The records with an edition that documents name: a document may name drafts, which no file does."""

    events: frozenset[int]
    notes: frozenset[int]
    # By the event that stands in their place today: it may do so through a draft, which is passed over.
    replaced: dict[int, list[int]]

    @classmethod
    def now(cls) -> "EverPublic":
        """Few records are named by any: these alone are kept."""
        firsts = {edition: edition.objects.filter(number=1).order_by() for edition in (EventEdition, NoteEdition)}
        ties = EventEditionTie.objects.order_by()
        of_events = ties.exclude(kind=EventEditionTie.Kind.NOTES).values("other")
        of_notes = ties.filter(kind=EventEditionTie.Kind.NOTES).values("other")
        updated = NoteEdition.objects.order_by().filter(updates__isnull=False).values("updates")
        once = EventEdition.objects.order_by().filter(replaced_by__isnull=False)
        replaced: dict[int, list[int]] = defaultdict(list)
        for pk, by in (
            EventEdition.objects.known_on(None)
            .filter(replaced_by__isnull=False)
            .order_by()
            .values_list("record_id", "replaced_by")
        ):
            replaced[by].append(pk)
        return cls(
            frozenset(firsts[EventEdition].filter(record_id__in=of_events).values_list("record_id", flat=True))
            | frozenset(once.values_list("record_id", flat=True)),
            frozenset(
                firsts[NoteEdition]
                .filter(Q(record_id__in=of_notes) | Q(record_id__in=updated))
                .values_list("record_id", flat=True)
            ),
            dict(replaced),
        )

    def document(self, record_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """An event's document as files hold it, naming none but public records."""
        found = dict(body)
        for name in ("updates", "disputed_by", "replaces"):
            found[name] = [pk for pk in body[name] if pk in self.events]
        found["notes"] = [pk for pk in body["notes"] if pk in self.notes]
        if body["replaces"] and not found["replaces"]:
            found["replaces"] = sorted(self.replaced.get(record_id, ()))[:1]
        return found
