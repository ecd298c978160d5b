"""Published totals beside our own cuts (rule 7): bases that are kept apart, the difference taken apart, an oracle."""

import random
from collections import Counter
from dataclasses import astuple
from datetime import date, timedelta

import pytest

from events.comparisons import chart, on_the_basis, parts
from events.counting import Total
from events.models import PublicRecord
from events.publishing import withdraw
from events.query import EventQuery, TotalQuery
from events.selection import BasesDiffer, Basis, Difference, EventSelection, TotalSelection, first_totals
from events.selection.totals import Group, Stated, Values, difference
from events.tests.factories import make_company, published, published_total
from events.tests.oracle import Oracle, Result, Sum
from events.tests.worlds import DAYS, World, on

WORLDWIDE = {"scope": "all_industries", "geography": "worldwide", "counts": "events"}
JANUARY = {"period_from": date(2024, 1, 1), "period_until": date(2024, 1, 31)}


def selection(string="") -> TotalSelection:
    return TotalSelection(TotalQuery.from_string(string))


def beside(total, string=""):
    return selection(string).comparisons[total.pk]


def words(comparison) -> str:
    return " ".join(part.words for part in parts(comparison, PublicRecord.objects.get().opened_on))


def month(n: int) -> dict:
    first = date(2024, n, 1)
    return {"period_from": first, "period_until": date(2024, n + 1, 1) - timedelta(days=1)}


# ── Bases ────────────────────────────────────────────────────────────────────────────────────────────────────────────

SAME = Basis("all_industries", "worldwide", "events")
OTHERS = [
    Basis("technology", "worldwide", "events"),
    Basis("all_industries", "US employers", "events"),
    Basis("all_industries", "worldwide", "plans"),
]


@pytest.mark.parametrize("other", OTHERS)
def test_figures_of_different_bases_cannot_be_subtracted(other):
    with pytest.raises(BasesDiffer):
        difference(Stated(SAME, 1, 1, 1), Stated(other, 1, 1, 1))


def test_a_difference_of_one_basis_is_an_interval_open_where_either_figure_is():
    # 1,000 (950–1,100) less 600 (500–700): from 950 - 700 to 1,100 - 500.
    assert difference(Stated(SAME, 950, 1000, 1100), Stated(SAME, 500, 600, 700)) == Difference(250, 400, 600)
    assert difference(Stated(SAME, 950, 1000, None), Stated(SAME, 500, 600, 700)) == Difference(250, 400, None)
    assert difference(Stated(SAME, 950, 1000, 1100), Stated(SAME, 500, 600, None)) == Difference(None, 400, 600)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other",
    [{"scope": "technology"}, {"geography": "US employers"}, {"counts": "plans"}],
    ids=["scope", "place", "what"],
)
def test_totals_of_different_bases_cannot_be_drawn_on_one_axis(other):
    totals = [published_total(n, **WORLDWIDE, **month(n)) for n in (1, 2, 3)]
    totals.append(published_total(4, **{**WORLDWIDE, **other}, **month(4)))
    comparisons = [beside(total) for total in totals]
    with pytest.raises(BasesDiffer):
        chart(group_of(comparisons))
    assert chart(group_of(comparisons[:3])).lines


@pytest.mark.django_db
def test_each_basis_of_each_publisher_is_a_group_of_its_own():
    for fields in ({}, {"publisher": "Another"}, {"geography": "US"}, {"counts": "plans"}, {"scope": "other"}):
        published_total(1, **fields)
        published_total(2, **fields, period_until=date(2024, 2, 28))
    assert [group.count for group in selection().groups] == [2] * 5


@pytest.mark.parametrize(
    ("basis", "filters", "unsaid"),
    [
        (("all_industries", "worldwide", "events"), {}, []),
        (("all_industries", "Germany", "plans"), {"country": "DE"}, []),
        (("technology", "worldwide", "events"), {}, ["scope"]),
        (("other", "the Moon", "events"), {}, ["scope", "geography"]),
        (("ai_reason", "US employers", "plans"), {"ai_link": "stated", "country": "US"}, ["geography"]),
        (("all_industries", "United States", "discharges"), {"country": "US", "stage": "carried_out"}, ["counts"]),
    ],
)
def test_what_our_filters_say_of_a_basis_and_what_they_cannot(basis, filters, unsaid):
    found = Basis(*basis)
    assert (found.filters, found.unsaid) == (filters, unsaid)
    said = " ".join(on_the_basis(found))
    assert ("never subtracted" in said) == bool(unsaid)
    for part, sign in (("geography", basis[1]), ("scope", "No filter" if basis[0] == "other" else "no filter")):
        assert part not in unsaid or sign in said


# ── Beside one another ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_a_difference_stands_only_where_a_filter_counts_the_same(amazon):
    published(amazon, (200, None, 900), announced_on="2024-01-10")
    same = published_total(1000, **WORLDWIDE, **JANUARY)
    technology = published_total(1000, **{**WORLDWIDE, "scope": "technology"}, **JANUARY)
    # 1,000 less 200–900, of which the low is counted.
    assert beside(same).difference == Difference(100, 800, 800)
    assert "Published less ours: 800 (between 100 and 800)." in words(beside(same))
    assert beside(technology).difference is None
    assert "less ours" not in words(beside(technology))


@pytest.mark.django_db
def test_nothing_is_subtracted_from_what_nobody_knows(amazon):
    published(amazon, None, announced_on="2024-01-10")
    assert beside(published_total(1000, **WORLDWIDE, **JANUARY)).difference is None


@pytest.mark.django_db
def test_cuts_elsewhere_and_without_a_country_are_told_apart(amazon):
    published(amazon, 100, country="US", announced_on="2024-01-02")
    published(amazon, 30, country="DE", announced_on="2024-01-03")
    published(amazon, None, country="IN", announced_on="2024-01-04")
    published(amazon, 5, country="", announced_on="2024-01-05")
    found = beside(published_total(500, **{**WORLDWIDE, "geography": "US employers"}, **JANUARY))
    assert (found.every.total.headline, found.nearest.total.headline) == (135, 100)
    assert (found.elsewhere, found.without_country) == (
        Total(2, 1, 0, 30, 30, 30),
        Total(1, 0, 0, 5, 5, 5),
    )
    assert "2 cuts in other countries (30) are left out" in words(found)
    assert "Of 1 cut (5) no country is known" in words(found)


@pytest.mark.django_db
def test_what_was_recorded_after_the_totals_own_day_is_named_and_a_day_before_the_site_opened_is_reconstructed(amazon):
    published(amazon, 100, announced_on="2024-01-02", recorded_on="2024-01-03")
    published(amazon, 50, announced_on="2024-01-04", recorded_on="2024-02-10")
    published(amazon, 7, announced_on="2024-01", recorded_on="2024-02-11")
    found = beside(published_total(500, **WORLDWIDE, **JANUARY, as_of=date(2024, 2, 1)))
    assert (found.then.total.headline, found.nearest.total.headline, found.later, found.gone) == (100, 157, 2, 0)
    assert "2 of our cuts were recorded after 1 February 2024: on that day ours was 100, now it is 157." in words(found)
    assert "reconstructed" in words(found)
    PublicRecord.objects.update(opened_on=date(2023, 1, 1))
    assert "reconstructed" not in words(found)


@pytest.mark.django_db
def test_cuts_dated_too_inexactly_are_counted_apart(amazon):
    published(amazon, 100, announced_on="2024-Q1")
    published(amazon, 100, announced_on="2023")
    published(amazon, 10, announced_on="2024-01")
    found = beside(published_total(500, **WORLDWIDE, **JANUARY))
    assert (found.nearest.total.headline, found.overlapping) == (10, 1)
    assert "1 cut is dated too inexactly" in words(found)


@pytest.mark.django_db
def test_parts_of_a_whole_are_counted_once_beside_a_total(amazon):
    whole = published(amazon, 18000, announced_on="2023-01-04")
    published(amazon, 10000, announced_on="2022-11-14", part_of=whole)
    published(amazon, 11, announced_on="2022-12-05", stage="filed")
    winter = {"period_from": date(2022, 11, 1), "period_until": date(2023, 1, 31)}
    assert beside(published_total(3, **winter)).every.total.headline == 18000
    autumn = {"period_from": date(2022, 11, 1), "period_until": date(2022, 12, 31)}
    assert beside(published_total(3, **autumn)).every.total.headline == 10000


# ── Values of several days, filters, replays ─────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_one_total_given_on_several_days_is_one_row_the_latest_first():
    values = {
        published_total(n, as_of=day, publisher="Fyi").pk: n
        for n, day in ((161_000, date(2024, 3, 1)), (154_336, date(2024, 2, 1)), (165_269, date(2024, 5, 1)))
    }
    published_total(1, publisher="Fyi", period_until=date(2024, 1, 16))
    (group,) = selection().groups
    (several,) = [total for total in group.totals if total.earlier]
    assert [values[c.edition.record_id] for c in several.comparisons] == [165_269, 161_000, 154_336]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("string", "found"),
    [
        ("", {1, 2, 3}),
        ("publisher=challenger", {2, 3}),
        ("publisher=Challenger&publisher=A+tracker", {1, 2, 3}),
        ("scope=all_industries", {3}),
        ("geography=us+employers", {2, 3}),
        ("counts=events", {1}),
        ("period_after=2024-01&period_before=2024-01", {1, 2}),
        ("period_before=2023", {3}),
    ],
)
def test_a_filter_keeps_the_totals_that_it_names(string, found):
    us = {"publisher": "Challenger", "geography": "US employers", "counts": "plans"}
    made = {
        published_total(1).pk: 1,
        published_total(2, **us).pk: 2,
        published_total(
            3, **us, scope="all_industries", period_from=date(2023, 1, 1), period_until=date(2023, 12, 31)
        ).pk: 3,
    }
    chosen = selection(string)
    assert {made[edition.record_id] for edition in chosen.rows} == found
    assert chosen.count == len(found)
    unchosen = chosen.query.changed(publisher=None) if chosen.query.get("publisher") else chosen.query
    assert chosen.facets["publisher"] == Counter(row.publisher for row in TotalSelection(unchosen).rows)


@pytest.mark.django_db
@pytest.mark.parametrize("string", ["publisher=nobody", "geography=Mars", "scope=big", "counts=1", "period_after=x"])
def test_a_filter_that_names_nothing_there_is_an_error(string, client):
    published_total()
    for address in ("/totals/", "/totals.csv", "/totals.json"):
        assert client.get(f"{address}?{string}").status_code == 400


@pytest.mark.django_db
def test_a_withdrawn_total_is_left_out_and_marked_in_a_replay(client):
    with on(date(2024, 2, 1)):
        total = published_total(7500)
    with on(date(2024, 3, 1)):
        withdraw(total, "It was another list.")
    assert selection().count == 0
    then = selection("as_of=2024-02-15")
    assert [edition.record_id for edition in then.rows] == [total.pk]
    assert "withdrawn since" in client.get("/totals/?as_of=2024-02-15").content.decode()
    assert client.get("/totals.json?as_of=2024-02-15").json()["rows"][0]["withdrawn_on"] == "2024-03-01"


@pytest.mark.django_db
def test_the_start_page_shows_the_longest_period_of_each_basis():
    published_total(1, period_from=date(2024, 1, 1), period_until=date(2024, 1, 31))
    longest = published_total(2, period_from=date(2023, 1, 1), period_until=date(2023, 12, 31))
    other = published_total(3, counts="plans")
    assert {total.record_id for total in first_totals()} == {longest.pk, other.pk}


# ── Charts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def group_of(comparisons):
    return Group("A publisher", comparisons[0].basis, [Values([comparison]) for comparison in comparisons])


@pytest.mark.django_db
@pytest.mark.parametrize("scope", ["all_industries", "technology"])
def test_ours_are_drawn_beside_published_figures_only_where_they_count_the_same(scope):
    published(make_company(), 40, announced_on="2024-02-10")
    totals = [published_total(n, **{**WORLDWIDE, "scope": scope}, **month(n)) for n in (1, 2, 4)]
    drawn = chart(group_of([beside(total) for total in totals]))
    assert [(line.key, line.published is None) for line in drawn.lines] == [
        ("2024-01", False), ("2024-02", False), ("2024-03", True), ("2024-04", False),
    ]  # fmt: skip
    ours = [line.ours and line.ours.headline for line in drawn.lines]
    assert ours == ([0, 40, None, 0] if scope == "all_industries" else [None] * 4)
    assert drawn.with_ours == (scope == "all_industries")


# ── The oracle ───────────────────────────────────────────────────────────────────────────────────────────────────────

BASES = [
    ("all_industries", "worldwide", "events"),
    ("technology", "United States", "events"),
    ("ai_reason", "US employers", "plans"),
    ("all_industries", "Germany", "discharges"),
]
# What the methodology says of these, written a second time.
NEAREST = {"United States": {"country": "US"}, "US employers": {"country": "US"}, "Germany": {"country": "DE"}}


def asked(basis, first, last, day):
    scope, geography, counts = basis
    fields = dict(NEAREST.get(geography, {}))
    if scope == "ai_reason":
        fields["ai_link"] = "stated"
    if counts == "discharges":
        fields["stage"] = "carried_out"
    pairs = [("counts_as", "cut"), ("announced_after", str(first)), ("announced_before", str(last)), *fields.items()]
    return [*pairs, ("as_of", str(day))] if day else pairs


def summed(oracle, rows, pairs):
    return Result(rows, oracle.known(oracle.day_of(pairs))).totals().get("cut", Sum())


def without(pairs, *names):
    return [(name, value) for name, value in pairs if name not in names]


def check_one(oracle, found, day):
    edition = found.edition
    basis = (edition.scope, edition.geography, edition.counts)
    pairs = asked(basis, edition.period_from, edition.period_until, day)
    now = oracle.select(pairs)
    assert astuple(found.nearest.total) == astuple(summed(oracle, now, pairs))
    every = without(pairs, "country", "ai_link", "stage")
    assert astuple(found.every.total) == astuple(summed(oracle, oracle.select(every), every))
    assert found.overlapping == oracle.overlapping(pairs)
    # As it was on the total's own day, or on the day of the replay if that is earlier.
    on_the_day = min(edition.as_of, day or edition.as_of)
    then_pairs = asked(basis, edition.period_from, edition.period_until, on_the_day)
    then = oracle.select(then_pairs)
    if found.then is not None:
        assert astuple(found.then.total) == astuple(summed(oracle, then, then_pairs))
    ids_now, ids_then = {row.id for row in now}, {row.id for row in then}
    assert (found.later, found.gone) == (len(ids_now - ids_then), len(ids_then - ids_now))
    country = dict(pairs).get("country")
    if country is None:
        assert found.elsewhere is found.without_country is None
        return
    anywhere = oracle.select(without(pairs, "country"))
    elsewhere = [row for row in anywhere if row.facts["country"] not in ("", country)]
    unknown = [row for row in anywhere if row.facts["country"] == ""]
    assert astuple(found.elsewhere) == astuple(summed(oracle, elsewhere, pairs))
    assert astuple(found.without_country) == astuple(summed(oracle, unknown, pairs))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [3, 8])
def test_ours_beside_totals_of_chance_are_what_the_log_of_the_world_says_and_what_the_links_show(seed):
    world = World(seed)
    oracle, chance = Oracle(world), random.Random(seed)
    with on(DAYS[0]):
        for n in range(24):
            first, last = sorted(date(2022, 6, 1) + timedelta(days=chance.randint(0, 700)) for _end in range(2))
            if n % 3 == 0:
                first, last = date(2023, 1, 1), date(2024, chance.choice((3, 6)), 30)
            scope, geography, counts = BASES[n % 4]
            published_total(
                n, scope=scope, geography=geography, counts=counts, period_from=first, period_until=last,
                as_of=chance.choice(DAYS) + timedelta(days=chance.randint(-2, 2)),
            )  # fmt: skip
    later = held = 0
    for day in (None, DAYS[len(DAYS) // 2], DAYS[-1]):
        for found in selection(f"as_of={day}" if day else "").comparisons.values():
            check_one(oracle, found, day)
            for ours in filter(None, (found.every, found.nearest, found.then)):
                shown = EventSelection(EventQuery.from_string(ours.string)).totals.get("cut", Total())
                assert ours.total == shown, ours.string
            later += found.later + found.gone
            held += found.nearest.total.events
    assert min(later, held) > 0, "chance made nothing to compare: choose another seed"
