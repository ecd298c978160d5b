"""What sources write about an amount of money → low, best, high in millions, and its currency.

The words around an amount are those around a number of people (`PHRASES` of events/wording.py), and so are the ends
that they bound. An amount that is "about" something keeps its best figure alone: the house's 5 and 10 percent are of
people.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from events.models.choices import Qualifier
from events.wording import LONGEST_WORDING, PHRASES, in_one_spelling

MOST_MILLIONS = Decimal(100_000_000)  # a hundred trillion, about what the world earns in a year


@dataclass(frozen=True, slots=True)
class MoneyReading:
    """Millions of `currency` (ISO code; "" where the words name none): None where an end is not known.

    A range has no best; "up to" is high alone; "more than" is its own low and best, its high open.
    """

    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    currency: str


# Signs that several currencies share ("¥", "kr") are no answer. A bare "$" is the US dollar, as in all our sources.
_SIGNS = {
    "us$": "USD", "c$": "CAD", "ca$": "CAD", "a$": "AUD", "au$": "AUD", "nz$": "NZD", "hk$": "HKD", "nt$": "TWD",
    "s$": "SGD", "r$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₪": "ILS",
}  # fmt: skip
_NAMES = {
    "us dollars": "USD", "u.s. dollars": "USD", "dollars": "USD", "dollar": "USD", "euros": "EUR", "euro": "EUR",
    "pounds sterling": "GBP", "pounds": "GBP", "sterling": "GBP", "japanese yen": "JPY", "yen": "JPY", "yuan": "CNY",
    "renminbi": "CNY", "rmb": "CNY", "won": "KRW", "indian rupees": "INR", "swiss francs": "CHF",
    "swedish kronor": "SEK", "norwegian kroner": "NOK", "danish kroner": "DKK",
}  # fmt: skip
_CODES = ("usd", "eur", "gbp", "jpy", "cny", "krw", "inr", "cad", "aud", "chf", "sek", "nok", "dkk", "ils", "brl",
          "sgd", "hkd", "twd", "nzd", "aed", "sar")  # fmt: skip
_NAMES |= {code: code.upper() for code in _CODES}
_SCALES = {
    "k": Decimal("0.001"), "thousand": Decimal("0.001"), "m": Decimal(1), "mn": Decimal(1), "mln": Decimal(1),
    "million": Decimal(1), "b": Decimal(1_000), "bn": Decimal(1_000), "bln": Decimal(1_000), "billion": Decimal(1_000),
    "t": Decimal(1_000_000), "tn": Decimal(1_000_000), "trn": Decimal(1_000_000), "trillion": Decimal(1_000_000),
}  # fmt: skip


def _one_of(words: dict[str, object] | dict[str, str] | dict[str, Decimal]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_AMOUNT = re.compile(
    rf"(?:(?P<sign>{_one_of(_SIGNS)}|(?:{'|'.join(_CODES)})(?= ?[0-9])) ?)?"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,3})?|[0-9]{1,12}(?:\.[0-9]{1,3})?)"
    rf"(?: ?-?(?P<scale>{_one_of(_SCALES)})(?![a-z]))?"
    rf"(?: ?(?P<name>{_one_of(_NAMES)})(?![a-z]))?"
)
# "$35 billion to $40 billion" and "$35-40 billion" are one phrase each.
_PHRASES = {
    words: phrase
    for phrase in PHRASES
    for words in phrase.words
    if re.search(r"\bN\b", words) and not re.search(r"\bP\b|P%", words)
}
# What may follow an amount and changes nothing about it.
_AFTER = re.compile(r",? (?:in total|in all|overall)$")


def read_money(text: str) -> MoneyReading | None:
    """The interval that a source's wording of an amount becomes.

    None means that the text is not wholly understood: several amounts that are no range, two currencies, a sign that
    several currencies share, "billions", a decimal comma. Source: docs/wording.md, "Money".
    """
    words = in_one_spelling(text)
    if not words or len(words) > LONGEST_WORDING:
        return None
    words = _AFTER.sub("", words)
    found = list(_AMOUNT.finditer(words))
    if not 1 <= len(found) <= 2:
        return None
    currencies = {code for each in found if (code := _currency(each))}
    if len(currencies) > 1 or any(each["sign"] and each["name"] for each in found):
        return None
    phrase = _PHRASES.get(_template(words, found))
    amounts = _amounts(found)
    if phrase is None or amounts is None:
        return None
    currency = next(iter(currencies), "")
    first, last = amounts[0], amounts[-1]
    match phrase.qualifier:
        case Qualifier.RANGE:
            return MoneyReading(first, None, last, currency) if first <= last else None
        case Qualifier.AT_LEAST:
            return MoneyReading(first, first, None, currency)
        case Qualifier.UP_TO:
            return MoneyReading(None, None, last, currency)
    if phrase.high == 1 and phrase.low != 1:
        # "Nearly": the amount itself is not passed.
        return MoneyReading(None, None, first, currency)
    return MoneyReading(None, first, None, currency)


def _template(words: str, found: list[re.Match[str]]) -> str:
    """The words with their amounts as N and M: "between N and M"."""
    for slot, each in reversed(list(zip("NM", found, strict=False))):
        words = f"{words[: each.start()]}{slot}{words[each.end() :]}"
    return words


def _currency(amount: re.Match[str]) -> str:
    sign = amount["sign"]
    if sign:
        return _SIGNS.get(sign, sign.upper())
    return _NAMES[amount["name"]] if amount["name"] else ""


def _amounts(found: list[re.Match[str]]) -> list[Decimal] | None:
    """In millions. In a range the scale of the last amount is that of both, unless the first has one of its own."""
    amounts = []
    for each in found:
        scale = each["scale"] or found[-1]["scale"]
        # Without a scale it is that many units: an amount that is written out.
        times = _SCALES[scale] if scale else Decimal("0.000001")
        amounts.append(Decimal(each["number"].replace(",", "")) * times)
    if any(not Decimal("0.001") <= amount <= MOST_MILLIONS for amount in amounts):
        return None
    return [amount.quantize(Decimal("0.001")).normalize() + 0 for amount in amounts]
