"""Pages and lists of the desk, with hashed static files. That every address answers: test_every_address.py."""

import re

import pytest
from django.apps import apps
from django.contrib import admin

from events.models import AiNote, Citation, Company, LayoffEvent, Reason, Unit
from events.tests.admin.browsing import no_inline_code
from events.tests.factories import (
    make_company,
    make_event,
    make_note,
    make_source,
    published,
    published_note,
)

pytestmark = pytest.mark.django_db

OURS = [model for model in apps.get_app_config("events").get_models() if not model.__name__.startswith("Historical")]


def test_every_model_is_registered():
    assert [model for model in OURS if not admin.site.is_registered(model)] == []


def test_the_policy_has_no_unsafe_inline(admin_client):
    for path in ("/admin/", "/admin/login/", "/admin/events/layoffevent/", "/admin/events/layoffevent/add/"):
        policy = admin_client.get(path, follow=True).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy


def test_every_list_is_searched_and_ordered(everything, admin_client):
    for model, page in admin.site._registry.items():
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        found = admin_client.get(f"{path}?o=1{'&q=google' if page.search_fields else ''}")
        assert found.status_code == 200, path
        no_inline_code(path, found)


def test_no_search_and_no_filter_of_a_list_shows_a_row_twice(everything, rf, admin_user):
    """However many aliases, citations, units and reasons a row matches by."""
    event = LayoffEvent.objects.filter(state="published").last()
    for number in range(2):
        Reason.objects.create(event=event, kind=("demand", "merger")[number])
        Unit.objects.create(event=event, name=f"Google unit {number}")
        Citation.objects.create(event=event, source=make_source(publisher="Google news"))
        event.company.aliases.create(name=f"Google again {number}")
        event.notes.add(make_note([(event.company, "maker"), (make_company(f"Google {number}"), "investor")]))
    tried = 0
    for model, page in admin.site._registry.items():

        def ask(query, page=page):
            request = rf.get(f"/?{query}")
            request.user = admin_user
            return page.get_changelist_instance(request)

        queries = ["q=google"] if page.search_fields else []
        every = ask("")
        for spec in every.filter_specs:
            queries += [
                choice["query_string"].lstrip("?") for choice in spec.choices(every) if "query_string" in choice
            ]
        for query in queries:
            pks = list(ask(query).queryset.values_list("pk", flat=True))
            assert len(pks) == len(set(pks)), (model.__name__, query)
            tried += bool(pks)
    assert tried > 100


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
