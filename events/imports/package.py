"""A data set read back: a zip of CSV files with its data package (docs/data-set.md), checked before any of it is used.

It may come from anybody. Nothing is unpacked to disk or held as a whole: each file is read as a stream, is no longer
than it states, and every cell is checked against its column.
"""

import csv
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.conf import settings

from events import dates
from events.answers.columns import FREE_TEXT, LISTS, Column, Type
from events.answers.csv import BETWEEN
from events.dataset.package import FORMAT
from events.dataset.tables import BY_NAME, TABLES, Table
from events.dataset.writers import PACKAGE
from events.imports.engine import ImportStopped
from events.models import (
    Alias,
    Company,
    EventEdition,
    HeadcountEdition,
    NoteEdition,
    OldSlug,
    Source,
    TotalEdition,
)
from events.models.choices import (
    PeopleBasis,
    PlaceBasis,
    Qualifier,
    ReasonKind,
    Role,
    SourceKind,
    Speaker,
    Tier,
)
from events.text import unguarded

# A document of a record with a hundred citations has some tens of thousands.
LONGEST_LINE = 1_000_000
PACKAGE_BYTES = 5_000_000
PIECE = 1 << 20
LARGEST = 2**63 - 1
MOST_PEOPLE = 2**31 - 1
_PEOPLE = ("people_low", "people", "people_high")
RESTORING = tuple(table for table in TABLES if table.restores)
SUBJECTS = {
    "event_editions": "event", "note_editions": "note", "total_editions": "total", "headcount_editions": "headcount",
}  # fmt: skip

_MODELS = {
    "companies": Company, "aliases": Alias, "old_slugs": OldSlug, "sources": Source, "event_editions": EventEdition,
    "note_editions": NoteEdition, "total_editions": TotalEdition, "headcount_editions": HeadcountEdition,
}  # fmt: skip


def stopped(message: str) -> ImportStopped:
    return ImportStopped(f"Nothing was imported. {message}")


class DataSet:
    """An open data set whose files are what its package says of them."""

    def __init__(self, archive: ZipFile) -> None:
        self.archive = archive
        self.resources = self._package()
        self._check_members()

    # The package

    def _package(self) -> dict[str, dict[str, Any]]:
        names = self.archive.namelist()
        if len(names) != len(set(names)):
            raise stopped("A file stands in the zip twice.")
        if PACKAGE not in names:
            raise stopped(f"The zip holds no {PACKAGE}: is it a data set of LayoffWatch?")
        if self.archive.getinfo(PACKAGE).file_size > PACKAGE_BYTES:
            raise stopped(f"{PACKAGE} is larger than any that we write.")
        try:
            package = json.loads(self._read(PACKAGE, PACKAGE_BYTES))
            found = package["layoffwatch"]["format"]
            resources = {resource["name"]: resource for resource in package["resources"]}
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise stopped(f"{PACKAGE} is no description of a data set of LayoffWatch.") from error
        if found != FORMAT:
            raise stopped(f"The data set is of format {found!r}; this version reads format {FORMAT}.")
        return resources

    def _read(self, name: str, most: int) -> bytes:
        with self.archive.open(name) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise stopped(f"{name} is longer than it states.")
        return content

    def _check_members(self) -> None:
        names = set(self.archive.namelist())
        expected = {PACKAGE, *(f"{name}.csv" for name in BY_NAME)}
        if missing := sorted(expected - names):
            raise stopped(f"The zip lacks {', '.join(missing)}.")
        if more := sorted(names - expected):
            raise stopped(f"The zip holds what belongs to no data set: {', '.join(more)[:200]}.")
        if missing := sorted(BY_NAME.keys() - self.resources.keys()):
            raise stopped(f"{PACKAGE} does not describe {', '.join(missing)}.")
        total = sum(info.file_size for info in self.archive.infolist())
        if total > settings.DATA_SET_MAX_BYTES:
            raise stopped(
                f"Unpacked it would have {total:,} bytes, more than the {settings.DATA_SET_MAX_BYTES:,} that "
                "DATA_SET_MAX_BYTES allows."
            )
        for name in BY_NAME:
            self._check_file(name)

    def _check_file(self, name: str) -> None:
        """The bytes of a file are those that the package states: their number, and their hash."""
        stated, path = self.resources[name], f"{name}.csv"
        sha256, length = hashlib.sha256(), 0
        with self.archive.open(path) as file:
            while piece := file.read(PIECE):
                sha256.update(piece)
                length += len(piece)
                if length > settings.DATA_SET_MAX_BYTES:
                    raise stopped(f"{path} is longer than it states.")
        if stated.get("hash") != f"sha256:{sha256.hexdigest()}" or stated.get("bytes") != length:
            raise stopped(
                f"{path} is not the file that {PACKAGE} describes: its checksum is another. Download it again."
            )

    # The rows

    def rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """The rows of a table, each value checked against its column; the end of the last one says that none lacks."""
        path, stated = f"{table.name}.csv", self.resources[table.name].get("rows")
        read = _reader(table)
        with self.archive.open(path) as file:
            lines = csv.reader(_lines(TextIOWrapper(file, "utf-8", newline=""), path), strict=True)
            header, number = [column.name for column in table.columns], 0
            try:
                if next(lines, None) != header:
                    raise stopped(f"The first line of {path} is not: {','.join(header)}.")
                for cells in lines:
                    number += 1
                    if len(cells) != len(header):
                        raise ValueError(f"it has {len(cells)} cells, not {len(header)}")
                    yield read(cells)
            except csv.Error as error:
                raise stopped(f"{path}, row {number + 1}: it is no CSV, or a cell is too long ({error}).") from error
            except UnicodeDecodeError as error:
                raise stopped(f"{path} is not in UTF-8.") from error
            except ValueError as error:
                raise stopped(f"{path}, row {number}: {error}.") from error
        if number != stated:
            raise stopped(f"{path} has {number} rows; {PACKAGE} states {stated}.")


@contextmanager
def open_data_set(path: Path) -> Iterator[DataSet]:
    """The data set in the zip at `path`. Raises ImportStopped, also while its rows are read, when it is none."""
    try:
        # The limit is the whole process's: it is set back with the data set, wherever reading it broke off.
        with ZipFile(path) as archive, _short_cells():
            yield DataSet(archive)
    except (BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise stopped(f"The zip is damaged: {error}.") from error
    except RuntimeError as error:
        if "password" in str(error) or "encrypted" in str(error):
            raise stopped("The zip is locked with a password.") from error
        raise


def _lines(text: TextIOWrapper, path: str) -> Iterator[str]:
    # Not the file itself: its iterator would read a line of any length.
    while line := text.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith("\n"):
            raise stopped(f"{path} has a line of more than {LONGEST_LINE:,} characters.")
        yield line


@contextmanager
def _short_cells() -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_LINE)
    try:
        yield
    finally:
        csv.field_size_limit(before)


# ── Cells ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _reader(table: Table) -> Callable[[list[str]], dict[str, Any]]:
    cells = [(column, _READ.get(column.type, _text), _longest(table, column)) for column in table.columns]
    shape = DOCUMENTS.get(table.name)

    def read(line: list[str]) -> dict[str, Any]:
        row = {}
        for (column, value_of, longest), cell in zip(cells, line, strict=True):
            try:
                value = value_of(unguarded(cell) if column.type in FREE_TEXT else cell)
            except (ValueError, ArithmeticError, RecursionError) as error:
                raise ValueError(f"{column.name}: ‘{cell[:40]}’ is no {_CALLED.get(column.type, 'value')}") from error
            _check(column, value, longest)
            row[column.name] = value
        if shape is not None:
            _check_document(row, shape)
        return row

    return read


def _longest(table: Table, column: Column) -> int | None:
    model = _MODELS.get(table.name)
    fields = {field.name: field for field in model._meta.get_fields()} if model else {}
    longest: int | None = getattr(fields.get(column.name), "max_length", None)
    return longest


def _check(column: Column, value: Any, longest: int | None) -> None:
    if column.required and value in (None, "") and column.name != "title":
        raise ValueError(f"{column.name}: it must not be empty")
    if value and column.words and column.type is Type.WORD and value not in column.words:
        raise ValueError(f"{column.name}: ‘{value[:40]}’ is none of its words")
    if isinstance(value, str) and longest is not None and len(value) > longest:
        raise ValueError(f"{column.name}: {len(value):,} characters, more than {longest}")
    if column.name in _PEOPLE and value is not None and value > MOST_PEOPLE:
        raise ValueError(f"{column.name}: more people than there are")
    if column.name == "slug" and not re.fullmatch(r"[-a-zA-Z0-9_]+", value):
        raise ValueError(f"slug: ‘{value[:40]}’ is no part of an address")
    if column.type is Type.URL and not _is_address(value):
        raise ValueError(f"{column.name}: ‘{value[:40]}’ does not begin with http:// or https://")


def _is_address(text: str) -> bool:
    return text == "" or text.startswith(("http://", "https://"))


def _text(cell: str) -> str:
    return cell


def _integer(cell: str) -> int | None:
    if not cell:
        return None
    if not re.fullmatch("[0-9]{1,19}", cell, re.ASCII) or int(cell) > LARGEST:
        raise ValueError
    return int(cell)


def _decimal(cell: str) -> Decimal | None:
    if not cell:
        return None
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", cell, re.ASCII):
        raise ValueError
    return Decimal(cell)


def _boolean(cell: str) -> bool:
    return {"true": True, "false": False}[cell] if cell in ("true", "false") else _no(cell)


def _no(cell: str) -> Any:
    raise ValueError(cell)


def _day(cell: str) -> date | None:
    if not cell:
        return None
    return date.fromisoformat(cell) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", cell, re.ASCII) else _no(cell)


def _date(cell: str) -> str:
    return str(dates.read_date(cell)) if cell else ""


def _moment(cell: str) -> datetime | None:
    return datetime.fromisoformat(cell).astimezone(UTC) if cell.endswith("Z") else _no(cell)


def _tree(cell: str) -> dict[str, Any]:
    tree = json.loads(cell)
    return tree if isinstance(tree, dict) else _no(cell)


def _several(cell: str) -> list[str]:
    return unguarded(cell).split(BETWEEN) if cell else []


_READ: dict[Type, Callable[[str], Any]] = {
    Type.INTEGER: _integer,
    Type.DECIMAL: _decimal,
    Type.BOOLEAN: _boolean,
    Type.DAY: _day,
    Type.DATE: _date,
    Type.MOMENT: _moment,
    Type.TREE: _tree,
    **dict.fromkeys(LISTS, _several),
}
_CALLED = {
    Type.INTEGER: "whole number",
    Type.DECIMAL: "number",
    Type.BOOLEAN: "true or false",
    Type.DAY: "day",
    Type.DATE: "date",
    Type.MOMENT: "moment in UTC",
    Type.TREE: "document",
}


# ── Documents ────────────────────────────────────────────────────────────────────────────────────────────────────────

# What a value in a document is: a text of at most so many characters, one of some words, or what a function accepts.
Shape = Any


def _people(value: Any) -> bool:
    return value is None or type(value) is int and 0 <= value <= MOST_PEOPLE


def _number(value: Any) -> bool:
    return type(value) is int and 0 < value <= LARGEST


def _flag(value: Any) -> bool:
    return type(value) is bool


def _amount(value: Any) -> bool:
    return value is None or isinstance(value, str) and bool(re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", value))


def _written(value: Any) -> bool:
    try:
        return value == "" or isinstance(value, str) and bool(dates.read_date(value))
    except ValueError:
        return False


def _whole_day(value: Any) -> bool:
    try:
        return value is None or isinstance(value, str) and bool(_day(value))
    except ValueError:
        return False


def _web(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 1000 and _is_address(value)


def _one_of(choices: Any, *more: str) -> frozenset[str]:
    return frozenset([*(str(value) for value in choices.values), *more])


_FIGURE = {
    "low": _people, "best": _people, "high": _people, "qualifier": _one_of(Qualifier), "wording": 200,
    "basis": _one_of(PeopleBasis),
}  # fmt: skip
_CITATIONS = [
    {
        "source": _number, "url": _web, "title": 300, "publisher": 200, "published_on": _written,
        "kind": _one_of(SourceKind), "tier": _one_of(Tier), "quote": 500, "speaker": _one_of(Speaker, ""),
        "speaker_name": 200, "figure": _FIGURE, "share_percent": _amount, "chosen": _flag, "chosen_because": 300,
        "on_ai_link": _flag, "row_number": _people,
    }
]  # fmt: skip
DOCUMENTS: dict[str, Shape] = {
    "event_editions": {
        "summary": LONGEST_LINE, "figure": _FIGURE, "share_of": 200, "place_basis": _one_of(PlaceBasis),
        "units": [{"name": 200, "figure": _FIGURE}], "reasons": [{"kind": _one_of(ReasonKind), "wording": 200}],
        "updates": [_number], "disputed_by": [_number], "replaces": [_number], "notes": [_number],
        "citations": _CITATIONS,
    },
    "note_editions": {
        "summary": LONGEST_LINE, "companies": [{"company": _number, "role": _one_of(Role)}],
        "money": {
            "wording": 200, "low_millions": _amount, "millions": _amount, "high_millions": _amount, "currency": 3,
            "usd_rate": _amount, "usd_rate_on": _whole_day,
        },
        "citations": _CITATIONS,
    },
    "total_editions": {"definition": LONGEST_LINE, "figure": _FIGURE, "citations": _CITATIONS},
    "headcount_editions": {"figure": _FIGURE, "citations": _CITATIONS},
}  # fmt: skip


def _check_document(row: dict[str, Any], shape: Shape) -> None:
    document = row["document"]
    if where := _misfit(document, shape, "document"):
        raise ValueError(f"{where} is not as a document has it")
    if figure := document.get("figure"):
        names = {"people_low": "low", "people": "best", "people_high": "high", "qualifier": "qualifier"}
        if any(row[name] != figure[part] for name, part in names.items()):
            raise ValueError("the figure in its document is another")


def _misfit(value: Any, shape: Shape, where: str) -> str:
    """Where `value` is not of the shape; "" where it is."""
    if isinstance(shape, dict):
        if not isinstance(value, dict) or value.keys() != shape.keys():
            return where
        return next(filter(None, (_misfit(value[name], of, f"{where}.{name}") for name, of in shape.items())), "")
    if isinstance(shape, list):
        if not isinstance(value, list):
            return where
        return next(filter(None, (_misfit(one, shape[0], f"{where}[{n}]") for n, one in enumerate(value))), "")
    if isinstance(shape, int):
        return "" if isinstance(value, str) and len(value) <= shape else where
    if isinstance(shape, frozenset):
        return "" if isinstance(value, str) and value in shape else where
    return "" if shape(value) else where
