"""From the desk to readers and back: published, corrected, withdrawn, each with its edition, or nothing at all."""

import pytest

from events.models import AiNote, Citation, EventEdition, LayoffEvent, NoteEdition, Relation, Unit
from events.publishing import check_record
from events.tests.admin.browsing import Desk, act, change, delete, errors_of, form_of, said
from events.tests.factories import (
    make_company,
    make_event,
    make_note,
    make_source,
    open_record,
    published,
    published_headcount,
    published_note,
    published_total,
)

pytestmark = pytest.mark.django_db
ADD = "/admin/events/layoffevent/add/"
LIST = "/admin/events/layoffevent/"
ASKS_WHY = "Readers see what you changed. Write why: the reason goes into the corrections log."


@pytest.fixture(autouse=True)
def the_public_record_holds():
    """After each of these tests: today's editions say what the published records say."""
    yield
    assert check_record() == []


def editions(record):
    return list(EventEdition.objects.for_record(record.pk).values_list("change", "reason"))


# ── The form ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_is_entered_and_published_at_once(desk, google):
    typed = {"company": google.pk, "title": "Google cuts jobs", "announced_on": "2024-01-10", "wording": "about 1,000"}
    response = desk.save(ADD, "_publish", citations__0__source=make_source().pk, **typed)
    event = LayoffEvent.objects.get()
    assert event.state == "published"
    assert "“Google cuts jobs” is public (edition 1)." in said(response)
    assert EventEdition.objects.known_on(None).get().people == 1000


def test_saving_a_draft_publishes_nothing(desk, google):
    event = make_event(google, 100)
    desk.save(change(event), title="Another title")
    assert editions(event) == []


def test_what_cannot_be_published_is_not_saved_and_stays_typed(desk, google):
    event = make_event(google, 100, cited=False)
    row = ("units", {"name": "Pixel", "wording": "hundreds"})
    response = desk.save(change(event), "_publish", title="Typed", announced_on="2024-Q1", rows=[row])
    assert errors_of(response)[""] == ["It needs at least one citation."]
    html = response.content.decode()
    assert all(f'value="{typed}"' in html for typed in ("Typed", "2024-Q1", "Pixel", "hundreds"))
    event.refresh_from_db()
    assert (event.state, event.title, event.units.count()) == ("draft", "Google cuts jobs", 0)
    assert event.history.count() == 1


def test_a_claimed_ai_link_without_its_quote_is_not_published(desk, google):
    event = make_event(google, 100)
    response = desk.save(change(event), "_publish", ai_link="stated")
    assert "needs a citation that is marked as speaking of it" in errors_of(response)[""][0]
    typed = {"quote": "AI does this work now.", "speaker": "company", "on_ai_link": "on"}
    desk.save(change(event), "_publish", ai_link="stated", **{f"citations__0__{k}": v for k, v in typed.items()})
    assert EventEdition.objects.known_on(None).get().ai_link_quote == "AI does this work now."


def test_a_correction_without_reason_is_refused_and_stays_typed(desk, google):
    event = published(google, 100)
    response = desk.save(change(event), people_low="200", people="200", people_high="200")
    assert errors_of(response) == {"change_reason": [ASKS_WHY]}
    assert 'value="200"' in response.content.decode()
    event.refresh_from_db()
    assert event.people == 100
    assert len(editions(event)) == 1


def test_a_correction_with_its_reason_writes_an_edition(desk, google):
    event = published(google, 100)
    figures = {"people_low": "200", "people": "200", "people_high": "200"}
    response = desk.save(change(event), change_reason="The company gave the number.", **figures)
    assert "Readers see the correction" in said(response)
    assert editions(event)[1:] == [("corrected", "The company gave the number.")]
    assert event.history.filter(history_change_reason="The company gave the number.").exists()


def test_a_save_that_readers_do_not_see_needs_no_reason(desk, google):
    event = published(google, 100)
    response = desk.save(change(event))
    assert "Readers see no difference" in said(response)
    assert len(editions(event)) == 1


@pytest.mark.parametrize(
    "row",
    [
        ("units", {"name": "Pixel"}),
        ("reasons", {"kind": "costs"}),
        ("citations", {"quote": "“It is so.”"}),
    ],
)
def test_a_new_row_of_a_published_event_is_a_correction(desk, google, row):
    event = published(google, 100)
    prefix, values = row
    values = {**values, "source": make_source().pk} if prefix == "citations" else values
    assert errors_of(desk.save(change(event), rows=[(prefix, values)])) == {"change_reason": [ASKS_WHY]}
    desk.save(change(event), rows=[(prefix, values)], change_reason="More is known.")
    assert editions(event)[-1] == ("corrected", "More is known.")


def test_the_last_citation_of_a_published_event_cannot_be_taken_away(desk, google):
    event = published(google, 100)
    response = desk.save(change(event), change_reason="Wrong source.", citations__0__DELETE="on")
    assert errors_of(response)[""] == ["It needs at least one citation."]
    assert Citation.objects.filter(event=event).exists()


def test_withdrawing_needs_a_reason_and_writes_an_edition(desk, google):
    event = published(google, 100)
    response = desk.save(change(event), "_withdraw")
    assert errors_of(response) == {"change_reason": ["A withdrawal needs a reason: readers see it."]}
    response = desk.save(change(event), "_withdraw", change_reason="It never happened.")
    assert "is withdrawn" in said(response)
    event.refresh_from_db()
    assert event.state == "withdrawn"
    assert editions(event)[-1] == ("withdrawn", "It never happened.")
    assert not EventEdition.objects.known_on(None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_refused_save_shows_the_form_again_where_no_transaction_is_around_it(admin_client):
    # That of a test hides what is locked outside of one: PostgreSQL refuses it.
    open_record()
    event = published(make_company("Acme"), 100)
    response = Desk(admin_client).save(change(event), title="Another title")
    assert list(errors_of(response)) == ["change_reason"]
    assert form_of(response)["title"] == "Another title"


def test_withdrawing_does_not_save_other_changes_by_the_way(desk, google):
    event = published(google, 100)
    response = desk.save(change(event), "_withdraw", change_reason="No.", title="Other")
    assert "only withdraws" in errors_of(response)[""][0]
    event.refresh_from_db()
    assert event.state == "published"


def test_a_withdrawn_event_is_published_again(desk, google):
    event = published(google, 100)
    desk.save(change(event), "_withdraw", change_reason="It never happened.")
    desk.save(change(event), title="Google cuts fewer jobs")
    assert len(editions(event)) == 2
    desk.save(change(event), "_publish", change_reason="It did happen.")
    assert editions(event)[-1] == ("published", "It did happen.")
    assert EventEdition.objects.known_on(None).get().title == "Google cuts fewer jobs"


def test_the_state_cannot_be_sent_along(desk, google):
    event = make_event(google, 100)
    desk.save(change(event), state="published")
    event.refresh_from_db()
    assert event.state == "draft"


def test_the_buttons_fit_the_state(desk, google):
    draft, public = make_event(google, 100), published(google, 100)
    buttons = {event: desk.open(change(event)).content.decode() for event in (draft, public)}
    assert 'name="_publish"' in buttons[draft]
    assert 'name="_withdraw"' not in buttons[draft]
    assert "the desk alone sees it" in buttons[draft]
    assert "the desk alone sees it" not in buttons[public]
    assert 'name="_publish"' not in buttons[public]
    assert 'name="_withdraw"' in buttons[public]
    assert 'name="change_reason"' in buttons[public]


def test_who_may_only_look_cannot_publish(client, django_user_model, google):
    from django.contrib.auth.models import Permission

    event = make_event(google, 100)
    reader = django_user_model.objects.create_user("reader", password="x", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_layoffevent"))
    client.force_login(reader)
    assert "_publish" not in Desk(client).open(change(event)).content.decode()
    assert client.post(change(event), {"_publish": "1"}).status_code == 403
    client.post(LIST, {"action": "publish_selected", "_selected_action": [event.pk]})
    assert client.post(f"{LIST}{event.pk}/history/{event.history.get().pk}/", {"title": "x"}).status_code == 403
    event.refresh_from_db()
    assert event.state == "draft"


@pytest.mark.parametrize("make", [published_note, published_total])
def test_notes_and_totals_are_corrected_likewise(desk, make):
    record = make()
    assert "change_reason" in errors_of(desk.save(change(record), title="Another title"))
    assert "Readers see the correction" in said(desk.save(change(record), title="Another title", change_reason="Typo."))


def test_a_headcount_is_corrected_and_a_note_entered_and_published(desk, google):
    headcount = published_headcount(google)
    desk.save(change(headcount), counted_on="2023", change_reason="Only the year is known.")
    typed = {"kind": "model", "title": "Gemini", "dated_on": "2023-12"}
    rows = {"companies__0__company": google.pk, "companies__0__role": "maker", "citations__0__source": make_source().pk}
    desk.save("/admin/events/ainote/add/", "_publish", **typed, **rows)
    edition = NoteEdition.objects.known_on(None).get()
    assert (edition.dated_on, edition.company_index.filter(company=google).exists()) == ("2023-12", True)


# ── Rows that hold together, and what a change of one record does to others ──────────────────────────────────────────


def test_the_used_figure_moves_from_one_citation_to_another_in_one_save(desk, google):
    event = make_event(google, 100)
    Citation.objects.update(chosen=True)
    other = Citation.objects.create(event=event, source=make_source())
    data = form_of(desk.open(change(event))) | {"citations-1-chosen": "on"}
    del data["citations-0-chosen"]
    desk.client.post(change(event), data | {"_save": "1"})
    assert Citation.objects.get(chosen=True) == other


def test_two_used_figures_are_refused(desk, google):
    event = make_event(google, 100)
    row = ("citations", {"source": make_source().pk, "chosen": "on"})
    response = desk.save(change(event), citations__0__chosen="on", rows=[row])
    assert errors_of(response) == {"": ["Only one figure of an event can be the one that is used."]}


def test_a_part_entered_and_taken_away_changes_the_editions_around_it(desk, google):
    whole, part = published(google, 1000), published(google, 100)
    row = ("relations", {"kind": "part_of", "other": whole.pk})
    desk.save(change(part), rows=[row], change_reason="It is part of it.")
    assert EventEdition.objects.known_on(None).get(record_id=part.pk).part_of == whole.pk
    desk.save(change(part), relations__0__DELETE="on", change_reason="It is not.")
    assert EventEdition.objects.known_on(None).get(record_id=part.pk).part_of is None


def test_a_replacement_taken_away_brings_the_replaced_event_back(desk, google):
    old, new = published(google, 1000), published(google, 1200)
    row = ("relations", {"kind": "replaces", "other": old.pk})
    desk.save(change(new), rows=[row], change_reason="The later count.")
    assert EventEdition.objects.known_on(None).get(record_id=old.pk).replaced_by == new.pk
    desk.save(change(new), relations__0__DELETE="on", change_reason="Another cut.")
    assert EventEdition.objects.known_on(None).get(record_id=old.pk).replaced_by is None


def test_a_relation_of_a_draft_between_two_public_events_reaches_the_lower(desk, google):
    whole = published(google, 1000)
    draft = make_event(google, 500)
    part = published(google, 100, part_of=draft)
    desk.save(change(draft), rows=[("relations", {"kind": "part_of", "other": whole.pk})])
    assert EventEdition.objects.known_on(None).get(record_id=part.pk).part_of == whole.pk
    delete(desk, draft)
    assert not LayoffEvent.objects.filter(pk=draft.pk).exists()
    assert EventEdition.objects.known_on(None).get(record_id=part.pk).part_of is None


def test_a_filing_under_a_cut_that_is_called_off_counts_as_a_filing_again(desk, google):
    cut = published(google, 1000)
    filing = published(google, 100, part_of=cut, stage="filed")
    desk.save(change(cut), stage="called_off", change_reason="Taken back.")
    assert EventEdition.objects.known_on(None).get(record_id=filing.pk).counts_as == "filing"


def test_a_circle_of_relations_is_refused(desk, google):
    a = published(google, 1000)
    b = published(google, 100, part_of=a)
    row = ("relations", {"kind": "part_of", "other": b.pk})
    response = desk.save(change(a), rows=[row], change_reason="x")
    assert "must not lead back to the event itself" in errors_of(response)[""][0]


def test_two_wholes_and_a_part_of_a_signal_are_refused(desk, google):
    signal, one, two = make_event(google, stage="signalled"), make_event(google, 10), make_event(google, 20)
    rows = [("relations", {"kind": "part_of", "other": other.pk}) for other in (one, two)]
    assert errors_of(desk.save(change(make_event(google)), rows=rows))[""] == ["An event is part of at most one other."]
    rows = [("relations", {"kind": "part_of", "other": signal.pk})]
    response = desk.save(ADD, rows=rows, company=google.pk, title="x", announced_on="2024")
    assert errors_of(response)[""] == ["A signal of more to come has no parts."]
    assert not Relation.objects.exists()


def test_a_draft_note_that_is_deleted_leaves_the_public_event_beside_it_right(desk, google):
    event, note = published(google, 100), make_note()
    desk.save(change(event), notes=[note.pk], change_reason="It stands beside it.")
    delete(desk, note)
    assert not AiNote.objects.exists()
    assert EventEdition.objects.known_on(None).get().document.body["notes"] == []


# ── Deletion ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_what_was_public_is_not_deleted(desk, google, state):
    event = published(google, 100)
    if state == "withdrawn":
        desk.save(change(event), "_withdraw", change_reason="It never happened.")
    for response in (
        desk.client.post(f"{LIST}{event.pk}/delete/", {"post": "yes"}, follow=True),
        act(desk, "delete_selected", [event, make_event(google)], post="yes"),
    ):
        assert "withdraw it instead of deleting it" in said(response)
    assert LayoffEvent.objects.count() == 2
    assert 'class="deletelink"' not in desk.open(change(event)).content.decode()


def test_a_draft_is_deleted_with_its_rows(desk, google):
    one, two = make_event(google), make_event(google)
    Unit.objects.create(event=one, name="Pixel")
    delete(desk, one)
    act(desk, "delete_selected", [two], post="yes")
    assert not LayoffEvent.objects.exists()


# ── The list's actions ───────────────────────────────────────────────────────────────────────────────────────────────


def test_selected_drafts_are_published_and_the_others_named_with_their_reasons(desk, google):
    ready = [make_event(google, 10), make_event(google, 20)]
    bare, public = make_event(google, cited=False, title="Bare"), published(google, 30, title="Known")
    answer = said(act(desk, "publish_selected", [*ready, bare, public]))
    assert "2 records were published." in answer
    assert "Bare: It needs at least one citation." in answer
    assert "Known: It is public already." in answer
    assert LayoffEvent.objects.filter(state="published").count() == 3


def test_events_that_a_file_tied_in_a_circle_are_named_and_the_others_published(desk, google):
    one, two, ready = (make_event(google, n, title=title) for n, title in ((1, "One"), (2, "Two"), (3, "Three")))
    Relation.objects.bulk_create(
        [Relation(event=one, kind="part_of", other=two), Relation(event=two, kind="part_of", other=one)]
    )
    answer = said(act(desk, "publish_selected", [one, two, ready]))
    assert "1 record was published." in answer
    assert all(f"{title}: “Is part of” and “replaces” must not lead back" in answer for title in ("One", "Two"))


def test_each_published_record_has_an_entry_of_history_with_who_and_when(desk, google, admin_user):
    records = [make_event(google, 10), make_event(google, 20)]
    act(desk, "publish_selected", records)
    for record in records:
        entry = record.history.first()
        assert (entry.state, entry.history_user, entry.history_type) == ("published", admin_user, "~")


def test_withdrawing_from_the_list_asks_for_the_reason_on_a_page(desk, google):
    public, draft = published(google, 10), make_event(google, 20, title="Never public")
    page = act(desk, "withdraw_selected", [public, draft])
    assert "readers see it" in page.content.decode()
    page = act(desk, "withdraw_selected", [public, draft], post="yes", change_reason=" ")
    assert "Write why: readers see the reason." in page.content.decode()
    assert editions(public)[-1][0] == "published"
    answer = said(act(desk, "withdraw_selected", [public, draft], post="yes", change_reason="Wrong."))
    assert "Withdrawn: 1." in answer
    assert "Never public: Only a published record can be withdrawn." in answer
    assert editions(public)[-1] == ("withdrawn", "Wrong.")


def test_editions_are_written_again_only_where_they_differ(desk, google):
    same, differs = published(google, 10), published(google, 20)
    LayoffEvent.objects.filter(pk=differs.pk).update(title="Changed outside the desk")
    answer = said(act(desk, "correct_selected", [same, differs], post="yes", change_reason="Repaired."))
    assert "Corrected: 1. 1 had no difference." in answer
    assert len(editions(same)) == 1
    assert editions(differs)[-1] == ("corrected", "Repaired.")


# ── Review, and what the desk says ───────────────────────────────────────────────────────────────────────────────────


def test_a_rejection_needs_its_reason_and_stays_in_the_history(desk, google):
    event = make_event(google, 100)
    assert "A rejection needs a reason" in errors_of(desk.save(change(event), "_reject"))["change_reason"][0]
    desk.save(change(event), "_reject", change_reason="A rumour.")
    event.refresh_from_db()
    assert event.state == "rejected"
    assert (event.history.first().history_change_reason, editions(event)) == ("A rumour.", [])
    answer = said(act(desk, "publish_selected", [event]))
    assert "It was rejected: put it back to draft first." in answer


def test_money_that_counts_in_no_sum_is_told_when_it_is_saved(desk, google):
    note = published_note()
    money = {"amount_millions": "500", "currency": "USD", "amount_usd_millions": "500", "change_reason": "Money."}
    told = said(desk.save(change(note), **money))
    assert "Its money counts in no sum yet. Missing: the period, plan or actual." in told
    typed = {"plan_or_actual": "plan", "period_from": "2024-01-01", "period_until": "2024-12-31", "change_reason": "x"}
    assert "counts in no sum" not in said(desk.save(change(note), **typed))


def test_no_page_or_file_of_readers_names_an_editor(desk, google, client, admin_user):
    admin_user.username, admin_user.first_name, admin_user.email = "zzeditor", "Zzfirst", "zz@editor.example"
    admin_user.save()
    event = make_event(google, 100)
    desk.save(change(event), "_publish")
    desk.save(change(event), title="Google cuts a hundred jobs", change_reason="Better words.")
    page = EventEdition.objects.known_on(None).get().get_absolute_url()
    for path in (
        page, "/", "/events/", "/corrections/", "/data/changes/", "/events.csv", "/events.json", "/events.atom",
        "/companies/google/", "/corrections.atom",
    ):  # fmt: skip
        response = client.get(path, follow=True)
        assert response.status_code == 200, path
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"zz" not in content.lower(), path
    assert b"Better words." in client.get("/corrections/").content
