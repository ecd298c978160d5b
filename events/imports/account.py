"""The account of an import, kept with its batch: what became of every row, and what was made beside the events."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from events.imports.layouts.seen import SeenColumn
from events.imports.matching import Doubtful
from events.imports.reading import RawRow
from events.imports.report import Columns, Report
from events.models import AiNote, Company, ImportBatch, ImportMade, ImportRow, LayoffEvent, Source, bulk
from events.models.choices import BatchState, RecordKind, RowOutcome

MADE = (RowOutcome.NEW, RowOutcome.DUPLICATE)
CHUNK = 2000  # rows of the account that are in memory as such
BECOMES: dict[RecordKind, tuple[str, ...]] = {
    RecordKind.EVENT: (
        "title", "announced_on", "people_low", "people", "people_high", "qualifier", "wording", "share_percent",
        "stage", "permanence", "country", "place",
    ),
    RecordKind.NOTE: ("title", "kind", "dated_on", "amount_wording", "amount_usd_millions"),
    RecordKind.COMPANY: ("name", "ticker", "sector", "country", "place"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowAccount:
    """What became of a row: `made` is the record that this import made of it, `detail` is ImportRow's.

    `companies` are those of a note that was made.
    """

    raw: RawRow
    outcome: RowOutcome
    record_id: int | None
    detail: dict[str, Any]
    made: LayoffEvent | AiNote | Company | None = None
    kind: RecordKind = RecordKind.EVENT
    companies: Sequence[Company] = ()


def plain(value: object) -> Any:
    """A value as JSON holds it."""
    match value:
        case date():
            return value.isoformat()
        case Decimal():
            return format(value.normalize(), "f")
        case str():
            return str(value)  # a choice is a string of its own kind
    return value


def counts_of(report: Report, rows: Iterable[RowAccount]) -> dict[str, int]:
    """The numbers of an import: rows by outcome, they add up to `rows`; and what else was made."""
    outcomes = Counter(row.outcome for row in rows)
    names = ("blank_rows", "companies_made", "companies_matched", "sources_made", "published", "corrected", "in_review")
    return {
        "rows": report.rows,
        **{outcome.value: outcomes[outcome] for outcome in RowOutcome},
        **{name: getattr(report, name) for name in names},
    }


def fingerprint(rows: Iterable[RowAccount], doubtful: Iterable[Doubtful], made: Iterable[Company | Source] = ()) -> str:
    """The SHA-256 of what is said of `rows`, asked of names, and of what new rows become, at which company: two runs
    that would do the same have the same. `made` is what a run makes beside them: its ids are others in each run."""
    digest, new = hashlib.sha256(), {each.pk for each in made if isinstance(each, Company)}
    for doubt in doubtful:
        digest.update(json.dumps([doubt.name, doubt.candidate.pk]).encode())
    for row in rows:
        # A new record's id is another in each run.
        met = None if row.made is not None else row.record_id
        becomes = _in_short(row.made, new) if row.made is not None else None
        digest.update(json.dumps([row.raw.number, row.outcome.value, met, row.detail, becomes]).encode())
    return digest.hexdigest()


def _in_short(record: Any, new_companies: set[int]) -> list[Any]:
    company = getattr(record, "company_id", None)
    return [str(record), getattr(record, "state", ""), "new" if company in new_companies else company]


def keep_preview(
    batch: ImportBatch,
    report: Report,
    rows: Sequence[RowAccount],
    columns: Columns,
    made: Sequence[Company | Source],
    *,
    mapping: Sequence[str],
    seen: Sequence[SeenColumn],
) -> None:
    """Keeps what a dry run told, in the place of an earlier preview. `seen` are the columns of an unknown file."""
    with transaction.atomic():
        # Only what awaits its confirmation: meanwhile it may have been confirmed.
        here = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if here.is_done:
            return
        _note(here, report, rows, columns)
        here.state, here.task, here.fingerprint = BatchState.PREVIEWED, "", fingerprint(rows, report.doubtful, made)
        here.mapping, here.seen = list(mapping), [asdict(column) for column in seen]
        asked = {each.name for each in report.doubtful}
        said = [each for each in answered(here) if each["name"] not in asked]
        here.doubtful = [*said, *(_doubt(each) for each in report.doubtful)]
        here.save()
        _put_rows(here, rows, columns, preview=True, made=made)


def keep_import(
    batch: ImportBatch,
    report: Report,
    rows: Sequence[RowAccount],
    columns: Columns,
    made: Sequence[Company | Source],
    user: User | None,
) -> None:
    """Keeps what an import did, within its transaction."""
    _note(batch, report, rows, columns)
    batch.state, batch.task, batch.error = BatchState.CONFIRMED, "", ""
    batch.confirmed_at, batch.confirmed_by = timezone.now(), user
    batch.seen = []
    batch.remarks = [*report.doubtful_lines(), *batch.remarks]
    batch.save()
    _put_rows(batch, rows, columns, preview=False, made=made)
    kinds = {Company: RecordKind.COMPANY, Source: RecordKind.SOURCE}
    bulk.insert([ImportMade(batch=batch, kind=kinds[type(each)], record_id=each.pk) for each in made])


def _note(batch: ImportBatch, report: Report, rows: Sequence[RowAccount], columns: Columns) -> None:
    batch.layout, batch.columns = report.layout, columns.names
    batch.counts, batch.remarks = counts_of(report, rows), report.warning_lines()


def answered(batch: ImportBatch) -> list[dict[str, Any]]:
    """The doubtful names of which somebody said which company they mean."""
    return [each for each in batch.doubtful if each["answer"] is not None]


def _doubt(doubt: Doubtful) -> dict[str, Any]:
    return {"name": doubt.name, "candidate": doubt.candidate.pk, "score": doubt.score, "answer": None}


def _put_rows(
    batch: ImportBatch,
    rows: Sequence[RowAccount],
    columns: Columns,
    *,
    preview: bool,
    made: Sequence[Company | Source],
) -> None:
    batch.rows.all()._raw_delete(batch.rows.db)  # nothing refers to them
    new_companies = {each.pk for each in made if isinstance(each, Company)}
    for start in range(0, len(rows), CHUNK):
        some = rows[start : start + CHUNK]
        bulk.insert([_import_row(batch, row, columns, preview, new_companies) for row in some])


def _import_row(
    batch: ImportBatch, row: RowAccount, columns: Columns, preview: bool, new_companies: set[int]
) -> ImportRow:
    # What a preview makes is undone with it, ids and all.
    undone = preview and row.made is not None
    detail = dict(row.detail)
    if preview and row.made is not None:
        detail["becomes"] = _becomes(row, new_companies)
    if row.raw.where != f"Row {row.raw.number}":
        detail["where"] = row.raw.where
    return ImportRow(
        batch=batch,
        number=row.raw.number,
        outcome=row.outcome,
        kind=row.kind,
        record_id=None if undone else row.record_id,
        detail=detail,
        cells=columns.cells(row.raw) if preview or row.outcome == RowOutcome.REJECTED else [],
    )


def _becomes(row: RowAccount, new_companies: set[int]) -> dict[str, Any]:
    """What the record that was made of a row says, by field; of an event and a note also its companies."""
    made = row.made
    values = {name: plain(getattr(made, name)) for name in BECOMES[row.kind]}
    if isinstance(made, LayoffEvent):
        company = made.company
        values |= {"company": company.name, "company_id": None if company.pk in new_companies else company.pk}
    if isinstance(made, AiNote):
        values["companies"] = [[each.name, each.pk in new_companies] for each in dict.fromkeys(row.companies)]
    return values
