"""The start page: how many, compared with last year, who, what is new, how sure."""

import pytest

from events.dates import today
from events.tests.factories import make_company, published
from events.tests.views.conftest import event_url, note_url
from events.tests.views.reading import keys, read

pytestmark = pytest.mark.django_db


def section(page, title: str):
    return next(s for s in page.all("section") if s.all("h2") and s.all("h2")[0].text == title)


def test_an_empty_record_still_has_a_start_page(client):
    page = read(client.get("/"))
    assert keys(page)[0].number == "0"
    assert not page.all("figure")


def test_it_tells_of_the_latest_year_that_has_a_cut(client, site):
    page = read(client.get("/"))
    # All of the small record's cuts are of January 2024: the part of 500 within the whole.
    assert (keys(page)[0].number, keys(page)[1].number) == ("500", "2")
    assert "2024" in keys(page)[0].how
    assert "same days of 2023: 0" in keys(page)[0].how


def test_this_year_is_compared_with_the_same_days_of_the_last(client, amazon):
    now = today()
    published(amazon, 300, announced_on=f"{now.year}-01-01")
    published(amazon, 40, announced_on=f"{now.year - 1}-01-01")
    published(amazon, 7, announced_on=f"{now.year - 1}-12-31")
    expected = 47 if (now.month, now.day) == (12, 31) else 40
    key = keys(read(client.get("/")))[0]
    assert key.number == "300"
    assert f"same days of {now.year - 1}: {expected}" in key.how


def test_it_shows_the_latest_the_largest_the_notes_and_the_totals(client, site):
    page = read(client.get("/"))
    assert event_url(site.event) in section(page, "Latest").links
    assert event_url(site.event) in section(page, "Largest of 2024").links
    assert note_url(site.note) in section(page, "AI-investment notes").links
    assert "7,500" in section(page, "Published totals, each with what it counts").text
    assert page.one("figure")["data-chart"] == "time"


def test_an_event_that_is_announced_for_a_day_to_come_does_not_make_it_this_years(client, amazon):
    published(amazon, 300, announced_on="2024-01-01")
    published(amazon, 40, announced_on=f"{today().year + 2}-01-01")
    assert keys(read(client.get("/")))[0].number == "300"


def test_the_largest_come_first(client):
    for people in (10, 300, 20):
        published(make_company(f"Firm {people}"), people)
    rows = section(read(client.get("/")), "Largest of 2024").one("tbody").all("tr")
    assert [row.all("td")[-1].text for row in rows] == ["300", "20", "10"]


def test_the_search_box_asks_the_explorer(client, site):
    form = read(client.get("/")).one("form", role="search")
    assert (form["action"], form["method"], form.one("input")["name"]) == ("/events/", "get", "q")
