"""What other sites show of a page, and how it is cited."""

from io import BytesIO
from urllib.parse import urlsplit

import pytest
from PIL import Image

from events.publishing import correct, publish
from events.tests.factories import make_company, make_event, published, published_note
from events.tests.views.conftest import event_url, note_url
from events.tests.views.reading import read

pytestmark = pytest.mark.django_db


def meta(page):
    return {m["property"] or m["name"]: m["content"] for m in page.all("meta") if "property" in m or "name" in m}


def local(address):
    parts = urlsplit(address)
    assert parts.netloc == "testserver"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def test_every_page_says_what_other_sites_may_show_of_it(client, site):
    pages = [page for page in site.pages if not page.startswith("/embed/")]
    for address in [*pages, "/events/?company=amazon&order=people", "/ai/?kind=capital_spending"]:
        page = read(client.get(address))
        said = meta(page)
        assert said["og:title"] in page.one("title").text, address
        assert said["og:site_name"] == "LayoffWatch"
        assert said["twitter:card"] == "summary_large_image"
        assert (said["og:image:width"], said["og:image:height"]) == ("1200", "630")
        assert said["og:image:alt"]
        assert said["og:description"] == said["description"]
        assert client.get(local(said["og:url"])).status_code == 200, address
        assert page.one("link", rel="canonical")["href"] == said["og:url"], address


def test_a_records_preview_gives_the_figure_with_its_qualifier_and_source(client, site):
    said = meta(read(client.get(event_url(site.event))))
    assert said["og:description"] == "≥ 500 people (“just over 500”). Announced 9 January 2024. Source: Twitch."
    assert said["og:image"] == f"http://testserver/events/{site.event.pk}/card.png"
    assert "≥ 500 people" in said["og:image:alt"]
    said = meta(read(client.get(note_url(site.note))))
    assert said["og:description"].startswith("$48 bn, actual. capital spending, 6 December 2023. Source: ")
    said = meta(read(client.get("/companies/amazon/")))
    assert said["og:description"].startswith("500 people known, in 2 of 2 cuts")


def test_a_withdrawn_records_figure_is_not_passed_on(client, site):
    page = read(client.get(event_url(site.withdrawn)))
    said = meta(page)
    assert "77" not in said["og:description"] + said["og:image:alt"]
    assert client.get(local(said["og:image"])).status_code == 410


def test_a_replays_preview_is_that_of_the_day_and_the_canonical_address_todays(client, on, amazon):
    event = published(amazon, 100, title="First")
    on("2024-01-15")
    event.title, event.people_low, event.people, event.people_high = "Second", 60, 60, 60
    event.save()
    correct(event, "It was wrong.")
    page = read(client.get(f"{event_url(event)}?as_of=2024-01-10"))
    said = meta(page)
    assert said["og:description"].startswith("100 people")
    assert said["og:image"].endswith("card.png?as_of=2024-01-10")
    assert page.one("link", rel="canonical")["href"] == f"http://testserver{event_url(event)}"
    then, now = (client.get(f"/events/{event.pk}/card.png{day}") for day in ("?as_of=2024-01-10", ""))
    assert then.content != now.content
    assert client.get(f"/events/{event.pk}/card.png?as_of=2024-01-09").status_code == 404


@pytest.mark.parametrize("kind", ["event", "note", "company"])
def test_a_picture_is_sent_once_and_again_when_it_changed(client, site, kind):
    address = {
        "event": f"/events/{site.event.pk}/card.png", "note": f"/ai/{site.note.pk}/card.png",
        "company": "/companies/amazon/card.png",
    }[kind]  # fmt: skip
    first = client.get(address)
    assert first.status_code == 200
    assert first["Content-Type"] == "image/png"
    assert Image.open(BytesIO(first.content)).size == (1200, 630)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    head = client.head(address)
    assert (head.status_code, head["ETag"], head.content) == (200, first["ETag"], b"")
    site.event.title = site.note.title = "Another title"
    record = site.note if kind == "note" else site.event
    record.save()
    correct(record, "A better title.")
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_pictures_take_a_day_and_nothing_else_and_there_are_none_of_drafts(client, site):
    draft = make_event(make_company("Secret"), 5)
    for address in (f"/events/{draft.pk}/card.png", "/ai/99999/card.png", "/companies/secret/card.png"):
        assert client.get(address).status_code == 404, address
    for address in (f"/events/{site.event.pk}/card.png", "/companies/amazon/card.png"):
        assert client.get(f"{address}?size=9").status_code == 400
    response = client.get("/companies/amazon-com/card.png?as_of=2020-01-01")
    assert (response.status_code, response["Location"]) == (301, "/companies/amazon/card.png?as_of=2020-01-01")


def test_a_picture_asks_little(client, site, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        client.get(f"/events/{site.event.pk}/card.png")
    with django_assert_max_num_queries(20):
        client.get("/companies/amazon/card.png")


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "words"),
    [
        # Amazon's 200–900 with Twitch's 500 within it.
        ("/events/?company=amazon", ["500 people known, in 2 of 2 cuts (500–900)", "Counted here: Amazon."]),
        ("/ai/?kind=capital_spending", ["1 AI-investment note", "$48 bn capital spending, actual", "kind: "]),
        ("/companies/?ai_notes=yes", ["1 company; 1 has cut jobs", "AI notes"]),
        ("/layoffs-and-ai/?sector=retail", ["1 company cuts and invests meanwhile", "200 people known", "Retail"]),
        ("/totals/?publisher=A+tracker", ["1 row. ", "A tracker"]),
        ("/events/?q=nothing-of-the-kind", ["0 rows. ", "words: kind nothing of the"]),
    ],
)
def test_a_shared_view_says_its_key_figure_and_its_filter(client, site, address, words):
    said = meta(read(client.get(address)))
    assert [part for part in words if part not in said["description"]] == [], said["description"]
    assert said["og:description"] == said["description"]


def test_a_list_without_a_filter_and_one_that_is_wrong_say_what_is_listed(client, site):
    for string in ("", "?stage=x"):
        assert meta(read(client.get(f"/events/{string}")))["description"].startswith("Layoff events, each with")


def test_a_views_description_is_bounded_and_keeps_its_figure(client, amazon):
    firms = [make_company(f"The very long name of company {n}") for n in range(30)]
    publish([make_event(firm, 10) for firm in firms])
    string = "&".join(f"company={firm.slug}" for firm in firms)
    said = meta(read(client.get(f"/events/?{string}")))["description"]
    assert said.startswith("300 people known, in 30 of 30 cuts. Counted here: The very long name")
    assert len(said) <= 300


# ── Citing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def ways(page):
    return {pre["id"]: pre.text for pre in page.one("details", css="cite").all("pre")}


def test_every_single_page_says_how_to_cite_it(client, site):
    for address in (event_url(site.event), note_url(site.note), "/companies/amazon/", event_url(site.withdrawn)):
        page = read(client.get(address))
        assert set(ways(page)) == {"cite-plain", "cite-apa", "cite-bibtex"}
        for text in ways(page).values():
            assert f"http://testserver{address}" in text
            assert "ata version" in text
        # Nothing is offered to press where no script runs.
        assert all("hidden" in button for button in page.one("details", css="cite").all("button"))


def test_a_replay_is_cited_as_of_its_day(client, on, amazon):
    event = published(amazon, 100)
    on("2024-01-20")
    text = ways(read(client.get(f"{event_url(event)}?as_of=2024-01-15")))["cite-plain"]
    assert f"http://testserver{event_url(event)}?as_of=2024-01-15" in text
    assert "known from 10 January 2024" in text
    assert "(accessed 20 January 2024)" in text


def test_hostile_titles_stay_text(client, amazon):
    note = published_note([(amazon, "maker")], title='}</pre><script>alert(1)</script>"\\')
    page = read(client.get(note_url(note)))
    assert "</pre><script>" in ways(page)["cite-apa"]
    assert r"\textbraceright{}" in ways(page)["cite-bibtex"]
    assert meta(page)["og:title"] == note.title


# ── Addresses that changed ───────────────────────────────────────────────────────────────────────────────────────────


def test_an_address_of_before_a_correction_leads_to_todays_by_any_method_and_day(client, on, amazon):
    note, event = published_note([(amazon, "maker")], title="First"), published(amazon, 100, title="First")
    old = [event_url(event), note_url(note)]
    on("2024-01-15")
    for record in (event, note):
        record.title = "Second"
        record.save()
        correct(record, "A better title.")
    for before, now in zip(old, (event_url(event), note_url(note)), strict=True):
        assert before != now
        for ask in (client.get, client.head):
            for string in ("", "?as_of=2024-01-12"):
                response = ask(f"{before}{string}")
                assert (response.status_code, response["Location"]) == (301, f"{now}{string}")
        assert client.head(now).status_code == 200
        assert read(client.get(f"{now}?as_of=2024-01-12")).one("h1").text == "First"
    response = client.head("/companies/amazon/")
    assert (response.status_code, response.content) == (200, b"")
