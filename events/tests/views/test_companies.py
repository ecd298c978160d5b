"""The list of companies and the page of one."""

from datetime import date

import pytest

from events.dates import today
from events.models import OldSlug
from events.publishing import withdraw
from events.tests.factories import make_company, make_event, published, published_headcount, published_note
from events.tests.views.conftest import event_url, published_many
from events.tests.views.reading import keys, read

pytestmark = pytest.mark.django_db


def names(page) -> list[str]:
    return [th.all("a")[0].text for th in page.one("table", css="cards").one("tbody").all("th")]


def cells(page, name: str) -> list[str]:
    row = next(row for row in page.one("table", css="cards").one("tbody").all("tr") if row.all("a")[0].text == name)
    return [td.text for td in row.all("td")]


# ── The list ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_counts_what_the_company_owned_on_the_day(client, site):
    page = read(client.get("/companies/"))
    # Amazon: 200–900 with the part of 500 within it; Twitch: the 500 alone. Filings are no cuts.
    assert cells(page, "Amazon")[:3] == ["500500–900", "2", "1"]
    assert cells(page, "Twitch")[:3] == ["500500+", "1", "0"]


def test_a_company_without_a_figure_is_not_shown_as_zero(client, amazon):
    published(amazon, None)
    assert cells(read(client.get("/companies/")), "Amazon")[0] == "not stated"


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("", "Amazon"),
        ("order=name", "Amazon"),
        ("order=-name", "Twitch"),
        ("order=-notes", "Amazon"),
        ("order=cuts", "Twitch"),
    ],
)
def test_orders(client, site, order, first):
    assert names(read(client.get(f"/companies/?{order}")))[0] == first


def test_pages_show_every_company_once_and_keep_the_filter(client):
    firms = [make_company(f"Firm {n:02}", country="US") for n in range(55)]
    others = [make_company(f"Firma {n:02}", country="DE") for n in range(5)]
    published_many(*[make_event(firm, 10 + n) for n, firm in enumerate(firms + others)])
    first = read(client.get("/companies/?country=US"))
    second = read(client.get(f"/companies/{first.one('a', rel='next')['href']}"))
    assert not second.all("a", rel="next")
    found = names(first) + names(second)
    assert len(found) == len(set(found)) == 55
    assert all(name.startswith("Firm ") for name in found)
    assert names(read(client.get(f"/companies/{second.one('a', rel='prev')['href']}"))) == names(first)


def test_an_empty_result_offers_the_way_back(client, site):
    page = read(client.get("/companies/?q=nobody"))
    assert page.one("section", css="empty").links == ["?"]
    assert page.one("nav", css="chips")


WRONG = [
    ("q", "x" * 300, "at most 200 characters"),
    ("sector", "nonsense", "nonsense is not one of the available choices."),
    ("country", "ZZ", "ZZ is not one of the available choices."),
    ("order", "random", "random is not one of the available choices."),
]


@pytest.mark.parametrize(("name", "value", "message"), WRONG, ids=[name for name, _, _ in WRONG])
def test_a_wrong_value_gets_a_message_beside_its_field_and_a_link_without_it(client, site, name, value, message):
    response = client.get("/companies/", {"q": "ama", name: value})
    page = read(response)
    assert response.status_code == 400
    assert not page.all("table")
    summary = page.one("section", css="errors")
    assert message in summary.text
    assert client.get(f"/companies/{summary.links[-1]}").status_code == 200
    assert [e for e in page.one("form", id="filters").all("p", css="error") if message in e.text], (
        "no message in the form"
    )


@pytest.mark.parametrize("page", ["x", "-1", "0", "1.5", "2", "99999999999"])
def test_a_page_that_is_no_number_is_refused(client, site, page):
    response = client.get(f"/companies/?page={page}")
    assert response.status_code == 400
    assert read(response).one("section", css="errors").links == ["?"]


# ── One company ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_companys_page_shows_what_is_known_of_it(client, site):
    page = read(client.get("/companies/amazon/"))
    expected = [
        "Amazon", "AMZN", "Retail", "United States of America", "Twitch", "people known, in 2 of 2 cuts",
        "200 at Amazon itself, in 1 cut",
        "Events at Amazon and what it owned", "Amazon plans data centres", "$48 bn", "Headcount", "1,525,000",
        "31 December 2023",
        "Job cuts above, AI investment below", "Nothing here says that one pays for the other.",
    ]  # fmt: skip
    assert [words for words in expected if words not in page.text] == []
    assert keys(page)[0].number == "500"
    assert event_url(site.event) in page.links
    assert "/companies/twitch/" in page.links
    assert not [words for words in ("per person", "per job", "ratio of") if words in page.text]


def test_a_subsidiarys_page_names_its_owner_and_counts_its_own(client, site):
    page = read(client.get("/companies/twitch/"))
    assert "Owned by Amazon" in page.text
    assert keys(page)[0].number == "500"
    assert event_url(site.whole) not in page.links


def test_cuts_of_before_the_purchase_are_not_the_buyers(client):
    microsoft = make_company("Microsoft")
    activision = make_company("Activision", parent=microsoft, since=date(2023, 10, 13))
    before = published(activision, 100, announced_on="2022-07-01")
    after = published(activision, 1900, announced_on="2024-01-25")
    page = read(client.get("/companies/microsoft/"))
    assert keys(page)[0].number == "1,900"
    assert event_url(after) in page.links
    assert event_url(before) not in page.links
    assert "since 13 October 2023" in page.text


def test_one_time_axis_has_cuts_and_money_and_the_table_has_both(client, site):
    figure = read(client.get("/companies/amazon/")).one("figure")
    assert figure["data-chart"] == "mirror"
    money = {row["data-label"]: row["data-money"] for row in figure.one("tbody").all("tr") if row["data-money"]}
    assert money == {"2023-Q4": "48000.000"}
    # From the first quarter to the last without a gap.
    assert [row["data-label"] for row in figure.one("tbody").all("tr") if "data-label" in row] == ["2023-Q4", "2024-Q1"]


def test_the_lists_presets_say_what_they_find(client, site):
    presets = [a.text for a in read(client.get("/companies/")).one("nav", css="presets").all("a")]
    assert presets[:2] == ["companies with AI notes", "companies without AI notes"]


def test_the_address_that_an_alias_would_have_leads_to_its_company_for_now(client, amazon):
    published(make_company("Meta", aliases=["Facebook", "Instagram Labs, Inc."]), 100)
    for slug in ("facebook", "instagram-labs-inc"):
        response = client.get(f"/companies/{slug}/?announced_after=2024-01-01")
        assert (response.status_code, response["Location"]) == (302, "/companies/meta/?announced_after=2024-01-01")
    # Nothing but the whole of it leads there.
    for slug in ("faceboo", "instagram-labs", "facebook-2"):
        assert client.get(f"/companies/{slug}/").status_code == 404


def test_an_alias_of_a_company_that_nobody_knows_or_that_another_is_called_leads_nowhere(client):
    make_company("Secret", aliases=["Hidden Labs"])
    assert client.get("/companies/hidden-labs/").status_code == 404
    published(make_company("Meta", aliases=["Face Book"]), 100)
    published(make_company("Face Book", slug="face-book-shop"), 5)
    assert client.get("/companies/face-book/").status_code == 404


def test_an_old_address_leads_to_the_one_of_today_for_ever(client, site):
    response = client.get("/companies/amazon-com/")
    assert (response.status_code, response.headers["Location"]) == (301, "/companies/amazon/")


def test_a_merged_company_leads_to_what_it_was_merged_into_through_any_number_of_steps(client, site):
    first, second = make_company("Twitch Interactive"), make_company("Justin.tv")
    first.merged_into, second.merged_into = site.twitch, first
    first.save()
    second.save()
    OldSlug.objects.create(slug="justin", company=second)
    for slug in (first.slug, second.slug, "justin"):
        response = client.get(f"/companies/{slug}/", follow=True)
        assert response.redirect_chain[0][1] == 301
        assert response.redirect_chain[-1][0] == "/companies/twitch/", slug
        assert response.status_code == 200


def test_a_merged_companys_events_stand_at_what_it_was_merged_into(client, site):
    other = make_company("Twitch Interactive")
    event = published(other, 50, announced_on="2023-05-01")
    other.merged_into = site.twitch
    other.save()
    from events.publishing import ownership_changed

    ownership_changed([other.pk, site.twitch.pk])
    page = read(client.get("/companies/twitch/"))
    assert event_url(event) in page.links
    assert "Twitch Interactive" not in names(read(client.get("/companies/")))


@pytest.mark.parametrize("slug", ["nobody", "AMAZON", "a" * 200, "%F0%9F%98%80", "amazon%00"])
def test_an_unknown_company_answers_404(client, site, slug):
    assert client.get(f"/companies/{slug}/").status_code == 404


def test_a_company_of_drafts_alone_answers_404_until_one_is_public(client, db):
    company = make_company("Secret")
    make_event(company, 5)
    assert client.get("/companies/secret/").status_code == 404
    published(company, 5)
    assert client.get("/companies/secret/").status_code == 200


def test_a_company_of_a_filing_alone_has_a_page(client, db):
    published(make_company("Filer"), 30, stage="filed")
    assert client.get("/companies/filer/").status_code == 200


def test_a_company_that_owned_one_with_events_has_a_page(client, google, alphabet):
    published(google, 12_000)
    assert client.get("/companies/alphabet/").status_code == 200


def test_a_company_whose_only_event_was_withdrawn_leaves_the_list(client, db):
    company = make_company("Gone")
    event = published(company, 5)
    withdraw(event, "It never happened.")
    assert client.get(event_url(event)).status_code == 410
    assert "Gone" not in read(client.get("/companies/")).text


def test_headcounts_stand_with_their_source(client, site):
    published_headcount(site.amazon, ("at_least", 1_500_000), counted_on=date(2022, 12, 31))
    page = read(client.get("/companies/amazon/"))
    table = next(table for table in page.all("table") if table.all("caption") and "Headcounts" in table.text)
    assert [row.all("td")[1].text for row in table.one("tbody").all("tr")] == ["1,525,000", "≥ 1,500,000"]
    assert len(table.links) == 2


def test_a_company_with_notes_and_no_cuts_has_a_page(client, db):
    nvidia = make_company("Nvidia")
    published_note([(nvidia, "maker")], title="Nvidia sells chips")
    page = read(client.get("/companies/nvidia/"))
    assert "Nvidia sells chips" in page.text
    assert "no cut on record" in page.text


def test_key_figures_say_how_many_cut_invest_and_do_both(client, amazon, twitch):
    other = make_company("Quiet Corp")
    published(twitch, 500)
    published(make_company("Shy Corp"), title="Shy Corp cuts jobs")
    published_note([(amazon, "investor")])
    published_note([(other, "investor")])
    keys = {key.label: key.number for key in client.get("/companies/").context["keys"]}
    # Twitch, its owner Amazon and Shy Corp cut; Amazon and Quiet Corp have notes; Amazon has both.
    assert keys == {
        "companies": "4", "have cut jobs": "3", "have an AI-investment note": "2", "has both": "1",
    }  # fmt: skip


def test_an_empty_list_says_which_filter_empties_it(client, site):
    page = read(client.get("/companies/?q=twitch&people_min=1000000"))
    offers = {a.text: a["href"] for a in page.one("section", css="empty").all("a")}
    assert offers == {"without “people from 1,000,000”: 1 row": "?q=twitch"}
    both = read(client.get("/companies/?q=nobody&people_min=1000000")).one("section", css="empty")
    assert "No single filter empties it." in both.text
    assert both.links == ["/companies/"]


# ── A period of one company ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two_years(amazon, twitch):
    published_many(
        make_event(amazon, 300, announced_on="2024-01-10"),
        make_event(twitch, 500, announced_on="2024-01-09"),
        make_event(amazon, 7, announced_on="2022-11-14"),
    )


def test_the_page_leads_to_what_a_company_and_what_it_owned_cut_in_a_month(client, two_years):
    form = read(client.get(f"/companies/amazon/?as_of={today()}")).one("section", css="period").one("form")
    fields = {field["name"]: field["value"] for field in form.all("input")}
    assert fields == {"company": "amazon", "as_of": str(today()), "announced_after": "", "announced_before": ""}
    month = {"announced_after": "2024-01", "announced_before": "2024-01"}
    response = client.get(form["action"], fields | month)
    assert keys(read(response))[0].number == "800"  # 300 + 500
    assert read(response).one("h1").text == "Layoff events at Amazon announced in January 2024"


def test_the_page_has_a_link_to_each_year_with_cuts(client, two_years):
    links = read(client.get("/companies/amazon/")).one("section", css="period").all("a")
    assert [link.text for link in links] == ["2024", "2022"]
    assert keys(read(client.get(links[0]["href"])))[0].number == "800"
    assert keys(read(client.get(links[1]["href"])))[0].number == "7"


def test_a_company_without_events_has_no_period_to_choose(client, amazon):
    published_note([(amazon, "maker")])
    assert not read(client.get("/companies/amazon/")).all("section", css="period")


# ── Its axis of time, staff and owners ───────────────────────────────────────────────────────────────────────────────


def figure_of(page, kind):
    return next(figure for figure in page.all("figure") if figure["data-chart"] == kind)


def test_the_axis_is_looked_at_more_closely_by_the_month_and_all_else_stays(client, amazon):
    published(amazon, 18_000, announced_on="2023-01-04")
    published(amazon, 500, announced_on="2024-01-10")
    published(amazon, 30, announced_on="2024-02-10")
    whole = read(client.get("/companies/amazon/"))
    choices = whole.one("nav", id="axis").all("a")
    assert [choice.text for choice in choices] == ["Whole time", "2023", "2024"]
    close = read(client.get(choices[2]["href"].partition("#")[0]))
    rows = figure_of(close, "mirror").one("tbody").all("tr")
    assert [(row["data-label"], row["data-value"]) for row in rows] == [("2024-01", "500"), ("2024-02", "30")]
    assert keys(close)[0].number == keys(whole)[0].number == "18,530"
    # A range that is marked on the figure comes back to this page.
    assert figure_of(close, "mirror")["data-zoom"] == "/companies/amazon/?"


@pytest.mark.parametrize("string", ["announced_after=2024-13", "announced_after=2024&announced_before=2023", "q=x"])
def test_wrong_days_of_the_axis_are_told(client, amazon, string):
    published(amazon, 10)
    assert client.get(f"/companies/amazon/?{string}").status_code == 400


def test_of_days_of_which_nothing_is_known_there_is_no_figure(client, amazon):
    published(amazon, 10)
    page = read(client.get("/companies/amazon/?announced_after=2030&announced_before=2030"))
    assert page.all("figure") == []
    assert "Nothing is known of these days." in page.text


def test_headcounts_are_a_line_that_breaks_where_none_is_known(client, amazon):
    published(amazon, 10)
    for year, people in ((2021, 1_600_000), (2022, 1_544_000), (2024, ("at_least", 1_500_000))):
        published_headcount(amazon, people, counted_on=date(year, 12, 31))
    figure = figure_of(read(client.get("/companies/amazon/")), "published")
    rows = [(row["data-label"], row["data-published"]) for row in figure.one("tbody").all("tr")]
    assert rows == [("2021", "1600000"), ("2022", "1544000"), ("2023", ""), ("2024", "1500000")]
    assert "1,600,000 on 31 December 2021, ≥ 1,500,000 on 31 December 2024." in figure.text


def test_one_headcount_is_told_without_a_line(client, amazon):
    published(amazon, 10)
    published_headcount(amazon, 1_544_000)
    page = read(client.get("/companies/amazon/"))
    assert [figure["data-chart"] for figure in page.all("figure")] == ["mirror"]
    assert "1,544,000" in page.one("section", id="staff-section").text


def test_a_share_of_staff_stands_with_what_it_is_a_share_of(client, amazon, twitch):
    published(twitch, 500, share_percent=35, share_of="Twitch's staff")
    staff = read(client.get("/companies/amazon/")).one("section", id="staff-section").text
    assert "35 %" in staff
    assert "Twitch's staff" in staff


def test_who_owned_it_and_what_it_owned_stand_with_their_days(client):
    microsoft = make_company("Microsoft")
    activision = make_company("Activision", parent=microsoft, since=date(2023, 10, 13))
    published(microsoft, 10)
    published(activision, 10)
    for slug in ("microsoft", "activision"):
        text = read(client.get(f"/companies/{slug}/")).text
        assert "Ownership over time" in text
        assert "13 October 2023" in text


def test_money_that_a_company_is_given_is_not_its_investment(client, amazon):
    start_up = make_company("Anthropic")
    published_note(
        [(amazon, "investor"), (start_up, "recipient")],
        kind="funding_round",
        plan_or_actual="actual",
        dated_on=date(2024, 3, 27),
        period_from=date(2024, 3, 1),
        period_until=date(2024, 3, 31),
        amount_usd_millions=2750,
        amount_millions=2750,
        currency="USD",
    )
    published(start_up, 10, announced_on="2024-01-10")
    published(amazon, 10, announced_on="2024-01-10")
    given, giver = (read(client.get(f"/companies/{slug}/")) for slug in ("anthropic", "amazon"))
    assert [row["data-money"] for row in figure_of(given, "mirror").one("tbody").all("tr")] == [""]
    assert "2750.000" in [row["data-money"] for row in figure_of(giver, "mirror").one("tbody").all("tr")]
    assert "Money it was given or bought for" in given.text
    assert "Money it was given or bought for" not in giver.text


@pytest.mark.parametrize("days", ["", "?announced_after=2024-01-01&announced_before=2024-12-31"])
def test_its_figure_can_be_frozen_as_it_stands_there(client, amazon, days):
    published(amazon, 500, announced_on="2024-01-10")
    published(amazon, 70, announced_on="2023-05-01")
    money = {"amount_usd_millions": 2750, "amount_millions": 2750, "currency": "USD", "plan_or_actual": "actual"}
    period = {"period_from": date(2024, 3, 1), "period_until": date(2024, 3, 31)}
    published_note([(amazon, "investor")], kind="funding_round", dated_on=date(2024, 3, 27), **money, **period)
    page = figure_of(read(client.get(f"/companies/amazon/{days}")), "mirror")
    view = page.one("form").one("input")["value"]
    frozen = client.post("/cite/", {"view": view}, headers={"origin": "http://testserver"})
    kept = figure_of(read(client.get(frozen.headers["Location"])), "mirror")
    for part in ("h2", "tbody"):
        assert kept.one(part).text == page.one(part).text
    assert [row["data-label"] for row in page.one("tbody").all("tr") if row["data-money"]]


def test_a_company_of_which_no_cut_is_known_has_no_number_of_people(client, db):
    nvidia = make_company("Nvidia")
    published_note([(nvidia, "maker")], title="Nvidia sells chips")
    people = keys(read(client.get("/companies/nvidia/")))[0]
    assert (people.number, people.label) == ("–", "no cut on record")
