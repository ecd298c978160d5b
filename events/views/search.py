"""Search in everything: the page, and what is offered while somebody types."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import present
from events.answers.json import dumps
from events.models.company import Company
from events.models.edition import EventEdition, NoteEdition
from events.present import in_span, span_words
from events.query import EventQuery, SearchQuery, SuggestQuery
from events.selection import Search, Suggestions, suggestions
from events.shown import Names, event_rows, note_rows
from events.views.ask import ask_events, for_readers, of_one_state, with_query
from events.views.events import heading

# Rows of each kind on the page; the explorer has the others.
FIRST = 10


@for_readers
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
        if query.named:
            context["days"] = span_words(query.named.first, query.named.last)
        if query.dated:
            context["explorer"] = (_in_words(search.explorer), with_query("/events/", search.explorer))
    return render(request, "search.html", context)


@for_readers
@of_one_state
def suggest(request: HttpRequest) -> HttpResponse:
    """A few records for the words so far, in groups, with a sentence that says how many."""
    query = SuggestQuery.from_request(request)
    if not query.is_valid():
        errors = [{"parameter": name, "message": text} for name, text, _without in query.errors]
        return JsonResponse({"status": 400, "errors": errors}, status=400, content_type="application/problem+json")
    found = suggestions(query)
    groups = [
        {"title": title, "items": items}
        for title, items in (
            (_("Companies"), [_about_company(c, other, query) for c, other in found.companies]),
            (_("In the explorer"), _days_alone(found, query)),
            (_("Events"), [_item(e, e.title, _about_event(e), query) for e in found.events]),
            (_("AI-investment notes"), [_item(n, n.title, _about_note(n), query) for n in found.notes]),
        )
        if items
    ]
    said = _said(sum(len(group["items"]) for group in groups), query)
    return HttpResponse(dumps({"said": said, "groups": groups}), content_type="application/json")


def _item(record: Any, text: str, beside: str, query: SearchQuery) -> dict[str, str]:
    address = with_query(record.get_absolute_url(), query.changed(q=None, dates=None, only=None))
    return {"text": text, "beside": beside, "href": address}


def _about_company(company: Company, other_name: str, query: SuggestQuery) -> dict[str, str]:
    """The company; beside a date, its events of these days."""
    if not query.dated:
        item = _item(company, company.name, other_name, query)
        # What a filter writes for it.
        return item | {"value": company.slug} if query.only_companies else item
    asked = _of_days(query, company=[company])
    days = _("events announced %(days)s") % {"days": in_span(query.dated.first, query.dated.last)}
    beside = f"{other_name} · {days}" if other_name else days
    return {"text": company.name, "beside": beside, "href": with_query("/events/", asked)}


def _days_alone(found: Suggestions, query: SearchQuery) -> list[dict[str, str]]:
    """Where a date stands beside no company's name: all events of these days that the other words find."""
    if not query.dated or found.companies:
        return []
    asked = _of_days(query, q=query.text)
    return [{"text": _in_words(asked), "beside": "", "href": with_query("/events/", asked)}]


def _of_days(query: SearchQuery, **asked: Any) -> EventQuery:
    return ask_events().changed(as_of=query.as_of, **query.days("announced"), **asked)


def _in_words(query: EventQuery) -> str:
    """A view of the explorer in words: its heading, with the words that are searched."""
    if not query.get("q"):
        return heading(query)
    return _("%(events)s, with the words “%(words)s”") % {"events": heading(query), "words": query.get("q")}


def _about_event(edition: EventEdition) -> str:
    people = present.figure(edition.people_low, edition.people, edition.people_high, edition.qualifier)
    day = present.day_words(edition.announced_from, edition.date_precision)
    return f"{day} · {people}" if people else day


def _about_note(edition: NoteEdition) -> str:
    return present.day_words(edition.dated_from, edition.date_precision)


def _said(n: int, query: SuggestQuery) -> str:
    if not n and query.only_companies:
        return _("No company here has such a name.")
    if not n:
        return _("Nothing to suggest. Enter searches everything.")
    return ngettext("%(n)s suggestion.", "%(n)s suggestions.", n) % {"n": n}
