"""Files of AI models: notes with their makers, the estimate in no sum."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from events.imports.engine import ImportStopped, import_file
from events.models import AiNote, Citation, Company, NoteCompany, NoteEdition
from events.publishing import check_record
from events.tests.factories import make_company
from events.tests.imports.files import as_csv

pytestmark = pytest.mark.django_db

HEADER = "Model,Authors,Link,Publication date,Organization,Country (of organization),Training compute cost (cloud)"


def models(*rows):
    plain = {"Model": "Big One", "Authors": "Jane Roe", "Link": "https://maker.example/big\n\nhttps://paper.example/a ",
             "Publication date": "2024-03-14", "Organization": "Acme,Acme Labs"}  # fmt: skip
    return as_csv(HEADER, [plain | row for row in rows])


def counts(report):
    return report.new, report.same, report.changed, len(report.rejected)


def test_a_model_becomes_a_note_with_its_makers_and_sources(load):
    labs = make_company("Acme Labs")
    report = load(models({"Training compute cost (cloud)": "849737163.9529365"}))
    note = AiNote.objects.get()
    assert (counts(report), report.companies_made, report.companies_matched) == ((1, 0, 0, 0), 1, 1)
    assert (note.kind, note.state, note.dated_on) == ("model", "draft", date(2024, 3, 14))
    assert note.title == "Big One, a large AI model by Acme, Acme Labs"
    assert set(note.companies.values_list("company__name", "role")) == {("Acme", "maker"), (labs.name, "maker")}
    assert (note.amount_usd_millions, note.currency, note.plan_or_actual) == (Decimal("849.737"), "USD", "unknown")
    assert "estimated: 849,737,164 US dollars" in note.amount_wording
    cited = set(note.citations.values_list("source__url", "source__publisher"))
    assert cited == {
        ("https://maker.example/big", "maker.example"),
        ("https://paper.example/a", "paper.example"),
        ("", "Epoch AI, CC BY 4.0 (imported file)"),
    }
    kept = [list(model.objects.values()) for model in (AiNote, Company, Citation)]
    assert "Jane" not in str(kept)


def test_published_the_estimate_is_in_no_sum(load, client):
    report = load(models({"Training compute cost (cloud)": "849737163.95"}, {"Model": "Other"}), publish=True)
    assert report.published == NoteEdition.objects.count() == 2
    file = b"".join(client.get("/ai.csv").streaming_content).decode()
    assert [row["money_counts"] for row in csv.DictReader(io.StringIO(file))] == ["false", "false"]
    assert check_record() == []


def test_the_same_file_again_changes_nothing_and_publishes_drafts_when_asked(load):
    load(models({}, {"Model": "Other"}))
    history = AiNote.history.count()
    assert counts(load(models({}, {"Model": "Other"}))) == (0, 2, 0, 0)
    assert AiNote.history.count() == history
    assert load(models({}, {"Model": "Other"}), publish=True).published == 2


def test_a_changed_row_corrects_the_note_and_never_an_editors_words(load):
    load(models({}), publish=True)
    report = load(models({"Publication date": "2024-03-15"}))
    note = AiNote.objects.get()
    assert (counts(report), report.corrected, note.dated_on) == ((0, 0, 1, 0), 1, date(2024, 3, 15))
    note.title = "Another title"
    note.save()
    with pytest.raises(ImportStopped, match="edited here since: note .* title is ‘Another title’ here"):
        load(models({"Publication date": "2024-03-16"}))


def test_two_names_of_one_company_are_one_maker(load):
    make_company("Acme", aliases=["Acme Labs"])
    load(models({}))
    assert NoteCompany.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"Model": ""}, "needs a name"),
        ({"Training compute cost (cloud)": "-5"}, "no amount of US dollars"),
        ({"Training compute cost (cloud)": "1e9"}, "no amount of US dollars"),
        ({"Publication date": "soon"}, "is no day"),
    ],
)
def test_a_row_that_is_wrong_is_named(load, row, says):
    with pytest.raises(ImportStopped, match=says):
        load(models(row))


def test_the_real_file_becomes_notes(data_dir, db):
    report = import_file(data_dir / "ai_models_large_scale.csv", publish=True)
    assert (report.rows, *counts(report), report.published) == (473, 473, 0, 0, 0, 473)
    # csv module: 13 rows with a cost at cloud prices, together 1,462.1585 million; each is rounded.
    money = AiNote.objects.exclude(amount_usd_millions=None)
    assert money.count() == 13
    assert money.aggregate(sum=Sum("amount_usd_millions"))["sum"] == Decimal("1462.158")
    assert AiNote.objects.filter(dated_on__year=2024).count() == 168
