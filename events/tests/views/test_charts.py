"""One figure a view, with links to the others, its own numbers as a file, and what its picture is named by."""

import csv
import io
from datetime import date

import pytest

from events.publishing import publish
from events.tests.factories import make_company, make_event, make_note, published
from events.tests.views.conftest import published_many
from events.tests.views.reading import body, number, read

pytestmark = pytest.mark.django_db

CHARTS = ["time", "cumulative", "company", "sector", "country", "size", "ai"]


def test_a_view_shows_one_figure_and_leads_to_the_others(client, site):
    page = read(client.get("/events/?company=amazon&order=-people"))
    links = page.one("nav", **{"aria-label": "Figure"}).all("a")
    assert [link["aria-current"] for link in links] == ["true", *[""] * 6]
    assert links[0]["href"] == "?company=amazon&order=-people"
    assert links[1]["href"] == "?company=amazon&order=-people&chart=cumulative"
    for link, name in zip(links, CHARTS, strict=True):
        page = read(client.get(f"/events/{link['href']}"))
        assert len(page.all("figure")) == 1
        assert page.one("nav", **{"aria-label": "Figure"}).all("a", **{"aria-current": "true"})[0].text == link.text
        hidden = [field["value"] for field in page.all("input", name="chart")]
        assert hidden == ([] if name == "time" else [name])


# That of both sides has no file of one kind of number.
@pytest.mark.parametrize("name", CHARTS[:-1])
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


def legend(client, address) -> list[str]:
    return [li.text for li in read(client.get(address)).one("figure").one("ul", css="legend").all("li")]


@pytest.mark.parametrize("address", ["/events/", "/events/?chart=company", "/companies/amazon/", "/companies/"])
def test_the_legend_explains_what_occurs_and_nothing_else(address, client, amazon):
    left = " (left scale)" if address == "/companies/amazon/" else ""
    published(amazon, 100)
    assert legend(client, address) == [f"people known{left}"]
    published(amazon, people=(200, None, 900), wording="several hundred")
    assert legend(client, address) == [f"people known{left}", "interval, by the sources' own words"]
    published(amazon, ("at_least", 500))
    assert legend(client, address) == [f"people known{left}", "interval, by the sources' own words; an arrow: open"]


def test_a_legend_of_events_without_a_figure_explains_no_bar(client, amazon):
    published(amazon, None)
    assert legend(client, "/events/") == ["only events without a figure"]


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


# ── AI-investment notes ──────────────────────────────────────────────────────────────────────────────────────────────

NOTE_CHARTS = ["time", "kind", "company"]


@pytest.fixture
def notes(amazon, twitch):
    """Notes of two years, of several kinds, of plans and of what was done, one dated to the year alone."""
    publish(
        [
            make_note([(twitch, "maker")], kind="model", dated_on=date(2023, 2, 1)),
            make_note(
                [(amazon, "investor")], kind="capital_spending", dated_on=date(2024, 1, 9), plan_or_actual="plan"
            ),
            make_note([(amazon, "buyer")], kind="acquisition", dated_on=date(2024, 3, 9), plan_or_actual="actual"),
            make_note(kind="outlook", dated_on=date(2024, 1, 1), dated_on_precision="year"),
        ]
    )


def drawn(figure):
    """The rows that have a bar: link, and notes, actual, plan, not known."""
    rows = [row for row in figure.one("tbody").all("tr") if "data-label" in row]
    return [(row.one("th").one("a"), [number(cell.text) for cell in row.all("td")]) for row in rows]


@pytest.mark.parametrize("name", NOTE_CHARTS)
def test_every_figure_of_notes_has_its_own_numbers_as_a_file(name, client, notes):
    figure = read(client.get(f"/ai/?chart={name}&dated_after=2023")).one("figure")
    response = client.get(next(link for link in figure.links if link.startswith("/ai/series.csv")))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"-by-{'quarter' if name == 'time' else name}" in response.headers["Content-Disposition"]
    columns = ("notes", "notes_actual", "notes_plan", "notes_unknown")
    rows = list(csv.DictReader(io.StringIO(body(response), newline="")))
    assert [[int(row[column]) for column in columns] for row in rows if row["is_remainder"] == "false"] == [
        numbers for _link, numbers in drawn(figure)
    ]
    remainder = [row["notes"] for row in rows if row["is_remainder"] == "true"]
    assert remainder == ([] if name == "kind" else ["1"])


@pytest.mark.parametrize("name", NOTE_CHARTS)
@pytest.mark.parametrize("string", ["", "role=investor", "company=amazon", "grain=month", "plan_or_actual=plan"])
def test_a_bar_of_notes_leads_to_the_notes_that_it_counts(name, string, client, notes):
    for link, (count, *states) in drawn(read(client.get(f"/ai/?chart={name}&{string}")).one("figure")):
        response = client.get(link["href"])
        assert response.status_code == 200, link["href"]
        assert response.context["selection"].count == count == sum(states), link["href"]
        assert response.context["query"].chart == name


def test_a_period_of_notes_is_no_wider_than_what_is_asked_for(client, notes):
    page = read(client.get("/ai/?dated_after=2024-02-01&dated_before=2024-12-31"))
    ((link, _numbers),) = drawn(page.one("figure"))
    assert link["href"] == "/ai/?dated_after=2024-02-01&dated_before=2024-03-31"


def test_the_panel_of_notes_keeps_the_figure_that_is_asked_for(client, notes):
    page = read(client.get("/ai/?chart=kind&kind=model"))
    links = page.one("nav", **{"aria-label": "Figure"}).all("a")
    assert [(link["href"], link["aria-current"]) for link in links] == [
        ("?kind=model", ""), ("?kind=model&chart=kind", "true"), ("?kind=model&chart=company", ""),
    ]  # fmt: skip
    for address in ("/ai/?chart=kind", "/ai/?chart=kind&dated_after=never"):
        assert [field["value"] for field in read(client.get(address)).all("input", name="chart")] == ["kind"]
    assert read(client.get("/ai/")).all("input", name="chart") == []


@pytest.mark.parametrize("address", ["/ai/?chart=sector", "/ai/?chart=kind&chart=time", "/ai/series.csv"])
@pytest.mark.parametrize("more", ["", "by=sector"])
def test_a_figure_of_notes_that_there_is_not_is_refused(address, more, client, notes):
    assert client.get(f"{address}{'&' if '?' in address else '?'}{more}").status_code == 400


def test_of_no_note_and_of_no_known_people_there_is_no_figure(client, amazon):
    published(amazon)
    for address in ("/ai/", "/ai/?chart=kind", "/companies/", "/companies/?q=nobody"):
        assert read(client.get(address)).all("figure") == [], address


# ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_figure_of_companies_is_of_those_with_most_known_people_whatever_the_order(client):
    published_many(*(make_event(make_company(f"Firm {n:02}"), 100 + n) for n in range(13)))
    published(make_company("Silent"))
    figure = read(client.get("/companies/?order=name")).one("figure")
    rows = [(row.one("th").text, number(row.all("td")[0].text)) for row in figure.one("tbody").all("tr")]
    assert rows == [(f"Firm {n:02}", 100 + n) for n in range(12, 2, -1)]
    assert "Firm 12 comes first with 112 people known." in figure.text
    assert "3 more companies with known people have no bar: the CSV names them." in figure.text
    assert "/companies.csv?order=name" in figure.links
    assert not any("series.csv" in link for link in figure.links)


def test_a_company_counts_what_it_owned_as_its_row_does_and_its_interval_is_drawn(client, amazon, twitch):
    whole = published(amazon, (200, None, 900), wording="several hundred")
    published(twitch, 500, part_of=whole)
    page = read(client.get("/companies/"))
    rows = page.one("figure").one("tbody").all("tr")
    # Amazon's 200–900 holds Twitch's 500: counted once, 500 (500–900).
    assert [(r["data-label"], r["data-low"], r["data-value"], r["data-high"]) for r in rows] == [
        ("Amazon", "500", "500", "900"), ("Twitch", "500", "500", "500"),
    ]  # fmt: skip
    assert rows[0].links == ["/companies/amazon/"]


def test_the_finding_on_companies_says_who_may_have_more(client):
    published(make_company("First"), 500)
    published(make_company("Second"), (200, None, 900), wording="several hundred")
    finding = read(client.get("/companies/")).one("p", css="finding").text
    assert finding == "First comes first with 500 people known. By the intervals Second may have more."


@pytest.mark.parametrize("address", ["/ai/", "/ai/?chart=company&role=maker", "/companies/?order=name&sector=media"])
def test_a_picture_of_notes_or_companies_gives_the_address_of_its_view(address, client, notes, amazon):
    amazon.sector = "media"
    amazon.save()
    published(amazon, 5)
    figure = read(client.get(address)).one("figure")
    assert client.get(figure["data-view"]).status_code == 200
    path, _mark, string = address.partition("?")
    assert figure["data-view"].startswith(path)
    assert sorted(figure["data-view"].partition("?")[2].split("&")) == sorted(string.split("&"))
    assert figure["data-name"].startswith("layoffwatch-")


def test_a_figure_carries_the_words_that_its_script_says(client, site):
    over_time = read(client.get("/events/")).one("figure")
    assert "mark a range" in over_time["data-keys"]
    assert over_time["data-marked"] == "{first} to {last} marked, Enter opens"
    assert over_time["data-taken"] == "Drawn on {day}."
    ranked = read(client.get("/events/?chart=company")).one("figure")
    assert (ranked["data-keys"], ranked.attributes.get("data-marked")) == ("Values: arrow keys move, Enter opens", None)
