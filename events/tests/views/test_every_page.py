"""What holds on every page and file: safe headers, no cookie, nothing inline, no 500, nothing unpublished."""

import re
from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import date
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import IntegrityError, transaction

from events.answers.answer import SUBJECTS
from events.filters import BY
from events.models import AiNote, Citation, Headcount, LayoffEvent, PublishedTotal, Unit
from events.publishing import correct, publish, withdraw
from events.tests.addresses import FRAMED, plain_addresses
from events.tests.factories import (
    figure,
    make_company,
    make_event,
    make_source,
    published,
    published_headcount,
    published_note,
    published_total,
)
from events.tests.views.conftest import event_url, note_url, published_many
from events.tests.views.reading import body, read, read_text
from events.views.files import FORMATS

pytestmark = pytest.mark.django_db

# What takes filters: everything else has none, and ignores the query string.
FILTERED = (
    "/events/",
    "/events.csv",
    "/embed/events/",
    "/companies/",
    "/ai/",
    "/layoffs-and-ai/",
    "/search/",
    "/search/suggest.json",
    "/corrections/",
    "/corrections.atom",
    "/data/changes/",
    "/data/changes.atom",
)


# ── What every page is ───────────────────────────────────────────────────────────────────────────────────────────────


def test_every_page_answers_200(client, site):
    assert {address: client.get(address).status_code for address in site.pages} == dict.fromkeys(site.pages, 200)


def test_every_page_answers_200_before_anything_is_published(client):
    plain = plain_addresses()
    assert {address: client.get(address).status_code for address in plain} == dict.fromkeys(plain, 200)


def test_every_page_has_one_heading_one_main_and_a_title_of_its_own(client, site):
    titles = []
    for address in site.pages:
        page = read(client.get(address))
        assert page.one("html")["lang"] == "en"
        assert page.one("h1").text
        assert page.one("main")["id"] == "main"
        titles.append(page.one("title").text)
    assert len(set(titles)) == len(titles), titles
    assert all(title.endswith("LayoffWatch") for title in titles)


def test_headings_leave_out_no_level(client, site):
    for address in site.pages:
        levels = [int(e.tag[1]) for e in read(client.get(address)) if re.fullmatch("h[1-6]", e.tag)]
        jumps = [(a, b) for a, b in zip([0, *levels], levels, strict=False) if b > a + 1]
        assert jumps == [], f"{address}: {levels}"


def test_no_page_uses_an_id_twice_or_names_one_that_is_not_there(client, site):
    for address in [
        *site.pages,
        "/events/?people_min=x&company=Nobody&stage=x",
        "/ai/?dated_after=x",
        "/companies/?q=" + "x" * 300,
    ]:
        page = read(client.get(address))
        ids = [e["id"] for e in page if "id" in e]
        assert len(ids) == len(set(ids)), f"{address}: {[i for i in ids if ids.count(i) > 1]}"
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            named = {i for e in page for i in e[name].split()}
            assert named <= set(ids), f"{address}: {name} names {named - set(ids)}"


def test_every_field_has_a_name_that_is_read_out(client, site):
    for address in site.pages:
        page = read(client.get(address))
        labelled = {label["for"] for label in page.all("label")} | {id(e) for label in page.all("label") for e in label}
        for field in (e for e in page if e.tag in ("input", "select", "textarea") and e["type"] != "hidden"):
            assert field["aria-label"] or field["id"] in labelled or id(field) in labelled, (
                f"{address}: {field['name']}"
            )


def test_every_table_says_what_its_columns_are(client, site):
    for address in site.pages:
        for table in read(client.get(address)).all("table"):
            assert table.all("thead"), address
            assert all(th["scope"] in ("col", "row") for th in table.all("th")), address
            width = len(table.one("thead").all("th"))
            rows = table.one("tbody").all("tr")
            wrong = [
                row.text for row in rows if sum(int(c["colspan"] or 1) for c in row.all("td") + row.all("th")) != width
            ]
            assert wrong == [], f"{address}: rows of another width than the {width} columns"


def test_every_link_inside_the_site_leads_to_a_page(client, site, drafts):
    found = {urljoin(address, link) for address in site.pages for link in read(client.get(address)).links}
    ours = {link.partition("#")[0] for link in found if not urlsplit(link).netloc}
    assert len(ours) > 30
    # The log of corrections leads to what was withdrawn.
    gone = {event_url(site.withdrawn), note_url(site.withdrawn_note)}
    statuses = {link: client.get(link).status_code for link in sorted(ours)}
    assert {link: n for link, n in statuses.items() if n != (410 if link in gone else 200)} == {}


def test_every_link_within_a_page_leads_to_a_place_on_it(client, site):
    for address in site.pages:
        for link in read(client.get(address)).links:
            target, _, place = urljoin(address, link).partition("#")
            if place and not urlsplit(target).netloc:
                assert read(client.get(target)).all(id=place), f"{address} links to {link}"


# ── Headers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
ANSWERS = ["/admin/login/", "/events/?people_min=x", "/events.csv?contry=US", "/companies/amazon-com/", "/events?q=x"]


def test_every_answer_carries_the_headers_that_keep_it_safe(client, site):
    for address in [*site.addresses, *ANSWERS]:
        response = client.get(address)
        expected = dict(HEADERS)
        if address.startswith(FRAMED):
            expected |= {"X-Frame-Options": None, "Cross-Origin-Resource-Policy": "cross-origin"}
        if response.headers.get("Access-Control-Allow-Origin") == "*":
            # Files are public data: pages of other sites may fetch them.
            expected["Cross-Origin-Resource-Policy"] = "cross-origin"
            assert not response["Content-Type"].startswith("text/html")
        assert {name: response.headers.get(name) for name in HEADERS} == expected, address
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy, address
        assert "default-src 'none'" in policy, address
        assert "script-src 'self';" in f"{policy};", address
        assert "style-src 'self';" in f"{policy};", address


@pytest.mark.parametrize("logged_in", [False, True])
def test_no_readers_answer_sets_a_cookie_or_differs_by_one(client, site, admin_user, logged_in):
    if logged_in:
        client.force_login(admin_user)
        client.cookies["csrftoken"] = "x" * 32
    for address in [*site.addresses, *ANSWERS[1:]]:
        response = client.get(address)
        assert "Set-Cookie" not in response.headers, address
        assert not response.cookies, address
        assert "Cookie" not in response.headers.get("Vary", ""), address


def test_a_page_is_compressed_for_who_takes_it(client, site):
    response = client.get("/events/", headers={"accept-encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]


# ── Nothing inline ───────────────────────────────────────────────────────────────────────────────────────────────────


# Scripts that are data: no browser runs them.
DATA = ("application/json", "application/ld+json")


def inline(page) -> list[str]:
    """What the content security policy would refuse, or would have to be loosened for."""
    found = []
    for element in page:
        names = [name for name in element.attributes if name.startswith("on") or name == "style"]
        if names:
            found.append(f"<{element.tag} {names}>")
        if element.tag in ("style", "iframe", "object", "embed", "base"):
            found.append(f"<{element.tag}>")
        if element.tag == "script" and element["type"] not in DATA and not element["src"].startswith("/static/"):
            found.append(f"<script>{element.text[:60]}")
        for name in ("href", "src", "action", "formaction"):
            if name in element and urlsplit(element[name].strip()).scheme not in ("", "http", "https"):
                found.append(f"{name}={element[name]}")
        loaded = element["src"] or element["href"]
        # Addresses for others, whole as they ask for: no browser loads them.
        names_us = element["rel"] == "canonical" or element["type"] == "application/json+oembed"
        if element.tag in ("link", "img", "script") and not names_us and urlsplit(loaded).netloc:
            found.append(f"from another host: {loaded}")
    return found


def test_no_page_has_anything_inline_or_from_another_host(client, site):
    for address in [*site.addresses, "/events/?people_min=x", "/ai/?kind=x", "/companies/?country=ZZ"]:
        response = client.get(address)
        if response.headers["Content-Type"].startswith("text/html"):
            assert inline(read(response)) == [], address


NASTY = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'{{ 7*7 }}</title>"


def test_what_editors_and_sources_write_is_text_and_never_markup(client):
    company = make_company(
        f"{NASTY}1", aliases=[f"{NASTY}2"], place=NASTY, ticker='"><b>', country="US", sector="retail"
    )
    note = published_note([(company, "maker")], title=NASTY, summary=NASTY, amount_wording=f"{NASTY}"[:200])
    event = make_event(
        company, (200, None, 900), title=NASTY, summary=NASTY, wording=NASTY, share_of=NASTY, share_percent=5,
        place=NASTY,
        ai_link="stated", cited=False,
    )  # fmt: skip
    source = make_source(f"https://evil.example/?a={NASTY.replace(' ', '%20')}", title=NASTY, publisher=NASTY)
    spoken = {"quote": NASTY, "speaker": "company", "speaker_name": NASTY, "on_ai_link": True}
    Citation.objects.create(
        event=event, source=source, chosen=True, chosen_because=NASTY, **spoken, **figure((200, None, 900))
    )
    Unit.objects.create(event=event, name=NASTY, **figure(None))
    event.notes.add(note)
    publish(event, reason=NASTY)
    published_total(publisher=NASTY, title=NASTY, definition=NASTY, geography=NASTY[:100])
    published_headcount(company)
    gone = published(company, 5, title=f"{NASTY} gone")
    withdraw(gone, NASTY)
    company.refresh_from_db()
    pages = [
        *plain_addresses("text/html"),
        event_url(event),
        event_url(gone),
        note_url(note),
        company.get_absolute_url(),
    ]
    pages += [f"/events/?company={company.slug}", f"/events/?q={NASTY}", f"/ai/?q={NASTY}", f"/companies/?q={NASTY}"]
    pages += [f"/search/?q={NASTY}", f"/search/?{NASTY}=1", "/search/?q=onerror"]
    pages += [f"/events/?{NASTY}=1", f"/events/?stage={NASTY}&announced_after={NASTY}&place={NASTY}&after={NASTY}"]
    pages += [f"/ai/?kind={NASTY}&dated_before={NASTY}", f"/companies/?sector={NASTY}&page={NASTY}", f"/{NASTY}/"]
    seen = 0
    for address in pages:
        page = read(client.get(address))
        assert inline(page) == [], address
        assert not page.all("img"), address
        assert not [script for script in page.all("script") if not script["src"] and script["type"] not in DATA], (
            address
        )
        seen += NASTY in page.text
    assert seen >= 12


@pytest.mark.parametrize("url", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil.example/"])
@pytest.mark.parametrize("field", ["url", "archived_url"])
def test_an_address_that_is_not_of_the_web_is_refused_or_at_least_no_link(client, amazon, field, url):
    event = make_event(amazon, 500, cited=False)
    # The database may refuse it: no form stands between it and us here.
    with suppress(IntegrityError), transaction.atomic():
        Citation.objects.create(event=event, source=make_source(**{field: url}))
        publish(event)
        assert url not in read(client.get(event_url(event))).links
        assert url not in read(client.get("/events/")).links


# ── Hostile query strings ────────────────────────────────────────────────────────────────────────────────────────────


def cursor(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


HOSTILE = [
    "q=%00", "%00=1", "q=a%00b&company=%00&place=%00&announced_after=%00&people_min=%00&stage=%00&order=%00&after=%00",
    "q=%ff", "%ff=%fe", "company=%ff&place=%c3%28&stage=%80&q=%ed%a0%80", "q=%F0%9F%98%80&company=%F0%9F%98%80",
    "q=" + "x" * 10_000, "company=" + "x" * 10_000, "x" * 10_000 + "=1", "after=" + "A" * 10_000,
    "place=" + "%25" * 3_000,
    "q=" + "+".join("abcdefghij" * 10), "q=" + "a+" * 90, "q=%25&place=_", "q=park.&place=a-b", "q=%22x",
    "q=NEAR(", "q=O'X",
    "people_min=-1", "people_max=-99999999999999999999", "people_min=99999999999999999999", "people_min=" + "9" * 5_000,
    "people_min=1e5", "people_min=1.5", "people_min=NaN&people_max=Infinity", "people_min=%D9%A1%D9%A2",
    "people_min=5&people_max=1",
    "announced_after=2024-02-30", "announced_after=0000-01-01", "announced_after=0001&announced_before=9999",
    "announced_after=9999-12-31&announced_before=9999-12-31", "announced_after=0001-01-01&announced_before=0001-01-01",
    "announced_after=0002&announced_before=0002", "announced_after=2024-Q5", "announced_after=-2024-01-01",
    "announced_after=%D9%A2%D9%A0%D9%A2%D9%A4", "announced_after=20240110", "announced_before=2024-01-10T00:00:00Z",
    "dated_after=0001&dated_before=9999", "dated_after=9999-12-31", "dated_before=2024-13",
    "announced_after=2024-01&announced_before=2023-01", "stage=announced&stage=nonsense",
    "stage=announced&stage=announced",
    "announced_after=2024&announced_after=2023", "order=people&order=-people", "order=nonsense", "order=", "order=-",
    "contry=US", "country=ZZ", "country=us", "a[]=1", "a[0][b]=1", "stage[]=announced", "=", "=1", "&&&", "?",
    "q", "%", "q=%",
    "counts_as=cut&counts_as=filing&counts_as=temporary&counts_as=signal&counts_as=called_off", "subsidiaries=yes",
    "without_figure=only&people_min=5", "company=Amazon&company=Nobody", "company=amazon&subsidiaries=no",
    "page=0", "page=-1", "page=99999999", "page=99999999999999999999", "page=x", "page=1&page=2",
    "after=x", "after=%00", "after=%C3%A9", "after=a&before=b", "after=" + cursor("[]"), "after=" + cursor("[[],1]"),
    "after=" + cursor('["2024-01-01",1]'), "after=" + cursor('["x",1]'), "after=" + cursor("[1,1]"),
    "after=" + cursor("[9223372036854775807,9223372036854775807]"), "after=" + cursor("[99999999999999999999,1]"),
    "order=-people&after=" + cursor('["99999999999999999999999",1]'), "order=-people&after=" + cursor('["x",1]'),
    "order=people&before=" + cursor('["-99999999999999999999999",1]'), "order=company&after=" + cursor("[7,7]"),
    "order=-money&after=" + cursor('["nan",1]'), "order=-money&after=" + cursor('["1e400",1]'),
    "order=money&before=" + cursor('["-1e30",1]'), "order=-money&after=" + cursor('["1e300",1]'),
    "order=-money&after=" + cursor('["x",1]'),
    "order=-announced&after=" + cursor('["9999-99-99",1]'), "after=" + cursor("[NaN,1]"),
    "after=" + cursor('["2024-01-01",true]'),
    "after=" + cursor("[" * 120 + "]" * 120), "after=" + cursor('["\\ud800",1]'),
    "order=company&after=" + cursor('["\\ud800",1]'),
    "&".join(f"x{n}=1" for n in range(4_000)), "&".join(f"x{n}=1" for n in range(6_000)),
    "&".join(["stage=announced"] * 4_000),
    "&".join(f"company=nobody-{n}" for n in range(4_000)),
]  # fmt: skip


def faults(client, address: str, string: str) -> str:
    """What is wrong with the answer to a query string; "" when nothing is."""
    response = client.get(f"{address}?{string}")
    text = body(response)
    if response.status_code not in (200, 400, 404, 410):
        return f"answers {response.status_code}"
    # A link of thousands of parameters gets a few messages, not thousands.
    if response.status_code == 400 and len(text) > 60_000:
        return f"has {len(text)} characters"
    if "\x00" in text:
        return "shows a NUL"
    if response.headers["Content-Type"].startswith("text/html"):
        return "; ".join(inline(read_text(text)))
    return ""


def short(string: str) -> str:
    return string if len(string) <= 100 else f"{string[:60]}... ({len(string)})"


@pytest.mark.parametrize("address", FILTERED)
def test_no_query_string_breaks_a_view_with_filters_or_keeps_it_busy(client, site, address):
    client.raise_request_exception = False
    assert {short(string): fault for string in HOSTILE if (fault := faults(client, address, string))} == {}


def test_no_query_string_breaks_a_page_without_filters(client, site):
    client.raise_request_exception = False
    others = [address for address in site.addresses if address not in FILTERED]
    strings = [*HOSTILE[:12], *HOSTILE[-4:]]
    found = {(a, short(string)): fault for a in others for string in strings if (fault := faults(client, a, string))}
    assert found == {}


def test_many_companies_in_one_link_do_not_keep_the_database_busy(client, site, django_assert_max_num_queries):
    published_many(*[make_event(make_company(f"Firm {number}"), 10) for number in range(30)])
    string = "&".join(f"company=firm-{number}" for number in range(30))
    with django_assert_max_num_queries(150):
        assert client.get(f"/events/?{string}&q=jobs").status_code == 200
    with django_assert_max_num_queries(150):
        client.get(f"/events/?{string}&q=nothing")


@pytest.mark.parametrize("address", FILTERED)
@pytest.mark.parametrize("string", ["contry=US", "a[]=1", "%ff=1", "Q=x", "q[]=x", "csrfmiddlewaretoken=x", "as=1"])
def test_an_unknown_parameter_is_refused_wherever_there_are_filters(client, site, address, string):
    assert client.get(f"{address}?{string}").status_code == 400


def test_a_page_without_filters_ignores_the_query_string(client, site):
    for address in ("/methodology/", "/about/", "/healthz", "/robots.txt", "/sitemap.xml"):
        assert client.get(f"{address}?contry=US&people_min=x&a[]=1").status_code == 200, address


def test_a_page_of_one_record_takes_a_day_and_refuses_all_else(client, site):
    """A misspelt `as_of` that showed today's state would be a silently other answer."""
    for address in (event_url(site.event), note_url(site.note), "/companies/amazon/", "/totals/", "/data/", "/"):
        assert client.get(f"{address}?as_of={date.today()}").status_code == 200
        for string in ("asof=2024-01-15", "as_of=2024-13-01", "as_of=tomorrow", "as_of=2999-01-01", "q=x"):
            response = client.get(f"{address}?{string}")
            assert response.status_code == 400, address
            assert address in {link.partition("?")[0] or address for link in read(response).one("main").links}


SEAL = re.compile(r'name="seal" value="[^"]*"')


def test_the_marks_that_other_sites_add_change_nothing(client, site):
    marks = "utm_source=news&utm_medium=mail&fbclid=Iw123&gclid=1&UTM_Campaign=x&msclkid=%ff&mc_cid=1&_ga=2.1"
    for address in site.addresses:
        plain, marked = client.get(address), client.get(f"{address}?{marks}")
        assert marked.status_code == plain.status_code, address
        # The seal of a form is another each time.
        assert SEAL.sub("", body(marked)) == SEAL.sub("", body(plain)), address


# ── Methods ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_head_answers_as_get_does_without_the_content(client, site):
    for address in site.addresses:
        get, head = client.get(address), client.head(address)
        assert head.status_code == get.status_code, address
        assert body(head) == "", address
        assert head.headers["Content-Type"] == get.headers["Content-Type"], address


def test_nothing_but_reading_is_allowed(client, site):
    # By forms a reader may have a view frozen (test_frozen_views.py) and send a tip (test_tips.py).
    pages = [address for address in site.pages if address not in ("/cite/", "/tips/new/")]
    for address in [*pages, *FILTERED, event_url(site.withdrawn), "/healthz", "/robots.txt", "/oembed"]:
        answers = {
            method: getattr(client, method)(address).status_code for method in ("post", "put", "patch", "delete")
        }
        assert set(answers.values()) == {405}, f"{address}: {answers}"


# ── Only editions are public ─────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_unpublished_is_on_any_page_or_in_any_file(client, site, drafts):
    for address in [*site.addresses, "/events/?without_figure=include", "/companies/twitch/", "/companies/?order=name"]:
        text = body(client.get(address))
        assert drafts not in text, address
        assert not re.search(r"\b4,?321\b", text), address


def test_nothing_unpublished_is_in_any_answer_of_a_machine_nor_in_its_counts(client, site, drafts):
    every = "counts_as=cut&counts_as=filing&counts_as=temporary&counts_as=signal&counts_as=called_off"
    addresses = [f"/{stem}.{ending}" for stem in SUBJECTS for ending in FORMATS if ending != "xlsx"]
    addresses += [f"/events.csv?{every}", f"/events.csv?as_of={date.today()}", "/events/totals.json", "/api/"]
    addresses += [f"/events/series.json?by={by}&{every}" for by, _words in BY]
    before = {address: body(client.get(address)) for address in addresses}
    for address, text in before.items():
        assert drafts.lower() not in text.lower(), address
        assert not re.search(r"\b4,?321\b", text), address
    facets = client.get(f"/events/?{every}").context["selection"].facets
    public = client.get(f"/events/?{every}").context["selection"].count
    assert all(sum(counts.values()) <= public for name, counts in facets.items() if name not in ("reason", "tier"))


def test_nothing_unpublished_can_be_asked_for(client, site, drafts):
    """A publisher, a unit, a place that only drafts name is as unknown as one that does not exist."""
    Unit.objects.create(event=LayoffEvent.objects.filter(state="draft").first(), name=f"{drafts} unit")
    assert client.get(f"/events/?source={drafts}").status_code == 400
    assert client.get(f"/events/?unit={drafts}").context["selection"].count == 0
    assert client.get(f"/events.json?q={drafts}").json()["about"]["rows"] == 0


def test_nothing_unpublished_is_found_by_its_words(client, site, drafts):
    found = (f"/events/?q={drafts}", f"/companies/?q={drafts}", f"/ai/?q={drafts}", f"/search/?q={drafts}")
    for address in (*found, f"/events/?place={drafts}"):
        page = read(client.get(address))
        assert page.one("section", css="empty"), address
        assert not page.all("table"), address
    assert body(client.get(f"/events.csv?q={drafts}")).count("\r\n") == 1
    assert client.get(f"/search/suggest.json?q={drafts}").json()["groups"] == []


def test_a_draft_has_no_page(client, site, drafts):
    for event in LayoffEvent.objects.exclude(state__in=["published", "withdrawn"]):
        assert client.get(f"/events/{event.pk}/").status_code == 404
        assert client.get(f"/events/{event.pk}-{drafts.lower()}-cuts-jobs/").status_code == 404
    for note in AiNote.objects.exclude(state__in=["published", "withdrawn"]):
        assert client.get(f"/ai/{note.pk}/").status_code == 404


def test_a_company_that_only_drafts_name_is_as_unknown_as_one_that_does_not_exist(client, site, drafts):
    hidden = f"{drafts.lower()}-limited"
    for address in (f"/companies/{hidden}/", "/companies/hidden-before/"):
        assert client.get(address).status_code == 404, address
    for name in (hidden, f"{drafts}+Limited", f"{drafts}+Labs"):
        for address in ("/events/", "/ai/", "/events.csv"):
            assert client.get(f"{address}?company={name}").status_code == 400, f"{address}?company={name}"


def test_a_change_on_the_desk_is_public_when_it_is_a_correction_and_not_before(client, site):
    address = event_url(site.event)
    site.event.summary = "Twitch gave the number itself."
    site.event.save()
    assert "Twitch gave the number itself." not in read(client.get(address)).text
    correct(site.event, "The memo is now public.")
    page = read(client.get(address))
    assert "Twitch gave the number itself." in page.text
    assert "The memo is now public." in page.text


def test_a_withdrawn_record_is_in_no_list_and_no_file(client, site):
    lists = [*site.pages, "/events.csv", "/events/?q=closes", "/search/?q=closes", "/companies/twitch/"]
    # These tell of the withdrawal itself.
    logs = ("/corrections/", "/data/changes/")
    for address in [address for address in lists if address not in logs]:
        text = body(client.get(address))
        assert "Twitch closes for good" not in text, address
        assert "Amazon buys the Moon" not in text, address


def test_nothing_says_who_edits(client, site, django_user_model):
    django_user_model.objects.create_superuser("persephone", email="persephone@desk.example", password="x" * 20)
    client.force_login(django_user_model.objects.get())
    site.event.title = "Twitch cuts over 500 jobs"
    site.event.save()
    for address in site.addresses:
        assert "persephone" not in body(client.get(address)), address


def test_headcounts_and_totals_that_nobody_published_are_nowhere(client, site):
    Headcount.objects.create(company=site.amazon, counted_on="2024-12-31", **figure(7_654_321))
    total = PublishedTotal.objects.get()
    total.pk, total.title = None, "Zyzzogeton"
    total.state = "draft"
    total.save()
    assert "7,654,321" not in body(client.get("/companies/amazon/"))
    assert "Zyzzogeton" not in body(client.get("/totals/"))
