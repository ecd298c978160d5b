"""What sources write about a number of people → low, best, high, qualifier.

Text that is not wholly understood is not read: an editor then states the bounds.
The table is explained to readers in docs/wording.md, which a test keeps in step.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from events.models.choices import PeopleBasis, Qualifier

LONGEST_WORDING = 200  # characters: a longer text is a sentence about something, no wording of a figure
MOST_PEOPLE = 10_000_000  # no employer has more; such a number is money, a phone number or a slip


@dataclass(frozen=True, slots=True)
class Reading:
    """The interval that a wording becomes; `low <= best <= high` where present."""

    low: int | None
    best: int | None
    high: int | None
    qualifier: Qualifier
    basis: PeopleBasis
    share_percent: Decimal | None = None

    @property
    def headline(self) -> int | None:
        return self.low if self.best is None else self.best

    @property
    def high_open(self) -> bool:
        return self.qualifier is Qualifier.AT_LEAST


@dataclass(frozen=True, slots=True)
class Phrase:
    """Ways to write a figure that become the same interval.

    Capitals stand for what is written there: N and M a number, P a percentage, K a rounded
    shorthand ("2.5k", "1.5 million", "two dozen"). `low`, `best` and `high` are times that
    number (high: times M, where there is one), or people where the words hold no number.
    """

    words: tuple[str, ...]
    low: int | Decimal | None
    best: int | Decimal | None
    high: int | Decimal | None
    qualifier: Qualifier
    reason: str

    @property
    def low_words(self) -> str:
        return self._in_words(self.low, "N")

    @property
    def best_words(self) -> str:
        return self._in_words(self.best, "N")

    @property
    def high_words(self) -> str:
        if self.qualifier is Qualifier.AT_LEAST:
            return "open"
        return self._in_words(self.high, "M" if "M" in self.words[0] else "N")

    def _in_words(self, bound: int | Decimal | None, number: str) -> str:
        if bound is None:
            return "none"
        if self.words[0].islower():
            return f"{bound:,}"
        number = next((slot for slot in ("P% of N", "K") if slot in self.words[0]), number)
        return number if bound == 1 else f"{bound} × {number}"


ABOUT_LOW, ABOUT_HIGH = Decimal("0.95"), Decimal("1.10")

# The first phrase that reads the whole text wins: K stands before N.
PHRASES = (
    Phrase(
        words=(
            "not disclosed",
            "undisclosed",
            "an undisclosed number",
            "undisclosed number",
            "unspecified",
            "not specified",
            "an unspecified number",
            "unknown",
            "an unknown number",
            "not known",
            "not stated",
            "not given",
            "not announced",
            "not available",
            "n/a",
            "-",
        ),
        low=None,
        best=None,
        high=None,
        qualifier=Qualifier.NONE,
        reason="The source gives no figure. People are never invented, and nothing is not 0.",
    ),
    Phrase(
        words=("P%", "about P%", "around P%", "roughly P%", "approximately P%", "some P%", "~P%"),
        low=None,
        best=None,
        high=None,
        qualifier=Qualifier.NONE,
        reason="A share of a workforce is kept as a share: without the workforce it is no number of people.",
    ),
    Phrase(
        words=("P% of N",),
        low=1,
        best=1,
        high=1,
        qualifier=Qualifier.ABOUT,
        reason="The source gives the share and its whole. P is rounded, so low and high take half of its "
        "last digit off and on: 10% of 7,000 is 9.5% to 10.5%, 665 to 735.",
    ),
    Phrase(
        words=("about P% of N", "around P% of N", "roughly P% of N", "approximately P% of N", "~P% of N"),
        low=ABOUT_LOW,
        best=1,
        high=ABOUT_HIGH,
        qualifier=Qualifier.ABOUT,
        reason="As “about N”, and never narrower than P% of N without “about”.",
    ),
    Phrase(
        words=("K",),
        low=ABOUT_LOW,
        best=1,
        high=ABOUT_HIGH,
        qualifier=Qualifier.ABOUT,
        reason="A shorthand such as 2.5k, 1.5 million or two dozen is rounded, so it is read as “about N”.",
    ),
    Phrase(
        words=("N", "exactly N", "a total of N", "just N", "only N"),
        low=1,
        best=1,
        high=1,
        qualifier=Qualifier.EXACT,
        reason="The source states a number and bounds it in no way; “a thousand” counts as written.",
    ),
    Phrase(
        words=(
            "at least N",
            "more than N",
            "over N",
            "just over N",
            "slightly more than N",
            "slightly over N",
            "well over N",
            "upwards of N",
            "in excess of N",
            "no fewer than N",
            "no less than N",
            "a minimum of N",
            "N or more",
            "N plus",
            "N-plus",
            "N+",
            ">N",
            ">=N",
            "≥N",
        ),
        low=1,
        best=1,
        high=None,
        qualifier=Qualifier.AT_LEAST,
        reason="N is the only number that the source vouches for. “More than” strictly starts at N + 1, "
        "but nobody has stated that number. “Just over” hints at an end, but names none: open too.",
    ),
    Phrase(
        words=(
            "up to N",
            "as many as N",
            "fewer than N",
            "less than N",
            "under N",
            "below N",
            "no more than N",
            "not more than N",
            "at most N",
            "a maximum of N",
            "N or fewer",
            "N or less",
            "<N",
            "<=N",
            "≤N",
        ),
        low=None,
        best=None,
        high=1,
        qualifier=Qualifier.UP_TO,
        reason="Only the end is known: the event is without figure. “Fewer than” strictly ends at N − 1, "
        "but N is the number that the source wrote, and one person more never makes the end too small.",
    ),
    Phrase(
        words=("nearly N", "almost N", "just under N", "slightly fewer than N", "just shy of N"),
        low=ABOUT_LOW,
        best=1,
        high=1,
        qualifier=Qualifier.ABOUT,
        reason="As “about N”, but from below: the words say that N itself is not passed.",
    ),
    Phrase(
        words=(
            "about N",
            "around N",
            "roughly N",
            "approximately N",
            "approx. N",
            "approx N",
            "some N",
            "an estimated N",
            "estimated N",
            "circa N",
            "c. N",
            "ca. N",
            "close to N",
            "N or so",
            "~N",
            "≈N",
        ),
        low=ABOUT_LOW,
        best=1,
        high=ABOUT_HIGH,
        qualifier=Qualifier.ABOUT,
        reason="A house rule: 5% down, 10% up, rounded outward to whole people. It reaches further up, since "
        "a number just below the round one has words of its own (“nearly”, “almost”), while one above it is "
        "mostly rounded down.",
    ),
    Phrase(
        words=("N to M", "N-M", "between N and M", "from N to M"),
        low=1,
        best=None,
        high=1,
        qualifier=Qualifier.RANGE,
        reason="Both ends are the source's, which prefers no number between them; the middle would be ours.",
    ),
    Phrase(
        words=("a handful", "a few", "several"),
        low=3,
        best=None,
        high=9,
        qualifier=Qualifier.RANGE,
        reason="More than a couple, fewer than ten.",
    ),
    Phrase(
        words=("a couple of dozen", "a couple dozen"),
        low=18,
        best=None,
        high=36,
        qualifier=Qualifier.RANGE,
        reason="One and a half to three dozen: see “a couple of hundred”.",
    ),
    Phrase(
        words=("dozens", "several dozen", "a few dozen"),
        low=24,
        best=None,
        high=99,
        qualifier=Qualifier.RANGE,
        reason="At least two dozen; from 100 on the word would be “hundreds” or “more than a hundred”.",
    ),
    Phrase(
        words=("scores",),
        low=40,
        best=None,
        high=99,
        qualifier=Qualifier.RANGE,
        reason="A score is twenty: at least two of them, fewer than a hundred.",
    ),
    Phrase(
        words=("a couple of hundred", "a couple hundred"),
        low=150,
        best=None,
        high=300,
        qualifier=Qualifier.RANGE,
        reason="Two hundred, rounded (from 150), and in loose speech two or three (to 300).",
    ),
    Phrase(
        words=("several hundred", "hundreds", "a few hundred"),
        low=200,
        best=None,
        high=900,
        qualifier=Qualifier.RANGE,
        reason="At least two hundreds, at most nine: the next would be “a thousand”. “A few” is no narrower: "
        "of one cut at Google (16 January 2024) the memo said “several hundred”, the firm “a few hundred”.",
    ),
    Phrase(
        words=("a couple of thousand", "a couple thousand"),
        low=1_500,
        best=None,
        high=3_000,
        qualifier=Qualifier.RANGE,
        reason="As “a couple of hundred”, ten times.",
    ),
    Phrase(
        words=("several thousand", "thousands", "a few thousand"),
        low=2_000,
        best=None,
        high=9_000,
        qualifier=Qualifier.RANGE,
        reason="As “several hundred”, ten times.",
    ),
    Phrase(
        words=("tens of thousands",),
        low=20_000,
        best=None,
        high=90_000,
        qualifier=Qualifier.RANGE,
        reason="At least two tens of thousands, at most nine.",
    ),
    Phrase(
        words=("hundreds of thousands",),
        low=200_000,
        best=None,
        high=900_000,
        qualifier=Qualifier.RANGE,
        reason="At least two hundreds of thousands, at most nine.",
    ),
)


def read_people(text: str) -> Reading | None:
    """The interval that a source's wording of a number of people becomes.

    “Not disclosed” is a reading without figures. None means that the text is not wholly
    understood: 0, several unrelated numbers, "12.000", a bound on a share ("fewer than 5%").
    Source: docs/wording.md.
    """
    words = _normalised(text)
    for pattern, phrase in _PATTERNS:
        found = pattern.fullmatch(words)
        reading = _reading(phrase, found.groupdict()) if found else None
        if reading:
            return reading
    return None


def _reading(phrase: Phrase, slots: Mapping[str, str]) -> Reading | None:
    if "P" in slots:
        return _read_share(phrase, slots)
    if not slots:
        return _bounded(phrase, Decimal(1), Decimal(1))
    first, last = slots["N"], slots.get("M", slots["N"])
    low, high = _number(first), _number(last)
    if low is None or high is None or low > high:
        return None
    # "2-3k" and "two to three thousand" may or may not mean 2,000 to 3,000.
    if _SCALED.fullmatch(last) and not _SCALED.fullmatch(first):
        return None
    return _bounded(phrase, low, high)


def _bounded(phrase: Phrase, low: Decimal, high: Decimal) -> Reading:
    return Reading(
        low=None if phrase.low is None else _people(phrase.low * low, ROUND_FLOOR),
        best=None if phrase.best is None else _people(phrase.best * low, ROUND_HALF_UP),
        high=None if phrase.high is None else _people(phrase.high * high, ROUND_CEILING),
        qualifier=phrase.qualifier,
        basis=PeopleBasis.UNKNOWN if phrase.qualifier is Qualifier.NONE else PeopleBasis.STATED,
    )


def _read_share(phrase: Phrase, slots: Mapping[str, str]) -> Reading | None:
    """A share, and the people that it makes if the source says of how many."""
    percent = Decimal(slots["P"])
    if not 0 < percent <= 100:
        return None
    if phrase.low is None or phrase.high is None:
        return Reading(None, None, None, Qualifier.NONE, PeopleBasis.UNKNOWN, percent)
    staff = read_people(slots["N"])
    if staff is None or staff.low is None or staff.best is None or staff.high is None or staff.share_percent:
        return None
    if percent * staff.best < 50:  # rounds to nobody: the share or its whole is a slip
        return None
    half_digit = Decimal("0.5") / 10 ** len(slots["P"].partition(".")[2])
    lowest = min(percent - half_digit, phrase.low * percent)
    highest = min(max(percent + half_digit, phrase.high * percent), Decimal(100))
    return Reading(
        low=_people(lowest * staff.low / 100, ROUND_FLOOR),
        best=_people(percent * staff.best / 100, ROUND_HALF_UP),
        high=_people(highest * staff.high / 100, ROUND_CEILING),
        qualifier=phrase.qualifier,
        basis=PeopleBasis.FROM_PERCENT,
        share_percent=percent,
    )


def _people(amount: Decimal, rounding: str) -> int:
    """Whole people; a cut takes at least one."""
    return max(1, int(amount.to_integral_value(rounding)))


# Numbers: "12000", "12,000", "12 000", "12'000"; a spreadsheet's "16000.0"; "2.5k"; "twelve hundred".
# "12.000" is twelve in one country and twelve thousand in another: not read.

_WHOLE = re.compile(r"[1-9][0-9]{0,2}(?P<mark>[ ,'])[0-9]{3}(?:(?P=mark)[0-9]{3})*|[1-9][0-9]*(?:\.0{1,2})?")
_SCALES = {"k": 1_000, "dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_SCALED = re.compile(rf"([0-9]{{1,3}}(?:\.[0-9]{{1,2}})?|[a-z-]+(?= )) ?({'|'.join(_SCALES)})")

# fmt: off
_TO_NINETEEN = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]
# fmt: on
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_COUNTS = {word: count for count, word in enumerate(_TO_NINETEEN, 1)}
_COUNTS |= {word: count for count, word in zip(range(20, 100, 10), _TENS, strict=True)}
_COUNTS |= {f"{ten}-{one}": _COUNTS[ten] + _COUNTS[one] for ten in _TENS for one in _TO_NINETEEN[:9]}


def _number(words: str) -> Decimal | None:
    """A whole number of people between 1 and `MOST_PEOPLE`."""
    value: Decimal | None = None
    if scaled := _SCALED.fullmatch(words):
        count, scale = scaled.groups()
        if count[0].isdigit():
            value = Decimal(count) * _SCALES[scale]
        elif count in _COUNTS or count == "a":
            value = Decimal(_COUNTS.get(count, 1) * _SCALES[scale])
    elif _WHOLE.fullmatch(words):
        value = Decimal(re.sub("[ ,']", "", words))
    elif words in _COUNTS:
        value = Decimal(_COUNTS[words])
    if value is None or not 1 <= value <= MOST_PEOPLE or value % 1:
        return None
    return value


# Words that may stand around a figure and change nothing about it.

_NOUNS = re.compile(
    r"(?: of)?(?: (?:its|the|their))?(?: [\w.&-]+'s)?(?: (?:corporate|full-time|global|tech|technology))?"
    r"(?:-(?:member|person|strong))?"
    r" (?:colleagues|employees?|headcount|individuals|job cuts|jobs?|layoffs|payroll|people|person|positions?"
    r"|posts?|redundancies|roles?|staff|staffers?|team members?|workers?|workforce)"
    r"(?: globally| worldwide)?$"
)
_WHOSE = re.compile(r"% of (?:(?:its|the|their) )?(?:[\w.&-]+'s )?(?:(?:headcount|staff|workforce) of )?")
_TYPOGRAPHY = str.maketrans("\u00a0\u2009\u202f’‐‑‒–—−", "   '------", '"“”')


def in_one_spelling(text: str) -> str:
    """`text` in one spelling: dashes, quotes, blanks, case; empty if it is more than one short line."""
    words = text.translate(_TYPOGRAPHY).strip().lower()
    if len(words) > LONGEST_WORDING or not words.isprintable():
        return ""
    if re.search(r"[0-9]  +[0-9]", words):  # two cells of a table, not "12 000"
        return ""
    words = re.sub(" +", " ", words).removesuffix(".")
    return re.sub(r"(?<=[<>=≥≤~≈]) | (?=\+)| ?- ?", lambda found: found[0].strip(), words)


def _normalised(text: str) -> str:
    """`text` in one spelling, without the nouns; empty if it is more than one short line."""
    words = in_one_spelling(text)
    words = _NOUNS.sub("", words)
    words = re.sub(r" ?(?:%|per ?cent\b)", "%", words)
    return _WHOSE.sub("% of ", words)


_SLOTS = {
    "N": "(?P<N>.+)",
    "M": "(?P<M>.+)",
    "K": "(?P<N>[0-9.]+ ?(?:k|hundred|thousand|million)|[a-z0-9-]+ dozen)",
    "P": r"(?P<P>[0-9]{1,3}(?:\.[0-9]{1,2})?)",
}


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(re.sub("[NMKP]", lambda slot: _SLOTS[slot[0]], re.escape(words)))


_PATTERNS = [(_pattern(words), phrase) for phrase in PHRASES for words in phrase.words]
