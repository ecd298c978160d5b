"""The filter of companies in the panel: what is typed there without scripts, and what is said when it is wrong."""

import pytest

from events.tests.factories import make_company, published
from events.tests.views.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def meta(db):
    meta = make_company("Meta", aliases=["Facebook", "Instagram"])
    published(meta, 600)
    return meta


def chosen(page) -> list[str]:
    return [box["value"] for box in page.all("input", name="company", type="checkbox")]


def message(page):
    return page.one("p", id="error-company")


@pytest.mark.parametrize("typed", ["meta", "Meta", "META, Inc.", "facebook", " Facebook "])
@pytest.mark.parametrize("address", ["/events/", "/ai/"])
def test_a_name_an_alias_or_a_slug_chooses_the_company(client, meta, address, typed):
    response = client.get(address, {"company": typed})
    assert response.status_code == 200
    assert chosen(read(response)) == ["meta"]
    assert read(response).one("link", rel="canonical")["href"] == f"http://testserver{address}?company=meta"


def test_the_field_offers_companies_while_somebody_types(client, meta):
    field = read(client.get("/events/")).one("input", id="f-company")
    assert field["data-suggest"] == "/search/suggest.json?only=companies"


@pytest.mark.parametrize("typed", ["Mta", "Mteta", "faceb", "Facebok", "insta", "Instagramm"])
def test_an_unknown_company_is_refused_and_near_names_are_offered(client, meta, typed):
    published(make_company("Amazon"), 5)
    response = client.get("/events/", {"company": typed, "announced_after": "2024"})
    assert response.status_code == 400
    page = read(response)
    assert message(page).text == f"There is no company ‘{typed}’ here. Did you mean Meta?"
    assert message(page).links == ["?announced_after=2024&company=meta"]
    assert page.one("input", id="f-company")["value"] == typed
    assert client.get(f"/events/{message(page).links[0]}").status_code == 200


def test_the_companies_that_were_chosen_stay_when_another_is_unknown(client, meta):
    published(make_company("Amazon"), 5)
    page = read(client.get("/events/?company=Mettta&company=amazon&source=Nobody"))
    assert chosen(page) == ["amazon"]
    assert page.one("input", id="f-company")["value"] == "Mettta"
    assert message(page).links == ["?source=Nobody&company=amazon&company=meta"]


def test_no_draft_and_no_merged_company_is_offered(client, meta):
    make_company("Metaverse Secret")
    old = make_company("Metaweb", merged_into=meta)
    published(old, 5)
    assert message(read(client.get("/events/?company=metav"))).text.endswith("Did you mean Meta?")
    assert "Secret" not in read(client.get("/events/?company=metaverse")).text
    assert message(read(client.get("/events/?company=metawe"))).links == ["?company=meta"]


@pytest.mark.parametrize("typed", ["\x00", "x" * 5000, "%s", "%(near)s", "!!!", "' or 1=1", "<i>", "Meta\x00"])
def test_a_hostile_name_is_a_plain_error(client, meta, typed):
    for address in ("/events/", "/ai/"):
        response = client.get(address, {"company": [typed, "meta"]})
        assert response.status_code == 400
        assert chosen(read(response)) == ["meta"]
        assert b"<i>" not in response.content
    assert client.get("/events.json", {"company": typed}).json()["errors"][0]["parameter"] == "company"


def test_an_unknown_name_costs_few_questions(client, meta, django_assert_max_num_queries):
    for n in range(30):
        make_company(f"Metal {n}", aliases=[f"Metalworks {n}"])
    # Of names twice: the companies that are chosen, and what is near; two for the names that are spelt alike.
    with django_assert_max_num_queries(24):
        client.get("/events/?company=Metl&company=meta")


def test_the_summary_offers_them_too(client, meta):
    summary = read(client.get("/events/?company=Mettta")).one("section", css="errors")
    assert "Company: There is no company ‘Mettta’ here. Did you mean Meta? Show the view without it" in summary.text
    assert summary.links == ["#f-company", "?company=meta", "?"]
