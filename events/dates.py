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
