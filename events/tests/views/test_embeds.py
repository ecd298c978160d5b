"""Figures in frames of other sites: what they show and say, that nothing else may be framed, and oEmbed."""

import html
import re
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest

from events.models import OldSlug
from events.publishing import withdraw
from events.tests.factories import make_company, published, published_headcount, published_note, published_total
from events.tests.views.conftest import event_url
from events.tests.views.freezing import freeze
from events.tests.views.reading import body, read, read_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cut(amazon):
    published_note([(amazon, "maker")])
    return published(amazon, (200, None, 900), announced_on="2024-01-10")


def policy(response):
    return dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))


def may_be_framed(response):
    return policy(response)["frame-ancestors"] == "*" and "X-Frame-Options" not in response.headers


# ── The figure ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("chart", ["time", "cumulative", "company", "sector", "country", "size", "ai"])
def test_an_embed_has_the_numbers_of_the_page(client, cut, chart):
    string = f"company=amazon&chart={chart}"
    live, framed = (read(client.get(f"{start}/events/?{string}")).one("figure") for start in ("", "/embed"))
    for part in ("h2", "table"):
        assert framed.one(part).text == live.one(part).text
    assert framed.one("p", css="finding").text == live.one("p", css="finding").text


def test_an_embed_of_a_company_has_the_figure_of_its_page(client, cut):
    live, framed = (read(client.get(f"{start}/companies/amazon/")).one("figure") for start in ("", "/embed"))
    assert framed.one("table").text == live.one("table").text
    assert framed.one("h2").text == "Job cuts above, AI investment below"


def test_it_says_where_it_is_from_and_as_known_when_and_leads_to_its_page(client, cut, on):
    on("2024-05-02")
    page = read(client.get("/embed/events/?company=amazon"))
    foot = page.one("footer")
    assert "LayoffWatch, data version" in foot.text
    assert "as known on 2 May 2024" in foot.text
    (link,) = foot.all("a")
    assert (link["href"], link["target"], link["rel"]) == ("/events/?company=amazon", "_blank", "noopener")


def test_its_foot_states_the_total_with_its_interval_and_the_cuts_without_a_figure(client, cut, amazon):
    published(amazon, None, announced_on="2024-01-11")
    line = "200 people known (200–900) in 2 cuts, 1 without a figure"
    for address in (
        "/embed/events/",
        "/embed/companies/amazon/",
        "/embed/layoffs-and-ai/?months_before=24",
        embed_of_frozen(client),
    ):
        assert line in read(client.get(address)).one("footer").text, address
    assert "1 AI-investment note" in read(client.get("/embed/ai/")).one("footer").text
    assert "1 company" in read(client.get("/embed/companies/")).one("footer").text


def test_the_foot_of_a_frozen_embed_states_the_total_of_then(client, cut):
    address = embed_of_frozen(client)
    withdraw(cut, "It was another company.")
    assert "200 people known (200–900) in 1 cut" in read(client.get(address)).one("footer").text


def test_no_link_of_it_opens_within_the_frame(client, cut):
    for address in ("/embed/events/", "/embed/events/?chart=size", "/embed/companies/amazon/", embed_of_frozen(client)):
        links = read(client.get(address)).all("a")
        assert links
        assert {link["target"] for link in links} == {"_blank"}, address


def embed_of_frozen(client, view="/events/"):
    return f"/embed{freeze(client, view)}"


def test_a_frozen_embed_stays_as_it_was(client, cut, amazon):
    address = embed_of_frozen(client)
    before = body(client.get(address))
    withdraw(cut, "It was another company.")
    published(amazon, 7000)
    assert body(client.get(address)) == before
    assert "Frozen on" in read_text(before).one("footer").text
    assert "200" in read_text(before).one("table").text


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/embed/events/?people_min=x", 400, "Enter a whole number"),
        ("/embed/events/?contry=US", 400, "There is no filter ‘contry’ here."),
        ("/embed/events/?q=%3Cscript%3Ealert(1)%3C/script%3E", 200, "nothing to draw"),
        ("/embed/events/?counts_as=signal", 200, "nothing to draw"),
        ("/embed/companies/nobody/", 404, "no such figure"),
        ("/embed/companies/amazon/?q=x", 400, "There is no filter"),
        ("/embed/cite/0000000000/", 404, "no such figure"),
        ("/embed/nothing/", 404, "no such figure"),
        ("/embed/companies/amazon/?as_of=2999-01-01", 400, "still to come"),
    ],
)
def test_what_cannot_be_shown_says_so_within_the_frame(client, cut, address, status, words):
    response = client.get(address)
    assert response.status_code == status
    assert words in read(response).text
    assert may_be_framed(response)
    assert "<script>alert" not in body(response)


def test_a_frozen_view_without_a_figure_has_an_embed_that_says_so(client, cut):
    assert "nothing to draw" in read(client.get(embed_of_frozen(client, "/totals/"))).text


@pytest.mark.parametrize("view", ["/ai/?chart=kind", "/ai/?chart=company", "/companies/", "/layoffs-and-ai/"])
def test_the_figures_of_notes_and_companies_are_embedded_and_frozen_too(client, cut, amazon, view):
    published_note([(amazon, "maker")], dated_on=date(2024, 1, 20))
    page = read(client.get(view)).all("figure")[0]
    numbers = [[cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")]
    assert numbers
    path, _mark, string = view.partition("?")
    for address in (f"/embed{path}?{string}", embed_of_frozen(client, view)):
        figure = read(client.get(address)).one("figure")
        assert figure.one("h2").text == page.one("h2").text
        assert [[cell.text for cell in row.all("td")] for row in figure.one("tbody").all("tr")] == numbers


@pytest.fixture
def published_totals(db):
    for n in range(1, 5):
        first, next_first = date(2024, n, 1), date(2024, n + 1, 1)
        days = {"period_from": first, "period_until": next_first - timedelta(days=1), "as_of": next_first}
        published_total(100 * n, publisher="A list", **days)
    published_total(7, publisher="Another list")
    return "publisher=A+list"


def test_published_totals_of_one_basis_are_embedded_and_frozen(client, published_totals):
    page = next(f for f in read(client.get("/totals/")).all("figure"))
    numbers = [[cell.text for cell in row.all("td")] for row in page.one("tbody").all("tr")]
    assert len(numbers) == 4
    frame = html.unescape(page.one("textarea").text)
    (embedded,) = re.findall(r'src="http://testserver([^"]*)"', frame)
    view = page.one("form").one("input")["value"]
    for address in (embedded, embed_of_frozen(client, view)):
        figure = read(client.get(address)).one("figure")
        assert figure.one("h2").text == page.one("h3").text
        assert [[cell.text for cell in row.all("td")] for row in figure.one("tbody").all("tr")] == numbers
        assert not figure.one("tbody").all("a")
    asked = {"url": f"http://testserver/totals/?{published_totals}", "format": "json"}
    assert f"/embed/totals/?{published_totals}" in html.unescape(client.get("/oembed", asked).json()["html"])


def test_totals_of_several_bases_have_no_figure_in_common(client, published_totals):
    assert "never drawn on one axis" in read(client.get("/embed/totals/")).text
    assert client.get("/oembed", {"url": "http://testserver/totals/"}).status_code == 404


def test_the_line_of_a_companys_staff_is_embedded(client, cut, amazon):
    published_headcount(amazon, 1_608_000, counted_on=date(2021, 12, 31))
    published_headcount(amazon, 1_541_000, counted_on=date(2022, 12, 31))
    page = read(client.get("/companies/amazon/")).one("section", id="staff-section")
    (embedded,) = re.findall(r'src="http://testserver([^"]*)"', html.unescape(page.one("textarea").text))
    response = client.get(embedded)
    assert may_be_framed(response)
    figure = read(response).one("figure")
    assert figure.one("h2").text == page.one("h3").text == "Employees of Amazon"
    assert figure.one("tbody").text == page.one("figure").one("tbody").text
    assert "2 headcounts" in read(client.get(embedded)).text
    assert "nothing to draw" in read(client.get("/embed/companies/amazon/staff/?as_of=2024-01-01")).text
    assert client.get("/embed/companies/nobody/staff/").status_code == 404
    assert client.get("/embed/companies/amazon/staff/?q=x").status_code == 400


def test_a_companys_axis_is_embedded_for_the_days_that_it_shows(client, cut, amazon):
    published(amazon, 70, announced_on="2023-05-01")
    address = "/companies/amazon/?announced_after=2024-01-01&announced_before=2024-12-31"
    frame = next(f for f in read(client.get(address)).all("textarea") if "iframe" in f.text).text
    embedded = re.search(r'src="http://testserver([^"]*)"', frame)[1].replace("&amp;", "&")
    rows = read(client.get(embedded)).one("figure").one("tbody").all("tr")
    assert [row["data-label"] for row in rows] == ["2024-01"]


def test_a_company_that_was_renamed_leads_on(client, cut, amazon):
    OldSlug.objects.create(slug="amazon-com", company=amazon)
    response = client.get("/embed/companies/amazon-com/")
    assert (response.status_code, response["Location"]) == (301, "/embed/companies/amazon/")


# ── Framed and not framed ────────────────────────────────────────────────────────────────────────────────────────────


def test_embeds_may_be_framed_and_no_other_page_may(client, site):
    framed = {address: may_be_framed(client.get(address)) for address in site.addresses}
    assert {address for address, may in framed.items() if may} == {
        address for address in site.addresses if address.startswith("/embed/")
    }
    assert sum(framed.values()) == 3
    for address in ("/admin/login/", event_url(site.event), site.frozen, "/cite/", "/embed/"):
        assert not may_be_framed(client.get(address)), address
    assert not may_be_framed(client.post("/embed/events/"))


def test_an_embed_sets_no_cookie_and_keeps_the_rest_of_the_policy(client, cut):
    for address in ("/embed/events/", "/embed/companies/amazon/", embed_of_frozen(client)):
        response = client.get(address)
        assert not response.cookies
        found = policy(response)
        assert found["default-src"] == found["base-uri"] == "'none'"
        assert found["script-src"] == found["style-src"] == found["form-action"] == "'self'"
        assert not read(response).all("form")
        assert response["X-Robots-Tag"] == "noindex"


# ── The snippet ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("page", "frame"),
    [
        ("/events/?company=amazon", "/embed/events/?company=amazon"),
        ("/events/?company=amazon&chart=size", "/embed/events/?company=amazon&chart=size"),
        ("/companies/amazon/", "/embed/companies/amazon/"),
        ("/", "/embed/events/?announced_after="),
    ],
)
def test_below_each_figure_stands_what_shows_it_elsewhere(client, cut, page, frame):
    snippet = read(client.get(page)).one("textarea").text
    (shown,) = read_text(snippet).all("iframe")
    assert shown["src"].startswith(f"http://testserver{frame}")
    assert shown["title"].startswith("LayoffWatch: ")
    assert client.get(shown["src"]).status_code == 200


def test_a_frozen_view_has_a_snippet_of_its_own(client, cut):
    address = freeze(client)
    (shown,) = read_text(read(client.get(address)).one("textarea").text).all("iframe")
    assert shown["src"] == f"http://testserver/embed{address}"


# ── oEmbed ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def asked(client, url, **more):
    return client.get(f"/oembed?{urlencode({'url': url, **more})}")


@pytest.mark.parametrize("page", ["/events/?company=amazon", "/companies/amazon/"])
def test_a_page_with_a_figure_names_its_oembed_and_that_gives_the_frame(client, cut, page):
    (named,) = [e["href"] for e in read(client.get(page)).all("link") if e["type"] == "application/json+oembed"]
    response = client.get(named)
    found = response.json()
    assert response["Access-Control-Allow-Origin"] == "*"
    assert (found["version"], found["type"], found["provider_name"]) == ("1.0", "rich", "LayoffWatch")
    (frame,) = read_text(found["html"]).all("iframe")
    assert frame["src"] == f"http://testserver/embed{page}"
    assert (frame["width"], frame["height"]) == (str(found["width"]), str(found["height"]))
    assert client.get(frame["src"]).status_code == 200


def test_a_frozen_views_oembed_gives_the_frozen_figure(client, cut):
    address = freeze(client)
    (named,) = [e["href"] for e in read(client.get(address)).all("link") if e["type"] == "application/json+oembed"]
    assert f"/embed{address}" in client.get(named).json()["html"]


def test_the_frame_is_no_larger_than_was_asked_for(client, cut):
    found = asked(client, "http://testserver/events/", maxwidth=400, maxheight=300).json()
    assert (found["width"], found["height"]) == (400, 300)
    assert 'width="400" height="300"' in found["html"]
    own = asked(client, "http://testserver/events/").json()
    large = asked(client, "http://testserver/events/", maxwidth=9999, maxheight=9999).json()
    assert (large["width"], large["height"]) == (own["width"], own["height"])


@pytest.mark.parametrize("value", ["0", "-1", "x", "1e3", "9" * 40, "٣٠٠", "400px", "1.5"])
@pytest.mark.parametrize("name", ["maxwidth", "maxheight"])
def test_a_size_that_is_none_is_an_error(client, cut, name, value):
    response = asked(client, "http://testserver/events/", **{name: value})
    assert response.status_code == 400
    assert name in response.json()["title"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/events/",
        "//evil.example/events/",
        "http://testserver@evil.example/events/",
        "http://testserver.evil.example/events/",
        "javascript:alert(1)",
        "http://[bad",
        "http://testserver/admin/",
        "http://testserver/totals/",
        "http://testserver/events/?contry=US",
        "http://testserver/events/?people_min=%00",
        "http://testserver/companies/nobody/",
        "http://testserver/companies/amazon/?q=x",
        "http://testserver/cite/0000000000/",
        "http://testserver/embed/embed/events/",
        "http://testserver/events/" + "x" * 9000,
        "\x00",
        "<script>alert(1)</script>",
    ],
)
def test_what_has_no_figure_here_is_not_found(client, cut, url):
    response = asked(client, url)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert "html" not in response.json()


def test_without_an_address_there_is_nothing_to_answer(client):
    assert client.get("/oembed").status_code == 400


@pytest.mark.parametrize("format_", ["xml", "XML", "html", ""])
def test_another_format_than_json_is_not_there(client, cut, format_):
    assert asked(client, "http://testserver/events/", format=format_).status_code == 501


def test_script_in_what_is_asked_is_text_in_the_frames_markup(client, cut):
    nasty = '"><script>alert(1)</script>'
    company = make_company(nasty, aliases=["nasty"])
    published(company, 5)
    for url in (f"/events/?{urlencode({'q': nasty})}", f"/events/?company={company.slug}", company.get_absolute_url()):
        found = asked(client, f"http://testserver{url}").json()["html"]
        assert "<script" not in found
        assert [e.tag for e in read_text(found) if e.tag] == ["iframe"]
        assert not re.search(r"[<>]", read_text(found).one("iframe")["src"])
