"""A citation by a pasted link: the source is found however it is written, or made."""

from datetime import UTC, datetime

import pytest

from events.models import LayoffEvent, LinkCheck, Source
from events.tests.admin.browsing import change, errors_of
from events.tests.factories import make_event, make_source

pytestmark = pytest.mark.django_db
ADD = "/admin/events/layoffevent/add/"


@pytest.fixture
def cite(desk, google):
    """Enters an event at Google with a citation of this link; returns the event, None where it is refused."""

    def cite(link, **row):
        typed = {"company": google.pk, "title": "Google cuts jobs", "announced_on": "2024-01-10", "wording": "100"}
        response = desk.save(
            ADD, **typed, **{"citations__0__link": link} | {f"citations__0__{k}": v for k, v in row.items()}
        )
        return LayoffEvent.objects.last(), response

    return cite


def test_a_link_that_nobody_entered_becomes_a_source(cite):
    event, _ = cite(
        "https://www.example.org/news/google?utm_source=x#top", link_title="Google cuts", link_publisher="Example"
    )
    source = event.citations.get().source
    assert source.url == "https://www.example.org/news/google?utm_source=x#top"
    assert (source.title, source.publisher) == ("Google cuts", "Example")
    assert source.history.count() == 1


def test_a_link_without_title_is_named_by_its_address(cite):
    event, _ = cite("https://www.example.org/news/google")
    source = event.citations.get().source
    assert (source.title, source.publisher) == ("example.org/news/google", "example.org")


@pytest.mark.parametrize(
    ("link", "kind", "tier"),
    [
        ("https://www.sec.gov/Archives/8-k.htm", "filing", "primary"),
        ("https://www.linkedin.com/posts/x", "post", "post"),
        ("https://notlinkedin.com/posts/x", "article", "reporting"),
    ],
)
def test_a_new_source_is_what_its_host_says(cite, link, kind, tier):
    source = cite(link)[0].citations.get().source
    assert (source.kind, source.tier) == (kind, tier)


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/news/google",
        "http://m.example.org/news/google/",
        "https://www.example.org/news/google?utm_campaign=1&fbclid=2",
        "  https://EXAMPLE.org/news/google#comments  ",
    ],
)
def test_a_link_finds_the_source_however_it_is_written(cite, link):
    source = make_source(url="https://example.org/news/google", title="As it was entered")
    event, _ = cite(link, link_title="Another title")
    assert event.citations.get().source == source
    assert Source.objects.count() == 1
    source.refresh_from_db()
    assert source.title == "As it was entered"


def test_a_shortened_link_is_kept_as_it_was_given_and_matched_with_the_page_that_it_led_to(cite):
    source = make_source(url="https://short.example/abc")
    now = datetime(2024, 1, 20, tzinfo=UTC)
    LinkCheck.note(
        source, now, status="moved", http_status=301, final_url="https://www.example.org/news/google?utm_source=s"
    )
    event, _ = cite("https://example.org/news/google")
    assert event.citations.get().source == source
    assert source.url == "https://short.example/abc"


def test_one_link_in_two_rows_is_one_source(desk, cite, google):
    event, _ = cite("https://example.org/a")
    new = {"link": "https://www.example.org/a", "quote": "Once more."}
    desk.save(change(event), rows=[("citations", new), ("citations", {"link": "https://example.org/b"})])
    assert event.citations.count() == 3
    assert sorted(Source.objects.values_list("url", flat=True)) == ["https://example.org/a", "https://example.org/b"]


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        ({"link": "javascript:alert(1)"}, "link", "http://"),
        ({"link": "example"}, "link", "http://"),
        ({"link": "https://[::1"}, "link", ""),
        ({"link": "https://example.org/" + "a" * 2000}, "link", "1000"),
        ({"link": "https://example.org/" + "ä" * 500}, "link", "1000"),
        ({"link": "", "quote": "Only words."}, "source", "Choose a source, or paste its link."),
        ({"link": "", "link_title": "A title"}, "link", "paste it, or take them away"),
    ],
)
def test_what_is_no_source_is_refused_and_what_was_typed_stays(cite, row, field, words):
    event, response = cite(**row)
    assert event is None
    assert Source.objects.count() == 0
    assert words in str(errors_of(response)[field])
    for typed in row.values():
        assert not typed or typed.replace("&", "&amp;") in response.content.decode()


def test_a_chosen_source_and_the_link_of_another_are_refused(cite):
    other = make_source(url="https://example.org/other")
    event, response = cite("https://example.org/news", source=other.pk)
    assert event is None
    assert "another source" in str(errors_of(response)["link"])


def test_a_save_that_is_refused_makes_no_source(desk, google):
    event = make_event(google, 100)
    response = desk.save(
        change(event),
        rows=[
            ("citations", {"link": "https://example.org/a", "chosen": "on"}),
            ("citations", {"link": "https://example.org/b", "chosen": "on"}),
        ],
    )
    assert errors_of(response)
    assert not Source.objects.filter(url__startswith="https://example.org/").exists()
