"""What cells of each known file become."""

from datetime import date
from decimal import Decimal

import pytest

from events.imports.layouts import LAYOUTS, BadRow, Doubt, UnknownLayout, find_layout
from events.imports.layouts.cells import fraction, people, percent
from events.imports.layouts.tech_lists import TECH_LIST, TECH_LIST_PLACES
from events.imports.layouts.warn import WARN_CA, WARN_REGISTER
from events.imports.words import country_code, sector_of
from events.tests.imports.files import CALIFORNIA, PLACES, REGISTER, TECH, california_row, tech_row


def read(layout, cells):
    return layout.read({header: cells.get(header, "") for header in layout.headers})


def facts(layout, cells):
    return read(layout, cells)[0]


def reasons(layout, cells):
    with pytest.raises(BadRow) as bad:
        read(layout, cells)
    return bad.value.messages


@pytest.mark.parametrize(
    ("header", "layout"),
    [(TECH, TECH_LIST), (PLACES, TECH_LIST_PLACES), (CALIFORNIA, WARN_CA), (REGISTER, WARN_REGISTER)],
)
def test_the_header_finds_the_layout_in_any_order(header, layout):
    columns = header.split(",")
    assert find_layout(columns) is layout
    assert find_layout(columns[::-1]) is layout


@pytest.mark.parametrize(("name", "column"), [(name, c) for name, layout in LAYOUTS.items() for c in layout.headers])
def test_a_renamed_column_stops_the_import_by_name(name, column):
    renamed = ["No. Of Employees*" if header == column else header for header in LAYOUTS[name].headers]
    with pytest.raises(UnknownLayout) as stopped:
        find_layout(renamed)
    assert f"no column ‘{column}’" in str(stopped.value)
    assert "‘No. Of Employees*’" in str(stopped.value)


def test_a_named_layout_is_held_to_its_columns():
    with pytest.raises(UnknownLayout, match="no column ‘company’"):
        find_layout(["a", "b"], "tech-list")
    with pytest.raises(UnknownLayout, match="There is no layout ‘tech’"):
        find_layout(TECH.split(","), "tech")


def test_a_row_of_data_instead_of_a_header_lists_the_known_layouts():
    with pytest.raises(UnknownLayout) as stopped:
        find_layout(["Acme", "Springfield", "120"])
    assert all(name in str(stopped.value) for name in LAYOUTS)


@pytest.mark.parametrize(
    ("cell", "low", "best", "high"),
    [
        ("", None, None, None),
        ("120", 120, 120, 120),
        ("16000.0", 16000, 16000, 16000),
        ("1,529", 1529, 1529, 1529),
        ("200-300", 200, None, 300),
        ("several hundred", 200, None, 900),
        ("n/a", None, None, None),
    ],
)
def test_a_number_of_people(cell, low, best, high):
    reading = people(cell)
    assert (reading.low, reading.best, reading.high) == (low, best, high)


def test_a_stated_0_stays_0_and_is_reported():
    with pytest.raises(Doubt) as doubt:
        people("0")
    assert doubt.value.value.best == 0


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("abc", "is no number of people"),
        ("12.5", "is no number of people"),
        ("-5", "below 0"),
        ("-16,000.0", "below 0"),
        ("1000000000000", "more people than any employer has"),
        ("9" * 5000, "more people than any employer has"),
        ("12%", "never makes people of a share"),
        ("10% of 5000", "never makes people of a share"),
        ("1e5", "is no number of people"),
        ("nan", "is no number of people"),
    ],
)
def test_what_is_no_number_of_people_is_refused(cell, says):
    with pytest.raises(ValueError, match=says):
        people(cell)


def test_shares_are_fractions_in_one_file_and_percent_in_another():
    assert fraction("0.15") == percent("15.0") == percent("15%") == Decimal(15)
    assert fraction("0.33333333333333331") == Decimal("33.333")
    assert fraction("") is percent("") is None


@pytest.mark.parametrize(("read", "cell"), [(fraction, "15"), (fraction, "-0.1"), (percent, "101"), (percent, "NaN")])
def test_a_share_is_from_0_to_100(read, cell):
    with pytest.raises(ValueError, match="is more than the whole|below 0|is no number"):
        read(cell)


def test_a_day_that_is_none_says_what_days_look_like():
    assert reasons(TECH_LIST, tech_row(date="31/02/2024")) == [
        "date: ‘31/02/2024’ is no day. Dates in this file look like month/day/year."
    ]
    assert reasons(TECH_LIST_PLACES, {"Company": "Acme", "Date_layoffs": "2024-02-30"}) == [
        "Date_layoffs: ‘2024-02-30’ is no day. Dates in this file look like year-month-day."
    ]


@pytest.mark.parametrize("day", ["1/1/1203", "1/1/9999", "", "3/14/24", "14 March"])
def test_a_day_that_cannot_be_meant_is_refused(day):
    assert len(reasons(TECH_LIST, tech_row(date=day))) == 1


def test_every_bad_cell_of_a_row_is_named():
    found = reasons(TECH_LIST, tech_row(company=" ", people="abc", date="x"))
    assert [reason.partition(":")[0] for reason in found] == ["company", "total_laid_off", "date"]


def test_the_tech_list_says_the_companys_seat():
    seat = facts(TECH_LIST, tech_row(location="Ottawa, Non-U.S.", country="Canada"))
    assert (seat.country, seat.place, seat.place_basis) == ("CA", "Ottawa", "seat")
    bay = facts(TECH_LIST, tech_row(location="SF Bay Area"))
    assert bay.place == "SF Bay Area, California"
    assert facts(TECH_LIST, tech_row(location="SF Bay Area", country="Canada")).place == "SF Bay Area"
    assert facts(TECH_LIST, tech_row(location="Melbourne, Victoria")).place == "Melbourne, Victoria"


def test_a_companys_funding_stage_is_not_the_stage_of_a_cut():
    assert facts(TECH_LIST, tech_row(stage="Post-IPO")).stage == "announced"


def test_the_day_a_row_was_added_is_the_day_it_was_recorded():
    assert facts(TECH_LIST, tech_row(date_added="3/15/2024")).recorded_on == date(2024, 3, 15)
    assert facts(TECH_LIST, tech_row(date_added="")).recorded_on is None


@pytest.mark.parametrize(
    "cell",
    ["Internal memo", "", "8/28/cut-off-path/", "javascript:alert(1)", "ftp://paper.example/x", "Read more at:",
     "https://", "https://paper.example/" + "x" * 1000],
)  # fmt: skip
def test_a_source_that_is_no_web_address_is_none(cell):
    assert facts(TECH_LIST, tech_row(source=cell)).url == ""


def test_a_web_address_loses_the_blanks_around_it():
    assert facts(TECH_LIST, tech_row(source=" https://paper.example/a ")).url == "https://paper.example/a"


@pytest.mark.parametrize(
    ("cell", "closure", "permanence"),
    [
        ("Layoff Permanent", "no", "permanent"),
        ("Closure Temporary", "yes", "temporary"),
        ("Layoff Unknown at this\r\ntime", "no", "unknown"),
        ("Closure Type Unknown", "yes", "unknown"),
        ("Layoff Not known at this time", "no", "unknown"),
        ("", "unknown", "unknown"),
    ],
)
def test_california_says_permanence_and_closure(cell, closure, permanence):
    found = facts(WARN_CA, california_row(layoff_or_closure=cell))
    assert (found.closure, found.permanence, found.stage) == (closure, permanence, "filed")


def test_another_word_for_a_layoff_is_refused():
    assert "begins with Layoff or Closure" in reasons(WARN_CA, california_row(layoff_or_closure="Furlough"))[0]


def test_california_says_where_the_jobs_are():
    found = facts(WARN_CA, california_row(city="East\r\nSpringfield"))
    assert (found.country, found.place, found.place_basis) == ("US", "East Springfield, California", "jobs")
    assert facts(WARN_CA, california_row(city="")).place == "Some County, California"
    assert facts(WARN_CA, california_row(city="", county="")).place == "California"


@pytest.mark.parametrize("effective", ["03/30/3030", "03/09/2121", "07/04/2002"])
def test_an_effective_day_years_away_is_left_out_with_a_warning(effective):
    found, doubts = read(WARN_CA, california_row(effective_date=effective))
    assert found.effective_on is None
    assert len(doubts) == 1


def test_an_effective_day_before_the_notice_is_kept():
    found, doubts = read(WARN_CA, california_row(effective_date="03/01/2024"))
    assert found.effective_on == date(2024, 3, 1)
    assert doubts == []


@pytest.mark.parametrize("name", ["**Acme (Cancelled)", "Acme ***(CANCELLED)", "Acme (CANCELLED)**"])
def test_a_notice_marked_cancelled_is_called_off(name):
    found = facts(WARN_CA, california_row(company=name))
    assert (found.company, found.company_as_written, found.stage) == ("Acme", name, "called_off")


def test_a_name_with_line_breaks_and_entities_is_read_in_one_line_and_kept_as_written():
    found = facts(WARN_CA, california_row(company="Acme Sons\r\n(&ldquo;Acme&rdquo;)"))
    assert found.company == "Acme Sons (“Acme”)"
    assert found.company_as_written == "Acme Sons\r\n(&ldquo;Acme&rdquo;)"


def test_control_characters_and_endless_names_are_refused():
    assert "control character" in reasons(TECH_LIST, tech_row(company="Ac\x1bme"))[0]
    assert "more than 200" in reasons(TECH_LIST, tech_row(company="A" * 201))[0]


def test_the_register_names_state_and_temporary():
    row = {"state": "WA", "employer_name": "Acme", "location": "Springfield", "notice_date": "2024-03-14",
           "employees_affected": "5", "layoff_type": "mass_layoff", "is_temporary": "1"}  # fmt: skip
    found = facts(WARN_REGISTER, row)
    assert (found.place, found.closure, found.permanence) == ("Springfield, Washington", "no", "temporary")
    assert "no state of the US" in reasons(WARN_REGISTER, row | {"state": "Atlantis"})[0]


def test_an_unknown_country_or_industry_is_left_blank_with_a_warning():
    found, doubts = read(TECH_LIST, tech_row(country="Atlantis", industry="Alchemy"))
    assert (found.country, found.sector) == ("", "")
    assert len(doubts) == 2


@pytest.mark.parametrize(
    ("name", "code"),
    [("United States", "US"), ("USA", "US"), ("UK", "GB"), ("UAE", "AE"), ("Uruquay", "UY"), ("germany", "DE"),
     ("South Korea", "KR"), ("Türkiye", "TR"), ("Turkey", "TR"), ("Cayman Islands", "KY"), ("Atlantis", "")],
)  # fmt: skip
def test_countries_by_name(name, code):
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("name", "sector"),
    [("Real Estate", "real_estate"), ("HR", "hr"), ("AI", "ai"), ("Transportion", "transportation"), ("Alchemy", "")],
)
def test_sectors_by_name(name, sector):
    assert sector_of(name) == sector
