"""Tips at the desk: read, made into a draft with one click, dismissed; nothing is taken twice or lost."""

import pytest
from django.contrib.auth.models import Permission

from events.models import Citation, LayoffEvent, Source, Tip
from events.tests.admin.browsing import change, errors_of, form_of, said
from events.tests.factories import make_company, make_event, make_source, make_tip, published, published_note

pytestmark = pytest.mark.django_db
LIST = "/admin/events/tip/"


def press(desk, tip, button):
    return desk.client.post(change(tip), {button: "1"}, follow=True)


def test_one_click_in_the_list_leads_to_a_form_filled_in_with_what_can_be_read(desk, amazon):
    tip = make_tip(
        "https://www.paper.example/cuts?utm_source=x",
        company_words="AMAZON, Inc.",
        date_words="on 10 January 2024",
        people_words="several hundred",
        note="<script>alert(1)</script>",
    )
    html = desk.open(LIST).content.decode()
    assert f'formaction="{change(tip)}"' in html
    response = press(desk, tip, "_draft")
    form = form_of(response)
    assert (form["company"], form["announced_on"]) == (str(amazon.pk), "2024-01-10")
    assert (form["wording"], form["title"]) == ("several hundred", "")
    source = Source.objects.get()
    assert (source.url, source.publisher, source.tier) == (tip.link, "paper.example", "post")
    assert form["citations-0-source"] == str(source.pk)
    assert "<script>alert" not in response.content.decode()
    tip.refresh_from_db()
    assert tip.state == "new"

    path = response.redirect_chain[-1][0]
    saved = desk.client.post(path, form | {"title": "Amazon cuts jobs", "_save": "1"}, follow=True)
    event = LayoffEvent.objects.get()
    assert (event.state, event.people_low, event.citations.get().source) == ("draft", 200, source)
    tip.refresh_from_db()
    assert (tip.state, tip.became, tip.handled_by.username) == ("taken", event, "admin")
    assert tip.reference in said(saved)


def test_what_cannot_be_read_is_asked_and_not_invented(desk):
    make_company("Acme")
    make_company("Apex", aliases=["ACME"])
    tip = make_tip(company_words="Acme", date_words="last week", people_words="a whole floor")
    form = form_of(press(desk, tip, "_draft"))
    assert (form["company"], form["announced_on"], form["wording"]) == ("", "", "")
    path = f"/admin/events/layoffevent/add/?tip={tip.pk}"
    refused = desk.client.post(path, form | {"_save": "1"}, follow=True)
    assert {"company", "title", "announced_on"} <= set(errors_of(refused))
    tip.refresh_from_db()
    assert (tip.state, LayoffEvent.objects.count()) == ("new", 0)


def test_a_tip_about_an_event_adds_a_citation_to_it_and_finds_the_source_that_is_there(desk, amazon):
    event = published(amazon, 500)
    source = make_source("https://paper.example/cuts/")
    tip = make_tip("http://www.paper.example/cuts?fbclid=1", event=event)
    response = press(desk, tip, "_draft")
    form = form_of(response)
    assert form["citations-1-source"] == str(source.pk)
    path = f"{change(event)}?tip={tip.pk}"
    sent = form | {"change_reason": "A second report.", "_save": "1"}
    desk.client.post(path, sent, follow=True)
    assert Citation.objects.filter(event=event, source=source).count() == 1
    tip.refresh_from_db()
    assert (tip.state, tip.became) == ("taken", event)
    # Opened again, it offers no second row of the same source.
    assert form_of(desk.client.get(path))["citations-2-source"] == ""
    assert Source.objects.count() == 2


def test_a_tip_about_an_ai_note_adds_a_citation_to_it(desk, amazon, client, django_user_model):
    note = published_note([(amazon, "investor")], title="Amazon builds")
    tip = make_tip(ai_note=note, note="Another report.")
    assert "Amazon builds" in desk.open(LIST).content.decode()
    response = press(desk, tip, "_draft")
    assert "Another report." in said(response)
    form, path = form_of(response), response.redirect_chain[-1][0]
    assert path == f"{change(note)}?tip={tip.pk}"
    assert form["citations-1-source"] == str(Source.objects.get(url=tip.link).pk)
    saved = desk.client.post(path, form | {"change_reason": "A second report.", "_save": "1"}, follow=True)
    assert "is taken" in said(saved)
    assert Citation.objects.filter(note=note, source__url=tip.link).count() == 1
    tip.refresh_from_db()
    assert (tip.state, tip.became_note, tip.became) == ("taken", note, None)
    assert "Amazon builds" in desk.open(change(tip)).content.decode()
    late = desk.client.get(path)
    assert form_of(late)["citations-2-source"] == ""
    # Whoever changes no notes is led to none.
    user = django_user_model.objects.create_user("reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_tip", "change_tip", "add_layoffevent"]))
    client.force_login(user)
    assert client.post(change(make_tip(ai_note=note)), {"_draft": "1"}).status_code == 403


def test_of_two_editors_with_one_tip_the_second_is_told(desk, amazon):
    tip = make_tip(company_words="Amazon", date_words="2024-01-10")
    form = form_of(press(desk, tip, "_draft")) | {"title": "Amazon cuts jobs", "_save": "1"}
    path = f"/admin/events/layoffevent/add/?tip={tip.pk}"
    first = LayoffEvent.objects.count() or desk.client.post(path, form, follow=True)
    assert "is taken" in said(first)
    second = desk.client.post(path, form, follow=True)
    assert "was handled meanwhile" in said(second)
    tip.refresh_from_db()
    assert tip.became == LayoffEvent.objects.order_by("pk").first()
    assert "handled meanwhile" in said(press(desk, tip, "_draft"))


def test_dismissing_many_asks_first_and_reports(desk):
    new, other = make_tip(), make_tip()
    gone = make_tip()
    press(desk, gone, "_dismiss")
    data = {"action": "dismiss_selected", "_selected_action": [tip.pk for tip in (new, other, gone)]}
    asked = desk.client.post(LIST, data)
    assert "Dismiss these tips?" in asked.content.decode()
    assert Tip.objects.filter(state="new").count() == 2
    done = desk.client.post(LIST, data | {"post": "yes"}, follow=True)
    assert "2 tips were dismissed. 1 was handled before." in said(done)
    assert set(Tip.objects.values_list("state", flat=True)) == {"dismissed"}
    press(desk, new, "_reopen")
    new.refresh_from_db()
    assert (new.state, new.handled_at, new.handled_by) == ("new", None, None)


def test_a_taken_tip_is_not_dismissed_nor_put_back(desk, amazon):
    tip = make_tip()
    Tip.objects.update(state="taken", handled_at=tip.received_at, became=make_event(amazon))
    for button in ("_dismiss", "_reopen"):
        press(desk, tip, button)
        tip.refresh_from_db()
        assert tip.state == "taken"


def test_who_may_not_change_tips_reads_them_at_most(client, django_user_model, amazon):
    user = django_user_model.objects.create_user("reader", password="x", is_staff=True)
    tip = make_tip(company_words="Amazon")
    client.force_login(user)
    assert client.get(change(tip)).status_code == 403
    user.user_permissions.set(Permission.objects.filter(codename="view_tip"))
    assert client.get(change(tip)).status_code == 200
    for button in ("_draft", "_dismiss"):
        assert client.post(change(tip), {button: "1"}).status_code == 403
    # Who may enter events, and not read tips, learns nothing by a number in the address.
    user.user_permissions.set(Permission.objects.filter(codename="add_layoffevent"))
    html = client.get(f"/admin/events/layoffevent/add/?tip={tip.pk}").content.decode()
    assert tip.reference not in html
    assert not Source.objects.exists()


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30, "", "%00"])
def test_a_number_of_no_tip_is_an_empty_form(desk, number):
    assert form_of(desk.open(f"/admin/events/layoffevent/add/?tip={number}"))["company"] == ""


def test_the_list_asks_as_often_for_many_tips_as_for_one(desk, amazon, django_assert_max_num_queries):
    event = published(amazon, 5)
    for _n in range(12):
        make_tip(event=event)
    with django_assert_max_num_queries(12):
        desk.open(LIST)
