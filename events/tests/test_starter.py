"""The starter data: what it must hold, that every figure is what its words say, and that a load can be repeated."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import yaml

from events.dates import read_date, today
from events.imports.starter import DATA_DIR, StarterError, load
from events.models import (
    AiNote,
    Citation,
    Company,
    EventEdition,
    Headcount,
    LayoffEvent,
    NoteEdition,
    Ownership,
    PublishedTotal,
    Source,
)
from events.publishing import check_record, correct
from events.tests.factories import make_source
from events.tests.views.starter import starter_data_for_a_while

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="class")
def loaded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), starter_data_for_a_while():
        yield


def entries(name: str) -> list[dict]:
    paths = sorted((DATA_DIR / name).glob("*.yaml")) or [DATA_DIR / f"{name}.yaml"]
    return [entry for path in paths for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)]


def sources() -> list[tuple[str, dict]]:
    found = []
    for name in ("sources", "note_sources"):
        found += yaml.load((DATA_DIR / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader).items()
    return found


def event(key: str) -> LayoffEvent:
    return LayoffEvent.objects.get(origin="starter data", origin_key=key)


def note(key: str) -> AiNote:
    return AiNote.objects.get(origin="starter data", origin_key=key)


def total(key: str) -> PublishedTotal:
    return PublishedTotal.objects.get(origin="starter data", origin_key=key)


def interval(record) -> tuple[int | None, int | None, int | None]:
    return record.people_low, record.people, record.people_high


def record_of_the_record() -> list[tuple]:
    """Every edition with what it says and the day of the desk's record behind it."""
    editions = [
        (e.record_id, e.number, e.known_from, e.known_until, e.document.body) for e in EventEdition.objects.all()
    ]
    editions += [
        (e.record_id, e.number, e.known_from, e.known_until, e.document.body) for e in NoteEdition.objects.all()
    ]
    return [
        *editions,
        *LayoffEvent.history.values_list("history_id"),
        *AiNote.history.values_list("history_id"),
        *Citation.objects.values_list("pk"),
    ]


@pytest.mark.usefixtures("loaded")
class TestWhatItHolds:
    def test_the_public_record_is_what_the_desk_says(self):
        assert check_record() == []

    def test_there_are_enough_events_and_notes(self):
        events = EventEdition.objects.known_on(None).filter(
            announced_from__gte="2022-01-01", announced_until__lte="2025-12-31"
        )
        assert events.count() >= 80
        assert {d.year for d in events.dates("announced_from", "year")} == {2022, 2023, 2024, 2025}
        assert NoteEdition.objects.known_on(None).count() >= 40

    def test_loading_it_again_changes_nothing(self):
        before = record_of_the_record()
        outcome = load()
        assert (outcome.new, outcome.changed, outcome.editions, outcome.edited_here) == (0, 0, 0, [])
        assert outcome.same == sum(len(entries(name)) for name in ("events", "notes", "totals", "headcounts"))
        assert record_of_the_record() == before

    def test_every_entry_is_public(self):
        for name, model in {
            "events": LayoffEvent,
            "notes": AiNote,
            "totals": PublishedTotal,
            "headcounts": Headcount,
        }.items():
            written = [entry["key"] for entry in entries(name)]
            assert len(written) == len(set(written)), name
            public = set(
                model.objects.filter(origin="starter data", state="published").values_list("origin_key", flat=True)
            )
            assert set(written) == public, name

    @pytest.mark.parametrize(
        ("name", "model"), [("events", LayoffEvent), ("totals", PublishedTotal), ("headcounts", Headcount)]
    )
    def test_every_figure_is_what_its_entry_expects_of_the_words(self, name, model):
        records, wrong = {r.origin_key: r for r in model.objects.all()}, {}
        for entry in entries(name):
            record = records[entry["key"]]
            expected = entry.get("expect") or {"low": "null", "best": "null", "high": "null", "qualifier": "none"}
            values = tuple(None if expected[k] in ("null", "") else int(expected[k]) for k in ("low", "best", "high"))
            if (interval(record), record.qualifier) != (values, expected["qualifier"]):
                wrong[entry["key"]] = (interval(record), record.qualifier)
        assert wrong == {}

    def test_no_event_has_a_figure_that_its_entry_does_not_state(self):
        stated = {entry["key"] for entry in entries("events") if entry.get("people")}
        held = set(LayoffEvent.objects.exclude(qualifier="none").values_list("origin_key", flat=True))
        assert held == stated

    def test_people_from_a_share_are_those_that_a_source_worked_out(self):
        # Rule 1: nobody here makes people of a share.
        for worked_out in LayoffEvent.objects.filter(people_basis="from_percent"):
            chosen = worked_out.citations.get(chosen=True)
            assert interval(chosen) == interval(worked_out), worked_out.origin_key
            assert f"{worked_out.people:,}" in chosen.quote

    def test_every_date_is_as_exact_as_its_entry(self):
        records = {r.origin_key: r for r in LayoffEvent.objects.all()}
        for entry in entries("events"):
            known = read_date(entry["announced_on"])
            record = records[entry["key"]]
            assert (record.announced_on, record.announced_on_precision) == (known.first, known.precision), entry["key"]

    def test_every_record_has_a_source_of_the_web_with_a_publisher(self):
        for model in (LayoffEvent, AiNote, PublishedTotal, Headcount):
            assert not model.objects.filter(citations__isnull=True).exists()
        for key, source in sources():
            parts = urlsplit(source["url"])
            assert parts.scheme in ("http", "https"), key
            assert "." in parts.netloc, key
            assert source["publisher"].strip(), key
            assert source["title"].strip(), key
        assert not Source.objects.filter(publisher="").exists()

    def test_quotes_are_short(self):
        # docs/starter-data.md: at most 30 words.
        assert [c.quote for c in Citation.objects.exclude(quote="") if len(c.quote.split()) > 30] == []

    def test_every_claim_about_ai_has_its_quote_and_speaker(self):
        claims = EventEdition.objects.known_on(None).filter(ai_link__in=["stated", "reported", "denied"])
        assert claims.count() >= 5
        assert not claims.filter(ai_link_quote="").exists()
        assert not claims.filter(ai_link_speaker="").exists()

    def test_each_event_was_recorded_on_a_fixed_day_not_before_it_was_announced(self):
        assert [e.origin_key for e in LayoffEvent.objects.all() if e.recorded_on < e.announced_on] == []
        assert not EventEdition.objects.filter(known_from__gte=date(2026, 1, 1)).exists()

    def test_ownership_is_what_it_was(self):
        spans = {
            (o.company.slug, o.parent.slug): (o.since, o.until)
            for o in Ownership.objects.select_related("company", "parent")
        }
        assert {
            ("google", "alphabet"),
            ("twitch", "amazon"),
            ("audible", "amazon"),
            ("youtube", "google"),
        } <= spans.keys()
        activision = [
            span
            for (company, parent), span in spans.items()
            if company.startswith("activision") and parent == "microsoft"
        ]
        assert activision == [(date(2023, 10, 13), None)]


@pytest.mark.usefixtures("loaded")
class TestTheFirstArticle:
    """Each row of the table at the end of model.md, from the reports behind it."""

    def test_more_than_7500_jobs_cut_so_far_in_january_2024(self):
        found = total("layoffsfyi-2024-01-so-far-2024-01-17")
        assert interval(found) == (7500, 7500, None)
        assert (found.scope, found.geography, found.counts) == ("technology", "worldwide", "events")
        assert found.period_from == date(2024, 1, 1)
        assert found.period_until < date(2024, 1, 31)
        assert "7,500" in " ".join(found.citations.values_list("quote", flat=True))

    def test_168032_tech_jobs_cut_in_2023(self):
        found = total("challenger-tech-2023")
        assert interval(found) == (168_032, 168_032, 168_032)
        assert (found.scope, found.geography, found.counts) == ("technology", "US employers", "plans")
        assert (found.period_from, found.period_until) == (date(2023, 1, 1), date(2023, 12, 31))
        assert "168,032" in " ".join(found.citations.values_list("quote", flat=True))

    def test_the_most_of_any_industry(self):
        # Of the totals of the same publisher, kind and year that name one industry, it is the largest.
        of_2023 = PublishedTotal.objects.filter(
            period_from="2023-01-01", period_until="2023-12-31", counts="plans", scope="technology"
        )
        assert [t.people for t in of_2023 if t.publisher.startswith("Challenger")] == [168_032]

    def test_about_a_thousand_at_alphabet_across_assistant_pixel_fitbit_and_advertising(self):
        hardware, advertising = event("google-2024-01-10"), event("google-2024-01-16")
        assert interval(hardware) == (950, 1000, 1100)
        assert interval(advertising) == (200, None, 900)
        assert {"Google Assistant", "Pixel", "Fitbit"} <= set(hardware.units.values_list("name", flat=True))
        assert any("dvertising" in name for name in advertising.units.values_list("name", flat=True))
        # Two cuts: neither is part of the other. Google stands under Alphabet.
        assert not hardware.relations.filter(kind="part_of").exists()
        assert not advertising.relations.filter(kind="part_of").exists()
        alphabet = Company.objects.get(slug="alphabet")
        editions = EventEdition.objects.known_on(None).filter(record_id__in=[hardware.pk, advertising.pk])
        assert editions.filter(company_index__company=alphabet).count() == 2

    def test_pichai_tells_staff_to_expect_more_cuts(self):
        signal = event("google-2024-01-17-memo")
        assert signal.stage == "signalled"
        assert signal.qualifier == "none"
        quotes = list(signal.citations.filter(speaker="company"))
        assert all("Sundar Pichai" in citation.speaker_name for citation in quotes)
        assert any("removing layers to simplify execution" in citation.quote for citation in quotes)
        assert EventEdition.objects.known_on(None).get(record_id=signal.pk).counts_as == "signal"
        # The post of 18 January and the link that it carries.
        post = signal.citations.get(speaker_name="IANS")
        assert post.source.tier == "post"
        assert post.source.published_on == date(2024, 1, 18)

    def test_several_hundred_at_amazon_500_at_twitch_100_at_audible(self):
        amazon, twitch, audible = event("amazon-2024-01-10"), event("twitch-2024-01-09"), event("audible-2024-01-11")
        assert (amazon.wording, interval(amazon)) == ("several hundred", (200, None, 900))
        assert (interval(twitch), twitch.share_percent) == ((500, 500, None), Decimal(35))
        assert (interval(audible), audible.share_percent) == ((100, 100, None), Decimal(5))
        # Three cuts, none part of another; the page says how the article sums up.
        for cut in (amazon, twitch, audible):
            assert not cut.relations.filter(kind="part_of").exists()
            assert "none is part of another" in cut.summary.replace("\n", " ")

    @pytest.mark.parametrize(("key", "company"), [("gemini-2023-12-06", "google"), ("olympus-2023-11", "amazon")])
    def test_gemini_and_olympus_are_models(self, key, company):
        found = note(key)
        assert found.kind == "model"
        assert [(c.company.slug, c.role) for c in found.companies.all()] == [(company, "maker")]

    def test_both_invest_while_they_cut(self):
        ties = {
            "google-2024-01-10": "gemini-2023-12-06",
            "google-2024-01-16": "gemini-2023-12-06",
            "amazon-2024-01-10": "olympus-2023-11",
        }
        for cut, key in ties.items():
            assert event(cut).ai_link == "alongside"
            assert key in event(cut).notes.values_list("origin_key", flat=True)

    @pytest.mark.parametrize(
        ("key", "kind", "words"),
        [
            ("outlook-cuts-2024", "outlook", "smaller and more targeted"),
            ("hiring-ai-roles-2024-01", "hiring", "AI roles"),
            ("pay-ai-roles-2024-01", "pay", "substantial salaries"),
            ("it-spending-2024-gartner-2024-01", "outlook", "spending is expected to rise"),
            ("returns-take-time-2024-01", "returns", "take time"),
        ],
    )
    def test_outlook_hiring_pay_spending_and_returns_are_notes_with_a_quote(self, key, kind, words):
        found = note(key)
        assert found.kind == kind
        assert words in found.title
        assert found.citations.exclude(quote="").exists()

    def test_returns_are_tied_to_microsoft_and_nvidia(self):
        assert {c.company.slug for c in note("returns-take-time-2024-01").companies.all()} == {"microsoft", "nvidia"}

    def test_what_concerns_the_whole_sector_names_no_company(self):
        for key in (
            "outlook-cuts-2024",
            "hiring-ai-roles-2024-01",
            "pay-ai-roles-2024-01",
            "it-spending-2024-gartner-2024-01",
        ):
            assert not note(key).companies.exists()

    def test_amazons_18000_of_january_2023_include_the_10000_of_november(self):
        whole = LayoffEvent.objects.get(company__slug="amazon", people=18_000)
        part = LayoffEvent.objects.get(company__slug="amazon", people=10_000)
        editions = EventEdition.objects.known_on(None)
        assert editions.get(record_id=part.pk).part_of == whole.pk


# ── Loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


COMPANIES = """
- {slug: acme, name: Acme, aliases: [Acme Inc.], sector: retail, country: US, place: Springfield}
- {slug: anvil, name: Anvil, sector: media, country: US, owners: [{parent: acme, since: 2020-01-01, until: null}]}
"""
SOURCES = """
wire:
  url: https://wire.example/1
  title: Acme cuts
  publisher: The Wire
  published_on: 2024-01-11
  kind: article
  tier: reporting
"""
EVENTS = """
- key: acme-2024
  company: acme
  title: Acme cuts several hundred jobs
  announced_on: "2024-01-10"
  recorded_on: "2024-01-11"
  people: several hundred
  stage: announced
  ai_link: alongside
  notes: [model]
  units: [{name: Rockets}]
  citations: [{source: wire, quote: several hundred go, speaker: press, people: several hundred, chosen: true}]
- key: anvil-2024
  company: anvil
  title: Anvil cuts 100 jobs
  announced_on: "2024-01"
  recorded_on: "2024-02-01"
  people: 100
  part_of: acme-2024
  citations: [{source: wire}]
"""
NOTES = """
- key: model
  kind: model
  title: Acme shows a model
  dated_on: "2023-12-06"
  recorded_on: "2023-12-06"
  companies: [{company: acme, role: maker}]
  citations: [{source: wire}]
"""


@pytest.fixture
def folder(tmp_path):
    """A small record in the files' form, which a test can change."""
    for name, text in {
        "companies": COMPANIES,
        "sources": SOURCES,
        "events": EVENTS,
        "notes": NOTES,
        "totals": "",
        "headcounts": "",
    }.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def change(folder, name: str, before: str, after: str) -> None:
    path = folder / f"{name}.yaml"
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))


def test_a_first_load_publishes_every_entry_from_the_day_it_was_recorded(folder):
    outcome = load(folder)
    assert (outcome.new, outcome.changed, outcome.same) == (3, 0, 0)
    acme = EventEdition.objects.known_on(None).get(title="Acme cuts several hundred jobs")
    assert (acme.people_low, acme.people, acme.people_high, acme.known_from) == (200, None, 900, date(2024, 1, 11))
    anvil = EventEdition.objects.known_on(None).get(title="Anvil cuts 100 jobs")
    assert (anvil.part_of, anvil.announced_on) == (acme.record_id, "2024-01")
    assert check_record() == []


def test_a_second_load_leaves_all_as_it_is(folder):
    load(folder)
    before = record_of_the_record()
    outcome = load(folder)
    assert (outcome.new, outcome.changed, outcome.same, outcome.editions) == (0, 0, 3, 0)
    assert record_of_the_record() == before


def test_a_changed_entry_is_corrected_and_the_record_says_so(folder):
    load(folder)
    change(folder, "events", "people: 100\n", "people: more than 120\n")
    outcome = load(folder)
    assert (outcome.new, outcome.changed, outcome.same) == (0, 1, 2)
    editions = EventEdition.objects.filter(title="Anvil cuts 100 jobs").order_by("number")
    assert [e.people for e in editions][-2:] == [100, 120]
    assert "people" in editions.last().changed_fields
    # What readers saw before stays what they saw: the correction is known from the day of the load on.
    assert (editions.last().change, editions.last().known_from) == ("corrected", today())
    assert check_record() == []


def test_a_changed_citation_is_corrected_too(folder):
    load(folder)
    change(folder, "events", "quote: several hundred go", "quote: several hundred will go")
    load(folder)
    edition = EventEdition.objects.known_on(None).get(title="Acme cuts several hundred jobs")
    assert [c["quote"] for c in edition.document.body["citations"]] == ["several hundred will go"]
    assert check_record() == []


def test_a_source_that_is_here_by_another_address_or_was_merged_is_not_made_again(folder):
    page = make_source("https://paper.example/cuts")
    make_source("http://www.wire.example/1#top", merged_into=page)
    load(folder)
    assert set(Citation.objects.values_list("source", flat=True)) == {page.pk}
    assert Source.objects.count() == 2


def test_a_new_entry_is_added_beside_the_others(folder):
    load(folder)
    with (folder / "events.yaml").open("a") as file:
        file.write(
            EVENTS.partition("- key: anvil")[0].replace("acme-2024", "acme-2025").replace("2024-01-1", "2025-01-1")
        )
    outcome = load(folder)
    assert (outcome.new, outcome.changed, outcome.same) == (1, 0, 3)
    assert EventEdition.objects.known_on(None).count() == 3


def test_a_record_that_somebody_edited_here_is_left_alone_and_named(folder):
    load(folder)
    mine = event("anvil-2024")
    mine.title = "Anvil cuts 100 jobs, says its chief"
    mine._change_reason = "The chief confirmed it."
    mine.save()
    correct(mine, "The chief confirmed it.")
    change(folder, "events", "people: 100\n", "people: 120\n")
    outcome = load(folder)
    assert (outcome.changed, outcome.edited_here) == (0, ["events anvil-2024"])
    mine.refresh_from_db()
    assert (mine.title, mine.people) == ("Anvil cuts 100 jobs, says its chief", 100)
    assert check_record() == []


def test_a_company_that_was_renamed_here_is_not_made_again(folder):
    load(folder)
    acme = Company.objects.get(slug="acme")
    acme.name = "Acme Group"
    acme.save()
    load(folder)
    assert set(Company.objects.values_list("name", flat=True)) == {"Acme Group", "Anvil"}


@pytest.mark.parametrize(
    ("name", "before", "after", "words"),
    [
        ("events", "people: several hundred\n", "people: quite a lot\n", "quite a lot"),
        ("events", "company: anvil", "company: nobody", "nobody"),
        ("events", "[{source: wire}]", "[{source: nowhere}]", "nowhere"),
        ("events", "part_of: acme-2024", "part_of: nothing", "nothing"),
        ("events", "notes: [model]", "notes: [nothing]", "nothing"),
        ("events", "key: anvil-2024", "key: acme-2024", "acme-2024"),
        ("events", '"2024-01"', '"2024-13"', "anvil-2024"),
        ("companies", "parent: acme", "parent: nobody", "nobody"),
    ],
)
def test_wrong_data_is_named_and_changes_nothing(folder, name, before, after, words):
    change(folder, name, before, after)
    with pytest.raises(StarterError, match=words):
        load(folder)
    assert not LayoffEvent.objects.exists()
    assert not Company.objects.exists()


def test_an_address_that_is_not_of_the_web_is_refused(folder):
    change(folder, "sources", "https://wire.example/1", "javascript:alert(1)")
    with pytest.raises(Exception, match=r"(?i)address|http|URL"):
        load(folder)
    assert not Source.objects.exists()
