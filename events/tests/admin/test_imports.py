"""A file's way through the desk: uploaded, looked at, confirmed, taken back."""

import csv
import io
import os
import stat
import time
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client

from events.imports import batches, working
from events.imports.engine import import_file
from events.models import Company, EventEdition, ImportBatch, ImportRow, LayoffEvent
from events.models.choices import BatchTask
from events.publishing import check_record
from events.tests.factories import make_company, make_event, published
from events.tests.imports.files import TECH, as_csv, tech, tech_row
from events.tests.imports.test_companies import constituents
from events.tests.imports.test_notes import models

pytestmark = pytest.mark.django_db

IMPORTS = "/admin/events/importbatch/"


@pytest.fixture
def editor(django_user_model, client):
    """A client of somebody who may do everything with imports, and nothing else."""
    user = django_user_model.objects.create_user("edith", password="x", is_staff=True)
    wanted = ("add_importbatch", "view_importbatch", "confirm_importbatch")
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client.force_login(user)
    return client


def upload(client, content, name="list.csv", **fields):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    response = client.post(f"{IMPORTS}add/", {"file": file, **fields}, follow=True)
    assert response.status_code == 200
    return response


def last():
    return ImportBatch.objects.latest("pk")


def post(client, what, **fields):
    if what == "confirm":
        # As the page's form: which preview it shows.
        fields = {"seen": last().fingerprint, **fields}
    return client.post(f"{IMPORTS}{last().pk}/{what}/", fields, follow=True)


def kept_files(folder):
    return sorted(path.name for path in folder.glob("*-*"))


def test_a_file_goes_all_the_way_and_back(editor, import_folder):
    page = upload(editor, tech({}, {"company": "Bolt", "people": "about 200"}), publish="on")
    assert last().state == "previewed"
    assert not LayoffEvent.objects.exists()
    rows = {row.where: row for row in page.context["rows"]}
    assert rows["2"].outcome == rows["3"].outcome == "new"
    assert ("People", "≈ 200 (Read as 190–220, best 200)") in rows["3"].becomes
    assert ("Company", "Bolt (new)") in rows["3"].becomes
    assert ("total_laid_off", "120") in rows["2"].cells
    assert "Write 2 new records and 0 changes, publish 2" in page.content.decode()
    # Readable by the site alone.
    (kept,) = import_folder.glob("*-*")
    assert kept.name == f"{last().pk}-{last().sha256}"
    assert stat.S_IMODE(import_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    page = post(editor, "confirm")
    batch = last()
    assert (batch.state, batch.confirmed_by.username, batch.uploaded_by.username) == ("confirmed", "edith", "edith")
    assert EventEdition.objects.known_on(None).count() == 2
    assert {row.record.words for row in page.context["rows"]} == {"Acme cuts 120 jobs", "Bolt cuts about 200 jobs"}
    assert set(LayoffEvent.history.values_list("history_user__username", flat=True)) == {"edith"}
    # With it, whatever else was in the file.
    assert kept_files(import_folder) == []
    assert not ImportRow.objects.exclude(cells=[]).exists()

    page = post(editor, "take-back")
    assert last().state == "taken_back"
    assert {row.undone for row in page.context["rows"]} == {"withdrawn"}
    assert not EventEdition.objects.known_on(None).exists()
    assert check_record() == []


def test_the_preview_shows_what_differs_and_what_it_looks_like(editor, tmp_path):
    company = make_company("Coil")
    known = make_event(company, 118, announced_on="2024-03-12")
    (tmp_path / "list.csv").write_text(tech({"people": "120"}, {"company": "Bolt"}))
    import_file(tmp_path / "list.csv")
    page = upload(
        editor, tech({"people": "130"}, {"company": "Bolt"}, {"company": "Coil"}, {"company": "Dent", "people": "abc"})
    )
    rows = {row.where: row for row in page.context["rows"]}
    assert [rows[n].outcome for n in "2345"] == ["changed", "same", "duplicate", "rejected"]
    assert ("People, best", "120", "130") in rows["2"].differences
    assert rows["3"].record.words == "Bolt cuts 120 jobs"
    assert rows["4"].candidate.words == str(known)
    assert ("Company", "Coil") in rows["4"].becomes
    assert rows["5"].reasons[0].startswith("total_laid_off: ‘abc’")
    tabs = {tab.words: tab.count for tab in page.context["tabs"]}
    assert tabs == {"all rows": 4, "changed": 1, "same": 1, "likely duplicate": 1, "rejected": 1}
    only = editor.get(f"{IMPORTS}{last().pk}/change/?outcome=rejected").context["rows"]
    assert [row.where for row in only] == ["5"]


def test_bad_rows_are_set_aside_when_an_editor_says_so(editor):
    upload(editor, tech({}, {"company": "Bolt", "people": "abc"}))
    page = post(editor, "confirm")
    assert "Say that they are to be set aside" in page.content.decode()
    assert last().state == "previewed"
    assert not LayoffEvent.objects.exists()
    page = post(editor, "confirm", set_aside="on")
    assert last().state == "confirmed"
    assert LayoffEvent.objects.count() == 1
    found = editor.get(page.context["rejected_url"])
    assert found["Content-Disposition"] == f'attachment; filename="rejected-{last().pk}.csv"'
    (row,) = csv.DictReader(io.StringIO(found.content.decode()))
    assert (row["company"], row["total_laid_off"], row["rejected row"]) == ("Bolt", "abc", "3")
    assert row["rejected because"].startswith("total_laid_off: ‘abc’")


def test_what_changed_since_the_preview_is_shown_again_instead_of_written(editor):
    upload(editor, tech({}))
    make_event(make_company("Acme"), 120, announced_on="2024-03-13")
    before = LayoffEvent.objects.count()
    page = post(editor, "confirm")
    assert "The desk changed since the preview. Nothing was imported" in page.content.decode()
    assert (last().state, LayoffEvent.objects.count()) == ("previewed", before)
    assert [row.outcome for row in page.context["rows"]] == ["duplicate"]
    post(editor, "confirm")
    assert (last().state, LayoffEvent.objects.count()) == ("confirmed", before + 1)


def test_the_same_file_again_is_said_so_and_all_its_rows_are_the_same(editor):
    upload(editor, tech({}, {"company": "Bolt"}))
    post(editor, "confirm")
    first = last()
    page = upload(editor, tech({}, {"company": "Bolt"}), name="other.csv")
    assert page.context["read_before"].url == f"{IMPORTS}{first.pk}/change/"
    assert [row.outcome for row in page.context["rows"]] == ["same", "same"]


def test_a_file_that_cannot_be_read_says_why_and_can_be_read_otherwise(editor):
    page = upload(editor, as_csv(TECH, [tech_row()]), layout="warn-ca")
    assert last().state == "failed"
    assert "it has no column ‘notice_date’" in page.content.decode()
    page = post(editor, "preview", layout="")
    assert last().state == "previewed"
    assert [row.outcome for row in page.context["rows"]] == ["new"]


def test_an_unknown_file_is_read_once_its_columns_are_named(editor):
    page = upload(editor, "Firm,When,Jobs gone,Contact\nAcme,2024-03-14,120,Jane Doe\n")
    assert last().state == "failed"
    assert "Jobs gone" in page.content.decode()
    post(editor, "preview", mapping="Firm=company\nWhen=announced_on\nJobs gone=people\n")
    assert last().state == "previewed", last().error
    assert last().columns == ["Firm", "When", "Jobs gone"]
    assert "Jane" not in str(list(ImportRow.objects.values()))
    post(editor, "confirm")
    assert LayoffEvent.objects.get().people == 120


def test_an_edited_record_is_named_and_left_only_when_an_editor_says_so(editor):
    upload(editor, tech({}, {"company": "Bolt"}))
    post(editor, "confirm")
    event = LayoffEvent.objects.get(company__name="Acme")
    event.summary = "A word of ours."
    event.save()
    page = post(editor, "take-back")
    assert f"Acme cuts 120 jobs ({event.pk}): what needs saying" in page.content.decode()
    assert (last().state, LayoffEvent.objects.count()) == ("confirmed", 2)
    post(editor, "take-back", except_edited="on")
    assert last().state == "taken_back"
    assert LayoffEvent.objects.get() == event


# ── Who may ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_contributor_can_neither_upload_nor_confirm_nor_take_back(editor, django_user_model):
    upload(editor, tech({}))
    user = django_user_model.objects.create_user("con", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("add_layoffevent", "view_layoffevent")))
    client = Client()
    client.force_login(user)
    for address in ("", "add/", f"{last().pk}/change/", f"{last().pk}/rejected.csv/"):
        assert client.get(f"{IMPORTS}{address}").status_code == 403, address
    for what in ("confirm", "take-back", "preview", "columns", "names"):
        assert client.post(f"{IMPORTS}{last().pk}/{what}/").status_code == 403, what
    assert last().state == "previewed"


def test_who_uploads_need_not_be_allowed_to_confirm(editor, django_user_model):
    user = get_user_model().objects.get(username="edith")
    user.user_permissions.remove(Permission.objects.get(codename="confirm_importbatch"))
    page = upload(editor, tech({}))
    assert not page.context["may_confirm"]
    assert post(editor, "confirm").status_code == 403


def test_a_form_from_elsewhere_is_refused(editor):
    upload(editor, tech({}))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get(username="edith"))
    assert strict.post(f"{IMPORTS}{last().pk}/confirm/").status_code == 403
    assert strict.get(f"{IMPORTS}{last().pk}/confirm/").status_code == 405
    assert last().state == "previewed"


# ── What may go wrong ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_script_in_a_name_is_text(editor):
    evil = "<script>alert(1)</script>"
    page = upload(editor, tech({"company": evil, "location": evil}, {"people": evil}), name=f"{evil}.csv")
    html = page.content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; cuts 120 jobs" in html


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 5000 + ".csv", None),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\evil.csv", "evil.csv"),
        ("Liste à jour.csv", "Liste à jour.csv"),
    ],
)
def test_a_files_name_leads_nowhere(editor, import_folder, name, kept):
    upload(editor, tech({}), name=name)
    batch = last()
    assert batch.state == "previewed", batch.error
    assert len(batch.file_name) <= 200
    assert "/" not in batch.file_name
    assert batch.file_name.endswith(kept or "x.csv")
    assert kept_files(import_folder) == [f"{batch.pk}-{batch.sha256}"]


def test_a_file_that_is_too_large_or_empty_is_refused_with_words(editor, settings):
    settings.IMPORT_MAX_BYTES = 50
    page = upload(editor, tech({}))
    assert "at most 0.0 MB are read" in page.content.decode()
    assert not ImportBatch.objects.exists()
    page = upload(editor, b"")
    assert "The file is empty" in page.content.decode()
    assert last().state == "failed"


def test_a_second_editor_confirms_nothing(editor):
    upload(editor, tech({}))
    with working.hold(last().pk):
        page = post(editor, "confirm")
    assert "Somebody has asked for this a moment ago" in page.content.decode()
    assert (last().state, LayoffEvent.objects.count()) == ("previewed", 0)
    post(editor, "confirm")
    page = post(editor, "confirm")
    assert "This import is confirmed" in page.content.decode()
    assert LayoffEvent.objects.count() == 1


def test_two_imports_of_one_batch_write_once(editor):
    """Whoever gets past the lock all the same meets the batch's state in the transaction."""
    upload(editor, tech({}))
    batch = last()
    path = batches.kept_file(batch)
    import_file(path, batch=batch)
    with pytest.raises(batches.ImportStopped, match="confirmed already"):
        import_file(path, batch=batch)
    assert LayoffEvent.objects.count() == 1


def test_a_kept_file_that_was_changed_is_not_imported(editor):
    upload(editor, tech({}))
    batches.kept_file(last()).write_text(tech({"company": "Mallory"}))
    page = post(editor, "confirm")
    assert "no longer the one that was uploaded" in page.content.decode()
    assert not LayoffEvent.objects.exists()


def test_a_process_that_died_is_seen(editor):
    upload(editor, tech({}))
    ImportBatch.objects.update(task=BatchTask.IMPORT)
    page = editor.get(f"{IMPORTS}{last().pk}/change/")
    assert page.context["died"]
    assert "ended before it was done" in page.content.decode()
    assert "http-equiv" not in page.content.decode()
    post(editor, "confirm")
    assert last().state == "confirmed"


def test_work_that_goes_on_is_told_and_the_page_looks_again(editor):
    upload(editor, tech({}))
    ImportBatch.objects.update(task=BatchTask.IMPORT)
    with working.hold(last().pk):
        working.progress_to(last().pk)("Writing 12 events")
        html = editor.get(f"{IMPORTS}{last().pk}/change/").content.decode()
    assert "At work on the import." in html
    assert "Writing 12 events" in html
    assert '<meta http-equiv="refresh" content="2">' in html


def test_what_nobody_confirms_is_forgotten_after_a_week(editor, import_folder):
    upload(editor, tech({}))
    old = last()
    stray = import_folder / "left-behind"
    stray.write_text("x")
    week = timedelta(days=batches.KEPT_DAYS, hours=1)
    os.utime(stray, (time.time() - week.total_seconds(),) * 2)
    ImportBatch.objects.update(uploaded_at=F("uploaded_at") - week)
    upload(editor, tech({"company": "Bolt"}))
    old.refresh_from_db()
    assert (old.state, old.rows.count()) == ("failed", 0)
    assert "was not confirmed within 7 days" in old.error
    assert kept_files(import_folder) == [f"{last().pk}-{last().sha256}"]
    page = editor.get(f"{IMPORTS}{old.pk}/change/")
    assert not page.context["may_confirm"]


def test_pages_of_rows_hold_each_row_once_and_ask_little(editor, django_assert_max_num_queries):
    upload(editor, tech(*({"company": f"Company {n}"} for n in range(120))))
    post(editor, "confirm")
    address, seen = "?", []
    while address:
        with django_assert_max_num_queries(9):
            page = editor.get(f"{IMPORTS}{last().pk}/change/{address}")
        seen += [row.where for row in page.context["rows"]]
        address = page.context["pages"].get("after")
    assert seen == [str(n) for n in range(2, 122)]
    back = editor.get(f"{IMPORTS}{last().pk}/change/?before=102").context
    assert [row.where for row in back["rows"]] == [str(n) for n in range(52, 102)]
    assert Company.objects.count() == 120


def test_a_published_event_is_corrected_and_corrected_back(editor, tmp_path):
    (tmp_path / "list.csv").write_text(tech({"people": "120"}))
    import_file(tmp_path / "list.csv", publish=True)
    other = published(make_company("Bolt"), 10)
    upload(editor, tech({"people": "130"}))
    post(editor, "confirm")
    assert EventEdition.objects.known_on(None).exclude(record_id=other.pk).get().people == 130
    post(editor, "take-back")
    assert EventEdition.objects.known_on(None).exclude(record_id=other.pk).get().people == 120
    assert check_record() == []


def test_the_preview_says_what_notes_become(editor):
    make_company("Acme Labs")
    page = upload(editor, models({"Training compute cost (cloud)": "849737163.9"}))
    (row,) = page.context["rows"]
    assert row.record is None
    said = dict(row.becomes)
    assert (said["Title"], said["Dated"]) == ("Big One, a large AI model by Acme, Acme Labs", "2024-03-14")
    assert said["Companies"] == "Acme (new), Acme Labs"
    assert said["Best, millions of US dollars"] == "849.737"
    post(editor, "confirm")
    assert last().state == "confirmed", last().error


def test_a_second_class_of_shares_is_no_company_that_was_here(editor):
    """Its company is made by the same import: its id is another in each run, and none before the import."""
    page = upload(editor, constituents({}, {"Symbol": "ACM.B", "Security": "Acme Inc. (Class B)"}))
    assert [(row.outcome, row.record) for row in page.context["rows"]] == [("new", None), ("same", None)]
    make_company("Bolt").delete()  # takes an id
    page = post(editor, "confirm")
    assert last().state == "confirmed", last().error
    assert [row.record.words for row in page.context["rows"]] == ["Acme Inc."] * 2


def test_files_of_companies_are_looked_at_written_and_taken_back(editor):
    bolt = make_company("Bolt")
    page = upload(editor, constituents({}, {"Symbol": "BLT", "Security": "Bolt", "CIK": "2"}))
    assert [row.outcome for row in page.context["rows"]] == ["new", "changed"]
    assert page.context["rows"][1].record.words == "Bolt"
    assert ("Ticker", "ACM") in page.context["rows"][0].becomes
    assert ("Name", "Acme Inc.") in page.context["rows"][0].becomes
    page = post(editor, "confirm")
    assert last().state == "confirmed", last().error
    assert [row.record.words for row in page.context["rows"]] == ["Acme Inc.", "Bolt"]
    page = post(editor, "take-back")
    assert last().state == "taken_back", last().error
    assert [row.undone for row in page.context["rows"]] == ["removed", "as before"]
    assert Company.objects.get() == bolt
    bolt.refresh_from_db()
    assert (bolt.ticker, bolt.sector, bolt.search_text) == ("", "", "bolt")
    assert bolt.history.first().history_user.username == "edith"


def test_what_an_editor_changed_of_a_company_since_is_named_and_what_is_used_stays(editor):
    bolt = make_company("Bolt")
    upload(editor, constituents({}, {"Symbol": "BLT", "Security": "Bolt", "CIK": "2"}))
    post(editor, "confirm")
    make_event(Company.objects.get(ticker="ACM"))
    bolt.refresh_from_db()
    bolt.ticker = "BOLT"
    bolt.save()
    page = post(editor, "take-back")
    assert f"Bolt ({bolt.pk}): ticker" in page.content.decode()
    assert (last().state, Company.objects.get(pk=bolt.pk).sector) == ("confirmed", "finance")
    page = post(editor, "take-back", except_edited="on")
    assert last().state == "taken_back"
    assert [row.kept_because for row in page.context["rows"]] == ["used elsewhere or edited since", "ticker"]
    assert set(Company.objects.values_list("ticker", flat=True)) == {"ACM", "BOLT"}


def test_a_preview_that_was_made_anew_meanwhile_is_not_confirmed_unseen(editor):
    upload(editor, tech({}))
    seen = last().fingerprint
    post(editor, "preview", publish="on")
    assert last().fingerprint != seen
    response = post(editor, "confirm", seen=seen)
    assert "The preview was made anew meanwhile" in response.content.decode()
    assert not LayoffEvent.objects.exists()


def test_a_new_company_that_is_known_by_the_time_of_the_import_is_shown_before_anything_is_written(editor):
    upload(editor, tech({"company": "Acme"}))
    make_company("Zeta", aliases=["Acme"])
    response = post(editor, "confirm")
    assert "The desk changed since the preview" in response.content.decode()
    assert not LayoffEvent.objects.exists()


def test_a_contact_in_a_cell_is_repeated_nowhere(editor):
    rows = (
        {"company": "Acme", "people": "Call Jane Doe 206-555-1234"},
        {"company": "Bolt (jane@bolt.example)", "source": ""},
    )
    page = upload(editor, tech(*rows, {"company": "Coil", "industry": "ask jane@coil.example"}))
    rejected = editor.get(f"{IMPORTS}{last().pk}/rejected.csv/").content.decode()
    kept = str(list(ImportRow.objects.values())) + str(last().remarks)
    for words in (page.content.decode(), rejected, kept):
        assert "555-1234" not in words
        assert "jane@" not in words
    assert last().counts["rejected"] == 2
    assert rejected.count("contacts are never stored") == 2
