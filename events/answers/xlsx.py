"""A selection as a spreadsheet (Office Open XML): what it is on the first sheet, its rows on the second.

Written row by row into a temporary file, so that memory stays constant. Text is text: no formula or link is ever made
of it. A sheet holds 1,048,576 lines: what does not fit goes on in a further one.
"""

import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from events.answers.answer import Answer
from events.answers.csv import BETWEEN
from events.answers.xml import held

# Of a sheet, its heading taken off.
MAX_ROWS = 1_048_575
MAX_UNITS = 32_767
# Excel's days begin here; 1900 is no leap year, as Excel has it, so that days before March 1900 are off by one.
FIRST_DAY = date(1900, 3, 1)
WIDTHS = {"id": 8, "company": 24, "title": 48, "wording": 24, "url": 40, "source_url": 40, "companies": 32}


def write(answer: Answer, max_rows: int = MAX_ROWS) -> IO[bytes]:
    """The whole spreadsheet, in a file that is gone when it is closed."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    try:
        options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
        with xlsxwriter.Workbook(file, options) as book:
            book.set_properties({"title": f"LayoffWatch: {answer.about.filter}"[:255], "comments": answer.about.page})
            _About(book).write(answer)
            _Rows(book).write(answer, max_rows)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


class _Sheets:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})

    def put(self, sheet: Worksheet, row: int, column: int, value: Any) -> None:
        match value:
            case None:
                return
            case bool():
                sheet.write_boolean(row, column, value)
            case int() | Decimal():
                sheet.write_number(row, column, value)
            case date() if value >= FIRST_DAY:
                sheet.write_datetime(row, column, value, self.day)
            case list():
                self.put(sheet, row, column, BETWEEN.join(str(one) for one in value) or None)
            case _:
                sheet.write_string(row, column, as_text(str(value)))


class _About(_Sheets):
    """Statements, one a line, and below them what each column means."""

    def write(self, answer: Answer) -> None:
        sheet = self.book.add_worksheet("About")
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 90)
        facts = answer.about.facts()
        for line, fact in enumerate(facts):
            sheet.write_string(line, 0, as_text(fact.label), self.bold)
            self.put(sheet, line, 1, fact.value)
        line = len(facts) + 1
        sheet.write_string(line, 0, "Column", self.bold)
        sheet.write_string(line, 1, "Meaning", self.bold)
        for below, column in enumerate(answer.columns, start=line + 1):
            sheet.write_string(below, 0, column.name)
            sheet.write_string(below, 1, str(column.meaning))


class _Rows(_Sheets):
    def write(self, answer: Answer, max_rows: int) -> None:
        sheets = self._sheets(answer)
        sheet, line = next(sheets), 0
        for row in answer.rows():
            if line == max_rows:
                sheet, line = next(sheets), 0
            line += 1
            for at, column in enumerate(answer.columns):
                self.put(sheet, line, at, column.of(row, answer.base))

    def _sheets(self, answer: Answer) -> Iterator[Worksheet]:
        number = 0
        while True:
            number += 1
            sheet = self.book.add_worksheet("Rows" if number == 1 else f"Rows {number}")
            sheet.freeze_panes(1, 0)
            for at, column in enumerate(answer.columns):
                sheet.set_column(at, at, WIDTHS.get(column.name, 14))
            for at, column in enumerate(answer.columns):
                sheet.write_string(0, at, column.name, self.bold)
            yield sheet


def as_text(text: str) -> str:
    """`text` as a cell holds it: without what XML cannot say, cut with an ellipsis where it is too long."""
    text = held(text)
    # Excel counts in units of UTF-16, of which a sign has one or two.
    if len(text) > MAX_UNITS // 2 and len(text.encode("utf-16-le")) // 2 > MAX_UNITS:
        text = text.encode("utf-16-le")[: 2 * (MAX_UNITS - 1)].decode("utf-16-le", "ignore") + "…"
    # The library takes such a text for XML of its own making.
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text
