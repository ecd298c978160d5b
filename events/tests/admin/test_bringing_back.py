"""An old version comes back with its rows as they were then, through the checks of any other save."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from events.models import (
    AiNote,
    Alias,
    Citation,
    Company,
    EventEdition,
    Headcount,
    LayoffEvent,
    NoteCompany,
    Ownership,
    PublishedTotal,
    Reason,
    Relation,
    Source,
    Unit,
)
from events.tests.admin.browsing import Desk, change, delete, differences, errors_of, form_of, history, said
from events.tests.factories import (
    make_company,
    make_event,
    make_note,
    make_source,
    published,
    published_headcount,
    published_note,
    published_total,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_public_record_holds")]


def listed(response):
    """What the page of an old version says that it changes: label → today, then."""
    return {one.label: (one.today, one.then) for one in response.context["old"].changes}


def everything(record, parts):
    """All that the record and its rows hold, but when they were saved."""
    rows = [row for model, name in parts for row in model.objects.filter(**{name: record.pk}).order_by("pk").values()]
    own = type(record).objects.filter(pk=record.pk).values().get()
    return [own | {"created_at": None, "changed_at": None}, *rows]


EVENT = ((Citation, "event"), (Unit, "event"), (Reason, "event"), (Relation, "event"))


def test_an_old_version_of_a_public_event_comes_back_with_all_its_rows(desk, google):
    whole, other = published(google, 5000, announced_on="2014-01-10"), published(google, 9, announced_on="2004-01-10")
    note = make_note()
    rows = [
        ("units", {"name": "Pixel", "wording": "about 60"}),
        ("units", {"name": "Fitbit"}),
        ("reasons", {"kind": "costs"}),
        ("relations", {"kind": "part_of", "other": whole.pk}),
    ]
    event = published(google, 100)
    # As an import left it.
    Citation.objects.filter(event=event).update(row_number=214, company_as_written="GOOGLE LLC")
    citation = Citation.objects.get(event=event)
    citation.quote = "“A hundred.”"
    citation.save()
    desk.save(change(event), rows=rows, notes=[str(note.pk)], change_reason="More is known.")
    old, before = event.history.first(), everything(event, EVENT)
    desk.save(
        change(event), title="Wrong", notes=[], place="Berlin", units__0__name="Pixel phones", units__0__wording="9",
        units__0__people_low="9", units__0__people="9", units__0__people_high="9", units__1__DELETE="on",
        citations__0__DELETE="on", reasons__0__DELETE="on", relations__0__kind="updates",
        relations__0__other=other.pk, change_reason="All wrong.",
        rows=[
            ("units", {"name": "Maps"}),
            ("citations", {"source": make_source().pk, "quote": "“Nothing.”"}),
        ],
    )  # fmt: skip
    page = desk.open(history(event, old))
    changes = listed(page)
    assert changes["Title"] == ("Wrong", "Google cuts jobs")
    assert changes["AI-investment notes beside it"] == ("–", str(note))
    assert changes["Unit “Pixel phones”: Unit"] == ("Pixel phones", "Pixel")
    assert changes["Unit “Fitbit”"] == ("not there", "Unit: Fitbit; Qualifier: none; Basis: unknown")
    assert changes["Unit “Maps”"][1] == "not there"
    assert changes[f"Citation “{citation.source}”"][0] == "not there"
    assert "Quote: “A hundred.”" in changes[f"Citation “{citation.source}”"][1]
    assert changes["Reason “costs”"][0] == "not there"
    assert {"Wrong", "Maps", "Pixel phones"} <= {event.title for event in LayoffEvent.objects.all()} | set(
        Unit.objects.values_list("name", flat=True)
    )
    refused = desk.client.post(history(event, old), form_of(page) | {"_save": "1"})
    assert "Write why" in errors_of(refused)["change_reason"][0]
    assert LayoffEvent.objects.get(pk=event.pk).title == "Wrong"
    desk.client.post(history(event, old), form_of(refused) | {"change_reason": "It was right.", "_save": "1"})
    assert everything(event, EVENT) == before
    assert list(LayoffEvent.objects.get(pk=event.pk).notes.all()) == [note]
    assert Citation.objects.get(event=event).row_number == 214
    edition = EventEdition.objects.known_on(None).get(record_id=event.pk)
    assert (edition.reason, edition.part_of, edition.title) == ("It was right.", whole.pk, "Google cuts jobs")
    assert [unit["name"] for unit in edition.document.body["units"]] == ["Pixel", "Fitbit"]
    assert edition.document.body["citations"][0]["quote"] == "“A hundred.”"
    # The history of a row that was made again goes on under its own number.
    assert [entry.history_type for entry in Unit.history.filter(name="Fitbit").order_by("history_id")] == [
        "+", "-", "+",
    ]  # fmt: skip


def test_an_old_version_of_a_company_comes_back_with_its_names_and_owners(desk, google, alphabet):
    event = published(google, 100)
    desk.save(change(google), rows=[("aliases", {"name": "Google LLC"})])
    old, parts = google.history.first(), ((Alias, "company"), (Ownership, "company"))
    before = everything(google, parts)
    desk.save(
        change(google), ticker="G", aliases__0__DELETE="on", owners__0__DELETE="on",
        rows=[("aliases", {"name": "Goggle"}), ("owners", {"parent": make_company("Meta").pk, "since": "2020-01-01"})],
    )  # fmt: skip
    assert LayoffEvent.objects.filter(company__search_text__contains="goggle").exists()
    desk.save(history(google, old))
    assert everything(google, parts) == before
    assert "google llc" in Company.objects.get(pk=google.pk).search_text
    names = (
        EventEdition.objects.known_on(None)
        .get(record_id=event.pk)
        .company_index.values_list("company__name", flat=True)
    )
    assert set(names) == {"Google", "Alphabet"}


@pytest.mark.parametrize("kind", ["note", "total", "headcount"])
def test_old_versions_of_notes_totals_and_headcounts_come_back_with_their_rows(desk, google, kind):
    record, parts, typed = {
        "note": lambda: (
            published_note(
                [(google, "investor")], amount_wording="$2 billion", amount_low_millions=1900, amount_millions=2000,
                amount_high_millions=2100, currency="USD",
            ),
            ((Citation, "note"), (NoteCompany, "note")),
            {"title": "Wrong", "amount_wording": "$3bn", "companies__0__role": "buyer"},
        ),
        "total": lambda: (published_total(), ((Citation, "total"),), {"title": "Wrong", "wording": "about 9"}),
        "headcount": lambda: (published_headcount(google), ((Citation, "headcount"),), {"wording": "about 9"}),
    }[kind]()  # fmt: skip
    old, before = record.history.first(), everything(record, parts)
    row = ("citations", {"source": make_source().pk})
    desk.save(change(record), rows=[row], citations__0__DELETE="on", change_reason="x", **typed)
    record_type = {"note": AiNote, "total": PublishedTotal, "headcount": Headcount}[kind]
    assert everything(record_type.objects.get(pk=record.pk), parts) != before
    desk.save(history(record, old), change_reason="It was right.")
    assert everything(record, parts) == before


def test_figures_come_back_as_they_were_and_not_as_their_words_would_be_read(desk, google):
    event = make_event(google, (300, None, 700), wording="several hundred")
    Unit.objects.create(event=event, name="Pixel", wording="some", people_low=5, people_high=9, qualifier="range",
                        people_basis="editors_bound")  # fmt: skip
    old, before = event.history.first(), everything(event, EVENT)
    for wording in ("about 500", "between 300 and 700"):
        desk.save(change(event), wording=wording, people_low="300", people="", people_high="700", qualifier="range",
                  units__0__wording="5 to 9")  # fmt: skip
    assert LayoffEvent.objects.get().wording == "between 300 and 700"
    desk.save(history(event, old))
    assert everything(event, EVENT) == before


def test_rows_are_as_they_were_at_that_moment_whatever_was_done_to_them_on_their_own_pages(desk, google):
    event = make_event(google, 100)
    desk.save(change(event), rows=[("units", {"name": "Pixel"})])
    old, unit = event.history.first(), Unit.objects.get()
    # An hour later, on the row's own page: the record itself is not saved again.
    desk.save(change(unit), name="Pixel phones")
    later = unit.history.first()
    later.history_date += timedelta(hours=1)
    later.save()
    assert listed(desk.open(history(event, old))) == {"Unit “Pixel phones”: Unit": ("Pixel phones", "Pixel")}
    desk.save(history(event, old))
    assert Unit.objects.get().name == "Pixel"
    assert "Brought back" in event.history.first().history_change_reason


def test_the_rows_that_a_long_import_wrote_belong_to_its_version(desk, google):
    event = make_event(google, 100)
    old, citation = event.history.get(), Citation.objects.get()
    LayoffEvent.history.update(history_change_reason="Import 7: layoffs.csv")
    Citation.history.update(
        history_change_reason="Import 7: layoffs.csv", history_date=old.history_date + timedelta(minutes=2)
    )
    later = timedelta(hours=1)
    desk.save(change(event), title="Wrong", citations__0__DELETE="on")
    for model in (LayoffEvent, Citation):
        newest = model.history.latest("history_id")
        newest.history_date += later
        newest.save()
    desk.save(history(event, old))
    assert (LayoffEvent.objects.get().title, Citation.objects.get()) == ("Google cuts jobs", citation)


def test_a_version_that_is_todays_says_so_and_has_no_button(desk, google):
    event = make_event(google, 100)
    html = desk.open(history(event, event.history.first())).content.decode()
    assert "there is nothing to bring back" in html
    assert 'name="_save"' not in html


def test_opening_an_old_version_writes_nothing(desk, google):
    event = make_event(google, 100)
    old = event.history.first()
    desk.save(change(event), title="Today's", rows=[("units", {"name": "Pixel"})])
    entries = LayoffEvent.history.count(), Unit.history.count(), Citation.history.count()
    desk.open(history(event, old))
    assert (LayoffEvent.history.count(), Unit.history.count(), Citation.history.count()) == entries


def test_it_is_not_brought_back_over_a_row_that_somebody_saved_meanwhile(desk, mina, google):
    event = make_event(google, 100)
    desk.save(change(event), rows=[("units", {"name": "Pixel"})])
    old, unit = event.history.first(), Unit.objects.get()
    desk.save(change(event), units__0__name="Pixel phones")
    form = form_of(desk.open(history(event, old)))
    mina.save(change(event), units__0__name="Pixel and Fitbit", rows=[("units", {"name": "Maps"})])
    refused = desk.client.post(history(event, old), form | {"_save": "1"})
    key = f"units:{unit.pk}:name"
    assert differences(refused) == {
        key: ("Pixel phones", "Pixel and Fitbit", "Pixel", True),
        f"units:{Unit.objects.get(name='Maps').pk}": ("–", "added", "–", False),
    }
    assert set(Unit.objects.values_list("name", flat=True)) == {"Pixel and Fitbit", "Maps"}
    desk.client.post(history(event, old), form_of(refused) | {f"_take:{key}": "mine", "_save": "1"})
    assert set(Unit.objects.values_list("name", flat=True)) == {"Pixel", "Maps"}


def test_a_row_that_two_make_again_at_once_is_one(desk, mina, google):
    event = make_event(google, 100)
    desk.save(change(event), rows=[("units", {"name": "Pixel"})])
    old, unit = event.history.first(), Unit.objects.get()
    desk.save(change(event), units__0__DELETE="on")
    form = form_of(desk.open(history(event, old)))
    mina.save(history(event, old))
    desk.client.post(history(event, old), form | {"_save": "1"})
    assert Unit.objects.get() == unit


def test_a_citation_whose_source_is_gone_is_named_and_nothing_is_written(desk, google):
    event, source = make_event(google, 100), make_source()
    desk.save(change(event), rows=[("citations", {"source": source.pk, "quote": "“Gone.”"})])
    old = event.history.first()
    desk.save(change(event), title="Today's", citations__1__DELETE="on")
    Source.objects.filter(pk=source.pk).delete()
    page = desk.open(history(event, old))
    assert any(f"Source: #{source.pk}, which is gone" in then for _today, then in listed(page).values())
    assert "What stood here is gone" in errors_of(page)["source"][0]
    refused = desk.client.post(history(event, old), form_of(page) | {"_save": "1"})
    assert "Choose a source" in errors_of(refused)["source"][0]
    assert "“Gone.”" in form_of(refused)["citations-1-quote"]
    assert (LayoffEvent.objects.get().title, Citation.objects.count()) == ("Today's", 1)


def test_a_relation_that_would_now_close_a_circle_is_refused(desk, google):
    whole, part = make_event(google, 1000), make_event(google, 100, announced_on="2014-01-10")
    desk.save(change(part), rows=[("relations", {"kind": "part_of", "other": whole.pk})])
    old = part.history.first()
    desk.save(change(part), title="Today's", relations__0__DELETE="on")
    desk.save(change(whole), rows=[("relations", {"kind": "part_of", "other": part.pk})])
    refused = desk.save(history(part, old))
    assert "must not lead back to the event itself" in errors_of(refused)[""][0]
    assert LayoffEvent.objects.get(pk=part.pk).title == "Today's"
    assert Relation.objects.get().event == whole


def test_what_publication_needs_is_asked_of_an_old_version_too(desk, google):
    event = make_event(google, 100, cited=False)
    old = event.history.first()
    row = ("citations", {"source": make_source().pk})
    desk.save(change(event), "_publish", rows=[row])
    refused = desk.save(history(event, old), change_reason="Back.")
    assert "citation" in " ".join(errors_of(refused)[""])
    assert Citation.objects.count() == 1


def test_a_row_that_another_record_took_over_comes_back_as_a_copy(desk, google):
    event, other = make_event(google, 100), make_event(google, 90, announced_on="2014-01-10", cited=False)
    old, citation = event.history.first(), Citation.objects.get()
    citation.event, citation.row_number = other, 7
    citation.save()
    Citation.history.filter(history_id=citation.history.first().history_id).update(
        history_date=old.history_date + timedelta(hours=1)
    )
    desk.save(history(event, old))
    assert sorted(Citation.objects.values_list("event", "source")) == sorted(
        [(event.pk, citation.source_id), (other.pk, citation.source_id)]
    )


def test_a_deleted_draft_comes_back_with_its_rows(desk, google):
    event, other = make_event(google, 100), make_event(google, 50, announced_on="2014-01-10")
    Citation.objects.filter(event=event).update(row_number=3)
    citation = Citation.objects.get(event=event)
    citation.save()
    desk.save(change(event), rows=[("units", {"name": "Pixel"}), ("relations", {"kind": "updates", "other": other.pk})])
    before, pk = everything(event, EVENT), event.pk
    delete(desk, event)
    assert not Unit.objects.exists()
    event.pk = pk
    deletion, edited = event.history.first(), event.history.all()[1]
    assert (deletion.history_type, edited.history_type) == ("-", "~")
    for version in (edited, deletion):
        assert listed(desk.open(history(event, version)))["Unit “Pixel”"][0] == "not there"
    assert "was changed" in said(desk.save(history(event, deletion)))
    assert everything(event, EVENT) == before


def test_who_may_not_change_it_reads_what_it_was(google, django_user_model, desk):
    event = published(google, 100)
    desk.save(change(event), rows=[("units", {"name": "Pixel"})], change_reason="More.")
    old = event.history.first()
    desk.save(change(event), title="Today's", units__0__name="Pixel phones", change_reason="Better.")
    user = django_user_model.objects.create_user("cora", is_staff=True)
    user.groups.add(Group.objects.get(name="Contributor"))
    cora = Desk(Client())
    cora.client.force_login(user)
    page = cora.open(history(event, old))
    assert listed(page) == {
        "Title": ("Today's", "Google cuts jobs"),
        "Unit “Pixel phones”: Unit": ("Pixel phones", "Pixel"),
    }
    html = page.content.decode()
    assert 'name="_save"' not in html
    assert '<div class="readonly">Google cuts jobs</div>' in html
    assert cora.client.post(history(event, old), {"_save": "1"}).status_code == 403


def test_an_id_that_names_no_lost_row_of_the_record_makes_a_new_row(desk, google):
    event, other = make_event(google, 100), make_event(google, 90, announced_on="2014-01-10")
    lost = Unit.objects.create(event=other, name="Lost")
    pk = lost.pk
    lost.delete()
    there = Unit.objects.create(event=other, name="There")
    for text in (str(pk), str(there.pk), "9" * 30 + "x"):
        Unit.objects.filter(event=event).delete()
        desk.save(change(event), rows=[("units", {"id": text, "name": "New"})])
        new = Unit.objects.get(event=event)
        assert new.name == "New"
        assert new.pk not in (pk, there.pk)
    assert Unit.objects.get(pk=there.pk).event == other
