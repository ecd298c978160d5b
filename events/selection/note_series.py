"""How many AI-investment notes: by period, kind or company, those of plans and of what was done told apart."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce

from events.selection.series import periods_between


@dataclass(frozen=True)
class NoteBar:
    """The notes of one bucket by plan or actual: each note is in one of the three."""

    key: str
    plan: int = 0
    actual: int = 0
    unknown: int = 0

    @property
    def notes(self) -> int:
        return self.plan + self.actual + self.unknown

    def __add__(self, other: "NoteBar") -> "NoteBar":
        return NoteBar(self.key, self.plan + other.plan, self.actual + other.actual, self.unknown + other.unknown)


@dataclass
class NoteSeries:
    """Numbers of notes by bucket. If it `adds_up`, the bars with `remainder`, what no bucket can hold, add up to the
    number of notes; else a note may be in several buckets, and there is no sum. Money is in none of them: kinds, and
    plans and actuals, are never added."""

    by: str
    bars: list[NoteBar] = field(default_factory=list)
    remainder: NoteBar | None = None
    adds_up: bool = True


def note_bars(counts: Iterable[tuple[str, str, int]]) -> dict[str, NoteBar]:
    """The bars of (bucket, plan or actual, number of notes), by bucket."""
    found: dict[str, list[NoteBar]] = {}
    for key, state, n in counts:
        found.setdefault(key, []).append(NoteBar(key, **{state: n}))
    return {key: reduce(NoteBar.__add__, bars) for key, bars in found.items()}


def note_series(by: str, bars: dict[str, NoteBar], *, adds_up: bool = True) -> NoteSeries:
    """The series of `bars`, most notes first; what has no bucket, under "", stands in the remainder."""
    remainder = bars.pop("", None)
    ordered = sorted(bars.values(), key=lambda bar: (-bar.notes, bar.key))
    return NoteSeries(by, ordered, remainder, adds_up)


def note_series_by_time(grain: str, bars: dict[str, NoteBar]) -> NoteSeries:
    """The series of `bars` in order of time, with an empty one for each period between them."""
    remainder = bars.pop("", None)
    return NoteSeries(grain, [bars.get(key, NoteBar(key)) for key in periods_between(bars, grain)], remainder)
