"""The file of events: its columns, its guard against formulas, its sums, and that it streams."""

import csv
import gc
import io
import weakref
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from events.answers.columns import COMPANY_COLUMNS, EVENT_COLUMNS, NOTE_COLUMNS, Column, Type
from events.answers.csv import events_csv, lines
from events.counting import Total
from events.dates import today
from events.models import Citation, EventEdition, LayoffEvent, Reason, Relation, Unit
from events.publishing import publish
from events.query import EventQuery
from events.selection import EventSelection
from events.selection.paging import STREAM_CHUNK
from events.shown import Names, event_rows
from events.tests.factories import (
    figure,
    make_company,
    make_event,
    make_note,
    make_source,
    published,
    published_note,
)
from events.text import guarded

HEADER = (
    "id,company,parent,announced_on,announced_from,announced_until,date_precision,effective_on,recorded_on,people_low,"
    "people,people_high,qualifier,wording,people_basis,share_percent,counts_as,stage,permanence,closure,ai_link,sector,"
    "country,place,units,reasons,part_of,counted_low,counted,counted_high,high_open,source_url,publisher,url,title,"
    "company_slug,effective_from,effective_until,share_of,place_basis,ai_link_quote,ai_link_speaker,replaces,updates,"
    "disputed_by,notes,citations,known_from,edition,withdrawn_on,reconstructed_from"
)
HOST = "https://layoffwatch.example"


def select(string=""):
    query = EventQuery(QueryDict(string))
    assert query.is_valid(), query.errors
    return EventSelection(query)


def text_of(string=""):
    return "".join(events_csv(select(string), HOST))


def rows_of(string=""):
    return list(csv.DictReader(io.StringIO(text_of(string), newline="")))


# ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_header_is_the_same_for_ever_and_stands_there_without_rows_too():
    assert text_of() == HEADER + "\r\n"


@pytest.mark.django_db
def test_a_row_says_all_that_the_record_says(google):
    note, earlier = published_note([(google, "maker")]), published(google, None, announced_on="2023-12-01")
    event = make_event(
        google,
        (950, 1000, 1100),
        announced_on="2024-01-10",
        wording="about a thousand",
        effective_on=date(2024, 3, 1),
        effective_on_precision="quarter",
        share_percent=Decimal("1.400"),
        share_of="Google's staff",
        place_basis="jobs",
        permanence="permanent",
        closure="no",
        ai_link="alongside",
        country="US",
        place="Mountain View, CA",
        recorded_on=date(2024, 1, 12),
        cited=False,
    )
    Unit.objects.create(event=event, name="Google Assistant")
    Unit.objects.create(event=event, name="Pixel", **figure(("at_least", 100)))
    Reason.objects.create(event=event, kind="costs")
    Reason.objects.create(event=event, kind="ai")
    Citation.objects.create(event=event, source=make_source("https://other.example/1"))
    Citation.objects.create(
        event=event, source=make_source("https://paper.example/google", publisher="The Paper"), chosen=True
    )
    event.notes.add(note, make_note([(google, "maker")], title="A draft"))
    Relation.objects.create(event=event, kind="updates", other=earlier)
    Relation.objects.create(event=event, kind="updates", other=make_event(google, 5))
    publish(event)
    row = rows_of()[0]
    assert row == {
        "id": str(event.pk),
        "company": "Google",
        "parent": "Alphabet",
        "announced_on": "2024-01-10",
        "announced_from": "2024-01-10",
        "announced_until": "2024-01-10",
        "date_precision": "day",
        "effective_on": "2024-Q1",
        "recorded_on": "2024-01-12",
        "people_low": "950",
        "people": "1000",
        "people_high": "1100",
        "qualifier": "about",
        "wording": "about a thousand",
        "people_basis": "stated",
        "share_percent": "1.4",
        "counts_as": "cut",
        "stage": "announced",
        "permanence": "permanent",
        "closure": "no",
        "ai_link": "alongside",
        "sector": "consumer",
        "country": "US",
        "place": "Mountain View, CA",
        "units": "Google Assistant; Pixel",
        "reasons": "costs; ai",
        "part_of": "",
        "counted_low": "950",
        "counted": "1000",
        "counted_high": "1100",
        "high_open": "false",
        # The figure that is used comes from the chosen citation.
        "source_url": "https://paper.example/google",
        "publisher": "The Paper",
        "url": f"{HOST}/events/{event.pk}-google-cuts-jobs/",
        "title": "Google cuts jobs",
        "company_slug": "google",
        "effective_from": "2024-01-01",
        "effective_until": "2024-03-31",
        "share_of": "Google's staff",
        "place_basis": "jobs",
        "ai_link_quote": "",
        "ai_link_speaker": "",
        "replaces": "",
        "updates": str(earlier.pk),
        "disputed_by": "",
        "notes": str(note.pk),
        "citations": "2",
        "known_from": today().isoformat(),
        "edition": "1",
        "withdrawn_on": "",
        "reconstructed_from": "",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        ("2024-01-10", "2024-01-10", "2024-01-10", "day"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2024-Q1", "2024-01-01", "2024-03-31", "quarter"),
        ("2024", "2024-01-01", "2024-12-31", "year"),
    ],
)
def test_a_date_is_as_exact_as_it_is_known_with_whole_days_beside_it(written, first, last, precision, amazon):
    published(amazon, 5, announced_on=written)
    (row,) = rows_of()
    assert (row["announced_on"], row["date_precision"]) == (written, precision)
    assert (row["announced_from"], row["announced_until"]) == (first, last)
    assert row["effective_on"] == ""


def test_the_columns_are_a_list_of_our_own_each_with_a_meaning():
    assert ",".join(column.name for column in EVENT_COLUMNS) == HEADER
    for columns in (EVENT_COLUMNS, NOTE_COLUMNS, COMPANY_COLUMNS):
        assert all(str(column.meaning).endswith(".") for column in columns)
        assert len({column.name for column in columns}) == len(columns)


@pytest.mark.django_db
def test_a_field_that_a_model_gains_and_an_editors_remark_are_in_no_file(amazon):
    """cases.md 22: what is not in the list of columns cannot get out, whatever the models and documents hold."""
    event = published(amazon, 5, origin="the-desk-of-somebody", origin_key="secret-key-1", place_basis="jobs")
    edition = EventEdition.objects.get(record_id=event.pk)
    edition.document.body["remark"] = "a private remark"
    edition.document.body["figure"]["remark"] = "a private remark"
    edition.document.save()
    edition.reason = "a private remark"
    edition.save()
    text = text_of()
    for secret in ("the-desk-of-somebody", "secret-key-1", "private remark"):
        assert secret not in text
    not_named = {field.name for field in LayoffEvent._meta.concrete_fields} - set(HEADER.split(","))
    assert {"state", "origin", "origin_key", "origin_hash", "created_at", "changed_at"} <= not_named


# ── Empty cells ──────────────────────────────────────────────────────────────────────────────────────────────────────

PEOPLE = ("people_low", "people", "people_high", "counted_low", "counted", "counted_high", "high_open")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("people", "cells"),
    [
        (500, "500 500 500 500 500 500 false"),
        (0, "0 0 0 0 0 0 false"),
        ((200, None, 900), "200 - 900 200 200 900 false"),
        ((950, 1000, 1100), "950 1000 1100 950 1000 1100 false"),
        (("at_least", 100), "100 100 - 100 100 100 true"),
        (("up_to", 50), "- - 50 - - 50 false"),
        (None, "- - - - - - false"),
    ],
)
def test_what_is_not_stated_is_an_empty_cell_and_never_0(people, cells, amazon):
    published(amazon, people)
    (row,) = rows_of()
    assert [row[name] for name in PEOPLE] == [cell.replace("-", "") for cell in cells.split()]


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["signalled", "called_off"])
def test_signals_and_called_off_events_count_nobody_whatever_they_state(stage, amazon):
    published(amazon, ("at_least", 500), stage=stage)
    (row,) = rows_of("counts_as=signal&counts_as=called_off")
    assert [row[name] for name in PEOPLE] == ["500", "500", "", "", "", "", "false"]


@pytest.mark.django_db
def test_a_whole_without_figure_counts_nobody_and_leaves_the_high_open(amazon):
    whole = published(amazon, None)
    published(amazon, 500, part_of=whole)
    row, _part = rows_of("order=recorded")
    assert [row[name] for name in PEOPLE] == ["", "", "", "", "", "", "true"]
    assert (_part["part_of"], _part["counted"]) == (str(whole.pk), "500")


@pytest.mark.django_db
def test_a_whole_that_its_parts_use_up_counts_0_and_not_nothing(amazon):
    whole = published(amazon, (200, None, 900))
    for people in (500, 100):
        published(amazon, people, part_of=whole)
    row = rows_of("order=recorded")[0]
    assert [row[name] for name in PEOPLE] == ["200", "", "900", "0", "0", "300", "false"]


@pytest.mark.django_db
def test_net_bounds_that_cross_stay_in_the_file(amazon):
    whole = published(amazon, 1000)
    published(amazon, (200, None, 900), part_of=whole)
    row = rows_of("order=recorded")[0]
    assert [row[name] for name in PEOPLE[3:6]] == ["800", "800", "100"]


@pytest.mark.django_db
def test_an_event_from_a_data_file_without_address_has_an_empty_source_url(amazon):
    event = make_event(amazon, 5, cited=False)
    Citation.objects.create(event=event, source=make_source(kind="data_file", publisher="A list"))
    publish(event)
    (row,) = rows_of()
    assert (row["source_url"], row["publisher"]) == ("", "A list")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("share", "cell"), [("17", "17"), ("100", "100"), ("1.4", "1.4"), ("0.125", "0.125"), ("0", "0"), (None, "")]
)
def test_a_share_is_a_plain_number(share, cell, amazon):
    published(amazon, None, share_percent=share and Decimal(share))
    assert rows_of()[0]["share_percent"] == cell


# ── Sums (cases.md 11 and 14) ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.parametrize(
    "string",
    ["", "counts_as=cut&counts_as=filing&counts_as=temporary&counts_as=called_off", "company=twitch", "q=part"],
)
def test_the_counted_columns_by_counts_as_are_the_pages_totals(string, amazon, twitch):
    whole = published(amazon, 1000, title="whole")
    part = published(twitch, (200, None, 900), part_of=whole, title="part")
    published(twitch, ("at_least", 50), part_of=part, title="part of the part")
    published(amazon, None, title="none")
    published(amazon, ("up_to", 70), title="up to")
    published(amazon, 30, stage="filed", title="filing")
    published(amazon, 20, permanence="temporary", title="temporary")
    published(amazon, 10, stage="called_off", title="called off")
    published(amazon, None, stage="signalled", title="signal")
    sums, events = {}, Counter()
    for row in rows_of(string):
        kind = row["counts_as"]
        events[kind] += 1
        sums[kind] = sums.get(kind, Total()) + Total(
            events=1,
            low=int(row["counted_low"] or 0),
            headline=int(row["counted"] or 0),
            high=int(row["counted_high"] or 0),
            high_open=row["high_open"] == "true",
        )
    totals = select(string).totals
    assert events == {kind: total.events for kind, total in totals.items()}
    for kind, total in totals.items():
        assert (sums[kind].low, sums[kind].headline, sums[kind].high, sums[kind].high_open) == (
            total.low, total.headline, total.high, total.high_open,
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("order", ["people", "-people", "company", "announced", "-recorded"])
def test_the_file_has_the_pages_rows_in_the_pages_order(order, amazon, google):
    for number, company in enumerate([amazon, google, amazon, google]):
        published(company, number * 100, announced_on=f"2024-0{number + 1}-01")
    string = f"order={order}&people_min=100"
    assert [int(row["id"]) for row in rows_of(string)] == [e.record_id for e in select(string).page().rows]


# ── The guard (cases.md 27) ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "'"])
def test_a_text_that_a_spreadsheet_would_compute_gets_one_apostrophe(sign):
    assert guarded(f"{sign}1+1") == f"'{sign}1+1"
    assert guarded(sign) == f"'{sign}"


@pytest.mark.parametrize("text", ["", " =1", "a=1", "1-2", "\n=1", "’x", "“=x”", "−5"])
def test_any_other_text_is_left_alone(text):
    assert guarded(text) == text


@given(st.text())
def test_taking_one_apostrophe_away_gives_the_text_back(text):
    written = guarded(text)
    assert (written[1:] if written.startswith("'") else written) == text
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.django_db
def test_every_text_of_a_row_is_guarded_and_no_number_is():
    company = make_company("+One Ltd", parent=make_company("=Owner()"))
    event = make_event(
        company, 5, wording="-5 or so", place="@home", share_percent=Decimal("5"), title="=1+1", cited=False
    )
    Unit.objects.create(event=event, name="'the unit'")
    Citation.objects.create(event=event, source=make_source("https://x.example/=1", publisher="\t=cmd"))
    publish(event)
    (row,) = rows_of()
    assert {name: row[name] for name in ("company", "parent", "wording", "place", "units", "publisher")} == {
        "company": "'+One Ltd", "parent": "'=Owner()", "wording": "'-5 or so", "place": "'@home",
        "units": "''the unit'", "publisher": "'\t=cmd",
    }  # fmt: skip
    assert (row["people"], row["share_percent"], row["source_url"]) == ("5", "5", "https://x.example/=1")


@pytest.mark.parametrize(("number", "type_"), [(-5, Type.INTEGER), (Decimal("-5.5"), Type.DECIMAL)])
def test_a_number_is_never_touched_even_when_it_is_negative(number, type_):
    columns = [Column("share", "A share.", type_, lambda row: row), Column("name", "A name.", Type.TEXT, str)]
    header, line = lines(columns, [number])
    assert header == "share,name\r\n"
    assert line == f"{number},'{number}\r\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text",
    ['a "no"', "a,b;c", "a\nb", "a\r\nb", "a\rb", "“Ümläut” 日本 \U0001f600", '"', ",", "a\u2028b", "trailing "],
)  # fmt: skip
def test_any_text_comes_back_as_it_was(text, amazon):
    event = make_event(amazon, 5, place=text, wording=text, cited=False)
    Citation.objects.create(event=event, source=make_source(publisher=text))
    publish(event)
    (row,) = rows_of()
    assert row["place"] == row["wording"] == row["publisher"] == text


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_any_table_of_texts_comes_back_through_the_csv_module(table):
    # CSV has no NUL before Python 3.11 and no lone surrogate in UTF-8: neither gets into the record.
    table = [tuple(cell.replace("\x00", "") for cell in row) for row in table]
    columns = [Column("a", "One.", Type.TEXT, lambda row: row[0]), Column("b", "Two.", Type.TEXT, lambda row: row[1])]
    text = "".join(lines(columns, table))
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == ["a", "b"]
    assert [tuple(cell[1:] if cell.startswith("'") else cell for cell in row) for row in rows] == table


def test_lines_end_as_the_format_says():
    columns = [Column("a", "One.", Type.TEXT, lambda row: row)]
    assert list(lines(columns, ["x", None, ""])) == ["a\r\n", "x\r\n", '""\r\n', '""\r\n']


# ── Streaming ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_are_made_one_at_a_time():
    """The header is there before the first row is asked for, and each row before the next one."""
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield number

    made = lines([Column("a", "One.", Type.INTEGER, lambda row: row)], rows())
    assert asked == []
    assert (next(made), asked) == ("a\r\n", [])
    assert (next(made), asked) == ("0\r\n", [0])
    assert (next(made), asked) == ("1\r\n", [0, 1])


def test_a_row_that_fails_breaks_the_file_visibly():
    """cases.md 12: never a file that ends early in silence."""

    def rows():
        yield "one"
        raise RuntimeError("the database went away")

    made = lines([Column("a", "One.", Type.TEXT, lambda row: row)], rows())
    assert [next(made), next(made)] == ["a\r\n", "one\r\n"]
    with pytest.raises(RuntimeError, match="went away"):
        next(made)


@pytest.mark.django_db
def test_no_row_that_was_written_is_kept(amazon):
    publish([make_event(amazon, 5) for _n in range(12)])
    selection = select()
    kept, most = [], 0
    for row in event_rows(selection.stream(), selection, Names()):
        kept.append(weakref.ref(row.edition))
        gc.collect()  # an edition and its document hold one another
        most = max(most, sum(edition() is not None for edition in kept))
    assert len(kept) == 12
    assert most <= 3  # this row, and the one that the loop before it still holds
    assert STREAM_CHUNK <= 2000


def add_events(company, parent, number):
    """Events that hang together, have units and reasons: whatever could cost a query a row."""
    made = [make_event(company, 100)]
    for n in range(number - 1):
        made.append(make_event(parent if n % 2 else company, n, part_of=made[0] if n % 3 else None))
    Unit.objects.create(event=made[-1], name="Pixel")
    Reason.objects.create(event=made[-1], kind="ai")
    publish(made)


@pytest.mark.django_db
def test_a_file_costs_as_many_queries_for_60_rows_as_for_10(amazon, twitch):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            rows = sum(1 for _line in events_csv(select(), HOST)) - 1
        return rows, len(queries)

    add_events(twitch, amazon, 10)
    few = cost()
    assert few[0] == 10
    add_events(twitch, amazon, 50)
    many = cost()
    assert many[0] == 60
    assert many[1] == few[1]
    # Totals: wholes, those that hang together, all others. The version before and after, the rows. Public records that
    # events name: events, replaced events, notes. Owners, merged companies, companies.
    assert many[1] <= 13


@pytest.mark.django_db
def test_a_page_of_rows_costs_as_many_queries_as_one_row(amazon, twitch):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            selection = select()
            rows = list(event_rows(selection.page().rows, selection, Names()))
        return len(rows), len(queries)

    add_events(twitch, amazon, 3)
    few = cost()
    add_events(twitch, amazon, 25)
    assert cost()[1] == few[1]
