"""Every answer to random questions against the oracle: one set of events, counted once, as it was known on a day.

A failing case names its world and question: `World(SEED)` and the query string make it again.
"""

import csv
import html
import io
import json
import random
import re
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from urllib.parse import urlsplit
from xml.etree import ElementTree

import openpyxl
import pytest
from django.conf import settings as django_settings
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from events.counting import COUNTS_PEOPLE, Own, Total, net, total
from events.models import LayoffEvent
from events.publishing import check_record, correct
from events.query import BesideQuery, CompanyQuery, EventQuery, NoteQuery
from events.selection import BesideSelection, CompanySelection, EventSelection, NoteSelection
from events.tests.factories import make_company, published
from events.tests.oracle import KINDS, PEOPLE_KINDS, Known, Oracle, Result, Row, Sizes, Sum, every_period, folded, span
from events.tests.worlds import (
    AI_LINKS,
    COUNTRIES,
    DAYS,
    NOTE_KINDS,
    PERMANENCE,
    REASONS,
    ROLES,
    SECTORS,
    STAGES,
    TIERS,
    World,
    on,
)

# A world takes several times as long to make on PostgreSQL.
SEEDS = range(1, 6) if django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3") else range(1, 3)
# Of each world: questions about events, about notes, companies and both. Each SERVED-th about events goes over HTTP.
EVENT_QUESTIONS, NOTE_QUESTIONS, COMPANY_QUESTIONS, BOTH_QUESTIONS, SERVED = 127, 12, 5, 16, 60
ORDERS = (
    "-announced", "announced", "-people", "people", "company", "-company", "-recorded", "recorded", "-changed",
    "changed",
)  # fmt: skip
ADDING_UP = ("month", "quarter", "year", "sector", "country", "company", "ai_link", "size", "stage")
OVERLAPPING = ("reason", "unit", "group")
NOTES_BY = ("month", "quarter", "year", "kind", "company")
NOTE_ORDERS = ("-dated", "dated", "-money", "money", "-recorded", "recorded", "-changed", "changed")
BESIDE_ORDERS = (
    "-people", "people", "name", "-name", "-cuts", "cuts", "-notes", "notes", "-latest", "latest",
)  # fmt: skip
COMPANY_ORDERS = ("-people", "people", "name", "-name", "-cuts", "cuts", "-notes", "notes")


# ── Questions of chance ──────────────────────────────────────────────────────────────────────────────────────────────

DATES = (
    "2022",
    "2022-06-15",
    "2023",
    "2023-01",
    "2023-Q2",
    "2023-10-20",
    "2024",
    "2024-01-31",
    "2024-Q1",
    "2024-03-01",
)
SEARCHED = (
    "pix", "CAFE", "cuts", "50", "cloud ops", "ops", "r&d", "neill", "naive bayes", "munchen", "Ångstr", "lichtw",
    "agir", "backrub", "googl", "alpha", "norre", "groesse", "grosse", "machines adopt", "focus it", "a", "anew",
    "kestrel phones", "studio", "zzz", "ay", "(phones)",
)  # fmt: skip


class Questions:
    """Questions of chance about a world, each a list of pairs (parameter, value) that the check of a query passes."""

    def __init__(self, chance, world, oracle):
        self.chance, self.order_number = chance, 0
        names = [name for name in world.companies if oracle.today_of(name) in oracle.ever_public]
        self.companies = [world.companies[name]["slug"] for name in names] + names[:3]
        self.companies += [alias for name in names for alias in world.companies[name]["aliases"]]
        self.publishers = sorted(oracle.publishers)
        self.days = sorted({entry["day"] for entry in world.entries if entry["day"].year > 1})

    def _some(self, values, most=3):
        values = sorted(set(values) - {""})
        return self.chance.sample(values, self.chance.randint(1, min(most, len(values))))

    def _range(self, name, values, ends=("after", "before")):
        """One end, the other, or both in order."""
        chance = self.chance
        both = sorted(chance.sample(values, 2), key=float if ends == ("min", "max") else lambda text: span(text)[0])
        pairs = [(f"{name}_{ends[0]}", both[0]), (f"{name}_{ends[1]}", both[1])]
        return chance.choice([pairs[:1], pairs[1:], pairs, pairs])

    def as_of(self):
        """A day, mostly one on which something happened, or one beside it."""
        day = self.chance.choice(self.days) + timedelta(days=self.chance.choice((-1, 0, 0, 1)))
        if self.chance.random() < 0.3:
            day = self.chance.choice(DAYS) + timedelta(days=self.chance.choice((-1, 0, 1)))
        return [("as_of", day.isoformat())]

    def of_events(self):
        chance = self.chance
        days = [str(day) for day in self.days]
        makers = {
            "q": lambda: [("q", chance.choice(SEARCHED))],
            "company": lambda: [
                *(("company", one) for one in self._some(self.companies)),
                *chance.choice([[], [], [("subsidiaries", "no")]]),
            ],
            "announced": lambda: self._range("announced", DATES),
            "effective": lambda: self._range("effective", DATES),
            "recorded": lambda: self._range("recorded", [*days, "2024-03", "2024"]),
            "changed": lambda: [("changed_after", chance.choice([*days, "2024-05"]))],
            "people": lambda: self._range("people", ["1", "49", "50", "100", "500", "1000"], ("min", "max")),
            "without": lambda: [("without_figure", chance.choice(("include", "only", "exclude")))],
            "share": lambda: self._range("share", ["0", "1", "4.5", "5.0", "12", "100"], ("min", "max")),
            "counts_as": lambda: [("counts_as", one) for one in self._some(KINDS)],
            "stage": lambda: [("stage", one) for one in self._some(STAGES, 2)],
            "permanence": lambda: [("permanence", one) for one in self._some(PERMANENCE, 2)],
            "closure": lambda: [("closure", one) for one in self._some(("yes", "no", "unknown"), 2)],
            "ai_link": lambda: [("ai_link", one) for one in self._some(AI_LINKS)],
            "ai_notes": lambda: [("ai_notes", chance.choice(("yes", "no")))],
            "reason": lambda: [("reason", one) for one in self._some(REASONS)],
            "unit": lambda: [("unit", chance.choice(["pix", "CAFE", "lab", "100%", "e_a", "adv", "zz"]))],
            "tier": lambda: [("tier", one) for one in self._some(TIERS, 2)],
            "source": lambda: [("source", one) for one in self._some(self.publishers, 2)],
            "sector": lambda: [("sector", one) for one in self._some(SECTORS)],
            "country": lambda: [("country", one) for one in self._some(COUNTRIES, 2)],
            "place": lambda: [("place", chance.choice(["seattle", "100%", "muNchen", "sao p", "_", ", wa"]))],
        }
        # Kinds are asked for often: trees of several kinds are where counting is hard.
        names = ["counts_as"] if chance.random() < 0.35 else []
        return self._valid(EventQuery, makers, names, chance.choice((0, 1, 1, 2, 2, 3, 4)), ORDERS)

    def of_notes(self):
        chance = self.chance
        days = [str(day) for day in self.days]
        makers = {
            "q": lambda: [("q", chance.choice([*SEARCHED, "note", "zurich"]))],
            "company": lambda: [("company", one) for one in self._some(self.companies)],
            "role": lambda: [("role", one) for one in self._some(ROLES)],
            "kind": lambda: [("kind", one) for one in self._some(NOTE_KINDS)],
            "plan": lambda: [("plan_or_actual", one) for one in self._some(("plan", "actual", "unknown"), 2)],
            "amount": lambda: self._range("amount", ["1", "5.125", "40", "500", "1000.125"], ("min", "max")),
            "dated": lambda: self._range("dated", DATES),
            "period": lambda: self._range("period", ["2023-07-01", "2024-01-01", "2024-06-30", "2024"]),
            "recorded": lambda: self._range("recorded", [*days, "2024-03", "2024"]),
            "changed": lambda: [("changed_after", chance.choice([*days, "2024-05"]))],
            "tier": lambda: [("tier", one) for one in self._some(TIERS, 2)],
            "source": lambda: [("source", one) for one in self._some(self.publishers, 2)],
        }
        return self._valid(NoteQuery, makers, [], chance.choice((0, 1, 1, 2, 2, 3)), NOTE_ORDERS)

    def of_companies(self):
        chance = self.chance
        makers = {
            "q": lambda: [("q", chance.choice(SEARCHED))],
            "sector": lambda: [("sector", one) for one in self._some(SECTORS)],
            "country": lambda: [("country", one) for one in self._some(COUNTRIES, 2)],
            "people": lambda: self._range("people", ["1", "50", "500", "1000", "5000"], ("min", "max")),
            "ai_notes": lambda: [("ai_notes", chance.choice(("yes", "no")))],
        }
        return self._valid(CompanyQuery, makers, [], chance.choice((0, 1, 1, 2, 3)), COMPANY_ORDERS)

    def of_both(self):
        chance = self.chance
        makers = {
            "company": lambda: [("company", one) for one in self._some(self.companies)],
            "announced": lambda: self._range("announced", DATES),
            "sector": lambda: [("sector", one) for one in self._some(SECTORS)],
            "country": lambda: [("country", one) for one in self._some(COUNTRIES, 2)],
            "ai_link": lambda: [("ai_link", one) for one in self._some(AI_LINKS)],
            "kind": lambda: [
                ("kind", one) for one in self._some([k for k in NOTE_KINDS if k not in ("outlook", "hiring")])
            ],
            "plan": lambda: [("plan_or_actual", one) for one in self._some(("plan", "actual", "unknown"), 2)],
            "before": lambda: [("months_before", chance.choice(["0", "3", "12", "60"]))],
            "after": lambda: [("months_after", chance.choice(["0", "1", "6", "60"]))],
        }
        return self._valid(BesideQuery, makers, [], chance.choice((0, 1, 1, 2, 3)), BESIDE_ORDERS)

    def _valid(self, kind, makers, names, number, orders):
        """A question that passes the check (a range the wrong way round, for one, does not), and it as a query."""
        others = [name for name in makers if name not in names]
        while True:
            chosen = [*names, *self.chance.sample(others, number)]
            pairs = [pair for name in chosen for pair in makers[name]()]
            if self.chance.random() < 0.34:
                pairs += self.as_of()
            self.order_number += 1
            asked = [*pairs, ("order", orders[self.order_number % len(orders)])]
            query = kind(QueryDict(as_string(asked)))
            if query.is_valid():
                return asked, query
            messages = [text for _name, text, _without in query.errors]
            assert any("before the beginning" in text or "without a figure" in text for text in messages), (
                as_string(asked),
                messages,
            )


def as_string(pairs):
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    return data.urlencode()


# ── What the selections say, as plain values ─────────────────────────────────────────────────────────────────────────


def plain(total):
    return Sum(
        total.events, total.without_figure, total.shares_only, total.low, total.headline, total.high, total.high_open
    )


def plain_sizes(bar):
    """The sizes of a year's cuts, their quartiles as exact numbers."""
    sizes = bar.sizes
    quartiles = sizes.quartiles and tuple(map(Fraction, sizes.quartiles))
    return Sizes(plain(bar.total), bar.cuts, sizes.without_figure, sizes.classes, quartiles)


def name_of(world, key):
    """A company's id as its name."""
    return next(name for name, company in world.companies.items() if str(company["id"]) == key)


def walk(selection, size, way="older"):
    """Every page, from page to page by their own links: its selection and its rows."""
    pages, seen = [], set()
    while True:
        page = selection.page(size)
        assert len(page.rows) <= size
        assert len(page.rows) == size or not page.older
        pages.append((selection, page.rows))
        string = getattr(page, way)
        if not string:
            return pages
        assert string not in seen, "the links go round in a circle"
        seen.add(string)
        selection = type(selection)(type(selection.query).from_string(string))


def rows_of(pages):
    return [row for _selection, rows in pages for row in rows]


def check_way_back(pages, size):
    """From the last page back by "newer" links: the same pages."""
    back = walk(pages[-1][0], size, "newer")
    assert [rows for _selection, rows in back[::-1]] == [rows for _selection, rows in pages]


def facet_of(oracle, query, name):
    """Rows by value, the filter of `name` ignored."""
    rows, found = oracle.select(query, without=(name,)), Counter()
    for row in rows:
        match name:
            case "counts_as":
                found[row.counts_as] += 1
            case "reason":
                found.update(set(row.facts["reasons"]))
            case "tier":
                found.update(set(row.tiers))
            case _:
                found[row.facts[name]] += 1
    return {value: n for value, n in found.items() if value and n}


class Case:
    """One question about events: the selection, and what the oracle says of it."""

    def __init__(self, world, oracle, pairs, query):
        self.world, self.oracle, self.pairs, self.order = world, oracle, pairs, dict(pairs)["order"]
        self.selection = EventSelection(query)
        self.result = oracle.result(pairs)
        self.kind = self.selection.main_kind
        self.ids = oracle.in_order(self.result.rows, self.order)

    def check_totals(self):
        assert {kind: plain(total) for kind, total in self.selection.totals.items()} == self.result.totals()
        assert self.selection.count == len(self.result.rows)

    def check_rows(self, size, *, back=False):
        pages = walk(self.selection, size)
        editions = rows_of(pages)
        if back:
            check_way_back(pages, size)
        assert [edition.record_id for edition in editions] == self.ids
        for edition in editions:
            row, its = self.result.here[edition.record_id], self.selection.net_of(edition)
            assert (its.low, its.headline, its.high) == self.result.net(row), row.id
            assert (its.high_open, its.without_figure) == (self.result.is_open(row), self.result.without_figure(row))

    def check_series(self, by):
        series, result, kind = self.selection.series_by(by), self.result, self.kind
        bars = [*series.bars, *([series.remainder] if series.remainder else [])]
        got = {self._named(by, bar.key): plain(bar.total) for bar in bars if bar.events}
        assert series.adds_up == (by not in OVERLAPPING), by
        if by == "size":
            expected = {key or "no-figure": total for key, (total, _cuts) in result.by_size(kind).items()}
            cuts = {key or "no-figure": cuts for key, (_total, cuts) in result.by_size(kind).items()}
            assert {bar.key: bar.cuts for bar in bars if bar.events} == cuts
        elif by == "size_by_year":
            sizes = result.sizes_by_year(kind)
            assert [(bar.key, plain_sizes(bar)) for bar in bars] == list(sizes.items())
            expected = {year: its.total for year, its in sizes.items() if its.cuts}
            for bar in bars:
                self._check_shows_less(bar, bar.key)
        elif by in OVERLAPPING:
            # Each bucket is the total of its own view.
            groups = result.grouped(by, kind).items()
            expected = {key: Result(rows, result.known).sum_of(rows) for key, rows in groups}
        else:
            groups = result.grouped(by, kind)
            expected = {key: result.sum_of(rows) for key, rows in groups.items()}
            short = {self._named(by, bar.key) for bar in bars if bar.shows_less}
            assert short == {
                key
                for key, rows in groups.items()
                if Result(rows, result.known).sum_of(rows).headline > expected[key].headline
            }, by
        if by == "unit":
            expected = {folded(key): total for key, total in expected.items()}
        assert got == expected, by
        if series.adds_up:
            whole = result.totals().get(kind, Sum())
            for name in ("events", "without_figure", "shares_only", "low", "headline", "high"):
                assert sum(getattr(bar.total, name) for bar in bars) == getattr(whole, name), (by, name)
            assert any(bar.total.high_open for bar in bars) == whole.high_open, by

    def check_through_the_year(self):
        """A year added up by month: each holds those before it, so there is no sum."""
        asked = dict(self.pairs)
        first = span(asked["announced_after"])[0] if "announced_after" in asked else date.min
        series = self.selection.series_by("cumulative")
        # As far as anything was announced, or until the day that is asked for: all worlds lie before today.
        until = max([self.oracle.day_of(self.pairs), *(row.first for row in self._dated_to_the_month())])
        if "announced_before" in asked:
            until = min(until, span(asked["announced_before"])[1])
        months, dated_less = self.result.through_the_year(self.kind, first, until)
        assert [(bar.key, plain(bar.total)) for bar in series.bars] == months
        assert [bar.events for bar in series.bars] == [total.events for _month, total in months]
        for bar in series.bars:
            self._check_shows_less(bar, bar.key[:4])
        remainder = plain(series.remainder.total) if series.remainder else Sum()
        assert remainder == self.result.sum_of(dated_less)
        assert not series.adds_up

    def _check_shows_less(self, bar, begins):
        """A bar says that the view to which it leads, from a year's first day, has more people."""
        view = self.result.view_of(span(begins)[0], span(bar.key)[1], self.kind)
        assert bar.shows_less == (view.headline > bar.total.headline), bar.key

    def _dated_to_the_month(self):
        return [row for row in self.result.of_kind(self.kind) if row.precision in ("day", "month")]

    def _named(self, by, key):
        """A company's id as its name."""
        return name_of(self.world, key) if by in ("company", "group") else key

    def check_facets(self):
        for name, counts in self.selection.facets.items():
            assert counts == facet_of(self.oracle, self.pairs, name), name
        assert self.selection.also == self.oracle.also(self.pairs)
        assert self.selection.overlapping == self.oracle.overlapping(self.pairs)
        assert self.selection.without_effective == self.oracle.without_effective(self.pairs)


# ── The same over HTTP: page, files, feed ────────────────────────────────────────────────────────────────────────────


class Served:
    """The answers of one question as a reader gets them."""

    def __init__(self, client, case):
        self.client, self.case = client, case
        self.string, self.result = as_string(case.pairs), case.result
        self.totals = case.result.totals()

    def get(self, path, string=None):
        response = self.client.get(f"{path}?{self.string if string is None else string}")
        assert response.status_code == 200, (path, response.status_code)
        return b"".join(response.streaming_content) if response.streaming else response.content

    def check_all(self):
        self.check_page()
        self.check_rows("csv", list(csv.DictReader(io.StringIO(self.get("/events.csv").decode(), newline=""))))
        self.check_rows("jsonl", [json.loads(line) for line in self.get("/events.jsonl").decode().split("\n")[:-1]])
        self.check_rows("xlsx", self.lines_of(self.get("/events.xlsx")))
        self.check_rows("json", self.pages_of_json())
        assert self.pages_of_feed() == self.case.ids
        self.check_totals(json.loads(self.get("/events/totals.json")))
        for by in (*ADDING_UP, "size_by_year"):
            self.check_series(by, json.loads(self.get("/events/series.json", f"{self.string}&by={by}")))

    # The page

    def check_page(self):
        string, ids, first = self.string, [], None
        while string is not None:
            page = html.unescape(self.get("/events/", string).decode())
            first = first or page
            table = page.partition('<table class="cards">')[2].partition("</table>")[0]
            ids += [int(pk) for pk in re.findall(r'<th scope="row"[^>]*><a href="/events/([0-9]+)-', table)]
            older = re.search(r'rel="next" href="\?([^"]*)"', page)
            string = older and older[1]
        assert ids == self.case.ids
        if not ids:
            return
        keys = re.findall(r"<dt>(.*?)</dt><dd class=\"number ?[a-z]*\">(.*?)</dd>", first, re.S)
        assert f"{len(ids):,} row" in first
        if not any(kind in PEOPLE_KINDS for kind in self.totals):
            assert sum(number_in(number) for _label, number in keys) == len(ids)
            return
        main = self.totals.get(self.case.kind, Sum())
        if main.events and main.events == main.without_figure:
            # Unknown is never 0.
            assert keys[0][1] == "not stated", keys
            return
        numbers = [number_in(number) for _label, number in keys]
        assert numbers[:3] == [main.headline, main.events, main.without_figure], keys

    # Files

    def lines_of(self, content):
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        names, *lines = book["Rows"].iter_rows(values_only=True)
        return [dict(zip(names, line, strict=True)) for line in lines]

    def pages_of_json(self):
        rows, address = [], f"/events.json?{self.string}"
        while address:
            parts = urlsplit(address)
            answer = json.loads(self.get(parts.path, parts.query))
            assert answer["about"]["rows"] == len(self.result.rows)
            self.check_totals({"totals": answer["about"]["totals"]})
            rows += answer["rows"]
            address = answer["next"]
        return rows

    def check_rows(self, name, rows):
        """The same ids in the same order, and the counted columns add up to the totals."""
        assert [int(row["id"]) for row in rows] == self.case.ids, name
        for kind in KINDS:
            its = [row for row in rows if row["counts_as"] == kind]
            columns = ("counted_low", "counted", "counted_high")
            sums = [sum(int(row[column] or 0) for row in its) for column in columns]
            is_open = any(row["high_open"] in (True, "true") for row in its)
            expected = self.totals.get(kind, Sum())
            assert [*sums, is_open] == [expected.low, expected.headline, expected.high, expected.high_open], (
                name,
                kind,
            )
            for row in its:
                # Unknown is never 0: an event that states nothing counts nothing, not 0 people.
                event = self.result.here[int(row["id"])]
                if event.facts["figure"] == (None, None, None, "none") or kind not in PEOPLE_KINDS:
                    assert [row[column] for column in columns] == [None if name != "csv" else ""] * 3, (name, event.id)

    def pages_of_feed(self):
        ids, address = [], f"/events.atom?{self.string}"
        atom = "{http://www.w3.org/2005/Atom}"
        while address:
            parts = urlsplit(address)
            feed = ElementTree.fromstring(self.get(parts.path, parts.query))
            ids += [int(entry.find(f"{atom}id").text.rpartition("/")[2]) for entry in feed.findall(f"{atom}entry")]
            address = next((a.get("href") for a in feed.findall(f"{atom}link") if a.get("rel") == "next"), None)
        return ids

    # Sums

    def check_totals(self, answer):
        assert answer["totals"].keys() == self.totals.keys()
        for kind, said in answer["totals"].items():
            expected = self.totals[kind]
            assert said["events"] == expected.events
            if kind not in PEOPLE_KINDS:
                assert (said["people"], said["without_figure"]) == (None, None)
                continue
            assert said["without_figure"] == expected.without_figure
            self.check_people(said["people"], expected)
        if "also" in answer:
            assert answer["also"] == self.case.oracle.also(self.case.pairs)

    def check_people(self, said, expected):
        """What is unknown is null; everything else is a number."""
        unknown = expected.events and expected.events == expected.without_figure
        for name, value in (("low", expected.low), ("known", expected.headline), ("high", expected.high)):
            assert said[name] == (None if unknown and not value else value), name
        assert said["high_open"] == expected.high_open

    def check_series(self, by, answer):
        assert (answer["by"], answer["adds_up"], answer["counts_as"]) == (by, True, self.case.kind)
        bars = [*answer["bars"], *([answer["remainder"]] if answer["remainder"] else [])]
        expected = self.totals.get(self.case.kind, Sum())
        assert sum(bar["events"] for bar in bars) == expected.events, by
        assert sum(bar["without_figure"] for bar in bars) == expected.without_figure, by
        for name, value in (("low", expected.low), ("known", expected.headline), ("high", expected.high)):
            assert sum(bar["people"][name] or 0 for bar in bars) == value, (by, name)
        assert any(bar["people"]["high_open"] for bar in bars) == expected.high_open, by


def number_in(text):
    return int(re.sub(r"<[^>]*>|,", "", text))


# ── Notes and companies ──────────────────────────────────────────────────────────────────────────────────────────────


def check_notes(oracle, pairs, query):
    selection, notes, order = NoteSelection(query), oracle.notes(pairs), dict(pairs)["order"]
    assert selection.count == len(notes)
    pages = walk(selection, 6)
    assert [edition.record_id for edition in rows_of(pages)] == oracle.notes_in_order(notes, order)
    check_way_back(pages, 6)
    got = {(kind, state): (m.notes, m.low, m.best, m.high, m.high_open) for (kind, state), m in selection.money.items()}
    assert got == oracle.money(pairs)
    for name in ("kind", "plan_or_actual"):
        counts = Counter(note.facts[name] for note in oracle.notes(pairs, without=(name,)))
        assert selection.facets[name] == counts, name


def check_note_series(world, oracle, pairs, query):
    """How many notes there are, by all that they may be taken apart by."""
    for by in NOTES_BY:
        series, expected = NoteSelection(query).series_by(by), oracle.note_series(pairs, by)
        bars = {name_of(world, bar.key) if by == "company" else bar.key: bar for bar in series.bars}
        assert len(bars) == len(series.bars), by
        bars |= {"": series.remainder} if series.remainder else {}
        states = {key: Counter(plan=bar.plan, actual=bar.actual, unknown=bar.unknown) for key, bar in bars.items()}
        assert {key: +counts for key, counts in states.items() if bars[key].notes} == expected, by
        assert series.adds_up == (by != "company")
        if series.adds_up:
            assert sum(bar.notes for bar in bars.values()) == len(oracle.notes(pairs)), by
        if by in ("kind", "company"):
            numbers = [bar.notes for bar in series.bars]
            assert numbers == sorted(numbers, reverse=True)
        else:
            assert [bar.key for bar in series.bars] == every_period(expected.keys() - {""}, by), by


def check_note_file(client, world, oracle, pairs, by):
    """The numbers of a figure of notes as a file."""
    response = client.get(f"/ai/series.csv?{as_string(pairs)}&by={by}")
    slugs = {company["slug"]: name for name, company in world.companies.items()}
    rows = {}
    for row in csv.DictReader(io.StringIO(response.content.decode(), newline="")):
        counts = {state: int(row[f"notes_{state}"]) for state in ("plan", "actual", "unknown")}
        assert int(row["notes"]) == sum(counts.values())
        rows[slugs.get(row["key"], row["key"])] = +Counter(counts)
    assert {key: counts for key, counts in rows.items() if counts} == oracle.note_series(pairs, by), by


def check_companies(oracle, pairs, query):
    selection, expected, order = CompanySelection(query), oracle.company_list(pairs), dict(pairs)["order"]
    pages = walk(selection, 4)
    rows = rows_of(pages)
    check_way_back(pages, 4)
    assert selection.count == len(rows)
    got = {row.company.name: (plain(row.total), row.notes, row.last) for row in rows}
    assert got == expected
    assert len(rows) == len(got), "a company comes twice"
    keys = {
        "people": lambda row: row.total.headline,
        "cuts": lambda row: row.events,
        "notes": lambda row: row.notes,
        "name": lambda row: folded(row.company.name),
    }
    values = [keys[order.removeprefix("-")](row) for row in rows]
    assert values == sorted(values, reverse=order.startswith("-"))
    # The figure: those of which a number is known, most first, whatever the order.
    most = {row.company.name: row.total.headline for row in selection.with_most_people}
    known = {name: total for name, (total, _notes, _last) in expected.items() if total.events > total.without_figure}
    assert most == {name: total.headline for name, total in known.items()}
    assert list(most.values()) == sorted(most.values(), reverse=True)


def check_both(oracle, pairs, query):
    """Companies that cut and invest meanwhile: cuts, notes, money and claims of each."""
    selection, expected, order = BesideSelection(query), oracle.beside(pairs), dict(pairs)["order"]
    pages = walk(selection, 3)
    rows = rows_of(pages)
    check_way_back(pages, 3)
    got = {
        row.company.name: {
            "total": plain(row.total),
            "of": row.of,
            "cuts": {cut.own.id for cut in row.cuts},
            "notes": {note.money.id for note in row.notes},
            "notes_of": row.notes_of,
            "kinds": row.kinds,
            "ai_links": row.ai_links,
            "money": {key: (m.notes, m.low, m.best, m.high, m.high_open) for key, m in row.money.items()},
            "work": row.work,
        }
        for row in rows
    }
    assert got == expected
    assert selection.count == len(rows) == len(got)
    assert selection.notes == len(set().union(*(row["notes"] for row in expected.values())))
    for name in ("sector", "country", "ai_link", "kind", "plan_or_actual"):
        # A choice of one of its values gives so many rows.
        for value, n in selection.facets[name].items():
            other = [pair for pair in pairs if pair[0] != name] + [(name, value)]
            assert len(oracle.beside(other)) == n, (name, value)
    keys = {
        "people": lambda row: row.total.headline,
        "cuts": lambda row: row.total.events,
        "notes": lambda row: len(row.notes),
        "latest": lambda row: row.latest_cut.first,
        "name": lambda row: folded(row.company.name),
    }
    values = [keys[order.removeprefix("-")](row) for row in rows]
    assert values == sorted(values, reverse=order.startswith("-"))


# ── The test ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
@pytest.mark.parametrize("seed", SEEDS)
def test_every_answer_to_random_questions_is_what_the_log_of_the_world_says(seed, client, monkeypatch):
    # Short pages: what a world holds would fit into one.
    monkeypatch.setattr("events.answers.json.PAGE_ROWS", 11)
    monkeypatch.setattr("events.answers.atom.ENTRIES", 13)
    world = World(seed)
    oracle = Oracle(world)
    assert check_record() == []
    chance = random.Random(seed)
    questions = Questions(chance, world, oracle)

    def ask(number, make, check):
        for place in range(number):
            asked, query = make()
            try:
                check(place, asked, query)
            except BaseException as error:
                error.add_note(f"World({seed}), question {place}: {as_string(asked)}")
                raise

    def about_events(place, asked, query):
        case = Case(world, oracle, asked, query)
        case.check_totals()
        case.check_rows(chance.choice((20, 50)), back=place % 5 == 0)
        match (place + seed) % 3:
            case 0:
                case.check_facets()
            case 1:
                case.check_series(ADDING_UP[place // 3 % len(ADDING_UP)])
                case.check_series(OVERLAPPING[place // 3 % len(OVERLAPPING)])
                # Few questions hold a whole and a part of another year: each is asked.
                case.check_series("size_by_year")
                case.check_through_the_year()
        if (place + seed) % SERVED == 0:
            Served(client, case).check_all()

    ask(EVENT_QUESTIONS, questions.of_events, about_events)

    def about_notes(place, asked, query):
        check_notes(oracle, asked, query)
        check_note_series(world, oracle, asked, query)
        check_note_file(client, world, oracle, asked, NOTES_BY[place % len(NOTES_BY)])

    ask(NOTE_QUESTIONS, questions.of_notes, about_notes)
    ask(COMPANY_QUESTIONS, questions.of_companies, lambda _place, *asked: check_companies(oracle, *asked))
    ask(BOTH_QUESTIONS, questions.of_both, lambda _place, *asked: check_both(oracle, *asked))


# ── What a reader would notice ───────────────────────────────────────────────────────────────────────────────────────


def cuts_of(string):
    return EventSelection(EventQuery.from_string(string)).totals.get("cut", Total())


@pytest.mark.django_db
def test_one_editing_a_count_changes_todays_total_and_not_last_months_replay(client):
    amazon = make_company("Amazon")
    with on(date(2024, 5, 6)):
        published(amazon, 100)
        event = published(amazon, 500)

    def replay():
        return cuts_of("as_of=2024-05-31"), b"".join(client.get("/events.csv?as_of=2024-05-31").streaming_content)

    before = replay()
    assert before[0].headline == cuts_of("").headline == 600
    with on(date(2024, 6, 10)):
        event = LayoffEvent.objects.get(pk=event.pk)
        event.people_low = event.people = event.people_high = 700
        event.save()
        correct(event, "The company gave the number.")
    assert cuts_of("").headline == 800
    assert cuts_of("as_of=2024-06-10").headline == 800
    assert cuts_of("as_of=2024-06-09").headline == 600
    assert replay() == before


@pytest.mark.django_db
def test_a_subsidiarys_cut_shows_once_under_the_parent_and_alone_under_itself():
    amazon = make_company("Amazon")
    twitch = make_company("Twitch", parent=amazon)
    whole = published(amazon, (200, None, 900))
    published(twitch, 500, part_of=whole)
    published(twitch, 35)
    # Under the parent 200–900 with 500 in it, and 35: 535 (535–935). Under itself 500 and 35.
    parent, alone = cuts_of("company=amazon"), cuts_of("company=twitch")
    assert (parent.events, parent.low, parent.headline, parent.high) == (3, 535, 535, 935)
    assert (alone.events, alone.low, alone.headline, alone.high) == (2, 535, 535, 535)
    # Without what it owned, the whole stands alone.
    own = cuts_of("company=amazon&subsidiaries=no")
    assert (own.events, own.low, own.headline, own.high) == (1, 200, 200, 900)


# ── Counting against the same oracle, with trees of chance ───────────────────────────────────────────────────────────

numbers = st.integers(0, 60)
figures = st.one_of(
    st.just((None, None, None, "none")),
    numbers.map(lambda n: (n, n, n, "exact")),
    numbers.map(lambda n: (n, n, None, "at_least")),
    numbers.map(lambda n: (None, None, n, "up_to")),
    st.tuples(numbers, numbers).map(lambda two: (min(two), None, max(two), "range")),
    st.tuples(numbers, numbers, numbers).map(lambda three: (*sorted(three), "about")),
)


def a_row(pk, figure, counts_as="cut", part_of=None, share=None):
    day = date(2024, 1, 10)
    facts = {"figure": figure, "share": share}
    return Row(pk, facts, day, counts_as, part_of, None, [], [], day, day, "day", "", [], [])


def own_of(row):
    return Own(
        row.id, row.counts_as, row.low, row.headline, row.high, row.high_open, row.part_of,
        row.facts["share"] is not None,
    )  # fmt: skip


@st.composite
def forests(draw, most=10):
    """All events of a day, wholes before parts, and those of them that are in the result."""
    rows = []
    kinds = draw(st.sampled_from([("cut",), ("cut", "filing"), KINDS]))
    for pk in range(1, draw(st.integers(1, most)) + 1):
        whole = draw(st.none() | st.integers(1, pk - 1)) if pk > 1 else None
        rows.append(a_row(pk, draw(figures), draw(st.sampled_from(kinds)), whole, draw(st.sampled_from((None, 5)))))
    left_out = draw(st.sets(st.integers(1, most), max_size=3))
    return rows, [row for row in rows if row.id not in left_out]


def whole_of(rows):
    return {row.id: row.part_of for row in rows if row.part_of}


def totals_of(rows, result):
    return {kind: plain(sum_) for kind, sum_ in total([own_of(row) for row in result], whole_of(rows)).items()}


@settings(max_examples=300, deadline=None)
@given(forests())
def test_nets_and_totals_of_trees_of_chance_are_those_of_the_rule(forest):
    rows, result = forest
    oracle = Result(result, Known(rows, [], []))
    assert totals_of(rows, result) == oracle.totals()
    nets = net([own_of(row) for row in result], whole_of(rows))
    for row in result:
        its = nets[row.id]
        assert (its.low, its.headline, its.high) == oracle.net(row)
        assert (its.high_open, its.without_figure) == (oracle.is_open(row), oracle.without_figure(row))


@settings(max_examples=200, deadline=None)
@given(forests(), st.data())
def test_a_part_more_never_changes_the_total_of_a_tree_whose_root_states_more(forest, data):
    rows, _result = forest
    cuts = [a_row(row.id, row.facts["figure"], "cut", row.part_of) for row in rows]
    more = a_row(99, data.draw(figures), "cut", data.draw(st.sampled_from([row.id for row in cuts])))
    enough = sum(max(Result.stated(row)) for row in [*cuts, more])
    root = a_row(100, (enough, enough, enough, "exact"))
    # Everything hangs below the root.
    cuts = [a_row(row.id, row.facts["figure"], "cut", row.part_of or 100) for row in cuts]
    before, after = totals_of([root, *cuts], [root, *cuts])["cut"], totals_of(*[[root, *cuts, more]] * 2)["cut"]
    assert (before.low, before.headline, before.high, before.high_open) == (enough, enough, enough, False)
    assert (after.low, after.headline, after.high, after.high_open) == (enough, enough, enough, False)
    assert after.without_figure == before.without_figure == 0


@settings(max_examples=200, deadline=None)
@given(forests(), st.tuples(numbers, numbers))
def test_a_range_never_collapses(forest, ends):
    """A range that stands alone widens the interval of any sum by its own width, whatever else is summed."""
    rows, result = forest
    low, high = sorted(ends)
    alone = a_row(99, (low, None, high, "range"))
    before = totals_of(rows, result).get("cut", Sum())
    after = totals_of([*rows, alone], [*result, alone])["cut"]
    assert (after.low - before.low, after.headline - before.headline, after.high - before.high) == (low, low, high)
    # A part of one figure takes nothing from the width that is left.
    part = a_row(98, (low, low, low, "exact"), "cut", 99)
    both = totals_of([alone, part], [alone, part])["cut"]
    assert (both.low, both.headline, both.high) == (low, low, high)


@settings(max_examples=200, deadline=None)
@given(forests(), st.sampled_from(COUNTS_PEOPLE))
def test_unknown_is_never_0(forest, kind):
    """An event without a figure is one event more, and one more without figure; the people known stay the same."""
    rows, result = forest
    unknown = a_row(99, (None, None, None, "none"), str(kind), None, 5)
    before = totals_of(rows, result).get(kind, Sum())
    after = totals_of([*rows, unknown], [*result, unknown])[kind]
    assert after == Sum(
        before.events + 1, before.without_figure + 1, before.shares_only + 1, before.low, before.headline, before.high,
        before.high_open,
    )  # fmt: skip
    # An event that states 0 has a figure.
    stated = totals_of([a_row(1, (0, 0, 0, "exact"))], [a_row(1, (0, 0, 0, "exact"))])["cut"]
    assert (stated.events, stated.without_figure) == (1, 0)
