"""What there is of one record beside its page: the feed of its changes."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from events.answers import changes
from events.differences import history
from events.models.edition import EventEdition, NoteEdition
from events.query import RecordQuery
from events.views.ask import of_one_state
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
    base = request.build_absolute_uri("/").rstrip("/")
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
