"""A file that is broken as a whole gets one clear message."""

import pytest

from events.imports.reading import LONGEST_LINE, BrokenFile, read_file
from events.tests.imports.files import TECH, tech
from events.text import guarded, unguarded


def message_of(path):
    with pytest.raises(BrokenFile) as stopped:
        read_file(path)
    return str(stopped.value)


def test_a_byte_order_mark_is_no_part_of_the_header(put):
    assert read_file(put(b"\xef\xbb\xbf" + tech({}).encode())).header[0] == "company"


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(put):
    file = read_file(put('a,b\n1,2\n\n3,"4\n5"\n6,7\n'))
    assert [(row.number, row.cells) for row in file.rows] == [(2, ["1", "2"]), (4, ["3", "4\n5"]), (5, ["6", "7"])]
    assert file.blank_rows == 1


def test_line_ends_within_cells_stay_as_the_file_has_them(put):
    assert read_file(put('a,b\r\n"x\r\ny",2\r\n')).rows[0].cells[0] == "x\r\ny"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty"),
        (b"\n\n", "The file is empty"),
        (TECH.encode() + b"\n", "a header, but no rows"),
        (tech({}).encode("utf-16"), "is in UTF-16"),
        (tech({}).encode("utf-16-le"), "Line 1 holds a NUL byte"),
        (tech({"company": "Café"}).encode("cp1252"), r"Line 2 is not in UTF-8 (byte 0xe9 at place 4)"),
        (tech({"company": "A\0B"}).encode(), "Line 2 holds a NUL byte"),
        (b"PK\x03\x04whatever", "is a spreadsheet or an archive"),
        (b"\x1f\x8bwhatever", "is compressed"),
        (b'a,b\n1,"2', "ends inside quotation marks that row 2 opened"),
        (b'a,b\n1,"2"3\n', "Row 2 (line 2) is no CSV"),
        (b"a,b\r1,2\r3,4\r", "ends as on old Macs"),
        (b"a,b,c\n1,2,3\n4,5", "cut off: its last row, 3, has 2 of 3 cells"),
        (b"a,b,a\n1,2,3\n", "names the column ‘a’ twice"),
        (b'a,b\n1,"' + b"x " * 30_000, "quotation marks"),
        (b'a,b\n1,"' + b"x " * 15_000 + b'"\n', "a cell of more than 20,000 characters"),
        (b'a,b\n1,"' + b"x\n" * 200_000, "has a cell without end"),
    ],
)
def test_a_broken_file_is_refused_with_one_clear_message(put, content, says):
    assert says in message_of(put(content))


def test_a_line_of_200_megabytes_is_refused_without_being_held(tmp_path, settings):
    settings.IMPORT_MAX_BYTES = 10**9
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.write(b"company,date\n" + b"x" * (LONGEST_LINE + 10))
        # The rest is a hole: it takes no room, and reading it would meet NUL bytes.
        file.truncate(200_000_000)
    assert f"Line 2 is longer than {LONGEST_LINE:,} bytes" in message_of(path)


def test_a_file_above_the_bound_is_not_even_begun(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert "The file has 200 MB; at most 100 MB are read" in message_of(path)


def test_more_rows_than_others_can_wait_for_are_refused(put):
    assert "more than 25,000 rows" in message_of(put("a,b\n" + "1,2\n" * 25_001))


def test_what_is_no_file_is_refused(tmp_path):
    assert "is no file" in message_of(tmp_path)
    assert "There is no file" in message_of(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("text", ["=1+1", "+One Ltd", "-x", "@home", "'s Gravenhage", "\tx", "plain", "-5", "+1.5", ""])
def test_a_guarded_text_comes_back_as_it_was(text):
    assert unguarded(guarded(text)) == text


def test_an_apostrophe_that_guards_nothing_is_part_of_the_name():
    assert unguarded("'s-Hertogenbosch Works") == "'s-Hertogenbosch Works"
