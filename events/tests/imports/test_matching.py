"""Names of a file that are nearly a company's: listed, asked once, never taken for it in silence."""

import pytest
from django.core.management import CommandError

from events.models import Alias, Company, LayoffEvent
from events.tests.factories import make_company
from events.tests.imports.files import tech
from events.tests.imports.test_command import run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("here", "name", "near"),
    [
        ("Google", "Goggle", False),  # five of six letters: 83
        ("Salesforce", "SalesForces", True),
        ("Hewlett Packard", "Hewlett-Pakard", True),
        ("Store 123 of Acme", "Store 124 of Acme", False),
        ("Meta", "Beta", False),
        ("Bolt", "Bolts", False),
        ("Amazon", "Amazon Web Services", False),
    ],
)
def test_a_near_name_is_a_company_of_its_own_and_listed(load, here, name, near):
    make_company(here)
    report = load(tech({"company": name}))
    assert LayoffEvent.objects.get().company.name == name
    assert [(each.name, each.candidate.name) for each in report.doubtful] == ([(name, here)] if near else [])
    assert any("near a known one" in line for line in report.lines()) == near


def test_an_answer_is_kept_as_an_alias_and_nobody_is_asked_again(load):
    company = make_company("Salesforce")
    report = load(tech({"company": "SalesForces"}), companies={"SalesForces": company})
    assert (report.companies_made, report.companies_matched, report.doubtful) == (0, 1, [])
    assert Alias.objects.get().company == company
    assert "salesforces" in Company.objects.get().search_text
    assert load(tech({"company": "salesforces inc", "date": "5/1/2024"})).doubtful == []
    assert Company.objects.count() == 1


def test_new_is_an_answer_too(load):
    make_company("Salesforce")
    report = load(tech({"company": "SalesForces"}), companies={"SalesForces": "new"})
    assert (report.companies_made, report.doubtful) == (1, [])


def test_a_dry_run_lists_the_doubtful_and_keeps_no_alias(load):
    company = make_company("Salesforce")
    (doubt,) = load(tech({"company": "SalesForces"}), dry_run=True).doubtful
    assert (doubt.name, doubt.candidate.name, doubt.score) == ("SalesForces", "Salesforce", 95)
    load(tech({"company": "SalesForces"}), dry_run=True, companies={"SalesForces": company})
    assert not Alias.objects.exists()


def test_the_command_takes_answers(put):
    make_company("Salesforce")
    path = put(tech({"company": "SalesForces"}))
    with pytest.raises(CommandError, match="the address of a company here"):
        run(path, "--company", "SalesForces=nobody")
    report, _progress = run(path, "--company", "SalesForces=salesforce")
    assert "Companies: 0 made, 1 matched." in report
