"""The desk's first screen: every number is that of the list behind it, whoever looks."""

import itertools
from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from events import publishing
from events.admin.needs import in_conflict, money_in_no_sum
from events.imports.starter import ORIGIN
from events.models import (
    AiNote,
    Citation,
    ImportBatch,
    LayoffEvent,
    LinkCheck,
)
from events.tests.admin.browsing import Desk
from events.tests.factories import (
    figure,
    make_company,
    make_event,
    make_note,
    make_pair,
    make_source,
    make_tip,
    published,
    published_headcount,
    published_note,
    published_total,
)

pytestmark = pytest.mark.django_db


def cite(event, people, **fields):
    return Citation.objects.create(event=event, source=make_source(), **figure(people), **fields)


def copy(record, **fields):
    """A draft with the facts of `record`."""
    facts = {f.name: getattr(record, f.name) for f in record._meta.concrete_fields if f.name not in ("id", "state")}
    return type(record).objects.create(**facts | fields)


@pytest.fixture
def work(google, amazon, admin_user):
    """What waits for a hand, beside what does not."""
    make_tip()
    make_tip(state="dismissed", handled_at=timezone.now())
    make_event(google, 100, announced_on="2010-01-10", state="in_review")
    make_event(google, 100, announced_on="2012-01-10", cited=False)
    make_event(google, 100, announced_on="2013-01-10", cited=False, state="rejected")
    gone = published(google, 100, announced_on="2014-01-10")
    publishing.withdraw(gone, "Never so.")
    published_note([(google, "investor")], plan_or_actual="plan", amount_millions=5, currency="USD")
    make_note(cited=False, state="in_review")
    make_note(cited=False, state="rejected", amount_millions=5, currency="USD")
    copy(published_total(), state="in_review")
    copy(published_headcount(google))
    # Two reports with different figures: of a draft, and of an event that readers see.
    draft = make_event(amazon, 500, announced_on="2010-01-10", origin=ORIGIN, origin_key="1")
    public = published(amazon, 500, announced_on="2016-01-10")
    for event in (draft, public):
        cite(event, 500)
        cite(event, 600)
    employer = make_company("Twitch")
    make_pair(make_event(employer, 40, announced_on="2014-01-10"), make_event(employer, 40, announced_on="2014-01-11"))
    filed = make_event(employer, 70, announced_on="2016-02-01", stage="filed")
    make_pair(make_event(employer, 70, announced_on="2016-01-20"), filed)
    source = make_source()
    LinkCheck.note(source, timezone.now(), status="gone", final_url="")
    publishing.link_checked(source)
    LinkCheck.note(make_source(), timezone.now(), status="moved", final_url=f"{make_source().url}?utm_source=x")
    for state in ("previewed", "failed", "uploaded"):
        ImportBatch.objects.create(file_name="list.csv", sha256="0" * 64, size=1, state=state, uploaded_by=admin_user)


@pytest.fixture
def at_desk(client, django_user_model):
    """A desk with somebody of a role at it."""

    def at_desk(role):
        user = django_user_model.objects.create_user(role.lower(), is_staff=True)
        if role != "Nobody":
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return Desk(client)

    return at_desk


def numbers_of(response):
    context = response.context
    yield from (*context["errands"], *context["done"], *context["others"])
    for holding in context["holdings"]:
        yield from (*holding.states, holding.all, holding.starter)


ONES = {
    "tips": 1, "events_in_review": 1, "notes_in_review": 1, "totals_in_review": 1, "headcounts_in_review": 0,
    "events_unsourced": 1, "notes_unsourced": 1, "totals_unsourced": 1, "headcounts_unsourced": 1, "conflicts": 2,
    "duplicates": 1, "filings": 1, "money": 1, "dead_links": 1, "same_sources": 1,
    "imports": 1, "imports_uploaded": 1, "imports_failed": 1,
}  # fmt: skip
ENTERS = {"tips", "events_unsourced", "notes_unsourced", "totals_unsourced", "headcounts_unsourced", "conflicts",
          "duplicates", "filings", "money"}  # fmt: skip
MAY = {"Nobody": set(), "Contributor": ENTERS, "Editor": set(ONES), "Administrator": set(ONES)}


@pytest.mark.parametrize("role", MAY)
def test_each_number_is_that_of_its_list_for_every_role(work, at_desk, role):
    desk = at_desk(role)
    screen = desk.open("/admin/")
    html = screen.content.decode()
    numbers = list(numbers_of(screen))
    for number in numbers:
        listed = desk.open(number.address).context["cl"].queryset
        assert number.count == listed.count(), (number.name, [str(row) for row in listed])
        assert number.address.replace("&", "&amp;") in html
    counts = {number.name: number.count for number in numbers}
    shown = {name: counts[name] for name in ONES if name in counts}
    # Readers' events are not a contributor's to mend, nor is a public note.
    lacks = {"conflicts": 1, "money": 0} if role == "Contributor" else {}
    assert shown == {name: n for name, n in (ONES | lacks).items() if name in MAY[role]}
    if role != "Nobody":
        assert counts["layoffevent_withdrawn"] == counts["layoffevent_starter"] == counts["layoffevent_in_review"] == 1
        assert counts["layoffevent_all"] == LayoffEvent.objects.count()


def test_what_is_done_is_said_quietly(desk):
    screen = desk.open("/admin/")
    assert screen.context["errands"] == []
    assert {one.name for one in screen.context["done"]} == set(ONES)
    assert "Nothing waits here:" in screen.content.decode()


def test_the_screen_asks_as_often_for_much_as_for_little(work, desk, django_assert_max_num_queries, google):
    for year in range(8):
        cite(make_event(google, 5, announced_on=f"19{10 + year}-01-01"), 6)
        make_note(cited=False)
        make_tip()
    desk.open("/admin/")
    with django_assert_max_num_queries(28):
        desk.open("/admin/")


@pytest.mark.parametrize(
    ("own", "cited", "conflict"),
    [
        # (figure of a citation, whether it is used, why)
        (500, [(500, False, ""), (500, False, "")], False),
        (500, [(500, False, ""), (None, False, "")], False),
        (500, [(500, False, ""), (600, False, "")], True),
        (500, [(500, False, ""), (("at_least", 500), False, "")], True),
        ((200, None, 900), [((200, None, 900), False, ""), ((200, 500, 900), False, "")], True),
        (("up_to", 50), [(("up_to", 50), False, ""), (("up_to", 60), False, "")], True),
        (500, [(500, True, ""), (600, False, "")], False),
        (600, [(500, True, ""), (600, False, "")], True),
        (600, [(500, True, "The company's own count."), (600, False, "")], False),
        (("at_least", 500), [(500, True, "")], True),
        (None, [(500, True, "")], True),
        # A used citation without a figure settles nothing.
        (500, [(None, True, ""), (500, False, ""), (600, False, "")], True),
        (500, [(None, True, "")], False),
        (500, [], False),
    ],
)
def test_figures_are_in_conflict_until_one_is_used_and_a_difference_is_explained(google, own, cited, conflict):
    event = make_event(google, own, cited=False)
    cite(make_event(google, 7), 8)
    for people, chosen, why in cited:
        cite(event, people, chosen=chosen, chosen_because=why)
    assert list(in_conflict(LayoffEvent.objects.all())) == ([event] if conflict else [])


def test_the_list_of_money_that_counts_in_no_sum_holds_what_publishing_remarks(db):
    period = {"period_from": date(2024, 1, 1), "period_until": date(2024, 12, 31)}
    amounts = ({}, {"amount_high_millions": 5, "currency": "EUR"}, {"amount_usd_low_millions": 5})
    for amount, dated, plan in itertools.product(amounts, ({}, period), ("unknown", "plan", "actual")):
        make_note(cited=False, plan_or_actual=plan, **amount, **dated)
    remarked = {note.pk for note in AiNote.objects.all() if publishing.remarks(note)}
    assert set(money_in_no_sum(AiNote.objects.all()).values_list("pk", flat=True)) == remarked
    assert len(remarked) == 10  # of 6 without dollars all, of 6 with dollars the 4 without period or plan/actual


def test_a_word_that_the_list_does_not_know_is_no_wider_list(desk, google):
    make_event(google, 5)
    for model, needs in (("layoffevent", "money"), ("ainote", "figure"), ("headcount", "x")):
        response = desk.client.get(f"/admin/events/{model}/?needs={needs}")
        assert (response.status_code, response.headers["Location"]) == (302, f"/admin/events/{model}/?e=1")


def test_the_first_screen_is_for_who_is_logged_in(client, db):
    assert client.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
