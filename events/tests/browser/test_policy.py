"""The content security policy holds where a browser enforces it: no readers' page asks for what it forbids."""

from events.tests.addresses import plain_addresses


def test_readers_pages_keep_to_the_policy(page):
    for address in plain_addresses("text/html"):
        page.goto(address)
    assert page.complaints == []
