"""The door: what is written when a record is published, corrected, withdrawn or touched."""

from datetime import date
from unittest import mock

import pytest
from django.core.exceptions import ValidationError

from events import dates
from events.models import EventEdition, Ownership, PublicRecord, Relation, SourceLink
from events.publishing import (
    NotPublishable,
    check_record,
    correct,
    ownership_changed,
    public_record,
    publish,
    source_changed,
    withdraw,
)
from events.tests.factories import (
    make_company,
    make_event,
    published,
    published_headcount,
    published_note,
    published_total,
)

pytestmark = pytest.mark.django_db


def test_publication_writes_one_edition_that_says_what_the_record_says(amazon):
    event = published(amazon, (200, None, 900), wording="several hundred")
    edition = EventEdition.objects.get()
    assert (edition.people_low, edition.people, edition.people_high, edition.headline) == (200, None, 900, 200)
    assert edition.document.body["figure"]["wording"] == "several hundred"
    assert check_record() == []
    assert event.state == "published"


def test_an_event_without_a_citation_cannot_be_published(amazon):
    event = make_event(amazon, 500, cited=False)
    with pytest.raises(NotPublishable, match="at least one citation"):
        publish(event)
    assert not EventEdition.objects.exists()


def test_a_correction_of_the_same_day_leaves_an_empty_span(amazon):
    event = published(amazon, 500)
    event.people_low = event.people = event.people_high = 600
    event.save()
    assert check_record() != []
    correct(event, "The company gave the number.")
    first, second = EventEdition.objects.for_record(event.pk)
    assert first.known_from == first.known_until == second.known_from
    assert second.is_open
    assert {"people", "people_low", "people_high", "headline"} <= set(second.changed_fields)
    assert check_record() == []


def test_withdrawing_a_whole_hands_its_part_to_the_next_public_whole(amazon):
    a = published(amazon, 1000)
    b = published(amazon, 500, part_of=a)
    c = published(amazon, 100, part_of=b)
    withdraw(b, "It never happened.")
    assert EventEdition.objects.known_on(None).get(record_id=c.pk).part_of == a.pk
    assert check_record() == []


def test_a_relation_loaded_with_its_events_is_known_from_the_later_day(amazon):
    whole = make_event(amazon, 18000, recorded_on="2023-01-05", origin="starter")
    part = make_event(amazon, 10000, recorded_on="2022-11-14", origin="starter", part_of=whole)
    for event in (whole, part):
        event.refresh_from_db()
    publish([whole, part])
    spans = [(str(e.known_from), e.part_of) for e in EventEdition.objects.for_record(part.pk)]
    assert spans == [("2022-11-14", None), ("2023-01-05", whole.pk)]
    assert check_record() == []


# What an event is part of, is replaced by and counts as, for readers


def edition_of(record):
    return EventEdition.objects.known_on(None).get(record_id=record.pk)


def test_a_draft_between_part_and_whole_is_passed_over(amazon):
    whole = published(amazon, 1000)
    between = make_event(amazon, 500, part_of=whole)
    part = published(amazon, 100, part_of=between)
    assert edition_of(part).part_of == whole.pk
    publish(between)
    assert edition_of(part).part_of == between.pk
    assert check_record() == []


def test_a_replacement_takes_the_parts_and_the_whole_of_what_it_replaces(amazon):
    whole = published(amazon, 1000)
    old = published(amazon, 500, part_of=whole)
    part = published(amazon, 100, part_of=old)
    new = published(amazon, 600, replaces=old)
    assert edition_of(old).replaced_by == new.pk
    assert edition_of(new).part_of == whole.pk
    assert edition_of(part).part_of == new.pk
    assert check_record() == []


def test_a_replacement_keeps_its_own_whole(amazon):
    first, second = published(amazon, 1000), published(amazon, 2000)
    old = published(amazon, 500, part_of=first)
    new = published(amazon, 600, part_of=second, replaces=old)
    assert edition_of(new).part_of == second.pk


def test_a_withdrawn_replacement_replaces_nothing(amazon):
    old = published(amazon, 500)
    new = published(amazon, 600, replaces=old)
    newest = published(amazon, 700, replaces=new)
    withdraw(new, "Wrong.")
    assert edition_of(old).replaced_by == newest.pk
    withdraw(newest, "Wrong too.")
    assert edition_of(old).replaced_by is None
    publish(new)
    assert edition_of(old).replaced_by == new.pk
    assert check_record() == []


@pytest.mark.parametrize(
    ("stage", "permanence", "counts_as"),
    [
        ("announced", "unknown", "cut"),
        ("carried_out", "permanent", "cut"),
        ("filed", "unknown", "filing"),
        ("filed", "temporary", "temporary"),
        ("announced", "temporary", "temporary"),
        ("signalled", "temporary", "signal"),
        ("called_off", "temporary", "called_off"),
    ],
)
def test_what_an_event_counts_as_follows_from_stage_and_permanence(amazon, stage, permanence, counts_as):
    assert edition_of(published(amazon, 5, stage=stage, permanence=permanence)).counts_as == counts_as


def test_a_filing_below_a_public_cut_counts_as_a_cut_and_as_a_filing_again_without_it(amazon):
    cut = published(amazon, 1000)
    between = published(amazon, 500, part_of=cut, stage="filed")
    filing = published(amazon, 100, part_of=between, stage="filed", permanence="temporary")
    assert edition_of(between).counts_as == edition_of(filing).counts_as == "cut"
    withdraw(cut, "It never happened.")
    assert edition_of(between).counts_as == "filing"
    assert edition_of(filing).counts_as == "temporary"
    assert check_record() == []


def test_a_signal_has_no_parts(amazon):
    signal = make_event(amazon, stage="signalled")
    make_event(amazon, 5, part_of=signal)
    with pytest.raises(NotPublishable, match="no parts"):
        publish(signal)


@pytest.mark.parametrize("ai_link", ["stated", "reported", "denied"])
def test_a_claim_about_ai_needs_a_quote_and_its_speaker(amazon, ai_link):
    event = make_event(amazon, 5, ai_link=ai_link)
    with pytest.raises(NotPublishable, match="needs a citation that is marked"):
        publish(event)
    event.citations.update(quote="Because of AI.", speaker="company", on_ai_link=True)
    publish(event)
    assert edition_of(event).ai_link_quote == "Because of AI."


def test_only_what_readers_see_makes_a_new_edition(amazon):
    event = published(amazon, 5)
    event.save()
    assert correct(event) == 0
    assert EventEdition.objects.count() == 1


def test_a_draft_cannot_be_corrected_into_the_open(amazon):
    event = make_event(amazon, 5)
    with pytest.raises(NotPublishable, match="Only a published record"):
        correct(event, "x")
    assert not EventEdition.objects.exists()


def test_a_failed_publication_of_several_leaves_none_of_them_public(amazon):
    good, bad = make_event(amazon, 5), make_event(amazon, 6, cited=False)
    with pytest.raises(NotPublishable):
        publish([good, bad])
    good.refresh_from_db()
    assert good.state == "draft"
    assert not EventEdition.objects.exists()


def test_a_sources_new_title_writes_the_editions_that_show_it(amazon):
    event, note = published(amazon, 5), published_note([(amazon, "maker")])
    source = event.citations.get().source
    note.citations.update(source=source)
    correct(note)
    source.title = "A better title"
    source.save()
    source_changed(source)
    assert edition_of(event).document.body["citations"][0]["title"] == "A better title"
    assert EventEdition.objects.for_record(event.pk).last().change == "touched"
    assert check_record() == []


def test_an_archived_copy_is_live_and_writes_no_edition(amazon):
    event = published(amazon, 5)
    source = event.citations.get().source
    source.archived_url = "https://archive.example/1"
    source.save()
    assert source_changed(source) == 0
    assert SourceLink.objects.get(pk=source.pk).archived_url == "https://archive.example/1"


def test_who_owned_a_company_is_asked_again_when_ownership_changes(amazon):
    whole_foods = make_company("Whole Foods")
    event = published(whole_foods, 5, announced_on="2023-04-20")
    ownership = Ownership.objects.create(company=whole_foods, parent=amazon, since=date(2017, 8, 28))
    assert check_record() != []
    ownership_changed([whole_foods.pk])
    owners = set(edition_of(event).company_index.values_list("company__name", "direct"))
    assert owners == {("Whole Foods", True), ("Amazon", False)}
    assert check_record() == []
    ownership.delete()
    ownership_changed([whole_foods.pk])
    assert check_record() == []


def test_a_merged_companys_events_stand_under_the_one_it_was_merged_into(amazon):
    double = make_company("Amazon dot com")
    event = published(double, 5)
    double.merged_into = amazon
    double.save()
    ownership_changed([double.pk])
    assert set(edition_of(event).company_index.values_list("company_id", "direct")) == {(amazon.pk, True)}
    assert check_record() == []
    double.merged_into = None
    double.save()
    ownership_changed([double.pk, amazon.pk])
    assert set(edition_of(event).company_index.values_list("company_id", "direct")) == {(double.pk, True)}
    assert check_record() == []


def test_totals_headcounts_and_notes_have_editions_too(amazon):
    for record in (published_total(), published_headcount(amazon), published_note([(amazon, "investor")])):
        withdraw(record, "Wrong.")
        publish(record)
    assert check_record() == []


def test_every_operation_that_writes_raises_the_version_by_one(amazon):
    before = public_record().version
    event = published(amazon, 5)
    withdraw(event, "Wrong.")
    assert public_record().version == before + 2


def test_the_day_of_a_row_counts_only_before_the_site_opened(amazon):
    event = make_event(amazon, 5, origin="a file", recorded_on=dates.today())
    publish(event)
    edition = edition_of(event)
    assert (edition.known_from, edition.reconstructed_from) == (dates.today(), "")


def test_check_record_finds_what_does_not_hold(amazon):
    event, other = published(amazon, 5), published(amazon, 6)
    event.title = "Changed behind the door's back"
    event.save()
    EventEdition.objects.filter(record_id=other.pk).update(known_from=date(2020, 1, 1), known_until=date(2021, 1, 1))
    found = " ".join(check_record())
    assert f"event {event.pk}: its edition differs in title" in found
    assert f"event {other.pk} has no open edition" in found


def test_a_circle_that_came_in_past_the_forms_is_never_public(amazon):
    a = make_event(amazon, 5)
    b = make_event(amazon, 6, part_of=a)
    Relation.objects.create(event=a, kind="part_of", other=b)
    with pytest.raises(NotPublishable, match="lead back"):
        publish([a, b])


def test_a_correction_that_comes_after_a_withdrawal_does_not_undo_it(amazon):
    event = published(amazon, 5)
    stale = type(event).objects.get(pk=event.pk)
    withdraw(event, "It never happened.")
    stale.people_low = stale.people = stale.people_high = 6
    with pytest.raises(NotPublishable, match="withdrawn meanwhile"):
        correct(stale, "Another number.")
    assert not EventEdition.objects.known_on(None).filter(record_id=event.pk).exists()


# ── What a row from a file says of the past, and circles ─────────────────────────────────────────────────────────────


def state_on(event, day):
    """The edition of `event` that is known on a day."""
    return EventEdition.objects.known_on(date.fromisoformat(day)).filter(record_id=event.pk).first()


@pytest.fixture
def may():
    """A site that opened on 1 May 2024, and a switch of the day it is."""
    PublicRecord.objects.update(opened_on=date(2024, 5, 1))
    with mock.patch.object(dates, "today") as today:
        yield lambda day: setattr(today, "return_value", date.fromisoformat(day))


def test_a_row_of_the_past_says_nothing_of_what_became_public_later(may, amazon):
    may("2024-05-06")
    whole = published(amazon, 500)
    may("2024-05-20")
    filing = published(amazon, 100, stage="filed", part_of=whole, recorded_on="2024-03-01")
    may("2024-06-01")
    assert (state_on(filing, "2024-03-02").counts_as, state_on(filing, "2024-03-02").part_of) == ("filing", None)
    # The relation is known from the later of the days of the two.
    assert state_on(filing, "2024-05-05").counts_as == "filing"
    assert (state_on(filing, "2024-05-06").counts_as, state_on(filing, "2024-05-06").part_of) == ("cut", whole.pk)
    assert check_record() == []


def test_a_row_of_the_past_that_something_later_replaces_is_there_until_then(may, amazon):
    may("2024-05-06")
    old = make_event(amazon, 300, recorded_on=date(2024, 2, 1), origin="a file")
    new = published(amazon, 280, replaces=old)
    may("2024-05-21")
    publish(old)
    may("2024-06-01")
    assert state_on(old, "2024-02-02").replaced_by is None
    assert state_on(old, "2024-05-06").replaced_by == new.pk
    assert check_record() == []


def test_what_was_public_is_touched_by_a_row_of_the_past_from_today_on_alone(may, amazon):
    may("2024-05-06")
    old = published(amazon, 300)
    may("2024-05-20")
    new = make_event(amazon, 280, replaces=old, recorded_on=date(2024, 3, 1), origin="a file")
    publish(new)
    may("2024-06-01")
    assert state_on(new, "2024-03-02").headline == 280
    assert state_on(old, "2024-05-19").replaced_by is None
    assert state_on(old, "2024-05-20").replaced_by == new.pk
    assert check_record() == []


def test_a_circle_through_a_replacement_is_refused(amazon):
    """What replaces an event takes its parts: it cannot be part of one of them."""
    whole = make_event(amazon, 1000)
    part = make_event(amazon, 100, part_of=whole)
    replacement = make_event(amazon, 900, replaces=whole)
    circle = Relation(event=replacement, kind="part_of", other=part)
    with pytest.raises(ValidationError, match="lead back"):
        circle.full_clean()
    circle.save()
    with pytest.raises(NotPublishable, match="lead back"):
        publish([whole, part, replacement])
    with pytest.raises(NotPublishable, match="lead back"):
        publish(make_event(amazon, 5, part_of=(other := make_event(amazon, 6)), replaces=other))
