"""What stands below a view to take along: every link with the number of rows that it gives (cases.md 13 and 14)."""

import pytest
from django.template.loader import render_to_string

from events.answers.answer import SUBJECTS
from events.answers.downloads import downloads
from events.tests.views.reading import number, read_text

pytestmark = pytest.mark.django_db

VIEWS = [
    ("events", ""),
    ("events", "company=amazon&order=people"),
    ("events", "q=nothingiscalledlikethis"),
    ("ai", ""),
    ("ai", "kind=capital_spending"),
    ("companies", ""),
    ("companies", "sector=media"),
]


def links_of(stem, string):
    subject = SUBJECTS[stem]
    return downloads(subject.selection(subject.query.from_string(string)))


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_every_link_gives_as_many_rows_as_stand_beside_it(stem, string, client, record):
    found = links_of(stem, string)
    assert [link.name for link in found[:5]] == ["CSV", "Excel", "JSON", "JSON lines", "Feed"]
    for link in found:
        response = client.head(link.href)
        assert response.status_code == 200
        total = int(response.headers["X-Total-Count"])
        # What has pages gives the first of them.
        assert link.rows == min(total, {"JSON": 500, "Feed": 50}.get(link.name, total))
        assert link.pages == (link.rows < total)
        assert response.headers["Content-Type"].startswith(link.type)


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_everything_stands_beside_a_filtered_view_and_says_so(stem, string, client, record):
    everything = [link for link in links_of(stem, string) if link.is_everything]
    # A list of events without a filter holds cuts and signals: it is not everything.
    assert len(everything) == (bool(string) or stem == "events")
    for link in everything:
        assert link.rows == {"events": len(record.events), "ai": len(record.notes), "companies": 7}[stem]


@pytest.mark.parametrize("stem", ["events", "ai", "companies"])
@pytest.mark.parametrize("day", ["", "&as_of=2024-01-15"])
def test_the_rows_of_everything_are_those_of_its_file(stem, day, client, record):
    """Counted without the selection, so compared with it: replaced, withdrawn and merged ones are in neither."""
    (everything,) = [link for link in links_of(stem, f"q=amazon{day}") if link.is_everything]
    assert str(everything.rows) == client.head(everything.href).headers["X-Total-Count"]


def test_everything_is_as_known_on_the_day_of_the_view(record):
    (everything,) = [link for link in links_of("events", "q=a&as_of=2024-01-15") if link.is_everything]
    assert everything.href.endswith("as_of=2024-01-15")
    assert everything.rows == 0


@pytest.mark.parametrize(("stem", "string"), VIEWS)
def test_the_page_says_rows_before_the_click(stem, string, record):
    found = links_of(stem, string)
    block = read_text(render_to_string("partials/_downloads.html", {"downloads": found})).one("nav")
    assert block["aria-label"]
    for link, shown in zip(found, block.all("a"), strict=True):
        assert shown["href"] == link.href
        name, _, rows = shown.text.rpartition(", ")
        assert number(rows) == link.rows
        assert name == ("everything: CSV" if link.is_everything else link.name)
        assert rows.endswith("row" if link.rows == 1 else "rows")
