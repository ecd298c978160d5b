"""The description of a CSV file, read by a validator of CSV on the Web that is not ours."""

import io
import json
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from email.message import Message
from types import SimpleNamespace

import csvw
import csvw.utils
import pytest

from events.answers.columns import COMPANY_COLUMNS, EVENT_COLUMNS, LISTS, NOTE_COLUMNS, Type
from events.tests.answers.reading import body, csv_rows, json_pages, json_rows, local

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
COLUMNS = {"events": EVENT_COLUMNS, "ai": NOTE_COLUMNS, "companies": COMPANY_COLUMNS}
VIEWS = [
    ("events", ""),
    ("events", "announced_after=2023-02-01&counts_as=cut&counts_as=filing&order=people"),
    ("events", "q=nothingiscalledlikethis"),
    ("ai", ""),
    ("ai", "kind=capital_spending"),
    ("companies", ""),
]


@pytest.fixture
def asked(client, monkeypatch):
    """Whatever the validator asks of the network is answered by our site: what it asked for, and, where a test wants
    it, what is changed in the answer on its way."""
    asked = SimpleNamespace(addresses=[], changed=("", ""))

    @contextmanager
    def urlopen(url, method="GET", timeout=None):
        assert url.startswith(SITE), f"{url} is not ours"
        asked.addresses.append(url.removeprefix(SITE))
        response = client.generic(method, local(url))
        headers = Message()
        for name, value in response.headers.items():
            headers[name] = value
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if ".csv?" in f"{url}?":
            content = content.decode().replace(*asked.changed, 1).encode()
        yield SimpleNamespace(
            info=lambda: headers, headers=headers, status=response.status_code, read=io.BytesIO(content).read
        )

    monkeypatch.setattr(csvw.utils, "urlopen", urlopen)
    return asked


def described(stem, string, asked):
    """The file as the validator takes it: its description found by the file's own header."""
    address = f"/{stem}.csv?{string}" if string else f"/{stem}.csv"
    found = csvw.CSVW(SITE + address, validate=True)
    metadata = f"/{stem}.csv-metadata.json?{string}" if string else f"/{stem}.csv-metadata.json"
    assert {address, metadata} <= set(asked.addresses)
    return found


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_the_description_is_found_from_the_file_and_the_file_is_valid_by_it(stem, string, asked, record):
    found = described(stem, string, asked)
    assert found.is_valid, [str(warning.message) for warning in found.warnings]
    assert [column.name for column in found.tables[0].tableSchema.columns] == [c.name for c in COLUMNS[stem]]


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_by_its_description_every_cell_is_what_json_says(stem, string, client, asked, record):
    (table,) = described(stem, string, asked).tables
    types = {column.name: column.type for column in COLUMNS[stem]}
    rows = list(table.iterdicts())
    trees = json_rows(client, f"/{stem}.json?{string}")
    assert len(rows) == len(trees)
    for row, tree in zip(rows, trees, strict=True):
        for name, value in row.items():
            kind, expected = types[name], tree[name]
            if name == "citations":
                expected = len(expected)
            elif kind is Type.DAY and expected:
                expected, value = date.fromisoformat(expected), getattr(value, "date", lambda v=value: v)()
            elif kind is Type.DECIMAL and expected is not None:
                expected = Decimal(str(expected))
            elif kind in (Type.URL, Type.LINK) and value is not None:
                value = value if isinstance(value, str) else value.unsplit()
            elif kind in (Type.TEXT, Type.TEXTS):
                continue  # guarded and, in lists, joined: test_same_rows.py compares these
            elif kind in LISTS:
                value = value or []
            assert value == expected, name


@pytest.mark.parametrize(
    "changed",
    [
        (",cut,announced,", ",cutting,announced,"),
        (",stated,1.4,", ",stated,a lot,"),
        (",2024-01-10,2024-01-10,day,", ",2024-01-10,10 January,day,"),
        (",false,https", ",maybe,https"),
        ("\r\n{second},", "\r\n{first},"),
    ],
)
def test_a_file_that_does_not_fit_its_description_is_refused(changed, client, asked, record):
    """The validator does look: a word that is no choice, a word for a number, for a day, for true, an id twice."""
    first, second = (row["id"] for row in csv_rows(client, "/events.csv")[:2])
    asked.changed = [text.format(first=first, second=second) for text in changed]
    assert asked.changed[0] in body(client.get("/events.csv")).decode()
    assert not is_valid(described("events", "", asked))


def is_valid(found):
    try:
        return found.is_valid
    except ValueError:
        return False


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_the_description_says_what_the_answer_states(stem, string, client, record):
    description = json.loads(body(client.get(f"/{stem}.csv-metadata.json?{string}")))
    about = json_pages(client, f"/{stem}.json?{string}")[0]["about"]
    notes = {note["schema:name"]: note["schema:value"] for note in description["notes"]}
    assert description["url"] == notes["file"] == about["file"]
    assert description["dc:source"]["@id"] == notes["page"] == about["page"]
    assert description["dc:license"]["@id"] == about["licence"]["url"]
    assert description["dc:modified"]["@value"] == about["data_changed_at"]
    assert about["filter"] in description["dc:title"]
    assert (notes["rows"], notes["data_version"]) == (about["rows"], about["data_version"])
    assert notes["rows"] == len(csv_rows(client, local(about["file"])))
    for kind, total in about.get("totals", {}).items():
        people = total["people"] or {}
        stated = {
            "events": total["events"],
            "without_figure": total["without_figure"],
            "people_low": people.get("low"),
            "people": people.get("known"),
            "people_high": people.get("high"),
            "high_open": people.get("high_open"),
        }
        assert {name: notes.get(f"{kind}.{name}") for name in stated} == stated
    for sum_ in about.get("money", []):
        name = f"{sum_['kind']}.{sum_['plan_or_actual']}"
        assert notes[f"{name}.usd_millions"] == sum_["usd_millions"]["known"]


def test_every_column_is_described_with_its_type(client, record):
    for stem, columns in COLUMNS.items():
        description = json.loads(body(client.get(f"/{stem}.csv-metadata.json")))
        schema = description["tableSchema"]
        assert schema["primaryKey"] == "id"
        for column, found in zip(columns, schema["columns"], strict=True):
            assert found["dc:description"].startswith(str(column.meaning))
            assert found["null"] == ""
            assert ("separator" in found) == (column.type in LISTS)
            assert found["datatype"]


def test_a_required_column_is_never_empty(client, record):
    for stem, columns in COLUMNS.items():
        rows = csv_rows(
            client, f"/{stem}.csv?counts_as=cut&counts_as=called_off" if stem == "events" else f"/{stem}.csv"
        )
        assert rows
        empty = {c.name for c in columns if c.required for row in rows if row[c.name] == ""}
        assert empty == set()
