"""Two editors in two sessions on one event: fields, a row, an action on the list. Nothing is lost."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from events import roles
from events.models import LayoffEvent, Unit
from events.publishing import check_record
from events.tests.factories import make_company, make_event

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long enough password"


@pytest.fixture
def log_in(browser, live_server, page):
    """Opens a session of its own for an editor; what goes wrong in the first one is kept in `problems`."""
    roles.set_groups()
    contexts = []

    def log_in(name, **options):
        user = get_user_model().objects.create_user(name, password=PASSWORD, is_staff=True)
        user.groups.add(Group.objects.get(name="Editor"))
        if contexts:
            context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
            window = context.new_page()
        else:
            context, window = page.context, page
        contexts.append(context)
        window.goto("/admin/")
        window.fill("#id_username", name)
        window.fill("#id_password", PASSWORD)
        window.click("input[type=submit]")
        window.wait_for_selector("#site-name")
        return window

    yield log_in
    for context in contexts[1:]:
        context.close()


def test_two_editors_lose_nothing(log_in):
    mina, otto = log_in("mina"), log_in("otto")
    event = make_event(make_company("Google"), 100)
    unit = Unit.objects.create(event=event, name="Pixel")
    change = f"/admin/events/layoffevent/{event.pk}/change/"
    for window in (mina, otto):
        window.goto(change)

    otto.fill("#id_place", "Berlin")
    otto.fill("#id_title", "Otto's title")
    otto.fill("#id_units-0-name", "Pixel phones")
    otto.click("input[name=_continue]")
    otto.wait_for_selector("text=was changed successfully")

    # Mina typed in the same title and row, and in a field of her own.
    mina.fill("#id_title", "Mina's title")
    mina.fill("#id_units-0-name", "Pixel team")
    mina.fill("#id_summary", "Mina knows more.")
    mina.click("input[name=_continue]")
    mina.wait_for_selector("#desk-meanwhile-title")
    assert "By otto at" in mina.inner_text(".desk-meanwhile")
    assert [mina.input_value(f"#id_{name}") for name in ("title", "units-0-name", "summary", "place")] == [
        "Mina's title", "Pixel team", "Mina knows more.", "Berlin",
    ]  # fmt: skip
    assert LayoffEvent.objects.get().title == "Otto's title"
    # By keyboard: theirs for the title, hers for the row.
    mina.focus('input[name="_take:title"][value=theirs]')
    mina.keyboard.press("Space")
    mina.focus(f'input[name="_take:units:{unit.pk}:name"][value=theirs]')
    mina.keyboard.press("Space")
    mina.keyboard.press("ArrowDown")
    mina.click("input[name=_continue]")
    mina.wait_for_selector("text=was changed successfully")
    event.refresh_from_db()
    assert (event.title, event.summary, event.place) == ("Otto's title", "Mina knows more.", "Berlin")
    assert Unit.objects.get().name == "Pixel team"

    # Otto's list is older than what Mina saves now.
    otto.goto("/admin/events/layoffevent/")
    mina.fill("#id_summary", "Mina knows even more.")
    mina.click("input[name=_continue]")
    mina.wait_for_selector("text=was changed successfully")
    otto.check("input.action-select")
    otto.select_option("select[name=action]", "publish_selected")
    otto.click("button[name=index]")
    otto.wait_for_selector("text=Somebody saved it since you opened the list")
    event.refresh_from_db()
    assert (event.state, event.summary) == ("draft", "Mina knows even more.")
    otto.check("input.action-select")
    otto.select_option("select[name=action]", "publish_selected")
    otto.click("button[name=index]")
    otto.wait_for_selector("text=1 record was published")
    assert check_record() == []
    assert mina.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_was_saved_meanwhile_is_read_on_a_phone_too(log_in, scheme):
    window = log_in("mina")
    event = make_event(make_company("Google"), 100)
    window.emulate_media(color_scheme=scheme)
    window.set_viewport_size({"width": 390, "height": 844})
    window.goto(f"/admin/events/layoffevent/{event.pk}/change/")
    event.title = "Somebody else's title, which is long enough to need more than one line on a phone"
    event.save()
    window.fill("#id_title", "Mine")
    window.click("input[name=_save]")
    window.wait_for_selector("#desk-meanwhile-title")
    # The question and its answers are within the page.
    answer = window.locator('label:has(input[name="_take:title"][value=mine])').bounding_box()
    assert answer["x"] >= 0
    assert answer["x"] + answer["width"] <= 390
    # Every button is within its row.
    row, last = (window.locator(f".submit-row{end}").last.bounding_box() for end in ("", " input[type=submit]"))
    assert last["y"] + last["height"] <= row["y"] + row["height"]
    reason = window.locator("#id_change_reason").bounding_box()
    assert reason["x"] + reason["width"] <= 390
    assert window.evaluate("document.documentElement.scrollWidth") <= 390
    assert window.problems == []
