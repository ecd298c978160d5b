"""The machine formats against their description: what schemathesis makes of it is answered as it says.

Its data is the same in every run. A query is what is described (and then answered, or refused where values do not go
together) or breaks the description (and then refused).
"""

from datetime import date

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from events.views.api import machine_formats
from layoffwatch.wsgi import application

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def one_connection():
    """The application itself is asked, in the test's own transaction: it must not close the connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


OPERATIONS = {operation.path: operation for operation in machine_formats().operations()}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Not compressed: the application is asked without a client that would unpack.
HEADERS = {"host": "localhost", "accept-encoding": "identity"}
# What there is in the record: values that no description can name.
KNOWN = {
    "company": [["amazon"], ["Twitch", "google"]],
    "source": [["The Paper"]],
    "q": ["amazon", "title"],
    "as_of": ["2024-Q1", date.today().isoformat()],
}


@pytest.fixture(scope="module")
def api(record):
    return schemathesis.openapi.from_wsgi("/api/openapi.json", application, headers=HEADERS)


def examples(number: int):
    """So many examples, the same in every run and however busy the machine is."""
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def sensible(draw, case):
    """Few parameters at a time, of values that are in the record: many random ones together find nothing."""
    needed = {p.name for p in OPERATIONS[case.operation.path].parameters if p.required}
    optional = sorted(set(case.query) - needed - {"after", "before"})
    kept = needed | (set(draw(st.lists(st.sampled_from(optional), max_size=2, unique=True))) if optional else set())
    case.query = {
        name: draw(st.sampled_from(KNOWN[name])) if name in KNOWN else value
        for name, value in case.query.items()
        if name in kept
    }
    return case


def answered(case, checks) -> int:
    response = case.call(headers=HEADERS)
    case.validate_response(response, checks=checks)
    return response.status_code


@pytest.mark.parametrize("path", OPERATIONS)
def test_what_is_described_is_answered_as_described(path, api):
    statuses = []

    # More of what holds a tree: there is more to be wrong.
    @examples(10 if OPERATIONS[path].content_type == "application/json" else 3)
    @given(st.data())
    def check(data):
        case = sensible(data.draw, data.draw(api[path]["GET"].as_strategy(GenerationMode.POSITIVE)))
        statuses.append(answered(case, CHECKS))

    check()
    assert statuses.count(200) >= len(statuses) / 2


@pytest.mark.parametrize("path", OPERATIONS)
def test_anything_that_could_be_asked_is_answered_or_refused_as_described(path, api):
    @examples(2)
    @given(st.data())
    def check(data):
        answered(data.draw(api[path]["GET"].as_strategy(GenerationMode.POSITIVE)), CHECKS)

    check()


@pytest.mark.parametrize("path", OPERATIONS)
def test_what_breaks_the_description_is_refused(path, api):
    @examples(4)
    @given(st.data())
    def check(data):
        case = data.draw(api[path]["GET"].as_strategy(GenerationMode.NEGATIVE))
        # What a form left empty is as good as not there, whatever its type.
        assume(case.query and not any(map(blank, case.query.values())))
        answered(case, [*CHECKS, negative_data_rejection])

    check()


def blank(value) -> bool:
    return any(map(blank, value)) if isinstance(value, list) and value else value in ("", None, [], {})


def test_an_unknown_parameter_is_refused_everywhere(client, record):
    for operation in OPERATIONS.values():
        assert client.get(operation.example).status_code == 200
        between = "&" if "?" in operation.example else "?"
        assert client.get(f"{operation.example}{between}contry=US").status_code == 400
