"""The explorer of layoff events, its file, and the page of one event."""

import csv
import io
from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest

from events import dates
from events.models import EventEdition, Relation
from events.publishing import correct, publish, withdraw
from events.tests.factories import make_company, make_event, published, published_note
from events.tests.views.conftest import event_url, published_many
from events.tests.views.reading import body, keys, number, read

pytestmark = pytest.mark.django_db


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response), newline="")))


def listed(page) -> list[str]:
    """The addresses of the rows of a list."""
    return [th.links[0] for th in page.one("table", css="cards").one("tbody").all("th")]


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_says_who_when_how_many_in_whose_words_and_links_to_its_source(client, site):
    page = read(client.get("/events/"))
    row = next(row for row in page.one("table", css="cards").all("tr") if event_url(site.event) in row.links)
    assert row.one("time")["datetime"] == "2024-01-09"
    for words in (
        "9 January 2024",
        "Twitch",
        "Creator relations",
        "≥ 500",
        "“just over 500”",
        "35 % of staff",
        "and 1 more",
    ):
        assert words in row.text, words
    assert "https://twitch.example/memo" in row.links


def test_a_share_without_people_is_shown_as_a_share_and_nothing_as_not_stated(client, amazon):
    published(amazon, None, share_percent=17, title="A share alone")
    published(amazon, None, title="Nothing at all")
    text = read(client.get("/events/")).one("table", css="cards").text
    assert "17 % of staff" in text
    assert "not stated" in text
    # Two cuts without a figure are two events, and no people.
    assert [(k.number, k.label) for k in keys(read(client.get("/events/")))][2] == ("2", "events state no figure")


def test_the_numbers_beside_the_list_are_those_of_its_rows(client, site):
    page = read(client.get("/events/"))
    caption = page.one("table", css="cards").one("caption").text
    assert len(listed(page)) == number(caption.removeprefix("Events ")) == len(rows_of(client.get("/events.csv"))) == 3
    # Two cuts, 500 in all: the whole's 200 are the part's.
    assert [k.number for k in keys(page)][:2] == ["500", "2"]
    assert "and 1 signal of more to come" in keys(page)[1].how


def test_kinds_that_are_not_in_the_result_stand_beside_it_as_a_link(client, site):
    page = read(client.get("/events/"))
    link = next(a for a in page.all("a") if a.text == "1 filing")
    assert len(listed(read(client.get(f"/events/{link['href']}")))) == 1


@pytest.mark.parametrize(
    ("chosen", "kind"), [("time", "time"), ("company", "bars"), ("sector", "bars"), ("country", "bars")]
)
def test_every_chart_has_its_numbers_as_a_table_that_adds_up(chosen, kind, client, site):
    chart = read(client.get(f"/events/?chart={chosen}")).one("figure")
    assert chart["data-chart"] == kind
    rows = chart.one("tbody").all("tr")
    assert sum(number(row.all("td")[0].text) for row in rows) == 500
    assert sum(number(row.all("td")[2].text) for row in rows) == 2
    assert "500 people known (500–900)" in chart.one("div", css="facts").text
    assert chart.one("canvas")["aria-label"].startswith(chart.one("h2").text)


def test_an_empty_result_says_which_filter_empties_it_and_offers_to_drop_it(client, site):
    page = read(client.get("/events/?q=twitch&announced_after=2030"))
    empty = page.one("section", css="empty")
    offers = {a.text: a["href"] for a in empty.all("a")}
    assert offers == {"without “announced from 1 January 2030”: 1 row": "?q=twitch"}


def test_a_filter_of_several_values_that_empties_the_result_is_offered_to_be_dropped_whole(client, site):
    # One of the values less finds no more: they are alternatives.
    empty = read(client.get("/events/?q=twitch&stage=carried_out&stage=called_off")).one("section", css="empty")
    assert "?q=twitch" in empty.links


def test_every_filter_that_is_set_has_a_chip_that_removes_it_and_it_alone(client, site):
    string = "q=jobs&company=amazon&announced_after=2024-01-01&counts_as=cut&counts_as=filing&order=-people"
    page = read(client.get(f"/events/?{string}"))
    chips = page.one("nav", css="chips").all("a")
    assert len(chips) == 6  # words, company, day, two kinds, and "Clear all"
    for chip in chips[:-1]:
        left = parse_qs(chip["href"].removeprefix("?"))
        assert left["order"] == ["-people"]
        assert sum(len(values) for values in left.values()) == 5, chip.text


def test_the_form_shows_what_is_set(client, site):
    page = read(
        client.get("/events/?q=jobs&company=amazon&people_min=5&without_figure=include&stage=announced&order=people")
    )
    form = page.one("form", id="filters")
    fields = {(e["name"], e["value"]) for e in form.all("input") if e["type"] != "checkbox" or "checked" in e}
    expected = {
        ("q", "jobs"),
        ("company", "amazon"),
        ("people_min", "5"),
        ("without_figure", "include"),
        ("stage", "announced"),
    }
    assert expected <= fields
    assert [option["value"] for option in form.all("option") if "selected" in option] == ["people"]
    # As it stands, it asks for the same view.
    string = urlencode(sorted((name, value) for name, value in fields | {("order", "people")} if value))
    assert listed(read(client.get(f"/events/?{string}"))) == listed(page)


def test_pages_show_every_event_once_and_keep_every_filter(client):
    # cases.md 9: many events of one day, two countries chosen.
    firms = [make_company(country=country) for country in ("US", "DE", "IN")]
    published_many(*[make_event(firms[n % 3], 10, announced_on="2024-01-10") for n in range(84)])
    made = {e.get_absolute_url() for e in EventEdition.objects.filter(country__in=["US", "DE"])}
    found, address = [], "/events/?country=US&country=DE"
    for pages in range(1, 4):
        page = read(client.get(address))
        found += listed(page)
        assert (
            sum(option["value"] in ("US", "DE") and "checked" in option for option in page.all("input", name="country"))
            == 2
        )
        older = page.all("a", rel="next")
        if not older:
            break
        address = f"/events/{older[0]['href']}"
    assert pages == 2
    assert len(found) == len(set(found)) == 56
    assert set(found) == made
    # And back again.
    back = read(client.get(f"/events/{page.one('a', rel='prev')['href']}"))
    assert listed(back) == found[:50]


@pytest.mark.parametrize(
    "order", ["-announced", "announced", "-people", "people", "company", "-company", "-recorded", "recorded"]
)
def test_the_page_and_the_file_have_the_same_rows_in_the_same_order(client, site, order):
    # cases.md 11.
    on_page = listed(read(client.get(f"/events/?order={order}")))
    assert [
        row["url"].removeprefix("http://testserver") for row in rows_of(client.get(f"/events.csv?order={order}"))
    ] == on_page


def test_a_heading_sorts_and_says_how_it_is_sorted(client, site):
    page = read(client.get("/events/?order=-people"))
    people = next(th for th in page.one("table", css="cards").all("th") if th.text == "People")
    assert people["aria-sort"] == "descending"
    assert people.links == ["?order=people"]


def test_the_files_name_and_the_link_to_it_say_the_filter(client, site):
    link = next(
        a for a in read(client.get("/events/?announced_after=2024-01-09&q=twitch")).all("a") if a.text.startswith("CSV")
    )
    assert link.text == "CSV, 1 row"
    response = client.get(link["href"])
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="layoffwatch-events-words-twitch-announced-from-9-january-2024.csv"'
    )
    assert [row["company"] for row in rows_of(response)] == ["Twitch"]


@pytest.mark.parametrize("words", ["park.", "a-b", '"x', "AND", "O'X", "NEAR(", "*", "(", "%", "_", "\\", "--", ";"])
def test_punctuation_in_the_search_box_is_text(client, site, words):
    # cases.md 10.
    response = client.get("/events/", {"q": words})
    assert response.status_code == 200
    assert read(response).one("input", id="f-q")["value"] == words


# ── Wrong values ─────────────────────────────────────────────────────────────────────────────────────────────────────

WRONG = [
    ("q", "x" * 300, "at most 200 characters"),
    ("company", "Nobody & Sons", "There is no company ‘Nobody & Sons’ here."),
    ("announced_after", "31/02/2024", "‘31/02/2024’ is no date. Write 2024-01-10, 2024-01, 2024-Q1 or 2024."),
    ("announced_before", "2024-02-30", "‘2024-02-30’ is no date."),
    ("people_min", "many", "Enter a whole number."),
    ("people_min", "-1", "greater than or equal to 0"),
    ("people_max", "99999999999", "less than or equal to"),
    ("place", "x" * 300, "at most 200 characters"),
    ("stage", "nonsense", "nonsense is not one of the available choices."),
    ("ai_link", "maybe", "maybe is not one of the available choices."),
    ("sector", "nonsense", "nonsense is not one of the available choices."),
    ("country", "ZZ", "ZZ is not one of the available choices."),
    ("counts_as", "layoff", "layoff is not one of the available choices."),
    ("order", "random", "random is not one of the available choices."),
    ("without_figure", "maybe", "maybe is not one of the available choices."),
    ("subsidiaries", "maybe", "maybe is not one of the available choices."),
]


@pytest.mark.parametrize(("name", "value", "message"), WRONG, ids=[f"{name}={value[:12]}" for name, value, _ in WRONG])
def test_a_wrong_value_gets_a_message_beside_its_field_and_a_link_without_it(client, site, name, value, message):
    response = client.get("/events/", {"q": "jobs", "announced_after": "2020", name: value})
    page = read(response)
    assert response.status_code == 400
    # Nothing is shown instead.
    assert not page.all("table", css="cards")
    assert not page.all("dl", css="keys")
    summary = page.one("section", css="errors")
    assert message in summary.text
    left = parse_qs(summary.links[-1].removeprefix("?"))
    assert name not in left
    assert set(left) == {"q", "announced_after"} - {name}
    assert client.get(f"/events/{summary.links[-1]}").status_code == 200
    # Beside the field: in the same group of the form.
    form = page.one("form", id="filters")
    beside = [error for error in form.all("p", css="error") if message in error.text]
    assert len(beside) == 1, "no message in the form"


@pytest.mark.parametrize(
    "name", ["q", "company", "announced_after", "announced_before", "people_min", "people_max", "place"]
)
def test_a_field_with_a_wrong_value_keeps_it_and_is_tied_to_its_message(client, site, name):
    value = "x" * 250
    page = read(client.get("/events/", {name: value}))
    field = page.one("input", id=f"f-{name}")
    assert field["aria-invalid"] == "true"
    assert page.one(id=field["aria-describedby"]).text
    assert field["value"] == value


def test_a_range_the_wrong_way_round_is_a_mistake(client, site):
    response = client.get("/events/?announced_after=2024-02&announced_before=2024-01")
    assert response.status_code == 400
    assert "The end lies before the beginning." in read(response).one("form", id="filters").text


def test_an_unknown_parameter_is_named_with_a_link_to_the_view_without_it(client, site):
    response = client.get("/events/?contry=US&q=twitch")
    assert response.status_code == 400
    errors = read(response).one("section", css="errors")
    assert "There is no filter ‘contry’ here." in errors.text
    assert errors.links == ["?q=twitch"]


def test_a_wrong_value_on_the_file_is_a_short_problem_that_machines_read(client, site):
    response = client.get("/events.csv?people_min=many&contry=US")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "attachment" not in response.headers.get("Content-Disposition", "")
    assert {"parameter": "people_min", "message": "Enter a whole number."} in response.json()["errors"]
    assert "There is no filter ‘contry’ here." in [error["message"] for error in response.json()["errors"]]


# ── One event ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_events_page_shows_everything_that_is_known_of_it(client, site):
    page = read(client.get(event_url(site.event)))
    expected = [
        "Twitch cuts just over 500 jobs", "9 January 2024", "≥ 500", "“just over 500”", "35 % of Twitch's staff",
        "The company confirmed it the next day.", "A memo to all", "“a painful step for all of us”",
        "this figure is used",
        "Dan Clancy, chief executive", "Used because: The company's own words", "The Other Paper", "Reports 450",
        "Creator relations (20)", "costs", "San Francisco", "Amazon", "Part of", "Amazon plans data centres",
        "No source here says that one caused the other.", "Recorded here",
    ]  # fmt: skip
    assert [words for words in expected if words.lower() not in page.text.lower()] == []
    assert event_url(site.whole) in page.links
    assert "https://twitch.example/memo" in page.links
    assert "/companies/amazon/" in page.links


def test_a_whole_shows_its_parts_and_its_own_words(client, site):
    page = read(client.get(event_url(site.whole)))
    for words in (
        "200–900",
        "“several hundred”",
        "Read as 200–900, no best figure.",
        "Parts of it",
        "Twitch cuts just over 500 jobs",
    ):
        assert words in page.text, words
    assert event_url(site.event) in page.links


def test_an_ai_link_stands_with_its_quote_and_speaker(client, amazon):
    event = make_event(amazon, 500, ai_link="stated", cited=False)
    spoken = {
        "quote": "machines do it now",
        "speaker": "company",
        "speaker_name": "Jane Roe, spokesperson",
        "on_ai_link": True,
    }
    from events.models import Citation
    from events.tests.factories import make_source

    Citation.objects.create(event=event, source=make_source(), **spoken)
    publish(event)
    facts = read(client.get(event_url(event))).one("aside").text
    assert "machines do it now" in facts
    assert "Jane Roe, spokesperson" in facts


@pytest.mark.parametrize(
    ("kind", "mine", "theirs"), [("updates", "Updates", "Updated by"), ("replaces", "Replaces", "replaces this one")]
)
def test_related_events_name_each_other(client, amazon, kind, mine, theirs):
    first = published(amazon, 100, title="The first report")
    second = make_event(amazon, 120, title="The second report", announced_on="2024-02-10")
    Relation.objects.create(event=second, kind=kind, other=first)
    publish(second)
    later, earlier = read(client.get(event_url(second))), read(client.get(event_url(first)))
    assert mine in later.text
    assert event_url(first) in later.links
    assert theirs in earlier.text
    assert event_url(second) in earlier.links


def test_a_date_known_to_the_quarter_is_never_a_day(client, amazon):
    event = published(amazon, 100, announced_on="2024-Q1")
    page = read(client.get(event_url(event)))
    assert "1st quarter of 2024" in page.text
    assert rows_of(client.get("/events.csv"))[0]["announced_on"] == "2024-Q1"


def test_every_edition_stands_on_the_page_with_its_reason(client, site):
    site.event.title = "Twitch cuts 500 jobs"
    site.event.save()
    correct(site.event, "The title said more than the memo.")
    section = read(client.get(event_url(site.event))).one("section", css="editions")
    latest, first = section.one("ol").all("li")
    assert "The title said more than the memo." in latest.text
    assert latest.one("dt").text == "Title"
    assert latest.one("del").text == "before: Twitch cuts just over 500 jobs"
    assert latest.one("ins").text == "now: Twitch cuts 500 jobs"
    assert not first.all("dl")


def test_an_edition_leads_to_the_page_as_known_on_its_day_unless_it_changed_again_that_day(client, on, amazon):
    event = published(amazon, 100)
    on("2024-01-15")
    for people in (60, 70):
        event.people_low = event.people = event.people_high = people
        event.save()
        correct(event, "The report was corrected.")
    steps = read(client.get(event_url(event))).one("section", css="editions").one("ol").all("li")
    assert [step.links for step in steps] == [
        [f"{event_url(event)}?as_of=2024-01-15"], [], [f"{event_url(event)}?as_of=2024-01-10"],
    ]  # fmt: skip
    then = read(client.get(steps[2].links[0]))
    assert then.one("div", css="bigfigure").one("span", css="people").text == "100"
    assert len(then.one("section", css="editions").one("ol").all("li")) == 1


def test_a_withdrawn_events_page_keeps_its_editions(client, site):
    steps = read(client.get(event_url(site.withdrawn))).one("section", css="editions").one("ol").all("li")
    assert ["withdrawn" in step.text for step in steps] == [True, False]
    assert "The report was about another Twitch." in steps[0].text


def test_an_event_that_never_was_answers_404(client, site):
    unknown = EventEdition.objects.latest("record_id").record_id + 1000
    for address in (f"/events/{unknown}/", f"/events/{unknown}-slug/", "/events/999999999999999999/", "/events/0/"):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize("tail", ["/", "-/", "-wrong/", "-twitch-cuts-just-over-500-jobs-and-more/", "-TWITCH-cuts/"])
def test_another_slug_leads_to_the_address_for_ever(client, site, tail):
    response = client.get(f"/events/{site.event.pk}{tail}")
    assert response.status_code == 301
    assert (
        response.headers["Location"]
        == event_url(site.event)
        == f"/events/{site.event.pk}-twitch-cuts-just-over-500-jobs/"
    )


def test_a_number_written_with_zeros_in_front_leads_to_the_one_address(client, site):
    assert client.get(f"/events/00{site.event.pk}/").headers["Location"] == event_url(site.event)


def test_a_withdrawn_event_answers_410_with_the_reason_and_its_last_page(client, site):
    response = client.get(event_url(site.withdrawn))
    assert response.status_code == 410
    page = read(response)
    for words in (
        "This event was withdrawn",
        "The report was about another Twitch.",
        "Twitch closes for good",
        "77",
        "The Paper",
    ):
        assert words in page.text, words
    # Under another slug, too, it leads there.
    assert client.get(f"/events/{site.withdrawn.pk}/").headers["Location"] == event_url(site.withdrawn)


def test_a_withdrawn_event_that_is_published_again_answers_200(client, site):
    site.withdrawn.refresh_from_db()
    publish(site.withdrawn, "It was this Twitch after all.")
    response = client.get(event_url(site.withdrawn))
    assert response.status_code == 200
    assert "It was this Twitch after all." in read(response).text


def test_a_withdrawn_whole_is_no_link_of_its_part_any_more(client, site):
    withdraw(site.whole, "The company took it back.")
    page = read(client.get(event_url(site.event)))
    assert event_url(site.whole) not in page.links


def test_a_withdrawn_note_is_no_link_of_its_event_any_more(client, site):
    withdraw(site.note, "A joke.")
    assert "Amazon plans data centres" not in read(client.get(event_url(site.event))).text


def test_a_company_that_was_renamed_shows_under_its_name_of_today(client, site):
    site.twitch.name = "Twitch Live"
    site.twitch.save()
    for address in ("/events/", event_url(site.event), "/"):
        assert "Twitch Live" in read(client.get(address)).one("main").text, address
    assert {row["company"] for row in rows_of(client.get("/events.csv?q=over"))} == {"Twitch Live"}


def test_the_owner_of_a_page_is_the_one_of_the_day(client):
    microsoft = make_company("Microsoft")
    activision = make_company("Activision", parent=microsoft, since=date(2023, 10, 13))
    before = published(activision, 100, announced_on="2022-07-01")
    after = published(activision, 100, announced_on="2024-01-25")
    assert "/companies/microsoft/" not in read(client.get(event_url(before))).one("main").links
    assert "/companies/microsoft/" in read(client.get(event_url(after))).one("main").links


def test_a_note_of_the_day_is_linked_both_ways(client, site):
    note = published_note([(site.amazon, "maker")], title="Amazon shows a model")
    site.whole.notes.add(note)
    publish(site.whole)
    assert "Amazon shows a model" in read(client.get(event_url(site.whole))).text


# ── Kinds that count no people, and several that do ──────────────────────────────────────────────────────────────────


def test_signals_alone_show_no_people_and_no_chart(client, amazon):
    published(amazon, stage="signalled")
    page = read(client.get("/events/?counts_as=signal"))
    assert page.all("figure") == []
    assert "people known" not in page.one("dl", css="keys").text
    assert "CSV, 1 row" in page.text


@pytest.mark.parametrize(("stage", "kind"), [("called_off", "called_off"), ("signalled", "signal")])
def test_an_event_of_which_no_people_count_has_no_rest_in_parts(stage, kind, client, amazon):
    published(amazon, 45, stage=stage)
    table = read(client.get(f"/events/?counts_as={kind}")).one("table", css="cards")
    assert "45" in table.text
    assert "the rest in its parts" not in table.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stage": "called_off"}, "called off in no sum of people"),
        ({"stage": "signalled"}, "signal of more to come in no sum of people"),
        ({"stage": "filed"}, "filing never added to cuts"),
        ({"permanence": "temporary"}, "temporary layoff never added to cuts"),
    ],
)
def test_the_headline_figure_of_what_is_no_cut_says_so(fields, words, client, amazon):
    figure = read(client.get(event_url(published(amazon, 45, **fields)))).one("div", css="bigfigure")
    assert figure.text.startswith(f"45 people {words}")
    cut = read(client.get(event_url(published(amazon, 46)))).one("div", css="bigfigure")
    assert cut.text.startswith("46 people")


def test_each_kind_that_a_result_holds_has_its_own_figures(client, amazon):
    published(amazon, 500)
    published(amazon, 70, stage="filed")
    page = read(client.get("/events/?counts_as=cut&counts_as=filing"))
    facts = page.all("figure")[0].one("div", css="facts").text
    assert "cuts: 500 people known" in facts
    assert "filings: 70 people known" in facts


def test_a_bar_leads_to_a_view_no_wider_than_the_one_it_stands_in(client, amazon):
    published(amazon, 5, announced_on="2024-01-20")
    published(amazon, 7, announced_on="2024-01-02")
    page = read(client.get("/events/?announced_after=2024-01-15&announced_before=2024-03-20"))
    links = page.all("figure")[0].links
    assert any("announced_after=2024-01-15&announced_before=2024-01-31" in link for link in links)


def test_a_preset_promises_no_investing_where_it_finds_whoever_hires(client, amazon):
    published(amazon, 100)
    published_note([(amazon, "employer")], kind="hiring")
    page = read(client.get("/events/"))
    (link,) = [a for a in page.one("nav", css="presets").all("a") if a["href"].endswith("?ai_notes=yes")]
    assert link.text == "with AI notes at the time"
    found = read(client.get(f"/events/{link['href'].removeprefix('/events/')}"))
    (key,) = [key for key in keys(found) if "in AI meanwhile" in key.label]
    assert key.number == "0"
    assert key.how.startswith("no note of investing from 12 months before an event to 6 after it;")


def test_presets_lead_to_views_that_answer_and_keep_the_day_of_a_replay(client, amazon):
    published(amazon, 10)
    for address in ("/events/", "/ai/", "/companies/"):
        page = read(client.get(f"{address}?as_of={dates.today():%Y-%m-%d}"))
        links = page.one("nav", css="presets").links
        assert len(links) >= 3
        for link in links:
            assert "as_of=" in link
            answer = client.get(link)
            assert answer.status_code == 200
            assert read(answer).one("nav", css="presets").one("a", **{"aria-current": "page"})["href"] == link


def test_the_preset_of_a_year_says_whether_it_is_this_one(client, amazon):
    year = dates.today().year
    published(amazon, 10, announced_on=f"{year - 1}-01-01")

    def labels(address):
        return [link.text for link in read(client.get(address)).one("nav", css="presets").all("a")]

    for address in ("/", "/events/", "/ai/"):
        assert f"{year - 1}, the latest year with a cut" in labels(address)
    published(amazon, 10, announced_on=f"{year}-01-01")
    for address in ("/", "/events/", "/ai/"):
        assert f"this year ({year})" in labels(address)


def test_a_wrong_value_takes_nothing_else_from_the_panel(client, amazon):
    published(amazon, 10)
    page = read(client.get("/events/?order=-people&chart=size&announced_after=2024-13-45"))
    assert [option["value"] for option in page.one("select", id="f-order").all("option") if "selected" in option] == [
        "-people"
    ]
    assert page.one("input", name="chart")["value"] == "size"
    # What is wrong itself is not taken for a choice.
    page = read(client.get("/events/?order=x&chart=y"))
    assert not page.all("input", name="chart")


def test_kinds_without_people_of_which_nothing_is_found_are_an_empty_list_and_no_error(client, site):
    response = client.get("/events/?counts_as=signal&q=nothinglikethis")
    assert response.status_code == 200
    assert read(response).one("section", css="empty")


def test_a_year_before_the_record_begins_is_no_zero(client, amazon):
    published(amazon, 100, announced_on="2024-01-10")
    people = keys(read(client.get("/events/?announced_after=2024-01&announced_before=2024-01")))[0]
    assert "a year before: no cut on record" in people.how


def test_who_gives_a_share_alone_is_counted_in_good_words(client, amazon):
    published(amazon, None, share_percent=5)
    published(amazon, 100)
    without = keys(read(client.get("/events/")))[2]
    assert "1 of them gives a share" in without.how
