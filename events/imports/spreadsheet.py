"""A spreadsheet (XLSX) → its header and rows: each sheet read, or named as unread with the reason.

openpyxl reads the package and the cells; it does so with defusedxml, which refuses entities. Sizes are checked before
anything is unpacked. Of openpyxl only the parser of sheets is used, not its rows: these fill every gap up to a column
or row that a hostile file names, and do not tell a formula without a value from a blank.
"""

import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from events.imports.layouts.seen import SAMPLED_ROWS
from events.imports.reading import MOST_COLUMNS, BrokenFile, RawFile, Rows, Table

UNPACKED_MOST = 1_500_000_000  # bytes of all parts
STRINGS_MOST = 200_000_000  # bytes of the table of texts, which is held in memory
# Sheets of repeated numbers pack to a fiftieth; bombs to a thousandth.
RATIO_MOST = 200
SMALL = 10_000_000  # below this any ratio is harmless
LAST_ROW = 1_048_576  # of a sheet, as Excel has it
FAULTS = (BadZipFile, InvalidFileException, DefusedXmlException, KeyError, ValueError, TypeError, AttributeError,
          IndexError, SyntaxError, EOFError, NotImplementedError, RuntimeError)  # fmt: skip


def read_spreadsheet(
    file: BinaryIO, name: str, sha256: str, why_not: Callable[[list[str]], str] = lambda header: ""
) -> RawFile:
    """All sheets with one header, the first against which `why_not` has nothing. Raises BrokenFile."""
    try:
        _check_package(file)
        with warnings.catch_warnings():
            # Of parts that it does not know; what matters of cells is said by us.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            return _read(book, name, sha256, why_not)
    except BrokenFile:
        raise
    except FAULTS as error:
        raise BrokenFile(f"The spreadsheet is damaged, or no workbook ({type(error).__name__}).") from error


def is_spreadsheet(path: Any) -> bool:
    """Whether the zip at `path` is a workbook."""
    try:
        with ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist() or "[Content_Types].xml" in archive.namelist()
    except (BadZipFile, OSError):
        return False


def _check_package(file: BinaryIO) -> None:
    with ZipFile(file) as archive:
        parts = archive.infolist()
        names = {part.filename for part in parts}
        if "mimetype" in names and "[Content_Types].xml" not in names:
            raise BrokenFile("The file is an OpenDocument spreadsheet. Save it as .xlsx or as CSV and try again.")
        if "[Content_Types].xml" not in names:
            raise BrokenFile("The file is an archive, no spreadsheet. Unpack it and try again.")
        unpacked = sum(part.file_size for part in parts)
        if unpacked > UNPACKED_MOST:
            raise BrokenFile(f"Unpacked the spreadsheet would have {unpacked:,} bytes; at most {UNPACKED_MOST:,} are.")
        for part in parts:
            if part.file_size > SMALL and part.file_size > RATIO_MOST * max(part.compress_size, 1):
                raise BrokenFile(
                    f"‘{part.filename[:60]}’ in the spreadsheet unpacks to {part.file_size:,} bytes, more than "
                    f"{RATIO_MOST} times its size: it is not opened."
                )
            if "sharedStrings" in part.filename and part.file_size > STRINGS_MOST:
                raise BrokenFile(
                    f"The spreadsheet has {part.file_size:,} bytes of text; at most {STRINGS_MOST:,} are read. "
                    "Save it as CSV and try again."
                )
    file.seek(0)


def _read(book: Workbook, name: str, sha256: str, why_not: Callable[[list[str]], str]) -> RawFile:
    rows = Rows()
    chosen: Table | None = None
    blank, last = 0, 0
    remarks: list[str] = []
    unfit: list[tuple[str, str]] = []
    first_header: list[str] = []
    first: Any = None
    chosen_sheet = ""
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            remarks.append(f"Sheet ‘{sheet.title}’ not read: it is hidden. Show it if it is to be read.")
            continue
        header = _header_of(sheet)
        if not header:
            remarks.append(f"Sheet ‘{sheet.title}’ not read: it is empty.")
            continue
        first_header, first = first_header or header, first or sheet
        if reason := why_not(header):
            unfit.append((sheet.title, reason))
            continue
        if chosen and header != chosen.header:
            remarks.append(f"Sheet ‘{sheet.title}’ not read: its header is not that of sheet ‘{chosen_sheet}’.")
            continue
        before = last
        if chosen or len(book.worksheets) > 1:
            rows.begin_sheet(sheet.title, before)
        table, count = Table(rows), len(rows)
        for number, cells, faults in _rows(sheet):
            last = before + number
            table.take(last, cells, faults)
        blank += table.blank
        remarks += [f"Sheet ‘{sheet.title}’: {remark}" for remark in table.remarks()]
        if len(rows) == count:
            remarks.append(f"Sheet ‘{sheet.title}’ has a header, but no rows.")
        elif len(book.worksheets) > 1:
            remarks.append(f"Sheet ‘{sheet.title}’ read: {len(rows) - count:,} rows.")
        if chosen is None:
            chosen, chosen_sheet = table, sheet.title
    if chosen is None and first_header:
        # The layouts say best why none of them fits; an editor is shown a few rows.
        table = Table(rows)
        for number, cells, faults in islice(_rows(first), SAMPLED_ROWS):
            table.take(number, cells, faults)
        return RawFile(name, sha256, first_header, rows, 0, False, tuple(remarks))
    if chosen is None:
        raise BrokenFile(" ".join(["The spreadsheet is empty: no sheet of it has a header and rows.", *remarks]))
    if not rows:
        raise BrokenFile("The spreadsheet has a header, but no rows.")
    remarks += [f"Sheet ‘{title}’ not read: {reason}" for title, reason in unfit]
    return RawFile(name, sha256, chosen.header, rows, blank, False, tuple(remarks))


def _header_of(sheet: Any) -> list[str]:
    """The first row with text, without reading on; empty where there is none."""
    table = Table(Rows())
    for number, cells, faults in _rows(sheet):
        table.take(number, cells, faults)
        if table.header:
            return table.header
    return []


class _Parser(WorkSheetParser):
    """Marks a formula whose value the file does not hold: it would read as a blank."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell


def _rows(sheet: Any) -> Iterator[tuple[int, list[str], dict[int, str]]]:
    """Number, texts and faults of each row that the sheet names. Raises BrokenFile."""
    book, percent = sheet.parent, _percent_styles(sheet.parent)
    header_row = 0
    with sheet._get_source() as source:
        parser = _Parser(
            source, sheet._shared_strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for number, row in parser.parse():
            if number > LAST_ROW:
                raise BrokenFile(f"Sheet ‘{sheet.title}’ names a row {number:,}: a sheet has {LAST_ROW:,} at most.")
            cells: list[str] = []
            faults: dict[int, str] = {}
            for cell in row:
                place, value, type_ = cell["column"] - 1, cell["value"], cell["data_type"]
                if value is None and type_ != "f":
                    continue
                if place >= MOST_COLUMNS:
                    raise BrokenFile(
                        f"Sheet ‘{sheet.title}’ has a cell in column {place + 1:,}; at most {MOST_COLUMNS} are read."
                    )
                cells += [""] * (place + 1 - len(cells))
                called = f"{get_column_letter(place + 1)}{number}"
                if type_ == "f":
                    faults[place] = f"cell {called} holds a formula whose value was not saved. Save it with its values."
                elif type_ == "e":
                    faults[place] = f"cell {called} holds the error {value}."
                else:
                    cells[place] = _text(value, cell["style_id"] in percent)
            if cells and not header_row:
                header_row, width = number, len(cells)
            if cells:
                yield number, cells + [""] * (width - len(cells)), faults
        for merged in parser.merged_cells.mergeCell if parser.merged_cells else ():
            first, last = merged.min_row, merged.max_row
            if first <= header_row <= last:
                raise BrokenFile(
                    f"Sheet ‘{sheet.title}’: the cells {merged.ref} of its header are merged; which column each name "
                    "belongs to is not clear. Undo that and try again."
                )


def _percent_styles(book: Any) -> set[int]:
    """The styles by which a number is shown in percent."""
    forms = BUILTIN_FORMATS | dict(enumerate(book._number_formats, BUILTIN_FORMATS_MAX_SIZE))
    return {place for place, style in enumerate(book._cell_styles) if "%" in forms.get(style.numFmtId, "")}


def _text(value: Any, percent: bool) -> str:
    """A cell's value as a file of text would have it: days as 2024-03-14, 16000.0 as 16000, 0.15 shown as 15%."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        number = round(value * 100, 10) if percent else value
        shown = repr(int(number)) if number == int(number) else repr(number)
        return f"{shown}%" if percent else shown
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
