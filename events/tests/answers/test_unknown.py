"""Records of nothing, of one thing, and of what is not known: whole answers, in which unknown is never 0."""

import pytest

from events.publishing import publish
from events.tests.answers.reading import atom_pages, csv_rows, json_pages, json_rows, jsonl_rows, xlsx_rows
from events.tests.factories import make_event, published, published_note

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stem", ["events", "ai", "companies"])
def test_every_format_is_there_before_anything_is_published(stem, client):
    assert csv_rows(client, f"/{stem}.csv") == jsonl_rows(client, f"/{stem}.jsonl") == []
    assert xlsx_rows(client, f"/{stem}.xlsx") == json_rows(client, f"/{stem}.json") == []
    assert atom_pages(client, f"/{stem}.atom")[0].entries == []


def test_what_no_event_states_is_null_and_never_0(client, amazon):
    publish([make_event(amazon, None), make_event(amazon, ("up_to", 70))])
    (page,) = json_pages(client, "/events.json")
    assert page["about"]["totals"]["cut"] == {
        "events": 2,
        "without_figure": 2,
        "people": {"low": None, "known": None, "high": 70, "high_open": False},
    }
    assert [(row["people"], row["counted"], row["counted_high"]) for row in page["rows"]] == [
        (None, None, 70),
        (None, None, None),
    ]
    (company,) = json_rows(client, "/companies.json")
    assert (company["cuts"], company["cuts_without_figure"]) == (2, 2)
    assert (company["people_low"], company["people"], company["people_high"]) == (None, None, 70)


def test_one_row_is_one_row_everywhere(client, amazon):
    event, note = published(amazon, 5), published_note([(amazon, "maker")])
    for stem, number in (("events", event.pk), ("ai", note.pk), ("companies", amazon.pk)):
        (cells,) = csv_rows(client, f"/{stem}.csv")
        (tree,) = json_rows(client, f"/{stem}.json")
        (line,) = jsonl_rows(client, f"/{stem}.jsonl")
        (row,) = xlsx_rows(client, f"/{stem}.xlsx")
        (entry,) = atom_pages(client, f"/{stem}.atom")[0].entries
        assert {int(cells["id"]), tree["id"], line["id"], row["id"]} == {number}
        assert entry.id.endswith(f"/{stem}/{number}")


def test_a_series_draws_nothing_recorded_as_0_and_nothing_known_as_null(client, amazon):
    """cases.md 15."""
    for day, people in (("2024-01-10", 5), ("2024-03-10", None), ("2024", 7)):
        published(amazon, people, announced_on=day)
    page = client.get("/events/series.json?by=month").json()
    assert [(bar["key"], bar["events"], bar["people"]["known"]) for bar in page["bars"]] == [
        ("2024-01", 1, 5),
        ("2024-02", 0, 0),
        ("2024-03", 1, None),
    ]
    assert (page["remainder"]["events"], page["remainder"]["people"]["known"]) == (1, 7)
