"""Search in everything: the page, and what is offered while somebody types."""

from datetime import date

import pytest
from django.utils.http import urlencode

from events.publishing import withdraw
from events.tests.factories import make_company, make_event, published, published_note
from events.tests.views.conftest import published_many
from events.tests.views.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def meta(db):
    return make_company("Meta", aliases=["Facebook", "Instagram"], country="US", sector="consumer")


def suggested(client, text, **more) -> dict[str, list[str]]:
    answer = client.get(f"/search/suggest.json?{urlencode({'q': text, **more})}").json()
    return {group["title"]: [item["text"] for item in group["items"]] for group in answer["groups"]}


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_search_finds_companies_events_and_notes(client, meta):
    event = published(meta, 600, title="Meta cuts jobs in its AI unit")
    note = published_note([(meta, "maker")], title="Llama grows")
    page = read(client.get("/search/?q=facebook"))
    assert page.one("h1").text == "Search: facebook"
    assert "1 company, 1 event, 1 AI-investment note" in page.text
    links = page.one("main").links
    assert "/companies/meta/" in links
    assert f"/events/{event.pk}-meta-cuts-jobs-in-its-ai-unit/" in links
    assert f"/ai/{note.pk}-llama-grows/" in links


def test_the_page_shows_the_first_ten_and_leads_to_all(client, meta):
    published_many(*[make_event(meta, 10, title=f"Meta cuts jobs again, {n}") for n in range(12)])
    page = read(client.get("/search/?q=meta+again"))
    assert len(page.one("table").one("tbody").all("tr")) == 10
    (link,) = (a["href"] for a in page.all("a") if a.text == "All 12 events in the explorer")
    assert client.get(link).context["selection"].count == 12


def test_every_kind_of_event_is_found_and_the_explorer_shows_the_same(client, meta):
    published_many(*[make_event(meta, 30, title=f"Meta notice {n}", stage="filed") for n in range(11)])
    page = read(client.get("/search/?q=notice"))
    assert "11 events" in page.text
    (link,) = (a["href"] for a in page.all("a") if a.text == "All 11 events in the explorer")
    assert client.get(link).context["selection"].count == 11


def test_without_words_there_is_the_form_alone(client, meta):
    page = read(client.get("/search/"))
    assert page.one("h1").text == "Search"
    assert not page.all("table")
    assert page.one("input", id="search-all")["value"] == ""


def test_what_is_not_found_is_said_with_a_way_on(client, meta):
    page = read(client.get("/search/?q=nothing+like+it"))
    assert page.one("section", css="empty")
    assert {"/companies/", "/events/", "/ai/"} <= set(page.one("main").links)
    assert page.one("input", id="search-all")["value"] == "nothing like it"


def test_words_that_cannot_be_searched_come_back_with_what_is_wrong(client, meta):
    response = client.get(f"/search/?q={'+'.join('abcdefghijklm')}")
    assert response.status_code == 400
    page = read(response)
    assert "at most 10 words" in page.text
    assert page.one("input", id="search-all")["value"] == "a b c d e f g h i j k l m"


def test_a_search_as_known_on_a_day_finds_what_was_public_then(client, meta):
    published(meta, 600, title="Meta cuts jobs", recorded_on="2024-01-20")
    assert "1 event," in read(client.get("/search/?q=cuts&as_of=2024-01-20")).text
    page = read(client.get("/search/?q=cuts&as_of=2024-01-19"))
    assert "0 events" in page.text
    assert page.one("input", name="as_of")["value"] == "2024-01-19"


def test_companies_stand_most_recorded_first_with_the_name_that_was_found(client, meta):
    published_many(*[make_event(meta, 10, title=f"Meta cut {n}") for n in range(2)])
    published(make_company("Face To Face"), 5)
    items = [item.text for item in read(client.get("/search/?q=face")).one("ul", css="found-companies").all("li")]
    assert items == ["Meta also Facebook · 2 events", "Face To Face 1 event"]


def test_a_company_stands_as_often_as_the_list_of_companies_has_it(client, site):
    """One that only a withdrawn event or a draft names is on neither; as known before, both have it."""
    gone = published(make_company("Amazonia"), 5)
    withdraw(gone, "It was another company.")
    make_company("Amazona")
    for string in ("q=amazon", "q=twitch", "q=ama"):
        listed = client.get(f"/companies/?{string}").context["selection"].rows
        found = client.get(f"/search/?{string}").context["search"].companies
        assert {row.company.pk for row in found} == {row.company.pk for row in listed}, string
    assert client.get("/data/").context["subjects"][2]["rows"] == len(
        client.get("/companies/").context["selection"].rows
    )


def test_the_search_field_of_every_page_leads_here(client, meta):
    form = read(client.get("/methodology/")).one("header", css="masthead").one("form")
    assert form["action"] == "/search/"
    assert form.one("input")["name"] == "q"
    assert form.one("input")["data-suggest"] == "/search/suggest.json"


# ── While somebody types ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_company_is_suggested_by_any_of_its_names(client, meta):
    published(meta, 600)
    answer = client.get("/search/suggest.json?q=faceb").json()
    assert answer["groups"][0]["items"] == [{"text": "Meta", "beside": "Facebook", "href": "/companies/meta/"}]
    assert suggested(client, "inst")["Companies"] == ["Meta"]
    assert suggested(client, "META")["Companies"] == ["Meta"]


def test_a_company_is_suggested_with_and_without_accents(client, db):
    published(make_company("Société Générale"), 900)
    for text in ("societe", "Société", "GENER"):
        assert suggested(client, text)["Companies"] == ["Société Générale"]


def test_of_many_companies_those_that_begin_so_and_are_recorded_most_come_first(client, db):
    other, few, many = make_company("Best Goods"), make_company("Goat"), make_company("Gopher")
    published_many(*[make_event(firm, 5) for firm in (other, other, other, few, many, many)])
    assert suggested(client, "go")["Companies"] == ["Gopher", "Goat", "Best Goods"]


def test_there_are_at_most_four_companies_three_events_and_three_notes(client, db):
    firms = [make_company(f"Acme {n}") for n in range(6)]
    published_many(*[make_event(firm, 5) for firm in firms])
    for firm in firms:
        published_note([(firm, "maker")], title=f"{firm.name} builds a model")
    answer = client.get("/search/suggest.json?q=acme").json()
    assert [len(group["items"]) for group in answer["groups"]] == [4, 3, 3]
    assert answer["said"] == "10 suggestions."


def test_events_whose_titles_hold_the_words_come_before_others(client, meta):
    published(meta, 5, title="Meta closes its studio", announced_on="2023-01-01")
    published(make_company("Studio Zero"), 5, title="A cut elsewhere", announced_on="2024-01-01")
    assert suggested(client, "studio")["Events"] == ["Meta closes its studio", "A cut elsewhere"]


@pytest.mark.parametrize("text", ["", "m", " ", "!?", "%", "'"])
def test_too_little_suggests_nothing(client, meta, text):
    published(meta, 600)
    assert suggested(client, text) == {}


def test_what_cannot_be_asked_is_refused(client, meta):
    for string in ("q=meta&limit=5", "q=a&q=b", "q=%00", "as_of=tomorrow"):
        response = client.get(f"/search/suggest.json?{string}")
        assert response.status_code == 400
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json()["errors"]


def test_nothing_withdrawn_or_merged_is_suggested(client, meta):
    gone = published(meta, 77, title="Meta closes for good")
    withdraw(gone, "It was another Meta.")
    old = make_company("Metaweb")
    published(old, 3, title="Metaweb cuts jobs")
    old.merged_into = meta
    old.save()
    found = suggested(client, "metaweb")
    assert found["Companies"] == ["Meta"]
    assert "Meta closes for good" not in suggested(client, "closes").get("Events", [])


def test_suggestions_are_as_known_on_a_day_when_asked_so(client, meta):
    published(meta, 600, title="Meta cuts jobs", recorded_on="2024-01-20")
    assert "Events" in suggested(client, "cuts", as_of="2024-01-20")
    assert "Events" not in suggested(client, "cuts", as_of="2024-01-19")
    answer = client.get("/search/suggest.json?q=cuts&as_of=2024-01-20").json()
    assert answer["groups"][0]["items"][0]["href"].endswith("?as_of=2024-01-20")


def test_suggesting_asks_five_questions_whatever_is_typed(client, meta, django_assert_max_num_queries):
    published_many(*[make_event(make_company(f"Metal {n}"), 5, announced_on=date(2024, 1, 2)) for n in range(60)])
    for text in ("met", "metal works of the north", "meta face", "zz"):
        with django_assert_max_num_queries(5):
            client.get(f"/search/suggest.json?{urlencode({'q': text})}")


# ── Dates among the words ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def januaries(amazon, twitch):
    """Cuts at Amazon and at Twitch, which it owns: in January 2024, around it, and dated only to the quarter."""
    return published_many(
        make_event(amazon, 300, title="Amazon cuts jobs in January", announced_on="2024-01-10"),
        make_event(twitch, 500, title="Twitch cuts jobs in January", announced_on="2024-01"),
        make_event(amazon, 20, title="Amazon files a notice", announced_on="2024-01-31", stage="filed"),
        make_event(amazon, 40, title="Amazon cuts jobs in that quarter", announced_on="2024-Q1"),
        make_event(amazon, 50, title="Amazon cuts jobs in February", announced_on="2024-02-01"),
        make_event(make_company("Gopher"), 60, title="Gopher cuts jobs in January", announced_on="2024-01-05"),
    )


def found_events(client, string) -> set[str]:
    return {row.edition.title for row in client.get(f"/search/?{string}").context["events"]}


IN_JANUARY = {"Amazon cuts jobs in January", "Twitch cuts jobs in January", "Amazon files a notice"}


@pytest.mark.parametrize(
    "words", ["amazon january 2024", "2024-01 Amazon", "jan 2024 amzn inc", "Amazon in January 2024"]
)
def test_a_company_and_a_month_find_what_lies_inside_it_with_what_it_owned(client, amazon, januaries, words):
    amazon.aliases.create(name="AMZN")
    assert found_events(client, urlencode({"q": words})) == IN_JANUARY


def test_the_page_says_what_was_read_as_a_date_and_what_only_overlaps(client, januaries):
    page = read(client.get("/search/?q=amazon+january+2024"))
    assert "January 2024, read as a date; search for the words instead." in page.text
    assert "1 event is left out because its date is known less exactly" in page.text
    assert page.one("h1").text == "Search: amazon january 2024"
    assert page.one("input", id="search-all")["value"] == "amazon january 2024"


def test_the_explorer_is_offered_with_the_company_and_the_days(client, januaries):
    page = read(client.get("/search/?q=amazon+january+2024"))
    link = page.one("a", css="into")
    assert link["href"] == "/events/?company=amazon&announced_after=2024-01-01&announced_before=2024-01-31"
    assert link.text == "Layoff events at Amazon announced in January 2024"
    assert client.get(link["href"]).context["selection"].main.headline == 800  # 300 + 500; a filing is no cut


def test_the_same_words_can_be_searched_as_words_and_back(client, januaries):
    page = read(client.get("/search/?q=amazon+january+2024&as_of=2026-01-01"))
    (instead,) = (a["href"] for a in page.all("a") if a.text == "search for the words instead")
    assert instead == "?q=amazon+january+2024&dates=no&as_of=2026-01-01"
    page = read(client.get(f"/search/{instead}"))
    assert "January 2024, read as words; search for the date instead." in page.text
    assert "0 events" in page.text
    (back,) = (a["href"] for a in page.all("a") if a.text == "search for the date instead")
    assert back == "?q=amazon+january+2024&as_of=2026-01-01"


def test_a_date_beside_other_words_narrows_them(client, januaries):
    assert found_events(client, "q=jobs+january+2024") == {
        "Amazon cuts jobs in January",
        "Twitch cuts jobs in January",
        "Gopher cuts jobs in January",
    }
    link = read(client.get("/search/?q=jobs+january+2024")).one("a", css="into")
    assert link["href"] == "/events/?q=jobs&announced_after=2024-01-01&announced_before=2024-01-31"
    assert link.text == "Layoff events announced in January 2024, with the words “jobs”"


def test_a_date_alone_finds_events_and_notes_of_these_days_and_no_company(client, januaries, amazon):
    published_note([(amazon, "maker")], title="Olympus", dated_on=date(2024, 2, 10))
    page = read(client.get("/search/?q=february+2024"))
    assert page.one("p", css="lead").text == "1 event, 1 AI-investment note"
    assert found_events(client, "q=february+2024") == {"Amazon cuts jobs in February"}
    assert "0 events, 0 AI-investment notes" in read(client.get("/search/?q=1999")).text


def test_an_open_end_takes_what_came_since(client, januaries):
    assert found_events(client, "q=amazon+since+2024-01-31") == {
        "Amazon files a notice",
        "Amazon cuts jobs in February",
    }
    assert "since 31 January 2024, read as a date" in read(client.get("/search/?q=amazon+since+2024-01-31")).text


@pytest.mark.parametrize(
    "text",
    ["2024-13", "31 february 2024", "- 2024", "' 2024", "% q1 2024", "2024 2023", "2099-12-31", "２０２４", "<b> 2024"],
)
def test_a_strange_date_harms_nothing(client, januaries, text):
    for address in ("/search/", "/search/suggest.json"):
        response = client.get(f"{address}?{urlencode({'q': text})}")
        assert response.status_code == 200
        assert b"<b> 2024" not in response.content
    assert client.get(f"/search/?{urlencode({'q': text, 'dates': 'yes'})}").status_code == 400


def test_a_company_beside_a_date_is_suggested_with_its_events_of_these_days(client, januaries):
    answer = client.get("/search/suggest.json?q=amaz+q1+2024&as_of=2026-01-01").json()
    assert answer["groups"][0]["items"] == [
        {
            "text": "Amazon",
            "beside": "events announced in 1st quarter of 2024",
            "href": "/events/?company=amazon&announced_after=2024-01-01&announced_before=2024-03-31&as_of=2026-01-01",
        }
    ]
    assert "Twitch cuts jobs in January" in suggested(client, "amazon january 2024")["Events"]
    assert suggested(client, "amazon february 2024")["Events"] == ["Amazon cuts jobs in February"]


def test_a_date_without_a_company_suggests_the_explorer_of_these_days(client, januaries):
    assert suggested(client, "2024-02")["In the explorer"] == ["Layoff events announced in February 2024"]
    assert suggested(client, "2024-02")["Events"] == ["Amazon cuts jobs in February"]
    assert client.get("/search/suggest.json?q=2024-02").json()["said"] == "2 suggestions."


def test_a_date_costs_suggestions_no_question_more(client, januaries, django_assert_max_num_queries):
    for text in ("amazon 2024", "2024", "jobs q1 2024", "amazon since 2023"):
        with django_assert_max_num_queries(5):
            client.get(f"/search/suggest.json?{urlencode({'q': text})}")


# ── In the filter of companies ───────────────────────────────────────────────────────────────────────────────────────


def test_the_filter_is_offered_companies_alone_each_with_the_value_that_it_takes(client, meta):
    published(meta, 600, title="Facebook cuts jobs")
    answer = client.get("/search/suggest.json?only=companies&q=faceb").json()
    assert answer["groups"] == [
        {
            "title": "Companies",
            "items": [{"text": "Meta", "beside": "Facebook", "href": "/companies/meta/", "value": "meta"}],
        }
    ]
    assert answer["said"] == "1 suggestion."


def test_a_year_in_a_companys_name_is_no_date_for_the_filter(client, db):
    published(make_company("Studio 2024"), 5)
    assert suggested(client, "studio 2024", only="companies") == {"Companies": ["Studio 2024"]}


def test_the_filter_says_when_no_company_has_the_name(client, meta):
    answer = client.get("/search/suggest.json?only=companies&q=zzz").json()
    assert answer == {"said": "No company here has such a name.", "groups": []}
    assert client.get("/search/suggest.json?only=notes&q=zzz").status_code == 400
    assert client.get("/search/?only=companies&q=zzz").status_code == 400


def test_suggesting_companies_asks_three_questions(client, meta, django_assert_max_num_queries):
    published_many(*[make_event(make_company(f"Metal {n}"), 5) for n in range(20)])
    with django_assert_max_num_queries(3):
        client.get("/search/suggest.json?only=companies&q=met")
