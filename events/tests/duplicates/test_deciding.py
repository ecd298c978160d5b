"""What follows from an answer, for the desk and for readers, and that it can be taken back."""

import pytest

from events.duplicates import NotDecided, decide, look_again, take_back
from events.models import Citation, DuplicatePair, EventEdition, LayoffEvent, Reason, Relation, Unit
from events.models.choices import Verdict
from events.publishing import check_record, correct, withdraw
from events.query import EventQuery
from events.selection import EventSelection
from events.tests.factories import figure, make_company, make_event, make_note, make_pair, make_source, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    return make_company("Acme", country="US")


@pytest.fixture(autouse=True)
def the_record_holds(db):
    yield
    assert check_record() == []


def desk():
    """All that the desk says, by what editors see."""
    return {
        "events": sorted(LayoffEvent.objects.values_list("pk", "state", "people")),
        "cited": sorted(Citation.objects.values_list("event", "source", "people", "chosen", "quote")),
        "units": sorted(Unit.objects.values_list("event", "name")),
        "reasons": sorted(Reason.objects.values_list("event", "kind")),
        "notes": sorted(LayoffEvent.notes.through.objects.values_list("layoffevent", "ainote")),
        "relations": sorted(Relation.objects.values_list("event", "kind", "other")),
    }


def public():
    """What readers are told today: events that count, and the sum."""
    selection = EventSelection(EventQuery.from_string("counts_as=cut"))
    return {edition.record_id for edition in selection.editions}, selection.main.headline


def test_two_lists_of_one_notice_never_count_twice(acme):
    # cases.md, row 1: 120 and 122 are 242 only as long as nobody has answered, and the answer makes them one.
    one, other = published(acme, 120), published(acme, 122)
    pair = make_pair(one, other)
    assert pair.score >= 50
    decide(pair, Verdict.SAME, other.pk, reason="One notice in two lists.")
    assert public() == ({other.pk}, 122)
    edition = EventEdition.objects.known_on(None).get(record_id=one.pk)
    assert edition.replaced_by == other.pk


def test_a_states_part_counts_within_the_nation(acme):
    # cases.md, row 2: Ohio's 300 are among the nation's 18,000, whose figure and scope stay as they were filed.
    place = {"place_basis": "jobs", "announced_on": "2024-01-10"}
    nation = published(acme, 18000, place="", **place)
    ohio = published(acme, 300, place="Ohio", **place)
    decide(make_pair(ohio, nation), Verdict.PART_OF, ohio.pk, reason="Ohio's share of it.")
    assert public() == ({nation.pk, ohio.pk}, 18000)
    assert (LayoffEvent.objects.get(pk=nation.pk).people, LayoffEvent.objects.get(pk=nation.pk).place) == (18000, "")
    assert EventEdition.objects.known_on(None).get(record_id=ohio.pk).part_of == nation.pk


def test_a_draft_gives_all_it_has_to_the_event_that_is_kept(acme):
    kept, other = published(acme, 120, cited=True), make_event(acme, 130, cited=False)
    Citation.objects.filter(event=kept).update(chosen=True)
    source = make_source()
    Citation.objects.create(event=other, source=source, quote="“130.”", chosen=True, **figure(130))
    own = kept.citations.get()
    Citation.objects.create(event=other, source=own.source)
    Unit.objects.create(event=kept, name="pixel")
    for name in ("Pixel", "Assistant"):
        Unit.objects.create(event=other, name=name)
    Reason.objects.create(event=other, kind="costs")
    note = make_note()
    other.notes.add(note)
    whole, part = published(acme, 9000, announced_on="2022-01-10"), published(acme, 3, announced_on="2022-01-10")
    Relation.objects.create(event=other, kind="part_of", other=whole)
    Relation.objects.create(event=part, kind="updates", other=other)
    decide(make_pair(kept, other), Verdict.SAME, kept.pk, reason="Entered twice.")
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.people, kept.state, other.state) == (120, "published", "rejected")
    assert [(c.source_id, c.people, c.chosen) for c in kept.citations.all()] == [
        (own.source_id, None, True),
        (source.pk, 130, False),
    ]
    assert set(kept.units.values_list("name", flat=True)) == {"pixel", "Assistant"}
    assert kept.reasons.get().kind == "costs"
    assert list(kept.notes.all()) == [note]
    assert set(Relation.objects.values_list("event", "kind", "other")) == {
        (kept.pk, "part_of", whole.pk),
        (part.pk, "updates", kept.pk),
    }
    edition = EventEdition.objects.known_on(None).get(record_id=kept.pk)
    assert (edition.number, edition.reason, edition.part_of) == (2, "Entered twice.", whole.pk)
    assert not DuplicatePair.objects.open().exists()


@pytest.mark.parametrize("other_is_public", [False, True])
@pytest.mark.parametrize("verdict", Verdict.values)
def test_every_answer_can_be_taken_back(acme, verdict, other_is_public):
    kept = published(acme, 120)
    other = (published if other_is_public else make_event)(acme, 122)
    Unit.objects.create(event=other, name="Pixel")
    whole = published(acme, 5000, announced_on="2022-01-10")
    Relation.objects.create(event=other, kind="disputed_by", other=whole)
    if other_is_public:
        correct(other, "Tied.")
    before, readers = desk(), public()
    pair = make_pair(kept, other)
    decide(pair, Verdict(verdict), kept.pk, reason="So it is.")
    assert desk() != before or verdict == "different"
    assert not DuplicatePair.objects.open().filter(pk=pair.pk).exists()
    pair.refresh_from_db()
    take_back(pair, reason="It is not.")
    assert (desk(), public()) == (before, readers)
    assert DuplicatePair.objects.open().filter(pk=pair.pk).exists()


def test_taking_back_leaves_what_was_edited_since(acme):
    kept, other = make_event(acme, 120), make_event(acme, 122)
    pair = make_pair(kept, other)
    decide(pair, Verdict.SAME, kept.pk)
    copied = kept.citations.order_by("pk").last()
    copied.quote = "Found since."
    copied.save()
    take_back(pair)
    assert kept.citations.filter(quote="Found since.").exists()
    assert LayoffEvent.objects.get(pk=other.pk).state == "draft"


def test_different_is_never_asked_again(acme, admin_user):
    one, other = make_event(acme, 120), make_event(acme, 120)
    pair = make_pair(one, other)
    decide(pair, Verdict.DIFFERENT, one.pk, user=admin_user)
    look_again()
    pair.refresh_from_db()
    assert (pair.decision, pair.decided_by, DuplicatePair.objects.open().exists()) == ("different", admin_user, False)
    assert pair.history.first().decision == "different"


def refused(pair, verdict, first):
    before = desk()
    with pytest.raises(NotDecided) as error:
        decide(pair, verdict, first.pk, reason="x")
    assert desk() == before
    return error.value.messages[0]


def test_a_circle_and_a_second_whole_are_refused_with_words(acme):
    one, other = make_event(acme, 120), make_event(acme, 122)
    pair = make_pair(one, other)
    between = make_event(acme, 5, announced_on="2020-01-01", part_of=one)
    Relation.objects.create(event=other, kind="part_of", other=between)
    assert "must not lead back" in refused(pair, Verdict.PART_OF, one)
    assert refused(pair, Verdict.PART_OF, other) == "An event is part of at most one other."
    assert "must not lead back" in refused(pair, Verdict.REPLACES, other)


def test_two_events_with_different_wholes_are_not_joined_unseen(acme):
    wholes = [make_event(acme, 900, announced_on=f"202{n}-01-01") for n in range(2)]
    one, other = (make_event(acme, 120, part_of=whole) for whole in wholes)
    assert refused(make_pair(one, other), Verdict.SAME, one) == "An event is part of at most one other."


def test_a_draft_is_not_kept_in_the_place_of_what_readers_know(acme):
    known, draft = published(acme, 120, title="Known"), make_event(acme, 122)
    assert "keep that one" in refused(make_pair(known, draft), Verdict.SAME, draft)


def test_an_answer_comes_once_and_not_to_what_is_gone(acme):
    one, other = published(acme, 120), published(acme, 122)
    pair = make_pair(one, other)
    withdraw(other, "Never happened.")
    assert "withdrawn meanwhile" in refused(pair, Verdict.SAME, one)
    decide(pair, Verdict.DIFFERENT, one.pk)
    assert "Somebody answered meanwhile: different" in refused(pair, Verdict.SAME, one)
    take_back(pair)
    with pytest.raises(NotDecided):
        take_back(pair)
