"""A feed that is read again: an entry keeps its id and is updated when an edition of it is written."""

from datetime import datetime

import pytest

from events.models import EventEdition
from events.publishing import correct, withdraw
from events.tests.answers.reading import atom_pages
from events.tests.factories import make_company, published, published_note

pytestmark = pytest.mark.django_db


def entries(client, address):
    (feed,) = atom_pages(client, address)
    return {entry.id: entry for entry in feed.entries}


@pytest.mark.parametrize("stem", ["events", "ai"])
def test_an_entry_keeps_its_id_and_is_updated_when_it_is_corrected(stem, client, amazon):
    make = published if stem == "events" else lambda company, **fields: published_note([(company, "maker")], **fields)
    first, second = make(amazon, title="First"), make(amazon, title="Second")
    before = entries(client, f"/{stem}.atom")
    first.title = "First, corrected"
    first.save()
    correct(first, "A better title.")
    after = entries(client, f"/{stem}.atom")
    assert before.keys() == after.keys()
    (changed,) = [entry for entry in after.values() if entry.title == "First, corrected"]
    assert changed.id.endswith(f"/{stem}/{first.pk}")
    assert datetime.fromisoformat(changed.updated) > datetime.fromisoformat(before[changed.id].updated)
    same = next(pk for pk in after if pk.endswith(f"/{second.pk}"))
    assert after[same].updated == before[same].updated


def test_a_withdrawn_event_leaves_the_feed(client, amazon):
    event = published(amazon, 5)
    assert len(entries(client, "/events.atom")) == 1
    withdraw(event, "It was another Amazon.")
    assert entries(client, "/events.atom") == {}


def test_a_company_is_updated_when_something_of_it_or_below_it_is(client, amazon, twitch):
    published(twitch, 5)
    other = make_company("Other")
    published(other, 5)
    before = {entry.title: entry.updated for entry in entries(client, "/companies.atom").values()}
    published_note([(twitch, "maker")])
    after = {entry.title: entry.updated for entry in entries(client, "/companies.atom").values()}
    assert after["Amazon"] > before["Amazon"]
    assert after["Twitch"] > before["Twitch"]
    assert after["Other"] == before["Other"]


def test_the_feed_is_updated_when_its_newest_entry_was_not_when_it_is_asked(client, amazon):
    event = published(amazon, 5)
    (feed,) = atom_pages(client, "/events.atom")
    written = EventEdition.objects.get(record_id=event.pk).written_at
    assert datetime.fromisoformat(feed.feed.updated) == written
