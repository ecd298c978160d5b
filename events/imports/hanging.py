"""What hangs on the events of a file: their units and reasons, the AI notes beside them, what they are to other rows.

Rows name each other by the file's own keys. An amendment *replaces* what it amends: it states the same cut anew, and a
replaced event leaves every result, so that nothing is counted twice. Of several amendments of one notice each replaces
the one before it, by day and row: at most one event replaces another.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from events import publishing
from events.imports.layouts import Facts
from events.imports.report import Report
from events.imports.run import IMPORTED, chunks
from events.models import AiNote, LayoffEvent, Reason, Relation, Unit
from events.models.choices import RelationKind, Stage, State
from events.models.event import circles

# So begins an entry of history of what an import's take-back wrote.
TAKEN_BACK = "Taken back: "
NOT_HERE = "is related to a row that is not in this file: without that relation"
NO_NOTE = "names AI notes that are not here: not tied to them"
OTHER_NOTES = "names AI notes that its event here is not tied to: tie it to them at its own page"
NOT_POSSIBLE = "is related to a row in a way that cannot be (a circle, or a second whole): without that relation"
UNREPLACED = "is said to be superseded, but no row of this file replaces it; kept in review, not published"


class Hanging:
    """One import's rows, those that are new and those that are here (with what is known of their events)."""

    def __init__(self, run: Any, new: Sequence[Any], here: Sequence[tuple[Any, Any]]) -> None:
        self.run, self.new, self.here = run, new, here
        self.report: Report = run.report
        # Published events that have a relation more, and were not saved in this import.
        self.touched: list[int] = []

    def unreplaced(self) -> dict[int, int]:
        """New rows that another should have replaced, but none does: to be counted they need an editor."""
        rows = [*self.new, *(row for row, _known in self.here)]
        replaced = {key for row in rows for kind, key in row.facts.more.relations if kind == RelationKind.REPLACES}
        found = {}
        for row in self.new:
            if row.facts.more.superseded and row.facts.more.key not in replaced:
                found[row.raw.number] = 0
                self.report.warn(UNREPLACED, row.raw.number)
        return found

    def write(self, events: Sequence[LayoffEvent], changed: Iterable[LayoffEvent]) -> None:
        """After the events of the new rows are there."""
        pairs = list(zip(self.new, events, strict=True))
        self._write_parts([(row.facts, event.pk) for row, event in pairs])
        by_pk = {known.pk: row for row, known in self.here}
        again = [(by_pk[event.pk], event) for event in changed]
        for some in chunks(again):
            self._add_parts(some)
        self._tie_notes(pairs, again)
        self._relate([(row, event.pk) for row, event in pairs], {known.pk: known.state for _row, known in self.here})
        for row, _event in pairs:
            if row.facts.more.stays_draft:
                self.report.warn("stays a draft", row.raw.number, row.facts.more.stays_draft)

    # Units and reasons

    def _write_parts(self, of: Sequence[tuple[Facts, int]]) -> None:
        self.run.create([Unit(event_id=pk, name=name) for facts, pk in of for name in facts.more.units])
        self.run.create(
            [Reason(event_id=pk, kind=kind, wording=words) for facts, pk in of for kind, words in facts.more.reasons]
        )

    def _add_parts(self, changed: Sequence[tuple[Any, LayoffEvent]]) -> None:
        """What changed rows name and their events lack, unless an editor took it away or calls it otherwise. Nothing is
        taken away: it may be an editor's."""
        pks = [event.pk for _row, event in changed]
        units, reasons = _names(Unit, "name", pks), _names(Reason, "kind", pks)
        for row, event in changed:
            more = row.facts.more
            self.run.create([Unit(event=event, name=name) for name in more.units if (event.pk, name) not in units])
            self.run.create(
                [
                    Reason(event=event, kind=kind, wording=words)
                    for kind, words in more.reasons
                    if (event.pk, kind) not in reasons
                ]
            )

    # Notes

    def _tie_notes(self, new: Sequence[tuple[Any, LayoffEvent]], changed: Sequence[tuple[Any, LayoffEvent]]) -> None:
        """Ties new events to the notes of the numbers that their rows name. What an event that is here is tied to is
        left to editors: rows that name others are said."""
        numbers = sorted({number for row, _event in [*new, *changed] for number in row.facts.more.notes})
        here: set[int] = set()
        for some in chunks(numbers):
            here |= set(AiNote.objects.filter(pk__in=some).values_list("pk", flat=True))
        tied = 0
        for row, event in new:
            notes = row.facts.more.notes
            if missing := [number for number in notes if number not in here]:
                self.report.warn(NO_NOTE, row.raw.number, _listed(missing))
            if found := [number for number in notes if number in here]:
                # Its history says what it was tied to, as that of an editor's save does.
                event._change_reason = self.run.reason  # type: ignore[attr-defined]  # simple_history reads these two
                event._history_user = self.run.user  # type: ignore[attr-defined]
                event.notes.add(*found)
                tied += 1
        for row, event in changed:
            if named := set(row.facts.more.notes):
                others = named - set(event.notes.values_list("pk", flat=True))
                if missing := sorted(others - here):
                    self.report.warn(NO_NOTE, row.raw.number, _listed(missing))
                if others & here:
                    self.report.warn(OTHER_NOTES, row.raw.number, _listed(sorted(others & here)))
        if tied:
            self.report.remarks.append(
                f"{tied:,} {'event is' if tied == 1 else 'events are'} tied to AI notes by their numbers here. "
                "If the file is of another site, look at them."
            )

    # Relations

    def _relate(self, new: Sequence[tuple[Any, int]], here: dict[int, str]) -> None:
        rows = [*new, *((row, known.pk) for row, known in self.here)]
        by_key = {row.facts.more.key: (row, pk) for row, pk in rows if row.facts.more.key}
        asking = sorted(
            ((row, pk) for row, pk in rows if row.facts.more.relations),
            key=lambda each: (each[0].facts.announced_on, each[0].raw.number),
        )
        if not asking:
            return
        pks = {pk for _row, pk in rows}
        graph = publishing.EventGraph.around(pks)
        there = set(Relation.objects.filter(event__in=pks).values_list("event_id", "kind", "other_id"))
        wanted: list[tuple[int, RelationKind, int]] = []
        for row, pk in asking:
            for kind, key in row.facts.more.relations:
                number = row.raw.number
                if key not in by_key:
                    self.report.warn(NOT_HERE, number, key[:40])
                    continue
                other_row, other = by_key[key]
                if (pk, kind, other) in there:
                    continue
                possible = self._possible(graph, pk, kind, other, other_row)
                if possible is None:
                    self.report.warn(NOT_POSSIBLE, number, key[:40])
                elif (pk, kind, possible) not in there:
                    there.add((pk, kind, possible))
                    wanted.append((pk, kind, possible))
        self.run.create([Relation(event_id=event, kind=kind, other_id=other) for event, kind, other in wanted])
        self.touched = sorted({event for event, *_ in wanted if here.get(event) == State.PUBLISHED})

    def _possible(
        self, graph: publishing.EventGraph, event: int, kind: RelationKind, other: int, other_row: Any
    ) -> int | None:
        """The event that `event` may have this relation to, noted in `graph`; None where it may not."""
        if event == other:
            return None
        if kind == RelationKind.PART_OF:
            if event in graph.whole or other_row.facts.stage == Stage.SIGNALLED:
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


def _names(model: Any, field: str, events: Sequence[int]) -> set[tuple[int, str]]:
    """What parts of these events are called (event, name), and were called by an import before an editor took them away
    or called them otherwise."""
    found: set[tuple[int, str]] = set(model.objects.filter(event__in=events).values_list("event_id", field))
    entries = model.history.filter(event_id__in=events).order_by("history_date", "history_id")
    called: dict[int, tuple[int, str]] = {}
    by_editor: dict[int, bool] = {}
    for pk, event, name, reason in entries.values_list("id", "event_id", field, "history_change_reason"):
        ours = (reason or "").startswith((IMPORTED, TAKEN_BACK))
        if ours:
            called[pk] = event, name
        by_editor[pk] = not ours
    return found | {name for pk, name in called.items() if by_editor[pk]}


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))[:200]
