"""One record: its page, the feed of its changes, the picture for other sites."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from events import dates
from events.answers import changes, linked_data
from events.cards import Card, draw
from events.differences import history
from events.models.edition import EventEdition, NoteEdition
from events.previews import Preview, company_card, event_card, event_preview, note_card, note_preview, record_work
from events.query import RecordQuery
from events.selection import company_events, company_notes, data_version
from events.shown import event_page, note_page
from events.views.ask import base_of, for_readers, of_one_state, with_query
from events.views.companies import company_of
from events.views.files import OPEN, problem_with


@dataclass(frozen=True)
class Kind:
    """What readers see of one kind of record: its editions, its page, what other sites show of it."""

    name: str
    editions: type[EventEdition] | type[NoteEdition]
    page: Callable[..., Any]
    card: Callable[[Any], Card]
    preview: Callable[..., Preview]
    linked: Callable[..., Any]


# By what an address begins with.
KINDS = {
    "events": Kind("event", EventEdition, event_page, event_card, event_preview, linked_data.of_event),
    "ai": Kind("note", NoteEdition, note_page, note_card, note_preview, linked_data.of_note),
}


@for_readers
@of_one_state
def record_page(request: HttpRequest, stem: str, record_id: int, slug: str = "") -> HttpResponse:
    """The page of an event or note, as known on a day; a withdrawn one answers 410, with the reason."""
    kind, query = KINDS[stem], RecordQuery.from_request(request)
    if not query.is_valid():
        return render(request, "400.html", {"query": query}, status=400)
    shown = kind.page(record_id, query.as_of)
    if shown is None:
        raise Http404
    address = shown.today.get_absolute_url()
    if slug != shown.today.slug:
        return redirect(with_query(address, query), permanent=True)
    base = base_of(request)
    preview = kind.preview(shown, base, query.as_of)
    context = {
        kind.name: shown,
        "query": query,
        "as_of": query.as_of,
        "reconstructed_from": [shown.edition.reconstructed_from] if shown.edition.reconstructed_from else [],
        "history": history(shown.editions, address, query.as_of, shown.names),
        "preview": preview,
        "linked": kind.linked(shown, preview, base),
        "cite": record_work(shown, base, query.as_of).ways(dates.today()),
        "feed": f"/{stem}/{record_id}.atom",
        "report": f"/tips/new/?{kind.name}={record_id}",
    }
    return render(request, f"{stem}/detail.html", context, status=410 if shown.edition.withdrawn else 200)


@for_readers
@of_one_state
def record_feed(request: HttpRequest, stem: str, record_id: int) -> HttpResponse:
    """The changes of one record; of a withdrawn one too, for whoever follows it."""
    query = RecordQuery.from_request(request)
    if problem := problem_with(query, whole=True):
        return problem
    every = list(KINDS[stem].editions.objects.for_record(record_id).select_related("document"))
    editions = [edition for edition in every if is_known(edition.known_from, query.as_of)]
    if not editions:
        raise Http404
    last = editions[-1]
    base = base_of(request)
    etag = quote_etag(f"{stem}-{last.record_id}-{last.number}-{every[-1].slug}")
    modified = int(last.written_at.timestamp())
    unchanged = get_conditional_response(request, etag=etag, last_modified=modified)
    if unchanged is not None:
        return unchanged
    steps = history(editions, every[-1].get_absolute_url(), query.as_of)
    text = changes.write(steps, f"/{stem}/{last.record_id}.atom", base)
    response = HttpResponse(text, content_type="application/atom+xml; charset=utf-8", headers=OPEN | {"ETag": etag})
    return get_conditional_response(request, etag=etag, last_modified=modified, response=response) or response


def is_known(known_from: date, day: date | None) -> bool:
    return day is None or known_from <= day


# ── Pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# Long enough for a page's visitors, short enough for a correction.
MINUTES = 10


@for_readers
@of_one_state
def record_card(request: HttpRequest, stem: str, record_id: int) -> HttpResponse:
    """The picture of an event or note; a withdrawn one says that alone."""
    query = RecordQuery.from_request(request)
    if problem := problem_with(query, whole=True):
        return problem
    kind = KINDS[stem]
    page = kind.page(record_id, query.as_of)
    if page is None:
        raise Http404
    return picture(request, kind.card(page), status=410 if page.edition.withdrawn else 200)


@for_readers
@of_one_state
def company_picture(request: HttpRequest, slug: str) -> HttpResponse:
    query = RecordQuery.from_request(request)
    if problem := problem_with(query, whole=True):
        return problem
    company = company_of(slug)
    if company.slug != slug:
        return redirect(with_query(f"{company.get_absolute_url()}card.png", query), permanent=True)
    group, notes = company_events(company, day=query.as_of), company_notes(company, query.as_of)
    return picture(request, company_card(company, group, notes, data_version().version))


def picture(request: HttpRequest, card: Card, status: int = 200) -> HttpResponse:
    """The picture of a card; drawn only for who does not have it yet."""
    etag = quote_etag(card.mark)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    headers = OPEN | {"ETag": etag, "Cache-Control": f"public, max-age={60 * MINUTES}"}
    body = b"" if request.method == "HEAD" else draw(card)
    return HttpResponse(body, content_type="image/png", status=status, headers=headers)
