"""Each parameter: what it takes, what it leaves out, and its words. Random mixtures of them are in test_oracle.py."""

from datetime import date
from decimal import Decimal
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from events import dates, present
from events.answers.about import money_of
from events.models import Alias, Citation, EventWords, PublicRecord, Reason, Unit
from events.publishing import correct, publish
from events.query import CompanyQuery, EventQuery, NoteQuery
from events.selection import CompanySelection, EventSelection, NoteSelection, emptied_by
from events.tests.factories import make_company, make_event, make_note, make_source, published, published_note
from events.text import words

pytestmark = pytest.mark.django_db


def titles(string, kind=EventQuery, selection=EventSelection):
    """The titles that a query string finds, in their order."""
    query = kind(QueryDict(string))
    assert query.is_valid(), query.errors
    return [edition.title for edition in selection(query).ordered()]


def notes(string):
    return titles(string, NoteQuery, NoteSelection)


def companies(string):
    query = CompanyQuery(QueryDict(string))
    assert query.is_valid(), query.errors
    return [row.company.name for row in CompanySelection(query).rows]


def event(title, company=None, people=5, *, reasons=(), units=(), sources=(), **fields):
    """A public event with what hangs on it; `sources` are pairs of publisher and tier."""
    record = make_event(company or make_company(), people, title=title, cited=not sources, **fields)
    for kind in reasons:
        Reason.objects.create(event=record, kind=kind)
    for name in units:
        Unit.objects.create(event=record, name=name)
    for number, (publisher, tier) in enumerate(sources):
        Citation.objects.create(event=record, source=make_source(publisher=publisher, tier=tier), quote=f"Q{number}")
    publish(record)
    return record


@pytest.mark.parametrize(
    ("string", "found"),
    [
        ("permanence=temporary&counts_as=temporary", {"temporary"}),
        ("permanence=permanent&permanence=unknown", {"closing", "plain", "with jobs' end", "share"}),
        ("closure=yes", {"closing"}),
        ("closure=no&closure=yes", {"closing"}),
        ("reason=ai", {"closing"}),
        ("reason=ai&reason=costs", {"closing", "share"}),
        ("unit=pixel", {"plain"}),
        ("unit=IXEL+hard", {"plain"}),
        ("tier=primary", {"share"}),
        ("tier=primary&tier=post", {"share", "with jobs' end"}),
        ("source=The+Daily+News", {"share", "plain"}),
        ("source=the+daily+NEWS&source=Blog", {"share", "plain", "with jobs' end"}),
        ("share_min=10", {"share"}),
        ("share_max=12.5", {"share"}),
        ("share_max=12.4", set()),
        ("share_min=12.6", set()),
        ("effective_after=2024-03-01", {"with jobs' end"}),
        ("effective_before=2024-03-31", {"with jobs' end"}),
        ("effective_after=2024-03-02", set()),
        ("effective_before=2024-03-30", set()),
        ("recorded_after=2024-02-01&recorded_before=2024-02-01", {"share"}),
        ("recorded_after=2024-02-02", {"closing", "plain", "with jobs' end"}),
        ("recorded_before=2024-01-31", set()),
    ],
)
def test_a_filter_takes_what_it_says(string, found):
    event("closing", closure="yes", reasons=["ai", "closure"], permanence="permanent")
    event("plain", units=["Pixel hardware", "Advertising"], sources=[("The Daily News", "reporting")])
    event("temporary", permanence="temporary")
    event(
        "with jobs' end", effective_on=date(2024, 3, 1), effective_on_precision="month", sources=[("Blog", "post")]
    )  # fmt: skip
    event(
        "share", None, None, share_percent=Decimal("12.5"), reasons=["costs"], recorded_on=date(2024, 2, 1),
        sources=[("The Daily News", "primary"), ("the daily news", "reporting")], permanence="permanent",
    )  # fmt: skip
    assert set(titles(string)) == found


def test_events_without_the_day_on_which_jobs_end_are_left_out_and_counted():
    event("known", effective_on=date(2024, 3, 1))
    event("unknown")
    event("unknown too")
    selection = EventSelection(EventQuery.from_string("effective_after=2024"))
    assert selection.count == 1
    assert selection.without_effective == 2
    assert EventSelection(EventQuery.from_string("")).without_effective == 0


def test_an_event_of_two_reasons_that_are_both_asked_for_is_one_row(amazon):
    event("both", amazon, 100, reasons=["ai", "costs"])
    selection = EventSelection(EventQuery.from_string("reason=ai&reason=costs"))
    assert (selection.count, selection.main.headline) == (1, 100)


def test_a_publisher_that_no_source_has_is_an_error_and_one_value_is_written_in_one_way():
    event("one", sources=[("The Daily News", "reporting")])
    assert EventQuery(QueryDict("source=Nobody")).errors[0][:2] == (
        "source",
        "No source here is published by ‘Nobody’.",
    )
    assert EventQuery.from_string("source=THE+daily+news").canonical() == "source=The+Daily+News"


def test_what_changed_since_a_day_is_what_is_new_or_was_corrected(amazon):
    PublicRecord.objects.update(opened_on=date(2024, 1, 1))
    with mock.patch.object(dates, "today", return_value=date(2024, 1, 10)) as today:
        old = event("old", amazon)
        event("untouched", amazon)
        today.return_value = date(2024, 1, 20)
        event("new", amazon)
        old.people_low = old.people = old.people_high = 7
        old.save()
        correct(old, "Recounted.")
        today.return_value = date(2024, 2, 1)
        assert set(titles("changed_after=2024-01-20")) == {"old", "new"}
        assert titles("changed_after=2024-01-21") == []
        assert set(titles("changed_after=2024-01-10&as_of=2024-01-15")) == {"old", "untouched"}
        assert titles("order=-changed")[:2] == ["new", "old"]


# ── Notes beside an event ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("dated_on", "precision", "beside"),
    [
        ("2023-01-10", "day", True),
        ("2023-01-09", "day", False),
        ("2024-07-10", "day", True),
        ("2024-07-11", "day", False),
        ("2023-06-01", "month", True),
        # Some of January 2023 lies more than twelve months before.
        ("2023-01-01", "month", False),
        ("2023-01-01", "year", False),
    ],
)
def test_a_note_stands_beside_a_cut_from_a_year_before_to_half_a_year_after(amazon, dated_on, precision, beside):
    event("a cut", amazon, announced_on="2024-01-10")
    published_note([(amazon, "maker")], dated_on=date.fromisoformat(dated_on), dated_on_precision=precision)
    assert titles("ai_notes=yes") == (["a cut"] if beside else [])
    assert titles("ai_notes=no") == ([] if beside else ["a cut"])


def test_a_note_of_an_owner_of_that_day_counts_and_one_of_what_the_company_owns_does_not(alphabet, google, amazon):
    event("Google cuts", google)
    event("Alphabet cuts", alphabet)
    event("Amazon cuts", amazon)
    published_note([(google, "maker")])
    assert titles("ai_notes=yes") == ["Google cuts"]
    published_note([(alphabet, "investor")])
    assert set(titles("ai_notes=yes")) == {"Google cuts", "Alphabet cuts"}


def test_a_note_that_was_not_known_on_the_day_stands_beside_nothing_that_day(amazon):
    PublicRecord.objects.update(opened_on=date(2024, 1, 1))
    with mock.patch.object(dates, "today", return_value=date(2024, 1, 10)) as today:
        event("a cut", amazon, announced_on="2024-01-10")
        today.return_value = date(2024, 1, 20)
        published_note([(amazon, "maker")])
        make_note([(amazon, "maker")])
        assert titles("ai_notes=yes") == ["a cut"]
        assert titles("ai_notes=yes&as_of=2024-01-19") == []


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    ["meta", "Facebook", "face", "FACEBOOK Inc.", "META", "reality labs", "labs real", "zuckerberg", "oculus", "cafe",
     "Café", "metaverse dream", "horizon", "Horiz", "ticker123"],
)  # fmt: skip
def test_words_are_found_in_names_aliases_titles_units_quotes_and_the_summary(text):
    meta = make_company("Meta", aliases=["Facebook, Inc.", "Café Oculus"], ticker="TICKER123")
    record = make_event(meta, 5, title="Reality Labs shrinks", summary="The metaverse dream ends")
    Unit.objects.create(event=record, name="Horizon Worlds")
    Citation.objects.create(event=record, source=make_source(), quote="said Mark Zuckerberg")
    publish(record)
    event("Something else")
    data = QueryDict(mutable=True)
    data["q"] = text
    assert titles(data.urlencode()) == ["Reality Labs shrinks"]


def test_the_words_are_those_of_the_edition_of_the_day_and_names_those_of_today(amazon):
    PublicRecord.objects.update(opened_on=date(2024, 1, 1))
    with mock.patch.object(dates, "today", return_value=date(2024, 1, 10)) as today:
        record = event("Studios shrink", amazon)
        today.return_value = date(2024, 1, 20)
        record.title = "Warehouses shrink"
        record.save()
        correct(record, "It was the warehouses.")
        Alias.objects.create(company=amazon, name="Lab126")
        amazon.save()
        assert titles("q=studios") == []
        assert titles("q=studios&as_of=2024-01-19") == ["Studios shrink"]
        assert titles("q=warehouses&as_of=2024-01-19") == []
        assert titles("q=lab126&as_of=2024-01-19") == ["Studios shrink"]


def test_the_best_fit_comes_first_a_name_before_a_title_before_the_rest():
    event("Something ends", make_company("Cloudy"), announced_on="2020-01-01")
    event("The cloud ends", make_company("Acme"), announced_on="2021-01-01")
    event("It ends", make_company("Bolt"), announced_on="2022-01-01", summary="and with it the cloud")
    event("It goes on", make_company("Bolt & Sons"), announced_on="2023-01-01", summary="the cloud stays")
    found = ["Something ends", "The cloud ends", "It goes on", "It ends"]
    assert titles("q=cloud&order=relevance") == found
    assert titles("q=cloud") == found[2:] + [found[1], found[0]]


def test_pages_ordered_by_fit_go_forwards_and_backwards():
    publish([make_event(make_company(), 5, title=f"Cloud {n}" if n % 3 else "It", summary="cloud") for n in range(23)])
    query = EventQuery.from_string("q=cloud&order=relevance")
    every = [e.record_id for e in EventSelection(query).ordered()]
    seen, strings = [], [query.canonical()]
    while strings:
        page = EventSelection(EventQuery.from_string(strings.pop())).page(5)
        seen += [row.record_id for row in page.rows]
        strings += [page.older] if page.older else []
    assert seen == every
    assert len(set(every)) == 23
    back = EventSelection(EventQuery.from_string(page.newer)).page(5)
    assert [row.record_id for row in back.rows] == every[-8:-3]


def test_only_words_can_be_ordered_by_fit_and_only_so_many_are_searched():
    assert EventQuery(QueryDict("order=relevance")).errors[0][0] == "order"
    assert EventQuery(QueryDict("q=" + "+".join("abcdefghijk"))).errors[0][:2] == (
        "q",
        "Search for at most 10 words.",
    )
    assert EventQuery.from_string("q=" + "+".join(["same"] * 11)).canonical() == "q=same"


def test_signs_alone_find_nothing_rather_than_everything():
    event("something")
    assert titles("q=%22") == titles("q=...") == notes("q=%22") == companies("q=%22") == []


# ── Notes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("string", "found"),
    [
        ("role=maker", {"model", "deal"}),
        ("role=target", {"deal"}),
        ("company=google&role=maker", {"model"}),
        ("company=alphabet&role=maker", {"model"}),
        ("company=amazon&role=investor", set()),
        ("amount_min=100", {"deal", "plan"}),
        ("amount_max=100", {"deal"}),
        ("amount_min=100.001", {"plan"}),
        ("period_after=2024&period_before=2024", {"plan"}),
        ("period_after=2024-02", set()),
        ("period_before=2024-11", set()),
        ("q=gemini", {"model"}),
        ("q=alpha", set()),
        ("q=google", {"model"}),
        ("tier=primary", {"plan"}),
        ("source=IR+page", {"plan"}),
        ("recorded_before=2023", {"model"}),
        ("dated_after=2024", {"deal", "plan"}),
    ],
)
def test_a_filter_of_notes_takes_what_it_says(alphabet, google, amazon, string, found):
    published_note([(google, "maker")], title="model", summary="Gemini", recorded_on=date(2023, 12, 7))
    published_note(
        [(amazon, "maker"), (make_company("Anthropic"), "target")],
        title="deal", kind="acquisition", dated_on=date(2024, 3, 1), amount_usd_high_millions=100,
    )  # fmt: skip
    plan = make_note(
        title="plan", kind="capital_spending", dated_on=date(2024, 4, 1), cited=False, amount_usd_low_millions=60_000,
        amount_usd_high_millions=65_000, plan_or_actual="plan", period_from=date(2024, 1, 1),
        period_until=date(2024, 12, 31),
    )  # fmt: skip
    Citation.objects.create(note=plan, source=make_source(publisher="IR page", tier="primary"))
    publish(plan)
    assert set(notes(string)) == found


# ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_companies_by_people_notes_and_words(alphabet, google, amazon):
    published(google, 1000)
    published(amazon, 30)
    published_note([(google, "maker")])
    assert companies("people_min=31") == ["Alphabet", "Google"]
    assert companies("people_max=30") == ["Amazon"]
    assert companies("ai_notes=no") == ["Amazon"]
    assert companies("ai_notes=yes&order=name") == ["Alphabet", "Google"]
    assert companies("q=ama") == ["Amazon"]


@pytest.mark.parametrize("order", ["-people", "people", "name", "-name", "-cuts", "cuts", "-notes", "notes"])
def test_pages_of_companies_go_by_key_there_and_back(order):
    publish([make_event(make_company(f"Firm {n:02}"), n % 4 or None) for n in range(17)])
    query = CompanyQuery.from_string(f"order={order}")
    every = [row.company.pk for row in CompanySelection(query).rows]
    seen, string = [], query.canonical()
    while string or not seen:
        page = CompanySelection(CompanyQuery.from_string(string)).page(5)
        seen.append([row.company.pk for row in page.rows])
        last, string = string, page.older
    assert [pk for page_ in seen for pk in page_] == every
    back, string = [], CompanySelection(CompanyQuery.from_string(last)).page(5).newer
    while string:
        page = CompanySelection(CompanyQuery.from_string(string)).page(5)
        back.append([row.company.pk for row in page.rows])
        string = page.newer
    assert back == seen[-2::-1]


def test_a_company_that_is_added_while_somebody_reads_shifts_no_page():
    publish([make_event(make_company(f"Firm {n:02}"), 5) for n in range(10)])
    older = CompanySelection(CompanyQuery.from_string("order=name")).page(5).older
    publish(make_event(make_company("Aardvark"), 5))
    page = CompanySelection(CompanyQuery.from_string(older)).page(5)
    assert [row.company.name for row in page.rows] == [f"Firm {n:02}" for n in range(5, 10)]


# ── Names of files, and what empties a result ────────────────────────────────────────────────────────────────────────


def test_two_filters_never_share_a_files_name(amazon):
    published(amazon, 5, country="US", place="Straße")
    many = "&".join(
        f"country={code}" for code in ("DE", "FR", "GB", "IN", "US", "CA", "BR", "IT", "ES", "NL", "PL", "SE")
    )
    strings = ["", "q=a", "q=a+b", "q=café", "place=straße", "place=stra+e", f"{many}", f"{many}&country=NO",
               "order=people", "q=日本", "q=中国"]  # fmt: skip
    names = [EventQuery.from_string(string).file_name() for string in strings]
    assert len(set(names)) == len(names), names
    assert names[0] == "layoffwatch-events-cuts-and-signals"
    assert names[1] == "layoffwatch-events-words-a"
    assert all(len(name) <= 110 and name.isascii() for name in names)


def test_an_empty_result_names_the_new_filters_too():
    event("one", share_percent=Decimal(10))
    selection = EventSelection(EventQuery.from_string("share_min=50&permanence=temporary"))
    assert emptied_by(selection) == []
    selection = EventSelection(EventQuery.from_string("share_min=50"))
    assert emptied_by(selection) == [("percent from 50", "", 1)]


# ── What a review found ──────────────────────────────────────────────────────────────────────────────────────────────


def test_every_letter_can_be_searched():
    """Both databases and we must mean the same by a letter: else a search is an error of the server."""
    event("Something")
    letters = [chr(point) for point in range(0x110000) if chr(point).isalnum()]
    for start in range(0, len(letters), 4000):
        for word in words(" ".join(f"a{letter}b" for letter in letters[start : start + 4000]))[::10]:
            assert not EventWords.objects.filter(words__has_word=word).exists()
    for letter in "\u19b0\u19c0\u19c9\u1cf2":
        assert titles(urlencode({"q": f"a{letter}b"})) == []
        assert words(f"a{letter}b") == ["a", "b"]


def test_the_name_of_a_draft_hides_no_alias_of_a_public_company():
    inflection = make_company("Inflection AI", aliases=["Inflection"])
    published(inflection, 5)
    make_company("Inflection")
    assert EventQuery.from_string("company=Inflection").get("company") == [inflection]


def test_to_take_the_words_away_takes_the_order_by_them_away(amazon):
    published(amazon, 5, sector="retail")
    query = EventQuery.from_string("q=nothing&order=relevance&sector=retail")
    for chip in query.chips:
        EventQuery.from_string(chip.without)
    assert [string for _words, string, _n in emptied_by(EventSelection(query))] == ["sector=retail"]
    wrong = EventQuery(QueryDict("q=" + "+".join("abcdefghijk") + "&order=relevance"))
    assert all(EventQuery(QueryDict(without)).is_valid() for _name, _message, without in wrong.errors)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("people_min=5&without_figure=exclude", "people_min=5"),
        ("q=google+amazon", "q=amazon+google"),
        ("q=goo+google", "q=google"),
        ("share_min=-0", "share_min=0"),
        ("share_min=5.00", "share_min=5"),
    ],
)
def test_what_means_the_same_is_written_the_same(one, other):
    assert EventQuery.from_string(one).canonical() == EventQuery.from_string(other).canonical()


def test_text_that_grows_when_it_is_folded_is_too_long_at_once():
    query = EventQuery(QueryDict(urlencode({"place": "\ufdfa" * 30})))
    assert [name for name, *_rest in query.errors] == ["place"]


def test_a_company_whose_people_nobody_knows_is_in_no_bounds_and_last():
    for name, people in (("Known", 10), ("None stated", None), ("Zero", 0)):
        published(make_company(name), people)
    published_note([(make_company("Never cut"), "maker")])
    assert companies("people_max=10&order=name") == ["Known", "Zero"]
    assert companies("people_min=0&order=name") == ["Known", "Zero"]
    assert companies("order=-people") == ["Known", "Zero", "None stated", "Never cut"]


def test_bars_count_signals_where_only_these_are_asked_for(amazon):
    event("a hint", amazon, None, stage="signalled", announced_on="2024-01-10")
    series = EventSelection(EventQuery.from_string("counts_as=signal")).series_by("month")
    assert (series.counts_as, [(bar.key, bar.events) for bar in series.bars]) == ("signal", [("2024-01", 1)])


def test_money_of_which_only_an_upper_bound_is_known_is_not_0(amazon):
    year = {"period_from": date(2024, 1, 1), "period_until": date(2024, 12, 31), "plan_or_actual": "plan"}
    published_note([(amazon, "investor")], kind="capital_spending", amount_usd_high_millions=2000, **year)
    (money,) = NoteSelection(NoteQuery.from_string("")).money.values()
    assert (money.is_known, money.high, money.high_alone) == (False, 2000, 1)
    assert present.money_known(money) == "up to $2 bn"
    assert money_of(money)["usd_millions"] == {"low": None, "known": None, "high": 2000, "high_open": False}
