"""The start page: how many, compared with last year, who, what is new, how sure."""

from datetime import date, timedelta

import pytest

from events.dates import today
from events.models import EventEdition
from events.publishing import correct, withdraw
from events.tests.factories import make_company, published, published_note
from events.tests.views.conftest import event_url
from events.tests.views.reading import keys, read

pytestmark = pytest.mark.django_db


def section(page, title: str):
    return next(s for s in page.all("section") if s.all("h2") and s.all("h2")[0].text == title)


def test_an_empty_record_still_has_a_start_page(client):
    page = read(client.get("/"))
    assert (keys(page)[0].number, keys(page)[0].label) == ("–", "no cut on record")
    assert not page.all("figure")


def test_it_tells_of_the_latest_year_that_has_a_cut(client, site):
    page = read(client.get("/"))
    # All of the small record's cuts are of January 2024: the part of 500 within the whole.
    assert (keys(page)[0].number, keys(page)[1].number) == ("500", "2")
    assert "2024" in keys(page)[0].how
    assert "same days of 2023: no cut on record" in keys(page)[0].how


def test_this_year_is_compared_with_the_same_days_of_the_last(client, amazon):
    now = today()
    published(amazon, 300, announced_on=f"{now.year}-01-01")
    published(amazon, 40, announced_on=f"{now.year - 1}-01-01")
    published(amazon, 7, announced_on=f"{now.year - 1}-12-31")
    expected = 47 if (now.month, now.day) == (12, 31) else 40
    key = keys(read(client.get("/")))[0]
    assert key.number == "300"
    assert f"same days of {now.year - 1}: {expected}" in key.how


def test_the_year_before_carries_its_interval_and_the_events_without_a_figure(client, amazon):
    year = today().year
    published(amazon, 300, announced_on=f"{year}-01-01")
    published(amazon, people=(200, None, 900), wording="several hundred", announced_on=f"{year - 1}-01-01")
    published(amazon, announced_on=f"{year - 1}-01-01")
    assert f"same days of {year - 1}: 200 (200–900), 1 without a figure" in keys(read(client.get("/")))[0].how


def test_where_no_figure_of_the_year_before_is_known_it_is_not_0(client, amazon):
    year = today().year
    published(amazon, 300, announced_on=f"{year}-01-01")
    published(amazon, announced_on=f"{year - 1}-01-01")
    assert f"same days of {year - 1}: not stated, 1 without a figure" in keys(read(client.get("/")))[0].how


def test_it_says_in_which_months_a_company_invests_meanwhile(client, amazon):
    published(amazon, 300, announced_on="2024-01-01")
    published_note([(amazon, "investor")], dated_on=date(2024, 3, 1))
    assert "by 1 note from 12 months before an event to 6 after it" in keys(read(client.get("/")))[3].how


def test_it_shows_the_latest_the_largest_the_notes_and_the_totals(client, site):
    page = read(client.get("/"))
    assert event_url(site.event) in section(page, "Latest").links
    assert event_url(site.event) in section(page, "Largest of 2024").links
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


def test_the_search_box_asks_everything(client, site):
    form = read(client.get("/")).one("form", role="search")
    assert (form["action"], form["method"], form.one("input")["name"]) == ("/search/", "get", "q")


def test_a_cut_without_a_number_that_its_whole_covers_is_explained_where_the_numbers_differ(client, amazon, twitch):
    whole = published(amazon, 1000)
    published(twitch, None, part_of=whole)
    published(amazon, None)
    page = read(client.get("/"))
    # Two state none; the whole covers the one that is part of it.
    assert keys(page)[2].number == "1"
    assert "2 no number of its own (for some a whole or a part states one)." in page.text


def test_it_says_how_the_sources_bound_the_numbers(client, amazon):
    for facts in ({"people": 10}, {"people": 20}, {"people": (200, None, 900), "wording": "several hundred"}, {}):
        published(amazon, **facts)
    assert (
        "Of the cuts, sources give 2 an exact number, 1 an approximate one or a range, 1 no number of its own."
        in read(client.get("/")).text
    )


def test_it_says_what_changed_this_week_and_not_what_changed_before(client, amazon):
    event, other = published(amazon, 10), published(amazon, 20)
    event.title = "Amazon cuts fewer"
    event.save()
    correct(event, "A typing error.")
    withdraw(other, "It was another company.")
    week = section(read(client.get("/")), "What changed in the data this week")
    assert [li.text for li in week.all("li")] == ["2 events new", "1 event corrected", "1 event withdrawn"]
    assert all(client.get(link).status_code == 200 for link in week.links)
    EventEdition.objects.update(known_from=today() - timedelta(days=7))
    assert not section(read(client.get("/")), "What changed in the data this week").all("li")


def test_it_shows_where_the_years_money_went_largest_first(client, amazon):
    published(amazon, 10, announced_on="2024-01-10")
    for title, usd in (("Small", 5), ("Large", 500), ("Old", 900)):
        year = 2023 if title == "Old" else 2024
        published_note([(amazon, "investor")], title=title, amount_usd_millions=usd, dated_on=date(year, 3, 1))
    rows = section(read(client.get("/")), "Where AI money went in 2024").one("tbody").all("tr")
    assert [row.all("a")[0].text for row in rows] == ["Large", "Small"]


def test_it_is_shown_as_known_on_a_day(client, amazon):
    first = published(amazon, 300, announced_on="2024-01-01")
    EventEdition.objects.filter(record_id=first.pk).update(known_from=date(2024, 1, 2))
    published(amazon, 40, announced_on="2024-01-05")
    assert keys(read(client.get("/")))[0].number == "340"
    page = read(client.get("/?as_of=2024-01-10"))
    assert keys(page)[0].number == "300"
    assert "As known on 10 January 2024" in page.text
    assert all("as_of=2024-01-10" in link for link in section(page, "Latest").links if link.startswith("/events/"))
