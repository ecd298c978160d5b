"""Addresses are asked politely and safely, whatever they answer."""

import time

import pytest

from events.links import Checker, Web, archived_copy
from events.links.web import NoAnswer, NotPublic, is_public
from events.tests.links.conftest import dripping, endless, silent


def check(checker, site, path="/a"):
    return checker.check(f"{site.url}{path}")


# ── What an answer means ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "means"),
    [(200, "ok"), (204, "ok"), (404, "missing"), (410, "gone"), (401, "denied"), (451, "denied"), (500, "failing")],
)
def test_what_a_page_answers_is_what_is_noted(checker, site, status, means):
    site.answers["/a"] = (status, {}, b"")
    outcome = check(checker, site)
    assert (outcome.status, outcome.http_status, outcome.final_url) == (means, status, "")
    # Nothing is called dead that was not asked for by GET; what answers HEAD is not asked twice.
    assert [method for method, _path in site.pages] == (["HEAD"] if means == "ok" else ["HEAD", "GET"])


@pytest.mark.parametrize("status", [403, 404, 405, 500, 501])
def test_a_server_that_refuses_head_is_asked_for_the_page(checker, site, status):
    site.answers["HEAD", "/a"] = (status, {}, b"")
    assert check(checker, site).status == "ok"
    assert site.pages == [("HEAD", "/a"), ("GET", "/a")]


def test_we_say_who_we_are_and_where_we_are_reached(checker, site):
    check(checker, site)
    assert {headers["User-Agent"] for headers in site.headers} == {"LayoffWatch-links/1.0 (+https://x.example)"}
    assert site.headers[0]["Host"] == f"127.0.0.1:{site.port}"


def test_an_address_of_other_letters_is_asked_as_browsers_do(checker, site):
    assert check(checker, site, "/café bar?q=é#part").status == "ok"
    assert site.pages == [("HEAD", "/caf%C3%A9%20bar?q=%C3%A9")]


# ── Redirects ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_moved_for_good_is_told_apart_from_what_is_elsewhere_today(checker, site):
    site.redirect("/a", "/b", 301)
    site.redirect("/b", "/c", 308)
    site.redirect("/today", "/c", 302)
    moved, today = check(checker, site), check(checker, site, "/today")
    assert (moved.status, moved.final_url) == ("moved", f"{site.url}/c")
    assert (today.status, today.final_url) == ("ok", f"{site.url}/c")


def test_another_spelling_of_the_address_is_no_move(checker, site):
    site.redirect("/a", "/a/", 301)
    assert check(checker, site).status == "ok"


def test_a_redirect_to_what_is_not_there_is_missing(checker, site):
    site.redirect("/a", "/b", 301)
    site.answers["/b"] = (404, {}, b"")
    assert check(checker, site).status == "missing"


def test_circles_and_endless_redirects_end(checker, site):
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    for n in range(40):
        site.redirect(f"/{n}", f"/{n + 1}")
    assert "circle" in check(checker, site).why
    assert check(checker, site, "/0").why == "Too many redirects."
    assert len(site.pages) < 30


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.0.0.1:22/",
        "https://127.0.0.1:8443/",
        "http://user@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://paper.example/",
        "javascript:alert(1)",
        "http://[bad/",
        "http://a b/",
    ],
)
def test_a_redirect_leads_to_nobodys_own_network_and_to_no_file(checker, site, to):
    site.redirect("/a", to)
    assert check(checker, site).status in ("refused", "failing")
    assert {path for _method, path in site.asked} == {"/robots.txt", "/a"}
    assert checker.check(to).status in ("refused", "failing")


# ── Only the public internet ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True), ("2606:2800:21f::1", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.0.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("240.0.0.1", False), ("198.18.0.1", False), ("::", False), ("::1", False),
        ("fe80::1", False), ("fe80::1%eth0", False), ("fc00::1", False), ("fec0::1", False), ("ff02::1", False),
        ("::ffff:10.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::1", False), ("2001:db8::1", False),
        ("::ffff:93.184.215.14", True), ("64:ff9b::5db8:d70e", True),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


def test_a_name_with_one_address_within_a_network_is_not_asked_at_all(site):
    web = Web("x", 0.25, resolve=lambda host, port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(NotPublic):
        web.ask("GET", "http://paper.example/")


def test_the_address_that_was_checked_is_the_one_that_is_asked(site):
    """A name that resolves otherwise the second time (DNS rebinding) is looked up once."""
    answers = iter([["127.0.0.1"]])
    web = Web("x", 1, resolve=lambda host, port: next(answers), exempt=frozenset({("127.0.0.1", site.port)}))
    # No such name is known here: whoever looked it up again would fail.
    assert web.ask("GET", f"http://rebinding.invalid:{site.port}/a").status == 200
    assert site.headers[0]["Host"] == f"rebinding.invalid:{site.port}"


def test_a_port_of_another_service_is_not_asked(site):
    web = Web("x", 0.25, resolve=lambda host, port: ["93.184.215.14"])
    for url in ("http://paper.example:22/", "https://paper.example:80/", "http://paper.example:443/"):
        with pytest.raises(NotPublic):
            web.ask("GET", url)


def test_a_certificate_that_is_not_there_is_no_answer(web, site):
    with pytest.raises(NoAnswer):
        web.ask("GET", f"https://127.0.0.1:{site.port}/")


# ── Time and bytes ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("behaviour", [silent, dripping])
def test_who_is_silent_or_drips_is_left_in_time(checker, site, behaviour):
    site.answers["/a"] = behaviour
    began = time.monotonic()
    outcome = check(checker, site)
    assert outcome.status == "failing"
    assert "TimeoutError" in outcome.why
    # HEAD and GET, a quarter of a second each.
    assert time.monotonic() - began < 1.5


def test_of_an_endless_body_nothing_is_read_but_what_is_asked_for(checker, web, site):
    site.answers["/a"] = endless
    site.answers["HEAD", "/a"] = (405, {}, b"")
    assert check(checker, site).status == "ok"
    assert len(web.ask("GET", f"{site.url}/a", 1000).body) == 1000
    assert site.sent < 50_000_000


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"not HTTP at all\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000,
        b"x" * 200_000,
    ],
)
def test_what_is_no_http_is_no_answer(checker, site, said):
    site.answers["/a"] = lambda handler: handler.wfile.write(said)
    assert check(checker, site).status == "failing"


# ── Manners ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_robots_txt_is_kept_and_read_once(checker, site):
    text = b"User-agent: *\nDisallow: /private\n\nUser-agent: LayoffWatch-links\nDisallow: /a\n"
    site.answers["/robots.txt"] = (200, {}, text)
    assert [check(checker, site, path).status for path in ("/a", "/private", "/a/b")] == ["robots", "ok", "robots"]
    assert site.pages == [("HEAD", "/private")]
    assert site.asked.count(("GET", "/robots.txt")) == 1


@pytest.mark.parametrize("text", [b"\xff\xfe\x00", b"User-agent: *\nCrawl-delay: \xc2\xb2\n", b"Disallow" * 100_000])
def test_a_robots_txt_that_cannot_be_read_forbids_nothing(checker, site, text):
    site.answers["/robots.txt"] = (200, {}, text)
    assert check(checker, site).status == "ok"


def test_what_cannot_be_written_down_is_not_kept(checker, site):
    site.redirect("/a", "/b\x00\x7f", 301)
    outcome = check(checker, site)
    assert outcome.final_url == f"{site.url}/b%00%7F"


def test_robots_txt_of_where_a_redirect_leads_is_kept_too(checker, site):
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /b\n")
    site.redirect("/a", "/b")
    assert check(checker, site).status == "robots"
    assert site.pages == [("HEAD", "/a")]


def test_a_host_whose_robots_txt_fails_is_not_asked_for_pages(checker, site):
    site.answers["/robots.txt"] = (503, {}, b"")
    assert check(checker, site).status == "failing"
    assert site.pages == []


def test_between_two_requests_to_a_host_there_is_a_pause_the_longer_of_ours_and_its_own(web, site):
    waited = []
    checker = Checker(web, "LayoffWatch-links", pause=2, sleep=waited.append)
    check(checker, site)
    check(checker, site, "/b")
    assert len(waited) == 2
    assert all(1 < seconds <= 2 for seconds in waited)
    site.answers["/robots.txt"] = (200, {}, b"User-agent: *\nCrawl-delay: 7\n")
    waited.clear()
    checker = Checker(web, "LayoffWatch-links", pause=2, sleep=waited.append)
    check(checker, site)
    check(checker, site, "/b")
    assert all(6 < seconds <= 7 for seconds in waited[-2:])


def test_a_host_that_asks_for_rest_or_keeps_failing_is_left_alone(checker, site):
    site.answers["/a"] = (429, {"Retry-After": "60"}, b"")
    assert check(checker, site).status == "denied"
    assert checker.is_tired_of_us(f"{site.url}/b")
    assert site.pages == [("HEAD", "/a")]
    assert not checker.is_tired_of_us("https://paper.example/")


# ── Archives ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_archive_is_asked_for_the_address_and_its_answer_is_read(web, site):
    body = b'{"archived_snapshots": {"closest": {"available": true, "status": "200", "url": "https://ar.example/1"}}}'
    site.answers["/available"] = (200, {}, body)
    api = f"{site.url}/available?url={{url}}&timestamp={{day}}"
    assert archived_copy(web, api, "https://paper.example/a?b=1&c=2") == "https://ar.example/1"
    assert site.asked == [("GET", "/available?url=https%3A%2F%2Fpaper.example%2Fa%3Fb%3D1%26c%3D2&timestamp=")]
    site.answers["/available"] = (200, {}, b'{"archived_snapshots": {}}')
    assert archived_copy(web, api, "https://paper.example/") == ""


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}, b"<html>"),
        (200, {}, b"[]"),
        (200, {}, b'{"archived_snapshots": 1}'),
        (503, {}, b""),
        (200, {}, b"\xff"),
    ],
)
def test_an_archive_that_answers_nonsense_is_an_error(web, site, answer):
    site.answers["/available"] = answer
    with pytest.raises(NoAnswer):
        archived_copy(web, f"{site.url}/available?url={{url}}", "https://paper.example/")
