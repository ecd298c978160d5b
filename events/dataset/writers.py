"""The tables as files: CSV in a zip with its data package, SQLite, one Parquet file a table.

All are written side by side from one pass over the rows. The same data gives the same bytes: rows in a fixed order, no
time of writing.
"""

import csv
import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from events.answers.columns import LISTS, Column, Type
from events.answers.csv import AS_CELL, BETWEEN
from events.dataset.package import Resource, describe
from events.dataset.tables import CHUNK, TABLES, Table
from events.models.edition import PublicRecord

ZIP_NAME = "layoffwatch-data.zip"
SQLITE_NAME = "layoffwatch.sqlite"
PACKAGE = "datapackage.json"

Rows = Sequence[list[Any]]


class Writer(Protocol):
    """One kind of file. Tables come one after another, each with its rows some at a time."""

    def begin(self, table: Table) -> None: ...

    def add(self, rows: Rows) -> None: ...

    def end(self) -> None: ...


def write_all(folder: Path) -> dict[str, int]:
    """Writes every kind of file of every table into `folder`; returns the number of rows of each table."""
    counts = {}
    with _zip(folder) as zip_, _sqlite(folder) as sqlite:
        writers: list[Writer] = [zip_, sqlite, Parquet(folder)]
        for table in TABLES:
            counts[table.name] = _write(table, writers)
    return counts


def _write(table: Table, writers: list[Writer]) -> int:
    count = 0
    for writer in writers:
        writer.begin(table)
    for rows in _some(table.stream()):
        count += len(rows)
        for writer in writers:
            writer.add(rows)
    for writer in writers:
        writer.end()
    return count


def _some(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    some: list[list[Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == CHUNK:
            yield some
            some = []
    if some:
        yield some


# ── CSV in a zip ─────────────────────────────────────────────────────────────────────────────────────────────────────


class _Hashing(io.RawIOBase):
    """Hands bytes on, counting and hashing them."""

    def __init__(self, to: Any) -> None:
        self.to, self.bytes, self.sha256 = to, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.to.write(data)
        self.sha256.update(data)
        self.bytes += len(data)
        return len(data)


class CsvZip:
    """A file of CSV for each table, and last the package that describes them: their numbers of rows are in it."""

    def __init__(self, archive: ZipFile, record: PublicRecord) -> None:
        self.archive, self.record = archive, record
        self.resources: list[Resource] = []

    def _member(self, name: str) -> ZipInfo:
        info = ZipInfo(name, date_time=self.record.changed_at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info

    def begin(self, table: Table) -> None:
        self.table, self.rows = table, 0
        self.member = self.archive.open(self._member(f"{table.name}.csv"), "w", force_zip64=True)
        self.hashing = _Hashing(self.member)
        self.text = io.TextIOWrapper(cast(Any, self.hashing), "utf-8", newline="")
        self.writer = csv.writer(self.text)
        self.cells = [AS_CELL.get(column.type) for column in table.columns]
        self.writer.writerow([column.name for column in table.columns])

    def add(self, rows: Rows) -> None:
        self.rows += len(rows)
        for row in rows:
            pairs = zip(self.cells, row, strict=True)
            self.writer.writerow([cell(value) if cell else value for cell, value in pairs])

    def end(self) -> None:
        self.text.flush()
        self.text.detach()
        self.member.close()
        self.resources.append(Resource(self.table, self.rows, self.hashing.bytes, self.hashing.sha256.hexdigest()))

    def close(self) -> None:
        text = json.dumps(describe(self.resources, self.record), ensure_ascii=False, indent=1) + "\n"
        self.archive.writestr(self._member(PACKAGE), text)


@contextmanager
def _zip(folder: Path) -> Iterator[CsvZip]:
    with ZipFile(folder / ZIP_NAME, "x", ZIP_DEFLATED) as archive:
        writer = CsvZip(archive, PublicRecord.objects.get())
        yield writer
        writer.close()


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_SQLITE_TYPES = {Type.INTEGER: "INTEGER", Type.BOOLEAN: "INTEGER", Type.DECIMAL: "NUMERIC"}


class Sqlite:
    """Tables with their keys and links, and the meaning of each column in `data_dictionary`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        database.execute('CREATE TABLE data_dictionary ("table", "column", type, meaning)')

    def begin(self, table: Table) -> None:
        self.columns = table.columns
        self.database.execute(_create(table))
        meanings = [(table.name, "", "", str(table.holds))]
        meanings += [(table.name, column.name, str(column.type), str(column.meaning)) for column in table.columns]
        self.database.executemany("INSERT INTO data_dictionary VALUES (?, ?, ?, ?)", meanings)
        places = ", ".join(["?"] * len(table.columns))
        self.into = f'INSERT INTO "{table.name}" VALUES ({places})'  # noqa: S608 - names of our own
        self.indexes = [
            f'CREATE INDEX "{table.name}_{link.column}" ON "{table.name}" ("{link.column}")' for link in table.links
        ]

    def add(self, rows: Rows) -> None:
        columns = self.columns
        self.database.executemany(self.into, ([_plain(c, v) for c, v in zip(columns, r, strict=True)] for r in rows))

    def end(self) -> None:
        for index in self.indexes:
            self.database.execute(index)
        self.database.commit()


def _create(table: Table) -> str:
    parts = [
        f'"{column.name}" {_SQLITE_TYPES.get(column.type, "TEXT")}{" NOT NULL" if column.required else ""}'
        for column in table.columns
    ]
    if table.key:
        parts.append(f"PRIMARY KEY ({', '.join(table.key)})")
    parts += [f'FOREIGN KEY ("{link.column}") REFERENCES "{link.table}" ("{link.to}")' for link in table.links]
    return f'CREATE TABLE "{table.name}" ({", ".join(parts)})'


@contextmanager
def _sqlite(folder: Path) -> Iterator[Sqlite]:
    database = sqlite3.connect(folder / SQLITE_NAME)
    try:
        # Nobody reads it before it is whole, and one that broke off is thrown away.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        yield Sqlite(database)
        database.commit()
    finally:
        database.close()


def _plain(column: Column, value: Any) -> Any:
    """A value as SQLite takes it: the text of the CSV file without the guard against formulas."""
    if value is None or column.type is Type.INTEGER:
        return value
    if column.type is Type.BOOLEAN:
        return int(value)
    if column.type in LISTS:
        return listed(value)
    if column.type in (Type.DECIMAL, Type.MOMENT, Type.TREE):
        return AS_CELL[column.type](value)
    return str(value)


def listed(value: Sequence[Any]) -> str | None:
    """Several values in one cell; nothing where there are none."""
    return BETWEEN.join(map(str, value)) or None


# ── Parquet ──────────────────────────────────────────────────────────────────────────────────────────────────────────

# All decimals are percent, money or its rate: none has more digits.
DIGITS, DECIMALS = 20, 6
# Rows of a group: some thousands, so that a reader may skip most of a file.
GROUP = 10 * CHUNK


class Parquet:
    """A file for each table."""

    def __init__(self, folder: Path) -> None:
        # Large: only who builds files loads it.
        import pyarrow
        from pyarrow import parquet

        self.folder, self.arrow, self.parquet = folder, pyarrow, parquet

    def begin(self, table: Table) -> None:
        self.columns = table.columns
        self.waiting: list[Any] = []
        self.schema = self.arrow.schema(
            [self._field(column) for column in table.columns], metadata={"description": str(table.holds)}
        )
        path = self.folder / f"{table.name}.parquet"
        self.writer = self.parquet.ParquetWriter(path, self.schema, compression="zstd")

    def _field(self, column: Column) -> Any:
        return self.arrow.field(
            column.name,
            self._type(column.type),
            nullable=not column.required,
            metadata={"description": str(column.meaning)},
        )

    def _type(self, kind: Type) -> Any:
        match kind:
            case Type.INTEGER:
                return self.arrow.int64()
            case Type.BOOLEAN:
                return self.arrow.bool_()
            case Type.DECIMAL:
                return self.arrow.decimal128(DIGITS, DECIMALS)
            case Type.DAY:
                return self.arrow.date32()
            case Type.MOMENT:
                return self.arrow.timestamp("us", tz="UTC")
        return self.arrow.string()

    def add(self, rows: Rows) -> None:
        arrays = [
            self.arrow.array([_typed(column, value) for value in values], field.type)
            for column, field, values in zip(self.columns, self.schema, zip(*rows, strict=True), strict=True)
        ]
        self.waiting.append(self.arrow.RecordBatch.from_arrays(arrays, schema=self.schema))
        if sum(batch.num_rows for batch in self.waiting) >= GROUP:
            self._write()

    def _write(self) -> None:
        self.writer.write_table(self.arrow.Table.from_batches(self.waiting, schema=self.schema).combine_chunks())
        self.waiting = []

    def end(self) -> None:
        if self.waiting:
            self._write()
        self.writer.close()


def _typed(column: Column, value: Any) -> Any:
    """A value as Parquet takes it: numbers, days and moments as such, all else as in SQLite."""
    if value is None or column.type in (Type.INTEGER, Type.BOOLEAN, Type.DAY, Type.MOMENT):
        return value
    if column.type is Type.DECIMAL:
        return Decimal(value).quantize(Decimal(1).scaleb(-DECIMALS))
    return _plain(column, value)
