"""What an edition says of a record: facts to filter and count by, the document that readers see, and its indexes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.text import slugify

from events import dates
from events.models import (
    AiNote,
    EventDocument,
    EventEdition,
    EventEditionCompany,
    EventEditionTerm,
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
    PublishedTotal,
    TotalDocument,
    TotalEdition,
)
from events.models.choices import (
    AI_LINKS_WITH_QUOTE,
    PlanOrActual,
    Precision,
    Qualifier,
    RelationKind,
)
from events.models.edition import Term
from events.publishing.graph import EventGraph
from events.text import fold, words

Publishable = LayoffEvent | AiNote | PublishedTotal | Headcount
# An AI note stands beside a cut that it precedes by up to a year or follows within half a one (model.md).
MONTHS_BEFORE, MONTHS_AFTER = 12, 6


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


def figure_facts(figure: dict[str, Any]) -> dict[str, Any]:
    """What an edition's row holds of the figure in its document."""
    best, low = figure["best"], figure["low"]
    return {
        "people_low": low,
        "people": best,
        "people_high": figure["high"],
        "headline": best if best is not None else low,
        "high_open": figure["qualifier"] == Qualifier.AT_LEAST,
        "qualifier": figure["qualifier"],
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


def ai_quote(event: LayoffEvent) -> tuple[str, str]:
    """Quote and speaker that carry the event's AI link; empty where none is claimed."""
    if event.ai_link in AI_LINKS_WITH_QUOTE:
        for citation in sorted(event.citations.all(), key=lambda c: c.pk):
            if citation.on_ai_link and citation.quote and citation.speaker:
                return citation.quote, citation.speaker_name or str(citation.get_speaker_display())
    return "", ""


def _say_event(event: LayoffEvent, context: Context) -> Said:
    announced = dates.span(event.announced_on, event.announced_on_precision)
    effective = dates.span(event.effective_on, event.effective_on_precision) if event.effective_on else None
    quote, speaker = ai_quote(event)
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
        "effective_from": effective.first if effective else None,
        "effective_until": effective.last if effective else None,
        "effective_precision": str(effective.precision) if effective else "",
        **figure_facts(_figure(event)),
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
        "part_of": graph.part_of(event.pk),
        "replaced_by": graph.replaced_by(event.pk),
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
    return found_event(facts, document, event.recorded_on, context.owners)


def found_event(facts: dict[str, Any], document: dict[str, Any], recorded_on: date, owners: OwnershipTree) -> Said:
    """What an event's edition says, with all that it is found by: that follows from `facts` and `document`."""
    company, first, last = facts["company_id"], facts["announced_from"], facts["announced_until"]
    citations, units = document["citations"], document["units"]
    index_facts = {
        "announced_month": _month(first, facts["date_precision"]),
        "place_folded": fold(facts["place"])[:200],
        "notes_from": dates.months_later(last, -MONTHS_BEFORE),
        "notes_until": dates.months_later(first, MONTHS_AFTER),
        "days_late": max((recorded_on - last).days, 0),
        "reasons": _each([reason["kind"] for reason in document["reasons"]]),
        "tiers": _each([c["tier"] for c in citations]),
    }
    terms = [(Term.Kind.UNIT, unit["name"]) for unit in units]
    searched = [
        facts["title"], document["summary"], *(unit["name"] for unit in units), *(c["quote"] for c in citations)
    ]  # fmt: skip
    return Said(
        facts | index_facts,
        document,
        event_companies(company, first, last, owners),
        [*terms, *_source_terms(citations)],
        _words(facts["title"], searched),
    )


def event_companies(company: int, first: date, last: date, owners: OwnershipTree) -> list[tuple]:
    """The index of companies of an event from `first` to `last`: its own, and who owned it through these days."""
    own = owners.today_of(company)
    above = owners.owners_through(company, first, last)
    return [(own, True), *((owner, False) for owner in above if owner != own)]


def _month(first: date, precision: str) -> str:
    return dates.written(first, Precision.MONTH) if precision in (Precision.DAY, Precision.MONTH) else ""


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
    facts = {
        "title": note.title,
        "slug": _slug(note.title),
        "kind": str(note.kind),
        "dated_from": dated.first,
        "dated_until": dated.last,
        "date_precision": str(dated.precision),
        "usd_low_millions": note.amount_usd_low_millions,
        "usd_millions": note.amount_usd_millions,
        "usd_high_millions": note.amount_usd_high_millions,
        "plan_or_actual": str(note.plan_or_actual or PlanOrActual.UNKNOWN),
        "period_from": note.period_from,
        "period_until": note.period_until,
        "updates": note.updates_id,
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
        "citations": _citations(note),
    }
    return found_note(facts, document, context.owners)


def found_note(facts: dict[str, Any], document: dict[str, Any], owners: OwnershipTree) -> Said:
    """What a note's edition says, with all that it is found by: that follows from `facts` and `document`."""
    citations, first = document["citations"], facts["dated_from"]
    index_facts = {
        "dated_month": _month(first, facts["date_precision"]),
        "tiers": _each([c["tier"] for c in citations]),
    }
    companies = note_companies(document["companies"], first, facts["dated_until"], owners)
    searched = [facts["title"], document["summary"], *(c["quote"] for c in citations)]
    return Said(
        facts | index_facts, document, companies, _source_terms(citations), _words(facts["title"], searched)
    )  # fmt: skip


def note_companies(roles: Iterable[dict[str, Any]], first: date, last: date, owners: OwnershipTree) -> list[tuple]:
    """The index of companies of a note from `first` to `last`: those in its roles, and who owned each meanwhile."""
    index: dict[tuple, None] = {}
    for entry in roles:
        index[(owners.today_of(entry["company"]), entry["role"], True)] = None
        for owner in owners.owners_through(entry["company"], first, last):
            index[(owner, entry["role"], False)] = None
    return list(index)


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
        **figure_facts(_figure(total)),
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
        **figure_facts(_figure(headcount)),
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
