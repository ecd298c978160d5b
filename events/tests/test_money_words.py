"""What sources write about money, and the interval that it becomes."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from events.money_words import MoneyReading, read_money

NOTES = Path(__file__).parents[1] / "data" / "notes"


def reading(low, best, high, currency="USD"):
    return MoneyReading(*(None if end is None else Decimal(end) for end in (low, best, high)), currency)


@pytest.mark.parametrize(
    ("words", "becomes"),
    [
        ("$60–65 billion", reading(60_000, None, 65_000)),
        ("between $60 billion and $65 billion", reading(60_000, None, 65_000)),
        ("$500 million to $1 billion", reading(500, None, 1_000)),
        ("up to €2bn", reading(None, None, 2_000, "EUR")),
        ("nearly $1.4 billion", reading(None, None, 1_400)),
        ("more than $13 billion", reading(13_000, 13_000, None)),
        ("$30bn+", reading(30_000, 30_000, None)),
        ("about $75 billion", reading(None, 75_000, None)),
        ("$39.23 billion", reading(None, 39_230, None)),
        ("US$ 2,500,000", reading(None, "2.5", None)),
        ("£500m", reading(None, 500, None, "GBP")),
        ("C$3bn", reading(None, 3_000, None, "CAD")),
        ("5 billion euros", reading(None, 5_000, None, "EUR")),
        ("10 billion yuan", reading(None, 10_000, None, "CNY")),
        ("EUR 40 million", reading(None, 40, None, "EUR")),
        ("3 billion", reading(None, 3_000, None, "")),
    ],
)
def test_words_become_their_interval_in_millions_of_their_currency(words, becomes):
    assert read_money(words) == becomes


@pytest.mark.parametrize(
    "words",
    [
        "", "undisclosed", "billions of dollars", "several hundred million dollars", "$0", "-$5bn", "$65–60 billion",
        "¥5 trillion", "5 bn kr", "$2,5bn", "$2.5.1bn", "€2 billion ($2.17 billion)", "$5bn to €6bn",
        "$5 billion euros", "$5 billion a year", "$5bn, $6bn and $7bn", "500 employees", "12", "$" + "9" * 300,
        "$1bn\n$2bn", "$5 bnx", "17% of $5bn", "$999999999 trillion", "５ billion dollars",
    ],
)  # fmt: skip
def test_what_is_not_wholly_understood_is_not_read(words):
    assert read_money(words) is None


@given(
    st.text(max_size=40)
    | st.from_regex(r"[$€£]?[0-9.,]{1,9} ?(m|bn|billion|k)?( to | ?- ?)?[0-9]{0,5}", fullmatch=True)
)
def test_whatever_is_written_a_reading_is_an_interval_in_order(words):
    found = read_money(words)
    ends = [end for end in (found.low, found.best, found.high) if end is not None] if found else []
    assert ends == sorted(ends)
    assert all(end > 0 for end in ends)
    assert found is None or ends


def entered():
    """What people entered by hand for the words of real reports."""
    for path in sorted(NOTES.glob("*.yaml")):
        for note in yaml.safe_load(path.read_text()):
            if note.get("amount") and note.get("money"):
                yield note["amount"], note["money"]


def test_the_starter_notes_say_what_their_words_become():
    read, unread = 0, []
    for words, money in entered():
        found = read_money(words)
        if found is None:
            unread.append(words)
            continue
        read += 1
        own = tuple(
            None if (v := money.get(f"{end}millions")) is None else Decimal(str(v)) for end in ("low_", "", "high_")
        )
        assert (found.low, found.best, found.high, found.currency) == (*own, money["currency"]), words
    assert read > 50
    # Words that say more than an amount, or two of them.
    assert all("," in words or "(" in words or " a year" in words or " per " in words for words in unread), unread
