"""A data set made into a site again: the same for readers, or refused with nothing written."""

import csv
import hashlib
import io
import json
import re
import zipfile
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from events import publishing
from events.dataset.build import build
from events.imports.engine import ImportStopped
from events.imports.restore import restore
from events.models import Company, EventEdition, LayoffEvent, PublicRecord, Source
from events.tests.answers.conftest import make_record
from events.tests.factories import (
    make_company,
    make_event,
    make_source,
    open_record,
    published,
    published_headcount,
    published_note,
    published_total,
)
from events.tests.views.starter import _models
from events.tests.worlds import World

pytestmark = pytest.mark.django_db

ZIP = "layoffwatch-data.zip"


def empty():
    """As migrations leave a site."""
    with connection.cursor() as cursor:
        for model in _models():
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    open_record()


def exported(folder):
    build(folder)
    return folder / "current" / ZIP


def sums(folder):
    return (folder / "current" / "SHA256SUMS").read_text()


def round_trip(tmp_path):
    """Exports, empties, imports and exports again; returns the two lists of checksums."""
    path = exported(tmp_path / "before")
    empty()
    restore(path)
    build(tmp_path / "after")
    return sums(tmp_path / "before"), sums(tmp_path / "after")


# ── There and back ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_world_of_chance_comes_back_as_the_same_files(seed, tmp_path):
    World(seed)
    before, after = round_trip(tmp_path)
    assert before == after
    assert publishing.check_record() == []


def test_a_record_of_hostile_texts_comes_back_as_the_same_files(tmp_path):
    record = make_record()
    published_total(publisher="=A tracker")
    published_headcount(record.companies[0], 1_525_000)
    before, after = round_trip(tmp_path)
    assert before == after


def test_readers_find_what_they_found(client, tmp_path):
    amazon = make_company("Amazon", aliases=["Amazon.com Services"])
    published(amazon, (200, None, 900), title="Amazon cuts hundreds", wording="several hundred", place="Zürich")
    pages = [
        "/events/?q=hundreds",
        "/events/?place=Zurich",
        "/search/?q=services",
        "/companies/amazon/",
    ]
    before = [client.get(page).content for page in pages]
    round_trip(tmp_path)
    assert [client.get(page).content for page in pages] == before


def test_the_desk_can_go_on_where_it_was(tmp_path):
    event = published(make_company("Amazon"), 500, share_percent=Decimal("12.5"), place="Seattle")
    round_trip(tmp_path)
    again = LayoffEvent.objects.get()
    assert (again.pk, again.people, again.share_percent, again.place) == (event.pk, 500, Decimal("12.5"), "Seattle")
    assert again.citations.count() == 1
    assert again.history.get().history_change_reason == "Restored from a data set"
    again.people = again.people_low = again.people_high = 600
    again.save()
    assert publishing.correct(again, "Counted anew.") == 1
    assert EventEdition.objects.get(number=2).version == PublicRecord.objects.get().version
    # New records have numbers of their own.
    assert published(make_company("Google"), 5).pk > event.pk
    assert make_source().pk > again.citations.get().source_id


def test_a_merged_company_and_its_former_address_come_back(client, tmp_path):
    old = make_company("Amazon Web")
    published(old, 10)
    published_note([(old, "maker")])
    published_headcount(old)
    new = make_company("Amazon")
    Company.objects.filter(pk=old.pk).update(merged_into=new)
    publishing.ownership_changed([old.pk])
    before, after = round_trip(tmp_path)
    assert before == after
    assert client.get("/companies/amazon-web/").url == "/companies/amazon/"


# ── Refused ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def data_set(tmp_path):
    """A small data set, and no record."""
    amazon = make_company("Amazon", aliases=["Amazon.com"])
    whole = published(amazon, 500, title="The whole")
    published(amazon, 100, title="The part", part_of=whole)
    published_note([(amazon, "maker")])
    path = exported(tmp_path / "built")
    empty()
    return path


def rows_there():
    return sum(model._base_manager.count() for model in _models() if model is not PublicRecord)


def refused(path):
    """What is said of a data set that is refused; nothing is written."""
    record = PublicRecord.objects.values().get()
    with pytest.raises(ImportStopped, match=r"^Nothing was imported\. ") as stopped:
        restore(path)
    assert rows_there() == 0
    assert PublicRecord.objects.values().get() == record
    return str(stopped.value)


def rewritten(path, change=None, *, package=None, members=None):
    """A copy of a data set: `change(name, rows)` alters the lines of a table, `package` its description, which states
    the right checksums of what came out, and `members` adds files or, by None, leaves some out."""
    members = dict(members or {})
    out = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        described = json.loads(old.read("datapackage.json"))
        for resource in described["resources"]:
            name = resource["name"]
            rows = list(csv.reader(io.StringIO(old.read(f"{name}.csv").decode(), newline="")))
            rows = change(name, rows) if change else rows
            text = io.StringIO(newline="")
            csv.writer(text).writerows(rows)
            content = members.pop(f"{name}.csv", text.getvalue().encode())
            if content is None:
                continue
            resource |= {
                "rows": len(rows) - 1, "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
            }  # fmt: skip
            new.writestr(f"{name}.csv", content)
        if package:
            package(described)
        members.setdefault("datapackage.json", json.dumps(described).encode())
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)
    return out


# In place of a cell: the number of the record that the row is of, which stands in its first one.
OWN = "its own number"


def with_cell(path, table, column, value, row=1):
    def change(name, rows):
        if name == table:
            rows[row][rows[0].index(column)] = rows[row][0] if value is OWN else value
        return rows

    return rewritten(path, change)


def with_document(path, change, table="event_editions"):
    def alter(name, rows):
        if name == table:
            document = json.loads(rows[1][-1])
            change(document)
            rows[1][-1] = json.dumps(document)
        return rows

    return rewritten(path, alter)


def test_a_data_set_that_was_only_packed_anew_is_taken(data_set):
    """Else the refusals below would prove nothing."""
    restore(rewritten(data_set))
    assert EventEdition.objects.count() == 2


def test_a_site_with_records_is_left_as_it_is(data_set):
    make_company("Google")
    with pytest.raises(ImportStopped, match="into an empty one alone"):
        restore(data_set)
    assert Company.objects.count() == 1


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("companies", "id", "x", "companies.csv, row 1: id: ‘x’ is no whole number"),
        ("companies", "id", "-1", "no whole number"),
        ("companies", "id", "9" * 19, "no whole number"),
        ("companies", "id", "", "must not be empty"),
        ("companies", "sector", "magic", "none of its words"),
        ("companies", "name", "x" * 201, "201 characters, more than 200"),
        ("companies", "slug", "../admin", "no part of an address"),
        ("sources", "url", "javascript:alert(1)", "does not begin with http"),
        ("sources", "published_on", "2024-13", "no date"),
        ("event_editions", "withdrawn", "yes", "no true or false"),
        ("event_editions", "known_from", "2024-02-30", "no day"),
        ("event_editions", "written_at", "yesterday", "no moment"),
        ("event_editions", "share_percent", "1e400", "no number"),
        ("event_editions", "share_percent", "NaN", "no number"),
        ("event_editions", "document", "{", "no document"),
        ("event_editions", "document", "[" * 100_000, "no document"),
        ("event_editions", "people", str(2**31), "more people than there are"),
        ("event_editions", "people", "499", "the figure in its document is another"),
        ("event_editions", "company", "77", "names number 77 of companies, which is not there"),
        ("event_editions", "part_of", "77", "names number 77 of event_editions, which is not there"),
        ("event_editions", "edition", "7", "contradicts itself"),
        ("event_editions", "counts_as", "filing", "contradicts itself"),
        ("event_editions", "title", "Another", "contradicts itself"),
        ("event_editions", "part_of", OWN, "does not take it|contradicts itself|part of itself"),
        ("companies", "merged_into", OWN, "does not take it"),
        ("aliases", "company", "9", "names number 9 of companies"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_and_nothing_is_written(data_set, table, column, value, said):
    assert re.search(said, refused(with_cell(data_set, table, column, value)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.pop("figure"), "document is not as a document has it"),
        (lambda d: d.update(more=1), "document is not"),
        (lambda d: d["figure"].update(low="many"), "document.figure.low"),
        (lambda d: d["figure"].update(low=True), "document.figure.low"),
        (lambda d: d["figure"].update(qualifier=["exact"]), "document.figure.qualifier"),
        (lambda d: d["citations"][0].update(url="javascript:alert(1)"), r"document.citations\[0\].url"),
        (lambda d: d["citations"][0].update(quote="x" * 501), r"document.citations\[0\].quote"),
        (lambda d: d["citations"][0].update(source=99), "names number 99 of sources"),
        (lambda d: d.update(notes=[99]), "names number 99 of note_editions"),
        (lambda d: d.update(updates=[99]), "names number 99 of event_editions"),
        (lambda d: d.update(citations={}), "document.citations"),
    ],
)
def test_a_wrong_document_is_named_and_nothing_is_written(data_set, change, said):
    assert re.search(said, refused(with_document(data_set, change)))


def test_companies_that_own_each_other_are_refused(data_set):
    def change(name, rows):
        if name == "companies":
            rows.append([*rows[1]])
            rows[-1][:3] = ["50", "Google", "google"]
        if name == "ownership":
            rows += [["50", rows_id(rows), "", ""], [rows_id(rows), "50", "", ""]]
        return rows

    def rows_id(_rows):
        with zipfile.ZipFile(data_set) as archive:
            return list(csv.reader(io.StringIO(archive.read("companies.csv").decode())))[1][0]

    assert "its own owner" in refused(rewritten(data_set, change))


def test_a_cell_of_ten_megabytes_is_refused(data_set):
    assert "a line of more than" in refused(with_cell(data_set, "companies", "name", "x" * 10_000_000))
    broken = with_cell(data_set, "companies", "name", "x\n" * 5_000_000)
    assert "a cell is too long" in refused(broken)


def test_a_refusal_leaves_the_limit_of_other_readers_of_csv_as_it_was(data_set):
    before = csv.field_size_limit()
    refused(with_cell(data_set, "event_editions", "company", "77"))
    refused(with_cell(data_set, "companies", "id", "x"))
    assert csv.field_size_limit() == before


def test_a_bomb_is_refused_by_what_it_states(data_set, settings):
    settings.DATA_SET_MAX_BYTES = 1_000_000
    bomb = rewritten(data_set, members={"units.csv": b"0" * 2_000_000})
    assert bomb.stat().st_size < 1_000_000
    assert "Unpacked it would have" in refused(bomb)


def test_a_file_with_another_checksum_is_refused(data_set):
    assert "its checksum is another" in refused(
        rewritten(data_set, package=lambda p: p["resources"][1].update(hash="sha256:0"))
    )
    assert "states 9" in refused(rewritten(data_set, package=lambda p: p["resources"][1].update(rows=9)))


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"units.csv": None}, "The zip lacks units.csv"),
        ({"../../etc/cron.d/x": b"* * * * *"}, "belongs to no data set: ../../etc/cron.d/x"),
        ({"datapackage.json": None}, "holds no datapackage.json"),
        ({"datapackage.json": b"{"}, "no description of a data set"),
        ({"datapackage.json": b"[" * 200_000}, "no description of a data set"),
        ({"datapackage.json": b'{"layoffwatch": {"format": 2}, "resources": []}'}, "of format 2"),
        ({"datapackage.json": b'{"layoffwatch": {"format": 1}, "resources": []}'}, "does not describe"),
        ({"datapackage.json": b" " * 6_000_000}, "larger than any"),
        ({"companies.csv": b"id,name\r\n1,Amazon\r\n"}, "The first line of companies.csv is not"),
        ({"companies.csv": b"\xff\xfe"}, "not in UTF-8"),
        ({"companies.csv": b""}, "The first line of companies.csv is not"),
    ],
)
def test_a_zip_that_is_no_data_set_is_refused(data_set, members, said):
    assert said in refused(rewritten(data_set, members=members))


def test_a_damaged_zip_is_refused(data_set):
    content = bytearray(data_set.read_bytes())
    content[200:260] = b"\0" * 60
    damaged = data_set.with_name("damaged.zip")
    damaged.write_bytes(content)
    assert refused(damaged)
    damaged.write_bytes(data_set.read_bytes()[:-30])
    with pytest.raises(ImportStopped):
        restore(damaged)


def test_options_for_files_of_rows_are_refused_with_a_data_set(data_set):
    with pytest.raises(CommandError, match="leave out --dry-run, --publish"):
        call_command("import_data", data_set, dry_run=True, publish=True)


def test_the_command_says_what_it_restored(data_set, capsys):
    call_command("import_data", data_set, verbosity=0)
    assert "2 event editions" in capsys.readouterr().out


def test_two_sources_that_an_old_edition_and_today_give_one_address_are_both_kept(tmp_path):
    """The newer description has the address."""
    amazon = make_company("Amazon")
    event = make_event(amazon, 5, cited=False)
    old = make_source("https://paper.example/a")
    event.citations.create(source=old)
    publishing.publish(event)
    event.citations.update(source=make_source("https://paper.example/b"))
    event = LayoffEvent.objects.get(pk=event.pk)
    publishing.correct(event, "A better source.")
    Source.objects.filter(pk=old.pk).update(url="https://paper.example/old", url_normalised="https://paper.example/old")
    other = make_source("https://paper.example/a")
    event.citations.create(source=other)
    publishing.correct(LayoffEvent.objects.get(pk=event.pk), "One more.")
    before, after = round_trip(tmp_path)
    assert before == after
    assert Source.objects.count() == 3
