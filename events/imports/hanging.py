"""What hangs on the events of a file: their units and reasons, and what they are to other rows of the same file.

Rows name each other by the file's own keys. An amendment *replaces* what it amends: it states the same cut anew, and a
replaced event leaves every result, so that nothing is counted twice. Of several amendments of one notice each replaces
the one before it, by day and row: at most one event replaces another.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from events import publishing
from events.imports.layouts import Facts
from events.imports.report import Report
from events.models import LayoffEvent, Reason, Relation, Unit
from events.models.choices import RelationKind, Stage, State
from events.models.event import circles

NOT_HERE = "is related to a row that is not in this file: without that relation"
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
        for event in changed:
            self._add_parts(by_pk[event.pk].facts, event)
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

    def _add_parts(self, facts: Facts, event: LayoffEvent) -> None:
        """What a changed row names and the event lacks. Nothing is taken away: it may be an editor's."""
        units = set(event.units.values_list("name", flat=True))
        reasons = set(event.reasons.values_list("kind", flat=True))
        self.run.create([Unit(event=event, name=name) for name in facts.more.units if name not in units])
        self.run.create(
            [Reason(event=event, kind=kind, wording=words) for kind, words in facts.more.reasons if kind not in reasons]
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
