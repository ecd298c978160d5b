"""Citations, whatever a title holds: read back by a small reader of BibTeX."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.citing import Work, tex, tex_address

HOSTILE = ["a } b", "{", "\\input{x}", "50 % & $5 #1 a_b ~ ^", 'say "hi"', "@misc{x,", "two\nlines\r\n", "\x00\x07", ""]


def work(**fields):
    return Work(
        **{
            "key": "layoffwatch-event-7", "title": "Google cuts jobs", "figure": "≈ 1,000 people, source: The Verge",
            "address": "https://x.example/events/7-google-cuts-jobs/", "known_from": date(2024, 1, 12), "version": 3,
            "published_on": date(2024, 1, 12),
            **fields,
        }
    )  # fmt: skip


def ways(**fields):
    return {way.id: way.text for way in work(**fields).ways(date(2026, 11, 25))}


def fields_of(entry: str) -> dict[str, str]:
    """The fields of a BibTeX entry, braces counted as BibTeX does: whatever stands before them."""
    assert re.fullmatch(r"@misc\{[\w-]+,\n.*\n\}", entry, re.DOTALL)
    depth = 0
    for character in entry:
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0
    return dict(re.findall(r'^  (\w+) = "?\{(.*)\}"?,?$', entry, re.MULTILINE))


def test_each_way_says_what_where_in_which_version_known_since_when_and_seen_when():
    found = ways()
    assert found["plain"] == (
        "LayoffWatch: “Google cuts jobs”, ≈ 1,000 people, source: The Verge. Data version 3, known from 12 January "
        "2024. https://x.example/events/7-google-cuts-jobs/ (accessed 25 November 2026)."
    )
    assert found["apa"] == (
        "LayoffWatch. (2024, January 12). Google cuts jobs (Data version 3). Retrieved November 25, 2026, from "
        "https://x.example/events/7-google-cuts-jobs/"
    )
    assert fields_of(found["bibtex"]) == {
        "author": "LayoffWatch",
        "title": "Google cuts jobs",
        "year": "2024",
        "month": "1",
        "howpublished": "Online",
        "url": "https://x.example/events/7-google-cuts-jobs/",
        "urldate": "2026-11-25",
        "note": "≈ 1,000 people, source: The Verge. Data version 3, known from 12 January 2024",
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_break_no_entry_and_no_line(text):
    for way, said in ways(title=text, figure=text).items():
        if way == "bibtex":
            assert len(fields_of(said)) == 8
        else:
            assert "\n" not in said
        assert "\x00" not in said


@given(st.text(), st.text())
def test_no_text_breaks_an_entry(title, figure):
    assert len(fields_of(ways(title=title, figure=figure)["bibtex"])) == 8


@given(st.text())
def test_what_tex_takes_for_commands_is_spelled_out(text):
    rest = re.sub(r"\\(text(backslash|braceleft|braceright|asciitilde|asciicircum)\{\}|[&%$#_])", "", tex(text))
    assert not set(rest) & set("\\{}~^&%$#_")


def test_an_address_cannot_end_its_field():
    assert tex_address("https://x.example/a}b{c d") == "https://x.example/a%7Db%7Bc%20d"


def test_what_a_file_knew_before_the_site_opened_is_cited_by_the_day_on_which_it_was_published_here():
    found = ways(published_on=date(2026, 11, 25), reconstructed_from="starter data")
    assert found["apa"].startswith("LayoffWatch. (2026, November 25). ")
    assert "known from 12 January 2024, reconstructed from starter data." in found["plain"]
    fields = fields_of(found["bibtex"])
    assert (fields["year"], fields["month"]) == ("2026", "11")
    assert fields["note"].endswith("known from 12 January 2024, reconstructed from starter data")
