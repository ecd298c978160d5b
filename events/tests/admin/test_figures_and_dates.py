"""What an editor types: figures in a source's words, dates as exactly as they are known."""

import pytest

from events.models import Citation, Headcount, LayoffEvent, Unit
from events.tests.admin.browsing import change, errors_of, said
from events.tests.factories import make_event, make_source

pytestmark = pytest.mark.django_db
ADD = "/admin/events/layoffevent/add/"


@pytest.fixture
def enter(desk, google):
    """Enters an event at Google and returns it, or None with the response when it is refused."""

    def enter(**typed):
        typed = {"company": google.pk, "title": "Google cuts jobs", "announced_on": "2024-01-10", **typed}
        response = desk.save(ADD, **typed)
        return LayoffEvent.objects.last(), response

    return enter


def figure(record):
    return record.people_low, record.people, record.people_high, record.qualifier, record.people_basis


@pytest.mark.parametrize(
    ("wording", "read"),
    [
        ("about a thousand", (950, 1000, 1100, "about", "stated")),
        ("several hundred", (200, None, 900, "range", "stated")),
        ("200-300", (200, None, 300, "range", "stated")),
        ("more than 500", (500, 500, None, "at_least", "stated")),
        ("up to 50", (None, None, 50, "up_to", "stated")),
        ("1,000", (1000, 1000, 1000, "exact", "stated")),
        ("not disclosed", (None, None, None, "none", "unknown")),
    ],
)
def test_words_become_their_interval(enter, wording, read):
    event, _ = enter(wording=wording)
    assert figure(event) == read


def test_what_was_read_is_shown_after_saving(enter, desk):
    event, _ = enter(wording="around a thousand")
    assert "Read as 950–1,100, best 1,000" in desk.open(change(event)).content.decode()


def test_a_percentage_fills_the_share_and_never_people(enter):
    event, _ = enter(wording="17%")
    assert (event.share_percent, event.people_low, event.people, event.people_high) == (17, None, None, None)


def test_a_share_that_an_editor_typed_stays(enter):
    event, _ = enter(wording="17%", share_percent="16.8")
    assert str(event.share_percent) == "16.800"


def test_words_that_cannot_be_read_ask_for_others_or_for_figures(enter):
    event, response = enter(wording="a good many")
    assert event is None
    assert "“a good many” cannot be read" in errors_of(response)["wording"][0]
    assert "“several hundred”" in errors_of(response)["wording"][0]


def test_figures_beside_unreadable_words_are_an_editors_bounds(enter):
    event, _ = enter(wording="a good many", people_low="100", people_high="400")
    assert figure(event) == (100, None, 400, "range", "editors_bound")


def test_one_figure_alone_is_exact_and_needs_a_basis(enter):
    event, response = enter(people="500")
    assert event is None
    assert "A figure needs a basis" in errors_of(response)["people_basis"][0]
    event, _ = enter(people="500", people_basis="stated")
    assert figure(event) == (500, 500, 500, "exact", "stated")


def test_figures_typed_beside_readable_words_are_kept(enter):
    event, _ = enter(wording="about 1,000", people_low="990", people="1000", people_high="1010")
    assert figure(event) == (990, 1000, 1010, "about", "editors_bound")


def test_changed_words_are_read_again(enter, desk):
    event, _ = enter(wording="several hundred")
    desk.save(change(event), wording="about 500")
    event.refresh_from_db()
    assert figure(event) == (475, 500, 550, "about", "stated")


def test_words_changed_to_unreadable_ones_do_not_keep_what_was_read_before(enter, desk):
    event, _ = enter(wording="several hundred")
    assert "cannot be read" in errors_of(desk.save(change(event), wording="quite a few"))["wording"][0]


def test_another_change_leaves_typed_bounds_alone(enter, desk):
    event, _ = enter(wording="about 1,000", people_low="990", people="1000", people_high="1010")
    desk.save(change(event), title="Google cuts a thousand jobs")
    event.refresh_from_db()
    assert figure(event)[:3] == (990, 1000, 1010)


def test_figures_and_words_taken_away_leave_none(enter, desk):
    event, _ = enter(wording="about 1,000")
    desk.save(change(event), wording="", people_low="", people="", people_high="")
    event.refresh_from_db()
    assert figure(event) == (None, None, None, "none", "unknown")


def test_a_low_above_the_high_is_refused_with_its_message(enter):
    event, response = enter(people_low="900", people_high="200", qualifier="range", people_basis="stated")
    assert event is None
    assert errors_of(response) == {
        "people_low": ["The low figure must not exceed the best, nor the best the high one."]
    }


def test_figures_that_do_not_fit_their_qualifier_are_refused(enter):
    event, response = enter(people_low="100", people="200", people_high="300", qualifier="exact", people_basis="stated")
    assert event is None
    assert "Exact: all three equal." in errors_of(response)["qualifier"][0]


def test_citations_units_and_headcounts_are_read_likewise(desk, google):
    event = make_event(google, cited=False)
    source = make_source()
    rows = [("units", {"name": "Pixel", "wording": "hundreds"}), ("citations", {"source": source.pk, "wording": "17%"})]
    desk.save(change(event), rows=rows)
    assert figure(Unit.objects.get()) == (200, None, 900, "range", "stated")
    assert Citation.objects.get().share_percent == 17
    desk.save("/admin/events/headcount/add/", company=google.pk, counted_on="2023", wording="182,502")
    assert figure(Headcount.objects.get()) == (182502, 182502, 182502, "exact", "stated")


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [
        ("2024-01-10", "2024-01-10", "day"),
        ("2024-02", "2024-02-01", "month"),
        ("2024-Q2", "2024-04-01", "quarter"),
        (" 2024 ", "2024-01-01", "year"),
    ],
)
def test_a_date_is_as_exact_as_it_was_typed_and_comes_back_so(enter, desk, typed, day, precision):
    event, _ = enter(announced_on=typed)
    assert (str(event.announced_on), event.announced_on_precision) == (day, precision)
    assert f'value="{typed.strip()}"' in desk.open(change(event)).content.decode()
    event.refresh_from_db()
    desk.save(change(event))
    event.refresh_from_db()
    assert event.announced_on_precision == precision


def test_a_coarse_date_becomes_a_day_and_an_empty_one_nothing(enter, desk):
    event, _ = enter(announced_on="2024", effective_on="2024-Q2")
    desk.save(change(event), announced_on="2024-03-05", effective_on="")
    event.refresh_from_db()
    assert (str(event.announced_on), event.announced_on_precision, event.effective_on) == ("2024-03-05", "day", None)


@pytest.mark.parametrize("typed", ["31/02/2024", "2024-02-31", "2024-Q5", "January 2024", "0000"])
def test_what_is_no_date_is_refused_with_how_to_write_one(enter, typed):
    event, response = enter(announced_on=typed)
    assert event is None
    assert errors_of(response)["announced_on"] == [f"‘{typed}’ is no date. Write 2024-01-10, 2024-01, 2024-Q1 or 2024."]


def test_sector_and_seat_are_taken_from_the_company(enter):
    event, _ = enter()
    assert (event.sector, event.country, event.place_basis) == ("consumer", "US", "seat")


def test_a_country_is_an_iso_code(enter):
    event, response = enter(country="XX")
    assert event is None
    assert "is no country's ISO code" in errors_of(response)["country"][0]
    assert enter(country="de")[0].country == "DE"


def test_a_saved_draft_is_no_news_for_readers(enter):
    event, response = enter()
    assert event.state == "draft"
    assert "Readers" not in said(response)
