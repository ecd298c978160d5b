"""Figures in a page of another site: drawn there, as wide as their frame, by the system's colours; nothing else is."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from events.tests.browser.readers import overflow

pytestmark = pytest.mark.django_db

DRAWN = """() => {
  const canvas = document.querySelector("canvas"), chart = window.Chart?.getChart(canvas);
  if (!chart || !canvas.width) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
  return painted > 0.01 * canvas.width * canvas.height && chart.data.datasets[0].data.length;
}"""


class Newspaper:
    """Another site, at an origin of its own, whose page holds one frame."""

    def __init__(self, home: str) -> None:
        self.home, self.address = home, ""
        paper = self

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                frame = (
                    f'<iframe src="{paper.home}{paper.address}" width="100%" height="600" style="border:0"></iframe>'
                )
                html = f'<!doctype html><meta name="color-scheme" content="light dark"><title>News</title>{frame}'
                self.wfile.write(html.encode())

            def log_message(self, *args: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
        Thread(target=self.server.serve_forever, daemon=True).start()
        # The site is at localhost: another name is another origin, and another site.
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def newspaper(site) -> Iterator[Newspaper]:
    found = Newspaper(site.url)
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def reading(browser):
    """A window of a reader of the newspaper, which keeps what went wrong."""
    contexts = []

    def opened(**options):
        context = browser.new_context(**options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
        return page

    yield opened
    for context in contexts:
        context.close()


def framed(page, newspaper, address):
    """The frame of `address` within the newspaper's page."""
    newspaper.address = address
    page.goto(newspaper.url)
    return page.frames[1]


@pytest.mark.parametrize("kind", ["embed", "embed of a company", "embed of a frozen view"])
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_a_figure_is_drawn_in_another_sites_page(site, newspaper, reading, kind, width, scheme):
    page = reading(viewport={"width": width, "height": 800}, color_scheme=scheme)
    frame = framed(page, newspaper, site.addresses[kind])
    frame.wait_for_function(DRAWN)
    assert frame.locator("footer").get_by_role("link").is_visible()
    assert overflow(frame) == ""
    paper = frame.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"dark": "rgb(19, 21, 24)", "light": "rgb(251, 250, 247)"}[scheme]
    assert [problem for problem in page.problems if "favicon" not in problem] == []
    assert page.context.cookies() == []


def test_a_figure_follows_its_frame_and_the_systems_colours(site, newspaper, reading):
    page = reading(viewport={"width": 1000, "height": 800}, color_scheme="light")
    frame = framed(page, newspaper, site.addresses["embed"])
    frame.wait_for_function(DRAWN)
    page.set_viewport_size({"width": 420, "height": 800})
    frame.wait_for_function("() => document.querySelector('canvas').clientWidth < 420")
    colour = "() => Chart.getChart(document.querySelector('canvas')).data.datasets[0].backgroundColor"
    light = frame.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    frame.wait_for_function(f"(light) => ({colour})() !== light", arg=light)


def test_the_link_of_a_figure_opens_its_page_beside_the_newspaper(site, newspaper, reading):
    page = reading(viewport={"width": 1000, "height": 800})
    frame = framed(page, newspaper, site.addresses["embed"])
    with page.expect_popup() as opened:
        frame.locator("footer").get_by_role("link").click()
    assert opened.value.url.startswith(f"{site.url}/events/?announced_after=2023")
    assert page.url == newspaper.url


@pytest.mark.parametrize("kind", ["events", "frozen", "frozen views", "start"])
def test_no_other_page_of_the_site_opens_in_a_frame(site, newspaper, reading, kind):
    page = reading(viewport={"width": 1000, "height": 800})
    frame = framed(page, newspaper, site.addresses[kind])
    page.wait_for_load_state("networkidle")
    assert not frame.url.startswith(site.url)
    assert any("frame" in problem for problem in page.problems)


def test_a_reader_freezes_what_is_shown_and_comes_to_its_page(open_window):
    for script in (True, False):
        page = open_window(java_script_enabled=script)
        page.goto("/events/?company=twitch")
        page.get_by_role("button", name="Cite this").click()
        page.wait_for_url("**/cite/*/")
        assert "Twitch" in page.get_by_role("heading", level=1).inner_text()
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV as frozen").click()
        assert download.value.suggested_filename.endswith(f"{page.url.rstrip('/').rpartition('/')[2]}.csv")
        assert page.problems == []
    assert page.context.cookies() == []
