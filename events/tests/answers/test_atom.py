"""Feeds, read by a parser that is not ours: whole XML whatever the text, and pages that link to one another."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from events.answers import atom
from events.tests.answers.conftest import HOSTILE
from events.tests.answers.reading import atom_pages, body, json_rows
from events.tests.answers.test_xlsx import as_xml_has_it

pytestmark = pytest.mark.django_db

NS = "{http://www.w3.org/2005/Atom}"


def links(feed, rel):
    return [link.href for link in feed.feed.links if link.rel == rel]


@pytest.mark.parametrize("stem", ["events", "ai", "companies"])
def test_a_feed_says_what_it_is_a_feed_of(stem, client, record):
    (feed,) = atom_pages(client, f"/{stem}.atom?q=amazon")
    assert feed.version == "atom10"
    assert feed.entries
    assert "words: amazon" in feed.feed.title
    for words in ("words: amazon", f"{len(feed.entries)} rows", "data version", "CC BY 4.0"):
        assert words in feed.feed.subtitle, words
    assert links(feed, "alternate")[0].startswith(f"http://testserver/{stem}/?")
    assert client.get(links(feed, "alternate")[0].removeprefix("http://testserver")).status_code == 200
    assert links(feed, "license") == ["https://creativecommons.org/licenses/by/4.0/"]


def test_hostile_text_comes_through_as_text(client, record):
    pages = [ElementTree.fromstring(body(client.get(f"/{stem}.atom"))) for stem in ("events", "ai", "companies")]
    titles = [title.text or "" for page in pages for title in page.iter(f"{NS}title")]
    # A reader of XML takes \r\n and \r for \n.
    plain = [as_xml_has_it(text).replace("\r\n", "\n").replace("\r", "\n") for text in HOSTILE]
    assert set(plain) <= set(titles)
    for page in pages:
        for summary in page.iter(f"{NS}summary"):
            assert "<script" not in summary.text
            assert "<r>" not in summary.text


def test_an_entry_says_who_how_many_in_whose_words_and_links_to_its_sources(client, record):
    (feed,) = atom_pages(client, "/events.atom?ai_link=stated")
    (entry,) = feed.entries
    assert entry.title == "Google cuts jobs"
    for words in (
        "Google, part of Alphabet",
        "10 January 2024",
        "≈ 1,000",
        "about a thousand",
        "1.4 %",
        "We put AI first",
    ):
        assert words in entry.summary, words
    assert "https://paper.example/google" in entry.summary
    assert [link.href for link in entry.links if link.rel == "via"] == ["https://paper.example/google"]
    assert entry.link == json_rows(client, "/events.json?ai_link=stated")[0]["url"]


def test_what_changed_last_comes_first_and_the_order_is_named(client, record):
    (feed,) = atom_pages(client, "/events.atom")
    (own,) = links(feed, "self")
    assert parse_qs(urlsplit(own).query) == {"order": ["-changed"]}
    expected = [row["id"] for row in json_rows(client, "/events.json?order=-changed")]
    assert [int(entry.id.rpartition("/")[2]) for entry in feed.entries] == expected
    assert feed.feed.updated_parsed == max(entry.updated_parsed for entry in feed.entries)


def test_pages_link_to_one_another_and_hold_each_entry_once(client, record, monkeypatch):
    monkeypatch.setattr(atom, "ENTRIES", 4)
    for string in ("", "?order=-announced&counts_as=cut", "?company=amazon"):
        pages = atom_pages(client, f"/events.atom{string}")
        found = [entry.id for page in pages for entry in page.entries]
        assert len(found) == len(set(found)) == int(client.head(f"/events.atom{string}")["X-Total-Count"])
        assert {page.feed.id for page in pages} == {pages[0].feed.id}
        assert [len(links(page, "self")) for page in pages] == [1] * len(pages)
        assert len({links(page, "self")[0] for page in pages}) == len(pages)
        for before, after in zip(pages, pages[1:], strict=False):
            (back,) = links(after, "previous")
            (same,) = atom_pages_of_one(client, back)
            assert [entry.id for entry in same.entries] == [entry.id for entry in before.entries]
        assert links(pages[0], "previous") == links(pages[-1], "next") == []


def atom_pages_of_one(client, address):
    return atom_pages(client, address.removeprefix("http://testserver"))[:1]
