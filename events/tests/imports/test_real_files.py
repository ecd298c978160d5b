"""The files that editors really bring, against the sums that were made of them with the csv module alone."""

import json
from collections import Counter
from contextlib import suppress

import pytest
from django.db import transaction
from django.db.models import Count, Sum

from events.imports.engine import import_file
from events.imports.reading import BrokenFile, read_file
from events.imports.words import country_code
from events.models import Citation, EventEdition, LayoffEvent, PublicRecord
from events.publishing import check_record
from events.tests.factories import open_record

FILES = (
    "layoffs_2020_2026.csv",
    "layoffs_2020_2025_coordinates.csv",
    "warn_state_ca.csv",
    "warn_register_wa.csv",
    "warn_register_ny.csv",
)


class Imported:
    def __init__(self, path):
        self.path = path
        self.reference = json.loads(path.with_suffix(".reference.json").read_text())
        self.report = import_file(path, publish=True)

    def by(self, *names):
        """(rows, people) by these fields of the public record."""
        rows = (
            EventEdition.objects.known_on(None).values(*names).annotate(rows=Count("pk"), sum=Sum("people")).order_by()
        )
        return {tuple(row[name] for name in names): (row["rows"], row["sum"] or 0) for row in rows}


@pytest.fixture(scope="module", params=FILES)
def imported(request, data_dir, django_db_setup, django_db_blocker):
    """One file, imported and published into an empty database; undone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        open_record()
        yield Imported(data_dir / request.param)
        transaction.set_rollback(True)


def test_every_row_is_new_and_public(imported):
    rows = imported.reference["rows"]
    report = imported.report
    assert (report.rows, report.new, report.same, report.changed, report.rejected) == (rows, rows, 0, 0, [])
    assert EventEdition.objects.known_on(None).count() == LayoffEvent.objects.count() == rows
    assert report.published == rows


def test_rows_without_people_have_none(imported):
    assert EventEdition.objects.filter(people=None).count() == imported.reference["rows_without_people"]


def test_people_and_rows_by_year_are_the_files(imported):
    people, rows = Counter(), Counter()
    for (day,), (number, total) in imported.by("announced_from").items():
        people[str(day.year)] += total
        rows[str(day.year)] += number
    assert people.total() == imported.reference["people_total"]
    # The references leave out years without a row.
    assert dict(people) == imported.reference["people_by_year"]
    assert dict(rows) == imported.reference["rows_by_year"]


def test_people_and_rows_by_month_of_2023_and_2024_are_the_files(imported):
    wanted = imported.reference["rows_by_month_2023_2024"]
    months = dict.fromkeys(wanted, (0, 0))
    months |= {month: found for (month,), found in imported.by("announced_month").items() if month in wanted}
    assert {m: rows for m, (rows, _people) in months.items()} == wanted
    assert {m: people for m, (_rows, people) in months.items()} == imported.reference["people_by_month_2023_2024"]


def test_people_by_company_as_written_are_the_files(imported):
    sums = dict(
        Citation.objects.values_list("company_as_written").annotate(total=Sum("people")).filter(total__gt=0).order_by()
    )
    top = imported.reference["people_by_company_top20"]
    assert {name: sums[name] for name in top} == top
    assert sorted(sums.values(), reverse=True)[: len(top)] == sorted(top.values(), reverse=True)


def test_people_by_country_are_the_files(imported):
    if "people_by_country_top10" not in imported.reference:
        return
    expected = Counter()
    for name, people in imported.reference["people_by_country_top10"].items():
        expected[country_code(name)] += people
    found = {code: people for (code,), (_rows, people) in imported.by("country").items()}
    # The second list spells one country in two ways, the reference counts spellings.
    assert {code for code in expected if found[code] < expected[code]} == set()
    if imported.path.name == "layoffs_2020_2026.csv":
        assert {code: found[code] for code in expected} == expected


def test_every_event_is_cited_once_and_says_its_row_and_file(imported):
    rows = imported.reference["rows"]
    assert Citation.objects.count() == rows
    assert Citation.objects.values("row_number").distinct().count() == rows
    assert set(LayoffEvent.objects.values_list("origin", flat=True)) == {imported.path.name}


def test_the_public_record_holds(imported):
    assert check_record() == []


def test_reading_it_twice_changes_nothing(imported):
    version = PublicRecord.objects.get().version
    editions, history = EventEdition.objects.count(), LayoffEvent.history.count()
    report = import_file(imported.path, publish=True)
    assert (report.new, report.same, report.changed, report.rejected) == (0, imported.reference["rows"], 0, [])
    assert (report.companies_made, report.sources_made, report.published) == (0, 0, 0)
    assert PublicRecord.objects.get().version == version
    assert (EventEdition.objects.count(), LayoffEvent.history.count()) == (editions, history)


def test_a_file_cut_anywhere_is_refused_or_said_to_be(imported, tmp_path):
    content = imported.path.read_bytes()
    for part in (0.1, 0.37, 0.5, 0.83):
        cut = tmp_path / imported.path.name
        cut.write_bytes(content[: int(len(content) * part)])
        with suppress(BrokenFile):
            assert read_file(cut).ends_without_line_end
