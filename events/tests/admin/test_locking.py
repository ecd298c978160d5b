"""Two editors at one record: nothing that either of them typed is lost, and nothing is overwritten unseen."""

import pytest

from events.models import LayoffEvent, Unit
from events.publishing import check_record
from events.tests.admin.browsing import Desk, change, errors_of, form_of
from events.tests.factories import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_public_record_holds():
    yield
    assert check_record() == []


@pytest.fixture
def mina(client, django_user_model):
    """Another editor, in another session."""
    client.force_login(django_user_model.objects.create_superuser("mina"))
    return Desk(client)


def send(desk, path, data, button="_save", **typed):
    typed = {name.replace("__", "-"): value for name, value in typed.items()}
    return desk.client.post(path, data | typed | {button: "1"}, follow=True)


def differences(response):
    return {one.key: (one.before, one.theirs, one.mine, one.asks) for one in response.context["locking"].differences}


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
