"""The queue of likely duplicates, the page of two events side by side, and the warning after a save."""

import pytest
from django.contrib.auth.models import Permission
from django.utils.html import escape

from events.admin.duplicates import hold_back
from events.duplicates import decide
from events.models import DuplicatePair, LayoffEvent, Relation
from events.models.choices import Verdict
from events.tests.admin.browsing import Desk, act, change, delete, said
from events.tests.factories import make_company, make_event, make_pair, make_source, published

pytestmark = pytest.mark.django_db

QUEUE = "/admin/events/duplicatepair/"
ADD = "/admin/events/layoffevent/add/"


@pytest.fixture
def acme():
    return make_company("Acme", country="US")


def press(desk, pair, verdict, first, **confirmed):
    """Presses the button on the page of `pair`; with `confirmed` values, the second page's too."""
    stamp = desk.open(change(pair)).context["stamp"]
    data = {"answer": f"{verdict}:{first.pk}", "seen": stamp, **confirmed}
    return desk.client.post(change(pair), data, follow=True)


def entered(acme, **typed):
    return {"company": acme.pk, "title": "Acme cuts 122 jobs", "announced_on": "2024-01-11", "wording": "122", **typed}


def test_a_draft_that_looks_known_is_saved_with_a_warning_that_leads_to_both(desk, acme):
    known = published(acme, 120, title="Acme cuts 120 jobs")
    response = desk.save(ADD, **entered(acme))
    pair = DuplicatePair.objects.get()
    assert LayoffEvent.objects.get(pk=pair.high_id).title == "Acme cuts 122 jobs"
    assert change(pair) in said(response)
    assert known.title in said(response)
    assert "1 day apart" in said(response)
    assert "120 and 122 people" in said(response)


def test_publishing_asks_once_and_saves_the_draft_meanwhile(desk, acme):
    published(acme, 120)
    row = {"citations__0__source": make_source().pk}
    response = desk.save(ADD, "_publish", **entered(acme), **row)
    event = LayoffEvent.objects.latest("pk")
    assert "not public yet" in said(response)
    assert event.state == "draft"
    response = desk.save(change(event), "_publish")
    event.refresh_from_db()
    assert event.state == "published"
    assert "It may be here already" in said(response)


def test_publishing_from_the_list_asks_once_too(desk, acme):
    one, other, lone = make_event(acme, 120), make_event(acme, 122), make_event(make_company(), 5)
    make_pair(one, other)
    states = []
    for _ in range(2):
        response = act(desk, "publish_selected", [one, other, lone])
        states.append([LayoffEvent.objects.get(pk=event.pk).state for event in (one, other, lone)])
    assert "Look, then answer or publish again" not in said(response)
    assert states == [["draft", "draft", "published"], ["published"] * 3]


def test_publishing_many_asks_for_likely_duplicates_in_one_question(django_assert_max_num_queries):
    lone = [make_event(make_company(), 5) for _ in range(30)]
    with django_assert_max_num_queries(1):
        assert hold_back(event.pk for event in lone) == set()


def test_what_was_answered_warns_no_more(desk, acme):
    known, draft = published(acme, 120), make_event(acme, 122)
    decide(make_pair(known, draft), Verdict.DIFFERENT, known.pk)
    assert "here already" not in said(desk.save(change(draft)))
    desk.save(change(draft), "_publish")
    draft.refresh_from_db()
    assert draft.state == "published"


def test_the_queue_shows_the_likeliest_first_and_is_searched_filtered_and_paged(
    desk, acme, django_assert_max_num_queries
):
    likely = make_pair(make_event(acme, 120), make_event(acme, 120))
    other = make_company("Zenith", aliases=["Zen"])
    beside = make_pair(
        make_event(other, 500), make_event(other, 90, stage="filed", announced_on="2024-01-12", place="Fresno")
    )
    for _ in range(8):
        company = make_company()
        make_pair(make_event(company, 50), make_event(company, 70))
    with django_assert_max_num_queries(14):
        shown = list(desk.open(QUEUE).context["cl"].result_list)
    assert len(shown) == 10
    assert [pair.score for pair in shown] == sorted((pair.score for pair in shown), reverse=True)
    assert shown[0] == likely

    def found(query):
        return list(desk.open(f"{QUEUE}?{query}").context["cl"].result_list)

    assert found("q=zen") == [beside]
    assert found("pairing__exact=beside_cut") == [beside]
    assert found("from=90") == [likely]
    decide(likely, Verdict.DIFFERENT, likely.low_id)
    assert likely not in found("")
    assert found("answer=different") == [likely]


def test_both_stand_side_by_side_with_what_differs_marked_and_the_score_explained(desk, acme):
    one = make_event(acme, 120, title="One <b>", place="Springfield")
    other = make_event(acme, (110, None, 130), title="Other", place="Springfield", wording="some 120")
    page = desk.open(change(make_pair(one, other)))
    rows = {row.label: row for row in page.context["rows"]}
    assert {label for label, row in rows.items() if row.differs} == {"Title", "People", "Citations"}
    assert [str(cell[0]) for cell in rows["People"].cells] == ["120", "110–130"]
    assert ("same company", 0) in page.context["explained"]
    html = page.content.decode()
    for event in (one, other):
        assert escape(event.title) in html
        assert escape(event.citations.get().source.title) in html
    assert "One <b>" not in html


def test_the_page_asks_a_bounded_number_of_queries(desk, acme, django_assert_max_num_queries):
    one, other = make_event(acme, 120), make_event(acme, 120)
    for event in (one, other):
        for year in range(2010, 2020):
            make_event(acme, 5, announced_on=str(year), part_of=event)
    pair = make_pair(one, other)
    with django_assert_max_num_queries(24):
        desk.open(change(pair))


def test_an_answer_is_confirmed_then_done(desk, acme):
    one, other = published(acme, 120), published(acme, 122)
    pair = make_pair(one, other)
    page = press(desk, pair, "same", one)
    assert "is given the citations" in page.content.decode()
    assert not Relation.objects.exists()
    page = press(desk, pair, "same", one, confirmed="yes")
    assert "Write why: readers see the reason." in page.content.decode()
    assert not Relation.objects.exists()
    response = press(desk, pair, "same", one, confirmed="yes", reason="Two lists, one notice.")
    assert f"The same: keep event {one.pk}" in said(response)
    assert response.redirect_chain[0][0] == QUEUE
    assert Relation.objects.filter(event=one, kind="replaces", other=other).exists()
    page = desk.open(change(pair))
    assert "Take this answer back" in page.content.decode()
    data = {"answer": "take_back", "seen": page.context["stamp"], "confirmed": "yes", "reason": "They are two."}
    desk.client.post(change(pair), data)
    assert not Relation.objects.exists()
    assert DuplicatePair.objects.open().get() == pair


def test_different_needs_no_second_page(desk, acme, admin_user):
    pair = make_pair(make_event(acme, 120), make_event(acme, 120))
    press(desk, pair, "different", pair.low)
    pair.refresh_from_db()
    assert (pair.decision, pair.decided_by) == ("different", admin_user)
    assert pair.history.first().history_user == admin_user


def test_an_answer_to_a_page_that_is_older_than_the_events_is_not_taken(desk, acme):
    one, other = make_event(acme, 120), make_event(acme, 120)
    pair = make_pair(one, other)
    stamp = desk.open(change(pair)).context["stamp"]
    one.save()
    response = desk.client.post(change(pair), {"answer": f"same:{one.pk}", "seen": stamp, "confirmed": "yes"})
    assert "changed meanwhile" in response.content.decode()
    for answer in ("same:0", "part_of:x", "", "take_back"):
        assert desk.client.post(change(pair), {"answer": answer, "seen": stamp}).status_code == 200
    pair.refresh_from_db()
    assert pair.decision == ""


def test_a_refusal_is_told_in_words_on_the_page(desk, acme):
    one, other = make_event(acme, 120), make_event(acme, 122)
    make_event(acme, 5, announced_on="2020-01-01")
    Relation.objects.create(event=other, kind="part_of", other=LayoffEvent.objects.latest("pk"))
    response = press(desk, make_pair(one, other), "part_of", other, confirmed="yes")
    assert "An event is part of at most one other." in response.content.decode()


def test_who_may_only_look_cannot_answer(client, django_user_model, acme):
    pair = make_pair(make_event(acme, 120), make_event(acme, 120))
    reader = django_user_model.objects.create_user("reader", password="x", is_staff=True)
    client.force_login(reader)
    assert client.get(change(pair)).status_code == 403
    reader.user_permissions.add(Permission.objects.get(codename="view_layoffevent"))
    page = Desk(client).open(change(pair))
    assert page.context["answers"] == []
    data = {"answer": f"different:{pair.low_id}", "seen": page.context["stamp"]}
    assert client.post(change(pair), data).status_code == 403
    version = pair.history.first()
    assert client.post(f"{QUEUE}{pair.pk}/history/{version.pk}/", {}).status_code == 403
    pair.refresh_from_db()
    assert pair.decision == ""


def test_who_may_change_but_not_publish_answers_only_what_readers_do_not_see(
    client, django_user_model, acme, monkeypatch
):
    from events.admin.event import LayoffEventAdmin

    monkeypatch.setattr(LayoffEventAdmin, "has_publish_permission", lambda *_: False)
    known, draft = published(acme, 120), make_event(acme, 122)
    drafts = make_pair(make_event(acme, 7, announced_on="2020"), make_event(acme, 7, announced_on="2020"))
    writer = django_user_model.objects.create_user("writer", password="x", is_staff=True)
    writer.user_permissions.add(*Permission.objects.filter(codename__in=["view_layoffevent", "change_layoffevent"]))
    client.force_login(writer)
    desk, pair = Desk(client), make_pair(known, draft)
    assert desk.open(change(pair)).context["answers"] == []
    assert press(desk, pair, "same", known, confirmed="yes", reason="x").status_code == 403
    assert press(desk, pair, "different", pair.low).status_code == 403
    press(desk, drafts, "same", drafts.low, confirmed="yes")
    assert list(DuplicatePair.objects.exclude(decision="").values_list("decision", flat=True)) == ["same"]


def test_a_draft_goes_with_its_pairs_and_its_history_names_them(desk, acme):
    one, other = make_event(acme, 120), make_event(acme, 120)
    pair = make_pair(one, other)
    decide(pair, Verdict.DIFFERENT, one.pk)
    assert "Likely duplicate" in desk.open(f"/admin/events/layoffevent/{one.pk}/history/").content.decode()
    delete(desk, one)
    assert not LayoffEvent.objects.filter(pk=one.pk).exists()
    assert not DuplicatePair.objects.exists()
