"""The machine formats as a whole: addresses, headers, names, refusals, and what no file may hold."""

import gc
import json
import weakref

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.answers import jsonl
from events.answers.answer import SUBJECTS, Answer
from events.answers.json import dumps
from events.query import EventQuery
from events.tests.answers.reading import body, json_pages, local
from events.views.files import FORMATS, PIECE, pieces

pytestmark = pytest.mark.django_db

STEMS = ("events", "ai", "companies")
ENDINGS = ("csv", "csv-metadata.json", "json", "jsonl", "xlsx", "atom")
WHOLE = ("csv", "csv-metadata.json", "jsonl", "xlsx")
FILES = [f"/{stem}.{ending}" for stem in STEMS for ending in ENDINGS]
ALL = [*FILES, "/events/totals.json", "/events/series.json?by=month"]

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "csv-metadata.json": "application/csvm+json",
    "json": "application/json",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "atom": "application/atom+xml; charset=utf-8",
}


def test_this_test_knows_every_format():
    assert set(FORMATS) == set(ENDINGS) == set(TYPES)
    assert {name for name, format_ in FORMATS.items() if format_.whole} == set(WHOLE)


# ── Headers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", ALL)
def test_every_file_says_how_many_rows_it_is_part_of_and_under_which_licence(address, client, record):
    response = client.get(address)
    body(response)
    about = json_pages(client, address.replace("/totals", "").replace("/series", "").partition(".")[0] + ".json")[0][
        "about"
    ]
    assert response.headers["X-Total-Count"] == str(about["rows"])
    assert '<https://creativecommons.org/licenses/by/4.0/>; rel="license"' in response.headers["Link"]
    assert not response.cookies
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"):
        assert response.headers[name]


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_every_file_has_its_type_and_is_named_after_its_filter(stem, ending, client, record):
    subject = {"ai": "ai-notes"}.get(stem, stem)
    response = client.get(f"/{stem}.{ending}?q=amazon&order={'-changed' if stem != 'companies' else 'name'}")
    assert response.headers["Content-Type"] == TYPES[ending]
    how, _, name = response.headers["Content-Disposition"].partition("; ")
    assert how == ("attachment" if ending in ("csv", "jsonl", "xlsx") else "inline")
    assert name.startswith(f'filename="layoffwatch-{subject}-words-amazon')
    assert name.endswith(f'.{ending}"')


def test_two_filters_never_share_a_name(client, record):
    strings = [
        "",
        "q=amazon",
        "q=amazon+",
        "q=日本",
        "q=中国",
        "q=" + "x" * 150,
        "q=" + "x" * 149,
        "order=people",
        "place=a+b",
    ]
    names = {}
    for string in strings:
        response = client.head(f"/events.csv?{string}")
        if response.status_code == 200:
            canonical = EventQuery.from_string(string).canonical()
            names.setdefault(response.headers["Content-Disposition"], set()).add(canonical)
    assert len(names) > 5
    assert all(len(meanings) == 1 for meanings in names.values())


@pytest.mark.parametrize("address", FILES)
def test_the_head_of_a_file_is_its_own_without_a_body(address, client, record):
    head, whole = client.head(address), client.get(address)
    body(whole)
    assert head.content == b""
    # The body was not made: its length is not known, and is not said to be 0.
    assert "Content-Length" not in head.headers
    for name in ("Content-Type", "Content-Disposition", "Link", "X-Total-Count"):
        assert head.headers[name] == whole.headers[name], name


@pytest.mark.parametrize("address", ALL)
def test_a_file_is_for_reading_alone(address, client, record):
    assert client.post(address).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/events.pdf",
        "/events.csv/",
        "/events.",
        "/EVENTS.csv",
        "/events.csvx",
        "/ai/series.json",
        "/events/sums.json",
    ],
)
def test_there_are_no_other_files(address, client, record):
    assert client.get(address).status_code == 404


# ── Refusals (cases.md 5 and 6) ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("address", ALL)
@pytest.mark.parametrize(
    ("string", "parameter"), [("contry=US", "__all__"), ("q=" + "x" * 500, "q"), ("order=up", "order"), ("q=%00", "q")]
)
def test_a_query_that_cannot_be_answered_is_a_problem_and_never_the_whole_list(
    address, string, parameter, client, record
):
    response = client.get(f"{address}{'&' if '?' in address else '?'}{string}")
    assert (response.status_code, response.headers["Content-Type"]) == (400, "application/problem+json")
    problem = response.json()
    assert (problem["status"], problem["title"]) == (400, "This query cannot be answered.")
    assert parameter in [error["parameter"] for error in problem["errors"]]
    assert all(error["message"] for error in problem["errors"])
    assert "X-Total-Count" not in response.headers


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("ending", WHOLE)
def test_a_whole_file_has_no_pages(stem, ending, client, record, monkeypatch):
    monkeypatch.setattr("events.answers.json.PAGE_ROWS", 2)
    following = json_pages(client, f"/{stem}.json")[0]["next"]
    string = following.partition("?")[2]
    for cursor in (string, string.replace("after=", "before=")):
        response = client.get(f"/{stem}.{ending}?{cursor}")
        assert response.status_code == 400
        (error,) = response.json()["errors"]
        assert error["parameter"] == cursor.partition("=")[0]
        assert "holds every row" in error["message"]
        assert client.get(f"/{stem}.json?{cursor}").status_code == 200


def test_marks_of_other_sites_are_dropped(client, record):
    plain, marked = (json.loads(body(client.get(f"/events.json?{s}"))) for s in ("q=a", "q=a&utm_source=x&fbclid=y"))
    assert plain["rows"] == marked["rows"]
    assert plain["about"]["page"] == marked["about"]["page"]


PARAMETERS = (
    "q", "company", "people_min", "announced_after", "as_of", "order", "after", "before", "by", "share_min", "x",
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(ALL),
    st.dictionaries(
        st.sampled_from(
            [
                "q",
                "company",
                "people_min",
                "announced_after",
                "as_of",
                "order",
                "after",
                "before",
                "by",
                "share_min",
                "x",
            ]
        ),
        st.text(max_size=30),
        max_size=3,
    ),
)
def test_no_query_string_is_too_much(client, record, address, parameters):
    path, _, string = address.partition("?")
    response = client.get(path, {**({"by": "month"} if string else {}), **parameters})
    assert response.status_code in (200, 400)
    if response.streaming:
        b"".join(response.streaming_content)


# ── What an answer states ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_states_its_filter_in_words_and_as_links(client, record):
    about = json_pages(client, "/events.json?announced_after=2023&company=amazon&order=people")[0]["about"]
    assert about["filter"] == "Amazon, announced from 1 January 2023"
    assert about["page"] == "http://testserver/events/?company=amazon&announced_after=2023-01-01&order=people"
    assert about["file"] == about["page"].replace("/events/?", "/events.csv?")
    assert (about["as_of"], about["licence"]["name"], about["site"]) == (None, "CC BY 4.0", "LayoffWatch")
    assert about["retrieved_at"].endswith("Z")
    assert json_pages(client, "/events.json")[0]["about"]["filter"].startswith("all events")


@pytest.mark.parametrize("stem", STEMS)
def test_the_links_of_an_answer_lead_to_as_many_rows_as_it_states(stem, client, record):
    about = json_pages(client, f"/{stem}.json?q=amazon")[0]["about"]
    assert client.get(local(about["page"])).status_code == 200
    assert client.head(local(about["file"])).headers["X-Total-Count"] == str(about["rows"])
    everything = int(client.head(local(about["everything"])).headers["X-Total-Count"])
    # With every kind: what counts as a filing or as temporary is part of everything.
    expected = {"events": len(record.events), "ai": len(record.notes), "companies": 7}[stem]
    assert everything == expected


def test_events_that_a_filter_of_days_leaves_out_are_stated(client, record):
    about = json_pages(client, "/events.json?announced_after=2023-02-10&announced_before=2023-12-31")[0]["about"]
    # February 2023 and the second quarter of 2023: the one only overlaps, the other lies within.
    assert about["left_out"]["only_overlapping"] == 1
    about = json_pages(client, "/events.json?effective_after=2024-01-01")[0]["about"]
    assert about["rows"] == 1
    assert about["left_out"]["without_effective_date"] > 10


def test_every_figure_is_one_step_from_its_sources(client, record):
    (row,) = json_pages(client, "/events.json?ai_link=stated")[0]["rows"]
    first, second = row["citations"]
    assert first == {
        "url": "https://paper.example/google",
        "title": first["title"],
        "publisher": "The Paper",
        "published_on": None,
        "tier": "primary",
        "kind": "article",
        "quote": "We put AI first",
        "speaker": "company",
        "speaker_name": "A chief",
        "figure": {"low": 1000, "best": 1000, "high": 1000, "qualifier": "exact", "wording": None, "basis": "stated"},
        "chosen": True,
    }
    assert (second["publisher"], second["figure"]["best"], second["chosen"]) == ("The Other Paper", 900, False)
    assert row["source_url"] == first["url"]


def test_the_money_of_notes_is_stated_by_kind_plans_and_actuals_apart(client, record):
    about = json_pages(client, "/ai.json")[0]["about"]
    assert about["money"] == [
        {
            "kind": "capital_spending",
            "plan_or_actual": "actual",
            "notes": 1,
            "high_alone": 0,
            "usd_millions": {"low": 48500.5, "known": 48500.5, "high": 48500.5, "high_open": False},
        }
    ]
    assert "totals" not in about


# ── Streaming ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_json_lines_keep_no_row_that_was_written(record):
    answer = Answer.to(SUBJECTS["events"], EventQuery.from_string(""), "")
    kept, most, stream = [], 0, answer.selection.stream

    def watched():
        for edition in stream():
            kept.append(weakref.ref(edition))
            yield edition
            del edition

    answer.selection.stream = watched
    for _line in jsonl.write(answer):
        gc.collect()
        most = max(most, sum(edition() is not None for edition in kept))
    assert len(kept) == answer.about.rows > 20
    assert most <= 3


def test_lines_are_sent_some_at_a_time_and_the_first_before_the_last_is_made():
    made = []

    def lines():
        for n in range(1000):
            made.append(n)
            yield f"{n:>999}\n"

    sent = pieces(lines())
    first = next(sent)
    assert len(first) >= PIECE
    assert len(made) < 100
    assert (first + "".join(sent)).split() == [str(n) for n in range(1000)]


def test_lines_that_fail_send_nothing_in_their_place():
    def lines():
        yield "a" * PIECE
        yield "b"
        raise RuntimeError("the database went away")

    sent = pieces(lines())
    assert next(sent) == "a" * PIECE
    with pytest.raises(RuntimeError):
        next(sent)


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "a\u2028b\u2029c", "a\x85b", "a\x0bb\x0cc\x1cd\x1ee", "日本 \U0001f600"]
)
def test_a_line_of_json_lines_is_one_line_to_every_reader(text, client, db):

    line = dumps({"text": text})
    assert len(line.splitlines()) == 1
    assert json.loads(line) == {"text": text}
