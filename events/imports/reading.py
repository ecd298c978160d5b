"""A file's bytes → its header and rows, within bounds; anything that is no whole, clean table stops here.

Text in any usual encoding and separator, and spreadsheets (`spreadsheet.py`). The bytes are gone through once to find
the encoding and the hash, and once to be read; no line longer than the bound is ever held, so that a broken file fails
fast, and the rows lie on disk (`rows.py`).
"""

import csv
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from events.imports.encodings import PIECE, Unreadable, find_encoding
from events.imports.rows import RawRow, Rows
from events.imports.separators import SEPARATORS, find_separator, stated_separator
from events.text import unguarded

LONGEST_LINE = 256_000  # characters
LONGEST_CELL = 20_000  # characters
MOST_COLUMNS = 500
MOST_ROWS = 100_000
SAMPLE_LINES = 100
_OTHER_FORMATS = (
    (b"\x1f\x8b", "The file is compressed. Unpack it and try again."),
    (b"%PDF", "The file is a PDF, no table."),
    (b"\xd0\xcf\x11\xe0", "The file is a spreadsheet in Excel's old format. Save it as .xlsx and try again."),
)
ZIP = b"PK\x03\x04"
# A cell longer than this has no end: a quotation mark is missing.
MAX_FIELD = 131_072

__all__ = ["BrokenFile", "RawFile", "RawRow", "Rows", "Table", "read_file"]


class BrokenFile(Exception):
    """The file as a whole cannot be read; the message is for an editor."""


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file that was read to its end. `remarks` are what an editor should know of how it was read."""

    name: str
    sha256: str
    header: list[str]
    rows: Rows
    blank_rows: int
    ends_without_line_end: bool
    remarks: tuple[str, ...] = ()


def read_file(path: Path, why_not: Callable[[list[str]], str] = lambda header: "") -> RawFile:
    """The header and rows of the file at `path`. Raises BrokenFile with words for an editor.

    Of a spreadsheet those sheets are read whose header `why_not` has nothing against; the others are named.
    """
    try:
        # A pipe or a device has no size to bound and may never end.
        if not path.is_file():
            raise BrokenFile(f"‘{path}’ is no file." if path.exists() else f"There is no file ‘{path}’.")
        with path.open("rb") as file:
            size, most = os.fstat(file.fileno()).st_size, settings.IMPORT_MAX_BYTES
            if size > most:
                raise BrokenFile(
                    f"The file has {_megabytes(size)} MB; at most {_megabytes(most)} MB are read. "
                    "Split it, or raise the setting IMPORT_MAX_BYTES."
                )
            start = file.read(8)
            file.seek(0)
            for starts, message in _OTHER_FORMATS:
                if start.startswith(starts):
                    raise BrokenFile(message)
            if start.startswith(ZIP):
                # Here, not above: openpyxl takes half a second to load, and files of text do without.
                from events.imports.spreadsheet import read_spreadsheet

                return read_spreadsheet(file, path.name, _sha256(file), why_not)
            return _read(file, path.name)
    except OSError as error:
        raise BrokenFile(f"‘{path}’ cannot be read: {error.strerror or error}.") from error


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f}".removesuffix(".0")


def _sha256(file: BinaryIO) -> str:
    sha256 = hashlib.sha256()
    while piece := file.read(PIECE):
        sha256.update(piece)
    file.seek(0)
    return sha256.hexdigest()


class Table:
    """Rows on their way in, of a file of text or of a sheet: the first that is not blank is the header."""

    def __init__(self, rows: Rows) -> None:
        self.rows, self._first = rows, ""
        self.header: list[str] = []
        self.blank = self.repeated = 0

    def take(self, number: int, cells: list[str], faults: dict[int, str] | None = None) -> None:
        """Raises BrokenFile where the row makes the whole file no table."""
        if not faults and not any(cell.strip() for cell in cells):
            self.blank += 1
        elif not self.header:
            if faults:
                raise BrokenFile(f"A cell of the header cannot be read: {next(iter(faults.values()))}")
            self.header, self._first = _header(cells), cells[0].strip()
        elif cells[0].strip() == self._first and _names(cells) == self.header:
            self.repeated += 1
        else:
            _check_cells(number, cells)
            self.rows.add(number, cells, faults)
            if len(self.rows) > MOST_ROWS:
                raise BrokenFile(f"The file has more than {MOST_ROWS:,} rows. Split it.")

    def remarks(self) -> list[str]:
        if not self.repeated:
            return []
        rows = "1 row repeats" if self.repeated == 1 else f"{self.repeated:,} rows repeat"
        return [f"{rows} the header; passed over."]


def _read(file: BinaryIO, name: str) -> RawFile:
    try:
        text = find_encoding(file)
    except Unreadable as error:
        raise BrokenFile(str(error)) from error
    file.seek(0)
    lines = _Lines(io.TextIOWrapper(file, encoding=text.codec, newline=""))
    table = Table(Rows())
    number = 0
    try:
        # Set anew each time: it is one for the whole process, and other libraries change it.
        csv.field_size_limit(MAX_FIELD)
        separator, all_lines, number = _separated(lines)
        for cells in csv.reader(all_lines, strict=True, delimiter=separator):
            number += 1
            table.take(number, cells)
    except csv.Error as error:
        raise BrokenFile(_csv_words(str(error), number + 1, lines.number)) from error
    finally:
        lines.text.detach()
    header, rows = table.header, table.rows
    if not header:
        raise BrokenFile("The file is empty: it has no header and no rows.")
    if not rows:
        raise BrokenFile("The file has a header, but no rows.")
    last = rows[-1]
    if not lines.ended and len(last.cells) < len(header):
        raise BrokenFile(
            f"The file is cut off: its last row, {last.number}, has {len(last.cells)} of {len(header)} cells."
        )
    remarks = [f"Read as {text.said}."] if text.said else []
    if separator != ",":
        remarks.append(f"Its cells are parted by {SEPARATORS[separator]}.")
    remarks += table.remarks()
    return RawFile(name, text.sha256, header, rows, table.blank, not lines.ended, tuple(remarks))


def _separated(lines: "_Lines") -> tuple[str, Iterator[str], int]:
    """The separator, all lines that hold rows, and how many rows stand before them."""
    coming = iter(lines)
    sample = list(islice(coming, SAMPLE_LINES))
    if sample and (stated := stated_separator(sample[0])):
        return stated, chain(sample[1:], coming), 1
    return find_separator(sample), chain(sample, coming), 0


class _Lines:
    """The file's lines as text, each within the bound."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.number, self.ended = 0, True

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(LONGEST_LINE + 1):
            self.number += 1
            if len(line) > LONGEST_LINE:
                raise BrokenFile(
                    f"Line {self.number} is longer than {LONGEST_LINE:,} characters: this is no table of layoffs."
                )
            self.ended = line.endswith(("\n", "\r"))
            yield line


def _names(cells: Sequence[str]) -> list[str]:
    return [unguarded(cell.strip()) for cell in cells]


def _header(cells: list[str]) -> list[str]:
    names = _names(cells)
    if len(names) > MOST_COLUMNS:
        raise BrokenFile(f"The file has {len(names):,} columns; at most {MOST_COLUMNS} are read.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise BrokenFile(f"The header names the column ‘{twice[0][:60]}’ twice: which one holds is not clear.")
    return names


def _check_cells(number: int, cells: list[str]) -> None:
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise BrokenFile(
            f"Row {number} has a cell of more than {LONGEST_CELL:,} characters: probably a quotation mark is missing."
        )


def _csv_words(error: str, row: int, line: int) -> str:
    """What the csv module complains of, in words for an editor."""
    if "unexpected end of data" in error:
        return f"The file ends inside quotation marks that row {row} opened: it is cut off, or one of them is missing."
    if "field larger" in error:
        return f"Row {row} has a cell without end (line {line}): probably a quotation mark is missing."
    return f"Row {row} (line {line}) is no CSV: {error}."
