"""What an import asks an editor: what unknown columns are, and which companies doubtful names mean."""

import csv
import io

import openpyxl
import pytest

from events.imports.engine import ImportStopped, import_file
from events.imports.layouts import FIELDS
from events.imports.layouts.mapped import said_of_all
from events.models import Alias, Company, ImportBatch, ImportRow, LayoffEvent, SavedMapping
from events.tests.admin.browsing import form_of
from events.tests.admin.test_imports import IMPORTS, editor, last, post, upload  # noqa: F401 - a fixture
from events.tests.factories import make_company
from events.tests.imports.files import TECH, tech, tech_row

pytestmark = pytest.mark.django_db

HEADER = ["Firm", "When", "Jobs gone", "Contact", "Desk"]
ROWS = [
    ["Acme", "03/04/2024", "120", "Jane Roe", "jane@acme.example"],
    ["Bolt", "05/04/2024", "several hundred", "Jack Roe", "555 010-1234"],
    ["Coil", "05/04/2024", "30", "", ""],
]
ANSWER = {
    "column_0": "company",
    "column_1": "announced_on",
    "order_1": "dmy",
    "column_2": "people",
    "all_country": "US",
}


def text_of(header, rows, separator=","):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def workbook_of(header, rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in [header, *rows]:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


# ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("make", [text_of, workbook_of])
def test_an_unknown_files_columns_are_shown_without_contacts_and_asked_for(editor, make):  # noqa: F811
    page = upload(editor, make(HEADER, ROWS), name="mine.xlsx")
    assert last().state == "failed"
    rows = {row.name: row for row in page.context["columns_form"].rows()}
    assert rows["Firm"].samples == ["Acme", "Bolt", "Coil"]
    assert "could be day/month or month/day (‘03/04/2024’)" in rows["When"].why_open
    assert rows["Jobs gone"].order is None
    assert rows["Contact"].field is rows["Desk"].field is None
    html = page.content.decode()
    assert "--map" not in html
    assert not any(word in html + str(last().seen) for word in ("Jane", "Jack", "jane@", "010-1234"))

    page = post(editor, "columns", **ANSWER)
    assert last().state == "previewed", last().error
    assert [row.outcome for row in page.context["rows"]] == ["new"] * 3
    post(editor, "confirm")
    acme = LayoffEvent.objects.get(company__name="Acme")
    assert (acme.announced_on.isoformat(), acme.people, acme.country) == ("2024-04-03", 120, "US")
    assert last().seen == []
    assert "Jane" not in str(list(ImportRow.objects.values()))


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"order_1": ""}, "column_1", "Say the order of its days"),
        ({"column_2": "company"}, "column_2", "‘company’ is filled twice"),
        ({"column_1": ""}, "__all__", "No column is said to be announced_on"),
        ({"all_stage": "whenever"}, "all_stage", "Select a valid choice. whenever"),
        ({"all_country": "Atlantis"}, "all_country", "Select a valid choice. Atlantis"),
        ({"column_2": "salary"}, "column_2", "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_mapping_stands_beside_its_column_and_nothing_typed_is_lost(editor, changed, field, says):  # noqa: F811
    upload(editor, text_of(HEADER, ROWS))
    page = post(editor, "columns", **{**ANSWER, "all_closure": "yes", **changed})
    form = page.context["columns_form"]
    assert says in str(form.errors[field])
    assert says in page.content.decode()
    assert form["all_closure"].value() == "yes"
    assert last().state == "failed"


def test_what_holds_of_all_rows_is_chosen_among_the_words_that_there_are(editor):  # noqa: F811
    page = upload(editor, text_of(HEADER, ROWS))
    html = page.content.decode()
    fields = page.context["columns_form"].of_all()
    assert [field.name for field in fields] == [
        "all_sector", "all_country", "all_place_basis", "all_stage", "all_permanence", "all_closure",
    ]  # fmt: skip
    assert '<option value="DE">Germany</option>' in html
    page = post(editor, "columns", **ANSWER)
    assert last().state == "previewed", last().error
    assert '<option value="US" selected>' in page.content.decode()
    # Each word that is offered is one that is read.
    for field in fields:
        for value, _words in field.field.choices:
            if value:
                name = field.name.removeprefix("all_")
                assert said_of_all(FIELDS[name], value) == value, (name, value)


def test_what_was_said_of_all_rows_in_other_words_is_the_choice_that_it_means(editor):  # noqa: F811
    said = "Firm=company\nWhen=announced_on:dmy\n=country:United States\n=stage:Filed"
    page = upload(editor, text_of(HEADER, ROWS), mapping=said)
    assert last().state == "previewed", last().error
    form = page.context["columns_form"]
    chosen = {field.name: dict(field.field.choices).get(field.value()) for field in form.of_all() if field.value()}
    assert {name: str(words) for name, words in chosen.items()} == {
        "all_country": "United States of America", "all_stage": "filed",
    }  # fmt: skip
    before = last().mapping
    post(editor, "columns", **form_of(page))
    assert last().mapping == before


def test_a_column_that_names_people_cannot_be_mapped_by_a_forged_form(editor):  # noqa: F811
    upload(editor, text_of(HEADER, ROWS))
    post(editor, "columns", **{**ANSWER, "column_3": "place", "column_4": "site"})
    assert last().columns == ["Firm", "When", "Jobs gone"]


def test_a_mapping_is_kept_for_the_next_file_with_the_same_header_and_can_be_changed(editor):  # noqa: F811
    upload(editor, text_of(HEADER, ROWS), name="march.csv")
    post(editor, "columns", **ANSWER)
    assert not SavedMapping.objects.exists()  # a preview vouches for nothing
    post(editor, "confirm")
    saved = SavedMapping.objects.get()
    assert (saved.name, saved.saved_by.username, saved.mapping[1]) == ("march.csv", "edith", "When=announced_on:dmy")

    turned = [[row[2], row[0], row[1], "", ""] for row in ROWS]
    page = upload(editor, text_of(["JOBS GONE", "Firm", "When", "Contact", "Desk"], turned), name="april.csv")
    assert last().state == "previewed", last().error
    assert any("read as those of ‘march.csv’ were" in remark for remark in last().remarks)
    form = page.context["columns_form"]
    assert (form["column_0"].value(), form["order_2"].value()) == ("people", "dmy")
    post(editor, "columns", column_1="company", column_2="announced_on", order_2="mdy", column_0="people")
    post(editor, "confirm")
    assert SavedMapping.objects.get().mapping == ["JOBS GONE=people", "Firm=company", "When=announced_on:mdy"]


def test_the_command_reads_as_was_saved_unless_it_is_told_otherwise(tmp_path, db):
    file = tmp_path / "march.csv"
    file.write_text(text_of(HEADER[:3], [row[:3] for row in ROWS]))
    with pytest.raises(ImportStopped, match="‘Firm’ \\(Acme\\)"):
        import_file(file)
    import_file(file, mapping=["Firm=company", "When=announced_on:dmy", "Jobs gone=people"])
    again = import_file(file, dry_run=True)
    assert again.same == 3
    assert any("read as those of ‘march.csv’ were" in line for line in again.lines())
    other = import_file(file, mapping=["Firm=company", "When=announced_on:mdy"], dry_run=True)
    assert not any("march.csv’ were" in line for line in other.lines())


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def near(editor):  # noqa: F811
    """An upload with two doubtful names, and a company that neither is near."""
    make_company("Salesforce")
    make_company("Microsoft")
    make_company("Zenith")
    return upload(editor, tech({"company": "SalesForces"}, {"company": "Microsofts"}, {"company": "SalesForces"}))


def answers(page, **by_name):
    """The fields of the page's form that say this of the names."""
    found = {}
    for row in page.context["names_form"].rows():
        if row.name in by_name:
            answer, _colon, other = by_name[row.name].partition(":")
            found |= {row.answer.html_name: answer, row.other.html_name: other}
    return found


def test_doubtful_names_are_asked_once_each_before_anything_is_confirmed(editor, near):  # noqa: F811
    asked = [(row.name, row.candidate.name) for row in near.context["names_form"].rows()]
    assert asked == [("SalesForces", "Salesforce"), ("Microsofts", "Microsoft")]
    page = post(editor, "confirm")
    assert "2 names of the file are near known companies" in page.content.decode()
    assert (last().state, LayoffEvent.objects.count()) == ("previewed", 0)

    page = post(editor, "names", **answers(near, SalesForces="same"))
    assert page.context["open_names"] == 1
    assert ("Company", "Salesforce") in page.context["rows"][0].becomes
    page = post(editor, "names", **answers(page, SalesForces="same", Microsofts="other:zenith"))
    assert page.context["open_names"] == 0
    post(editor, "confirm")
    assert last().state == "confirmed", last().error
    assert set(Alias.objects.values_list("name", "company__name")) == {
        ("SalesForces", "Salesforce"), ("Microsofts", "Zenith"),
    }  # fmt: skip
    assert Company.objects.count() == 3
    page = upload(editor, tech({"company": "SalesForces", "date": "5/1/2024"}), name="next.csv")
    assert page.context["names_form"] is None


def test_all_others_may_be_called_new_at_once(editor, near):  # noqa: F811
    post(editor, "names", **answers(near, Microsofts="same"), all_new="1")
    post(editor, "confirm")
    assert last().state == "confirmed", last().error
    assert set(Company.objects.values_list("name", flat=True)) == {"Salesforce", "Microsoft", "Zenith", "SalesForces"}


def test_many_doubtful_names_ask_the_database_no_more_than_few(editor, django_assert_max_num_queries):  # noqa: F811
    names = [letter * 6 for letter in "ABCDEFGHIJKLMNOP"]
    for name in names:
        make_company(f"{name} Works")
    upload(editor, tech(*({"company": f"{name} Workz"} for name in names)))
    with django_assert_max_num_queries(10):
        page = editor.get(f"{IMPORTS}{last().pk}/change/")
    assert len(page.context["names_form"].rows()) == len(names)


@pytest.mark.parametrize(("other", "says"), [("", "Write the name"), ("nobody", "no company with the address or name")])
def test_another_company_must_be_here(editor, near, other, says):  # noqa: F811
    page = post(editor, "names", **answers(near, SalesForces=f"other:{other}"))
    assert says in page.content.decode()
    assert batch_answers() == [None, None]


def test_an_answer_whose_company_is_gone_is_asked_for_again(editor, near):  # noqa: F811
    page = post(editor, "names", **answers(near, SalesForces="other:zenith", Microsofts="new"))
    Company.objects.filter(name="Zenith").delete()
    page = post(editor, "confirm")
    assert not LayoffEvent.objects.exists()
    assert "The desk changed since the preview" in page.content.decode()
    assert page.context["open_names"] == 1


def batch_answers():
    return [each["answer"] for each in ImportBatch.objects.latest("pk").doubtful]


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        ("list.tsv", lambda header, rows: text_of(header, rows, "\t").encode()),
        ("list.csv", lambda header, rows: text_of(header, rows).encode("utf-16")),
        ("list.csv", lambda header, rows: text_of(header, rows, ";").encode("cp1252")),
        ("list.xlsx", workbook_of),
    ],
)
def test_any_usual_file_goes_through_the_desk_and_hands_back_its_rejected_rows(editor, name, encode):  # noqa: F811
    rows = [tech_row("Société Générale"), tech_row("Nestlé", people="abc")]
    header = TECH.split(",")
    page = upload(editor, encode(header, [[row.get(column, "") for column in header] for row in rows]), name=name)
    assert [row.outcome for row in page.context["rows"]] == ["new", "rejected"], last().error
    page = post(editor, "confirm", set_aside="on")
    assert LayoffEvent.objects.get().company.name == "Société Générale"
    (row,) = csv.DictReader(io.StringIO(editor.get(page.context["rejected_url"]).content.decode()))
    assert (row["company"], row["total_laid_off"]) == ("Nestlé", "abc")
    assert row["rejected because"].startswith("total_laid_off: ‘abc’")
    assert f"{IMPORTS}{last().pk}/rejected.csv/" == page.context["rejected_url"]
