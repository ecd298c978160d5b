import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from events.answers.answer import SUBJECTS
from events.frozen import freeze
from events.imports import batches
from events.imports.engine import import_file
from events.models import LayoffEvent, LinkCheck, OldSlug, ReaderCount, Reason, SavedView, Unit
from events.models.choices import BatchTask
from events.publishing import check_record, publish, source_changed, withdraw
from events.query import EventQuery
from events.tests.admin.browsing import Desk
from events.tests.factories import (
    make_company,
    make_event,
    make_pair,
    make_source,
    make_tip,
    published,
    published_headcount,
    published_note,
    published_total,
)
from events.tests.imports.files import tech


@pytest.fixture(autouse=True)
def fast_passwords(settings):
    """A second of hashing for each test's superuser proves nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def desk(admin_client):
    """The desk, with a superuser at it."""
    return Desk(admin_client)


@pytest.fixture
def mina(client, django_user_model):
    """Another editor, in another session."""
    client.force_login(django_user_model.objects.create_superuser("mina"))
    return Desk(client)


@pytest.fixture
def the_public_record_holds(db):
    """After the test, today's editions say what the published records say."""
    yield
    assert check_record() == []


@pytest.fixture
def everything(google, amazon, admin_client, admin_user, tmp_path):
    """A record of every kind, with a past, and with ids that a page may want to write as "1,234"."""
    LayoffEvent.objects.create(pk=1234, company=google, title="x", announced_on="2024-01-01").delete()
    whole = published(google, (200, None, 900), wording="several hundred")
    part = published(google, 100, part_of=whole)
    note = published_note([(google, "investor")])
    part.notes.add(note)
    Unit.objects.create(event=part, name="Pixel")
    Reason.objects.create(event=part, kind="costs")
    publish([part])
    withdraw(whole, "Never happened.")
    make_event(amazon, 500, announced_on="2024-Q1")
    published_total()
    published_headcount(google)
    source = make_source(archived_url="https://archive.example/1")
    source_changed(source)
    company = make_company("Twitch", aliases=["Justin.tv"])
    OldSlug.objects.create(slug="old", company=company)
    Group.objects.create(name="editors")
    make_pair(make_event(employer := make_company()), make_event(employer))
    freeze(SUBJECTS["events"], EventQuery.from_string(""), "http://testserver")
    ReaderCount.objects.create(reader="x", hour=timezone.now())
    make_tip(event=part)
    SavedView.objects.create(user=admin_user, desk_list="layoffevent", query="q=x", name="x")
    LinkCheck.note(source, timezone.now(), status="ok", final_url="")
    (tmp_path / "list.csv").write_text(tech({"people": "abc"}, {}))
    import_file(tmp_path / "list.csv", set_aside=True)
    (tmp_path / "mine.csv").write_text("Firm,When\nCoil,2019-03-14\n")
    import_file(tmp_path / "mine.csv", mapping=["Firm=company", "When=announced_on"])
    # One whose columns are asked for, and one that asks for a name: it is the last.
    for name, content in (
        ("unknown.csv", "Firm,When,Contact\nCoil,03/04/2019,Jane\n"),
        ("list.csv", tech(("Amazom",))),
    ):
        batch = batches.receive([content.encode()], name, user=admin_user)
        batches.ask(batch, BatchTask.PREVIEW, admin_user)
