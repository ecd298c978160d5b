"""Companies, owners and sources: what follows for readers when they change."""

import pytest

from events.models import Alias, Company, EventEdition, HeadcountEdition, OldSlug, Ownership, Source
from events.publishing import check_record
from events.tests.admin.browsing import change, errors_of, said
from events.tests.factories import make_company, make_event, make_source, published, published_headcount, published_note

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_public_record_holds():
    yield
    assert check_record() == []


def listed_under(event):
    """The companies that readers find the event under."""
    edition = EventEdition.objects.known_on(None).get(record_id=event.pk)
    return set(edition.company_index.values_list("company__name", flat=True))


# ── Sources ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "ftp://a.example/x"])
def test_an_address_that_is_no_web_address_is_refused(desk, url):
    for field in ("url", "archived_url"):
        typed = {"url": "https://a.example/", "title": "x", "publisher": "y", field: url}
        response = desk.save("/admin/events/source/add/", **typed)
        assert errors_of(response)[field] == ["A source's address begins with http:// or https://."]
    assert not Source.objects.exists()


def test_an_address_that_is_a_source_already_is_refused_however_it_is_written(desk):
    make_source("https://www.news.example/a/?utm_source=x")
    typed = {"url": "http://news.example/a", "title": "x", "publisher": "y"}
    response = desk.save("/admin/events/source/add/", **typed)
    assert errors_of(response) == {"url": ["There is a source of this address already."]}


def test_a_changed_source_is_written_into_the_editions_that_cite_it(desk, google):
    event = published(google, 100)
    source = event.citations.get().source
    response = desk.save(change(source), title="The report", published_on="2024-01")
    assert "Editions written for records that cite this source: 1." in said(response)
    citation = EventEdition.objects.known_on(None).get().document.body["citations"][0]
    assert (citation["title"], citation["published_on"]) == ("The report", "2024-01")


# ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_company_is_entered_with_aliases_and_owner(desk, alphabet):
    rows = {
        "aliases__0__name": "DeepMind Technologies", "owners__0__parent": alphabet.pk, "owners__0__since": "2014-01-26",
    }  # fmt: skip
    desk.save("/admin/events/company/add/", name="DeepMind", **rows)
    company = Company.objects.get(name="DeepMind")
    assert (company.slug, company.search_text) == ("deepmind", "deepmind deepmind technologies")
    assert str(Ownership.objects.get(company=company).since) == "2014-01-26"


def test_a_renamed_company_keeps_its_address_until_that_is_changed(desk, google):
    published_headcount(google)
    desk.save(change(google), name="Google Holdings")
    google.refresh_from_db()
    assert (google.name, google.slug) == ("Google Holdings", "google")
    assert HeadcountEdition.objects.known_on(None).get().title.startswith("Google Holdings")
    desk.save(change(google), slug="google-holdings")
    assert OldSlug.objects.get().company == google
    desk.save(change(google), slug="google")
    assert OldSlug.objects.get().slug == "google-holdings"


def test_an_address_that_redirects_to_another_company_is_refused(desk, google, amazon):
    OldSlug.objects.create(slug="shop", company=amazon)
    assert "redirects to Amazon for ever" in errors_of(desk.save(change(google), slug="shop"))["slug"][0]


def test_two_companies_of_one_name_and_an_alias_twice_are_refused(desk, google, amazon):
    response = desk.save("/admin/events/company/add/", name="Google, Inc.")
    assert "There is a company of this name already" in errors_of(response)["name"][0]
    Alias.objects.create(company=google, name="Big G")
    response = desk.save(change(amazon), rows=[("aliases", {"name": "BIG G"})])
    assert errors_of(response) == {"name": ["Another company has this alias already."]}
    response = desk.save(change(amazon), rows=[("aliases", {"name": "AWS"}), ("aliases", {"name": "aws"})])
    assert errors_of(response) == {"": ["This alias is given twice."]}


# ── Ownership ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_owner_entered_lists_the_companys_events_under_it(desk, google, amazon, alphabet):
    company = make_company("Fitbit")
    event = published(company, 100, announced_on="2024-01-10")
    note = published_note([(company, "maker")])
    desk.save(change(company), rows=[("owners", {"parent": google.pk, "since": "2021-01-14"})])
    assert listed_under(event) == {"Fitbit", "Google", "Alphabet"}
    desk.save(change(company), owners__0__until="2023-01-01")
    assert listed_under(event) == {"Fitbit"}
    assert note.state == "published"


def test_an_owner_changed_or_taken_away_is_followed(desk, twitch, google):
    event = published(twitch, 100)
    desk.save(change(twitch), owners__0__parent=google.pk)
    assert listed_under(event) == {"Twitch", "Google", "Alphabet"}
    desk.save(change(twitch), owners__0__DELETE="on")
    assert listed_under(event) == {"Twitch"}


def test_two_parents_on_one_day_are_refused(desk, google, amazon, twitch):
    response = desk.save(change(twitch), rows=[("owners", {"parent": google.pk, "since": "2020-01-01"})])
    assert "The company has another parent on some of these days" in errors_of(response)[""][0]
    assert Ownership.objects.filter(company=twitch).count() == 1


def test_a_company_is_sold_in_one_save(desk, google, amazon, twitch):
    row = ("owners", {"parent": google.pk, "since": "2020-01-01"})
    desk.save(change(twitch), rows=[row], owners__0__until="2020-01-01")
    assert Ownership.objects.filter(company=twitch).count() == 2


def test_the_day_between_two_owners_moves_both_ways_in_one_save(desk, google, amazon):
    company = make_company("Fitbit", parent=amazon, until="2020-01-01")
    Ownership.objects.create(company=company, parent=google, since="2020-01-01")
    rows = {row.parent_id: number for number, row in enumerate(company.owners.all())}
    for day in ("2021-01-01", "2019-01-01"):
        typed = {f"owners__{rows[amazon.pk]}__until": day, f"owners__{rows[google.pk]}__since": day}
        assert "was changed" in said(desk.save(change(company), **typed))
        assert str(Ownership.objects.get(parent=google).since) == day


def test_owners_in_a_circle_or_in_the_wrong_order_are_refused(desk, google, alphabet):
    response = desk.save(change(alphabet), rows=[("owners", {"parent": google.pk})])
    assert "its own owner" in errors_of(response)[""][0]
    response = desk.save(change(google), owners__0__since="2020-01-01", owners__0__until="2019-01-01")
    assert "“Until” must lie after “since”." in errors_of(response)[""]
    response = desk.save(change(google), owners__0__parent=google.pk)
    assert {"A company cannot own itself."} <= set(errors_of(response)[""])


def test_a_day_is_written_as_files_write_it(desk, google):
    response = desk.save(change(google), owners__0__since="03/04/2020")
    assert errors_of(response)["since"] == ["Write the day as 2024-01-31: year, month, day."]


def test_a_merge_and_its_taking_back_are_followed(desk, google, amazon, alphabet):
    company = make_company("Googol")
    event = published(company, 100)
    desk.save(change(company), merged_into=google.pk)
    assert listed_under(event) == {"Google", "Alphabet"}
    assert "in a circle" in errors_of(desk.save(change(google), merged_into=company.pk))["merged_into"][0]
    desk.save(change(company), merged_into="")
    assert listed_under(event) == {"Googol"}


def test_a_company_that_readers_know_is_not_deleted(desk, google, alphabet):
    published(google, 100)
    response = desk.client.post(f"/admin/events/company/{google.pk}/delete/", {"post": "yes"}, follow=True)
    assert "is on pages that readers see" in said(response)
    assert Company.objects.filter(pk=google.pk).exists()


def test_what_a_company_owned_and_what_cites_a_source_is_shown_on_their_pages(desk, google):
    fitbit = make_company("Fitbit")
    Ownership.objects.create(company=fitbit, parent=google, since="2021-01-14")
    assert inline_rows(desk.open(change(google)), "what it owned") == [fitbit.pk]
    event = make_event(fitbit, 10)
    source = event.citations.get().source
    assert inline_rows(desk.open(change(source)), "cited by", "event_id") == [event.pk]


def inline_rows(response, heading, name="company_id"):
    (shown,) = [f for f in response.context["inline_admin_formsets"] if heading in str(f.opts.verbose_name_plural)]
    return [getattr(row, name) for row in shown.formset.queryset]
