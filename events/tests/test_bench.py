"""The data of the benchmark: the same every time, in the promised shape, as publication would write it."""

import json
from collections import Counter
from datetime import date

import pytest

from bench import make
from events.models.edition import OPEN, EventDocument, EventEdition, EventEditionCompany, EventWords
from events.query import EventQuery
from events.selection import EventSelection
from events.tests.factories import make_company, make_source, published

SIZE = 300


def rows_of(size=SIZE, seed=make.SEED):
    found = {}
    for rows in make.World(size, seed).batches():
        for name, some in rows.items():
            found.setdefault(name, []).extend(some)
    return found


@pytest.fixture(scope="module")
def rows():
    return rows_of()


@pytest.fixture(scope="module")
def today(rows):
    """The editions of today."""
    return [edition for edition in rows["EventEdition"] if edition["known_until"] == OPEN.isoformat()]


def test_the_same_number_of_events_gives_the_same_rows_and_another_seed_gives_others(rows):
    assert rows_of() == rows
    assert rows_of(seed=1)["EventEdition"] != rows["EventEdition"]


def test_there_are_as_many_events_as_were_asked_for_and_1_3_editions_of_each(rows, today):
    assert len(today) == len({edition["record_id"] for edition in rows["EventEdition"]}) == SIZE
    assert len(rows["EventEdition"]) == SIZE * 1.3
    for name in ("EventDocument", "EventWords"):
        assert len(rows[name]) == len(rows["EventEdition"])


def test_the_editions_of_an_event_follow_one_another_without_a_hole(rows):
    before = None
    for edition in rows["EventEdition"]:
        if edition["number"] == 1:
            assert before is None or before["known_until"] == OPEN.isoformat()
        else:
            assert edition["record_id"] == before["record_id"]
            assert edition["known_from"] == before["known_until"]
        assert edition["known_from"] <= edition["known_until"]
        before = edition
    assert before["known_until"] == OPEN.isoformat()


def test_a_third_of_the_events_are_without_a_figure(today):
    assert sum(edition["headline"] is None for edition in today) == SIZE / 3


def test_5_percent_of_the_events_stand_in_trees_of_2_to_6(today):
    whole_of = {edition["record_id"]: edition["part_of"] for edition in today if edition["part_of"]}
    in_trees = {*whole_of, *whole_of.values()}
    assert len(in_trees) == SIZE * 0.05

    def root(pk):
        return root(whole_of[pk]) if pk in whole_of else pk

    assert all(2 <= members <= 6 for members in Counter(map(root, in_trees)).values())
    company_of = {edition["record_id"]: edition["company_id"] for edition in today}
    assert all(company_of[part] == company_of[whole] for part, whole in whole_of.items())


def test_each_event_has_two_citations_with_quotes(rows):
    for document in rows["EventDocument"]:
        citations = json.loads(document["body"])["citations"]
        assert len(citations) == 2
        assert all(citation["quote"] and citation["publisher"] for citation in citations)
        assert len({citation["source"] for citation in citations}) == 2


def test_some_months_have_many_times_the_usual_number_of_events():
    world = make.World(3000)
    months = Counter(date.fromordinal(first).isoformat()[:7] for first in world.first)
    usual = sorted(months.values())[len(months) // 2]
    assert months["2023-01"] > 3 * usual
    assert months["2020-04"] > 3 * months["2019-04"]


def test_dates_are_mostly_days_and_some_known_less_exactly():
    precisions = Counter(make.World(3000).precision)
    assert 0.87 < precisions["day"] / 3000 < 0.93
    assert 0.06 < precisions["month"] / 3000 < 0.1
    assert precisions["quarter"]
    assert precisions["year"]


def test_few_companies_have_many_events_and_most_have_few():
    world = make.World(6000)
    events = Counter(world.company)
    assert len(events) == len(world.companies) == 500
    most = [n for _pk, n in events.most_common()]
    assert most[0] > 10 * most[250]
    # And larger cuts: the largest tenth of the companies has most of the people.
    people = Counter()
    for company, number in zip(world.company, world.people, strict=True):
        people[company <= 50] += number
    assert people[True] > people[False]


def test_an_event_is_found_by_who_owned_its_company_through_its_whole_date(rows):
    assert len(rows["Ownership"]) == round(len(rows["Company"]) * make.OWNED)
    many = rows_of(2400)
    owners = {row["company_id"]: row for row in many["Ownership"]}
    editions = {edition["id"]: edition for edition in many["EventEdition"]}
    indexed = [row for row in many["EventEditionCompany"] if not row["direct"]]
    assert indexed
    for row in indexed:
        edition = editions[row["edition_id"]]
        at = edition["company_id"]
        # Some owner above it, through any number of steps, each through the whole date.
        while at != row["company_id"]:
            step = owners[at]
            assert (step["since"] or "") <= edition["announced_from"]
            assert edition["announced_until"] < (step["until"] or "9999")
            at = step["parent_id"]


@pytest.mark.django_db
def test_documents_and_rows_have_the_very_fields_that_publication_writes(rows):
    company = make_company()
    event = published(company, 500, summary="A summary.")
    edition = EventEdition.objects.select_related("document").get(record_id=event.pk)
    document, said = edition.document.body, json.loads(rows["EventDocument"][0]["body"])
    assert said.keys() == document.keys()
    assert said["figure"].keys() == document["figure"].keys()
    assert said["citations"][0].keys() == document["citations"][0].keys()
    assert rows["EventEdition"][0].keys() == {field.attname for field in EventEdition._meta.concrete_fields}
    assert make_source().pk


@pytest.mark.django_db
def test_the_database_takes_the_rows_and_readers_find_them(rows, today):
    make.fill(make.World(SIZE))
    assert EventEdition.objects.count() == len(rows["EventEdition"])
    assert EventDocument.objects.count() == EventWords.objects.count() == EventEdition.objects.count()
    assert EventEditionCompany.objects.filter(direct=True).count() == EventEdition.objects.count()
    selection = EventSelection(EventQuery.from_string("counts_as=cut"))
    cuts = [
        edition
        for edition in today
        if edition["counts_as"] == "cut" and not edition["withdrawn"] and edition["replaced_by"] is None
    ]
    assert selection.count == len(cuts)
    assert len(selection.page(50).rows) == 50
    assert EventSelection(EventQuery.from_string(f"q={make.COMMON_WORD}")).count > SIZE / 10
    assert EventSelection(EventQuery.from_string("ai_notes=yes")).count
