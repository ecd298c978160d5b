"""What every site has: who runs it, the data to take along, and the small files for machines."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import OperationalError, connection
from django.test import Client

from events.answers.answer import SUBJECTS
from events.models import EventEdition
from events.publishing import correct
from events.tests.factories import make_event, published
from events.tests.views.conftest import event_url, note_url, published_many
from events.tests.views.reading import body, number, read

pytestmark = pytest.mark.django_db


# ── About ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_installation_that_names_nobody_says_so(client, settings):
    settings.OPERATOR_NAME = settings.CONTACT_EMAIL = settings.CONTACT_URL = ""
    page = read(client.get("/about/"))
    assert "does not name who runs it" in page.one("section", id="operator").text
    assert "names no address to write to" in page.one("section", id="contact").text


def test_who_runs_it_and_how_to_reach_them_come_from_the_settings(client, settings):
    settings.OPERATOR_NAME, settings.CONTACT_EMAIL = "The <b> Society", "desk@example.org"
    settings.CONTACT_URL = "https://example.org/contact"
    page = read(client.get("/about/"))
    assert page.one("section", id="operator").one("p").text == "The <b> Society"
    assert page.one("section", id="contact").links == [
        "/tips/new/",
        "mailto:desk@example.org",
        "https://example.org/contact",
    ]


# ── Data ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_whole_file_is_offered_with_the_rows_that_it_has(client, site):
    offered = read(client.get("/data/")).one("section", id="files").one("tbody").all("tr")
    assert len(offered) == len(SUBJECTS)
    for row, subject in zip(offered, SUBJECTS.values(), strict=True):
        stated = number(row.one("td", css="num").text)
        links = [link for link in row.links if not link.startswith("#")]
        assert {link.partition("?")[0] for link in links} == {
            f"/{subject.stem}.{ending}" for ending in ("csv", "xlsx", "json", "jsonl", "atom")
        }
        for link in links:
            response = client.get(link)
            assert response.status_code == 200, link
            assert int(response.headers["X-Total-Count"]) == stated, link
        assert len([line for line in body(client.get(links[3])).splitlines() if line]) == stated


def test_the_files_hold_every_kind_of_event(client, site):
    (link,) = (a for a in read(client.get("/data/")).links if a.startswith("/events.json?"))
    kinds = {row["counts_as"] for row in client.get(link).json()["rows"]}
    assert kinds == {"cut", "signal", "filing"}
    assert EventEdition.objects.known_on(None).count() == client.get(link).json()["about"]["rows"]


def test_the_files_of_a_day_are_offered_as_known_on_it(client, amazon):
    published(amazon, 10, recorded_on="2024-01-20")
    for day, rows in (("2024-01-19", 0), ("2024-01-20", 1)):
        row = read(client.get(f"/data/?as_of={day}")).one("section", id="files").one("tbody").all("tr")[0]
        assert number(row.one("td", css="num").text) == rows
        assert all(f"as_of={day}" in link for link in row.links if not link.startswith("#"))


def test_every_column_is_explained_in_the_order_of_the_files(client, site):
    tables = read(client.get("/data/")).one("section", id="dictionary").all("table")
    for table, subject in zip(tables, SUBJECTS.values(), strict=True):
        names = [row.all("th")[0].text for row in table.one("tbody").all("tr")]
        assert names == [column.name for column in subject.columns]
        header = body(client.get(f"/{subject.stem}.csv")).lstrip("\ufeff").splitlines()[0]
        assert set(header.split(",")) <= set(names)


def test_licence_citation_and_feeds_are_there(client, site):
    page = read(client.get("/data/"))
    version = re.search(r"Data version ([\d,]+)", page.text)[1]
    assert f"LayoffWatch, data version {version} of" in page.one("blockquote").text
    assert "http://testserver/data/" in page.one("blockquote").text
    assert "https://creativecommons.org/licenses/by/4.0/" in page.links
    feeds = page.one("section", id="feeds").links
    assert {"/events.atom", "/ai.atom", "/corrections.atom"} <= set(feeds)
    assert {client.get(feed).headers["Content-Type"] for feed in feeds} == {"application/atom+xml; charset=utf-8"}


# ── Sitemap and robots ───────────────────────────────────────────────────────────────────────────────────────────────

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def listed(client, address: str) -> dict[str, str]:
    """Addresses of a sitemap, without the host, with the days of their last change."""
    tree = ElementTree.fromstring(body(client.get(address)))
    return {
        node.find("s:loc", NAMES).text.removeprefix("http://testserver"): node.findtext("s:lastmod", "", NAMES)
        for node in tree
    }


def every_address(client) -> dict[str, str]:
    return {a: day for section in listed(client, "/sitemap.xml") for a, day in listed(client, section).items()}


def test_the_sitemap_lists_every_page_and_record_once_and_nothing_withdrawn(client, site):
    found = every_address(client)
    records = {event_url(site.event), event_url(site.whole), note_url(site.note), "/companies/amazon/"}
    assert records <= set(found)
    unlisted = {address for address in site.pages if client.get(address).headers.get("X-Robots-Tag") == "noindex"}
    assert site.frozen in unlisted
    assert set(site.pages) - unlisted - {"/search/"} <= set(found)
    assert not unlisted & set(found)
    assert not {event_url(site.withdrawn), note_url(site.withdrawn_note)} & set(found)
    assert {a: s for a in found if (s := client.get(a).status_code) != 200} == {}


def test_a_records_last_change_is_the_day_of_its_last_edition(client, amazon):
    event = published(amazon, 10)
    EventEdition.objects.filter(record_id=event.pk).update(written_at=datetime(2024, 1, 20, tzinfo=UTC))
    assert listed(client, "/sitemap-events.xml") == {event_url(event): "2024-01-20"}
    assert listed(client, "/sitemap-companies.xml") == {"/companies/amazon/": "2024-01-20"}
    event.summary = "More is known."
    event.save()
    correct(event)
    assert listed(client, "/sitemap-events.xml")[event_url(event)] > "2024-01-20"


def test_a_sitemap_of_many_records_comes_in_several_files(client, amazon, monkeypatch):
    from events import sitemaps

    monkeypatch.setattr(sitemaps.Records, "limit", 2)
    events = published_many(*[make_event(amazon, 5, title=f"Cut {n}") for n in range(5)])
    files = [address for address in listed(client, "/sitemap.xml") if "events" in address]
    assert len(files) == 3
    assert {a for file in files for a in listed(client, file)} == {event_url(event) for event in events}


def test_the_sitemap_shows_no_draft_and_no_company_that_only_drafts_name(client, site, drafts):
    assert not [address for address in every_address(client) if drafts.lower() in address.lower()]


def test_a_sitemap_that_is_not_there_is_a_404(client, db):
    for address in ("/sitemap-people.xml", "/sitemap-events.xml?p=2", "/sitemap-events.xml?p=x"):
        assert client.get(address).status_code == 404


def test_robots_may_read_pages_and_files_but_neither_the_desk_nor_views_by_filter(client, db):
    """By RFC 9309: the longest rule that fits decides, and * stands for anything."""
    lines = [line.partition(": ") for line in body(client.get("/robots.txt")).splitlines()]
    rules = [(len(path), name == "Allow", path) for name, _, path in lines if name in ("Allow", "Disallow")]

    def may(address):
        fits = [r for r in rules if re.match(re.escape(r[2]).replace(r"\*", ".*"), address)]
        return max(fits)[1] if fits else True

    for address in ("/", "/events/", "/events/1-x/", "/companies/amazon/", "/events.csv", "/sitemap-events.xml?p=2"):
        assert may(address), address
    for address in (
        "/admin/",
        "/events/?sector=media",
        "/companies/?order=name",
        "/search/?q=x",
        "/events/1-x/?as_of=2024",
    ):
        assert not may(address), address
    (sitemap,) = (path for name, _, path in lines if name == "Sitemap")
    assert client.get(sitemap.removeprefix("http://testserver")).status_code == 200


# ── For machines that look after the site ────────────────────────────────────────────────────────────────────────────


def test_the_security_contact_is_of_the_settings_and_holds_for_less_than_a_year(client, settings):
    settings.CONTACT_EMAIL, settings.CONTACT_URL = "desk@example.org", "https://example.org/contact"
    response = client.get("/.well-known/security.txt", secure=True)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in body(response).splitlines()]
    assert [value for name, value in fields if name == "Contact"] == [
        "mailto:desk@example.org", "https://example.org/contact"
    ]  # fmt: skip
    (expires,) = (value for name, value in fields if name == "Expires")
    left = datetime.fromisoformat(expires) - datetime.now(UTC)
    assert timedelta(days=90) < left < timedelta(days=365)
    assert ["Canonical", "https://testserver/.well-known/security.txt"] in fields


@pytest.mark.parametrize("url", ["", "http://example.org/contact"])
def test_without_a_contact_that_counts_there_is_no_security_file(client, settings, url):
    settings.CONTACT_EMAIL, settings.CONTACT_URL = "", url
    assert client.get("/.well-known/security.txt").status_code == 404


def test_health_says_the_version_of_the_data(client, amazon):
    before = body(client.get("/healthz"))
    published(amazon, 100)
    assert before != body(client.get("/healthz"))
    assert before.startswith("ok")


def test_without_a_database_health_is_503_in_plain_text(client, db):
    def gone(*args):
        raise OperationalError("unable to open database file")

    with connection.execute_wrapper(gone):
        response = client.get("/healthz")
    assert response.status_code == 503
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert body(response) == "The database cannot be read.\n"


@pytest.mark.parametrize(
    ("address", "kind", "begins"),
    [("/favicon.ico", "image/x-icon", b"\x00\x00\x01\x00"), ("/apple-touch-icon.png", "image/png", b"\x89PNG")],
)
def test_icons_are_where_browsers_look_for_them(address, kind, begins):
    response = Client().get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] in (kind, "image/vnd.microsoft.icon")
    assert b"".join(response.streaming_content).startswith(begins)
