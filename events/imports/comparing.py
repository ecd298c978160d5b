"""Which rows of a file are new, which are here the same, and which are here otherwise: docs/importing.md has the rules.

Rows and events are gone through side by side, in the order of company, day and area; of a row some hundred bytes are
held that tell it from others.
"""

import hashlib
import json
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from events.imports.layouts import NOTHING_MORE, Facts
from events.models import LayoffEvent
from events.models.choices import State
from events.text import company_key

HELD = 16  # hexadecimal digits of a hash that tell company, day and area, or source and site


@dataclass(frozen=True, slots=True)
class Known:
    """An event that this layout brought before."""

    pk: int
    base: int
    detail: int
    occurrence: int
    content: bytes
    state: str
    figure: int


class Compared:
    """What is known of each row, by its place in the file: `event` it is here as (0: it is new), whether it says the
    same, whether that event is a draft; of a new one how many of its like stand before it, and, by place, an event that
    it may be: one of those here of its company, day and area, no one can say which."""

    def __init__(self, rows: int) -> None:
        self.event = array("Q", [0]) * rows
        self.is_same = bytearray(rows)
        self.is_draft = bytearray(rows)
        self.occurrence = array("L", [0]) * rows
        self.perhaps: dict[int, int] = {}
        self.new = self.same = 0

    def _meet(self, pairs: Iterable[tuple[int, Known]], is_same: bool) -> None:
        for index, known in pairs:
            self.event[index], self.is_same[index] = known.pk, is_same
            self.is_draft[index] = known.state == State.DRAFT
            self.same += is_same


class Identities:
    """What tells the rows of a file from others: `base` company, day and area; `detail` source and site; `content` all
    that they say."""

    def __init__(self) -> None:
        self._index = array("L")
        self._base, self._detail, self._figure = array("Q"), array("Q"), array("Q")
        self._content = bytearray()

    def add(self, index: int, facts: Facts) -> None:
        self._index.append(index)
        self._base.append(
            int(_digest(company_key(facts.company), facts.announced_on.isoformat(), facts.area)[:HELD], 16)
        )
        self._detail.append(int(_digest(facts.source, facts.site)[:HELD], 16))
        self._figure.append(_figure(facts.people.best, facts.share_percent))
        self._content += bytes.fromhex(content_of(facts))

    def content(self, at: int) -> bytes:
        return bytes(self._content[32 * at : 32 * at + 32])

    def key(self, at: int) -> str:
        """The part of an event's key that tells this row."""
        return f"{self._base[at]:0{HELD}x}:{self._detail[at]:0{HELD}x}"

    def compare(
        self,
        layout: str,
        rows: int,
        repeats: Callable[[int], None],
        nearly_repeats: Callable[[int], None],
        *,
        exact_only: bool,
    ) -> Compared:
        """Compares `rows` rows with the events that `layout` brought before; rows that may be one notice given twice
        are told, by their places, to `repeats` and `nearly_repeats`.

        With `exact_only` a row of other content is another row: a file of rejects holds single rows out of their
        groups.
        """
        found = Compared(rows)
        here = _Ascending(_known(layout))
        in_order = sorted(range(len(self._base)), key=self._base.__getitem__)
        for base, group in groupby(in_order, key=self._base.__getitem__):
            some = list(group)
            self._tell_repeats(some, repeats, nearly_repeats)
            self._compare_group(some, here.of(base), found, exact_only)
        return found

    def _compare_group(self, some: list[int], known: list[Known], found: Compared, exact_only: bool) -> None:
        last: Counter[int] = Counter()
        for each in known:
            last[each.detail] = max(last[each.detail], each.occurrence)
        group = _Group(some, known)
        pairs = group.take(lambda at: (self._detail[at], self.content(at)), lambda known: (known.detail, known.content))
        pairs += group.take(self.content, lambda known: known.content)
        found._meet(self._at(pairs), is_same=True)
        if not exact_only:
            pairs = group.take(self._detail.__getitem__, lambda known: known.detail, whole_groups=True)
            pairs += group.take(self._figure.__getitem__, lambda known: known.figure, whole_groups=True)
            found._meet(self._at(pairs), is_same=False)
        for at in group.rows:
            if group.known and not exact_only:
                found.perhaps[self._index[at]] = group.known[0].pk
            last[self._detail[at]] += 1
            found.occurrence[self._index[at]] = last[self._detail[at]]
            found.new += 1

    def _at(self, pairs: Iterable[tuple[int, Known]]) -> Iterator[tuple[int, Known]]:
        return ((self._index[at], known) for at, known in pairs)

    def _tell_repeats(
        self, some: list[int], repeats: Callable[[int], None], nearly_repeats: Callable[[int], None]
    ) -> None:
        if len(some) < 2:
            return
        contents: set[tuple[int, bytes]] = set()
        details: set[int] = set()
        for at in some:
            detail, content = self._detail[at], self.content(at)
            if (detail, content) in contents:
                repeats(self._index[at])
            elif detail in details:
                nearly_repeats(self._index[at])
            contents.add((detail, content))
            details.add(detail)


class _Ascending:
    """Events in the order of their base, those of one base at a time."""

    def __init__(self, known: Iterator[Known]) -> None:
        self._groups = ((base, list(group)) for base, group in groupby(known, key=lambda each: each.base))
        self._next: tuple[int, list[Known]] | None = next(self._groups, None)

    def of(self, base: int) -> list[Known]:
        """Those of `base`, the oldest first; asked for in ascending order."""
        while self._next and self._next[0] < base:
            before, self._next = self._next[0], next(self._groups, None)
            if self._next and self._next[0] <= before:
                raise RuntimeError("The database gave the keys of events in another order than they have.")
        if self._next and self._next[0] == base:
            return sorted(self._next[1], key=lambda known: known.pk)
        return []


class _Group:
    """The rows and the known events of one company, day and area, on their way to each other."""

    def __init__(self, rows: list[int], known: list[Known]) -> None:
        self.rows, self.known = rows, known

    def take(
        self, of_row: Callable[[int], Any], of_known: Callable[[Known], Any], *, whole_groups: bool = False
    ) -> list[tuple[int, Known]]:
        """Pairs rows with events that are alike in this, in order; 0 is like nothing.

        With `whole_groups` only where the file has at least as many such rows as there are events: of fewer,
        nobody can say which event each of them is.
        """
        if not self.known:
            return []
        waiting: dict[Any, list[Known]] = defaultdict(list)
        for known in self.known:
            waiting[of_known(known)].append(known)
        waiting.pop(0, None)
        if whole_groups:
            asking = Counter(of_row(row) for row in self.rows)
            waiting = {key: found for key, found in waiting.items() if asking[key] >= len(found)}
        pairs, rest = [], []
        for row in self.rows:
            if found := waiting.get(of_row(row)):
                pairs.append((row, found.pop(0)))
            else:
                rest.append(row)
        gone = {known.pk for _row, known in pairs}
        self.rows, self.known = rest, [known for known in self.known if known.pk not in gone]
        return pairs


def _known(layout: str) -> Iterator[Known]:
    rows = LayoffEvent.objects.filter(origin_key__startswith=f"{layout}:").order_by("origin_key", "pk")
    for pk, key, content, state, people, share in rows.values_list(
        "pk", "origin_key", "origin_hash", "state", "people", "share_percent"
    ).iterator(chunk_size=2000):
        _layout, base, detail, occurrence = key.split(":")
        yield Known(
            pk, int(base, 16), int(detail, 16), int(occurrence), bytes.fromhex(content), state, _figure(people, share)
        )


def content_of(facts: Facts) -> str:
    """The SHA-256 of all that a row says."""
    reading = facts.people
    return _digest(
        facts.company_as_written, facts.announced_on, facts.effective_on, reading.low, reading.best, reading.high,
        reading.qualifier, reading.basis, facts.wording, facts.share_percent, facts.stage, facts.permanence,
        facts.closure, facts.sector, facts.country, facts.place, facts.place_basis, facts.source,
        *(() if facts.more == NOTHING_MORE else astuple(facts.more)),
    )  # fmt: skip


def _figure(people: int | None, share: Decimal | None) -> int:
    """A number that is the same for the same figure; 0 where there is none."""
    if not people and not share:
        return 0
    return int(_digest(people, None if share is None else format(share.normalize(), "f"))[:HELD], 16) or 1


def _digest(*values: object) -> str:
    return hashlib.sha256(json.dumps([v if v is None else str(v) for v in values]).encode()).hexdigest()
