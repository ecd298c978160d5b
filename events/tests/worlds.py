"""Random worlds: companies, cuts and notes that editors publish, correct, withdraw and replace over several days.

A world is built through the real desk and the real door, and keeps a log of its own in plain Python: what the desk said
of each record from which day on, and in which state it was. The oracle (oracle.py) reads the log and nothing else.
The same seed makes the same world.
"""

import calendar
import copy
import random
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from unittest import mock

from events import dates
from events.models import (
    AiNote,
    Citation,
    Company,
    Headcount,
    LayoffEvent,
    NoteCompany,
    Ownership,
    PublicRecord,
    Reason,
    Relation,
    Source,
    Unit,
    bulk,
)
from events.publishing import correct, ownership_changed, publish, refresh, source_changed, withdraw
from events.tests.factories import make_company

OPENED = date(2024, 5, 1)
DAYS = (date(2024, 5, 1), date(2024, 5, 6), date(2024, 5, 20), date(2024, 7, 1))
BEFORE_ALL = date.min
FILE = "a file"

# No two names begin alike, so that every collation puts them in one order.
NAMES = (
    "Alphabet", "Brightwave", "Café Crew", "Datahub", "Evergreen", "Fitbit", "Google", "Hooli", "Initech", "Jolla-Net",
    "Kestrel", "Lumen & Partners", "Microsoft", "Nørrebro",
)  # fmt: skip
# Nothing of it is ever public.
OF_THE_DESK = "Quorum"
ALIASES = {"Brightwave": ["Lichtwelle Ägir"], "Google": ["BackRub"], "Initech": ["Ini-Tech Labs"]}
TICKERS = {"Alphabet": "GOOGL", "Microsoft": "MSFT"}
SECTORS = ("retail", "consumer", "media", "finance", "")
COUNTRIES = ("US", "DE", "IN", "")
PLACES = ("Seattle, WA", "München", "100% remote", "São Paulo", "")
WORDS = (
    "Pixel team", "Café crew", "50% off", "cloud_ops", "R&D lab", "x-ray unit", "Assistant", "AI research",
    "O'Neill desk", "naïve Bayes", "hardware (phones)", "Größe project",
)  # fmt: skip
UNITS = ("Pixel", "Advertising", "Café Studio", "AI Lab", "100% owned stores", "Voice_Assistant")
QUOTES = ("", "", "We adopt machines.", "Naïveté costs jobs.", "It's about focus")
REASONS = ("ai", "costs", "restructuring", "demand", "merger", "closure", "other")
PUBLISHERS = ("The Paper", "Le Café Quotidien", "WARN notices", "Wire Service", "the paper of record")
TIERS = ("primary", "reporting", "post")
STAGES = ("announced", "announced", "announced", "carried_out", "filed", "filed", "signalled", "called_off")
PERMANENCE = ("permanent", "unknown", "unknown", "temporary")
AI_LINKS = ("stated", "reported", "alongside", "denied", "none", "unknown", "unknown")
WITH_QUOTE = ("stated", "reported", "denied")
NOTE_KINDS = (
    "model", "product", "capital_spending", "capital_spending", "research_spending", "acquisition", "outlook", "hiring",
)  # fmt: skip
ROLES = ("investor", "recipient", "buyer", "target", "maker", "employer")
LARGEST_TREE = 9
NUMBERS = (1, 20, 49, 50, 100, 100, 249, 250, 500, 500, 999, 1000, 1000, 5000)


class _Clock:
    """What `events.dates` asks for the time."""

    def __init__(self, day):
        self.day = day

    def now(self, tz=None):
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=tz or UTC)


@contextmanager
def on(day):
    """It is `day`: whatever is published becomes public that day."""
    with mock.patch.object(dates, "datetime", _Clock(day)):
        yield


def first_day(text):
    """The first day that a date stands for ("2024-01-10", "2024-01", "2024-Q1", "2024"), and its precision."""
    if "Q" in text:
        return date(int(text[:4]), int(text[6]) * 3 - 2, 1), "quarter"
    numbers = [int(part) for part in text.split("-")]
    return date(*numbers, *[1] * (3 - len(numbers))), {1: "year", 2: "month", 3: "day"}[len(numbers)]


class World:
    """A record of chance.

    `companies`, `ownership`: as they are called and owned in the end. `entries`, in the order in which they happened:
    {"day", "step", "kind": "event" | "note" | "source" | "headcount", "id", "state", "facts"} says what the desk says
    of a record from `day` on. All entries of one step passed the door together.
    """

    def __init__(self, seed, events=54):
        self.seed, self.size = seed, events
        self.chance = random.Random(seed)
        self.companies, self.ownership, self.entries = {}, [], []
        self.step = 0
        # What the desk says now: {id: facts}, {id: state}.
        self.desk, self.state = {}, {}
        self.notes, self.note_state = {}, {}
        self.sources = {}
        self._build()

    # What happens

    def _build(self):
        PublicRecord.objects.update(opened_on=OPENED)
        with on(DAYS[0]):
            self._make_companies()
            self._make_sources()
            self._read_file()
            self._read_notes()
        for number, day in enumerate(DAYS):
            with on(day):
                self._work(day)
                if number == 2:
                    self._read_late(day)

    def _work(self, day):
        """One day of an editor."""
        self._publish_new(day, self.chance.randint(2, 4))
        for act in self.chance.sample(
            [
                self._correct, self._correct, self._correct, self._correct_twice, self._withdraw, self._withdraw,
                self._publish_again, self._replace, self._replace, self._replace_note, self._take_over, self._merge,
                self._change_source, self._publish_draft, self._move_draft, self._publish_note, self._correct_note,
                self._withdraw_and_back, self._move, self._move, self._withdraw_replacement,
            ],
            6,
        ):  # fmt: skip
            act(day)

    def _tell(self, kind, pk, state, facts, day):
        self.entries.append(
            {"day": day, "step": self.step, "kind": kind, "id": pk, "state": state, "facts": copy.deepcopy(facts)}
        )

    # Companies

    def _make_companies(self):
        order = list(NAMES)
        self.chance.shuffle(order)
        # A company is owned by those before it only: no circles, whatever the days.
        self.rank = {name: place for place, name in enumerate(order)}
        self.objects = {}
        for name in (*NAMES, OF_THE_DESK):
            company = make_company(
                name,
                aliases=ALIASES.get(name, ()),
                ticker=TICKERS.get(name, ""),
                sector=self.chance.choice(SECTORS),
                country=self.chance.choice(COUNTRIES),
            )
            self.objects[name] = company
            self.companies[name] = {
                "id": company.pk,
                "name": name,
                "slug": company.slug,
                "aliases": list(ALIASES.get(name, ())),
                "ticker": TICKERS.get(name, ""),
                "sector": company.sector,
                "country": company.country,
                "merged_into": None,
            }
        for name in order[1:]:
            for parent, since, until in self._spans(name):
                self._own(name, parent, since, until)

    def _spans(self, name):
        """Owners over time of a company: (parent, since, until), one a day."""
        chance = self.chance
        parents = [other for other in NAMES if self.rank[other] < self.rank[name]]
        parents.sort(key=lambda other: self.rank[other])
        if chance.random() < 0.25:
            return []

        def parent():
            # The later ones: chains grow long.
            return chance.choice(parents[-4:])

        first, second = sorted(chance.sample(range(0, 900), 2))
        one, two = (date(2022, 1, 10) + timedelta(days=n) for n in (first, second))
        return chance.choice(
            [
                [(parent(), None, None)],
                [(parent(), None, None)],
                [(parent(), one, None)],
                [(parent(), None, one)],
                [(parent(), one, two)],
                [(parent(), None, one), (parent(), one, None)],
                [(parent(), None, one), (parent(), two, None)],
            ]
        )

    def _own(self, name, parent, since, until):
        row = Ownership.objects.create(
            company=self.objects[name], parent=self.objects[parent], since=since, until=until
        )
        self.ownership.append({"id": row.pk, "company": name, "parent": parent, "since": since, "until": until})

    def _take_over(self, day):
        """An editor learns since when a company was owned, or that it was not."""
        span = self.chance.choice(self.ownership)
        row = Ownership.objects.get(pk=span["id"])
        if self.chance.random() < 0.5:
            row.delete()
            self.ownership.remove(span)
        else:
            others = [other for other in self.ownership if other["company"] == span["company"] and other is not span]
            if any(other["until"] is None for other in others):
                return
            earliest = max([other["until"] for other in others], default=date(2022, 1, 1))
            since = max(earliest, date(2022, 1, 1) + timedelta(days=self.chance.randint(0, 850)))
            row.since, row.until = since, None
            row.save()
            span["since"], span["until"] = since, None
        ownership_changed([self.companies[span["company"]]["id"]])

    def _merge(self, day):
        if any(company["merged_into"] for company in self.companies.values()):
            return
        one, other = sorted(self.chance.sample(NAMES, 2), key=lambda name: self.rank[name])
        company = Company.objects.get(pk=self.companies[other]["id"])
        company.merged_into = self.objects[one]
        company.save()
        self.companies[other]["merged_into"] = one
        ownership_changed([company.pk])

    # Sources

    def _make_sources(self):
        made = []
        for number in range(12):
            publisher, tier = self.chance.choice(PUBLISHERS), self.chance.choice(TIERS)
            made.append(
                Source(
                    url=f"https://world.example/{number}",
                    url_normalised=f"https://world.example/{number}",
                    title=f"Report {number}",
                    publisher=publisher,
                    tier=tier,
                )
            )
        bulk.insert(made)
        for source in made:
            self.sources[source.pk] = {"publisher": source.publisher, "tier": source.tier}
            self._tell("source", source.pk, "", self.sources[source.pk], BEFORE_ALL)

    def _change_source(self, day):
        pk = self.chance.choice(list(self.sources))
        source = Source.objects.get(pk=pk)
        facts = self.sources[pk]
        if self.chance.random() < 0.5:
            source.publisher = facts["publisher"] = self.chance.choice(PUBLISHERS)
        else:
            source.tier = facts["tier"] = self.chance.choice(TIERS)
        source.save()
        source_changed(source)
        self.step += 1
        self._tell("source", pk, "", facts, day)

    def _some_citations(self, ai_link="unknown"):
        citations = [
            {"source": pk, "quote": self.chance.choice(QUOTES), "on_ai_link": False}
            for pk in self.chance.sample(list(self.sources), self.chance.choice((1, 1, 2, 3)))
        ]
        if ai_link in WITH_QUOTE:
            citations[0] |= {"quote": "Software does this work now.", "on_ai_link": True}
        return citations

    # Facts of chance

    def _date(self, years=(2022, 2023, 2023, 2024, 2024), months=range(1, 13)):
        chance = self.chance
        year, month = chance.choice(years), chance.choice(list(months))
        match chance.choice(("day", "day", "day", "day", "month", "quarter", "year")):
            case "day":
                # Few days a month: several events of one day.
                day = chance.choice((1, 10, 15, calendar.monthrange(year, month)[1]))
                return date(year, month, day).isoformat()
            case "month":
                return f"{year}-{month:02}"
            case "quarter":
                return f"{year}-Q{(month + 2) // 3}"
        return str(year)

    def _figure(self):
        chance = self.chance
        n = chance.choice(NUMBERS)
        return chance.choice(
            [
                (n, n, n, "exact"),
                (n, n, n, "exact"),
                (n, n, None, "at_least"),
                (None, None, n, "up_to"),
                (n, None, n * 3, "range"),
                (n, n + 5, n + 90, "about"),
                (None, None, None, "none"),
                (None, None, None, "none"),
            ]
        )

    def _facts(self, day, origin="desk", company=None):
        """What the desk says of a new event, without its relations."""
        chance = self.chance
        company = company or chance.choice(NAMES)
        ai_link = chance.choice(AI_LINKS)
        return {
            "company": company,
            "title": f"{company} cuts {chance.choice(WORDS)}",
            "summary": chance.choice(("", "", "Nobody knows the Ångström of it.")),
            "announced": self._date(),
            "effective": self._date((2024,)) if chance.random() < 0.4 else "",
            "figure": self._figure(),
            "share": Decimal(chance.choice((1, 5, 12, 100))) if chance.random() < 0.3 else None,
            "stage": chance.choice(STAGES),
            "permanence": chance.choice(PERMANENCE),
            "closure": chance.choice(("yes", "no", "unknown")),
            "ai_link": ai_link,
            "sector": chance.choice(SECTORS),
            "country": chance.choice(COUNTRIES),
            "place": chance.choice(PLACES),
            "units": chance.sample(UNITS, chance.choice((0, 0, 1, 2))),
            "reasons": chance.sample(REASONS, chance.choice((0, 1, 1, 2, 3))),
            "citations": self._some_citations(ai_link),
            "whole": None,
            "replaces": None,
            "recorded_on": day,
            "origin": origin,
        }

    # The desk's rows of it

    def _fields(self, facts):
        first, precision = first_day(facts["announced"])
        low, best, high, qualifier = facts["figure"]
        effective, effective_precision = first_day(facts["effective"]) if facts["effective"] else (None, "day")
        return {
            "company_id": self.companies[facts["company"]]["id"],
            "title": facts["title"],
            "summary": facts["summary"],
            "announced_on": first,
            "announced_on_precision": precision,
            "effective_on": effective,
            "effective_on_precision": effective_precision,
            "people_low": low,
            "people": best,
            "people_high": high,
            "qualifier": qualifier,
            "people_basis": "unknown" if qualifier == "none" else "stated",
            "share_percent": facts["share"],
            "stage": facts["stage"],
            "permanence": facts["permanence"],
            "closure": facts["closure"],
            "ai_link": facts["ai_link"],
            "sector": facts["sector"],
            "country": facts["country"],
            "place": facts["place"],
        }

    def _insert(self, new, state="draft"):
        """Writes new events to the desk; returns their ids. Relations are written by `_relate`."""
        records = [
            LayoffEvent(**self._fields(facts), recorded_on=facts["recorded_on"], origin=facts["origin"], state=state)
            for facts in new
        ]
        bulk.insert(records)
        pairs = [(record.pk, facts) for record, facts in zip(records, new, strict=True)]
        for pk, facts in pairs:
            self.desk[pk], self.state[pk] = facts, state
        self._insert_parts(pairs)
        return [pk for pk, _facts in pairs]

    def _insert_parts(self, pairs):
        bulk.insert([self._citation(c, event_id=pk) for pk, facts in pairs for c in facts["citations"]])
        bulk.insert([Unit(event_id=pk, name=name) for pk, facts in pairs for name in facts["units"]])
        bulk.insert([Reason(event_id=pk, kind=kind) for pk, facts in pairs for kind in facts["reasons"]])

    def _citation(self, citation, **subject):
        return Citation(
            source_id=citation["source"],
            quote=citation["quote"],
            speaker="company" if citation["quote"] else "",
            on_ai_link=citation["on_ai_link"],
            **subject,
        )

    def _relate(self, pk):
        """Writes the event's whole and what it replaces to the desk."""
        Relation.objects.filter(event=pk, kind__in=("part_of", "replaces")).delete()
        facts = self.desk[pk]
        for kind, other in (("part_of", facts["whole"]), ("replaces", facts["replaces"])):
            if other:
                Relation.objects.create(event_id=pk, kind=kind, other_id=other)

    def _save(self, pk):
        """Writes what the desk says of an event that is there; returns the record."""
        record = LayoffEvent.objects.get(pk=pk)
        facts = self.desk[pk]
        for name, value in self._fields(facts).items():
            setattr(record, name, value)
        record.save()
        record.citations.all().delete()
        record.units.all().delete()
        record.reasons.all().delete()
        self._insert_parts([(pk, facts)])
        self._relate(pk)
        return record

    # Trees

    def _circles(self, pk, whole, replaces):
        """Whether the wholes and replacements would lead in a circle, were `pk` part of `whole` and replaced
        `replaces`: what replaces one another counts as one."""
        wholes = {one: facts["whole"] for one, facts in self.desk.items() if facts["whole"]}
        replaced = {one: facts["replaces"] for one, facts in self.desk.items() if facts["replaces"]}
        for links, target in ((wholes, whole), (replaced, replaces)):
            links.pop(pk, None)
            if target:
                links[pk] = target

        def oldest(one):
            seen = set()
            while one in replaced:
                if one in seen:
                    return None
                seen.add(one)
                one = replaced[one]
            return one

        above = {}
        for one, other in wholes.items():
            above.setdefault(oldest(one), set()).add(oldest(other))
        if None in above or any(None in some for some in above.values()) or oldest(pk) is None:
            return True
        todo, seen = list(above.get(oldest(pk), ())), set()
        while todo:
            one = todo.pop()
            if one == oldest(pk):
                return True
            if one not in seen:
                seen.add(one)
                todo.extend(above.get(one, ()))
        return False

    def _has_parts(self, pk):
        """Whether something is part of it, or of what it replaces."""
        seen = set()
        while pk and pk not in seen:
            if any(facts["whole"] == pk for facts in self.desk.values()):
                return True
            seen.add(pk)
            pk = self.desk[pk]["replaces"]
        return False

    def _some_whole(self, pk, among=None):
        """An event that `pk` may be part of."""
        small = self._in_small_trees(pk)
        candidates = [
            one
            for one in (among or self.desk)
            if one != pk
            and one in small
            and self.desk[one]["stage"] != "signalled"
            and self.state[one] != "rejected"
            and not self._circles(pk, one, self.desk[pk]["replaces"])
        ]
        # Those that have a whole already: trees grow deep.
        deep = [one for one in candidates if self.desk[one]["whole"]]
        return self.chance.choice(deep if deep and self.chance.random() < 0.5 else candidates) if candidates else None

    def _in_small_trees(self, pk):
        """The events that `pk` may be tied to without one tree growing over the whole world: each edition of a tied
        event asks for all that hangs together with it."""
        tree = {one: one for one in self.desk}

        def root(one):
            while tree[one] != one:
                one = tree[one]
            return one

        for one, facts in self.desk.items():
            for other in (facts["whole"], facts["replaces"]):
                if other:
                    tree[root(one)] = root(other)
        sizes = Counter(root(one) for one in self.desk)
        return {one for one in self.desk if root(one) == root(pk) or sizes[root(one)] + sizes[root(pk)] <= LARGEST_TREE}

    def _some_replaced(self, pk):
        taken = {facts["replaces"] for facts in self.desk.values()}
        candidates = [
            one
            for one in self._in_small_trees(pk)
            if one != pk
            and one not in taken
            and self.state[one] == "published"
            and not self._circles(pk, self.desk[pk]["whole"], one)
        ]
        return self.chance.choice(candidates) if candidates else None

    # The first file, read on the day the site opens: rows recorded before it, each known from its own day

    def _read_file(self):
        new = []
        for _n in range(self.size):
            if self.chance.random() < 0.8:
                recorded = OPENED - timedelta(days=self.chance.choice((1, 5, 40, 40, 41, 100, 160)))
            else:
                recorded = OPENED + timedelta(days=self.chance.choice((0, 3)))
            new.append(self._facts(recorded, self.chance.choice((FILE, FILE, FILE, "desk"))))
        pks = self._insert(new)
        for place, pk in enumerate(pks):
            if place and self.chance.random() < 0.55:
                self.desk[pk]["whole"] = self._some_whole(pk, pks[:place])
            if place and self.chance.random() < 0.06:
                older = self._some_replaced_of_file(pk, pks[:place])
                if older:
                    self.desk[pk]["replaces"] = older
        bulk.insert(
            [
                Relation(event_id=pk, kind=kind, other_id=self.desk[pk][name])
                for pk in pks
                for kind, name in (("part_of", "whole"), ("replaces", "replaces"))
                if self.desk[pk][name]
            ]
        )
        drafts = sorted(self.chance.sample(pks, self.size // 8))
        for number, pk in enumerate(drafts):
            self.state[pk] = ("draft", "draft", "in_review", "rejected")[number % 4]
            LayoffEvent.objects.filter(pk=pk).update(state=self.state[pk])
        self._tell_of_the_desk(pks)
        rows = [pk for pk in pks if pk not in drafts]
        self._publish(rows, DAYS[0])

    def _tell_of_the_desk(self, pks):
        """The rows of a file are at the desk before the first of them is public: others are passed over."""
        self.step += 1
        for pk in pks:
            self._tell("event", pk, self.state[pk], self.desk[pk], BEFORE_ALL)

    def _some_replaced_of_file(self, pk, among):
        taken = {facts["replaces"] for facts in self.desk.values()}
        found = [one for one in self._in_small_trees(pk) if one in among and one not in taken]
        found = [one for one in found if not self._circles(pk, self.desk[pk]["whole"], one)]
        if not found:
            return None
        if self.desk[pk]["stage"] == "signalled":
            found = [one for one in found if not self._has_parts(one)]
        return self.chance.choice(found) if found else None

    def _first_day(self, facts, day):
        """The day from which a first edition is known (rule 9)."""
        early = facts["origin"] != "desk" and facts["recorded_on"] < OPENED
        return facts["recorded_on"] if early else day

    def _publish(self, pks, day):
        """Publishes events for the first time, all at once."""
        by_day = {}
        for pk in pks:
            by_day.setdefault(self._first_day(self.desk[pk], day), []).append(pk)
        for known_from in sorted(by_day):
            self.step += 1
            for pk in by_day[known_from]:
                self.state[pk] = "published"
                self._tell("event", pk, "published", self.desk[pk], known_from)
        publish(list(LayoffEvent.objects.filter(pk__in=pks)))

    def _read_late(self, day):
        """A second file, read after the site opened; its rows, recorded before, stand alone or with one another."""
        new = [self._facts(OPENED - timedelta(days=self.chance.choice((3, 40, 90))), FILE) for _n in range(4)]
        new[0]["stage"] = "announced"
        pks = self._insert(new)
        self.desk[pks[1]]["whole"] = pks[0]
        for pk in pks:
            self._relate(pk)
        self._tell_of_the_desk(pks)
        self._publish(pks, day)

    # An editor's day

    def _publish_new(self, day, number):
        pks = self._insert([self._facts(day) for _n in range(number)])
        for pk in pks:
            if self.chance.random() < 0.6:
                self.desk[pk]["whole"] = self._some_whole(pk)
            self._relate(pk)
        kept = pks[:-1] if self.chance.random() < 0.4 else pks
        self.step += 1
        for pk in set(pks) - set(kept):
            self._tell("event", pk, "draft", self.desk[pk], day)
        self._publish(kept, day)

    def _some_event(self, state="published"):
        found = [pk for pk, its in self.state.items() if its == state]
        return self.chance.choice(found) if found else None

    def _change(self, pk):
        """Changes something of what the desk says of an event."""
        facts, chance = self.desk[pk], self.chance
        new = self._facts(facts["recorded_on"])
        names = ["figure", "announced", "effective", "share", "permanence", "closure", "sector", "country", "place"]
        names += ["units", "reasons", "title", "summary", "ai_link", "citations", "stage", "company", "figure"]
        for name in chance.sample(names, chance.randint(1, 3)):
            if name == "stage" and new["stage"] == "signalled" and (facts["replaces"] or self._has_parts(pk)):
                continue
            if name in ("ai_link", "citations"):
                facts["ai_link"], facts["citations"] = new["ai_link"], new["citations"]
            else:
                facts[name] = new[name]

    def _settle(self, pk, day):
        """Corrects a public event: what the desk says of it is from now on public."""
        correct(self._save(pk), "An editor knows better.")
        self.step += 1
        self._tell("event", pk, "published", self.desk[pk], day)

    def _correct(self, day):
        pk = self._some_event()
        self._change(pk)
        self._settle(pk, day)

    def _correct_twice(self, day):
        """A change and the way back on one day: what readers know of it is from that day, though it is the same."""
        pk = self._some_event()
        before = self.desk[pk]
        self.desk[pk] = copy.deepcopy(before) | {"closure": {"yes": "no"}.get(before["closure"], "yes")}
        self._settle(pk, day)
        self.desk[pk] = before
        self._settle(pk, day)

    def _move(self, day):
        """An event becomes part of another, or of none."""
        pk = self._some_event()
        self.desk[pk]["whole"] = self._some_whole(pk) if self.chance.random() < 0.8 else None
        self._settle(pk, day)

    def _move_draft(self, day):
        """The same of one that readers do not know, between others that they do."""
        pk = self._some_event(self.chance.choice(("draft", "withdrawn", "in_review")))
        if pk is None:
            return
        self.desk[pk]["whole"] = self._some_whole(pk)
        self._relate(pk)
        refresh(LayoffEvent.objects.filter(pk__in=[one for one, state in self.state.items() if state == "published"]))
        self.step += 1
        self._tell("event", pk, self.state[pk], self.desk[pk], day)

    def _withdraw_replacement(self, day):
        """One that replaces another, best one that is itself replaced: what replaces it replaces what it replaced."""
        found = [pk for pk, state in self.state.items() if state == "published" and self.desk[pk]["replaces"]]
        newer = {facts["replaces"] for facts in self.desk.values()}
        if found:
            self._withdraw(day, self.chance.choice([pk for pk in found if pk in newer] or found))

    def _withdraw(self, day, pk=None):
        pk = pk or self._some_event()
        withdraw(LayoffEvent.objects.get(pk=pk), "It never happened.")
        self.step += 1
        self.state[pk] = "withdrawn"
        self._tell("event", pk, "withdrawn", self.desk[pk], day)

    def _publish_again(self, day):
        pk = self._some_event("withdrawn")
        if pk is None:
            return
        if self.chance.random() < 0.5:
            self._change(pk)
        publish(self._save(pk))
        self.step += 1
        self.state[pk] = "published"
        self._tell("event", pk, "published", self.desk[pk], day)

    def _withdraw_and_back(self, day):
        """Out and in again on one day: at its end it is there."""
        pk = self._some_event()
        record = LayoffEvent.objects.get(pk=pk)
        withdraw(record, "A mistake.")
        self.step += 1
        self._tell("event", pk, "withdrawn", self.desk[pk], day)
        publish(LayoffEvent.objects.get(pk=pk))
        self.step += 1
        self._tell("event", pk, "published", self.desk[pk], day)

    def _publish_draft(self, day):
        """A draft of the desk becomes public; one that a file recorded early only if it stands alone."""
        found = [
            pk
            for pk, state in self.state.items()
            if state in ("draft", "in_review")
            and (
                self._first_day(self.desk[pk], day) == day
                or not (self.desk[pk]["whole"] or self.desk[pk]["replaces"] or self._has_ties(pk))
            )
        ]
        if found:
            self._publish([self.chance.choice(found)], day)

    def _has_ties(self, pk):
        return any(pk in (facts["whole"], facts["replaces"]) for facts in self.desk.values())

    def _replace(self, day):
        """A new event takes the place of another, or of the latest in a chain of replacements."""
        company = self.chance.choice(NAMES)
        facts = self._facts(day, company=company) | {"title": f"{company} cuts anew"}
        if facts["stage"] == "signalled":
            facts["stage"] = "announced"
        (pk,) = self._insert([facts])
        if self.chance.random() < 0.3:
            facts["whole"] = self._some_whole(pk)
        facts["replaces"] = self._some_replaced(pk)
        if self.chance.random() < 0.4:
            # The one that replaced another already: a chain.
            chain = [
                one
                for one in self._in_small_trees(pk)
                if self.desk[one]["replaces"] and one != pk and one not in {f["replaces"] for f in self.desk.values()}
                and not self._circles(pk, facts["whole"], one)
            ]  # fmt: skip
            if chain:
                facts["replaces"] = self.chance.choice(chain)
        self._relate(pk)
        self._publish([pk], day)

    # Notes

    def _note_facts(self, day, origin="desk"):
        chance = self.chance
        n = Decimal(chance.choice((1, 5, 40, 250, 1000))) + chance.choice((Decimal(0), Decimal("0.125")))
        money = chance.choice(
            [(n, n, n), (None, n, None), (n, None, n * 2), (n, None, None), (None, None, n), (None,) * 3]
        )
        period = chance.choice([("2024-01-01", "2024-12-31"), ("2023-07-01", "2024-06-30"), None])
        return {
            "title": f"Note on {chance.choice(WORDS)}",
            "summary": chance.choice(("", "A Zürich matter.")),
            "kind": chance.choice(NOTE_KINDS),
            "dated": self._date((2022, 2023, 2024)),
            "money": money,
            "plan_or_actual": chance.choice(("plan", "actual", "actual", "unknown")),
            "period": period and tuple(date.fromisoformat(text) for text in period),
            "updates": None,
            "companies": self._some_roles(),
            "citations": self._some_citations(),
            "recorded_on": day,
            "origin": origin,
        }  # fmt: skip

    def _some_roles(self):
        number = self.chance.choice((0, 1, 1, 2, 3))
        return sorted({(self.chance.choice(NAMES), self.chance.choice(ROLES)) for _n in range(number)})

    def _note_fields(self, facts):
        first, precision = first_day(facts["dated"])
        low, best, high = facts["money"]
        period = facts["period"] or (None, None)
        return {
            "title": facts["title"],
            "summary": facts["summary"],
            "kind": facts["kind"],
            "dated_on": first,
            "dated_on_precision": precision,
            "amount_usd_low_millions": low,
            "amount_usd_millions": best,
            "amount_usd_high_millions": high,
            "plan_or_actual": facts["plan_or_actual"],
            "period_from": period[0],
            "period_until": period[1],
            "updates_id": facts["updates"],
        }

    def _insert_notes(self, new):
        records = [
            AiNote(**self._note_fields(facts), recorded_on=facts["recorded_on"], origin=facts["origin"])
            for facts in new
        ]
        bulk.insert(records)
        pairs = [(record.pk, facts) for record, facts in zip(records, new, strict=True)]
        for pk, facts in pairs:
            self.notes[pk], self.note_state[pk] = facts, "draft"
        self._insert_note_parts(pairs)
        return [pk for pk, _facts in pairs]

    def _insert_note_parts(self, pairs):
        bulk.insert([self._citation(c, note_id=pk) for pk, facts in pairs for c in facts["citations"]])
        bulk.insert(
            [
                NoteCompany(note_id=pk, company_id=self.companies[name]["id"], role=role)
                for pk, facts in pairs
                for name, role in facts["companies"]
            ]
        )

    def _read_notes(self):
        new = []
        for _n in range(16):
            recorded = OPENED - timedelta(days=self.chance.choice((1, 41, 100)))
            new.append(self._note_facts(recorded, self.chance.choice((FILE, FILE, "desk"))))
        pks = self._insert_notes(new)
        for place, pk in enumerate(pks):
            if place and self.chance.random() < 0.3:
                self._update_of(pk, self.chance.choice(pks[:place]))
        self.step += 1
        self._tell("note", pks[0], "draft", self.notes[pks[0]], BEFORE_ALL)
        self._publish_notes(pks[1:], DAYS[0])
        # A headcount names its company to readers.
        name = self.chance.choice(NAMES)
        headcount = Headcount.objects.create(
            company=self.objects[name], counted_on=date(2023, 12, 31), people_low=1000, people=1000, people_high=1000,
            qualifier="exact", people_basis="stated", recorded_on=DAYS[0],
        )  # fmt: skip
        Citation.objects.create(headcount=headcount, source_id=next(iter(self.sources)))
        publish(headcount)
        self.step += 1
        self._tell("headcount", headcount.pk, "published", {"company": name}, DAYS[0])

    def _update_of(self, pk, other):
        self.notes[pk]["updates"] = other
        AiNote.objects.filter(pk=pk).update(updates=other)

    def _publish_notes(self, pks, day):
        self.step += 1
        for pk in pks:
            self.note_state[pk] = "published"
            self._tell("note", pk, "published", self.notes[pk], self._first_day(self.notes[pk], day))
        publish(list(AiNote.objects.filter(pk__in=pks)))

    def _publish_note(self, day):
        (pk,) = self._insert_notes([self._note_facts(day)])
        if self.chance.random() < 0.5:
            self._update_of(pk, self.chance.choice([one for one in self.notes if one != pk]))
        self._publish_notes([pk], day)

    def _replace_note(self, day):
        """A note goes, unless another updates it."""
        updated = {facts["updates"] for facts in self.notes.values()}
        found = [pk for pk, state in self.note_state.items() if state == "published" and pk not in updated]
        if found:
            pk = self.chance.choice(found)
            withdraw(AiNote.objects.get(pk=pk), "Not so.")
            self.step += 1
            self.note_state[pk] = "withdrawn"
            self._tell("note", pk, "withdrawn", self.notes[pk], day)

    def _correct_note(self, day):
        pk = self.chance.choice([pk for pk, state in self.note_state.items() if state == "published"])
        facts = self.notes[pk]
        new = self._note_facts(facts["recorded_on"])
        for name in self.chance.sample(["dated", "money", "companies", "kind", "period", "plan_or_actual", "title"], 2):
            facts[name] = new[name]
        note = AiNote.objects.get(pk=pk)
        for name, value in self._note_fields(facts).items():
            setattr(note, name, value)
        note.save()
        note.citations.all().delete()
        note.companies.all().delete()
        self._insert_note_parts([(pk, facts)])
        correct(note, "An editor knows better.")
        self.step += 1
        self._tell("note", pk, "published", facts, day)
