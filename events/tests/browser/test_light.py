"""Light: how much a first visit carries, compressed, over the starter data. Sizes, not times: they hold anywhere."""

import pytest

from events.tests.browser.readers import window

pytestmark = pytest.mark.django_db

KB = 1000
# The first round trip of a new connection carries some 14 kB (ten packets).
HTML, CSS, EVERYTHING = 14 * KB, 12 * KB, 130 * KB


def visit(browser, site, address):
    """What a first visit to the end of the page fetches: (type of resource, bytes on the wire) by address."""
    found = {}
    with window(browser, site) as page:
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        asked = {}
        wire.on("Network.responseReceived", lambda e: asked.update({e["requestId"]: (e["type"], e["response"]["url"])}))
        wire.on("Network.loadingFinished", lambda e: found.update({asked[e["requestId"]]: e["encodedDataLength"]}))
        page.goto(address, wait_until="networkidle")
        # Charts come when they are scrolled to.
        page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        cookies = page.context.cookies()
    return found, cookies


@pytest.mark.parametrize("name", ["start", "events", "January 2024"])
def test_a_first_visit_is_light(browser, site, name):
    fetched, cookies = visit(browser, site, site.addresses[name])

    def sum_of(kind):
        return sum(size for (its, _url), size in fetched.items() if its == kind)

    assert 0 < sum_of("Document") <= HTML
    assert 0 < sum_of("Stylesheet") <= CSS
    assert sum_of("Script") > 0
    assert sum(fetched.values()) <= EVERYTHING, fetched
    assert cookies == []
