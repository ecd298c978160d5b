"""A selection: one set of events for page, totals, series, facets and file, against a reckoning of its own in Python.

The oracle here filters plain facts in Python and nets them with the one of test_counting.py: neither asks the database.
"""

import calendar
import csv
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict

from events.answers.csv import events_csv
from events.counting import Money, Own, Total
from events.dates import today
from events.models import LayoffEvent, Reason
from events.models.company import OwnershipTree
from events.publishing import ownership_changed, publish, withdraw
from events.query import CompanyQuery, EventQuery, NoteQuery, TotalQuery
from events.selection import (
    PAGE_SIZE,
    CompanySelection,
    EventSelection,
    NoteSelection,
    TotalSelection,
    companies_investing_meanwhile,
    company_events,
    company_headcounts,
    company_notes,
    emptied_by,
    latest_year,
    notes_by_period,
)
from events.selection.companies import all_cuts
from events.shown import Names, event_rows
from events.tests.factories import (
    make_company,
    make_event,
    published,
    published_headcount,
    published_note,
    published_total,
)

pytestmark = pytest.mark.django_db

KINDS = ("cut", "filing", "temporary", "signal", "called_off")
ORDERS = ("-announced", "announced", "-people", "people", "company", "-company", "-recorded", "recorded")


def select(string="", day=None):
    query = EventQuery(QueryDict(string))
    assert query.is_valid(), query.errors
    return EventSelection(query.changed(as_of=day) if day else query)


def ids(string="", day=None):
    return {edition.record_id for edition in select(string, day).editions}


def cuts(string="", day=None):
    return select(string, day).totals.get("cut", Total())


def file_of(selection):
    return list(csv.DictReader(events_csv(selection, "https://us.example")))


def pages_of(string, size=PAGE_SIZE, way="older"):
    """Each page by the links of the pages themselves: its query string and its ids."""
    seen = set()
    while True:
        page = select(string).page(size)
        yield string, [edition.record_id for edition in page.rows]
        string = getattr(page, way)
        if not string:
            return
        assert string not in seen, "the links go round in a circle"
        seen.add(string)


def walk(string, size=PAGE_SIZE, way="older"):
    return [rows for _string, rows in pages_of(string, size, way)]


def there_and_back(string, size=PAGE_SIZE):
    """The ids of all pages from the first to the last; from there back by "newer" links it must be the same pages."""
    there = list(pages_of(string, size))
    back = walk(there[-1][0], size, "newer")
    assert back == [rows for _string, rows in there][::-1]
    return sum(reversed(back), [])


# ── A record of chance, and what we know of it without asking the database ───────────────────────────────────────────


@dataclass
class Fact:
    """One public event as the test made it."""

    id: int
    company: str
    owners: tuple[str, ...]
    first: date
    last: date
    precision: str
    figure: tuple
    share: bool
    kind: str
    stage: str
    ai_link: str
    sector: str
    country: str
    place: str
    words: str
    recorded: date
    whole: int | None = None

    @property
    def headline(self):
        return self.figure[1]

    @property
    def month(self):
        return f"{self.first:%Y-%m}" if self.precision in ("day", "month") else ""

    def own(self):
        return Own(self.id, self.kind, *self.figure, whole=self.whole, has_share=self.share)


# Company → (owner, first day owned). Activision was Microsoft's from 13 October 2023 on.
OWNERS = {
    "Google": ("Alphabet", None),
    "Fitbit": ("Google", date(2021, 1, 14)),
    "Twitch": ("Amazon", None),
    "Activision": ("Microsoft", date(2023, 10, 13)),
}
COMPANIES = ("Alphabet", "Google", "Fitbit", "Amazon", "Twitch", "Microsoft", "Activision", "Øresund Net")


def owners_through(company, first):
    """Owned from a day on and for ever: who owned it on the first day owned it through the whole span."""
    found = []
    while company in OWNERS:
        company, since = OWNERS[company]
        if since is not None and first < since:
            break
        found.append(company)
    return tuple(found)


def some_date(chance):
    """(as written, first day, last day, precision) of a date in 2022 to 2024, or of a whole month, quarter or year."""
    year, month = chance.choice((2022, 2023, 2023, 2024)), chance.randint(1, 12)
    match chance.choice(("day", "day", "day", "month", "quarter", "year")):
        case "day":
            day = date(year, month, chance.randint(1, calendar.monthrange(year, month)[1]))
            return day.isoformat(), day, day, "day"
        case "month":
            last = date(year, month, calendar.monthrange(year, month)[1])
            return f"{year}-{month:02}", date(year, month, 1), last, "month"
        case "quarter":
            number = (month + 2) // 3
            last = date(year, number * 3, calendar.monthrange(year, number * 3)[1])
            return f"{year}-Q{number}", date(year, number * 3 - 2, 1), last, "quarter"
        case _:
            return str(year), date(year, 1, 1), date(year, 12, 31), "year"


def some_figure(chance):
    """(for the factory, as (low, headline, high, open))."""
    n = chance.choice((0, 1, 49, 50, 100, 250, 500, 999, 1000, 5000))
    return chance.choice(
        [
            (n, (n, n, n, False)),
            (n, (n, n, n, False)),
            (("at_least", n), (n, n, None, True)),
            (("up_to", n), (None, None, n, False)),
            ((n, None, n * 2), (n, n, n * 2, False)),
            ((n, n + 5, n + 9), (n, n + 5, n + 9, False)),
            (None, (None, None, None, False)),
        ]
    )


STAGES = {"cut": ("announced", "carried_out"), "filing": ("filed",), "temporary": ("announced", "filed")}


def random_record(seed, size=70):
    """Publishes `size` events of chance, with trees, replaced, withdrawn and draft ones; returns what is public."""
    chance = random.Random(seed)
    companies = {}
    for name in COMPANIES:
        companies[name] = make_company(name)
    for name, (owner, since) in OWNERS.items():
        companies[name].owners.create(parent=companies[owner], since=since)
    facts, records = {}, {}
    for number in range(size):
        name = chance.choice(COMPANIES)
        written, first, last, precision = some_date(chance)
        given, figure = some_figure(chance)
        kind = chance.choice(("cut", "cut", "cut", "filing", "temporary", "signal", "called_off"))
        # A part may be of another kind than its whole; a signal has no parts; signals are no parts here either.
        wholes = (
            [f for f in facts.values() if f.kind != "signal"] if kind != "signal" and chance.random() < 0.45 else []
        )
        whole = chance.choice(wholes) if wholes else None
        stage = {"signal": "signalled", "called_off": "called_off"}.get(kind) or chance.choice(STAGES[kind])
        ai_link = chance.choice(("alongside", "none", "unknown"))
        sector = chance.choice(("retail", "consumer", "media", ""))
        country = chance.choice(("US", "DE", "IN", ""))
        place = chance.choice(("Seattle, WA", "München", "100% remote", ""))
        words = chance.choice(("Pixel team", "Café crew", "50% off", "cloud_ops"))
        recorded = date(2024, 5, 1) + timedelta(days=chance.randint(0, 5))
        share = chance.random() < 0.3
        event = make_event(
            companies[name],
            given,
            announced_on=written,
            part_of=records[whole.id] if whole else None,
            title=f"{name} cuts the {words}",
            stage=stage,
            permanence="temporary" if kind == "temporary" else "permanent",
            ai_link=ai_link,
            sector=sector,
            country=country,
            place=place,
            share_percent=Decimal(5) if share else None,
            recorded_on=recorded,
        )
        above, counts = whole, kind
        while above is not None and kind in ("filing", "temporary"):
            # The kind a whole has by itself: raised ones are cuts because a cut stands above them anyway.
            if above.kind == "cut":
                counts = "cut"
            above = facts.get(above.whole)
        records[event.pk] = event
        facts[event.pk] = Fact(
            event.pk, name, owners_through(name, first), first, last, precision, figure, share, counts, stage, ai_link,
            sector, country, place, f"{name} cuts the {words}", recorded, whole.id if whole else None,
        )  # fmt: skip
    publish(list(records.values()))
    wholes = {fact.whole for fact in facts.values()}
    free = [pk for pk, fact in facts.items() if fact.whole is None and pk not in wholes]
    for pk in free[:2]:
        withdraw(records[pk], "It never happened.")
        del facts[pk]
    for pk in free[2:4]:
        # A replacement on the same day and terms, exactly 77.
        old = facts.pop(pk)
        new = make_event(
            companies[old.company], 77, replaces=records[pk], announced_on=old.first.isoformat(), sector="media",
            country="US", recorded_on=date(2024, 5, 3), title=f"{old.company} cuts anew",
        )  # fmt: skip
        publish(new)
        facts[new.pk] = Fact(
            new.pk, old.company, owners_through(old.company, old.first), old.first, old.first, "day",
            (77, 77, 77, False), False, "cut", "announced", "unknown", "media", "US", "", f"{old.company} cuts anew",
            date(2024, 5, 3),
        )  # fmt: skip
    make_event(companies["Amazon"], 4000)  # a draft
    return list(facts.values())


def random_question(chance):
    """Parameters of chance, as a list of pairs."""
    pairs = []

    def maybe(likely, name, values, several=False):
        if chance.random() < likely:
            some = chance.sample(values, chance.randint(1, min(3, len(values)))) if several else [chance.choice(values)]
            pairs.extend((name, value) for value in some)

    maybe(0.3, "company", ["alphabet", "google", "amazon", "microsoft", "activision", "fitbit", "Øresund Net"], True)
    maybe(0.15, "subsidiaries", ["no"])
    maybe(0.3, "announced_after", ["2022", "2022-06-15", "2023-01", "2023-Q2"])
    maybe(0.3, "announced_before", ["2023", "2023-10-20", "2024-01", "2024-Q2"])
    maybe(0.2, "people_min", ["0", "1", "50", "100"])
    maybe(0.2, "people_max", ["100", "500", "1000"])
    maybe(0.25, "without_figure", ["include", "only", "exclude"])
    maybe(0.4, "counts_as", list(KINDS), True)
    maybe(0.15, "stage", ["announced", "filed", "carried_out", "signalled"], True)
    maybe(0.15, "ai_link", ["alongside", "none"], True)
    maybe(0.2, "sector", ["retail", "media", "finance"], True)
    maybe(0.2, "country", ["US", "DE"], True)
    maybe(0.1, "place", ["seattle", "100%", "_", "München"])
    maybe(0.15, "q", ["pixel", "CAFE", "cuts crew", "50%", "cloud_ops", "amazon", "oresund", "nothing of the kind"])
    return pairs


def as_string(pairs):
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    return data.urlencode()


def questions(seed, number):
    """Random questions that pass the check of ranges."""
    chance, found = random.Random(seed * 1000 + 7), [[]]
    while len(found) < number:
        pairs = random_question(chance)
        if EventQuery(QueryDict(as_string(pairs))).is_valid():
            found.append(pairs)
    return found


@pytest.mark.parametrize("seed", [4])
def test_a_bar_says_when_its_own_view_would_show_more(seed):
    random_record(seed)
    selection = select("counts_as=cut")
    shorter = 0
    for bar in selection.series_by("sector").bars:
        if bar.key:
            own_view = cuts(f"counts_as=cut&sector={bar.key}")
            assert bar.shows_less == (own_view.headline > bar.total.headline)
            shorter += bar.shows_less
    for bar in selection.series_by_time("year").bars:
        own_view = cuts(f"counts_as=cut&announced_after={bar.key}&announced_before={bar.key}")
        assert bar.shows_less == (own_view.headline > bar.total.headline)
        shorter += bar.shows_less
    assert shorter, "chance made no tree across two bars: choose another seed"


def test_a_year_added_up_or_by_size_says_that_the_part_of_a_later_whole_shows_more_by_itself(amazon):
    whole = published(amazon, 18_000, announced_on="2023-01-05")
    published(amazon, 10_000, announced_on="2022-11-14", part_of=whole)
    # Of the 18,000 January 2023 adds 8,000; the view of January has all.
    added_up = {bar.key: bar for bar in select("announced_before=2023-02-28").series_by("cumulative").bars}
    assert (added_up["2023-01"].total.headline, added_up["2023-01"].shows_less) == (8_000, True)
    assert (added_up["2022-11"].total.headline, added_up["2022-11"].shows_less) == (10_000, False)
    # By size the whole with its part is one cut of 18,000 in 2023, and 2022 has none.
    sizes = {bar.key: bar for bar in select().series_by("size_by_year").bars}
    assert {key: (bar.total.headline, bar.shows_less) for key, bar in sizes.items()} == {"2023": (18_000, False)}


def test_a_year_by_size_between_others_says_that_its_parts_show_more_by_themselves(amazon):
    published(amazon, 50, announced_on="2021-03-01")
    whole = published(amazon, 18_000, announced_on="2023-01-05")
    published(amazon, 10_000, announced_on="2022-11-14", part_of=whole)
    sizes = {bar.key: bar for bar in select().series_by("size_by_year").bars}
    marks = {key: (bar.total.headline, bar.shows_less) for key, bar in sizes.items()}
    assert marks == {"2021": (50, False), "2022": (0, True), "2023": (18_000, False)}


def test_a_year_added_up_says_that_what_is_dated_to_a_quarter_is_in_its_own_view_alone(amazon):
    published(amazon, 50, announced_on="2024-02-01")
    published(amazon, 100, announced_on="2024-01-01", announced_on_precision="quarter")
    bars = select("announced_before=2024-04-30").series_by("cumulative").bars
    # The first quarter lies inside of the view of its last month, and of those after it.
    assert [(bar.key[5:], bar.total.headline, bar.shows_less) for bar in bars] == [
        ("01", 0, False), ("02", 50, False), ("03", 50, True), ("04", 50, True),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [5])
def test_totals_of_companies_groups_and_published_periods_are_those_of_their_own_views(seed):
    random_record(seed)
    groups = all_cuts(None).groups()
    totals, last = ({pk: group[i] for pk, group in groups.items()} for i in range(2))
    rows = {row.company.slug: row for row in CompanySelection(_companies("")).rows}
    for slug in ("alphabet", "google", "fitbit", "amazon", "twitch", "microsoft", "activision"):
        view = select(f"company={slug}&counts_as=cut")
        assert rows[slug].total == view.main == totals[rows[slug].company.pk]
        assert rows[slug].events == view.count
        assert rows[slug].last == max(edition.announced_from for edition in view.editions)
        assert rows[slug].last == last[rows[slug].company.pk]
        assert company_events(rows[slug].company).main == view.main
    for first, last_day in (("2023-01-01", "2023-12-31"), ("2022-06-15", "2023-10-20"), ("2024-01-01", "2024-01-31")):
        published_total(
            7500, period_from=date.fromisoformat(first), period_until=date.fromisoformat(last_day), title=first
        )
    seen = 0
    for edition, comparison in _beside():
        days = f"announced_after={edition.period_from}&announced_before={edition.period_until}"
        assert comparison.every.total == cuts(f"counts_as=cut&{days}")
        seen += 1
    assert seen == 3


def _beside():
    return [(c.edition, c) for c in TotalSelection(TotalQuery.from_string("")).comparisons.values()]


def _companies(string):
    query = CompanyQuery(QueryDict(string))
    assert query.is_valid()
    return query


# ── Pages (cases.md 9) ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sixty(amazon):
    """60 events of one day and one size, in two countries; one more in a third."""
    events = [make_event(amazon, 100, country="US" if n % 2 else "DE") for n in range(60)]
    events.append(make_event(amazon, 100, country="IN"))
    publish(events)
    return {event.pk for event in events[:60]}


def test_sixty_events_of_one_day_are_each_on_one_page_and_both_countries_stay_chosen(sixty):
    for order in ORDERS:
        string = f"country=US&country=DE&order={order}"
        page = select(string).page()
        assert len(page.rows) == PAGE_SIZE
        assert page.newer == ""
        assert QueryDict(page.older).getlist("country") == ["DE", "US"]
        forwards = walk(string)
        assert [len(rows) for rows in forwards] == [50, 10]
        assert set(sum(forwards, [])) == sixty
        # Back from the last page: the same rows, and the first page has no link to a newer one.
        assert walk(page.older, way="newer") == forwards[::-1]
        assert [int(row["id"]) for row in file_of(select(string))] == sum(forwards, [])


def test_the_file_of_a_later_page_still_holds_every_row(sixty):
    older = select("country=US&country=DE").page().older
    assert len(file_of(select(older))) == 60


def test_pages_of_twenty_go_forwards_and_backwards_through_each_row_once(sixty):
    string = "country=US&country=DE&order=people"
    forwards = walk(string, 20)
    assert [len(rows) for rows in forwards] == [20, 20, 20]
    assert there_and_back(string, 20) == sum(forwards, [])


@pytest.mark.parametrize("order", ["-announced", "-people", "company"])
def test_rows_that_are_added_while_somebody_reads_shift_no_page(order, amazon, google):
    old = [published(amazon, n * 10, announced_on=f"2024-01-{n:02}") for n in range(1, 13)]
    page = select(f"order={order}").page(5)
    seen = [edition.record_id for edition in page.rows]
    while page.older:
        # Newer, larger and earlier in the alphabet, each time before what was read.
        published(make_company(f"Aaa {len(seen)}"), 9000, announced_on="2024-02-01")
        page = select(page.older).page(5)
        seen += [edition.record_id for edition in page.rows]
    assert sorted(seen) == sorted(event.pk for event in old)
    assert len(set(seen)) == len(seen)


def test_a_page_whose_first_row_has_gone_still_goes_on(amazon):
    events = [published(amazon, n, announced_on=f"2024-01-{n:02}") for n in range(1, 7)]
    page = select("").page(3)
    withdraw(LayoffEvent.objects.get(pk=events[3].pk), "It never happened.")  # the third row, the page's last
    assert [e.record_id for e in select(page.older).page(3).rows] == [events[2].pk, events[1].pk, events[0].pk]


def test_events_without_a_figure_come_after_all_others_when_the_largest_come_first(amazon):
    none, large, small, zero = (published(amazon, n) for n in (None, 500, 5, 0))
    assert sum(walk("order=-people", 2), []) == [large.pk, small.pk, zero.pk, none.pk]
    assert sum(walk("order=people", 1), []) == [none.pk, zero.pk, small.pk, large.pk]


@pytest.mark.parametrize("order", ["-people", "people"])
def test_events_without_a_figure_are_each_on_one_page(order, amazon):
    made = sorted(published(amazon, None).pk for _n in range(5))
    for string in (f"order={order}", f"order={order}&without_figure=only"):
        assert sorted(there_and_back(string, 2)) == made


def test_an_empty_result_is_one_empty_page():
    page = select("").page()
    assert (page.rows, page.newer, page.older) == ([], "", "")


# ── Dates (rule 6, cases.md 7) ───────────────────────────────────────────────────────────────────────────────────────


def test_both_ends_of_a_range_count(amazon):
    event = published(amazon, 10, announced_on="2026-07-16")
    day = "announced_after=2026-07-16&announced_before=2026-07-16"
    assert ids(day) == {event.pk}
    assert cuts(day).headline == 10
    assert [row["id"] for row in file_of(select(day))] == [str(event.pk)]
    assert [bar.key for bar in select(day).series_by_time("month").bars] == ["2026-07"]
    assert ids("announced_after=2026-07-17") == set()
    assert ids("announced_before=2026-07-15") == set()


def test_a_date_known_to_the_month_is_taken_by_the_whole_month_alone(amazon):
    event = published(amazon, 10, announced_on="2026-07")
    assert ids("announced_after=2026-07&announced_before=2026-07") == {event.pk}
    assert ids("announced_after=2026-07-01&announced_before=2026-07-31") == {event.pk}
    for narrower in (
        "announced_after=2026-07-02&announced_before=2026-07-31",
        "announced_after=2026-07-01&announced_before=2026-07-30",
        "announced_after=2026-07-16&announced_before=2026-07-16",
        "announced_after=2026-07-31",
        "announced_before=2026-07-01",
    ):
        selection = select(narrower)
        assert selection.count == 0
        assert selection.overlapping == 1


@pytest.mark.parametrize(
    "beside", ["announced_after=2026-08-01", "announced_before=2026-06-30", "", "announced_after=2026-08&sector=media"]
)
def test_a_range_that_does_not_touch_the_span_leaves_nothing_out_as_overlapping(beside, amazon):
    published(amazon, 10, announced_on="2026-07")
    assert select(beside).overlapping == 0


def test_an_exact_date_outside_the_range_does_not_overlap(amazon):
    published(amazon, 10, announced_on="2026-07-16")
    assert select("announced_after=2026-07-17").overlapping == 0


def test_what_overlaps_is_counted_under_the_other_filters(amazon, google):
    published(amazon, 10, announced_on="2026")
    published(google, 10, announced_on="2026")
    published(google, 10, announced_on="2026", stage="filed")
    assert select("announced_after=2026-03&company=google").overlapping == 1


@pytest.mark.parametrize(
    ("grain", "keys", "rest"),
    [
        ("month", {"2024-01": 1, "2024-02": 2}, 4 + 8),
        ("quarter", {"2024-Q1": 1 + 2 + 4}, 8),
        ("year", {"2024": 1 + 2 + 4 + 8}, None),
    ],
)
def test_a_series_finer_than_a_date_shows_it_in_the_remainder(grain, keys, rest, amazon):
    for number, day in ((1, "2024-01-10"), (2, "2024-02"), (4, "2024-Q1"), (8, "2024")):
        published(amazon, number, announced_on=day)
    series = select("").series_by_time(grain)
    assert {bar.key: bar.total.headline for bar in series.bars} == keys
    assert (series.remainder and series.remainder.total.headline) == rest


def test_a_month_without_events_is_0_between_others(amazon):
    for day in ("2023-11-05", "2024-02-05"):
        published(amazon, 10, announced_on=day)
    assert [(bar.key, bar.events) for bar in select("").series_by_time("month").bars] == [
        ("2023-11", 1), ("2023-12", 0), ("2024-01", 0), ("2024-02", 1),
    ]  # fmt: skip
    assert [bar.key for bar in select("").series_by_time("quarter").bars] == ["2023-Q4", "2024-Q1"]


def test_a_month_whose_events_state_no_figure_has_events_and_no_people(amazon):
    published(amazon, None)
    (bar,) = select("").series_by_time("month").bars
    assert (bar.total.headline, bar.total.events, bar.total.without_figure) == (0, 1, 1)


@pytest.mark.parametrize(("grain", "keys"), [("month", ["9999-12"]), ("quarter", ["9999-Q4"]), ("year", ["9999"])])
def test_a_slip_of_a_year_does_not_hang_the_chart(grain, keys, amazon):
    published(amazon, 10, announced_on="9999-12-31")
    assert [bar.key for bar in select("").series_by_time(grain).bars] == keys


def test_the_grain_is_the_finest_that_stays_readable(amazon):
    published(amazon, 10, announced_on="2018-02-01")
    assert select("").grain == "month"
    published(amazon, 10, announced_on="2024-01-31")  # 72 months from February 2018
    assert select("").grain == "month"
    published(amazon, 10, announced_on="2024-02-01")
    assert select("").grain == "quarter"
    published(amazon, 10, announced_on="2000-02-01")
    assert select("").grain == "year"


def test_the_year_before_is_the_same_question_for_the_same_days(amazon, google):
    published(amazon, 5, announced_on="2023-01-31")
    published(amazon, 7, announced_on="2023-02-01")
    published(google, 9, announced_on="2023-01-15")
    earlier = select("announced_after=2024-01-01&announced_before=2024-01-31&company=amazon").year_before()
    assert earlier.main.headline == 5
    assert earlier.query.canonical() == "company=amazon&announced_after=2023-01-01&announced_before=2023-01-31"


def test_the_year_before_the_last_of_february_is_the_last_of_february():
    earlier = select("announced_after=2024-02-29&announced_before=2024-02-29").year_before()
    assert earlier.query.canonical() == "announced_after=2023-02-28&announced_before=2023-02-28"
    earlier = select("announced_after=2025-02-01&announced_before=2025-02-28").year_before()
    assert earlier.query.canonical() == "announced_after=2024-02-01&announced_before=2024-02-29"


@pytest.mark.parametrize(
    "string",
    ["", "announced_after=2024", "announced_before=2024", "announced_after=0001&announced_before=2024",
     "announced_after=2024&announced_before=9999", "announced_after=9999-12-31&announced_before=9999-12-31"],
)  # fmt: skip
def test_a_question_without_both_days_or_at_the_edge_of_the_calendar_has_no_year_before(string):
    assert select(string).year_before() is None


# ── Companies (rule 4) ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def microsoft(db):
    return make_company("Microsoft")


@pytest.fixture
def activision(microsoft):
    return make_company("Activision", parent=microsoft, since=date(2023, 10, 13))


@pytest.mark.parametrize(
    ("day", "is_microsofts"),
    [
        ("2022-05-01", False),
        ("2023-10-12", False),
        ("2023-10-13", True),
        ("2024-01-25", True),
        ("2023-10", False),  # owned only from its thirteenth day on
        ("2023-11", True),
        ("2023-Q4", False),
        ("2023", False),
        ("2024", True),
    ],
)
def test_a_cut_is_the_owners_when_it_owned_the_company_through_the_whole_date(
    day, is_microsofts, microsoft, activision
):
    event = published(activision, 100, announced_on=day)
    own = published(microsoft, 7, announced_on="2020-01-01")
    assert ids("company=activision") == {event.pk}
    assert ids("company=microsoft") == ({event.pk, own.pk} if is_microsofts else {own.pk})
    assert cuts("company=microsoft").headline == (107 if is_microsofts else 7)
    assert file_of(select(""))[0]["parent"] == ("Microsoft" if is_microsofts else "")


def test_what_a_company_no_longer_owns_stays_its_own_of_then(amazon):
    sold = make_company("Sold", parent=amazon, until=date(2024, 1, 10))
    before, _on = published(sold, 1, announced_on="2024-01-09"), published(sold, 2, announced_on="2024-01-10")
    assert ids("company=amazon") == {before.pk}


def test_owners_are_taken_in_through_any_number_of_steps(alphabet, google):
    fitbit = make_company("Fitbit", parent=google)
    event = published(fitbit, 100)
    assert ids("company=alphabet") == ids("company=google") == {event.pk}
    assert file_of(select(""))[0]["parent"] == "Google; Alphabet"


def test_a_switch_turns_what_it_owned_off(amazon, twitch):
    own, _owned = published(amazon, 100), published(twitch, 500)
    assert ids("company=amazon&subsidiaries=no") == {own.pk}
    assert company_events(amazon, subsidiaries=False).main.headline == 100
    assert cuts("company=amazon").headline == 600


def test_two_companies_of_one_group_hold_each_event_once(amazon, twitch):
    published(amazon, 100)
    published(twitch, 500)
    assert cuts("company=amazon&company=twitch").headline == 600
    assert len(file_of(select("company=amazon&company=twitch"))) == 2


def test_a_subsidiarys_cut_counts_once_under_the_parent(amazon, twitch):
    whole = published(amazon, (200, None, 900), wording="several hundred")
    published(twitch, 500, part_of=whole)
    assert cuts("company=twitch").headline == 500
    # 500 for Twitch, nothing more for Amazon's 200–900 but its high: 900 − 500 = 400
    assert cuts("company=amazon") == Total(events=2, low=500, headline=500, high=900)


@pytest.fixture
def merged():
    """Vine was merged into Twitter, Twitter into X; an event at each of them, and X owns nothing else."""
    x, twitter, vine = make_company("X"), make_company("Twitter"), make_company("Vine")
    events = [published(company, 10) for company in (x, twitter, vine)]
    for company, target in ((vine, twitter), (twitter, x)):
        company.merged_into = target
        company.save()
        ownership_changed([company.pk])
    return {event.pk for event in events}


@pytest.mark.parametrize("name", ["x", "twitter", "vine", "Twitter Inc"])
def test_a_merged_companys_events_are_found_under_any_of_its_names(name, merged):
    assert ids(f"company={name}") == merged
    assert ids(f"company={name}&subsidiaries=no") == merged


def test_a_merged_company_is_shown_as_what_it_was_merged_into(merged):
    assert {row["company"] for row in file_of(select(""))} == {"X"}
    assert [row.company.name for row in CompanySelection(_companies("")).rows] == ["X"]
    rows = event_rows(select("").page().rows, select(""), Names())
    assert {row.company.name for row in rows} == {"X"}


def test_a_merged_company_is_one_bar(merged):
    (bar,) = select("").series_by("company").bars
    assert (bar.events, bar.total.headline) == (3, 30)


def test_merged_companies_stand_in_the_alphabet_where_they_are_shown(merged):
    u = published(make_company("U"), 5)
    order = sum(walk("order=company", 2), [])
    # U, then the three of X: Twitter and Vine are no longer shown by those names.
    assert order[0] == u.pk
    assert sum(walk("order=-company", 2), []) == order[::-1]


def test_words_find_an_event_by_the_name_that_its_company_has_today(merged):
    x_corp = make_company("Zed Corp")
    old = make_company("Yonder")
    event = published(old, 5, title="Jobs go")
    old.merged_into = x_corp
    old.save()
    ownership_changed([old.pk])
    assert ids("q=zed") == {event.pk}
    assert ids("q=yonder") == {event.pk}


# ── Figures and kinds (rules 1 and 5) ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sizes(amazon):
    """Headlines 50, 200 (a range), none with a share, none with a high alone, 1,000 (at least)."""
    return {
        "50": published(amazon, 50).pk,
        "200": published(amazon, (200, None, 900)).pk,
        "share": published(amazon, None, share_percent=Decimal(17)).pk,
        "high": published(amazon, ("up_to", 5000)).pk,
        "1000": published(amazon, ("at_least", 1000)).pk,
    }


@pytest.mark.parametrize(
    ("string", "found"),
    [
        ("", "50 200 share high 1000"),
        ("people_min=50", "50 200 1000"),
        ("people_min=51", "200 1000"),
        ("people_max=200", "50 200"),
        ("people_max=199", "50"),
        ("people_min=200&people_max=200", "200"),
        ("people_min=0", "50 200 1000"),
        ("people_max=0", ""),
        ("people_min=100&without_figure=include", "200 share high 1000"),
        ("people_max=0&without_figure=include", "share high"),
        ("without_figure=include", "50 200 share high 1000"),
        ("without_figure=only", "share high"),
        ("without_figure=exclude", "50 200 1000"),
        ("people_max=100&without_figure=exclude", "50"),
    ],
)
def test_bounds_on_people_test_the_headline_and_leave_out_events_without_one_unless_asked(string, found, sizes):
    assert ids(string) == {sizes[name] for name in found.split()}


def test_a_total_says_how_many_events_lack_a_figure_and_how_many_of_them_give_a_share(sizes):
    # low and headline 50 + 200 + 1,000; high 50 + 900 + 5,000 + 1,000, open
    assert cuts() == Total(5, 2, 1, 1250, 1250, 6950, True)


@pytest.fixture
def kinds(amazon):
    return {
        "cut": published(amazon, 100).pk,
        "filing": published(amazon, 20, stage="filed").pk,
        "temporary": published(amazon, 3, permanence="temporary").pk,
        "signal": published(amazon, None, stage="signalled").pk,
        "called_off": published(amazon, 40, stage="called_off").pk,
    }


def test_without_a_choice_a_result_holds_cuts_and_signals_and_names_the_others(kinds):
    selection = select("")
    assert ids("") == {kinds["cut"], kinds["signal"]}
    assert selection.totals == {"cut": Total(1, 0, 0, 100, 100, 100), "signal": Total(events=1)}
    assert selection.also == {"filing": 1, "temporary": 1, "called_off": 1}
    assert selection.count == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_choice_of_one_kind_holds_that_one_and_names_the_others(kind, kinds):
    selection = select(f"counts_as={kind}")
    assert ids(f"counts_as={kind}") == {kinds[kind]}
    assert set(selection.also) == set(KINDS) - {kind}


def test_several_kinds_have_a_total_each(kinds):
    selection = select("counts_as=cut&counts_as=filing&counts_as=temporary&counts_as=called_off")
    assert {kind: total.headline for kind, total in selection.totals.items()} == {
        "cut": 100, "filing": 20, "temporary": 3, "called_off": 0,
    }  # fmt: skip
    assert selection.main.headline == 100


@pytest.mark.parametrize("kind", ["filing", "temporary"])
def test_the_bars_of_one_chosen_kind_count_that_kind(kind, kinds):
    selection = select(f"counts_as={kind}")
    assert selection.series_by("sector").counts_as == kind
    assert selection.main == selection.totals[kind]


def test_the_others_are_those_of_the_same_filter(kinds, google):
    published(google, 9, stage="filed")
    assert select("company=google").also == {"filing": 1}
    assert select("company=google&counts_as=filing").also == {}


def test_a_filing_within_a_cut_counts_as_a_cut_whatever_the_filter(amazon):
    whole = published(amazon, 1000, announced_on="2024-01-10")
    published(amazon, 300, part_of=whole, stage="filed", announced_on="2024-02-10")
    assert cuts("announced_after=2024-02").headline == 300
    assert cuts().headline == 1000
    assert select("").also == {}


# ── What leaves a result ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_event_with_two_reasons_is_one_row_and_its_people_count_once(amazon):
    event = make_event(amazon, 100)
    for kind in ("ai", "costs"):
        Reason.objects.create(event=event, kind=kind)
    publish(event)
    for string in ("", "q=amazon", "company=amazon", "country=US&country=DE"):
        assert [row["reasons"] for row in file_of(select(string))] == ["ai; costs"]
        assert cuts(string) == Total(1, 0, 0, 100, 100, 100)


def test_a_replaced_event_leaves_every_result(amazon):
    old = published(amazon, 100)
    new = published(amazon, 120, replaces=old)
    assert ids() == {new.pk}
    assert cuts().headline == 120
    assert select("").facets["country"] == {"US": 1}


def test_a_replacement_takes_the_parts_and_the_whole_of_what_it_replaced(amazon):
    whole = published(amazon, 1000)
    old = published(amazon, 500, part_of=whole)
    part = published(amazon, 100, part_of=old)
    new = published(amazon, 600, replaces=old)
    assert ids() == {whole.pk, new.pk, part.pk}
    # 1,000 in all: 400 the whole, 500 the replacement, 100 its part
    counted = {int(row["id"]): row["counted"] for row in file_of(select(""))}
    assert counted == {whole.pk: "400", new.pk: "500", part.pk: "100"}


def test_a_withdrawn_event_leaves_every_sum_and_its_parts_count_on(amazon):
    whole = published(amazon, 1000)
    part = published(amazon, 100, part_of=whole)
    withdraw(whole, "It never happened.")
    assert ids() == {part.pk}
    assert cuts().headline == 100


def test_a_draft_is_in_no_result(amazon):
    make_event(amazon, 100)
    assert ids() == set()
    assert CompanySelection(_companies("")).rows == []


def test_a_replay_shows_what_was_public_on_that_day(amazon):
    event = published(amazon, 100, recorded_on="2024-01-12")
    part = published(amazon, 40, recorded_on="2024-01-15", part_of=event)
    withdraw(LayoffEvent.objects.get(pk=event.pk), "It never happened.")
    assert ids(day=date(2024, 1, 11)) == set()
    assert ids(day=date(2024, 1, 12)) == ids(day=date(2024, 1, 14)) == {event.pk}
    assert cuts(day=date(2024, 1, 14)).headline == 100
    assert cuts(day=date(2024, 1, 15)).headline == 100  # 60 and 40
    assert ids(day=today() - timedelta(days=1)) == {event.pk, part.pk}
    assert ids(day=today()) == ids() == {part.pk}


def test_words_stand_for_themselves(amazon):
    """Signs that mean something to a search engine are text (cases.md 10)."""
    event = published(amazon, 5, title="Park. a-b 100% O'X snake_case “quoted”")
    published(amazon, 5, title="Something else")
    for text in ("park.", "a-b", "100%", "O'X", "snake_case", "a-b PARK", '"x', "100_", "par", "case snake"):
        data = QueryDict(mutable=True)
        data["q"] = text
        assert ids(data.urlencode()) == {event.pk}, text
    for text in (
        "AND",
        "NEAR(",
        "*",
        "%%",
        "snakeXcase",
        "ark",
        "quotes",
        "park OR nothing",
        "title:park",
        "-park x-ray",
    ):
        data = QueryDict(mutable=True)
        data["q"] = text
        assert ids(data.urlencode()) == set(), text


def test_words_are_found_in_quotes_units_and_other_names_of_the_company():
    event = published(make_company("Meta", aliases=["Facebook"]), 5, title="Jobs go", summary="Reality Labs shrinks")
    for text in ("meta", "FACEBOOK", "reality+labs", "labs+meta"):
        assert ids(f"q={text}") == {event.pk}


# ── Facets and empty results ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_facet_ignores_its_own_filter_and_keeps_the_others(amazon, google):
    published(amazon, 1, country="US", sector="retail")
    published(amazon, 1, country="DE", sector="retail")
    published(google, 1, country="DE", sector="media")
    facets = select("country=US&sector=retail").facets
    assert facets["country"] == {"US": 1, "DE": 1}
    assert facets["sector"] == {"retail": 1}
    assert select("country=DE").facets["sector"] == {"retail": 1, "media": 1}


def test_facets_of_a_later_page_are_those_of_the_whole_result(sixty):
    older = select("country=US&country=DE").page().older
    assert select(older).facets == select("country=US&country=DE").facets


def test_an_empty_result_says_which_filter_to_drop(amazon, google):
    published(amazon, 100, country="US")
    published(google, 5, country="DE")
    found = emptied_by(select("company=amazon&country=DE&people_min=50"))
    # Without the country one event is left; without the company or the bound still none.
    assert found == [("country: Germany", "company=amazon&people_min=50", 1)]
    found = emptied_by(select("company=amazon&country=DE&order=people"))
    assert found == [("Amazon", "country=DE&order=people", 1), ("country: Germany", "company=amazon&order=people", 1)]


def test_a_result_that_nothing_is_left_out_of_names_no_filter():
    assert emptied_by(select("")) == []


# ── Notes and money ──────────────────────────────────────────────────────────────────────────────────────────────────


YEAR = {"period_from": date(2024, 1, 1), "period_until": date(2024, 12, 31)}


def notes(string=""):
    query = NoteQuery(QueryDict(string))
    assert query.is_valid(), query.errors
    return NoteSelection(query)


def millions(money):
    return {key: (m.notes, int(m.low), int(m.best), int(m.high), m.high_open) for key, m in money.items()}


def spending(plan_or_actual="plan", *, kind="capital_spending", low=None, best=None, high=None, companies=(), **fields):
    return published_note(
        companies,
        kind=kind,
        plan_or_actual=plan_or_actual,
        amount_usd_low_millions=low,
        amount_usd_millions=best,
        amount_usd_high_millions=high,
        **{**YEAR, **fields},
    )


def test_more_than_leaves_the_high_of_a_sum_open():
    spending("actual", low=500, best=500)
    spending("actual", best=100)
    assert millions(notes().money) == {("capital_spending", "actual"): (2, 600, 600, 600, True)}


def test_money_of_different_kinds_and_of_plans_and_actuals_is_kept_apart():
    spending("plan", best=100)
    spending("actual", best=30)
    spending("plan", kind="research_spending", best=7)
    spending("plan", best=1)
    assert millions(notes().money) == {
        ("capital_spending", "plan"): (2, 101, 101, 101, False),
        ("capital_spending", "actual"): (1, 30, 30, 30, False),
        ("research_spending", "plan"): (1, 7, 7, 7, False),
    }


def test_a_plan_that_an_actual_in_the_same_result_updates_is_left_out():
    plan = spending("plan", best=100)
    spending("actual", best=90, updates=plan)
    assert millions(notes().money) == {("capital_spending", "actual"): (1, 90, 90, 90, False)}
    # Where the result holds the plan alone it counts.
    assert millions(notes("plan_or_actual=plan").money) == {("capital_spending", "plan"): (1, 100, 100, 100, False)}


def test_a_later_plan_takes_the_place_of_the_earlier_one():
    first = spending("plan", best=100)
    second = spending("plan", best=120, updates=first)
    spending("plan", best=130, updates=second)
    assert millions(notes().money) == {("capital_spending", "plan"): (1, 130, 130, 130, False)}


def test_a_withdrawn_actual_gives_the_plan_its_place_back():
    plan = spending("plan", best=100)
    actual = spending("actual", best=90, updates=plan)
    withdraw(actual, "Not so.")
    assert millions(notes().money) == {("capital_spending", "plan"): (1, 100, 100, 100, False)}


@pytest.mark.parametrize(
    "fields",
    [
        {"best": 5, "period_from": None, "period_until": None},
        {"best": 5, "plan_or_actual": "unknown"},
        {},
    ],
    ids=["no period", "plan or actual not known", "no money"],
)
def test_money_counts_only_with_kind_period_and_plan_or_actual(fields):
    spending(**fields)
    assert notes().money == {}
    assert notes().count == 1


def test_money_keeps_its_interval():
    spending(low=60, high=65)
    spending(best=10)
    spending(low=5)
    spending(high=3)
    # low 60 + 10 + 5; best the low where none is given, 60 + 10 + 5; high 65 + 10 + 5 and open + 3
    assert millions(notes().money) == {("capital_spending", "plan"): (4, 75, 75, 83, True)}


def test_a_note_about_two_companies_of_one_group_is_one_note(alphabet, google, amazon):
    spending(best=10, companies=[(alphabet, "investor"), (google, "maker"), (google, "investor"), (amazon, "buyer")])
    for string in ("company=alphabet", "company=google&company=amazon", ""):
        assert notes(string).count == 1
        assert notes(string).money["capital_spending", "plan"] == Money(1, 10, 10, 10, False)
        assert len(notes(string).page().rows) == 1
    assert company_notes(alphabet).count == 1


def test_notes_are_found_under_who_owned_the_company_that_day(microsoft, activision):
    published_note([(activision, "maker")], dated_on=date(2022, 1, 18))
    after = published_note([(activision, "maker")], dated_on=date(2024, 1, 18))
    assert [edition.record_id for edition in notes("company=microsoft").editions] == [after.pk]


@pytest.mark.parametrize("order", ["-dated", "dated", "-money", "money"])
def test_notes_of_one_day_are_each_on_one_page(order):
    made = [published_note(dated_on=date(2024, 1, 10)).pk for _n in range(4)]
    made += [published_note(dated_on=date(2024, 1, 10), amount_usd_millions=Decimal("5.125")).pk for _n in range(4)]
    made.append(published_note(dated_on=date(2024, 1, 10), amount_usd_low_millions=Decimal("0.001")).pk)
    string, pages = f"order={order}", []
    while True:
        page = notes(string).page(2)
        pages.append([edition.record_id for edition in page.rows])
        if not page.older:
            break
        string = page.older
    assert sorted(sum(pages, [])) == sorted(made)
    back = [pages[-1]]
    while page.newer:
        page = notes(page.newer).page(2)
        back.append([edition.record_id for edition in page.rows])
    assert back == pages[::-1]


def test_notes_are_counted_in_the_period_to_which_they_are_dated():
    published_note(dated_on=date(2024, 1, 10))
    published_note(dated_on=date(2024, 1, 1), dated_on_precision="month")
    published_note(dated_on=date(2024, 1, 1), dated_on_precision="quarter")
    published_note(dated_on=date(2024, 1, 1), dated_on_precision="year")
    assert notes_by_period(notes().editions, "month") == {"2024-01": 2}
    assert notes_by_period(notes().editions, "quarter") == {"2024-Q1": 3}
    assert notes_by_period(notes().editions, "year") == {"2024": 4}


def test_facets_of_notes_ignore_their_own_filter():
    spending("plan", best=1)
    spending("actual", kind="research_spending", best=1)
    assert notes("kind=research_spending").facets == {
        "kind": {"capital_spending": 1, "research_spending": 1},
        "plan_or_actual": {"actual": 1},
        "role": {},
        "tier": {"reporting": 1},
    }


def investing(string):
    return companies_investing_meanwhile(select(string), OwnershipTree.load())


def test_a_company_with_a_cut_and_a_note_within_the_year_invests_meanwhile(alphabet, google, amazon):
    published(google, 100, announced_on="2024-01-10")
    published(amazon, 100, announced_on="2024-01-10")
    published_note([(google, "maker")], dated_on=date(2023, 12, 6))
    published_note([(alphabet, "investor")], dated_on=date(2024, 2, 6))
    published_note([(amazon, "maker")], dated_on=date(2020, 12, 6))
    # Google by its own note, Alphabet, its owner, by the other: one group. Amazon's is too old.
    assert investing("") == (1, 2)
    assert investing("company=amazon") == (0, 0)


def test_companies_of_one_group_invest_meanwhile_as_one_from_the_day_they_were_bought(amazon):
    owned = [make_company(name, parent=amazon, since=date(2024, 1, 1)) for name in ("Twitch", "Audible")]
    for company in owned:
        published_note([(company, "maker")], dated_on=date(2023, 12, 6))
        published(company, 100, announced_on="2024-01-10")
    assert investing("") == (1, 2)
    for company in owned:
        published(company, 100, announced_on="2023-12-10")
    # Each of its own before, and Amazon with both after.
    assert investing("announced_before=2023-12-31") == (2, 2)
    assert investing("") == (3, 2)


# ── The start page ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_start_pages_year_is_this_one_or_the_last_with_a_cut(amazon):
    assert latest_year(date(2024, 5, 5)) == (2024, date(2024, 5, 5))
    published(amazon, 5, announced_on="2023-03-03")
    published(amazon, 5, announced_on="2024-09-09")  # after the day that is asked
    assert latest_year(date(2024, 5, 5)) == (2023, date(2023, 12, 31))
    published(amazon, 5, announced_on="2024-03-03")
    assert latest_year(date(2024, 5, 5)) == (2024, date(2024, 5, 5))


# ── The list of companies ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_company_is_listed_with_what_it_owned_and_its_owner_with_it(alphabet, google, amazon):
    published(google, 100)
    published(google, None, stage="signalled")
    published_note([(amazon, "maker")])
    rows = {row.company.name: row for row in CompanySelection(_companies("")).rows}
    assert {name: (row.total.headline, row.events, row.notes) for name, row in rows.items()} == {
        "Google": (100, 1, 0), "Alphabet": (100, 1, 0), "Amazon": (0, 0, 1),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("-people", ["Big", "Mid", "Agate"]),
        ("people", ["Agate", "Mid", "Big"]),
        ("name", ["Agate", "Big", "Mid"]),
        ("-name", ["Mid", "Big", "Agate"]),
        ("-cuts", ["Agate", "Big", "Mid"]),
    ],
)
def test_companies_stand_in_the_order_asked_for(order, names):
    published(make_company("Mid"), 50)
    published(make_company("Big"), 500)
    agate = make_company("Agate")
    for _n in range(2):
        published(agate, 1)
    assert [row.company.name for row in CompanySelection(_companies(f"order={order}")).rows] == names


def test_companies_are_counted_by_sector_and_country_without_their_own_filter():
    published(make_company("One", sector="media", country="US"), 1)
    published(make_company("Two", sector="retail", country="DE"), 1)
    selection = CompanySelection(_companies("sector=media"))
    assert [row.company.name for row in selection.rows] == ["One"]
    assert selection.facets["sector"] == {"media": 1, "retail": 1}
    assert selection.facets["country"] == {"US": 1}


# ── Names of merged companies, kinds and the unknown ─────────────────────────────────────────────────────────────────


def test_the_names_of_a_merged_company_find_all_that_it_was_merged_into(google):
    zed = make_company("Zed")
    theirs, ours = published(zed, 10), published(google, 20)
    note, other = published_note([(zed, "maker")]), published_note([(google, "maker")])
    zed.merged_into = google
    zed.save()
    ownership_changed([zed.pk, google.pk])
    assert ids("q=zed") == ids("q=google") == ids("company=zed") == {theirs.pk, ours.pk}
    assert {e.record_id for e in notes("q=zed").editions} == {note.pk, other.pk}
    assert [row.company.name for row in CompanySelection(_companies("q=zed")).rows] == ["Google"]


def test_a_company_known_by_a_headcount_of_a_merged_one_is_known():
    xerxes, ypsilon = make_company("Xerxes"), make_company("Ypsilon")
    published_headcount(xerxes, 100)
    xerxes.merged_into = ypsilon
    xerxes.save()
    assert [row.company.name for row in CompanySelection(_companies("")).rows] == ["Ypsilon"]
    assert select("company=xerxes").query.get("company") == [ypsilon]
    assert company_headcounts(ypsilon).count() == 1


def test_of_several_kinds_the_bars_count_one_that_the_result_holds(amazon):
    published(amazon, 500, stage="filed")
    selection = select("counts_as=cut&counts_as=filing")
    assert (selection.main_kind, selection.main.headline) == ("filing", 500)
    assert select("counts_as=filing").main_kind == "filing"
    assert select("counts_as=temporary").main_kind == "temporary"
    assert select("").main_kind == "cut"
