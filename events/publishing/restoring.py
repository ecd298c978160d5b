"""Editions put back as they were, with their numbers and days: what manage.py import_data reads from a data set."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from events import dates
from events.models import OwnershipTree, PublicRecord
from events.models.edition import OPEN
from events.publishing.saying import KINDS, Said, figure_facts, found_event, found_note
from events.publishing.writing import insert_editions

# What an edition has whatever it is of, by its name in a row of the data set.
_COMMON = (
    "known_from", "withdrawn", "change", "reason", "changed_fields", "version", "written_at", "recorded_on",
    "reconstructed_from",
)  # fmt: skip
_OF_EVENT = (
    "share_percent", "counts_as", "stage", "permanence", "closure", "ai_link", "ai_link_quote", "ai_link_speaker",
    "sector", "country", "place", "part_of", "replaced_by",
)  # fmt: skip
_OF_NOTE = (
    "kind", "usd_low_millions", "usd_millions", "usd_high_millions", "plan_or_actual", "period_from", "period_until",
    "updates",
)  # fmt: skip
_OF_TOTAL = ("publisher", "scope", "geography", "counts", "period_from", "period_until", "as_of")


class Restoring:
    """Within one transaction and into an empty record: companies and their owners are there already.

    Rows hold values by the names of the data set's columns, an edition's document among them.
    """

    def __init__(self) -> None:
        self.owners = OwnershipTree.load()

    def write(self, subject: str, rows: Sequence[dict[str, Any]]) -> None:
        """Writes editions of `subject` ("event", "note", "total", "headcount"); their indexes follow from them."""
        kind = next(kind for kind in KINDS if kind.subject == subject)
        new = []
        for row in rows:
            said = self._said(subject, row)
            edition = kind.edition(
                record_id=row["id"],
                number=row["edition"],
                known_until=row["known_until"] or OPEN,
                **{name: row[name] for name in _COMMON},
                **said.facts,
            )
            new.append((edition, said))
        insert_editions(kind, new, as_given=True)

    def _said(self, subject: str, row: dict[str, Any]) -> Said:
        document = row["document"]
        facts = {"title": row["title"], "slug": row["slug"]}
        if subject == "event":
            facts |= {"company_id": row["company"], **{name: row[name] for name in _OF_EVENT}}
            facts |= _span(row["announced_on"], "announced") | figure_facts(document["figure"])
            effective = row["effective_on"]
            facts |= {"effective_from": None, "effective_until": None, "effective_precision": ""}
            if effective:
                facts |= _span(effective, "effective", "effective_precision")
            return found_event(facts, document, row["recorded_on"], self.owners)
        if subject == "note":
            facts |= {name: row[name] for name in _OF_NOTE} | _span(row["dated_on"], "dated")
            return found_note(facts, document, self.owners)
        facts |= figure_facts(document["figure"])
        if subject == "total":
            return Said(facts | {name: row[name] for name in _OF_TOTAL}, document)
        return Said(facts | {"company_id": row["company"]} | _span(row["counted_on"], "counted"), document)

    def finish(self, opened_on: date, version: int, changed_at: datetime) -> None:
        """The record as a whole is what it was: its day of opening, its version and when that came."""
        PublicRecord.objects.update(opened_on=opened_on, version=version, changed_at=changed_at)


def _span(written: str, name: str, precision: str = "date_precision") -> dict[str, Any]:
    span = dates.read_date(written)
    return {f"{name}_from": span.first, f"{name}_until": span.last, precision: str(span.precision)}
