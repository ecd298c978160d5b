"""The list of events that readers download, read back alone into a site that knows nothing."""

import csv
import io
from datetime import date

import pytest
from django.db import transaction

from events.imports.engine import ImportStopped
from events.imports.hanging import LEFT, NO_NOTE, OTHER_NOTES
from events.imports.take_back import take_back
from events.models import AiNote, Citation, EventEdition, ImportBatch, LayoffEvent, Reason, Relation, Unit
from events.models.choices import CountsAs
from events.publishing import check_record, publish
from events.tests.factories import figure, make_company, make_event, make_note, make_source, published

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


def edited(file, **cells):
    """`file` with these cells in each row that has them named by company: {company: {column: cell}}."""
    rows = list(csv.DictReader(io.StringIO(file.decode())))
    for row in rows:
        row.update(cells.get(row["company"], {}))
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def with_notes(*companies):
    """Events of these companies beside a note; the note's number."""
    note = make_note()
    publish(note)
    for company in companies:
        event = make_event(make_company(company), 50)
        event.notes.add(note)
        publish(event)
    return note.pk


def test_the_notes_beside_an_event_are_tied_by_their_numbers_where_they_are_here(load, client):
    file = away(lambda: with_notes("Acme"), lambda: download(client))
    text = file.decode()
    number = next(csv.DictReader(io.StringIO(text)))["notes"]
    gone = load(file, name="gone.csv", dry_run=True)
    assert {kind: warned.rows for kind, warned in gone.warnings.items()} == {NO_NOTE: [2]}
    publish(make_note(pk=int(number)))
    text = edited(file, Acme={"notes": f"{number}; 999999"})
    report = load(text, publish=True)
    assert {kind: warned.rows for kind, warned in report.warnings.items()} == {NO_NOTE: [2]}
    assert "999999" in str(report.warnings[NO_NOTE])
    event = LayoffEvent.objects.get()
    assert list(event.notes.values_list("pk", flat=True)) == [int(number)]
    assert EventEdition.objects.get().document.body["notes"] == [int(number)]
    assert check_record() == []
    assert load(text, publish=True).same == 1


def test_an_import_that_tied_notes_is_taken_back_whole(load, client, admin_user):
    note = make_note()
    file = away(lambda: with_notes("Acme"), lambda: download(client))
    report = load(edited(file, Acme={"notes": str(note.pk)}), user=admin_user)
    event = LayoffEvent.objects.get()
    assert event.history.first().history_user == admin_user
    assert list(event.notes.all()) == [note]
    take_back(ImportBatch.objects.get(pk=report.batch), None)
    assert not LayoffEvent.objects.exists()
    assert AiNote.objects.filter(pk=note.pk).exists()


def test_the_notes_of_an_event_that_is_here_are_left_to_editors(load, client):
    note = make_note()
    file = away(lambda: with_notes("Acme"), lambda: download(client))
    load(edited(file, Acme={"notes": ""}))
    changed = {"people": "70", "people_low": "70", "people_high": "70", "title": "Acme cuts 70 jobs"}
    report = load(edited(file, Acme={"notes": f"{note.pk}; 999999", **changed}))
    assert report.changed == 1
    assert {kind: warned.rows for kind, warned in report.warnings.items()} == {NO_NOTE: [2], OTHER_NOTES: [2]}
    assert not LayoffEvent.objects.get().notes.exists()


@pytest.mark.parametrize("cell", ["x", "-1", "1;2", "9" * 30, "٣"])
def test_a_number_of_a_note_that_is_none_is_an_error_of_its_row(load, client, cell):
    file = away(lambda: with_notes("Acme"), lambda: download(client))
    with pytest.raises(ImportStopped, match="is no number of an AI note"):
        load(edited(file, Acme={"notes": cell}))


def test_what_an_editor_took_away_or_renamed_does_not_come_back_with_a_changed_row(load, client):
    file = away(make_some, lambda: download(client))
    named = {"units": "Streams; Chat", "reasons": "costs; demand"}
    load(edited(file, Twitch=named))
    event = LayoffEvent.objects.get(company__name="Twitch")
    event.units.get(name="Chat").delete()
    event.reasons.get(kind="demand").delete()
    streams = event.units.get()
    streams.name = "Streaming"
    streams.save()
    Unit.objects.create(event=event, name="An editor's")
    more = {"units": "Streams; Chat; Bits", "reasons": "costs; demand; merger", "place": "Seattle"}
    report = load(edited(file, Twitch=more), name="next.csv")
    assert report.changed == 1
    assert set(event.units.values_list("name", flat=True)) == {"Streaming", "An editor's", "Bits"}
    assert set(event.reasons.values_list("kind", flat=True)) == {"costs", "merger"}
    # What only a take-back removed comes again.
    take_back(ImportBatch.objects.get(pk=report.batch), None)
    assert "Bits" not in event.units.values_list("name", flat=True)
    load(edited(file, Twitch=more), name="again.csv")
    assert set(event.units.values_list("name", flat=True)) == {"Streaming", "An editor's", "Bits"}


def test_units_and_reasons_follow_a_changed_row_where_they_are_what_an_import_wrote(load, client):
    file = away(make_some, lambda: download(client))
    load(edited(file, Twitch={"units": "Streams; Chat; Ads", "reasons": "costs; demand"}), publish=True)
    event = LayoffEvent.objects.get(company__name="Twitch")
    event.units.filter(name="Ads").update(**figure(5))
    Unit.objects.create(event=event, name="An editor's")
    Reason.objects.create(event=event, kind="closure")

    def parts():
        return set(event.units.values_list("name", flat=True)), set(event.reasons.values_list("kind", flat=True))

    before = parts()
    report = load(edited(file, Twitch={"units": "Bits", "reasons": "merger"}), name="next.csv", publish=True)
    assert (report.changed, report.corrected) == (1, 1)
    assert parts() == ({"Ads", "An editor's", "Bits"}, {"closure", "merger"})
    body = EventEdition.objects.for_record(event.pk).order_by("-number").first().document.body
    assert {unit["name"] for unit in body["units"]} == {"Ads", "An editor's", "Bits"}
    take_back(ImportBatch.objects.get(pk=report.batch), None)
    assert parts() == before
    assert check_record() == []
    # What was given back is the import's still.
    load(edited(file, Twitch={"units": "Bits", "reasons": "merger"}), name="again.csv")
    assert parts() == ({"Ads", "An editor's", "Bits"}, {"closure", "merger"})


def test_a_row_that_was_withdrawn_since_is_passed_over(load, client):
    file = away(make_some, lambda: download(client))
    report = load(edited(file, Twitch={"withdrawn_on": "2024-05-01"}))
    assert (report.new, len(report.passed)) == (2, 1)


# ── What is an editor's ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_precision_that_is_set_right_is_written_and_stays_so(load, client):
    file = away(make_some, lambda: download(client))
    load(file, publish=True)
    day = edited(file, Amazon={"announced_on": "2024-01-01", "date_precision": "day"})
    assert load(day, publish=True).changed == 1
    event = LayoffEvent.objects.get(company__name="Amazon")
    assert (event.announced_on, event.announced_on_precision) == (date(2024, 1, 1), "day")
    assert load(day, publish=True).same == 3


def test_a_claim_about_ai_that_an_editor_set_right_is_not_written_over(load, client, tmp_path):
    file = away(lambda: claim("stated", 1), lambda: download(client))
    load(file, publish=True)
    event = LayoffEvent.objects.get()
    event.ai_link = "denied"
    event.save()
    event.citations.update(quote="The editor's own.", speaker="press")
    changed = edited(file, Acme={"people_low": "60", "people": "60", "people_high": "60", "wording": "60"})
    report = load(changed, rejects=tmp_path / "out.csv")
    assert (report.changed, len(report.rejected)) == (0, 1)
    event.refresh_from_db()
    assert (event.ai_link, event.citations.get().quote) == ("denied", "The editor's own.")


def test_a_changed_claim_about_ai_whose_quote_the_file_lacks_leaves_the_event(load, client, tmp_path):
    file = away(lambda: claim("stated", 1), lambda: download(client))
    load(file, publish=True)
    report = load(edited(file, Acme={"ai_link": "denied"}), rejects=tmp_path / "out.csv", publish=True)
    assert (report.changed, len(report.rejected)) == (0, 1)
    assert LayoffEvent.objects.get().ai_link == "stated"


# ── Relations ────────────────────────────────────────────────────────────────────────────────────────────────────────


def two(load, client):
    """The file of two public events, loaded; their numbers there by company, and the events here."""

    def make():
        published(make_company("Old"), 100, announced_on="2024-01-10")
        published(make_company("New"), 120, announced_on="2024-01-12")

    file = away(make, lambda: download(client))
    load(file, publish=True)
    numbers = {row["company"]: row["id"] for row in csv.DictReader(io.StringIO(file.decode()))}
    return file, numbers["Old"], *(LayoffEvent.objects.get(company__name=name) for name in ("Old", "New"))


@pytest.mark.parametrize("column", ["replaces", "part_of"])
@pytest.mark.parametrize("people", ["", "130"])
def test_a_relation_that_an_import_wrote_goes_from_both_ends_with_it(load, client, column, people):
    file, number, old, new = two(load, client)
    figures = dict.fromkeys(("people_low", "people", "people_high", "wording"), people) if people else {}
    report = load(edited(file, New={column: number, **figures}), name="next.csv", publish=True)
    assert Relation.objects.get().kind == column
    take_back(ImportBatch.objects.get(pk=report.batch), None)
    assert not Relation.objects.exists()
    assert check_record() == []


def test_a_refused_row_relates_to_nothing(load, client, tmp_path):
    file, number, _old, new = two(load, client)
    new.title = "An editor's"
    new.save()
    changed = edited(file, New={"replaces": number, "title": "The file's"})
    report = load(changed, rejects=tmp_path / "out.csv", publish=True)
    assert len(report.rejected) == 1
    assert not Relation.objects.exists()


def test_a_relation_that_an_editor_took_away_or_made_another_does_not_come_back(load, client):
    file, number, _old, new = two(load, client)
    related = edited(file, New={"replaces": number})
    load(related, publish=True)
    relation = Relation.objects.get()
    relation.kind = "updates"
    relation.save()
    load(related, publish=True)
    assert Relation.objects.get().kind == "updates"
    Relation.objects.get().delete()
    load(related, publish=True)
    assert not Relation.objects.exists()


def test_a_relation_that_a_row_names_no_longer_stays_and_is_said(load, client):
    file, number, *_events = two(load, client)
    assert load(edited(file, New={"part_of": number}), publish=True).warnings == {}
    report = load(file, publish=True)
    assert Relation.objects.get().kind == "part_of"
    assert list(report.warnings) == [LEFT]
