"""What the form that freezes a view refuses, and that it loses nothing: no account stands between it and anybody."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from events.frozen import limits, making
from events.limits import _reader
from events.models import ReaderCount, Snapshot, SnapshotFile
from events.publishing import publish
from events.tests.factories import make_event, published
from events.tests.views.freezing import content, freeze, post
from events.tests.views.reading import body, read

pytestmark = pytest.mark.django_db


def refused(response):
    """What its page says is wrong."""
    assert not Snapshot.objects.exists()
    assert not SnapshotFile.objects.exists()
    return read(response).one("section", css="errors").text


# ── Where the form came from ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://testserver"},
        {"sec-fetch-site": "same-origin", "origin": "http://testserver"},
        {"referer": "http://testserver/events/?company=amazon"},
    ],
)
def test_a_form_of_this_site_needs_no_cookie(client, amazon, headers):
    published(amazon, 5)
    response = post(client, "/events/", headers=headers)
    assert response.status_code == 303
    assert not response.cookies


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "https://testserver"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
        {"sec-fetch-site": "none"},
        {"referer": "https://evil.example/?http://testserver/"},
        {"referer": "http://testserver@evil.example/"},
        {"referer": "http://[bad"},
        {"origin": "https://evil.example", "referer": "http://testserver/"},
    ],
)
def test_a_form_of_another_site_is_refused(client, amazon, headers):
    published(amazon, 5)
    response = post(client, "/events/", headers=headers)
    assert response.status_code == 403
    assert "Nothing was stored" in read(response).text
    assert not Snapshot.objects.exists()


def test_an_origin_that_the_operator_trusts_is_taken(client, amazon, settings):
    published(amazon, 5)
    settings.CSRF_TRUSTED_ORIGINS = ["https://layoffs.example.org"]
    assert post(client, "/events/", headers={"origin": "https://layoffs.example.org"}).status_code == 303


# ── What is asked ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "view",
    [
        "",
        "events",
        "/",
        "/events",
        "/events.csv",
        "/events/1-a-cut/",
        "/admin/",
        "/companies/amazon/",
        "https://evil.example/events/",
        "//evil.example/events/",
        "http://testserver@evil.example/events/",
        "javascript:alert(1)//events/",
        "http:/events/",
        "http://[bad/events/",
        "/events/\x00",
        "/events/?people_min=x",
        "/events/?contry=US",
        "/events/?company=Nobody",
        "/events/?as_of=2999-01-01",
        "/events/?after=x",
        "/events/?" + "x" * 10_000,
        "/ai/?kind=nonsense",
        "<script>alert(1)</script>",
    ],
)
def test_what_is_no_view_is_refused_with_what_was_written(client, amazon, view):
    published(amazon, 5)
    response = post(client, view)
    assert response.status_code == 400
    assert refused(response)
    field = read(response).one("input", id="view")
    assert field["value"] == view.replace("\x00", "�")[:5000]
    assert "<script>alert" not in body(response)


def test_a_form_without_the_field_and_one_of_many_fields_are_refused(client):
    headers = {"origin": "http://testserver"}
    assert client.post("/cite/", {}, headers=headers).status_code == 400
    client.raise_request_exception = False
    many = {f"x{n}": "1" for n in range(6_000)}
    assert client.post("/cite/", many, headers=headers).status_code == 400


def test_a_view_of_more_rows_than_may_be_frozen_is_refused_and_the_bound_is_said(client, amazon, monkeypatch):
    publish([make_event(amazon, 5) for _ in range(4)])
    monkeypatch.setattr(making, "MOST_ROWS", 3)
    response = post(client, "/events/")
    assert response.status_code == 400
    words = refused(response)
    assert "This view has 4 rows; at most 3 can be frozen at once." in words
    assert "Narrow the filter" in words
    assert read(response).one("input", id="view")["value"] == "/events/"


def test_a_file_of_more_bytes_than_may_be_frozen_is_refused(client, amazon, monkeypatch):
    published(amazon, 5)
    monkeypatch.setattr(making, "MOST_BYTES", 500)
    assert "Narrow the filter" in refused(post(client, "/events/"))


def test_when_a_day_is_full_nothing_more_is_stored_but_what_there_is_still_answers(client, amazon, monkeypatch):
    event = published(amazon, 5)
    there = freeze(client)
    monkeypatch.setattr(limits, "MOST_BYTES_A_DAY", 1)
    assert freeze(client) == there
    published(amazon, 6, title=f"{event.title}, again")
    response = post(client, "/events/")
    assert response.status_code == 400
    assert "before tomorrow" in read(response).text
    assert content(client, there)
    Snapshot.objects.update(made_at=timezone.now() - timedelta(days=1))
    assert freeze(client) != there


def test_another_view_of_the_same_address_is_an_error_and_nothing_is_overwritten(client, amazon, monkeypatch):
    monkeypatch.setattr(making, "code_of", lambda *said: "0123456789")
    published(amazon, 5)
    there = freeze(client)
    before = content(client, there)
    response = post(client, "/events/?company=amazon")
    assert response.status_code == 400
    assert "Another frozen view has the address" in read(response).text
    assert content(client, there) == before
    assert Snapshot.objects.get().query == ""


def test_the_database_takes_one_view_an_address(client, amazon):
    published(amazon, 5)
    freeze(client)
    there = Snapshot.objects.get()
    with pytest.raises(IntegrityError):
        Snapshot.objects.bulk_create([there])


# ── How often ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def twice_an_hour(monkeypatch, amazon):
    published(amazon, 5)
    monkeypatch.setattr(limits, "TIMES_AN_HOUR", 2)


def test_too_many_views_of_one_reader_wait_and_another_reader_need_not(client, twice_an_hour):
    for _ in range(2):
        assert post(client, "/events/", REMOTE_ADDR="192.0.2.1").status_code == 303
    response = post(client, "/ai/", REMOTE_ADDR="192.0.2.1")
    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 3600
    page = read(response)
    assert "minute" in page.one("section", css="errors").text
    assert page.one("input", id="view")["value"] == "/ai/"
    assert post(client, "/events/", REMOTE_ADDR="192.0.2.2").status_code == 303


def test_an_hour_later_the_reader_may_again_and_nothing_is_kept_of_before(client, twice_an_hour):
    for _ in range(3):
        post(client, "/events/")
    ReaderCount.objects.update(hour=timezone.now() - timedelta(hours=2))
    assert post(client, "/events/").status_code == 303
    assert ReaderCount.objects.get().times == 1


def test_a_household_of_the_new_internet_protocol_is_one_reader(client, twice_an_hour):
    for n in range(2):
        assert post(client, "/events/", REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code == 303
    assert post(client, "/events/", REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert post(client, "/events/", REMOTE_ADDR="2001:db8:1:3::1").status_code == 303


def test_a_header_that_the_reader_invents_changes_nothing(client, twice_an_hour):
    answers = [
        post(client, "/events/", headers={"origin": "http://testserver", "x-forwarded-for": f"203.0.113.{n}"})
        for n in range(3)
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 429]


def test_what_is_kept_of_a_reader_tells_no_address_and_is_another_the_next_day(client, twice_an_hour):
    post(client, "/events/", REMOTE_ADDR="192.0.2.1")
    count = ReaderCount.objects.get()
    assert "192.0.2.1" not in str(count.__dict__)
    assert count.reader != _reader("freeze", "192.0.2.1", count.hour + timedelta(days=1))


def test_what_is_refused_for_what_is_written_counts_for_nothing(client, twice_an_hour):
    for _ in range(3):
        assert post(client, "/events/?people_min=x").status_code == 400
    assert not ReaderCount.objects.exists()


# ── Addresses of none ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "address",
    ["/cite/0000000000/", "/cite/0000000000.csv", "/cite/abc/", "/cite/0000000000", "/cite/%00/", "/cite/uuuuuuuuuu/"],
)
def test_an_unknown_code_is_no_page(client, address):
    assert client.get(address, follow=True).status_code == 404
