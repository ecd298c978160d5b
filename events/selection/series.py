"""Series: totals by bucket, and the names of periods and sizes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from events import dates
from events.counting import Total
from events.models.choices import Precision

if TYPE_CHECKING:
    from events.selection.sizes import Sizes

GRAINS = ("month", "quarter", "year")
# The least people of each class, smallest class first (rule 6); a cut without a figure is in none of them.
SIZES = {"1-49": 0, "50-249": 50, "250-999": 250, "1000+": 1000}
NO_FIGURE = "no-figure"


@dataclass(frozen=True)
class Bar:
    """One bucket of a series; `shows_less` when its own view would show more: its whole or parts lie elsewhere.

    `events` are its rows, `cuts` how many they are when a whole and all below it are one. `late` is the share, in
    percent, of events that usually arrives later than so long after a period: None where that is next to none. `sizes`
    are its cuts by size, where that is asked.
    """

    key: str
    total: Total
    events: int
    shows_less: bool = False
    cuts: int = 0
    label: str = ""
    late: int | None = None
    sizes: "Sizes | None" = None


@dataclass
class Series:
    """Totals by bucket of one `counts_as`. If it `adds_up`, the bars with `remainder`, what no bucket can hold, add up
    to the total; else buckets overlap, each is the total of its own view, and there is no sum."""

    by: str
    counts_as: str
    bars: list[Bar] = field(default_factory=list)
    remainder: Bar | None = None
    adds_up: bool = True


def size_of(total: Total) -> str:
    """The class of a cut by the people of its total, the cut itself and all below it."""
    if total.without_figure == total.events:
        return NO_FIGURE
    return max((name for name, least in SIZES.items() if total.headline >= least), key=lambda name: SIZES[name])


def period_key(grain: str, month: str, first: date | None, precision: str) -> str:
    """The period of `grain` that holds a date, "" when the date is known less exactly than that.

    `month` is the date's month where it is known to the month ("2024-01"), else `first` the first day of its span.
    """
    year = month[:4] or str(first)[:4]
    number = int(month[5:7]) if month else first.month if first else 1
    if grain == "year":
        return year
    if grain == "quarter" and (month or precision == Precision.QUARTER):
        return f"{year}-Q{(number + 2) // 3}"
    return month if grain == "month" else ""


def last_month(month: str, first: date, precision: str) -> str:
    """The month in which the span of a date ends, of the same words as `period_key` takes."""
    return month or dates.span(first, precision).last.isoformat()[:7]


def months_until(month: str) -> list[str]:
    """The months of a year until `month`, it included."""
    return [f"{month[:4]}-{number:02}" for number in range(1, int(month[5:]) + 1)]


def added_up(bars: Iterable[Bar], first: date | None, last: date) -> list[Bar]:
    """For each month of the years of `bars`, by month, what the year has until its end: from `first` to `last`."""
    found = {bar.key: bar for bar in bars}
    months = []
    for year in sorted({key[:4] for key in found}):
        total = Total()
        for key in (f"{year}-{number:02}" for number in range(1, 13)):
            bar = found.get(key)
            total += bar.total if bar else Total()
            within = (not first or key >= first.isoformat()[:7]) and key <= last.isoformat()[:7]
            if bar or within:
                months.append(Bar(key, total, total.events))
    return months


def without_gaps(bars: list[Bar], grain: str) -> list[Bar]:
    """The bars in order of time, with an empty one for each period between them: nothing was recorded there."""
    found = {bar.key: bar for bar in bars}
    return [found.get(key) or Bar(key, Total(), 0) for key in periods_between(found, grain)]


def periods_between(keys: Iterable[str], grain: str) -> list[str]:
    """Every period from the first to the last of `keys`."""
    found = set(keys) - {""}
    if not found:
        return []
    step = {"month": _next_month, "quarter": _next_quarter, "year": lambda key: str(int(key) + 1)}[grain]
    key, last = min(found), max(found)
    full = [key]
    # Until the last one itself: after the year 9999 keys are longer and no longer stand in order.
    while key != last:
        key = step(key)
        full.append(key)
    return full


def _next_month(key: str) -> str:
    year, month = int(key[:4]), int(key[5:])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def _next_quarter(key: str) -> str:
    year, quarter = int(key[:4]), int(key[6:])
    return f"{year + quarter // 4:04d}-Q{quarter % 4 + 1}"
