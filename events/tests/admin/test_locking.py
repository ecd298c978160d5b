"""Two editors at one record: nothing that either of them typed is lost, and nothing is overwritten unseen."""

import sqlite3
import threading

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.imports.engine import import_file
from events.models import Citation, LayoffEvent, Relation, Unit
from events.publishing import check_record
from events.tests.admin.browsing import Desk, act, change, delete, differences, errors_of, form_of, history, said
from events.tests.factories import (
    make_company,
    make_event,
    make_note,
    make_source,
    open_record,
    published,
    published_headcount,
    published_total,
)
from events.tests.imports.files import tech

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_public_record_holds")]


def send(desk, path, data, button="_save", **typed):
    typed = {name.replace("__", "-"): value for name, value in typed.items()}
    return desk.client.post(path, data | typed | {button: "1"}, follow=True)


def test_the_second_save_writes_nothing_and_shows_both(desk, mina, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    mina.save(change(event), title="Mina's title", place="Berlin")
    response = send(desk, change(event), form, title="My title")
    assert "somebody else saved this meanwhile" in errors_of(response)[""][0]
    assert "mina at " in response.context["locking"].who
    assert differences(response) == {
        "title": ("Google cuts jobs", "Mina's title", "My title", True),
        "place": ("–", "Berlin", "–", False),
    }
    event.refresh_from_db()
    assert (event.title, event.place) == ("Mina's title", "Berlin")
    form = form_of(response)
    assert (form["title"], form["place"]) == ("My title", "Berlin")
    # Without an answer the next save is refused likewise; with one it stands, and Mina's place with it.
    again = send(desk, change(event), form)
    assert differences(again) == {"title": ("Google cuts jobs", "Mina's title", "My title", True)}
    send(desk, change(event), form_of(again) | {"_take:title": "mine"})
    event.refresh_from_db()
    assert (event.title, event.place) == ("My title", "Berlin")


def test_theirs_is_taken_where_it_was_chosen_and_mine_elsewhere(desk, mina, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    mina.save(change(event), title="Mina's title", place="Berlin")
    response = send(desk, change(event), form, title="My title", place="Hamburg")
    send(desk, change(event), form_of(response) | {"_take:title": "theirs", "_take:place": "mine"})
    event.refresh_from_db()
    assert (event.title, event.place) == ("Mina's title", "Hamburg")


def test_rows_that_the_other_changed_added_and_took_away_are_shown_and_kept(desk, mina, google):
    event = make_event(google, 100)
    pixel, fitbit, nest = (Unit.objects.create(event=event, name=name) for name in ("Pixel", "Fitbit", "Nest"))
    form = form_of(desk.open(change(event)))
    mina.save(
        change(event), units__0__name="Pixel phones", units__1__DELETE="on", units__2__DELETE="on",
        rows=[("units", {"name": "Maps"})],
    )  # fmt: skip
    maps = Unit.objects.get(name="Maps")
    typed = {"units__0__name": "Pixel team", "units__2__wording": "several hundred"}
    response = send(desk, change(event), form, **typed)
    assert differences(response) == {
        f"units:{pixel.pk}:name": ("Pixel", "Pixel phones", "Pixel team", True),
        f"units:{maps.pk}": ("–", "added", "–", False),
        f"units:{fitbit.pk}": ("there", "taken away", "unchanged", False),
        f"units:{nest.pk}": (
            "there", "taken away",
            "Unit: Nest; The source's words: several hundred; Qualifier: none; Basis: unknown", False,
        ),
    }  # fmt: skip
    assert sorted(Unit.objects.values_list("name", flat=True)) == ["Maps", "Pixel phones"]
    data = form_of(response) | {f"_take:units:{pixel.pk}:name": "mine"}
    send(desk, change(event), data)
    assert list(Unit.objects.order_by("name").values_list("name", "people_low")) == [
        ("Maps", None), ("Nest", 200), ("Pixel team", None),
    ]  # fmt: skip


def test_a_row_that_one_takes_away_and_the_other_changes_is_asked_for(desk, mina, google):
    event = make_event(google, 100)
    unit = Unit.objects.create(event=event, name="Pixel")
    form = form_of(desk.open(change(event)))
    mina.save(change(event), units__0__name="Pixel phones")
    response = send(desk, change(event), form, units__0__DELETE="on")
    assert differences(response)[f"units:{unit.pk}"][2:] == ("taken away", True)
    send(desk, change(event), form_of(response) | {f"_take:units:{unit.pk}": "theirs"})
    assert Unit.objects.get().name == "Pixel phones"
    send(desk, change(event), form_of(response) | {f"_take:units:{unit.pk}": "mine"})
    assert not Unit.objects.exists()


def test_a_third_save_in_between_is_noticed_too(desk, mina, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    mina.save(change(event), title="Mina's title")
    response = send(desk, change(event), form, title="My title")
    mina.save(change(event), title="Mina's second title")
    again = send(desk, change(event), form_of(response) | {"_take:title": "mine"})
    assert differences(again) == {"title": ("Google cuts jobs", "Mina's second title", "My title", True)}
    event.refresh_from_db()
    assert event.title == "Mina's second title"


def test_a_save_that_changed_nothing_is_in_nobodys_way(desk, mina, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    mina.save(change(event))
    send(desk, change(event), form, title="My title")
    event.refresh_from_db()
    assert event.title == "My title"


def test_two_tabs_of_one_editor_are_two_sessions(desk, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    send(desk, change(event), form, notes=[], summary="First tab")
    response = send(desk, change(event), form, summary="Second tab")
    assert differences(response) == {"summary": ("–", "First tab", "Second tab", True)}


def test_a_page_without_its_version_saves_nothing(desk, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    other = form_of(desk.open(change(make_event(google, 5))))["_version"]
    for version in ("", "made up", other):
        response = send(desk, change(event), form | {"_version": version}, title="My title")
        assert "did not say which version" in errors_of(response)[""][0]
        assert form_of(response)["title"] == "My title"
    assert not LayoffEvent.objects.filter(title="My title").exists()
    send(desk, change(event), form_of(response))
    assert LayoffEvent.objects.filter(title="My title").exists()


def test_what_somebody_published_meanwhile_is_said_before_a_draft_is_saved(desk, mina, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    mina.save(change(event), "_publish")
    response = send(desk, change(event), form, title="My title")
    assert differences(response) == {"state": ("draft", "published", "", False)}
    assert 'name="change_reason"' in response.content.decode()
    refused = send(desk, change(event), form_of(response))
    assert "Write why" in errors_of(refused)["change_reason"][0]
    send(desk, change(event), form_of(refused), change_reason="Better words.")
    event.refresh_from_db()
    assert event.title == "My title"


def with_rows(google, number, year):
    event = make_event(google, 100, cited=False, announced_on=f"{year}-01-10")
    for n in range(number):
        Citation.objects.create(event=event, source=make_source(), quote=f"“{n}”")
        Unit.objects.create(event=event, name=f"Unit {n}")
        other = make_event(google, 9, cited=False, announced_on=f"{year + n + 1}-01-10")
        Relation.objects.create(event=event, kind="updates", other=other)
    return event


def test_neither_form_nor_both_saves_beside_one_another_ask_the_database_for_each_row(desk, google):
    asked = {}
    for number, year in ((2, 1960), (20, 1990)):
        event = with_rows(google, number, year)
        with CaptureQueriesContext(connection) as opened:
            form = form_of(desk.open(change(event)))
        for citation in event.citations.all():
            citation.source = make_source()
            citation.save()
        for unit in event.units.all():
            unit.name += " and more"
            unit.save()
        mine = {name: str(make_source().pk) for name in form if name.startswith("citations-") and "-source" in name}
        with CaptureQueriesContext(connection) as refused:
            response = send(desk, change(event), form | mine)
        kinds = [key.partition(":")[0] for key in differences(response)]
        assert (kinds.count("citations"), kinds.count("units")) == (number, number)
        asked[number] = len(opened), len(refused)
    assert asked[2] == asked[20]
    assert asked[20] <= (22, 66)


# ── Lists, deletion, history, pages of rows ──────────────────────────────────────────────────────────────────────────


def test_a_bulk_action_leaves_out_by_name_what_was_saved_since_the_list_was_opened(desk, mina, google):
    ready, changed, with_row = (
        make_event(google, n, title=f"Event {n}", announced_on=f"200{n}-01-10") for n in (1, 2, 3)
    )
    path = "/admin/events/layoffevent/"
    form = {name: value for name, value in form_of(desk.open(path)).items() if name != "q"}
    mina.save(change(changed), summary="More is known.")
    mina.save(change(with_row), rows=[("units", {"name": "Pixel"})])
    chosen = {"action": "publish_selected", "_selected_action": [ready.pk, changed.pk, with_row.pk]}
    told = said(desk.client.post(path, form | chosen, follow=True))
    assert all(f"{title}: Somebody saved it since you opened the list" in told for title in ("Event 2", "Event 3"))
    assert [e.state for e in LayoffEvent.objects.order_by("pk")] == ["published", "draft", "draft"]


def test_what_is_saved_while_the_reason_is_being_typed_is_left_out_too(desk, mina, google):
    one, two = published(google, 1), published(google, 2)
    asked = act(desk, "withdraw_selected", [one, two])
    mina.save(change(two), summary="It did happen.", change_reason="A second source.")
    form = form_of(asked) | {"_selected_action": [one.pk, two.pk], "change_reason": "Never happened."}
    desk.client.post("/admin/events/layoffevent/", form)
    assert [e.state for e in LayoffEvent.objects.order_by("pk")] == ["withdrawn", "published"]


def test_all_that_a_filter_finds_are_held_against_the_time_of_the_list(desk, mina, google):
    # Years apart: publishing would wait for a look at likely duplicates.
    events = [make_event(google, n, announced_on=f"200{n}-01-10") for n in (1, 2, 3)]
    path = "/admin/events/layoffevent/"
    form = {name: value for name, value in form_of(desk.open(path)).items() if name != "q"}
    late = make_event(google, 4)
    mina.save(change(events[0]), summary="x")
    chosen = {"action": "publish_selected", "_selected_action": [events[1].pk], "select_across": "1"}
    desk.client.post(path, form | chosen)
    states = dict(LayoffEvent.objects.values_list("pk", "state"))
    assert [states[e.pk] for e in (*events, late)] == ["draft", "published", "published", "draft"]


def test_a_list_that_does_not_say_its_versions_does_nothing(desk, google):
    event = make_event(google, 1)
    chosen = {"action": "publish_selected", "_selected_action": [event.pk], "versions": "made up"}
    told = said(desk.client.post("/admin/events/layoffevent/", chosen, follow=True))
    assert "Nothing was done" in told
    assert LayoffEvent.objects.get().state == "draft"


def test_no_list_of_the_desk_is_edited_in_place():
    """Their forms would carry no version: an edit in a list is an edit on the record's page."""
    assert [page for page in admin.site._registry.values() if page.list_editable] == []


def test_what_was_saved_since_the_page_of_its_deletion_is_not_deleted(desk, mina, google):
    event = make_event(google, 1)
    path = f"/admin/events/layoffevent/{event.pk}/delete/"
    form = form_of(desk.open(path))
    mina.save(change(event), rows=[("units", {"name": "Pixel"})])
    response = desk.client.post(path, form, follow=True)
    assert "it was saved since you opened this page" in said(response)
    assert "Pixel" in response.content.decode()
    desk.client.post(path, form_of(response))
    assert not LayoffEvent.objects.exists()


def test_an_old_version_is_not_brought_back_over_what_was_saved_meanwhile(desk, mina, google):
    event = make_event(google, 100)
    old = event.history.last()
    desk.save(change(event), title="Second title")
    form = form_of(desk.open(history(event, old)))
    mina.save(change(event), title="Mina's title")
    response = desk.client.post(history(event, old), form | {"_save": "1"}, follow=True)
    assert differences(response) == {"title": ("Second title", "Mina's title", "Google cuts jobs", True)}
    event.refresh_from_db()
    assert event.title == "Mina's title"
    desk.client.post(history(event, old), form_of(response) | {"_take:title": "mine", "_save": "1"})
    event.refresh_from_db()
    assert event.title == "Google cuts jobs"


def test_a_rows_own_page_and_its_records_page_know_of_one_another(desk, mina, google):
    event = make_event(google, 100)
    unit = Unit.objects.create(event=event, name="Pixel")
    whole, alone = form_of(desk.open(change(event))), form_of(desk.open(change(unit)))
    mina.save(change(unit), name="Pixel phones")
    assert f"units:{unit.pk}:name" in differences(send(desk, change(event), whole, units__0__name="Pixel team"))
    assert "name" in differences(send(desk, change(unit), alone, name="Pixel team"))
    assert Unit.objects.get().name == "Pixel phones"


def test_a_company_a_source_a_note_a_total_and_a_headcount_are_locked_likewise(desk, mina, google):
    google.aliases.create(name="Google LLC")
    total, headcount = published_total(), published_headcount(google)
    typed = {
        google: ("ticker", "GOOG", "GOOGL"), make_source(): ("title", "One", "Two"),
        make_note(): ("summary", "One", "Two"), total: ("definition", "One", "Two"),
        headcount: ("wording", "about 900", "about 800"),
    }  # fmt: skip
    for record, (name, theirs, mine) in typed.items():
        form = form_of(desk.open(change(record)))
        mina.save(change(record), **{name: theirs, "change_reason": "x"})
        response = send(desk, change(record), form, **{name: mine, "change_reason": "x"})
        assert differences(response)[name][1:3] == (theirs, mine), record
        record.refresh_from_db()
        assert getattr(record, name) == theirs
    form = form_of(desk.open(change(google)))
    mina.save(change(google), aliases__0__name="Google Limited")
    assert any(key.startswith("aliases:") for key in differences(send(desk, change(google), form, ticker="G")))


def test_an_import_in_between_is_somebody_too(desk, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    event.people_low = event.people = event.people_high = 120
    event._change_reason = "Imported from layoffs.csv"
    event.save()
    response = send(desk, change(event), form, people_low="90", people="90", people_high="90")
    assert differences(response)["people"] == ("100", "120", "90", True)
    assert "an import or a command at " in response.context["locking"].who
    event.refresh_from_db()
    assert event.people == 120


def test_what_was_typed_in_a_record_that_was_deleted_meanwhile_is_shown(desk, mina, google):
    event = make_event(google, 100)
    form = form_of(desk.open(change(event)))
    delete(mina, event)
    response = desk.client.post(change(event), form | {"title": "Typed for long", "_save": "1"})
    assert response.status_code == 410
    assert "Typed for long" in response.content.decode()


def test_what_a_contributor_typed_in_a_record_that_was_published_meanwhile_is_shown(mina, google, django_user_model):
    event = make_event(google, 100)
    user = django_user_model.objects.create_user("cora", is_staff=True)
    user.groups.add(Group.objects.get(name="Contributor"))
    cora = Desk(Client())
    cora.client.force_login(user)
    form = form_of(cora.open(change(event)))
    mina.save(change(event), "_publish")
    response = cora.client.post(change(event), form | {"title": "Typed for long", "_save": "1"})
    assert response.status_code == 403
    assert "Typed for long" in response.content.decode()


@pytest.fixture
def for_threads(transactional_db, tmp_path, monkeypatch):
    """Gives other threads the database. The tests' SQLite is in memory, where locks do not wait: they get a copy."""

    def share():
        if connection.vendor == "sqlite":
            with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
                connection.connection.backup(copy)
            copy.close()
            monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "copy.sqlite3"))

    return share


def test_of_two_saves_at_the_very_same_time_one_is_refused(for_threads, django_user_model):
    open_record()
    event = make_event(make_company("Google"), 100)
    forms = []
    for name in ("mina", "otto"):
        desk = Desk(Client())
        desk.client.force_login(django_user_model.objects.create_superuser(name))
        forms.append((desk.client, form_of(desk.open(change(event))) | {"title": f"{name}'s title", "_save": "1"}))
    for_threads()
    start = threading.Barrier(2)
    answers, entries = [], []

    def save(client, form):
        try:
            start.wait(10)
            answers.append(client.post(change(event), form).status_code)
            start.wait(60)
            entries.append(event.history.count())
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=pair) for pair in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    # One was saved, one was shown again: as entered, and the one save.
    assert (sorted(answers), entries) == ([200, 302], [2, 2])


def test_who_saves_while_an_import_writes_waits_for_it_and_loses_nothing(for_threads, tmp_path, django_user_model):
    open_record()
    (tmp_path / "list.csv").write_text(tech({}, {"company": "Bolt"}))
    one, two = (make_event(make_company(name), 100) for name in ("Google", "Amazon"))
    user = django_user_model.objects.create_superuser("mina")
    desk = Desk(Client())
    desk.client.force_login(user)
    form = form_of(desk.open(change(one))) | {"title": "Mina's title", "_save": "1"}
    chosen = form_of(desk.open("/admin/events/layoffevent/")) | {
        "action": "publish_selected", "_selected_action": [two.pk], "q": "",
    }  # fmt: skip
    for_threads()
    in_the_middle, go_on = threading.Event(), threading.Event()
    answers, done = {}, []

    def in_a_thread(name, work):
        def run():
            try:
                answers[name] = work()
                done.append(name)
            finally:
                connection.close()

        return threading.Thread(target=run)

    def progress(words):
        if words.startswith("Writing"):  # within the transaction
            in_the_middle.set()
            go_on.wait(30)

    def post(path, data):
        client = Client()
        client.cookies = desk.client.cookies
        return client.post(path, data).status_code

    threads = [in_a_thread("import", lambda: import_file(tmp_path / "list.csv", progress=progress).new)]
    threads[0].start()
    assert in_the_middle.wait(30)
    threads += [
        in_a_thread("form", lambda: post(change(one), form)),
        in_a_thread("action", lambda: post("/admin/events/layoffevent/", chosen)),
        in_a_thread("reader", lambda: Client().get("/events/").status_code),
    ]
    for thread in threads[1:]:
        thread.start()
    threads[-1].join(30)
    assert done == ["reader"]  # readers wait for nobody
    go_on.set()
    for thread in threads:
        thread.join(90)
    assert done[1] == "import"
    found = in_a_thread("states", lambda: (dict(LayoffEvent.objects.values_list("title", "state")), check_record()))
    found.start()
    found.join(30)
    states = {
        "Mina's title": "draft", "Amazon cuts jobs": "published", "Acme cuts 120 jobs": "draft",
        "Bolt cuts 120 jobs": "draft",
    }  # fmt: skip
    assert answers == {"import": 2, "form": 302, "action": 302, "reader": 200, "states": (states, [])}


# ── While somebody else writes ───────────────────────────────────────────────────────────────────────────────────────


def test_a_form_is_opened_while_somebody_writes_for_it_takes_no_lock(desk, google):
    event = make_event(google, 100)
    with CaptureQueriesContext(connection) as asked:
        desk.open(change(event))
    assert not [q["sql"] for q in asked if q["sql"].startswith(("SAVEPOINT", "BEGIN")) or "FOR UPDATE" in q["sql"]]


def test_what_was_typed_stays_when_others_write_for_longer_than_a_save_waits(desk, google):
    event = make_event(google, 100, title="As it was")
    form = form_of(desk.open(change(event))) | {"title": "As I typed it", "_save": "1"}

    def locked(execute, sql, params, many, context):
        if sql.startswith(("UPDATE", "INSERT")) and "layoffevent" in sql:
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(locked):
        response = desk.client.post(change(event), form)
    assert response.status_code == 200
    assert "Nothing was saved: press the button again in a minute." in str(errors_of(response))
    assert 'value="As I typed it"' in response.content.decode()
    event.refresh_from_db()
    assert event.title == "As it was"
    assert desk.client.post(change(event), form_of(response) | {"_save": "1"}).status_code == 302


def test_an_action_on_more_records_than_others_can_wait_for_is_refused(desk, google, monkeypatch):
    monkeypatch.setattr("events.admin.locked.MOST_AT_ONCE", 1)
    one, two = (make_event(google, n, announced_on=f"200{n}-01-10") for n in (1, 2))
    assert "At most 1 records at once" in said(act(desk, "publish_selected", [one, two]))
    assert not LayoffEvent.objects.filter(state="published").exists()
    assert "1 record was published" in said(act(desk, "publish_selected", [one]))
