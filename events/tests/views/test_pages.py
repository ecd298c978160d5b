"""Published totals and the methodology."""

from datetime import date, timedelta

import pytest

from events.models import Citation
from events.publishing import publish
from events.tests.factories import make_source, published, published_total
from events.tests.views.reading import read
from events.wording import PHRASES

pytestmark = pytest.mark.django_db


# ── Published totals ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_totals_of_different_bases_stand_in_tables_of_their_own(client, db):
    published_total(("at_least", 7500))
    published_total(168_032, publisher="Challenger", counts="plans", geography="US employers")
    published_total(721_677, publisher="Challenger", counts="plans", geography="US employers", scope="all_industries")
    published_total(
        20_000, publisher="Challenger", counts="plans", geography="US employers", period_from=date(2023, 1, 1)
    )
    page = read(client.get("/totals/"))
    tables = page.all("table")
    rows = [[row for row in table.one("tbody").all("tr") if row["id"]] for table in tables]
    assert sorted(map(len, rows)) == [1, 1, 2]
    # What is not comparable is neither added nor drawn.
    assert not page.all("canvas")
    assert "175,532" not in page.text


def test_a_total_stands_with_what_it_counts_its_words_its_day_and_its_source(client, db):
    total = published_total(("at_least", 7500), wording="more than 7,500", definition="Every event on its list.")
    Citation.objects.create(
        total=total, source=make_source("https://wire.example/1", publisher="The Wire"), quote="have let go of 7,500"
    )
    publish(total)
    page = read(client.get("/totals/"))
    for words in (
        "≥ 7,500",
        "“more than 7,500”",
        "January 2024",
        "1 February 2024",
        "Every event on its list.",
        "The Wire",
        "have let go of 7,500",
    ):
        assert words in page.text, words
    assert "https://wire.example/1" in page.links


def test_beside_a_total_stand_our_own_cuts_of_the_same_days_as_a_link_to_them(client, amazon):
    published_total()
    published(amazon, 100, announced_on="2024-01-31")
    published(amazon, None, announced_on="2024-01-01")
    published(amazon, 1000, announced_on="2024-02-01")
    row = read(client.get("/totals/")).one("tbody").all("tr")[0]
    ours = row.all("td")[2]
    assert ours.text == "1002 cuts, 1 without a figure"
    linked = read(client.get(ours.links[0]))
    assert len(linked.one("table", css="cards").one("tbody").all("tr")) == 2


def test_our_own_total_carries_its_interval(client, amazon):
    published_total(period_from=date(2024, 1, 1), period_until=date(2024, 1, 31))
    published(amazon, people=(200, None, 900), wording="several hundred", announced_on="2024-01-10")
    ours = read(client.get("/totals/")).one("tbody").all("tr")[0].all("td")[-1]
    assert ours.text == "200200–9001 cut, 0 without a figure"


def test_the_sum_of_the_nearest_filter_stands_beside_a_total_with_a_link_to_it(client, amazon):
    published_total(scope="all_industries", geography="US employers", counts="plans")
    published(amazon, 100, announced_on="2024-01-31", country="US")
    published(amazon, 30, announced_on="2024-01-30", country="DE")
    page = read(client.get("/totals/"))
    every, nearest = page.one("tbody").all("tr")[0].all("td")[2:]
    assert [cell.all("a")[0].text for cell in (every, nearest)] == ["130", "100"]
    linked = read(client.get(nearest.links[0]))
    assert len(linked.one("table", css="cards").one("tbody").all("tr")) == 1
    assert "“US employers”" not in page.text
    assert "This total counts by employer (US employers), wherever the jobs are: near, but not the same." in page.text
    assert "1 cut in other countries (30) is left out by our filter." in page.text


def test_earlier_values_of_a_total_stand_below_it_each_at_a_place_of_its_own(client, db):
    totals = [published_total(n, as_of=date(2024, month, 1)) for n, month in ((154_336, 2), (165_269, 5), (161_000, 3))]
    page = read(client.get("/totals/"))
    assert [figure.text for figure in page.one("ol", css="history").all("b")] == ["161,000", "154,336"]
    for total in totals:
        assert len(page.all(id=f"total-{total.pk}")) == 1


def test_a_chart_of_one_basis_has_its_numbers_as_a_table_and_no_bar_of_ours_that_counts_otherwise(client, amazon):
    published(amazon, 100, announced_on="2024-01-31")
    for month in (1, 2, 4):
        last = date(2024, month + 1, 1) - timedelta(days=1)
        published_total(1000 * month, period_from=date(2024, month, 1), period_until=last)
    figure = read(client.get("/totals/")).one("figure")
    assert figure["data-chart"] == "published"
    rows = figure.one("tbody").all("tr")
    # Nothing is published of March.
    assert [(row["data-label"], row["data-published"], row["data-value"]) for row in rows] == [
        ("2024-01", "1000", ""), ("2024-02", "2000", ""), ("2024-03", "", ""), ("2024-04", "4000", ""),
    ]  # fmt: skip
    assert "no filter of ours counts the same" in figure.text


def test_without_totals_the_page_says_so(client, db):
    assert "No published total is recorded yet." in read(client.get("/totals/")).text


# ── Methodology ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_methodology_begins_with_what_is_missing_measured(client, amazon):
    published(amazon, 100, country="")
    published(amazon, None, share_percent=5, announced_on="2024-01", ai_link="none")
    page = read(client.get("/methodology/"))
    gaps = page.one("section", id="gaps").text
    assert "1 of 2 cuts (50 %) state no number of people, and no whole or part of theirs states one." in gaps
    assert "1 of them gives a share" in gaps
    assert "1 cut (50 %) is dated less exactly than to the day" in gaps
    assert "1 cut (50 %) has no country on record" in gaps
    assert "For 1 cut (50 %) nobody here has checked yet" in gaps
    assert [s["id"] for s in page.one("div", css="prose").all("section")][0] == "gaps"


def test_gaps_are_measured_by_year_source_country_and_how_late_they_are_recorded(client, amazon):
    published(amazon, 100, announced_on="2023-05-01", recorded_on="2023-05-02")
    event = published(amazon, None, announced_on="2024-01-10", recorded_on="2024-02-01")
    Citation.objects.create(event=event, source=make_source(publisher="The Agency", tier="primary"))
    publish(event)
    section = read(client.get("/methodology/")).one("section", id="gaps")
    assert "1 cut (50 %) rests on a single publisher" in section.text
    rows = {table.one("caption").text: [[cell.text for cell in row.all("th") + row.all("td")]
            for row in table.one("tbody").all("tr")] for table in section.all("table")}  # fmt: skip
    assert rows == {
        "Without a figure, by year": [["2023", "1", "0 %"], ["2024", "1", "100 %"]],
        "By their best source": [["Filing or company statement", "1", "50 %"], ["Named reporting", "1", "50 %"]],
        # One within a day, the other after 22.
        "Recorded here after the date": [["1 day", "1", "50 %"], ["7 days", "1", "50 %"], ["30 days", "2", "100 %"],
                                         ["365 days", "2", "100 %"]],
        "By country, the largest": [["United States of America", "2", "100 %"]],
    }  # fmt: skip


def test_every_way_to_read_words_stands_on_the_methodology(client):
    table = read(client.get("/methodology/")).one("section", id="words").one("table")
    assert len(table.one("tbody").all("tr")) == len(PHRASES) > 10
    assert "several hundred" in table.text
