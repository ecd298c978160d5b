"""Every page of the desk answers, with hashed static files, and none allows what the security policy forbids."""

import re

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils import timezone

from events.answers.answer import SUBJECTS
from events.frozen import freeze
from events.imports.engine import import_file
from events.models import AiNote, Company, LayoffEvent, LinkCheck, OldSlug, ReaderCount, Reason, SavedView, Unit
from events.publishing import publish, source_changed, withdraw
from events.query import EventQuery
from events.tests.factories import (
    make_company,
    make_event,
    make_pair,
    make_source,
    make_tip,
    published,
    published_headcount,
    published_note,
    published_total,
)
from events.tests.imports.files import tech

pytestmark = pytest.mark.django_db

OURS = [model for model in apps.get_app_config("events").get_models() if not model.__name__.startswith("Historical")]


@pytest.fixture
def everything(google, amazon, admin_client, admin_user, tmp_path):
    """A record of every kind, with a past, and with ids that a page may want to write as "1,234"."""
    LayoffEvent.objects.create(pk=1234, company=google, title="x", announced_on="2024-01-01").delete()
    whole = published(google, (200, None, 900), wording="several hundred")
    part = published(google, 100, part_of=whole)
    note = published_note([(google, "investor")])
    part.notes.add(note)
    Unit.objects.create(event=part, name="Pixel")
    Reason.objects.create(event=part, kind="costs")
    publish([part])
    withdraw(whole, "Never happened.")
    make_event(amazon, 500, announced_on="2024-Q1")
    published_total()
    published_headcount(google)
    source = make_source(archived_url="https://archive.example/1")
    source_changed(source)
    company = make_company("Twitch", aliases=["Justin.tv"])
    OldSlug.objects.create(slug="old", company=company)
    Group.objects.create(name="editors")
    make_pair(make_event(employer := make_company()), make_event(employer))
    freeze(SUBJECTS["events"], EventQuery.from_string(""), "http://testserver")
    ReaderCount.objects.create(reader="x", hour=timezone.now())
    make_tip(event=part)
    SavedView.objects.create(user=admin_user, desk_list="layoffevent", query="q=x", name="x")
    LinkCheck.note(source, timezone.now(), status="ok", final_url="")
    (tmp_path / "list.csv").write_text(tech({"people": "abc"}, {}))
    import_file(tmp_path / "list.csv", set_aside=True)
    (tmp_path / "mine.csv").write_text("Firm,When\nCoil,2019-03-14\n")
    import_file(tmp_path / "mine.csv", mapping=["Firm=company", "When=announced_on"])


def addresses():
    for model, page in admin.site._registry.items():
        yield model, page, f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def test_every_model_is_registered():
    assert [model for model in OURS if not admin.site.is_registered(model)] == []


def test_every_page_answers(everything, admin_client, rf, admin_user):
    request = rf.get("/admin/")
    request.user = admin_user
    seen = 0
    for model, page, path in addresses():
        obj = model._default_manager.last()
        assert obj is not None or model._meta.app_label == "axes", f"no {model.__name__} to look at"
        pages = {path: 200, f"{path}?q=google&o=1": 200 if page.search_fields else 302}
        pages[f"{path}add/"] = 200 if page.has_add_permission(request) else 403
        if obj:
            pages[f"{path}{obj.pk}/change/"] = 200
            pages[f"{path}{obj.pk}/history/"] = 200
            pages[f"{path}{obj.pk}/delete/"] = 200 if page.has_delete_permission(request, obj) else 403
            if hasattr(model, "history"):
                pages[f"{path}{obj.pk}/history/{obj.history.first().pk}/"] = 200
        for address, status in pages.items():
            response = admin_client.get(address)
            if address.endswith("/delete/") and response.status_code == 302:
                continue  # was public: see test_deletion
            assert response.status_code in (status, 200 if "?q=" in address else status), address
            seen += 1
            if response.status_code == 200:
                no_inline_code(address, response.content.decode())
    assert seen > 100


def no_inline_code(address, html):
    """Nothing that the policy would block: style attributes, handlers, scripts and style sheets within the page."""
    tags = re.findall(r"<[a-zA-Z][^>]*>", html)
    assert [tag for tag in tags if re.search(r"\s(style|on[a-z]+)=", tag)] == [], address
    assert not re.search(r"<style|javascript:", html), address
    assert [s for s in re.findall(r"<script[^>]*>", html) if "src=" not in s and "application/json" not in s] == [], (
        address
    )


def test_the_policy_has_no_unsafe_inline(everything, admin_client):
    for path in ("/admin/", "/admin/login/", "/admin/events/layoffevent/", "/admin/events/layoffevent/add/"):
        policy = admin_client.get(path, follow=True).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy


def test_static_files_are_hashed(admin_client):
    html = admin_client.get("/admin/").content.decode()
    assert re.search(r"/static/admin_desk/desk\.[0-9a-f]{12}\.css", html)


def test_addresses_that_are_no_record_are_not_found(admin_client, amazon):
    for path in (
        "abc/history/",
        "1x/history/2/",
        f"{amazon.pk}/history/x/",
        "99999999999999999999/history/",
        "0/history/",
    ):
        assert admin_client.get(f"/admin/events/company/{path}").status_code == 404, path


def test_lists_are_searched_by_alias_and_accent(desk):
    company = make_company("Nestlé", aliases=["Perrier"])
    event = make_event(company)
    for words in ("nestle", "Perrier", "NESTLÉ"):
        found = desk.open(f"/admin/events/company/?q={words}").context["cl"].queryset
        assert list(found) == [company], words
    assert list(desk.open("/admin/events/layoffevent/?q=perrier").context["cl"].queryset) == [event]


def test_a_pasted_link_finds_its_source(desk):
    source = make_source("https://www.news.example/a/?b=1")
    path = "/admin/autocomplete/?app_label=events&model_name=citation&field_name=source&term="
    answer = desk.open(path + "http://news.example/a%3Fb=1%26utm_source=x").json()
    assert [row["id"] for row in answer["results"]] == [str(source.pk)]


def test_a_merged_company_is_not_offered(desk, amazon):
    make_company("Amazon UK", merged_into=amazon)
    path = "/admin/autocomplete/?app_label=events&model_name=layoffevent&field_name=company&term=amazon"
    assert [row["text"] for row in desk.open(path).json()["results"]] == ["Amazon"]
    assert Company.objects.count() == 2


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (12000, "12,000"),
        ((950, 1000, 1100), "≈ 1,000"),
        (("at_least", 100), "≥ 100"),
        ((200, None, 900), "200–900"),
        (("up_to", 50000), "up to 50,000"),
        (None, "not stated"),
    ],
)
def test_the_list_shows_figures_as_they_are_known(desk, amazon, people, words):
    make_event(amazon, people)
    assert f'<td class="field-figure">{words}</td>' in desk.open("/admin/events/layoffevent/").content.decode()


def test_the_lists_ask_a_bounded_number_of_queries(desk, google, django_assert_max_num_queries):
    for _ in range(12):
        published(google, 100)
        published_note([(google, "investor")])
    for model in (LayoffEvent, AiNote, Company):
        # Ten of them for an event: the versions of the rows, from its history and that of its four kinds of rows.
        with django_assert_max_num_queries(24):
            desk.open(f"/admin/events/{model._meta.model_name}/")
