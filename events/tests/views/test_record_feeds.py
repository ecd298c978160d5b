"""The feed of the changes of one record, read by a parser that is not ours."""

import feedparser
import pytest

from events.publishing import correct, withdraw
from events.tests.factories import make_event, published
from events.tests.views.conftest import event_url, note_url
from events.tests.views.reading import body, read

pytestmark = pytest.mark.django_db


def feed_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(body(response))
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def test_a_feed_has_an_entry_for_each_edition_with_its_reason_and_differences(client, on, amazon):
    event = published(amazon, 100, title="Amazon cuts <b>")
    before = feed_of(client, f"/events/{event.pk}.atom")
    on("2024-01-15")
    event.people_low = event.people = event.people_high = 60
    event.save()
    correct(event, "The report <i> was corrected.")
    feed = feed_of(client, f"/events/{event.pk}.atom")
    assert [entry.title for entry in feed.entries] == ["Amazon cuts <b>: corrected", "Amazon cuts <b>: published"]
    assert "People: before 100, now 60" in feed.entries[0].summary
    assert "The report &lt;i&gt; was corrected." in feed.entries[0].summary
    assert feed.entries[0].link == f"http://testserver{event_url(event)}?as_of=2024-01-15"
    assert feed.entries[1].id == before.entries[0].id
    assert feed.feed.id == before.feed.id
    assert len({entry.id for entry in feed.entries}) == 2


def test_every_record_has_a_feed_which_its_page_names_twice(client, site):
    for address, feed in ((event_url(site.event), f"/events/{site.event.pk}.atom"), (note_url(site.note), None)):
        page = read(client.get(address))
        named = [e for e in page.all("link", rel="alternate") if e["type"] == "application/atom+xml"]
        (link,) = [e for e in named if e["href"] == feed or feed is None and "Changes" in e["title"]]
        assert feed in (None, link["href"])
        assert link["href"] in page.one("main").links
        assert feed_of(client, link["href"]).entries


def test_a_withdrawn_record_tells_its_followers_so(client, site):
    feed = feed_of(client, f"/events/{site.withdrawn.pk}.atom")
    assert feed.entries[0].title == "Twitch closes for good: withdrawn"
    assert "The report was about another Twitch." in feed.entries[0].summary


def test_a_feed_as_of_a_day_knows_nothing_later(client, on, amazon):
    event = published(amazon, 100)
    on("2024-01-15")
    withdraw(event, "It was another firm.")
    assert len(feed_of(client, f"/events/{event.pk}.atom").entries) == 2
    assert len(feed_of(client, f"/events/{event.pk}.atom?as_of=2024-01-14").entries) == 1
    assert client.get(f"/events/{event.pk}.atom?as_of=2024-01-09").status_code == 404


def test_drafts_and_unknown_records_have_no_feed(client, site):
    draft = make_event(site.amazon, 5)
    for address in (f"/events/{draft.pk}.atom", "/ai/999999.atom", "/events/999999999999999999.atom"):
        assert client.get(address).status_code == 404, address


def test_a_wrong_parameter_is_a_short_problem(client, site):
    response = client.get(f"/events/{site.event.pk}.atom?order=x")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_feed_that_has_not_changed_is_not_sent_again(client, on, site):
    address = f"/events/{site.event.pk}.atom"
    first = client.get(address)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.head(address)["ETag"] == first["ETag"]
    site.event.title = "Twitch cuts 500 jobs"
    site.event.save()
    correct(site.event, "The memo.")
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200
