"""The account of an import, kept with its batch: what became of every row, and what was made beside the events."""

import hashlib
import json
import os
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from events.imports.layouts.seen import SeenColumn
from events.imports.matching import Doubtful
from events.imports.reading import RawRow, Rows
from events.imports.report import Columns, Report
from events.models import AiNote, Company, ImportBatch, ImportMade, ImportRow, LayoffEvent, bulk
from events.models.choices import BatchState, RecordKind, RowOutcome, State

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


@dataclass(slots=True)
class Kept:
    """A row's account as it is kept: of the record that was `made`, what tells it (`short`), and what a preview shows
    of it (`becomes`)."""

    raw: RawRow
    outcome: RowOutcome
    kind: RecordKind
    record_id: int | None
    detail: dict[str, Any]
    short: list[Any] | None
    becomes: dict[str, Any] | None


class Accounts:
    """What became of the rows of a file, one account each, on disk; read in the file's order."""

    def __init__(self, rows: Rows) -> None:
        self.is_preview = False
        self.new_companies: set[int] = set()
        # Records of before that became public with this import.
        self.published: set[int] = set()
        self._rows, self._file = rows, tempfile.TemporaryFile()  # noqa: SIM115 - closed with the object
        self._starts, self._sizes = array("Q", [0]) * len(rows), array("L", [0]) * len(rows)
        self._end = 0
        self._outcomes: Counter[str] = Counter()

    def put(self, row: RowAccount) -> None:
        """Keeps the account of a row that has none yet."""
        made = row.made
        self._outcomes[row.outcome] += 1
        short = _in_short(made, self.new_companies) if made is not None else None
        becomes = _becomes(row, self.new_companies) if made is not None and self.is_preview else None
        self._write(row.raw.index, [row.outcome, row.kind, row.record_id, row.detail, short, becomes])

    def put_in_review(self, index: int, candidate: int) -> None:
        """A record that was made is a likely duplicate of the event `candidate`."""
        kept = self._read(index)
        self._outcomes[kept.outcome] -= 1
        self._outcomes[RowOutcome.DUPLICATE] += 1
        title, _state, company = kept.short or ("", "", None)
        short, detail = [title, State.IN_REVIEW, company], {**kept.detail, "candidate": candidate}
        self._write(index, [RowOutcome.DUPLICATE, kept.kind, kept.record_id, detail, short, kept.becomes])

    def counts(self) -> dict[str, int]:
        return {outcome.value: self._outcomes[outcome] for outcome in RowOutcome}

    def each(self, report: Report) -> Iterator[Kept]:
        """Every row, with what the report warns of it."""
        warnings = report.warnings_by_row()
        for index in range(len(self._rows)):
            kept = self._read(index)
            if kept.short is None and kept.record_id in self.published:
                kept.detail["published"] = True
            if found := warnings.get(kept.raw.number):
                kept.detail["warnings"] = found
            yield kept

    def _write(self, index: int, values: list[Any]) -> None:
        self._starts[index] = self._end
        self._sizes[index] = self._file.write(json.dumps(values).encode())
        self._end += self._sizes[index]

    def _read(self, index: int) -> Kept:
        self._file.flush()
        outcome, kind, *rest = json.loads(os.pread(self._file.fileno(), self._sizes[index], self._starts[index]))
        return Kept(self._rows[index], RowOutcome(outcome), RecordKind(kind), *rest)


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


def counts_of(report: Report, accounts: Accounts) -> dict[str, int]:
    """The numbers of an import: rows by outcome, they add up to `rows`; and what else was made."""
    names = ("blank_rows", "companies_made", "companies_matched", "sources_made", "published", "corrected", "in_review")
    return {"rows": report.rows, **accounts.counts(), **{name: getattr(report, name) for name in names}}


def fingerprint(accounts: Accounts, report: Report) -> str:
    """The SHA-256 of what is said of every row, asked of names, and of what new rows become, at which company: two runs
    that would do the same have the same. The ids of what a run makes are others in each run: they are not in it."""
    digest = hashlib.sha256()
    for doubt in report.doubtful:
        digest.update(json.dumps([doubt.name, doubt.candidate.pk]).encode())
    for row in accounts.each(report):
        met = None if row.short is not None else row.record_id
        digest.update(json.dumps([row.raw.number, row.outcome.value, met, row.detail, row.short]).encode())
    return digest.hexdigest()


def _in_short(record: Any, new_companies: set[int]) -> list[Any]:
    company = getattr(record, "company_id", None)
    return [str(record), getattr(record, "state", ""), "new" if company in new_companies else company]


def keep_preview(
    batch: ImportBatch,
    report: Report,
    accounts: Accounts,
    columns: Columns,
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
        _note(here, report, accounts, columns)
        here.state, here.task, here.fingerprint = BatchState.PREVIEWED, "", fingerprint(accounts, report)
        here.mapping, here.seen = list(mapping), [asdict(column) for column in seen]
        asked = {each.name for each in report.doubtful}
        said = [each for each in answered(here) if each["name"] not in asked]
        here.doubtful = [*said, *(_doubt(each) for each in report.doubtful)]
        here.save()
        _put_rows(here, report, accounts, columns)


def keep_import(
    batch: ImportBatch,
    report: Report,
    accounts: Accounts,
    columns: Columns,
    made: Mapping[RecordKind, Sequence[int]],
    user: User | None,
) -> None:
    """Keeps what an import did, within its transaction. `made` are the ids of what it made beside the rows' records."""
    _note(batch, report, accounts, columns)
    batch.state, batch.task, batch.error = BatchState.CONFIRMED, "", ""
    batch.confirmed_at, batch.confirmed_by = timezone.now(), user
    batch.seen = []
    batch.remarks = [*report.doubtful_lines(), *batch.remarks]
    batch.save()
    _put_rows(batch, report, accounts, columns)
    for kind, ids in made.items():
        for some in _some(ids):
            bulk.insert([ImportMade(batch=batch, kind=kind, record_id=pk) for pk in some])


def _note(batch: ImportBatch, report: Report, accounts: Accounts, columns: Columns) -> None:
    batch.layout, batch.columns = report.layout, columns.names
    batch.counts, batch.remarks = counts_of(report, accounts), report.warning_lines()


def answered(batch: ImportBatch) -> list[dict[str, Any]]:
    """The doubtful names of which somebody said which company they mean."""
    return [each for each in batch.doubtful if each["answer"] is not None]


def _doubt(doubt: Doubtful) -> dict[str, Any]:
    return {"name": doubt.name, "candidate": doubt.candidate.pk, "score": doubt.score, "answer": None}


def _put_rows(batch: ImportBatch, report: Report, accounts: Accounts, columns: Columns) -> None:
    batch.rows.all()._raw_delete(batch.rows.db)  # nothing refers to them
    for some in _some(accounts.each(report)):
        bulk.insert([_import_row(batch, row, columns, accounts.is_preview) for row in some])


def _import_row(batch: ImportBatch, row: Kept, columns: Columns, preview: bool) -> ImportRow:
    detail = row.detail
    if row.becomes is not None:
        detail["becomes"] = row.becomes
    if row.raw.where != f"Row {row.raw.number}":
        detail["where"] = row.raw.where
    return ImportRow(
        batch=batch,
        number=row.raw.number,
        outcome=row.outcome,
        kind=row.kind,
        # What a preview makes is undone with it, ids and all.
        record_id=None if preview and row.short is not None else row.record_id,
        detail=detail,
        cells=columns.cells(row.raw) if preview or row.outcome == RowOutcome.REJECTED else [],
    )


def _some(items: Iterable[Any]) -> Iterator[list[Any]]:
    items = iter(items)
    while some := list(islice(items, CHUNK)):
        yield some


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
