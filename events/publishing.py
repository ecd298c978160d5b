"""The door between the desk and the public record: the only writer of editions.

`publish`, `correct`, `withdraw` and `refresh` each run in one transaction and write, besides the record's own
edition, those of the records that they touch (what an event is part of, is replaced by, counts as). `problems` says
what publication still needs, `check_record` proves that today's editions say what the published records say.
Rules: the methodology page, "What is public".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Max, Q, prefetch_related_objects
from django.utils.text import slugify
from django.utils.translation import gettext as _

from events import dates
from events.models import (
    AiNote,
    EventDocument,
    EventEdition,
    EventEditionCompany,
    EventEditionTerm,
    EventEditionTie,
    EventWords,
    Headcount,
    HeadcountDocument,
    HeadcountEdition,
    LayoffEvent,
    NoteDocument,
    NoteEdition,
    NoteEditionCompany,
    NoteEditionTerm,
    NoteWords,
    OwnershipTree,
    PublicRecord,
    PublishedTotal,
    Relation,
    Source,
    SourceLink,
    TotalDocument,
    TotalEdition,
    bulk,
)
from events.models.choices import (
    AI_LINKS_WITH_QUOTE,
    Change,
    CountsAs,
    Permanence,
    PlanOrActual,
    Precision,
    Qualifier,
    RelationKind,
    Stage,
    State,
)
from events.models.edition import OPEN, Term
from events.models.event import TREE_KINDS, circles
from events.text import fold, words

Publishable = LayoffEvent | AiNote | PublishedTotal | Headcount
CHUNK = 500
# An AI note stands beside a cut that it precedes by up to a year or follows within half a one (model.md).
MONTHS_BEFORE, MONTHS_AFTER = 12, 6
# What follows from other facts: no reader is told of a change of these.
INDEX_FACTS = ("place_folded", "notes_from", "notes_until", "days_late", "reasons", "tiers")
T = TypeVar("T")


class NotPublishable(Exception):
    """A record lacks what publication needs; `messages` are for an editor."""

    def __init__(self, record: models.Model, messages: list[str]) -> None:
        super().__init__(f"{record}: {' '.join(messages)}")
        self.record = record
        self.messages = messages


# ── The graph of events: wholes, replacements, what an event counts as ───────────────────────────────────────────────


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
            for some in _chunks(sorted(todo)):
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
        for some in _chunks(sorted(seen)):
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


# ── What an edition says of a record ─────────────────────────────────────────────────────────────────────────────────


@dataclass
class Context:
    """What a batch of editions asks beyond the records themselves, loaded once."""

    owners: OwnershipTree
    graph: EventGraph


@dataclass(frozen=True)
class Said:
    """What an edition says: `facts` to filter and count by, the `document`, and what it is indexed under: companies,
    terms (kind, value), and the words of its title and of all of it."""

    facts: dict[str, Any]
    document: dict[str, Any]
    companies: list[tuple] = field(default_factory=list)
    terms: list[tuple[Term.Kind, str]] = field(default_factory=list)
    words: tuple[str, str] = ("", "")


def _slug(title: str) -> str:
    return slugify(title)[:80].strip("-") or "record"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _decimal(value: object) -> str | None:
    """A decimal as text without trailing zeros: the same whether it comes from a form or from the database."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _figure(record: Any) -> dict[str, Any]:
    return {
        "low": record.people_low,
        "best": record.people,
        "high": record.people_high,
        "qualifier": str(record.qualifier),
        "wording": record.wording,
        "basis": str(record.people_basis),
    }


def _figure_facts(record: Any) -> dict[str, Any]:
    return {
        "people_low": record.people_low,
        "people": record.people,
        "people_high": record.people_high,
        "headline": record.headline,
        "high_open": record.qualifier == Qualifier.AT_LEAST,
        "qualifier": str(record.qualifier),
    }


def _citations(record: Any) -> list[dict[str, Any]]:
    """The record's citations as its document holds them, the chosen one first."""
    return [
        {
            "source": citation.source_id,
            "url": citation.source.url,
            "title": citation.source.title,
            "publisher": citation.source.publisher,
            "published_on": dates.written(citation.source.published_on, citation.source.published_on_precision)
            if citation.source.published_on
            else "",
            "kind": str(citation.source.kind),
            "tier": str(citation.source.tier),
            "quote": citation.quote,
            "speaker": str(citation.speaker),
            "speaker_name": citation.speaker_name,
            "figure": _figure(citation),
            "share_percent": _decimal(citation.share_percent),
            "chosen": citation.chosen,
            "chosen_because": citation.chosen_because,
            "on_ai_link": citation.on_ai_link,
            "row_number": citation.row_number,
        }
        for citation in sorted(record.citations.all(), key=lambda c: (not c.chosen, c.pk))
    ]


def _ai_quote(event: LayoffEvent) -> tuple[str, str]:
    """Quote and speaker that carry the event's AI link; empty where none is claimed."""
    if event.ai_link in AI_LINKS_WITH_QUOTE:
        for citation in sorted(event.citations.all(), key=lambda c: c.pk):
            if citation.on_ai_link and citation.quote and citation.speaker:
                return citation.quote, citation.speaker_name or str(citation.get_speaker_display())
    return "", ""


def _say_event(event: LayoffEvent, context: Context) -> Said:
    announced = dates.span(event.announced_on, event.announced_on_precision)
    effective = dates.span(event.effective_on, event.effective_on_precision) if event.effective_on else None
    quote, speaker = _ai_quote(event)
    units = sorted(event.units.all(), key=lambda u: u.pk)
    citations = _citations(event)
    graph = context.graph
    facts = {
        "company_id": event.company_id,
        "title": event.title,
        "slug": _slug(event.title),
        "announced_from": announced.first,
        "announced_until": announced.last,
        "date_precision": str(announced.precision),
        "announced_month": dates.written(announced.first, Precision.MONTH)
        if announced.precision in (Precision.DAY, Precision.MONTH)
        else "",
        "effective_from": effective.first if effective else None,
        "effective_until": effective.last if effective else None,
        "effective_precision": str(effective.precision) if effective else "",
        **_figure_facts(event),
        "share_percent": event.share_percent,
        "counts_as": str(graph.counts_as(event.pk)),
        "stage": str(event.stage),
        "permanence": str(event.permanence),
        "closure": str(event.closure),
        "ai_link": str(event.ai_link),
        "ai_link_quote": quote,
        "ai_link_speaker": speaker,
        "sector": event.sector,
        "country": event.country,
        "place": event.place,
        "place_folded": fold(event.place)[:200],
        "part_of": graph.part_of(event.pk),
        "replaced_by": graph.replaced_by(event.pk),
        "notes_from": dates.months_later(announced.last, -MONTHS_BEFORE),
        "notes_until": dates.months_later(announced.first, MONTHS_AFTER),
        "days_late": max((event.recorded_on - announced.last).days, 0),
        "reasons": _each([str(r.kind) for r in event.reasons.all()]),
        "tiers": _each([c["tier"] for c in citations]),
    }
    relations = sorted(event.relations.all(), key=lambda r: r.pk)
    document = {
        "summary": event.summary,
        "figure": _figure(event),
        "share_of": event.share_of,
        "place_basis": str(event.place_basis),
        "units": [{"name": u.name, "figure": _figure(u)} for u in units],
        "reasons": [
            {"kind": str(r.kind), "wording": r.wording} for r in sorted(event.reasons.all(), key=lambda r: r.pk)
        ],
        "updates": [r.other_id for r in relations if r.kind == RelationKind.UPDATES],
        "disputed_by": [r.other_id for r in relations if r.kind == RelationKind.DISPUTED_BY],
        "replaces": [r.other_id for r in relations if r.kind == RelationKind.REPLACES],
        "notes": sorted(note.pk for note in event.notes.all()),
        "citations": citations,
    }
    owners = context.owners.owners_through(event.company_id, announced.first, announced.last)
    own = context.owners.today_of(event.company_id)
    companies = [(own, True), *((o, False) for o in owners if o != own)]
    terms = [(Term.Kind.UNIT, u.name) for u in units]
    searched = [event.title, event.summary, *(u.name for u in units), *(c["quote"] for c in citations)]
    return Said(facts, document, companies, [*terms, *_source_terms(citations)], _words(event.title, searched))


def _source_terms(citations: list[dict[str, Any]]) -> list[tuple[Term.Kind, str]]:
    return [(Term.Kind.SOURCE, c["publisher"]) for c in citations if c["publisher"]]


def _each(values: Iterable[str]) -> str:
    """Values of a choice as an edition's row holds several: " ai costs "."""
    return f" {' '.join(sorted(set(values)))} " if values else ""


def _words(title: str, searched: list[str]) -> tuple[str, str]:
    return " ".join(words(title)), " ".join(dict.fromkeys(words(" ".join(searched))))


def _say_note(note: AiNote, context: Context) -> Said:
    dated = dates.span(note.dated_on, note.dated_on_precision)
    roles = sorted(note.companies.all(), key=lambda c: c.pk)
    citations = _citations(note)
    facts = {
        "title": note.title,
        "slug": _slug(note.title),
        "kind": str(note.kind),
        "dated_from": dated.first,
        "dated_until": dated.last,
        "date_precision": str(dated.precision),
        "dated_month": dates.written(dated.first, Precision.MONTH)
        if dated.precision in (Precision.DAY, Precision.MONTH)
        else "",
        "usd_low_millions": note.amount_usd_low_millions,
        "usd_millions": note.amount_usd_millions,
        "usd_high_millions": note.amount_usd_high_millions,
        "plan_or_actual": str(note.plan_or_actual or PlanOrActual.UNKNOWN),
        "period_from": note.period_from,
        "period_until": note.period_until,
        "updates": note.updates_id,
        "tiers": _each([c["tier"] for c in citations]),
    }
    document = {
        "summary": note.summary,
        "companies": [{"company": c.company_id, "role": str(c.role)} for c in roles],
        "money": {
            "wording": note.amount_wording,
            "low_millions": _decimal(note.amount_low_millions),
            "millions": _decimal(note.amount_millions),
            "high_millions": _decimal(note.amount_high_millions),
            "currency": note.currency,
            "usd_rate": _decimal(note.usd_rate),
            "usd_rate_on": _day(note.usd_rate_on),
        },
        "citations": citations,
    }
    index: dict[tuple, None] = {}
    for role in roles:
        index[(context.owners.today_of(role.company_id), str(role.role), True)] = None
        for owner in context.owners.owners_through(role.company_id, dated.first, dated.last):
            index[(owner, str(role.role), False)] = None
    searched = [note.title, note.summary, *(c["quote"] for c in citations)]
    return Said(facts, document, list(index), _source_terms(citations), _words(note.title, searched))


def _say_total(total: PublishedTotal, _context: Context) -> Said:
    facts = {
        "title": total.title,
        "slug": _slug(f"{total.publisher} {total.title}"),
        "publisher": total.publisher,
        "scope": str(total.scope),
        "geography": total.geography,
        "counts": str(total.counts),
        "period_from": total.period_from,
        "period_until": total.period_until,
        "as_of": total.as_of,
        **_figure_facts(total),
    }
    document = {"definition": total.definition, "figure": _figure(total), "citations": _citations(total)}
    return Said(facts, document)


def _say_headcount(headcount: Headcount, _context: Context) -> Said:
    counted = dates.span(headcount.counted_on, headcount.counted_on_precision)
    title = f"{headcount.company.name}, {counted}"
    facts = {
        "company_id": headcount.company_id,
        "title": title,
        "slug": _slug(title),
        "counted_from": counted.first,
        "counted_until": counted.last,
        "date_precision": str(counted.precision),
        **_figure_facts(headcount),
    }
    return Said(facts, {"figure": _figure(headcount), "citations": _citations(headcount)})


@dataclass(frozen=True)
class Kind:
    """How one kind of record becomes editions."""

    record: type[Any]
    edition: type[Any]
    document: type[Any]
    index: type[Any] | None
    index_fields: tuple[str, ...]
    terms: type[Any] | None
    words: type[Any] | None
    say: Callable[[Any, Context], Said]
    prefetch: tuple[str, ...]
    subject: str


KINDS = (
    Kind(
        LayoffEvent, EventEdition, EventDocument, EventEditionCompany, ("company_id", "direct"), EventEditionTerm,
        EventWords, _say_event,
        ("citations__source", "units", "reasons", "relations", "notes"), "event",
    ),
    Kind(
        AiNote, NoteEdition, NoteDocument, NoteEditionCompany, ("company_id", "role", "direct"), NoteEditionTerm,
        NoteWords, _say_note,
        ("citations__source", "companies"), "note",
    ),
    Kind(
        PublishedTotal, TotalEdition, TotalDocument, None, (), None, None, _say_total,
        ("citations__source",), "total",
    ),
    Kind(
        Headcount, HeadcountEdition, HeadcountDocument, None, (), None, None, _say_headcount,
        ("citations__source", "company"), "headcount",
    ),
)  # fmt: skip
_KIND_OF = {kind.record: kind for kind in KINDS}


# ── The ways through the door ────────────────────────────────────────────────────────────────────────────────────────


def problems(record: Publishable) -> list[str]:
    """What `record` still needs before it can be public, in words for an editor; empty when it can be."""
    found = []
    citations = list(record.citations.all())
    if not citations:
        found.append(_("It needs at least one citation."))
    if isinstance(record, LayoffEvent):
        if record.ai_link in AI_LINKS_WITH_QUOTE and not _ai_quote(record)[0]:
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


@transaction.atomic
def publish(records: Publishable | Iterable[Publishable], reason: str = "") -> int:
    """Makes `records` public, each with an edition, and with them those that they touch.

    The first edition of a row that a file or the starter data recorded before this site opened is known from that
    day; every other from today (rule 9). Raises NotPublishable, and writes nothing, when one of them cannot be.
    Returns how many editions were written.
    """
    records = _as_list(records)
    _require_publishable(records)
    with _Writing() as writing:
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
    with _Writing() as writing:
        writing.plan(record, writing.today, Change.CORRECTED, reason)
        return writing.write()


@transaction.atomic
def withdraw(record: Publishable, reason: str) -> int:
    """Takes a public record out of every result from today on; its last page and the reason stay to be read."""
    if not reason.strip():
        raise NotPublishable(record, [_("A withdrawal needs a reason: readers see it.")])
    if record.state != State.PUBLISHED:
        raise NotPublishable(record, [_("Only a published record can be withdrawn.")])
    with _Writing() as writing:
        writing.plan(record, writing.today, Change.WITHDRAWN, reason)
        return writing.write()


@transaction.atomic
def refresh(records: Iterable[Publishable], reason: str = "") -> int:
    """Writes the editions of public `records` that something else has changed: a relation, a source, an owner."""
    with _Writing() as writing:
        for record in records:
            if record.state == State.PUBLISHED:
                writing.plan(record, writing.today, Change.TOUCHED, reason)
        return writing.write()


@transaction.atomic
def source_changed(source: Source) -> int:
    """After a source was saved: the editions that show its address, title, publisher, date or tier; its live copy."""
    SourceLink.objects.update_or_create(pk=source.pk, defaults={"archived_url": source.archived_url})
    with _Writing() as writing:
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
    for some in _chunks(sorted(below)):
        editions = list(EventEdition.objects.filter(company_id__in=some))
        EventEditionCompany.objects.filter(edition__in=[e.pk for e in editions]).delete()
        rows = []
        for edition in editions:
            own = owners.today_of(edition.company_id)
            above = owners.owners_through(edition.company_id, edition.announced_from, edition.announced_until)
            rows.append(EventEditionCompany(edition=edition, company_id=own, direct=True))
            rows += [EventEditionCompany(edition=edition, company_id=o, direct=False) for o in above if o != own]
        EventEditionCompany.objects.bulk_create(rows, batch_size=CHUNK)
        count += len(editions)
    notes = NoteEdition.objects.filter(company_index__company__in=below).distinct().select_related("document")
    for note in list(notes):
        index: dict[tuple, None] = {}
        for entry in note.document.body["companies"]:
            index[(owners.today_of(entry["company"]), entry["role"], True)] = None
            for owner in owners.owners_through(entry["company"], note.dated_from, note.dated_until):
                index[(owner, entry["role"], False)] = None
        note.company_index.all().delete()
        NoteEditionCompany.objects.bulk_create(
            NoteEditionCompany(edition=note, company_id=c, role=role, direct=direct) for c, role, direct in index
        )
        count += 1
    return count


def public_record() -> PublicRecord:
    """The record as a whole: the day it opened, its version."""
    return PublicRecord.objects.get()


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Plan:
    record: Any
    day: date
    change: Change
    reason: str


class _Writing:
    """One transaction's editions: planned, then written oldest day first, so that each knows what was public then."""

    def __init__(self) -> None:
        self.today = dates.today()
        self.plans: list[_Plan] = []
        self.written = 0

    def __enter__(self) -> "_Writing":
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
        self.plans.append(_Plan(record, day, change, reason))

    def write(self) -> int:
        """Writes all that was planned and all that it touches; returns the number of editions."""
        owners = OwnershipTree.load()
        for kind in KINDS:
            plans = [plan for plan in self.plans if type(plan.record) is kind.record]
            if not plans:
                continue
            # Records that hang together with none are independent of order and go in one batch.
            tied = EventGraph.around(p.record.pk for p in plans).members() if kind.record is LayoffEvent else set()
            # Some at a time: the database takes only so many ids in a query.
            for some in _chunks([p for p in plans if p.record.pk not in tied]):
                self._write_batch(kind, some, owners)
            if any(plan.record.pk in tied for plan in plans):
                self._write_tied(kind, [plan for plan in plans if plan.record.pk in tied], owners)
        return self.written

    def _write_tied(self, kind: Kind, plans: Sequence[_Plan], owners: OwnershipTree) -> None:
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
        for some in _chunks(sorted(others)):
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

    def _write_batch(self, kind: Kind, plans: Sequence[_Plan], owners: OwnershipTree) -> None:
        if not plans:
            return
        self._set_states(kind, plans)
        records = [plan.record for plan in plans]
        for record in records:
            # What was prefetched before the record was saved may be stale.
            record._prefetched_objects_cache = {}
        _prefetch(records, kind.prefetch)
        graph = EventGraph()
        if kind.record is LayoffEvent:
            past = {plan.day for plan in plans if plan.day < self.today}
            graph = EventGraph.around((r.pk for r in records), next(iter(past), None))
        context = Context(owners, graph)
        current = _open_editions(kind, [record.pk for record in records])
        numbers = _last_numbers(kind, [record.pk for record in records])
        new: list[tuple[Any, Said]] = []
        closed: list[models.Model] = []
        for plan in plans:
            said = kind.say(plan.record, context)
            before = current.get(plan.record.pk)
            if before and before.withdrawn and plan.change in (Change.CORRECTED, Change.TOUCHED):
                raise NotPublishable(plan.record, [_("It was withdrawn meanwhile: publish it again first.")])
            changed = _differences(before, said) if before else []
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
        kind.edition.objects.bulk_update(closed, ["known_until"], batch_size=CHUNK)
        bulk.insert([edition for edition, _said in new])
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
            bulk.insert([kind.terms(edition=edition, **term) for edition, said in new for term in _terms(said)])
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
        self.written += len(new)

    def _touch(self, kind: Kind, day: date, pks: Iterable[int], owners: OwnershipTree) -> None:
        """Those of the public events `pks` whose whole, replacement or counting is another from `day` on."""
        reason = _("A related event changed.")
        for some in _chunks(sorted(pks)):
            events = LayoffEvent.objects.filter(pk__in=some, state=State.PUBLISHED)
            self._write_batch(kind, [_Plan(event, day, Change.TOUCHED, reason) for event in events], owners)

    def _set_states(self, kind: Kind, plans: Sequence[_Plan]) -> None:
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
        elif moved:
            from simple_history.utils import bulk_update_with_history

            bulk_update_with_history(moved, kind.record, ["state"], batch_size=CHUNK, manager=kind.record.objects)


def _prefetch(records: Sequence[Any], lookups: Iterable[str]) -> None:
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


def _require_publishable(records: list[Publishable]) -> None:
    by_kind = defaultdict(list)
    for record in records:
        by_kind[type(record)].append(record)
    for kind, some in by_kind.items():
        lookups = ("citations", "relations") if kind is LayoffEvent else ("citations",)
        for few in _chunks(some):
            _prefetch(few, lookups)
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


def _chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _open_editions(kind: Kind, pks: Sequence[int]) -> dict[int, Any]:
    found = {}
    for some in _chunks(pks):
        editions = kind.edition.objects.filter(record_id__in=some, known_until=OPEN).select_related("document")
        found.update({edition.record_id: edition for edition in editions})
    return found


def _last_numbers(kind: Kind, pks: Sequence[int]) -> dict[int, int]:
    found = {}
    for some in _chunks(pks):
        rows = kind.edition.objects.filter(record_id__in=some).values("record_id").order_by()
        found.update(rows.annotate(last=Max("number")).values_list("record_id", "last"))
    return found


def _terms(said: Said) -> list[dict[str, str]]:
    """The rows of an edition's index of terms: each once, however it is written."""
    found = {(str(kind), fold(value)[:200]): value for kind, value in reversed(said.terms)}
    return [{"kind": kind, "key": key, "value": value[:200]} for (kind, key), value in sorted(found.items())]


def _differences(edition: Any, said: Said) -> list[str]:
    """The names of what `said` tells otherwise than `edition`, what only serves to find it left out."""
    changed = [
        name.removesuffix("_id")
        for name, value in said.facts.items()
        if name not in INDEX_FACTS and getattr(edition, name) != value
    ]
    before = edition.document.body
    changed += [name for name in said.document if before.get(name) != said.document[name] and name not in changed]
    return changed


# ── Proof ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def check_record() -> list[str]:
    """What is wrong with the public record, in words; empty when all holds.

    Today's editions say what the published records say, no record that is not public has an open edition that is
    not marked withdrawn, and the spans of each record follow one another without overlap or hole.
    """
    wrong: list[str] = []
    owners = OwnershipTree.load()
    for kind in KINDS:
        wrong += _check_spans(kind)
        wrong += _check_today(kind, owners)
    return wrong


def _check_spans(kind: Kind) -> list[str]:
    wrong = []
    rows = kind.edition.objects.order_by("record_id", "number").values_list(
        "record_id", "number", "known_from", "known_until", "document"
    )
    last: tuple[int, int, date] | None = None
    for record_id, number, known_from, known_until, document in rows.iterator(chunk_size=2000):
        name = f"{kind.subject} {record_id}, edition {number}"
        if document is None:
            wrong.append(f"{name} has no document.")
        if last and last[0] == record_id:
            if number != last[1] + 1:
                wrong.append(f"{name} follows edition {last[1]}.")
            if known_from != last[2]:
                wrong.append(f"{name} begins on {known_from}, the one before ends on {last[2]}.")
        else:
            if last and last[2] != OPEN:
                wrong.append(f"{kind.subject} {last[0]} has no open edition.")
            if number != 1:
                wrong.append(f"{name} is the first there is.")
        last = (record_id, number, known_until)
    if last and last[2] != OPEN:
        wrong.append(f"{kind.subject} {last[0]} has no open edition.")
    return wrong


def _check_today(kind: Kind, owners: OwnershipTree) -> list[str]:
    wrong = []
    public = dict(kind.edition.objects.filter(known_until=OPEN).values_list("record_id", "withdrawn"))
    states = dict(kind.record.objects.values_list("pk", "state"))
    for pk, withdrawn in public.items():
        state = states.get(pk)
        if withdrawn and state == State.PUBLISHED:
            wrong.append(f"{kind.subject} {pk} is published, its edition says withdrawn.")
        if not withdrawn and state != State.PUBLISHED:
            wrong.append(f"{kind.subject} {pk} is {state or 'gone'}, but readers see it.")
    published = sorted(pk for pk, state in states.items() if state == State.PUBLISHED)
    for some in _chunks(published):
        records = list(kind.record.objects.filter(pk__in=some).prefetch_related(*kind.prefetch))
        context = Context(owners, EventGraph.around(some) if kind.record is LayoffEvent else EventGraph())
        editions = _open_editions(kind, some)
        ids = [edition.pk for edition in editions.values()]
        index, terms, searched = _index_rows(kind, ids), _term_rows(kind, ids), _word_rows(kind, ids)
        for record in records:
            edition = editions.get(record.pk)
            if edition is None:
                wrong.append(f"{kind.subject} {record.pk} is published, but has no edition.")
                continue
            said = kind.say(record, context)
            if changed := _differences(edition, said):
                wrong.append(f"{kind.subject} {record.pk}: its edition differs in {', '.join(changed)}.")
            if kind.index and index[edition.pk] != set(said.companies):
                wrong.append(f"{kind.subject} {record.pk}: its index of companies is stale.")
            if kind.terms and terms[edition.pk] != {(t["kind"], t["key"]) for t in _terms(said)}:
                wrong.append(f"{kind.subject} {record.pk}: its index of terms is stale.")
            if kind.words and searched.get(edition.pk) != said.words:
                wrong.append(f"{kind.subject} {record.pk}: its index of words is stale.")
    return wrong


def _term_rows(kind: Kind, edition_ids: list[int]) -> dict[int, set[tuple]]:
    found: dict[int, set[tuple]] = defaultdict(set)
    if kind.terms:
        for edition_id, *row in kind.terms.objects.filter(edition__in=edition_ids).values_list(
            "edition_id", "kind", "key"
        ):
            found[edition_id].add(tuple(row))
    return found


def _word_rows(kind: Kind, edition_ids: list[int]) -> dict[int, tuple[str, str]]:
    if not kind.words:
        return {}
    rows = kind.words.objects.filter(pk__in=edition_ids).values_list("pk", "title", "words")
    return {pk: (title, all_) for pk, title, all_ in rows}


def _index_rows(kind: Kind, edition_ids: list[int]) -> dict[int, set[tuple]]:
    found: dict[int, set[tuple]] = defaultdict(set)
    if kind.index:
        for edition_id, *row in kind.index.objects.filter(edition__in=edition_ids).values_list(
            "edition_id", *kind.index_fields
        ):
            found[edition_id].add(tuple(row))
    return found
