"""Readers' pages in a browser: wide and narrow, light and dark, by keyboard, without scripts, enlarged, on paper."""

import csv
import io
import re

import pytest

from events.tests.browser.readers import CHARTS, JANUARY, SETTLED, overflow, visit_all

# Without the mark no test database is made when these tests run alone.
pytestmark = pytest.mark.django_db

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
WINDOWS = {
    f"{name}, {scheme}": {**size, "color_scheme": scheme}
    for name, size in {"390": PHONE, "1280": DESK}.items()
    for scheme in ("light", "dark")
}


@pytest.fixture(scope="module")
def visits(browser, site):
    """Every kind of page in each window."""
    return {name: visit_all(browser, site, **options) for name, options in WINDOWS.items()}


def not_right(visits, measure):
    """By window and page: what `measure` finds wrong."""
    return {
        (name, kind): wrong
        for name, pages in visits.items()
        for kind, visit in pages.items()
        if (wrong := measure(visit))
    }


# ── Every kind of page, at 390 and 1280, light and dark ──────────────────────────────────────────────────────────────


def test_every_kind_of_page_answers_as_it_should(visits):
    expected = {"wrong value": 400, "tip about nothing": 400, "unknown": 404, "withdrawn": 410}
    for pages in visits.values():
        assert {kind: visit.status for kind, visit in pages.items()} == {
            kind: expected.get(kind, 200) for kind in pages
        }


def test_no_page_is_wider_than_the_window(visits):
    assert not_right(visits, lambda visit: visit.overflow) == {}


def test_no_page_complains_breaks_the_policy_or_asks_another_host(visits):
    assert not_right(visits, lambda visit: visit.problems) == {}


def test_nothing_moves_while_a_page_loads(visits):
    assert not_right(visits, lambda visit: visit.shifted if visit.shifted >= 0.02 else None) == {}


def test_every_chart_is_drawn_from_its_table_in_the_colour_of_the_scheme(visits):
    drawn = {kind: len(visit.charts) for kind, visit in visits["1280, light"].items() if visit.charts}
    assert drawn == {
        "start": 1, "events": 1, "January 2024": 1, "companies": 1, "company": 1, "company, one year": 1,
        "layoffs beside AI": 2, "notes": 1, "totals": 4, "frozen": 1, "embed": 1,
        "embed of a company": 1, "embed of a frozen view": 1,
    }  # fmt: skip

    def wrong(visit):
        return [
            chart
            for chart in visit.charts
            if chart["bars"] != chart["rows"]
            or chart["painted"] < 0.01
            or chart["colour"] != chart["own"]
            or not 0.95 < chart["width"] <= 1
        ]

    assert not_right(visits, wrong) == {}
    light, dark = (visits[f"1280, {scheme}"]["start"].charts[0]["colour"] for scheme in ("light", "dark"))
    assert light != dark


def test_the_start_page_begins_every_answer_within_one_screen(open_window):
    page = open_window(**DESK)
    page.goto("/", wait_until="networkidle")
    answers = {
        "how many, compared with last year": page.get_by_text("same days of"),
        "how sure": page.get_by_text("How sure:"),
        "over time": page.locator("figure canvas"),
        "who": page.locator("section", has=page.get_by_text("Largest of")).locator("tbody tr").first,
        "what is new": page.locator("section", has=page.get_by_text("Latest", exact=True)).locator("tbody tr").first,
        "where AI money went": page.locator("section", has=page.get_by_text("Where AI money"))
        .locator("tbody tr")
        .first,
    }
    boxes = {answer: found.bounding_box() for answer, found in answers.items()}
    assert {answer: box for answer, box in boxes.items() if box["y"] + min(box["height"], 300) > 900} == {}


def test_no_page_is_wider_than_other_windows_nor_at_twice_the_size(open_window, site):
    # 640: what a window of 1280 pixels has room for at 200 %.
    page, found = open_window(device_scale_factor=2), {}
    for name, address in site.addresses.items():
        page.goto(address, wait_until="domcontentloaded")
        for width in (320, 640, 768, 2560):
            page.set_viewport_size({"width": width, "height": 450})
            if wrong := overflow(page):
                found[name, width] = wrong
    assert found == {}


@pytest.mark.parametrize(("size", "scheme"), [("1280", "light"), ("390", "dark")])
def test_axe_finds_nothing(open_window, site, size, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page, axe, found = open_window(**WINDOWS[f"{size}, {scheme}"]), Axe(), {}
    for name, address in site.addresses.items():
        page.goto(address)
        # Rows are alike: eight of each table speak for all. What is closed is looked at too.
        page.evaluate("document.querySelectorAll('tbody tr:nth-child(n+9)').forEach((row) => row.remove())")
        page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        if size == "390" and page.locator("#filters-toggle").count():
            page.locator(".filters-toggle").click()
        violations = axe.run(page).response["violations"]
        if violations:
            found[name] = [(v["id"], len(v["nodes"]), v["nodes"][0]["html"][:160]) for v in violations]
    assert found == {}


# ── From the first page to the source ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", ["390", "1280"])
def test_a_reader_comes_from_the_start_to_a_source_and_to_how_it_is_counted(open_window, size):
    page = open_window(**WINDOWS[f"{size}, light"])
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Events").click()
    if size == "390":
        page.get_by_text("Filters", exact=True).first.click()
    page.get_by_label("Announced from").fill("2024-01")
    page.get_by_label("Announced to").fill("2024-01")
    page.locator("#filters-show").click()
    page.wait_for_url("**announced_after=2024-01**")
    assert page.get_by_role("heading", level=1).inner_text() == "Layoff events announced in January 2024"
    chips = page.get_by_role("navigation", name="Filters that are set")
    assert "announced from 1 January 2024" in chips.inner_text()
    assert "announced to 31 January 2024" in chips.inner_text()
    for company in ("Google", "Amazon", "Twitch", "Audible"):
        assert page.locator("table.cards").get_by_role("link", name=company, exact=True).count() >= 1, company

    page.locator("table.cards tr", has_text="around a thousand").get_by_role("link", name="Google").click()
    page.wait_for_url(re.compile(r"/events/\d+-google-cuts-jobs-in-hardware"))
    assert "≈ 1,000" in page.locator(".bigfigure").inner_text()
    source = page.locator(".citations").get_by_role("link", name="theverge.com").first
    assert source.is_visible()
    assert source.get_attribute("href").startswith("https://www.theverge.com/2024/1/11/")
    # Beside it, and no cause claimed.
    assert page.get_by_role("link", name="Google unveils Gemini").is_visible()

    page.get_by_role("complementary").get_by_role("link", name="Google", exact=True).click()
    page.wait_for_url("**/companies/google/")
    page.get_by_role("link", name="Alphabet", exact=True).first.click()
    page.wait_for_url("**/companies/alphabet/")
    navigation = page.get_by_role("navigation", name="Main")
    navigation.get_by_role("link", name="AI notes").click()
    page.wait_for_url("**/ai/")
    assert navigation.get_by_role("link", name="AI notes").get_attribute("aria-current") == "page"
    navigation.get_by_role("link", name="Totals").click()
    page.wait_for_url("**/totals/")
    assert page.get_by_text("168,032").first.is_visible()
    navigation.get_by_role("link", name="How we count").click()
    page.wait_for_url("**/methodology/")
    assert page.get_by_role("heading", name="What is missing today").is_visible()
    assert page.problems == []


def test_the_search_box_of_every_page_finds_events(open_window):
    page = open_window()
    page.goto("/methodology/")
    page.get_by_label("Search the site").fill("twitch")
    page.get_by_label("Search the site").press("Enter")
    page.wait_for_url("**/search/?q=twitch")
    assert page.locator("table.cards").get_by_role("link", name="Twitch").count() >= 1


def test_a_chip_takes_its_filter_away_and_a_heading_sorts(open_window):
    page = open_window()
    page.goto(f"{JANUARY}&ai_link=alongside")
    rows = page.locator("table.cards tbody tr").count()
    page.get_by_role("link", name=re.compile("Remove the filter: AI link")).click()
    page.wait_for_url(lambda url: "ai_link" not in url)
    assert page.locator("table.cards tbody tr").count() > rows
    page.locator("table.cards thead").get_by_role("link", name="People").click()
    page.wait_for_url("**order=-people**")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("People")


def test_the_file_that_a_link_gives_has_as_many_rows_as_the_page_says(open_window):
    page = open_window()
    page.goto(JANUARY)
    link = page.get_by_role("link", name=re.compile(r"CSV, \d+ rows")).first
    said = int(re.search(r"\d+", link.inner_text())[0])
    with page.expect_download() as download:
        link.click()
    text = download.value.path().read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".csv")
    assert "january-2024" in download.value.suggested_filename
    assert (
        len(list(csv.DictReader(io.StringIO(text, newline="")))) == said == page.locator("table.cards tbody tr").count()
    )


# ── Charts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_of_the_colour_scheme_draws_the_charts_anew(open_window):
    page = open_window(color_scheme="light")
    page.goto("/events/")
    page.evaluate(SETTLED)
    light = page.evaluate(CHARTS)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "(before) => Chart.getChart(document.querySelector('canvas')).data.datasets[0].backgroundColor !== before",
        arg=light[0]["colour"],
    )
    dark = page.evaluate(CHARTS)
    assert all(chart["colour"] == chart["own"] and chart["painted"] > 0.01 for chart in dark)
    assert page.evaluate("window.shifted") < 0.02
    assert page.problems == []


def test_a_bar_leads_to_the_events_behind_it(open_window):
    page = open_window()
    page.goto("/events/?announced_after=2023-01&announced_before=2023-12")
    page.evaluate(SETTLED)
    place = page.evaluate(
        "() => { const bar = Chart.getChart(document.querySelector('canvas')).getDatasetMeta(0).data[0];"
        "return { x: bar.x, y: bar.y + 5 }; }"
    )
    page.locator("canvas").first.click(position=place)
    page.wait_for_url("**announced_after=2023-01-01&announced_before=2023-01-31**")


def test_a_chart_follows_the_window(open_window):
    page = open_window()
    page.goto("/")
    page.evaluate(SETTLED)
    page.set_viewport_size({"width": 420, "height": 800})
    page.wait_for_function("() => document.querySelector('canvas').clientWidth < 420")
    assert overflow(page) == ""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function("() => document.querySelector('canvas').clientWidth > 480")


# ── By keyboard ──────────────────────────────────────────────────────────────────────────────────────────────────────

FOCUSED = "() => document.activeElement.textContent.trim() || document.activeElement.id"


def test_the_first_key_reaches_the_link_to_the_content(open_window, site):
    page = open_window()
    for name in ("start", "events", "event", "unknown"):
        page.goto(site.addresses[name])
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED) == "Skip to the content", name
        box = page.locator(".skip").bounding_box()
        assert box["y"] >= 0, name
        page.keyboard.press("Enter")
        assert page.evaluate(FOCUSED) != "Skip to the content"
        assert page.evaluate("() => document.activeElement.id") == "main", name


def test_whatever_has_the_focus_shows_it(open_window):
    page = open_window()
    page.goto(JANUARY)
    unseen = []
    for _ in range(45):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e), box = e.getBoundingClientRect();"
            "const outline = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1;"
            "return { name: e.outerHTML.slice(0, 90), outline, size: box.width * box.height }; }"
        )
        if not seen["outline"] or seen["size"] < 16:
            unseen.append(seen["name"])
    assert unseen == []


def test_filters_are_set_by_keyboard_alone_on_a_phone(open_window):
    page = open_window(**PHONE)
    page.goto("/events/")
    assert not page.locator("#filters").is_visible()
    page.locator("#filters-toggle").focus()
    page.keyboard.press("Space")
    assert page.locator("#filters").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "filters-close"
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "f-q"
    page.keyboard.type("twitch")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=twitch**")
    assert page.locator("table.cards tbody tr").count() >= 1


def test_a_wide_table_can_be_scrolled_by_keyboard(open_window):
    page = open_window(viewport={"width": 360, "height": 700})
    page.goto("/totals/")
    stuck = page.evaluate(
        "() => [...document.querySelectorAll('.scroll')]"
        ".filter((e) => e.scrollWidth > e.clientWidth && e.tabIndex < 0).length"
    )
    assert stuck == 0


def test_what_a_finger_touches_is_large_enough(open_window, site):
    # WCAG 2.2, 2.5.8: 24 pixels, but for links within a sentence.
    page = open_window(**PHONE)
    for name in ("start", "events", "company"):
        page.goto(site.addresses[name])
        small = page.evaluate(
            "(kinds) => [...document.querySelectorAll(kinds)]"
            ".filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24)"
            ".map((e) => e.outerHTML.slice(0, 80))",
            "button:not(.hidden-until-focus), select, summary, .button, .chip, .masthead a, .pages a, .facts nav a",
        )
        assert small == [], name


# ── Without scripts ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_scripts_the_filters_work(open_window):
    page = open_window(java_script_enabled=False)
    page.goto("/events/")
    page.get_by_label("Announced from").fill("2024-01")
    page.get_by_label("Announced to").fill("2024-01")
    page.locator("#filters-show").click()
    page.wait_for_url("**announced_after=2024-01**")
    assert page.locator("table.cards tbody tr").count() >= 9


def test_without_scripts_the_tables_speak_and_no_space_stays_empty(open_window):
    page = open_window(java_script_enabled=False)
    for chart in ("time", "cumulative", "company", "size"):
        page.goto(f"{JANUARY}&chart={chart}")
        figure = page.locator("figure.figure")
        assert not figure.locator(".canvas").is_visible()
        assert not figure.locator(".legend").is_visible()
        figure.locator(".twin > summary").click()
        assert figure.locator("table").is_visible()
        assert figure.locator("tbody tr").count() >= 1


def test_without_scripts_a_phone_opens_its_filters(open_window):
    page = open_window(java_script_enabled=False, **PHONE)
    page.goto("/events/")
    assert not page.locator("#filters").is_visible()
    page.locator(".filters-toggle").click()
    assert page.locator("#filters").is_visible()


# ── On paper ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_paper_what_cannot_be_clicked_is_gone_and_addresses_are_written_out(open_window, site):
    page = open_window(color_scheme="dark")
    page.emulate_media(media="print")
    page.goto(site.addresses["event"])
    assert not page.get_by_role("navigation", name="Main").is_visible()
    assert not page.get_by_role("search").is_visible()
    written = page.locator(".citations a[href^=http]").first.evaluate(
        "(a) => [a.href, getComputedStyle(a, '::after').content]"
    )
    assert written[0] in written[1]
    # Black on white, whatever the screen has.
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.goto(JANUARY)
    assert not page.locator("#filters").is_visible()
    assert page.locator("table.cards tbody tr").first.is_visible()


def test_a_page_prints(open_window):
    page = open_window()
    page.goto(JANUARY)
    page.evaluate(SETTLED)
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("address", ["/events/", "/ai/", "/companies/google/"])
def test_on_a_phone_figures_and_the_words_under_them_end_at_the_right_edge_of_the_card(address, open_window):
    page = open_window(viewport={"width": 390, "height": 844})
    page.goto(address)
    short = page.evaluate(
        """() => [...document.querySelectorAll(".cards tbody tr")].flatMap((row) => {
          const cell = row.querySelector("td.num:not(.rest)"), words = document.createRange();
          words.selectNodeContents(cell);
          const [end, edge] = [words, row].map((box) => box.getBoundingClientRect().right);
          return cell.textContent.trim() && Math.abs(end - edge) > 1 ? [[row.textContent, end, edge]] : [];
        })"""
    )
    assert page.locator(".cards tbody td.num").count() > 3
    assert short == []
