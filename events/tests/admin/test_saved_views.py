"""Saved views: an editor's own links to filtered lists, of our lists alone, and of no right to anything."""

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction

from events.admin.saved_views import MOST
from events.models import SavedView
from events.tests.admin.browsing import Desk, form_of, said
from events.tests.factories import make_event

pytestmark = pytest.mark.django_db
LIST = "/admin/events/layoffevent/"
KEEP = "/admin/events/savedview/keep/"


def keep(desk, name="Mine", desk_list="layoffevent", query="state__exact=draft"):
    return desk.client.post(KEEP, {"name": name, "desk_list": desk_list, "query": query}, follow=True)


def looker(django_user_model, client, *codenames):
    user = django_user_model.objects.create_user("looker", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return user


def test_a_filtered_list_is_saved_shown_there_and_on_the_first_screen_and_followed(desk, amazon, google):
    wanted = make_event(amazon, 5, stage="filed")
    make_event(google, 5)
    page = desk.open(f"{LIST}?q=amazon&stage__exact=filed&o=2&p=1&_facets=True")
    form = {name: value for name, value in form_of(page).items() if name in ("desk_list", "query", "name")}
    assert form == {"desk_list": "layoffevent", "query": "q=amazon&stage__exact=filed&o=2", "name": ""}
    saved = desk.client.post(KEEP, form | {"name": "  Filed \n by Amazon "}, follow=True)
    assert "“Filed by Amazon” is saved" in said(saved)
    address = f"{LIST}?q=amazon&stage__exact=filed&o=2"
    assert saved.redirect_chain[-1][0] == address
    assert list(saved.context["cl"].queryset) == [wanted]
    # Open there, it is marked and not offered again; elsewhere it is a link.
    assert [view.is_open for view in saved.context["saved_views"]] == [True]
    assert "view_form" not in saved.context
    assert [view.address for view in desk.open(LIST).context["saved_views"]] == [address]
    assert "view_form" not in desk.open(LIST).context
    assert not desk.open("/admin/events/ainote/").context["saved_views"]
    html = desk.open("/admin/").content.decode()
    assert f'<a href="{address.replace("&", "&amp;")}">Layoff events: Filed by Amazon</a>' in html


def test_a_view_is_renamed_and_deleted_by_its_editor_alone(desk, client, django_user_model, amazon):
    for name in ("One", "Two"):
        keep(desk, name)
    view, other = SavedView.objects.order_by("name")
    page = f"/admin/events/savedview/{view.pk}/"
    refused = desk.save(f"{page}change/", name="Two")
    assert "You have a view of this name for this list" in refused.content.decode()
    desk.save(f"{page}change/", name="Three")
    view.refresh_from_db()
    assert (view.name, view.query) == ("Three", "state__exact=draft")

    looker(django_user_model, client, "view_layoffevent")
    mine = Desk(client)
    assert not mine.open("/admin/").context["saved_views"]
    assert not mine.open(LIST).context["saved_views"]
    assert not mine.open("/admin/events/savedview/").context["cl"].queryset
    for ending in ("change/", "delete/", "history/"):
        response = client.post(f"{page}{ending}", {"name": "Stolen", "post": "yes"}, follow=True)
        assert "Three" not in response.content.decode()
    assert keep(mine, "Three").status_code == 200  # the name is taken by somebody else's

    desk.client.force_login(view.user)
    desk.client.post(f"/admin/events/savedview/{other.pk}/delete/", {"post": "yes"})
    assert set(SavedView.objects.values_list("user__username", "name")) == {("admin", "Three"), ("looker", "Three")}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"desk_list": "https://elsewhere.example/"}, "no such list"),
        ({"desk_list": "../../evil"}, "no such list"),
        ({"desk_list": "auth.user"}, "no such list"),
        ({"desk_list": "user"}, "no such list"),
        ({"desk_list": ""}, "required"),
        ({"query": "state__exact=" + "x" * 10_000}, "at most 2000 characters"),
        ({"query": ""}, "required"),
        ({"query": "p=3&_popup=1"}, "This is the whole list"),
        ({"query": "company__events__summary__regex=x"}, "knows no such filter"),
        ({"query": "nothing=1"}, "knows no such filter"),
        ({"query": "needs=money"}, "knows no such filter"),
        ({"query": "announced_on__year=x"}, "knows no such filter"),
        ({"query": "q=a%00b"}, "knows no such filter"),
        ({"name": "<script>alert(1)</script>"}, "without markup"),
        ({"name": " \u202e\x07 "}, "cannot be blank"),
        ({"name": "n" * 61}, "at most 60 characters"),
    ],
)
def test_what_is_no_view_of_ours_is_refused_with_its_reason(desk, typed, words):
    response = keep(desk, **typed)
    html = response.content.decode()
    assert response.status_code == 400
    assert words in html
    assert "<script>alert" not in html
    assert not SavedView.objects.exists()


def test_a_name_is_taken_once_a_list_also_by_the_database(desk, admin_user):
    keep(desk, "Mine")
    assert "You have a view of this name" in keep(desk, "Mine", query="q=x").content.decode()
    assert keep(desk, "Mine", desk_list="ainote").status_code == 200
    for fields in ({"name": "Mine"}, {"name": ""}, {"name": "x", "query": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedView.objects.create(**{"user": admin_user, "desk_list": "layoffevent", "query": "q=y", **fields})


def test_no_more_than_can_be_looked_at_are_kept(desk, admin_user):
    SavedView.objects.bulk_create(
        SavedView(user=admin_user, desk_list="layoffevent", query="q=x", name=str(n)) for n in range(MOST)
    )
    assert f"You have {MOST} views" in keep(desk).content.decode()


def test_a_view_gives_no_right_and_is_shown_to_nobody_who_lost_it(client, django_user_model, amazon):
    user = looker(django_user_model, client, "view_layoffevent")
    desk = Desk(client)
    assert keep(desk, desk_list="ainote").status_code == 400
    assert client.get(KEEP).status_code == 405
    keep(desk, "a < b & c")
    [view] = SavedView.objects.all()
    html = desk.open("/admin/").content.decode()
    assert "a &lt; b &amp; c" in html
    user.user_permissions.clear()
    assert not desk.open("/admin/").context["saved_views"]
    assert client.get(f"{LIST}?{view.query}").status_code == 403
    # A list that is no more is no error.
    SavedView.objects.update(desk_list="gone")
    assert not desk.open("/admin/").context["saved_views"]
    desk.open("/admin/events/savedview/")
    client.logout()
    assert "/admin/login/" in client.post(KEEP, {}).headers["Location"]


def test_a_list_in_a_window_for_choosing_offers_no_views(desk):
    assert "saved_views" not in desk.open(f"{LIST}?_popup=1&q=x").context
