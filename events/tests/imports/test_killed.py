"""Imports in processes of their own: killed in the middle they leave all or nothing; others see whether they live."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from events.dates import today
from events.imports import batches, working
from events.models import ImportBatch, PublicRecord
from events.models.choices import BatchTask
from events.tests.imports.files import tech

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
ROWS = 400
# What the command says as it goes, the last three from within its transaction.
MOMENTS = ("Reading list.csv", f"Writing {ROWS} of", "Looking for likely", f"Publishing {ROWS} layoff events")
TABLES = ("layoffevent", "citation", "company", "source", "eventedition", "importbatch", "importrow", "importmade")


class Elsewhere:
    """The database of this test as other processes see it."""

    def __init__(self, folder, imports):
        if not PublicRecord.objects.exists():  # a test before this one emptied the tables
            PublicRecord.objects.create(opened_on=today())
        self.path = folder / "copy.sqlite3"
        self.environment = {"VAR_DIR": str(folder), "IMPORT_DIR": str(imports), "DATABASE_URL": self._address()}

    def _address(self):
        if connection.vendor == "sqlite":
            # The test's own is in memory, where no other process sees it.
            with closing(sqlite3.connect(self.path)) as copy:
                connection.ensure_connection()
                connection.connection.backup(copy)
            return f"sqlite:///{self.path}"
        return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()

    def ask(self, sql):
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.path)) as copy:
                return copy.execute(sql).fetchall()
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def rows(self):
        return {table: self.ask(f"SELECT count(*) FROM events_{table}")[0][0] for table in TABLES}

    def manage(self, *arguments):
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def many():
    return tech(*({"company": f"Company {n}", "source": f"https://paper.example/{n}"} for n in range(ROWS)))


def test_an_import_killed_at_any_moment_leaves_all_or_nothing(put, tmp_path, import_folder):
    elsewhere = Elsewhere(tmp_path, import_folder)
    file = put(many())
    nothing = elsewhere.rows()
    assert set(nothing.values()) == {0}
    killed = 0
    for moment in MOMENTS:
        process = elsewhere.manage("import_data", file, "--publish")
        assert any(line.startswith(moment) for line in process.stderr), moment
        time.sleep(random.uniform(0, 0.1))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        found = elsewhere.rows()
        if found != nothing:
            break  # it was through already: all of it is there, see below
    assert killed
    if found == nothing:
        out, errors = elsewhere.manage("import_data", file, "--publish").communicate(timeout=60)
        assert f"{ROWS} new" in out, errors
    wanted = dict.fromkeys(TABLES, ROWS) | {"importbatch": 1, "importmade": 2 * ROWS}
    assert elsewhere.rows() == wanted
    out, errors = elsewhere.manage("check_record").communicate(timeout=60)
    assert "The record holds" in out, errors


def test_a_take_back_killed_at_any_moment_leaves_all_or_nothing(put, tmp_path, import_folder):
    elsewhere = Elsewhere(tmp_path, import_folder)
    elsewhere.manage("import_data", put(many())).communicate(timeout=60)
    ((batch,),) = elsewhere.ask("SELECT id FROM events_importbatch")
    everything = elsewhere.rows()
    for moment in ("Taking back 0 of", "Looking for companies"):
        process = elsewhere.manage("import_data", "--take-back", batch)
        assert any(line.startswith(moment) for line in process.stderr), moment
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert elsewhere.rows() == everything
    out, errors = elsewhere.manage("import_data", "--take-back", batch).communicate(timeout=60)
    assert f"{ROWS} removed" in out, errors
    left = elsewhere.rows()
    assert {left[table] for table in ("layoffevent", "citation", "company", "source")} == {0}


def test_a_large_file_is_read_by_a_process_of_its_own_that_is_seen_to_live_and_to_die(
    tmp_path, import_folder, monkeypatch
):
    batch = batches.receive([many().encode()], "list.csv", user=None)
    ImportBatch.objects.update(task=BatchTask.PREVIEW)
    elsewhere = Elsewhere(tmp_path, import_folder)
    for name, value in elsewhere.environment.items():
        monkeypatch.setenv(name, value)

    with working.hold(batch.pk) as lock:
        working.detach(batch.pk, lock)
    # We have let go of the lock; the process that inherited it holds it until it ends.
    assert working.is_held(batch.pk)
    with pytest.raises(working.Busy), working.hold(batch.pk):
        pass
    until = time.monotonic() + 60
    while working.is_held(batch.pk) and time.monotonic() < until:
        time.sleep(0.05)
    assert elsewhere.ask("SELECT state, task, error FROM events_importbatch") == [("previewed", "", "")]
    assert elsewhere.rows()["importrow"] == ROWS
    assert working.progress_of(batch.pk)
