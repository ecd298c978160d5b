"""The rows of a file as it has them, and what was understood of them, on disk: however many there are, memory holds
where they begin and no more."""

import json
import os
import pickle
import tempfile
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, Generic, TypeVar, overload

PART = 500  # objects of a spool that are in memory at one time
T = TypeVar("T")


class RawRow:
    """A row as the file has it. `number` counts as a spreadsheet does: the header is row 1."""

    __slots__ = ("_rows", "index", "number")

    def __init__(self, rows: "Rows", index: int) -> None:
        self._rows, self.index = rows, index
        self.number = rows.numbers[index]

    @property
    def cells(self) -> list[str]:
        """The text of its cells; read from disk each time."""
        cells: list[str] = self._rows.stored(self.index)[0]
        return cells

    @property
    def faults(self) -> Mapping[int, str]:
        """What is wrong with cells of a spreadsheet that have no text, by their place in the row."""
        stored = self._rows.stored(self.index)
        return {int(place): fault for place, fault in stored[1].items()} if len(stored) > 1 else {}

    @property
    def where(self) -> str:
        """Where an editor finds it: "Row 5", "Sheet ‘2023’, row 5"."""
        sheet = self._rows.sheet_of(self.index)
        return f"Sheet ‘{sheet.name}’, row {self.number - sheet.before}" if sheet else f"Row {self.number}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet whose rows follow those of another: its first is row `first` of all, and `before` lie above it."""

    name: str
    first: int
    before: int


class Rows(Sequence[RawRow]):
    """Rows in a temporary file that goes with the object. They may be read again, at any place."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the object
        self._starts = array("Q", [0])
        self._sheets: list[Sheet] = []
        self.numbers = array("L")

    def add(self, number: int, cells: list[str], faults: Mapping[int, str] | None = None) -> None:
        stored = json.dumps([cells, faults] if faults else [cells]).encode()
        self._file.write(stored)
        self._starts.append(self._starts[-1] + len(stored))
        self.numbers.append(number)

    def begin_sheet(self, name: str, before: int) -> None:
        """What is added from here on stands in the sheet `name`; rows are numbered on, `before` lie above it."""
        self._sheets.append(Sheet(name, len(self), before))

    def sheet_of(self, index: int) -> Sheet | None:
        return next((sheet for sheet in reversed(self._sheets) if sheet.first <= index), None)

    def stored(self, index: int) -> list[Any]:
        start, end = self._starts[index], self._starts[index + 1]
        self._file.flush()
        stored: list[Any] = json.loads(os.pread(self._file.fileno(), end - start, start))
        return stored

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[RawRow]:
        return (RawRow(self, index) for index in range(len(self)))

    @overload
    def __getitem__(self, index: int) -> RawRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[RawRow]: ...
    def __getitem__(self, index: int | slice) -> RawRow | list[RawRow]:
        places = range(len(self))[index]
        return RawRow(self, places) if isinstance(places, int) else [RawRow(self, place) for place in places]


class Spool(Generic[T]):
    """Objects in a temporary file that goes with this one, to be read again in the order in which they came."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the object
        self._starts = array("Q", [0])
        self._last: list[T] = []
        self._count = 0

    def add(self, item: T) -> None:
        self._last.append(item)
        self._count += 1
        if len(self._last) == PART:
            # Together: what many of them share is written once.
            self._starts.append(self._starts[-1] + self._file.write(pickle.dumps(self._last)))
            self._last = []

    def parts(self) -> Iterator[list[T]]:
        """Some hundreds at a time."""
        self._file.flush()
        for start, end in pairwise(self._starts):
            yield pickle.loads(os.pread(self._file.fileno(), end - start, start))  # noqa: S301 - written above
        if self._last:
            yield self._last

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        return chain.from_iterable(self.parts())
