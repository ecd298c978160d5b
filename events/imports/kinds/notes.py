"""Rows → AI-investment notes: new, same or changed; what an editor changed since is never overwritten."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from events import dates, publishing
from events.imports.account import RowAccount, plain
from events.imports.layouts.models import NoteFacts
from events.imports.matching import Companies
from events.imports.reading import RawRow
from events.imports.run import Run, chunks, clash_of, last_import
from events.imports.sources import Sources
from events.models import AiNote, Citation, Company, NoteCompany
from events.models.choices import Precision, RecordKind, RowOutcome, State

NOTE_FIELDS = (
    "kind", "title", "dated_on", "amount_wording", "amount_millions", "amount_usd_millions", "currency",
    "plan_or_actual",
)  # fmt: skip
REPEATS = "has the name of another row of this file; kept, perhaps the same"


class NotesImport(Run):
    """One file of AI-investment notes on its way into the desk. Each is cited to its links and to the file itself."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.roles: list[NoteCompany] = []
        self.citations: list[Citation] = []

    def write(self) -> None:
        companies, sources = Companies(self.answers), Sources(self.file, self.layout)
        known = {note.origin_key: note for note in AiNote.objects.filter(origin_key__startswith=f"{self.layout.name}:")}
        seen: Counter[str] = Counter()
        new: list[tuple[RawRow, NoteFacts, str]] = []
        changed: list[tuple[RawRow, NoteFacts, AiNote]] = []
        here: list[int] = []
        for raw, facts in self.rows():
            name = hashlib.sha256(facts.key.encode()).hexdigest()[:16]
            seen[name] += 1
            if seen[name] > 1:
                self.report.warn(REPEATS, raw.number, facts.key[:60])
            key = f"{self.layout.name}:{name}:{seen[name]}"
            note = known.get(key)
            if note is None:
                new.append((raw, facts, key))
                continue
            if note.origin_hash == _content(facts):
                self.report.same += 1
                here.append(note.pk)
                self.accounts.put(RowAccount(raw, RowOutcome.SAME, note.pk, {}, kind=RecordKind.NOTE))
            else:
                changed.append((raw, facts, note))
        urls = {url: "" for _raw, facts in self.rows() for url in facts.urls}
        # The list's authors ask to be named, and the estimate is theirs.
        sources.make(urls, self.create)
        sources.make_itself(self.create)
        makers = [
            [companies.company_for(name, country=facts.country) for name, _role in facts.companies]
            for _raw, facts, _key in new
        ]
        self.account_for(companies, companies.made)
        made = self._create_notes(new)
        for note, (raw, facts, _key), of_note in zip(made, new, makers, strict=True):
            self._tie(note, raw, facts, of_note, sources)
        self.create(self.roles)
        self.create(self.citations)
        changed_notes = self._change(changed)
        for note, (raw, _facts, _key), of_note in zip(made, new, makers, strict=True):
            self.accounts.put(RowAccount(raw, RowOutcome.NEW, note.pk, {}, note, RecordKind.NOTE, of_note))
        self.made_sources(sources.made)
        self.stop_at_rejects()
        self.report.corrected = publishing.correct_all(AiNote, changed_notes, f"Changed in {self.file.name}.")
        if self.publish:
            self.publish_all(AiNote, [note.pk for note in made], [*here, *changed_notes])
        self.report.rejected.sort(key=lambda each: each.row.number)

    def _create_notes(self, new: Sequence[tuple[RawRow, NoteFacts, str]]) -> list[AiNote]:
        self.progress(f"Writing {len(new):,} notes")
        # What is published in this very transaction was a draft for nobody: no second entry of history.
        state = State.PUBLISHED if self.publish else State.DRAFT
        notes = [
            AiNote(
                state=state, recorded_on=dates.today(), origin=self.file.name, origin_key=key,
                origin_hash=_content(facts), dated_on_precision=Precision.DAY, **_values(facts),
            )
            for _raw, facts, key in new
        ]  # fmt: skip
        self.create(notes)
        self.report.new = len(notes)
        return notes

    def _tie(self, note: AiNote, raw: RawRow, facts: NoteFacts, companies: Sequence[Company], sources: Sources) -> None:
        """Puts down the companies of a new note in their roles, and what it is cited to."""
        roles = [role for _name, role in facts.companies]
        # Two names of a file may be one company here.
        found = {(company.pk, role): company for company, role in zip(companies, roles, strict=True)}
        self.roles += [NoteCompany(note=note, company=company, role=role) for (_pk, role), company in found.items()]
        cited = dict.fromkeys([*(sources.of(url).pk for url in facts.urls), sources.of("").pk])
        self.citations += [Citation(note=note, source_id=source, row_number=raw.number) for source in cited]

    def _change(self, changed: Sequence[tuple[RawRow, NoteFacts, AiNote]]) -> list[int]:
        """Brings notes up to what their rows say now: words, day and money. Companies and citations stay."""
        done: list[int] = []
        for some in chunks(changed):
            taken: list[AiNote] = []
            written = last_import(AiNote, [note.pk for _raw, _facts, note in some])
            for raw, facts, note in some:
                values = _values(facts)
                clash = clash_of(note, written.get(note.pk), values, NOTE_FIELDS)
                if note.state in (State.REJECTED, State.WITHDRAWN):
                    clash.append(f"it is {note.get_state_display()}")
                if clash:
                    self.reject(raw, [f"edited here since: note {note.pk}, {'; '.join(clash)}."])
                    continue
                differences = [
                    [name, plain(getattr(note, name)), plain(value)]
                    for name, value in values.items()
                    if getattr(note, name) != value
                ]
                detail = {"differences": differences}
                self.accounts.put(RowAccount(raw, RowOutcome.CHANGED, note.pk, detail, kind=RecordKind.NOTE))
                for name, value in {**values, "origin_hash": _content(facts)}.items():
                    setattr(note, name, value)
                taken.append(note)
            self.change(taken, (*NOTE_FIELDS, "origin_hash"))
            done += [note.pk for note in taken]
        self.report.changed = len(done)
        return done


def _values(facts: NoteFacts) -> dict[str, Any]:
    """What an import writes into a note: NOTE_FIELDS."""
    amount = facts.amount_usd_millions
    return {
        "kind": facts.kind,
        "title": facts.title,
        "dated_on": facts.dated_on,
        "amount_wording": facts.amount_wording,
        "amount_millions": amount,
        "amount_usd_millions": amount,
        "currency": "USD" if amount is not None else "",
        "plan_or_actual": facts.plan_or_actual,
    }


def _content(facts: NoteFacts) -> str:
    said = [str(value) for value in (*_values(facts).values(), facts.companies, facts.urls)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
