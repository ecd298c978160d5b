"""The explorer of AI-investment notes and the page of one."""

from datetime import date
from decimal import Decimal

import pytest

from events.models import NoteEdition
from events.publishing import publish, withdraw
from events.tests.factories import published_note
from events.tests.views.conftest import event_url, note_url
from events.tests.views.reading import read

pytestmark = pytest.mark.django_db

YEAR = {"period_from": date(2024, 1, 1), "period_until": date(2024, 12, 31)}


def test_a_row_says_when_what_who_how_much_and_links_to_its_source(client, site):
    page = read(client.get("/ai/"))
    row = next(row for row in page.one("table", css="cards").all("tr") if note_url(site.note) in row.links)
    for words in (
        "6 December 2023",
        "Amazon plans data centres",
        "Amazon, maker",
        "$48 bn",
        "2023",
        "capital spending",
        "The Paper",
    ):
        assert words.lower() in row.text.lower(), words
    assert any(link.startswith("https://paper.example/") for link in row.links)


def test_money_of_different_kinds_and_of_plans_and_actuals_stays_apart(client, amazon):
    for kind, state, millions in (
        ("capital_spending", "plan", 100), ("capital_spending", "actual", 20), ("funding_round", "actual", 3),
    ):  # fmt: skip
        published_note(
            [(amazon, "investor")], kind=kind, plan_or_actual=state, amount_usd_millions=Decimal(millions), **YEAR
        )
    # Without a period it enters no sum.
    published_note(
        [(amazon, "investor")], kind="funding_round", plan_or_actual="actual", amount_usd_millions=Decimal(7)
    )
    table = read(client.get("/ai/")).one("table", css="narrow")
    rows = [[cell.text for cell in row if cell.tag in ("th", "td")] for row in table.one("tbody").all("tr")]
    assert [(row[1], row[2]) for row in rows] == [("plan", "$100 m"), ("actual", "$20 m"), ("actual", "$3 m")]
    assert all("123" not in row[2] for row in rows)


def test_a_notes_page_shows_everything_that_is_known_of_it(client, site):
    page = read(client.get(note_url(site.note)))
    expected = [
        "Amazon plans data centres",
        "6 December 2023",
        "$48 bn",
        "“$48 billion”",
        "2023",
        "The Paper",
        "Who says so",
        "Amazon, maker",
    ]
    assert [words for words in expected if words not in page.text] == []
    assert event_url(site.event) in page.links


def test_an_actual_and_the_plan_that_it_updates_name_each_other(client, amazon):
    plan = published_note(
        [(amazon, "investor")], kind="capital_spending", title="A plan", plan_or_actual="plan", **YEAR
    )
    actual = published_note(
        [(amazon, "investor")],
        kind="capital_spending",
        title="What came of it",
        plan_or_actual="actual",
        updates=plan,
        **YEAR,
    )
    assert note_url(plan) in read(client.get(note_url(actual))).links
    assert note_url(actual) in read(client.get(note_url(plan))).links


def test_a_note_about_no_company_is_about_the_sector(client, db):
    note = published_note(kind="outlook", title="Analysts expect less")
    assert "about the whole sector" in read(client.get(note_url(note))).text
    assert "about the whole sector" in read(client.get("/ai/")).text


def test_a_note_that_never_was_answers_404(client, site):
    unknown = NoteEdition.objects.latest("record_id").record_id + 1000
    for address in (f"/ai/{unknown}/", f"/ai/{unknown}-slug/", "/ai/999999999999999999/", "/ai/0/"):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize("tail", ["/", "-/", "-wrong/"])
def test_another_slug_leads_to_the_address_for_ever(client, site, tail):
    response = client.get(f"/ai/{site.note.pk}{tail}")
    assert response.status_code == 301
    assert response.headers["Location"] == note_url(site.note) == f"/ai/{site.note.pk}-amazon-plans-data-centres/"


def test_a_withdrawn_note_answers_410_with_the_reason_and_its_last_page(client, site):
    response = client.get(note_url(site.withdrawn_note))
    assert response.status_code == 410
    page = read(response)
    for words in (
        "This note was withdrawn",
        "It was a joke of the first of April.",
        "Amazon buys the Moon",
        "The Paper",
    ):
        assert words in page.text, words


def test_a_withdrawn_note_that_is_published_again_answers_200(client, site):
    site.withdrawn_note.refresh_from_db()
    publish(site.withdrawn_note, "It was no joke.")
    assert client.get(note_url(site.withdrawn_note)).status_code == 200


def test_a_withdrawn_event_is_no_link_of_its_note_any_more(client, site):
    withdraw(site.event, "It never happened.")
    assert event_url(site.event) not in read(client.get(note_url(site.note))).links


WRONG = [
    ("q", "x" * 300, "at most 200 characters"),
    ("company", "Nobody", "There is no company ‘Nobody’ here."),
    ("kind", "nonsense", "nonsense is not one of the available choices."),
    ("plan_or_actual", "maybe", "maybe is not one of the available choices."),
    ("dated_after", "soon", "‘soon’ is no date."),
    ("dated_before", "2024-13", "‘2024-13’ is no date."),
    ("order", "random", "random is not one of the available choices."),
]


@pytest.mark.parametrize(("name", "value", "message"), WRONG, ids=[name for name, _, _ in WRONG])
def test_a_wrong_value_gets_a_message_beside_its_field_and_a_link_without_it(client, site, name, value, message):
    response = client.get("/ai/", {"q": "data", name: value})
    page = read(response)
    assert response.status_code == 400
    assert not page.all("table")
    summary = page.one("section", css="errors")
    assert message in summary.text
    assert summary.links == [f"#f-{name}", "?" if name == "q" else "?q=data"]
    assert client.get(f"/ai/{summary.links[-1]}").status_code == 200
    assert [e for e in page.one("form", id="filters").all("p", css="error") if message in e.text], (
        "no message in the form"
    )


def test_filters_choose_notes(client, site):
    published_note([(site.twitch, "maker")], kind="model", title="Twitch shows a model", dated_on=date(2024, 5, 1))
    for string, titles in {
        "kind=model": ["Twitch shows a model"],
        "company=amazon": ["Twitch shows a model", "Amazon plans data centres"],
        "dated_before=2023-12-06": ["Amazon plans data centres"],
        "dated_after=2023-12-07": ["Twitch shows a model"],
        "q=centres": ["Amazon plans data centres"],
        "order=dated": ["Amazon plans data centres", "Twitch shows a model"],
    }.items():
        found = [
            th.all("a")[0].text
            for th in read(client.get(f"/ai/?{string}")).one("table", css="cards").one("tbody").all("th")
        ]
        assert found == titles, string


def test_an_empty_result_offers_the_way_back(client, site):
    assert read(client.get("/ai/?q=nothing-like-it")).one("section", css="empty").links == ["?"]


def test_key_figures_compare_with_the_year_before_and_keep_kinds_apart(client, amazon):
    def spending(year, usd, **facts):
        period = {"period_from": date(year, 1, 1), "period_until": date(year, 12, 31)}
        published_note(
            [(amazon, "investor")], dated_on=date(year, 6, 1), amount_usd_millions=usd, **{**period, **facts}
        )

    spending(2023, 10, kind="capital_spending", plan_or_actual="actual")
    spending(2024, 20, kind="capital_spending", plan_or_actual="actual")
    spending(2024, 30, kind="research_spending", plan_or_actual="actual")
    spending(2024, 40, kind="capital_spending", plan_or_actual="actual")
    spending(2024, 99, kind="capital_spending", plan_or_actual="plan")
    keys = client.get("/ai/?dated_after=2024-01-01&dated_before=2024-12-31").context["keys"]
    assert [(key.number, key.label) for key in keys] == [
        ("4", "AI-investment notes"),
        ("1", "company named"),
        ("$60 m", "capital spending, actual"),
        ("$99 m", "capital spending, plan"),
    ]
    assert keys[0].how == "a year before: 1"
    assert "never added" in keys[2].how


def test_an_empty_list_says_which_filter_empties_it(client, site):
    page = read(client.get("/ai/?q=amazon&dated_after=2030"))
    offers = {a.text: a["href"] for a in page.one("section", css="empty").all("a")}
    assert offers == {"without “dated from 1 January 2030”: 1 row": "?q=amazon"}
