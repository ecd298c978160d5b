"""The desk in a browser: an editor enters Google's cut and publishes it, and no page breaks the security policy."""

import pytest
from django.contrib.auth import get_user_model

from events.models import Citation, EventEdition, LayoffEvent, Unit
from events.publishing import check_record
from events.tests.browser.choosing import choose
from events.tests.factories import make_company, make_event, make_source, published

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long enough password"


@pytest.fixture
def desk(page):
    """The admin, logged in."""
    get_user_model().objects.create_superuser("editor", password=PASSWORD)
    page.goto("/admin/")
    page.fill("#id_username", "editor")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    page.wait_for_selector("#site-name")
    return page


def test_an_editor_enters_an_event_with_its_source_and_publishes_it(desk):
    google = make_company("Google")
    make_source("https://news.example/google", title="Google cuts hundreds of jobs")
    desk.goto("/admin/events/layoffevent/add/")
    choose(desk, "company", "Google")
    desk.fill("#id_title", "Google cuts about a thousand jobs")
    desk.fill("#id_announced_on", "2024-01-10")
    desk.fill("#id_wording", "about a thousand")
    choose(desk, "citations-0-source", "Google cuts hundreds")
    desk.click("input[name=_publish]")
    desk.wait_for_selector("text=is public (edition 1)")
    event = LayoffEvent.objects.get()
    assert (event.company, event.people_low, event.people, event.people_high) == (google, 950, 1000, 1100)
    assert EventEdition.objects.known_on(None).get().record_id == event.pk
    assert check_record() == []
    assert desk.problems == []


def tab_to(page, selector):
    """Presses Tab until what `selector` names has the focus."""
    for _ in range(80):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_an_event_is_entered_from_a_pasted_link_by_keyboard_alone(desk):
    amazon = make_company("Amazon", aliases=["AMZN"])
    desk.goto("/admin/events/layoffevent/add/")
    tab_to(desk, "[aria-labelledby=select2-id_company-container]")
    desk.keyboard.press("Enter")
    desk.keyboard.type("amzn")
    desk.wait_for_selector(".select2-results__option--highlighted:has-text('Amazon')")
    desk.keyboard.press("Enter")
    for field, text in (
        ("title", "Amazon cuts several hundred jobs at Prime Video and its studios"),
        ("announced_on", "2024-01-10"),
        ("wording", "several hundred"),
    ):
        tab_to(desk, f"#id_{field}")
        desk.keyboard.type(text)
    desk.wait_for_selector("output:has-text('Read as 200–900, without a best figure')")
    for field, text in (
        ("link", "https://news.example/amazon?utm_source=mail"),
        ("link_title", "Amazon cuts hundreds of jobs in studios"),
        ("link_publisher", "The News"),
        ("quote", "We will eliminate several hundred roles."),
    ):
        tab_to(desk, f"#id_citations-0-{field}")
        desk.keyboard.type(text)
    tab_to(desk, "input[name=_publish]")
    desk.keyboard.press("Enter")
    desk.wait_for_selector("text=is public (edition 1)")
    event = LayoffEvent.objects.get()
    assert (event.company, event.people_low, event.people, event.people_high) == (amazon, 200, None, 900)
    citation = event.citations.get()
    assert (citation.source.title, citation.source.publisher) == ("Amazon cuts hundreds of jobs in studios", "The News")
    assert citation.quote == "We will eliminate several hundred roles."
    assert check_record() == []
    assert desk.problems == []


def test_what_was_typed_stays_when_it_cannot_be_published(desk):
    make_company("Google")
    desk.goto("/admin/events/layoffevent/add/")
    choose(desk, "company", "Google")
    desk.fill("#id_title", "Google cuts jobs")
    desk.fill("#id_announced_on", "2024-Q1")
    desk.click("input[name=_publish]")
    desk.wait_for_selector("text=It needs at least one citation.")
    assert desk.input_value("#id_announced_on") == "2024-Q1"
    assert desk.inner_text("#select2-id_company-container").endswith("Google")
    assert not LayoffEvent.objects.exists()
    assert desk.problems == []


def test_a_company_is_made_in_place_from_the_events_form(desk):
    desk.goto("/admin/events/layoffevent/add/")
    with desk.expect_popup() as opened:
        desk.click("#add_id_company")
    popup = opened.value
    popup.fill("#id_name", "Twitch")
    with popup.expect_event("close"):
        popup.click("input[name=_save]")
    desk.wait_for_function("document.querySelector('#select2-id_company-container').textContent.includes('Twitch')")
    assert desk.problems == []


def test_rows_are_added_and_removed_by_script(desk):
    event = published(make_company("Google"), 1000)
    desk.goto(f"/admin/events/layoffevent/{event.pk}/change/")
    desk.click("#units-group .add-row a")
    desk.fill("#id_units-0-name", "Pixel")
    desk.click("#citations-group .add-row a")
    desk.click(".select2-selection[aria-labelledby=select2-id_citations-1-source-container]")
    desk.wait_for_selector(".select2-results__option")
    desk.keyboard.press("Escape")
    desk.click("#citations-1 .inline-deletelink")
    desk.fill("#id_change_reason", "The report names Pixel.")
    desk.click("input[name=_continue]")
    desk.wait_for_selector("text=Readers see the correction")
    assert Unit.objects.get(event=event).name == "Pixel"
    assert desk.problems == []


def test_an_event_that_is_here_already_is_seen_beside_it_and_joined_by_keyboard(desk):
    known = published(make_company("Google"), 1000, title="Google cuts 1,000 jobs")
    draft = make_event(known.company, (950, 1000, 1100), title="Google cuts about a thousand jobs")
    desk.goto(f"/admin/events/layoffevent/{draft.pk}/change/")
    desk.click("input[name=_publish]")
    desk.press(".messagelist .warning a", "Enter")
    desk.wait_for_selector("text=Both events; what differs is marked.")
    desk.press("button[name=answer] >> nth=0", "Enter")
    desk.fill("#id_reason", "Entered twice.")
    desk.press("input[type=submit].default", "Enter")
    desk.wait_for_selector(f".messagelist li:has-text('The same: keep event {known.pk}')")
    assert LayoffEvent.objects.get(pk=draft.pk).state == "rejected"
    assert Citation.objects.filter(event=known).count() == 2
    assert check_record() == []
    assert desk.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_of_the_desk_breaks_the_security_policy(desk, scheme):
    google = make_company("Google", parent=make_company("Alphabet"), aliases=["Google LLC"])
    event = published(google, 1000)
    desk.emulate_media(color_scheme=scheme)
    change = f"/admin/events/layoffevent/{event.pk}/"
    draft = f"/admin/events/company/{make_company().pk}/delete/"
    version = f"{change}history/{event.history.first().pk}/"
    edition = f"/admin/events/eventedition/{EventEdition.objects.get().pk}/change/"
    user = get_user_model().objects.get()
    paths = [
        "/admin/", "/admin/events/", "/admin/events/layoffevent/", f"{change}change/", f"{change}history/", version,
        f"/admin/events/company/{google.pk}/change/", draft, edition, "/admin/events/source/add/",
        "/admin/events/ainote/add/", "/admin/events/publishedtotal/add/", f"/admin/auth/user/{user.pk}/change/",
        f"/admin/auth/user/{user.pk}/password/", "/admin/auth/group/add/", "/admin/password_change/",
    ]  # fmt: skip
    for path in paths:
        assert desk.goto(path).status == 200, path
        desk.wait_for_load_state("networkidle")
    assert desk.problems == []


def test_the_filter_widgets_of_djangos_own_pages_work(desk):
    user = get_user_model().objects.get()
    desk.goto(f"/admin/auth/user/{user.pk}/change/")
    desk.click("#id_groups_from")
    desk.goto("/admin/events/layoffevent/")
    desk.click("#changelist-filter summary >> nth=0")
    assert desk.problems == []


def test_the_watch_hears_what_the_policy_forbids(desk):
    desk.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    desk.wait_for_timeout(200)
    assert any("style-src" in complaint for complaint in desk.complaints)
