"""Figures, totals, money and dates in a reader's words."""

from datetime import date
from decimal import Decimal

import pytest

from events import present
from events.counting import Money, Total

# ── People ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("low", "best", "high", "qualifier", "words"),
    [
        (12000, 12000, 12000, "exact", "12,000"),
        (950, 1000, 1100, "about", "≈ 1,000"),
        (100, 100, None, "at_least", "≥ 100"),
        (200, None, 900, "range", "200–900"),
        (None, None, 50000, "up_to", "up to 50,000"),
        (0, 0, 0, "exact", "0"),
        (None, None, None, "none", ""),
        (None, None, None, "exact", ""),
        (None, None, None, "about", ""),
        (None, None, None, "up_to", ""),
    ],
)
def test_a_figure_is_written_as_its_source_bounds_it(low, best, high, qualifier, words):
    assert present.figure(low, best, high, qualifier) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (999, "999"), (1000, "1,000"), (34137, "34,137"), (1234567, "1,234,567")]
)
def test_whole_numbers_stand_in_groups_of_three(number, words):
    assert present.whole(number) == words


@pytest.mark.parametrize(
    ("percent", "words"),
    [
        (Decimal("17"), "17 %"),
        (Decimal("17.000"), "17 %"),
        (Decimal("1.400"), "1.4 %"),
        (Decimal("0.125"), "0.125 %"),
        (Decimal("10"), "10 %"),
        (Decimal("20.000"), "20 %"),
        (Decimal("100.000"), "100 %"),
        (Decimal("0"), "0 %"),
        ("35", "35 %"),
        (1.4, "1.4 %"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_share_is_written_without_empty_decimals(percent, words):
    assert present.share(percent) == words


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (Total(events=2, low=33900, headline=34137, high=36200, high_open=True), "33,900–36,200+"),
        (Total(events=3, low=600, headline=600, high=900), "600–900"),
        (Total(events=1, low=500, headline=500, high=500), ""),
        (Total(events=1, low=500, headline=500, high=500, high_open=True), "500+"),
        # Net bounds may cross: pages write the smaller end first.
        (Total(events=1, low=800, headline=800, high=100), "100–800"),
        (Total(events=1, without_figure=1, high=50), "0–50"),
        (Total(events=1, without_figure=1), ""),
    ],
)
def test_the_interval_of_a_total(total, words):
    assert present.interval(total) == words


# ── Money ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("millions", "words"),
    [
        (Decimal("65000"), "$65 bn"),
        (Decimal("1500"), "$1.5 bn"),
        (Decimal("650"), "$650 m"),
        (Decimal("1000"), "$1 bn"),
        (Decimal("0.9"), "$0.9 m"),
        (Decimal("12.34"), "$12.3 m"),
        (Decimal("1234567"), "$1,235 bn"),
        # Rounding does not leave "$1,000 m" or "$1,000.0 m" where "$1 bn" is meant.
        (Decimal("999.6"), "$1 bn"),
        (Decimal("99.96"), "$100 m"),
        # Halves go up, as readers round.
        (Decimal("56650"), "$56.7 bn"),
        (Decimal("652.5"), "$653 m"),
        # A small sum is never nothing.
        (Decimal("0.04"), "$40,000"),
        (Decimal("0.0005"), "$500"),
        (Decimal("0"), "$0"),
        (None, ""),
    ],
)
def test_money_is_rounded_to_what_a_reader_keeps(millions, words):
    assert present.money(millions) == words


def d(number):
    return None if number is None else Decimal(number)


@pytest.mark.parametrize(
    ("low", "best", "high", "words"),
    [
        (None, 65000, None, "$65 bn"),
        (65000, 65000, 65000, "$65 bn"),
        (60000, None, 65000, "$60–65 bn"),
        (900, None, 1200, "$900 m – $1.2 bn"),
        (60000, None, None, "≥ $60 bn"),
        (None, None, 65000, "up to $65 bn"),
        # A best figure comes first, with what bounds it.
        (60000, 62000, 65000, "$62 bn ($60–65 bn)"),
        (None, 62000, 65000, "$62 bn (up to $65 bn)"),
        (60000, 62000, None, "$62 bn (≥ $60 bn)"),
        # "More than $500 bn" is no $500 bn.
        (500_000, 500_000, None, "≥ $500 bn"),
        # Both ends write the same when rounded: once.
        (65010, None, 65020, "$65 bn"),
        (None, None, None, ""),
    ],
)
def test_an_interval_of_money(low, best, high, words):
    assert present.money_range(d(low), d(best), d(high)) == words


@pytest.mark.parametrize(
    ("low", "high", "is_open", "words"),
    [
        (65000, 65000, False, ""),
        (65000, 65000, True, "$65 bn+"),
        (60000, 65000, False, "$60–65 bn"),
        (60000, 65000, True, "$60–65 bn+"),
        (900, 1200, False, "$900 m – $1.2 bn"),
    ],
)
def test_the_interval_of_a_sum_of_money(low, high, is_open, words):
    assert present.money_interval(Money(1, d(low), d(low), d(high), is_open)) == words


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("first", "precision", "words"),
    [
        (date(2024, 1, 18), "day", "18 January 2024"),
        (date(2024, 1, 1), "day", "1 January 2024"),
        (date(2024, 1, 1), "month", "January 2024"),
        (date(2024, 1, 1), "quarter", "1st quarter of 2024"),
        (date(2024, 4, 1), "quarter", "2nd quarter of 2024"),
        (date(2024, 7, 1), "quarter", "3rd quarter of 2024"),
        (date(2024, 10, 1), "quarter", "4th quarter of 2024"),
        (date(2024, 1, 1), "year", "2024"),
    ],
)
def test_a_date_is_written_no_more_exactly_than_it_is_known(first, precision, words):
    assert present.day_words(first, precision) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2024, 1, 18), date(2024, 1, 18), "18 January 2024"),
        (date(2024, 1, 1), date(2024, 1, 31), "January 2024"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        (date(2024, 1, 1), date(2024, 3, 31), "1st quarter of 2024"),
        (date(2023, 1, 1), date(2023, 12, 31), "2023"),
        (date(2024, 1, 1), date(2024, 1, 16), "1–16 January 2024"),
        (date(2024, 1, 10), date(2024, 3, 5), "10 January – 5 March 2024"),
        (date(2023, 12, 10), date(2024, 1, 5), "10 December 2023 – 5 January 2024"),
        (date(2022, 1, 1), date(2023, 12, 31), "1 January 2022 – 31 December 2023"),
        (date(2024, 3, 1), None, "since 1 March 2024"),
        (None, date(2024, 3, 1), "until 1 March 2024"),
        (None, None, ""),
        (date(9999, 1, 1), date(9999, 12, 31), "9999"),
    ],
)
def test_a_span_in_words(first, last, words):
    assert present.span_words(first, last) == words


@pytest.mark.parametrize(
    ("key", "words"), [("2024-01", "January 2024"), ("2024-Q1", "1st quarter of 2024"), ("2024", "2024")]
)
def test_a_period_of_a_series_in_words(key, words):
    assert present.period_words(key) == words


@pytest.mark.parametrize(
    ("n", "of", "words"),
    [(0, 209, "0"), (1, 209, "<1"), (208, 209, ">99"), (209, 209, "100"), (1, 3, "33"), (0, 0, "0")],
)
def test_some_are_never_none_nor_all(n, of, words):
    assert present.percent(n, of) == words
