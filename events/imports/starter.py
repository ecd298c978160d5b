"""Loads the starter data of `events/data/` (docs/starter-data.md): again and again with the same outcome."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from events.dates import Span, read_date
from events.imports.run import chunks
from events.models import (
    AiNote,
    Alias,
    Citation,
    Company,
    Headcount,
    LayoffEvent,
    NoteCompany,
    Ownership,
    PublishedTotal,
    Reason,
    Relation,
    Source,
    Unit,
)
from events.models.choices import PeopleBasis, PlaceBasis, Qualifier, RelationKind, State
from events.models.link import sources_at
from events.models.source import normalised_url
from events.publishing import correct, publish
from events.text import company_key
from events.wording import read_people

DATA_DIR = Path(__file__).resolve().parent.parent / "data"
ORIGIN = "starter data"


class StarterError(Exception):
    """The starter data is wrong: the message says where."""


@dataclass
class Outcome:
    """What a load did, by number of records."""

    new: int = 0
    changed: int = 0
    same: int = 0
    edited_here: list[str] = field(default_factory=list)
    editions: int = 0


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; days stay the text that the file holds."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader)  # noqa: S506 - a SafeLoader


def entries(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The records of one kind: of `name.yaml`, or of every file in the folder `name`."""
    paths = [folder / f"{name}.yaml"] if (folder / f"{name}.yaml").exists() else sorted((folder / name).glob("*.yaml"))
    for path in paths:
        yield from read_yaml(path) or []


def figure_fields(people: object, basis: str = "") -> dict[str, Any]:
    """The fields of a figure from the source's words, or from a whole number: an exact figure without words."""
    if people is None:
        return {"qualifier": Qualifier.NONE, "people_basis": PeopleBasis.UNKNOWN, "wording": ""}
    if isinstance(people, int):
        low = best = high = people
        return {
            "people_low": low,
            "people": best,
            "people_high": high,
            "qualifier": Qualifier.EXACT,
            "people_basis": basis or PeopleBasis.STATED,
            "wording": "",
        }
    reading = read_people(str(people))
    if reading is None:
        raise StarterError(f"‘{people}’ cannot be read as a figure of people.")
    has_figure = (reading.low, reading.best, reading.high) != (None, None, None)
    return {
        "people_low": reading.low,
        "people": reading.best,
        "people_high": reading.high,
        "qualifier": reading.qualifier,
        "people_basis": (basis or reading.basis) if has_figure else PeopleBasis.UNKNOWN,
        "wording": str(people),
    }


def read_period(text: str) -> tuple[date, date]:
    """First and last day of "2025", "2025-Q1", "2025-01" or "2024-01-01/2024-01-16"."""
    first, _slash, last = str(text).partition("/")
    start: Span = read_date(first)
    return start.first, (read_date(last) if last else start).last


def load(folder: Path = DATA_DIR) -> Outcome:
    """Loads all records of `folder` and publishes them, in one transaction.

    A record whose entry is the same as when it was loaded is left alone, and so is one that somebody edited here since.
    Raises StarterError, and changes nothing, when the data is wrong.
    """
    with transaction.atomic():
        return _Load(folder).run()


class _Load:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outcome = Outcome()
        self.companies: dict[str, Company] = {}
        self.sources: dict[str, Source] = {}
        self.to_publish: list[Any] = []
        self.to_correct: list[Any] = []

    def run(self) -> Outcome:
        self._load_companies()
        self._load_sources()
        notes = self._load_each("notes", AiNote, self._note_fields, self._note_children)
        for note, entry in notes.values():
            wanted = _look_up(notes, entry["updates"], entry)[0] if entry.get("updates") else None
            if (note in self.to_publish or note in self.to_correct) and note.updates != wanted:
                note.updates = wanted
                note._change_reason = "Starter data"
                note.save()
        self.notes = notes
        events = self._load_each("events", LayoffEvent, self._event_fields, self._event_children)
        for event, entry in events.values():
            self._relate(event, entry, events)
        self._load_each("totals", PublishedTotal, self._total_fields, self._cite)
        self._load_each("headcounts", Headcount, self._headcount_fields, self._cite)
        self.outcome.editions = publish(self.to_publish, reason="Starter data")
        for record in self.to_correct:
            self.outcome.editions += correct(record, "Starter data changed")
        return self.outcome

    # Companies and sources

    def _load_companies(self) -> None:
        rows: dict[str, dict[str, Any]] = {}
        for name in ("note_companies", "companies"):
            rows |= {row["slug"]: row for row in entries(self.folder, name)}
        known = {company.slug: company for company in Company.objects.all()}
        by_key = {company.match_key: company for company in known.values() if not company.merged_into_id}
        by_key |= {alias.match_key: alias.company for alias in Alias.objects.select_related("company")}
        fresh: list[dict[str, Any]] = []
        for slug, row in rows.items():
            company = known.get(slug) or by_key.get(company_key(row["name"]))
            if company is None:
                fields = {name: row.get(name) or "" for name in ("name", "ticker", "sector", "country", "place")}
                company = Company(slug=slug, **fields)
                company.save()
                by_key[company.match_key] = company
                fresh.append(row)
            self.companies[slug] = company
        for row in fresh:
            company = self.companies[row["slug"]]
            for alias in row.get("aliases") or []:
                if company_key(alias) not in by_key:
                    by_key[company_key(alias)] = company
                    Alias.objects.create(company=company, name=alias)
            company.save()
            for owner in row.get("owners") or []:
                parent = self._company(owner["parent"])
                since, until = (_day(owner.get(name)) for name in ("since", "until"))
                Ownership.objects.create(company=company, parent=parent, since=since, until=until)

    def _company(self, slug: str) -> Company:
        if slug not in self.companies:
            raise StarterError(f"There is no company ‘{slug}’ in companies.yaml.")
        return self.companies[slug]

    def _load_sources(self) -> None:
        paths = [self.folder / f"{name}.yaml" for name in ("sources", "note_sources")]
        rows = [each for path in paths if path.exists() for each in read_yaml(path).items()]
        known: dict[str, Source] = {}
        for some in chunks([normalised_url(row["url"]) for _key, row in rows]):
            known |= sources_at(some)
        for key, row in rows:
            source = known.get(normalised_url(row["url"]))
            if source is None:
                published = read_date(row["published_on"]) if row.get("published_on") else None
                source = Source(
                    url=row["url"],
                    title=row["title"],
                    publisher=row["publisher"],
                    published_on=published.first if published else None,
                    published_on_precision=published.precision if published else "day",
                    kind=row["kind"],
                    tier=row["tier"],
                )
                source.full_clean()
                source.save()
                known[source.url_normalised] = source
            self.sources[key] = source

    # Records

    def _load_each(self, name: str, model: type[Any], fields: Any, children: Any) -> dict[str, tuple]:
        """Each entry's record by its key, made or brought up to date."""
        found: dict[str, tuple] = {}
        known = {record.origin_key: record for record in model.objects.filter(origin=ORIGIN)}
        for entry in entries(self.folder, name):
            key = entry.get("key")
            if not key or key in found:
                raise StarterError(f"{name}: the key ‘{key}’ is missing or not the only one.")
            digest = hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()
            record = known.get(key)
            try:
                if record is None:
                    self.outcome.new += 1
                    record = model(origin=ORIGIN, origin_key=key, recorded_on=_day(entry["recorded_on"]))
                elif record.origin_hash == digest:
                    self.outcome.same += 1
                    found[key] = (record, entry)
                    continue
                elif record.history.exclude(history_change_reason__startswith="Starter data").exists():
                    self.outcome.edited_here.append(f"{name} {key}")
                    found[key] = (record, entry)
                    continue
                else:
                    self.outcome.changed += 1
                for field_name, value in fields(entry).items():
                    setattr(record, field_name, value)
                record.origin_hash = digest
                record._change_reason = "Starter data"
                record.save()
                children(record, entry)
            except (StarterError, ValueError, KeyError) as error:
                raise StarterError(f"{name}, {key}: {error}") from error
            found[key] = (record, entry)
            (self.to_correct if record.state == State.PUBLISHED else self.to_publish).append(record)
        return found

    def _event_fields(self, entry: dict[str, Any]) -> dict[str, Any]:
        company = self._company(entry["company"])
        announced = read_date(entry["announced_on"])
        effective = read_date(entry["effective_on"]) if entry.get("effective_on") else None
        return {
            "company": company,
            "title": entry["title"],
            "summary": entry.get("summary", "").strip(),
            "announced_on": announced.first,
            "announced_on_precision": announced.precision,
            "effective_on": effective.first if effective else None,
            "effective_on_precision": effective.precision if effective else "day",
            **figure_fields(entry.get("people"), entry.get("basis", "")),
            "share_percent": _decimal(entry.get("share_percent")),
            "share_of": entry.get("share_of", ""),
            **{name: entry[name] for name in ("stage", "permanence", "closure", "ai_link") if name in entry},
            "sector": entry.get("sector") or company.sector,
            "country": entry.get("country") or company.country,
            "place": entry.get("place") or ("" if entry.get("country") else company.place),
            "place_basis": entry.get("place_basis") or PlaceBasis.SEAT,
        }

    def _event_children(self, event: LayoffEvent, entry: dict[str, Any]) -> None:
        event.units.all().delete()
        event.reasons.all().delete()
        for unit in entry.get("units") or []:
            Unit.objects.create(event=event, name=unit["name"], **figure_fields(unit.get("people")))
        for reason in entry.get("reasons") or []:
            Reason.objects.create(event=event, kind=reason)
        event.notes.set([_look_up(self.notes, key, entry)[0] for key in entry.get("notes") or []])
        self._cite(event, entry)

    def _relate(self, event: LayoffEvent, entry: dict[str, Any], events: dict[str, tuple]) -> None:
        wanted = [(RelationKind.PART_OF, entry.get("part_of")), (RelationKind.REPLACES, entry.get("replaces"))]
        wanted += [(RelationKind.UPDATES, key) for key in entry.get("updates") or []]
        wanted += [(RelationKind.DISPUTED_BY, key) for key in entry.get("disputed_by") or []]
        if event not in self.to_publish and event not in self.to_correct:
            return
        event.relations.all().delete()
        for kind, key in wanted:
            if key:
                relation = Relation(event=event, kind=kind, other=_look_up(events, key, entry)[0])
                relation.full_clean()
                relation.save()

    def _note_fields(self, entry: dict[str, Any]) -> dict[str, Any]:
        dated = read_date(entry["dated_on"])
        money = entry.get("money") or {}
        period = read_period(entry["period"]) if entry.get("period") else (None, None)
        bounds = ("low_millions", "millions", "high_millions")
        own = {f"amount_{bound}": _decimal(money.get(bound)) for bound in bounds}
        usd = {f"amount_usd_{bound}": _decimal(money.get(f"usd_{bound}")) for bound in bounds}
        return {
            "kind": entry["kind"],
            "title": entry["title"],
            "summary": entry.get("summary", "").strip(),
            "dated_on": dated.first,
            "dated_on_precision": dated.precision,
            "amount_wording": entry.get("amount", ""),
            **own,
            **usd,
            "currency": money.get("currency", ""),
            "plan_or_actual": entry.get("plan_or_actual", "unknown"),
            "period_from": period[0],
            "period_until": period[1],
        }

    def _note_children(self, note: AiNote, entry: dict[str, Any]) -> None:
        note.companies.all().delete()
        for row in entry.get("companies") or []:
            NoteCompany.objects.create(note=note, company=self._company(row["company"]), role=row["role"])
        self._cite(note, entry)

    def _total_fields(self, entry: dict[str, Any]) -> dict[str, Any]:
        first, last = read_period(entry["period"])
        names = ("publisher", "title", "definition", "scope", "geography", "counts")
        return {
            **{name: entry[name] for name in names},
            "period_from": first,
            "period_until": last,
            "as_of": _day(entry["as_of"]),
            **figure_fields(entry["value"]),
        }

    def _headcount_fields(self, entry: dict[str, Any]) -> dict[str, Any]:
        counted = read_date(entry["counted_on"])
        return {
            "company": self._company(entry["company"]),
            "counted_on": counted.first,
            "counted_on_precision": counted.precision,
            **figure_fields(entry["people"], entry.get("basis", "")),
        }

    def _cite(self, record: Any, entry: dict[str, Any]) -> None:
        record.citations.all().delete()
        subject = {LayoffEvent: "event", AiNote: "note", PublishedTotal: "total", Headcount: "headcount"}[type(record)]
        for row in entry["citations"]:
            if row["source"] not in self.sources:
                raise StarterError(f"There is no source ‘{row['source']}’.")
            Citation.objects.create(
                **{subject: record},
                source=self.sources[row["source"]],
                quote=row.get("quote", ""),
                speaker=row.get("speaker", ""),
                speaker_name=row.get("speaker_name", ""),
                **figure_fields(row.get("people")),
                share_percent=_decimal(row.get("share_percent")),
                chosen=row.get("chosen", False),
                chosen_because=row.get("chosen_because", ""),
                on_ai_link=row.get("on_ai_link", False),
            )


def _day(value: object) -> date | None:
    return read_date(str(value)).first if value else None


def _decimal(value: object) -> Decimal | None:
    return Decimal(str(value)) if value is not None else None


def _look_up(records: dict[str, tuple], key: str, entry: dict[str, Any]) -> tuple:
    if key not in records:
        raise StarterError(f"{entry['key']} names ‘{key}’, which is in no file.")
    return records[key]
