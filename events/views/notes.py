"""The explorer of AI-investment notes and the page of one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events import charts
from events.answers import linked_data
from events.answers.downloads import downloads
from events.explorer import Explorer
from events.figures import figure_of
from events.keys import money_rows, note_keys
from events.present import in_span, span_words
from events.previews import view_words
from events.query import NoteQuery
from events.selection import NoteSelection, emptied_by
from events.shown import Names, note_rows
from events.views.ask import base_of, for_readers, of_one_state, with_query


@for_readers
@of_one_state
def note_list(request: HttpRequest) -> HttpResponse:
    query = NoteQuery.from_request(request)
    if not query.is_valid():
        context = {"query": query, "explorer": Explorer(query, {}), "heading": _("AI-investment notes")}
        return render(request, "ai/list.html", context, status=400)
    selection, names = NoteSelection(query), Names()
    page, explorer = selection.page(), Explorer(query, selection.facets)
    files, keys = downloads(selection), note_keys(selection)
    return render(
        request,
        "ai/list.html",
        {
            "query": query,
            "as_of": query.as_of,
            "reconstructed_from": selection.reconstructed_from,
            "explorer": explorer,
            "heading": heading(query),
            "feed": "/ai.atom",
            "keys": keys,
            "described": view_words(query, [keys[0], *keys[2:]], selection.count),
            "sort_headings": explorer.headings(
                [
                    (_("Date"), "dated", ""),
                    (_("Note"), "", ""),
                    (_("Money"), "money", "num"),
                    (_("Kind"), "", ""),
                    (_("Source"), "", ""),
                ]
            ),
            "chart": figure_of(selection, names),
            "chart_choices": charts.choices(query),
            "money": money_rows(selection.money),
            "downloads": files,
            "selection": selection,
            "emptied_by": emptied_by(selection) if not selection.count else [],
            "linked": linked_data.of_list(
                _("AI-investment notes"),
                with_query("/ai/", query),
                query.in_words() or _("all of them"),
                selection.count,
                files,
                base_of(request),
            ),
            "page": page,
            "rows": note_rows(page.rows, names, selection.withdrawn_since),
        },
    )


def heading(query: NoteQuery) -> str:
    first, last = query.get("dated_after"), query.get("dated_before")
    if not (first or last):
        return _("AI-investment notes")
    days = in_span(first, last) if first and last else span_words(first, last)
    return _("AI-investment notes dated %(days)s") % {"days": days}
