"""Small makers of real records: each fills in what a test does not care about."""

from datetime import date
from itertools import count

from events.dates import read_date
from events.duplicates import look_again
from events.models import (
    AiNote,
    Alias,
    Citation,
    Company,
    DuplicatePair,
    Headcount,
    LayoffEvent,
    NoteCompany,
    Ownership,
    PublicRecord,
    PublishedTotal,
    Relation,
    Source,
    Tip,
)
from events.models.choices import PeopleBasis, Qualifier, SourceKind
from events.models.source import normalised_url
from events.publishing import publish

_numbers = count(1)


def make_company(name="", *, aliases=(), parent=None, since=None, until=None, **fields):
    company = Company.objects.create(name=name or f"Company {next(_numbers)}", **fields)
    for alias in aliases:
        Alias.objects.create(company=company, name=alias)
    if aliases:
        company.save()
    if parent:
        Ownership.objects.create(company=company, parent=parent, since=since, until=until)
    return company


def make_source(url="", **fields):
    number = next(_numbers)
    fields = {"title": f"Report {number}", "publisher": "The Paper", **fields}
    if fields.get("kind") == SourceKind.DATA_FILE:
        return Source.objects.create(url=url, **fields)
    return Source.objects.create(url=url or f"https://paper.example/{number}", **fields)


def make_tip(link="https://paper.example/cuts", **fields):
    """A tip as a reader sent it."""
    return Tip.objects.create(
        **{"reference": f"{next(_numbers):010}", "link": link, "link_normalised": normalised_url(link), **fields}
    )


def figure(people):
    """The fields of a figure from 500, (200, None, 900), ("at_least", 500), ("up_to", 50) or None."""
    match people:
        case None:
            return {"qualifier": Qualifier.NONE, "people_basis": PeopleBasis.UNKNOWN}
        case ("at_least", n):
            low, best, high, qualifier = n, n, None, Qualifier.AT_LEAST
        case ("up_to", n):
            low, best, high, qualifier = None, None, n, Qualifier.UP_TO
        case (low, None, high):
            best, qualifier = None, Qualifier.RANGE
        case (low, best, high):
            qualifier = Qualifier.ABOUT
        case n:
            low, best, high, qualifier = n, n, n, Qualifier.EXACT
    return {
        "people_low": low,
        "people": best,
        "people_high": high,
        "qualifier": qualifier,
        "people_basis": PeopleBasis.STATED,
    }


def make_event(
    company=None, people=None, *, announced_on="2024-01-10", part_of=None, replaces=None, cited=True, **fields
):
    """A draft event with one citation."""
    company = company or make_company()
    announced = read_date(announced_on) if isinstance(announced_on, str) else None
    event = LayoffEvent.objects.create(
        **{
            "company": company,
            "title": f"{company.name} cuts jobs",
            "announced_on": announced.first if announced else announced_on,
            "announced_on_precision": announced.precision if announced else "day",
            "sector": company.sector,
            "country": company.country,
            **figure(people),
            **fields,
        }
    )
    if cited:
        Citation.objects.create(event=event, source=make_source())
    if part_of:
        Relation.objects.create(event=event, kind="part_of", other=part_of)
    if replaces:
        Relation.objects.create(event=event, kind="replaces", other=replaces)
    return event


def published(company=None, people=None, *, recorded_on=None, **fields):
    """A public event. With `recorded_on`, one that a file recorded on that day: readers know it from then."""
    if recorded_on:
        fields |= {"recorded_on": date.fromisoformat(recorded_on), "origin": "a file"}
    event = make_event(company, people, **fields)
    publish(event)
    return event


def make_pair(one, other):
    """Two events as an open pair of the queue."""
    look_again([one.pk])
    pair = DuplicatePair.objects.get(low=min(one.pk, other.pk), high=max(one.pk, other.pk))
    pair.save()
    return pair


def make_note(companies=(), *, kind="model", dated_on=date(2023, 12, 6), cited=True, **fields):
    """A draft note; `companies` are pairs of company and role."""
    note = AiNote.objects.create(**{"kind": kind, "title": f"Note {next(_numbers)}", "dated_on": dated_on, **fields})
    for company, role in companies:
        NoteCompany.objects.create(note=note, company=company, role=role)
    if cited:
        Citation.objects.create(note=note, source=make_source())
    return note


def published_note(companies=(), **fields):
    note = make_note(companies, **fields)
    publish(note)
    return note


def published_total(people=7500, *, publisher="A tracker", **fields):
    total = PublishedTotal.objects.create(
        **{
            "publisher": publisher,
            "title": "Jobs cut",
            "definition": "Every event on its list.",
            "scope": "technology",
            "geography": "worldwide",
            "counts": "events",
            "period_from": date(2024, 1, 1),
            "period_until": date(2024, 1, 31),
            "as_of": date(2024, 2, 1),
            **figure(people),
            **fields,
        }
    )
    Citation.objects.create(total=total, source=make_source())
    publish(total)
    return total


def published_headcount(company, people=1000, **fields):
    headcount = Headcount.objects.create(
        **{"company": company, "counted_on": date(2023, 12, 31), **figure(people), **fields}
    )
    Citation.objects.create(headcount=headcount, source=make_source())
    publish(headcount)
    return headcount


def open_record(**fields):
    """The record, opened: tests of real transactions, which may have run before, leave the database empty."""
    PublicRecord.objects.get_or_create(defaults={"opened_on": date.today()})
    if fields:
        PublicRecord.objects.update(**fields)
