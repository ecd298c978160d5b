"""`check_links`: which sources are looked at, what is kept of it, and what readers and editors are told."""

import re
import time
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import publishing
from events.management.commands import check_links
from events.models import Citation, EventEdition, LinkCheck, ReaderCount, Source, SourceLink
from events.tests.factories import make_event, make_source, published
from events.tests.views.reading import read

pytestmark = pytest.mark.django_db
DAY = datetime(2024, 3, 1, 12, tzinfo=UTC)


def look(checker, sources=None, ends=None):
    sources = Source.objects.all() if sources is None else sources
    return check_links.look_at(sources, checker, ends or time.monotonic() + 60)


def noted(source, *said):
    """What looks at `source` found: pairs of days after the first of March and status."""
    for days, status in said:
        LinkCheck.note(source, DAY + timedelta(days=days), status=status, final_url="")
    publishing.link_checked(source)
    return SourceLink.objects.get(pk=source.pk).dead_since


# ── What is kept ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_run_notes_what_each_address_answers(checker, site):
    site.answers["/gone"] = (410, {}, b"")
    ok, gone = make_source(f"{site.url}/ok"), make_source(f"{site.url}/gone")
    make_source(kind="data_file", url="")
    assert look(checker, check_links.due(timedelta(days=7), 10)) == {"ok": 1, "gone": 1}
    assert (ok.link_checks.get().status, ok.link_checks.get().http_status) == ("ok", 200)
    assert SourceLink.objects.get(pk=gone.pk).dead_since == timezone.now().date()
    assert SourceLink.objects.get(pk=ok.pk).dead_since is None


def test_the_same_answer_again_is_one_row_and_another_is_the_next(checker, site):
    source = make_source(f"{site.url}/a")
    for _n in range(3):
        look(checker)
    site.answers["/a"] = (404, {}, b"")
    look(checker)
    rows = LinkCheck.objects.filter(source=source).order_by("id").values_list("status", "times", "http_status")
    assert list(rows) == [("ok", 3, 200), ("missing", 1, 404)]


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ([(0, "ok")], None),
        ([(0, "moved")], None),
        ([(0, "missing")], date(2024, 3, 1)),
        ([(0, "ok"), (5, "gone")], date(2024, 3, 6)),
        # Three failures, and over a week.
        ([(0, "failing"), (3, "failing")], None),
        ([(0, "failing"), (1, "failing"), (2, "failing"), (6, "failing")], None),
        ([(0, "failing"), (7, "failing")], None),
        ([(0, "failing"), (3, "failing"), (7, "failing")], date(2024, 3, 1)),
        ([(0, "failing"), (3, "ok"), (4, "failing"), (8, "failing")], None),
        ([(0, "failing"), (3, "failing"), (4, "missing")], date(2024, 3, 1)),
        ([(0, "missing"), (3, "gone")], date(2024, 3, 1)),
        ([(0, "missing"), (3, "ok")], None),
        ([(0, "missing"), (3, "robots")], None),
        ([(0, "denied"), (30, "denied")], None),
    ],
)
def test_dead_is_what_is_not_found_or_fails_three_times_over_a_week(said, since):
    assert noted(make_source(), *said) == since


def test_an_address_that_an_editor_puts_right_is_not_dead(desk_of_editor):
    source = make_source()
    assert noted(source, (0, "missing")) is not None
    desk_of_editor.save(f"/admin/events/source/{source.pk}/change/", url="https://paper.example/moved-here")
    assert SourceLink.objects.get(pk=source.pk).dead_since is None
    source.refresh_from_db()
    # And it is looked at at once.
    assert check_links.due(timedelta(days=7), 10) == [source]


def test_what_was_changed_or_deleted_meanwhile_is_not_written_over(checker, site):
    changed, deleted = make_source(f"{site.url}/a"), make_source(f"{site.url}/b")
    sources = list(Source.objects.all())
    Source.objects.filter(pk=changed.pk).update(url="https://paper.example/")
    deleted.delete()
    look(checker, sources)
    assert not LinkCheck.objects.exists()


def test_where_nobody_answers_the_fault_is_ours_and_nothing_is_noted(checker, site):
    sources = [make_source(f"https://{n}.invalid/a") for n in range(3)]
    with pytest.raises(CommandError, match="Nobody answers"):
        look(checker, sources)
    assert not LinkCheck.objects.exists()
    assert look(checker, [*sources[:2], make_source(f"{site.url}/a")]) == {"failing": 2, "ok": 1}


# ── Which are looked at ──────────────────────────────────────────────────────────────────────────────────────────────


def test_those_not_looked_at_for_longest_come_first_and_what_fails_sooner(django_assert_num_queries):
    now = timezone.now()
    ages = {"never": None, "old": (8, "ok"), "older": (9, "ok"), "new": (1, "ok"), "fails": (3, "failing")}
    sources = {name: make_source(f"https://{name}.example/a") for name in ages}
    for name, age in ages.items():
        if age:
            LinkCheck.note(sources[name], now - timedelta(days=age[0]), status=age[1], final_url="")
    with django_assert_num_queries(1):
        found = check_links.due(timedelta(days=7), 10)
    assert found == [sources[name] for name in ("never", "older", "old", "fails")]
    assert check_links.due(timedelta(days=7), 2) == [sources["never"], sources["older"]]


def test_hosts_take_turns():
    urls = ["https://a.example/1", "https://a.example/2", "https://a.example/3", "https://b.example/1"]
    found = check_links.by_turns([Source(url=url) for url in urls])
    assert [source.url for source in found] == [urls[0], urls[3], urls[1], urls[2]]


def test_a_run_ends_in_time_and_leaves_tired_hosts(checker, site):
    site.answers["/a"] = (429, {}, b"")
    make_source(f"{site.url}/b")
    make_source(f"{site.url}/a")
    assert look(checker) == {"denied": 1, "left": 1}
    assert look(checker, ends=time.monotonic() - 1) == {"left": 2}


# ── The command itself ───────────────────────────────────────────────────────────────────────────────────────────────


def run(*arguments):
    out = StringIO()
    call_command("check_links", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_command_asks_nobody_in_our_own_network(site):
    make_source(f"{site.url}/a")
    make_source("http://127.0.0.1/")
    make_source("http://169.254.169.254/latest/meta-data/")
    assert run() == "3 links looked at: refused 3."
    assert site.asked == []
    # Not again before a week is over.
    assert run() == "0 links looked at."
    assert run("--older-than=0", "--limit=1") == "1 links looked at: refused 1."


def test_the_command_forgets_who_wrote_in_earlier_hours():
    ReaderCount.objects.create(reader="x", hour=timezone.now() - timedelta(hours=2))
    run()
    assert not ReaderCount.objects.exists()


@pytest.mark.parametrize("wrong", [["--limit=0"], ["--minutes=0"], ["--older-than=-1"]])
def test_bounds_that_are_none_are_an_error(wrong):
    with pytest.raises(CommandError, match="begin with"):
        run(*wrong)


def test_the_contact_of_the_settings_is_named(settings):
    settings.CONTACT_URL, settings.CONTACT_EMAIL = "", ""
    assert check_links.agent_words() == "LayoffWatch-links/1.0"
    settings.CONTACT_EMAIL = "desk@example.org"
    assert check_links.agent_words() == "LayoffWatch-links/1.0 (+mailto:desk@example.org)"
    settings.CONTACT_URL = "https://example.org/contact"
    assert check_links.agent_words() == "LayoffWatch-links/1.0 (+https://example.org/contact)"


# ── Archived copies ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_archive_is_asked_unless_the_settings_name_one(settings):
    settings.LINK_ARCHIVE_API = ""
    with pytest.raises(CommandError, match="LINK_ARCHIVE_API"):
        run("--archived")


def test_an_archived_copy_is_recorded_with_its_history_and_readers_see_it_at_once(client, amazon, web, site):
    body = b'{"archived_snapshots": {"closest": {"available": true, "url": "https://archive.example/1"}}}'
    site.answers["/available"] = (200, {}, body)
    event = make_event(amazon, 5, cited=False)
    source = make_source("https://paper.example/a", published_on=date(2024, 1, 18))
    Citation.objects.create(event=event, source=source)
    publishing.publish(event)
    made = make_source(archived_url="https://archive.example/there")
    api = f"{site.url}/available?url={{url}}&timestamp={{day}}"
    ends = time.monotonic() + 60
    sources = list(check_links.without_copy(10))
    with CaptureQueriesContext(connection) as asked:
        assert check_links.record_copies(sources, web, api, ends, pause=0) == (1, 1)
    # Whoever writes editions locks the record before any source: else two wait for one another.
    tables = [found[1] for query in asked if (found := re.search(r'FROM "(\w+)"', query["sql"]))]
    assert tables[:2] == ["events_publicrecord", "events_source"]
    assert site.asked[0][1].endswith("paper.example%2Fa&timestamp=20240118")
    source.refresh_from_db()
    made.refresh_from_db()
    assert (source.archived_url, made.archived_url) == ("https://archive.example/1", "https://archive.example/there")
    assert source.history.first().history_change_reason == "check_links --archived"
    page = read(client.get(f"/events/{event.pk}/", follow=True))
    assert "https://archive.example/1" in page.links
    assert EventEdition.objects.for_record(event.pk).count() == 1


def test_what_an_archive_answers_is_no_link_unless_it_is_one_of_the_web(web, site):
    body = b'{"archived_snapshots": {"closest": {"available": true, "url": "javascript:alert(1)"}}}'
    site.answers["/available"] = (200, {}, body)
    source = make_source()
    api = f"{site.url}/available?url={{url}}"
    assert check_links.record_copies([source], web, api, time.monotonic() + 60, pause=0) == (0, 1)
    source.refresh_from_db()
    assert source.archived_url == ""


# ── What readers and editors are told ────────────────────────────────────────────────────────────────────────────────


def test_readers_are_told_since_when_a_link_is_dead_and_no_edition_is_written(client, amazon):
    event = published(amazon, 5)
    source = event.citations.get().source
    noted(source, (0, "missing"))
    page = read(client.get(f"/events/{event.pk}/", follow=True))
    words = page.one("ol", css="citations").text
    assert "the link no longer answers, since 1 March 2024" in words
    assert source.url in page.links
    assert EventEdition.objects.for_record(event.pk).count() == 1
    noted(source, (1, "ok"))
    assert "no longer answers" not in read(client.get(f"/events/{event.pk}/", follow=True)).text


def test_the_desk_lists_sources_by_what_their_links_answer(desk_of_editor):
    dead, well = make_source(), make_source()
    make_source()
    noted(dead, (0, "ok"), (2, "gone"))
    noted(well, (0, "ok"))

    def listed(address):
        return list(desk_of_editor.open(address).context["cl"].queryset)

    assert listed("/admin/events/source/?link=dead") == [dead]
    assert listed("/admin/events/source/?link=ok") == [well]
    assert len(listed("/admin/events/source/?link=never")) == 1
    html = desk_of_editor.open(f"/admin/events/source/{dead.pk}/change/").content.decode()
    assert "gone (410)" in html


def test_a_source_is_saved_at_the_desk_with_its_looks(desk_of_editor):
    source = make_source()
    noted(source, (0, "ok"))
    desk_of_editor.save(f"/admin/events/source/{source.pk}/change/", title="Another title")
    source.refresh_from_db()
    assert (source.title, source.link_checks.count()) == ("Another title", 1)
