"""Links in files, in every layout that has a column of them: only addresses of the web become sources."""

import pytest

from events.imports.layouts import LAYOUTS
from events.imports.layouts.cells import link
from events.models import Citation, Source
from events.tests.factories import make_company, published
from events.tests.imports.files import as_csv, register, tech
from events.tests.imports.test_notes import models
from events.tests.imports.test_own_events import away, download

pytestmark = pytest.mark.django_db

BAD = ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example/", "ftp://paper.example/x"]


def ours(client, bad):
    """Our own list, with `bad` in the place of the only source's address."""
    file = away(lambda: published(make_company("Acme"), 120), lambda: download(client)).decode()
    (url,) = {word for word in file.replace(",", " ").split() if word.startswith("https://paper.example/")}
    return file.replace(url, f'"{bad}"')


FILES = {
    "tech-list": lambda client, bad: tech({"source": bad}),
    "warn-register": lambda client, bad: register({"source_url": bad}),
    "ai-models": lambda client, bad: models({"Link": f"{bad}\nhttps://maker.example/big"}),
    "layoffwatch-events": ours,
    "mapped": lambda client, bad: as_csv("Firm,When,Page", [{"Firm": "Acme", "When": "2024-03-14", "Page": bad}]),
}


def test_every_layout_with_links_is_tried():
    linked = {name for name, layout in LAYOUTS.items() if {"link", "urls"} & {column.to for column in layout.columns}}
    assert linked | {"mapped"} == set(FILES)
    assert any(column.read is link for column in LAYOUTS["tech-list"].columns)


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("layout", FILES)
def test_what_is_no_address_of_the_web_is_no_source(load, client, layout, bad):
    mapping = ["Firm=company", "When=announced_on", "Page=source"] if layout == "mapped" else []
    assert load(FILES[layout](client, bad), mapping=mapping).new == 1
    # Its row is cited all the same: to the file, or to what else it links to.
    assert Citation.objects.exists()
    assert {url for url in Source.objects.values_list("url", flat=True) if not url.startswith("https://")} <= {""}
    assert not Source.objects.filter(url__contains=bad).exists()
