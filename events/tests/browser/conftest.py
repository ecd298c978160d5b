"""A real browser for the tests in this folder: Debian's Chromium, driven by Playwright."""

import os
from urllib.parse import urlsplit

import pytest

# Playwright's loop makes Django think that the test is asynchronous; it is not.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Runs in every page before its own scripts: what the content security policy forbids, with its place.
WATCH = """
window.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


@pytest.fixture(scope="session")
def browser(chromium):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(chromium, django_db_setup, django_db_blocker):
    """A server with the starter data, and an address of each kind of page there."""
    from events.tests.browser.readers import site_with_starter_data

    with django_db_blocker.unblock(), site_with_starter_data() as found:
        yield found


@pytest.fixture
def open_window(browser, site, request):
    """Opens windows on that site that close with the test."""
    from events.tests.browser.readers import window

    def opened(**options):
        context = window(browser, site, **options)
        page = context.__enter__()
        request.addfinalizer(lambda: context.__exit__(None, None, None))
        return page

    return opened


@pytest.fixture(scope="session")
def live_server(request):
    """pytest-django's server, with the static files as production serves them: hashed, by WhiteNoise."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("localhost", start=False)
    server.thread.static_handler = lambda application: application
    server.start()
    yield server
    server.stop()


@pytest.fixture
def public_record(transactional_db):
    """The one row that a migration makes: a test with a server empties the database when it ends."""
    from events.dates import today
    from events.models import PublicRecord

    return PublicRecord.objects.first() or PublicRecord.objects.create(opened_on=today())


@pytest.fixture
def page(browser, live_server, public_record):
    """A page of the live server, which keeps what went wrong on it and on the windows that it opens.

    `page.complaints`: what the security policy forbade, errors of scripts, requests to other hosts. `page.problems`:
    these and everything else that the console says, such as an answer of 404 or 500.
    """
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.problems, page.complaints = [], []
    home = urlsplit(live_server.url).netloc

    def note(text, *, complaint):
        page.problems.append(f"{page.url}: {text}")
        if complaint:
            page.complaints.append(f"{page.url}: {text}")

    def heard(message):
        if message.type in ("error", "warning"):
            note(message.text, complaint="CSP" in message.text or "Content Security Policy" in message.text)

    def asked(request):
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != home:
            note(f"request to another host, {request.url}", complaint=True)

    context.on("console", heard)
    context.on("request", asked)
    context.on("weberror", lambda error: note(error.error, complaint=True))
    yield page
    context.close()
