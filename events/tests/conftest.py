"""What every test may ask for: the companies of the first article."""

from datetime import date
from itertools import count
from unittest import mock

import pytest
from django.test.utils import setup_databases, teardown_databases

from events import dates
from events.models import PublicRecord
from events.tests.factories import make_company

_folders = count(1)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_modify_db_settings, django_db_blocker):
    """The databases of the tests. pytest-django makes them only where a chosen test is marked as needing one: the
    record of a whole module would be written into the site's own without."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture
def alphabet(db):
    return make_company("Alphabet", country="US", sector="consumer")


@pytest.fixture
def google(alphabet):
    return make_company("Google", parent=alphabet, country="US", sector="consumer")


@pytest.fixture
def amazon(db):
    return make_company("Amazon", country="US", sector="retail")


@pytest.fixture
def twitch(amazon):
    return make_company("Twitch", parent=amazon, country="US", sector="media")


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path_factory):
    """Where the data set is built: a folder of the test's own, not made yet."""
    folder = tmp_path_factory.getbasetemp() / "data-set" / str(next(_folders))
    settings.DATA_DIR = str(folder)
    return folder


@pytest.fixture(autouse=True)
def import_folder(settings, tmp_path_factory):
    """Where uploaded files wait: a folder of the test's own, not made yet."""
    folder = tmp_path_factory.getbasetemp() / "imports" / str(next(_folders))
    settings.IMPORT_DIR = str(folder)
    return folder


OPENED = date(2024, 1, 1)


@pytest.fixture
def on():
    """A switch of the day it is; the site opened on the first of 2024."""
    PublicRecord.objects.update(opened_on=OPENED)

    def switch(day):
        patch.return_value = date.fromisoformat(day)

    with mock.patch.object(dates, "today") as patch:
        switch("2024-01-10")
        yield switch
