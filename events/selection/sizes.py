"""How large cuts are: quartiles of people per cut, and how many cuts each class holds."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from events.selection.series import SIZES


@dataclass(frozen=True)
class Sizes:
    """The cuts of one bucket by size: people of the lower quartile, the median and the upper quartile, each None where
    no cut has a figure; cuts by class of SIZES, and those without a figure."""

    quartiles: tuple[Decimal, Decimal, Decimal] | None
    classes: dict[str, int]
    without_figure: int

    @property
    def with_figure(self) -> int:
        return sum(self.classes.values())

    @property
    def shares(self) -> list[tuple[int, Decimal | None]]:
        """Of each class, smallest first, how many cuts and which share of those with a figure."""
        return [(n, self.percent(name)) for name, n in self.classes.items()]

    def percent(self, name: str) -> Decimal | None:
        """The share of a class among the cuts with a figure, to a tenth of a percent."""
        if not self.with_figure:
            return None
        return (Decimal(100 * self.classes[name]) / self.with_figure).quantize(Decimal("0.1"))


def sizes_of(cuts: Mapping[int, int], without_figure: int) -> Sizes:
    """The sizes of `cuts`, which gives by people how many cuts were of so many."""
    classes = dict.fromkeys(SIZES, 0)
    for people, n in cuts.items():
        classes[max((name for name, least in SIZES.items() if people >= least), key=lambda name: SIZES[name])] += n
    return Sizes(quartiles(cuts), classes, without_figure)


def quartiles(cuts: Mapping[int, int]) -> tuple[Decimal, Decimal, Decimal] | None:
    """Lower quartile, median and upper quartile of whole numbers, given by how often each comes; None of none.

    Of n numbers in order the k-th quartile stands at place 1 + (n - 1) k / 4, between two numbers on the line that
    joins them: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50
    (1996), the method of R, NumPy and spreadsheets (QUARTILE.INC).
    """
    counts = sorted((people, n) for people, n in Counter(cuts).items() if n > 0)
    if not counts:
        return None
    ends = list(accumulate(n for _people, n in counts))

    def at(place: int) -> int:
        return next(people for (people, _n), end in zip(counts, ends, strict=True) if place < end)

    def quartile(k: int) -> Decimal:
        place, quarters = divmod((ends[-1] - 1) * k, 4)
        low = at(place)
        high = at(place + 1) if quarters else low
        return low + Decimal((high - low) * quarters) / 4

    return quartile(1), quartile(2), quartile(3)
