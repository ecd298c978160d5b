"""One query, one set of rows: page, CSV, JSON, JSON lines, spreadsheet and feed hold the same (cases.md 11, 13, 14)."""

import io
from collections import defaultdict

import pandas
import pytest

from events.answers import atom, json
from events.tests.answers.reading import (
    atom_pages,
    body,
    by_duckdb,
    by_pandas_csv,
    csv_rows,
    json_pages,
    json_rows,
    jsonl_rows,
    page_ids,
    xlsx_rows,
)

pytestmark = pytest.mark.django_db

EVENTS = [
    "",
    "order=people",
    "order=-changed&counts_as=cut",
    "company=amazon&counts_as=cut&counts_as=filing&counts_as=temporary&counts_as=called_off&counts_as=signal",
    "company=twitch",
    "announced_after=2023-02&announced_before=2023-05-15&order=company",
    "q=part&people_min=5",
    "without_figure=only",
    "country=DE&country=IN&order=announced",
    "ai_link=stated",
]
NOTES = ["", "order=-money", "company=amazon&order=dated", "kind=capital_spending"]
COMPANIES = ["", "order=name", "order=-notes&q=a", "sector=media"]
VIEWS = [
    *(("events", string) for string in EVENTS),
    *(("ai", string) for string in NOTES),
    *(("companies", string) for string in COMPANIES),
]


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch):
    """Pages so short that there are several of each."""
    monkeypatch.setattr(json, "PAGE_ROWS", 7)
    monkeypatch.setattr(atom, "ENTRIES", 5)


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_every_format_has_the_pages_rows_in_the_pages_order(stem, string, client, record):
    order = "" if "order=" in string else {"events": "order=-announced", "ai": "order=-dated"}.get(stem, "")
    in_order = "&".join(part for part in (string, order) if part)
    key, of = ("company_slug", str) if stem == "companies" else ("id", int)
    expected = page_ids(client, f"/{stem}/?{string}")
    assert [
        row[key] if stem == "companies" else int(row[key]) for row in csv_rows(client, f"/{stem}.csv?{string}")
    ] == expected
    assert [row[key] for row in json_rows(client, f"/{stem}.json?{string}")] == expected
    assert [row[key] for row in jsonl_rows(client, f"/{stem}.jsonl?{string}")] == expected
    assert [row[key] for row in xlsx_rows(client, f"/{stem}.xlsx?{string}")] == expected
    ids = [row["id"] for row in jsonl_rows(client, f"/{stem}.jsonl?{string}")]
    entries = [entry for page in atom_pages(client, f"/{stem}.atom?{in_order}") for entry in page.entries]
    assert [int(entry.id.rpartition("/")[2]) for entry in entries] == ids
    # And the number that stands beside each of them.
    for ending in ("csv", "json", "jsonl", "xlsx", "atom"):
        assert client.head(f"/{stem}.{ending}?{string}")["X-Total-Count"] == str(len(expected)), ending


def test_the_filters_of_this_test_find_something(client, record):
    """A view without rows agrees with itself whatever is wrong."""
    found = {view: len(csv_rows(client, f"/{view[0]}.csv?{view[1]}")) for view in VIEWS}
    assert {view for view, rows in found.items() if not rows} <= {("events", "q=part&people_min=5")}
    assert len(set(found.values())) > 5


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_every_format_says_the_same_of_every_row(stem, string, client, record):
    """Cell by cell: CSV against JSON, JSON lines and the spreadsheet; the types are each format's own."""
    written = csv_rows(client, f"/{stem}.csv?{string}")
    trees = json_rows(client, f"/{stem}.json?{string}")
    assert trees == jsonl_rows(client, f"/{stem}.jsonl?{string}")
    for cells, tree, line in zip(written, trees, xlsx_rows(client, f"/{stem}.xlsx?{string}"), strict=True):
        assert list(cells) == list(tree) == list(line)
        for name, cell in cells.items():
            value = tree[name]
            if name == "citations":
                value = len(value)
            assert cell == as_cell(value), name
            if value in (None, []):
                assert line[name] is None, name
            elif isinstance(value, bool | int | float):
                assert (line[name], type(line[name]) is bool) == (value, type(value) is bool), name


def as_cell(value) -> str:
    """A JSON value as a CSV cell, worked out anew."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = "; ".join(str(one) for one in value)
    text = str(value)
    return (
        f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "'") and not isinstance(value, int | float) else text
    )


# ── Sums ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("string", EVENTS)
def test_the_counted_columns_by_counts_as_add_up_to_what_the_answer_states(string, client, record):
    totals = json_pages(client, f"/events.json?{string}")[0]["about"]["totals"]
    sums = defaultdict(lambda: [0, 0, 0, 0, False])
    for row in csv_rows(client, f"/events.csv?{string}"):
        found = sums[row["counts_as"]]
        found[0] += 1
        for at, name in enumerate(("counted_low", "counted", "counted_high"), start=1):
            found[at] += int(row[name] or 0)
        found[4] = found[4] or row["high_open"] == "true"
    assert sums.keys() == totals.keys()
    for kind, (events, low, known, high, is_open) in sums.items():
        assert totals[kind]["events"] == events
        if kind in ("signal", "called_off"):
            assert totals[kind]["people"] is totals[kind]["without_figure"] is None
            assert (low, known, high, is_open) == (0, 0, 0, False)
            continue
        people = totals[kind]["people"]
        # Where nothing is known, nothing is stated: never 0.
        stated = [(people[name], total) for name, total in (("low", low), ("known", known), ("high", high))]
        assert all(said == total or (said is None and total == 0) for said, total in stated), (kind, stated)
        assert people["high_open"] == is_open


def test_the_same_sums_come_out_of_pandas_and_duckdb(client, record, tmp_path):
    totals = json_pages(client, "/events.json")[0]["about"]["totals"]["cut"]
    frame = by_pandas_csv(client, "/events.csv")
    cuts = frame[frame["counts_as"] == "cut"]
    assert int(cuts["counted"].sum()) == totals["people"]["known"]
    assert len(cuts) == totals["events"]
    (row,) = by_duckdb(tmp_path, client, "/events.csv", "read_csv").execute(
        "select sum(counted_low), sum(counted), sum(counted_high), bool_or(high_open), count(*) from file "
        "where counts_as = 'cut'"
    ).fetchall()  # fmt: skip
    people = totals["people"]
    assert row == (people["low"], people["known"], people["high"], people["high_open"], totals["events"])


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_pandas_and_duckdb_read_json_lines_as_the_rows_they_are(stem, string, client, record, tmp_path):
    rows = jsonl_rows(client, f"/{stem}.jsonl?{string}")
    if not rows:
        return
    ids = [row["id"] for row in rows]
    frame = pandas.read_json(io.BytesIO(body(client.get(f"/{stem}.jsonl?{string}"))), lines=True)
    assert frame["id"].tolist() == ids
    read = by_duckdb(tmp_path, client, f"/{stem}.jsonl?{string}", "read_json")
    assert [row[0] for row in read.execute("select id from file").fetchall()] == ids
    if stem == "events":
        people = sum(row["counted"] or 0 for row in rows)
        assert read.execute("select coalesce(sum(counted), 0) from file").fetchone() == (people,)
        assert int(frame["counted"].sum()) == people


# ── Nothing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stem", ["events", "ai", "companies"])
def test_a_view_without_rows_is_a_whole_answer_without_rows(stem, client, record):
    string = "q=nothingiscalledlikethis"
    assert csv_rows(client, f"/{stem}.csv?{string}") == []
    (page,) = json_pages(client, f"/{stem}.json?{string}")
    assert (page["rows"], page["next"], page["previous"], page["about"]["rows"]) == ([], None, None, 0)
    assert page["about"].get("totals", {}) == {}
    assert jsonl_rows(client, f"/{stem}.jsonl?{string}") == []
    assert xlsx_rows(client, f"/{stem}.xlsx?{string}") == []
    (feed,) = atom_pages(client, f"/{stem}.atom?{string}")
    assert feed.entries == []
    assert feed.feed.updated
