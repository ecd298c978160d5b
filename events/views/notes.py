"""The explorer of AI-investment notes and the page of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.explorer import Explorer
from events.keys import money_rows
from events.query import NoteQuery
from events.selection import NoteSelection
from events.shown import note_page, note_rows


@require_safe
def note_list(request: HttpRequest) -> HttpResponse:
    query = NoteQuery.from_request(request)
    if not query.is_valid():
        context = {"query": query, "explorer": Explorer(query, {})}
        return render(request, "ai/list.html", context, status=400)
    selection = NoteSelection(query)
    page, explorer = selection.page(), Explorer(query, selection.facets)
    return render(
        request,
        "ai/list.html",
        {
            "query": query,
            "explorer": explorer,
            "sort_headings": explorer.headings(
                [
                    (_("Date"), "dated", ""),
                    (_("Note"), "", ""),
                    (_("Money"), "money", "num"),
                    (_("Kind"), "", ""),
                    (_("Source"), "", ""),
                ]
            ),
            "money": money_rows(selection.money),
            "selection": selection,
            "page": page,
            "rows": note_rows(page.rows),
        },
    )


@require_safe
def note_detail(request: HttpRequest, record_id: int, slug: str = "") -> HttpResponse:
    shown = note_page(record_id)
    if shown is None:
        raise Http404
    if slug != shown.edition.slug:
        return redirect(shown.edition.get_absolute_url(), permanent=True)
    return render(request, "ai/detail.html", {"note": shown}, status=410 if shown.edition.withdrawn else 200)
