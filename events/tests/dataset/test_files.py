"""The files of the data set, read with software that is not ours."""

import csv
import hashlib
import io
import json
import sqlite3
import zipfile

import duckdb
import pytest
from frictionless import Package, system

from events.answers.columns import FREE_TEXT, LISTS, Type
from events.dataset.tables import BY_NAME, TABLES
from events.models import Company, EventEdition, PublicRecord
from events.tests.dataset.conftest import SECRET
from events.tests.factories import make_company, published
from events.tests.views.reading import body
from events.text import unguarded

pytestmark = pytest.mark.django_db

ZIP, SQLITE = "layoffwatch-data.zip", "layoffwatch.sqlite"


def csv_rows(folder, name):
    """The cells of a table's CSV file as text, None for an empty one, without the guard against formulas."""
    table = BY_NAME[name]
    guarded = [column.type in (*FREE_TEXT, *LISTS) for column in table.columns]
    with zipfile.ZipFile(folder / ZIP) as archive, archive.open(f"{name}.csv") as file:
        header, *lines = csv.reader(io.TextIOWrapper(file, "utf-8", newline=""))
    assert header == [column.name for column in table.columns]
    return [
        [(unguarded(cell) if guard else cell) or None for cell, guard in zip(line, guarded, strict=True)]
        for line in lines
    ]


def as_text(value, kind):
    """A value of a database as the CSV file writes it."""
    if value is None:
        return None
    if kind is Type.BOOLEAN:
        return "true" if value else "false"
    if kind is Type.MOMENT and not isinstance(value, str):
        return value.isoformat().replace("+00:00", "Z")
    if kind is Type.DECIMAL:
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return str(value)


def in_csv_form(rows, table):
    kinds = [column.type for column in table.columns]
    return [[as_text(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows]


def plain_decimals(rows, table):
    """The CSV's decimals without zeros at the end, as a database gives them."""
    kinds = [column.type for column in table.columns]

    def plain(cell, kind):
        return as_text(float(cell), kind) if cell and kind is Type.DECIMAL else cell

    return [[plain(cell, kind) for cell, kind in zip(row, kinds, strict=True)] for row in rows]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_sqlite_and_parquet_as_duckdb_reads_them_hold_the_cells_of_the_csv(built, table):
    expected = plain_decimals(csv_rows(built, table.name), table)
    columns = ", ".join(f'"{column.name}"' for column in table.columns)

    reader = duckdb.connect()
    reader.execute("SET TimeZone = 'UTC'")
    found = reader.execute(f"SELECT {columns} FROM '{built / table.name}.parquet'").fetchall()
    assert in_csv_form(found, table) == expected

    with sqlite3.connect(built / SQLITE) as database:
        found = database.execute(f'SELECT {columns} FROM "{table.name}"').fetchall()
    # A table of SQLite is in the order of its numbers.
    assert sorted(in_csv_form(found, table), key=str) == sorted(expected, key=str)


def test_the_record_of_these_tests_fills_every_table(built):
    """Else the comparison above would compare nothing."""
    counts = {table["name"]: table["rows"] for table in json.loads((built / "manifest.json").read_text())["tables"]}
    assert [name for name, n in counts.items() if not n] == []


def test_frictionless_finds_nothing_wrong_with_the_package(built, tmp_path):
    with zipfile.ZipFile(built / ZIP) as archive:
        archive.extractall(tmp_path)
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.flatten(["title", "message"]) == []
    assert len(report.tasks) == len(TABLES)


def test_every_link_between_tables_leads_to_a_row(built):
    with sqlite3.connect(built / SQLITE) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_checksums_and_numbers_of_rows_are_those_of_the_files(built):
    manifest = json.loads((built / "manifest.json").read_text())
    sums = dict(reversed(line.split("  ")) for line in (built / "SHA256SUMS").read_text().splitlines())
    assert {path.name for path in built.iterdir()} == {*sums, "manifest.json", "SHA256SUMS"}
    for file in manifest["files"]:
        content = (built / file["name"]).read_bytes()
        assert file["sha256"] == sums[file["name"]] == hashlib.sha256(content).hexdigest()
        assert file["bytes"] == len(content)
    rows = {table["name"]: table["rows"] for table in manifest["tables"]}
    with zipfile.ZipFile(built / ZIP) as archive:
        package = json.loads(archive.read("datapackage.json"))
        for resource in package["resources"]:
            content = archive.read(resource["path"])
            assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
            assert resource["bytes"] == len(content)
            assert resource["rows"] == rows[resource["name"]] == len(csv_rows(built, resource["name"]))
    assert package["version"] == str(manifest["data_version"]) == str(PublicRecord.objects.get().version)


def test_nothing_that_nobody_published_is_in_any_file(built):
    """Neither words nor numbers: the document of a public event names a draft note."""
    named = EventEdition.objects.get(title="Google cuts jobs").document.body["notes"]
    assert len(named) == 2
    for name in ("event_editions", "event_notes", "companies", "aliases", "sources"):
        assert not any(SECRET.lower() in str(row).lower() for row in csv_rows(built, name)), name
    (document,) = (json.loads(r[-1]) for r in csv_rows(built, "event_editions") if r[12] == "Google cuts jobs")
    assert len(document["notes"]) == 1
    with sqlite3.connect(built / SQLITE) as database:
        dump = "\n".join(database.iterdump())
    assert SECRET.lower() not in dump.lower()
    hidden = str(Company.objects.get(name=f"{SECRET} Limited").pk)
    assert hidden not in [row[0] for row in csv_rows(built, "companies")]


def test_the_events_are_those_of_the_csv_of_everything(built, client):
    from events.tests.answers.reading import csv_rows as rows_of

    link = next(d.href for d in client.get("/events/").context["downloads"] if d.is_everything)
    listed = [row["id"] for row in rows_of(client, link)]
    assert [row[0] for row in csv_rows(built, "events")] == listed


def test_the_table_of_events_says_what_the_file_without_a_filter_lacks(client, db):
    company = make_company("Initrode")
    published(company, 100)
    filing = published(company, 30, stage="filed")
    file = body(client.get("/events.csv")).removeprefix("\ufeff")
    ids = {row["id"] for row in csv.DictReader(io.StringIO(file))}
    table = BY_NAME["events"]
    assert str(filing.pk) in {str(row[0]) for row in table.stream()} - ids
    assert "The columns of /events.csv, which without a filter holds cuts and signals alone." in str(table.holds)
