"""What there is of one record beside its page: the feed of its changes, the picture for other sites."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from events.answers import changes
from events.cards import Card, draw
from events.differences import history
from events.models.edition import EventEdition, NoteEdition
from events.previews import company_card, event_card, note_card
from events.query import RecordQuery
from events.selection import company_events, company_notes, data_version
from events.shown import event_page, note_page
from events.views.ask import base_of, of_one_state, with_query
from events.views.companies import company_of
from events.views.files import OPEN, problem_with

EDITIONS = {"events": EventEdition, "ai": NoteEdition}


@require_safe
@of_one_state
def record_feed(request: HttpRequest, stem: str, record_id: int) -> HttpResponse:
    """The changes of one record; of a withdrawn one too, for whoever follows it."""
    query = RecordQuery.from_request(request)
    if problem := problem_with(query, whole=True):
        return problem
    every = list(EDITIONS[stem].objects.for_record(record_id).select_related("document"))
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

PAGES: dict[str, tuple[Callable[..., Any], Callable[[Any], Card]]] = {
    "events": (event_page, event_card),
    "ai": (note_page, note_card),
}
# Long enough for a page's visitors, short enough for a correction.
MINUTES = 10


@require_safe
@of_one_state
def record_card(request: HttpRequest, stem: str, record_id: int) -> HttpResponse:
    """The picture of an event or note; a withdrawn one says that alone."""
    query = RecordQuery.from_request(request)
    if problem := problem_with(query, whole=True):
        return problem
    page_of, card_of = PAGES[stem]
    page = page_of(record_id, query.as_of)
    if page is None:
        raise Http404
    return picture(request, card_of(page), status=410 if page.edition.withdrawn else 200)


@require_safe
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
