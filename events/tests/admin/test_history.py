"""Every record's history with its differences, and the way back to an older version."""

from datetime import UTC, date, datetime

import pytest

from events.models import Citation, EventEdition, LayoffEvent, Ownership, Relation, Unit
from events.publishing import check_record
from events.tests.admin.browsing import act, change, delete, errors_of, form_of, history, said
from events.tests.factories import make_event, make_note, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_public_record_holds():
    yield
    assert check_record() == []


def test_the_history_shows_who_changed_what(desk, google, admin_user):
    event = make_event(google, 100)
    desk.save(change(event), title="Google cuts a hundred jobs")
    html = desk.open(history(event)).content.decode()
    assert "<del>Google cuts jobs</del> → <ins>Google cuts a hundred jobs</ins>" in html
    assert str(admin_user) in html


def test_the_history_of_rows_that_were_taken_away_is_found_at_their_record(desk, google):
    event = make_event(google, 100)
    unit = Unit.objects.create(event=event, name="Pixel")
    pk = unit.pk
    desk.save(change(event), units__0__DELETE="on")
    assert f'href="/admin/events/unit/{pk}/history/"' in desk.open(history(event)).content.decode()
    assert "Pixel" in desk.open(f"/admin/events/unit/{pk}/history/").content.decode()


def test_differences_are_told_in_labels_of_the_record_and_of_its_rows(desk, google, admin_user):
    event = make_event(google, 100)
    Unit.objects.create(event=event, name="Pixel")
    desk.save(change(event), "_review", stage="carried_out", units__0__name="Pixel phones")
    html = desk.open(history(event)).content.decode()
    for field, before, after in (
        ("Stage", "announced", "carried out"), ("State", "draft", "in review"), ("Unit", "Pixel", "Pixel phones"),
    ):  # fmt: skip
        assert f"<strong>{field}:</strong> <del>{before}</del> → <ins>{after}</ins>" in html
    assert "Changed at" not in html


def test_the_page_of_a_history_does_not_ask_for_each_row(desk, google, django_assert_max_num_queries):
    event = make_event(google, 100)
    for number in range(15):
        unit = Unit.objects.create(event=event, name=f"Unit {number}")
        unit.name += "!"
        unit.save()
        Citation.objects.create(event=event, source=make_source())
    with django_assert_max_num_queries(30):
        desk.open(history(event))


@pytest.mark.parametrize("action", ["review_selected", "reject_selected"])
def test_a_bulk_action_writes_one_entry_each_with_who_and_why(desk, google, admin_user, action):
    events = [make_event(google, n) for n in (1, 2)]
    act(desk, action, events, post="yes", change_reason="A rumour.")
    for event in events:
        entry = event.history.first()
        assert (event.history.count(), entry.history_user, entry.history_type) == (2, admin_user, "~")
        assert entry.history_change_reason == ("A rumour." if action == "reject_selected" else "")


def test_a_draft_goes_back_to_an_old_version_with_its_notes_and_dates(desk, google):
    event, note = make_event(google, 100, announced_on="2024-Q1"), make_note()
    event.notes.add(note)
    old = event.history.first()
    desk.save(
        change(event), title="Wrong", announced_on="2024-05-01", notes=[], people="5", people_low="5", people_high="5"
    )
    desk.save(history(event, old))
    event.refresh_from_db()
    assert (event.title, event.people, event.announced_on_precision) == ("Google cuts jobs", 100, "quarter")
    assert list(event.notes.all()) == [note]


def test_an_old_version_of_a_published_event_is_a_correction(desk, google):
    event = published(google, 100)
    old = event.history.last()
    assert old.state == "draft"
    desk.save(change(event), title="Wrong", change_reason="x")
    refused = desk.save(history(event, old))
    assert "Write why" in errors_of(refused)["change_reason"][0]
    assert LayoffEvent.objects.get().title == "Wrong"
    desk.save(history(event, old), change_reason="The first title was right.")
    event.refresh_from_db()
    assert (event.title, event.state) == ("Google cuts jobs", "published")
    edition = EventEdition.objects.known_on(None).get()
    assert (edition.title, edition.change, edition.reason) == (
        "Google cuts jobs", "corrected", "The first title was right.",
    )  # fmt: skip


def test_a_withdrawn_event_stays_withdrawn_when_an_old_version_comes_back(desk, google):
    event = published(google, 100)
    public = event.history.first()
    desk.save(change(event), "_withdraw", change_reason="It never happened.")
    desk.save(history(event, public))
    event.refresh_from_db()
    assert event.state == "withdrawn"


def test_a_row_that_was_taken_away_is_brought_back_and_readers_see_it(desk, google):
    event = published(google, 100)
    desk.save(change(event), rows=[("units", {"name": "Pixel"})], change_reason="More is known.")
    unit = Unit.objects.get()
    version = unit.history.first()
    desk.save(change(event), units__0__DELETE="on", change_reason="It was wrong.")
    assert "change_reason" in errors_of(desk.save(history(version.instance, version)))
    desk.save(history(version.instance, version), change_reason="It was right after all.")
    assert Unit.objects.get().event == event
    assert EventEdition.objects.known_on(None).get().document.body["units"][0]["name"] == "Pixel"


def test_a_citation_goes_back_on_its_own_page(desk, google):
    event = published(google, 100)
    citation = Citation.objects.get()
    old = citation.history.first()
    desk.save(change(event), citations__0__quote="“Wrong.”", change_reason="Quote.")
    desk.save(history(citation, old), change_reason="Not said so.")
    assert EventEdition.objects.known_on(None).get().document.body["citations"][0]["quote"] == ""


def test_a_row_changed_on_its_own_page_needs_the_reason_too(desk, google):
    event = published(google, 100)
    unit = Unit.objects.create(event=event, name="Pixel")
    desk.save(change(event), change_reason="Unit.")
    assert "change_reason" in errors_of(desk.save(change(unit), name="Pixel and Fitbit"))
    assert "was changed" in said(desk.save(change(unit), name="Pixel and Fitbit", change_reason="Both."))
    assert EventEdition.objects.known_on(None).get().document.body["units"][0]["name"] == "Pixel and Fitbit"


def test_a_relation_that_is_brought_back_reaches_both_events(desk, google):
    old, new = published(google, 1000), published(google, 1200)
    row = ("relations", {"kind": "replaces", "other": old.pk})
    desk.save(change(new), rows=[row], change_reason="The later count.")
    version = Relation.objects.get().history.first()
    desk.save(change(new), relations__0__DELETE="on", change_reason="Another cut.")
    desk.save(history(version.instance, version), change_reason="The same cut.")
    assert EventEdition.objects.known_on(None).get(record_id=old.pk).replaced_by == new.pk


def test_an_owner_that_is_brought_back_is_followed(desk, google, alphabet):
    event = published(google, 100)
    version = Ownership.objects.get().history.first()
    desk.save(change(google), owners__0__DELETE="on")
    desk.save(history(version.instance, version))
    names = EventEdition.objects.get(record_id=event.pk).company_index.values_list("company__name", flat=True)
    assert set(names) == {"Google", "Alphabet"}


def test_an_old_version_that_would_break_a_rule_is_refused_with_its_message(desk, google, amazon):
    version = Ownership.objects.get(company=google).history.first()
    desk.save(change(google), owners__0__parent=amazon.pk, owners__0__until="2020-01-01")
    Ownership.objects.create(company=google, parent=amazon, since="2020-01-01")
    refused = desk.save(history(version.instance, version))
    assert errors_of(refused)[""] == ["The company has another parent on some of these days."]


def test_a_deleted_draft_is_brought_back_from_its_history(desk, google):
    event = make_event(google, 100)
    pk, version = event.pk, event.history.first()
    delete(desk, event)
    desk.save(f"/admin/events/layoffevent/{pk}/history/{version.pk}/")
    assert LayoffEvent.objects.get(pk=pk).title == "Google cuts jobs"


def test_when_an_event_was_entered_and_recorded_never_moves_and_when_it_changed_does(desk, google, amazon):
    event = published(google, 100, announced_on="2020-01-10", recorded_on="2020-01-12", title="First")
    entered = datetime(2020, 1, 12, 9, tzinfo=UTC)
    LayoffEvent.objects.update(created_at=entered)
    first, source = event.history.first(), event.citations.get().source
    version = history(event, first)
    for write in (
        lambda: desk.save(change(event), title="Second", change_reason="So.", recorded_on="2024-01-01"),
        lambda: desk.client.post(version, form_of(desk.open(version)) | {"_save": "1", "change_reason": "So."}),
        lambda: desk.save(change(event.citations.get()), quote="“Yes.”", change_reason="So."),
        lambda: desk.save(change(source), title="Another"),
        lambda: act(desk, "withdraw_selected", [event], post="yes", change_reason="So."),
        lambda: act(desk, "publish_selected", [event]),
        lambda: desk.save(change(google), merged_into=amazon.pk),
    ):
        long_ago = datetime(2021, 1, 1, tzinfo=UTC)
        LayoffEvent.objects.update(changed_at=long_ago)
        before = event.history.count()
        write()
        event.refresh_from_db()
        assert (event.recorded_on, event.created_at) == (date(2020, 1, 12), entered)
        assert (event.changed_at > long_ago) == (event.history.count() > before)
    assert set(event.history.values_list("recorded_on", flat=True)) == {date(2020, 1, 12)}
    assert set(EventEdition.objects.values_list("recorded_on", flat=True)) == {date(2020, 1, 12)}
