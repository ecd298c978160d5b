"""The cells of a frozen file beside those that the same query's file has today: for lists whose rows are reckoned, and
have no edition that would say what changed."""

import csv as files
from collections.abc import Iterable
from datetime import date
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _

from events import present
from events.answers import csv
from events.answers.columns import Column, Type
from events.differences import Difference
from events.text import unguarded

Cells = dict[str, str]


def of_file(content: bytes) -> list[Cells]:
    """The rows of a file as it was frozen, by column."""
    return _read(content.decode())


def of_rows(columns: Iterable[Column], rows: Iterable[Any]) -> list[Cells]:
    """The same of rows of today, as their file has them."""
    return _read("".join(csv.lines(columns, rows)))


def _read(text: str) -> list[Cells]:
    return list(files.DictReader(StringIO(text, newline="")))


def changed_cells(columns: Iterable[Column], then: Cells, now: Cells) -> list[Difference]:
    """What a row says otherwise, by the meaning of its columns. Addresses change with the host and say nothing, and a
    column that is newer than the file has nothing to stand beside."""
    return [
        Difference(_called(column), _words(column, then[column.name]), _words(column, now[column.name]))
        for column in columns
        if column.type is not Type.LINK and column.name in then and then[column.name] != now[column.name]
    ]


def _called(column: Column) -> str:
    return str(column.meaning).removesuffix(".")


def _words(column: Column, cell: str) -> str:
    if not cell:
        return _("not stated") if column.type in (Type.INTEGER, Type.DECIMAL) else ""
    match column.type:
        case Type.INTEGER:
            return present.whole(int(cell))
        case Type.BOOLEAN:
            return _("yes") if cell == "true" else _("no")
        case Type.DAY:
            return present.day_words(date.fromisoformat(cell), "day")
        case Type.WORD | Type.WORDS:
            return cell.replace("_", " ")
    return unguarded(cell)
