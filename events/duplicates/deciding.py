"""What follows from an editor's answer about two events, in one transaction and through publishing; and its undoing.

*Same* joins: the event that is kept gets what the other has and it lacks. The other, if readers never saw it, is
rejected; if they did, the kept one replaces it. Nothing is deleted, so every answer can be taken back.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events import publishing
from events.duplicates.storing import look_again
from events.models import Citation, DuplicatePair, LayoffEvent, PublicRecord, Reason, Relation, Unit
from events.models.choices import RelationKind, State, Verdict
from events.models.duplicate import GONE
from events.publishing import NotPublishable
from events.text import fold

# What two citations of one source must share to say the same.
CITATION_SAYS = ("source_id", "quote", "speaker", "people_low", "people", "people_high", "wording", "share_percent")
P = ParamSpec("P")


class NotDecided(Exception):
    """The answer cannot stand, and nothing of it was written; `messages` say why, for an editor."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


def _whole(act: Callable[Concatenate[DuplicatePair, P], None]) -> Callable[Concatenate[DuplicatePair, P], None]:
    """`act` as a whole or not at all, its refusals in words, the open pairs of both events up to date after it."""

    @wraps(act)
    def run(pair: DuplicatePair, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with transaction.atomic():
                act(pair, *args, **kwargs)
                look_again({pair.low_id, pair.high_id})
        except (ValidationError, NotPublishable) as refused:
            raise NotDecided(refused.messages) from refused

    return run


@_whole
def decide(pair: DuplicatePair, verdict: Verdict, first: int, *, user: Any = None, reason: str = "") -> None:
    """Does what `verdict` says: of `first`, one of the two events, that it is kept, or that it is part of, updates or
    replaces the other. `reason` is for readers, where they see a change. Raises NotDecided.
    """
    found = _locked(pair)
    if found.decision:
        raise NotDecided([_("Somebody answered meanwhile: %s.") % found.get_decision_display()])
    one, other = (found.low, found.high) if first == found.low_id else (found.high, found.low)
    if verdict != Verdict.DIFFERENT and {one.state, other.state} & set(GONE):
        raise NotDecided([_("One of the two is rejected or withdrawn meanwhile.")])
    before = list(publishing.hanging_together([one.pk, other.pk]))
    if verdict == Verdict.SAME:
        found.done = _join(one, other)
    elif verdict != Verdict.DIFFERENT:
        found.done = {"made": [_relate(one.pk, RelationKind(verdict), other.pk).pk]}
    found.decision, found.decided_by, found.decided_at = verdict, user, timezone.now()
    found.save()
    if verdict != Verdict.DIFFERENT:
        _tell_readers(one, other, before, reason)


@_whole
def take_back(pair: DuplicatePair, *, user: Any = None, reason: str = "") -> None:
    """Undoes what the answer did and opens the question again. What was edited since is left. Raises NotDecided."""
    found = _locked(pair)
    if not found.decision:
        raise NotDecided([_("Nobody has answered yet.")])
    before = list(publishing.hanging_together([found.low_id, found.high_id]))
    done = found.done
    kept = found.high if done.get("kept") == found.high_id else found.low
    other = found.beside(kept.pk)
    for relation in Relation.objects.filter(pk__in=done.get("made", ())):
        relation.delete()
    for event, kind, target in done.get("moved", ()):
        if LayoffEvent.objects.filter(pk__in=(event, target)).count() == 2:
            _relate(event, kind, target)
    for model, name in ((Citation, "citations"), (Unit, "units"), (Reason, "reasons")):
        for row in model._default_manager.filter(pk__in=done.get(name, ()), event=kept):
            # One entry of history: nobody has edited it since.
            if row.history.count() == 1:
                row.delete()
    if done.get("notes"):
        kept.notes.remove(*done["notes"])
    if done.get("state") and other.state == State.REJECTED:
        _set_state(other, done["state"], _("It is no duplicate of event %s after all.") % kept.pk)
    found.decision, found.decided_by, found.decided_at, found.done = "", None, None, {}
    found.asked = False
    found._change_reason = _("Answer taken back.")  # type: ignore[attr-defined]  # simple_history reads it
    found._history_user = user  # type: ignore[attr-defined]
    found.save()
    if done:
        _tell_readers(kept, other, before, reason)


def touches_readers(pair: DuplicatePair, verdict: str) -> bool:
    """Whether `verdict`, or taking it back, may change what readers see."""
    if verdict == Verdict.DIFFERENT:
        return False
    if State.PUBLISHED in (pair.low.state, pair.high.state):
        return True
    return publishing.hanging_together([pair.low_id, pair.high_id]).exists()


def may_keep(pair: DuplicatePair) -> list[LayoffEvent]:
    """Which of the two can be kept when they are the same: the public one, if only one is; else the fuller first."""
    events = [pair.low, pair.high]
    public = [event for event in events if event.state == State.PUBLISHED]
    return public if len(public) == 1 else sorted(events, key=lambda event: -event.citations.count())


def _locked(pair: DuplicatePair) -> DuplicatePair:
    # The record first, as every writer does; then the events in order.
    PublicRecord.objects.select_for_update().first()
    events = LayoffEvent.objects.select_for_update().filter(pk__in=(pair.low_id, pair.high_id)).order_by("pk")
    if len(events) < 2:
        raise NotDecided([_("One of the two is gone.")])
    found = DuplicatePair.objects.select_for_update(of=("self",)).filter(pk=pair.pk).first()
    if found is None:
        raise NotDecided([_("These two look like one no more.")])
    found.low, found.high = events
    return found


def _tell_readers(one: LayoffEvent, other: LayoffEvent, before: Iterable[LayoffEvent], reason: str) -> None:
    """The editions of both, and of all whose editions depend on them before or after."""
    for event in (one, other):
        if event.state == State.PUBLISHED:
            publishing.correct(event, reason)
    pks = {event.pk for event in [*before, *publishing.hanging_together([one.pk, other.pk])]} - {one.pk, other.pk}
    publishing.refresh(LayoffEvent.objects.filter(pk__in=pks))


def _relate(event: int, kind: str, other: int) -> Relation:
    """The relation, checked as a form checks it. Raises ValidationError: a circle, a second whole."""
    relation = Relation(event_id=event, kind=kind, other_id=other)
    relation.full_clean()
    relation.save()
    return relation


def _set_state(event: LayoffEvent, state: str, because: str) -> None:
    event.state = state
    event._change_reason = because[:100]  # type: ignore[attr-defined]  # simple_history reads it
    event.save()


# ── Joining ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _join(kept: LayoffEvent, other: LayoffEvent) -> dict[str, Any]:
    """Gives `kept` what it lacks of `other` and takes `other` out of the way; returns what was done, by ids."""
    if other.state == State.PUBLISHED and kept.state != State.PUBLISHED:
        raise NotDecided([_("Readers know “%s”: keep that one.") % other])
    done: dict[str, Any] = {
        "kept": kept.pk,
        "citations": [_copied(row, kept, chosen=False, chosen_because="", row_number=None).pk
                      for row in other.citations.order_by("pk") if not _says_it(kept, row)],
        "units": [_copied(row, kept).pk for row in other.units.all() if not _has(kept.units, row, "name")],
        "reasons": [_copied(row, kept).pk for row in other.reasons.all() if not _has(kept.reasons, row, "kind")],
        "notes": sorted(set(other.notes.values_list("pk", flat=True)) - set(kept.notes.values_list("pk", flat=True))),
        "made": [],
        "moved": [],
    }  # fmt: skip
    kept.notes.add(*done["notes"])
    if other.state == State.PUBLISHED:
        # A replacement takes the whole and the parts of what it replaces (rule 3): no relation need move.
        done["made"].append(_relate(kept.pk, RelationKind.REPLACES, other.pk).pk)
    else:
        done["state"] = other.state
        _move_relations(kept, other, done)
        _set_state(other, State.REJECTED, _("The same as event %s: joined with it.") % kept.pk)
    kept._change_reason = (_("Joined with event %s.") % other.pk)[:100]  # type: ignore[attr-defined]
    kept.save()
    return done


def _says_it(kept: LayoffEvent, citation: Citation) -> bool:
    same = {name: getattr(citation, name) for name in CITATION_SAYS}
    return any(all(getattr(row, name) == value for name, value in same.items()) for row in kept.citations.all())


def _has(rows: Any, row: models.Model, name: str) -> bool:
    return fold(getattr(row, name)) in {fold(value) for value in rows.values_list(name, flat=True)}


def _copied(row: Any, event: LayoffEvent, **otherwise: Any) -> Any:
    """A new row of `event` with what `row` says."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and field.name != "event"
    }
    return type(row)._default_manager.create(event=event, **{**values, **otherwise})


def _move_relations(kept: LayoffEvent, other: LayoffEvent, done: dict[str, Any]) -> None:
    """What ties `other` to third events ties `kept` to them from now on."""
    for row in list(Relation.objects.filter(models.Q(event=other) | models.Q(other=other))):
        ends = row.event_id, row.other_id
        done["moved"].append([row.event_id, row.kind, row.other_id])
        row.delete()
        event, target = (kept.pk if pk == other.pk else pk for pk in ends)
        if event != target and not Relation.objects.filter(event=event, kind=row.kind, other=target).exists():
            done["made"].append(_relate(event, row.kind, target).pk)
