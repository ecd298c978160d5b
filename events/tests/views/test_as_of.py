"""Any view as known on a day: what was public at the end of it, and the way back to today (rule 9)."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from events.publishing import correct, withdraw
from events.tests.factories import make_company, published, published_headcount, published_note, published_total
from events.tests.views.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(on, amazon):
    """An event of 100 on 10 January, corrected to 60 on the 15th, another on the 20th, withdrawn on the 25th."""
    first = published(amazon, 100, announced_on="2024-01-10", title="Amazon cuts in its studios")
    on("2024-01-15")
    first.people_low = first.people = first.people_high = 60
    first.title = "Amazon cuts fewer in its studios"
    first.save()
    correct(first, "The report was corrected.")
    on("2024-01-20")
    second = published(amazon, 5, announced_on="2024-01-19", title="Amazon cuts in its shops")
    on("2024-01-25")
    withdraw(second, "It was another firm.")
    on("2024-02-01")
    return first, second


def address_of(event):
    from events.models import EventEdition

    return EventEdition.objects.filter(record_id=event.pk).latest("number").get_absolute_url()


@pytest.mark.parametrize(
    ("day", "people", "rows"), [("2024-01-09", None, 0), ("2024-01-10", 100, 1), ("2024-01-14", 100, 1),
    ("2024-01-15", 60, 1), ("2024-01-20", 65, 2), ("2024-01-24", 65, 2), ("2024-01-25", 60, 1), ("2024-02-01", 60, 1)]
)  # fmt: skip
def test_a_list_shows_what_was_public_at_the_end_of_the_day(client, history, day, people, rows):
    response = client.get(f"/events/?as_of={day}")
    assert response.status_code == 200
    assert response.context["selection"].count == rows
    assert response.context["selection"].main.headline == (people or 0)
    banner = read(response).one("section", css="as-of")
    assert f"As known on {date.fromisoformat(day).day} " in banner.text
    assert banner.links == ["/events/"]


def test_the_way_back_to_today_keeps_the_filter(client, history):
    banner = read(client.get("/events/?as_of=2024-01-14&company=amazon&order=people")).one("section", css="as-of")
    assert banner.links == ["/events/?company=amazon&order=people"]


def test_every_link_of_a_replay_leads_into_the_same_replay(client, history):
    page = read(client.get("/events/?as_of=2024-01-14")).one("main")
    records = [link for link in page.links if re.match(r"/events/\d|/companies/\w", link)]
    assert records
    assert all("as_of=2024-01-14" in link for link in records), records


def test_a_correction_changes_todays_total_and_not_the_replay_of_last_month(client, history):
    assert client.get("/events/").context["selection"].main.headline == 60
    assert client.get("/events/?as_of=2024-01-14").context["selection"].main.headline == 100


def test_an_events_page_shows_the_edition_of_the_day(client, history):
    first, _second = history
    then = read(client.get(f"{address_of(first)}?as_of=2024-01-14")).text
    assert "Amazon cuts in its studios" in then
    assert "100" in then
    assert "corrected" not in then  # nobody knew that yet
    assert "Amazon cuts fewer" in read(client.get(f"{address_of(first)}?as_of=2024-01-15")).text


def test_a_withdrawn_event_is_there_on_the_days_before_and_gone_after(client, history):
    _first, second = history
    assert client.get(f"{address_of(second)}?as_of=2024-01-19").status_code == 404
    assert client.get(f"{address_of(second)}?as_of=2024-01-24").status_code == 200
    assert client.get(f"{address_of(second)}?as_of=2024-01-25").status_code == 410
    assert client.get(address_of(second)).status_code == 410


def test_an_old_address_of_an_event_redirects_with_the_day(client, history):
    first, _second = history
    response = client.get(f"/events/{first.pk}-old/?as_of=2024-01-14")
    assert response.status_code == 301
    assert response["Location"] == f"{address_of(first)}?as_of=2024-01-14"


def test_a_companys_page_its_notes_and_headcounts_are_those_of_the_day(client, on, amazon):
    on("2024-01-10")
    published(amazon, 100, announced_on="2024-01-09")
    on("2024-01-20")
    published(amazon, 7, announced_on="2024-01-19")
    published_note([(amazon, "maker")], title="Amazon shows a model", dated_on=date(2024, 1, 20))
    published_headcount(amazon, 1_525_000)
    on("2024-02-01")
    then = client.get("/companies/amazon/?as_of=2024-01-15")
    assert then.context["selection"].main.headline == 100
    assert not then.context["notes"]
    assert not then.context["headcounts"]
    now = client.get("/companies/amazon/")
    assert now.context["selection"].main.headline == 107
    assert len(now.context["notes"]) == len(now.context["headcounts"]) == 1


def test_companies_notes_and_totals_are_listed_as_they_were(client, on, amazon):
    on("2024-01-10")
    published(amazon, 100)
    on("2024-01-20")
    published(make_company("Zappos"), 50)
    published_note([(amazon, "maker")], title="Amazon shows a model", dated_on=date(2024, 1, 20))
    published_total(publisher="A tracker")
    on("2024-02-01")
    assert "Zappos" not in read(client.get("/companies/?as_of=2024-01-15")).text
    assert "Zappos" in read(client.get("/companies/?as_of=2024-01-20")).text
    assert "Amazon shows a model" not in read(client.get("/ai/?as_of=2024-01-15")).text
    assert "Amazon shows a model" in read(client.get("/ai/?as_of=2024-01-20")).text
    assert "A tracker" not in read(client.get("/totals/?as_of=2024-01-15")).text
    assert "A tracker" in read(client.get("/totals/?as_of=2024-01-20")).text


def test_a_renamed_company_has_its_name_of_today_in_a_replay(client, history, amazon):
    amazon.name = "Amazonia"
    amazon.save()
    assert "Amazonia" in read(client.get("/events/?as_of=2024-01-14")).text


def test_days_before_the_site_opened_are_said_to_be_reconstructed(client, on, amazon):
    published(amazon, 100, announced_on="2023-06-01", recorded_on="2023-06-02")
    then = client.get("/events/?as_of=2023-06-02")
    assert then.context["selection"].count == 1
    assert "This site opened on 1 January 2024" in read(then).one("section", css="as-of").text
    assert "a file" in read(then).one("section", css="as-of").text
    assert client.get("/events/?as_of=2023-06-01").context["selection"].count == 0
    assert "This site opened" not in read(client.get("/events/?as_of=2024-01-09")).one("section", css="as-of").text


def test_a_day_to_come_is_an_error(client):
    tomorrow = timezone.now().date() + timedelta(days=1)
    response = client.get(f"/events/?as_of={tomorrow}")
    assert response.status_code == 400
    assert "still to come" in read(response).text
    assert client.get(f"/events/?as_of={timezone.now().date()}").status_code == 200


def test_todays_state_as_of_today_is_todays(client, history, on):
    on("2024-02-01")
    then, now = (client.get(address).context["selection"] for address in ("/events/?as_of=2024-02-01", "/events/"))
    assert then.totals == now.totals
    assert [e.pk for e in then.ordered()] == [e.pk for e in now.ordered()]


def test_every_file_of_a_replay_holds_what_its_page_shows(client, history):
    for ending in ("csv", "json", "jsonl"):
        response = client.get(f"/events.{ending}?as_of=2024-01-14")
        text = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"Amazon" in text
        assert b"100" in text
        assert b"Amazon cuts fewer" not in text


def test_what_was_withdrawn_since_is_marked_in_every_replay(client, history):
    _first, second = history
    page = read(client.get(f"{address_of(second)}?as_of=2024-01-24"))
    assert "Withdrawn since" in page.text
    assert "It was another firm." in page.text
    assert "withdrawn since" in read(client.get("/events/?as_of=2024-01-24")).one("table", css="cards").text
    rows = client.get("/events.json?as_of=2024-01-24").json()["rows"]
    assert {row["id"]: row["withdrawn_on"] for row in rows} == {_first.pk: None, second.pk: "2024-01-25"}


def test_a_replay_of_a_company_names_the_file_it_is_reconstructed_from(client, on, amazon):
    event = published(amazon, 100, announced_on="2023-06-01", recorded_on="2023-06-02")
    for address in ("/companies/amazon/", "/companies/", address_of(event)):
        assert "(a file)" in read(client.get(f"{address}?as_of=2023-06-02")).one("section", css="as-of").text, address
