"""Every action of every list asks before it writes, or reports what it did."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group

from events.models import Company, Headcount, SavedView
from events.tests.admin.browsing import act, no_inline_code
from events.tests.factories import (
    figure,
    make_event,
    make_note,
    make_source,
    make_tip,
    published_headcount,
    published_total,
)

pytestmark = pytest.mark.django_db

# Moves of a record between states of the desk: nothing is lost by them, and each is taken back by the next.
REPORT = {"publish_selected", "review_selected", "draft_selected"}


@pytest.fixture
def one_of_each(google, admin_user):
    return [
        google,
        make_event(google, 5),
        make_note(),
        published_total(),
        published_headcount(google),
        make_source(),
        make_tip(),
        Headcount.objects.create(company=google, counted_on="2022-01-01", **figure(7)),
        Company.objects.create(name="Nobody's"),
        SavedView.objects.create(user=admin_user, desk_list="company", query="q=x", name="x"),
        Group.objects.create(name="x"),
    ]


def row(record):
    return type(record)._default_manager.filter(pk=record.pk).values().first()


def test_every_action_asks_or_reports(one_of_each, desk, rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    tried = set()
    for record in one_of_each:
        actions = admin.site.get_model_admin(type(record)).get_actions(request)
        for name in actions:
            before = row(record)
            path = f"/admin/{record._meta.app_label}/{record._meta.model_name}/"
            response = act(desk, name, [record], path)
            tried.add(name)
            no_inline_code(f"{path} {name}", response)
            if "cl" in response.context:
                assert name in REPORT or row(record) == before, (record, name)
                assert list(response.context["messages"]), (record, name)
            else:
                assert row(record) == before, (record, name)
                html = response.content.decode()
                assert 'name="post"' in html or "Cannot delete" in html, (record, name)
    assert tried >= {*REPORT, "delete_selected", "reject_selected", "withdraw_selected", "dismiss_selected"}
