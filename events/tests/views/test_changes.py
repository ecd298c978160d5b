"""The log of changes: by day, as a feed, and a week ready to quote."""

from datetime import date

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import LayoffEvent
from events.publishing import correct, withdraw
from events.tests.factories import make_event, published, published_headcount, published_note, published_total
from events.tests.views.conftest import event_url, published_many
from events.tests.views.reading import body, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def week(on, amazon):
    """Monday: two cuts of 500 and "several hundred", a note. Wednesday: 500 becomes 600. Friday: the other goes."""
    on("2024-01-08")
    first = published(amazon, 500, title="Amazon cuts 500 jobs")
    other = published(amazon, (200, None, 900), title="Amazon cuts hundreds")
    published_note([(amazon, "maker")], title="Amazon makes a model")
    on("2024-01-10")
    first = LayoffEvent.objects.get(pk=first.pk)
    first.people_low = first.people = first.people_high = 600
    first.save()
    correct(first, "Counted anew.")
    on("2024-01-12")
    withdraw(LayoffEvent.objects.get(pk=other.pk), "It was another Amazon.")
    on("2024-01-15")
    return first


def days(client, address="/data/changes/"):
    return {s.one("time")["datetime"]: s for s in read(client.get(address)).all("section", css="day")}


def totals(section):
    return [dd.text for dd in section.all("dd")]


def test_each_day_says_what_changed_and_the_totals_before_and_after(client, week):
    found = days(client)
    assert list(found) == ["2024-01-12", "2024-01-10", "2024-01-08"]
    assert found["2024-01-12"].one("strong").text == "Withdrawn: 1 layoff event."
    assert found["2024-01-10"].one("strong").text == "Corrected: 1 layoff event."
    assert found["2024-01-08"].one("strong").text == "Added: 2 layoff events, 1 AI-investment note."
    # 500 and a low of 200; 200 + 500 to 900 + 500.
    assert totals(found["2024-01-08"]) == [
        "0 people known in 0 cuts, 0 of them without a figure",
        "700 people known (700–1,400) in 2 cuts, 0 of them without a figure",
    ]
    assert totals(found["2024-01-10"])[1].startswith("800 people known (800–1,500) in 2 cuts")
    assert totals(found["2024-01-12"]) == [
        "800 people known (800–1,500) in 2 cuts, 0 of them without a figure",
        "600 people known in 1 cut, 0 of them without a figure",
    ]


def test_each_change_is_named_with_its_reason_and_leads_to_its_record(client, week):
    corrected = days(client)["2024-01-10"]
    assert event_url(week) in corrected.links
    assert "Counted anew." in corrected.one("ul", css="changed").text


def test_what_only_followed_is_counted_and_is_no_news(client, on, amazon):
    on("2024-01-08")
    whole = published(amazon, 1000, title="The whole")
    part = published(amazon, 100, title="A filing", stage="filed")
    on("2024-01-09")
    relation = make_event(amazon, 5, title="A part", part_of=whole)
    published_many(relation)
    part = LayoffEvent.objects.get(pk=part.pk)
    part.relations.create(kind="part_of", other=whole)
    correct(part, "It is part of the whole.")
    assert list(days(client)) == ["2024-01-09", "2024-01-08"]
    on("2024-01-10")
    withdraw(LayoffEvent.objects.get(pk=whole.pk), "It was no cut.")
    day = days(client)["2024-01-10"]
    assert day.one("strong").text == "Withdrawn: 1 layoff event."
    assert "2 records followed because a related one changed." in day.text


def test_a_day_to_replay_knows_nothing_of_what_came_later(client, week):
    assert list(days(client, "/data/changes/?as_of=2024-01-10")) == ["2024-01-10", "2024-01-08"]
    assert client.get("/data/changes/?as_of=2024-02-10").status_code == 400


def test_pages_lead_on_and_back(client, on, amazon):
    for day in range(1, 13):
        on(f"2024-01-{day:02}")
        published(amazon, day)
    seen, address = [], "/data/changes/"
    pages = []
    while address:
        pages.append(address)
        found = read(client.get(address))
        seen += [s.one("time")["datetime"] for s in found.all("section", css="day")]
        links = [a["href"] for a in found.all("a") if a["rel"] == "next"]
        address = f"/data/changes/{links[0]}" if links else ""
    assert seen == [f"2024-01-{day:02}" for day in range(12, 0, -1)]
    back = [a["href"] for a in read(client.get(pages[1])).all("a") if a["rel"] == "prev"]
    assert list(days(client, f"/data/changes/{back[0]}")) == seen[:5]
    assert "no such page" in read(client.get("/data/changes/?after=WyJ4IiwgMF0")).one("main").text


def test_a_day_of_many_names_some_and_counts_the_rest(client, on, amazon):
    on("2024-01-08")
    published_many(*(make_event(amazon, 1, title=f"Cut {n}") for n in range(40)))
    (day,) = days(client).values()
    assert day.one("strong").text == "Added: 40 layoff events."
    assert len(day.links) == 12 + 1
    assert "and 28 more" in day.text


def questions(client, address):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("address", ["/data/changes/", "/data/changes.atom", "/data/changes/2024-W02/"])
def test_the_number_of_questions_does_not_grow_with_what_changed(client, on, amazon, address):
    for day in range(8, 14):
        on(f"2024-01-{day:02}")
        published_many(*(make_event(amazon, 1) for _ in range(2)))
        published_note([(amazon, "maker")])
        published_headcount(amazon, counted_on=date(2001, 1, day))
    before = questions(client, address)
    for day in range(8, 14):
        on(f"2024-01-{day:02}")
        published_many(*(make_event(amazon, 1) for _ in range(20)))
        published_total(title=f"Total {day}", as_of=date(2024, 1, day))
        published_headcount(amazon, counted_on=date(2002, 1, day))
    assert questions(client, address) <= before + 1
    # Five days are six sums, of few questions each.
    assert before <= 45


def test_the_feed_has_an_entry_for_each_day_under_an_id_that_stays(client, week):
    feed = feedparser.parse(body(client.get("/data/changes.atom")))
    assert [e.title for e in feed.entries] == [
        "12 January 2024: Withdrawn: 1 layoff event",
        "10 January 2024: Corrected: 1 layoff event",
        "8 January 2024: Added: 2 layoff events, 1 AI-investment note",
    ]
    assert feed.entries[0].id.endswith(":/data/changes/2024-01-12")
    assert "It was another Amazon." in feed.entries[0].summary
    assert client.get("/data/changes.atom?x=1").status_code == 400


# ── A week ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_week_is_ready_to_quote(client, week):
    page = read(client.get("/data/changes/2024-W02/"))
    assert page.one("h1").text == "What changed, 8–14 January 2024"
    assert page.one("blockquote").text == (
        "Added: 2 layoff events, 1 AI-investment note; corrected: 1 layoff event; withdrawn: 1 layoff event. "
        "The record went from 0 people known in 0 cuts, 0 of them without a figure, to 600 people known in 1 cut, "
        "0 of them without a figure."
    )
    cited = page.one("pre", id="cite-plain").text
    assert "http://testserver/data/changes/2024-W02/" in cited
    assert "600 people known in 1 cut" in cited


def test_a_week_says_what_only_followed_in_its_quotation_too(client, on, amazon, twitch):
    on("2024-01-08")
    whole = published(amazon, 1000)
    published(twitch, 100, part_of=whole)
    on("2024-01-10")
    withdraw(LayoffEvent.objects.get(pk=whole.pk), "It was no cut.")
    page = read(client.get("/data/changes/2024-W02/"))
    followed = "withdrawn: 1 layoff event. 1 record followed because a related one changed. The record went from"
    assert followed in page.one("blockquote").text
    assert "1 record followed because a related one changed." in page.one("pre", id="cite-plain").text


def test_a_week_in_which_nothing_followed_does_not_speak_of_it(client, week):
    assert "followed" not in read(client.get("/data/changes/2024-W02/")).one("main").text


def test_a_week_as_known_on_a_day_ends_there(client, week):
    page = read(client.get("/data/changes/2024-W02/?as_of=2024-01-10"))
    assert "withdrawn" not in page.one("blockquote").text
    assert "800 people known (800–1,500) in 2 cuts" in page.one("blockquote").text
    assert "as_of=2024-01-10" in page.one("pre", id="cite-plain").text


def test_a_week_in_which_nothing_happened_says_so(client, week):
    text = read(client.get("/data/changes/2024-W01/")).one("blockquote").text
    assert text.startswith("Nothing was added, corrected or withdrawn. The record stays at 0 people")


def test_a_week_that_is_not_over_says_so(client, week, on):
    on("2024-01-11")
    assert "It is not over" in read(client.get("/data/changes/2024-W02/")).one("main").text


@pytest.mark.parametrize(
    "name", ["2024-W03x", "2024-W04", "2024-W99", "0000-W01", "9999-W52", "0001-W01", "2023-W53", "2024-W00"]
)
def test_a_week_that_is_none_or_is_to_come_is_not_found(client, week, name):
    assert client.get(f"/data/changes/{name}/").status_code == 404
