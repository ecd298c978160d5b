"""A selection as CSV (RFC 4180, UTF-8), streamed in constant memory and safe in spreadsheets."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from events.answers.answer import SUBJECTS, Answer
from events.answers.columns import Column, Type
from events.selection import EventSelection
from events.text import guarded

# Between the values of a column that holds several.
BETWEEN = "; "


class _Line:
    """What csv.writer writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def write(answer: Answer) -> Iterator[str]:
    """The header and one line for each row."""
    return lines(answer.columns, answer.rows(), answer.base)


def lines(columns: Iterable[Column], rows: Iterable[Any], base: str = "") -> Iterator[str]:
    """The header and one line for each row. `base` goes before addresses of our own pages ("https://host")."""
    columns = list(columns)
    cells = [(column.of, AS_CELL.get(column.type)) for column in columns]
    writer = csv.writer(_Line())
    yield writer.writerow([column.name for column in columns])
    for row in rows:
        yield writer.writerow([cell(of(row, base)) if cell else of(row, base) for of, cell in cells])


def _text(value: str | None) -> str | None:
    return value and guarded(value)


def _texts(value: list[Any] | None) -> str:
    return guarded(BETWEEN.join(map(str, value or ())))


def _boolean(value: bool | None) -> str | None:
    return None if value is None else "true" if value else "false"


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _tree(value: Any) -> str | None:
    """The same tree is the same text, in whatever order a database keeps it."""
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


# Text is guarded against being taken for a formula; numbers are never touched. What is not here (whole numbers, days,
# words) is written as it is, and None as an empty cell.
AS_CELL: dict[Type, Callable[[Any], str | None]] = {
    Type.BOOLEAN: _boolean,
    Type.DECIMAL: _decimal,
    Type.TEXT: _text,
    Type.URL: _text,
    Type.TEXTS: _texts,
    Type.WORDS: _texts,
    Type.IDS: _texts,
    Type.MOMENT: _moment,
    Type.TREE: _tree,
}


def events_csv(selection: EventSelection, base: str) -> Iterator[str]:
    """The selection's events, in its order."""
    return write(Answer(SUBJECTS["events"], selection, base))
