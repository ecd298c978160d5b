"""What sources write is read by the rules of docs/wording.md, or not at all."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.models.choices import PeopleBasis, Qualifier
from events.wording import PHRASES, Phrase, Reading, read_people

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "wording.md"

EXACT, ABOUT, AT_LEAST = Qualifier.EXACT, Qualifier.ABOUT, Qualifier.AT_LEAST
UP_TO, RANGE, NONE = Qualifier.UP_TO, Qualifier.RANGE, Qualifier.NONE


@pytest.mark.parametrize(
    ("text", "low", "best", "high", "qualifier"),
    [
        # a number as it is
        ("500", 500, 500, 500, EXACT),
        ("500 employees", 500, 500, 500, EXACT),
        ("500 team members.", 500, 500, 500, EXACT),
        ("500 of its employees", 500, 500, 500, EXACT),
        ("182,381", 182_381, 182_381, 182_381, EXACT),
        ("12 000", 12_000, 12_000, 12_000, EXACT),
        ("12\u202f000 jobs", 12_000, 12_000, 12_000, EXACT),
        ("12’000", 12_000, 12_000, 12_000, EXACT),
        ("16000.0", 16_000, 16_000, 16_000, EXACT),
        ("one employee", 1, 1, 1, EXACT),
        ("twenty", 20, 20, 20, EXACT),
        ("twenty-five jobs", 25, 25, 25, EXACT),
        ("a hundred", 100, 100, 100, EXACT),
        ("two thousand", 2_000, 2_000, 2_000, EXACT),
        ("Twelve hundred workers", 1_200, 1_200, 1_200, EXACT),
        # only the low end
        ("more than 12,000", 12_000, 12_000, None, AT_LEAST),
        ("more than 12,000 jobs", 12_000, 12_000, None, AT_LEAST),
        ("at least 1,900", 1_900, 1_900, None, AT_LEAST),
        ("just over 500", 500, 500, None, AT_LEAST),
        ("over a thousand", 1_000, 1_000, None, AT_LEAST),
        ("more than a dozen", 12, 12, None, AT_LEAST),
        ("500+", 500, 500, None, AT_LEAST),
        ("500 + roles", 500, 500, None, AT_LEAST),
        (">= 500", 500, 500, None, AT_LEAST),
        ("≥500", 500, 500, None, AT_LEAST),
        ("more than 2.5k", 2_500, 2_500, None, AT_LEAST),
        # only the high end
        ("up to 50,000", None, None, 50_000, UP_TO),
        ("fewer than 50", None, None, 50, UP_TO),
        ("less than 50 people", None, None, 50, UP_TO),
        ("no more than 50", None, None, 50, UP_TO),
        ("as many as 12,000 positions", None, None, 12_000, UP_TO),
        # about: 5 % down and 10 % up, outward to whole people
        ("around a thousand", 950, 1_000, 1_100, ABOUT),
        ("about 1,000", 950, 1_000, 1_100, ABOUT),
        ("~1000", 950, 1_000, 1_100, ABOUT),
        ("some 1,000 staffers", 950, 1_000, 1_100, ABOUT),
        ("approx. 1000", 950, 1_000, 1_100, ABOUT),
        ("an estimated 30", 28, 30, 33, ABOUT),  # 28.5 to 33
        ("close to 500", 475, 500, 550, ABOUT),
        ("about one", 1, 1, 2, ABOUT),  # 0.95 to 1.1, and a cut takes at least one
        ("nearly 7,200", 6_840, 7_200, 7_200, ABOUT),
        ("almost 300,000", 285_000, 300_000, 300_000, ABOUT),
        ("just under 500", 475, 500, 500, ABOUT),
        ("2.5k", 2_375, 2_500, 2_750, ABOUT),
        ("2.5 k jobs", 2_375, 2_500, 2_750, ABOUT),
        ("1.5 million", 1_425_000, 1_500_000, 1_650_000, ABOUT),
        ("a dozen", 11, 12, 14, ABOUT),  # 11.4 to 13.2
        ("two dozen", 22, 24, 27, ABOUT),  # 22.8 to 26.4
        # both ends
        ("200-300", 200, None, 300, RANGE),
        ("200–300", 200, None, 300, RANGE),
        ("200 — 300 jobs", 200, None, 300, RANGE),
        ("between 200 and 300", 200, None, 300, RANGE),
        ("1,500 to 2,000", 1_500, None, 2_000, RANGE),
        ("2k-3k", 2_000, None, 3_000, RANGE),
        # words without a number
        ("several hundred", 200, None, 900, RANGE),
        ("“several hundred” employees", 200, None, 900, RANGE),
        ("several hundred jobs globally", 200, None, 900, RANGE),
        ("hundreds", 200, None, 900, RANGE),
        ("a few hundred", 200, None, 900, RANGE),
        ("a few hundred roles", 200, None, 900, RANGE),
        ("a couple of hundred", 150, None, 300, RANGE),
        ("dozens", 24, None, 99, RANGE),
        ("dozens of employees", 24, None, 99, RANGE),
        ("scores of workers", 40, None, 99, RANGE),
        ("a handful of people", 3, None, 9, RANGE),
        ("thousands of its employees", 2_000, None, 9_000, RANGE),
        ("tens of thousands", 20_000, None, 90_000, RANGE),
    ],
)
def test_a_wording_becomes_the_interval_of_its_rule(text, low, best, high, qualifier):
    assert read_people(text) == Reading(low, best, high, qualifier, PeopleBasis.STATED)


@pytest.mark.parametrize(
    "text",
    [
        "not disclosed",
        "Undisclosed",
        "unknown",
        "n/a",
        "N/A",
        "not stated",
        "-",
        "—",
        "an undisclosed number of jobs",
    ],
)
def test_a_source_that_gives_no_figure_reads_as_no_figure(text):
    assert read_people(text) == Reading(None, None, None, NONE, PeopleBasis.UNKNOWN)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("17%", "17"),
        ("17 %", "17"),
        ("17 percent", "17"),
        ("17 per cent", "17"),
        ("about 17%", "17"),
        ("17 % of staff", "17"),
        ("17% of its workforce", "17"),
        ("35% of Twitch’s staff", "35"),
        ("about 1.4%", "1.4"),
        ("100%", "100"),
    ],
)
def test_a_share_is_kept_as_a_share_and_makes_no_people(text, percent):
    assert read_people(text) == Reading(None, None, None, NONE, PeopleBasis.UNKNOWN, Decimal(percent))


@pytest.mark.parametrize(
    ("text", "low", "best", "high", "percent"),
    [
        ("10% of its 7,000 staff", 665, 700, 735, "10"),  # 9.5 % and 10.5 %
        ("10 per cent of the company’s 7,000 employees", 665, 700, 735, "10"),
        ("10% of its 7,000-strong workforce", 665, 700, 735, "10"),
        ("10% of its staff of 7,000", 665, 700, 735, "10"),
        ("1.4% of 7,200 people", 97, 101, 105, "1.4"),  # 1.35 % = 97.2, 100.8, 1.45 % = 104.4
        ("100% of its 40 employees", 39, 40, 40, "100"),  # 99.5 % = 39.8; nobody more than all
        ("about 50% of its 1,000 staff", 475, 500, 550, "50"),  # 47.5 % and 55 %: wider than the rounding
        ("about 1% of its 1,000 staff", 5, 10, 15, "1"),  # 0.5 % and 1.5 %: the rounding is wider
        # 1.4 × 0.95 = 1.33 % of 6,840 = 90.97; 1.4 × 1.1 = 1.54 % of 7,200 = 110.88
        ("about 1.4% of YouTube’s nearly 7,200 headcount", 90, 101, 111, "1.4"),
    ],
)
def test_a_share_of_a_stated_workforce_makes_people_marked_as_worked_out(text, low, best, high, percent):
    assert read_people(text) == Reading(
        low, best, high, Qualifier.ABOUT, PeopleBasis.FROM_PERCENT, share_percent=Decimal(percent)
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        ".",
        "0",
        "zero",
        "-5",
        "- 5",
        "minus five",
        "10,000,001",
        "12 million",
        "9" * 150,
        "5\x0000",
        "500\x00",
        "\ud800",
        "12.000",  # twelve, or twelve thousand
        "12,00",
        "1,000 200",
        "1,23,456",
        "0500",
        "500.5",
        "2,5k",
        "500²",
        "٥٠٠",
        "100 or 200 of 300",
        "100  200",  # two cells of a table
        "100\n200",
        "500 people, 200 jobs",
        "500 employees, 35% of staff",
        "500 of its 7,000 staff",
        "300-200",
        "100-200-300",
        "2-3k",  # 2 or 2,000
        "two to three thousand",
        "2024-01-10",
        "two co-founders",
        "over a thousand since 10 January",
        "hundreds more",
        "at least several hundred",
        "a small percentage of the staff",
        "500 companies",
        "$500",
        "0%",
        "101%",
        "fewer than 5% of staff",
        "up to 20%",
        "10-15%",
        "17 percentage points",
        "17% of revenue",
        "10% of its several thousand staff",
        "10% of its more than 7,000 staff",
        "1% of its 20 staff",  # a fifth of a person
        "N",
        "P%",
    ],
)
def test_what_is_not_wholly_understood_is_not_read(text):
    assert read_people(text) is None


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("around a thousand", 1_000),
        ("more than 500", 500),
        ("200-300", 200),
        ("up to 50", None),
        ("17%", None),
    ],
)
def test_the_headline_is_the_best_figure_else_the_low_one(text, headline):
    assert read_people(text).headline == headline


def test_the_high_is_open_only_where_the_source_names_a_low_end_alone():
    assert read_people("more than 500").high_open
    others = ("500", "about 500", "up to 500", "200-300", "unknown")
    assert not any(read_people(text).high_open for text in others)


# Any text at all, and text made of the pieces that wordings are made of.
PIECES = (
    "a about about few several hundred hundreds thousand dozen k million one twenty-five 0 1 5 200 7,000 12 "
    "000 2.5 17% 0.1% % of its staff employees more than at least up to between and - – + >= ~ ' . nearly"
)
WORDINGS = st.text(max_size=60) | st.lists(st.sampled_from(PIECES.split()), max_size=7).map(" ".join)


@given(WORDINGS)
def test_any_text_gives_an_ordered_interval_or_nothing(text):
    reading = read_people(text)
    if reading is None:
        return
    figures = [figure for figure in (reading.low, reading.best, reading.high) if figure is not None]
    assert figures == sorted(figures)
    assert all(figure >= 1 for figure in figures)
    assert bool(figures) == (reading.qualifier != Qualifier.NONE)
    assert bool(figures) == (reading.basis != PeopleBasis.UNKNOWN)


@given(st.decimals(min_value=-10, max_value=1_000, places=2) | st.integers(-10, 1_000))
def test_a_percentage_never_gives_people(percent):
    for text in (f"{percent}%", f"about {percent} percent", f"{percent} % of staff"):
        reading = read_people(text)
        assert reading is None or (reading.low, reading.best, reading.high) == (None, None, None)
        assert (reading is not None) == (0 < percent <= 100)


NUMBERS = st.integers(1, 10_000_000)


def spellings(number: int) -> list[str]:
    return [str(number), f"{number:,}", f"{number:,}".replace(",", " "), f"{number:,}".replace(",", "\u202f")]


@given(NUMBERS)
def test_each_qualifier_keeps_its_rule_for_every_number_and_thousands_separator(number):
    for written in spellings(number):
        exact, least, most = (read_people(words + written) for words in ("", "more than ", "up to "))
        assert (exact.low, exact.best, exact.high, exact.qualifier) == (number, number, number, EXACT)
        assert (least.low, least.best, least.high, least.qualifier) == (number, number, None, AT_LEAST)
        assert (most.low, most.best, most.high, most.qualifier) == (None, None, number, UP_TO)
        about, nearly = read_people(f"about {written} people"), read_people(f"nearly {written} people")
        assert about.low <= about.best == number < about.high
        assert nearly.low <= nearly.best == nearly.high == number


RANGE_FORMS = st.sampled_from(["{}-{}", "{} – {} jobs", "{} to {}", "between {} and {}", "from {} to {}"])


@given(NUMBERS, NUMBERS, RANGE_FORMS)
def test_a_written_range_reads_back(one, other, form):
    low, high = sorted((one, other))
    for written_low, written_high in zip(spellings(low), spellings(high), strict=True):
        reading = read_people(form.format(written_low, written_high))
        assert (reading.low, reading.best, reading.high, reading.qualifier) == (low, None, high, RANGE)


HOSTILE = ["1", "1,", "1 ", "-", "1-", "of ", "a's ", "to ", "10% of ", "a ", "'", " ", "\u00a0"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_not_read_and_a_long_one_not_even_tried(piece):
    for length in (10_000, 190):
        assert read_people((piece * length)[:length] + " x") is None


# The table: each way to write a figure is read by its own row, and explained to readers.

EVERY_WAY = [(phrase, words) for phrase in PHRASES for words in phrase.words]


@pytest.mark.parametrize(("phrase", "words"), EVERY_WAY, ids=[words for _, words in EVERY_WAY])
def test_each_way_to_write_a_figure_becomes_the_bounds_of_its_row(phrase, words):
    text = words.replace("P", "50").replace("K", "1k").replace("N", "1,000").replace("M", "2,000")
    reading = read_people(text)
    assert reading.qualifier == phrase.qualifier
    if "P" in words:
        assert reading.share_percent == 50
        return
    number = 1_000 if {"N", "K"} & set(words) else 1
    expected = [phrase.low, phrase.best, phrase.high]
    expected = [None if bound is None else bound * number for bound in expected]
    if "M" in words:
        expected[2] = 2_000
    assert [reading.low, reading.best, reading.high] == expected


def test_no_two_rows_share_a_way_to_write_a_figure():
    every_way = [words for _, words in EVERY_WAY]
    assert len(every_way) == len(set(every_way))


def table_row(phrase: Phrase) -> str:
    words = ", ".join(f"`{words}`" for words in phrase.words)
    bounds = f"{phrase.low_words} | {phrase.best_words} | {phrase.high_words}"
    return f"| {words} | {bounds} | {phrase.qualifier.value} | {phrase.reason} |"


def test_the_document_has_the_rows_of_the_table_and_no_others():
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert rows == [table_row(phrase) for phrase in PHRASES]
