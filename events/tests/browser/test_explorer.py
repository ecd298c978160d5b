"""The explorer with scripts: what changes swaps in place, and address, focus, back and forward go along."""

import re

import pytest

from events.models import EventEdition
from events.tests.browser.readers import JANUARY, window
from events.tests.browser.test_readers import PHONE

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(browser, site):
    with window(browser, site) as page:
        yield page
        assert page.problems == []


@pytest.fixture
def phone(browser, site):
    with window(browser, site, **PHONE) as page:
        yield page
        assert page.problems == []


def opened(page, address):
    """The page at `address`, marked: a full load takes the mark away."""
    page.goto(address)
    page.evaluate("() => { window.mark = true; }")
    return page


def settled(page, address):
    """Waits until the address ends so, and says whether the page is the same document still."""
    page.wait_for_function(
        "(end) => location.href.endsWith(end) && !document.querySelector('[aria-busy]')", arg=address
    )
    return page.evaluate("() => window.mark === true")


def rows(page):
    return page.locator("table.cards tbody tr").count()


FOCUS = "() => { const e = document.activeElement; return e.id || e.name + '=' + e.value; }"


def test_a_filter_swaps_the_results_keeps_the_focus_and_says_the_number(reader):
    opened(reader, JANUARY)
    before = rows(reader)
    box = reader.locator("input[name=ai_link][value=stated]")
    box.focus()
    reader.keyboard.press("Space")
    assert settled(reader, "announced_before=2024-01-31&ai_link=stated")
    assert 0 < rows(reader) < before
    assert reader.evaluate(FOCUS) == "ai_link=stated"
    assert box.is_checked()
    assert reader.locator("#said").text_content().startswith(f"{rows(reader)} events, cuts: people known ")
    assert "stated reason" in reader.title()
    assert reader.locator(".chip", has_text="stated reason").is_visible()


def test_back_and_forward_restore_the_view(reader):
    opened(reader, JANUARY)
    all_rows, key = rows(reader), reader.locator(".keys .number").first.text_content()
    reader.locator("input[name=sector][value=media]").check()
    assert settled(reader, "sector=media")
    some_rows = rows(reader)
    assert some_rows < all_rows
    reader.go_back()
    assert settled(reader, JANUARY)
    assert (rows(reader), reader.locator(".keys .number").first.text_content()) == (all_rows, key)
    assert not reader.locator("input[name=sector][value=media]").is_checked()
    reader.go_forward()
    assert settled(reader, "sector=media")
    assert rows(reader) == some_rows
    assert reader.locator("input[name=sector][value=media]").is_checked()


def test_the_swapped_view_is_the_page_of_its_address(reader):
    """What the script shows and what the server answers to the same address are one."""
    opened(reader, "/events/")
    reader.locator("input[name=country][value=US]").check()
    assert settled(reader, "country=US")
    swapped = reader.evaluate("() => document.getElementById('results').innerText")
    heading = reader.evaluate("() => document.getElementById('heading').innerText")
    reader.reload()
    reader.wait_for_function("() => window.Chart?.instances")
    assert reader.evaluate("() => document.getElementById('results').innerText") == swapped
    assert reader.evaluate("() => document.getElementById('heading').innerText") == heading


def test_a_filter_changed_on_a_later_page_starts_at_the_first(reader):
    opened(reader, "/events/")
    reader.locator("a[rel=next]").click()
    reader.wait_for_url("**after=**")
    assert reader.evaluate("() => document.activeElement.id") == "rows"
    reader.locator("input[name=stage][value=announced]").check()
    assert settled(reader, "/events/?stage=announced")


def test_a_chip_that_is_taken_away_leaves_the_focus_on_the_results(reader):
    opened(reader, f"{JANUARY}&sector=media")
    reader.locator(".chip", has_text="Media").focus()
    reader.keyboard.press("Enter")
    assert settled(reader, JANUARY)
    assert reader.evaluate("() => document.activeElement.id") == "results"


def test_words_are_looked_for_while_they_are_typed(reader):
    opened(reader, "/events/")
    reader.locator("#f-q").press_sequentially("twit", delay=20)
    assert settled(reader, "/events/?q=twit")
    # Typed on while the answer was on its way, nothing is lost.
    reader.keyboard.type("ch")
    assert settled(reader, "/events/?q=twitch")
    assert reader.locator("#f-q").input_value() == "twitch"
    assert reader.evaluate(FOCUS) == "f-q"
    assert "Twitch" in reader.locator("table.cards .who > a").all_text_contents()
    assert rows(reader) < 50


def test_a_wrong_value_is_said_beside_the_field_and_widens_nothing(reader):
    opened(reader, "/events/")
    reader.locator("#f-people_min").fill("many")
    reader.locator("#f-people_min").press("Tab")
    reader.locator("#error-people_min").wait_for()
    assert reader.evaluate("() => window.mark")
    assert reader.locator("#f-people_min").get_attribute("aria-invalid") == "true"
    assert rows(reader) == 0
    # The page's own 400 is in the console as such.
    reader.problems.clear()
    reader.locator("#f-people_min").fill("1000")
    reader.locator("#f-people_min").press("Enter")
    assert settled(reader, "people_min=1000")
    assert rows(reader) > 0


def test_a_preset_is_one_click_and_marked(reader):
    opened(reader, "/events/")
    reader.get_by_role("link", name="January 2024").click()
    assert settled(reader, JANUARY)
    assert reader.locator(".presets [aria-current]").text_content() == "January 2024"
    assert reader.locator("h1").text_content() == "Layoff events announced in January 2024"


@pytest.mark.parametrize(("address", "box"), [("/ai/", "kind"), ("/companies/", "ai_notes")])
def test_the_other_explorers_swap_as_well(reader, address, box):
    opened(reader, address)
    first = reader.locator(f"input[name={box}]").first
    value = first.get_attribute("value")
    first.check()
    assert settled(reader, f"{address}?{box}={value}")
    assert rows(reader) > 0
    reader.go_back()
    assert settled(reader, address)


def test_charts_are_drawn_anew(reader):
    opened(reader, JANUARY)
    reader.locator("input[name=sector]").first.check()
    reader.wait_for_url("**sector=**")
    reader.wait_for_function(
        "() => { const all = [...document.querySelectorAll('figure[data-chart] canvas')];"
        "return all.length && all.every((canvas) => window.Chart.getChart(canvas)); }"
    )


def test_when_the_server_cannot_answer_the_browser_asks_it_itself(reader):
    opened(reader, "/events/")
    reader.route(
        re.compile("sector=media"),
        lambda route: route.abort() if route.request.resource_type == "fetch" else route.continue_(),
    )
    reader.locator("input[name=sector][value=media]").check()
    reader.wait_for_url("**sector=media**")
    reader.wait_for_function("() => window.mark === undefined")
    assert rows(reader) > 0
    reader.problems.clear()


def test_filters_are_a_sheet_on_a_phone(phone):
    opened(phone, "/events/")
    toggle = phone.locator("#filters-toggle")
    toggle.tap()
    assert phone.locator("#filters").is_visible()
    phone.locator("input[name=sector]").first.check()
    phone.wait_for_url("**sector=**")
    # Still open, and the button says what is behind it.
    assert phone.locator("#filters").is_visible()
    phone.wait_for_function("() => /^Show \\d+ events?$/.test(document.getElementById('filters-show').textContent)")
    assert "1 set" in toggle.text_content()
    phone.keyboard.press("Escape")
    assert not phone.locator("#filters").is_visible()
    toggle.tap()
    phone.locator("#filters-show").tap()
    phone.wait_for_function("() => !document.querySelector('#filters:popover-open')")


def test_dark_by_switch_lasts_in_this_browser_and_sends_nothing(reader):
    reader.emulate_media(color_scheme="light")
    reader.goto("/")
    paper = "() => getComputedStyle(document.body).backgroundColor"
    light = reader.evaluate(paper)
    switch = reader.get_by_role("button", name="Dark mode")
    assert switch.get_attribute("aria-pressed") == "false"
    switch.click()
    dark = reader.evaluate(paper)
    assert dark != light
    assert switch.get_attribute("aria-pressed") == "true"
    reader.goto(JANUARY)
    reader.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    assert reader.evaluate(paper) == dark
    assert reader.context.cookies() == []
    # Switched back to what the system wants, the system decides again.
    reader.get_by_role("button", name="Dark mode").click()
    assert reader.evaluate("() => [document.documentElement.dataset.theme, localStorage.length]") == [None, 0]
    reader.emulate_media(color_scheme="dark")
    assert reader.evaluate(paper) == dark


def test_without_scripts_there_is_no_switch(browser, site):
    with window(browser, site, java_script_enabled=False) as page:
        page.goto("/")
        assert not page.locator("[data-theme-switch]").is_visible()


def test_a_record_and_back_is_where_the_reader_was(reader):
    opened(reader, JANUARY)
    reader.locator("input[name=ai_link][value=stated]").check()
    assert settled(reader, "ai_link=stated")
    title = reader.locator("table.cards .who > a").first
    slug = title.get_attribute("href")
    assert EventEdition.objects.filter(record_id=int(re.search(r"\d+", slug)[0])).exists()
    title.click()
    reader.wait_for_url(f"**{slug}")
    reader.go_back()
    reader.wait_for_url("**ai_link=stated")
    assert reader.locator("input[name=ai_link][value=stated]").is_checked()
    assert reader.locator(".chip", has_text="stated reason").is_visible()


def test_back_and_at_once_forward_again_shows_the_view_of_the_address(reader):
    opened(reader, "/events/")
    reader.locator("input[name=ai_link][value=stated]").check()
    assert settled(reader, "ai_link=stated")
    some = rows(reader)
    reader.evaluate("() => { history.back(); setTimeout(() => history.forward(), 120); }")
    reader.wait_for_timeout(1500)
    assert reader.url.endswith("ai_link=stated")
    assert rows(reader) == some
    assert reader.locator("input[name=ai_link][value=stated]").is_checked()


def test_a_company_that_was_added_leaves_the_field_to_the_next(reader):
    opened(reader, "/events/")
    reader.locator("#f-company").fill("Amazon")
    reader.locator("#f-company").press("Enter")
    assert settled(reader, "company=amazon")
    assert reader.locator("#f-company").input_value() == ""
    assert reader.locator("h1").text_content() == "Layoff events at Amazon"
    reader.locator("input[name=company][value=amazon]").uncheck()
    assert settled(reader, "/events/")


def test_a_figures_tab_keeps_the_focus_and_an_open_table_stays_open(reader):
    opened(reader, JANUARY)
    reader.locator("details.twin > summary").click()
    tab = reader.locator(".choose a", has_text="By company")
    tab.focus()
    reader.keyboard.press("Enter")
    assert settled(reader, "chart=company")
    assert reader.evaluate("() => document.activeElement.textContent") == "By company"
    assert reader.locator("details.twin").get_attribute("open") is not None


def test_the_summary_of_what_is_wrong_leads_to_the_field_in_the_sheet_of_a_phone_too(browser, site):
    for options in ({}, PHONE):
        with window(browser, site, **options) as page:
            page.goto("/events/?people_min=many&share_min=half")
            for label, field in (("People from", "f-people_min"), ("Percent from", "f-share_min")):
                page.locator(".errors").get_by_role("link", name=label).click()
                assert page.evaluate(FOCUS) == field
                assert page.locator(f"#{field}").is_visible()
                page.keyboard.press("Escape")


def test_without_scripts_the_summary_shows_the_field_on_a_phone(browser, site):
    with window(browser, site, **PHONE, java_script_enabled=False) as page:
        page.goto("/events/?people_min=many")
        page.locator(".errors").get_by_role("link", name="People from").click()
        assert page.locator("#f-people_min").is_visible()
