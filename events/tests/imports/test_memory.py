"""However long a file is, an import holds some of its rows at a time, and asks no more of each than of a few."""

import gc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.imports import rows, run
from events.imports import take_back as take_back_module
from events.imports.layouts import Facts
from events.imports.take_back import take_back
from events.models import Citation, ImportBatch, ImportRow, LayoffEvent
from events.publishing import graph
from events.tests.imports.files import tech

PART, FEW, MANY = 20, 40, 160


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(rows, "PART", PART)
    for module in (run, graph, take_back_module):
        monkeypatch.setattr(module, "CHUNK", PART)


def listed(count, people, name="Company"):
    # A company each: what is at one company is compared for likely duplicates, row with row.
    return tech(*({"company": f"{name} {n}", "people": people, "source": f"{name}.example/{n}"} for n in range(count)))


class Held:
    """How many objects of these kinds are alive at most, as often as the work says what it does."""

    def __init__(self, *kinds):
        self.kinds, self.most = kinds, 0

    def look(self, _words):
        gc.collect()
        self.most = max(self.most, sum(isinstance(each, self.kinds) for each in gc.get_objects()))


@pytest.fixture(autouse=True)
def only_new_objects():
    """What is there before a test is not looked through again and again."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("publish", [False, True])
def test_an_import_holds_a_part_of_its_rows_at_a_time(load, small_parts, publish):
    held = Held(Facts, LayoffEvent, Citation)
    for people in ("120", "130"):
        load(listed(MANY, people), publish=publish, progress=held.look)
    assert LayoffEvent.objects.filter(people=130).count() == MANY
    # The last part and the one that is built, of each kind; not all of the file.
    assert 0 < held.most <= 2 * 3 * PART


def test_a_taking_back_holds_a_part_of_the_rows_at_a_time(load, small_parts):
    load(listed(MANY, "120"))
    held = Held(ImportRow)
    take_back(ImportBatch.objects.get(), None, progress=held.look)
    assert not LayoffEvent.objects.exists()
    assert 0 < held.most <= 2 * PART


@pytest.mark.parametrize("before", ["nothing", "the same as drafts", "otherwise and public"])
def test_an_import_asks_as_much_of_many_rows_as_of_few_for_each_part(load, small_parts, before):
    asked = []
    for name, count in (("few", FEW), ("many", MANY)):
        if before != "nothing":
            same = before == "the same as drafts"
            load(listed(count, "120" if same else "130", name), publish=not same)
        with CaptureQueriesContext(connection) as queries:
            report = load(listed(count, "120", name), publish=True)
        assert report.published + report.corrected == count
        asked.append(len(queries) / (count / PART))
    assert asked[1] <= asked[0]
