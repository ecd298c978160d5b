"""Every kind of page is valid HTML, by the word of html-validate (npm), and holds to its rules of accessibility."""

import json
import subprocess

import pytest

from events.tests.views.conftest import event_url, note_url
from events.tests.views.reading import body

pytestmark = pytest.mark.django_db


def found_wrong(html_validator, pages: dict[str, str]) -> dict[str, list[str]]:
    run = subprocess.run(html_validator, input=json.dumps(pages), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_every_kind_of_page_is_valid_html(client, site, html_validator):
    addresses = [
        *site.pages,
        event_url(site.withdrawn),
        note_url(site.withdrawn_note),
        "/companies/twitch/",
        "/no/such/page/",
        "/search/?q=amazon",
        "/search/?q=nothing-like-it",
        "/events/?q=nothing-like-it",
        "/events/?company=amazon&announced_after=2024-01&order=-people",
        "/events/?people_min=x&contry=US",
        "/ai/?kind=x",
        "/companies/?q=amazon",
        "/layoffs-and-ai/?months_before=x",
        "/totals/?as_of=2999-01-01",
        f"{event_url(site.event)}?as_of=2999-01-01",
    ]
    pages = {address: body(client.get(address)) for address in addresses}
    pages["PUT /about/"] = body(client.put("/about/"))
    assert found_wrong(html_validator, pages) == {}


def test_pages_of_the_starter_data_are_valid_html(client, starter, html_validator):
    addresses = ["/", "/events/", "/events/?announced_after=2024-01&announced_before=2024-01", "/ai/", "/totals/",
                 "/companies/", "/companies/alphabet/", "/companies/amazon/?announced_after=2024&announced_before=2024",
                 "/layoffs-and-ai/", "/data/changes/", "/methodology/", "/search/?q=google"]  # fmt: skip
    assert found_wrong(html_validator, {a: body(client.get(a)) for a in addresses}) == {}


def test_what_is_not_valid_is_found(html_validator):
    wrong = {
        "crossed": "<p><div>x</div></p>",
        "twice": '<p id="a">x</p><p id="a">y</p>',
        "no words": '<img src="/x.png">',
        "no name": '<form><input type="text" name="q"></form>',
    }
    head = '<!doctype html><html lang="en"><head><title>x</title></head>'
    wrong = {name: f"{head}<body>{text}</body></html>" for name, text in wrong.items()}
    assert found_wrong(html_validator, wrong).keys() == wrong.keys()
