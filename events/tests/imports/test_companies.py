"""Files of companies: known by ticker and name, their blanks filled, an editor's words kept."""

import pytest

from events.imports.engine import ImportStopped, import_file
from events.models import Company
from events.tests.factories import make_company
from events.tests.imports.files import as_csv

pytestmark = pytest.mark.django_db

HEADER = "Symbol,Security,GICS Sector,GICS Sub-Industry,Headquarters Location,Date added,CIK,Founded"


def constituents(*rows):
    plain = {"Symbol": "ACM", "Security": "Acme Inc.", "GICS Sector": "Financials", "GICS Sub-Industry": "Brokers",
             "Headquarters Location": "Springfield, Oregon", "CIK": "1"}  # fmt: skip
    return as_csv(HEADER, [plain | row for row in rows])


def counts(report):
    return report.new, report.same, report.changed, len(report.rejected)


def test_rows_become_companies_with_their_history(load):
    cork = {"Symbol": "BLT", "Security": "Bolt (The)", "Headquarters Location": "Cork, Ireland[2]", "CIK": "2"}
    text = constituents({}, cork, {"Symbol": "EL", "Security": "Roe (Jo)", "CIK": "3", "GICS Sector": "Materials"})
    assert counts(load(text)) == (3, 0, 0, 0)
    names = ("name", "ticker", "sector", "country", "place")
    assert list(Company.objects.order_by("pk").values_list(*names)) == [
        ("Acme Inc.", "ACM", "finance", "US", "Springfield, Oregon"),
        ("Bolt", "BLT", "finance", "IE", "Cork"),
        ("Jo Roe", "EL", "", "US", "Springfield, Oregon"),
    ]
    assert Company.objects.first().history.get().history_change_reason.startswith("Imported from list.csv (import ")
    assert counts(load(text)) == (0, 3, 0, 0)


def test_two_classes_of_shares_are_one_company(load):
    rows = [
        {"Symbol": "ACMA", "Security": "Acme Inc. (Class A)"},
        {"Symbol": "ACMB", "Security": "Acme Inc. (Class B)"},
    ]
    assert counts(load(constituents(*rows))) == (1, 1, 0, 0)
    assert Company.objects.get().ticker == "ACMA"
    assert counts(load(constituents(*rows))) == (0, 2, 0, 0)


def test_blanks_are_filled_and_an_editors_words_kept(load):
    acme = make_company("Acme", sector="media", country="DE")
    report = load(constituents({}))
    acme.refresh_from_db()
    assert counts(report) == (0, 0, 1, 0)
    assert (acme.name, acme.ticker, acme.sector, acme.country, acme.place) == ("Acme", "ACM", "media", "DE", "")
    assert any("kept" in kind and len(warned.rows) == 2 for kind, warned in report.warnings.items())


def test_a_ticker_tells_a_company_of_another_name(load):
    make_company("Gizmo", ticker="ACM", sector="media", country="DE", place="Ulm")
    assert counts(load(constituents({}))) == (0, 1, 0, 0)
    assert Company.objects.get().name == "Gizmo"


def test_a_ticker_and_a_name_of_two_companies_are_for_an_editor(load):
    make_company("Gizmo", ticker="ACM")
    make_company("Acme")
    with pytest.raises(ImportStopped, match="its ticker ACM is that of ‘Gizmo’ here, its name that of ‘Acme’"):
        load(constituents({}))


def test_the_real_file_makes_each_company_once(data_dir, db):
    make_company("Meta", ticker="META", sector="media")
    report = import_file(data_dir / "sp500_constituents.csv")
    # 503 rows; three companies have two classes of shares.
    assert (report.rows, *counts(report)) == (503, 499, 3, 1, 0)
    assert Company.objects.filter(ticker="GOOGL", name="Alphabet Inc.").exists()
    assert Company.objects.get(name="Meta").country == "US"
    again = import_file(data_dir / "sp500_constituents.csv")
    assert counts(again) == (0, 503, 0, 0)
