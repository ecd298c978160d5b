"""One figure a view, with links to the others, its own numbers as a file, and what its picture is named by."""

import csv
import io

import pytest

from events.tests.factories import make_company, make_event
from events.tests.views.conftest import published_many
from events.tests.views.reading import body, number, read

pytestmark = pytest.mark.django_db

CHARTS = ["time", "cumulative", "company", "sector", "country", "size"]


def test_a_view_shows_one_figure_and_leads_to_the_others(client, site):
    page = read(client.get("/events/?company=amazon&order=-people"))
    links = page.one("nav", **{"aria-label": "Figure"}).all("a")
    assert [link["aria-current"] for link in links] == ["true", *[""] * 5]
    assert links[0]["href"] == "?company=amazon&order=-people"
    assert links[1]["href"] == "?company=amazon&order=-people&chart=cumulative"
    for link, name in zip(links, CHARTS, strict=True):
        page = read(client.get(f"/events/{link['href']}"))
        assert len(page.all("figure")) == 1
        assert page.one("nav", **{"aria-label": "Figure"}).all("a", **{"aria-current": "true"})[0].text == link.text
        hidden = [field["value"] for field in page.all("input", name="chart")]
        assert hidden == ([] if name == "time" else [name])


@pytest.mark.parametrize("name", CHARTS)
def test_every_figure_has_its_own_numbers_as_a_file(name, client, site):
    figure = read(client.get(f"/events/?chart={name}&company=amazon")).one("figure")
    link = next(link for link in figure.links if link.startswith("/events/series.csv"))
    response = client.get(link)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(body(response), newline="")))
    drawn = [row for row in figure.one("tbody").all("tr") if "data-label" in row]
    assert [row["label"] for row in rows] == [row.one("th").all("a")[0].text for row in drawn]
    if name != "size":
        assert [row["people"] for row in rows] == [str(number(row.all("td")[0].text)) for row in drawn]


@pytest.mark.parametrize("chart", ["pie", "", "time&chart=size"])
def test_another_figure_is_refused(chart, client, site):
    assert client.get(f"/events/?chart={chart}").status_code == (200 if chart == "" else 400)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("string", ["", "q=nothing", "counts_as=signal", "as_of=2024-01-15", "without_figure=only"])
def test_every_figure_of_any_view_is_there_or_is_not_but_never_fails(name, string, client, site):
    assert client.get(f"/events/?chart={name}&{string}").status_code == 200


@pytest.mark.parametrize("name", CHARTS)
def test_a_figure_of_nothing_is_none(name, client):
    page = read(client.get(f"/events/?chart={name}"))
    assert page.all("figure") == []


def test_what_names_a_picture_says_filter_and_figure(client, site):
    figure = read(client.get("/events/?chart=sector&company=amazon")).one("figure")
    assert figure["data-name"] == "layoffwatch-events-amazon-by-sector"
    assert figure["data-view"] == "/events/?company=amazon&chart=sector"
    assert figure["data-source"].startswith("LayoffWatch, data version ")
    assert figure["data-source"].endswith(", CC BY 4.0")


@pytest.mark.parametrize("address", ["/", "/companies/amazon/"])
def test_what_a_picture_gives_as_its_address_is_there(address, client, site):
    view = read(client.get(address)).one("figure")["data-view"]
    assert client.get(view).status_code == 200


def test_more_than_ten_are_said_and_named_in_the_file(client):
    published_many(*(make_event(make_company(f"Firm {n:02}"), 100 + n) for n in range(13)))
    figure = read(client.get("/events/?chart=company")).one("figure")
    assert "3 more, 303 people known, have no bar: this figure's CSV names them." in figure.text
    link = next(link for link in figure.links if link.startswith("/events/series.csv"))
    rows = list(csv.DictReader(io.StringIO(body(client.get(link)), newline="")))
    assert sum(int(row["people"]) for row in rows) == sum(100 + n for n in range(13))
    assert len(rows) == 13


def test_a_figure_carries_the_words_that_its_script_says(client, site):
    over_time = read(client.get("/events/")).one("figure")
    assert "mark a range" in over_time["data-keys"]
    assert over_time["data-marked"] == "{first} to {last} marked, Enter opens"
    assert over_time["data-taken"] == "Drawn on {day}."
    ranked = read(client.get("/events/?chart=company")).one("figure")
    assert (ranked["data-keys"], ranked.attributes.get("data-marked")) == ("Values: arrow keys move, Enter opens", None)
