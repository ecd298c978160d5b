"""The explorer of layoff events, its file, and the page of one event."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events import charts
from events.answers import linked_data
from events.answers.downloads import downloads
from events.explorer import Explorer
from events.figures import figure_of
from events.keys import explorer_keys, number_of
from events.present import in_span
from events.previews import view_words
from events.query import EventQuery
from events.selection import EventSelection, emptied_by
from events.shown import Names, event_rows
from events.views.ask import base_of, for_readers, of_one_state, with_query

# A title names no more companies than these.
NAMED = 3


@for_readers
@of_one_state
def event_list(request: HttpRequest) -> HttpResponse:
    query = EventQuery.from_request(request)
    if not query.is_valid():
        context = {"query": query, "explorer": Explorer(query, {}), "heading": _("Layoff events")}
        return render(request, "events/list.html", context, status=400)
    selection, names = EventSelection(query), Names()
    files = downloads(selection)
    page, explorer, keys = selection.page(), Explorer(query, selection.facets), explorer_keys(selection, names.tree)
    return render(
        request,
        "events/list.html",
        {
            "query": query,
            "as_of": query.as_of,
            "reconstructed_from": selection.reconstructed_from,
            "explorer": explorer,
            "heading": heading(query),
            "feed": "/events.atom",
            "sort_headings": explorer.headings(columns()),
            "also": [(number_of(n, kind), query.canonical(counts_as=[kind])) for kind, n in selection.also.items()],
            "emptied_by": emptied_by(selection) if not selection.count else [],
            "downloads": files,
            "selection": selection,
            "linked": linked_data.of_list(
                _("Layoff events"),
                with_query("/events/", query),
                query.in_words() or _("all cuts and signals"),
                selection.count,
                files,
                base_of(request),
            ),
            "keys": keys,
            "described": view_words(query, keys[:1], selection.count),
            "chart": figure_of(selection, names),
            "chart_choices": charts.choices(query),
            "page": page,
            "rows": list(event_rows(page.rows, selection, names)),
        },
    )


def heading(query: EventQuery) -> str:
    """The page's title: what is listed, of whom, and when."""
    companies = query.get("company") or []
    words = _("Layoff events")
    if 0 < len(companies) <= NAMED:
        words = _("Layoff events at %(companies)s") % {"companies": ", ".join(company.name for company in companies)}
    first, last = query.get("announced_after"), query.get("announced_before")
    if not (first or last):
        return words
    return _("%(events)s announced %(days)s") % {"events": words, "days": in_span(first, last)}


def columns() -> list[tuple[str, str, str]]:
    return [
        (_("Announced"), "announced", ""),
        (_("Company"), "company", ""),
        (_("People"), "people", "num"),
        (_("Stage"), "", ""),
        (_("AI"), "", ""),
        (_("Source"), "", ""),
    ]
