"""Taking an import back: the desk as it was, and what readers see of it."""

from datetime import date, timedelta

import pytest
from django.db import models
from django.utils import timezone

from events.answers.answer import SUBJECTS
from events.dates import today
from events.duplicates import decide
from events.duplicates import take_back as undo
from events.frozen import freeze
from events.imports.engine import ImportStopped
from events.imports.take_back import EditedSince, take_back
from events.models import (
    AiNote,
    Citation,
    Company,
    DuplicatePair,
    EventEdition,
    ImportBatch,
    ImportRow,
    LayoffEvent,
    LinkCheck,
    NoteCompany,
    NoteEdition,
    PublicRecord,
    Relation,
    Snapshot,
    Source,
    Unit,
)
from events.models.choices import LinkStatus, Verdict
from events.publishing import check_record, publish
from events.query import EventQuery
from events.tests.admin.browsing import Desk
from events.tests.factories import make_company, make_event, make_note, make_source
from events.tests.imports.files import tech, transformer
from events.tests.imports.test_notes import models as notes

pytestmark = pytest.mark.django_db


def desk():
    """The desk's values, without what tells when they were saved last."""
    return [
        [{k: v for k, v in row.items() if k not in ("changed_at",)} for row in model.objects.order_by("pk").values()]
        for model in (Company, LayoffEvent, Source, Citation)
    ]


def last():
    return ImportBatch.objects.latest("pk")


def test_drafts_vanish_with_the_companies_and_sources_that_only_they_used(load):
    make_company("Bolt")
    used = make_source("https://paper.example/coil")
    before = desk()
    load(tech({"company": "Acme"}, {"company": "Bolt"}, {"company": "Coil"}))
    assert LayoffEvent.objects.count() == 3
    done = take_back(last(), None)
    assert desk() == before
    assert (done.removed, done.companies, done.sources) == (3, 2, 2)
    assert Source.objects.get() == used
    assert last().state == "taken_back"
    # Who asks later finds what was there, and who took it away.
    assert (
        list(LayoffEvent.history.filter(history_type="-").values_list("history_change_reason", flat=True))
        == [f"Taken back: list.csv (import {last().pk})"] * 3
    )
    assert set(last().rows.values_list("undone", flat=True)) == {"removed"}


def test_a_company_of_the_import_that_is_used_since_stays(load):
    load(tech({"company": "Acme"}, {"company": "Bolt"}))
    make_event(Company.objects.get(name="Acme"))
    take_back(last(), None)
    assert list(Company.objects.values_list("name", flat=True)) == ["Acme"]


def test_notes_go_as_events_do(load):
    load(notes({}, {"Model": "Other"}), publish=True)
    public = NoteEdition.objects.known_on(None).count()
    before = list(AiNote.objects.order_by("pk").values_list("title", "dated_on", "state"))
    load(notes({"Publication date": "2024-03-15"}, {"Model": "Other"}, {"Model": "Third"}), name="next.csv")
    assert AiNote.objects.count() == 3
    done = take_back(last(), None)
    assert (done.removed, done.restored, done.withdrawn) == (1, 1, 0)
    assert list(AiNote.objects.order_by("pk").values_list("title", "dated_on", "state")) == before
    assert NoteEdition.objects.known_on(None).count() == public == 2
    # The first import goes too: what it made is public, and is withdrawn.
    done = take_back(ImportBatch.objects.get(file_name="list.csv"), None)
    assert (done.withdrawn, done.removed, done.companies) == (2, 0, 0)
    assert not NoteEdition.objects.known_on(None).exists()
    assert check_record() == []
    # And its rows are new to the next.
    assert load(notes({}), name="again.csv").new == 1


def test_drafts_of_notes_vanish_and_those_that_an_import_published_are_withdrawn(load):
    load(notes({}, {"Model": "Other"}))
    load(notes({}), name="next.csv", publish=True)
    assert take_back(last(), None).withdrawn == 1
    done = take_back(ImportBatch.objects.get(file_name="list.csv"), None, except_edited=True)
    assert (done.removed, AiNote.objects.count()) == (1, 1)
    assert set(NoteCompany.objects.values_list("note__state", flat=True)) == {"withdrawn"}


def test_a_note_that_an_event_was_tied_to_since_is_named(load):
    load(notes({}))
    make_event(make_company("Coil")).notes.add(AiNote.objects.get())
    with pytest.raises(EditedSince, match="Big One.*: layoff events"):
        take_back(last(), None)
    assert take_back(last(), None, except_edited=True).kept == 1
    assert AiNote.objects.exists()


def test_a_source_whose_link_was_looked_at_since_goes_all_the_same(load):
    load(tech({}))
    for source in Source.objects.all():
        LinkCheck.note(source, timezone.now(), status=LinkStatus.OK)
    assert take_back(last(), None).sources == 1
    assert not Source.objects.exists()
    assert not LinkCheck.objects.exists()


def test_changed_events_get_their_values_of_before_and_readers_a_correction(load):
    load(tech({"people": "120"}, {"company": "Bolt"}), publish=True)
    before = desk()
    load(tech({"people": "130"}, {"company": "Bolt"}), publish=True)
    assert LayoffEvent.objects.get(people=130).title == "Acme cuts 130 jobs"
    done = take_back(last(), None)
    assert (done.restored, done.removed, done.withdrawn) == (1, 0, 0)
    assert desk() == before
    edition = EventEdition.objects.known_on(None).get(title="Acme cuts 120 jobs")
    assert (edition.number, edition.change, edition.people) == (3, "corrected", 120)
    assert edition.reason == "The import of list.csv was taken back."
    assert check_record() == []
    # The corrected file can be read again.
    assert load(tech({"people": "140"}, {"company": "Bolt"})).changed == 1


def test_what_was_published_is_withdrawn_and_can_be_read_again(load):
    load(tech({}), publish=True)
    done = take_back(last(), None)
    assert done.withdrawn == 1
    event = LayoffEvent.objects.get()
    assert event.state == "withdrawn"
    assert not EventEdition.objects.known_on(None).exists()
    assert EventEdition.objects.get(withdrawn=True).reason == "The import of list.csv was taken back."
    assert check_record() == []
    report = load(tech({}), publish=True)
    assert (report.new, report.same, report.published) == (1, 0, 1)


def test_a_draft_of_before_that_the_import_published_is_withdrawn(load):
    load(tech({}))
    load(tech({}), publish=True)
    assert last().rows.get().detail == {"published": True}
    assert take_back(last(), None).withdrawn == 1
    assert LayoffEvent.objects.get().state == "withdrawn"


def test_backdated_editions_begin_on_the_day_they_were_written(load):
    """The row says that it was recorded on 15 March 2024; the import came two days before it is taken back."""
    PublicRecord.objects.update(opened_on=today())
    load(tech({}, {"company": "Bolt"}), publish=True)
    imported = today() - timedelta(days=2)
    EventEdition.objects.update(written_at=timezone.now() - timedelta(days=2))
    recorded = date(2024, 3, 15)

    def seen(day):
        return EventEdition.objects.known_on(day).count()

    assert [seen(day) for day in (recorded, imported, today())] == [2, 2, 2]
    frozen = freeze(SUBJECTS["events"], EventQuery.from_string(f"as_of={recorded}"), "http://testserver")
    kept = Snapshot.objects.values().get(), frozen.file.content
    version = PublicRecord.objects.get().version
    take_back(last(), None)
    days = (recorded, imported - timedelta(days=1), imported, today() - timedelta(days=1), today())
    assert [seen(day) for day in days] == [0, 0, 2, 2, 0]
    assert EventEdition.objects.filter(number=1).exclude(reconstructed_from="").count() == 0
    assert (Snapshot.objects.values().get(), Snapshot.objects.get().file.content) == kept
    assert PublicRecord.objects.get().version > version
    assert check_record() == []


def test_what_was_edited_since_is_named_and_nothing_is_taken_back(load):
    load(tech({"company": "Acme"}, {"company": "Bolt"}, {"company": "Coil"}))
    acme, bolt, _coil = LayoffEvent.objects.order_by("pk")
    acme.summary = "A word of ours."
    acme.save()
    Unit.objects.create(event=bolt, name="Sales")
    before = desk()
    with pytest.raises(EditedSince) as refused:
        take_back(last(), None)
    assert refused.value.number == 2
    assert f"Acme cuts 120 jobs ({acme.pk}): what needs saying" in str(refused.value)
    assert f"Bolt cuts 120 jobs ({bolt.pk}): units" in str(refused.value)
    assert desk() == before
    assert last().state == "confirmed"

    done = take_back(last(), None, except_edited=True)
    assert (done.removed, done.kept) == (1, 2)
    assert list(LayoffEvent.objects.order_by("pk")) == [acme, bolt]
    row = last().rows.get(record_id=acme.pk)
    assert (row.undone, row.detail["kept_because"]) == ("kept", ["what needs saying"])
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme", "Bolt"}


def test_publishing_since_is_no_edit(load):
    load(tech({}))
    publish(LayoffEvent.objects.get())
    assert take_back(last(), None).withdrawn == 1


def test_a_later_import_of_the_same_rows_is_an_edit(load):
    load(tech({"people": "120"}))
    first = last()
    load(tech({"people": "130"}))
    with pytest.raises(EditedSince, match="people"):
        take_back(first, None)


def test_what_an_import_only_published_and_somebody_edited_since_is_named(load):
    load(tech({"people": "120"}))
    load(tech({"people": "120"}), publish=True)
    event = LayoffEvent.objects.get()
    event.title = "An editor's"
    event.save()
    with pytest.raises(EditedSince, match="An editor's"):
        take_back(ImportBatch.objects.first(), None)


def test_that_its_source_was_merged_since_is_no_edit_of_a_record(load, admin_client):
    load(tech({"people": "120"}))
    source = LayoffEvent.objects.get().citations.get().source
    Desk(admin_client).save(f"/admin/events/source/{source.pk}/change/", merged_into=make_source().pk)
    assert LayoffEvent.objects.get().citations.get().source != source
    take_back(ImportBatch.objects.get(), None)
    assert not LayoffEvent.objects.exists()


def test_imports_are_taken_back_one_after_the_other_the_last_first(load):
    load(tech({"people": "120"}), publish=True)
    load(tech({"people": "130"}))
    for batch in ImportBatch.objects.order_by("-pk"):
        take_back(batch, None)
    assert set(ImportBatch.objects.values_list("state", flat=True)) == {"taken_back"}
    event = LayoffEvent.objects.get()
    assert (event.people, event.state) == (120, "withdrawn")


def test_an_import_and_its_taking_back_keep_what_an_event_is_tied_to_in_its_history(load):
    load(tech({"people": "120"}))
    event = LayoffEvent.objects.get()
    event.notes.add(make_note())
    load(tech({"people": "130"}))
    take_back(ImportBatch.objects.first(), None)
    told = [(entry.people, entry.notes.count()) for entry in event.history.order_by("history_id")]
    assert told == [(120, 0), (120, 1), (130, 1), (120, 1)]


def test_an_import_is_taken_back_once(load):
    load(tech({}))
    take_back(last(), None)
    with pytest.raises(ImportStopped, match="this one is taken back"):
        take_back(last(), None)


def test_every_row_is_accounted_for(load, put):
    load(tech({"company": "Acme"}, {"company": "Bolt"}))
    report = load(
        tech({"company": "Acme", "people": "130"}, {"company": "Bolt"}, {"company": "Coil"}, {"people": "abc"}),
        set_aside=True,
    )
    batch = last()
    rows = {row.number: row for row in batch.rows.all()}
    assert [rows[n].outcome for n in (2, 3, 4, 5)] == ["changed", "same", "new", "rejected"]
    assert ["people", 120, 130] in rows[2].detail["differences"]
    assert rows[3].record_id == LayoffEvent.objects.get(company__name="Bolt").pk
    assert rows[5].detail["reasons"][0].startswith("total_laid_off: ")
    assert rows[5].cells[batch.columns.index("total_laid_off")] == "abc"
    assert [rows[n].cells for n in (2, 3, 4)] == [[], [], []]
    counts = {name: batch.counts[name] for name in ("new", "duplicate", "changed", "same", "rejected")}
    assert counts == {"new": 1, "duplicate": 0, "changed": 1, "same": 1, "rejected": 1}
    assert sum(counts.values()) == batch.counts["rows"] == report.rows
    assert ImportRow.objects.filter(batch=batch).aggregate(models.Count("pk"))["pk__count"] == 4


def test_a_cell_of_a_column_that_is_not_read_is_never_kept(load):
    header, row = tech({"people": "abc"}).strip().split("\n")
    text = f"{header},contact\n{row},Jane Doe\n{row},Jane Doe,one too many\n"
    load(text, set_aside=True)
    assert last().counts["rejected"] == 2
    assert "Jane" not in str(list(ImportRow.objects.values()))


def test_what_the_import_hung_on_events_of_before_goes_too(load):
    """A notice that is here already is amended by a row of the next file: the relation belongs to that import."""
    first = {"hash_id": "one", "jobs": "100"}
    load(transformer(first), publish=True)
    old = LayoffEvent.objects.get()
    before = desk()
    amends = {"hash_id": "two", "jobs": "120", "is_amendment": "True", "likely_ancestor": "one"}
    load(transformer(first, amends), publish=True)
    assert Relation.objects.filter(other=old).exists()
    assert EventEdition.objects.known_on(None).get(record_id=old.pk).replaced_by
    take_back(last(), None)
    assert EventEdition.objects.known_on(None).get().record_id == old.pk
    assert EventEdition.objects.known_on(None).get().replaced_by is None
    assert desk()[1][0] == before[1][0]
    assert check_record() == []


def test_what_was_joined_as_a_duplicate_is_separated_before_it_is_taken_back(load):
    known = make_event(make_company("Acme"), 120, announced_on="2024-03-13")
    load(tech({}))
    new = LayoffEvent.objects.exclude(pk=known.pk).get()
    pair = DuplicatePair.objects.get(low=known, high=new)
    decide(pair, Verdict.SAME, known.pk)
    with pytest.raises(EditedSince, match="likely duplicate"):
        take_back(last(), None)
    assert known.citations.count() == 2
    undo(DuplicatePair.objects.get(pk=pair.pk))
    take_back(last(), None)
    assert list(LayoffEvent.objects.all()) == [known]
    assert known.citations.count() == 1
