"""The page for readers of the API: every format, parameter and column, each example working, nothing inline."""

import json

import pytest

from events.answers.answer import SUBJECTS
from events.tests.views.reading import read
from events.views.api import machine_formats

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    return read(client.get("/api/"))


def tables(page, stem):
    return page.one("section", id=stem).all("table")


def names(table) -> list[str]:
    return [row.all("th")[0].all("code")[0].text for row in table.one("tbody").all("tr")]


@pytest.mark.parametrize("stem", SUBJECTS)
def test_every_parameter_is_listed_with_its_meaning_and_its_values(stem, page):
    subject = SUBJECTS[stem]
    filters = (subject.series or subject.query).filters
    table = tables(page, stem)[0]
    assert set(names(table)) == set(filters.base_filters)
    for row in table.one("tbody").all("tr"):
        name = row.all("code")[0].text
        assert str(filters.base_filters[name].label).casefold() in row.one("td").text.casefold()
        for value, label in filters.base_filters[name].extra.get("choices", ()):
            assert str(value) in [code.text for code in row.all("code")]
            assert str(label) in row.text


@pytest.mark.parametrize("stem", SUBJECTS)
def test_every_column_is_listed_with_its_type_and_its_meaning(stem, page):
    table = tables(page, stem)[1]
    assert names(table) == [column.name for column in SUBJECTS[stem].columns]
    for column, row in zip(SUBJECTS[stem].columns, table.one("tbody").all("tr"), strict=True):
        assert str(column.meaning) in row.text
        assert row.one("td").one("span").text
        assert set(column.words) <= {code.text for code in row.all("code")}


def test_every_example_works_when_it_is_clicked(client, page):
    examples = page.one("section", id="formats").links
    described = [operation.path for operation in machine_formats().operations()]
    assert sorted(link.partition("?")[0] for link in examples) == sorted(described)
    assert {link: client.get(link).status_code for link in examples} == dict.fromkeys(examples, 200)


def test_the_error_that_is_shown_is_the_one_that_is_answered(client, page):
    asked, _, answer = page.one("section", id="errors").one("pre").text.partition(" { ")
    response = client.get(asked.removeprefix("GET "))
    assert response.status_code == 400
    assert json.loads("{" + answer) == response.json()


def test_everything_that_an_answer_states_is_explained(client, page):
    told = names(page.one("section", id="stated").one("table"))
    for stem in SUBJECTS:
        assert set(client.get(f"/{stem}.json").json()["about"]) <= set(told)


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(page):
    assert all(script["src"].startswith("/static/") for script in page.all("script"))
    assert not page.all("style")
    assert not [element for element in page if "style" in element]
    assert [link for link in page.links if "://" in link] == ["https://creativecommons.org/licenses/by/4.0/"]


def test_tools_and_readers_find_the_description(client, page):
    assert page.one("link", rel="service-desc")["href"] == "/api/openapi.json"
    assert "/api/openapi.json" in page.one("main").links
    assert "/api/" in read(client.get("/")).one("footer").links


def test_the_description_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/api/openapi.json").status_code == 200
    # The version of the data in the footer.
    with django_assert_num_queries(1):
        assert client.get("/api/").status_code == 200


@pytest.mark.parametrize("address", ["/api/", "/api/openapi.json"])
def test_the_description_is_for_reading_alone(client, address):
    assert client.post(address).status_code == 405
