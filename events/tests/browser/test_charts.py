"""Charts in a browser: read by keyboard and finger, a range marked, a picture taken, in the dark and on paper."""

import re
import struct
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from events.tests.browser.readers import CHARTS, SETTLED, overflow, window

# Without the mark no test database is made when these tests run alone.
pytestmark = pytest.mark.django_db

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
YEAR = "/events/?announced_after=2023-01&announced_before=2023-12"
# Where the bar of a month stands, from the edges of its canvas.
PLACE = """(i) => {
  const chart = Chart.getChart(document.querySelector("canvas")), bar = chart.getDatasetMeta(0).data[i];
  return { x: bar.x, y: (chart.chartArea.top + chart.scales.y.getPixelForValue(0)) / 2 };
}"""
# The first of a period's stack of notes, in the middle of the chart.
NOTE_PLACE = """(i) => {
  const chart = Chart.getChart(document.querySelector("canvas"));
  return { x: chart.getDatasetMeta(0).data[i].x, y: (chart.chartArea.top + chart.chartArea.bottom) / 2 };
}"""
# Of each dashed mark and of each arrow the middle across its bar, and how far it reaches along it.
INTERVALS = """() => {
  const chart = Chart.getChart(document.querySelector("canvas")), { ctx } = chart;
  const native = CanvasRenderingContext2D.prototype;
  const flat = chart.options.indexAxis === "y", marks = [], arrows = [];
  let points = [];
  ctx.beginPath = () => { points = []; native.beginPath.call(ctx); };
  ctx.moveTo = (x, y) => { points.push(flat ? [x, y] : [-y, x]); native.moveTo.call(ctx, x, y); };
  ctx.lineTo = (x, y) => { points.push(flat ? [x, y] : [-y, x]); native.lineTo.call(ctx, x, y); };
  ctx.stroke = (...path) => {
    const dash = ctx.getLineDash().join(), ends = points.map(([, across]) => across);
    const across = (Math.min(...ends) + Math.max(...ends)) / 2;
    const found = { along: Math.max(...points.map(([along]) => along)), across };
    if (dash === "2,1.5") marks.push(found); else if (points.length === 6) arrows.push(found);
    native.stroke.call(ctx, ...path);
  };
  chart.draw();
  return [marks, arrows];
}"""
COLOUR = "() => Chart.getChart(document.querySelector('canvas')).data.datasets[0].backgroundColor"
SAID = ".canvas [aria-live]"


@pytest.fixture
def open_page(open_window):
    """Opens an address in a window that closes with the test, and waits for its charts."""

    def opened(address, **options):
        page = open_window(**options)
        page.goto(address)
        page.evaluate(SETTLED)
        return page

    return opened


def ends_of(page, first, last, place=PLACE):
    """Where two bars stand in the window, the chart in its middle."""
    page.locator("canvas").evaluate("(canvas) => canvas.scrollIntoView({ block: 'center' })")
    box = page.locator("canvas").bounding_box()
    ends = [page.evaluate(place, i) for i in (first, last)]
    return [(box["x"] + end["x"], box["y"] + end["y"]) for end in ends]


def drag(page, first, last, place=PLACE):
    (x, y), (to, _) = ends_of(page, first, last, place)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + to) / 2, y)
    page.mouse.move(to, y)


def draw_with_a_finger(page, *places):
    """A finger that comes down at the first place, goes on to the others and leaves: as the screen reports it."""
    wire = page.context.new_cdp_session(page)

    def touch(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", places[0])
    for (x, y), (to_x, to_y) in pairwise(places):
        for step in range(1, 6):
            touch("touchMove", (x + (to_x - x) * step / 5, y + (to_y - y) * step / 5))
    touch("touchEnd")


FIGURES = [
    *(f"/events/?chart={name}" for name in ("time", "cumulative", "company", "sector", "country", "size")),
    *(f"/ai/?chart={name}" for name in ("time", "kind", "company")), "/companies/",
]  # fmt: skip


@pytest.mark.parametrize("options", [{}, {**PHONE, "color_scheme": "dark"}], ids=["1280", "390, dark"])
def test_every_figure_is_drawn_and_none_is_wider_than_the_window(options, open_page):
    page = open_page("/events/", **options)
    for address in FIGURES:
        page.goto(address)
        page.evaluate(SETTLED)
        (chart,) = page.evaluate(CHARTS)
        assert chart["painted"] > 0.01, address
        assert 0.9 < chart["width"] <= 1, address
        assert overflow(page) == ""
        assert page.evaluate("window.shifted") < 0.02, address
    assert page.problems == []


def test_the_arrow_keys_read_the_values_and_enter_opens_one(open_page):
    page = open_page(YEAR)
    page.locator(".canvas").focus()
    page.keyboard.press("ArrowRight")
    said = page.locator(SAID).inner_text()
    row = page.locator("tbody tr[data-label]").first
    assert said.startswith("January 2023: ")
    # Word for word what the table has, under its headings.
    assert f"People known: {int(row.get_attribute('data-value')):,}" in said
    assert f"Cuts: {int(row.get_attribute('data-events')):,}" in said
    assert page.evaluate("() => Chart.getChart(document.querySelector('canvas')).tooltip.opacity") == 1
    page.keyboard.press("End")
    assert page.locator(SAID).inner_text().startswith("December 2023: ")
    page.keyboard.press("Escape")
    assert page.locator(SAID).inner_text() == ""
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**announced_after=2023-02-01&announced_before=2023-02-28**")
    assert page.problems == []


@pytest.mark.parametrize("address", [FIGURES[at] for at in (1, 2, 5, 6, 7, 9)])
def test_every_figure_is_read_by_keyboard(address, open_page):
    page = open_page(address)
    page.locator(".canvas").focus()
    drawn = page.locator("tbody tr[data-label]:not([data-undrawn])")
    for key, n in (("Home", 0), ("ArrowRight", 1), ("End", drawn.count() - 1)):
        page.keyboard.press(key)
        label = drawn.nth(n).locator("th a").text_content()
        assert page.locator(SAID).inner_text().startswith(f"{label}: ")
    assert page.problems == []


def test_shift_and_the_arrow_keys_mark_a_range(open_page):
    page = open_page(YEAR)
    page.locator(".canvas").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    assert page.locator(SAID).inner_text() == "January 2023 to March 2023 marked, Enter opens"
    page.keyboard.press("Enter")
    page.wait_for_url("**announced_after=2023-01-01&announced_before=2023-03-31**")


def test_a_range_that_is_dragged_becomes_the_view(open_page):
    page = open_page(f"{YEAR}&sector=consumer&grain=month")
    drag(page, 1, 4)
    page.mouse.up()
    page.wait_for_url("**announced_before=2023-05-31**")
    asked = parse_qs(urlsplit(page.url).query)
    assert asked == {
        "announced_after": ["2023-02-01"],
        "announced_before": ["2023-05-31"],
        "sector": ["consumer"],
        "grain": ["month"],
    }
    assert page.problems == []


def test_escape_lets_go_of_a_range(open_page):
    page = open_page(YEAR)
    before = page.url
    drag(page, 4, 1)
    assert page.evaluate("() => Chart.getChart(document.querySelector('canvas')).$range") == [1, 4]
    page.keyboard.press("Escape")
    page.mouse.up()
    page.evaluate(SETTLED)
    assert page.evaluate("() => Chart.getChart(document.querySelector('canvas')).$range") is None
    assert page.url == before


def test_who_listens_is_asked_before_the_page_is_left(open_page):
    page = open_page(YEAR)
    page.evaluate(
        "() => document.addEventListener('explorer:go', (event) => {"
        "event.preventDefault(); window.asked = event.detail; })"
    )
    drag(page, 0, 1)
    page.mouse.up()
    assert page.evaluate("window.asked") == "/events/?announced_after=2023-01-01&announced_before=2023-02-28"
    assert page.url.endswith(YEAR)


@pytest.mark.parametrize("phone", [False, True], ids=["by mouse", "by finger"])
def test_a_range_of_notes_becomes_the_notes_of_these_quarters(phone, open_page):
    page = open_page("/ai/?dated_after=2023&plan_or_actual=plan", **(PHONE if phone else {}))
    page.locator("canvas").scroll_into_view_if_needed()
    if phone:
        draw_with_a_finger(page, *ends_of(page, 1, 3, NOTE_PLACE))
    else:
        drag(page, 1, 3, NOTE_PLACE)
        page.mouse.up()
    page.wait_for_url("**dated_before=2023-12-31**")
    assert parse_qs(urlsplit(page.url).query) == {
        "dated_after": ["2023-04-01"], "dated_before": ["2023-12-31"], "plan_or_actual": ["plan"],
    }  # fmt: skip
    page.evaluate(SETTLED)
    (chart,) = page.evaluate(CHARTS)
    assert chart["rows"] == chart["bars"] == 3
    assert page.problems == []


def test_a_range_that_a_finger_draws_becomes_the_view(open_page):
    page = open_page(YEAR, **PHONE)
    page.locator("canvas").scroll_into_view_if_needed()
    draw_with_a_finger(page, *ends_of(page, 1, 4))
    page.wait_for_url("**announced_before=2023-05-31**")
    assert parse_qs(urlsplit(page.url).query) == {
        "announced_after": ["2023-02-01"], "announced_before": ["2023-05-31"],
    }  # fmt: skip
    assert page.problems == []


def test_a_finger_that_scrolls_over_a_chart_marks_nothing(open_page):
    page = open_page(YEAR, **PHONE)
    page.locator("canvas").scroll_into_view_if_needed()
    before, (start, _end) = page.evaluate("scrollY"), ends_of(page, 4, 4)
    draw_with_a_finger(page, start, (start[0] + 5, start[1] - 200), (start[0] + 120, start[1] - 300))
    page.wait_for_function(f"scrollY > {before} + 100")
    assert not page.evaluate("() => Chart.getChart(document.querySelector('canvas')).$range")
    assert page.locator(".canvas.marking").count() == 0
    assert page.url.endswith(YEAR)


def test_a_range_of_a_companys_chart_is_looked_at_more_closely_on_its_page(open_page):
    page = open_page("/companies/amazon/")
    before = page.locator(".canvas.mirror ~ .twin tbody tr").count()
    drag(page, 0, 2)
    page.mouse.up()
    page.wait_for_url("**/companies/amazon/?announced_after=**&announced_before=**")
    assert 0 < page.locator(".canvas.mirror ~ .twin tbody tr").count() < before
    assert page.problems == []


def test_a_finger_sees_the_value_first_and_opens_it_by_a_second_tap(open_page):
    page = open_page(YEAR, **PHONE)
    page.locator("canvas").scroll_into_view_if_needed()
    place = page.evaluate(PLACE, 1)
    page.locator("canvas").tap(position=place)
    assert page.locator(SAID).text_content().startswith("February 2023: ")
    assert "2023-02" not in page.url
    page.locator("canvas").tap(position=place)
    page.wait_for_url("**announced_after=2023-02-01&announced_before=2023-02-28**")


@pytest.mark.parametrize("address", ["/events/?announced_after=2024", "/events/?chart=country"])
def test_the_mark_of_events_without_a_figure_stands_beyond_the_arrow_of_an_open_high(address, open_page):
    page = open_page(address)
    marks, arrows = page.evaluate(INTERVALS)
    beside = [(mark, arrow) for mark in marks for arrow in arrows if abs(mark["across"] - arrow["across"]) < 0.5]
    assert beside, "no bar here has both"
    assert all(mark["along"] > arrow["along"] + 2 for mark, arrow in beside)


@pytest.mark.parametrize("name", ["time", "cumulative", "country", "size"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_is_taken_along_as_a_picture(name, scheme, open_page, tmp_path):
    page = open_page(f"/events/?announced_after=2023&chart={name}", color_scheme=scheme)
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    figure = page.locator("figure").get_attribute("data-name")
    assert download.value.suggested_filename == f"{figure}.png"
    assert figure.startswith("layoffwatch-events-announced-from-1-january-2023-")
    picture = download.value.path().read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1920
    assert 1000 < height < 1600
    assert len(picture) > 20_000
    assert page.problems == []


@pytest.mark.parametrize("address", ["/ai/", "/ai/?chart=kind", "/companies/"])
def test_a_figure_of_notes_or_companies_is_taken_along_as_a_picture(address, open_page):
    page = open_page(address, color_scheme="dark")
    with page.expect_download() as download:
        page.get_by_role("button", name="PNG").click()
    assert download.value.suggested_filename.startswith("layoffwatch-")
    picture = download.value.path().read_bytes()
    assert struct.unpack(">I", picture[16:20]) == (1920,)
    assert len(picture) > 20_000
    assert page.problems == []


def test_links_above_the_figure_of_notes_swap_it_in_place(open_page):
    page = open_page("/ai/?plan_or_actual=plan")
    page.evaluate("window.stays = true")
    page.get_by_role("navigation", name="Figure").get_by_role("link", name="By kind").click()
    page.wait_for_url("**/ai/?plan_or_actual=plan&chart=kind")
    page.evaluate(SETTLED)
    (chart,) = page.evaluate(CHARTS)
    assert chart["rows"] == chart["bars"] > 3
    # A filter keeps the figure; the page was never left.
    page.locator("input[name=plan_or_actual][value=actual]").check()
    page.wait_for_url("**/ai/?plan_or_actual=actual&plan_or_actual=plan&chart=kind")
    assert page.locator("figure").get_attribute("data-chart") == "note-bars"
    assert page.evaluate("window.stays")
    assert page.problems == []


def test_without_scripts_there_is_no_button_for_a_picture_and_nothing_to_focus(browser, site):
    with window(browser, site, java_script_enabled=False) as page:
        page.goto(YEAR)
        assert not page.locator("button.png").is_visible()
        assert page.locator(".canvas[tabindex]").count() == 0


def test_a_switch_to_the_dark_draws_the_chart_anew(open_page):
    page = open_page(YEAR, color_scheme="light")
    light = page.evaluate(COLOUR)
    page.evaluate(
        "() => { document.documentElement.style.setProperty('--people', '#f08e70');"
        "document.dispatchEvent(new Event('themechange')); }"
    )
    assert page.evaluate(COLOUR) == "#f08e70" != light


def test_a_figure_that_is_swapped_in_is_drawn_and_can_be_read(open_page):
    page = open_page(YEAR)
    page.evaluate(
        "async () => { const text = await (await fetch('/events/?chart=sector')).text();"
        "const results = new DOMParser().parseFromString(text, 'text/html').querySelector('#results');"
        "document.querySelector('#results').replaceWith(results);"
        "document.dispatchEvent(new Event('explorer:swapped')); }"
    )
    page.evaluate(SETTLED)
    (chart,) = page.evaluate(CHARTS)
    assert chart["rows"] == chart["bars"] > 3
    assert page.evaluate("() => Object.keys(Chart.instances).length") == 1
    page.locator(".canvas").focus()
    page.keyboard.press("ArrowDown")
    assert "People known: " in page.locator(SAID).inner_text()
    assert page.get_by_role("button", name="PNG").is_visible()
    assert page.problems == []


def test_on_paper_the_colours_are_those_of_paper(open_page):
    page = open_page(YEAR, color_scheme="dark")
    dark = page.evaluate(COLOUR)
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(COLOUR) == "#8f2a14"
    assert page.evaluate("() => Chart.getChart(document.querySelector('canvas')).width") <= 640
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(COLOUR) == dark
    page.evaluate(SETTLED)
    (chart,) = page.evaluate(CHARTS)
    assert 0.95 < chart["width"] <= 1
    assert page.problems == []


def test_links_above_the_figure_show_another(open_page):
    page = open_page(YEAR)
    page.get_by_role("navigation", name="Figure").get_by_role("link", name="Size of cuts").click()
    page.wait_for_url("**chart=size")
    assert page.locator("figure").get_attribute("data-chart") == "sizes"
    page.get_by_role("navigation", name="Figure").get_by_role("link", name="Over time").click()
    page.wait_for_url(re.compile("2023-12-31$"))
    page.get_by_role("navigation", name="Bars by").get_by_role("link", name="Quarter").click()
    page.wait_for_url("**grain=quarter")
    assert page.locator("figure tbody tr[data-label]").count() == 4
