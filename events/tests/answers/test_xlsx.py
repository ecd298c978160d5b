"""The spreadsheet: what it says of itself, numbers as numbers, days as days, text as text, and more than one sheet."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from events.answers import xlsx
from events.answers.answer import SUBJECTS, Answer
from events.answers.columns import EVENT_COLUMNS, Column, Type
from events.query import EventQuery
from events.tests.answers.conftest import CONTROLS, HOSTILE
from events.tests.answers.reading import body, json_pages, json_rows, sheets, xlsx_rows

pytestmark = pytest.mark.django_db

# XML has no word for these.
NO_XML = set(CONTROLS) - set("\t\n\r\x7f\x85\u2028\u2029")


def as_xml_has_it(text):
    return "".join("\ufffd" if sign in NO_XML else sign for sign in text)


@pytest.mark.parametrize("stem", ["events", "ai", "companies"])
def test_the_first_sheet_says_what_the_answer_states_and_what_columns_mean(stem, client, record):
    string = "q=a&order=-people" if stem == "companies" else "company=amazon"
    book = sheets(client, f"/{stem}.xlsx?{string}")
    assert book.sheetnames == ["About", "Rows"]
    said = {label: value for label, value in book["About"].iter_rows(max_col=2, values_only=True) if label}
    about = json_pages(client, f"/{stem}.json?{string}")[0]["about"]
    assert (said["Filter"], said["The same view as a page"]) == (about["filter"], about["page"])
    assert (said["Rows"], said["Data version"], said["Licence"]) == (about["rows"], about["data_version"], "CC BY 4.0")
    if stem == "events":
        assert said["cut: people known"] == about["totals"]["cut"]["people"]["known"]
        assert said["cut: without a figure"] == about["totals"]["cut"]["without_figure"]
    for column in SUBJECTS[stem].columns:
        assert said[column.name] == str(column.meaning)


def test_numbers_are_numbers_days_are_days_and_true_is_true(client, record):
    rows = xlsx_rows(client, "/events.xlsx")
    (row,) = [row for row in rows if row["title"] == "Google cuts jobs"]
    assert (row["people_low"], row["people"], row["share_percent"]) == (950, 1000, 1.4)
    assert row["announced_from"] == datetime(2024, 1, 10)
    assert row["effective_until"] == datetime(2024, 3, 31)
    # A date that may be a month, quarter or year is text throughout.
    assert (row["announced_on"], row["effective_on"]) == ("2024-01-10", "2024-Q1")
    assert {row["high_open"] for row in rows} <= {True, False}
    types = {column.name: column.type for column in EVENT_COLUMNS}
    for row in rows:
        for name, value in row.items():
            if value is not None and types[name] in (Type.INTEGER, Type.DECIMAL):
                assert isinstance(value, int | float), name


def test_no_text_becomes_a_formula_a_link_or_markup(client, record):
    content = body(client.get("/events.xlsx"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            tree = ElementTree.fromstring(archive.read(name))  # whole, or this raises
            if "worksheets/sheet" in name:
                found = {element.tag.rpartition("}")[2] for element in tree.iter()}
                assert not found & {"f", "hyperlink", "hyperlinks", "r"}, name
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in book["Rows"].iter_rows():
        for cell in row:
            assert cell.data_type != "f"
            assert cell.hyperlink is None


def test_every_text_comes_back_as_it_was_as_far_as_xml_can_say_it(client, record):
    rows_of = {row["id"]: row for row in xlsx_rows(client, "/events.xlsx")}
    hostile = [row for row in json_rows(client, "/events.json") if row["title"] in HOSTILE]
    assert len(hostile) == len(HOSTILE)
    for tree in hostile:
        for name in ("title", "wording", "place", "publisher", "share_of"):
            text = as_xml_has_it(tree[name])
            # openpyxl leaves the format's own escapes in a cell's text.
            assert unescape(rows_of[tree["id"]][name]) == (f"{text} " if text.startswith("<r>") else text)


def write(rows, columns, max_rows=xlsx.MAX_ROWS):
    """A spreadsheet of values that the record cannot hold."""
    answer = Answer.to(replace(SUBJECTS["events"], columns=columns), EventQuery.from_string(""), "https://host.example")
    answer.rows = lambda: iter(rows)
    with xlsx.write(answer, max_rows) as file:
        return openpyxl.load_workbook(io.BytesIO(file.read()))


VALUE = (Column("value", "A value.", Type.TEXT, lambda row: row),)


def test_more_rows_than_a_sheet_holds_go_on_in_a_further_one():
    book = write(range(25), (Column("value", "A value.", Type.INTEGER, lambda row: row),), max_rows=10)
    assert book.sheetnames == ["About", "Rows", "Rows 2", "Rows 3"]
    columns = [[row[0] for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames[1:]]
    assert [column[0] for column in columns] == ["value"] * 3
    assert [value for column in columns for value in column[1:]] == list(range(25))
    # A sheet that is just full needs no further one.
    assert write(range(10), VALUE, max_rows=10).sheetnames == ["About", "Rows"]
    assert xlsx.MAX_ROWS == 2**20 - 1


def test_a_text_longer_than_a_cell_is_cut_and_says_so():
    fits, long, wide = "x" * 32_767, "y" * 40_000, "\U0001f600" * 20_000
    found = [row[0] for row in write([fits, long, wide], VALUE)["Rows"].iter_rows(min_row=2, values_only=True)]
    assert found[0] == fits
    assert found[1] == "y" * 32_766 + "…"
    # Excel counts such a sign twice.
    assert found[2] == "\U0001f600" * 16_383 + "…"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (-5, -5),
        (Decimal("-5.5"), -5.5),
        (Decimal("123456789012.345"), 123456789012.345),
        (0, 0),
        (False, False),
        (date(9999, 12, 31), datetime(9999, 12, 31)),
        # Excel has no day before 1900 and a wrong one in its first two months.
        (date(1899, 12, 31), "1899-12-31"),
        (date(1, 1, 1), "0001-01-01"),
        ([], None),
        (["a", "b"], "a; b"),
        ("", None),
        (None, None),
    ],
)
def test_each_kind_of_value_is_a_cell_of_its_kind(value, found):
    sheet = write([value], (Column("value", "A value.", Type.WORD, lambda row: row),))["Rows"]
    cell = sheet["A2"].value
    assert (cell, type(cell)) == (found, type(found))
