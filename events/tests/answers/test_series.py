"""Totals and series as JSON: what a chart draws, for other people's charts."""

import pytest

from events.query import EventQuery
from events.selection import EventSelection

pytestmark = pytest.mark.django_db

BY = (
    "month", "quarter", "year", "sector", "country", "company", "group", "ai_link", "size", "stage", "reason", "unit",
    "cumulative", "size_by_year",
)  # fmt: skip
FILTERS = ["", "company=amazon", "counts_as=filing", "announced_after=2023-02-01", "q=nothingiscalledlikethis"]


def ask(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response.headers["Content-Type"] == "application/json"
    return response.json()


@pytest.mark.parametrize("string", FILTERS)
@pytest.mark.parametrize("by", BY)
def test_a_series_that_adds_up_adds_up_to_the_total(by, string, client, record):
    page = ask(client, f"/events/series.json?by={by}&{string}")
    assert page["by"] == by
    assert page["adds_up"] == (by not in ("reason", "unit", "group", "cumulative"))
    total = page["about"]["totals"].get(page["counts_as"])
    if total is None:
        assert (page["bars"], page["remainder"]) == ([], None)
        return
    if not page["adds_up"]:
        return
    bars = [*page["bars"], *([page["remainder"]] if page["remainder"] else [])]
    for name in ("events", "without_figure"):
        assert sum(bar[name] for bar in bars) == total[name], name
    for name in ("low", "known", "high"):
        assert sum(bar["people"][name] or 0 for bar in bars) == (total["people"][name] or 0), name
    assert any(bar["people"]["high_open"] for bar in bars) == total["people"]["high_open"]


@pytest.mark.parametrize("by", BY)
def test_a_bar_has_the_key_of_a_filter_and_words_for_a_reader(by, client, record):
    bars = ask(client, f"/events/series.json?by={by}")["bars"]
    assert bars
    assert all(bar["label"] for bar in bars)
    named = {bar["key"]: bar["label"] for bar in bars}
    assert len(named) == len(bars)
    known = {
        "month": ("2024-01", "January 2024"),
        "quarter": ("2024-Q1", "1st quarter of 2024"),
        "year": ("2024", "2024"),
        "sector": ("consumer", "Consumer"),
        "country": ("DE", "Germany"),
        "company": ("google", "Google"),
        "group": ("alphabet", "Alphabet"),
        "ai_link": ("stated", "stated reason"),
        "size": ("1000+", "1000+"),
        "stage": ("announced", "announced"),
        "reason": ("ai", "AI"),
        "unit": ("pixel", "Pixel"),
        "cumulative": ("2024-01", "January 2024"),
        "size_by_year": ("2024", "2024"),
    }
    key, label = known[by]
    assert named[key] == label
    assert (None in named) == (by in ("sector", "country", "reason", "unit"))
    assert named.get(None, "not stated") == "not stated"


def test_a_bar_of_one_company_is_what_its_own_view_shows(client, record):
    for bar in ask(client, "/events/series.json?by=company")["bars"]:
        if not bar["shows_less"]:
            view = ask(client, f"/events/totals.json?company={bar['key']}&subsidiaries=no")["totals"]["cut"]
            assert (view["events"], view["people"]) == (bar["events"], bar["people"])


def test_the_views_that_a_series_names_have_no_by(client, record):
    about = ask(client, "/events/series.json?by=month&company=amazon")["about"]
    for name in ("page", "file", "everything"):
        assert "by=" not in about[name]
        assert client.get(about[name].removeprefix("http://testserver")).status_code == 200


@pytest.mark.parametrize("string", FILTERS)
def test_totals_alone_are_those_of_the_selection_with_the_kinds_beside_it(string, client, record):
    page = ask(client, f"/events/totals.json?{string}")
    selection = EventSelection(EventQuery.from_string(string))
    assert page["totals"] == page["about"]["totals"]
    assert {kind: total["events"] for kind, total in page["totals"].items()} == {
        kind: total.events for kind, total in selection.totals.items()
    }
    assert page["also"] == selection.also
    assert not page["also"].keys() & page["totals"].keys()


@pytest.mark.parametrize(
    ("address", "parameters"),
    [
        ("/events/series.json", ["by"]),
        ("/events/series.json?by=weekday", ["by"]),
        ("/events/series.json?by=month&by=year", ["by"]),
        ("/events/series.json?by=month&contry=US", ["__all__"]),
        ("/events/totals.json?by=month", ["__all__"]),
        ("/events/totals.json?people_min=x", ["people_min"]),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(address, parameters, client, record):
    response = client.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    assert [error["parameter"] for error in response.json()["errors"]] == parameters
