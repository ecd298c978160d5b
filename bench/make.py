"""Made-up editions to measure with: as many events as asked for, always the same ones, shaped like a real record.

    python bench/make.py 4000        makes var/bench/4000.sqlite3; one that is there and up to date is kept

The rows go straight into the tables of the migrations, as events/publishing/ would have written them: the public
record alone, without the desk's side. docs/speed.md says what the data looks like.
"""

import argparse
import hashlib
import json
import os
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db import models

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SEED = 2024
# One more whenever other rows come out: files of another version are made anew.
VERSION = 1
BATCH = 2000

FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2025, 12, 31)
OPENED_ON, LAST_KNOWN = date(2026, 1, 1), date(2026, 6, 30)
EVENTS_A_COMPANY = 12
OWNED, IN_TREES, REPLACED, CORRECTED, WITHDRAWN, WITHOUT_FIGURE = 0.05, 0.05, 0.004, 0.3, 0.003, 1 / 3
# Months of many cuts: the first and the last one, and how many times the usual number.
BURSTS = (((2020, 3), (2020, 6), 5.0), ((2022, 11), (2023, 3), 6.0), ((2024, 1), (2024, 2), 4.0))

# What the measurements search for: a word of every third event, and two that few have both of.
COMMON_WORD, TWO_WORDS = "workforce", "cloud engineering"

PRECISIONS = (("day", 90), ("month", 8), ("quarter", 1), ("year", 1))
STAGES = (("announced", 50), ("filed", 25), ("carried_out", 15), ("signalled", 6), ("called_off", 4))
PERMANENCE = (("permanent", 60), ("unknown", 32), ("temporary", 8))
CLOSURES = (("unknown", 70), ("no", 18), ("yes", 12))
AI_LINKS = (("unknown", 70), ("alongside", 12), ("none", 10), ("stated", 4), ("reported", 3), ("denied", 1))
QUALIFIERS = (("exact", 55), ("about", 25), ("at_least", 12), ("range", 8))
REASONS = (("costs", 40), ("restructuring", 30), ("demand", 12), ("ai", 7), ("closure", 5), ("merger", 4), ("other", 2))
TIERS = (("reporting", 60), ("primary", 32), ("post", 8))
KIND_OF_TIER = {"reporting": "article", "primary": "filing", "post": "post"}
COUNTRIES = (
    ("US", 520), ("IN", 80), ("GB", 60), ("DE", 50), ("CA", 40), ("IL", 25), ("SE", 20), ("FR", 20), ("BR", 20),
    ("AU", 18), ("SG", 15), ("NL", 15), ("CN", 15), ("IE", 12), ("JP", 10), ("ES", 9), ("CH", 8), ("FI", 7), ("NO", 6),
    ("NG", 6), ("KE", 5), ("ID", 5), ("MX", 5), ("AR", 5), ("PL", 5), ("DK", 4), ("EE", 3), ("KR", 3), ("AT", 3),
    ("PT", 3),
)  # fmt: skip
UNITS = (
    "Cloud", "Advertising", "Engineering", "Cloud engineering", "Recruiting", "Sales", "Marketing", "Payments",
    "Hardware", "Studios", "Games", "Customer support", "Assistant", "Research", "Trust and safety", "Logistics",
    "Devices", "Fitness", "News", "Human resources",
)  # fmt: skip
PLACES = (
    "San Francisco, California", "Seattle, Washington", "New York, New York", "Austin, Texas", "Bengaluru, Karnataka",
    "London", "Berlin", "Toronto, Ontario", "Tel Aviv", "Stockholm", "Paris", "São Paulo", "Sydney", "Singapore",
)  # fmt: skip
PHRASES = (
    "We have decided to reduce our workforce.", "The cuts touch a part of the workforce.",
    "This reduces the global workforce of the company.", "Roles across several teams have been eliminated.",
    "We will say goodbye to talented colleagues.", "The company confirmed the layoffs in a statement.",
    "The notice names a plant closure and mass layoff.", "Employees were told in an e-mail on that morning.",
    "We are reorganising to move faster.", "Affected employees receive severance pay.",
)  # fmt: skip
SAYING_AI = "We need fewer people for this because of AI."
KINDS_OF_NOTES = (
    ("model", 20), ("product", 25), ("capital_spending", 15), ("funding_round", 20), ("partnership", 12),
    ("acquisition", 5), ("outlook", 3),
)  # fmt: skip
ROLES = {"funding_round": "recipient", "acquisition": "buyer", "capital_spending": "investor"}

Row = dict[str, Any]
Rows = dict[str, list[Row]]


class Wheel:
    """Draws one of some values, each by its weight."""

    def __init__(self, rng: Random, pairs: Any) -> None:
        self.values, weights = zip(*pairs, strict=True)
        self.sums, self.rng = list(accumulate(weights)), rng

    def draw(self) -> Any:
        return self.rng.choices(self.values, cum_weights=self.sums)[0]


class World:
    """Everything that is made for one number of events; the same number gives the same rows."""

    def __init__(self, size: int, seed: int = SEED) -> None:
        from events.models import OwnershipTree

        self.size, self.rng = size, Random(f"{seed} {size}")  # noqa: S311 - seeded on purpose
        rng = self.rng
        self.days = _days(rng)
        self.wheels = {
            name: Wheel(rng, pairs)
            for name, pairs in {
                "precision": PRECISIONS, "stage": STAGES, "permanence": PERMANENCE, "closure": CLOSURES,
                "ai_link": AI_LINKS, "qualifier": QUALIFIERS, "reason": REASONS, "tier": TIERS, "country": COUNTRIES,
                "kind": KINDS_OF_NOTES, "unit": [(u, 1 / n) for n, u in enumerate(UNITS, 1)],
            }.items()
        }  # fmt: skip
        self.sentences = _sentences(rng, min(20_000, max(500, size)))
        self.publishers = Wheel(rng, [(f"The {name} Post", 1 / n) for n, name in enumerate(_names(rng, 200), 1)])
        self._words: dict[str, list[str]] = {}
        self.tree = OwnershipTree()
        self.companies, self.ownerships = self._companies(max(size // EVENTS_A_COMPANY, 10))
        # The first companies have the most events, as they have the most employees.
        self.often = Wheel(rng, [(pk, pk**-0.7) for pk in range(1, len(self.companies) + 1)])
        self.notes = min(max(size // 25, 20), 10_000)
        self._plan()

    # Companies

    def _companies(self, number: int) -> tuple[list[Row], list[Row]]:
        from django.utils.text import slugify

        from events.models import Company
        from events.models.choices import Sector

        rng, rows = self.rng, []
        sectors = Wheel(rng, [(str(sector), 1 / n) for n, sector in enumerate(Sector.values, 1)])
        for pk, name in enumerate(_names(rng, number), 1):
            company = Company(name=name)
            company.fill()
            rows.append({
                "id": pk, "name": name, "slug": slugify(name), "match_key": company.match_key,
                "search_text": company.search_text, "ticker": name[:4].upper() if pk <= number // 10 else "",
                "wikidata_id": "", "sector": sectors.draw(), "country": self.wheels["country"].draw(), "place": "",
                "merged_into_id": None,
            })  # fmt: skip
        owned = sorted(rng.sample(range(2, number + 1), round(number * OWNED)))
        ownerships = []
        for pk in owned:
            # Owners are larger, so that nobody owns itself through another.
            parent = rng.randrange(1, max(min(pk, number // 10), 2))
            since = None if rng.random() < 0.5 else FIRST_DAY + timedelta(rng.randrange(3000))
            until = since + timedelta(rng.randrange(300, 1500)) if since and rng.random() < 0.2 else None
            self.tree.add(pk, parent, since, until)
            ownerships.append({
                "company_id": pk, "parent_id": parent, "since": since and since.isoformat(),
                "until": until and until.isoformat(),
            })  # fmt: skip
        return rows, ownerships

    # The plan: what events must know of one another before the first is written

    def _plan(self) -> None:
        rng, size = self.rng, self.size
        # Every company once, the others by Zipf.
        companies = list(range(1, len(self.companies) + 1))[:size]
        companies += rng.choices(self.often.values, cum_weights=self.often.sums, k=size - len(companies))
        rng.shuffle(companies)
        self.company = array("i", companies)
        self.people, self.whole, self.replaced_by = array("i"), array("i", [-1]) * size, array("i", [-1]) * size
        self.first, self.last, self.recorded = array("i"), array("i"), array("i")
        self.precision: list[str] = []
        self.tied = bytearray(size)
        at = 0
        for members in self._groups():
            self._plan_group(at, members)
            at += abs(members)
        self.without_figure = _some(rng, size, WITHOUT_FIGURE)
        self.corrected = _some(rng, size, CORRECTED)
        withdrawn = [at for at in range(size) if self.corrected[at] and not self.tied[at]]
        self.withdrawn = frozenset(rng.sample(withdrawn, round(size * WITHDRAWN)))
        # Numbered as they were recorded.
        self.order = sorted(range(size), key=self.recorded.__getitem__)
        self.id_of = array("i", [0]) * size
        for pk, at in enumerate(self.order, 1):
            self.id_of[at] = pk

    def _groups(self) -> list[int]:
        """Sizes of trees, -2 for an event with its replacement, 1 for each that stands alone, in any order."""
        rng, trees, left = self.rng, [], round(self.size * IN_TREES)
        while left >= 2:
            members = min(rng.randint(2, 6), left)
            trees.append(members if left - members != 1 else members + 1)
            left -= trees[-1]
        pairs = [-2] * round(self.size * REPLACED)
        groups = trees + pairs
        groups += [1] * (self.size - sum(map(abs, groups)))
        rng.shuffle(groups)
        return groups

    def _plan_group(self, start: int, members: int) -> None:
        from events import dates

        rng, company = self.rng, self.company[start]
        employees = max(40, int(400_000 / company**0.9))
        root = max(3, int(employees * min(rng.lognormvariate(-3, 0.9), 0.9)))
        day = self.days()
        for at in range(start, start + abs(members)):
            people = root
            if at > start:
                self.company[at] = company
                day = min(max(day + timedelta(rng.randint(0, 60)), FIRST_DAY), LAST_DAY)
                people = max(1, int(root * rng.uniform(0.05, 0.5)))
            if members > 1:
                self.tied[at] = 1
                if at > start:
                    # Mostly a part of the whole itself, now and then of a part.
                    self.whole[at] = start if rng.random() < 0.8 else rng.randrange(start, at)
            precision = self.wheels["precision"].draw()
            span = dates.span(day, precision)
            late = int(rng.expovariate(1 / 3)) if rng.random() < 0.85 else rng.randrange(10, 300)
            recorded = min(span.last + timedelta(late), LAST_KNOWN)
            self.people.append(people)
            self.precision.append(precision)
            self.first.append(span.first.toordinal())
            self.last.append(span.last.toordinal())
            self.recorded.append(recorded.toordinal())
        if members == -2:
            self.tied[start] = self.tied[start + 1] = 1
            self.replaced_by[start] = start + 1

    # Rows

    def batches(self) -> Iterator[Rows]:
        """All rows by model, some thousand events at a time, in an order in which they can be inserted."""
        yield {"Company": self.companies, "Ownership": self.ownerships}
        yield from self._note_batches()
        edition = 0
        rows: Rows = _empty("Event")
        for pk, at in enumerate(self.order, 1):
            for said in self._event(pk, at):
                edition += 1
                _file("Event", rows, edition, said)
            if pk % BATCH == 0:
                yield rows
                rows = _empty("Event")
        yield rows

    def _event(self, pk: int, at: int) -> Iterator[tuple[Row, Row, list, list, tuple[str, str]]]:
        """Each edition of an event: facts, document, companies, terms, words."""
        from events import dates
        from events.models.edition import OPEN
        from events.publishing.graph import counts_as_alone
        from events.publishing.saying import MONTHS_AFTER, MONTHS_BEFORE

        rng, wheels = self.rng, self.wheels
        company = self.companies[self.company[at] - 1]
        first, last = date.fromordinal(self.first[at]), date.fromordinal(self.last[at])
        precision, recorded = self.precision[at], date.fromordinal(self.recorded[at])
        people = None if self.without_figure[at] else self.people[at]
        stage, permanence = wheels["stage"].draw(), wheels["permanence"].draw()
        if self.tied[at]:
            # A whole is a cut, and so are its parts, whatever their stage.
            stage, permanence = "announced" if rng.random() < 0.7 else "carried_out", "permanent"
        ai_link = wheels["ai_link"].draw()
        claims = ai_link in ("stated", "reported", "denied")
        units = list(dict.fromkeys(wheels["unit"].draw() for _ in range(rng.choice((0, 0, 0, 1, 2)))))
        reasons = list(dict.fromkeys(wheels["reason"].draw() for _ in range(rng.choice((0, 0, 1, 1, 2)))))
        effective = last + timedelta(rng.randint(7, 90)) if rng.random() < 0.4 else None
        share = f"{rng.uniform(1, 40):.1f}" if rng.random() < 0.2 else None
        place = rng.choice(PLACES) if rng.random() < 0.6 else ""
        figure = _figure(people, wheels["qualifier"].draw(), rng)
        citations = [self._citation(2 * pk - 1 + n, first, figure, claims and n == 0) for n in range(2)]
        if rng.random() < 0.2:
            # The sources differ.
            citations[1]["figure"] = _figure(self.people[at] + 10, "exact", rng)
        summary = rng.choice(self.sentences) if rng.random() < 0.3 else ""
        title = _title(company["name"], figure, units)
        whole = self.whole[at]
        facts = {
            "title": title, "slug": _slug(title), **_facts_of(figure), "announced_from": first.isoformat(),
            "announced_until": last.isoformat(), "date_precision": precision,
            "announced_month": first.isoformat()[:7] if precision in ("day", "month") else "",
            "effective_from": effective and effective.isoformat(),
            "effective_until": effective and effective.isoformat(), "effective_precision": "day" if effective else "",
            "share_percent": share, "counts_as": str(counts_as_alone(stage, permanence)), "stage": stage,
            "permanence": permanence, "closure": wheels["closure"].draw(), "ai_link": ai_link,
            "ai_link_quote": SAYING_AI if claims else "", "ai_link_speaker": "the company" if claims else "",
            "sector": company["sector"], "country": company["country"] if rng.random() < 0.98 else "", "place": place,
            "place_folded": _folded(place), "part_of": self.id_of[whole] if whole >= 0 else None,
            "replaced_by": None, "notes_from": dates.months_later(last, -MONTHS_BEFORE).isoformat(),
            "notes_until": dates.months_later(first, MONTHS_AFTER).isoformat(), "reasons": _each(reasons),
            "tiers": _each([c["tier"] for c in citations]), "days_late": max((recorded - last).days, 0),
            "company_id": company["id"],
        }  # fmt: skip
        replaces = [self.id_of[at - 1]] if at and self.replaced_by[at - 1] == at else []
        document = {
            "summary": summary, "figure": figure, "share_of": "all staff" if share else "",
            "place_basis": "jobs" if place else "seat",
            "units": [{"name": unit, "figure": _figure(None, "none", rng)} for unit in units],
            "reasons": [{"kind": reason, "wording": ""} for reason in reasons],
            "updates": [pk - 1] if pk > 1 and rng.random() < 0.01 else [], "disputed_by": [], "replaces": replaces,
            "notes": [rng.randint(1, self.notes)] if rng.random() < 0.02 else [], "citations": citations,
        }  # fmt: skip
        owners = self.tree.owners_through(company["id"], first, last)
        companies = [{"company_id": company["id"], "direct": True}]
        companies += [{"company_id": owner, "direct": False} for owner in owners]
        terms = [("unit", unit) for unit in units] + _publishers(citations)
        words = self._searched([title, summary, *units, *(c["quote"] for c in citations)])
        known = {"record_id": pk, "recorded_on": recorded.isoformat(), "reconstructed_from": "a file"}
        final = {"number": 1, "known_from": recorded.isoformat(), "known_until": OPEN.isoformat(), "withdrawn": False,
                 "change": "published", "reason": "", "changed_fields": "[]"}  # fmt: skip
        if self.corrected[at]:
            day = min(recorded + timedelta(int(rng.expovariate(1 / 120))), LAST_KNOWN).isoformat()
            earlier, before, changed = self._before(at, facts, document, citations)
            yield known | final | {"known_until": day} | earlier, before, companies, terms, words
            final |= {"number": 2, "known_from": day, "change": "corrected", "reason": "A later report says so.",
                      "changed_fields": json.dumps(changed)}  # fmt: skip
            if at in self.withdrawn:
                final |= {"withdrawn": True, "change": "withdrawn", "changed_fields": "[]"}
        if self.replaced_by[at] >= 0:
            facts["replaced_by"] = self.id_of[self.replaced_by[at]]
        yield known | final | facts, document, companies, terms, words

    def _before(self, at: int, facts: Row, document: Row, citations: list[Row]) -> tuple[Row, Row, list[str]]:
        """Facts and document of the edition before a correction, and what the correction changed."""
        rng = self.rng
        if rng.random() < 0.3 and facts["ai_link"] != "unknown":
            return facts | {"ai_link": "unknown", "ai_link_quote": "", "ai_link_speaker": ""}, document, ["ai_link"]
        people = None if rng.random() < 0.3 else int(self.people[at] * rng.uniform(0.5, 1.1)) + 1
        figure = _figure(people, "exact", rng)
        first = citations[0] | {"figure": figure}
        body = document | {"figure": figure, "citations": [first, *citations[1:]]}
        return facts | _facts_of(figure), body, ["people", "figure", "citations"]

    def _citation(self, source: int, day: date, figure: Row, on_ai_link: bool) -> Row:
        rng, tier, publisher = self.rng, self.wheels["tier"].draw(), self.publishers.draw()
        quote = f"{rng.choice(PHRASES)} {rng.choice(self.sentences)}"
        return {
            "source": source, "url": f"https://{publisher[4:-5].lower()}.example/{day.year}/{source}",
            "title": f"Report {source} on a cut", "publisher": publisher, "published_on": day.isoformat(),
            "kind": KIND_OF_TIER[tier], "tier": tier, "quote": f"{SAYING_AI} {quote}" if on_ai_link else quote,
            "speaker": "company" if on_ai_link else "press", "speaker_name": "the company" if on_ai_link else "",
            "figure": figure, "share_percent": None, "chosen": source % 2 == 1, "chosen_because": "",
            "on_ai_link": on_ai_link, "row_number": None,
        }  # fmt: skip

    def _searched(self, texts: list[str]) -> tuple[str, str]:
        """The words of the title alone, and of all. Sentences come again and again: each is taken apart once."""
        from events.text import words

        title, *rest = texts
        of_title = words(title)
        found = dict.fromkeys(of_title)
        for text in rest:
            for sentence in text.split(". "):
                if sentence not in self._words:
                    self._words[sentence] = words(sentence)
                found.update(dict.fromkeys(self._words[sentence]))
        return " ".join(of_title), " ".join(found)

    def _note_batches(self) -> Iterator[Rows]:
        rows = _empty("Note")
        for pk in range(1, self.notes + 1):
            _file("Note", rows, pk, self._note(pk))
            if pk % BATCH == 0:
                yield rows
                rows = _empty("Note")
        yield rows

    def _note(self, pk: int) -> tuple[Row, Row, list, list, tuple[str, str]]:
        from events.models.edition import OPEN

        rng, kind = self.rng, self.wheels["kind"].draw()
        company, day = self.companies[self.often.draw() - 1], self.days()
        money = round(rng.lognormvariate(5, 1.5)) + 1 if rng.random() < 0.6 else None
        period = (date(day.year, 1, 1), date(day.year, 12, 31)) if kind == "capital_spending" else (None, None)
        role = ROLES.get(kind, "maker")
        title = f"{company['name']}: {kind.replace('_', ' ')} {pk}"
        facts = {
            "record_id": pk, "number": 1, "known_from": day.isoformat(), "known_until": OPEN.isoformat(),
            "withdrawn": False, "change": "published", "reason": "", "changed_fields": "[]",
            "recorded_on": day.isoformat(), "reconstructed_from": "a file", "title": title, "slug": _slug(title),
            "kind": kind, "dated_from": day.isoformat(), "dated_until": day.isoformat(), "date_precision": "day",
            "dated_month": day.isoformat()[:7], "usd_low_millions": money, "usd_millions": money,
            "usd_high_millions": money, "plan_or_actual": rng.choice(("plan", "actual", "unknown")),
            "period_from": period[0] and period[0].isoformat(), "period_until": period[1] and period[1].isoformat(),
            "updates": None,
        }  # fmt: skip
        amount = None if money is None else str(money)
        figure = _figure(None, "none", rng)
        document: Row = {
            "summary": rng.choice(self.sentences),
            "companies": [{"company": company["id"], "role": role}],
            "money": {
                "wording": "", "low_millions": amount, "millions": amount, "high_millions": amount, "currency": "USD",
                "usd_rate": None, "usd_rate_on": None,
            },
            "citations": [self._citation(3 * self.size + 2 * pk + n, day, figure, False) for n in range(2)],
        }  # fmt: skip
        owners = self.tree.owners_through(company["id"], day, day)
        companies = [{"company_id": company["id"], "direct": True, "role": role}]
        companies += [{"company_id": owner, "direct": False, "role": role} for owner in owners]
        words = self._searched([title, document["summary"], *(c["quote"] for c in document["citations"])])
        citations = document["citations"]
        return (
            facts | {"tiers": _each([c["tier"] for c in citations])},
            document,
            companies,
            _publishers(citations),
            words,
        )


def _empty(subject: str) -> Rows:
    kinds = ("Edition", "Document", "EditionCompany", "EditionTerm", "Words")
    rows: Rows = {f"{subject}{kind}": [] for kind in kinds}
    if subject == "Event":
        rows["EventEditionTie"] = []
    return rows


@cache
def _folded(text: str) -> str:
    """Of names that come again and again."""
    from events.text import fold

    return fold(text)


def _file(subject: str, rows: Rows, edition: int, said: tuple) -> None:
    """Puts one edition where its parts belong."""
    facts, document, companies, terms, (title, words) = said
    written = {"id": edition, "version": 1, "written_at": f"{OPENED_ON}T00:00:00+00:00"}
    rows[f"{subject}Edition"].append(facts | written)
    rows[f"{subject}Document"].append({"edition_id": edition, "body": json.dumps(document)})
    rows[f"{subject}EditionCompany"] += [row | {"edition_id": edition} for row in companies]
    rows[f"{subject}EditionTerm"] += [
        {"kind": kind, "key": key, "value": value, "edition_id": edition}
        for (kind, key), value in {(kind, _folded(value)): value for kind, value in terms}.items()
    ]
    rows[f"{subject}Words"].append({"edition_id": edition, "title": title, "words": words})
    if subject == "Event":
        rows["EventEditionTie"] += [
            {"kind": kind, "other": other, "edition_id": edition}
            for kind in ("updates", "notes")
            for other in document[kind]
        ]


def _publishers(citations: list[Row]) -> list[tuple[str, str]]:
    return [("source", c["publisher"]) for c in citations]


def _each(values: list[str]) -> str:
    """Several values of a choice in one column: " ai costs "."""
    return f" {' '.join(sorted(set(values)))} " if values else ""


def _figure(people: int | None, qualifier: str, rng: Random) -> Row:
    """A figure as documents hold it."""
    low = best = high = people
    wording, basis = "", "stated"
    if people is None:
        qualifier, basis = "none", "unknown"
    elif qualifier == "about":
        low, best, high, wording = max(people * 19 // 20, 1), people, people * 21 // 20 + 1, f"about {people}"
    elif qualifier == "at_least":
        high, wording = None, f"more than {people}"
    elif qualifier == "range":
        best, high, wording = None, people * rng.randint(2, 4), "several hundred"
    return {"low": low, "best": best, "high": high, "qualifier": qualifier, "wording": wording, "basis": basis}


def _facts_of(figure: Row) -> Row:
    return {
        "people_low": figure["low"], "people": figure["best"], "people_high": figure["high"],
        "headline": figure["low"] if figure["best"] is None else figure["best"],
        "high_open": figure["qualifier"] == "at_least", "qualifier": figure["qualifier"],
    }  # fmt: skip


def _title(name: str, figure: Row, units: list[str]) -> str:
    number = figure["best"] or figure["low"]
    return f"{name} cuts {number or 'more'} jobs" + (f" in {units[0]}" if units else "")


def _slug(title: str) -> str:
    from django.utils.text import slugify

    return slugify(title)[:80].strip("-")


def _some(rng: Random, size: int, share: float) -> bytearray:
    """A mark for this share of all, exactly so many."""
    marks = bytearray(size)
    for at in rng.sample(range(size), round(size * share)):
        marks[at] = 1
    return marks


def _days(rng: Random) -> Callable[[], date]:
    """A maker of days: months differ, some have many times the others' number, and most days are working days."""
    months, year, month = [], FIRST_DAY.year, FIRST_DAY.month
    while date(year, month, 1) <= LAST_DAY:
        times = next((times for first, last, times in BURSTS if first <= (year, month) <= last), 1.0)
        # More is recorded of later years.
        months.append((date(year, month, 1), times * (1 + (year - 2016) / 4) * rng.lognormvariate(0, 0.25)))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    wheel = Wheel(rng, months)

    def day() -> date:
        found = wheel.draw() + timedelta(rng.randrange(28))
        return found - timedelta(2) if found.weekday() > 4 and found.day > 2 else found

    return day


def _names(rng: Random, number: int) -> list[str]:
    """So many names, no two of them alike."""
    found: dict[str, None] = {}
    while len(found) < number:
        found[_word(rng, 2, 4).capitalize()] = None
    kinds = ("", "", " Labs", " Systems", " Health", " Robotics")
    return [name + rng.choice(kinds) for name in found]


def _word(rng: Random, least: int, most: int) -> str:
    return "".join(rng.choice("bcdfghklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(least, most)))


def _sentences(rng: Random, number: int) -> list[str]:
    """Sentences of made-up words, few of which come often and many seldom."""
    words = list({_word(rng, 2, 4): None for _ in range(20_000)})
    sums = list(accumulate(1 / n for n in range(1, len(words) + 1)))
    return [" ".join(rng.choices(words, cum_weights=sums, k=14)).capitalize() + "." for _ in range(number)]


# ── Into a database ──────────────────────────────────────────────────────────────────────────────────────────────────


def fill(world: World) -> None:
    """All of `world` into the database that Django is connected to, whose tables are empty."""
    from django.apps import apps

    from events.models import PublicRecord

    for rows in world.batches():
        for name, some in rows.items():
            _insert(apps.get_model("events", name), some)
    PublicRecord.objects.update(version=1, opened_on=OPENED_ON)


def _insert(model: "type[models.Model]", rows: list[Row]) -> None:
    from django.db import connection

    if not rows:
        return
    quote = connection.ops.quote_name
    names, places = ", ".join(map(quote, rows[0])), ", ".join(["%s"] * len(rows[0]))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        cursor.executemany(sql, [tuple(row.values()) for row in rows])


@contextmanager
def _indexed_at_the_end() -> Iterator[None]:
    """On SQLite: without indexes and triggers while rows come in; they are made, and words indexed, at the end."""
    from django.db import connection

    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.execute("PRAGMA journal_mode=OFF")
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.execute("PRAGMA cache_size=-256000")
        cursor.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL "
            "AND tbl_name LIKE 'events!_%' ESCAPE '!'"
        )
        later = cursor.fetchall()
        for type_, name, _sql in later:
            cursor.execute(f'DROP {type_} "{name}"')
        yield
        for _type, _name, sql in later:
            cursor.execute(sql)
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'INSERT INTO "{name}" ("{name}") VALUES (\'rebuild\')')  # noqa: S608 - names of our own


def mark(size: int) -> str:
    """What a database of `size` is made by: other migrations, seed or version, and it is made anew."""
    migrations = hashlib.sha256()
    for path in sorted((ROOT / "events" / "migrations").glob("*.py")):
        migrations.update(path.read_bytes())
    return f"{size} {SEED} {VERSION} {migrations.hexdigest()}"


def make(size: int) -> None:
    """Makes the database that Django is connected to: tables, rows, mark."""
    from django.core.management import call_command
    from django.db import connection, transaction

    call_command("migrate", verbosity=0)
    with _indexed_at_the_end(), transaction.atomic():
        fill(World(size))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_mark (made_by text NOT NULL)")
        cursor.execute("INSERT INTO bench_mark VALUES (%s)", [mark(size)])
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode=WAL")
        else:
            cursor.execute("ANALYZE")
    connection.close()


def made_by() -> str | None:
    """The mark of the database that Django is connected to; None where there is none."""
    from django.db import connection

    if "bench_mark" not in connection.introspection.table_names():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT made_by FROM bench_mark")
        return cursor.fetchone()[0]


def connect(url: str) -> None:
    """Django, on the database of `url`."""
    import django

    os.environ |= {
        "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "layoffwatch.settings", "SITE_OPENED_ON": OPENED_ON.isoformat(),
    }  # fmt: skip
    django.setup()


def folder() -> Path:
    found = Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve() / "bench"
    found.mkdir(parents=True, exist_ok=True)
    return found


def ready(size: int) -> None:
    """Connects Django to the database of `size`, made first where there is none that is up to date.

    With DATABASE_URL of a PostgreSQL it is that one: an empty database, or one that was made here for this size.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgres"):
        connect(given)
        found = made_by()
        if found is None:
            from django.db import connection

            if connection.introspection.table_names():
                raise SystemExit("This database is in use: name an empty one in DATABASE_URL.")
            _make_aloud(size)
        elif found != mark(size):
            raise SystemExit("This database was made for another size or by another version: name an empty one.")
        return
    path = folder() / f"{size}.sqlite3"
    if not path.exists() or _read_mark(path) != mark(size):
        draft = path.with_suffix(".making")
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{draft}{ending}").unlink(missing_ok=True)
        connect(f"sqlite:///{draft}")
        _make_aloud(size)
        for ending in ("-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        draft.replace(path)
        from django.db import connection

        connection.settings_dict["NAME"] = str(path)
    else:
        connect(f"sqlite:///{path}")


def _read_mark(path: Path) -> str | None:
    import sqlite3

    with sqlite3.connect(path) as connection:
        try:
            return connection.execute("SELECT made_by FROM bench_mark").fetchone()[0]
        except sqlite3.OperationalError:
            return None


def _make_aloud(size: int) -> None:
    began = time.perf_counter()
    sys.stderr.write(f"Making {size:,} events ... ")
    sys.stderr.flush()
    make(size)
    sys.stderr.write(f"{time.perf_counter() - began:.0f} s\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Makes the databases of the benchmark.")
    parser.add_argument("size", type=int)
    ready(parser.parse_args().size)
