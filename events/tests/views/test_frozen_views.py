"""A frozen view stays as it was, byte for byte, and says what became of its rows."""

import hashlib
import re
from datetime import date

import pytest
from django.core.management import call_command

from events.answers.answer import SUBJECTS
from events.models import Company, EventEdition, LayoffEvent, Ownership, Snapshot, SnapshotFile
from events.publishing import correct, ownership_changed, publish, withdraw
from events.tests.factories import make_company, make_event, published, published_note, published_total
from events.tests.imports.files import tech
from events.tests.views.freezing import content, freeze, post, then_and_now, told
from events.tests.views.reading import body, read, read_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def cut(amazon):
    return published(amazon, (200, None, 900), title="Amazon cuts in the studios", announced_on="2024-01-10")


def whole(client, address):
    """Everything that must not change: the file, and of the page what stood then, the figure and the words to cite."""
    page = read(client.get(address))
    then = {label: pair[0] for label, pair in then_and_now(page).items()}
    then = {label: words for label, words in then.items() if words != "–"}
    figures = [figure.text for figure in page.all("figure")]
    return content(client, address), then, figures, page.one("details", css="cite").text


# ── Making ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "view",
    [
        "/events/",
        "/events/?company=amazon&announced_after=2024-01&order=-people",
        "/events/?chart=size",
        "/ai/?kind=model",
        "/companies/?order=name",
        "/layoffs-and-ai/?months_before=24",
        "/totals/?scope=technology",
    ],
)
def test_the_file_of_a_frozen_view_is_the_views_own_file(client, cut, amazon, view):
    published_note([(amazon, "maker")])
    published_total()
    live = body(client.get(view.replace("/?", ".csv?").rstrip("/") if "?" in view else f"{view.rstrip('/')}.csv"))
    frozen = content(client, freeze(client, view))
    assert frozen.decode() == live
    assert frozen.count(b"\r\n") > 1


def test_its_address_is_short_and_has_no_letter_that_is_taken_for_another(client, cut):
    address = freeze(client)
    assert re.fullmatch(r"/cite/[0-9a-hjkmnp-tv-z]{10}/", address)
    read_aloud = address.replace("0", "O").replace("1", "l").upper().replace("/CITE/", "/cite/")
    assert client.get(read_aloud, follow=True).redirect_chain in ([], [(address, 301)])
    assert content(client, read_aloud) == content(client, address)


def test_the_same_query_and_bytes_have_the_same_address_and_are_stored_once(client, cut, amazon):
    first = freeze(client, "/events/?company=amazon&stage=announced")
    assert freeze(client, "http://testserver/events/?stage=announced&company=Amazon&utm_source=x") == first
    assert freeze(client, "/events/?company=amazon") != first
    assert Snapshot.objects.count() == 2
    assert SnapshotFile.objects.count() == 1
    published(amazon, 50)
    assert freeze(client, "/events/?company=amazon&stage=announced") != first


def test_a_page_of_a_list_freezes_the_whole_list(client, amazon):
    publish([make_event(amazon, 10, title=f"Cut {n}") for n in range(60)])
    older = client.get("/events/").context["page"].older
    assert content(client, freeze(client, f"/events/?{older}")).count(b"\r\n") == 61


def test_the_page_says_the_sha256_of_the_very_bytes(client, cut):
    address = freeze(client)
    page, found = read(client.get(address)), hashlib.sha256(content(client, address)).hexdigest()
    assert found in page.text
    response = client.get(f"{address.rstrip('/')}.csv")
    assert response.headers["ETag"] == f'"{found}"'
    assert "immutable" in response.headers["Cache-Control"]
    assert client.get(f"{address.rstrip('/')}.csv", headers={"if-none-match": f'"{found}"'}).status_code == 304


def test_the_head_of_its_file_says_how_long_the_file_is(client, cut, django_assert_num_queries):
    address = f"{freeze(client).rstrip('/')}.csv"
    with django_assert_num_queries(1):
        head = client.head(address)
    whole = client.get(address)
    assert head.content == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]


def test_it_is_cited_by_its_own_address_with_the_day_of_retrieval(client, cut, on):
    on("2024-03-01")
    address = freeze(client)
    on("2024-05-02")
    ways = read(client.get(address)).one("details", css="cite").text
    assert f"http://testserver{address} (accessed 2 May 2024)" in ways
    assert "200 people known (200–900) in 1 cut" in ways
    assert "Retrieved May 2, 2024" in ways
    assert "urldate = {2024-05-02}" in ways


def test_the_name_of_every_list_fits_where_frozen_views_keep_it():
    # SQLite stores what is too long, PostgreSQL refuses it.
    assert max(map(len, SUBJECTS)) <= Snapshot._meta.get_field("subject").max_length


# ── Staying ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_of_it_changes_by_corrections_withdrawals_an_import_a_merge_and_its_take_back(
    client, cut, amazon, twitch, tmp_path
):
    part = published(twitch, 500, title="Twitch cuts jobs", part_of=cut)
    note = published_note([(amazon, "maker")], kind="capital_spending")
    views = ["/events/", "/events/?company=amazon", "/events/?chart=company", "/ai/", "/companies/"]
    addresses = [freeze(client, view) for view in views]
    before = {address: whole(client, address) for address in addresses}

    def still(*which):
        for address in which or addresses:
            assert whole(client, address) == before[address], address

    cut.people_low, cut.title = 300, "Amazon cuts more"
    cut.save()
    correct(cut, "The memo says 300.")
    still()
    withdraw(part, "It was another Twitch.")
    withdraw(note, "It was a joke.")
    still()
    listed = tmp_path / "list.csv"
    listed.write_text(tech({"company": "Amazon"}, {"company": "Acme"}))
    call_command("import_data", listed, "--publish", verbosity=0)
    assert LayoffEvent.objects.count() > 2
    still()
    other = make_company("Amazon Studios", parent=None)
    published(other, 10)
    amazon.merged_into = other
    amazon.save()
    ownership_changed([amazon.pk, other.pk])
    still()
    amazon.merged_into = None
    amazon.save()
    ownership_changed([amazon.pk, other.pk])
    still()
    amazon.name = "Amazon.com"
    amazon.save()
    still()


def test_it_keeps_answering_when_every_row_is_withdrawn(client, cut, amazon):
    address = freeze(client, "/events/?company=amazon")
    withdraw(cut, "It was another company.")
    page = read(client.get(address))
    assert then_and_now(page)["Rows"] == ("1", "0")
    assert then_and_now(page)["Cuts: people known"] == ("200 (200–900)", "–")
    assert told(page).keys() == {"Amazon cuts in the studios"}
    assert "Withdrawn" in told(page)["Amazon cuts in the studios"]
    assert "It was another company." in told(page)["Amazon cuts in the studios"]
    assert b"Amazon cuts in the studios" in content(client, address)


def test_it_keeps_answering_when_its_query_cannot_be_asked_any_more(client, cut):
    address = freeze(client, "/events/?source=The Paper")
    before = content(client, address)
    # As when a later version takes a filter away.
    Snapshot.objects.update(query="source=Nobody")
    response = client.get(address)
    assert response.status_code == 200
    assert "cannot be asked any more" in read(response).text
    assert content(client, address) == before


def test_a_frozen_view_cannot_be_altered(client, cut):
    freeze(client)
    with pytest.raises(TypeError):
        Snapshot.objects.get().save()


# ── Then and now ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_where_nothing_changed_the_page_says_so(client, cut):
    page = read(client.get(freeze(client)))
    assert "Nothing: the same rows, each in the same edition and with the same cells." in page.text
    assert all(then == now for then, now in then_and_now(page).values())


def test_a_correction_is_told_with_its_reason_and_what_changed(client, cut):
    address = freeze(client)
    cut.people_low = 300
    cut.save()
    correct(cut, "The memo says 300.")
    page = read(client.get(address))
    assert then_and_now(page)["Cuts: people known"] == ("200 (200–900)", "300 (300–900)")
    (words,) = told(page).values()
    assert words.startswith("Changed")
    assert "The memo says 300." in words
    assert "200–900" in words
    assert "300–900" in words


def test_a_row_that_was_corrected_out_of_the_filter_is_told_as_gone(client, cut):
    address = freeze(client, "/events/?announced_before=2024-01")
    cut.announced_on = date(2024, 2, 1)
    cut.save()
    correct(cut, "The memo is of February.")
    page = read(client.get(address))
    assert "1 row went, 0 changed, 0 came." in page.text
    (words,) = told(page).values()
    assert words.startswith("Corrected, and outside the filter now")
    assert "The memo is of February." in words


def test_a_replaced_row_is_told_as_replaced(client, cut, amazon):
    address = freeze(client)
    published(amazon, 700, title="A better record", replaces=cut)
    page = read(client.get(address))
    assert "Replaced by another record" in told(page)["Amazon cuts in the studios"]
    assert "New in the view" in told(page)["A better record"]


def test_a_row_that_went_because_its_owner_was_another_is_told_so(client, cut, amazon, twitch):
    published(twitch, 500, title="Twitch cuts jobs")
    address = freeze(client, "/events/?company=amazon")
    twitch.owners.all().delete()
    ownership_changed([twitch.pk])
    page = read(client.get(address))
    assert "who owned whom" in told(page)["Twitch cuts jobs"]


def test_companies_that_cut_and_invest_are_told_by_what_their_list_said(client, cut, amazon):
    published_note([(amazon, "maker")], dated_on=date(2024, 1, 1))
    address = freeze(client, "/layoffs-and-ai/")
    published(amazon, 70, announced_on="2024-01-20")
    page = read(client.get(address))
    assert then_and_now(page)["Cuts"] == ("1", "2")
    assert "200" in told(page)["Amazon"]
    assert "270" in told(page)["Amazon"]


def test_a_published_total_that_was_corrected_is_told(client, db):
    total = published_total(7500)
    address = freeze(client, "/totals/")
    total.people_low = total.people = total.people_high = 8000
    total.save()
    correct(total, "The publisher counted again.")
    assert "The publisher counted again." in told(read(client.get(address)))["Jobs cut"]


def test_companies_are_told_by_what_their_list_said(client, cut, amazon):
    address = freeze(client, "/companies/")
    published(amazon, 50)
    published(make_company("Acme"), 5)
    page = read(client.get(address))
    assert "New in the view" in told(page)["Acme"]
    assert "250" in told(page)["Amazon"]


def test_a_company_whose_interval_alone_changed_is_told_by_its_column(client, cut, amazon):
    address = freeze(client, "/companies/")
    cut.people_high = 700
    cut.save()
    correct(cut, "The memo says 700 at most.")
    page = read(client.get(address))
    assert "0 rows went, 1 changed, 0 came." in page.text
    assert "the high boundbefore: 900 now: 700" in told(page)["Amazon"]


def test_money_and_ai_links_beside_layoffs_are_told_by_their_columns(client, cut, amazon):
    note = published_note([(amazon, "investor")], kind="capital_spending", dated_on=date(2024, 1, 1))
    address = freeze(client, "/layoffs-and-ai/")
    note.amount_low_millions = note.amount_millions = note.amount_high_millions = 40
    note.amount_usd_low_millions = note.amount_usd_millions = note.amount_usd_high_millions = 40
    note.currency, note.plan_or_actual = "USD", "actual"
    note.period_from, note.period_until = date(2024, 1, 1), date(2024, 1, 31)
    note.save()
    correct(note, "It states an amount.")
    cut.ai_link = "alongside"
    cut.save()
    correct(cut, "It invests at the same time.")
    words = told(read(client.get(address)))["Amazon"]
    assert "the best figuresbefore: not stated now: 40" in words
    assert "Cuts of which the link to AI is: invests in AI meanwhilebefore: 0 now: 1" in words


def test_our_own_sums_beside_a_published_total_are_told_though_its_edition_is_the_same(client, cut, amazon):
    published_total()
    address = freeze(client, "/totals/")
    published(amazon, 70, announced_on="2024-01-20")
    page = read(client.get(address))
    assert "0 rows went, 1 changed, 0 came." in page.text
    words = told(page)["Jobs cut"]
    assert words.startswith("Our own cuts beside it changed")
    assert "All our cuts of its period. People knownbefore: 200 now: 270" in words
    assert any(then != now for then, now in then_and_now(page).values())


def test_of_a_corrected_total_both_its_own_changes_and_those_of_our_sums_are_told(client, cut, amazon):
    total = published_total(7500)
    address = freeze(client, "/totals/")
    total.people_low = total.people = total.people_high = 8000
    total.save()
    correct(total, "The publisher counted again.")
    published(amazon, 70, announced_on="2024-01-20")
    words = told(read(client.get(address)))["Jobs cut"]
    assert words.startswith("Changed")
    assert "7,500" in words
    assert "before: 200 now: 270" in words


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("/companies/", "Nothing: the same rows, and each says the same."),
        ("/layoffs-and-ai/", "Nothing: the same rows, and each says the same."),
        ("/totals/", "Nothing: the same rows, each in the same edition and beside the same sums of ours."),
    ],
)
def test_rows_without_editions_are_never_said_to_be_of_the_same_edition(client, cut, amazon, view, words):
    published_note([(amazon, "maker")], dated_on=date(2024, 1, 1))
    published_total()
    page = read(client.get(freeze(client, view)))
    assert words in page.text
    assert "None" not in page.text


def test_a_frozen_list_of_totals_states_the_latest_of_each_publisher_and_basis(client, cut):
    published_total(7500)
    published_total(8200, period_from=date(2023, 12, 1), period_until=date(2023, 12, 31))
    pairs = then_and_now(read(client.get(freeze(client, "/totals/"))))
    (words,) = {then for label, (then, _now) in pairs.items() if label.startswith("A tracker: ")}
    assert words == "7,500 (January 2024); ours: 200 (200–900)"


def test_why_a_company_changed_is_told_by_what_was_written_of_it_since(client, cut, amazon, twitch):
    published(amazon, 40, title="An older cut")
    address = freeze(client, "/companies/")
    cut.people_high = 700
    cut.save()
    correct(cut, "The memo says 700 at most.")
    published(twitch, 30, title="Twitch cuts jobs")
    published_note([(amazon, "maker"), (amazon, "investor")], title="Amazon builds a model")
    published(make_company("Acme"), 5, title="Another firm cuts jobs")
    words = told(read(client.get(address)))["Amazon"]
    model, part, memo = (words.index(t) for t in ("Amazon builds a model", "Twitch cuts jobs", "The memo says 700"))
    assert model < part < memo
    assert words.count("Amazon builds a model") == 1
    assert "An older cut" not in words
    assert "Another firm" not in words


def test_why_a_company_changed_links_to_the_records_and_tells_the_latest_alone(client, cut, amazon):
    address = freeze(client, "/layoffs-and-ai/?months_before=24")
    events = [make_event(amazon, n + 1, title=f"Cut {n}") for n in range(5)]
    for event in events:
        publish(event)
    published_note([(amazon, "maker")], title="Amazon builds a model")
    page = read(client.get(address))
    (row,) = page.one("table", css="log").one("tbody").all("tr")
    links = [(a.text, a["href"]) for a in row.all("td")[0].all("a")]
    assert [title for title, _href in links] == ["Amazon builds a model", "Cut 4", "Cut 3"]
    assert client.get(links[1][1]).status_code == 200


def test_a_company_of_which_nothing_was_written_since_is_told_so(client, cut, amazon):
    address = freeze(client, "/companies/")
    amazon.ticker = "AMZN"
    amazon.save()
    assert "nothing was written of its events and notes since" in told(read(client.get(address)))["Amazon"]


def test_a_list_of_companies_of_an_earlier_day_is_explained_by_what_came_after_that_day(client, on, amazon):
    on("2024-02-01")
    published(amazon, 100, title="Amazon cuts jobs")
    on("2024-03-01")
    published(amazon, 50, title="Amazon cuts more")
    address = freeze(client, "/companies/?as_of=2024-02-01")
    words = told(read(client.get(address)))["Amazon"]
    assert "1 March 2024" in words
    assert "Amazon cuts more" in words
    assert "Amazon cuts jobs" not in words


def test_companies_are_compared_by_as_many_queries_however_many_changed(
    client, cut, amazon, django_assert_max_num_queries
):
    address = freeze(client, "/companies/")
    publish([make_event(make_company(), 10) for _ in range(2)])
    with django_assert_max_num_queries(MOST_QUERIES_OF_COMPANIES):
        client.get(address)
    publish([make_event(make_company(), 10) for _ in range(30)])
    with django_assert_max_num_queries(MOST_QUERIES_OF_COMPANIES):
        client.get(address)


MOST_QUERIES_OF_COMPANIES = 22


def test_of_many_changes_the_first_are_told_and_all_are_counted(client, amazon):
    events = [make_event(amazon, 10, title=f"Cut {n}") for n in range(70)]
    publish(events)
    address = freeze(client)
    for event in events:
        withdraw(event, "It was another company.")
    page = read(client.get(address))
    assert len(told(page)) == 50
    assert "70 rows went, 0 changed, 0 came. The first 50 are told here; 20 more are counted." in page.text


def test_its_page_asks_as_often_for_many_rows_and_changes_as_for_few(client, amazon, django_assert_max_num_queries):
    few = [make_event(amazon, 10, title=f"Few {n}") for n in range(3)]
    publish(few)
    address = freeze(client)
    withdraw(few[0], "It was another company.")
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(address)
    many = [make_event(make_company(), 10, title=f"Many {n}") for n in range(60)]
    publish(many)
    address = freeze(client)
    for event in many:
        event.title = f"{event.title}!"
        event.save()
        correct(event, "A typing error.")
    publish([make_event(make_company(), 10) for _ in range(20)])
    with django_assert_max_num_queries(MOST_QUERIES):
        client.get(address)
    with django_assert_max_num_queries(3):
        content(client, address)


# Three of them read the rows again, for the cells that no edition says.
MOST_QUERIES = 17


def test_a_row_that_counts_otherwise_in_the_view_is_told_though_its_own_record_is_the_same(client, amazon):
    whole = published(amazon, 500, title="Amazon cuts 500")
    address = freeze(client)
    published(amazon, 200, part_of=whole, title="Amazon cuts 200 of them")
    page = read(client.get(address))
    steps = told(page)
    assert "in this view it counts, or is called or owned, otherwise" in steps["Amazon cuts 500"]
    assert "500" in steps["Amazon cuts 500"]
    assert "300" in steps["Amazon cuts 500"]
    assert "New in the view" in steps["Amazon cuts 200 of them"]


def test_a_company_that_is_called_otherwise_is_told_of_its_rows(client, amazon):
    published_note([(amazon, "maker")], title="Olympus")
    address = freeze(client, "/ai/")
    Company.objects.filter(pk=amazon.pk).update(name="Amazon & Co.")
    assert "Amazon & Co." in told(read(client.get(address)))["Olympus"]


def test_a_view_of_too_many_rows_for_cells_says_that_it_is_compared_by_edition(client, amazon, monkeypatch):
    monkeypatch.setattr("events.frozen.comparing.BY_CELL", 1)
    whole = published(amazon, 500)
    published(amazon, 200, part_of=whole)
    assert "So many are not compared cell by cell." in read(client.get(freeze(client))).text


def test_a_replayed_view_is_frozen_as_it_was_that_day_and_stands_beside_today(client, on, amazon):
    on("2024-02-01")
    event = published(amazon, 100, title="Amazon cuts jobs")
    on("2024-03-01")
    event.people_low = event.people = event.people_high = 150
    event.save()
    correct(event, "It was 150.")
    address = freeze(client, "/events/?as_of=2024-02-01")
    page = read(client.get(address))
    assert then_and_now(page)["Cuts: people known"] == ("100", "150")
    assert "As known on 1 February 2024." in page.text
    assert len(told(page)) == 1


def test_the_view_today_is_that_of_today_and_the_replay_has_a_link_of_its_own(client, on, amazon):
    on("2024-02-01")
    published(amazon, 100)
    on("2024-03-01")
    address = freeze(client, "/events/?company=amazon&as_of=2024-02-01")
    links = {a.text: a["href"] for a in read(client.get(address)).one("nav", css="frozen-links").all("a")}
    assert links["The view today"] == "/events/?company=amazon"
    assert links["As known at the end of 1 February 2024"] == "/events/?company=amazon&as_of=2024-02-01"


def test_a_view_of_now_is_replayed_for_the_day_on_which_it_was_frozen(client, on, amazon):
    on("2024-02-01")
    published(amazon, 100)
    address = freeze(client, "/events/")
    links = {a.text: a["href"] for a in read(client.get(address)).one("nav", css="frozen-links").all("a")}
    assert links["The view today"] == "/events/"
    assert links["As known at the end of 1 February 2024"] == "/events/?as_of=2024-02-01"


def test_a_row_that_is_new_is_told_with_the_edition_by_which_it_came(client, on, amazon):
    on("2024-02-01")
    moved = published(amazon, 10, title="Moved into the days", announced_on="2023-12-30")
    address = freeze(client, "/events/?announced_after=2024-01")
    on("2024-02-02")
    late = published(amazon, 70, title="Published first")
    on("2024-02-03")
    moved.announced_on = date(2024, 1, 2)
    moved.save()
    correct(moved, "The memo is of January.")
    on("2024-02-04")
    late.people_low = late.people = late.people_high = 71
    late.save()
    correct(late, "It was 71.")
    changes = told(read(client.get(address)))
    assert list(changes) == ["Moved into the days", "Published first"]
    assert "3 February 2024" in changes["Moved into the days"]
    assert "The memo is of January." in changes["Moved into the days"]
    assert "2 February 2024" in changes["Published first"]
    assert "It was 71." not in changes["Published first"]


def test_a_row_that_is_new_though_nothing_was_written_of_it_credits_no_edition(client, cut, amazon, twitch):
    firm = make_company("Firm")
    published(firm, 500, title="Firm cuts jobs", announced_on="2024-01-09")
    address = freeze(client, "/events/?company=amazon")
    Ownership.objects.create(company=firm, parent=amazon)
    ownership_changed([firm.pk])
    words = told(read(client.get(address)))["Firm cuts jobs"]
    assert words.startswith("New in the view, unchanged itself: who owned whom")
    assert "published" not in words.lower()


def test_the_figure_is_drawn_from_what_is_stored(client, cut):
    address = freeze(client)
    EventEdition.objects.filter(record_id=cut.pk).update(people_low=7, headline=7, people_high=7)
    page = read(client.get(address))
    assert then_and_now(page)["Cuts: people known"] == ("200 (200–900)", "7")
    (row,) = [row for row in page.one("figure").all("tr") if "data-label" in row]
    assert (row["data-low"], row["data-value"], row["data-high"]) == ("200", "200", "900")
    assert "as_of=" in row.one("a")["href"]


@pytest.mark.parametrize("chart", ["time", "cumulative", "company", "sector", "country", "size", "ai"])
def test_every_figure_is_kept_as_it_was_shown(client, starter_view, chart):
    view = f"/events/?chart={chart}"
    live = read_text(body(client.get(view))).one("figure")
    frozen = read(client.get(freeze(client, view))).one("figure")
    for part in ("h2", "table"):
        assert frozen.one(part).text == live.one(part).text
    assert frozen.one("p", css="finding").text == live.one("p", css="finding").text


@pytest.fixture
def starter_view(amazon, twitch):
    whole = published(amazon, ("at_least", 900), announced_on="2023-11-02")
    for n in range(14):
        firm = make_company(f"Firm {n}", country="US" if n % 2 else "", sector="retail" if n % 3 else "")
        published(firm, 10 * n or None, announced_on=f"20{10 + n}-0{n % 9 + 1}-10")
    published(twitch, 500, part_of=whole, announced_on="2024-01-09")
    published(amazon, None, announced_on="2024-Q1")
    published_note([(amazon, "maker")])
    assert Company.objects.count() > 10


# ── What is refused ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_hostile_title_says_is_text(client, amazon):
    published(amazon, 5, title="<script>alert(1)</script>")
    event = LayoffEvent.objects.get()
    address = freeze(client, "/events/?q=%3Cscript%3Ealert")
    withdraw(event, "</td><script>alert(2)</script>")
    assert "<script>alert" not in body(client.get(address))
    assert post(client, "/events/?q=<script>").status_code in (303, 400)
