"""The explorer of layoff events, its file, and the page of one event."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import charts
from events.answers.csv import events_csv
from events.explorer import Explorer
from events.keys import explorer_keys, number_of
from events.present import span_words
from events.query import EventQuery
from events.selection import EventSelection, NoteSelection, emptied_by
from events.shown import Names, event_page, event_rows
from events.views.ask import ask_notes


@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    query = EventQuery.from_request(request)
    if not query.is_valid():
        context = {"query": query, "explorer": Explorer(query, {}), "heading": _("Layoff events")}
        return render(request, "events/list.html", context, status=400)
    selection, names = EventSelection(query), Names()
    page, explorer = selection.page(), Explorer(query, selection.facets)
    companies = query.get("company")
    notes = NoteSelection(ask_notes(company=[c.slug for c in companies]) if companies else ask_notes())
    return render(
        request,
        "events/list.html",
        {
            "query": query,
            "explorer": explorer,
            "heading": heading(query),
            "sort_headings": explorer.headings(columns()),
            "also": [(number_of(n, kind), query.canonical(counts_as=[kind])) for kind, n in selection.also.items()],
            "emptied_by": emptied_by(selection) if not selection.count else [],
            "selection": selection,
            "keys": explorer_keys(selection),
            "charts": [
                charts.by_time(selection, notes),
                charts.by_company(selection, names),
                charts.by_sector(selection),
            ]
            if selection.counted
            else [],
            "page": page,
            "rows": list(event_rows(page.rows, selection, names)),
        },
    )


def heading(query: EventQuery) -> str:
    """The page's title: what is listed, and when."""
    first, last = query.get("announced_after"), query.get("announced_before")
    if not (first or last):
        return _("Layoff events")
    days = span_words(first, last)
    within = _("Layoff events announced in %(days)s") if first and last else _("Layoff events announced %(days)s")
    return within % {"days": days}


def columns() -> list[tuple[str, str, str]]:
    return [
        (_("Announced"), "announced", ""),
        (_("Company"), "company", ""),
        (_("People"), "people", "num"),
        (_("Stage"), "", ""),
        (_("AI"), "", ""),
        (_("Source"), "", ""),
    ]


@require_safe
def events_file(request: HttpRequest) -> HttpResponseBase:
    query = EventQuery.from_request(request)
    if not query.is_valid():
        errors = [{"parameter": name, "message": text} for name, text, _without in query.errors]
        problem = {"title": _("This query cannot be answered."), "status": 400, "errors": errors}
        return JsonResponse(problem, status=400, content_type="application/problem+json")
    selection = EventSelection(query)
    base = request.build_absolute_uri("/").rstrip("/")
    response = StreamingHttpResponse(events_csv(selection, base), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{query.file_name()}.csv"'
    return response


@require_safe
def event_detail(request: HttpRequest, record_id: int, slug: str = "") -> HttpResponse:
    shown = event_page(record_id)
    if shown is None:
        raise Http404
    if slug != shown.edition.slug:
        return redirect(shown.edition.get_absolute_url(), permanent=True)
    status = 410 if shown.edition.withdrawn else 200
    return render(request, "events/detail.html", {"event": shown}, status=status)
