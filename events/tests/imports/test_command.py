"""manage.py import_data."""

import io

import pytest
from django.core.management import CommandError, call_command

from events.models import LayoffEvent
from events.tests.imports.files import tech

pytestmark = pytest.mark.django_db


def run(*args, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("import_data", *map(str, args), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_the_report_is_printed_and_progress_shown(put):
    report, progress = run(put(tech({}, {"company": "Bolt"})), "--publish")
    assert "Rows 2: 2 new, 0 same, 0 changed, 0 rejected." in report
    assert "Companies: 2 made, 0 matched." in report
    assert "Publishing 2 layoff events …" in progress


def test_a_bad_row_is_an_error_of_the_command(put):
    with pytest.raises(CommandError, match="Nothing was imported: 1 of 1 rows"):
        run(put(tech({"people": "abc"})))


def test_a_dry_run_and_a_layout_by_name(put):
    report, _progress = run(put(tech({})), "--dry-run", "--layout", "tech-list")
    assert "Dry run: nothing was kept." in report
    assert not LayoffEvent.objects.exists()


def test_a_layout_that_does_not_fit_is_an_error(put):
    with pytest.raises(CommandError, match="it has no column ‘notice_date’"):
        run(put(tech({})), "--layout", "warn-ca")


def test_rejects_are_set_aside(put, tmp_path):
    report, _progress = run(put(tech({}, {"company": "Bolt", "people": "abc"})), "--rejects", tmp_path / "out.csv")
    assert "1 new, 0 same, 0 changed, 1 rejected" in report
    assert "Row 3, total_laid_off" in report
    assert "Bolt" in (tmp_path / "out.csv").read_text()


def test_columns_of_an_unknown_file_are_mapped(put):
    path = put("Firm,Day\nAcme,2024-03-14\n")
    with pytest.raises(CommandError, match="‘Firm’ \\(Acme\\)"):
        run(path)
    report, _progress = run(path, "--map", "Firm=company", "--map", "Day=announced_on")
    assert "Rows 1: 1 new" in report
