"""What hangs on the events of a file: their units and reasons, the AI notes beside them, what they are to other rows.

Rows name each other by the file's own keys. An amendment *replaces* what it amends: it states the same cut anew, and a
replaced event leaves every result, so that nothing is counted twice. Of several amendments of one notice each replaces
the one before it, by day and row: at most one event replaces another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from events import publishing
from events.imports.layouts import Facts
from events.imports.reading import RawRow
from events.imports.report import Report
from events.imports.run import IMPORTED, TAKEN_BACK, chunks, last_import
from events.models import AiNote, LayoffEvent, Reason, Relation, Unit, bulk
from events.models.choices import RelationKind, Stage
from events.models.event import circles

LEFT = "is related here to a row that it names no longer: take the relation away at its own page"
NOT_HERE = "is related to a row that is not in this file: without that relation"
NO_NOTE = "names AI notes that are not here: not tied to them"
OTHER_NOTES = "names AI notes that its event here is not tied to: tie it to them at its own page"
NOT_POSSIBLE = "is related to a row in a way that cannot be (a circle, or a second whole): without that relation"
UNREPLACED = "is said to be superseded, but no row of this file replaces it; kept in review, not published"


@dataclass(frozen=True, slots=True)
class _Tied:
    """A row that names others or that others may name, with its event."""

    row: int
    event: int
    is_new: bool
    announced_on: date
    stage: Stage
    key: str
    relations: tuple[tuple[RelationKind, str], ...]
    is_refused: bool = False


class Hanging:
    """What hangs on the events of one import, and how its rows are tied to one another."""

    def __init__(self, run: Any) -> None:
        self.run = run
        self.report: Report = run.report
        # Events of before that have a relation more, and were not saved in this import.
        self.touched: list[int] = []
        self._replaced: set[str] = set()
        self._tied: list[_Tied] = []
        self._tied_to_notes = 0

    def look(self, facts: Facts) -> None:
        """Takes note of what a row says of others, before any event is written."""
        self._replaced |= {key for kind, key in facts.more.relations if kind == RelationKind.REPLACES}

    def is_unreplaced(self, raw: RawRow, facts: Facts) -> bool:
        """Whether another row should have replaced this new one, but none does: to be counted it needs an editor."""
        if not facts.more.superseded or facts.more.key in self._replaced:
            return False
        self.report.warn(UNREPLACED, raw.number)
        return True

    def meet(self, raw: RawRow, facts: Facts, event: int, *, is_new: bool, is_refused: bool = False) -> None:
        """Takes note of the event that a row became or is here as; what a refused row says of others is not written."""
        more = facts.more
        relations = () if is_refused else more.relations
        if more.key or relations:
            named = facts.announced_on, facts.stage, more.key, relations
            self._tied.append(_Tied(raw.number, event, is_new, *named, is_refused))

    # Units, reasons and notes

    def write_parts(self, new: Sequence[tuple[Facts, LayoffEvent]]) -> None:
        """What hangs on events that were just made."""
        self.run.create([Unit(event=event, name=name) for facts, event in new for name in facts.more.units])
        self.run.create(
            [
                Reason(event=event, kind=kind, wording=words)
                for facts, event in new
                for kind, words in facts.more.reasons
            ]
        )

    def change_parts(self, changed: Sequence[tuple[Facts, LayoffEvent]]) -> None:
        """Lets units and reasons follow changed rows: what an import wrote, as it wrote it, goes when a row names it no
        longer; what a row names comes, unless an editor took it away or calls it otherwise."""
        named = {(event.pk, name) for facts, event in changed for name in facts.more.units}
        said = {(event.pk, *reason) for facts, event in changed for reason in facts.more.reasons}
        self._delete_unedited([unit for unit in _parts(Unit, changed) if (unit.event_id, unit.name) not in named])
        self._delete_unedited(
            [each for each in _parts(Reason, changed) if (each.event_id, str(each.kind), each.wording) not in said]
        )
        pks = [event.pk for _facts, event in changed]
        units, reasons = _names(Unit, "name", pks), _names(Reason, "kind", pks)
        self.run.create([Unit(event_id=pk, name=name) for pk, name in sorted(named - units)])
        self.run.create(
            [
                Reason(event_id=pk, kind=kind, wording=words)
                for pk, kind, words in sorted(said)
                if (pk, kind) not in reasons
            ]
        )

    def _delete_unedited(self, parts: Sequence[Any]) -> None:
        by_pk = {part.pk: part for part in parts}
        if by_pk:
            written = last_import(type(parts[0]), list(by_pk))
            own = [by_pk[pk] for pk, entry in written.items() if _is_as(by_pk[pk], entry)]
            bulk.delete_with_history(own, self.run.reason, self.run.user)

    def tie_notes(self, new: Sequence[tuple[RawRow, Facts, LayoffEvent]]) -> None:
        """Ties new events to the AI notes of the numbers that their rows name."""
        here = _notes_here(facts for _raw, facts, _event in new)
        for raw, facts, event in new:
            self._warn(NO_NOTE, raw, set(facts.more.notes) - here)
            if found := [number for number in facts.more.notes if number in here]:
                # Its history says what it was tied to, as that of an editor's save does.
                event._change_reason = self.run.reason  # type: ignore[attr-defined]  # simple_history reads these two
                event._history_user = self.run.user  # type: ignore[attr-defined]
                event.notes.add(*found)
                self._tied_to_notes += 1

    def compare_notes(self, changed: Sequence[tuple[RawRow, Facts, LayoffEvent]]) -> None:
        """Says which notes changed rows name and their events are not tied to: that is left to editors."""
        here = _notes_here(facts for _raw, facts, _event in changed)
        for raw, facts, event in changed:
            if named := set(facts.more.notes):
                others = named - set(event.notes.values_list("pk", flat=True))
                self._warn(NO_NOTE, raw, others - here)
                self._warn(OTHER_NOTES, raw, others & here)

    def _warn(self, kind: str, raw: RawRow, numbers: set[int]) -> None:
        if numbers:
            self.report.warn(kind, raw.number, ", ".join(map(str, sorted(numbers)))[:200])

    # Relations

    def relate(self) -> None:
        """Ties the events of rows as the rows name one another; after all of them are there."""
        if tied := self._tied_to_notes:
            self.report.remarks.append(
                f"{tied:,} {'event is' if tied == 1 else 'events are'} tied to AI notes by their numbers here. "
                "If the file is of another site, look at them."
            )
        by_key = {each.key: each for each in self._tied if each.key}
        self._say_what_is_left(by_key)
        asking = sorted((e for e in self._tied if e.relations), key=lambda each: (each.announced_on, each.row))
        if not asking:
            return
        pks = {each.event for each in self._tied}
        graph = publishing.EventGraph.around(pks)
        # Two events between which an editor wrote another relation, or took one away, are left as they are.
        there: set[tuple[int, int]] = set()
        for some in chunks(sorted(pks)):
            there |= _names(Relation, "other_id", some)
        wanted: list[tuple[_Tied, RelationKind, int]] = []
        for each in asking:
            for kind, key in each.relations:
                if key not in by_key:
                    self.report.warn(NOT_HERE, each.row, key[:40])
                    continue
                other = by_key[key]
                if (each.event, other.event) in there:
                    continue
                possible = self._possible(graph, each.event, kind, other)
                if possible is None:
                    self.report.warn(NOT_POSSIBLE, each.row, key[:40])
                elif (each.event, possible) not in there:
                    there.add((each.event, possible))
                    wanted.append((each, kind, possible))
        for few in chunks(wanted):
            self.run.create([Relation(event_id=each.event, kind=kind, other_id=other) for each, kind, other in few])
        self.touched = sorted({each.event for each, *_rest in wanted if not each.is_new})

    def _say_what_is_left(self, by_key: dict[str, _Tied]) -> None:
        """Relations among events of the file that its rows no longer name stay: they may be an editor's."""
        here = {each.event: each for each in self._tied if not each.is_new and not each.is_refused}
        for some in chunks(sorted(here)):
            rows = Relation.objects.filter(event__in=some).values_list("event_id", "kind", "other_id")
            for event, kind, other in rows:
                row = here[event]
                named = {by_key[key].event for _kind, key in row.relations if key in by_key}
                # Of several amendments each replaces the one before it, whichever the file names.
                in_chain = kind == RelationKind.REPLACES and any(said == kind for said, _key in row.relations)
                if other in here and other not in named and not in_chain:
                    self.report.warn(LEFT, row.row, f"event {other}")

    def _possible(self, graph: publishing.EventGraph, event: int, kind: RelationKind, tied: _Tied) -> int | None:
        """The event that `event` may have this relation to, noted in `graph`; None where it may not."""
        other = tied.event
        if event == other:
            return None
        if kind == RelationKind.PART_OF:
            if event in graph.whole or tied.stage == Stage.SIGNALLED:
                return None
            graph.whole[event] = other
            if self._closes_a_circle(graph, event):
                del graph.whole[event]
                return None
        elif kind == RelationKind.REPLACES:
            if event in graph.replaces:
                # It stands in the chain already, if it replaces what replaced the other.
                return graph.replaces[event] if self._first(graph, event) == self._first(graph, other) else None
            while other in graph.replacement:
                other = graph.replacement[other]
                if other == event:
                    return None
            graph.replaces[event], graph.replacement[other] = other, event
            if self._closes_a_circle(graph, event):
                del graph.replaces[event], graph.replacement[other]
                return None
        return other

    @staticmethod
    def _first(graph: publishing.EventGraph, event: int) -> int:
        seen = {event}
        while (event := graph.replaces.get(event, event)) not in seen:
            seen.add(event)
        return event

    @staticmethod
    def _closes_a_circle(graph: publishing.EventGraph, event: int) -> bool:
        """Looks only at what hangs together with `event`: a file has thousands of relations."""
        whole: dict[int, int] = {}
        replaces: dict[int, int] = {}
        todo, seen = {event}, set()
        while todo:
            seen |= todo
            found: set[int] = set()
            for each in todo:
                for links, kept in ((graph.whole, whole), (graph.replaces, replaces)):
                    if each in links:
                        kept[each] = links[each]
                        found.add(links[each])
                if each in graph.replacement:
                    found.add(graph.replacement[each])
            todo = found - seen
        return bool(circles(whole, replaces))


def _parts(model: Any, of: Sequence[tuple[Facts, LayoffEvent]]) -> Any:
    return model.objects.filter(event__in=[event.pk for _facts, event in of])


def _is_as(part: Any, entry: Any) -> bool:
    """Whether every field of `part` is as its `entry` of history says."""
    return all(getattr(part, each.attname) == getattr(entry, each.attname) for each in part._meta.concrete_fields)


def _names(model: Any, field: str, events: Sequence[int]) -> set[tuple[int, Any]]:
    """What parts of these events are called (event, name), and were called by an import before an editor took them away
    or called them otherwise; of relations, which other event they name."""
    found: set[tuple[int, Any]] = set(model.objects.filter(event__in=events).values_list("event_id", field))
    entries = model.history.filter(event_id__in=events).order_by("history_date", "history_id")
    called: dict[int, tuple[int, Any]] = {}
    by_editor: dict[int, bool] = {}
    for pk, event, name, reason in entries.values_list("id", "event_id", field, "history_change_reason"):
        ours = (reason or "").startswith((IMPORTED, TAKEN_BACK))
        if ours:
            called[pk] = event, name
        by_editor[pk] = not ours
    return found | {name for pk, name in called.items() if by_editor[pk]}


def _notes_here(said: Iterable[Facts]) -> set[int]:
    """Which of the AI notes that rows name are here."""
    numbers = {number for facts in said for number in facts.more.notes}
    return {
        pk for some in chunks(sorted(numbers)) for pk in AiNote.objects.filter(pk__in=some).values_list("pk", flat=True)
    }
