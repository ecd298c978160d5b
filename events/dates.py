"""Dates as exactly as they are known: a day, or the whole span of a month, quarter or year."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from events.models.choices import Precision

MONTHS = {Precision.MONTH: 1, Precision.QUARTER: 3, Precision.YEAR: 12}

_FORMS = (
    (Precision.DAY, re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")),
    (Precision.MONTH, re.compile(r"([0-9]{4})-([0-9]{2})")),
    (Precision.QUARTER, re.compile(r"([0-9]{4})-Q([1-4])")),
    (Precision.YEAR, re.compile(r"([0-9]{4})")),
)


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both included, that a date of `precision` stands for."""

    first: date
    last: date
    precision: Precision

    def __str__(self) -> str:
        return written(self.first, self.precision)


def today() -> date:
    """The day it is in UTC: the day on which things become public here (rule 9)."""
    return datetime.now(UTC).date()


def span(day: date, precision: str) -> Span:
    """The span of `precision` that holds `day`: 16 May 2024 and "quarter" give April to June."""
    precision = Precision(precision)
    if precision == Precision.DAY:
        return Span(day, day, precision)
    length = MONTHS[precision]
    month = (day.month - 1) // length * length + 1
    after = month + length
    end = date(day.year + 1, 1, 1) if after > 12 and day.year < 9999 else None
    if after <= 12:
        end = date(day.year, after, 1)
    last = end - timedelta(days=1) if end else date.max
    return Span(date(day.year, month, 1), last, precision)


def read_date(text: str) -> Span:
    """The span that `text` writes: "2024-01-10", "2024-01", "2024-Q1" or "2024".

    Raises ValueError with words for an editor when it is none of these or no day of the calendar.
    """
    text = text.strip()
    for precision, form in _FORMS:
        if match := form.fullmatch(text):
            numbers = [int(n) for n in match.groups()]
            if precision == Precision.QUARTER:
                numbers[1] = numbers[1] * 3 - 2
            try:
                return span(date(*numbers, *[1] * (3 - len(numbers))), precision)
            except ValueError:
                break
    raise ValueError(f"‘{text[:40]}’ is no date. Write 2024-01-10, 2024-01, 2024-Q1 or 2024.")


# ── Dates among the words of a search ────────────────────────────────────────────────────────────────────────────────

_NAMES = (
    "jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?",
    "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
)  # fmt: skip
_MONTH_OF = {name[:3]: month for month, name in enumerate(_NAMES, 1)}
_QUARTER_OF = {"1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4}
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_NAME = rf"(?P<name>{'|'.join(_NAMES)})\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
# "Cut 2000 jobs" names no year.
_COUNTED = r"(?!\s*(?:%|(?:jobs|people|workers|employees|roles|positions|staff|percent)\b))"
# Neither do "$2000", "1,2000" and, of a day in a form that is not read, "18-01-2024".
_STARTS = r"(?<!\w)(?<![$€£])(?<!\b[0-9][.,/-])(?<!\b[0-9]{2}[.,/-])"
# The more exact form first: what it takes, no later one reads again.
_SPOKEN = [
    re.compile(rf"{_STARTS}{form}(?!\w|[.,/-][0-9]{{1,3}}\b)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})",
        rf"{_YEAR}-(?P<month>[0-9]{{2}})",
        rf"{_YEAR}[ -]?q(?P<quarter>[1-4])",
        rf"q(?P<quarter>[1-4])[ /-]?{_YEAR}",
        rf"(?P<quarter>{'|'.join(_QUARTER_OF)})\s+quarter\s+(?:of\s+)?{_YEAR}",
        rf"{_DAY}\s+(?:of\s+)?{_NAME},?\s*{_YEAR}",
        rf"{_NAME}\s*{_DAY}[,\s]\s*{_YEAR}",
        rf"{_NAME},?\s*(?:of\s+)?{_YEAR}",
        rf"{_YEAR}{_COUNTED}",
    )
]
_BETWEEN = re.compile(r"\s*(?:to|until|till|and|-|–)\s*", re.IGNORECASE)
_BEFORE = re.compile(r"(?<!\w)(?:(?P<open>since|from)|in|on|of|during|between)\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dated:
    """Days that words name, both included (an end may be open), and the other words."""

    first: date
    last: date | None
    rest: str


def find_days(text: str) -> Dated | None:
    """The days that a text names in English, among other words: "amazon january 2024", "q1 2024", "since 2023".

    One date, or one and a later one with "to" or "-" between them. None where there is no date, where one is no day of
    the calendar, and where several could be meant: nothing is guessed.
    """
    found = _spoken(text)
    try:
        spans = [_span_of(match) for match in found]
    except ValueError:
        return None
    if len(found) == 2 and not _BETWEEN.fullmatch(text, found[0].end(), found[1].start()):
        return None
    if not 1 <= len(found) <= 2 or spans[0].first > spans[-1].first:
        return None
    before, after = text[: found[0].start()], text[found[-1].end() :]
    word = _BEFORE.search(before)
    is_open = len(found) == 1 and word is not None and word["open"] is not None
    rest = before[: word.start()] if word else before
    return Dated(spans[0].first, None if is_open else spans[-1].last, " ".join(f"{rest} {after}".split()))


def _spoken(text: str) -> list[re.Match[str]]:
    """The dates that `text` spells, in its order."""
    found, left = [], text
    for form in _SPOKEN:
        for match in form.finditer(left):
            found.append(match)
            left = left[: match.start()] + " " * len(match[0]) + left[match.end() :]
    return sorted(found, key=lambda match: match.start())


def _span_of(match: re.Match[str]) -> Span:
    """Raises ValueError where it is no day of the calendar."""
    said = match.groupdict()
    if quarter := said.get("quarter"):
        return read_date(f"{said['year']}-Q{_QUARTER_OF.get(quarter.lower(), quarter)}")
    month = _MONTH_OF[said["name"][:3].lower()] if said.get("name") else said.get("month")
    parts = [said["year"], *(f"{int(part):02}" for part in (month, said.get("day")) if part)]
    return read_date("-".join(parts))


def written(first: date, precision: str) -> str:
    """The date as files write it, no more exact than it is known: "2024-01-10", "2024-01", "2024-Q1", "2024"."""
    if precision == Precision.DAY:
        return first.isoformat()
    if precision == Precision.MONTH:
        return first.isoformat()[:7]
    if precision == Precision.QUARTER:
        return f"{first.year:04d}-Q{(first.month + 2) // 3}"
    return f"{first.year:04d}"


def months_later(day: date, months: int) -> date:
    """The same day so many months later (earlier, if negative); the last of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return date.min if year < 1 else date.max
    last = span(date(year, month + 1, 1), Precision.MONTH).last.day
    return date(year, month + 1, min(day.day, last))


def year_before(day: date) -> date:
    """The same day of the year before; the last of February for a leap day. A month's last day stays its last day."""
    last_of_month = (day + timedelta(days=1)).day == 1
    try:
        shifted = day.replace(year=day.year - 1)
    except ValueError:
        shifted = day.replace(year=day.year - 1, day=28)
    if last_of_month:
        following = (shifted.replace(day=28) + timedelta(days=4)).replace(day=1)
        return following - timedelta(days=1)
    return shifted
