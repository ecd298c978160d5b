"""What one edition says otherwise than the one before it."""

from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.differences import HEADCOUNT, NOTE, SAID, TOTAL, Called, Difference, called_in, differences, history
from events.models import Citation, EventDocument, EventEdition, NoteEdition, OwnershipTree, Relation, Unit
from events.publishing import correct, publish, withdraw
from events.publishing.graph import EventGraph
from events.publishing.saying import KINDS, Context
from events.publishing.writing import INDEX_FACTS
from events.tests.factories import figure, make_company, make_event, make_source, published, published_note

# ── In words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def steps(record, model=EventEdition, day=None):
    editions = list(model.objects.for_record(record.pk).select_related("document"))
    return history(editions, editions[-1].get_absolute_url(), day)


def latest(record, model=EventEdition):
    return {d.label: (d.before, d.after) for d in steps(record, model)[0].differences}


def corrected(record, **fields):
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()
    correct(record, "It was wrong.")
    return record


def test_a_first_edition_has_no_differences_and_the_latest_comes_first(amazon):
    event = corrected(published(amazon, 100, title="First"), title="Second")
    assert [step.edition.title for step in steps(event)] == ["Second", "First"]
    assert steps(event)[-1].differences == []


def test_a_figure_reads_as_on_the_page(amazon):
    event = published(amazon, (950, 1000, 1100), wording="around a thousand")
    corrected(event, wording="just over 1,200", **figure(("at_least", 1200)))
    assert latest(event) == {
        "People": ("≈ 1,000", "≥ 1,200"),
        "In the source's words": ("around a thousand", "just over 1,200"),
    }


def test_what_was_not_stated_is_never_zero(amazon):
    event = corrected(published(amazon, None), **figure(30))
    assert latest(event)["People"] == ("not stated", "30")


def test_bounds_alone_are_told_where_the_words_are_the_same(amazon):
    event = corrected(published(amazon, (950, 1000, 1100)), people_low=900)
    assert latest(event)["People"] == (
        "≈ 1,000 (low 950, best 1,000, high 1,100)",
        "≈ 1,000 (low 900, best 1,000, high 1,100)",
    )


def test_dates_choices_and_shares_are_in_words(amazon):
    event = published(amazon, 5, announced_on="2024-01")
    corrected(event, announced_on=date(2024, 1, 18), announced_on_precision="day", permanence="temporary",
              share_percent=Decimal("17.0"), country="DE")  # fmt: skip
    assert latest(event) == {
        "Announced": ("January 2024", "18 January 2024"),
        "Permanence": ("unknown", "temporary"),
        "Counts as": ("cut", "temporary"),
        "Share": ("", "17 %"),
        "Country": ("United States of America", "Germany"),
    }


def test_a_source_is_new_changed_or_gone(amazon):
    event = make_event(amazon, 5, cited=False)
    first = Citation.objects.create(event=event, source=make_source(title="One", publisher="The Paper"), **figure(None))
    gone = Citation.objects.create(event=event, source=make_source(title="Two", publisher="Other"), **figure(7))
    publish(event)
    first.quote = "a painful step"
    first.save()
    gone.delete()
    Citation.objects.create(event=event, source=make_source(title="Three", publisher="Third"), **figure(None))
    correct(event, "A better source.")
    assert [(d.label, d.before, d.after) for d in steps(event)[0].differences] == [
        ("Source", "Other: Two, reports 7", ""),
        ("Source The Paper: quote", "", "a painful step"),
        ("Source", "", "Third: Three"),
    ]


def test_units_and_relations_are_named(amazon):
    whole = published(amazon, 900, title="The whole plan")
    event = make_event(amazon, 5)
    Unit.objects.create(event=event, name="Pixel", **figure(3))
    publish(event)
    Unit.objects.filter(event=event).update(name="Fitbit")
    Relation.objects.create(event=event, kind="part_of", other=whole)
    correct(event, "More is known.")
    assert latest(event)["Part of"] == ("", "The whole plan")
    assert [(d.before, d.after) for d in steps(event)[0].differences if d.label == "Unit"] == [
        ("Pixel (3)", ""),
        ("", "Fitbit (3)"),
    ]


def test_a_record_that_never_was_public_is_not_named(amazon):
    event = published(amazon, 5)
    Relation.objects.create(event=event, kind="updates", other=make_event(amazon, 4321, title="Zyzzogeton"))
    correct(event, "More is known.")
    assert steps(event)[0].differences == []


def test_a_withdrawal_changes_no_fact(amazon):
    event = published(amazon, 5)
    withdraw(event, "It was another firm.")
    assert (steps(event)[0].edition.reason, steps(event)[0].differences) == ("It was another firm.", [])


def test_a_notes_money_role_and_period_are_told(amazon, google):
    note = published_note([(amazon, "investor")], amount_usd_millions=Decimal(60000), amount_wording="$60 bn")
    note.companies.all().delete()
    note.companies.create(company=google, role="investor")
    corrected(
        note, amount_usd_millions=Decimal(65000), plan_or_actual="plan",
        period_from=date(2024, 1, 1), period_until=date(2024, 12, 31),
    )  # fmt: skip
    found = [(d.label, d.before, d.after) for d in steps(note, NoteEdition)[0].differences]
    assert found == [
        ("Company", "Amazon, investor", ""),
        ("Company", "", "Google, investor"),
        ("US dollars", "$60 bn", "$65 bn"),
        ("Plan or actual", "not known", "plan"),
        ("Period", "", "2024"),
    ]


def test_sums_that_are_the_same_when_rounded_are_told_in_full(amazon):
    note = published_note([(amazon, "investor")], amount_usd_millions=Decimal(650_001))
    corrected(note, amount_usd_millions=Decimal(650_002))
    assert latest(note, NoteEdition)["US dollars"][1].startswith("low unknown, best 650002")


def test_one_difference_reads_in_a_line():
    assert Difference("People", "500", "450").in_a_line == "People: before 500, now 450"
    assert Difference("Source", "", "The Paper").in_a_line == "Source: new, The Paper"
    assert Difference("Source", "The Paper", "").in_a_line == "Source: gone, The Paper"


@pytest.mark.django_db
def test_a_record_of_one_edition_asks_for_no_names(django_assert_num_queries, amazon):
    event = published(amazon, 5)
    editions = list(EventEdition.objects.for_record(event.pk).select_related("document"))
    with django_assert_num_queries(0):
        called_in(editions, None)


# ── For any two editions ─────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from(["", "a", "A", "b", "<b>", "several hundred"])
NUMBERS = st.sampled_from([None, 0, 1, 500, 1000])


def figures():
    made = [figure(f) for f in (None, 500, 501, (200, None, 900), (950, 1000, 1100), ("at_least", 5), ("up_to", 9))]
    return st.builds(
        lambda f, wording, basis: {
            "low": f.get("people_low"),
            "best": f.get("people"),
            "high": f.get("people_high"),
            "qualifier": str(f["qualifier"]),
            "wording": wording,
            "basis": basis,
        },
        st.sampled_from(made),
        WORDS,
        st.sampled_from(["stated", "unknown", "from_percent"]),
    )


CITED = st.fixed_dictionaries(
    {
        "source": st.integers(1, 3), "url": st.just("https://paper.example/"), "title": WORDS.filter(bool),
        "publisher": WORDS, "published_on": st.sampled_from(["", "2024", "2024-01", "2024-Q1", "2024-01-10"]),
        "kind": st.sampled_from(["article", "filing"]), "tier": st.sampled_from(["primary", "reporting"]),
        "quote": WORDS, "speaker": st.sampled_from(["", "company", "press"]), "speaker_name": WORDS,
        "figure": figures(), "share_percent": st.sampled_from([None, "17", "1.4"]), "chosen": st.booleans(),
        "chosen_because": WORDS, "on_ai_link": st.booleans(), "row_number": st.sampled_from([None, 1, 7]),
    }
)  # fmt: skip
IDS = st.lists(st.integers(1, 4), max_size=3, unique=True)
BODIES = st.fixed_dictionaries(
    {
        "summary": WORDS, "figure": figures(), "share_of": WORDS, "place_basis": st.sampled_from(["jobs", "seat"]),
        "units": st.lists(st.fixed_dictionaries({"name": WORDS.filter(bool), "figure": figures()}), max_size=3),
        "reasons": st.lists(
            st.fixed_dictionaries({"kind": st.sampled_from(["ai", "costs"]), "wording": WORDS}), max_size=3
        ),
        "updates": IDS, "disputed_by": IDS, "replaces": IDS, "notes": IDS,
        "citations": st.lists(CITED, max_size=3),
    }
)  # fmt: skip
COLUMNS = st.fixed_dictionaries(
    {
        "title": WORDS.filter(bool), "announced_from": st.sampled_from([date(2023, 1, 1), date(2024, 1, 1)]),
        "date_precision": st.sampled_from(["day", "month", "quarter", "year"]), "stage": st.sampled_from(
            ["announced", "filed"]), "share_percent": st.sampled_from([None, Decimal("17"), Decimal("1.4")]),
        "country": st.sampled_from(["", "US", "DE"]), "place": WORDS, "part_of": st.sampled_from([None, 1, 2]),
    }
)  # fmt: skip


def edition(columns, body):
    e = EventEdition(
        company_id=1, counts_as="cut", permanence="unknown", closure="unknown", ai_link="unknown", **columns
    )
    EventDocument(edition=e, body=deepcopy(body))
    return e


class Anybody:
    def company(self, pk):
        return type("Company", (), {"name": f"company {pk}"})


CALLED = Called(Anybody(), {n: f"event {n}" for n in range(9)}, {n: f"note {n}" for n in range(9)})


@given(COLUMNS, BODIES, st.data())
@settings(max_examples=200, deadline=None)
def test_two_editions_have_no_difference_exactly_when_they_say_the_same(columns, body, data):
    other_columns, other_body = dict(columns), deepcopy(body)
    # Some of it is drawn anew.
    for name in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=3)):
        other_body[name] = data.draw(BODIES)[name]
    if data.draw(st.booleans()):
        other_columns = data.draw(COLUMNS)
    before, after = edition(columns, body), edition(other_columns, other_body)
    found = differences(before, after, CALLED)
    assert bool(found) == ((columns, body) != (other_columns, other_body))
    assert all(d.before != d.after for d in found)
    # The other way round it is the same, the two sides changed: each stems from its own edition.
    back = differences(after, before, CALLED)
    assert sorted((d.before, d.after) for d in found) == sorted((d.after, d.before) for d in back)
    alone = differences(before, edition(columns, body), CALLED)
    assert alone == []


# ── Nothing that readers see is forgotten ────────────────────────────────────────────────────────────────────────────

# What says no more than others do: the figure of the document, dates, the title.
SAID_BY_OTHERS = {
    "slug", "announced_until", "announced_month", "effective_until", "dated_until", "dated_month", "counted_until",
    "people_low", "people", "people_high", "headline", "high_open", "qualifier", "title",
}  # fmt: skip


@pytest.mark.django_db
def test_whatever_an_edition_says_is_compared(amazon):
    """Each fact and entry of a document, changed alone, is a difference."""
    event, note = published(amazon, 5, effective_on=date(2024, 3, 1)), published_note([(amazon, "maker")])
    other = make_company("Other")
    changed = {
        "company_id": other.pk, "part_of": 7, "replaced_by": 7, "updates": 7, "share_percent": Decimal(3),
        "usd_low_millions": Decimal(1), "usd_millions": Decimal(1), "usd_high_millions": Decimal(1),
    }  # fmt: skip
    called = Called(events={7: "seven"}, notes={7: "seven"})
    for record, kind in ((event, KINDS[0]), (note, KINDS[1])):
        editions = [kind.edition.objects.select_related("document").get(record_id=record.pk) for _ in range(2)]
        before, after = editions
        said = kind.say(record, Context(OwnershipTree.load(), EventGraph.around([record.pk])))
        for name, value in said.facts.items():
            if name in SAID_BY_OTHERS or name in INDEX_FACTS:
                continue
            was = getattr(after, name)
            is_day = isinstance(value, date) or name.endswith(("_from", "_until"))
            new = changed.get(name) or (date(2001, 1, 1) if is_day else "Anything")
            setattr(after, name, new)
            assert differences(before, after, called), name
            setattr(after, name, was)
        entries = {
            "companies": {"company": other.pk, "role": "buyer"},
            "units": {"name": "x", "figure": after.document.body.get("figure")},
            "reasons": {"kind": "ai", "wording": ""},
        }
        for name in said.document:
            body = after.document.body
            was = body[name]
            entry = entries.get(name, 7)
            if name == "citations":
                body[name] = []
            elif isinstance(was, list):
                body[name] = [*was, entry]
            elif isinstance(was, dict):
                body[name] = was | {"wording": "Anything"}
            else:
                body[name] = "Anything"
            assert differences(before, after, called), name
            body[name] = was
        assert differences(before, after, called) == []


def test_every_kind_of_edition_has_its_list():
    assert set(SAID) == {kind.edition for kind in KINDS}
    assert all((NOTE, TOTAL, HEADCOUNT))
