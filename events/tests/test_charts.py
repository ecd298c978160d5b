"""What a figure says: its finding is true of its bars, whatever they are; sizes of cuts; a year added up."""

import csv
from collections import Counter
from decimal import Decimal
from statistics import median, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import charts
from events.query import EventQuery
from events.selection import EventSelection
from events.selection.sizes import quartiles, sizes_of
from events.shown import Names
from events.tests.factories import make_company, make_event, published
from events.tests.views.conftest import published_many
from events.tests.views.reading import body, read


def select(string=""):
    return EventSelection(EventQuery.from_string(string))


def finding(name, string=""):
    return charts.chosen(select(f"chart={name}&{string}"), lambda: None, Names()).finding


# ── Quartiles, without a database ────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.integers(0, 200_000), min_size=2, max_size=60))
def test_quartiles_are_those_of_the_standard_library(people):
    assert [float(q) for q in quartiles(Counter(people))] == quantiles(people, n=4, method="inclusive")


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60))
def test_quartiles_stand_in_order_between_the_smallest_and_the_largest(people):
    lower, middle, upper = quartiles(Counter(people))
    assert min(people) <= lower <= middle <= upper <= max(people)
    assert float(middle) == median(people)


def test_quartiles_by_hand():
    # Of 1, 2, 3, 10 the lower quartile stands at place 1.75, the median at 2.5, the upper one at 3.25.
    assert quartiles(Counter([1, 2, 3, 10])) == (Decimal("1.75"), Decimal("2.5"), Decimal("4.75"))
    assert quartiles(Counter([7])) == (7, 7, 7)
    # What was taken away again is not there.
    assert quartiles({5: 0, 9: 1}) == (9, 9, 9)


def test_of_no_cut_there_is_no_quartile_and_no_share():
    sizes = sizes_of({}, without_figure=3)
    assert (sizes.quartiles, sizes.with_figure, sizes.percent("1000+")) == (None, 0, None)


@given(st.lists(st.integers(0, 5_000), max_size=60))
def test_every_cut_with_a_figure_is_in_one_class(people):
    bounds = {"1-49": (0, 49), "50-249": (50, 249), "250-999": (250, 999), "1000+": (1000, 10**9)}
    sizes = sizes_of(Counter(people), 0)
    assert sizes.classes == {name: sum(low <= n <= high for n in people) for name, (low, high) in bounds.items()}


# ── Sizes of cuts by year ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_sizes_of_a_year_are_those_of_its_cuts(amazon):
    published_many(
        *(make_event(amazon, n, announced_on="2023-05-05") for n in (10, 60, 300, 2000)),
        make_event(amazon, None, announced_on="2023"),
        make_event(amazon, 40, announced_on="2024-Q1"),
        make_event(amazon, ("up_to", 70), announced_on="2024-02"),
    )
    first, second = select().series_by("size_by_year").bars
    assert (first.key, second.key) == ("2023", "2024")
    # Places 1.75, 2.5 and 3.25 of 10, 60, 300, 2000.
    assert first.sizes.quartiles == (Decimal("47.5"), Decimal("180"), Decimal("725"))
    assert list(first.sizes.classes.values()) == [1, 1, 1, 1]
    assert (first.cuts, first.sizes.without_figure, first.total.headline) == (5, 1, 2370)
    # "Up to 70" has no figure to stand in a quartile with.
    assert (second.sizes.quartiles, second.sizes.without_figure) == ((40, 40, 40), 1)


@pytest.mark.django_db
def test_a_whole_with_its_parts_is_one_cut_of_their_total_in_the_year_of_its_date(amazon, twitch):
    whole = published(amazon, 1000, announced_on="2023-01-10")
    published(twitch, 400, announced_on="2022-12-01", part_of=whole)
    published(twitch, None, announced_on="2022-12-02", part_of=whole)
    published(amazon, 20, announced_on="2022-03-01")
    before, after = select().series_by("size_by_year").bars
    assert (before.sizes.quartiles, before.cuts, before.total.headline) == ((20, 20, 20), 1, 20)
    assert (after.sizes.quartiles, after.cuts, after.total.headline) == ((1000, 1000, 1000), 1, 1000)
    assert (after.events, after.sizes.without_figure) == (3, 0)
    # Without the whole in the result, each part is a cut of its own, in its own year.
    alone = select("announced_before=2022").series_by("size_by_year").bars[0]
    assert (alone.cuts, alone.sizes.without_figure, alone.total.headline) == (3, 1, 420)


@pytest.mark.django_db
def test_a_whole_without_a_figure_is_as_large_as_its_parts(amazon, twitch):
    whole = published(amazon, None, announced_on="2023-01-10")
    for people in (30, 25):
        published(twitch, people, announced_on="2023-02-01", part_of=whole)
    bar = select().series_by("size_by_year").bars[0]
    assert (bar.sizes.quartiles, bar.sizes.classes["50-249"], bar.cuts) == ((55, 55, 55), 1, 1)


@pytest.mark.django_db
def test_sizes_by_year_agree_with_sizes(amazon, twitch):
    whole = published(amazon, (200, None, 900), announced_on="2023-01-10")
    published(twitch, 500, announced_on="2024-02-01", part_of=whole)
    published(amazon, 7, announced_on="2021")
    published(amazon, None, announced_on="2024")
    by_year, by_size = select().series_by("size_by_year"), {b.key: b.cuts for b in select().series_by("size").bars}
    for name in ("1-49", "50-249", "250-999", "1000+"):
        assert sum(bar.sizes.classes[name] for bar in by_year.bars if bar.sizes) == by_size.get(name, 0)
    assert sum(bar.sizes.without_figure for bar in by_year.bars if bar.sizes) == by_size["no-figure"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["signal", "called_off"])
def test_what_counts_no_people_has_no_size(kind, amazon, twitch):
    stage = {"signal": "signalled", "called_off": "called_off"}[kind]
    whole = published(amazon, 100, announced_on="2023-01-10", stage=stage)
    published(twitch, 2000, announced_on="2023-02-10", stage=stage)
    if kind == "called_off":
        published(twitch, 60, announced_on="2022-02-10", stage=stage, part_of=whole)
    selection = select(f"counts_as={kind}")
    bars = selection.series_by("size_by_year").bars
    assert {bar.sizes.quartiles for bar in bars} == {None}
    assert sum(bar.sizes.with_figure for bar in bars) == 0
    # A whole with its part is one.
    assert sum(bar.cuts for bar in bars) == 2
    assert [(bar.key, bar.cuts) for bar in selection.series_by("size").bars] == [("no-figure", 2)]


@pytest.mark.django_db
def test_the_finding_on_sizes_sets_two_years_side_by_side(amazon):
    assert finding("size") == "Of none of these is the size known."
    published(amazon, None, announced_on="2025-01-10")
    assert finding("size") == "Of none of these is the size known."
    published(amazon, 2000, announced_on="2023-01-10")
    assert finding("size") == "2023: half are of 2,000 people or fewer, 100 % of 1,000 or more (1 known)."
    published_many(*(make_event(amazon, n, announced_on="2024-01-10") for n in (10, 1000, 20)))
    assert finding("size") == (
        "2023: half are of 2,000 people or fewer, 100 % of 1,000 or more (1 known); "
        "2024: half are of 20 people or fewer, 33.3 % of 1,000 or more (3 known)."
    )


# ── A year added up ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_each_month_holds_those_before_it_in_its_year(amazon):
    published_many(
        make_event(amazon, 10, announced_on="2023-02-05"),
        make_event(amazon, 5, announced_on="2023-04"),
        make_event(amazon, None, announced_on="2023-04-09"),
        make_event(amazon, 99, announced_on="2023-Q1"),
        make_event(amazon, 3, announced_on="2024-01-01"),
    )
    series = select("announced_before=2024-02").series_by("cumulative")
    people = {bar.key: bar.total.headline for bar in series.bars}
    assert [people[f"2023-{m:02}"] for m in range(1, 13)] == [0, 10, 10, *[15] * 9]
    assert [(k, n) for k, n in people.items() if k > "2024"] == [("2024-01", 3), ("2024-02", 3)]
    assert (series.remainder.total.headline, series.adds_up) == (99, False)
    assert {bar.key: bar.total.without_figure for bar in series.bars}["2023-04"] == 1


@pytest.mark.django_db
def test_a_year_begins_with_the_days_that_are_asked_for(amazon):
    published(amazon, 10, announced_on="2023-06-05")
    keys = [bar.key for bar in select("announced_after=2023-05&announced_before=2023-07").series_by("cumulative").bars]
    assert keys == ["2023-05", "2023-06", "2023-07"]


@pytest.mark.django_db
def test_a_slip_of_a_year_makes_no_more_than_a_year_of_months(amazon):
    published(amazon, 1, announced_on="9999-12-31")
    published(amazon, 1, announced_on="0001-01-01")
    assert len(select().series_by("cumulative").bars) == 24


@pytest.mark.django_db
def test_only_the_latest_years_are_drawn_and_the_figure_says_so(amazon, client):
    published_many(*(make_event(amazon, 10, announced_on=f"{year}-01-05") for year in range(2015, 2024)))
    figure = read(client.get("/events/?chart=cumulative")).one("figure")
    rows = figure.one("tbody").all("tr")
    assert len(rows) == 9 * 12
    assert {row["data-label"][:4] for row in rows if "data-undrawn" not in row} == {str(y) for y in range(2018, 2024)}
    assert "The latest 6 of 9 years are drawn; the table has all." in figure.text


@pytest.mark.django_db
def test_the_finding_of_a_year_is_beside_the_same_month_of_the_year_before(amazon):
    assert finding("cumulative") == "Nothing here is dated to the month."
    published(amazon, 99, announced_on="2023-Q1")
    assert finding("cumulative") == "Nothing here is dated to the month."
    published(amazon, None, announced_on="2023-03-01")
    until = "announced_before=2023-03"
    assert finding("cumulative", until) == "Until the end of March 2023: no number of people known."
    published(amazon, 12, announced_on="2022-01-01")
    assert finding("cumulative", until) == (
        "Until the end of March 2023: no number of people known; until the end of March 2022: 12 people known."
    )


# ── Findings are true of ties, of one period, of nothing ─────────────────────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("people", "words"),
    [
        ({}, "No period here has a known number of people."),
        ({"2024-01": None}, "No period here has a known number of people."),
        ({"2024-01": 5}, "January 2024: 5 people known."),
        ({"2024-01": 5, "2024-02": 9}, "February 2024, the latest, is the highest: 9 people known."),
        (
            {"2024-01": 9, "2024-02": 5},
            "January 2024 is the highest with 9 people known; the latest, February 2024, has 5 people known.",
        ),
        (
            {"2024-01": 9, "2024-02": None},
            "January 2024 is the highest with 9 people known; the latest, February 2024, "
            "has no number of people known.",
        ),
        ({"2024-01": 9, "2024-02": 9}, "January 2024 and February 2024 are the highest with 9 people known in each."),
        (
            {f"2024-0{m}": 9 for m in range(1, 5)},
            "4 periods share the highest number, 9 people known in each.",
        ),
    ],
)
def test_the_finding_over_time(people, words, amazon):
    published_many(*(make_event(amazon, n, announced_on=month) for month, n in people.items()))
    assert charts.by_time(select(), None).finding == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("people", "words"),
    [
        ({}, "No number of people is known here."),
        ({"US": None}, "No number of people is known here."),
        ({"": 7}, "Of the 7 people known here, the country is not stated."),
        ({"US": 7, "": 70}, "United States of America comes first with 7 of 77 people known."),
        ({"US": 7, "DE": 7}, "Germany and United States of America come first with 7 of 14 people known each."),
        (dict.fromkeys(("US", "DE", "FR", "IN"), 7), "4 share the first place with 7 of 28 people known each."),
    ],
)
def test_the_finding_by_country(people, words):
    for code, n in people.items():
        published(make_company(country=code), n)
    assert finding("country") == words


@pytest.mark.django_db
def test_the_finding_says_who_may_have_more_by_the_interval():
    published(make_company(country="US"), 500)
    published(make_company(country="DE"), (200, None, 900), wording="several hundred")
    published(make_company(country="FR"), (100, None, 500), wording="hundreds, at most 500")
    # Germany's 200–900 reaches beyond 500, France's 100–500 does not.
    assert finding("country") == (
        "United States of America comes first with 500 of 800 people known. By the intervals Germany may have more."
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chart", "by", "words"), [("cumulative", "cumulative", "January 2023"), ("size", "size_by_year", "2022")]
)
def test_a_year_added_up_or_by_size_names_the_bars_whose_own_view_shows_more(chart, by, words, client, amazon):
    published(amazon, 50, announced_on="2021-03-01")
    whole = published(amazon, 18_000, announced_on="2023-01-05")
    published(amazon, 10_000, announced_on="2022-11-14", part_of=whole)
    view = f"announced_before=2023-01-31&chart={chart}"
    headings = [th.text for th in read(client.get(f"/events/?{view}")).one("figure").one("tbody").all("th")]
    assert [th for th in headings if "its own view shows more" in th] == [f"{words} its own view shows more"]
    file = body(client.get(f"/events/series.csv?announced_before=2023-01-31&by={by}"))
    rows = csv.DictReader(file.splitlines())
    assert [row["label"] for row in rows if row["shows_less"] == "true"] == [words]
