"""The log of corrections: what stands in it, in which order, page by page, as a page and as a feed."""

import re
from datetime import date, timedelta

import feedparser
import pytest
from django.db import connection

from events.dates import today
from events.differences import changed_in_words
from events.models import EventEdition, HeadcountEdition, NoteEdition, TotalEdition
from events.models.edition import Edition
from events.publishing import correct, publish, withdraw
from events.tests.factories import (
    make_event,
    published,
    published_headcount,
    published_note,
    published_total,
)
from events.tests.views.conftest import event_url, note_url, published_many
from events.tests.views.reading import body, read

pytestmark = pytest.mark.django_db


def corrected(record, reason="A typing error.", **fields):
    for name, value in (fields or {"title": f"{record.title}!"}).items():
        setattr(record, name, value)
    record.save()
    correct(record, reason)
    return record


def logged(client, string="") -> list[str]:
    return [row.one("th").one("a").text for row in rows(read(client.get(f"/corrections/{string}")))]


def rows(page):
    return [row for table in page.all("table") for row in table.one("tbody").all("tr")]


def test_a_first_publication_is_no_correction(client, amazon):
    published(amazon, 100)
    assert "Nothing was corrected yet" in read(client.get("/corrections/")).text


def test_a_correction_stands_with_its_day_its_reason_and_what_changed(client, amazon):
    event = corrected(published(amazon, 100, title="Amazon cuts jobs"), "The memo says so.", summary="In the studios.")
    (row,) = rows(read(client.get("/corrections/")))
    assert "Amazon cuts jobs" in row.text
    assert "layoff event" in row.text
    assert "Corrected" in row.text
    assert "The memo says so." in row.text
    assert "Summary" in row.text
    assert row.one("time")["datetime"] == today().isoformat()
    assert event_url(event) in row.links


def test_a_withdrawal_stands_with_its_reason_and_leads_to_the_last_page(client, amazon):
    event = published(amazon, 100)
    withdraw(event, "It was another company.")
    (row,) = rows(read(client.get("/corrections/")))
    assert "Withdrawn" in row.text
    assert "It was another company." in row.text
    assert client.get(row.links[0]).status_code == 410


def test_what_is_published_again_after_a_withdrawal_stands_too(client, amazon):
    event = published(amazon, 100)
    withdraw(event, "A doubt.")
    publish(event, "The doubt is gone.")
    assert ["Published" in row.text for row in rows(read(client.get("/corrections/")))] == [True, False]


def test_what_only_followed_from_another_records_change_is_no_correction(client, amazon, twitch):
    whole = published(amazon, 1000, title="Amazon cuts jobs")
    part = published(twitch, 100, title="Twitch cuts jobs", part_of=whole)
    withdraw(whole, "It was another company.")
    assert EventEdition.objects.filter(record_id=part.pk, change="touched").exists()
    assert logged(client) == ["Amazon cuts jobs"]
    entries = feedparser.parse(body(client.get("/corrections.atom"))).entries
    assert [entry.title for entry in entries] == ["Amazon cuts jobs: withdrawn"]


def test_a_page_is_full_whatever_followed_in_between(client, amazon, twitch):
    many_corrections(amazon, 60)
    # The latest record of the day, whose edition would stand before all of these.
    whole = published(amazon, 1000, title="The whole")
    part = published(twitch, 100, part_of=whole)
    withdraw(whole, "It was another company.")
    assert EventEdition.objects.filter(record_id=part.pk, change="touched").exists()
    first = read(client.get("/corrections/"))
    (link,) = (a["href"] for a in first.all("a", rel="next"))
    # 60 events, 4 notes and 4 totals, and the withdrawal.
    assert [len(rows(page)) for page in (first, read(client.get(f"/corrections/{link}")))] == [50, 19]


def test_all_kinds_of_records_stand_in_one_list(client, amazon):
    corrected(published(amazon, 100))
    note = corrected(published_note([(amazon, "maker")], title="A model"))
    corrected(published_total(), definition="What it counts.")
    corrected(published_headcount(amazon), people_low=2000, people=2000, people_high=2000)
    page = read(client.get("/corrections/"))
    kinds = {row.one("th").one("span").text for row in rows(page)}
    assert kinds == {"layoff event", "AI-investment note", "published total", "headcount"}
    links = [row.links[0] for row in rows(page)]
    assert {note_url(note), "/totals/", "/companies/amazon/"} <= set(links)
    assert {client.get(link).status_code for link in links} == {200}


def test_the_newest_comes_first_and_a_day_as_known_shows_none_that_came_later(client, amazon):
    first, second = (published(amazon, 100, title=f"Cut {n}") for n in (1, 2))
    corrected(first, summary="x")
    corrected(second, summary="x")
    # As if the first had been corrected yesterday.
    yesterday = today() - timedelta(days=1)
    EventEdition.objects.filter(record_id=first.pk, number=1).update(
        known_from=yesterday - timedelta(days=1), known_until=yesterday
    )
    EventEdition.objects.filter(record_id=first.pk, number=2).update(known_from=yesterday)
    assert logged(client) == ["Cut 2", "Cut 1"]
    assert logged(client, f"?as_of={yesterday}") == ["Cut 1"]
    assert logged(client, f"?as_of={yesterday - timedelta(days=1)}") == []


def many_corrections(amazon, number):
    events = published_many(*[make_event(amazon, 10, title=f"Cut {n}") for n in range(number)])
    for event in events:
        event.summary = "More is known."
        event.save()
    for event in events:
        correct(event, "More is known.")
    for n in range(4):
        corrected(published_note([(amazon, "maker")], title=f"Note {n}"))
        corrected(published_total(title=f"Total {n}"), definition="More is known.")


def test_pages_by_key_hold_every_row_once_forwards_and_back(client, amazon):
    many_corrections(amazon, 100)
    seen, string, backs = [], "", []
    while True:
        page = read(client.get(f"/corrections/{string}"))
        seen.append([row.one("th").text for row in rows(page)])
        backs.append(string)
        (*_, link) = [None, *(a["href"] for a in page.all("a", rel="next"))]
        if link is None:
            break
        string = link
    assert [len(page) for page in seen] == [50, 50, 8]
    every = [row for page in seen for row in page]
    assert len(set(every)) == len(every) == 108
    for expected in reversed(seen[:-1]):
        page = read(client.get(f"/corrections/{string}"))
        (string,) = (a["href"] for a in page.all("a", rel="prev"))
        assert [row.one("th").text for row in rows(read(client.get(f"/corrections/{string}")))] == expected


@pytest.mark.parametrize(
    "key", ["WyJ4IiwwLDEsMV0", "WyIyMDI0LTAxLTAxIiwxXQ", "WzEsMSwxLDFd", "WyIyMDI0LTAxLTAxIiwieCIsMSwxXQ"]
)
def test_a_key_of_another_list_is_an_empty_page_and_says_so(client, amazon, key):
    corrected(published(amazon, 100))
    page = read(client.get(f"/corrections/?after={key}"))
    assert "There is no such page" in page.text
    assert "/corrections/" in page.one("main").links


def test_the_feed_holds_what_the_page_holds(client, amazon):
    many_corrections(amazon, 60)
    address, ids = "/corrections.atom", []
    while address:
        response = client.get(address)
        assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        feed = feedparser.parse(body(response))
        assert not feed.bozo
        ids += [entry.id for entry in feed.entries]
        address = next((link.href for link in feed.feed.links if link.rel == "next"), "").removeprefix(
            "http://testserver"
        )
    assert len(ids) == len(set(ids)) == 68


def test_an_entry_of_the_feed_says_what_happened_and_why(client, amazon):
    corrected(published(amazon, 100, title="Amazon cuts jobs"), "The memo <says> so.", summary="x")
    (entry,) = feedparser.parse(body(client.get("/corrections.atom"))).entries
    assert entry.title == "Amazon cuts jobs: corrected"
    assert "The memo &lt;says&gt; so." in entry.summary
    assert "<li>Changed: Summary</li>" in entry.summary
    assert entry.link.startswith("http://testserver/events/")


def test_the_page_names_its_feed(client, db):
    assert read(client.get("/corrections/")).one("link", rel="alternate")["href"] == "/corrections.atom"


@pytest.mark.parametrize(
    ("email", "url", "offered"),
    [("", "", False), ("desk@example.org", "", True), ("", "https://example.org/contact", True)],
)
def test_an_error_can_be_reported_where_there_is_an_address_to_write_to(client, db, settings, email, url, offered):
    settings.CONTACT_EMAIL, settings.CONTACT_URL = email, url
    assert ("/about/#contact" in read(client.get("/corrections/")).one("main").links) is offered


def test_a_wrong_day_or_parameter_is_refused_in_both(client, db):
    for string in ("as_of=2999-01-01", "asof=2024", "after=x"):
        assert client.get(f"/corrections/?{string}").status_code == 400
        response = client.get(f"/corrections.atom?{string}")
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"


def test_however_long_the_log_the_database_reads_a_page_by_an_index(client, amazon, django_assert_max_num_queries):
    later = EventEdition.objects.filter(number__gt=1).exclude(change="touched")
    later = later.order_by("-known_from", "-record_id", "-number")[:51]
    if connection.vendor == "sqlite":
        # PostgreSQL reads a table of a few rows as it stands.
        assert "eventedition_later" in later.explain()
        assert "TEMP B-TREE" not in later.explain()
    corrected(published(amazon, 100))
    # One of each kind of record, and one for the version of the data.
    with django_assert_max_num_queries(6):
        client.get("/corrections/")
    with django_assert_max_num_queries(6):
        client.get("/corrections.atom")


def changed_by_the_feed(client) -> list[set[str]]:
    entries = feedparser.parse(body(client.get("/corrections.atom"))).entries
    return [set(re.search("<li>Changed: (.*?)</li>", entry.summary)[1].split(", ")) for entry in entries]


def test_the_feed_says_what_changed_in_the_words_of_the_page(client, amazon, twitch):
    corrected(published(amazon, 100), company=twitch, announced_on=date(2023, 2, 1), stage="filed", place="Seattle")
    corrected(published_note([(amazon, "maker")]), plan_or_actual="plan", summary="A plan.")
    corrected(published_total(), definition="What it counts.", people=7, people_low=7, people_high=7)
    corrected(published_headcount(amazon), people_low=2000, people=2000, people_high=2000)
    said = [{dt.text for dt in row.all("dt")} for row in rows(read(client.get("/corrections/")))]
    assert said == changed_by_the_feed(client)
    assert said[0] >= {"Company", "Announced", "Stage", "Place", "Counts as"}


# What follows from something else that is named.
DERIVED = {
    "slug", "headline", "high_open", "announced_until", "announced_month", "effective_until", "place_folded",
    "notes_from", "notes_until", "days_late", "tiers", "dated_until", "dated_month", "counted_until", "title",
}  # fmt: skip


def test_every_field_that_an_edition_may_change_has_words(site):
    for kind in (EventEdition, NoteEdition, TotalEdition, HeadcountEdition):
        edition = kind.objects.select_related("document").first()
        names = {f.name for f in kind._meta.concrete_fields} - {f.name for f in Edition._meta.get_fields()} - {"id"}
        names |= set(edition.document.body)
        without = set()
        for name in names:
            edition.changed_fields = [name]
            if not changed_in_words(edition):
                without.add(name)
        assert without <= DERIVED, kind
