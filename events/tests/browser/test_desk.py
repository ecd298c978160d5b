"""Two editors in two sessions on one event: fields, rows, actions on the list, old versions. Nothing is lost."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from events import roles
from events.models import LayoffEvent, Unit
from events.publishing import check_record
from events.tests.browser.choosing import choose
from events.tests.factories import make_company, make_event, make_source

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


def saved(window, button="_continue"):
    window.click(f"input[name={button}]")
    window.wait_for_selector("text=was changed successfully")


def test_two_editors_lose_no_row_that_one_takes_away_adds_or_types_in(log_in):
    mina, otto = log_in("mina"), log_in("otto")
    event = make_event(make_company("Google"), 100)
    for name in ("Pixel", "Fitbit", "Nest"):
        Unit.objects.create(event=event, name=name)
    fitbit = Unit.objects.get(name="Fitbit")
    make_source(title="The second report")
    change = f"/admin/events/layoffevent/{event.pk}/change/"
    for window in (mina, otto):
        window.goto(change)

    # Otto takes two units away, adds one, and cites a second source.
    otto.check("#id_units-1-DELETE")
    otto.check("#id_units-2-DELETE")
    otto.click("#units-group .add-row a")
    otto.fill("#id_units-3-name", "Maps")
    otto.click("#citations-group .add-row a")
    choose(otto, "citations-1-source", "The second report")
    saved(otto)

    # Mina typed in one of those units, took away the one that he left, and added one of her own.
    mina.check("#id_units-0-DELETE")
    mina.fill("#id_units-1-name", "Fitbit watches")
    mina.click("#units-group .add-row a")
    mina.fill("#id_units-3-name", "Search")
    mina.click("input[name=_continue]")
    mina.wait_for_selector("#desk-meanwhile-title")
    told = mina.inner_text(".desk-meanwhile")
    assert all(f"Unit “{name}”" in told for name in ("Fitbit", "Nest", "Maps"))
    assert "The second report" in told
    assert sorted(Unit.objects.values_list("name", flat=True)) == ["Maps", "Pixel"]
    assert mina.is_checked("#id_units-0-DELETE")
    saved(mina)
    assert sorted(Unit.objects.values_list("name", flat=True)) == ["Fitbit watches", "Maps", "Search"]
    # The row that was typed in is the one that it was, with its history.
    assert Unit.objects.get(name="Fitbit watches").pk == fitbit.pk
    assert event.citations.count() == 2
    assert check_record() == []
    assert mina.problems == []


def test_an_action_leaves_what_was_saved_while_its_reason_was_typed(log_in):
    mina, otto = log_in("mina"), log_in("otto")
    google = make_company("Google")
    one, two = (make_event(google, n, title=f"Cut {n}", announced_on=f"200{n}-01-10") for n in (1, 2))
    otto.goto("/admin/events/layoffevent/")
    otto.check("#action-toggle")
    otto.select_option("select[name=action]", "reject_selected")
    otto.click("button[name=index]")
    otto.fill("#id_change_reason", "Rumours.")
    mina.goto(f"/admin/events/layoffevent/{two.pk}/change/")
    mina.fill("#id_summary", "A second source says so.")
    saved(mina)
    otto.click(".submit-row input[type=submit]")
    otto.wait_for_selector("text=Cut 2: Somebody saved it since you opened the list")
    for event in (one, two):
        event.refresh_from_db()
    assert (one.state, two.state, two.summary) == ("rejected", "draft", "A second source says so.")
    assert mina.problems == []


def test_an_old_version_comes_back_with_its_rows_unless_somebody_saved_meanwhile(log_in):
    mina, otto = log_in("mina"), log_in("otto")
    event = make_event(make_company("Google"), 100)
    unit = Unit.objects.create(event=event, name="Pixel")
    citation, old = event.citations.get(), event.history.first()
    change = f"/admin/events/layoffevent/{event.pk}/change/"
    otto.goto(change)
    otto.fill("#id_title", "Wrong")
    otto.check("#id_units-0-DELETE")
    otto.check("#id_citations-0-DELETE")
    otto.click("#units-group .add-row a")
    otto.fill("#id_units-1-name", "Maps")
    saved(otto)

    mina.goto(f"/admin/events/layoffevent/{event.pk}/history/{old.pk}/")
    told = mina.inner_text("[aria-labelledby=desk-old-title]")
    assert all(words in told for words in ("Wrong", "Unit “Pixel”", "Unit “Maps”", f"Citation “{citation.source}”"))
    otto.fill("#id_place", "Berlin")
    saved(otto)
    mina.click("input[name=_save]")
    mina.wait_for_selector("#desk-meanwhile-title")
    assert "By otto at" in mina.inner_text("[aria-labelledby=desk-meanwhile-title]")
    event.refresh_from_db()
    assert (event.title, Unit.objects.get().name) == ("Wrong", "Maps")
    # Otto's place stands in the form now, and comes along.
    saved(mina, "_save")
    event.refresh_from_db()
    assert (event.title, event.place) == ("Google cuts jobs", "Berlin")
    assert (Unit.objects.get(), event.citations.get()) == (unit, citation)
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
    # So is the history, its words whole.
    window.goto(f"/admin/events/layoffevent/{event.pk}/history/")
    assert window.evaluate("document.documentElement.scrollWidth") <= 390
    cells = window.locator("#change-history td:not(.desk-blank)").all()
    assert all(cell.bounding_box()["width"] > 300 for cell in cells)
    assert window.problems == []
