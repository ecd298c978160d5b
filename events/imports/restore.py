"""A data set → an empty site made what the exporting one was for readers: desk and public record alike.

Everything is checked first, then written in one transaction; at its end the proof of the record (check_record) must
hold. What was never public is not in a data set: drafts, editors and their history, keys of imported rows.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from events import dates, publishing
from events.dataset.tables import BY_NAME
from events.imports.package import RESTORING, SUBJECTS, DataSet, open_data_set, stopped
from events.models import (
    AiNote,
    Alias,
    Citation,
    Company,
    EventEdition,
    Headcount,
    HeadcountEdition,
    LayoffEvent,
    NoteCompany,
    NoteEdition,
    OldSlug,
    Ownership,
    OwnershipTree,
    PublishedTotal,
    Reason,
    Relation,
    Source,
    SourceLink,
    TotalEdition,
    Unit,
    bulk,
)
from events.models.choices import RelationKind, State
from events.models.event import circles
from events.models.source import normalised_url

CHUNK = 500
REASON = "Restored from a data set"
SHOWN = 10


@dataclass
class Restored:
    """What was written."""

    version: int = 0
    rows: dict[str, int] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """The account of it, in words."""
        counted = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in self.rows.items())
        return [f"Restored data version {self.version}: {counted}.", "The record holds."]


def restore(path: Path, progress: Callable[[str], None] = lambda words: None) -> Restored:
    """Makes an empty site of the data set at `path`. Raises ImportStopped, and writes nothing, when it cannot."""
    if not _is_empty():
        raise stopped("A data set makes a whole site: it is read into an empty one alone, and this one has records.")
    with open_data_set(path) as data:
        progress("Checking the data set")
        _Checks(data).run()
        try:
            with transaction.atomic():
                found = _Site(data, progress).write()
                progress("Proving that the record holds")
                if problems := publishing.check_record():
                    said = "\n".join(problems[:SHOWN])
                    more = f"\n… and {len(problems) - SHOWN:,} more" if len(problems) > SHOWN else ""
                    raise stopped(f"The data set contradicts itself:\n{said}{more}")
        except DatabaseError as error:
            raise stopped(f"The database does not take it: {error}") from error
    return found


def _is_empty() -> bool:
    kept = (Company, Source, LayoffEvent, AiNote, PublishedTotal, Headcount)
    editions = (EventEdition, NoteEdition, TotalEdition, HeadcountEdition)
    return not any(model._default_manager.exists() for model in (*kept, *editions))


# ── Before anything is written ───────────────────────────────────────────────────────────────────────────────────────


class _Checks:
    """Reads every row once: each is of its column's type, and every number that it names is there."""

    def __init__(self, data: DataSet) -> None:
        self.data = data
        self.ids: dict[str, set[int]] = defaultdict(set)
        # By table, what is named by number: {number: a place where it is}.
        self.named: dict[str, dict[int, str]] = defaultdict(dict)

    def run(self) -> None:
        for table in BY_NAME.values():
            for number, row in enumerate(self.data.rows(table), 1):
                if not table.restores:
                    continue
                where = f"{table.name}.csv, row {number}"
                if "id" in row:
                    self.ids[table.name].add(row["id"])
                self._note(table.name, row, where)
        for name, found in self.named.items():
            if lost := found.keys() - self.ids[name]:
                pk = min(lost)
                raise stopped(f"{found[pk]} names number {pk} of {name}, which is not there.")

    def _note(self, name: str, row: dict[str, Any], where: str) -> None:
        for link in BY_NAME[name].links:
            self._name(link.table, [row[link.column]], where)
        if name not in SUBJECTS:
            return
        body = row["document"]
        self._name("sources", (citation["source"] for citation in body["citations"]), where)
        if name == "event_editions":
            others = (*body["updates"], *body["disputed_by"], *body["replaces"], row["part_of"], row["replaced_by"])
            self._name("event_editions", others, where)
            self._name("note_editions", body["notes"], where)
        if name == "note_editions":
            self._name("note_editions", [row["updates"]], where)
            self._name("companies", (entry["company"] for entry in body["companies"]), where)

    def _name(self, table: str, numbers: Iterable[int | None], where: str) -> None:
        for number in numbers:
            if number is not None:
                self.named[table].setdefault(number, where)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Site:
    """The site that is made, table by table. Ids of companies, sources and records are those of the data set."""

    def __init__(self, data: DataSet, progress: Callable[[str], None]) -> None:
        self.data, self.progress = data, progress
        self.found = Restored()
        # Of events: whether each is withdrawn, what it is to another.
        self.relations: list[tuple[bool, int, str, int]] = []
        # Public events that are part of none and stand in another's place, each as its edition has it.
        self.alone: dict[int, dict[str, Any]] = {}
        self.event_notes: list[tuple[int, int]] = []

    def write(self) -> Restored:
        writers: dict[str, Callable[[list[dict[str, Any]]], None]] = {
            "companies": self._companies, "aliases": self._aliases, "old_slugs": self._old_slugs,
            "ownership": self._ownership, "sources": self._sources,
        }  # fmt: skip
        for table in RESTORING:
            if table.name in SUBJECTS or table.name == "public_record":
                continue
            self.progress(f"Writing {table.name.replace('_', ' ')}")
            for rows in self._some(table.name):
                writers[table.name](rows)
        self._check_owners()
        self._name_companies()
        self.editions = publishing.Restoring()
        for name, subject in SUBJECTS.items():
            self.progress(f"Writing {name.replace('_', ' ')}")
            for rows in self._some(name):
                self.editions.write(subject, rows)
                self._desk(subject, [row for row in rows if row["known_until"] is None])
        self._tie()
        bulk.follow_ids([Company, Source, LayoffEvent, AiNote, PublishedTotal, Headcount])
        record, *more = self.data.rows(BY_NAME["public_record"])
        if more:
            raise stopped("public_record.csv has more than one row.")
        self.editions.finish(record["opened_on"], record["version"], record["changed_at"])
        self.found.version = record["version"]
        return self.found

    def _some(self, name: str) -> Iterator[list[dict[str, Any]]]:
        rows, count = self.data.rows(BY_NAME[name]), 0
        while some := list(islice(rows, CHUNK)):
            count += len(some)
            yield some
        self.found.rows[name] = count

    # Identity and sources

    def _companies(self, rows: list[dict[str, Any]]) -> None:
        companies = []
        for row in rows:
            merged_into = row.pop("merged_into")
            company = Company(pk=row.pop("id"), merged_into_id=merged_into, **row)
            company.fill()
            companies.append(company)
        bulk.insert_with_history(companies, REASON)

    def _aliases(self, rows: list[dict[str, Any]]) -> None:
        aliases = [Alias(company_id=row["company"], name=row["name"]) for row in rows]
        for alias in aliases:
            alias.clean()
        bulk.insert_with_history(aliases, REASON)

    def _old_slugs(self, rows: list[dict[str, Any]]) -> None:
        bulk.insert([OldSlug(slug=row["slug"], company_id=row["company"]) for row in rows])

    def _ownership(self, rows: list[dict[str, Any]]) -> None:
        ownerships = [
            Ownership(company_id=r["company"], parent_id=r["parent"], since=r["since"], until=r["until"]) for r in rows
        ]
        bulk.insert_with_history(ownerships, REASON)

    def _check_owners(self) -> None:
        """Forms refuse these, the database does not."""
        tree = OwnershipTree.load()
        for company in list(tree.parents):
            if tree.has_cycle(company):
                raise stopped(f"Company {company} is, through its owners, its own owner.")
        for company in tree.merged:
            if tree.today_of(company) in tree.merged:
                raise stopped(f"Company {company} was merged into others in a circle.")

    def _name_companies(self) -> None:
        """The words to search a company by hold its aliases, which came after it."""
        named = Company.objects.filter(aliases__isnull=False).distinct().prefetch_related("aliases")
        changed = []
        for company in named:
            company.fill(alias.name for alias in company.aliases.all())
            changed.append(company)
        Company.objects.bulk_update(changed, ["search_text"], batch_size=CHUNK)

    def _sources(self, rows: list[dict[str, Any]]) -> None:
        sources, links = [], []
        for row in rows:
            published = dates.read_date(row["published_on"]) if row["published_on"] else None
            sources.append(
                Source(
                    pk=row["id"],
                    **{name: row[name] for name in ("url", "title", "publisher", "kind", "tier", "archived_url")},
                    url_normalised=normalised_url(row["url"]) if row["url"] else "",
                    **({"published_on": published.first, "published_on_precision": published.precision} if published
                       else {}),
                )
            )  # fmt: skip
            links.append(SourceLink(pk=row["id"], archived_url=row["archived_url"]))
        self._let_one_have_each_address(sources)
        bulk.insert_with_history(sources, REASON)
        bulk.insert(links)

    def _let_one_have_each_address(self, sources: list[Source]) -> None:
        """A source that only old editions cite may be described by an address that another has by now."""
        wanted = [source.url_normalised for source in sources if source.url_normalised]
        taken = set(Source.objects.filter(url_normalised__in=wanted).values_list("url_normalised", flat=True))
        for source in sources:
            if source.url_normalised in taken:
                source.url_normalised = ""
            elif source.url_normalised:
                taken.add(source.url_normalised)

    # The desk

    def _desk(self, subject: str, rows: list[dict[str, Any]]) -> None:
        """The records that the last editions say, with what belongs to each."""
        if not rows:
            return
        make = {"event": _event, "note": _note, "total": _total, "headcount": _headcount}[subject]
        records = [make(row) for row in rows]
        bulk.insert_with_history(records, REASON)
        citations = [_citation(subject, row["id"], c) for row in rows for c in row["document"]["citations"]]
        bulk.insert_with_history(citations, REASON)
        if subject == "note":
            roles = [
                NoteCompany(note_id=row["id"], company_id=entry["company"], role=entry["role"])
                for row in rows
                for entry in row["document"]["companies"]
            ]
            bulk.insert_with_history(roles, REASON)
        if subject == "event":
            self._parts(rows)

    def _parts(self, rows: list[dict[str, Any]]) -> None:
        units, reasons = [], []
        for row in rows:
            event, body = row["id"], row["document"]
            units += [Unit(event_id=event, name=unit["name"], **_figure(unit["figure"])) for unit in body["units"]]
            reasons += [Reason(event_id=event, kind=r["kind"], wording=r["wording"]) for r in body["reasons"]]
            named = [(RelationKind.PART_OF, row["part_of"])] if row["part_of"] else []
            for kind in (RelationKind.REPLACES, RelationKind.UPDATES, RelationKind.DISPUTED_BY):
                named += [(kind, other) for other in body[kind.value]]
            self.relations += [(row["withdrawn"], event, kind.value, other) for kind, other in named]
            self.event_notes += [(event, note) for note in body["notes"]]
            if body["replaces"] and not row["part_of"] and not row["withdrawn"]:
                self.alone[event] = row
        bulk.insert_with_history(units, REASON)
        bulk.insert_with_history(reasons, REASON)

    def _tie(self) -> None:
        """What events are to one another, and the notes beside them, once all are there."""
        self.progress("Tying events to one another")
        # What stands for drafts gets numbers of its own.
        bulk.follow_ids([LayoffEvent])
        bulk.insert_with_history(self._relations(), REASON)
        through: Any = LayoffEvent.notes.through
        bulk.insert([through(layoffevent_id=event, ainote_id=note) for event, note in self.event_notes])

    def _relations(self) -> list[Relation]:
        """Those of public events, and of withdrawn ones what goes with them: the desk may have moved on since a
        withdrawal, and its last edition not."""
        found: list[Relation] = []
        whole: dict[int, int] = {}
        replaces: dict[int, int] = {}
        replacement: dict[int, int] = {}
        for withdrawn, event, kind, other in sorted(self.relations, key=lambda relation: relation[0]):
            if kind == RelationKind.PART_OF:
                if withdrawn and circles(whole | {event: other}, replaces):
                    continue
                whole[event] = other
            elif kind == RelationKind.REPLACES:
                if withdrawn and (other in replacement or circles(whole, replaces | {event: other})):
                    continue
                replaces[event], replacement[other] = other, event
            found.append(Relation(event_id=event, kind=kind, other_id=other))
        if at := circles(whole, replaces):
            raise stopped(f"Event {min(at)} is, through others, part of itself.")
        return [*found, *self._unseen_wholes(whole, replaces)]

    def _unseen_wholes(self, whole: dict[int, int], replaces: dict[int, int]) -> list[Relation]:
        """A replacement takes the whole of what it replaced unless it has one of its own, though that be a draft, or
        withdrawn: then readers see none. A draft stands for it here."""
        events, drafts = [], []
        for event, row in self.alone.items():
            seen, at = {event}, replaces.get(event)
            while at is not None and at not in seen and at not in whole:
                seen.add(at)
                at = replaces.get(at)
            if at in whole:
                events.append(event)
                title = _("Not public: what “%(title)s” is part of") % {"title": row["title"]}
                drafts.append(
                    LayoffEvent(
                        company_id=row["company"], title=title[:300], **_date(row["announced_on"], "announced_on")
                    )
                )
        bulk.insert_with_history(drafts, REASON)
        return [
            Relation(event_id=event, kind=RelationKind.PART_OF, other_id=draft.pk)
            for event, draft in zip(events, drafts, strict=True)
        ]


def _record(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "pk": row["id"],
        "state": State.WITHDRAWN if row["withdrawn"] else State.PUBLISHED,
        "recorded_on": row["recorded_on"],
        # Where a row of a file is said to come from; its key in that file is the desk's alone.
        "origin": row["reconstructed_from"] or "desk",
    }


def _figure(figure: dict[str, Any]) -> dict[str, Any]:
    return {
        "people_low": figure["low"],
        "people": figure["best"],
        "people_high": figure["high"],
        "qualifier": figure["qualifier"],
        "wording": figure["wording"],
        "people_basis": figure["basis"],
    }


def _date(written: str, name: str) -> dict[str, Any]:
    if not written:
        return {}
    span = dates.read_date(written)
    return {name: span.first, f"{name}_precision": span.precision}


def _event(row: dict[str, Any]) -> LayoffEvent:
    body = row["document"]
    same = (
        "title", "share_percent", "stage", "permanence", "closure", "ai_link", "sector", "country", "place",
    )  # fmt: skip
    return LayoffEvent(
        **_record(row),
        company_id=row["company"],
        **{name: row[name] for name in same},
        **{name: body[name] for name in ("summary", "share_of", "place_basis")},
        **_figure(body["figure"]),
        **_date(row["announced_on"], "announced_on"),
        **_date(row["effective_on"], "effective_on"),
    )


def _note(row: dict[str, Any]) -> AiNote:
    body = row["document"]
    money = body["money"]
    return AiNote(
        **_record(row),
        **{name: row[name] for name in ("title", "kind", "plan_or_actual", "period_from", "period_until")},
        updates_id=row["updates"],
        summary=body["summary"],
        **_date(row["dated_on"], "dated_on"),
        amount_wording=money["wording"],
        currency=money["currency"],
        **{f"amount_{name}": money[name] for name in ("low_millions", "millions", "high_millions")},
        **{f"amount_{name}": row[name] for name in ("usd_low_millions", "usd_millions", "usd_high_millions")},
        usd_rate=money["usd_rate"],
        usd_rate_on=money["usd_rate_on"],
    )


def _total(row: dict[str, Any]) -> PublishedTotal:
    same = ("title", "publisher", "scope", "geography", "counts", "period_from", "period_until", "as_of")
    return PublishedTotal(
        **_record(row),
        **{name: row[name] for name in same},
        definition=row["document"]["definition"],
        **_figure(row["document"]["figure"]),
    )


def _headcount(row: dict[str, Any]) -> Headcount:
    return Headcount(
        **_record(row),
        company_id=row["company"],
        **_date(row["counted_on"], "counted_on"),
        **_figure(row["document"]["figure"]),
    )


def _citation(subject: str, record: int, body: dict[str, Any]) -> Citation:
    same = (
        "quote", "speaker", "speaker_name", "share_percent", "chosen", "chosen_because", "on_ai_link", "row_number",
    )  # fmt: skip
    return Citation(
        **{f"{subject}_id": record},
        source_id=body["source"],
        **{name: body[name] for name in same},
        **_figure(body["figure"]),
    )
