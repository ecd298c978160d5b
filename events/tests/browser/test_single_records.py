"""Pages of single records in Chromium: copying a citation, linked data under the policy, editions on paper."""

import pytest

from events.publishing import correct
from events.tests.factories import make_company, published
from events.tests.views.conftest import event_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def corrected(public_record):
    event = published(make_company("Amazon"), 100, title="Amazon cuts jobs")
    event.people_low = event.people = event.people_high = 60
    event.save()
    correct(event, "The report was corrected.")
    return event_url(event)


def test_a_citation_is_copied_and_the_button_says_so(page, corrected):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(corrected)
    page.get_by_text("Cite this").click()
    page.get_by_role("button", name="Copy BibTeX").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("@misc{layoffwatch-event-")
    assert page.complaints == []


def test_linked_data_runs_nowhere_and_the_policy_has_nothing_to_say(page, corrected):
    page.goto(corrected)
    text = page.locator("script[type='application/ld+json']").evaluate("(script) => JSON.parse(script.textContent)")
    assert text["@context"] == "https://schema.org"
    assert page.problems == []


def test_on_paper_the_editions_and_how_to_cite_are_there(page, corrected):
    page.emulate_media(media="print")
    page.goto(corrected)
    assert page.locator(".steps del").is_visible()
    assert page.locator("#cite-plain").is_visible()
    assert not page.locator("#cite-bibtex").is_visible()
    assert not page.get_by_role("button", name="Copy").first.is_visible()
