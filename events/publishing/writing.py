"""Editions are written: planned, oldest day first, each with the indexes and the records that it touches."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Max, prefetch_related_objects
from django.utils.translation import gettext as _

from events import dates
from events.models import (
    EventEdition,
    EventEditionTie,
    LayoffEvent,
    OwnershipTree,
    PublicRecord,
    bulk,
)
from events.models.choices import (
    Change,
    State,
)
from events.models.edition import OPEN
from events.publishing.graph import EventGraph, chunks
from events.publishing.saying import KINDS, Context, Kind, Publishable, Said
from events.text import fold

# What follows from other facts: no reader is told of a change of these.
INDEX_FACTS = ("place_folded", "notes_from", "notes_until", "days_late", "reasons", "tiers")


class NotPublishable(Exception):
    """A record lacks what publication needs; `messages` are for an editor."""

    def __init__(self, record: models.Model, messages: list[str]) -> None:
        super().__init__(f"{record}: {' '.join(messages)}")
        self.record = record
        self.messages = messages


@dataclass
class Plan:
    record: Any
    day: date
    change: Change
    reason: str


class Writing:
    """One transaction's editions: planned, then written oldest day first, so that each knows what was public then."""

    def __init__(self) -> None:
        self.today = dates.today()
        self.plans: list[Plan] = []
        self.written = 0
        self.corrected = 0
        self._owners: OwnershipTree | None = None

    def __enter__(self) -> "Writing":
        # Locks the row: editions are numbered by one writer at a time.
        self.site = PublicRecord.objects.select_for_update().get()
        self.version = self.site.version + 1
        return self

    def __exit__(self, failed: type | None, *_rest: object) -> None:
        if failed is None and self.written:
            self.site.version = self.version
            self.site.save()

    def _recorded_early(self, record: Publishable) -> bool:
        return record.origin != "desk" and record.recorded_on < self.site.opened_on

    def public_before(self, records: Iterable[Publishable]) -> set[Publishable]:
        """Which of those `records` that were recorded before the site opened have an edition already."""
        early = [record for record in records if self._recorded_early(record)]
        found: set[Publishable] = set()
        for kind in KINDS:
            some = {record.pk: record for record in early if type(record) is kind.record}
            found |= {some[pk] for pk in _last_numbers(kind, list(some))}
        return found

    def first_day(self, record: Publishable, public_before: set[Publishable]) -> date:
        """The day from which the first edition of `record` is known; for a later one, today."""
        if self._recorded_early(record) and record not in public_before:
            return record.recorded_on
        return self.today

    def plan(self, record: Publishable, day: date, change: Change, reason: str) -> None:
        self.plans.append(Plan(record, day, change, reason))

    def write(self) -> int:
        """Writes all that was planned and all that it touches; returns the number of editions written so far."""
        owners = self._owners = self._owners or OwnershipTree.load()
        planned, self.plans = self.plans, []
        for kind in KINDS:
            plans = [plan for plan in planned if type(plan.record) is kind.record]
            if not plans:
                continue
            # Records that hang together with none are independent of order and go in one batch.
            tied = EventGraph.around(p.record.pk for p in plans).members() if kind.record is LayoffEvent else set()
            # Some at a time: the database takes only so many ids in a query.
            for some in chunks([p for p in plans if p.record.pk not in tied]):
                self._write_batch(kind, some, owners)
            if any(plan.record.pk in tied for plan in plans):
                self._write_tied(kind, [plan for plan in plans if plan.record.pk in tied], owners)
        return self.written

    def _write_tied(self, kind: Kind, plans: Sequence[Plan], owners: OwnershipTree) -> None:
        """Editions of events that hang together with others, oldest day first.

        A relation loaded with its events is known from the later of their days: what a row from a file says of the
        past changes on each day on which another of its tree became public. What was public before is touched today
        alone: what readers have replayed never changes (rule 9).
        """
        by_day = defaultdict(list)
        for plan in plans:
            by_day[plan.day].append(plan)
        ours = {plan.record.pk for plan in plans}
        others = EventGraph.around(ours).members() - ours
        for some in chunks(sorted(others)):
            days = EventEdition.objects.filter(record_id__in=some, known_from__lt=self.today).values_list("known_from")
            for (day,) in days.order_by().distinct():
                if day > min(by_day):
                    by_day[day] += []
        begun: set[int] = set()
        for day in sorted(by_day):
            self._write_batch(kind, by_day[day], owners)
            begun |= {plan.record.pk for plan in by_day[day]}
            if day < self.today:
                around = EventGraph.around(plan.record.pk for plan in by_day[day]).members() if by_day[day] else begun
                self._touch(kind, day, (around & begun) - {plan.record.pk for plan in by_day[day]}, owners)
        self._touch(kind, self.today, others | {plan.record.pk for plan in plans if plan.day < self.today}, owners)

    def _write_batch(self, kind: Kind, plans: Sequence[Plan], owners: OwnershipTree) -> None:
        if not plans:
            return
        self._set_states(kind, plans)
        records = [plan.record for plan in plans]
        for record in records:
            # What was prefetched before the record was saved may be stale.
            record._prefetched_objects_cache = {}
        prefetch(records, kind.prefetch)
        graph = EventGraph()
        if kind.record is LayoffEvent:
            past = {plan.day for plan in plans if plan.day < self.today}
            graph = EventGraph.around((r.pk for r in records), next(iter(past), None))
        context = Context(owners, graph)
        current = open_editions(kind, [record.pk for record in records])
        numbers = _last_numbers(kind, [record.pk for record in records])
        new: list[tuple[Any, Said]] = []
        closed: list[Any] = []
        for plan in plans:
            said = kind.say(plan.record, context)
            before = current.get(plan.record.pk)
            if before and before.withdrawn and plan.change in (Change.CORRECTED, Change.TOUCHED):
                raise NotPublishable(plan.record, [_("It was withdrawn meanwhile: publish it again first.")])
            changed = differences(before, said) if before else []
            withdrawn = plan.change == Change.WITHDRAWN
            if before and not changed and before.withdrawn == withdrawn:
                continue
            day = max(plan.day, before.known_from) if before else plan.day
            if before:
                before.known_until = day
                closed.append(before)
            number = numbers.get(plan.record.pk, 0) + 1
            edition = kind.edition(
                record_id=plan.record.pk,
                number=number,
                known_from=day,
                known_until=OPEN,
                withdrawn=withdrawn,
                change=plan.change,
                reason=plan.reason,
                changed_fields=changed,
                version=self.version,
                recorded_on=plan.record.recorded_on,
                reconstructed_from=plan.record.origin if day < self.site.opened_on else "",
                **said.facts,
            )
            new.append((edition, said))
            self.corrected += plan.change == Change.CORRECTED
        self._close(kind, closed)
        insert_editions(kind, new)
        self.written += len(new)

    def _close(self, kind: Kind, editions: Sequence[Any]) -> None:
        """Ends `editions` on the days that they say; most of them end on one day."""
        by_day = defaultdict(list)
        for edition in editions:
            by_day[edition.known_until].append(edition.pk)
        for day, pks in by_day.items():
            for some in chunks(pks):
                kind.edition.objects.filter(pk__in=some).update(known_until=day)

    def _touch(self, kind: Kind, day: date, pks: Iterable[int], owners: OwnershipTree) -> None:
        """Those of the public events `pks` whose whole, replacement or counting is another from `day` on."""
        reason = _("A related event changed.")
        for some in chunks(sorted(pks)):
            events = LayoffEvent.objects.filter(pk__in=some, state=State.PUBLISHED)
            self._write_batch(kind, [Plan(event, day, Change.TOUCHED, reason) for event in events], owners)

    def _set_states(self, kind: Kind, plans: Sequence[Plan]) -> None:
        """The desk's side: published or withdrawn, with an entry of history for each record."""
        for plan in plans:
            state = State.WITHDRAWN if plan.change == Change.WITHDRAWN else State.PUBLISHED
            if plan.record.state != state:
                plan.record.state = state
                plan.record._change_reason = (plan.reason or str(plan.change.label))[:100]
                plan.record._state_changed = True
        moved = [plan.record for plan in plans if getattr(plan.record, "_state_changed", False)]
        for record in moved:
            del record._state_changed
        if len(moved) == 1:
            moved[0].save()
            return
        history, by_entry = kind.record.history.model, defaultdict(list)
        for record in moved:
            user = getattr(record, "_history_user", None) or history.get_default_history_user(record)
            by_entry[record._change_reason, user].append(record)
        for (reason, user), some in by_entry.items():
            bulk.update_with_history(some, ["state"], reason, user)


def insert_editions(kind: Kind, new: Sequence[tuple[Any, Said]], *, as_given: bool = False) -> None:
    """Writes editions with their documents and everything that they are found by; written now or, `as_given`, when
    they say."""
    bulk.insert([edition for edition, _said in new], as_given=as_given)
    bulk.insert([kind.document(edition=edition, body=said.document) for edition, said in new])
    if kind.index:
        bulk.insert(
            [
                kind.index(edition=edition, **dict(zip(kind.index_fields, row, strict=True)))
                for edition, said in new
                for row in said.companies
            ]
        )
    if kind.terms:
        bulk.insert([kind.terms(edition=edition, **term) for edition, said in new for term in term_rows(said)])
    if kind.words:
        rows = [(edition, *said.words) for edition, said in new]
        bulk.insert([kind.words(edition=edition, title=title, words=all_) for edition, title, all_ in rows])
    if kind.edition is EventEdition:
        bulk.insert(
            [
                EventEditionTie(edition=edition, kind=tie.value, other=other)
                for edition, said in new
                for tie in EventEditionTie.Kind
                for other in said.document[tie.value]
            ]
        )


def prefetch(records: Sequence[Any], lookups: Iterable[str]) -> None:
    """Loads `lookups` of `records`, all of one model. A relation that none has is asked for once, not for each."""
    model, wanted = type(records[0]), []
    pks = [record.pk for record in records]
    for lookup in lookups:
        relation = model._meta.get_field(lookup.partition("__")[0])
        may_be_none = "__" not in lookup and (relation.one_to_many or relation.many_to_many)
        if may_be_none and not model.objects.filter(pk__in=pks, **{f"{lookup}__isnull": False}).exists():
            none = relation.related_model.objects.none()
            for record in records:
                record._prefetched_objects_cache = getattr(record, "_prefetched_objects_cache", {}) | {lookup: none}
        else:
            wanted.append(lookup)
    prefetch_related_objects(records, *wanted)


def open_editions(kind: Kind, pks: Sequence[int]) -> dict[int, Any]:
    found = {}
    for some in chunks(pks):
        editions = kind.edition.objects.filter(record_id__in=some, known_until=OPEN).select_related("document")
        found.update({edition.record_id: edition for edition in editions})
    return found


def _last_numbers(kind: Kind, pks: Sequence[int]) -> dict[int, int]:
    found = {}
    for some in chunks(pks):
        rows = kind.edition.objects.filter(record_id__in=some).values("record_id").order_by()
        found.update(rows.annotate(last=Max("number")).values_list("record_id", "last"))
    return found


def term_rows(said: Said) -> list[dict[str, str]]:
    """The rows of an edition's index of terms: each once, however it is written."""
    found = {(str(kind), fold(value)[:200]): value for kind, value in reversed(said.terms)}
    return [{"kind": kind, "key": key, "value": value[:200]} for (kind, key), value in sorted(found.items())]


def differences(edition: Any, said: Said) -> list[str]:
    """The names of what `said` tells otherwise than `edition`, what only serves to find it left out."""
    changed = [
        name.removesuffix("_id")
        for name, value in said.facts.items()
        if name not in INDEX_FACTS and getattr(edition, name) != value
    ]
    before = edition.document.body
    changed += [name for name in said.document if before.get(name) != said.document[name] and name not in changed]
    return changed
