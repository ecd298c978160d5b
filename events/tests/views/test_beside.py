"""Layoffs beside AI investment: who is in the table, with which cuts, notes, money and claims."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest

from events.models import Citation
from events.publishing import publish, withdraw
from events.query import BesideQuery
from events.selection import BesideSelection
from events.tests.factories import make_company, make_event, make_source, published, published_note
from events.tests.views.reading import body, read

pytestmark = pytest.mark.django_db

PATH = "/layoffs-and-ai/"


def rows(string=""):
    return {row.company.name: row for row in BesideSelection(BesideQuery.from_string(string)).rows}


def numbers(row):
    return row.total.events, row.of, len(row.notes)


def spent(company, millions, *, state="actual", role="investor", dated_on=date(2024, 2, 1), **fields):
    return published_note(
        [(company, role)],
        kind="capital_spending",
        dated_on=dated_on,
        plan_or_actual=state,
        period_from=date(2024, 1, 1),
        period_until=date(2024, 12, 31),
        currency="USD",
        amount_millions=millions,
        amount_usd_millions=millions,
        **fields,
    )


@pytest.fixture
def both(amazon, twitch):
    """Amazon with a cut of 200–900 and one of Twitch, of 500, and money beside them: 60 spent, 80 planned."""
    published(amazon, (200, None, 900), announced_on="2024-01-10")
    published(twitch, 500, announced_on="2024-01-09")
    spent(amazon, 60)
    spent(amazon, 80, state="plan")


# ── Who is in it ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_group_stands_once_with_what_it_owned_on_the_day(both):
    found = rows()
    assert list(found) == ["Amazon"]
    amazon = found["Amazon"]
    assert numbers(amazon) == (2, 2, 2)
    assert (amazon.total.low, amazon.total.headline, amazon.total.high) == (700, 700, 1400)


def test_a_cut_of_the_time_before_it_was_owned_is_not_the_owners(db):
    microsoft = make_company("Microsoft")
    activision = make_company("Activision", parent=microsoft, since=date(2023, 10, 13))
    published(activision, 50, announced_on="2022-03-01")
    published(activision, 1900, announced_on="2024-01-25")
    for year in (2022, 2023, 2024):
        spent(microsoft, 10, dated_on=date(year, 1, 1))
    # Its own cut of 2024 alone, with the note of that month: twelve months before lies after 1 January 2023.
    assert numbers(rows()["Microsoft"]) == (1, 1, 1)
    assert "Activision" not in rows()


def test_one_asked_for_by_name_stands_alone_though_another_owns_it(both, twitch):
    spent(twitch, 1)
    assert list(rows()) == ["Amazon"]
    assert numbers(rows("company=twitch")["Twitch"]) == (1, 1, 1)


def test_who_is_paid_or_bought_or_only_speaks_of_the_future_does_not_invest(db):
    for name, role, kind in (
        ("Paid", "recipient", "funding_round"),
        ("Bought", "target", "acquisition"),
        ("Hirer", "employer", "hiring"),
        ("Speaker", "maker", "outlook"),
    ):
        company = make_company(name)
        published(company, 10, announced_on="2024-01-10")
        published_note([(company, role)], kind=kind, dated_on=date(2024, 1, 1))
    assert rows() == {}


@pytest.mark.parametrize(
    ("dated_on", "string", "beside"),
    [
        (date(2023, 1, 10), "", True),
        (date(2023, 1, 9), "", False),
        (date(2023, 1, 9), "months_before=13", True),
        (date(2024, 7, 10), "", True),
        (date(2024, 7, 11), "", False),
        (date(2024, 7, 11), "months_after=7", True),
        (date(2024, 1, 10), "months_before=0&months_after=0", True),
        (date(2024, 1, 11), "months_before=0&months_after=0", False),
    ],
)
def test_a_note_stands_beside_a_cut_within_the_months_asked_for(amazon, dated_on, string, beside):
    published(amazon, 10, announced_on="2024-01-10")
    published_note([(amazon, "maker")], dated_on=dated_on)
    assert bool(rows(string)) is beside


def test_a_cut_known_to_the_month_has_beside_it_what_lies_so_near_to_all_of_it(amazon):
    published(amazon, 10, announced_on="2024-01")
    # Twelve months before 31 January, six after 1 January.
    published_note([(amazon, "maker")], dated_on=date(2023, 1, 30))
    published_note([(amazon, "maker")], dated_on=date(2024, 7, 2))
    assert rows() == {}
    published_note([(amazon, "maker")], dated_on=date(2023, 1, 31))
    assert numbers(rows()["Amazon"]) == (1, 1, 1)


def test_filings_temporary_layoffs_and_signals_are_no_cuts_of_it(amazon):
    published(amazon, 10, stage="filed")
    published(amazon, 10, permanence="temporary")
    published(amazon, None, stage="signalled")
    spent(amazon, 10)
    assert rows() == {}


def test_cuts_without_a_note_near_them_are_told_beside_those_with_one(both, amazon):
    published(amazon, 10_000, announced_on="2022-11-14")
    found = rows()["Amazon"]
    assert (found.total.events, found.of, found.total.headline) == (2, 3, 700)


# ── Money ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_plans_and_actuals_and_kinds_are_never_added(both, amazon):
    published_note([(amazon, "investor"), (amazon, "buyer")], kind="acquisition", dated_on=date(2024, 1, 1),
                   plan_or_actual="actual", period_from=date(2024, 1, 1), period_until=date(2024, 1, 31),
                   currency="USD", amount_millions=7, amount_usd_millions=7)  # fmt: skip
    money = {key: (m.notes, m.best) for key, m in rows()["Amazon"].money.items()}
    # The acquisition, in which Amazon has two roles, counts once.
    assert money == {
        ("capital_spending", "actual"): (1, Decimal(60)),
        ("capital_spending", "plan"): (1, Decimal(80)),
        ("acquisition", "actual"): (1, Decimal(7)),
    }


def test_a_plan_that_an_actual_updates_is_left_out(amazon):
    published(amazon, 10)
    plan = spent(amazon, 80, state="plan")
    spent(amazon, 83, updates=plan)
    assert {key: m.best for key, m in rows()["Amazon"].money.items()} == {("capital_spending", "actual"): Decimal(83)}


def test_no_people_are_divided_by_money_and_no_cause_is_named_but_in_quotes(client, both):
    page = read(client.get(PATH)).one("main").text
    own_words = re.sub(r"“[^”]*”", "", page).lower()
    for causal in ("because of ai", "due to ai", "caused by", "thanks to ai", "replaced by ai", "per $", "per billion"):
        assert causal not in own_words


# ── Who says so ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_claim_stands_with_its_words_who_says_them_and_the_source(client, both, amazon):
    claimed = make_event(amazon, 30, ai_link="stated", cited=False, title="Amazon cuts its help desk")
    source = make_source("https://paper.example/claim", publisher="The Claim")
    words = {"quote": "Machines answer now.", "speaker": "company", "speaker_name": "A. Chief"}
    Citation.objects.create(event=claimed, source=source, on_ai_link=True, **words)
    publish(claimed)
    page = read(client.get(PATH))
    section = page.one("section", id="claims")
    assert "Machines answer now." in section.text
    assert "A. Chief" in section.text
    assert "https://paper.example/claim" in section.links
    assert "stated reason 1" in page.one("table", css="beside").text


def test_without_a_claim_it_says_that_nobody_makes_one(client, both):
    assert "nobody on record claims or denies" in read(client.get(PATH)).one("section", id="claims").text


# ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_file_holds_exactly_the_table(client, both, db):
    other = make_company("Beta", country="DE")
    published(other, 1000, announced_on="2024-01-05")
    spent(other, 5, dated_on=date(2024, 3, 1))
    for string in ("", "order=name", "order=-notes", "country=DE", "sector=retail", "kind=model"):
        page = read(client.get(f"{PATH}?{string}"))
        shown = [th.all("a")[0].text for th in page.all("th", css="who") if th["scope"] == "row"]
        table = list(csv.DictReader(io.StringIO(body(client.get(f"/layoffs-and-ai.csv?{string}")))))
        trees = client.get(f"/layoffs-and-ai.json?{string}").json()["rows"]
        assert [row["company"] for row in table] == [tree["company"] for tree in trees] == shown
    (amazon,) = [row for row in table_of(client) if row["company"] == "Amazon"]
    assert (amazon["cuts"], amazon["people_low"], amazon["people"], amazon["people_high"]) == (
        "2",
        "700",
        "700",
        "1400",
    )
    assert (amazon["capital_spending_actual_usd_millions"], amazon["capital_spending_plan_usd_millions"]) == (
        "60",
        "80",
    )
    assert amazon["acquisition_actual_usd_millions"] == ""


def table_of(client, string=""):
    return list(csv.DictReader(io.StringIO(body(client.get(f"/layoffs-and-ai.csv?{string}")))))


def test_a_replay_shows_what_was_known_that_day(client, both, amazon, monkeypatch):
    note = published_note([(amazon, "maker")], dated_on=date(2024, 1, 1))
    day = date.today().isoformat()
    monkeypatch.setattr("events.dates.today", lambda: date(2030, 1, 1))
    withdraw(note, "It was another company.")
    assert numbers(rows()["Amazon"])[2] == 2
    assert numbers(rows(f"as_of={day}")["Amazon"])[2] == 3


WRONG = [
    ("months_before=61", "less than or equal to 60"),
    ("months_before=-1", "greater than or equal to 0"),
    ("months_after=x", "whole number"),
    ("kind=hiring", "not one of the available choices"),
    ("company=nobody", "There is no company"),
    ("counts_as=filing", "There is no filter"),
    ("announced_after=2024-02&announced_before=2024-01", "before the beginning"),
    ("after=zzz", "This page does not exist"),
    ("ai_link=%00", "not one of the available choices"),
]


@pytest.mark.parametrize(("string", "words"), WRONG)
def test_a_wrong_value_is_told_and_nothing_is_shown(client, both, string, words):
    response = client.get(f"{PATH}?{string}")
    page = read(response)
    assert response.status_code == 400
    assert words in page.text
    assert not page.all("table", css="beside")
    assert client.get(f"/layoffs-and-ai.csv?{string}").status_code == 400


def test_an_empty_result_says_which_filter_empties_it(client, both):
    page = read(client.get(f"{PATH}?country=US&kind=model"))
    assert "No company matches" in page.text
    assert page.one("section", css="empty").links


def test_the_number_of_questions_does_not_grow_with_the_rows(client, both, django_assert_max_num_queries):
    for n in range(30):
        company = make_company(f"Firm {n}", country="US")
        published(company, 10 + n, announced_on="2024-01-05")
        spent(company, 5)
    client.get(PATH)
    with django_assert_max_num_queries(45):
        assert read(client.get(PATH)).text.count("Firm ") >= 30
