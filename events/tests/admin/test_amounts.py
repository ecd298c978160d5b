"""What an editor types of money: amounts in a source's words, US dollars by the rate of the day."""

from decimal import Decimal

import pytest

from events.models import AiNote
from events.tests.admin.browsing import change, errors_of

pytestmark = pytest.mark.django_db
ADD = "/admin/events/ainote/add/"


@pytest.fixture
def enter(desk):
    """Enters a note and returns it, or None with the response when it is refused."""

    def enter(**typed):
        typed = {"kind": "capital_spending", "title": "Spending", "dated_on": "2024-02", **typed}
        response = desk.save(ADD, **typed)
        return AiNote.objects.last(), response

    return enter


def amount(note):
    return note.amount_low_millions, note.amount_millions, note.amount_high_millions, note.currency


def dollars(note):
    return note.amount_usd_low_millions, note.amount_usd_millions, note.amount_usd_high_millions


def test_words_become_figures_currency_and_dollars(enter):
    note, _ = enter(amount_wording="$60–65 billion")
    assert amount(note) == (60_000, None, 65_000, "USD")
    assert dollars(note) == (60_000, None, 65_000)
    assert note.amount_wording == "$60–65 billion"


def test_another_currency_is_counted_in_dollars_by_the_rate_which_is_kept(enter, desk):
    note, _ = enter(amount_wording="up to €2bn")
    assert amount(note) == (None, None, 2_000, "EUR")
    assert dollars(note) == (None, None, None)
    desk.save(change(note), usd_rate="1.0852", usd_rate_on="2024-02-01")
    note.refresh_from_db()
    assert dollars(note) == (None, None, Decimal("2170.4"))
    assert (note.usd_rate, note.usd_rate_on.isoformat()) == (Decimal("1.0852"), "2024-02-01")


def test_dollars_that_an_editor_typed_stay(enter):
    note, _ = enter(amount_wording="€2 billion", amount_usd_millions="2170", usd_rate="1.2")
    assert dollars(note) == (None, 2_170, None)


def test_figures_that_an_editor_typed_stay(enter):
    note, _ = enter(
        amount_wording="about $5 billion", amount_low_millions="4800", amount_high_millions="5200", currency="USD"
    )
    assert amount(note) == (4_800, None, 5_200, "USD")


def test_new_words_are_read_anew(enter, desk):
    note, _ = enter(amount_wording="$60–65 billion")
    desk.save(change(note), amount_wording="more than $70 billion")
    note.refresh_from_db()
    assert amount(note) == (70_000, 70_000, None, "USD")
    assert dollars(note) == (70_000, 70_000, None)


def test_saving_without_a_change_changes_no_figure(enter, desk):
    note, _ = enter(
        amount_wording="€2 billion ($2.17 billion)", amount_millions="2000", currency="EUR", amount_usd_millions="2170"
    )
    desk.save(change(note))
    note.refresh_from_db()
    assert amount(note) == (None, 2_000, None, "EUR")
    assert dollars(note) == (None, 2_170, None)


def test_words_that_cannot_be_read_are_asked_about_and_kept(enter):
    note, response = enter(amount_wording="¥5 trillion")
    assert note is None
    assert "cannot be read as an amount" in errors_of(response)["amount_wording"][0]
    assert "¥5 trillion" in response.content.decode()


def test_words_without_a_number_are_no_money(enter):
    note, _ = enter(amount_wording="an undisclosed sum")
    assert amount(note) == (None, None, None, "")


def test_an_amount_of_no_currency_asks_for_one(enter):
    note, response = enter(amount_wording="3 billion")
    assert note is None
    assert "Money needs a currency." in str(errors_of(response))


# ── While it is typed ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"people": "several hundred"}, "Read as 200–900, without a best figure"),
        ({"people": "about 1,000"}, "Read as 950–1,100, best 1,000"),
        ({"people": "17%"}, "No number of people; a share of 17 %"),
        ({"people": "many"}, "Not read: type the low, best or high figure beside it"),
        ({"money": "$60–65 billion"}, "Read as 60,000–65,000 million, without a best figure; USD"),
        ({"money": "up to €2bn"}, "Read as up to 2,000 million; EUR"),
        ({"money": "more than $500m"}, "Read as 500 million or more, the high end open; USD"),
        ({"money": "3 billion"}, "Read as 3,000 million; the words name no currency"),
        ({"money": "a lot"}, "Not read: type the low, best or high figure in millions beside it"),
        ({"people": "  "}, ""),
        ({}, ""),
        ({"people": "9" * 10_000}, "Not read: type the low, best or high figure beside it"),
        ({"people": "<script>\0"}, "Not read: type the low, best or high figure beside it"),
    ],
)
def test_what_words_become_is_said_while_they_are_typed(admin_client, asked, said):
    assert admin_client.get("/admin/reading/", asked).json() == {"words": said}


def test_only_editors_are_told(client):
    assert client.get("/admin/reading/", {"people": "50"}).status_code == 302
