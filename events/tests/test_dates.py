"""Dates among the words of a search."""

from datetime import date

import pytest

from events.dates import find_days

JANUARY = (date(2024, 1, 1), date(2024, 1, 31))


@pytest.mark.parametrize(
    "text",
    [
        "amazon january 2024", "January 2024 Amazon", "amazon jan 2024", "amazon JAN. 2024", "amazon in January, 2024",
        "amazon 2024-01", "amazon during january of 2024", "amazon jan2024", "  amazon   january   2024  ",
    ],
)  # fmt: skip
def test_a_month_is_read_in_the_ways_in_which_people_write_it(text):
    dated = find_days(text)
    assert (dated.first, dated.last) == JANUARY
    assert dated.rest.lower() == "amazon"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", "2023-01-01", "2023-12-31"),
        ("q1 2024", "2024-01-01", "2024-03-31"),
        ("2024-Q2", "2024-04-01", "2024-06-30"),
        ("Q4/2023", "2023-10-01", "2023-12-31"),
        ("1st quarter of 2024", "2024-01-01", "2024-03-31"),
        ("third quarter 2024", "2024-07-01", "2024-09-30"),
        ("2024-01-18", "2024-01-18", "2024-01-18"),
        ("18 January 2024", "2024-01-18", "2024-01-18"),
        ("the 3rd of May 2024", "2024-05-03", "2024-05-03"),
        ("Sept 3, 2024", "2024-09-03", "2024-09-03"),
        ("february 2024", "2024-02-01", "2024-02-29"),
        ("2022-2024", "2022-01-01", "2024-12-31"),
        ("from jan 2024 to march 2024", "2024-01-01", "2024-03-31"),
        ("2024-01-10 – 2024-01-20", "2024-01-10", "2024-01-20"),
        ("between 2022 and 2023", "2022-01-01", "2023-12-31"),
    ],
)
def test_years_quarters_days_and_from_to_are_read(text, first, last):
    dated = find_days(text)
    assert (dated.first.isoformat(), dated.last.isoformat()) == (first, last)


def test_since_leaves_the_end_open():
    dated = find_days("google since 2023")
    assert (dated.first, dated.last, dated.rest) == (date(2023, 1, 1), None, "google")


@pytest.mark.parametrize(
    "text",
    [
        "amazon", "january", "may", "amazon january", "18000", "2024-13", "2024-02-30", "31 february 2024", "2024-1",
        "amazon cut 2000 jobs", "$2000", "2000 %", "2.2024", "2024.5", "a2024", "2024b", "3024", "1024", "10,2024",
        "amazon 2022 google 2024", "2024 2023", "2024-2023", "2022 2023 2024", "18-01-2024", "18/01/2024", "01.2024",
        "２０２４", "", "\x00", "-" * 200,
        "2024-01-18-07",
    ],
)  # fmt: skip
def test_what_names_no_day_or_could_mean_several_stays_words(text):
    assert find_days(text) is None


@pytest.mark.parametrize(
    "text", ["jan " * 50, "20" * 100, "2024 - " * 28, "q1" * 100, "1st quarter " * 16, "1 of " * 40]
)
def test_no_text_is_too_strange_to_be_read(text):
    assert find_days(text) is None
