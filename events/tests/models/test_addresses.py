"""Two ways of writing one address are the same; two addresses never are."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from events.models.source import is_web_address, normalised_url


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x?q=%E4", "https://a.example/x?q=%F6"),  # bytes that are no UTF-8
        ("https://a.example/x?q=%E4", "https://a.example/x?q=%C3%A4"),
        ("https://a.example/x?id=1&id=2", "https://a.example/x?id=2&id=1"),
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/a%2Fb", "https://a.example/a/b"),
        ("https://a.example/a%3Fb", "https://a.example/a?b="),
        ("https://a.example/a//b", "https://a.example/a/b"),
        ("https://a.example/a//", "https://a.example/a"),
        ("https://a.example/%2541", "https://a.example/A"),
        ("https://a.example/%%34%31", "https://a.example/A"),
        ("https://a.example:8443/x", "https://a.example/x"),
        ("https://straße.example/", "https://strasse.example/"),
        ("https://mobile.co.uk/", "https://amp.co.uk/"),
        ("https://m.com.au/", "https://mobile.com.au/"),
        ("https://m.example/", "https://amp.example/"),
        ("https://mobile.gouv.fr/", "https://gouv.fr/"),
        ("https://m.gob.mx/", "https://amp.gob.mx/"),
        ("https://de.m.example.org/", "https://de.example.org/"),
        ("https://[::1]/x", "https://[::2]/x"),
        ("https://a.example/x?a=b%26c=d", "https://a.example/x?a=b&c=d"),
    ],
)
def test_two_addresses_stay_two(one, other):
    assert normalised_url(one) != normalised_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.a.example/x/", "https://A.example./x?utm_source=n#top"),
        ("https://www.m.a.example/x", "https://a.example/x"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example/", "https://www.xn--bcher-kva.example"),
        ("https://a.example/%c3%a4", "https://a.example/ä"),
        ("https://a.example/%7Euser/a%2db", "https://a.example/~user/a-b"),
        ("https://a.example/x?q=%c3%a4&b=1", "https://a.example/x?b=1&q=ä"),
        ("https://a.example/x?a&&b=", "https://a.example/x?b&a="),
        ("https://a.example/x?q=a+b", "https://a.example/x?q=a%20b"),
        ("http://a.example:80/x", "https://a.example:443/x"),
        ("https://de.m.wikipedia.org/wiki/A", "https://de.wikipedia.org/wiki/A"),
        ("https://m.bbc.co.uk/news", "https://www.bbc.co.uk/news"),
        ("https://www.gov.uk/x", "https://gov.uk/x"),
        ("https://m.web.de/x", "https://web.de/x"),
        ("https://m.travail.gouv.fr/x", "https://travail.gouv.fr/x"),
    ],
)
def test_one_address_written_twice_is_one(one, other):
    assert normalised_url(one) == normalised_url(other)


@pytest.mark.parametrize("letter", ["ä", "\ufdfa"])  # the second is written as eighteen
def test_what_is_longer_than_any_host_is_none(letter):
    normalised_url(f"https://{letter * 10}.example/")
    for times in (250, 8_000):
        with pytest.raises(ValueError, match="more letters than a host"):
            normalised_url(f"https://{letter * times}.example/")


LABEL = st.from_regex(r"[a-z]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
# An address in parts, so that what may fall away is known without asking what is tested.
HOSTS = st.lists(LABEL, min_size=2, max_size=4).filter(lambda labels: not {"www", "m", "mobile", "amp"} & set(labels))
ESCAPED = st.sampled_from(["a", "A", "%41", "%2F", "%E4", "%e4", "%F6", "ä", "%25", "%", "+", ".", "~", ";", ":", "@"])
SEGMENTS = st.lists(ESCAPED, max_size=3).map("".join)
PATHS = st.lists(SEGMENTS, max_size=3).map(lambda parts: "".join(f"/{part}" for part in parts))
QUERIES = st.lists(st.tuples(SEGMENTS.filter(lambda name: name), SEGMENTS), max_size=3)
PORTS = st.sampled_from(["", ":80", ":443", ":8080"])


def address(host, port, path, query):
    return f"https://{'.'.join(host)}{port}{path}" + ("?" + "&".join(f"{k}={v}" for k, v in query) if query else "")


def as_bytes(text, *, plus=False):
    """What a server reads: escapes as the bytes that they stand for; "+" is a blank in a query alone."""
    raw, found, place = text.replace("+", " ").encode() if plus else text.encode(), bytearray(), 0
    while place < len(raw):
        two = raw[place + 1 : place + 3].decode("latin-1")
        if raw[place : place + 1] == b"%" and len(two) == 2 and all(c in "0123456789abcdefABCDEF" for c in two):
            # An escaped slash is no slash.
            found += b"%2F" if two.upper() == "2F" and not plus else bytes([int(two, 16)])
            place += 3
        else:
            found.append(raw[place])
            place += 1
    return bytes(found)


def meaning(host, port, path, query):
    """What tells one page from another: host, port, path but for a last slash, each parameter's values in order."""
    values = {}
    for name, value in query:
        values.setdefault(as_bytes(name, plus=True), []).append(as_bytes(value, plus=True))
    port = "" if port in (":80", ":443") else port
    path = path[:-1] if path.endswith("/") and not path.endswith("//") else path
    return tuple(host), port, as_bytes(path), tuple(sorted((k, tuple(v)) for k, v in values.items()))


PARTS = st.tuples(HOSTS, PORTS, PATHS, QUERIES)


@given(PARTS, PARTS, st.sets(st.integers(0, 3)))
def test_addresses_are_alike_exactly_if_host_port_path_and_parameters_are(one, other, shared):
    # Two addresses at random hardly ever share anything: some of their parts are made the same.
    other = tuple(one[place] if place in shared else part for place, part in enumerate(other))
    assert (normalised_url(address(*one)) == normalised_url(address(*other))) == (meaning(*one) == meaning(*other))


ANY_LETTERS = st.tuples(st.text(st.characters(categories=["L", "N"]), min_size=1), st.text())


@given(PARTS.map(lambda parts: address(*parts)) | ANY_LETTERS.map(lambda some: f"https://www.{some[0]}.org/{some[1]}"))
def test_an_address_that_was_normalised_stays(url):
    try:
        is_web_address(url)
        once = normalised_url(url)
    except (ValidationError, ValueError):
        return
    assert normalised_url(once) == once
