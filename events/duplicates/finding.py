"""Which events are compared at all: those of one company group within some weeks, each with a bounded number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from events.duplicates.scoring import WINDOW_DAYS, pairing
from events.duplicates.sketches import Standing

# In a group with more events at one time each is compared with so many that follow it by day, place and figure:
# what looks alike stands side by side, and a hundred thousand notices of one day stay within bounds.
NEIGHBOURS = 100


def near_pairs(
    events: Iterable[Standing], touching: Collection[int] | None = None
) -> Iterator[tuple[Standing, Standing]]:
    """Every two events that are worth comparing, the lower number first; with `touching`, those with one of these."""
    groups: dict[int, list[Standing]] = defaultdict(list)
    for event in events:
        groups[event.group].append(event)
    for group in groups.values():
        group.sort(key=lambda event: (event.first, event.order, event.pk))
        for number, one in enumerate(group):
            for at in range(number + 1, min(number + 1 + NEIGHBOURS, len(group))):
                other = group[at]
                if (other.first - one.last).days > WINDOW_DAYS:
                    break
                if not pairing(one, other):
                    continue
                if touching is None or one.pk in touching or other.pk in touching:
                    yield (one, other) if one.pk < other.pk else (other, one)
