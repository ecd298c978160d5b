"""One file on its way into the desk, whatever its rows become: what the kinds have in common.

The file is read and checked before the transaction begins, so that other writers wait only while rows are written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.utils.text import capfirst

from events import publishing
from events.imports.account import Accounts, RowAccount
from events.imports.layouts import BadRow, Layout, PassedOver, unread_columns
from events.imports.layouts.seen import SeenColumn
from events.imports.matching import Answers, Companies
from events.imports.reading import BrokenFile, RawFile, RawRow
from events.imports.report import Rejected, Report
from events.imports.rows import Spool
from events.models import Company, ImportBatch, Source, bulk
from events.models.choices import BatchState, RecordKind, RowOutcome, State
from events.text import unguarded

# Entries of history that begin with these words hold what an import wrote; any later difference is an editor's.
IMPORTED = "Imported from "
# And those that begin so what was there before an import, given back.
TAKEN_BACK = "Taken back: "
CHUNK = 500


class ImportStopped(Exception):
    """Nothing was imported; the message says why, for an editor. `report` is there when rows were the reason.

    `columns` are those of a file that is not known; `brief` is the message without them.
    """

    def __init__(
        self, message: str, report: Report | None = None, *, columns: Sequence[SeenColumn] = (), brief: str = ""
    ) -> None:
        super().__init__(message)
        self.report, self.columns, self.brief = report, columns, brief or message


class Run:
    """One import. A kind says what a row that was understood is (`take`) and how all are written (`write`)."""

    def __init__(
        self,
        file: RawFile,
        layout: Layout,
        *,
        publish: bool,
        set_aside: bool,
        user: User | None,
        progress: Callable[[str], None],
    ) -> None:
        self.file, self.layout, self.publish, self.set_aside = file, layout, publish, set_aside
        self.user, self.progress = user, progress
        self.answers: Answers = {}
        self.report = Report(file.name, layout.name, len(file.rows), blank_rows=file.blank_rows)
        # What became of each row, and the ids of what was made beside: the account is kept with the batch, which is
        # there from the transaction's beginning.
        self.accounts = Accounts(file.rows)
        self.made: dict[RecordKind, list[int]] = {RecordKind.COMPANY: [], RecordKind.SOURCE: []}
        self.batch: ImportBatch
        # The rows that were understood, until they are written: their places in the file, with what they say.
        self.understood: Spool[tuple[int, Any]] = Spool()

    @property
    def reason(self) -> str:
        return self.batch.history_reason(IMPORTED)

    def rows(self) -> Iterator[tuple[RawRow, Any]]:
        """The rows that were understood, with what they say."""
        return ((self.file.rows[index], facts) for index, facts in self.understood)

    def take(self, raw: RawRow, facts: Any) -> None:
        """Keeps a row that was understood until it is written. Raises BadRow."""
        self.understood.add((raw.index, facts))

    def write(self) -> None:
        """In the transaction: compares the rows with what is here and writes what is new or changed."""
        raise NotImplementedError

    def read_rows(self) -> None:
        """Before the transaction: understands every row; those that cannot be are rejected."""
        self._remark_on_file()
        header, layout = self.file.header, self.layout
        places = [(name, header.index(name)) for name in layout.headers]
        for count, raw in enumerate(self.file.rows, 1):
            cells = raw.cells
            if len(cells) != len(header):
                self.reject(raw, [f"it has {len(cells)} cells, the header has {len(header)}."])
                continue
            faults = raw.faults
            if wrong := [f"{name}: {faults[place]}" for name, place in places if place in faults]:
                self.reject(raw, wrong)
                continue
            try:
                facts, doubts = layout.read({name: unguarded(cells[place]) for name, place in places})
                self.take(raw, facts)
            except PassedOver as passed:
                self.report.pass_over(passed.reason, raw.number)
                self.accounts.put(RowAccount(raw, RowOutcome.PASSED_OVER, None, {"reasons": [passed.reason]}))
                continue
            except BadRow as bad:
                self.reject(raw, bad.messages)
                continue
            for doubt in doubts:
                self.report.warn(doubt.kind, raw.number, doubt.message)
            if count % 5000 == 0:
                self.progress(f"Read {count:,} of {len(self.file.rows):,} rows")
        self.stop_at_rejects()

    def _remark_on_file(self) -> None:
        self.report.remarks += self.file.remarks
        last = self.file.rows[-1]
        if self.file.ends_without_line_end:
            if self.layout.seems_cut(self.file.header[-1], last.cells[-1]):
                raise BrokenFile(f"The file is cut off: row {last.number} ends with ‘{last.cells[-1][-40:]}’.")
            self.report.remarks.append(
                f"The file's last line has no end. If row {last.number} is not its last row, it was cut off."
            )
        if unread := [column for column in unread_columns(self.layout, self.file.header) if column]:
            self.report.remarks.append(f"Columns not read: {', '.join(unread[:10])}.")

    def reject(self, raw: RawRow, reasons: list[str]) -> None:
        self.report.rejected.append(Rejected(raw, reasons))
        self.accounts.put(RowAccount(raw, RowOutcome.REJECTED, None, {"reasons": reasons}))

    def publish_all(self, model: Any, made: Sequence[int], drafts: Sequence[int]) -> None:
        """Makes public what was made for that, and of the `drafts` of earlier imports those that can be."""
        ready = []
        asked = [name for name in ("citations", "relations") if hasattr(model, name)]
        for some in chunks(drafts):
            for record in model.objects.filter(pk__in=some, state=State.DRAFT).prefetch_related(*asked):
                if problems := publishing.problems(record):
                    self.report.remarks.append(
                        f"{capfirst(record._meta.verbose_name)} {record.pk} stays a draft: {problems[0]}"
                    )
                else:
                    ready.append(record.pk)
        self.accounts.published.update(ready)
        ready += made
        self.progress(f"Publishing {len(ready):,} {model._meta.verbose_name_plural}")
        publishing.publish_all(model, ready, f"Published with {self.file.name}")
        self.report.published = len(ready)

    def stop_at_rejects(self) -> None:
        if self.report.rejected and not self.set_aside:
            report = self.report
            report.rejected.sort(key=lambda each: each.row.number)
            words = "\n".join(report.rejection_lines())
            raise ImportStopped(
                f"Nothing was imported: {len(report.rejected):,} of {report.rows:,} rows cannot be.\n{words}\n"
                "Correct the file, or set such rows aside with --rejects FILE.",
                report,
            )

    def account_for(self, companies: Companies, made: Sequence[Company]) -> None:
        """Writes what was answered of names as aliases, so that nobody is asked again, and reports."""
        for some in chunks(made):
            self.create(some)
        self.made[RecordKind.COMPANY] += [company.pk for company in made]
        self.accounts.new_companies.update(company.pk for company in made)
        self.create(companies.aliases)
        for alias in companies.aliases:
            self.save(alias.company, {})  # its words to search for name its aliases
        self.report.companies_made, self.report.companies_matched = len(made), len(companies.matched)
        wanted = {id(company) for company in made}
        self.report.doubtful = [each for each in companies.doubtful if id(companies.named(each.name)) in wanted]

    def create(self, objects: Sequence[models.Model]) -> None:
        bulk.insert_with_history(objects, self.reason, self.user)

    def change(self, objects: Sequence[models.Model], names: Iterable[str]) -> None:
        """Writes the fields `names` of records that are here."""
        bulk.update_with_history(objects, names, self.reason, self.user)

    def made_sources(self, sources: Sequence[Source]) -> None:
        self.made[RecordKind.SOURCE] += [source.pk for source in sources]
        self.report.sources_made += len(sources)

    def save(self, record: models.Model, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(record, name, value)
        record._change_reason = self.reason  # type: ignore[attr-defined]  # simple_history reads these two
        if self.user is not None:
            record._history_user = self.user  # type: ignore[attr-defined]
        record.save()


def last_import(model: Any, pks: Sequence[int]) -> dict[int, Any]:
    """What an import wrote last into each record of `pks`: its entry of history. What was taken back does not count."""
    taken_back = [batch.history_reason(IMPORTED) for batch in ImportBatch.objects.filter(state=BatchState.TAKEN_BACK)]
    found = {}
    for some in chunks(pks):
        entries = model.history.filter(id__in=some, history_change_reason__startswith=IMPORTED)
        entries = entries.exclude(history_change_reason__in=taken_back)
        found.update({entry.id: entry for entry in entries.order_by("history_date", "history_id")})
    return found


def clash_of(record: Any, written: Any, values: dict[str, Any], names: Sequence[str]) -> list[str]:
    """In which fields `record` is neither what an import wrote nor what the row says now."""
    if written is None:
        return ["what the import wrote is not in its history"]
    clash = []
    for name in names:
        now, before = getattr(record, name), getattr(written, name)
        if now != before and now != values.get(name, before):
            clash.append(f"{name.removesuffix('_id')} is ‘{now}’ here, the file said ‘{before}’")
    return clash


def chunks(items: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
