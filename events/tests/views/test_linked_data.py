"""What pages say in the words of schema.org: it can be read, and nothing of it is missing from the page."""

import json
import re
from urllib.parse import urlsplit

import pytest

from events import present
from events.models import Alias
from events.tests.factories import make_company, published, published_note
from events.tests.views.conftest import event_url, note_url
from events.tests.views.reading import body, read

pytestmark = pytest.mark.django_db


def nodes(page) -> dict[str, dict]:
    """The graph of a page by type."""
    (script,) = page.all("script", type="application/ld+json")
    tree = json.loads(script.text)
    assert tree["@context"] == "https://schema.org"
    return {node["@type"]: node for node in tree["@graph"]}


def leaves(value, name=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


def not_shown(page) -> list:
    """Values that a reader of the page does not see, as text, figure or link."""
    head = " ".join(m["content"] for m in page.all("meta"))
    text, links = f"{page.one('main').text} {head}", [urlsplit(link).path for link in page.links]
    found = []
    for kind, node in nodes(page).items():
        for name, value in leaves(node):
            if (kind, name) == ("Dataset", "description"):
                # A sentence of what is shown: how many rows of which filter.
                value = present.whole(int(re.search(r"([\d,]+) rows", value)[1].replace(",", ""))) + " row"
            if name in ("@type", "position", "unitText", "license", "urlTemplate", "query-input", "encodingFormat"):
                continue
            if str(value).startswith("http"):
                ours = urlsplit(value)
                own = [link["href"] for link in page.all("link", rel="canonical")]
                seen = value in own or ours.path in links or ours.path == "/"
            elif isinstance(value, bool) or value in ("LayoffWatch", "people laid off"):
                seen = True
            elif isinstance(value, int):
                seen = present.whole(value) in text
            elif re.fullmatch(r"\d{4}(-\d\d){0,2}", value):
                seen = value in body_of(page)
            else:
                seen = value in text
            if not seen:
                found.append((kind, name, value))
    return found


def body_of(page) -> str:
    return " ".join([e["datetime"] for e in page.all("time")] + [page.text])


def test_an_event_is_an_observation_with_its_ends_sources_and_dates(client, amazon):
    event = published(amazon, (950, 1000, 1100), wording="around a thousand", title="Amazon cuts </script> & jobs")
    page = read(client.get(event_url(event)))
    found = nodes(page)
    observed = found["WebPage"]["mainEntity"]
    assert (observed["minValue"], observed["value"], observed["maxValue"]) == (950, 1000, 1100)
    assert observed["observationAbout"]["name"] == "Amazon"
    assert observed["observationDate"] == "2024-01-10"
    assert found["WebPage"]["name"] == "Amazon cuts </script> & jobs"
    assert [cited["publisher"]["name"] for cited in found["WebPage"]["citation"]] == ["The Paper"]
    assert [i["name"] for i in found["BreadcrumbList"]["itemListElement"]] == [
        "LayoffWatch", "Amazon", "Amazon cuts </script> & jobs",
    ]  # fmt: skip
    assert "</script> & jobs" not in body(client.get(event_url(event))).partition("<main")[0].partition("ld+json")[2]


def test_a_share_or_nothing_is_no_value_and_a_withdrawn_figure_none(client, site, amazon):
    assert "mainEntity" not in nodes(read(client.get(event_url(published(amazon, None)))))["WebPage"]
    assert "mainEntity" not in nodes(read(client.get(event_url(site.withdrawn))))["WebPage"]


def test_nothing_is_said_that_the_page_does_not_show(client, site):
    Alias.objects.create(company=site.amazon, name="Amazon.com")
    site.amazon.wikidata_id = "Q3884"
    site.amazon.save()
    for address in (
        event_url(site.event),
        event_url(site.whole),
        note_url(site.note),
        "/companies/amazon/",
        "/events/",
        "/ai/",
    ):
        assert not_shown(read(client.get(address))) == [], address


def test_a_company_names_owners_and_owned_of_today_and_only_what_is_known_elsewhere(client, site):
    found = nodes(read(client.get("/companies/twitch/")))["WebPage"]["mainEntity"]
    assert found["parentOrganization"]["name"] == "Amazon"
    assert "sameAs" not in found
    site.twitch.wikidata_id = "Q2464416"
    site.twitch.save()
    found = nodes(read(client.get("/companies/twitch/")))["WebPage"]["mainEntity"]
    assert found["sameAs"] == ["https://www.wikidata.org/wiki/Q2464416"]


def test_a_list_is_a_data_set_whose_files_can_be_fetched(client, site):
    found = nodes(read(client.get("/events/?company=amazon")))["Dataset"]
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    files = {file["encodingFormat"]: file["contentUrl"] for file in found["distribution"]}
    assert files["text/csv"] == "http://testserver/events.csv?company=amazon"
    for address in files.values():
        parts = urlsplit(address)
        assert client.get(f"{parts.path}?{parts.query}").status_code == 200


def test_the_start_page_says_how_the_site_is_searched(client, site):
    found = nodes(read(client.get("/")))["WebSite"]
    assert found["potentialAction"]["target"]["urlTemplate"] == "http://testserver/search/?q={search_term_string}"


def test_a_company_of_many_events_shows_the_latest_and_leads_to_all(client, db):
    from events.tests.factories import make_event
    from events.tests.views.conftest import published_many

    firm = make_company("Firm")
    published_many(*[make_event(firm, 1 + n) for n in range(60)])
    for _ in range(12):
        published_note([(firm, "maker")])
    page = read(client.get("/companies/firm/"))
    events, notes = page.all("table", css="cards")
    assert len(events.one("tbody").all("tr")) == 20
    assert len(notes.one("tbody").all("tr")) == 10
    assert "All 60 events in the explorer" in page.text
    assert "All 12 notes in the explorer" in page.text
    assert "/ai/?company=firm" in page.links
    feeds = {link["href"] for link in page.all("link", rel="alternate", type="application/atom+xml")}
    assert feeds == {"/events.atom?company=firm", "/ai.atom?company=firm"} <= set(page.links)
