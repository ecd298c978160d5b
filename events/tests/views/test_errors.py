"""Error pages: what happened, and the way on."""

import pytest
from django.test import Client

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
