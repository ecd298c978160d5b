"""What an import did with every row, in words; and the file of the rows that it set aside."""

import csv
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.imports.layouts import NOT_READ, Layout
from events.imports.layouts.contacts import holds_contact
from events.imports.matching import Doubtful
from events.imports.reading import RawFile, RawRow
from events.text import guarded, unguarded

LEFT_OUT = "(a contact, left out)"
SHOWN_REJECTS = 20
SHOWN_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken, with a reason for each thing that is wrong with it."""

    row: RawRow
    reasons: list[str]

    def __str__(self) -> str:
        return " ".join(f"{self.row.where}, {reason}" for reason in self.reasons)


@dataclass
class Warned:
    """Rows that were taken with the same warning."""

    rows: list[int] = field(default_factory=list)
    examples: dict[str, None] = field(default_factory=dict)

    def add(self, row: int, example: str = "") -> None:
        self.rows.append(row)
        if example and len(self.examples) < SHOWN_EXAMPLES:
            self.examples[f"row {row}: {example}"] = None


@dataclass
class Report:
    """The account of an import: `rows` is new + same + changed + rejected + passed over, always."""

    file: str
    layout: str
    rows: int
    new: int = 0
    same: int = 0
    changed: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    blank_rows: int = 0
    companies_made: int = 0
    companies_matched: int = 0
    sources_made: int = 0
    published: int = 0
    corrected: int = 0
    in_review: int = 0
    warnings: dict[str, Warned] = field(default_factory=lambda: defaultdict(Warned))
    doubtful: list[Doubtful] = field(default_factory=list)
    passed: dict[str, Warned] = field(default_factory=lambda: defaultdict(Warned))
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0.0
    dry_run: bool = False
    batch: int | None = None

    def warn(self, kind: str, row: int, example: str = "") -> None:
        self.warnings[kind].add(row, example)

    def pass_over(self, reason: str, row: int) -> None:
        """Counts a sound row that is nothing of what is kept here."""
        self.passed[reason].add(row)

    def lines(self) -> list[str]:
        """The report for an editor."""
        found = [
            f"{self.file} (layout {self.layout})",
            f"Rows {self.rows:,}: {self.new:,} new, {self.same:,} same, {self.changed:,} changed, "
            f"{len(self.rejected):,} rejected.",
            f"Companies: {self.companies_made:,} made, {self.companies_matched:,} matched. "
            f"Sources: {self.sources_made:,} made.",
            f"Published {self.published:,}, corrected {self.corrected:,}, kept in review {self.in_review:,}.",
        ]
        found += self.doubtful_lines()
        found += [f"Passed over: {_rows(len(each.rows))}: {reason}." for reason, each in self.passed.items()]
        if self.blank_rows:
            found.append(f"Empty rows passed over: {self.blank_rows:,}.")
        found += [f"Warning: {line}" for line in self.warning_lines()]
        found += self.rejection_lines()
        kept = f" Import {self.batch}: --take-back {self.batch} takes it back." if self.batch else ""
        found.append(f"{self.seconds:.1f} seconds.{' Dry run: nothing was kept.' if self.dry_run else kept}")
        return found

    def doubtful_lines(self) -> list[str]:
        if not self.doubtful:
            return []
        near = (f"‘{each.name}’ is near ‘{each.candidate}’ ({each.score})" for each in self.doubtful[:SHOWN_REJECTS])
        more = len(self.doubtful) - SHOWN_REJECTS
        rest = f"; {more:,} more" if more > 0 else ""
        return [f"New companies whose name is near a known one: {'; '.join(near)}{rest}."]

    def warning_lines(self) -> list[str]:
        found = list(self.remarks)
        for kind, warned in self.warnings.items():
            examples = f" ({'; '.join(warned.examples)})" if warned.examples else ""
            found.append(f"{_rows(len(warned.rows))}: {kind}{examples}")
        return found

    def warnings_by_row(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        for kind, warned in self.warnings.items():
            for row in warned.rows:
                found[row].append(kind)
        return found

    def rejection_lines(self) -> list[str]:
        found = [str(rejected) for rejected in self.rejected[:SHOWN_REJECTS]]
        if len(self.rejected) > SHOWN_REJECTS:
            found.append(f"… and {_rows(len(self.rejected) - SHOWN_REJECTS)} more.")
        return found


def _rows(number: int) -> str:
    return f"{number:,} row" if number == 1 else f"{number:,} rows"


class Columns:
    """The columns that a layout reads, with their places in a file: no other is ever kept."""

    def __init__(self, header: Sequence[str], layout: Layout) -> None:
        self.names = layout.headers
        self._width = len(header)
        self._places = [header.index(name) for name in self.names]

    def cells(self, row: RawRow) -> list[str]:
        """What `row` holds in these columns, contacts left out; none of a row of another length: under which of them
        its cells stand, nobody knows."""
        if len(row.cells) != self._width:
            return []
        return [_without_contact(unguarded(row.cells[place])) for place in self._places]


def _without_contact(cell: str) -> str:
    return LEFT_OUT if holds_contact(cell) else cell


def write_rejects(out: Any, names: Sequence[str], rows: Iterable[tuple[Sequence[str], int, Sequence[str]]]) -> None:
    """Writes rows that were set aside (cells, number, reasons) as CSV with two columns more: number and reasons."""
    writer = csv.writer(out)
    writer.writerow([*names, *NOT_READ])
    for cells, number, reasons in rows:
        values = [_as_given(cell) for cell in cells] or [""] * len(names)
        writer.writerow([*values, number, guarded(" ".join(reasons))])


class RejectsFile:
    """The rows that were set aside, as CSV with their row number and the reasons; there whole or not at all.

    It holds the columns that the layout reads and no other, so that none that names contacts gets into it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ready: str | None = None

    def prepare(self, file: RawFile, layout: Layout, rejected: list[Rejected]) -> None:
        """Writes it beside its place. Raises OSError when it cannot."""
        handle, self._ready = tempfile.mkstemp(prefix=f".{self.path.name[:100]}-", dir=self.path.parent or ".")
        with open(handle, "w", encoding="utf-8", newline="") as out:
            columns = Columns(file.header, layout)
            rows = ((columns.cells(each.row), each.row.number, each.reasons) for each in rejected)
            write_rejects(out, columns.names, rows)
            out.flush()
            os.fsync(out.fileno())

    def put(self) -> None:
        """Moves it to its place, in one step."""
        if self._ready:
            os.chmod(self._ready, 0o644)
            os.replace(self._ready, self.path)
            self._ready = None

    def discard(self) -> None:
        if self._ready:
            Path(self._ready).unlink(missing_ok=True)
            self._ready = None


_NUMBER = re.compile(r"[-+]?\d[\d.,]*")


def _as_given(cell: str) -> str:
    """A cell of the file as a spreadsheet may open it: numbers are never touched."""
    return cell if _NUMBER.fullmatch(cell) else guarded(cell)
