"""The graph of events: what is whole and part, what replaces what, and what each event counts as."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from events.models import (
    EventEdition,
    LayoffEvent,
    Relation,
)
from events.models.choices import (
    CountsAs,
    Permanence,
    RelationKind,
    Stage,
    State,
)
from events.models.event import TREE_KINDS

CHUNK = 500
T = TypeVar("T")


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


@dataclass
class EventGraph:
    """Events that hang together by "part of" and "replaces", with which of them are public.

    `whole` and `replaces` hold what the desk says; the methods answer for readers, who know nothing of drafts and
    withdrawn events: those are passed over.
    """

    public: set[int] = field(default_factory=set)
    stage: dict[int, tuple[str, str]] = field(default_factory=dict)
    whole: dict[int, int] = field(default_factory=dict)
    replaces: dict[int, int] = field(default_factory=dict)
    replacement: dict[int, int] = field(default_factory=dict)

    @classmethod
    def around(cls, event_ids: Iterable[int], day: date | None = None) -> "EventGraph":
        """The graph of `event_ids` and of all that they hang together with, as it is known now; or as on a past `day`,
        on which all of `event_ids` are public."""
        given = set(event_ids)
        graph, todo, seen = cls(), set(given), set()
        while todo:
            seen |= todo
            found: set[int] = set()
            for some in chunks(sorted(todo)):
                rows = Relation.objects.filter(Q(event__in=some) | Q(other__in=some), kind__in=TREE_KINDS).values_list(
                    "event_id", "kind", "other_id"
                )
                for event, kind, other in rows:
                    if kind == RelationKind.PART_OF:
                        graph.whole[event] = other
                    else:
                        graph.replaces[event], graph.replacement[other] = other, event
                    found |= {event, other}
            todo = found - seen
        for some in chunks(sorted(seen)):
            events = LayoffEvent.objects.filter(pk__in=some).values_list("pk", "state", "stage", "permanence")
            for pk, state, stage, permanence in events:
                graph.stage[pk] = (stage, permanence)
                if pk in given if day else state == State.PUBLISHED:
                    graph.public.add(pk)
            then = EventEdition.objects.known_on(day).filter(record_id__in=some) if day else EventEdition.objects.none()
            for pk, stage, permanence in then.values_list("record_id", "stage", "permanence"):
                graph.public.add(pk)
                if pk not in given:
                    graph.stage[pk] = (stage, permanence)
        return graph

    def members(self) -> set[int]:
        """The events that have a tree relation at all."""
        return {*self.whole, *self.whole.values(), *self.replaces, *self.replaces.values()}

    def replaced_by(self, event: int) -> int | None:
        """The public event that replaces `event`; what replaces a withdrawn replacement replaces what it replaced."""
        seen, at = {event}, self.replacement.get(event)
        while at is not None and at not in seen:
            if at in self.public:
                return at
            seen.add(at)
            at = self.replacement.get(at)
        return None

    def part_of(self, event: int) -> int | None:
        """The nearest public whole of `event`: the replacement of a replaced one, past drafts and withdrawn ones."""
        seen, at = {event}, self._own_whole(event)
        while at is not None and at not in seen:
            seen.add(at)
            replacement = self.replaced_by(at)
            if replacement == event:
                at = self._own_whole(at)
            elif replacement is not None:
                at = replacement
            elif at in self.public:
                return at
            else:
                at = self._own_whole(at)
        return None

    def _own_whole(self, event: int) -> int | None:
        """What the desk calls the whole of `event`; a replacement without one takes that of what it replaced."""
        seen: set[int] = set()
        at: int | None = event
        while at is not None and at not in seen:
            if at in self.whole:
                return self.whole[at]
            seen.add(at)
            at = self.replaces.get(at)
        return None

    def counts_as(self, event: int) -> CountsAs:
        """What `event` counts as: its own stage and permanence, raised to a cut by a public cut anywhere above."""
        own = counts_as_alone(*self.stage[event])
        if own in (CountsAs.FILING, CountsAs.TEMPORARY):
            above, seen = self.part_of(event), {event}
            while above is not None and above not in seen:
                if counts_as_alone(*self.stage[above]) == CountsAs.CUT:
                    return CountsAs.CUT
                seen.add(above)
                above = self.part_of(above)
        return own


def hanging_together(event_ids: Iterable[int]) -> QuerySet[LayoffEvent]:
    """The other public events whose editions may depend on these: of their trees, through drafts too, and all that
    name them. Asked before and after something is changed, and refreshed."""
    given = set(event_ids)
    members = EventGraph.around(given).members()
    naming = set(Relation.objects.filter(other__in=given).values_list("event_id", flat=True))
    return LayoffEvent.objects.filter(pk__in=(members | naming) - given, state=State.PUBLISHED)


def counts_as_alone(stage: str, permanence: str) -> CountsAs:
    """What an event counts as with nothing above it. Source: model.md, "counts as"."""
    if stage == Stage.CALLED_OFF:
        return CountsAs.CALLED_OFF
    if stage == Stage.SIGNALLED:
        return CountsAs.SIGNAL
    if permanence == Permanence.TEMPORARY:
        return CountsAs.TEMPORARY
    if stage == Stage.FILED:
        return CountsAs.FILING
    return CountsAs.CUT
