"""Each file that editors really bring, in the real admin: looked at, its doubtful name answered, confirmed, taken back.

Before the upload the desk holds a company whose name is near one of the file's, or the same, with that row's cut;
and one row that cannot be read is added to the file. So each account has rows that are new, doubtful and rejected.
"""

import csv
import json
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear

from events.models import AiNote, Company, EventEdition, LayoffEvent
from events.publishing import check_record
from events.tests.factories import make_company, make_event

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a long enough password"
EVERYTHING = "/events.json?counts_as=cut&counts_as=filing&counts_as=temporary&counts_as=called_off&counts_as=signal"


class SharedFile(NamedTuple):
    """A file, the columns of company and day, the column that a bad row fills wrong, and the stage of its events.

    `near`: whether the company that is here has only nearly the name; each preview of the large files takes seconds.
    """

    name: str
    company: str
    day: str
    bad: str
    stage: str = "filed"
    publish: bool = False
    near: bool = True


FILES = [
    SharedFile("layoffs_2020_2026.csv", "company", "date", "total_laid_off", "announced"),
    SharedFile("layoffs_2020_2025_coordinates.csv", "Company", "Date_layoffs", "Laid_Off", "announced", publish=True),
    SharedFile("warn_state_ca.csv", "company", "notice_date", "num_employees", near=False),
    SharedFile("warn_register_ny.csv", "employer_name", "notice_date", "employees_affected", near=False),
    SharedFile("warn_register_wa.csv", "employer_name", "notice_date", "employees_affected"),
    SharedFile("ai_models_large_scale.csv", "Organization", "Publication date", "Publication date"),
    SharedFile("sp500_constituents.csv", "Security", "", "Symbol"),
]


def day_of(words):
    return datetime.strptime(words, "%m/%d/%Y" if "/" in words else "%Y-%m-%d").date()


class Spoiled:
    """A copy of a shared file with one more row, which cannot be read."""

    def __init__(self, shared, original, folder):
        text = original.read_bytes().decode()
        reader = csv.DictReader(text.splitlines(keepends=True))
        self.rows = list(reader)
        # A plain name, long enough to have one near it, and for events a figure.
        plain = (row for row in self.rows if re.fullmatch(r"[A-Z][A-Za-z ]{9,39}", row[shared.company]))
        self.met = next(row for row in plain if row[shared.bad])
        self.path = folder / shared.name
        with self.path.open("w", newline="") as out:
            out.write(text if text.endswith("\n") else f"{text}\r\n")
            csv.DictWriter(out, reader.fieldnames).writerow(self.met | {shared.bad: "not one?"})
        reference = original.with_suffix(".reference.json")
        self.reference = json.loads(reference.read_text()) if reference.is_file() else None


def desk_rows():
    """All that the desk holds, by kind; histories and the accounts of imports stay when an import is taken back."""
    kept = ("Historical", "Import", "PublicRecord", "SavedView", "LinkCheck")
    models = [m for m in apps.get_app_config("events").get_models() if not m.__name__.startswith(kept)]
    return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in models}


def in_the_account(page):
    """How many rows have which outcome, as the page's tabs say; the first is of all rows."""
    tabs = [tab.rsplit(" ", 1) for tab in page.locator(".import-tabs a").all_inner_texts()]
    return {words: int(number.replace(",", "")) for words, number in tabs}


def look_at_rows(page, outcome, number):
    """Opens the rows of one outcome and goes on to the next page if there is one. Gives the text of the first."""
    page.click(f".import-tabs a:has-text('{outcome}')")
    rows = page.locator(".import-rows tbody tr")
    first = rows.first.inner_text()
    assert rows.count() == min(number, 50)
    assert set(page.locator(".import-outcome").all_inner_texts()) == {outcome}
    if number > 50:
        last = int(rows.last.locator("th").inner_text().replace(",", ""))
        page.click("a[rel=next]")
        assert int(rows.first.locator("th").inner_text().replace(",", "")) > last
        assert set(page.locator(".import-outcome").all_inner_texts()) == {outcome}
    return first


def nothing_sticks_out(page):
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


@pytest.fixture
def at_desk(page, settings):
    """The page with an editor logged in; the work is done at once, in the server of the test."""
    settings.IMPORT_IN_REQUEST_BYTES = settings.IMPORT_MAX_BYTES
    page.set_default_timeout(60_000)
    get_user_model().objects.create_superuser("editor", password=PASSWORD)
    page.goto("/admin/login/?next=/admin/events/importbatch/add/")
    page.fill("#id_username", "editor")
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")
    return page


@pytest.mark.parametrize("shared", FILES, ids=[each.name for each in FILES])
def test_a_shared_file_goes_through_preview_names_confirm_and_take_back(at_desk, data_dir, tmp_path, shared):
    page, file = at_desk, Spoiled(shared, data_dir / shared.name, tmp_path)
    name = file.met[shared.company]
    here = make_company(re.sub(r"^\w+", r"\g<0>s", name) if shared.near else name)
    if file.reference:
        people = int(float(file.met[shared.bad]))
        make_event(here, people, announced_on=day_of(file.met[shared.day]), stage=shared.stage, title="Cut before")
    before = desk_rows()

    page.set_input_files("#id_file", file.path)
    if shared.publish:
        page.check("#id_publish")
    page.click("input[value='Upload and look']")
    page.wait_for_selector("text=This is a preview: nothing is written yet")
    nothing_sticks_out(page)
    if shared.near:
        # The doubtful name is answered, whatever else looks alike is new.
        asked = page.locator(".import-name").filter(has=page.locator(f"legend:text-is('{name}')"))
        asked.get_by_label("the same as").check()
        page.click("input[name=all_new]")
    page.wait_for_selector("input[name=set_aside]")
    assert desk_rows() == before

    account = in_the_account(page)
    of_all = account.pop("all rows")
    assert of_all == sum(account.values()) == len(file.rows) + 1
    assert account["rejected"] == 1
    assert "‘not one?’" in look_at_rows(page, "rejected", 1)
    assert "(new)" in look_at_rows(page, "new", account["new"]) or not file.reference
    if file.reference:
        assert "Cut before" in look_at_rows(page, "likely duplicate", account["likely duplicate"])
    page.check("input[name=set_aside]")
    page.click("input[value^='Write ']")
    page.wait_for_selector("summary:has-text('Take this import back')")
    assert in_the_account(page) == {"all rows": of_all, **account}
    assert look_at_rows(page, "new", account["new"])
    nothing_sticks_out(page)
    HELD[shared.name](file, account)
    shown = page.request.get(EVERYTHING).json()["about"]["rows"]
    assert shown == (account["new"] if shared.publish else 0)

    page.click("summary:has-text('Take this import back')")
    page.click("input[value='Take it back']")
    page.wait_for_selector("text=Taken back")
    assert in_the_account(page) == {"all rows": of_all, **account}
    nothing_sticks_out(page)
    assert page.request.get(EVERYTHING).json()["about"]["rows"] == 0
    if shared.publish:
        assert not EventEdition.objects.known_on(None).exists()
        assert LayoffEvent.objects.filter(state="withdrawn").count() == account["new"]
    else:
        assert desk_rows() == before
    assert check_record() == []
    assert page.problems == []


def test_a_shared_file_under_words_that_nobody_knows_is_read_once_its_columns_are_named(at_desk, data_dir, tmp_path):
    page, fields = at_desk, {"Firm": "company", "When": "announced_on", "Gone": "people", "Where": "place"}
    names = {
        "Company": "Firm",
        "Date_layoffs": "When",
        "Laid_Off": "Gone",
        "Location_HQ": "Where",
        "Country": "Contact",
    }
    with (data_dir / "layoffs_2020_2025_coordinates.csv").open(newline="") as known:
        rows = [row for row, _ in zip(csv.DictReader(known), range(200), strict=False)]
    with (tmp_path / "unknown.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerows([names.values(), *([row[name] for name in names] for row in rows)])
    page.set_input_files("#id_file", tmp_path / "unknown.csv")
    page.click("input[value='Upload and look']")
    page.wait_for_selector(".import-columns")
    assert page.locator(".import-columns tr", has_text="Contact").locator("select").count() == 0
    nothing_sticks_out(page)
    for column, field in fields.items():
        page.get_by_label(f"What ‘{column}’ is").select_option(field)
    page.get_by_label("country", exact=True).select_option("US")
    page.click("input[value='Look at what becomes of the rows']")
    page.wait_for_selector("text=This is a preview: nothing is written yet")
    assert in_the_account(page) == {"all rows": 200, "new": 200}
    nothing_sticks_out(page)
    page.click("input[value^='Write 200 new']")
    page.wait_for_selector("summary:has-text('Take this import back')")
    assert LayoffEvent.objects.filter(country="US").count() == 200
    people = sum(int(float(row["Laid_Off"] or 0)) for row in rows)
    assert people == LayoffEvent.objects.aggregate(total=Sum("people"))["total"]
    assert page.problems == []


# ── What the record holds after the import ───────────────────────────────────────────────────────────────────────────


def the_reference_sums(file, account):
    """People and rows by year of all that came of the file, as the csv module alone counted them."""
    events = LayoffEvent.objects.filter(origin=file.path.name)
    reference = file.reference
    assert events.count() == reference["rows"]
    assert events.filter(people=None).count() == reference["rows_without_people"]
    years = events.values(year=ExtractYear("announced_on")).annotate(rows=Count("pk"), people=Sum("people")).order_by()
    assert {str(each["year"]): each["rows"] for each in years} == reference["rows_by_year"]
    assert {str(each["year"]): each["people"] or 0 for each in years} == reference["people_by_year"]
    assert sum(each["people"] or 0 for each in years) == reference["people_total"]
    assert events.filter(state="in_review").count() == account["likely duplicate"]


def the_models(file, account):
    notes = AiNote.objects.filter(origin=file.path.name)
    assert notes.count() == account["new"]
    costs = [Decimal(cost) for row in file.rows if (cost := row["Training compute cost (cloud)"])]
    assert notes.exclude(amount_usd_millions=None).count() == len(costs)
    total = notes.aggregate(total=Sum("amount_usd_millions"))["total"]
    # Each is rounded to a thousand dollars.
    assert abs(total - sum(costs) / 1_000_000) <= Decimal("0.0005") * len(costs)


def the_constituents(file, account):
    # Two classes of shares are one company; one of the companies was here.
    numbers = Counter(row["CIK"] for row in file.rows)
    assert Company.objects.count() == len(numbers)
    assert set(Company.objects.exclude(ticker="").values_list("ticker", flat=True)) <= {r["Symbol"] for r in file.rows}
    assert (account["new"], account["changed"]) == (len(numbers) - 1, 1)


HELD = {
    each.name: the_reference_sums for each in FILES
} | {"ai_models_large_scale.csv": the_models, "sp500_constituents.csv": the_constituents}  # fmt: skip
