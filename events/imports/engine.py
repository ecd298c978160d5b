"""A file → events on the desk, all in one transaction: read, compare with what is here, report, write.

The file is read and checked before the transaction begins, so that other writers wait only while rows are written.
What tells rows apart and what each outcome means: docs/importing.md.
"""

import gc
import hashlib
import json
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, transaction

from events import dates, publishing
from events.duplicates import look_again
from events.imports import account
from events.imports.account import RowAccount
from events.imports.hanging import Hanging
from events.imports.kinds.companies import CompaniesImport
from events.imports.kinds.notes import NotesImport
from events.imports.layouts import LAYOUTS, NOTHING_MORE, Facts, Kind, UnknownLayout, layout_of, why_not
from events.imports.layouts.seen import seen_columns
from events.imports.matching import Answers, Companies
from events.imports.reading import BrokenFile, RawRow, read_file
from events.imports.report import Columns, RejectsFile, Report
from events.imports.run import ImportStopped, Run, chunks, clash_of, last_import
from events.imports.saved import Mapping, remember
from events.imports.sources import Sources
from events.models import Citation, Company, ImportBatch, LayoffEvent, PublicRecord, Source
from events.models.choices import (
    AiLink,
    BatchState,
    Closure,
    CountsAs,
    Permanence,
    PlaceBasis,
    Qualifier,
    RowOutcome,
    Speaker,
    Stage,
    State,
)
from events.text import company_key

log = logging.getLogger(__name__)

ALIKE_WITHIN_DAYS = 7
LONGEST_NAME = 200
# To publish takes twice as long as to write drafts, and others wait for it.
MOST_PUBLISHED = 25_000
LOOKS_KNOWN = "looks like an event that is here already (same company, within a week); kept in review, not published"
REPEATS = "repeats another row in all that is read; kept, a likely duplicate"
NEARLY_REPEATS = "names company, day and place or source of another row, but differs; kept, perhaps a duplicate"

FIGURE = ("people_low", "people", "people_high", "qualifier", "wording", "people_basis", "share_percent")
EVENT_FIELDS = (
    "title", "effective_on", *FIGURE, "stage", "permanence", "closure", "sector", "country", "place", "place_basis",
)  # fmt: skip
CITATION_FIELDS = ("source_id", *FIGURE, "chosen", "company_as_written")


class DeskChanged(ImportStopped):
    """Nothing was imported: what the preview said would happen would not."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was understood, with what tells it from others."""

    raw: RawRow
    facts: Facts
    base: str
    detail: str
    content: str


@dataclass(frozen=True, slots=True)
class Known:
    """An event that this layout brought before."""

    pk: int
    base: str
    detail: str
    occurrence: int
    content: str
    state: str
    people: int | None
    share_percent: Decimal | None


def import_file(
    path: Path | str,
    *,
    layout: str = "",
    mapping: Sequence[str] = (),
    companies: Answers | None = None,
    dry_run: bool = False,
    publish: bool = False,
    set_aside: bool = False,
    rejects: Path | str | None = None,
    user: User | None = None,
    batch: ImportBatch | None = None,
    progress: Callable[[str], None] = lambda words: None,
) -> Report:
    """Reads the file at `path` into the desk and accounts for every row of it.

    The columns of a file that is not known are what `mapping` says of them: 'COLUMN=field'; without it, what was said
    of the last file with this header. What an import said is saved for the next. One bad row undoes all, unless bad
    rows are `set_aside`, into the file `rejects` if one is named. `companies` answers for names that are
    near a known one, as the file writes them: which company is meant, or "new". The account is kept with a new batch,
    or with `batch`: a dry run is its preview, and the import does what the preview said or nothing (DeskChanged).
    Raises ImportStopped, and leaves nothing behind, when the file or a row of it cannot be read.
    """
    with _garbage_later():
        aside = Path(rejects) if rejects else None
        return _import_file(
            Path(path), layout, mapping, companies, dry_run, publish, set_aside, aside, user, batch, progress
        )


@contextmanager
def _garbage_later() -> Iterator[None]:
    """Lets Python search for reference cycles less often: among so many new objects it costs a quarter of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _import_file(
    path: Path,
    layout: str,
    mapping: Sequence[str],
    companies: Answers | None,
    dry_run: bool,
    publish: bool,
    set_aside: bool,
    rejects: Path | None,
    user: User | None,
    batch: ImportBatch | None,
    progress: Callable[[str], None],
) -> Report:
    started = time.monotonic()
    name = batch.file_name if batch else path.name
    if not name or len(name) > LONGEST_NAME or name == "desk":
        raise ImportStopped(f"Events are marked with their file's name: ‘{name[:60]}’ cannot be one.")
    rejects_file = RejectsFile(rejects) if rejects else None
    if rejects_file and rejects_file.path.resolve() == path.resolve():
        raise ImportStopped("The rejected rows cannot be written over the file itself.")
    try:
        progress(f"Reading {name}")
        said = Mapping(layout, mapping)
        file = replace(read_file(path, lambda header: why_not(header, layout, said.of(header))), name=name)
        if batch and file.sha256 != batch.sha256:
            raise ImportStopped("The file that was kept is no longer the one that was uploaded: upload it again.")
        if publish and len(file.rows) > MOST_PUBLISHED:
            raise ImportStopped(
                f"The file has {len(file.rows):,} rows; at most {MOST_PUBLISHED:,} are published in one import, for "
                "other writers wait as long. Import them as drafts and publish them in parts, or split the file."
            )
        mapping, saved = said.of(file.header), said.saved(file.header)
        found = layout_of(file, layout, mapping)
        is_mapped = found.name not in LAYOUTS
        columns = Columns(file.header, found)
        set_aside = set_aside or rejects_file is not None
        run = _RUNS[found.kind](file, found, publish=publish, set_aside=set_aside, user=user, progress=progress)
        run.answers, run.report.dry_run = companies or {}, dry_run
        if saved:
            run.report.remarks.append(
                f"Its columns are read as those of ‘{saved.name}’ were ({saved.saved_at:%Y-%m-%d}): "
                f"{'; '.join(mapping)}."
            )
        run.read_rows()
        with transaction.atomic():
            # Imports and publications wait for one another here.
            PublicRecord.objects.select_for_update().get()
            run.batch = _awaiting(batch) if batch else _new_batch(path, run, set_aside, mapping)
            run.write()
            if rejects_file:
                rejects_file.prepare(file, found, run.report.rejected)
            if dry_run:
                transaction.set_rollback(True)
            else:
                progress("Writing down what became of each row")
                rows = run.accounts()
                if batch and run.batch.fingerprint != account.fingerprint(rows, run.report.doubtful, run.made):
                    raise DeskChanged("The desk changed since the preview. Nothing was imported: look at it again.")
                run.batch.mapping = list(mapping)
                account.keep_import(run.batch, run.report, rows, columns, run.made, user)
                if is_mapped:
                    remember(file.header, mapping, name, user)
        if rejects_file:
            rejects_file.put()
        if dry_run and batch:
            account.keep_preview(
                batch,
                run.report,
                run.accounts(),
                columns,
                run.made,
                mapping=mapping,
                seen=seen_columns(file) if is_mapped else (),
            )
    except UnknownLayout as error:
        raise ImportStopped(str(error), columns=error.columns, brief=error.brief) from error
    except BrokenFile as error:
        raise ImportStopped(str(error)) from error
    except IntegrityError as error:
        raise ImportStopped(
            f"The database refused a row, probably because somebody entered the same at this moment: {error}. "
            "Nothing was imported; try again."
        ) from error
    except DatabaseError as error:
        raise ImportStopped(f"The database could not be written: {error}. Nothing was imported; try again.") from error
    except OSError as error:
        raise ImportStopped(f"The rejected rows cannot be written: {error}. Nothing was imported.") from error
    finally:
        if rejects_file:
            rejects_file.discard()
    run.report.batch = None if dry_run else run.batch.pk
    if run.touched and not dry_run:
        progress("Looking for likely duplicates")
        try:
            look_again(run.touched)
        except DatabaseError:
            # What was imported stands: it must not look as if it had failed.
            log.exception("Likely duplicates of %s were not looked for", name)
            words = "Imported; but likely duplicates were not looked for: run manage.py find_duplicates."
            run.report.remarks.append(words)
    run.report.seconds = time.monotonic() - started
    return run.report


def _awaiting(batch: ImportBatch) -> ImportBatch:
    """The batch as the database has it; another process may have confirmed it meanwhile."""
    here = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if here.is_done:
        raise ImportStopped(f"This import is {BatchState(here.state).label} already. Nothing was done a second time.")
    return here


def _new_batch(path: Path, run: Run, set_aside: bool, mapping: Sequence[str]) -> ImportBatch:
    return ImportBatch.objects.create(
        file_name=run.file.name,
        sha256=run.file.sha256,
        size=path.stat().st_size,
        mapping=list(mapping),
        publish=run.publish,
        set_aside=set_aside,
        uploaded_by=run.user,
    )


class _Import(Run):
    """One file of layoffs on its way into the desk."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rows: list[Row] = []

    def take(self, raw: RawRow, facts: Facts) -> None:
        self.rows.append(_identified(raw, facts))

    def read_rows(self) -> None:
        super().read_rows()
        if self.rows and all(row.facts.people.qualifier == Qualifier.NONE for row in self.rows):
            self.report.remarks.append("No row of this file has a number of people. Is the right column filled?")

    # ── In the transaction ───────────────────────────────────────────────────────────────────────────────────────────

    def write(self) -> None:
        """Compares the rows with what is here and writes what is new or changed."""
        self.progress("Comparing with what is here")
        companies, sources = Companies(self.answers), Sources(self.file, self.layout)
        new, same, changed = self._compare()
        self.report.same = len(same)
        self._warn_of_repeats()

        matched = {known.pk for _row, known in [*same, *changed]}
        pairs = [(row, _company_of(row.facts, companies)) for row, _key in new]
        for row, _known in [*same, *changed]:
            _company_of(row.facts, companies)
        alike = self._alike(pairs, companies, matched)
        # A company of a row that is here already has an event; should its name be new all the same, it is not needed.
        needed = {id(company) for _row, company in pairs}
        made = [company for company in companies.made if id(company) in needed]
        self.account_for(companies, made)

        hanging = Hanging(self, [row for row, _key in new], [*same, *changed])
        alike |= hanging.unreplaced()
        self.report.in_review = len(alike)
        events = self._create_events(new, pairs, alike)
        for (row, _key), event in zip(new, events, strict=True):
            candidate = alike.get(row.raw.number)
            outcome, detail = (RowOutcome.DUPLICATE, {"candidate": candidate}) if candidate else (RowOutcome.NEW, {})
            self.became.append(RowAccount(row.raw, outcome, event.pk, detail, event))
        self.became += [RowAccount(row.raw, RowOutcome.SAME, known.pk, {}) for row, known in same]
        changed_events = self._change(changed, sources)
        self._create_citations([row for row, _key in new], events, sources)
        self.touched = {event.pk for event in [*events, *changed_events]}
        self.made += sources.made
        self.report.sources_made = len(sources.made)
        hanging.write(events, changed_events)
        self.stop_at_rejects()
        self._make_public(events, alike, [known for _row, known in [*same, *changed]], changed_events)
        publishing.refresh(LayoffEvent.objects.filter(pk__in=hanging.touched), f"Related in {self.file.name}.")
        self.report.rejected.sort(key=lambda each: each.row.number)

    def _compare(self) -> tuple[list[tuple[Row, str]], list[tuple[Row, Known]], list[tuple[Row, Known]]]:
        """Which rows are new (with their key), which are here the same, which are here otherwise."""
        here: dict[str, list[Known]] = defaultdict(list)
        last: Counter[tuple[str, str]] = Counter()
        for known in self._known():
            here[known.base].append(known)
            last[known.base, known.detail] = max(last[known.base, known.detail], known.occurrence)
        in_file: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            in_file[row.base].append(row)
        # A file of rejects holds single rows out of their groups: there, only equal content is the same row.
        exact_only = any(name.startswith("rejected ") for name in self.file.header)
        new, same, changed = [], [], []
        for base, rows in in_file.items():
            group = _Group(rows, sorted(here.get(base, ()), key=lambda known: known.pk))
            same += group.take(lambda row: (row.detail, row.content), lambda known: (known.detail, known.content))
            same += group.take(lambda row: row.content, lambda known: known.content)
            if not exact_only:
                changed += group.take(lambda row: row.detail, lambda known: known.detail, whole_groups=True)
                changed += group.take(_figure_of_row, _figure_of_known, whole_groups=True)
            for row in group.rows:
                last[base, row.detail] += 1
                new.append((row, self._key(row, last[base, row.detail])))
        new.sort(key=lambda pair: pair[0].raw.number)
        return new, same, changed

    def _key(self, row: Row, occurrence: int) -> str:
        return f"{self.layout.name}:{row.base}:{row.detail}:{occurrence}"

    def _known(self) -> Iterable[Known]:
        rows = LayoffEvent.objects.filter(origin_key__startswith=f"{self.layout.name}:").order_by("pk")
        for pk, key, content, state, people, share in rows.values_list(
            "pk", "origin_key", "origin_hash", "state", "people", "share_percent"
        ):
            _layout, base, detail, occurrence = key.split(":")
            yield Known(pk, base, detail, int(occurrence), content, state, people, share)

    def _warn_of_repeats(self) -> None:
        """Names the rows that may be one notice given twice: they are kept, for a file may mean both."""
        contents: set[tuple[str, str, str]] = set()
        details: set[tuple[str, str]] = set()
        for row in self.rows:
            if (row.base, row.detail, row.content) in contents:
                self.report.warn(REPEATS, row.raw.number)
            elif (row.base, row.detail) in details:
                self.report.warn(NEARLY_REPEATS, row.raw.number)
            contents.add((row.base, row.detail, row.content))
            details.add((row.base, row.detail))

    def _alike(self, pairs: Sequence[tuple[Row, Company]], companies: Companies, matched: set[int]) -> dict[int, int]:
        """Row numbers of new rows that an event from elsewhere seems to tell already, with that event.

        Same company, within a week, counting as the same: what no row of this file accounts for is compared.
        """
        wanted = {company.pk for _row, company in pairs if company.pk}
        if not wanted:
            return {}
        here: dict[int, list[tuple[date, date, CountsAs, int, str]]] = defaultdict(list)
        events = LayoffEvent.objects.exclude(state__in=(State.REJECTED, State.WITHDRAWN)).order_by("pk")
        for pk, company_id, day, precision, stage, permanence, title in events.values_list(
            "pk", "company_id", "announced_on", "announced_on_precision", "stage", "permanence", "title"
        ).iterator(chunk_size=2000):
            now = companies.today_of(company_id)
            if now in wanted and pk not in matched:
                span, counts_as = dates.span(day, precision), publishing.counts_as_alone(stage, permanence)
                here[now].append((span.first, span.last, counts_as, pk, title))
        found = {}
        near = timedelta(days=ALIKE_WITHIN_DAYS)
        for row, company in pairs:
            facts = row.facts
            counts_as = publishing.counts_as_alone(facts.stage, facts.permanence)
            for first, last, other, pk, title in here.get(company.pk, ()):
                if other == counts_as and first - near <= facts.announced_on <= last + near:
                    found[row.raw.number] = pk
                    self.report.warn(LOOKS_KNOWN, row.raw.number, f"event {pk} ‘{title}’")
                    break
        return found

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _create_events(
        self, new: Sequence[tuple[Row, str]], pairs: Sequence[tuple[Row, Company]], alike: dict[int, int]
    ) -> list[LayoffEvent]:
        self.progress(f"Writing {len(new):,} events")
        today = dates.today()
        events = [
            LayoffEvent(
                company=company,
                announced_on=row.facts.announced_on,
                announced_on_precision=row.facts.more.announced_precision,
                state=State.IN_REVIEW if row.raw.number in alike else self._state(row),
                recorded_on=row.facts.recorded_on or today,
                origin=self.file.name,
                origin_key=key,
                origin_hash=row.content,
                **_event_values(row.facts, company),
            )
            for (row, key), (_row, company) in zip(new, pairs, strict=True)
        ]
        self.report.new = len(events)
        self.create(events)
        return events

    def _state(self, row: Row) -> State:
        # What is published in this very transaction was a draft for nobody: no second entry of history.
        return State.PUBLISHED if self.publish and not row.facts.more.stays_draft else State.DRAFT

    def _create_citations(self, rows: Sequence[Row], events: Sequence[LayoffEvent], sources: "Sources") -> None:
        self.progress("Writing sources and citations")
        sources.make_of([row.facts for row in rows], self.create)
        self.create(
            [
                Citation(event=event, row_number=row.raw.number, **_citation_values(row.facts, sources))
                for row, event in zip(rows, events, strict=True)
            ]
        )

    def _change(self, changed: Sequence[tuple[Row, Known]], sources: "Sources") -> list[LayoffEvent]:
        """Brings events up to what their rows say now; one that an editor changed since is left, its row rejected."""
        if not changed:
            return []
        self.progress(f"Changing {len(changed):,} events")
        sources.make_of([row.facts for row, _known in changed], self.create)
        done = []
        for some in chunks(changed):
            pks = [known.pk for _row, known in some]
            events = LayoffEvent.objects.prefetch_related("citations__source").select_related("company").in_bulk(pks)
            written = last_import(LayoffEvent, pks)
            citations = {pk: _own_citation(events[pk]) for pk in pks}
            cited = last_import(Citation, [citation.pk for citation in citations.values() if citation])
            for row, known in some:
                event, citation = events[known.pk], citations[known.pk]
                values = _event_values(row.facts, event.company)
                if not row.facts.sector:
                    values["sector"] = event.sector
                cites = _citation_values(row.facts, sources)
                clash = clash_of(event, written.get(event.pk), values, ("company_id", "announced_on", *EVENT_FIELDS))
                if citation is None:
                    clash.append("its citation of this file is gone")
                else:
                    clash += clash_of(citation, cited.get(citation.pk), cites, CITATION_FIELDS)
                if event.state in (State.REJECTED, State.WITHDRAWN):
                    clash.append(f"it is {event.get_state_display()}")
                if clash or citation is None:
                    self.reject(row.raw, [f"edited here since: event {event.pk}, {'; '.join(clash)}."])
                    continue
                differences = _differences(event, citation, values, cites, sources.of(row.facts.url))
                self.became.append(RowAccount(row.raw, RowOutcome.CHANGED, event.pk, {"differences": differences}))
                self.save(event, {**values, "origin_hash": row.content})
                self.save(citation, {**cites, "row_number": row.raw.number})
                done.append(event)
        self.report.changed = len(done)
        return done

    def _make_public(
        self,
        events: Sequence[LayoffEvent],
        alike: dict[int, int],
        known: Sequence[Known],
        changed: Sequence[LayoffEvent],
    ) -> None:
        """Corrects what readers see already; with --publish, publishes the drafts of this file, new and old."""
        reason = f"Changed in {self.file.name}."
        for event in changed:
            if event.state == State.PUBLISHED:
                self.report.corrected += bool(publishing.correct(event, reason))
        if not self.publish:
            return
        drafts = [event for event in events if event.state == State.PUBLISHED]
        published: set[int] = set()
        for some in chunks([each.pk for each in known if each.state == State.DRAFT]):
            for event in LayoffEvent.objects.filter(pk__in=some, state=State.DRAFT).prefetch_related("citations"):
                if publishing.problems(event):
                    self.report.remarks.append(f"Event {event.pk} stays a draft: {publishing.problems(event)[0]}")
                else:
                    drafts.append(event)
                    published.add(event.pk)
        self.progress(f"Publishing {len(drafts):,} events")
        if drafts:
            publishing.publish(drafts, f"Published with {self.file.name}")
        self.report.published = len(drafts)
        for row in self.became:
            if row.made is None and row.record_id in published:
                row.detail["published"] = True


# Who writes the rows of a file, by what they become.
_RUNS: dict[Kind, type[Run]] = {Kind.EVENTS: _Import, Kind.NOTES: NotesImport, Kind.COMPANIES: CompaniesImport}


class _Group:
    """The rows and the known events of one company, day and area, on their way to each other."""

    def __init__(self, rows: list[Row], known: list[Known]) -> None:
        self.rows, self.known = list(rows), list(known)

    def take(
        self, of_row: Callable[[Row], Any], of_known: Callable[[Known], Any], *, whole_groups: bool = False
    ) -> list[tuple[Row, Known]]:
        """Pairs rows with events that are alike in this, in order; None is like nothing.

        With `whole_groups` only where the file has at least as many such rows as there are events: of fewer,
        nobody can say which event each of them is.
        """
        if not self.known:
            return []
        waiting: dict[Any, list[Known]] = defaultdict(list)
        for known in self.known:
            waiting[of_known(known)].append(known)
        waiting.pop(None, None)
        if whole_groups:
            asking = Counter(of_row(row) for row in self.rows)
            waiting = {key: found for key, found in waiting.items() if asking[key] >= len(found)}
        pairs, rest = [], []
        for row in self.rows:
            if found := waiting.get(of_row(row)):
                pairs.append((row, found.pop(0)))
            else:
                rest.append(row)
        gone = {known.pk for _row, known in pairs}
        self.rows, self.known = rest, [known for known in self.known if known.pk not in gone]
        return pairs


def _figure_of_row(row: Row) -> tuple | None:
    facts = row.facts
    return (facts.people.best, facts.share_percent) if facts.people.best or facts.share_percent else None


def _figure_of_known(known: Known) -> tuple | None:
    return (known.people, known.share_percent) if known.people or known.share_percent else None


def _identified(raw: RawRow, facts: Facts) -> Row:
    base = _digest(company_key(facts.company), facts.announced_on.isoformat(), facts.area)[:16]
    detail = _digest(facts.source, facts.site)[:16]
    reading = facts.people
    content = _digest(
        facts.company_as_written, facts.announced_on, facts.effective_on, reading.low, reading.best, reading.high,
        reading.qualifier, reading.basis, facts.wording, facts.share_percent, facts.stage, facts.permanence,
        facts.closure, facts.sector, facts.country, facts.place, facts.place_basis, facts.source,
        *(() if facts.more == NOTHING_MORE else astuple(facts.more)),
    )  # fmt: skip
    return Row(raw, facts, base, detail, content)


def _company_of(facts: Facts, companies: Companies) -> Company:
    # Where jobs are is no seat of a new company.
    seat = (facts.country, facts.place) if facts.place_basis == PlaceBasis.SEAT else ("", "")
    return companies.company_for(facts.company, sector=facts.sector, country=seat[0], place=seat[1])


def _digest(*values: object) -> str:
    return hashlib.sha256(json.dumps([v if v is None else str(v) for v in values]).encode()).hexdigest()


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
