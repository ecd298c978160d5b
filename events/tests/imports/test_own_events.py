"""The list of events that readers download, read back alone into a site that knows nothing."""

import csv
import io
from datetime import date

import pytest
from django.db import transaction

from events.models import Citation, EventEdition, LayoffEvent, Reason, Unit
from events.models.choices import CountsAs
from events.publishing import check_record, publish
from events.tests.factories import figure, make_company, make_event, make_source, published

pytestmark = pytest.mark.django_db

# What is of one database alone, or follows from a company's owners, which a list of events does not tell.
EVERYTHING = "&".join(f"counts_as={kind}" for kind in CountsAs.values)
ELSEWHERE = ("id", "url", "part_of", "parent", "known_from", "reconstructed_from")


def download(client, name="events.csv"):
    response = client.get(f"/{name}?{EVERYTHING}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def values(text):
    rows = csv.DictReader(io.StringIO(text.decode()))
    return sorted(([row[name] for name in row if name not in ELSEWHERE] for row in rows), key=str)


def make_some():
    amazon = make_company("Amazon", sector="retail", country="US")
    whole = published(
        amazon, (200, None, 900), announced_on="2024-01", share_percent="5.5", share_of="the studios",
        wording="several hundred", effective_on=date(2024, 3, 1), effective_on_precision="month", place="Seattle",
    )  # fmt: skip
    part = make_event(make_company("Twitch"), 500, part_of=whole, cited=False, ai_link="alongside")
    Citation.objects.create(event=part, source=make_source(publisher="Some Paper"), chosen=True, **figure(500))
    Unit.objects.create(event=part, name="Streams")
    Reason.objects.create(event=part, kind="costs")
    publish(part)
    published(make_company("+One Ltd"), None, stage="filed", permanence="temporary", closure="yes", place_basis="jobs")
    return part


def away(make, get):
    """What `get` gives of a site where `make` was done; nothing of it stays."""
    with transaction.atomic():
        make()
        found = get()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("name", ["events.csv", "events.xlsx"])
def test_the_list_alone_gives_the_same_rows_and_values(load, client, name):
    before, file = away(make_some, lambda: (values(download(client)), download(client, name)))
    report = load(file, name=name, publish=True)
    assert (report.new, report.published, report.warnings) == (3, 3, {})
    assert values(download(client)) == before
    assert Citation.objects.count() == 3
    assert check_record() == []
    twitch = LayoffEvent.objects.get(company__name="Twitch")
    assert twitch.relations.get().other.company.name == "Amazon"
    assert twitch.citations.get().source.publisher == "Some Paper"
    assert load(file, name=name, publish=True).same == 3


def claim(link, sources):
    event = make_event(make_company("Acme"), 50, cited=False, ai_link=link)
    for number in range(sources):
        quoted = {"quote": "AI does it.", "speaker": "company", "speaker_name": "A. Chief", "on_ai_link": True}
        Citation.objects.create(event=event, source=make_source(), chosen=not number, **(quoted if not number else {}))
    publish(event)


def test_a_claim_about_ai_keeps_its_quote_where_one_source_carries_it(load, client):
    file = away(lambda: claim("stated", 1), lambda: download(client))
    load(file, publish=True)
    edition = EventEdition.objects.get()
    assert (edition.ai_link, edition.ai_link_quote, edition.ai_link_speaker) == ("stated", "AI does it.", "A. Chief")


@pytest.mark.parametrize(("link", "sources"), [("stated", 2), ("reported", 1), ("denied", 1)])
def test_a_claim_whose_source_or_speaker_the_file_does_not_say_is_a_draft_and_said_so(load, client, link, sources):
    file = away(lambda: claim(link, sources), lambda: download(client))
    for _again in range(2):
        report = load(file, publish=True)
        assert report.published == 0
        assert LayoffEvent.objects.get().state == "draft"
    assert load(file.replace(b"AI does it.", b"AI does that."), name="x.csv").warnings.keys() <= {"stays a draft"}


def test_a_row_that_was_withdrawn_since_is_passed_over(load, client):
    file = away(make_some, lambda: download(client))
    rows = list(csv.DictReader(io.StringIO(file.decode())))
    rows[0]["withdrawn_on"] = "2024-05-01"
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    report = load(out.getvalue())
    assert (report.new, len(report.passed)) == (2, 1)
