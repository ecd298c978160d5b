"""What an import makes of a file, of the same file again, and of a changed one."""

from datetime import date
from decimal import Decimal

import pytest

from events.imports.engine import ImportStopped, import_file
from events.models import Citation, Company, DuplicatePair, EventEdition, ImportBatch, LayoffEvent, PublicRecord, Source
from events.publishing import check_record, withdraw
from events.tests.factories import make_company, make_event, make_source, published
from events.tests.imports.files import california, places, register, tech

pytestmark = pytest.mark.django_db


def everything():
    """All that an import could touch, to compare before and after."""
    models = (Company, LayoffEvent, Source, Citation, EventEdition)
    histories = (Company.history, LayoffEvent.history, Source.history, Citation.history)
    return [list(model.objects.order_by("pk").values()) for model in models] + [list(h.values()) for h in histories]


def counts(report):
    return report.new, report.same, report.changed, len(report.rejected)


# ── New rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_becomes_a_draft_with_its_citation(load):
    report = load(tech({"people": "120.0", "percentage_laid_off": "0.15"}))
    event, citation = LayoffEvent.objects.get(), Citation.objects.get()
    assert counts(report) == (1, 0, 0, 0)
    assert (event.state, event.stage, event.title) == ("draft", "announced", "Acme cuts 120 jobs")
    assert (event.people_low, event.people, event.people_high) == (120, 120, 120)
    assert (event.qualifier, event.people_basis, event.share_percent) == ("exact", "stated", Decimal(15))
    assert (event.announced_on, event.recorded_on) == (date(2024, 3, 14), date(2024, 3, 15))
    assert (event.sector, event.country, event.place, event.place_basis) == ("retail", "US", "Springfield", "seat")
    assert event.origin == "list.csv"
    assert (citation.event, citation.row_number, citation.company_as_written) == (event, 2, "Acme")
    assert (citation.people, citation.share_percent) == (120, Decimal(15))
    assert not EventEdition.objects.exists()


def test_without_people_a_share_makes_none(load):
    load(tech({"people": "", "percentage_laid_off": "0.5"}))
    event = LayoffEvent.objects.get()
    assert (event.people, event.qualifier, event.share_percent) == (None, "none", Decimal(50))


def test_a_row_that_does_not_say_when_it_was_recorded_is_recorded_today(load):
    from events.dates import today

    load(california({}))
    assert LayoffEvent.objects.get().recorded_on == today()


def test_what_is_made_is_in_the_history_with_the_files_name(load):
    load(tech({}))
    for model in (Company, LayoffEvent, Source, Citation):
        entry = model.history.get()
        assert (entry.history_type, entry.history_change_reason) == (
            "+",
            f"Imported from list.csv (import {ImportBatch.objects.get().pk})",
        )
        assert entry.id == model.objects.get().pk


def test_ids_after_an_import_go_on(load, amazon):
    load(tech({"company": "Acme"}, {"company": "Bolt"}))
    later = make_event(amazon)
    assert later.pk > max(LayoffEvent.objects.exclude(pk=later.pk).values_list("pk", flat=True))


def test_one_address_is_one_source(load):
    known = make_source("http://www.paper.example/a/?utm_source=x")
    report = load(
        tech(
            {"company": "Acme", "source": "https://paper.example/a"},
            {"company": "Bolt", "source": "https://paper.example/a#top"},
            {"company": "Coil", "source": "https://other.example/c"},
        )
    )
    assert report.sources_made == 1
    assert Citation.objects.filter(source=known).count() == 2
    made = Source.objects.get(url="https://other.example/c")
    assert (made.publisher, made.title, made.kind, made.tier) == (
        "other.example", "Report at other.example", "article", "reporting",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("url", "kind", "tier"),
    [
        ("https://www.linkedin.com/posts/x", "post", "post"),
        ("https://www.sec.gov/Archives/x.htm", "filing", "primary"),
        ("https://notlinkedin.com/x", "article", "reporting"),
    ],
)
def test_a_sources_kind_follows_its_host(load, url, kind, tier):
    load(tech({"source": url}))
    source = Source.objects.get()
    assert (source.kind, source.tier) == (kind, tier)


@pytest.mark.parametrize("said", ["Internal memo", "javascript:alert(1)", ""])
def test_a_row_whose_source_is_no_link_is_cited_to_the_file(load, said):
    load(tech({"company": "Acme", "source": said}, {"company": "Bolt", "source": said}))
    source = Source.objects.get()
    assert (source.kind, source.url, source.title, source.tier) == ("data_file", "", "list.csv", "reporting")
    assert len(source.file_sha256) == 64
    assert Citation.objects.filter(source=source).count() == 2


def test_a_notice_is_filed_and_counts_as_such(load):
    load(
        california(
            {"company": "Acme", "layoff_or_closure": "Layoff Temporary"},
            {"company": "Bolt", "layoff_or_closure": "Closure\r\nPermanent"},
            {"company": "Coil (CANCELLED)**"},
        ),
        publish=True,
    )
    found = EventEdition.objects.order_by("record_id").values_list("company__name", "stage", "counts_as", "closure")
    assert list(found) == [
        ("Acme", "filed", "temporary", "no"),
        ("Bolt", "filed", "filing", "yes"),
        ("Coil", "called_off", "called_off", "no"),
    ]


def test_the_register_cites_its_address_once_as_a_filing(load):
    load(register({"employer_name": "Acme"}, {"employer_name": "Bolt"}))
    source = Source.objects.get()
    assert (source.url, source.kind, source.tier) == ("https://state.example/notices", "filing", "primary")


def test_columns_that_name_contacts_are_never_stored(load, tmp_path):
    header, row = california({}).splitlines()
    out = tmp_path / "out.csv"
    text = f"{header},contact_name\n{row},Jane Roe\n{row.replace('120', 'abc')},Jane Roe\n"
    report = load(text, rejects=out)
    assert report.remarks == ["Columns not read: contact_name."]
    assert "Jane" not in str(everything())
    assert "Jane" not in out.read_text()


def test_one_apostrophe_is_taken_from_text(load):
    load(tech({"company": "'+One Ltd"}, {"company": "''s Company"}))
    assert set(Company.objects.values_list("name", flat=True)) == {"+One Ltd", "'s Company"}


# ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_case_blanks_suffixes_and_accents_make_no_second_company(load):
    report = load(
        tech(
            *({"company": name, "date": f"3/{day}/2024"} for day, name in enumerate(
                ["Café Acme", " CAFE ACME ", "Cafe Acme, Inc.", "café  acme ltd"], 1))
        )
    )  # fmt: skip
    assert Company.objects.get().name == "Café Acme"
    assert (report.companies_made, report.companies_matched) == (1, 0)
    assert list(Citation.objects.order_by("pk").values_list("company_as_written", flat=True))[1] == "CAFE ACME"


def test_an_industry_or_a_country_makes_no_second_company(load):
    load(
        tech(
            {"date": "3/1/2024", "industry": "", "country": "Germany", "location": "Berlin, Non-U.S."},
            {"date": "3/2/2024", "industry": "Media", "country": "France"},
        )
    )
    company = Company.objects.get()
    assert (company.sector, company.country, company.place) == ("media", "DE", "Berlin")
    assert list(LayoffEvent.objects.order_by("pk").values_list("sector", "country")) == [
        ("media", "DE"),
        ("media", "FR"),
    ]


def test_an_alias_and_a_merged_company_lead_to_the_company_of_today(load):
    meta = make_company("Meta", aliases=["Facebook"])
    make_company("Instagram Inc", merged_into=make_company("Insta", merged_into=meta))
    report = load(tech({"company": "facebook inc."}, {"company": "Instagram", "date": "5/1/2024"}))
    assert set(LayoffEvent.objects.values_list("company__name", flat=True)) == {"Meta"}
    assert (report.companies_made, report.companies_matched) == (0, 1)


def test_where_jobs_are_is_no_seat_of_a_new_company(load):
    load(california({}))
    company = Company.objects.get()
    assert (company.country, company.place) == ("", "")


def test_a_known_companys_sector_is_taken_where_the_file_names_none(load):
    make_company("Acme", sector="media", country="DE")
    load(california({}))
    event = LayoffEvent.objects.get()
    assert (event.sector, event.country) == ("media", "US")


def test_companies_made_get_addresses_of_their_own(load):
    make_company("Acme!")
    load(tech({"company": "Acme & Sons"}, {"company": "Acme Sons"}, {"company": "!!!"}))
    slugs = list(Company.objects.values_list("slug", flat=True))
    assert len(set(slugs)) == 4
    assert all(slugs)


# ── The same file again; a changed one ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("publish", [False, True])
def test_reading_a_file_twice_changes_nothing(load, publish):
    text = tech({}, {}, {"company": "Bolt", "people": ""}, {"company": "Bolt", "source": "memo"})
    load(text, publish=publish)
    before = everything(), PublicRecord.objects.get().version
    report = load(text, publish=publish)
    assert counts(report) == (0, 4, 0, 0)
    assert (everything(), PublicRecord.objects.get().version) == before


def test_exact_repeats_are_rows_of_their_own_and_named(load):
    report = load(california({}, {}, {}))
    assert counts(report) == (3, 0, 0, 0)
    assert any(warned.rows == [3, 4] for kind, warned in report.warnings.items() if "repeats" in kind)
    assert counts(load(california({}, {}, {}, {}))) == (1, 3, 0, 0)


def test_rows_in_another_order_are_the_same(load):
    rows = [{"people": "10"}, {"people": "20"}, {"people": "30", "source": "memo"}, {"company": "Bolt"}]
    load(tech(*rows))
    assert counts(load(tech(*reversed(rows)))) == (0, 4, 0, 0)


def test_a_changed_count_changes_the_event(load):
    load(tech({"people": "120"}))
    report = load(tech({"people": "130"}))
    event, citation = LayoffEvent.objects.get(), Citation.objects.get()
    assert counts(report) == (0, 0, 1, 0)
    assert (event.people, citation.people, event.title) == (130, 130, "Acme cuts 130 jobs")
    assert list(event.history.values_list("people", flat=True)) == [130, 120]
    assert (
        event.history.first().history_change_reason
        == f"Imported from list.csv (import {ImportBatch.objects.latest('pk').pk})"
    )
    assert counts(load(tech({"people": "130"}))) == (0, 1, 0, 0)


def test_a_second_list_with_the_company_spelled_otherwise_is_an_update_not_a_second_cut(load):
    load(california({"company": "Acme", "people": "120"}), name="fiscal.csv", publish=True)
    report = load(california({"company": "Acme Inc.", "people": "122"}), name="calendar.csv", publish=True)
    assert counts(report) == (0, 0, 1, 0)
    assert LayoffEvent.objects.get().people == 122


def test_the_day_an_event_was_recorded_stays_when_its_row_changes(load):
    load(tech({"people": "120", "date_added": "3/15/2024"}))
    assert load(tech({"people": "130", "date_added": "4/1/2024"})).changed == 1
    event = LayoffEvent.objects.get()
    assert (event.people, event.recorded_on) == (130, date(2024, 3, 15))


def test_a_changed_row_corrects_the_published_event_and_says_where_from(load):
    load(tech({"people": "120"}), publish=True)
    report = load(tech({"people": "130"}), name="newer.csv")
    first, second = EventEdition.objects.order_by("number")
    assert report.corrected == 1
    assert (second.change, second.reason, second.people) == ("corrected", "Changed in newer.csv.", 130)
    assert "people" in second.changed_fields
    assert check_record() == []


def test_a_changed_source_alone_is_the_same_event(load):
    load(tech({"people": "120", "source": "memo"}))
    report = load(tech({"people": "120", "source": "https://paper.example/found"}))
    assert counts(report) == (0, 0, 1, 0)
    assert Citation.objects.get().source.url == "https://paper.example/found"


def test_a_changed_effective_day_of_a_notice_is_the_same_event(load):
    load(california({"effective_date": "05/14/2024"}))
    report = load(california({"effective_date": "06/14/2024"}))
    assert counts(report) == (0, 0, 1, 0)
    assert LayoffEvent.objects.get().effective_on == date(2024, 6, 14)


def test_a_notice_cancelled_later_is_called_off(load):
    load(california({"company": "Acme"}), publish=True)
    load(california({"company": "**Acme (Cancelled)"}))
    assert EventEdition.objects.known_on(None).get().counts_as == "called_off"


def test_what_an_editor_changed_since_is_never_overwritten(load):
    load(tech({"people": "120"}))
    event = LayoffEvent.objects.get()
    event.people_low = event.people = event.people_high = 150
    event.save()
    assert counts(load(tech({"people": "120"}))) == (0, 1, 0, 0)
    with pytest.raises(
        ImportStopped, match="Row 2, edited here since: event .* people is ‘150’ here, the file said ‘120’"
    ):
        load(tech({"people": "130"}))
    event.refresh_from_db()
    assert event.people == 150


def test_an_edit_before_publication_by_the_import_is_not_forgotten(load):
    load(tech({"people": "120"}))
    event = LayoffEvent.objects.get()
    event.place = "Shelbyville"
    event.save()
    assert load(tech({"people": "120"}), publish=True).published == 1
    with pytest.raises(ImportStopped, match="place is ‘Shelbyville’ here"):
        load(tech({"people": "130"}))


def test_a_change_that_the_editor_made_already_is_taken(load):
    load(tech({"people": "120"}))
    event = LayoffEvent.objects.get()
    event.people_low = event.people = event.people_high = 130
    event.title = "Acme cuts 130 jobs"
    event.save()
    assert counts(load(tech({"people": "130"}))) == (0, 0, 1, 0)


def test_a_withdrawn_event_is_not_changed(load, tmp_path):
    load(tech({"people": "120"}), publish=True)
    withdraw(LayoffEvent.objects.get(), "It never happened.")
    report = load(tech({"people": "130"}), rejects=tmp_path / "out.csv", publish=True)
    assert counts(report) == (0, 0, 0, 1)
    assert LayoffEvent.objects.get().state == "withdrawn"


def test_a_draft_that_an_editor_changed_against_its_row_is_not_published_with_the_others(load, tmp_path):
    load(tech({"people": "120"}, {"company": "Bolt"}))
    event = LayoffEvent.objects.get(company__name="Acme")
    event.people_low = event.people = event.people_high = 125
    event.save()
    report = load(tech({"people": "130"}, {"company": "Bolt"}), rejects=tmp_path / "out.csv", publish=True)
    assert (len(report.rejected), report.published) == (1, 1)
    event.refresh_from_db()
    assert (event.people, event.state) == (125, "draft")


def test_a_file_with_fewer_rows_than_events_changes_none_of_them_by_guess(load):
    load(california({"people": "10"}, {"people": "20"}))
    report = load(california({"people": "30"}), publish=True)
    assert counts(report) == (1, 0, 0, 0)
    assert report.in_review == 1
    assert not EventEdition.objects.exists()


# ── Publishing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_recorded_before_this_site_opened_are_known_from_that_day(load):
    load(tech({"date_added": "3/15/2024"}), publish=True)
    edition = EventEdition.objects.get()
    assert (edition.known_from, edition.reconstructed_from) == (date(2024, 3, 15), "list.csv")
    assert check_record() == []


def test_drafts_of_an_earlier_import_are_published_when_asked(load):
    load(tech({}))
    report = load(tech({}), publish=True)
    assert (report.same, report.published) == (1, 1)
    assert LayoffEvent.objects.get().state == "published"
    assert load(tech({}), publish=True).published == 0


def test_a_second_list_of_the_same_cuts_is_offered_not_counted_twice(load):
    load(tech({"people": "120"}), publish=True)
    report = load(
        places({"Company": "ACME", "Date_layoffs": "2024-03-12", "Laid_Off": "122"}, {"Company": "Bolt"}),
        name="second.csv",
        publish=True,
    )
    assert counts(report) == (2, 0, 0, 0)
    assert (report.in_review, report.published) == (1, 1)
    assert LayoffEvent.objects.get(origin="second.csv", company__name="Acme").state == "in_review"
    assert set(EventEdition.objects.values_list("company__name", "people")) == {("Acme", 120), ("Bolt", 120)}
    assert load(places({"Company": "ACME", "Date_layoffs": "2024-03-12", "Laid_Off": "122"}), publish=True).same == 1
    assert EventEdition.objects.count() == 2


def test_a_notice_that_stands_in_two_lists_slightly_different_waits_among_the_likely_duplicates(load):
    # cases.md, row 1
    row = {"date": "02/03/2020", "people": "120"}
    load(california(row), "fiscal.csv")
    load(california(row | {"company": "Acme Inc.", "people": "122", "address": "2 Main St"}, row), "calendar.csv")
    pair = DuplicatePair.objects.open().get()
    assert sorted((pair.low.people, pair.high.people)) == [120, 122]
    load(california(row), "once-more.csv", dry_run=True)
    assert DuplicatePair.objects.count() == 1


def test_an_event_of_the_desk_is_met_too_but_not_what_counts_as_something_else(load):
    acme = make_company("Acme")
    published(acme, 120, announced_on="2024-03")
    report = load(california({}), publish=True)
    assert (report.in_review, report.published) == (0, 1)
    assert load(tech({}), publish=True).in_review == 1


# ── Bad rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_bad_row_undoes_the_whole_import_and_says_which(load):
    with pytest.raises(ImportStopped) as stopped:
        load(tech({"company": "Acme"}, {"company": "Bolt", "people": "abc"}, {"company": "Coil"}))
    assert "1 of 3 rows" in str(stopped.value)
    assert "Row 3, total_laid_off: ‘abc’ is no number of people." in str(stopped.value)
    assert stopped.value.report.rejected[0].row.number == 3
    assert not any(everything())


def test_bad_rows_are_set_aside_by_choice(load, tmp_path):
    out = tmp_path / "out.csv"
    text = tech({"company": "Acme"}, {"company": "=Bolt", "people": "abc", "date": "31/02/2024"}, {"company": "Coil"})
    report = load(text, rejects=out, publish=True)
    assert counts(report) == (2, 0, 0, 1)
    assert report.rows == 3
    header, row = out.read_text().splitlines()
    assert header.startswith("company,")
    assert header.endswith(",rejected row,rejected because")
    assert row.startswith("'=Bolt,")
    assert ",3," in row
    assert "is no day" in row
    assert list(tmp_path.glob(".*")) == []


def test_a_row_of_another_length_is_a_bad_row(load, tmp_path):
    lines = tech({"company": "Acme"}, {"company": "Bolt"}, {"company": "Coil"}).splitlines()
    lines[2] = "Bolt,Springfield"
    with pytest.raises(ImportStopped, match="Row 3, it has 2 cells, the header has 11"):
        load("\n".join(lines))
    assert counts(load("\n".join(lines) + "\n", rejects=tmp_path / "out.csv")) == (2, 0, 0, 1)


@pytest.mark.parametrize(
    "row",
    [{"people": "-5"}, {"people": str(10**12)}, {"date": "31/02/2024"}, {"company": ""}, {"percentage_laid_off": "7"}],
)
def test_a_hostile_row_leaves_nothing_behind(load, row):
    with pytest.raises(ImportStopped, match="Row 2, "):
        load(tech(row), publish=True)
    assert not any(everything())


def test_the_rejects_file_of_a_mended_row_does_not_overwrite_its_neighbour(load, tmp_path):
    out = tmp_path / "out.csv"
    load(california({"people": "10"}, {"people": "abc"}), rejects=out)
    report = load(out.read_text().replace("abc", "20"), name="mended.csv")
    assert counts(report) == (1, 0, 0, 0)
    assert set(LayoffEvent.objects.values_list("people", flat=True)) == {10, 20}


def test_a_file_of_blanks_is_remarked_on(load):
    assert "No row of this file has a number of people" in load(tech({"people": ""})).remarks[0]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe" + tech({}).encode("utf-16-le")[:-1],
        tech({}).encode() + b'Bolt,"Spring',
        tech({}).replace("total_laid_off", "No. Of Employees*").encode(),
        tech({}).partition("\n")[2].encode(),
        tech({"company": "A\0"}).encode(),
        tech({"company": "Café"}).encode() + b"\xe9",
        tech({}, {"company": "Bolt"}).encode()[:-30],
        tech({}, {"company": "Bolt"}).encode()[:-3],
        california({}).encode()[:-4],
    ],
)
def test_a_broken_file_leaves_nothing_behind(load, content, tmp_path):
    with pytest.raises(ImportStopped):
        load(content, publish=True, rejects=tmp_path / "out.csv")
    assert not any(everything())
    assert not (tmp_path / "out.csv").exists()


def test_a_file_whose_last_line_has_no_end_is_read_with_a_warning(load):
    report = load(tech({}).rstrip("\n"))
    assert report.new == 1
    assert "last line has no end" in report.remarks[0]


# ── Trials, failures ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_reports_all_and_keeps_nothing(load):
    report = load(tech({}, {"company": "Bolt"}), publish=True, dry_run=True)
    assert (report.new, report.published, report.companies_made) == (2, 2, 2)
    assert "nothing was kept" in report.lines()[-1]
    assert not any(everything())
    assert PublicRecord.objects.get().version == 0


def test_rejects_that_cannot_be_written_undo_the_import(load, tmp_path):
    with pytest.raises(ImportStopped, match="cannot be written"):
        load(tech({}), rejects=tmp_path / "nowhere" / "out.csv")
    assert not any(everything())


def test_the_rejects_file_is_not_the_file_itself(put):
    path = put(tech({}))
    with pytest.raises(ImportStopped, match="over the file itself"):
        import_file(path, rejects=path)


def test_every_row_is_accounted_for(load, tmp_path):
    load(tech({"company": "Same"}, {"company": "Changed"}))
    report = load(
        tech({"company": "Same"}, {"company": "Changed", "people": "7"}, {"company": "New"}, {"people": "x"}),
        rejects=tmp_path / "out.csv",
    )
    assert report.rows == 4 == sum(counts(report))
    assert counts(report) == (1, 1, 1, 1)


def test_more_rows_than_writers_can_wait_for_are_not_published_in_one_import(tmp_path, monkeypatch):
    monkeypatch.setattr("events.imports.engine.MOST_PUBLISHED", 2)
    path = tmp_path / "list.csv"
    path.write_text(tech({"company": "Acme"}, {"company": "Bolt"}, {"company": "Coil"}))
    with pytest.raises(ImportStopped, match="3 rows; at most 2 are published in one import"):
        import_file(path, publish=True)
    assert not LayoffEvent.objects.exists()
    assert import_file(path).new == 3


@pytest.mark.parametrize("link", ["https://example.com:99999/a", "https://example.com/?" + "é" * 900])
def test_a_link_that_has_no_form_to_match_by_is_words(tmp_path, link):
    path = tmp_path / "list.csv"
    path.write_text(tech({"source": link}))
    assert import_file(path).new == 1
    assert not Source.objects.exclude(url="").exists()
