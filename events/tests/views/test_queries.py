"""How often each page asks the database: as often for sixty records as for ten."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.answers.answer import SUBJECTS
from events.frozen import freeze
from events.models import EventEdition, NoteEdition, Relation
from events.publishing import publish
from events.query import EventQuery
from events.tests.factories import make_company, make_event, make_note, published_headcount, published_total
from events.tests.views.reading import body

pytestmark = pytest.mark.django_db


def fill(number: int, name: str) -> None:
    """`number` events and notes of as many companies, half of them owned, tied to one another in every way."""
    parents = [make_company(f"{name} Holding {n}", country="US", sector="retail") for n in range(number // 5)]
    firms = [
        make_company(
            f"{name} {n}", parent=parents[n // 2 % len(parents)] if n % 2 else None, country="US", sector="media"
        )
        for n in range(number)
    ]
    year = {"period_from": date(2023, 1, 1), "period_until": date(2023, 12, 31), "plan_or_actual": "actual"}
    notes = [
        make_note([(firm, "maker")], kind="capital_spending", amount_usd_millions=Decimal(5), **year) for firm in firms
    ]
    whole = make_event(firms[0], 5000, announced_on="2024-01-02", title=f"The whole of {name}")
    events = [
        make_event(
            firm, 10, announced_on=f"2024-{n % 12 + 1:02}-10", part_of=whole if n % 3 == 0 else None, stage="announced"
        )
        for n, firm in enumerate(firms)
    ]
    for event, note in zip(events, notes, strict=True):
        event.notes.add(note)
        whole.notes.add(note)
        Relation.objects.create(event=event, kind="updates", other=whole)
    publish(notes)
    publish([whole, *events])
    for month in range(1, number // 5 + 1):
        published_total(title=f"Jobs cut, {month}", period_from=date(2024, 1, month))
        published_headcount(firms[0], 1000 * month, counted_on=date(2000 + month, 12, 31))


def addresses(name: str) -> dict[str, str]:
    whole = EventEdition.objects.get(title=f"The whole of {name}").get_absolute_url()
    note = NoteEdition.objects.latest("record_id").get_absolute_url()
    holding = f"{name.lower()}-holding-0"
    frozen = freeze(SUBJECTS["events"], EventQuery.from_string(""), "http://testserver").code
    return {
        "start": "/",
        "events": "/events/",
        "events, filtered": "/events/?announced_after=2024&announced_before=2024&q=jobs&sector=media&order=-people",
        "events, of a company": f"/events/?company={holding}",
        "events, none": "/events/?q=nothing",
        "events, through the year": "/events/?chart=cumulative",
        "events, by company": "/events/?chart=company",
        "events, by country": "/events/?chart=country",
        "events, size of cuts": "/events/?chart=size",
        "events, beside AI investment": "/events/?chart=ai",
        "series": "/events/series.csv?by=size_by_year",
        "file": "/events.csv",
        "event": whole,
        "companies": "/companies/",
        "layoffs beside AI": "/layoffs-and-ai/",
        "layoffs beside AI, of a company": f"/layoffs-and-ai/?company={holding}&months_before=24&kind=model",
        "company, one year": f"/companies/{holding}/?announced_after=2024&announced_before=2024",
        "company": f"/companies/{holding}/",
        "notes": "/ai/",
        "notes, by kind": "/ai/?chart=kind",
        "notes, by company": "/ai/?chart=company",
        "series of notes": "/ai/series.csv?by=company",
        "note": note,
        "totals": "/totals/",
        "totals, filtered": "/totals/?publisher=A+tracker&scope=technology&as_of=2024-01-01",
        "methodology": "/methodology/",
        "search": "/search/?q=jobs",
        "search, of a company and a month": f"/search/?q={holding}+june+2024",
        "search, nothing asked": "/search/",
        "suggestions": "/search/suggest.json?q=hold",
        "suggestions, of days": "/search/suggest.json?q=hold+june+2024",
        "corrections": "/corrections/",
        "corrections, feed": "/corrections.atom",
        "data": "/data/",
        "embed": "/embed/events/",
        "embed of a company": f"/embed/companies/{holding}/",
        "embed, frozen": f"/embed/cite/{frozen}/",
        "frozen view": f"/cite/{frozen}/",
        "frozen view, its file": f"/cite/{frozen}.csv",
        "frozen views": "/cite/",
        "oembed": f"/oembed?url=/events/?company={holding}",
        "about": "/about/",
        "sitemap": "/sitemap.xml",
        "sitemap, pages": "/sitemap-pages.xml",
        "sitemap, events": "/sitemap-events.xml",
        "sitemap, companies": "/sitemap-companies.xml",
        "api": "/api/",
        "api, described": "/api/openapi.json",
        "health": "/healthz",
    }


def queries(client, name: str) -> dict[str, int]:
    found = {}
    for page, address in addresses(name).items():
        with CaptureQueriesContext(connection) as context:
            response = client.get(address)
            body(response)
        assert response.status_code == 200, address
        found[page] = len(context)
    return found


# Measured on the larger record. A page that asks less often may lower its number; one that asks more often says why.
MOST = {
    "start": 46,
    "events": 26,
    "events, filtered": 32,
    "events, of a company": 32,
    "events, none": 30,
    "events, through the year": 25,
    "events, by company": 28,
    "events, by country": 26,
    "events, size of cuts": 27,
    "events, beside AI investment": 30,
    "series": 8,
    "file": 13,
    "event": 11,
    "companies": 15,
    "layoffs beside AI": 32,
    # Nothing fits: it asks what leaving out each of three filters would give.
    "layoffs beside AI, of a company": 86,
    "company, one year": 41,
    # One for the shares of staff, four for money given and money received apart.
    "company": 34,
    "notes": 15,
    "notes, by kind": 16,
    "notes, by company": 17,
    "series of notes": 10,
    "note": 9,
    "totals": 4,
    "totals, filtered": 12,
    "methodology": 13,
    "search": 16,
    "search, of a company and a month": 15,
    "search, nothing asked": 1,
    "suggestions": 5,
    "suggestions, of days": 5,
    "corrections": 6,
    "corrections, feed": 5,
    # The companies that cut and invest meanwhile are a file of their own now: to say its rows, they are found.
    "data": 24,
    "embed": 12,
    "embed of a company": 18,
    "embed, frozen": 1,
    "frozen view": 17,
    "frozen view, its file": 2,
    "frozen views": 1,
    "oembed": 7,
    "about": 1,
    "sitemap": 7,
    "sitemap, pages": 1,
    "sitemap, events": 2,
    "sitemap, companies": 4,
    "api": 1,
    "api, described": 0,
    "health": 1,
}


def test_no_page_asks_more_often_than_was_measured_nor_for_sixty_records_more_often_than_for_ten(client):
    fill(10, "Few")
    few = queries(client, "Few")
    fill(60, "Many")
    many = queries(client, "Many")
    assert {page: (few[page], many[page]) for page in many if many[page] > few[page]} == {}
    assert {page: number for page, number in many.items() if number > MOST[page]} == {}
