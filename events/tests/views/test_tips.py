"""A reader reports a cut: one link, no account, no cookie; and what machines send is kept out."""

import time

import pytest
from django.core.signing import TimestampSigner, b62_encode

from events.models import ReaderCount, Tip
from events.publishing import withdraw
from events.tests.factories import make_company, make_event, make_note, published, published_note
from events.tests.views.reading import body, read
from events.tips import receiving, seal

pytestmark = pytest.mark.django_db

HERE = {"origin": "http://testserver"}
FORM = "/tips/new/"
LINK = "https://paper.example/cuts?id=1"


def sealed(age=60, reference="0123456789"):
    """A seal of ours that was set `age` seconds ago."""
    signer = TimestampSigner(salt="events.tips")
    signer.timestamp = lambda: b62_encode(int(time.time()) - age)
    return signer.sign(reference)


def send(client, path=FORM, headers=HERE, extra=None, **typed):
    typed = {"seal": sealed(), "link": LINK, **typed}
    return client.post(path, typed, headers=headers, **(extra or {}))


def wrong(response, status=400):
    """What the page says is wrong."""
    assert response.status_code == status
    assert not Tip.objects.exists()
    return read(response).one("section", css="errors").text


# ── A tip arrives ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tip_is_stored_as_it_was_written_and_its_sender_gets_a_reference(client):
    response = send(
        client, company="Acme", date="last Tuesday", people="a few hundred", note="Said at a meeting.\r\nAll of sales."
    )
    assert (response.status_code, response["Location"]) == (303, "/tips/sent/0123456789/")
    assert not response.cookies
    tip = Tip.objects.get()
    assert (tip.link, tip.link_normalised) == (LINK, "https://paper.example/cuts?id=1")
    assert (tip.company_words, tip.date_words, tip.people_words) == ("Acme", "last Tuesday", "a few hundred")
    assert (tip.note, tip.state, tip.event, tip.company) == ("Said at a meeting.\nAll of sales.", "new", None, None)
    page = read(client.get(response["Location"]))
    assert "0123456789" in page.one("main").text
    assert "noindex" in page.one("meta", name="robots")["content"]


def test_the_form_of_the_page_itself_is_taken_once_a_person_could_have_filled_it_in(client, monkeypatch):
    page = read(client.get(FORM))
    form = page.one("form", css="tip")
    assert (form["method"], form["action"]) == ("post", "")
    typed = {field["name"]: field["value"] for field in form if field.tag in ("input", "textarea")}
    assert set(typed) == {"link", "company", "date", "people", "note", "homepage", "seal"}
    assert "no-store" in client.get(FORM)["Cache-Control"]
    response = client.post(FORM, typed | {"link": LINK}, headers=HERE)
    assert "very fast" in wrong(response)
    # The same seal holds a few seconds later, and nothing that was typed is lost.
    again = {f["name"]: f["value"] for f in read(response).one("form", css="tip") if f.tag in ("input", "textarea")}
    assert again == typed | {"link": LINK}
    monkeypatch.setattr(seal, "SHORTEST", -10)
    assert client.post(FORM, again, headers=HERE).status_code == 303
    assert Tip.objects.count() == 1


def test_a_tip_about_an_event_or_a_company_comes_from_its_page(client, amazon):
    event = published(amazon, 500)
    page = client.get(f"/events/{event.pk}/", follow=True)
    address = f"/tips/new/?event={event.pk}"
    assert address in read(page).links
    form = read(client.get(address))
    assert event.title in form.one("main").one("header").text
    assert form.one("input", id="id_company")["value"] == "Amazon"
    assert "noindex" in form.one("meta", name="robots")["content"]
    assert send(client, address).status_code == 303
    assert Tip.objects.get().event == event

    address = "/tips/new/?company=amazon"
    assert address in read(client.get("/companies/amazon/")).links
    assert send(client, address, seal=sealed(reference="aaaaaaaaaa")).status_code == 303
    assert Tip.objects.get(reference="aaaaaaaaaa").company == amazon


def test_a_tip_about_an_ai_note_comes_from_its_page(client, amazon, google):
    amazon.merged_into = google
    amazon.save()
    note = published_note([(amazon, "investor")], title="Amazon builds")
    address = f"/tips/new/?note={note.pk}"
    assert address in read(client.get(f"/ai/{note.pk}/", follow=True)).links
    form = read(client.get(address))
    assert "Amazon builds" in form.one("main").one("header").text
    assert form.one("input", id="id_company")["value"] == "Google"
    assert send(client, address, note="The sum is wrong.").status_code == 303
    assert (Tip.objects.get().ai_note, Tip.objects.get().note) == (note, "The sum is wrong.")
    # The same form sent as one about something else is another tip.
    assert send(client, note="The sum is wrong.").status_code == 400


@pytest.mark.parametrize("roles", [[], ["investor", "recipient"]])
def test_no_company_is_guessed_for_a_tip_about_a_note_of_none_or_several(client, amazon, google, roles):
    note = published_note(list(zip((amazon, google), roles, strict=False)))
    form = read(client.get(f"/tips/new/?note={note.pk}"))
    assert not form.one("input", id="id_company")["value"]


def test_a_withdrawn_event_may_be_reported_too(client, amazon):
    event = published(amazon, 500)
    withdraw(event, "Wrong company.")
    assert send(client, f"/tips/new/?event={event.pk}").status_code == 303


@pytest.mark.parametrize("name", ["event", "company", "note"])
def test_nothing_is_said_of_what_is_not_public(client, amazon, name):
    draft = make_event(make_company("Zyzzogeton"), 5, title="Zyzzogeton cuts")
    said = {"event": draft.pk, "company": draft.company.slug, "note": make_note(title="Zyzzogeton invests").pk}
    address = f"/tips/new/?{name}={said[name]}"
    unknown = f"/tips/new/?{name}={'nobody' if name == 'company' else '999999'}"
    there, nowhere = client.get(address), client.get(unknown)
    assert there.status_code == nowhere.status_code == 400
    assert "zyzzogeton" not in body(there).lower()
    assert read(there).one("section", css="errors").text == read(nowhere).one("section", css="errors").text
    assert "Nothing was sent" in wrong(send(client, address))


@pytest.mark.parametrize("value", ["x", "-1", "0", "9" * 40, "%00", "1%00", "٣", "1 OR 1=1"])
@pytest.mark.parametrize("name", ["event", "company", "note"])
def test_an_address_that_names_nothing_is_an_error_that_keeps_the_form(client, name, value):
    response = client.get(f"/tips/new/?{name}={value}")
    assert response.status_code == 400
    assert read(response).one("form", css="tip")


def test_a_page_with_errors_names_every_field_once_and_loses_nothing(client):
    response = send(client, link="javascript:alert(1)", note="x" * 2500, company="<script>alert(1)</script>")
    words = wrong(response)
    page = read(response)
    assert "Link to a report" in words
    assert page.one("textarea", id="id_note").text == "x" * 2500
    assert page.one("input", id="id_company")["value"] == "<script>alert(1)</script>"
    assert "<script>alert" not in body(response)
    ids = {element["id"] for element in page if "id" in element}
    for name in ("link", "note"):
        field = page.one(id=f"id_{name}")
        assert field["aria-invalid"] == "true"
        assert set(field["aria-describedby"].split()) == {f"id_{name}_helptext", f"id_{name}_error"} <= ids
        assert f"#id_{name}" in page.links


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "link",
    [
        "",
        "   ",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//https://paper.example/",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://paper.example/a",
        "http://",
        "http://[bad/",
        "https://paper.example:99999/",
        "https://paper.example@evil.example/",
        "https://paper.example/a\x00b",
        "https://paper.example/\u202egpj.exe",
        "https://paper.example/a b",
        "https://paper.example/" + "x" * 1000,
        "https://paper.example/?q=" + "é" * 500,
        "not a link",
    ],
)
def test_what_is_no_web_address_is_refused_with_what_was_written(client, link):
    response = send(client, link=link)
    assert wrong(response)
    assert read(response).one("input", id="id_link")["value"] == link.replace("\x00", "�")


def test_a_link_without_its_scheme_is_one_of_the_web(client):
    assert send(client, link="paper.example/cuts").status_code == 303
    assert Tip.objects.get().link == "https://paper.example/cuts"


def test_what_cannot_be_seen_is_not_stored(client):
    send(client, note="one\u202etwo\x07\x1b[31m\u2066three\ttab\nline", company="A\x00c\x0bme", people="5\u20280")
    tip = Tip.objects.get()
    assert (tip.note, tip.company_words, tip.people_words) == ("onetwo[31mthree\ttab\nline", "A�cme", "50")


@pytest.mark.parametrize("field", ["company", "date", "people", "note"])
def test_a_field_of_a_million_letters_is_refused_and_not_sent_back_whole(client, field):
    response = send(client, **{field: "x" * 1_000_000})
    assert wrong(response)
    assert len(response.content) < 60_000


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
    ],
)
def test_a_form_of_another_site_is_refused(client, headers):
    assert send(client, headers=headers).status_code == 403
    assert not Tip.objects.exists()


def test_other_methods_are_refused(client):
    for method in (client.put, client.delete, client.patch):
        assert method(FORM, headers=HERE).status_code == 405
    assert client.post("/tips/sent/0123456789/", headers=HERE).status_code == 405
    assert client.get("/tips/sent/nonsense/").status_code == 404


# ── Spam ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mark", "words"),
    [
        ("", "lacks the mark"),
        ("0123456789:1abcde:forged", "lacks the mark"),
        ("x" * 5000, "lacks the mark"),
        (TimestampSigner(salt="another form").sign("0123456789"), "lacks the mark"),
        (0, "very fast"),
        (-600, "very fast"),
        (25 * 60 * 60, "more than a day"),
    ],
    # A seal is another each second, and tests are called alike by all who run them.
    ids=["none", "forged", "long", "of another form", "now", "to come", "old"],
)
def test_a_form_without_a_good_seal_is_shown_again_with_what_was_written(client, mark, words):
    mark = sealed(age=mark) if isinstance(mark, int) else mark
    response = send(client, seal=mark, note="What I know.")
    assert words in wrong(response)
    page = read(response)
    assert page.one("textarea", id="id_note").text.strip() == "What I know."
    assert (page.one("input", name="seal")["value"] == mark) is (words == "very fast")


def test_a_machine_that_fills_in_every_field_is_thanked_and_dropped(client):
    person, machine = send(client), send(client, seal=sealed(reference="bbbbbbbbbb"), homepage="https://spam.example")
    assert person.status_code == machine.status_code == 303
    answers = [body(client.get(r["Location"])).replace(r["Location"][11:-1], "") for r in (person, machine)]
    assert answers[0] == answers[1]
    assert Tip.objects.get().reference == "0123456789"


def test_a_second_click_is_the_same_tip_and_a_seal_is_good_for_one(client):
    first, again = send(client, note="a"), send(client, note="a")
    assert first["Location"] == again["Location"]
    other = send(client, note="b")
    assert other.status_code == 400
    page = read(other)
    assert "sent before" in page.one("section", css="errors").text
    assert page.one("textarea", id="id_note").text.strip() == "b"
    assert page.one("input", name="seal")["value"] not in ("", sealed())
    assert Tip.objects.count() == 1


def test_too_many_tips_from_one_place_wait_and_lose_nothing(client, monkeypatch):
    monkeypatch.setattr(receiving, "TIMES_AN_HOUR", 2)
    here, there = {"REMOTE_ADDR": "192.0.2.1"}, {"REMOTE_ADDR": "192.0.2.2"}
    for n in range(2):
        assert send(client, seal=sealed(reference=f"000000000{n}"), extra=here).status_code == 303
    response = send(client, seal=sealed(reference="0000000003"), note="Kept", extra=here)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert read(response).one("textarea", id="id_note").text.strip() == "Kept"
    assert send(client, seal=sealed(reference="0000000004"), extra=there).status_code == 303
    assert "192.0.2" not in str(list(ReaderCount.objects.values()))
    assert not [f.name for f in Tip._meta.get_fields() if "address" in f.name or "reader" in f.name]


def test_what_is_refused_for_what_is_written_counts_for_nothing(client):
    send(client, link="x y")
    assert not ReaderCount.objects.exists()


def test_a_flood_from_everywhere_is_bounded(client, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_A_DAY", 1)
    assert send(client).status_code == 303
    response = send(client, seal=sealed(reference="cccccccccc"))
    assert response.status_code == 429
    assert "Too many tips today" in read(response).text
    assert Tip.objects.count() == 1


def test_a_count_of_views_and_one_of_tips_are_two(client, monkeypatch, amazon):
    published(amazon, 5)
    monkeypatch.setattr(receiving, "TIMES_AN_HOUR", 1)
    assert client.post("/cite/", {"view": "/events/"}, headers=HERE).status_code == 303
    assert send(client).status_code == 303
    assert sorted(ReaderCount.objects.values_list("action", "times")) == [("freeze", 1), ("tip", 1)]
