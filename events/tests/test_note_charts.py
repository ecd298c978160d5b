"""How many AI-investment notes: by period, kind and company, and what a figure says of them."""

from datetime import date

import pytest

from events import note_charts
from events.publishing import publish
from events.query import NoteQuery
from events.selection import NoteSelection
from events.shown import Names
from events.tests.factories import make_company, make_note, published_note

pytestmark = pytest.mark.django_db


def select(string=""):
    return NoteSelection(NoteQuery.from_string(string))


def numbers(by, string=""):
    """Each bar's notes: actual, plan and not known; None is what no bar holds."""
    series = select(string).series_by(by)
    bars = {bar.key: bar for bar in series.bars} | ({None: series.remainder} if series.remainder else {})
    return {key: (bar.actual, bar.plan, bar.unknown) for key, bar in bars.items()}


def finding(string=""):
    return note_charts.chosen(select(string), Names()).finding


def note_of(day, precision="day", state="unknown", **fields):
    return make_note(
        fields.pop("companies", ()), dated_on=date.fromisoformat(day), dated_on_precision=precision,
        plan_or_actual=state, **fields,
    )  # fmt: skip


def test_a_note_stands_in_the_quarter_of_its_date_and_by_plan_or_actual():
    publish(
        [
            note_of("2023-01-10", state="plan"),
            note_of("2023-03-31", state="actual"),
            note_of("2023-01-01", "quarter"),
            note_of("2023-08-02", state="plan"),
            note_of("2023-01-01", "year", state="plan"),
        ]
    )
    assert numbers("quarter") == {"2023-Q1": (1, 1, 1), "2023-Q2": (0, 0, 0), "2023-Q3": (0, 1, 0), None: (0, 1, 0)}
    # Nobody says in which month the quarter's note was.
    assert numbers("month")[None] == (0, 1, 1)
    assert numbers("year") == {"2023": (1, 3, 1)}


def test_each_note_has_one_kind_and_kinds_with_most_notes_come_first():
    publish([note_of("2023-01-10", kind="pay"), *(note_of("2023-01-10", state="plan", kind="hiring") for _ in "12")])
    assert list(numbers("kind").items()) == [("hiring", (0, 2, 0)), ("pay", (0, 0, 1))]


def test_a_note_counts_once_at_each_company_in_any_number_of_roles_and_at_its_owner():
    alphabet, other = make_company("Alphabet"), make_company("Other")
    google = make_company("Google", parent=alphabet)
    published_note([(google, "investor"), (google, "maker"), (other, "target")])
    published_note([(google, "buyer")])
    published_note()
    named = {str(alphabet.pk): 2, str(google.pk): 2, str(other.pk): 1, None: 1}
    assert {key: sum(states) for key, states in numbers("company").items()} == named
    assert not select().series_by("company").adds_up
    # In a role that is asked for, or of a company that is: what the bar's own view shows.
    assert numbers("company", "role=target") == {str(other.pk): (0, 0, 1)}
    assert numbers("company", "company=alphabet") == {str(alphabet.pk): (0, 0, 2)}


def test_quarters_that_are_too_many_to_read_become_years():
    published_note(dated_on=date(2007, 7, 1))
    published_note(dated_on=date(2024, 1, 1))
    # July 2007 to January 2024 are 199 months.
    assert select().grain == "quarter"
    published_note(dated_on=date(2007, 5, 1))
    assert select().grain == "year"
    assert select("grain=month").grain == "month"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["2023-01-10"], "1st quarter of 2023: 1 note."),
        (
            ["2023-01-10", "2023-02-10", "2023-05-10"],
            "1st quarter of 2023 is the highest with 2 notes; the latest, 2nd quarter of 2023, has 1 note.",
        ),
        (["2023-01-10", "2023-05-10", "2023-06-10"], "2nd quarter of 2023, the latest, is the highest: 2 notes."),
        (
            ["2023-01-10", "2023-05-10"],
            "1st quarter of 2023 and 2nd quarter of 2023 are the highest with 1 note in each.",
        ),
    ],
)
def test_the_finding_over_time(days, words):
    publish([note_of(day) for day in days])
    assert finding() == words


def test_the_finding_where_no_date_is_exact_enough():
    publish(note_of("2023-01-01", "year"))
    assert finding() == "None of these is dated so exactly."
    chart = note_charts.chosen(select(), Names())
    assert chart.left_out == "1 note is dated less exactly and stands in no bar."


def test_the_finding_by_kind_names_who_comes_first_of_how_many():
    publish([note_of("2023-01-10", kind="pay"), note_of("2023-01-11", kind="hiring")])
    assert finding("chart=kind") == "Hiring and Pay come first with 1 of 2 notes each."
    publish(note_of("2023-01-12", kind="pay"))
    assert finding("chart=kind") == "Pay comes first with 2 of 3 notes."


def test_the_finding_by_company_gives_no_sum_and_counts_all_that_share_the_first_place():
    published_note()
    assert finding("chart=company") == "None of these names a company."
    publish([note_of("2023-01-10", companies=[(make_company(f"Firm {n}"), "maker")]) for n in range(12)])
    # Ten have a bar.
    assert finding("chart=company") == "12 share the first place with 1 note each."
    published_note([(make_company("Another"), "maker")])
    assert finding("chart=company") == "13 share the first place with 1 note each."
