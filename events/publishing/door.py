"""The ways through the door, each in one transaction: publish, correct, withdraw, refresh."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

from django.db import models, transaction
from django.utils.translation import gettext as _

from events.models import (
    AiNote,
    EventEdition,
    EventEditionCompany,
    LayoffEvent,
    LinkCheck,
    NoteEdition,
    NoteEditionCompany,
    OwnershipTree,
    PublicRecord,
    Source,
    SourceLink,
)
from events.models.choices import (
    AI_LINKS_WITH_QUOTE,
    Change,
    PlanOrActual,
    RelationKind,
    Stage,
    State,
)
from events.models.edition import Edition
from events.models.event import circles
from events.models.link import dead_since
from events.publishing.graph import CHUNK, EventGraph, chunks
from events.publishing.saying import KINDS, Publishable, ai_quote, event_companies, note_companies
from events.publishing.writing import NotPublishable, Writing, prefetch


def problems(record: Publishable) -> list[str]:
    """What `record` still needs before it can be public, in words for an editor; empty when it can be."""
    found = []
    citations = list(record.citations.all())
    if not citations:
        found.append(_("It needs at least one citation."))
    if isinstance(record, LayoffEvent):
        if record.ai_link in AI_LINKS_WITH_QUOTE and not ai_quote(record)[0]:
            found.append(
                _(
                    "The AI link “%(link)s” needs a citation that is marked as speaking of it, with a quote and its "
                    "speaker."
                )
                % {"link": record.get_ai_link_display()}
            )
        if record.stage == Stage.SIGNALLED and record.relations_to_it.filter(kind=RelationKind.PART_OF).exists():
            found.append(_("A signal of more to come has no parts: take the parts away first."))
        if any(not relation.other_id for relation in record.relations.all()):
            found.append(_("A relation needs its other event."))
    return found


def _no_value(*names: str) -> models.Q:
    return models.Q(**{f"{name}__isnull": True for name in names})


_AMOUNT = ("amount_low_millions", "amount_millions", "amount_high_millions")
_DOLLARS = ("amount_usd_low_millions", "amount_usd_millions", "amount_usd_high_millions")
# The notes of which `remarks` says so; a test holds the two together.
MONEY_IN_NO_SUM = ~_no_value(*_AMOUNT, *_DOLLARS) & (
    _no_value(*_DOLLARS)
    | _no_value("period_from")
    | ~models.Q(plan_or_actual__in=(PlanOrActual.PLAN, PlanOrActual.ACTUAL))
)


def remarks(record: Publishable) -> list[str]:
    """What does not keep `record` from being public, but keeps some of it out of sums, in words for an editor."""
    if not isinstance(record, AiNote):
        return []
    money = [getattr(record, name) for name in _AMOUNT]
    dollars = [getattr(record, name) for name in _DOLLARS]
    if not any(amount is not None for amount in money + dollars):
        return []
    missing = []
    if all(amount is None for amount in dollars):
        missing.append(_("US dollars"))
    if record.period_from is None:
        missing.append(_("the period"))
    if record.plan_or_actual not in (PlanOrActual.PLAN, PlanOrActual.ACTUAL):
        missing.append(_("plan or actual"))
    return [_("Its money counts in no sum yet. Missing: %s.") % ", ".join(missing)] if missing else []


@contextmanager
def one_writer() -> Iterator[None]:
    """A transaction in which nobody else publishes, imports or saves at the desk. All take this lock before any other,
    so that no two can wait for one another."""
    with transaction.atomic():
        PublicRecord.objects.select_for_update().first()
        yield


@transaction.atomic
def publish(records: Publishable | Iterable[Publishable], reason: str = "") -> int:
    """Makes `records` public, each with an edition, and with them those that they touch.

    The first edition of a row that a file or the starter data recorded before this site opened is known from that
    day; every other from today (rule 9). Raises NotPublishable, and writes nothing, when one of them cannot be.
    Returns how many editions were written.
    """
    records = _as_list(records)
    _require_publishable(records)
    with Writing() as writing:
        public_before = writing.public_before(records)
        for record in records:
            writing.plan(record, writing.first_day(record, public_before), Change.PUBLISHED, reason)
        return writing.write()


@transaction.atomic
def correct(record: Publishable, reason: str = "") -> int:
    """Writes the next edition of a public record that was saved with changes, and of those that it touches.

    Writes none when nothing that readers see has changed. Raises NotPublishable when it lacks what publication needs.
    """
    if record.state != State.PUBLISHED:
        raise NotPublishable(record, [_("Only a published record can be corrected.")])
    _require_publishable([record])
    with Writing() as writing:
        writing.plan(record, writing.today, Change.CORRECTED, reason)
        return writing.write()


# Without a savepoint: SQLite would hold in memory what every page was before.
@transaction.atomic(savepoint=False)
def publish_all(model: type[Publishable], ids: Sequence[int], reason: str = "") -> int:
    """`publish` for so many records of one model that memory could not hold them; read here, by their `ids`."""
    with Writing() as writing:
        for records in _in_parts(model, ids):
            _require_publishable(records)
            public_before = writing.public_before(records)
            for record in records:
                writing.plan(record, writing.first_day(record, public_before), Change.PUBLISHED, reason)
            writing.write()
        return writing.written


@transaction.atomic(savepoint=False)
def correct_all(model: type[Publishable], ids: Sequence[int], reason: str = "") -> int:
    """`correct` for those of many records that are public; read here, by their `ids`. Returns how many have an edition
    more: those of which readers see a change."""
    with Writing() as writing:
        for records in _in_parts(model, ids):
            public = [record for record in records if record.state == State.PUBLISHED]
            _require_publishable(public)
            for record in public:
                writing.plan(record, writing.today, Change.CORRECTED, reason)
            writing.write()
        return writing.corrected


def _in_parts(model: type[Publishable], ids: Sequence[int]) -> Iterator[list[Publishable]]:
    """The records `ids` some hundreds at a time; first, together, the events that hang together with others: which
    days their editions have depends on one another (rule 9)."""
    tied: set[int] = set()
    if model is LayoffEvent:
        for some in chunks(ids):
            tied |= EventGraph.around(some).members()
    if together := [pk for pk in ids if pk in tied]:
        yield [record for some in chunks(together) for record in model.objects.filter(pk__in=some).order_by("pk")]
    for some in chunks([pk for pk in ids if pk not in tied]):
        yield list(model.objects.filter(pk__in=some).order_by("pk"))


@transaction.atomic
def withdraw(records: Publishable | Iterable[Publishable], reason: str) -> int:
    """Takes public records out of every result from today on; their last pages and the reason stay to be read."""
    records = _as_list(records)
    for record in records:
        if not reason.strip():
            raise NotPublishable(record, [_("A withdrawal needs a reason: readers see it.")])
        if record.state != State.PUBLISHED:
            raise NotPublishable(record, [_("Only a published record can be withdrawn.")])
    with Writing() as writing:
        for record in records:
            writing.plan(record, writing.today, Change.WITHDRAWN, reason)
        return writing.write()


@transaction.atomic
def begin_when_written(records: Iterable[Publishable]) -> int:
    """Lets the editions of `records` that lie before the day they were written begin on that day.

    The one change of an edition that there is: for rows of a file that was taken back, whose recorded days said what
    was not so (rule 9). Replays of the days before no longer show them; replays since do, and frozen views stay.
    Returns how many editions were changed.
    """
    with Writing() as writing:
        by_kind = defaultdict(list)
        for record in records:
            by_kind[type(record)].append(record.pk)
        changed = sum(
            _begin_when_written(kind.edition, some) for kind in KINDS for some in chunks(by_kind.get(kind.record, []))
        )
        writing.written += changed
        return changed


def _begin_when_written(model: type[Edition], record_ids: Sequence[int]) -> int:
    of_record = defaultdict(list)
    for edition in model.objects.filter(record_id__in=record_ids).order_by("record_id", "number"):
        of_record[edition.record_id].append(edition)
    moved = []
    for editions in of_record.values():
        for edition in editions:
            if edition.known_from < edition.written_at.date():
                edition.known_from, edition.reconstructed_from = edition.written_at.date(), ""
                moved.append(edition)
        for edition, following in pairwise(editions):
            edition.known_until = following.known_from
    model.objects.bulk_update(moved, ["known_from", "known_until", "reconstructed_from"], batch_size=CHUNK)
    return len(moved)


@transaction.atomic
def refresh(records: Iterable[Publishable], reason: str = "") -> int:
    """Writes the editions of public `records` that something else has changed: a relation, a source, an owner."""
    with Writing() as writing:
        for record in records:
            if record.state == State.PUBLISHED:
                writing.plan(record, writing.today, Change.TOUCHED, reason)
        return writing.write()


@transaction.atomic
def link_checked(source: Source) -> None:
    """After the address of a source was looked at, or the source saved: what readers are told of it, live."""
    dead = dead_since(source.url, LinkCheck.objects.filter(source=source))
    SourceLink.objects.update_or_create(
        pk=source.pk, defaults={"archived_url": source.archived_url, "dead_since": dead}
    )


@transaction.atomic
def source_changed(source: Source) -> int:
    """After a source was saved: the editions that show its address, title, publisher, date or tier; its live copy."""
    link_checked(source)
    with Writing() as writing:
        for kind in KINDS:
            touched = kind.record.objects.filter(state=State.PUBLISHED, citations__source=source).distinct()
            for record in touched:
                writing.plan(record, writing.today, Change.TOUCHED, _("A source's description changed."))
        return writing.write()


@transaction.atomic
def ownership_changed(company_ids: Iterable[int]) -> int:
    """Makes the index of owners anew for every edition of `company_ids` and of what they ever owned.

    The index is no part of the editions: who owned a company is identity, replays show it as known today.
    """
    owners = OwnershipTree.load()
    below: set[int] = set()
    for company in company_ids:
        below |= owners.below(company) | owners.below(owners.today_of(company))
    count = 0
    for some in chunks(sorted(below)):
        editions = list(EventEdition.objects.filter(company_id__in=some))
        EventEditionCompany.objects.filter(edition__in=[e.pk for e in editions]).delete()
        rows = []
        for edition in editions:
            span = edition.announced_from, edition.announced_until
            rows += [
                EventEditionCompany(edition=edition, company_id=company, direct=direct)
                for company, direct in event_companies(edition.company_id, *span, owners)
            ]
        EventEditionCompany.objects.bulk_create(rows, batch_size=CHUNK)
        count += len(editions)
    notes = NoteEdition.objects.filter(company_index__company__in=below).distinct().select_related("document")
    for note in list(notes):
        index = note_companies(note.document.body["companies"], note.dated_from, note.dated_until, owners)
        note.company_index.all().delete()
        NoteEditionCompany.objects.bulk_create(
            NoteEditionCompany(edition=note, company_id=c, role=role, direct=direct) for c, role, direct in index
        )
        count += 1
    return count


def public_record() -> PublicRecord:
    """The record as a whole: the day it opened, its version."""
    return PublicRecord.objects.get()


def _require_publishable(records: list[Publishable]) -> None:
    by_kind = defaultdict(list)
    for record in records:
        by_kind[type(record)].append(record)
    for kind, some in by_kind.items():
        lookups = ("citations", "relations") if kind is LayoffEvent else ("citations",)
        for few in chunks(some):
            prefetch(few, lookups)
    graph = EventGraph.around(record.pk for record in records if isinstance(record, LayoffEvent))
    in_circles = circles(graph.whole, graph.replaces)
    for record in records:
        messages = problems(record)
        if isinstance(record, LayoffEvent) and record.pk in in_circles:
            messages.append(_("“Is part of” and “replaces” must not lead back to the event itself."))
        if messages:
            raise NotPublishable(record, messages)


def _as_list(records: Publishable | Iterable[Publishable]) -> list[Publishable]:
    return [records] if isinstance(records, models.Model) else list(records)
