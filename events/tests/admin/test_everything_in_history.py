"""Whatever writes at the desk leaves an entry of history for each record that it changed: one, with who and when.

Held against the rows themselves: what differs after an action, in any kind that has a history, must be told by exactly
one new entry, which holds what the row now holds.
"""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from events.models import DuplicatePair, ImportBatch, LayoffEvent, Reason, Unit
from events.models.choices import Verdict
from events.tests.admin.browsing import act, change, delete, form_of, history
from events.tests.factories import (
    make_company,
    make_event,
    make_note,
    make_pair,
    make_source,
    make_tip,
    published,
    published_headcount,
    published_note,
    published_total,
)
from events.tests.imports.files import tech
from events.tests.imports.test_companies import constituents
from events.tests.imports.test_notes import models as models_file

pytestmark = pytest.mark.django_db

OURS = [model for model in apps.get_app_config("events").get_models() if not model.__name__.startswith("Historical")]
TOLD = [model for model in OURS if hasattr(model, "history")]
# An open pair follows from both events, and comes and goes with them; its history is of what editors say of it.
OF_A_PAIR = ("decision", "decided_by_id", "decided_at")
NOT_SAID = (None, ({"decision": "", "decided_by_id": None, "decided_at": None}, None))


DERIVED = {"search_text"}  # of a company's names and its aliases', which are told


def values(model, row):
    names = OF_A_PAIR if model is DuplicatePair else [field.attname for field in model._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in DERIVED}


def ties(row):
    return sorted(row.notes.values_list("pk", flat=True)) if isinstance(row, LayoffEvent) else None


class Watched:
    """All rows that have a history, as they are before an action."""

    def __init__(self):
        self.rows = self.now()
        self.last = {model: max(model.history.values_list("history_id", flat=True), default=0) for model in TOLD}

    @staticmethod
    def now():
        return {(model, row.pk): (values(model, row), ties(row)) for model in TOLD for row in model.objects.all()}

    def changes(self, user):
        """How many rows were written since, each told by one entry of `user`'s. Fails where that is not so."""
        rows, changed = self.now(), 0
        for model in TOLD:
            entries = {}
            for entry in model.history.filter(history_id__gt=self.last[model]):
                entries.setdefault(getattr(entry, model._meta.pk.attname), []).append(entry)
            for pk in {key[1] for key in self.rows.keys() | rows.keys() if key[0] is model}:
                before, after, told = self.rows.get((model, pk)), rows.get((model, pk)), entries.get(pk, [])
                if before == after or (before in NOT_SAID and after in NOT_SAID):
                    continue
                changed += 1
                what = f"{model.__name__} {pk}"
                assert len(told) == 1, f"{what}: {len(told)} entries of one change"
                assert told[0].history_type == ("+" if before is None else "-" if after is None else "~"), what
                assert told[0].history_user == user, what
                assert timezone.now() - told[0].history_date < timedelta(minutes=5), what
                if after:
                    assert values(model, told[0]) == after[0], what
        return changed


@pytest.fixture
def world(google, amazon):
    """Records of every kind, drafts and public ones, years apart."""
    draft = make_event(google, 100, announced_on="2001-01-10")
    Unit.objects.create(event=draft, name="Pixel")
    Reason.objects.create(event=draft, kind="costs")
    reviewed = make_event(google, 100, announced_on="2003-01-10", state="in_review")
    public = published(google, 100, announced_on="2005-01-10")
    note = published_note([(google, "investor")])
    make_note(state="in_review")
    make_note()
    published_total()
    published_headcount(google)
    make_source()
    make_tip()
    return {"draft": draft, "reviewed": reviewed, "public": public, "note": note}


def test_actions_on_lists(world, desk, rf, admin_user):
    request = rf.get("/")
    request.user = admin_user
    wrote = set()
    for model, page in admin.site._registry.items():
        for action in page.get_actions(request) if model in TOLD else ():
            every = list(model.objects.order_by("-pk"))
            # With one that readers saw among them, none of those chosen is deleted.
            for records in [[record] for record in every] if action == "delete_selected" else [every]:
                with transaction.atomic():
                    before = Watched()
                    act(desk, action, records, post="yes", change_reason="So.")
                    written = before.changes(admin_user)
                    transaction.set_rollback(True)
                if written:
                    wrote.add((model.__name__, action))
                    break
    for name in ("LayoffEvent", "AiNote"):
        every = ("publish", "review", "draft", "reject", "withdraw", "delete")
        assert {(name, f"{action}_selected") for action in every} <= wrote
    assert {
        ("PublishedTotal", "withdraw_selected"),
        ("Headcount", "withdraw_selected"),
        ("Source", "delete_selected"),
    } <= wrote


def test_forms_rows_and_old_versions(world, desk, amazon, google, admin_user):
    draft, public, twitch = world["draft"], world["public"], make_company("Twitch")
    old = draft.history.first()
    source = public.citations.get().source
    for says, write in {
        "a new record with a pasted link": lambda: desk.save(
            "/admin/events/layoffevent/add/",
            company=amazon.pk,
            title="x",
            announced_on="1999-01-10",
            wording="7",
            rows=[("citations", {"link": "https://paper.example/new"})],
        ),
        "fields, and a row of each way": lambda: desk.save(
            change(draft),
            title="Another",
            units__0__name="Pixel phones",
            reasons__0__DELETE="on",
            rows=[("units", {"name": "Nest"})],
        ),
        "a tie to a note": lambda: desk.save(change(draft), notes=[world["note"].pk]),
        "a correction": lambda: desk.save(change(public), title="Another", change_reason="It was wrong."),
        "a withdrawal": lambda: desk.save(change(public), "_withdraw", change_reason="Never happened."),
        "publication": lambda: desk.save(change(world["reviewed"]), "_publish"),
        "a row's own page": lambda: desk.save(change(draft.citations.get()), quote="“Yes.”"),
        "an owner and an alias": lambda: desk.save(
            change(twitch), rows=[("owners", {"parent": amazon.pk}), ("aliases", {"name": "Justin.tv"})]
        ),
        "a merge": lambda: desk.save(change(twitch), merged_into=amazon.pk),
        "a source that readers see": lambda: desk.save(change(source), title="Another"),
        "deletion": lambda: delete(desk, draft),
    }.items():
        with transaction.atomic():
            before = Watched()
            write()
            assert before.changes(admin_user), says
            transaction.set_rollback(True)
    desk.save(change(draft), title="Another")
    before = Watched()
    path = history(draft, old)
    desk.client.post(path, form_of(desk.open(path)) | {"_save": "1"})
    assert before.changes(admin_user) == 1
    draft.refresh_from_db()
    assert draft.title == "Google cuts jobs"


@pytest.mark.parametrize("verdict", Verdict.values)
def test_answers_to_likely_duplicates_and_their_taking_back(desk, admin_user, verdict):
    company = make_company()
    one, other = published(company, 120), published(company, 122)
    pair = make_pair(one, other)
    for answer in (f"{verdict}:{one.pk}", "take_back"):
        before = Watched()
        data = {"answer": answer, "seen": desk.open(change(pair)).context["stamp"], "confirmed": "yes", "reason": "So."}
        desk.client.post(change(pair), data)
        assert before.changes(admin_user) >= (1 if verdict == "different" else 2)


def test_a_tip_that_becomes_a_draft(desk, amazon, admin_user):
    tip = make_tip(company_words="Amazon", date_words="10 January 2024", people_words="several hundred")
    before = Watched()
    response = desk.client.post(change(tip), {"_draft": "1"}, follow=True)
    form = form_of(response) | {"title": "Amazon cuts jobs", "_save": "1"}
    desk.client.post(response.redirect_chain[-1][0], form)
    assert before.changes(admin_user) == 3  # source, event, citation
    tip.refresh_from_db()
    assert (tip.state, tip.handled_by) == ("taken", admin_user)


IMPORTS = "/admin/events/importbatch/"
FILES = {
    "events": (tech({}, {"company": "Bolt"}), tech({"people": "130"}, {"company": "Bolt"})),
    "notes": (models_file({}), models_file({"Training compute cost (cloud)": "849737163.9"})),
    "companies": (constituents({}), constituents({}, {"Symbol": "BLT", "Security": "Bolt", "CIK": "2"})),
}


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("publish", [False, True])
def test_an_import_and_its_taking_back(desk, admin_user, kind, publish):
    """Of a new file, then of the same file with a row that changed."""
    new, changed = FILES[kind]
    if kind == "companies":
        make_company("Bolt")
    for contents in ([new], [new, changed]):
        with transaction.atomic():
            for content in contents:
                file = SimpleUploadedFile("list.csv", content.encode())
                before = Watched()
                desk.client.post(f"{IMPORTS}add/", {"file": file} | ({"publish": "on"} if publish else {}))
                assert before.changes(admin_user) == 0  # a preview
                batch = ImportBatch.objects.latest("pk")
                desk.client.post(f"{IMPORTS}{batch.pk}/confirm/", {"seen": batch.fingerprint})
                assert before.changes(admin_user)
            before = Watched()
            desk.client.post(f"{IMPORTS}{batch.pk}/take-back/")
            batch.refresh_from_db()
            assert batch.state == "taken_back", batch.error
            assert before.changes(admin_user)
            transaction.set_rollback(True)


def test_commands_write_without_a_user(tmp_path, amazon):
    (tmp_path / "list.csv").write_text(tech({}))
    before = Watched()
    call_command("import_data", tmp_path / "list.csv", publish=True, stdout=None)
    assert before.changes(None) == 4  # company, event, citation, source
