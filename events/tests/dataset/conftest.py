"""The data set of a record with one of everything, hostile texts included, built once a module."""

import pytest
from django.db import transaction

from events.dataset.build import build
from events.models import Alias, OldSlug
from events.tests.answers.conftest import make_record
from events.tests.factories import (
    make_company,
    make_event,
    make_note,
    make_source,
    open_record,
    published_headcount,
    published_total,
)

SECRET = "Zyzzogeton"


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The folder of the newest files."""
    folder = tmp_path_factory.mktemp("built")
    with django_db_blocker.unblock(), transaction.atomic():
        open_record()
        record = make_record()
        Alias.objects.create(company=record.companies[0], name="-Amazon.com")
        OldSlug.objects.create(company=record.companies[0], slug="amazon-com")
        published_total(publisher="=A tracker")
        published_headcount(record.companies[0], 1_525_000)
        make_drafts(record)
        build(folder)
        yield folder / "current"
        transaction.set_rollback(True)


def make_drafts(record):
    """What nobody published, tied to what is public in every way there is."""
    hidden = make_company(f"{SECRET} Limited", aliases=[f"{SECRET} Labs"])
    draft = make_event(hidden, 4321, title=f"{SECRET} cuts jobs")
    public = record.events[3]
    public.notes.add(make_note([(hidden, "maker")], title=f"{SECRET} model"))
    make_event(record.companies[0], 1, title=f"{SECRET} again", part_of=record.events[0], replaces=draft)
    make_source(f"https://{SECRET.lower()}.example/", title=f"{SECRET} report", publisher=SECRET)
