"""The description of the machine formats is valid, whole, made from what there is, and says what is sent."""

import copy
import json
import re
from dataclasses import replace
from itertools import product

import pytest
from django.test import Client
from django.urls import get_resolver, resolve
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from events import filters
from events.answers import openapi
from events.answers.answer import SUBJECTS
from events.answers.columns import Column, Type
from events.answers.parameters import parameters
from events.filters import BY
from events.models.choices import CountsAs, Sector
from events.query import CompanyQuery, EventQuery, NoteQuery
from events.tests.answers.reading import body, json_pages, jsonl_rows
from events.views import api, files

BASE = "https://host.example"


@pytest.fixture
def document():
    return openapi.document(api.machine_formats(), BASE)


def parameters_of(document, path) -> dict[str, dict]:
    named = document["components"]["parameters"]
    listed = [named[one["$ref"].rpartition("/")[2]] for one in document["paths"][path]["get"]["parameters"]]
    return {parameter["name"]: parameter for parameter in listed}


def row_of(document, stem) -> dict[str, dict]:
    return document["components"]["schemas"][f"{stem}-row"]["properties"]


# ── Valid and whole ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_description_is_valid_openapi(document):
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_the_description_names_who_asked_where(client):
    response = client.get("/api/openapi.json", headers={"host": "localhost"})
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["servers"] == [{"url": "http://localhost"}]
    assert "http://localhost/methodology/" in response.json()["info"]["description"]


def test_the_description_has_the_version_and_the_licence_of_the_project(document, settings):
    line = f'\nversion = "{document["info"]["version"]}"\n'
    assert line in (settings.BASE_DIR / "pyproject.toml").read_text()
    assert document["info"]["license"] == {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"}


def test_the_description_stays_small(document):
    assert len(json.dumps(document)) < 40_000 * len(SUBJECTS)


def machine_addresses() -> set[str]:
    """Every address of the URL configuration that a view of files answers, its groups filled with what they may be."""
    found = set()
    for pattern in get_resolver().url_patterns:
        if getattr(getattr(pattern, "callback", None), "__module__", "") != files.__name__:
            continue
        pieces = re.split(r"\(\?P<\w+>([^()]*)\)", pattern.pattern.regex.pattern.strip("^").removesuffix(r"\Z"))
        choices = [
            [piece.replace("\\", "")] if at % 2 == 0 else list(files.FORMATS) if "[" in piece else piece.split("|")
            for at, piece in enumerate(pieces)
        ]
        found |= {"/" + "".join(some) for some in product(*choices)}
    return found


def test_every_address_of_a_file_is_described_and_every_described_address_is_there(document):
    assert machine_addresses() == set(document["paths"])
    assert len(document["paths"]) == len(SUBJECTS) * len(files.FORMATS) + 4
    for path in document["paths"]:
        assert resolve(path).func.__module__ == files.__name__


def test_every_operation_has_an_id_of_its_own(document):
    ids = [path["get"]["operationId"] for path in document["paths"].values()]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch("[a-z_]+", id_) for id_ in ids)


# ── Made from the FilterSets ─────────────────────────────────────────────────────────────────────────────────────────


def test_every_parameter_of_every_filter_set_is_described(document):
    for query, stem in ((EventQuery, "events"), (NoteQuery, "ai"), (CompanyQuery, "companies")):
        assert list(parameters_of(document, f"/{stem}.json")) == list(query.filters.base_filters)
    assert list(parameters_of(document, "/events/series.json"))[-1] == "by"


def test_a_filter_that_is_added_is_described(monkeypatch):
    class MoreFilters(filters.EventFilters):
        mood = filters.many([("good", "a good one"), ("bad", "bad")], "mood", help_text="How it is taken.")
        rank = filters.WholeNumberFilter(label="rank", method="keep", max_value=7)

        class Meta(filters.EventFilters.Meta):
            pass

    monkeypatch.setattr(EventQuery, "filters", MoreFilters)
    found = parameters_of(openapi.document(api.machine_formats(), BASE), "/events.csv")
    assert found["mood"] == {
        "name": "mood",
        "in": "query",
        "description": "Mood. How it is taken. good: a good one. May be given several times.",
        "style": "form",
        "explode": True,
        "schema": {"type": "array", "items": {"type": "string", "enum": ["good", "bad"]}},
    }
    assert found["rank"]["schema"] == {"type": "integer", "minimum": 0, "maximum": 7}
    assert found["rank"]["description"] == "Rank. A whole number from 0 to 7."


def test_a_parameters_values_are_those_of_its_field(document):
    found = parameters_of(document, "/events.json")
    assert found["sector"]["schema"]["items"]["enum"] == list(Sector.values)
    assert (found["sector"]["style"], found["sector"]["explode"]) == ("form", True)
    assert found["people_min"]["schema"] == {"type": "integer", "minimum": 0, "maximum": 10_000_000}
    assert found["share_min"]["schema"] == {"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.001}
    assert found["q"]["schema"] == {"type": "string", "maxLength": 200}
    assert found["company"]["schema"] == {
        "type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 50,
    }  # fmt: skip
    assert "required" not in found["q"]
    by = parameters_of(document, "/events/series.json")["by"]
    assert (by["required"], by["schema"]["enum"]) == (True, [value for value, _label in BY])


def test_answers_of_every_row_have_no_pages(document):
    for path in document["paths"]:
        has_pages = {"after", "before"} & set(parameters_of(document, path))
        assert bool(has_pages) == (
            path.rpartition(".")[2] == "atom" or re.fullmatch(r"/[\w-]+\.json", path) is not None
        )


def test_the_order_of_an_answer_that_asks_for_none_is_said(document):
    default = {path: parameters_of(document, path)["order"]["schema"]["default"] for path in document["paths"]}
    assert (default["/events.csv"], default["/events.atom"]) == ("-announced", "-changed")
    assert (default["/ai.json"], default["/ai.atom"]) == ("-dated", "-changed")
    assert default["/companies.atom"] == "-people"


@pytest.mark.parametrize("text", ["2024-01-10", "2024-01", "2024-Q1", "2024", "0001-12-31"])
def test_a_date_may_be_written_as_exactly_as_it_is_known(text, document):
    assert re.search(document["components"]["schemas"]["date"]["pattern"], text)


@pytest.mark.parametrize("text", ["2024-13", "2024-Q5", "2024-1-1", "24", "2024-01-32", "2024-00", "x2024", "2024 "])
def test_what_is_no_date_is_none(text, document):
    assert not re.search(document["components"]["schemas"]["date"]["pattern"], text)


def test_describing_a_filter_leaves_it_as_it_was():
    before = {name: set(vars(one)) for name, one in filters.EventFilters.base_filters.items()}
    assert list(parameters(EventQuery))
    assert {name: set(vars(one)) for name, one in filters.EventFilters.base_filters.items()} == before


# ── Made from the columns ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("stem", SUBJECTS)
def test_every_column_is_described(stem, document):
    columns = SUBJECTS[stem].columns
    assert list(row_of(document, stem)) == [column.name for column in columns]
    for column in columns:
        assert row_of(document, stem)[column.name]["description"] or column.name == "citations"


def test_a_column_that_is_added_is_described():
    more = (
        Column("mood", "How it is taken.", Type.WORD, lambda r: None, ("good", "bad")),
        Column("ranks", "Its ranks.", Type.IDS, lambda r: [], required=True),
    )
    events = replace(SUBJECTS["events"], columns=(*SUBJECTS["events"].columns, *more))
    found = row_of(openapi.document(openapi.Api((events,), tuple(files.FORMATS.values())), BASE), "events")
    assert found["mood"] == {
        "description": "How it is taken.", "type": ["string", "null"], "enum": ["good", "bad", None],
    }  # fmt: skip
    assert found["ranks"] == {"description": "Its ranks.", "type": "array", "items": {"type": "integer"}}


def test_a_format_without_words_is_no_format():
    pdf = replace(files.FORMATS["csv"], ending="pdf")
    with pytest.raises(LookupError, match="pdf"):
        list(openapi.Api(tuple(SUBJECTS.values()), (pdf,)).operations())


# ── What is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────


def closed(tree):
    """A description in which no object may hold more than is described."""
    if isinstance(tree, list):
        return [closed(one) for one in tree]
    if not isinstance(tree, dict):
        return tree
    found = {name: closed(one) for name, one in tree.items()}
    if isinstance(tree.get("properties"), dict) and tree.get("type") == "object":
        found["additionalProperties"] = False
    return found


@pytest.fixture
def faults(document):
    """What in an answer is not as the closed description has it."""
    whole = copy.deepcopy(closed(document))

    def found(name, answer) -> list[str]:
        schema = {**whole, "$ref": f"#/components/schemas/{name}"}
        validator = Draft202012Validator(schema, format_checker=FormatChecker())
        return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(answer)]

    return found


ALL_KINDS = "&".join(f"counts_as={kind}" for kind in CountsAs.values)


@pytest.mark.django_db
@pytest.mark.parametrize("stem", SUBJECTS)
@pytest.mark.parametrize("string", ["", ALL_KINDS, "as_of=2024-01-15", "q=nothingatall"])
def test_every_page_of_json_is_as_described(stem, string, client, record, faults, monkeypatch):
    monkeypatch.setattr("events.answers.json.PAGE_ROWS", 5)
    if string == ALL_KINDS and stem != "events":
        string = {"ai": "order=-recorded", "totals": "order=as_of"}.get(stem, "order=name")
    if string == "q=nothingatall" and "q" not in SUBJECTS[stem].query.filters.base_filters:
        string = "scope=other" if stem == "totals" else "announced_after=2200"
    for page in json_pages(client, f"/{stem}.json?{string}"):
        assert faults(f"{stem}-page", page) == []


@pytest.mark.django_db
@pytest.mark.parametrize("stem", SUBJECTS)
def test_every_line_of_json_lines_is_as_described(stem, client, record, faults):
    rows = jsonl_rows(client, f"/{stem}.jsonl?{ALL_KINDS if stem == 'events' else ''}")
    assert rows
    assert [fault for row in rows for fault in faults(f"{stem}-row", row)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("string", ["", ALL_KINDS, "counts_as=signal", "q=nothingatall", "without_figure=only"])
def test_the_totals_are_as_described(string, client, record, faults):
    assert faults("totals", json.loads(body(client.get(f"/events/totals.json?{string}")))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("by", [value for value, _label in BY])
@pytest.mark.parametrize("string", ["", ALL_KINDS, "counts_as=signal", "without_figure=only", "q=nothingatall"])
def test_every_series_is_as_described(by, string, client, record, faults):
    assert faults("series", json.loads(body(client.get(f"/events/series.json?by={by}&{string}")))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("string", ["contry=US", "announced_after=2024-13", "order=up&people_min=x"])
def test_a_refusal_is_as_described(string, record, faults):
    for path in api.machine_formats().operations():
        assert faults("problem", Client().get(f"{path.path}?{string}").json()) == []
