"""What the tests of pages share: a small record with one of everything, and the starter data."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from events.answers.answer import SUBJECTS
from events.frozen import freeze
from events.models import Citation, Company, LayoffEvent, OldSlug, Reason, Unit
from events.models.note import AiNote
from events.publishing import publish, withdraw
from events.query import EventQuery
from events.tests.addresses import plain_addresses
from events.tests.factories import (
    figure,
    make_company,
    make_event,
    make_note,
    make_source,
    published,
    published_headcount,
    published_note,
    published_total,
)
from events.tests.views.starter import starter_data_for_a_while


@pytest.fixture(scope="module")
def starter(django_db_setup, django_db_blocker):
    """The starter data, for every test of the module from the first that asks for it on."""
    with django_db_blocker.unblock(), starter_data_for_a_while():
        yield


@dataclass
class Site:
    """A small record: Amazon with Twitch, one event in full, its whole, a signal, a filing, a note, a total, a
    headcount, one withdrawn event and note."""

    amazon: Company
    twitch: Company
    event: LayoffEvent
    whole: LayoffEvent
    withdrawn: LayoffEvent
    note: AiNote
    withdrawn_note: AiNote
    frozen: str

    @property
    def pages(self) -> list[str]:
        """The address of every HTML page that answers 200."""
        plain = [a for a in plain_addresses() if not a.endswith((".csv", ".json", ".atom", ".xml", ".txt", "healthz"))]
        records = [event_url(self.event), event_url(self.whole), note_url(self.note), "/companies/amazon/"]
        return [*plain, *records, self.frozen, f"/embed{self.frozen}", "/embed/events/", "/embed/companies/amazon/"]

    @property
    def addresses(self) -> list[str]:
        """Every readers' address of every kind: pages, files, the withdrawn and the unknown."""
        gone = [event_url(self.withdrawn), note_url(self.withdrawn_note)]
        files = [f"{self.frozen.rstrip('/')}.csv", "/oembed?url=/events/"]
        return [*dict.fromkeys([*plain_addresses(), *self.pages]), *files, *gone, "/events/999999/", "/no/such/page/"]


def published_many(*events: LayoffEvent) -> list[LayoffEvent]:
    """Draft events, published at once: many times faster than one by one."""
    publish(events)
    return list(events)


def event_url(event: LayoffEvent) -> str:
    from events.models import EventEdition

    return EventEdition.objects.filter(record_id=event.pk).latest("number").get_absolute_url()


def note_url(note: AiNote) -> str:
    from events.models import NoteEdition

    return NoteEdition.objects.filter(record_id=note.pk).latest("number").get_absolute_url()


@pytest.fixture
def site(amazon, twitch) -> Site:
    amazon.country, amazon.sector, amazon.ticker = "US", "retail", "AMZN"
    amazon.save()
    note = published_note(
        [(amazon, "maker")],
        kind="capital_spending",
        title="Amazon plans data centres",
        plan_or_actual="actual",
        period_from=date(2023, 1, 1),
        period_until=date(2023, 12, 31),
        amount_wording="$48 billion",
        amount_usd_millions=Decimal(48000),
    )
    whole = published(
        amazon, (200, None, 900), announced_on="2024-01-10", wording="several hundred", ai_link="alongside"
    )
    event = make_event(
        twitch,
        ("at_least", 500),
        announced_on="2024-01-09",
        title="Twitch cuts just over 500 jobs",
        wording="just over 500",
        share_percent=Decimal(35),
        share_of="Twitch's staff",
        part_of=whole,
        summary="The company confirmed it the next day.",
        place="San Francisco",
        cited=False,
    )
    source = make_source("https://twitch.example/memo", title="A memo to all", publisher="Twitch", tier="primary")
    Citation.objects.create(
        event=event,
        source=source,
        quote="a painful step for all of us",
        speaker="company",
        speaker_name="Dan Clancy, chief executive",
        chosen=True,
        chosen_because="The company's own words",
        **figure(("at_least", 500)),
    )
    Citation.objects.create(event=event, source=make_source(publisher="The Other Paper"), **figure(450))
    Unit.objects.create(event=event, name="Creator relations", **figure(20))
    Reason.objects.create(event=event, kind="costs")
    event.notes.add(note)
    publish(event)
    published(amazon, None, announced_on="2024-01", title="Amazon says that more is to come", stage="signalled")
    published(amazon, 30, announced_on="2024-02-01", title="Amazon files a notice", stage="filed")
    published_total()
    published_headcount(amazon, 1_525_000)
    withdrawn = published(twitch, 77, title="Twitch closes for good")
    withdraw(withdrawn, "The report was about another Twitch.")
    withdrawn_note = published_note([(amazon, "maker")], title="Amazon buys the Moon")
    withdraw(withdrawn_note, "It was a joke of the first of April.")
    OldSlug.objects.create(slug="amazon-com", company=amazon)
    frozen = freeze(SUBJECTS["events"], EventQuery.from_string(""), "http://testserver").get_absolute_url()
    return Site(amazon, twitch, event, whole, withdrawn, note, withdrawn_note, frozen)


@pytest.fixture
def drafts(site) -> str:
    """Records that nobody published, beside the public ones. Each holds the word that comes back."""
    word = "Zyzzogeton"
    hidden = make_company(
        f"{word} Limited", parent=site.amazon, aliases=[f"{word} Labs"], country="US", sector="retail"
    )
    make_event(hidden, 4321, title=f"{word} cuts jobs")
    draft = make_event(site.amazon, 4321, title=f"{word} again", part_of=site.whole)
    make_event(site.amazon, 4321, title=f"{word} in review", state="in_review")
    make_event(site.amazon, 4321, title=f"{word} rejected", state="rejected")
    note = make_note([(site.amazon, "maker")], title=f"{word} model")
    site.event.notes.add(note)
    draft.notes.add(site.note)
    make_source(f"https://{word.lower()}.example/", title=f"{word} report", publisher=word)
    OldSlug.objects.create(slug="hidden-before", company=hidden)
    # The desk's words on a public record that no correction has made public yet.
    LayoffEvent.objects.filter(pk=site.event.pk).update(summary=f"{word} summary", place=word)
    return word
