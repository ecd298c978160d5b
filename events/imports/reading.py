"""A file's bytes → its header and rows, within bounds; anything that is no whole, clean CSV file stops here.

Nothing is read twice and no line longer than the bound is ever held, so that a broken file fails fast.
"""

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from events.text import unguarded

LONGEST_LINE = 256_000  # bytes
LONGEST_CELL = 20_000  # characters
MOST_COLUMNS = 500
MOST_ROWS = 25_000  # more would keep other writers waiting for longer than they do (settings: timeout)
_OTHER_FORMATS = (
    ((b"\xff\xfe", b"\xfe\xff"), "The file is in UTF-16. Save it as “CSV UTF-8” and try again."),
    ((b"PK\x03\x04",), "The file is a spreadsheet or an archive, no CSV. Save it as “CSV UTF-8” and try again."),
    ((b"\x1f\x8b",), "The file is compressed. Unpack it and try again."),
    ((b"%PDF",), "The file is a PDF, no CSV."),
)
# A cell longer than this has no end: a quotation mark is missing.
MAX_FIELD = 131_072


class BrokenFile(Exception):
    """The file as a whole cannot be read; the message is for an editor."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it. `number` counts as a spreadsheet does: the header is row 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file that was read to its end."""

    name: str
    sha256: str
    header: list[str]
    rows: list[RawRow]
    blank_rows: int
    ends_without_line_end: bool


def read_file(path: Path) -> RawFile:
    """The header and rows of the CSV file at `path`. Raises BrokenFile with words for an editor."""
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
            return _read(file, path.name)
    except OSError as error:
        raise BrokenFile(f"‘{path}’ cannot be read: {error.strerror or error}.") from error


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f}".removesuffix(".0")


def _read(file: BinaryIO, name: str) -> RawFile:
    lines = _Lines(file)
    header: list[str] = []
    rows: list[RawRow] = []
    number = blank = 0
    try:
        # Set anew each time: it is one for the whole process, and other libraries change it.
        csv.field_size_limit(MAX_FIELD)
        for cells in csv.reader(lines, strict=True):
            number += 1
            if not any(cell.strip() for cell in cells):
                blank += 1
            elif not header:
                header = _header(cells)
            else:
                _check_cells(number, cells)
                rows.append(RawRow(number, cells))
                if len(rows) > MOST_ROWS:
                    raise BrokenFile(
                        f"The file has more than {MOST_ROWS:,} rows. Split it: writers wait for one another."
                    )
    except csv.Error as error:
        raise BrokenFile(_csv_words(str(error), number + 1, lines.number)) from error
    if not header:
        raise BrokenFile("The file is empty: it has no header and no rows.")
    if not rows:
        raise BrokenFile("The file has a header, but no rows.")
    if not lines.ended and len(rows[-1].cells) < len(header):
        raise BrokenFile(
            f"The file is cut off: its last row, {rows[-1].number}, has {len(rows[-1].cells)} of {len(header)} cells."
        )
    return RawFile(name, lines.sha256.hexdigest(), header, rows, blank, not lines.ended)


@dataclass
class _Lines:
    """The file's lines as text, each within the bound, with the hash of all bytes that went by."""

    file: BinaryIO
    number: int = 0
    ended: bool = True
    sha256: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def __iter__(self) -> Iterator[str]:
        while line := self.file.readline(LONGEST_LINE + 1):
            self.number += 1
            self.sha256.update(line)
            if self.number == 1:
                line = self._first(line)
            self.ended = line.endswith((b"\n", b"\r"))
            yield self._text(line)

    def _first(self, line: bytes) -> bytes:
        for starts, message in _OTHER_FORMATS:
            if line.startswith(starts):
                raise BrokenFile(message)
        return line.removeprefix(b"\xef\xbb\xbf")

    def _text(self, line: bytes) -> str:
        if b"\0" in line:
            raise BrokenFile(
                f"Line {self.number} holds a NUL byte: the file is damaged or no text in UTF-8. "
                "Save it as “CSV UTF-8” and try again."
            )
        if len(line) > LONGEST_LINE:
            raise BrokenFile(f"Line {self.number} is longer than {LONGEST_LINE:,} bytes: this is no table of layoffs.")
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BrokenFile(
                f"Line {self.number} is not in UTF-8 (byte {line[error.start]:#04x} at place {error.start + 1}): the "
                "file is in another encoding or cut off. Save it as “CSV UTF-8” and try again."
            ) from error


def _header(cells: list[str]) -> list[str]:
    names = [unguarded(cell.strip()) for cell in cells]
    if len(names) > MOST_COLUMNS:
        raise BrokenFile(f"The file has {len(names):,} columns; at most {MOST_COLUMNS} are read.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise BrokenFile(f"The header names the column ‘{twice[0]}’ twice: which one holds is not clear.")
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
    if "new-line character" in error:
        return f"Line {line} ends as on old Macs. Save the file as “CSV UTF-8” and try again."
    return f"Row {row} (line {line}) is no CSV: {error}."
