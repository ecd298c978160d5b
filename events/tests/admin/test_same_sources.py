"""A shortened link and its page are one source, whichever was entered first."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Citation, EventEdition, LayoffEvent, LinkCheck, Source
from events.models.link import leading_elsewhere, sources_at
from events.models.source import normalised_url
from events.publishing import check_record, publish
from events.tests.admin.browsing import act, add_row, change, errors_of, form_of, said
from events.tests.factories import make_event, make_source, make_tip

pytestmark = pytest.mark.django_db
SHORT, LONG = "https://short.example/abc", "https://paper.example/news/google"
ADD = "/admin/events/source/add/"


def leads(source, url, status="moved"):
    return LinkCheck.note(source, datetime(2024, 1, 20, tzinfo=UTC), status=status, http_status=301, final_url=url)


@pytest.fixture
def page():
    return make_source(url=LONG, title="Google cuts")


@pytest.fixture
def short(page):
    """A shortened link, entered after its page, before anybody looked where it leads."""
    source = make_source(url=SHORT, title="A post")
    leads(source, f"http://www.{LONG.removeprefix('https://')}/?utm_source=s")
    return source


@pytest.fixture
def cited(google, page, short):
    """Public events that cite the one and the other."""
    events = [make_event(google, 100, announced_on=f"{year}-01-10", cited=False) for year in (2010, 2015)]
    for event, source in zip(events, (page, short), strict=True):
        Citation.objects.create(event=event, source=source)
        publish(event)
    return events


def urls_of(event):
    body = EventEdition.objects.for_record(event.pk).order_by("-number").first().document.body
    return [citation["url"] for citation in body["citations"]]


def listed(desk, query="link=elsewhere"):
    return list(desk.open(f"/admin/events/source/?{query}").context["cl"].queryset)


def test_a_source_that_leads_to_another_is_merged_with_its_citations_and_found_by_its_link(desk, cited, page, short):
    assert listed(desk) == [short]
    asked = act(desk, "merge_selected", [short])
    assert "Google cuts" in asked.content.decode()
    assert short.citations.count() == 1
    assert "1 source was merged" in said(act(desk, "merge_selected", [short], post="yes"))
    assert [urls_of(event) for event in cited] == [[LONG], [LONG]]
    assert check_record() == []
    assert listed(desk) == []
    new = {"company": cited[0].company_id, "title": "Cuts", "announced_on": "2020-01-10", "wording": "100"}
    desk.save("/admin/events/layoffevent/add/", **new, citations__0__link=f"{SHORT}?fbclid=1")
    assert LayoffEvent.objects.last().citations.get().source == page
    # Its own page and history stay, and it is not deleted.
    assert "Google cuts" in desk.open(change(short)).content.decode()
    assert short.history.first().history_change_reason == f"The same page as source {page.pk}"
    assert desk.client.post(f"/admin/events/source/{short.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Source.objects.filter(pk=short.pk).exists()


def test_a_merge_is_taken_back_with_the_citations_that_stayed(desk, cited, page, short):
    desk.save(change(short), merged_into=page.pk)
    assert page.citations.count() == 2
    desk.save(change(short), merged_into="")
    assert [list(source.citations.values_list("event", flat=True)) for source in (page, short)] == [
        [event.pk] for event in cited
    ]
    assert [urls_of(event) for event in cited] == [[LONG], [SHORT]]
    assert check_record() == []


def test_what_an_editor_moved_since_stays_where_it_is(desk, cited, page, short):
    desk.save(change(short), merged_into=page.pk)
    citation, other = cited[1].citations.get(), make_source()
    citation.source = other
    citation.save()
    desk.save(change(short), merged_into="")
    assert Citation.objects.get(pk=citation.pk).source == other
    assert not short.citations.exists()


def test_a_page_that_was_open_since_before_cites_the_other(desk, cited, page, short):
    data = form_of(desk.open(change(cited[0])))
    add_row(data, "citations", source=short.pk, qualifier="none", people_basis="unknown", quote="Once more.")
    act(desk, "merge_selected", [short], post="yes")
    desk.client.post(change(cited[0]), data | {"_save": "1", "change_reason": "Another report."})
    assert Citation.objects.get(quote="Once more.").source == page


def test_neither_sources_nor_looks_are_read_through_to_find_what_leads_where(short):
    with CaptureQueriesContext(connection) as asked:
        sources_at([normalised_url(LONG), "https://paper.example/nowhere"])
        list(leading_elsewhere())
    for query in asked:
        with connection.cursor() as cursor:
            # SQLite's plan says SCAN of a table that is read through; with 60,000 sources that took minutes.
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{query['sql']}")
            plan = str(cursor.fetchall())
        assert "SCAN" not in plan, plan


def test_an_editor_says_that_it_is_a_source_of_its_own(desk, short):
    desk.save(change(short), stands_alone="on")
    assert listed(desk) == []
    assert "None of these leads" in said(act(desk, "merge_selected", [short]))


def test_the_page_that_one_of_its_own_led_to_is_another_source(desk):
    leads(make_source(url=SHORT, stands_alone=True), LONG)
    desk.save(ADD, url=LONG, title="Google cuts", publisher="The Paper")
    assert Source.objects.get(url=LONG).title == "Google cuts"


@pytest.mark.parametrize(("url", "status"), [(SHORT, "ok"), ("https://paper.example/other", "moved")])
def test_where_an_address_led_once_but_leads_no_more_is_another_page(desk, page, short, url, status):
    assert listed(desk) == [short]
    leads(short, "https://paper.example/sorry")
    leads(short, url, status)
    assert listed(desk) == []
    assert sources_at([normalised_url("https://paper.example/sorry")]) == {}


@pytest.mark.parametrize(
    "url", ["https://paper.example/", "https://paper.example/other", SHORT, "https://[", LONG + "x" * 1000]
)
def test_only_the_page_of_another_source_is_the_same(desk, page, url):
    make_source(url="https://paper.example")
    leads(make_source(url=SHORT), url[:1000])
    assert listed(desk) == []


def test_a_look_at_an_address_that_was_put_right_says_nothing(desk, short):
    Source.objects.filter(pk=short.pk).update(url="https://short.example/other")
    assert listed(desk) == []


def test_sources_are_never_merged_in_a_circle(desk, page, short):
    leads(page, SHORT)
    assert set(listed(desk)) == {short, page}
    act(desk, "merge_selected", [short, page], post="yes")
    merged = Source.objects.exclude(merged_into=None).get()
    other = merged.merged_into
    response = desk.save(change(other), merged_into=merged.pk)
    assert "in a circle" in str(errors_of(response)["merged_into"])


@pytest.mark.parametrize("by_hand", [True, False])
def test_it_is_said_how_many_records_cite_both_and_so_show_one_link_twice(desk, cited, page, short, by_hand):
    words = "1 record cites both"
    assert words not in act(desk, "merge_selected", [short]).content.decode()
    for quote in ("One figure.", "And another."):
        Citation.objects.create(event=cited[1], source=page, quote=quote)
    if by_hand:
        assert words in said(desk.save(change(short), merged_into=page.pk))
        assert words not in said(desk.save(change(short), title="Said once"))
    else:
        assert words in act(desk, "merge_selected", [short]).content.decode()


@pytest.fixture
def twin(page):
    """A source that was entered before its address was matched as that of `page`."""
    source = make_source(title="A twin")
    old = LONG.replace("https://", "https://m.")
    Source.objects.filter(pk=source.pk).update(url=old, url_normalised=old)
    source.refresh_from_db()
    return source


def test_one_that_turned_out_to_be_of_the_address_of_another_is_edited_and_merged_by_hand(desk, page, twin):
    desk.save(change(twin), title="Better")
    desk.save(change(twin), merged_into=page.pk)
    twin.refresh_from_db()
    assert (twin.title, twin.merged_into) == ("Better", page)
    # Its address is another's as soon as it is typed anew.
    response = desk.save(change(twin), url=f"{LONG}#typed")
    assert "There is a source of this address already." in str(errors_of(response))


@pytest.mark.parametrize("status", ["ok", "moved"])
def test_one_that_turned_out_to_be_of_the_address_of_another_is_offered_and_merged(desk, page, twin, status):
    leads(twin, twin.url if status == "ok" else LONG, status)
    assert listed(desk) == [twin]
    assert "1 source was merged" in said(act(desk, "merge_selected", [twin], post="yes"))
    assert Source.objects.get(pk=twin.pk).merged_into == page


def test_one_that_was_merged_since_the_page_was_opened_is_the_other(desk, cited, page, short):
    other = make_source(url="https://wire.example/google")
    opened, back = form_of(desk.open(change(short))), form_of(desk.open(change(other)))
    desk.save(change(page), merged_into=other.pk)
    desk.client.post(change(short), opened | {"merged_into": page.pk, "_save": "1"})
    short.refresh_from_db()
    assert (short.merged_into, other.citations.count()) == (other, 2)
    # By the same way round it would be merged into itself.
    response = desk.client.post(change(other), back | {"merged_into": short.pk, "_save": "1"})
    assert "in a circle" in str(errors_of(response)["merged_into"])


def test_merges_one_after_another_are_taken_back_from_the_last(desk, cited, page, short):
    other = make_source(url="https://wire.example/google")
    desk.save(change(short), merged_into=page.pk)
    desk.save(change(page), merged_into=other.pk)
    for into in ("", other.pk):
        assert f"({page.pk}) was merged into" in str(errors_of(desk.save(change(short), merged_into=into)))
    desk.save(change(short), title="It is edited all the same")
    short.refresh_from_db()
    assert (short.title, short.merged_into, other.citations.count()) == ("It is edited all the same", page, 2)
    desk.save(change(page), merged_into="")
    assert page.citations.count() == 2
    # Once more there and back: the way of a citation is known however often it went it.
    desk.save(change(page), merged_into=other.pk)
    desk.save(change(page), merged_into="")
    desk.save(change(short), merged_into="")
    assert [urls_of(event) for event in cited] == [[LONG], [SHORT]]
    assert check_record() == []


def test_a_new_source_is_refused_where_a_shortened_link_led_to_it(desk):
    leads(make_source(url=SHORT, title="A post"), LONG)
    response = desk.save(ADD, url=f"{LONG}#top", title="Google cuts", publisher="The Paper")
    assert "A post" in str(errors_of(response)["url"])
    assert Source.objects.count() == 1
    assert listed(desk, f"q={LONG}") == [Source.objects.get()]


def test_the_draft_of_a_tip_cites_the_source_that_led_to_its_link(desk):
    source = make_source(url=SHORT)
    leads(source, LONG)
    tip = make_tip(link=LONG)
    form = form_of(desk.open(f"/admin/events/layoffevent/add/?tip={tip.pk}"))
    assert form["citations-0-source"] == str(source.pk)


def test_a_contributor_merges_nothing(client, django_user_model, short, page):
    user = django_user_model.objects.create_user("c", is_staff=True)
    user.groups.add(Group.objects.get(name="Contributor"))
    client.force_login(user)
    data = {"action": "merge_selected", "_selected_action": [short.pk], "post": "yes"}
    client.post("/admin/events/source/", data)
    assert 'name="merged_into"' not in client.get(change(short)).content.decode()
    assert Source.objects.filter(merged_into=None).count() == 2
