"""A company's cuts and AI-investment notes on a line of time, small enough for a row of a table: as numbers to draw.

Above the line a bar for each quarter, as high as the people known of it, on the scale of its own row; below it a mark
for each note. All strips of a table share one axis of time, and none divides people by money (rule 8).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import present
from events.counting import net
from events.selection import BesideRow

WIDTH, BARS, LINE, NOTES, HEIGHT = 240, 30, 31, 39, 58
# A cut whose people nobody knows is a mark of its own on the line, not a bar of no height.
UNKNOWN = 6


@dataclass(frozen=True)
class Box:
    """A bar: from the left, from the top, wide, high; drawn as one whose people nobody knows where `unknown`."""

    x: str
    y: str
    width: str
    height: str
    unknown: bool = False


@dataclass(frozen=True)
class Strip:
    """What is drawn of one row: bars, marks of notes (from the left), lines of years, each with its number, and the
    same in words."""

    bars: list[Box]
    notes: list[str]
    years: list[tuple[str, str]]
    words: str


@dataclass(frozen=True)
class Axis:
    """The days from which and until which strips go: whole years."""

    first: date
    last: date

    @classmethod
    def of(cls, rows: Iterable[BesideRow]) -> "Axis":
        found = list(rows)
        days = [cut.first for row in found for cut in row.cuts] + [note.first for row in found for note in row.notes]
        return cls(date(min(days).year, 1, 1), date(max(days).year, 12, 31))

    def x(self, day: date) -> float:
        return WIDTH * (day - self.first).days / ((self.last - self.first).days + 1)

    @property
    def years(self) -> list[tuple[str, str]]:
        return [(_number(self.x(date(y, 1, 1))), str(y)) for y in range(self.first.year, self.last.year + 1)]

    @property
    def quarters(self) -> list[date]:
        starts = [date(y, m, 1) for y in range(self.first.year, self.last.year + 1) for m in (1, 4, 7, 10)]
        return [*starts, date(self.last.year + 1, 1, 1)]


def strip(row: BesideRow, axis: Axis, whole_of: Mapping[int, int]) -> Strip:
    """The strip of one row. A date that is known less exactly stands at its first day."""
    nets = net([cut.own for cut in row.cuts], whole_of)
    people: dict[date, int] = defaultdict(int)
    unknown: set[date] = set()
    for cut in row.cuts:
        quarter = cut.first.replace(month=(cut.first.month - 1) // 3 * 3 + 1, day=1)
        people[quarter] += nets[cut.own.id].headline
        if nets[cut.own.id].without_figure:
            unknown.add(quarter)
    most = max(people.values(), default=0)
    bars = []
    for start, end in pairwise(axis.quarters):
        x, width = axis.x(start), max(axis.x(end) - axis.x(start) - 1, 1)
        if people[start]:
            height = max(BARS * people[start] / most, 1)
            bars.append(Box(_number(x), _number(BARS - height), _number(width), _number(height)))
        elif start in unknown:
            bars.append(Box(_number(x), str(BARS - UNKNOWN), _number(width), str(UNKNOWN), unknown=True))
    return Strip(bars, [_number(axis.x(note.first)) for note in row.notes], axis.years, _words(row, people, most))


def _words(row: BesideRow, people: Mapping[date, int], most: int) -> str:
    cuts = ngettext("%(n)s cut", "%(n)s cuts", row.total.events) % {"n": present.whole(row.total.events)}
    notes = ngettext("%(n)s AI-investment note", "%(n)s AI-investment notes", len(row.notes)) % {
        "n": present.whole(len(row.notes))
    }
    words = {"company": row.company.name, "cuts": cuts, "notes": notes}
    if not most:
        return _("%(company)s: %(cuts)s, %(notes)s; no number of people is known.") % words
    quarter = max(people, key=lambda q: (people[q], q))
    words |= {
        "most": present.whole(most),
        "quarter": present.period_words(f"{quarter.year}-Q{(quarter.month + 2) // 3}"),
    }
    return _("%(company)s: %(cuts)s, %(notes)s. The highest bar, %(quarter)s, is %(most)s people.") % words


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
