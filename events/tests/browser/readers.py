"""A site with the starter data for the tests of readers' pages, and what is measured of a page there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from events.answers.answer import SUBJECTS
from events.frozen import freeze
from events.models import AiNote, Company, EventEdition, LayoffEvent, NoteEdition
from events.publishing import withdraw
from events.query import EventQuery
from events.tests.browser.conftest import WATCH
from events.tests.browser.settled import SETTLED
from events.tests.factories import published
from events.tests.views.starter import starter_data_for_a_server

JANUARY = "/events/?announced_after=2024-01-01&announced_before=2024-01-31"

# Adds up what moves by itself while a page loads.
SHIFT = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""

# How far the page reaches beyond the window, and what reaches there; what scrolls by itself may.
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth, beyond = document.documentElement.scrollWidth - wide;
  if (beyond <= 0) return "";
  const names = [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > wide + 1 && !e.closest(".scroll, .hidden"))
    .map((e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute("class") || ""}">`);
  return `${beyond} px beyond: ${[...new Set(names)].slice(0, 4).join(" ")}`;
}"""

CHARTS = """() => [...document.querySelectorAll("figure[data-chart]")].map((figure) => {
  const canvas = figure.querySelector("canvas"), chart = window.Chart?.getChart(canvas);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let painted = 0;
  for (let i = 3; i < data.length; i += 4) painted += data[i] > 0;
  return {
    title: figure.querySelector("h2, h3").textContent,
    rows: figure.querySelectorAll("tbody tr[data-label]").length,
    bars: chart ? chart.data.datasets[0].data.length : -1,
    painted: painted / (canvas.width * canvas.height),
    width: canvas.clientWidth / figure.clientWidth,
    colour: chart?.data.datasets[0].backgroundColor,
    kind: figure.dataset.chart,
    // What others publish is drawn in ink; the intervals behind the sizes of cuts in the tint.
    own: getComputedStyle(document.documentElement).getPropertyValue(
      { published: "--ink", notes: "--ai", sizes: "--people-tint" }[figure.dataset.chart] ?? "--people").trim(),
  };
})"""


@dataclass(frozen=True)
class Site:
    """Where the server answers, and an address of each kind of page."""

    url: str
    addresses: dict[str, str]


@contextmanager
def site_with_starter_data() -> Iterator[Site]:
    from pytest_django.live_server_helper import LiveServer

    with starter_data_for_a_server():
        # Static files as production serves them. The fixture of conftest.py empties the record after each test.
        server = LiveServer("localhost", start=False)
        server.thread.static_handler = lambda application: application
        server.start()
        try:
            yield Site(server.url, _addresses())
        finally:
            server.stop()


def _addresses() -> dict[str, str]:
    gone = published(Company.objects.get(slug="amazon"), 77, title="Amazon closes for good", announced_on="2023-03-03")
    # Frozen before the withdrawal, so that its page has something to tell.
    frozen = freeze(SUBJECTS["events"], EventQuery.from_string("company=amazon"), "http://localhost").get_absolute_url()
    withdraw(gone, "The report was about another company.")

    def event(key: str) -> str:
        record = LayoffEvent.objects.get(origin_key=key)
        return EventEdition.objects.known_on(None).get(record_id=record.pk).get_absolute_url()

    note = AiNote.objects.get(origin_key="gemini-2023-12-06")
    return {
        "start": "/",
        "events": "/events/",
        "January 2024": JANUARY,
        "empty": "/events/?q=nothing-like-it",
        "wrong value": "/events/?people_min=x&contry=US",
        "event": event("google-2024-01-10"),
        "event with a share": event("twitch-2024-01-09"),
        "withdrawn": EventEdition.objects.filter(record_id=gone.pk).latest("number").get_absolute_url(),
        "companies": "/companies/",
        "company": "/companies/amazon/",
        "company, one year": "/companies/amazon/?announced_after=2024-01-01&announced_before=2024-12-31",
        "layoffs beside AI": "/layoffs-and-ai/",
        "notes": "/ai/",
        "note": NoteEdition.objects.known_on(None).get(record_id=note.pk).get_absolute_url(),
        "totals": "/totals/",
        "methodology": "/methodology/",
        "search": "/search/?q=goo",
        "corrections": "/corrections/",
        "data": "/data/",
        "changes": "/data/changes/",
        "week": "/data/changes/2024-W03/",
        "about": "/about/",
        "tip": "/tips/new/",
        "tip about a company": "/tips/new/?company=amazon",
        "tip about nothing": "/tips/new/?event=0",
        "tip sent": "/tips/sent/0123456789/",
        "frozen": frozen,
        "frozen views": "/cite/",
        "embed": "/embed/events/?announced_after=2023",
        "embed of a company": "/embed/companies/amazon/",
        "embed of a frozen view": f"/embed{frozen}",
        "unknown": "/no/such/page/",
    }


@contextmanager
def window(browser: Any, site: Site, **options: Any) -> Iterator[Any]:
    """A page in a window of its own, which keeps what went wrong on it in `page.problems`."""
    options = {"viewport": {"width": 1280, "height": 900}, "base_url": site.url, "locale": "en-GB", **options}
    context = browser.new_context(**options)
    context.set_default_timeout(10_000)
    context.add_init_script(WATCH)
    context.add_init_script(SHIFT)
    page = context.new_page()
    page.problems = []

    def heard(message: Any) -> None:
        # That the page itself is a 400, 404 or 410 is no fault.
        own = message.location.get("url", "") == page.url and "Failed to load resource" in message.text
        # The tests read charts back, pages do not.
        own = own or "willReadFrequently" in message.text
        if message.type in ("error", "warning") and not own:
            page.problems.append(message.text)

    def asked(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(site.url).netloc:
            page.problems.append(f"request to another host: {request.url}")

    def answered(response: Any) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type != "document"):
            page.problems.append(f"{response.status}: {response.url}")

    context.on("console", heard)
    context.on("request", asked)
    context.on("response", answered)
    context.on("weberror", lambda error: page.problems.append(str(error.error)))
    yield page
    context.close()


def overflow(page: Any) -> str:
    return page.evaluate(OVERFLOW)


@dataclass
class Visit:
    """What was seen of one page."""

    status: int
    overflow: str
    shifted: float
    problems: list[str]
    charts: list[dict[str, Any]] = field(default_factory=list)


def visit_all(browser: Any, site: Site, **options: Any) -> dict[str, Visit]:
    """Every kind of page, once, in one window."""
    found = {}
    with window(browser, site, **options) as page:
        for name, address in site.addresses.items():
            page.problems.clear()
            status = page.goto(address).status
            page.evaluate(SETTLED)
            charts = page.evaluate(CHARTS)
            found[name] = Visit(status, overflow(page), page.evaluate("window.shifted"), [*page.problems], charts)
    return found
