"""Each role tried against each action: by the form's button, by the list's action, by an address typed by hand."""

import pytest
from django.contrib.auth.models import Group, Permission

from events import roles
from events.models import AiNote, Company, EventEdition, Headcount, LayoffEvent, PublishedTotal, Relation
from events.publishing import check_record, ownership_changed, withdraw
from events.tests.admin.browsing import Desk, act, change, errors_of, form_of, history
from events.tests.factories import (
    make_company,
    make_event,
    make_note,
    make_source,
    published,
    published_headcount,
    published_total,
)

pytestmark = pytest.mark.django_db

DRAFT, REVIEW, PUBLISHED, REJECTED, WITHDRAWN = "draft", "in_review", "published", "rejected", "withdrawn"
CONTRIBUTORS, EDITORS, ADMINISTRATORS = (
    {"Contributor", "Editor", "Administrator"}, {"Editor", "Administrator"}, {"Administrator"},
)  # fmt: skip


@pytest.fixture(params=["Nobody", "Contributor", "Editor", "Administrator"])
def role(request):
    return request.param


@pytest.fixture
def at_desk(client, django_user_model):
    """A desk with somebody of a role at it."""

    def at_desk(role):
        user = django_user_model.objects.create_user(f"a-{role}".lower(), is_staff=True)
        if role != "Nobody":
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return Desk(client)

    return at_desk


def in_state(company, state):
    # Years apart: publishing would wait for a look at likely duplicates.
    when = {"announced_on": f"{2000 + LayoffEvent.objects.count()}-01-10"}
    event = published(company, 100, **when) if state in (PUBLISHED, WITHDRAWN) else make_event(company, 100, **when)
    event.state = state
    if state == WITHDRAWN:
        event.state = PUBLISHED
        withdraw(event, "Never happened.")
    event.save()
    return LayoffEvent.objects.get(pk=event.pk)


def state_of(event):
    return LayoffEvent.objects.filter(pk=event.pk).values_list("state", flat=True).first()


# The button, the list's action, the state before and after, who may.
MOVES = [
    ("_review", "review_selected", DRAFT, REVIEW, CONTRIBUTORS),
    ("_draft", "draft_selected", REVIEW, DRAFT, CONTRIBUTORS),
    ("_draft", "draft_selected", REJECTED, DRAFT, EDITORS),
    ("_reject", "reject_selected", REVIEW, REJECTED, EDITORS),
    ("_publish", "publish_selected", REVIEW, PUBLISHED, EDITORS),
    ("_publish", "publish_selected", WITHDRAWN, PUBLISHED, EDITORS),
    ("_withdraw", "withdraw_selected", PUBLISHED, WITHDRAWN, EDITORS),
]


@pytest.mark.parametrize(("button", "action", "before", "after", "who"), MOVES)
def test_a_record_moves_for_who_may_move_it(at_desk, admin_client, google, role, button, action, before, after, who):
    by_form, by_list, by_hand = (in_state(google, before) for _ in range(3))
    desk, may = at_desk(role), role in who
    page = desk.client.get(change(by_form))
    assert (f'name="{button}"' in page.content.decode()) == may
    # By hand: the form of somebody who has it, sent by somebody who may not.
    form = form_of(admin_client.get(change(by_hand)))
    assert desk.client.post(change(by_hand), form | {button: "1", "change_reason": "So."}).status_code == (
        302 if may else 403
    )
    if may:
        desk.save(change(by_form), button, change_reason="So.")
        act(desk, action, [by_list], post="yes", change_reason="So.")
    elif role != "Nobody":
        act(desk, action, [by_list], post="yes", change_reason="So.")
    assert [state_of(event) for event in (by_form, by_list, by_hand)] == [after if may else before] * 3
    if may:
        assert all(event.history.first().history_user.username == f"a-{role}".lower() for event in (by_form, by_list))
    assert check_record() == []


@pytest.mark.parametrize(
    ("state", "who"), [(DRAFT, CONTRIBUTORS), (REVIEW, CONTRIBUTORS), (PUBLISHED, EDITORS), (REJECTED, EDITORS)]
)
def test_a_record_and_its_rows_are_changed_by_who_may(at_desk, admin_client, google, role, state, who):
    event = in_state(google, state)
    citation, version = event.citations.get(), event.history.last()
    forms = {
        change(event): {"title": "Another title"},
        change(citation): {"quote": "“Another.”"},
        history(event, version): {},
    }
    filled = {path: form_of(admin_client.get(path)) | typed for path, typed in forms.items()}
    desk = at_desk(role)
    for path, data in filled.items():
        if path == history(event, version):
            data |= {"_version": form_of(admin_client.get(path))["_version"]}
        status = desk.client.post(path, data | {"_save": "1", "change_reason": "So."}).status_code
        assert status == (302 if role in who else 403), path
        if role in who and path == change(event):
            assert LayoffEvent.objects.get().title == "Another title"


@pytest.mark.parametrize("path", ["layoffevent", "ainote", "publishedtotal", "headcount", "company", "source"])
def test_everybody_of_a_role_looks_and_enters(at_desk, role, path):
    desk, status = at_desk(role), 403 if role == "Nobody" else 200
    assert desk.client.get(f"/admin/events/{path}/").status_code == status
    assert desk.client.get(f"/admin/events/{path}/add/").status_code == status


def test_drafts_are_deleted_by_administrators_and_what_was_public_by_nobody(at_desk, google, role):
    draft, other, rejected, public = (in_state(google, state) for state in (DRAFT, DRAFT, REJECTED, PUBLISHED))
    desk, may = at_desk(role), role in ADMINISTRATORS
    for event in (draft, rejected, public):
        path = f"/admin/events/layoffevent/{event.pk}/delete/"
        page = desk.client.get(path)
        assert page.status_code == (
            403 if role == "Nobody" or (event != public and not may) else 200 if event != public else 302
        )
        desk.client.post(path, {"post": "yes", **(form_of(page) if page.status_code == 200 else {})})
    if role != "Nobody":
        act(desk, "delete_selected", [other], post="yes")
    left = {event.pk for event in (draft, other, rejected, public)} & set(
        LayoffEvent.objects.values_list("pk", flat=True)
    )
    assert left == ({public.pk} if may else {draft.pk, other.pk, rejected.pk, public.pk})


def test_a_contributor_adds_companies_and_leaves_public_and_merged_ones_alone(at_desk, google, amazon):
    published(google, 100)
    desk = at_desk("Contributor")
    desk.save("/admin/events/company/add/", name="Twitch")
    twitch = Company.objects.get(name="Twitch")
    assert desk.client.post(change(google), {"name": "Alphabet's"}).status_code == 403
    desk.save(change(twitch), name="Twitch Interactive", merged_into=amazon.pk)
    twitch.refresh_from_db()
    assert (twitch.name, twitch.merged_into) == ("Twitch Interactive", None)


def test_an_editor_merges_companies_and_corrects_sources_that_readers_see(at_desk, google, amazon):
    event, other = published(google, 100), make_company("Amazon UK")
    desk, source = at_desk("Editor"), event.citations.get().source
    desk.save(change(other), merged_into=amazon.pk)
    desk.save(change(source), title="The report")
    other.refresh_from_db()
    source.refresh_from_db()
    assert (other.merged_into, source.title) == (amazon, "The report")


def test_a_contributor_changes_a_source_until_readers_see_it(at_desk, google):
    seen, unseen = published(google, 100).citations.get().source, make_source()
    desk = at_desk("Contributor")
    assert desk.client.post(change(seen), {}).status_code == 403
    desk.save(change(unseen), title="The report")
    unseen.refresh_from_db()
    assert unseen.title == "The report"


def test_the_groups_hold_what_the_table_says_after_each_migration():
    group = Group.objects.get(name="Contributor")
    before = set(group.permissions.values_list("codename", flat=True))
    assert {"add_layoffevent", "change_ainote", "delete_unit", "view_snapshot"} <= before
    assert not any(name.startswith(("publish_", "delete_layoff", "merge_")) for name in before)
    every = {(p.content_type.app_label, p.codename) for p in Permission.objects.select_related("content_type")}
    assert [right for may in roles.PERMISSIONS.values() for right in may if right not in every] == []
    group.permissions.clear()
    Group.objects.filter(name="Editor").delete()
    roles.set_groups()
    assert set(group.permissions.values_list("codename", flat=True)) == before
    assert Group.objects.get(name="Editor").permissions.filter(codename="publish_headcount").exists()


@pytest.mark.parametrize("model", [AiNote, PublishedTotal, Headcount])
def test_every_kind_of_record_has_the_same_ways(at_desk, google, model):

    record = {AiNote: make_note, PublishedTotal: published_total, Headcount: lambda: published_headcount(google)}[
        model
    ]()
    desk = at_desk("Contributor")
    page = desk.open(change(record)).content.decode()
    assert 'name="_publish"' not in page
    assert ('name="_review"' in page) == (model is AiNote)
    assert ('name="_save"' in page) == (model is AiNote)


# ── What reaches readers by another way ──────────────────────────────────────────────────────────────────────────────


def test_a_contributor_changes_nothing_that_readers_see_through_a_drafts_relations(at_desk, google):
    whole, part = published(google, 500), published(google, 100)
    draft = make_event(google, 200, announced_on="2001-01-10")
    Relation.objects.create(event=part, kind="part_of", other=draft)
    editions = EventEdition.objects.count()
    response = at_desk("Contributor").save(change(draft), rows=[("relations", {"kind": "part_of", "other": whole.pk})])
    assert "Readers would see this at other records" in str(errors_of(response))
    assert EventEdition.objects.count() == editions
    assert not draft.relations.exists()
    at_desk("Editor").save(change(draft), rows=[("relations", {"kind": "part_of", "other": whole.pk})])
    assert EventEdition.objects.filter(record_id=part.pk, part_of=whole.pk).exists()


def test_a_contributor_does_not_take_a_public_companys_merge_back(at_desk, google):
    twitch = make_company("Twitch")
    published(twitch, 500)
    first = twitch.history.first()
    twitch.merged_into = google
    twitch.save()
    ownership_changed([twitch.pk, google.pk])
    path = f"/admin/events/company/{twitch.pk}/history/{first.pk}/"
    contributor = at_desk("Contributor")
    response = contributor.client.post(path, form_of(contributor.client.get(path)))
    assert response.status_code == 403
    twitch.refresh_from_db()
    assert twitch.merged_into == google


def test_an_old_version_brings_back_what_its_form_shows_and_nothing_else(at_desk, google):
    event = make_event(google, 100, title="First")
    version = event.history.first()
    event.title, event.origin, event.origin_key = "Second", "list.csv", "a:b:c:1"
    event.save()
    path = f"/admin/events/layoffevent/{event.pk}/history/{version.pk}/"
    editor = at_desk("Editor")
    editor.client.post(path, form_of(editor.client.get(path)) | {"change_reason": "It was right before."})
    event.refresh_from_db()
    assert (event.title, event.origin, event.origin_key) == ("First", "list.csv", "a:b:c:1")
