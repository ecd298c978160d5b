"""Days written in numbers: which is the day and which the month is settled for a whole column, never cell by cell."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from events import dates
from events.imports.layouts.cells import ISO

_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?: 00:00(?::00)?)?")
_MONTH_FIRST = re.compile(r"(\d{4})([/.])(\d{1,2})\2(\d{1,2})")


class Order(StrEnum):
    DMY = "dmy"
    MDY = "mdy"

    @property
    def words(self) -> str:
        return "day/month/year" if self is Order.DMY else "month/day/year"


class UnsettledDays(Exception):
    """A column of days that may be read in two ways; the message asks which is meant."""


def day_in(order: Order) -> Callable[[str], date]:
    """A reader of days in `order`; also of those that any order leaves clear: 2024-03-14, 14 March 2024."""

    def read(cell: str) -> date:
        if match := _NUMBERS.fullmatch(cell):
            first, second, year = int(match[1]), int(match[3]), int(match[4])
            day, month = (first, second) if order is Order.DMY else (second, first)
        elif match := ISO.fullmatch(cell) or _MONTH_FIRST.fullmatch(cell):
            parts = [int(part) for part in re.findall(r"\d+", cell)[:3]]
            year, month, day = parts
        elif (found := dates.find_days(cell)) and found.first == found.last and not found.rest:
            return found.first
        else:
            raise _no_day(cell, order)
        try:
            return date(year, month, day)
        except ValueError:
            raise _no_day(cell, order) from None

    return read


def _no_day(cell: str, order: Order) -> ValueError:
    shown = f"‘{cell[:40]}’ is no day" if cell else "it is empty"
    return ValueError(f"{shown}. Dates in this column look like {order.words}.")


def in_numbers(cell: str) -> bool:
    """Whether `cell` looks like a day written in numbers, whose order has to be known."""
    return bool(_NUMBERS.fullmatch(cell))


@dataclass(slots=True)
class Orders:
    """What the cells of a column show of the order of its days."""

    day_first: int = 0
    month_first: int = 0
    either: str = ""

    def take(self, cell: str) -> None:
        match = _NUMBERS.fullmatch(cell)
        if match is None:
            return
        first, second = int(match[1]), int(match[3])
        if first > 12 >= second:
            self.day_first += 1
        elif second > 12 >= first:
            self.month_first += 1
        elif first != second:
            self.either = self.either or cell

    @property
    def why_open(self) -> str:
        """Why the order cannot be told, in words; empty where it can, or where it does not matter."""
        if self.day_first != self.month_first or not (self.day_first or self.either):
            return ""
        if self.day_first:
            return f"as many of its dates can only be day/month as only month/day ({self.day_first:,})"
        return f"each of its dates could be day/month or month/day (‘{self.either}’)"


@dataclass(frozen=True, slots=True)
class Undecided:
    """Stands for a reader of days until its column has been looked at; `wrap` makes the reader of a reader of days."""

    wrap: Callable[[Callable[[str], date]], Callable[[str], Any]]

    def __call__(self, cell: str) -> Any:
        raise ValueError(f"‘{cell[:40]}’ may be read in two ways.")

    def settled(self, header: str, to: str, cells: Iterable[str]) -> Callable[[str], Any]:
        """The reader in the order that the cells of the column show. Raises UnsettledDays."""
        orders = Orders()
        for cell in cells:
            orders.take(cell)
        if why := orders.why_open:
            raise UnsettledDays(
                f"Column ‘{header}’: {why}. Say which: --map '{header}={to}:dmy' or --map '{header}={to}:mdy'."
            )
        return self.wrap(day_in(Order.DMY if orders.day_first > orders.month_first else Order.MDY))
