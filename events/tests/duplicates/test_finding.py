"""Which two events are offered as one, and which are not."""

from datetime import date

import pytest

from events.duplicates import beside, look_again
from events.duplicates.finding import NEIGHBOURS
from events.duplicates.storing import compare
from events.models import Citation, DuplicatePair, LayoffEvent, OwnershipTree, Relation, Unit
from events.tests.factories import figure, make_company, make_event, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    return make_company("Acme", country="US")


def offered(*events):
    """Whether the two events wait for an answer after all were compared."""
    look_again()
    low, high = sorted(event.pk for event in events)
    return DuplicatePair.objects.open().filter(low=low, high=high).exists()


def test_one_notice_in_two_lists_slightly_different_is_offered(acme):
    # cases.md, row 1: Acme, 3 February 2020, 120; then Acme Inc., the same day, 122.
    filed = {"announced_on": "2020-02-03", "stage": "filed", "place": "Springfield", "place_basis": "jobs"}
    assert offered(make_event(acme, 120, **filed), make_event(acme, 122, **filed))
    cut = {"announced_on": "2020-02-03"}
    assert offered(make_event(acme, 120, **cut), make_event(acme, 122, **cut))


def test_a_nationwide_filing_and_one_states_part_of_it_are_offered(acme):
    # cases.md, row 2: Ohio files 300, Texas the nation's 18,000.
    filed = {"announced_on": "2020-02-03", "stage": "filed", "place_basis": "jobs"}
    nation, ohio = make_event(acme, 18000, place="", **filed), make_event(acme, 300, place="Ohio", **filed)
    assert offered(nation, ohio)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"announced_on": "2024-01-10"}, {"announced_on": "2024-06-10"}),
        ({"announced_on": "2024-01-10", "people": 50}, {"announced_on": "2024-02-20", "people": 700}),
        ({"stage": "signalled"}, {"stage": "announced"}),
        ({"stage": "called_off"}, {"stage": "announced"}),
        ({"state": "rejected"}, {}),
        (
            {"stage": "filed", "place": "Fresno, California", "place_basis": "jobs", "people": 90},
            {"stage": "filed", "place": "Oakland, California", "place_basis": "jobs", "people": 90},
        ),
    ],
)
def test_what_cannot_be_one_is_not_offered(acme, one, other):
    assert not offered(make_event(acme, **{"people": 120, **one}), make_event(acme, **{"people": 120, **other}))


def test_companies_of_one_group_are_compared_on_the_days_they_were_one(acme):
    day = {"announced_on": "2024-01-10"}
    own = make_event(acme, 100, **day)
    bought = make_company("Bought", parent=acme, since=date(2023, 1, 1))
    sold = make_company("Sold", parent=acme, until=date(2024, 1, 1))
    assert offered(own, make_event(bought, 100, **day))
    assert not offered(own, make_event(sold, 100, **day))
    assert not offered(own, make_event(make_company(), 100, **day))


def test_a_date_known_to_the_month_is_near_every_day_of_it(acme):
    assert offered(make_event(acme, 120, announced_on="2024-01"), make_event(acme, 120, announced_on="2024-01-31"))
    assert offered(make_event(acme, 80, announced_on="2023"), make_event(acme, 80, announced_on="2023-12-30"))


def test_a_filing_is_shown_beside_the_cut_that_it_may_belong_to(acme):
    cut = make_event(acme, 1000, announced_on="2024-01-10")
    filing = make_event(acme, 90, announced_on="2024-01-20", stage="filed", place="Fresno", place_basis="jobs")
    larger = make_event(acme, 1500, announced_on="2024-01-20", stage="filed", place="Fresno", place_basis="jobs")
    assert offered(cut, filing)
    assert DuplicatePair.objects.get(low=cut, high=filing).pairing == "beside_cut"
    assert not offered(cut, larger)


def test_a_link_that_both_cite_speaks_for_one_and_a_list_that_all_cite_does_not(acme):
    far = {"announced_on": "2024-01-10", "cited": False}, {"announced_on": "2024-01-18", "cited": False}
    one, other = make_event(acme, 100, **far[0]), make_event(acme, 130, **far[1])
    story = make_source("https://www.paper.example/acme?utm_source=x")
    for event in (one, other):
        Citation.objects.create(event=event, source=story)

    def score():
        [found] = [
            found for ids, found in compare(LayoffEvent.objects.all(), OwnershipTree.load())
            if ids == (one.pk, other.pk)
        ]  # fmt: skip
        return found.link

    assert score() == "same"
    for _ in range(10):
        Citation.objects.create(event=make_event(), source=story)
    assert score() == ""


def test_words_units_and_shares_are_compared(acme):
    told = "Assistant teams dissolved after reorganisation of hardware"
    one = make_event(acme, None, title=f"Acme: {told}", share_percent=6)
    other = make_event(acme, None, title=f"{told}, says chief", share_percent=6)
    for event in (one, other):
        Unit.objects.create(event=event, name="Pixel")
    [(_ids, found)] = compare(LayoffEvent.objects.all(), OwnershipTree.load())
    assert (found.words, found.units, found.share, found.figure) == ("alike", "shared", "same", "none")


def test_what_is_tied_replaced_or_answered_is_not_asked_again(acme):
    one, other, third = (published(acme, 120) for _ in range(3))
    assert offered(one, other)
    DuplicatePair.objects.filter(low=one, high=other).update(decision="different", decided_at="2024-01-10T00:00Z")
    assert not offered(one, other)
    assert DuplicatePair.objects.get(low=one, high=other).decision == "different"
    assert offered(one, third)
    Relation.objects.create(event=third, kind="updates", other=one)
    assert not DuplicatePair.objects.open().of(one.pk).exists()
    assert not offered(one, third)
    Relation.objects.create(event=third, kind="replaces", other=other)
    assert not offered(other, third)


def test_a_pair_is_forgotten_when_it_is_likely_no_more(acme):
    one, other = make_event(acme, 120), make_event(acme, 120)
    assert offered(one, other)
    LayoffEvent.objects.filter(pk=other.pk).update(announced_on="2020-01-01")
    assert look_again([other.pk]) == 0
    assert not DuplicatePair.objects.exists()


def test_a_look_at_one_event_finds_what_a_look_at_all_finds(acme):
    own = [make_event(acme, n, announced_on=day) for n in (100, 105, 300) for day in ("2024-01-10", "2024-01", "2023")]
    child = make_company("Child", parent=acme)
    make_event(child, 100)
    look_again()
    whole = set(DuplicatePair.objects.values_list("low", "high", "score"))
    assert whole
    DuplicatePair.objects.all().delete()
    for event in own:
        look_again([event.pk])
    assert set(DuplicatePair.objects.values_list("low", "high", "score")) == whole


def test_the_first_and_the_last_day_of_the_calendar_are_compared_too(acme):
    for day in ("0001-01-01", "9999-12-31"):
        look_again([make_event(acme, 5, announced_on=day).pk])
    assert not DuplicatePair.objects.exists()


def many(company, count):
    LayoffEvent.objects.bulk_create(
        LayoffEvent(company=company, title=f"{n}", announced_on="2024-01-10", **figure(n)) for n in range(count)
    )


def test_so_many_events_of_one_company_and_day_stay_within_bounds(acme, django_assert_max_num_queries):
    many(acme, 1500)
    with django_assert_max_num_queries(260):
        found = list(compare(LayoffEvent.objects.all(), OwnershipTree.load()))
    assert len(found) <= 1500 * NEIGHBOURS


def test_the_number_of_queries_grows_by_hundreds_of_events_and_not_by_events(acme, django_assert_max_num_queries):
    companies = [make_company() for _ in range(40)]
    for company in companies:
        make_event(company, 100)
        make_event(company, 100)
    with django_assert_max_num_queries(16):
        assert look_again() == 40
    with django_assert_max_num_queries(16):
        assert look_again() == 40
    with django_assert_max_num_queries(16):
        assert look_again([LayoffEvent.objects.first().pk]) == 1


def test_of_several_the_one_of_the_same_company_is_named_first(acme):
    owned = make_company("Beta", parent=acme)
    of_group = make_event(acme, 500, announced_on="2024-01-10")
    of_company = make_event(owned, 490, announced_on="2024-01-09")
    new = make_event(owned, 500, announced_on="2024-01-10")
    look_again()
    scores = {pair.beside(new.pk).pk: pair.score for pair in DuplicatePair.objects.of(new.pk)}
    assert scores[of_group.pk] > scores[of_company.pk]
    assert beside([new.pk]) == {new.pk: (of_company.pk, scores[of_company.pk])}
    assert beside([new.pk], told_apart=[of_company.pk]) == {new.pk: (of_group.pk, scores[of_group.pk])}
