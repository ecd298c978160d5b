"""What hangs on the events of a file: their units and reasons, and what they are to other rows of the same file.

Rows name each other by the file's own keys. An amendment *replaces* what it amends: it states the same cut anew, and a
replaced event leaves every result, so that nothing is counted twice. Of several amendments of one notice each replaces
the one before it, by day and row: at most one event replaces another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from events import publishing
from events.imports.layouts import Facts
from events.imports.reading import RawRow
from events.imports.report import Report
from events.imports.run import chunks
from events.models import LayoffEvent, Reason, Relation, Unit
from events.models.choices import RelationKind, Stage
from events.models.event import circles

NOT_HERE = "is related to a row that is not in this file: without that relation"
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


class Hanging:
    """What hangs on the events of one import, and how its rows are tied to one another."""

    def __init__(self, run: Any) -> None:
        self.run = run
        self.report: Report = run.report
        # Events of before that have a relation more, and were not saved in this import.
        self.touched: list[int] = []
        self._replaced: set[str] = set()
        self._tied: list[_Tied] = []

    def look(self, facts: Facts) -> None:
        """Takes note of what a row says of others, before any event is written."""
        self._replaced |= {key for kind, key in facts.more.relations if kind == RelationKind.REPLACES}

    def is_unreplaced(self, raw: RawRow, facts: Facts) -> bool:
        """Whether another row should have replaced this new one, but none does: to be counted it needs an editor."""
        if not facts.more.superseded or facts.more.key in self._replaced:
            return False
        self.report.warn(UNREPLACED, raw.number)
        return True

    def meet(self, raw: RawRow, facts: Facts, event: int, *, is_new: bool) -> None:
        """Takes note of the event that a row became or is here as."""
        more = facts.more
        if more.key or more.relations:
            self._tied.append(
                _Tied(raw.number, event, is_new, facts.announced_on, facts.stage, more.key, more.relations)
            )

    # Units and reasons

    def write_parts(self, of: Sequence[tuple[Facts, int]]) -> None:
        self.run.create([Unit(event_id=pk, name=name) for facts, pk in of for name in facts.more.units])
        self.run.create(
            [Reason(event_id=pk, kind=kind, wording=words) for facts, pk in of for kind, words in facts.more.reasons]
        )

    def add_parts(self, facts: Facts, event: LayoffEvent) -> None:
        """What a changed row names and the event lacks. Nothing is taken away: it may be an editor's."""
        units = set(event.units.values_list("name", flat=True))
        reasons = set(event.reasons.values_list("kind", flat=True))
        self.run.create([Unit(event=event, name=name) for name in facts.more.units if name not in units])
        self.run.create(
            [Reason(event=event, kind=kind, wording=words) for kind, words in facts.more.reasons if kind not in reasons]
        )

    # Relations

    def relate(self) -> None:
        """Ties the events of rows as the rows name one another; after all of them are there."""
        by_key = {each.key: each for each in self._tied if each.key}
        asking = sorted((e for e in self._tied if e.relations), key=lambda each: (each.announced_on, each.row))
        if not asking:
            return
        pks = {each.event for each in self._tied}
        graph = publishing.EventGraph.around(pks)
        there: set[tuple[int, str, int]] = set()
        for some in chunks(sorted(pks)):
            there |= set(Relation.objects.filter(event__in=some).values_list("event_id", "kind", "other_id"))
        wanted: list[tuple[_Tied, RelationKind, int]] = []
        for each in asking:
            for kind, key in each.relations:
                if key not in by_key:
                    self.report.warn(NOT_HERE, each.row, key[:40])
                    continue
                other = by_key[key]
                if (each.event, kind, other.event) in there:
                    continue
                possible = self._possible(graph, each.event, kind, other)
                if possible is None:
                    self.report.warn(NOT_POSSIBLE, each.row, key[:40])
                elif (each.event, kind, possible) not in there:
                    there.add((each.event, kind, possible))
                    wanted.append((each, kind, possible))
        self.run.create([Relation(event_id=each.event, kind=kind, other_id=other) for each, kind, other in wanted])
        self.touched = sorted({each.event for each, *_rest in wanted if not each.is_new})

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
