"""Workbooks as editors save them, and as nobody should."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter

from events.imports.reading import BrokenFile, read_file
from events.imports.spreadsheet import SMALL
from events.models import LayoffEvent
from events.tests.imports.files import TECH, tech_row

HEADER = TECH.split(",")


def workbook(sheets, change=lambda book: None):
    """The bytes of a workbook with these sheets of rows, by title."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rewritten(content, part, change):
    """The workbook with one part of its package changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def tech_cells(**cells):
    return [tech_row(**cells).get(name) for name in HEADER]


def read(put, content, **options):
    return read_file(put(content, "book.xlsx"), **options)


def message_of(put, content):
    with pytest.raises(BrokenFile) as stopped:
        read(put, content)
    return str(stopped.value)


SHEET = "xl/worksheets/sheet1.xml"
PLAIN = {"List": [["a", "b"], ["1", "2"]]}


def test_cells_are_read_as_a_file_of_text_would_have_them(put):
    def percent(book):
        book["List"]["D2"].number_format = "0.0%"

    row = ["Acme", 16000.0, date(2024, 3, 14), 0.155, 12.5, True, None, datetime(2024, 3, 14, 8, 30)]
    file = read(put, workbook({"List": [list("abcdefgh"), row]}, percent))
    assert file.rows[0].cells == ["Acme", "16000", "2024-03-14", "15.5%", "12.5", "1", "", "2024-03-14 08:30:00"]
    assert (file.rows[0].number, file.rows[0].where, file.ends_without_line_end) == (2, "Row 2", False)


@pytest.mark.django_db
def test_a_known_list_saved_as_a_workbook_is_imported(load):
    rows = [tech_cells(people=16000.0, date=date(2024, 3, 14)), tech_cells(company="Bolt", date=date(2024, 3, 4))]
    report = load(workbook({"List": [HEADER, *rows]}), "list.xlsx")
    assert report.new == 2
    assert set(LayoffEvent.objects.values_list("company__name", "people", "announced_on")) == {
        ("Acme", 16000, date(2024, 3, 14)),
        ("Bolt", 120, date(2024, 3, 4)),
    }


def test_each_sheet_is_read_or_named_with_the_reason(put):
    def hide(book):
        book["Old"].sheet_state = "hidden"

    sheets = {
        "Notes": [["What this is"]],
        "2024": [["a", "b"], ["1", "2"], [], ["3", "4"]],
        "2023": [["a", "b"], ["5", "6"]],
        "Other": [["b", "a"], ["5", "6"]],
        "Blank": [],
        "Old": [["a", "b"], ["7", "8"]],
    }
    file = read(put, workbook(sheets, hide), why_not=lambda header: "" if len(header) > 1 else "it is one column.")
    assert [row.cells for row in file.rows] == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert [row.where for row in file.rows] == ["Sheet ‘2024’, row 2", "Sheet ‘2024’, row 4", "Sheet ‘2023’, row 2"]
    assert len({row.number for row in file.rows}) == 3
    assert file.remarks == (
        "Sheet ‘2024’ read: 2 rows.",
        "Sheet ‘2023’ read: 1 rows.",
        "Sheet ‘Other’ not read: its header is not that of sheet ‘2024’.",
        "Sheet ‘Blank’ not read: it is empty.",
        "Sheet ‘Old’ not read: it is hidden. Show it if it is to be read.",
        "Sheet ‘Notes’ not read: it is one column.",
    )


def test_formulas_give_the_value_that_was_saved(put):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write(1, 1, "x")
    assert read(put, out.getvalue()).rows[0].cells == ["2", "x"]


@pytest.mark.django_db
def test_formulas_without_a_value_and_errors_are_named_by_their_cell(load, tmp_path):
    rows = [tech_cells(), tech_cells(company="Bolt", people="=SUM(A1:A9)"), tech_cells(company="#REF!")]
    rows[0][7] = "=1+1"  # a column that is not read
    report = load(workbook({"List": [HEADER, *rows]}), "list.xlsx", rejects=tmp_path / "out.csv")
    assert report.new == 1
    assert [str(rejected) for rejected in report.rejected] == [
        "Row 3, total_laid_off: cell C3 holds a formula whose value was not saved. Save it with its values.",
        "Row 4, company: cell A4 holds the error #REF!.",
    ]


def test_merged_cells_of_the_header_are_refused(put):
    def merge(book):
        book["List"].merge_cells("A1:B1")

    assert "A1:B1 of its header are merged" in message_of(put, workbook(PLAIN, merge))


def test_merged_cells_below_the_header_leave_blanks(put):
    def merge(book):
        book["List"].merge_cells("A2:B2")

    assert read(put, workbook(PLAIN, merge)).rows[0].cells == ["1", ""]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (workbook({"List": []}), "no sheet of it has a header and rows"),
        (workbook({"List": [["a", "b"]]}), "a header, but no rows"),
        (workbook({"List": [["a", "a"], [1, 2]]}), "names the column ‘a’ twice"),
        (workbook({"List": [["a", "b"], ["x" * 30_000, 2]]}), "a cell of more than 20,000 characters"),
        (workbook({"List": [["a", "b"], [1] * 600]}), "has a cell in column 501"),
        (workbook(PLAIN)[:-100], "is damaged, or no workbook"),
        (rewritten(workbook(PLAIN), SHEET, lambda part: part.replace(b'r="B2"', b'r="ZZZ2"')), "in column 18,278"),
        (rewritten(workbook(PLAIN), SHEET, lambda part: part[: len(part) // 2]), "is damaged, or no workbook"),
        (
            rewritten(workbook(PLAIN), SHEET, lambda part: part.replace(b'<row r="2"', b'<row r="999999999"')),
            "names a row 999,999,999",
        ),
        (
            rewritten(
                workbook(PLAIN), SHEET, lambda part: b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + part
            ),
            "is damaged, or no workbook",
        ),
        (rewritten(workbook(PLAIN), SHEET, lambda part: part + b" " * (SMALL * 2)), "more than 200 times its size"),
    ],
)
def test_a_hostile_workbook_is_refused_with_one_clear_message(put, content, says):
    assert says in message_of(put, content)


def test_a_string_of_ten_megabytes_is_refused(put):
    content = rewritten(workbook(PLAIN), SHEET, lambda part: part.replace(b">1<", b">" + b"x" * 9_999_000 + b"<"))
    assert "a cell of more than 20,000 characters" in message_of(put, content)


def test_other_archives_are_named(put):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "OpenDocument" in message_of(put, out.getvalue())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("list.csv", "a,b")
    assert "an archive, no spreadsheet" in message_of(put, out.getvalue())
