"""Files whose rows speak of one another, and of what is no cut."""

from datetime import date

import pytest

from events.imports.engine import ImportStopped
from events.models import EventEdition, LayoffEvent, Relation
from events.publishing import check_record
from events.query import EventQuery
from events.selection import EventSelection
from events.tests.imports.files import erm, transformer

pytestmark = pytest.mark.django_db


def amendment(key, of, **cells):
    return {"hash_id": key, "is_amendment": "True", "likely_ancestor": of, **cells}


def public_people():
    selection = EventSelection(EventQuery.from_string("counts_as=filing"))
    return selection.count, selection.main.headline


def chain():
    return set(Relation.objects.values_list("event__people", "kind", "other__people"))


# ── Amendments ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_amendment_replaces_its_notice_and_nothing_counts_twice(load):
    text = transformer({"is_superseded": "True"}, amendment("b", "a", jobs="150", notice_date="2024-04-01"))
    report = load(text, publish=True)
    assert (report.new, report.published, report.in_review) == (2, 2, 0)
    assert chain() == {(150, "replaces", 120)}
    assert public_people() == (1, 150)
    assert check_record() == []
    assert load(text, publish=True).same == 2
    assert Relation.objects.count() == 1


def test_several_amendments_of_one_notice_replace_one_another_in_order(load):
    load(
        transformer(
            {"is_superseded": "True"},
            amendment("c", "a", jobs="90", notice_date="2024-05-01"),
            amendment("b", "a", jobs="150", notice_date="2024-04-01", is_superseded="True"),
        ),
        publish=True,
    )
    assert chain() == {(150, "replaces", 120), (90, "replaces", 150)}
    assert public_people() == (1, 90)


def test_an_amendment_that_comes_later_replaces_what_is_public(load):
    load(transformer({}), publish=True)
    assert public_people() == (1, 120)
    load(
        transformer({"is_superseded": "True"}, amendment("b", "a", jobs="150", notice_date="2024-04-01")), publish=True
    )
    assert public_people() == (1, 150)
    assert check_record() == []


def test_a_notice_that_nothing_replaces_though_it_is_superseded_stays_in_review(load):
    report = load(transformer({"is_superseded": "True"}), publish=True)
    assert (report.in_review, report.published) == (1, 0)
    assert any("superseded" in kind for kind in report.warnings)
    assert not EventEdition.objects.exists()


def test_what_is_named_but_not_there_or_names_itself_is_said(load):
    report = load(transformer(amendment("a", "zzz"), amendment("b", "b"), amendment("c", "d"), amendment("d", "c")))
    assert sorted(len(warned.rows) for kind, warned in report.warnings.items() if "without that relation" in kind) == [
        1,
        2,
    ]
    assert Relation.objects.count() == 1


def test_a_notice_of_all_states_is_read(load):
    load(transformer({"is_temporary": "True", "first_inserted_date": "2024-03-15T08:00:00.123Z"}))
    event = LayoffEvent.objects.get()
    assert (event.place, event.closure, event.permanence) == ("Springfield, Washington", "yes", "temporary")
    assert (event.recorded_on, event.stage) == (date(2024, 3, 15), "filed")


# ── Gains ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_jobs_that_are_created_are_passed_over_and_counted(load):
    report = load(
        erm(
            {},
            {"Id": "2", "Employment Change": "250", "Restructuring type": "Business expansion"},
            {"Id": "3", "Employment Change": "", "Restructuring type": "Business expansion"},
            {"Id": "4", "Employment Change": "0"},
            {"Id": "5", "Employment Change": "−1,200.0", "Restructuring type": "Closure"},
        )
    )
    assert (report.rows, report.new, report.rejected) == (5, 2, [])
    assert {reason: warned.rows for reason, warned in report.passed.items()} == {
        "jobs are created, none are cut": [3, 4],
        "no change of employment is stated": [5],
    }
    assert "Passed over: 2 rows: jobs are created, none are cut." in report.lines()
    acme, closed = LayoffEvent.objects.order_by("pk")
    assert (acme.people, acme.country, acme.place_basis, acme.announced_on) == (120, "DE", "jobs", date(2024, 3, 14))
    assert list(acme.reasons.values_list("kind", "wording")) == [("restructuring", "Internal restructuring")]
    assert (closed.people, closed.closure) == (1200, "yes")


def test_the_order_of_days_may_be_said_of_a_known_layout(load):
    text = erm({"Announcement date": "03/04/2024"})
    with pytest.raises(ImportStopped, match="--map 'Announcement date=announced_on:dmy'"):
        load(text)
    load(text, mapping=["Announcement date=announced_on:dmy"])
    assert LayoffEvent.objects.get().announced_on == date(2024, 4, 3)


def test_a_change_of_employment_that_is_none_is_refused(load):
    with pytest.raises(ImportStopped, match="‘many’ is no change of employment"):
        load(erm({"Employment Change": "many"}))
