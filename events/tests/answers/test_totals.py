"""The files of published totals: the rows of the page, each beside our own cuts."""

import csv
import io

import pytest

from events.query import TotalQuery
from events.selection import TotalSelection
from events.tests.answers.reading import body, json_pages
from events.tests.views.reading import read

pytestmark = pytest.mark.django_db


def csv_rows(client, string=""):
    return list(csv.DictReader(io.StringIO(body(client.get(f"/totals.csv?{string}")).decode())))


@pytest.mark.parametrize("string", ["", "scope=technology", "publisher=a+tracker&order=as_of", "as_of=2024-01-15"])
def test_page_and_files_hold_the_same_totals(string, client, record):
    page = read(client.get(f"/totals/?{string}"))
    shown = sorted(e["id"].removeprefix("total-") for e in page.all() if e["id"].startswith("total-"))
    rows = csv_rows(client, string)
    assert sorted(row["id"] for row in rows) == shown
    of_json = [str(row["id"]) for one in json_pages(client, f"/totals.json?{string}") for row in one["rows"]]
    assert of_json == [row["id"] for row in rows]


def test_a_total_stands_in_the_file_beside_ours_with_links_that_lead_to_the_same_numbers(client, record):
    for row in csv_rows(client):
        for name in ("ours", "nearest"):
            about = client.get(row[f"{name}_url"].replace("/events/?", "/events/totals.json?")).json()
            cuts = about["totals"].get("cut", {"events": 0, "people": {"known": 0, "low": 0, "high": 0}})
            assert int(row[f"{name}_events"]) == cuts["events"]
            assert int(row[f"{name}_people"] or 0) == (cuts["people"]["known"] or 0)


def test_a_difference_is_in_the_file_only_where_a_filter_counts_the_same(client, record):
    rows = csv_rows(client)
    assert {bool(row["not_expressed"]) for row in rows} == {True, False}
    for row in rows:
        alike = not row["not_expressed"]
        assert (row["difference"] != "") == alike
        if alike:
            assert int(row["difference"]) == int(row["people"]) - int(row["nearest_people"])


def test_its_link_leads_to_its_place_on_the_page(client, record):
    places = {row["url"].partition("/totals/")[2] for row in csv_rows(client)}
    known = TotalSelection(TotalQuery.from_string("")).rows
    assert places == {f"#total-{edition.record_id}" for edition in known}
