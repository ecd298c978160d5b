"""What the database itself refuses, whatever way a row takes into it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from events.models import Citation, Company, LayoffEvent, Ownership, Relation, Source
from events.tests.factories import make_company, make_event, make_note, make_source

pytestmark = pytest.mark.django_db


def refused(make, constraint):
    """`make` violates `constraint`, and leaves nothing behind."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make()


@pytest.mark.parametrize(
    ("figure", "constraint"),
    [
        ({"people_low": 900, "people_high": 200, "qualifier": "range"}, "people_low_lte_people_high"),
        ({"people_low": 10, "people": 5, "people_high": 20, "qualifier": "about"}, "people_low_lte_people"),
        ({"people_low": 1, "people": 30, "people_high": 20, "qualifier": "about"}, "people_lte_people_high"),
        ({"people": 500, "qualifier": "exact"}, "figure_form"),
        ({"people_low": 5, "people": 5, "people_high": 5, "qualifier": "none"}, "figure_form"),
        ({"people_low": 5, "people": 5, "people_high": 9, "qualifier": "at_least"}, "figure_form"),
        ({"people_low": 1, "people_high": 9, "qualifier": "up_to"}, "figure_form"),
    ],
)
def test_a_figure_that_contradicts_itself_is_refused(amazon, figure, constraint):
    refused(
        lambda: LayoffEvent.objects.create(
            company=amazon, title="x", announced_on=date(2024, 1, 1), people_basis="stated", **figure
        ),
        constraint,
    )


def test_a_figure_needs_a_basis(amazon):
    event = LayoffEvent(
        company=amazon,
        title="x",
        announced_on=date(2024, 1, 1),
        people_high=50,
        qualifier="up_to",
        people_basis="unknown",
    )
    refused(event.save, "figure_has_basis")
    with pytest.raises(ValidationError, match="A figure needs a basis"):
        event.full_clean()


def test_a_word_outside_its_choices_is_refused_by_the_database_too(amazon):
    event = make_event(amazon, 5)
    refused(lambda: LayoffEvent.objects.filter(pk=event.pk).update(stage="rumoured"), "stage_known")


def test_a_citation_has_exactly_one_subject(amazon):
    event, note = make_event(amazon), make_note()
    refused(lambda: Citation.objects.create(source=make_source()), "exactly_one_subject")
    refused(lambda: Citation.objects.create(source=make_source(), event=event, note=note), "exactly_one_subject")


@pytest.mark.parametrize(
    "same",
    [
        "https://www.paper.example/story?id=1&utm_source=x",
        "http://paper.example/story/?id=1#top",
        "https://m.paper.example:443/story?fbclid=abc&id=1",
    ],
)
def test_one_address_is_one_source_however_it_is_written(db, same):
    make_source("https://paper.example/story?id=1")
    refused(lambda: make_source(same), "source_url_once|url_normalised")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.example/x", "data:text/html,x", "//a.example", "memo"])
def test_a_source_is_a_web_page(db, url):
    refused(lambda: make_source(url), "source_url_is_web")
    with pytest.raises(ValidationError):
        Source(url=url, title="x", publisher="y").full_clean()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((None, None), (None, None)),
        ((date(2020, 1, 1), date(2021, 1, 1)), (date(2020, 12, 31), None)),
        ((date(2020, 1, 1), None), (date(2024, 1, 1), date(2024, 1, 2))),
    ],
)
def test_a_company_has_at_most_one_parent_a_day(db, first, second):
    child, a, b = make_company(), make_company(), make_company()
    Ownership.objects.create(company=child, parent=a, since=first[0], until=first[1])
    overlapping = Ownership(company=child, parent=b, since=second[0], until=second[1])
    refused(overlapping.save, "one_parent_a_day")
    with pytest.raises(ValidationError, match="another parent"):
        overlapping.full_clean()


def test_the_first_day_no_longer_owned_is_free_for_the_next_parent(db):
    child, a, b = make_company(), make_company(), make_company()
    Ownership.objects.create(company=child, parent=a, until=date(2021, 1, 1))
    following = Ownership(company=child, parent=b, since=date(2021, 1, 1))
    following.full_clean()
    following.save()
    refused(lambda: Ownership.objects.filter(pk=following.pk).update(since=date(2020, 12, 31)), "one_parent_a_day")
    Ownership.objects.filter(pk=following.pk).update(since=date(2022, 1, 1))


def test_the_rule_of_one_parent_survives_a_change_of_its_table(transactional_db):
    """SQLite's schema editor makes a table anew for most changes, which drops its triggers."""
    from django.db import models

    with connection.schema_editor() as editor:
        field = models.CharField(max_length=5, default="")
        field.set_attributes_from_name("remark")
        field.model = Ownership
        editor.add_field(Ownership, field)
        if connection.vendor == "sqlite":
            editor._remake_table(Ownership)
        else:
            editor.remove_field(Ownership, field)
    child, a = make_company(), make_company()
    Ownership.objects.create(company=child, parent=a)
    refused(lambda: Ownership.objects.create(company=child, parent=make_company()), "one_parent_a_day")


def test_nobody_owns_itself_through_others(db):
    a, b, c = make_company(), make_company(), make_company()
    Ownership.objects.create(company=a, parent=b)
    Ownership.objects.create(company=b, parent=c)
    with pytest.raises(ValidationError, match="its own owner"):
        Ownership(company=c, parent=a).full_clean()


def test_owners_of_different_times_make_no_circle(db):
    a, b = make_company(), make_company()
    Ownership.objects.create(company=a, parent=b, until=date(2020, 1, 1))
    Ownership(company=b, parent=a, since=date(2020, 1, 1)).full_clean()


def test_an_event_is_part_of_one_other_and_replaced_by_one(amazon):
    a, b, c = (make_event(amazon, n) for n in (1, 2, 3))
    Relation.objects.create(event=a, kind="part_of", other=b)
    refused(lambda: Relation.objects.create(event=a, kind="part_of", other=c), "one_whole|event_id")
    Relation.objects.create(event=b, kind="replaces", other=c)
    refused(lambda: Relation.objects.create(event=a, kind="replaces", other=c), "one_replacement|other_id")
    refused(lambda: Relation.objects.create(event=a, kind="updates", other=a), "not_to_itself")


def test_part_of_and_replaces_together_make_no_circle(amazon):
    a, b, c = (make_event(amazon, n) for n in (1, 2, 3))
    Relation.objects.create(event=a, kind="part_of", other=b)
    Relation.objects.create(event=b, kind="replaces", other=c)
    with pytest.raises(ValidationError, match="lead back"):
        Relation(event=c, kind="part_of", other=a).full_clean()


def test_two_spellings_of_a_name_are_one_company(db):
    make_company("Acme, Inc.")
    refused(lambda: make_company(" ACMÉ  inc"), "company_one_name|match_key")
    assert Company.objects.count() == 1


def test_a_public_claim_has_its_quote_in_the_public_record(amazon):
    from events.models import EventEdition
    from events.tests.factories import published

    event = published(amazon, 5)
    refused(lambda: EventEdition.objects.filter(record_id=event.pk).update(ai_link="stated"), "claim_has_quote")
