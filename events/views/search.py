"""Search in everything: the page, and what is offered while somebody types."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from events import present
from events.answers.json import dumps
from events.models.edition import EventEdition, NoteEdition
from events.query import SearchQuery
from events.selection import Search, Suggestions, suggestions
from events.shown import Names, event_rows, note_rows
from events.views.ask import of_one_state, with_query

# Rows of each kind on the page; the explorer has the others.
FIRST = 10


@require_safe
@of_one_state
def page(request: HttpRequest) -> HttpResponse:
    query = SearchQuery.from_request(request)
    if not query.is_valid():
        return render(request, "search.html", {"query": query}, status=400)
    context: dict[str, Any] = {"query": query, "as_of": query.as_of}
    if query.get("q"):
        search, names = Search(query), Names()
        context |= {
            "search": search,
            "companies": search.companies[:FIRST],
            "events": list(event_rows(search.events.page(FIRST).rows, search.events, names)),
            "notes": note_rows(search.notes.page(FIRST).rows, names, search.notes.withdrawn_since),
        }
    return render(request, "search.html", context)


@require_safe
@of_one_state
def suggest(request: HttpRequest) -> HttpResponse:
    """A few records for the words so far, in groups, with a sentence that says how many."""
    query = SearchQuery.from_request(request)
    if not query.is_valid():
        errors = [{"parameter": name, "message": text} for name, text, _without in query.errors]
        return JsonResponse({"status": 400, "errors": errors}, status=400, content_type="application/problem+json")
    found = suggestions(query)
    groups = [
        {"title": title, "items": items}
        for title, items in (
            (_("Companies"), [_item(c, c.name, other, query) for c, other in found.companies]),
            (_("Events"), [_item(e, e.title, _about_event(e), query) for e in found.events]),
            (_("AI-investment notes"), [_item(n, n.title, _about_note(n), query) for n in found.notes]),
        )
        if items
    ]
    return HttpResponse(dumps({"said": _said(found), "groups": groups}), content_type="application/json")


def _item(record: Any, text: str, beside: str, query: SearchQuery) -> dict[str, str]:
    address = with_query(record.get_absolute_url(), query.changed(q=None))
    return {"text": text, "beside": beside, "href": address}


def _about_event(edition: EventEdition) -> str:
    people = present.figure(edition.people_low, edition.people, edition.people_high, edition.qualifier)
    day = present.day_words(edition.announced_from, edition.date_precision)
    return f"{day} · {people}" if people else day


def _about_note(edition: NoteEdition) -> str:
    return present.day_words(edition.dated_from, edition.date_precision)


def _said(found: Suggestions) -> str:
    n = found.count
    if not n:
        return _("Nothing to suggest. Enter searches everything.")
    return ngettext("%(n)s suggestion.", "%(n)s suggestions.", n) % {"n": n}
