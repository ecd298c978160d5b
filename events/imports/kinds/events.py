"""Rows → layoff events, each with its citation: compared with what is here, written, and made public where asked for.

Some hundreds of rows are in memory at a time; what tells rows apart and what each outcome means: docs/importing.md.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from events import dates, publishing
from events.duplicates import beside, look_again
from events.imports import account
from events.imports.account import RowAccount
from events.imports.comparing import Compared, Identities
from events.imports.hanging import Hanging
from events.imports.layouts import Facts
from events.imports.matching import Companies
from events.imports.reading import RawRow
from events.imports.run import Run, chunks, clash_of, last_import
from events.imports.sources import Sources
from events.models import Citation, Company, LayoffEvent, Relation, Source, bulk
from events.models.choices import (
    AiLink,
    Closure,
    Permanence,
    PlaceBasis,
    Qualifier,
    RowOutcome,
    Speaker,
    Stage,
    State,
)
from events.models.fields import snap_to_span

MANY = 1000  # events: the database should know of so many more
LOOKS_KNOWN = "looks like an event that is here already; kept in review, not published"
PERHAPS = "may be one of the events that are here of its company and day, no one can say which; kept in review"
REPEATS = "repeats another row in all that is read; kept, a likely duplicate"
NEARLY_REPEATS = "names company, day and place or source of another row, but differs; kept, perhaps a duplicate"

FIGURE = ("people_low", "people", "people_high", "qualifier", "wording", "people_basis", "share_percent")
EVENT_FIELDS = (
    "title", "effective_on", *FIGURE, "stage", "permanence", "closure", "sector", "country", "place", "place_basis",
)  # fmt: skip
# Of these only what the file says is written.
MORE_FIELDS = ("announced_on_precision", "effective_on_precision", "share_of", "ai_link")
CITATION_FIELDS = ("source_id", *FIGURE, "chosen", "company_as_written")
QUOTE_FIELDS = ("quote", "speaker", "speaker_name", "on_ai_link")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was understood; `at` is its place among such."""

    raw: RawRow
    facts: Facts
    at: int


class EventsImport(Run):
    """One file of layoffs on its way into the desk."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.identities = Identities()
        self.have_people = False
        # What was made: the ids, ascending, with the rows' places; those that are not in review, that are to be public.
        self.new, self.new_at = array("Q"), array("L")
        self.to_ask, self.to_publish = array("Q"), array("Q")
        self.changed, self.drafts = array("Q"), array("Q")

    def take(self, raw: RawRow, facts: Facts) -> None:
        super().take(raw, facts)
        self.identities.add(raw.index, facts)
        self.have_people = self.have_people or facts.people.qualifier != Qualifier.NONE

    def read_rows(self) -> None:
        super().read_rows()
        if len(self.understood) and not self.have_people:
            self.report.remarks.append("No row of this file has a number of people. Is the right column filled?")

    # ── In the transaction ───────────────────────────────────────────────────────────────────────────────────────────

    def write(self) -> None:
        """Compares the rows with what is here and writes what is new or changed."""
        self.progress("Comparing with what is here")
        found = self._compare()
        self.report.new, self.report.same = found.new, found.same
        companies, sources, hanging = Companies(self.answers), Sources(self.file, self.layout), Hanging(self)
        self._account_for_companies(companies, found, hanging)
        at = 0
        for part in self.understood.parts():
            rows = [Row(self.file.rows[index], facts, at + n) for n, (index, facts) in enumerate(part)]
            self.progress(f"Writing {at + len(rows):,} of {len(self.understood):,} rows")
            self._write_part(rows, found, companies, sources, hanging)
            at += len(rows)
        self.report.changed = len(self.changed)
        hanging.relate()
        self.stop_at_rejects()
        if len(self.new) >= MANY:
            bulk.count_anew(LayoffEvent, Citation, Company, Source, Relation)
        held = self._hold_duplicates(found)
        self._make_public(held)
        publishing.refresh(LayoffEvent.objects.filter(pk__in=hanging.touched), f"Related in {self.file.name}.")
        self.report.rejected.sort(key=lambda each: each.row.number)

    def _compare(self) -> Compared:
        numbers, report = self.file.rows.numbers, self.report
        return self.identities.compare(
            self.layout.name,
            len(self.file.rows),
            lambda index: report.warn(REPEATS, numbers[index]),
            lambda index: report.warn(NEARLY_REPEATS, numbers[index]),
            exact_only=any(name.startswith("rejected ") for name in self.file.header),
        )

    def _account_for_companies(self, companies: Companies, found: Compared, hanging: Hanging) -> None:
        needed = set()
        for index, facts in self.understood:
            company = _company_of(facts, companies)
            hanging.look(facts)
            # A company of a row that is here already has an event; should its name be new all the same, it is not
            # needed.
            if not found.event[index]:
                needed.add(id(company))
        self.account_for(companies, [company for company in companies.made if id(company) in needed])

    def _write_part(
        self, rows: Sequence[Row], found: Compared, companies: Companies, sources: Sources, hanging: Hanging
    ) -> None:
        new, changed = [], []
        for row in rows:
            index = row.raw.index
            event = found.event[index]
            if not event:
                new.append(row)
                continue
            if not found.is_same[index]:
                changed.append((row, event))
                continue
            self.accounts.put(RowAccount(row.raw, RowOutcome.SAME, event, {}))
            hanging.meet(row.raw, row.facts, event, is_new=False)
            if found.is_draft[index]:
                self.drafts.append(event)
        sources.make_of([row.facts for row in (*new, *(row for row, _event in changed))], self.create)
        self._create(new, found, companies, sources, hanging)
        self._change(changed, sources, hanging)
        self.made_sources(sources.forget())

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _create(
        self, rows: Sequence[Row], found: Compared, companies: Companies, sources: Sources, hanging: Hanging
    ) -> None:
        today = dates.today()
        events = []
        for row in rows:
            facts, company = row.facts, companies.named(row.facts.company)
            assert company is not None  # made before the first event
            occurrence = found.occurrence[row.raw.index]
            event = LayoffEvent(
                company=company,
                announced_on=facts.announced_on,
                state=self._state(row, found, hanging),
                recorded_on=facts.recorded_on or today,
                origin=self.file.name,
                origin_key=f"{self.layout.name}:{self.identities.key(row.at)}:{occurrence}",
                origin_hash=self.identities.content(row.at).hex(),
                **_event_values(facts, company),
            )
            events.append(event)
        self.create(events)
        self.create(
            [
                Citation(event=event, row_number=row.raw.number, **_citation_values(row.facts, sources))
                for row, event in zip(rows, events, strict=True)
            ]
        )
        hanging.write_parts([(row.facts, event) for row, event in zip(rows, events, strict=True)])
        hanging.tie_notes([(row.raw, row.facts, event) for row, event in zip(rows, events, strict=True)])
        for row, event in zip(rows, events, strict=True):
            self.new.append(event.pk)
            self.new_at.append(row.raw.index)
            if event.state != State.IN_REVIEW:
                self.to_ask.append(event.pk)
            if event.state == State.PUBLISHED:
                self.to_publish.append(event.pk)
            self.report.in_review += event.state == State.IN_REVIEW
            self.accounts.put(RowAccount(row.raw, RowOutcome.NEW, event.pk, {}, event))
            if other := found.perhaps.get(row.raw.index):
                self.accounts.put_in_review(row.raw.index, other)
            hanging.meet(row.raw, row.facts, event.pk, is_new=True)

    def _state(self, row: Row, found: Compared, hanging: Hanging) -> State:
        if hanging.is_unreplaced(row.raw, row.facts):
            return State.IN_REVIEW
        if other := found.perhaps.get(row.raw.index):
            self.report.warn(PERHAPS, row.raw.number, f"event {other}")
            return State.IN_REVIEW
        if row.facts.more.stays_draft:
            self.report.warn("stays a draft", row.raw.number, row.facts.more.stays_draft)
            return State.DRAFT
        # What is published in this very transaction was a draft for nobody: no second entry of history.
        return State.PUBLISHED if self.publish else State.DRAFT

    def _change(self, changed: Sequence[tuple[Row, int]], sources: Sources, hanging: Hanging) -> None:
        """Brings events up to what their rows say now; one that an editor changed since is left, its row rejected."""
        if not changed:
            return
        pks = [event for _row, event in changed]
        events = LayoffEvent.objects.prefetch_related("citations__source").select_related("company").in_bulk(pks)
        written = last_import(LayoffEvent, pks)
        citations = {pk: _own_citation(events[pk]) for pk in pks}
        cited = last_import(Citation, [citation.pk for citation in citations.values() if citation])
        done: list[LayoffEvent] = []
        cites_done: list[Citation] = []
        rows_done: list[Row] = []
        for row, pk in changed:
            event, citation = events[pk], citations[pk]
            values = _event_values(row.facts, event.company)
            if not row.facts.sector:
                values["sector"] = event.sector
            cites = _citation_values(row.facts, sources)
            names = ("company_id", "announced_on", *EVENT_FIELDS, *(name for name in MORE_FIELDS if name in values))
            clash = clash_of(event, written.get(pk), values, names)
            if citation is None:
                clash.append("its citation of this file is gone")
            else:
                names = (*CITATION_FIELDS, *(name for name in QUOTE_FIELDS if name in cites))
                clash += clash_of(citation, cited.get(citation.pk), cites, names)
            if event.state in (State.REJECTED, State.WITHDRAWN):
                clash.append(f"it is {event.get_state_display()}")
            wrong = [f"edited here since: event {pk}, {'; '.join(clash)}."] if clash else []
            if row.facts.more.stays_draft and values.get("ai_link", event.ai_link) != event.ai_link:
                # The quote that is here carries another claim.
                wrong.append(f"{row.facts.more.stays_draft}; event {pk} says ‘{event.get_ai_link_display()}’.")
            hanging.meet(row.raw, row.facts, pk, is_new=False, is_refused=bool(wrong))
            if wrong or citation is None:
                self.reject(row.raw, wrong)
                continue
            differences = _differences(event, citation, values, cites, sources.of(row.facts.url))
            self.accounts.put(RowAccount(row.raw, RowOutcome.CHANGED, pk, {"differences": differences}))
            _set(event, {**values, "origin_hash": self.identities.content(row.at).hex()})
            snap_to_span(event, "announced_on", "effective_on")
            _set(citation, {**cites, "row_number": row.raw.number})
            done.append(event)
            cites_done.append(citation)
            rows_done.append(row)
        self.change(done, (*EVENT_FIELDS, *MORE_FIELDS, "origin_hash"))
        self.change(cites_done, ("source", *CITATION_FIELDS, *QUOTE_FIELDS, "row_number"))
        hanging.change_parts([(row.facts, event) for row, event in zip(rows_done, done, strict=True)])
        hanging.compare_notes([(row.raw, row.facts, event) for row, event in zip(rows_done, done, strict=True)])
        self.changed.extend(event.pk for event in done)
        self.drafts.extend(event.pk for event in done if event.state == State.DRAFT)

    # ── Readers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _hold_duplicates(self, found: Compared) -> set[int]:
        """Keeps in review what likely is an event that no row of this file tells; those of `drafts` stay drafts."""
        self.progress("Looking for likely duplicates")
        look_again({*self.new, *self.changed})
        asked = [*self.to_ask, *(self.drafts if self.publish else ())]
        candidates = beside(asked, told_apart={*self.new, *found.event})
        titles: dict[int, str] = {}
        for some in chunks(sorted({other for other, _score in candidates.values()})):
            titles.update(LayoffEvent.objects.filter(pk__in=some).values_list("pk", "title"))
        places = dict(zip(self.new, self.new_at, strict=True)) if candidates else {}
        for pk, (other, score) in candidates.items():
            words = f"event {other} ‘{titles[other]}’, {score} of 100"
            if pk in places:
                self.report.warn(LOOKS_KNOWN, self.file.rows.numbers[places[pk]], words)
                self.accounts.put_in_review(places[pk], other)
            else:
                self.report.remarks.append(f"Event {pk} stays a draft: it looks like {words}.")
        held = sorted(candidates.keys() & places.keys())
        for some in chunks(held):
            # It was nothing else before: nobody saw it.
            for rows in (LayoffEvent.objects.filter(pk__in=some), LayoffEvent.history.filter(id__in=some)):
                rows.update(state=State.IN_REVIEW)
        self.report.in_review += len(held)
        return set(candidates)

    def _make_public(self, held: set[int]) -> None:
        """Corrects what readers see already; with --publish, publishes what this file brought, now and before."""
        reason = f"Changed in {self.file.name}."
        self.report.corrected = publishing.correct_all(LayoffEvent, self.changed, reason)
        if self.publish:
            made, drafts = ([pk for pk in pks if pk not in held] for pks in (self.to_publish, self.drafts))
            self.publish_all(LayoffEvent, made, drafts)


def _set(record: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(record, name, value)


def _company_of(facts: Facts, companies: Companies) -> Company:
    # Where jobs are is no seat of a new company.
    seat = (facts.country, facts.place) if facts.place_basis == PlaceBasis.SEAT else ("", "")
    return companies.company_for(facts.company, sector=facts.sector, country=seat[0], place=seat[1])


def _figure_values(facts: Facts) -> dict[str, Any]:
    reading = facts.people
    return {
        "people_low": reading.low,
        "people": reading.best,
        "people_high": reading.high,
        "qualifier": reading.qualifier,
        "people_basis": reading.basis,
        "wording": facts.wording,
        "share_percent": facts.share_percent,
    }


def _event_values(facts: Facts, company: Company) -> dict[str, Any]:
    """What an import writes into an event: EVENT_FIELDS."""
    return {
        **_figure_values(facts),
        **{name: value for name, value in _more_values(facts).items() if value},
        "title": facts.more.title or title(facts, company.name),
        "effective_on": facts.effective_on,
        "stage": facts.stage,
        "permanence": facts.permanence,
        "closure": facts.closure,
        "sector": facts.sector or company.sector,
        "country": facts.country,
        "place": facts.place,
        "place_basis": facts.place_basis,
    }


def _more_values(facts: Facts) -> dict[str, Any]:
    """What only some files say of an event; where a file says nothing, an editor's word stays."""
    more = facts.more
    return {
        "announced_on_precision": more.announced_precision,
        "effective_on_precision": more.effective_precision if facts.effective_on else "",
        "share_of": more.share_of,
        "ai_link": "" if more.ai_link == AiLink.UNKNOWN else more.ai_link,
    }


def _citation_values(facts: Facts, sources: Sources) -> dict[str, Any]:
    return {
        **_figure_values(facts),
        "source_id": sources.of(facts.url).pk,
        "chosen": facts.people.qualifier != Qualifier.NONE or facts.share_percent is not None,
        "company_as_written": facts.company_as_written,
        **(_quoted(facts) if facts.more.quote else {}),
    }


def _quoted(facts: Facts) -> dict[str, Any]:
    """The quote that carries the AI link. That it is *stated* means that the company says so."""
    more = facts.more
    return {"quote": more.quote, "speaker": Speaker.COMPANY, "speaker_name": more.speaker, "on_ai_link": True}


def title(facts: Facts, company: str) -> str:
    """An event's title in our own words: "Acme cuts 120 jobs", "Acme files notice of 30 layoffs in Fresno"."""
    jobs = _jobs(facts)
    if facts.stage in (Stage.FILED, Stage.CALLED_OFF):
        kind = "temporary layoffs" if facts.permanence == Permanence.TEMPORARY else "layoffs"
        where = f" in {facts.place}" if facts.place and facts.place_basis == PlaceBasis.JOBS else ""
        closing = ", closing a site" if facts.closure == Closure.YES else ""
        files = "takes back its notice of" if facts.stage == Stage.CALLED_OFF else "files notice of"
        if jobs == "1":
            kind = kind.removesuffix("s")
        return f"{company} {files} {jobs + ' ' if jobs else ''}{kind}{where}{closing}"[:300]
    if jobs:
        return f"{company} cuts {jobs} {'job' if jobs == '1' else 'jobs'}"
    if facts.share_percent:
        return f"{company} cuts {facts.share_percent.normalize():f} % of its jobs"
    return f"{company} cuts jobs"


def _jobs(facts: Facts) -> str:
    reading = facts.people
    match reading.qualifier:
        case Qualifier.EXACT:
            return f"{reading.best:,}"
        case Qualifier.ABOUT:
            return f"about {reading.best:,}"
        case Qualifier.AT_LEAST:
            return f"at least {reading.best:,}"
        case Qualifier.UP_TO:
            return f"up to {reading.high:,}"
        case Qualifier.RANGE:
            return f"{reading.low:,}–{reading.high:,}"
    return ""


def _own_citation(event: LayoffEvent) -> Citation | None:
    """The citation that the import made of `event`: only such have a row number."""
    return next((each for each in sorted(event.citations.all(), key=lambda c: c.pk) if each.row_number), None)


def _differences(
    event: LayoffEvent, citation: Citation, values: dict[str, Any], cites: dict[str, Any], source: Source
) -> list[list[Any]]:
    """[field, before, after] of all that a row changes in an event and in its citation, for the preview."""
    found = [(name, getattr(event, name), value) for name, value in values.items()]
    found.append(("company_as_written", citation.company_as_written, cites["company_as_written"]))
    found.append(("source", citation.source.url or citation.source.title, source.url or source.title))
    return [[name, account.plain(before), account.plain(after)] for name, before, after in found if before != after]
