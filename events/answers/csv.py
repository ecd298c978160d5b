"""A selection as CSV (RFC 4180, UTF-8), streamed in constant memory and safe in spreadsheets."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from events.answers.columns import EVENT_COLUMNS, Column
from events.selection import EventSelection
from events.shown import Names, event_rows
from events.text import guarded


class _Line:
    """What csv.writer writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def lines(columns: Iterable[Column], rows: Iterable[Any], base: str = "") -> Iterator[str]:
    """The header and one line for each row. `base` goes before addresses of our own pages ("https://host")."""
    columns = list(columns)
    writer = csv.writer(_Line())
    yield writer.writerow([column.name for column in columns])
    for row in rows:
        cells = []
        for column in columns:
            value = column.value(row)
            if column.name == "url":
                value = base + value
            elif column.text and isinstance(value, str):
                value = guarded(value)
            cells.append("" if value is None else value)
        yield writer.writerow(cells)


def events_csv(selection: EventSelection, base: str) -> Iterator[str]:
    """The selection's events, in its order."""
    return lines(EVENT_COLUMNS, event_rows(selection.stream(), selection, Names()), base)
