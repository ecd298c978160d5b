"""Building: the files of one state, in their place at once, kept week by week."""

import io
import json
import os
import subprocess
import sys
import zipfile

import pytest
from django.core.management import CommandError, call_command

from events.dataset import build as building
from events.dataset.build import build
from events.tests.dataset.conftest import SECRET
from events.tests.dataset.test_files import ZIP, csv_rows
from events.tests.factories import make_company, make_event, published

pytestmark = pytest.mark.django_db


def sums(folder):
    return (folder / "current" / "SHA256SUMS").read_text()


def test_the_same_data_gives_the_same_bytes(tmp_path):
    published(make_company("Amazon"), 500)
    build(tmp_path / "one")
    build(tmp_path / "two")
    assert sums(tmp_path / "one") == sums(tmp_path / "two")


def test_files_that_came_out_the_same_stay_where_they_are(tmp_path):
    published(make_company("Amazon"), 500)
    build(tmp_path)
    before = (tmp_path / "current").resolve()
    build(tmp_path)
    assert (tmp_path / "current").resolve() == before
    assert len(list(tmp_path.glob("build-*"))) == 1


def test_a_reader_goes_on_reading_the_file_that_he_began_while_a_new_one_takes_its_place(tmp_path):
    published(make_company("Amazon"), 500)
    build(tmp_path)
    with (tmp_path / "current" / ZIP).open("rb") as begun:
        first = begun.read(10)
        published(make_company("Google"), 1000)
        build(tmp_path)
        old = first + begun.read()
    assert zipfile.ZipFile(io.BytesIO(old)).testzip() is None
    assert old != (tmp_path / "current" / ZIP).read_bytes()
    assert len(list(tmp_path.glob("build-*"))) == 1


def test_a_build_that_fails_leaves_what_was_there_and_nothing_of_its_own(tmp_path, monkeypatch):
    published(make_company("Amazon"), 500)
    build(tmp_path)
    before = sums(tmp_path)
    published(make_company("Google"), 1000)
    monkeypatch.setattr(building, "_sha256", lambda path: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build(tmp_path)
    assert sums(tmp_path) == before
    assert len(list(tmp_path.glob("build-*"))) == 1


def test_what_a_killed_build_left_behind_is_taken_away(tmp_path):
    (tmp_path / "build-killed").mkdir()
    (tmp_path / "build-killed" / ZIP).write_text("half")
    build(tmp_path)
    assert not (tmp_path / "build-killed").exists()


def test_two_builds_at_once_do_not_meet(tmp_path, settings):
    settings.DATA_DIR = str(tmp_path)
    with building._alone(tmp_path), pytest.raises(CommandError, match="Another build is running"):
        call_command("build_data")


def test_the_first_build_of_a_week_is_kept_as_it_was(tmp_path, on):
    on("2026-11-25")
    published(make_company("Amazon"), 500)
    build(tmp_path, keep_weekly=True)
    kept = tmp_path / "weekly" / "2026-W48"
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    on("2026-11-27")
    published(make_company("Google"), 1000)
    build(tmp_path, keep_weekly=True)
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before
    on("2026-12-01")
    build(tmp_path, keep_weekly=True)
    assert sorted(path.name for path in (tmp_path / "weekly").iterdir()) == ["2026-W48", "2026-W49"]
    assert json.loads((kept / "manifest.json").read_text())["built_on"] == "2026-11-25"


def test_a_record_without_anything_can_be_built(tmp_path):
    manifest = build(tmp_path)
    assert {table["name"] for table in manifest["tables"] if table["rows"]} == {"public_record"}


def test_everybody_may_read_the_files(tmp_path):
    build(tmp_path, keep_weekly=True)
    for folder in (tmp_path / "current", *(tmp_path / "weekly").iterdir()):
        assert folder.resolve().stat().st_mode & 0o055 == 0o055
        assert all(path.stat().st_mode & 0o044 == 0o044 for path in folder.iterdir())


def test_web_processes_do_not_load_what_writes_parquet():
    code = "import django; django.setup(); import layoffwatch.urls, sys; sys.exit('pyarrow' in sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "layoffwatch.settings"}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0


def test_an_event_replaced_through_a_draft_says_in_whose_place_it_stands(tmp_path):
    """A draft between two public events is passed over, and named nowhere."""
    amazon = make_company("Amazon")
    old = published(amazon, 100, title="Old")
    draft = make_event(amazon, 150, replaces=old, title=f"{SECRET} draft")
    published(amazon, 200, replaces=draft, title="New")
    build(tmp_path)
    documents = {r[12]: json.loads(r[-1]) for r in csv_rows(tmp_path / "current", "event_editions") if r[3] is None}
    assert documents["New"]["replaces"] == [old.pk]
