"""Which source a file's links are: the rule of a pasted link."""

from datetime import UTC, datetime

import pytest

from events.models import LayoffEvent, LinkCheck, Source
from events.tests.factories import make_source
from events.tests.imports.files import tech

SHORT, LONG = "https://short.example/abc", "https://paper.example/news"


@pytest.mark.django_db
def test_a_files_link_is_the_source_whose_address_led_there_or_that_it_was_merged_into(load):
    short, page = make_source(url=SHORT), make_source(url="https://paper.example/a")
    LinkCheck.note(short, datetime(2024, 1, 20, tzinfo=UTC), status="moved", final_url=f"{LONG}?utm_source=s")
    make_source(url="https://paper.example/b", merged_into=page)
    rows = [
        {"company": "Acme", "source": "http://www.paper.example/news/#top"},
        {"company": "Brand", "source": "https://paper.example/b"},
        {"company": "Cargo", "source": "https://paper.example/c"},
    ]
    load(tech(*rows))
    assert [event.citations.get().source.url for event in LayoffEvent.objects.order_by("company__name")] == [
        SHORT, page.url, "https://paper.example/c",
    ]  # fmt: skip
    assert Source.objects.count() == 4
    assert load(tech(*rows), "next.csv").same == 3
