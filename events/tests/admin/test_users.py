"""Accounts of the desk: closed without erasing what they did, and no way from administrator to superuser."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group

from events.models import SavedView
from events.tests.admin.browsing import Desk, change, form_of, history, said
from events.tests.factories import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_user(django_user_model):
    def make_user(name, role=""):
        user = django_user_model.objects.create_user(name, f"{name}@desk.example", "a long password", is_staff=True)
        user.first_name = f"{name.title()} Muster"
        user.save()
        if role:
            user.groups.add(Group.objects.get(name=role))
        return user

    return make_user


@pytest.fixture
def administrator(client, make_user):
    client.force_login(make_user("ada", "Administrator"))
    return Desk(client)


def path(user, page="change"):
    return f"/admin/auth/user/{user.pk}/{page}/"


def test_a_closed_account_forgets_who_it_was_and_keeps_what_it_did(desk, make_user, client, google):
    user, event = make_user("mina", "Editor"), make_event(google, 100)
    client.force_login(user)
    Desk(client).save(change(event), title="Another title")
    SavedView.objects.create(user=user, desk_list="layoffevent", query="q=mina", name="Mine")
    told = said(desk.client.post(path(user, "close"), follow=True))
    assert not SavedView.objects.exists()
    assert f"closed-{user.pk}" in told
    user.refresh_from_db()
    assert (user.username, user.first_name, user.email, user.is_active, user.is_staff) == (
        f"closed-{user.pk}", "", "", False, False,
    )  # fmt: skip
    assert not user.groups.exists()
    assert event.history.first().history_user == user
    assert LogEntry.objects.filter(user=user).exists()
    shown = desk.open(history(event)).content.decode()
    assert f"closed-{user.pk}" in shown
    assert "mina" not in shown.lower()
    # Its session has ended.
    assert client.get(change(event)).status_code == 302


def test_an_account_that_did_something_is_not_deleted_and_one_that_did_nothing_is(
    desk, make_user, client, google, django_user_model
):
    worked, idle = make_user("mina", "Editor"), make_user("otto")
    client.force_login(worked)
    Desk(client).save(change(make_event(google, 100)), title="x")
    told = said(desk.client.post(path(worked, "delete"), {"post": "yes"}, follow=True))
    assert "close the account" in told
    desk.client.post(path(idle, "delete"), {"post": "yes"})
    assert set(django_user_model.objects.values_list("username", flat=True)) == {"admin", "mina"}


def test_an_administrator_keeps_accounts_but_makes_no_superuser(administrator, make_user, admin_user):
    user = make_user("mina", "Contributor")
    form = form_of(administrator.open(path(user)))
    assert "is_superuser" not in form
    editors = str(Group.objects.get(name="Editor").pk)
    administrator.client.post(path(user), form | {"is_superuser": "on", "groups": [editors], "first_name": "Mina"})
    user.refresh_from_db()
    assert (user.is_superuser, user.first_name, user.groups.get().name) == (False, "Mina", "Editor")
    # A superuser's account and password are out of reach.
    for page in ("change", "password", "close"):
        assert administrator.client.post(path(admin_user, page), {"is_active": ""}).status_code == 403


@pytest.mark.parametrize("role", ["Contributor", "Editor"])
def test_others_have_nothing_to_do_with_accounts(client, make_user, role):
    client.force_login(make_user("cora", role))
    other = make_user("mina")
    for page in ("change", "close", "delete"):
        assert client.get(path(other, page)).status_code == 403
    assert client.get("/admin/auth/user/").status_code == 403


def test_nobody_closes_their_own_account(desk, admin_user):
    assert desk.client.post(path(admin_user, "close")).status_code == 403
