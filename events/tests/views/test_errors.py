"""Error pages: what happened, and the way on."""

import pytest
from django.test import Client

from events.query import BesideQuery, CompanyQuery, EventQuery, NoteQuery, TotalQuery
from events.tests.views.conftest import event_url, note_url
from events.tests.views.reading import read

HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "X-Frame-Options",
    "Permissions-Policy",
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/no/such/page/", "/events/x/", "/companies/x/y/", "/%ff%fe/", "/events/1x/", "/%00/", "/" + "x" * 5000]
)
def test_an_unknown_address_gets_a_page_with_the_way_on(client, address):
    response = client.get(address)
    assert response.status_code == 404
    assert {"/", "/events/", "/companies/"} <= set(read(response).one("main").links)


@pytest.mark.django_db
def test_a_request_that_cannot_be_read_gets_a_page_with_the_way_on(client):
    response = client.get("/events/?" + "&".join(f"x{n}=1" for n in range(6000)))
    assert response.status_code == 400
    assert {"/", "/events/", "/companies/"} <= set(read(response).one("main").links)
    assert not response.cookies


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_refused(client):
    assert client.get("/events/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "address", ["/", "/events/", "/events.csv", "/companies/amazon/", "/ai/", "/totals/", "/events/1-x/"]
)
def test_a_fault_of_ours_gets_a_page_that_needs_no_database(address):
    # This test has no database: whoever asks it fails, as when the disk is gone.
    response = Client(raise_request_exception=False).get(address)
    assert response.status_code == 500
    page = read(response)
    assert page.one("h1").text == "Something broke here"
    assert "/" in page.one("main").links
    assert not [e for e in page if "style" in e or e.tag == "style"]
    assert all(response.headers.get(name) for name in HEADERS)
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not response.cookies
    assert "Traceback" not in page.text


def test_methodology_and_error_pages_are_not_the_only_ones_without_a_database():
    """The small file for robots needs none either."""
    assert Client().get("/robots.txt").status_code == 200


@pytest.mark.django_db
def test_an_error_page_names_no_insides(client, settings):
    text = client.get("/no/such/page/").content.decode()
    assert "urlpatterns" not in text
    assert "events.views" not in text


# ── Each kind ────────────────────────────────────────────────────────────────────────────────────────────────────────

WAY_ON = {"/", "/events/", "/companies/", "/search/"}


def leads_on(response) -> bool:
    page = read(response)
    return bool(page.one("h1").text and page.one("p", css="lead").text) and set(page.one("main").links) >= WAY_ON


@pytest.mark.django_db
def test_a_page_that_is_not_there_offers_a_search(client):
    form = read(client.get("/companies/gogle/")).one("main").one("form")
    assert (form["action"], form["method"], form.one("input")["name"]) == ("/search/", "get", "q")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/", "/events/", "/search/", "/about/", "/corrections/", "/healthz", "/robots.txt"]
)
def test_a_method_that_an_address_does_not_take_gets_a_page_that_says_which_it_takes(client, address):
    response = client.put(address)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert leads_on(response)
    assert "Asked: PUT. Possible: GET, HEAD." in read(response).text


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_readers_address_takes_what_would_write(site, method):
    """As a browser or a tool of elsewhere would send it: without a token, a cookie or a referrer."""
    client = Client(enforce_csrf_checks=True)
    for address in site.addresses:
        # Views are frozen and tips sent by a form: what it refuses, test_freezing_refused.py and test_tips.py say.
        if address in ("/no/such/page/", "/cite/", "/tips/new/"):
            continue
        response = client.generic(method, address, b"title=Evil", "application/x-www-form-urlencoded")
        assert (response.status_code, response.headers.get("Allow")) == (405, "GET, HEAD"), address
        assert f"Asked: {method}. Possible: GET, HEAD." in read(response).text
        assert not response.cookies


@pytest.mark.django_db
def test_a_login_without_a_token_is_refused_still(admin_user):
    client = Client(enforce_csrf_checks=True)
    for address in ("/admin/login/", "/admin/", "/admin/logout/", "/admin/events/company/add/"):
        assert client.post(address, {"username": "admin", "password": "password"}).status_code == 403, address
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_a_form_from_elsewhere_gets_a_page_that_says_so(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    response = client.post("/admin/events/company/add/", {"name": "Evil"})
    assert response.status_code == 403
    assert read(response).one("h1").text == "This form was not accepted"
    assert leads_on(response)


@pytest.mark.django_db
def test_an_editor_without_the_right_gets_a_page_that_says_so(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("new", password="x" * 20, is_staff=True))
    response = client.get("/admin/events/company/")
    assert response.status_code == 403
    assert read(response).one("h1").text == "You may not see this page"
    assert leads_on(response)


@pytest.mark.django_db
def test_too_many_wrong_passwords_get_a_page_that_says_how_long_to_wait(client, settings):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = client.post("/admin/login/", {"username": "editor", "password": "wrong"})
    assert response.status_code == 429
    assert "quarter of an hour" in read(response).text
    assert leads_on(response)


@pytest.mark.django_db
def test_what_was_withdrawn_says_so_and_why(client, site):
    response = client.get(event_url(site.withdrawn))
    assert response.status_code == 410
    assert "The report was about another Twitch." in read(response).text


@pytest.mark.django_db
def test_an_address_of_before_leads_to_the_one_of_today(client, site):
    assert client.get("/companies/amazon-com/").headers["Location"] == "/companies/amazon/"
    assert client.get(f"/events/{site.event.pk}-as-it-was-called/").headers["Location"] == event_url(site.event)
    assert client.get(f"/ai/{site.note.pk}/").headers["Location"] == note_url(site.note)


# ── A wrong value ────────────────────────────────────────────────────────────────────────────────────────────────────


def summary_of(client, address):
    page = read(client.get(address))
    return page, page.one("section", css="errors")


@pytest.mark.django_db
def test_the_summary_says_the_fields_label_and_leads_to_it(client, site):
    page, summary = summary_of(client, "/events/?announced_after=soon&contry=US")
    assert "Announced from: ‘soon’ is no date." in summary.text
    assert "There is no filter ‘contry’ here." in summary.text
    assert "announced_after" not in summary.text
    assert page.one(id=summary.links[0].removeprefix("#"))["name"] == "announced_after"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/events/", EventQuery),
        ("/ai/", NoteQuery),
        ("/companies/", CompanyQuery),
        ("/layoffs-and-ai/", BesideQuery),
        ("/totals/", TotalQuery),
    ],
)
def test_every_wrong_value_of_an_explorer_leads_to_a_field_of_the_panel(client, site, address, query):
    """But those that no field has: which page, which figure, and how the one of notes is divided."""
    unlinked = set()
    for name, field in query.from_string("").form.fields.items():
        page, summary = summary_of(client, f"{address}?{name}=%00")
        link = next((link for link in summary.links if link.startswith("#")), None)
        if link is None:
            unlinked.add(name)
        else:
            assert link == f"#f-{name}"
            assert page.one("form", id="filters").all(id=f"f-{name}"), name
        assert summary.one("b").text.lower() == str(field.label).lower()
    assert unlinked <= {"chart", "after", "before", "publisher", "geography"}


@pytest.mark.django_db
def test_machines_are_told_the_parameter(client, site):
    (error,) = client.get("/events.json?announced_after=soon").json()["errors"]
    assert error["parameter"] == "announced_after"
