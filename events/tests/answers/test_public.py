"""What a file may say on a day: what was public then, and no draft by so much as a number."""

from datetime import date

import pytest

from events.models import Relation
from events.publishing import correct, publish, withdraw
from events.tests.answers.reading import body, csv_rows, json_pages, json_rows, jsonl_rows, xlsx_rows
from events.tests.factories import make_company, make_event, make_note, published, published_note

pytestmark = pytest.mark.django_db

FILES = [
    f"/{stem}.{ending}"
    for stem in ("events", "ai", "companies")
    for ending in ("csv", "csv-metadata.json", "json", "jsonl", "atom")
]
SUMS = [
    "/events/totals.json",
    *(f"/events/series.json?by={by}" for by in ("company", "group", "unit", "reason", "month")),
]


def test_no_file_holds_a_word_of_a_draft(client, amazon):
    word = "Zyzzogeton"
    event, note = published(amazon, 5), published_note([(amazon, "maker")])
    hidden = make_company(f"{word} Limited", parent=amazon, aliases=[f"{word} Labs"])
    for state in ("draft", "in_review", "rejected"):
        make_event(hidden, 4321, title=f"{word} {state}", state=state, part_of=event)
    event.notes.add(make_note([(hidden, "maker")], title=f"{word} model"))
    event.summary = f"{word} in a summary that no correction has made public"
    event.save()
    for address in [*FILES, *SUMS]:
        text = body(client.get(address)).decode()
        assert word.lower() not in text.lower(), address
        assert "4321" not in text, address
    for stem in ("events", "ai", "companies"):
        cells = [str(value) for row in xlsx_rows(client, f"/{stem}.xlsx") for value in row.values()]
        assert not any(word.lower() in cell.lower() for cell in cells)
    assert note.pk  # public: it is listed, and named by its number where an event names it


def test_no_row_names_a_record_that_is_not_public_by_its_number(client, amazon):
    known, unknown = published(amazon, 5, title="Known"), make_event(amazon, 5, title="Unknown")
    note, draft_note = published_note([(amazon, "maker")]), make_note([(amazon, "maker")])
    event = make_event(amazon, 7, title="Names others", part_of=unknown)
    for other in (known, unknown):
        Relation.objects.create(event=event, kind="updates", other=other)
        Relation.objects.create(event=event, kind="disputed_by", other=other)
    event.notes.add(note, draft_note)
    publish(event)
    update = published_note([(amazon, "maker")], updates=draft_note, title="Updates a draft")
    row = next(row for row in json_rows(client, "/events.json") if row["id"] == event.pk)
    assert (row["updates"], row["disputed_by"], row["notes"], row["part_of"]) == (
        [known.pk],
        [known.pk],
        [note.pk],
        None,
    )
    assert next(row for row in json_rows(client, "/ai.json") if row["id"] == update.pk)["updates"] is None
    withdraw(known, "It was another one.")
    withdraw(note, "It was a joke.")
    row = next(row for row in json_rows(client, "/events.json") if row["id"] == event.pk)
    assert (row["updates"], row["disputed_by"], row["notes"]) == ([], [], [])


def test_a_replaced_event_is_named_by_what_replaces_it_and_in_no_row(client, amazon):
    old = published(amazon, 5)
    new = published(amazon, 7, replaces=old)
    (row,) = json_rows(client, "/events.json")
    assert (row["id"], row["replaces"]) == (new.pk, [old.pk])


@pytest.mark.parametrize("stem", ["events", "ai"])
def test_a_file_of_an_earlier_day_holds_what_was_known_then_and_says_so(stem, client, amazon):
    old = {"recorded_on": "2024-01-10", "origin": "a file"}
    if stem == "events":
        published(amazon, 500, **{"recorded_on": "2024-01-10"}, title="Old")
        published(amazon, 7, title="New")
    else:
        published_note([(amazon, "maker")], title="Old", **{**old, "recorded_on": date(2024, 1, 10)})
        published_note([(amazon, "maker")], title="New")
    string = "as_of=2024-01-31"
    assert [row["title"] for row in csv_rows(client, f"/{stem}.csv?{string}")] == ["Old"]
    assert [row["title"] for row in jsonl_rows(client, f"/{stem}.jsonl?{string}")] == ["Old"]
    assert [row["title"] for row in xlsx_rows(client, f"/{stem}.xlsx?{string}")] == ["Old"]
    (page,) = json_pages(client, f"/{stem}.json?{string}")
    (row,) = page["rows"]
    assert (row["title"], row["known_from"], row["reconstructed_from"]) == ("Old", "2024-01-10", "a file")
    assert (page["about"]["as_of"], page["about"]["rows"]) == ("2024-01-31", 1)
    assert "as_of=2024-01-31" in page["about"]["page"]
    # Everything, as known on that day.
    assert "as_of=2024-01-31" in page["about"]["everything"]
    assert [row["title"] for row in json_rows(client, f"/{stem}.json?order=recorded")] == ["Old", "New"]


def test_a_correction_of_today_leaves_the_file_of_an_earlier_day_as_it_was(client, amazon):
    event = published(amazon, 500, recorded_on="2024-01-10")
    before = body(client.get("/events.csv?as_of=2024-01-31"))
    event.people_low = event.people = event.people_high = 700
    event.save()
    correct(event, "The company said so.")
    assert body(client.get("/events.csv?as_of=2024-01-31")) == before
    assert [row["people"] for row in csv_rows(client, "/events.csv")] == ["700"]
