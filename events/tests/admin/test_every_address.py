"""Every address that the resolver knows at the desk: each role gets where it may, and no further.

An address about which nothing is said here fails the test: whoever adds one says who may look and who may send. With
DEBUG off, hashed static files and a record of every kind this is also the walk through every page.
"""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseForbidden
from django.test import Client, RequestFactory
from django.urls import get_resolver, resolve, reverse
from django.urls.resolvers import URLResolver
from django.utils import timezone

from events.models import (
    Company,
    Headcount,
    ImportRow,
    LayoffEvent,
    Ownership,
    PublishedTotal,
    Reason,
    Relation,
    SavedView,
    Source,
    Unit,
)
from events.publishing import withdraw
from events.tests.admin.browsing import no_inline_code
from events.tests.factories import (
    figure,
    make_company,
    make_event,
    make_note,
    make_source,
    published,
    published_headcount,
    published_note,
    published_total,
)

pytestmark = pytest.mark.django_db

SUPER = frozenset(["a superuser"])
ADMINISTRATORS = SUPER | {"Administrator"}
EDITORS = ADMINISTRATORS | {"Editor"}
ROLES = EDITORS | {"Contributor"}
STAFF = ROLES | {"Nobody"}  # a name and a password, and no right
NO_ONE = frozenset()

# Kinds of records that are entered at the desk, private here: of those that readers see, see below.
ENTERED = ("layoffevent", "ainote", "publishedtotal", "headcount", "company", "source")
PARTS = ("citation", "unit", "reason", "relation", "notecompany", "alias", "ownership")


def pages(look, *, add=NO_ONE, change=NO_ONE, delete=NO_ONE, version=None):
    """Who may look at a kind's pages, and who may send them: (look, send); nothing is sent where it is None."""
    return {
        "changelist": (look, None),
        "history": (look, None),
        "add": (add, add),
        "change": (look, change),
        "delete": (delete, delete),
        "simple_history": (look, change if version is None else version),
    }


KINDS = {
    **dict.fromkeys(ENTERED, pages(ROLES, add=ROLES, change=ROLES, delete=ADMINISTRATORS)),
    **dict.fromkeys(PARTS, pages(ROLES, change=ROLES)),  # added and taken away on the page of their record
    "duplicatepair": pages(ROLES, change=ROLES, version=NO_ONE),
    "tip": pages(ROLES, change=ROLES, delete=SUPER),
    "snapshot": pages(ROLES, delete=ADMINISTRATORS),
    "importbatch": pages(ROLES, add=EDITORS)
    | {"change": (ROLES, None)}
    | dict.fromkeys(("preview", "columns", "names", "confirm", "take_back"), (None, EDITORS))
    | {"rejected": (ROLES, None)},
    "savedview": pages(STAFF, change=STAFF, delete=STAFF) | {"keep": (None, STAFF)},  # one's own
    "group": pages(ADMINISTRATORS, add=SUPER, change=SUPER, delete=SUPER),
    "user": pages(ADMINISTRATORS, add=ADMINISTRATORS, change=ADMINISTRATORS, delete=ADMINISTRATORS)
    | {"password_change": (ADMINISTRATORS, ADMINISTRATORS), "close": (ADMINISTRATORS, ADMINISTRATORS)},
    **dict.fromkeys(("accessattempt", "accesslog", "accessfailurelog"), pages(SUPER, change=SUPER, delete=SUPER)),
}
# Nobody adds, changes or deletes what publishing, imports and readers write.
WRITTEN = (
    *(f"{kind}{what}" for kind in ("event", "note", "total", "headcount") for what in ("edition", "document")),
    "eventeditioncompany", "eventeditiontie", "eventeditionterm", "eventwords", "noteeditioncompany",
    "noteeditionterm", "notewords", "sourcelink", "publicrecord", "snapshotfile", "readercount", "linkcheck",
    "oldslug", "importrow", "importmade", "savedmapping",
)  # fmt: skip
KINDS |= dict.fromkeys(WRITTEN, pages(ROLES))

OTHERS = {
    "desk:first": (STAFF, None),
    "desk:reading": (STAFF, None),
    "desk:password": (STAFF, STAFF),  # at the address of the admin's own
    "admin:index": (STAFF, None),
    "admin:app_list": (STAFF, None),
    "admin:jsi18n": (STAFF, None),
    "admin:autocomplete": (ROLES, None),
    "admin:view_on_site": (STAFF, None),
    "admin:login": (NO_ONE, None),  # whoever is in is led on
    "admin:logout": (None, STAFF),
    "admin:password_change": (STAFF, STAFF),
    "admin:password_change_done": (STAFF, None),
}
# Who is offered which action of a list: Django refuses the others.
ACTIONS = {
    **dict.fromkeys(("review_selected", "draft_selected", "dismiss_selected"), ROLES),
    **dict.fromkeys(("publish_selected", "reject_selected", "withdraw_selected", "correct_selected"), EDITORS),
    "merge_selected": EDITORS,
    "delete_selected": ADMINISTRATORS,
    "cleanup_expired_attempts": SUPER,
}

QUERIES = {"admin:autocomplete": "?app_label=events&model_name=layoffevent&field_name=company&term=a"}


def names(resolver=None, space=""):
    """The names of all addresses at the desk; those that have none only lead on to these."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace or space:
                yield from names(pattern, pattern.namespace or space)
        elif space in ("admin", "desk") and pattern.name:
            yield f"{space}:{pattern.name}"


def of_kind(name):
    """The kind and the page that an address is of: `admin:events_tip_change` is ("tip", "change")."""
    found = re.fullmatch(r"admin:[a-z]+_([a-z]+)_([a-z_]+)", name)
    return found.groups() if found and found[1] in KINDS else None


def who(name):
    return KINDS[of_kind(name)[0]].get(of_kind(name)[1]) if of_kind(name) else OTHERS.get(name)


def address(name, records):
    if not of_kind(name):
        company = [ContentType.objects.get_for_model(Company).pk, records["company"].pk]
        args = {"admin:app_list": ["events"], "admin:view_on_site": company}.get(name, [])
        return reverse(name, args=args) + QUERIES.get(name, "")
    kind, page = of_kind(name)
    if page in ("changelist", "add", "keep"):
        return reverse(name)
    record = records[kind]
    return reverse(name, args=[record.pk, record.history.first().pk] if page == "simple_history" else [record.pk])


def ask(user, method, path):
    """What the view at `path` answers, its page not rendered: whether all pages can be is seen once, by a superuser."""
    request = getattr(RequestFactory(), method)(path)
    request.user, request.session, request._dont_enforce_csrf_checks = user, SessionStore(), True
    request._messages = FallbackStorage(request)
    view = resolve(request.path)
    try:
        return view.func(request, *view.args, **view.kwargs)
    except PermissionDenied:
        return HttpResponseForbidden()


def let_in(response):
    """Whether it was not refused. Whatever is not there, or not theirs, leads to the first screen."""
    assert response.status_code in (200, 302, 400, 403)
    return response.status_code != 403 and response.headers.get("Location") not in ("/admin/", "/admin/login/")


@pytest.fixture(params=["Nobody", "Contributor", "Editor", "Administrator", "a superuser"])
def role(request):
    return request.param


@pytest.fixture
def somebody(role, django_user_model):
    user = django_user_model.objects.create_user(role, is_staff=True, is_superuser=role == "a superuser")
    if role not in ("Nobody", "a superuser"):
        user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def records(everything, somebody, amazon, django_user_model):
    """A record of every kind: of those that are entered, one that readers never saw."""
    found = {model._meta.model_name: model._default_manager.order_by("pk").last() for model in apps.get_models()}
    total = PublishedTotal.objects.get()
    total.pk, total.state = None, "draft"
    total.save()
    found |= {
        "company": make_company("Nobody's"), "source": make_source(), "layoffevent": make_event(amazon, 5),
        "ainote": make_note(), "publishedtotal": total,
        "headcount": Headcount.objects.create(company=amazon, counted_on="2022-01-01", **figure(7)),
        "savedview": SavedView.objects.create(user=somebody, desk_list="company", query="q=x", name="mine"),
        "user": django_user_model.objects.create_user("somebody else", is_staff=True),
    }  # fmt: skip
    for log in ("accessattempt", "accesslog", "accessfailurelog"):
        model = apps.get_model("axes", log)
        said = {"failures_since_start": 1} if log == "accessattempt" else {"attempt_time": timezone.now()}
        found[log] = model.objects.create(**said)
    event, company = found["layoffevent"], found["company"]
    return found | {
        "citation": event.citations.get(),
        "unit": Unit.objects.create(event=event, name="Pixel"),
        "reason": Reason.objects.create(event=event, kind="costs"),
        "relation": Relation.objects.create(event=event, kind="updates", other=LayoffEvent.objects.first()),
        "notecompany": found["ainote"].companies.create(company=amazon, role="maker"),
        "alias": company.aliases.create(name="Nobody at all"),
        "ownership": Ownership.objects.create(company=company, parent=amazon),
        "importrow": ImportRow.objects.order_by("pk").first(),  # a new preview makes its rows anew
    }


def test_about_every_address_it_is_said_who_may():
    every = list(names())
    assert len(every) > 250
    assert [name for name in every if who(name) is None] == []
    here = {of_kind(name)[0] for name in every if of_kind(name)}
    assert (set(KINDS) - here, set(OTHERS) - set(every)) == (set(), set())


def test_each_role_gets_where_it_may_and_no_further(records, somebody, role):
    wrong = {}
    # Leaving ends the session.
    for name in sorted(names(), key="admin:logout".__eq__):
        path, (look, send) = address(name, records), who(name)
        if look is None:
            assert ask(somebody, "get", path).status_code == 405, path
        elif let_in(ask(somebody, "get", path)) != (role in look):
            wrong[path] = "may not look" if role in look else "looks"
        if send is not None and let_in(ask(somebody, "post", path)) != (role in send):
            wrong[path] = "may not send" if role in send else "sends"
    assert wrong == {}


def test_each_role_is_offered_the_actions_that_it_may(somebody, role, rf):
    request = rf.get("/")
    request.user = somebody
    offered = set()
    for model, page in admin.site._registry.items():
        # One's own views are one's own to delete; a list that is not shown offers nothing.
        if model is not SavedView and page.has_view_or_change_permission(request):
            offered |= set(page.get_actions(request))
    assert offered == {action for action, may in ACTIONS.items() if role in may}


@pytest.mark.parametrize("role", ["a superuser"], indirect=True)
def test_every_page_answers(records, somebody):
    client = Client()
    client.force_login(somebody)
    for name in names():
        path, (look, _send) = address(name, records), who(name)
        if look:
            response = client.get(path)
            assert response.status_code == (302 if name == "admin:view_on_site" else 200), path
            if response.headers["Content-Type"].startswith("text/html"):
                no_inline_code(path, response)


def test_of_what_readers_see_only_editors_change_anything_and_nobody_deletes_it(everything, somebody, role):
    client = Client()
    client.force_login(somebody)
    event = published(make_company("Seen"), 100)
    seen = [event, published_note(), published_total(), published_headcount(event.company), event.company]
    seen += [Source.objects.get(citations__event=event), event.citations.get()]
    gone = published(make_company("Gone"), 100)
    withdraw(gone, "Never happened.")
    for record in (*seen, gone):
        kind = record._meta.model_name
        paths = {
            "change": reverse(f"admin:events_{kind}_change", args=[record.pk]),
            "version": reverse(f"admin:events_{kind}_simple_history", args=[record.pk, record.history.first().pk]),
        }
        for what, path in paths.items():
            assert let_in(client.get(path)) == (role in ROLES), (record, what)
            assert let_in(client.post(path)) == (role in EDITORS), (record, what)
        client.post(reverse(f"admin:events_{kind}_delete", args=[record.pk]), {"post": "yes"})
        assert type(record)._default_manager.filter(pk=record.pk).exists(), record
