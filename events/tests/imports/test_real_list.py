"""The list that newsrooms quote, imported alone: what it knew when, and the rows that were checked by hand."""

from datetime import date

import pytest
from django.db import transaction

from events.imports.engine import import_file
from events.models import EventEdition
from events.query import EventQuery
from events.selection import EventSelection
from events.tests.factories import open_record


@pytest.fixture(scope="module")
def tech_list(data_dir, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        open_record(opened_on=date(2026, 6, 1))
        yield import_file(data_dir / "layoffs_2020_2026.csv", publish=True)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("known_on", "events", "people"),
    # README.md of the files: by the day a row was added.
    [(date(2024, 1, 15), 48, 8528), (date(2024, 1, 31), 63, 8857), (date(2024, 2, 29), 65, 11897)],
)
def test_a_replay_shows_what_the_list_knew_then(tech_list, known_on, events, people):
    days = "announced_after=2024-01-01&announced_before=2024-01-16"
    selection = EventSelection(EventQuery.from_string(f"{days}&as_of={known_on}"))
    assert (selection.count, selection.main.headline) == (events, people)


@pytest.mark.parametrize(
    ("company", "figures"),
    [
        ("Google", [None, None, 1000]),
        ("Amazon", [None, 30]),
        ("Twitch", [500]),
        ("Audible", [100]),
        ("YouTube", [100]),
        ("Microsoft", [1900]),
    ],
)
def test_the_rows_of_january_2024_that_were_checked_by_hand(tech_list, company, figures):
    found = EventEdition.objects.filter(company__name=company, announced_month="2024-01").values_list(
        "people", flat=True
    )
    assert sorted(found, key=lambda n: n or 0) == figures


def test_the_shares_of_twitch_and_audible(tech_list):
    found = EventEdition.objects.filter(company__name__in=["Twitch", "Audible"], announced_month="2024-01")
    assert dict(found.values_list("company__name", "share_percent")) == {"Twitch": 35, "Audible": 5}


def test_the_second_list_restates_the_first_and_is_not_counted_twice(tech_list, data_dir):
    before = EventEdition.objects.count()
    with transaction.atomic():
        report = import_file(data_dir / "layoffs_2020_2025_coordinates.csv", publish=True)
        assert report.new == 2412
        assert report.in_review > 2200
        assert EventEdition.objects.count() == before + report.published
        transaction.set_rollback(True)
