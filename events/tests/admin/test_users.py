"""Accounts of the desk: closed without erasing what they did, and no way from administrator to superuser."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import SavedView
from events.tests.admin.browsing import Desk, change, differences, errors_of, form_of, history, said
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


@pytest.fixture
def administrator_elsewhere(make_user):
    """An administrator in another session."""
    client = Client()
    client.force_login(make_user("ada", "Administrator"))
    return Desk(client)


def path(user, page="change"):
    return f"/admin/auth/user/{user.pk}/{page}/"


def press(desk, address):
    """Opens a page that asks, and says yes."""
    return desk.client.post(address, form_of(desk.open(address)), follow=True)


def test_a_closed_account_forgets_who_it_was_and_keeps_what_it_did(desk, make_user, client, google):
    user, event = make_user("mina", "Editor"), make_event(google, 100)
    client.force_login(user)
    Desk(client).save(change(event), title="Another title")
    SavedView.objects.create(user=user, desk_list="layoffevent", query="q=mina", name="Mine")
    told = said(press(desk, path(user, "close")))
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
    press(desk, path(idle, "delete"))
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


# ── Two administrators at one account ────────────────────────────────────────────────────────────────────────────────


def test_two_administrators_at_one_account_lose_nothing(desk, make_user, administrator_elsewhere):
    user = make_user("mina", "Contributor")
    group = {name: str(Group.objects.get(name=name).pk) for name in ("Contributor", "Editor")}
    form = form_of(desk.open(path(user)))
    administrator_elsewhere.save(path(user), email="mina@paper.example", last_name="Ada's", groups=[group["Editor"]])
    refused = desk.client.post(path(user), form | {"last_name": "Mine", "first_name": "M.", "_save": "1"})
    assert "somebody else saved this meanwhile" in errors_of(refused)[""][0]
    assert "ada at " in refused.context["locking"].who
    assert differences(refused) == {
        "email": ("mina@desk.example", "mina@paper.example", "mina@desk.example", False),
        "last_name": ("–", "Ada's", "Mine", True),
        "groups": ("Contributor", "Editor", "Contributor", False),
    }
    user.refresh_from_db()
    assert (user.first_name, user.last_name) == ("Mina Muster", "Ada's")
    desk.client.post(path(user), form_of(refused) | {"_take:last_name": "mine", "_save": "1"})
    user.refresh_from_db()
    assert (user.first_name, user.last_name, user.email) == ("M.", "Mine", "mina@paper.example")
    assert user.groups.get().name == "Editor"
    assert user.check_password("a long password")


def test_whoever_logs_in_meanwhile_is_in_nobodys_way_and_keeps_the_day(desk, make_user, client):
    user = make_user("mina", "Editor")
    form = form_of(desk.open(path(user)))
    client.force_login(user)
    desk.client.post(path(user), form | {"first_name": "M.", "_save": "1"})
    user.refresh_from_db()
    assert user.first_name == "M."
    assert user.last_login is not None


def test_a_password_is_not_set_over_what_was_done_to_the_account_meanwhile(desk, make_user, administrator_elsewhere):
    user = make_user("mina", "Editor")
    form = form_of(desk.open(path(user, "password")))
    typed = {"password1": "Another long one", "password2": "Another long one", "usable_password": "true"}
    administrator_elsewhere.save(path(user, "password"), "set-password", **(typed | dict.fromkeys(
        ("password1", "password2"), "What Ada has set"
    )))  # fmt: skip
    administrator_elsewhere.save(path(user), email="mina@paper.example")
    refused = desk.client.post(path(user, "password"), form | typed | {"set-password": "1"})
    assert "type the password again" in said(refused)
    assert differences(refused) == {
        "password": ("an earlier one", "the one of today", "", False),
        "email": ("mina@desk.example", "mina@paper.example", "mina@desk.example", False),
    }
    assert "Another long one" not in refused.content.decode()
    user.refresh_from_db()
    assert user.check_password("What Ada has set")
    desk.client.post(path(user, "password"), form_of(refused) | typed | {"set-password": "1"})
    user.refresh_from_db()
    assert user.check_password("Another long one")


@pytest.mark.parametrize("page", ["close", "delete"])
def test_an_account_that_was_changed_since_the_question_is_neither_closed_nor_deleted(
    desk, make_user, administrator_elsewhere, page, django_user_model
):
    user = make_user("mina", "Editor")
    form = form_of(desk.open(path(user, page)))
    administrator_elsewhere.save(path(user), last_name="Stays")
    assert "Look again" in said(desk.client.post(path(user, page), form, follow=True))
    user.refresh_from_db()
    assert (user.username, user.is_active) == ("mina", True)
    press(desk, path(user, page))
    assert not django_user_model.objects.filter(username="mina").exists()


def test_a_form_that_is_older_than_the_closing_of_its_account_does_not_open_it_again(
    desk, make_user, administrator_elsewhere
):
    user = make_user("mina", "Editor")
    form = form_of(desk.open(path(user)))
    press(administrator_elsewhere, path(user, "close"))
    refused = desk.client.post(path(user), form | {"email": "m@desk.example", "_save": "1"})
    assert differences(refused)["is_active"] == ("yes", "no", "yes", False)
    assert "is_active" not in form_of(refused)
    user.refresh_from_db()
    assert (user.username, user.email, user.is_active) == (f"closed-{user.pk}", "", False)


def test_what_was_typed_in_an_account_that_was_deleted_meanwhile_is_shown(desk, make_user, administrator_elsewhere):
    user = make_user("mina")
    form = form_of(desk.open(path(user)))
    press(administrator_elsewhere, path(user, "delete"))
    gone = desk.client.post(path(user), form | {"first_name": "Typed for long", "_save": "1"})
    assert gone.status_code == 410
    assert "Typed for long" in gone.content.decode()


def test_a_group_is_locked_likewise(desk, client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("ada"))
    group = Group.objects.create(name="Readers of drafts")
    address = f"/admin/auth/group/{group.pk}/"
    form = form_of(desk.open(address + "change/"))
    asked = form_of(desk.open(address + "delete/"))
    looks = str(Permission.objects.get(codename="view_layoffevent").pk)
    Desk(client).save(address + "change/", permissions=[looks])
    assert "Look again" in said(desk.client.post(address + "delete/", asked, follow=True))
    refused = desk.client.post(address + "change/", form | {"name": "Guests", "_save": "1"})
    assert set(differences(refused)) == {"permissions"}
    desk.client.post(address + "change/", form_of(refused) | {"_save": "1"})
    group.refresh_from_db()
    assert (group.name, group.permissions.get().codename) == ("Guests", "view_layoffevent")


def test_no_list_of_accounts_and_groups_has_actions(desk, make_user):
    make_user("mina", "Editor")
    for name in ("user", "group"):
        assert 'name="action"' not in desk.open(f"/admin/auth/{name}/").content.decode()


def meanwhile(**values):
    """Runs the next change of an account's password after somebody else's update of the account."""
    done = []

    def wrapper(execute, sql, params, many, context):
        if sql.startswith('UPDATE "auth_user"') and '"password"' in sql and not done:
            done.append(sql)
            User.objects.update(**values)
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


NEW = {"old_password": "a long password", "new_password1": "Another long one", "new_password2": "Another long one"}


def test_ones_own_password_is_written_without_the_rest_of_the_account(administrator):
    with meanwhile(last_name="As an administrator saved it", is_active=False):
        administrator.client.post("/admin/password_change/", NEW)
    user = User.objects.get()
    assert (user.last_name, user.is_active) == ("As an administrator saved it", False)
    assert user.check_password("Another long one")


def test_ones_own_password_is_not_set_over_one_that_an_administrator_has_set(administrator):
    with meanwhile(password="!closed"):
        refused = administrator.client.post("/admin/password_change/", NEW)
    assert "somebody else set the password" in refused.content.decode()
    assert not User.objects.get().has_usable_password()


def test_whoever_sets_a_password_of_their_own_stays_logged_in(administrator):
    done = administrator.client.post("/admin/password_change/", NEW, follow=True)
    assert done.redirect_chain == [("/admin/password_change/done/", 302)]
    assert "LayoffWatch desk" in administrator.open("/admin/password_change/").content.decode()


def test_the_pages_that_ask_for_a_password_and_to_close_take_no_lock(desk, make_user):
    user = make_user("mina", "Editor")
    for page in ("change", "password", "close", "delete"):
        with CaptureQueriesContext(connection) as asked:
            desk.open(path(user, page))
        assert not [q["sql"] for q in asked if q["sql"].startswith(("SAVEPOINT", "BEGIN")) or "FOR UPDATE" in q["sql"]]
