"""What migrations do to rows that are here."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from events.models import LinkCheck, Source
from events.tests.factories import make_source, make_tip

pytestmark = pytest.mark.django_db


def test_sources_are_found_by_the_new_form_of_their_address_after_migrating():
    urls = ["https://a.example/?q=%E4", "https://a.example/?q=%F6", "https://bücher.example/", "https://a.example/"]
    umlaut, other, word, plain = (make_source(url=url) for url in urls)
    twice = make_source()
    tip = make_tip(link="https://bücher.example/")
    before = {umlaut: "https://a.example", other: "", word: "https://bücher.example", plain: "https://m.a.example"}
    Source.objects.update(url_normalised="")
    Source.objects.filter(pk=twice.pk).update(url="https://xn--bcher-kva.example/#again")
    for source, address in before.items():
        Source.objects.filter(pk=source.pk).update(url_normalised=address)
    import_module("events.migrations.0014_links_written_one_way").make_anew(apps, None)
    assert [Source.objects.get(pk=source.pk).url_normalised for source in (*before, twice)] == [
        "https://a.example?q=%E4", "", "https://xn--bcher-kva.example", "https://a.example", "",
    ]  # fmt: skip
    tip.refresh_from_db()
    assert tip.link_normalised == "https://xn--bcher-kva.example"


def test_where_links_led_is_known_by_its_page_after_migrating():
    source = make_source(url="https://short.example/a")
    look = LinkCheck.note(source, timezone.now(), status="moved", final_url="https://m.paper.example/x?utm_source=a")
    LinkCheck.note(source, timezone.now(), status="ok", final_url="https://paper.example/")
    LinkCheck.objects.update(final_normalised="")
    import_module("events.migrations.0014_links_written_one_way").fill_pages_led_to(apps, None)
    assert list(LinkCheck.objects.exclude(final_normalised="").values_list("pk", "final_normalised")) == [
        (look.pk, "https://paper.example/x")
    ]
