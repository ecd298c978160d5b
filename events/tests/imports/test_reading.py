"""A file that is broken as a whole gets one clear message."""

import csv
import io

import pytest

from events.imports.encodings import PIECE
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
        (tech({}).encode("utf-16")[:-1], "begins as UTF-16, but is damaged or cut off"),
        (tech({"company": "A\0B"}).encode("utf-16"), "holds NUL characters"),
        (tech({}).encode("utf-32"), "is in UTF-32"),
        (tech({}, {"company": "日本人"}).encode("shift_jis"), "neither in UTF-8 (line 3, byte 0x93) nor"),
        (tech({"company": "Café"}).encode() + "Zürich".encode("cp1252"), "not in UTF-8 (line 3, byte 0xfc), but parts"),
        (tech({"company": "Café"}).encode("cp1252") + "Zürich".encode(), "put together of files in two encodings"),
        (b"a,b\n1,Caf\xc3", "ends within a letter"),
        (tech({"company": "A\0B"}).encode(), "Line 2 holds a NUL byte"),
        (b"PK\x03\x04whatever", "is damaged, or no workbook"),
        (b"\xd0\xcf\x11\xe0whatever", "Excel's old format"),
        (b"\x1f\x8bwhatever", "is compressed"),
        (b'a,b\n1,"2', "ends inside quotation marks that row 2 opened"),
        (b'a,b\n1,"2"3\n', "Row 2 (line 2) is no CSV"),
        (b"a,b,c\n1,2,3\n4,5", "cut off: its last row, 3, has 2 of 3 cells"),
        (b"a,b,a\n1,2,3\n", "names the column ‘a’ twice"),
        (b'a,b\n1,"' + b"x " * 30_000, "quotation marks"),
        (b'a,b\n1,"' + b"x " * 15_000 + b'"\n', "a cell of more than 20,000 characters"),
        (b'a,b\n1,"' + b"x\n" * 200_000, "has a cell without end"),
    ],
)
def test_a_broken_file_is_refused_with_one_clear_message(put, content, says):
    assert says in message_of(put(content))


def test_an_endless_line_is_refused_without_being_held(put):
    path = put(b"company,date\n" + b"x" * (20 * LONGEST_LINE))
    assert f"Line 2 is longer than {LONGEST_LINE:,} characters" in message_of(path)


def test_100_000_columns_are_refused(put):
    assert "The file has 100,000 columns" in message_of(put("a," * 99_999 + "a\n1\n"))


def test_a_file_above_the_bound_is_not_even_begun(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert "The file has 200 MB; at most 100 MB are read" in message_of(path)


def test_more_rows_than_the_bound_are_refused(put):
    assert "more than 100,000 rows" in message_of(put("a,b\n" + "1,2\n" * 100_001))


def test_what_is_no_file_is_refused(tmp_path):
    assert "is no file" in message_of(tmp_path)
    assert "There is no file" in message_of(tmp_path / "nowhere.csv")


# ── Encodings and separators ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("utf-16", ("Read as UTF-16.",)),
        ("utf-16-le", ("Read as UTF-16 without a mark of it.",)),
        ("utf-16-be", ("Read as UTF-16 without a mark of it.",)),
        ("cp1252", ("Read as Windows-1252, for it is not UTF-8. Look whether this is well spelled: ‘Café Zoë’.",)),
    ],
)
def test_the_encoding_is_found_and_said(put, encoding, said):
    file = read_file(put(tech({"company": "Acme"}, {"company": "Café Zoë"}).encode(encoding)))
    assert (file.header[0], file.rows[1].cells[0]) == ("company", "Café Zoë")
    assert file.remarks == said


def test_a_letter_that_two_pieces_share_is_no_fault(put):
    # The piece that is read at once ends within the letter.
    line = b"x" * 1021 + b",y\n"
    before = b"a" * 1021 + b",b\n" + line * (PIECE // 1024 - 2) + b"z" * 1023
    assert len(before) == PIECE - 1
    assert read_file(put(before + "é,y\n".encode())).rows[-1].cells == ["z" * 1023 + "é", "y"]


@pytest.mark.parametrize(("mark", "name"), [(",", ""), (";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_the_separator_is_found_and_said(put, mark, name):
    rows = [
        ["company", "people, about", "date"],
        ["Acme; Sons, Ltd | Co", "1,5", "3/14/2024"],
        ["Bolt", "", "3/15/2024"],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    file = read_file(put(out.getvalue()))
    assert [file.header, *(row.cells for row in file.rows)] == rows
    assert file.remarks == ((f"Its cells are parted by {name}.",) if name else ())


def test_decimals_with_commas_part_no_cells(put):
    file = read_file(put("company;share, percent;date\nAcme;12,5;1\nBolt;3,75;2\n"))
    assert file.header == ["company", "share, percent", "date"]


def test_rows_of_other_lengths_do_not_hide_the_separator(put):
    file = read_file(put("a;b;c\n" + "1;2;3\n" * 8 + "1;2\n1;2;3;4\n"))
    assert len(file.header) == 3


def test_the_separator_that_a_spreadsheet_states_holds(put):
    file = read_file(put("sep=|\na,b|c\n1,2|3\n"))
    assert (file.header, file.rows[0].number, file.rows[0].cells) == (["a,b", "c"], 3, ["1,2", "3"])


def test_a_file_from_an_old_mac_is_read(put):
    assert [row.cells for row in read_file(put(b"a,b\r1,2\r3,4\r")).rows] == [["1", "2"], ["3", "4"]]


def test_a_header_that_comes_again_is_passed_over_and_counted(put):
    file = read_file(put("a,b\n1,2\na,b\n3,4\n A ,b\n"))
    assert [row.number for row in file.rows] == [2, 4, 5]
    assert file.remarks == ("1 row repeats the header; passed over.",)


def test_rows_can_be_read_again_at_any_place(put):
    rows = read_file(put("a,b\n1,2\n3,4\n5,6\n")).rows
    assert (rows[-1].cells, rows[0].cells, len(rows)) == (["5", "6"], ["1", "2"], 3)
    assert [row.where for row in rows[1:]] == ["Row 3", "Row 4"]


@pytest.mark.parametrize("text", ["=1+1", "+One Ltd", "-x", "@home", "'s Gravenhage", "\tx", "plain", "-5", "+1.5", ""])
def test_a_guarded_text_comes_back_as_it_was(text):
    assert unguarded(guarded(text)) == text


def test_an_apostrophe_that_guards_nothing_is_part_of_the_name():
    assert unguarded("'s-Hertogenbosch Works") == "'s-Hertogenbosch Works"
