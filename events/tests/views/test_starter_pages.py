"""The starter data as readers meet it: every page, every citation, and the file that is what the page says."""

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from django.test import Client

from events.imports.starter import DATA_DIR
from events.models import AiNote, EventEdition, LayoffEvent, NoteEdition, Source
from events.tests.addresses import plain_addresses
from events.tests.views.conftest import event_url, note_url
from events.tests.views.reading import Element, body, interval, keys, number, read
from events.tests.views.test_every_page import inline

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter")]

JANUARY = "announced_after=2024-01-01&announced_before=2024-01-31"


def entries(name: str) -> list[dict]:
    """The entries of the starter data's files, read here by themselves: days stay text."""
    paths = sorted((DATA_DIR / name).glob("*.yaml")) or [DATA_DIR / f"{name}.yaml"]
    return [entry for path in paths for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)]


def sources() -> dict[str, dict]:
    found = {}
    for name in ("sources", "note_sources"):
        found |= yaml.load((DATA_DIR / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return found


def missing(page, entry: dict, known: dict[str, dict]) -> list[str]:
    """What of an entry's citations its page does not show: address, publisher, quote."""
    lacking = []
    for citation in entry["citations"]:
        source = known[citation["source"]]
        quote = " ".join(citation.get("quote", "").split())
        if source["url"] not in page.links:
            lacking.append(source["url"])
        if source["publisher"] not in page.text:
            lacking.append(source["publisher"])
        if quote and f"“{quote}”" not in page.text:
            lacking.append(quote)
    return lacking


class Pages:
    """The site's pages, each asked once."""

    def __init__(self) -> None:
        self.client = Client()
        self.found: dict[str, tuple[int, Element]] = {}

    def __getitem__(self, address: str) -> Element:
        return self.answer(address)[1]

    def answer(self, address: str) -> tuple[int, Element]:
        if address not in self.found:
            response = self.client.get(address)
            self.found[address] = response.status_code, read(response)
        return self.found[address]

    def all(self) -> dict[str, tuple[int, Element]]:
        """Every page of the site, and of whatever company a page links to."""
        records = [*EventEdition.objects.known_on(None), *NoteEdition.objects.known_on(None)]
        left = [*plain_addresses("text/html"), *(record.get_absolute_url() for record in records)]
        found = {}
        while left:
            address = left.pop()
            found[address] = self.answer(address)
            companies = {link for link in self[address].links if re.fullmatch("/companies/[^/?#]+/", link)}
            left += companies - found.keys() - set(left)
        return found


@pytest.fixture(scope="module")
def pages(starter):
    return Pages()


# ── Every page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_page_of_every_record_is_sound_and_every_link_to_a_record_leads_to_one(pages):
    found = pages.all()
    assert len(found) > 350
    assert {address: status for address, (status, _) in found.items() if status != 200} == {}
    assert {address: wrong for address, (_, page) in found.items() if (wrong := inline(page))} == {}
    # The insides of a template or of the code.
    insides = re.compile(r"\{\{|\{%|<QuerySet|object at 0x|\bNone\b|\bnan\b")
    assert {
        address: insides.findall(page.text) for address, (_, page) in found.items() if insides.search(page.text)
    } == {}
    records = re.compile(r"/(events|ai|companies)/[^/?#]+/")
    linked = {re.split("[?#]", link)[0] for _, page in found.values() for link in page.links if records.match(link)}
    assert len(linked) > 300
    assert linked - found.keys() == set()


def test_no_link_of_the_main_views_leads_nowhere(client, pages):
    views = [
        page for address in ("/", "/events/", "/companies/", "/ai/", "/companies/amazon/") for page in [pages[address]]
    ]
    views.append(read(client.get(f"/events/?{JANUARY}")))
    links = {link for page in views for link in page.links if "?" in link and not urlsplit(link).netloc}
    # One of each set of parameters: what differs in the values alone is the same kind of link.
    kinds = {tuple(parse_qs(urlsplit(link).query)): link for link in links if link.startswith("/")}
    assert len(kinds) > 5
    assert {link: status for link in kinds.values() if (status := client.get(link).status_code) != 200} == {}


# ── Every citation (cases.md 23) ─────────────────────────────────────────────────────────────────────────────────────


def test_every_citation_of_every_event_stands_on_its_page(pages):
    known, by_key = sources(), {event.origin_key: event for event in LayoffEvent.objects.all()}
    found = {e["key"]: missing(pages[event_url(by_key[e["key"]])], e, known) for e in entries("events")}
    assert {key: lacking for key, lacking in found.items() if lacking} == {}


def test_every_citation_of_every_note_stands_on_its_page(pages):
    known, by_key = sources(), {note.origin_key: note for note in AiNote.objects.all()}
    found = {e["key"]: missing(pages[note_url(by_key[e["key"]])], e, known) for e in entries("notes")}
    assert {key: lacking for key, lacking in found.items() if lacking} == {}


def test_every_citation_of_every_published_total_stands_on_the_page_of_totals(pages):
    page, known = pages["/totals/"], sources()
    assert {e["key"]: lacking for e in entries("totals") if (lacking := missing(page, e, known))} == {}


def test_every_citation_of_every_headcount_stands_on_its_companys_page(pages):
    known = sources()
    found = {e["key"]: missing(pages[f"/companies/{e['company']}/"], e, known) for e in entries("headcounts")}
    assert {key: lacking for key, lacking in found.items() if lacking} == {}


def test_every_link_to_a_source_is_of_the_web(client):
    assert Source.objects.count() > 300
    assert not Source.objects.exclude(url__startswith="https://").exclude(url__startswith="http://").exists()


# ── January 2024 ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("company", "people", "words", "publisher"),
    [
        ("Google", "≈ 1,000", "“around a thousand”", "The Verge"),
        ("Google", "200–900", "“a few hundred”", ""),
        ("Amazon", "200–900", "“several hundred”", "UPI"),
        ("Twitch", "≥ 500", "35 % of staff", "UPI"),
        ("Audible", "≥ 100", "5 % of staff", "Variety"),
        ("YouTube", "100", "1.4 % of staff", ""),
        ("Microsoft", "1,900", "8 % of staff", ""),
    ],
)
def test_january_2024_holds_the_cuts_of_the_first_article_each_with_its_source(
    client, company, people, words, publisher
):
    page = read(client.get(f"/events/?{JANUARY}"))
    rows = [
        row for row in page.one("table", css="cards").one("tbody").all("tr")
        if row.one("th").all("a")[0].text == company and people in row.text and words in row.text
    ]  # fmt: skip
    assert len(rows) == 1
    source = rows[0].all("td")[-1]
    assert source.links[0].startswith("https://")
    assert publisher in source.text


def test_january_2024_says_what_it_is_and_names_the_signal(client):
    page = read(client.get(f"/events/?{JANUARY}"))
    assert page.one("h1").text == "Layoff events announced in January 2024"
    assert "1 signal of more to come" in keys(page)[1].how
    assert "a year before:" in keys(page)[0].how


def test_the_start_page_leads_to_january_2024(client):
    assert f"/events/?{JANUARY}" in read(client.get("/")).links


# ── The file is the page ─────────────────────────────────────────────────────────────────────────────────────────────


def file_rows(client, string: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client.get(f"/events.csv?{string}")), newline="")))


def summed(rows: list[dict[str, str]], column: str) -> int:
    return sum(int(row[column]) for row in rows if row[column])


VIEWS = [
    JANUARY, "", "announced_after=2022&announced_before=2022", "announced_after=2023&announced_before=2023",
    "announced_after=2025",
    "announced_after=2023-01&announced_before=2023-01",
    "announced_after=2022-11&announced_before=2023-03&company=amazon",
    "company=alphabet", "company=amazon", "company=amazon&subsidiaries=no", "company=microsoft&company=alphabet",
    "company=meta",
    "ai_link=stated", "ai_link=alongside&ai_link=reported", "sector=retail&sector=media", "country=US",
    "people_min=1000", "people_max=300",
    "people_min=1000&without_figure=include", "without_figure=only", "q=hundred", "stage=announced&order=-people",
    "counts_as=cut",
]  # fmt: skip


@pytest.mark.parametrize("string", VIEWS)
def test_the_files_columns_add_up_to_the_figures_on_the_page(client, string):
    page, rows = read(client.get(f"/events/?{string}")), file_rows(client, string)
    people, cuts, without = keys(page)[:3]
    # The number of rows beside the list, beside every chart and in the file.
    assert number(page.one("table", css="cards").one("caption").text.removeprefix("Events ")) == len(rows)
    facts = [figure.one("div", css="facts").text for figure in page.all("figure")]
    assert facts
    # Kinds are never added to one another: the key figures are those of cuts.
    mine = [row for row in rows if row["counts_as"] == "cut"]
    assert number(people.number) == summed(mine, "counted")
    assert number(cuts.number) == len(mine)
    for text in facts:
        assert number(text) == len(rows)
        known = f"{people.number} people known" if number(people.number) else "number of people not stated"
        assert f"· cuts: {known}" in text
        assert f"CSV, {len(rows):,} row" in text
        low, high, is_open = interval(text.partition(" · data version")[0], number(people.number))
        assert (low, high) == tuple(sorted((summed(mine, "counted_low"), summed(mine, "counted_high"))))
        assert is_open == any(row["high_open"] == "true" for row in mine)
        assert f"{without.number} without a figure" in text
    if people.number != "not stated":
        assert number(people.label.partition(" in ")[2]) == len(mine) - number(without.number)


@pytest.mark.parametrize("string", VIEWS)
def test_the_chart_by_time_adds_up_to_the_figures_of_the_page(client, string):
    page = read(client.get(f"/events/?{string}"))
    people, cuts, without = (number(key.number) for key in keys(page)[:3])
    for figure in page.all("figure"):
        rows = [
            [number(cell.text) if re.match(r"\d", cell.text) else 0 for cell in tr.all("td")]
            for tr in figure.one("tbody").all("tr")
        ]
        assert (sum(row[0] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows)) == (
            people,
            cuts,
            without,
        )


def test_what_the_chart_draws_is_what_its_table_writes(client):
    for address in ("/", "/events/", f"/events/?{JANUARY}", "/companies/amazon/", "/companies/alphabet/"):
        for figure in read(client.get(address)).all("figure"):
            for row in (row for row in figure.one("tbody").all("tr") if "data-label" in row):
                people, span, cuts, without = (cell.text for cell in row.all("td")[:4])
                assert (number(people), number(cuts), number(without)) == (
                    int(row["data-value"]), int(row["data-events"]), int(row["data-without"]),
                )  # fmt: skip
                assert interval(span, number(people)) == (
                    int(row["data-low"]),
                    int(row["data-high"]),
                    "data-open" in row,
                )


def test_a_page_of_a_company_says_what_the_explorer_says_of_it(client):
    for slug in ("amazon", "alphabet", "google", "microsoft", "meta", "twitch"):
        theirs, ours = keys(read(client.get(f"/events/?company={slug}"))), keys(read(client.get(f"/companies/{slug}/")))
        assert (ours[0].number, ours[0].label) == (theirs[0].number, theirs[0].label), slug
        row = next(
            tr for tr in read(client.get(f"/companies/?q={slug}")).one("table", css="cards").one("tbody").all("tr")
            if tr.one("th").links == [f"/companies/{slug}/"]
        )  # fmt: skip
        assert number(row.all("td")[0].children[0]) == number(ours[0].number)


def test_the_file_opens_in_a_spreadsheet_without_a_formula(client):
    response = client.get("/events.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(body(response), newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert len({row[0] for row in rows}) == len(rows)
    url = rows[0].index("url")
    assert all(row[url].startswith("http://testserver/events/") for row in rows[1:])
