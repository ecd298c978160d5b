import pytest

from events.tests.admin.browsing import Desk


@pytest.fixture(autouse=True)
def fast_passwords(settings):
    """A second of hashing for each test's superuser proves nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def desk(admin_client):
    """The desk, with a superuser at it."""
    return Desk(admin_client)
