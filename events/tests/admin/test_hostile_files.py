"""Files that nobody means well with, at the desk and by command: one clear message each, and nothing is left behind."""

import io

import pytest
import xlsxwriter
from django.core.management import CommandError, call_command

from events.models import Citation, Company, ImportRow, LayoffEvent, Source
from events.tests.admin.browsing import no_inline_code
from events.tests.admin.test_imports import editor, last, post, upload  # noqa: F401 - a fixture
from events.tests.imports.files import TECH, tech
from events.tests.imports.test_spreadsheet import SHEET, rewritten, tech_cells, workbook

pytestmark = pytest.mark.django_db

HEADER = TECH.split(",")
GOOD = {"List": [HEADER, tech_cells()]}
EVIL = "<script>alert(1)</script>"


def bomb():
    """A workbook of a few hundred kilobytes that would fill the memory."""
    return rewritten(workbook(GOOD), SHEET, lambda part: part + b" " * 300_000_000)


def entities():
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return rewritten(workbook(GOOD), SHEET, lambda part: doctype + part.replace(b">1<", b">&b;<"))


def wide_workbook():
    """One row reaches column 16,384, the last that a workbook has."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write(1, 16_383, "x")
    return out.getvalue()


def long_string():
    return rewritten(workbook(GOOD), SHEET, lambda part: part.replace(b">Acme<", b">" + b"x" * 9_990_000 + b"<"))


# By name: the file's ending, its content and what is said. Made in the test: some are large.
REFUSED = {
    "a zip bomb": ("xlsx", bomb, "more than 200 times its size"),
    "entities that multiply": ("xlsx", entities, "is damaged, or no workbook"),
    "a cell of 10 MB": ("csv", lambda: tech({"company": "x" * 10_000_000}), "is longer than 256,000 characters"),
    "a cell of 10 MB in many lines": ("csv", lambda: tech({"company": "x\n" * 5_000_000}), "has a cell without end"),
    "a cell of 10 MB in a workbook": ("xlsx", long_string, "a cell of more than 20,000 characters"),
    "100,000 columns": ("csv", lambda: f"{TECH},{'a,' * 99_988}a\n1\n", "The file has 100,000 columns"),
    "the last column of a workbook": ("xlsx", wide_workbook, "has a cell in column 16,384; at most 500"),
    "UTF-32": ("csv", lambda: tech({}).encode("utf-32"), "is in UTF-32"),
    "Shift JIS": ("csv", lambda: tech({"company": "日本人"}).encode("shift_jis"), "neither in UTF-8"),
    "two encodings": ("csv", lambda: tech({"company": "é"}).encode() + "Zü".encode("cp1252"), "two encodings"),
    "a column twice": ("csv", lambda: f"{TECH},company\n", "names the column ‘company’ twice"),
    "a column twice in a workbook": ("xlsx", lambda: workbook({"List": [[*HEADER, "date"], [1]]}), "‘date’ twice"),
    "NUL bytes": ("csv", lambda: tech({"company": "A\0"}), "holds a NUL byte"),
    "a script as the only column": ("csv", lambda: f"{EVIL}\n1\n", "is the header of no known file"),
}  # fmt: skip
# A row of them cannot be read; the others can.
ROWS = {
    "100,000 cells": ("csv", lambda: f"{tech({})}{'1,' * 100_000}\n", "it has 100001 cells, the header has 11"),
    "control characters": ("csv", lambda: tech({"company": "Ac\x07me"}, {"company": "Bolt"}), "control character"),
    "a turn of direction": ("csv", lambda: tech({"company": "Ac\u202eme"}, {"company": "Bolt"}), "turns the direction"),
    "a formula without its value": (
        "xlsx",
        lambda: workbook({"List": [HEADER, tech_cells(people='=HYPERLINK("https://evil.example/")'), tech_cells()]}),
        "holds a formula whose value was not saved",
    ),
    "an error": ("xlsx", lambda: workbook({"List": [HEADER, tech_cells(company="#REF!"), tech_cells()]}), "#REF!"),
    "a script for a number": ("csv", lambda: tech({"people": EVIL}, {"company": "Bolt"}), "total_laid_off"),
}


@pytest.fixture(autouse=True)
def at_once(settings):
    """Large files are read in the request, too: other processes do not see the test's database."""
    settings.IMPORT_IN_REQUEST_BYTES = settings.IMPORT_MAX_BYTES


def nothing_is_here():
    return not any(model.objects.exists() for model in (LayoffEvent, Company, Source, Citation))


def by_command(path, **options):
    with pytest.raises(CommandError) as stopped:
        call_command("import_data", str(path), stdout=io.StringIO(), stderr=io.StringIO(), **options)
    return str(stopped.value)


@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_file_is_refused_in_words_at_the_desk_and_by_command(editor, tmp_path, import_folder, what):  # noqa: F811
    ending, make, says = REFUSED[what]
    content = make()
    page = upload(editor, content, name=f"file.{ending}")
    assert (last().state, last().counts, ImportRow.objects.count()) == ("failed", {}, 0)
    assert says in last().error
    # One message, not the file.
    assert len(last().error) < 2_000
    assert len(page.content) < 200_000
    no_inline_code("the page", page)
    assert "<script>alert" not in page.content.decode()
    (tmp_path / f"file.{ending}").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert says in by_command(tmp_path / f"file.{ending}")
    assert nothing_is_here()


@pytest.mark.parametrize("what", ROWS)
def test_a_hostile_row_is_named_and_set_aside_or_undoes_all(editor, tmp_path, what):  # noqa: F811
    ending, make, says = ROWS[what]
    content = make()
    page = upload(editor, content, name=f"file.{ending}")
    assert last().counts | {"new": 1, "rejected": 1} == last().counts
    reasons = [reason for row in page.context["rows"] for reason in row.reasons]
    assert says in str(reasons)
    no_inline_code("the page", page)
    path = tmp_path / f"file.{ending}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert says in by_command(path)
    assert nothing_is_here()
    post(editor, "confirm", set_aside="on")
    assert (last().state, LayoffEvent.objects.count()) == ("confirmed", 1)


def test_a_header_that_comes_again_as_a_row_is_passed_over_at_the_desk_and_by_command(editor, tmp_path):  # noqa: F811
    text = tech({}) + TECH + "\n" + tech({"company": "Bolt"}).partition("\n")[2]
    upload(editor, text)
    assert (last().counts["new"], last().counts["rows"]) == (2, 2)
    assert "header" in str(last().remarks)
    (tmp_path / "list.csv").write_text(text)
    out = io.StringIO()
    call_command("import_data", str(tmp_path / "list.csv"), stdout=out, stderr=io.StringIO())
    assert "2 new" in out.getvalue()


def test_formulas_and_scripts_in_names_are_words_on_every_page_and_in_every_file(editor, client):  # noqa: F811
    """In a cell, a header and the name of the file; read, they are shown as text and guarded in files."""
    formula = '=HYPERLINK("https://evil.example/","x")'
    upload(editor, tech({"company": formula}, {"company": EVIL}), name=f"{EVIL}.csv", publish="on")
    page = post(editor, "confirm")
    assert last().state == "confirmed", last().error
    no_inline_code("the import", page)
    assert "<script>alert" not in page.content.decode()
    assert set(Company.objects.values_list("name", flat=True)) == {formula, EVIL}
    listed = client.get("/events/").content.decode()
    assert "<script>alert" not in listed
    file = b"".join(client.get("/events.csv").streaming_content).decode()
    assert '"\'=HYPERLINK(""https://evil.example/"",""x"")"' in file
    assert "&lt;script&gt;alert(1)" in listed
