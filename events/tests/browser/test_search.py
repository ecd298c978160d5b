"""Search as you type, in a browser: by keyboard, mouse and finger, read out, and without scripts."""

import pytest

from events.tests.browser.readers import overflow

pytestmark = pytest.mark.django_db

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def typed(page, text):
    """The field in the masthead, with `text` typed and what is suggested shown."""
    field = page.get_by_role("combobox", name="Search the site")
    field.click()
    field.press_sequentially(text, delay=20)
    page.get_by_role("listbox").wait_for()
    return field


def chosen(page) -> str:
    """The text of the option that the field names as active, "" for none."""
    return page.evaluate(
        "() => document.getElementById(document.activeElement.getAttribute('aria-activedescendant') || '')"
        "?.firstChild.textContent.trim() || ''"
    )


def test_down_and_enter_open_a_company_by_its_former_name(open_window):
    page = open_window()
    page.goto("/methodology/")
    field = typed(page, "facebook")
    assert field.get_attribute("aria-expanded") == "true"
    assert chosen(page) == ""
    field.press("ArrowDown")
    assert chosen(page) == "Meta"
    assert page.get_by_role("option", selected=True).count() == 1
    field.press("Enter")
    page.wait_for_url("**/companies/meta/")
    assert page.problems == []


def test_up_goes_to_the_last_and_past_either_end_to_the_words_themselves(open_window):
    page = open_window()
    page.goto("/about/")
    field = typed(page, "google")
    names = page.get_by_role("option").evaluate_all("(all) => all.map((one) => one.firstChild.textContent.trim())")
    field.press("ArrowUp")
    assert chosen(page) == names[-1]
    field.press("ArrowDown")
    assert chosen(page) == ""
    assert field.input_value() == "google"
    field.press("ArrowDown")
    assert chosen(page) == names[0]


def test_escape_closes_and_keeps_the_words_and_down_opens_again(open_window):
    page = open_window()
    page.goto("/about/")
    field = typed(page, "google")
    field.press("Escape")
    assert not page.get_by_role("listbox").is_visible()
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "google"
    field.press("ArrowDown")
    assert page.get_by_role("listbox").is_visible()
    field.press("Tab")
    assert not page.get_by_role("listbox").is_visible()


def test_enter_without_a_choice_searches_everything(open_window):
    page = open_window()
    page.goto("/about/")
    typed(page, "twitch").press("Enter")
    page.wait_for_url("**/search/?q=twitch")
    assert page.get_by_role("heading", level=1).inner_text() == "Search: twitch"


def test_a_click_and_a_tap_open_what_they_hit(open_window):
    for options, hit in (({}, "click"), (PHONE, "tap")):
        page = open_window(**options)
        page.goto("/about/")
        typed(page, "twitch")
        assert overflow(page) == ""
        getattr(page.get_by_role("option", name="Twitch").first, hit)()
        page.wait_for_url("**/companies/twitch/")


def test_what_was_found_is_said_in_a_live_region(open_window):
    page = open_window()
    page.goto("/about/")
    typed(page, "facebook")
    said = page.locator(".masthead [role=status]")
    assert said.inner_text() == f"{page.get_by_role('option').count()} suggestions."
    field = page.get_by_role("combobox", name="Search the site")
    field.fill("")
    field.press_sequentially("zzzz")
    page.wait_for_function(
        "() => /Nothing to suggest/.test(document.querySelector('.masthead [role=status]').textContent)"
    )
    assert not page.get_by_role("listbox").is_visible()


def test_an_answer_that_comes_late_does_not_overwrite_a_later_one(open_window):
    page = open_window()
    page.goto("/about/")
    asked = []

    def slow(route):
        asked.append(route.request.url)
        if "q=goo" in route.request.url:
            page.wait_for_timeout(400)
        route.continue_()

    page.route("**/search/suggest.json*", slow)
    field = page.get_by_role("combobox", name="Search the site")
    field.fill("goo")
    page.wait_for_timeout(200)
    field.fill("twitch")
    page.get_by_role("option", name="Twitch").first.wait_for()
    page.wait_for_timeout(500)
    assert page.get_by_role("option", name="Google").count() == 0
    assert len(asked) == 2


def test_letters_that_follow_at_once_ask_once(open_window):
    page = open_window()
    page.goto("/about/")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "suggest" in request.url else None)
    typed(page, "microsoft")
    assert len(asked) <= 2


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_the_list_is_open(open_window, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_window(color_scheme=scheme)
    page.goto("/about/")
    typed(page, "google").press("ArrowDown")
    violations = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:160]) for v in violations] == []


def test_without_scripts_the_field_is_a_plain_one(open_window):
    page = open_window(java_script_enabled=False)
    page.goto("/about/")
    field = page.get_by_label("Search the site")
    assert field.get_attribute("role") is None
    field.fill("twitch")
    field.press("Enter")
    page.wait_for_url("**/search/?q=twitch")


# ── In the filter of companies ───────────────────────────────────────────────────────────────────────────────────────


def company_filter(page, text):
    field = page.get_by_role("combobox", name="Add a company by name")
    field.click()
    field.press_sequentially(text, delay=20)
    page.get_by_role("listbox", name="Companies").wait_for()
    return field


def test_a_company_is_chosen_in_the_filter_by_its_former_name_and_then_another(open_window):
    page = open_window()
    page.goto("/events/")
    field = company_filter(page, "faceb")
    field.press("ArrowDown")
    assert chosen(page) == "Meta"
    field.press("Enter")
    page.wait_for_url("**/events/?company=meta")
    assert page.get_by_role("checkbox", name="Meta", exact=True).is_checked()
    assert field.input_value() == ""
    company_filter(page, "amaz")
    page.get_by_role("option", name="Amazon").first.click()
    page.wait_for_url("**/events/?company=amazon&company=meta")
    assert page.problems == []


def test_a_company_is_chosen_in_the_sheet_of_a_phone(open_window):
    page = open_window(**PHONE)
    page.goto("/ai/")
    page.get_by_role("button", name="Filters").click()
    company_filter(page, "goog")
    assert overflow(page) == ""
    page.get_by_role("option", name="Google").first.tap()
    page.wait_for_url("**/ai/?company=google")


def test_without_scripts_a_company_is_chosen_by_any_of_its_names(open_window):
    page = open_window(java_script_enabled=False)
    page.goto("/events/")
    page.get_by_label("Add a company by name").fill("facebook")
    page.get_by_label("Add a company by name").press("Enter")
    assert page.get_by_role("checkbox", name="Meta", exact=True).is_checked()
