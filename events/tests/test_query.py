"""A request's parameters: one canonical form for one meaning, chips, every wrong value an error beside its field."""

import ast
import json
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import OldSlug
from events.query import CompanyQuery, EventQuery, NoteQuery, read_cursor, write_cursor
from events.selection import CompanySelection, EventSelection, NoteSelection
from events.tests.factories import make_company, published, published_note

pytestmark = pytest.mark.django_db

SOURCES = Path(__file__).resolve().parents[1]


def known(name, **fields):
    """A company that readers know: an edition names it."""
    company = make_company(name, **fields)
    published(company, 5)
    return company


def ask(string, kind=EventQuery):
    return kind(QueryDict(string))


def canonical(string, kind=EventQuery):
    query = ask(string, kind)
    assert query.is_valid(), query.errors
    return query.canonical()


def wrong(string, kind=EventQuery):
    """The parameters that are refused."""
    query = ask(string, kind)
    assert not query.is_valid(), f"{string} is taken"
    assert query.errors
    for _name, message, without in query.errors:
        assert message
        assert "=" in without or without == ""
    return {name for name, _message, _without in query.errors}


def cursor_of(text):
    return urlsafe_b64encode(text if isinstance(text, bytes) else text.encode()).decode().rstrip("=")


# ── One meaning, one string ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sector=retail&country=US", "country=US&sector=retail"),
        ("country=US&country=DE", "country=DE&country=US"),
        ("country=US&country=US", "country=US"),
        ("country=US&sector=&q=&people_min=", "country=US"),
        ("country=&country=US", "country=US"),
        ("q=+jobs+", "q=jobs"),
        ("q=two++words", "q=two+words"),
        ("people_min=0500", "people_min=500"),
        ("announced_after=2024", "announced_after=2024-01-01"),
        ("announced_before=2024-Q1", "announced_before=2024-03-31"),
        ("announced_before=2024-02", "announced_before=2024-02-29"),
        ("order=-announced", ""),
        ("people_min=5&people_min=5", "people_min=5"),
        ("utm_source=x&fbclid=1&gclid=2&UTM_Medium=y&q=jobs", "q=jobs"),
        ("utm_source=%00&fbclid=" + "x" * 10_000, ""),
    ],
)
def test_what_means_the_same_is_written_the_same(one, other):
    assert canonical(one) == canonical(other)


def test_a_company_is_written_by_its_address_however_it_was_named(amazon):
    published(amazon)
    known("Meta", aliases=["Facebook, Inc."])
    for name in ("meta", "Meta", "META", "facebook", "Facebook Inc", "FACEBOOK, INC."):
        assert canonical(f"company={name}") == "company=meta"
    assert canonical("company=facebook&company=meta") == "company=meta"
    assert canonical("company=meta&company=amazon") == canonical("company=Amazon&company=Facebook")


def test_a_merged_company_stands_for_what_it_was_merged_into():
    x = known("X Corp")
    twitter = make_company("Twitter")
    vine = make_company("Vine")
    twitter.merged_into = x
    twitter.save()
    vine.merged_into = twitter
    vine.save()
    for name in ("twitter", "Twitter Inc.", "vine"):
        assert canonical(f"company={name}") == f"company={x.slug}"


def test_a_link_with_a_renamed_companys_old_address_still_works():
    meta = known("Meta")
    OldSlug.objects.create(slug="the-facebook", company=meta)
    assert canonical("company=the-facebook") == "company=meta"


def test_the_canonical_string_read_again_is_itself(amazon):
    published(amazon)
    string = "company=amazon&q=a%26b%3Dc+%C3%A9&announced_after=2024-01-01&people_min=5&counts_as=cut&counts_as=filing"
    once = canonical(string + "&country=US&country=DE&order=people")
    assert canonical(once) == once


def test_a_change_goes_back_to_the_first_page_and_a_page_keeps_the_filter():
    after = write_cursor(["2024-01-10", 5])
    query = ask(f"country=US&country=DE&after={after}")
    assert query.is_valid()
    assert query.canonical(sector=["retail"]) == "sector=retail&country=DE&country=US"
    assert query.canonical(before="x", after=None) == "country=DE&country=US&before=x"
    assert query.filter_string() == "country=DE&country=US"
    assert query.canonical(country=None) == ""


# ── Chips ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_value_has_a_chip_whose_link_leaves_it_out_and_keeps_the_rest(amazon):
    published(amazon)
    after = write_cursor([5, 5])
    query = ask(f"company=amazon&country=US&country=DE&announced_after=2024&people_min=5000&order=people&after={after}")
    assert query.is_valid()
    rest = "announced_after=2024-01-01&people_min=5000&country=DE&country=US&order=people"
    assert {chip.words: chip.without for chip in query.chips} == {
        "Amazon": rest,
        "announced from 1 January 2024": f"company=amazon&{rest}".replace("announced_after=2024-01-01&", ""),
        "people from 5,000": f"company=amazon&{rest}".replace("people_min=5000&", ""),
        "country: Germany": f"company=amazon&{rest}".replace("country=DE&", ""),
        "country: United States of America": f"company=amazon&{rest}".replace("country=US&", ""),
    }


def test_a_value_given_twice_has_one_chip_that_takes_it_away():
    query = ask("country=US&country=US")
    assert query.is_valid()
    assert [chip.without for chip in query.chips] == [""]


def test_the_order_and_the_page_are_no_filter():
    query = ask("order=people")
    assert query.is_valid()
    assert (query.chips, query.is_filtered, query.in_words()) == ([], False, "")
    filtered = ask("q=jobs")
    assert filtered.is_valid()
    assert (filtered.is_filtered, filtered.in_words()) == (True, "words: jobs")


def test_a_file_says_its_filter_in_its_name():
    query = ask("announced_after=2024&sector=retail")
    assert query.is_valid()
    assert query.file_name() == "layoffwatch-events-announced-from-1-january-2024-sector-retail"
    everything = ask("")
    assert everything.is_valid()
    # Without a filter a result holds cuts and signals: its name says so.
    assert everything.file_name() == "layoffwatch-events-cuts-and-signals"


# ── What is refused (cases.md 5) ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("string", "name"),
    [
        ("contry=US", "__all__"),
        ("country=ZZ", "country"),
        ("country=us", "country"),
        ("country=US&country=ZZ", "country"),
        ("sector=Retail", "sector"),
        ("counts_as=cuts", "counts_as"),
        ("counts_as=null", "counts_as"),
        ("stage=unknown", "stage"),
        ("ai_link=maybe", "ai_link"),
        ("company=No+Such+Firm", "company"),
        ("company=%00", "company"),
        ("company=" + "x" * 10_000, "company"),
        ("company=!!!", "company"),
        ("subsidiaries=yes", "subsidiaries"),
        ("without_figure=maybe", "without_figure"),
        ("order=random", "order"),
        ("order=-announced&order=people", "order"),
        ("q=a&q=b", "q"),
        ("people_min=1&people_min=2", "people_min"),
        ("announced_after=2024&announced_after=2023", "announced_after"),
        ("q=a%00b", "q"),
        ("place=%00", "place"),
        ("q=" + "x" * 10_000, "q"),
        ("place=" + "x" * 10_000, "place"),
        ("people_min=-5", "people_min"),
        ("people_min=many", "people_min"),
        ("people_min=1e3", "people_min"),
        ("people_min=NaN", "people_min"),
        ("people_min=1.5", "people_min"),
        ("people_min=%00", "people_min"),
        ("people_min=99999999999999999999999", "people_min"),
        ("people_min=" + "9" * 10_000, "people_min"),
        ("people_max=10000001", "people_max"),
        ("announced_after=2024-02-30", "announced_after"),
        ("announced_after=31/01/2024", "announced_after"),
        ("announced_after=2024-13", "announced_after"),
        ("announced_after=2024-Q5", "announced_after"),
        ("announced_after=0000", "announced_after"),
        ("announced_after=10000-01-01", "announced_after"),
        ("announced_after=%00", "announced_after"),
        ("announced_after=" + "2" * 10_000, "announced_after"),
        ("announced_after=2024-02&announced_before=2024-01", "announced_before"),
        ("people_min=10&people_max=9", "people_max"),
        ("%00=1", "__all__"),
        ("x" * 10_000 + "=1", "__all__"),
    ],
)
def test_a_wrong_parameter_or_value_is_an_error_beside_it(string, name):
    assert wrong(string) == {name}


def test_an_empty_field_of_a_form_is_no_filter_whatever_it_is_called():
    assert canonical("as_of=&country=&q=") == ""


@pytest.mark.parametrize("kind", [NoteQuery, CompanyQuery])
@pytest.mark.parametrize(
    "string", ["contry=US", "order=x", "q=%00", "kind=x&sector=x", "page=0x1&after=z", "q=a&q=b", "people_mid=1"]
)
def test_notes_and_companies_refuse_as_events_do(kind, string):
    assert wrong(string, kind)


def test_the_link_beside_an_error_leaves_out_what_is_wrong_and_keeps_the_rest():
    query = ask("country=ZZ&sector=retail&contry=US&utm_source=x")
    assert not query.is_valid()
    links = {name: without for name, _message, without in query.errors}
    assert links["country"] == "sector=retail"
    # Without the unknown parameter the wrong country is still to be said.
    assert links["__all__"] == "country=ZZ&sector=retail"
    assert ask(links["country"]).is_valid()


def test_an_error_says_what_was_wrong_without_the_signs_that_break_a_page():
    query = ask("a%00%1fb=1")
    assert not query.is_valid()
    ((_name, message, _without),) = query.errors
    assert "a�" in message
    assert "\x00" not in message


def test_an_unknown_company_is_named_in_the_error():
    query = ask("company=Acme+Rockets")
    assert not query.is_valid()
    assert "Acme Rockets" in query.errors[0][1]


# ── Pages of links that somebody wrote by hand ───────────────────────────────────────────────────────────────────────


NO_CURSORS = [
    "",
    "null",
    "5",
    '"x"',
    "[]",
    "[1]",
    "[1,2,3,4,5,6]",
    "{}",
    '{"0":1,"1":2}',
    "[[1],2]",
    "[1,[2]]",
    "[[[[]]],1]",
    "[null,1]",
    "[1,null]",
    '[1,"2"]',
    "[1.5,1]",
    "[1,1.5]",
    "[NaN,1]",
    "[Infinity,1]",
    "[1,-Infinity]",
    "[1e400,1]",
    "[true,1]",
    "[1,true]",
    "[1,false]",
    "[9223372036854775808,1]",
    "[1,9223372036854775808]",
    f"[{'9' * 200},1]",
    '["a\\u0000b",1]',
    '["\\ud800",1]',
    '["\\udfff\\ud800",1]',
    "[1,1",
    "[" * 200,
    b"\xff\xfe[1,1]",
    b"\x00",
    b"",
]


@pytest.mark.parametrize("text", NO_CURSORS)
@pytest.mark.parametrize("name", ["after", "before"])
def test_a_cursor_that_we_did_not_write_is_refused(name, text):
    value = cursor_of(text)
    if value:
        assert wrong(f"{name}={value}") == {name}
        assert wrong(f"{name}={value}", NoteQuery) == {name}


@pytest.mark.parametrize("value", ["%C3%A9", "====", "a", "!!!!", "%00", "%F0%9F%98%80", "W10", "x" * 301])
def test_a_cursor_that_is_no_base64_is_refused(value):
    assert wrong(f"after={value}") == {"after"}


def test_a_cursor_written_is_read_again():
    for key in (["2024-01-10", 7], [-1, 7], [0, 1], ["é ü", 3]):
        assert read_cursor(write_cursor(key)) == key


HAND_WRITTEN_KEYS = [
    "", "x", "2024-01-10", "2024-W01-1", "0001-01-01", "9999-12-31", "20240110", "9" * 100, "-" + "9" * 100,
    "nan", "inf", "-inf", "1e400", "٣", "%", "\ufffe", 0, -1, 2**63 - 1, -(2**63) + 1,
]  # fmt: skip


@pytest.mark.parametrize("key", HAND_WRITTEN_KEYS)
def test_a_cursor_in_our_form_with_any_key_finds_a_page_in_every_order(key, amazon):
    published(amazon, 500)
    published_note([(amazon, "maker")], amount_usd_millions=5)
    for name, record_id in (("after", 2**63 - 1), ("before", -(2**63) + 1)):
        cursor = cursor_of(json.dumps([key, record_id]))
        for kind, selection in ((EventQuery, EventSelection), (NoteQuery, NoteSelection)):
            for order, _words in kind(QueryDict()).form.fields["order"].choices:
                query = ask(f"{name}={cursor}&order={order}&q=amazon", kind)
                if query.is_valid():
                    assert len(selection(query).page().rows) <= 1
                else:
                    assert [n for n, *_rest in query.errors] == [name]


# ── Anything at all ──────────────────────────────────────────────────────────────────────────────────────────────────

names = st.one_of(
    st.sampled_from(
        [*EventQuery(QueryDict()).form.fields, *NoteQuery(QueryDict()).form.fields, "page", "utm_x", "contry"]
    ),
    st.text(max_size=5),
)
values = st.one_of(
    st.sampled_from(
        ["", " ", "US", "cut", "amazon", "Amazon", "retail", "2024-01", "2024-Q1", "9999", "0001", "9999-12-31"]
        + ["500", "-1", "only", "include", "no", "people"]
    ),
    st.text(max_size=12),
    st.integers().map(str),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=4,
    ).map(lambda value: cursor_of(json.dumps(value))),
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(names, values), max_size=6), kind=st.sampled_from([EventQuery, NoteQuery, CompanyQuery])
)
def test_no_query_string_is_an_exception(pairs, kind, amazon):
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    query = kind(QueryDict(data.urlencode()))
    if query.is_valid():
        again = kind(QueryDict(query.canonical()))
        assert again.is_valid()
        assert again.canonical() == query.canonical()
        assert all(kind(QueryDict(chip.without)).is_valid() for chip in query.chips)
        query.in_words()
        query.file_name()
        if kind is EventQuery:
            selection = EventSelection(query)
            assert selection.page().rows == []
            assert selection.totals == {}
            assert (selection.overlapping, selection.also) == (0, {})
            selection.year_before()
        elif kind is NoteQuery:
            assert NoteSelection(query).page().rows == []
        else:
            assert CompanySelection(query).rows == []
    else:
        assert query.errors
        for _name, message, without in query.errors:
            assert message
            kind(QueryDict(without)).is_valid()


# ── Nobody asks an unchecked filter (cases.md 6) ─────────────────────────────────────────────────────────────────────


def test_nobody_reads_the_rows_of_a_filter_that_was_not_checked():
    found = []
    for path in SOURCES.rglob("*.py"):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "qs":
                found.append(f"{path.relative_to(SOURCES)}:{node.lineno}")
    assert not found, f".qs filters by whatever happens to be valid: ask events.query, then events.selection ({found})"
