"""What every test may ask for: the companies of the first article."""

import pytest

from events.tests.factories import make_company


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
