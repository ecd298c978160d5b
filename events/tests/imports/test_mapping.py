"""Files that nobody laid out beforehand: columns mapped by an editor, days settled by their column."""

from datetime import date
from decimal import Decimal

import pytest

from events.imports.engine import ImportStopped
from events.models import Citation, Company, LayoffEvent
from events.tests.imports.files import as_csv, tech

pytestmark = pytest.mark.django_db

HEADER = "Employer,Cut,When,Where,Contact name"
MAP = ["Employer=company", "Cut=people", "When=announced_on", "Where=place", "=stage:filed", "=country:US"]


def mine(*rows):
    plain = {"Employer": "Acme", "Cut": "120", "When": "14/03/2024", "Where": "Springfield", "Contact name": "Jane Roe"}
    return as_csv(HEADER, [plain | row for row in rows])


def stopped(load, text, **options):
    with pytest.raises(ImportStopped) as error:
        load(text, **options)
    return str(error.value)


def test_an_unknown_file_without_a_map_lists_its_columns_and_the_fields(load):
    said = stopped(load, mine({}))
    assert "‘Employer’ (Acme), ‘Cut’ (120), ‘When’ (14/03/2024)" in said
    assert "company (needed): the employer" in said
    assert "effective_on" in said
    assert "Jane" not in said


def test_mapped_columns_become_events(load):
    report = load(mine({}, {"Employer": "Bolt", "Cut": "several hundred", "When": "2024-04-02"}), mapping=MAP)
    acme, bolt = LayoffEvent.objects.order_by("pk")
    assert report.new == 2
    assert (acme.people, acme.announced_on, acme.stage, acme.country) == (120, date(2024, 3, 14), "filed", "US")
    assert (acme.place, acme.place_basis) == ("Springfield", "jobs")
    assert (bolt.people_low, bolt.people_high, bolt.wording) == (200, 900, "several hundred")
    assert "Jane" not in str(list(Citation.objects.values()) + list(Company.objects.values()))
    assert load(mine({"Cut": "130"}), name="next.csv", mapping=MAP).changed == 1


def test_the_order_of_the_words_and_of_days_makes_no_other_layout(load):
    load(mine({}), mapping=MAP)
    again = [words.replace("announced_on", "announced_on:dmy") for words in reversed(MAP)]
    assert load(mine({}), mapping=again).same == 1


def test_words_of_ours_and_shares_are_read_by_column(load):
    text = as_csv("a,b,c,d,e", [{"a": "Acme", "b": "2024-03-14", "c": "0.15", "d": "Temporary", "e": "memo"}])
    load(text, mapping=["a=company", "b=announced_on", "c=share_percent:fraction", "d=permanence", "e=source"])
    event = LayoffEvent.objects.get()
    assert (event.share_percent, event.permanence, event.people) == (Decimal(15), "temporary", None)


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        (["Employer=company"], "No column is said to be announced_on"),
        (["Employer"], "is no 'COLUMN=field'"),
        (["Employer=firm"], "There is no field ‘firm’"),
        ([*MAP, "Nowhere=sector"], "The file has no column ‘Nowhere’"),
        ([*MAP, "Cut=company"], "‘company’ is filled twice"),
        ([*MAP, "Contact name=site"], "seems to name people"),
        (["Employer=company", "When=announced_on:ymd"], "There is: announced_on:dmy, announced_on:mdy"),
        (["Employer=company", "When=announced_on", "=stage:whenever"], "‘whenever’ is not known"),
        (["Employer=company", "When=announced_on", "=country:Atlantis"], "country not known here"),
        (["Employer=company", "When=announced_on", "=people:5"], "‘people’ needs a column"),
    ],
)
def test_a_map_that_makes_no_layout_says_why(load, mapping, says):
    assert says in stopped(load, mine({}), mapping=mapping)


@pytest.mark.parametrize("cell", ["jane.roe@acme.example", "Acme (555) 010-1234", "+44 20 7946 0018"])
def test_a_cell_that_holds_a_contact_is_never_stored_nor_handed_back(load, tmp_path, cell):
    out = tmp_path / "out.csv"
    assert "contacts are never stored" in stopped(load, mine({"Where": cell}), mapping=MAP)
    load(mine({"Where": cell}), mapping=MAP, rejects=out)
    assert "(a contact, left out)" in out.read_text()
    assert cell not in out.read_text()


def test_a_web_address_is_no_contact(load):
    text = as_csv("a,b,c", [{"a": "Acme", "b": "2024-03-14", "c": "https://social.example/@a@b.example/555-010-1234"}])
    assert load(text, mapping=["a=company", "b=announced_on", "c=source"]).new == 1


def test_a_layout_called_by_name_takes_no_map(load):
    assert "leave out the name, or the map" in stopped(load, tech({}), mapping=MAP, layout="tech-list")


# ── Day and month ────────────────────────────────────────────────────────────────────────────────────────────────────


def days_of(load, *cells, how="announced_on"):
    rows = [{"Employer": f"Firm {number}", "When": cell} for number, cell in enumerate(cells)]
    load(mine(*rows), mapping=["Employer=company", f"When={how}"])
    return list(LayoffEvent.objects.order_by("pk").values_list("announced_on", flat=True))


@pytest.mark.parametrize(
    ("clear", "first"),
    [("14/03/2024", date(2024, 4, 3)), ("03/14/2024", date(2024, 3, 4)), ("3-14-2024", date(2024, 3, 4))],
)
def test_one_clear_day_settles_the_whole_column(load, clear, first):
    assert days_of(load, "03/04/2024", clear) == [first, date(2024, 3, 14)]


def test_days_that_are_clear_in_themselves_settle_nothing(load):
    said = stopped(load, mine({"When": "03/04/2024"}, {"When": "2024-03-14"}, {"When": "March 14, 2024"}), mapping=MAP)
    assert "each of its dates could be day/month or month/day (‘03/04/2024’)" in said
    assert "--map 'When=announced_on:dmy' or --map 'When=announced_on:mdy'" in said


def test_the_answer_settles_it(load):
    assert days_of(load, "03/04/2024", "14 March 2024", how="announced_on:dmy") == [date(2024, 4, 3), date(2024, 3, 14)]


def test_a_day_equal_to_its_month_asks_nothing(load):
    assert days_of(load, "05/05/2024") == [date(2024, 5, 5)]


def test_a_cell_against_the_order_of_its_column_is_an_error_of_its_row(load):
    said = stopped(load, mine({}, {"When": "15/03/2024"}, {"When": "03/14/2024"}), mapping=MAP)
    assert "1 of 3 rows" in said
    assert "Row 4, When: ‘03/14/2024’ is no day. Dates in this column look like day/month/year." in said


def test_a_column_with_as_many_of_both_asks(load):
    assert "as many of its dates" in stopped(load, mine({}, {"When": "03/14/2024"}), mapping=MAP)


def test_a_year_of_two_figures_is_no_day(load):
    assert "is no day" in stopped(load, mine({"When": "14/03/24"}), mapping=MAP)


def test_an_invisible_turn_of_direction_in_a_name_is_refused(load):
    assert "turns the direction of text" in stopped(load, mine({"Employer": "Acme \u202emcA"}), mapping=MAP)
