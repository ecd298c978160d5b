"""Layoffs beside AI investment: who cuts while investing in AI, and who says the two are linked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events import charts
from events.answers import linked_data
from events.answers.downloads import downloads
from events.explorer import Explorer
from events.figures import figure_of
from events.previews import view_words
from events.query import BesideQuery, NoteQuery
from events.selection import WORK_KINDS, BesideSelection, NoteSelection, emptied_by
from events.shown import note_rows
from events.side_by_side import beside_keys, claims, findings, side_rows
from events.views.ask import base_of, for_readers, of_one_state, with_query

# How many of the latest the page shows of each: all others are a link away.
CLAIMS_SHOWN, WORK_SHOWN = 10, 6
PATH = "/layoffs-and-ai/"


@for_readers
@of_one_state
def page(request: HttpRequest) -> HttpResponse:
    query = BesideQuery.from_request(request)
    title = _("Layoffs beside AI investment")
    if not query.is_valid():
        context = {"query": query, "explorer": Explorer(query, {}), "heading": title}
        return render(request, "beside/list.html", context, status=400)
    selection = BesideSelection(query)
    explorer, files, rows = Explorer(query, selection.facets), downloads(selection), selection.page()
    work, keys = work_notes(query), beside_keys(selection)
    headings = [
        (_("Company"), "name", ""),
        (_("Cuts above, AI notes below"), "", ""),
        (_("People known"), "people", "num"),
        (_("Cuts"), "cuts", ""),
        (_("AI notes, and money by kind"), "notes", ""),
    ]
    context = {
        "query": query,
        "as_of": query.as_of,
        "reconstructed_from": selection.reconstructed_from,
        "explorer": explorer,
        "heading": title,
        "feed": "/layoffs-and-ai.atom",
        "keys": keys,
        "described": view_words(query, keys[:2], selection.count),
        "findings": findings(selection),
        "sort_headings": explorer.headings(headings),
        "downloads": files,
        "selection": selection,
        "emptied_by": emptied_by(selection) if not selection.count else [],
        "linked": linked_data.of_list(
            title,
            with_query(PATH, query),
            query.in_words() or _("all of them"),
            selection.count,
            files,
            base_of(request),
        ),
        "page": rows,
        "rows": side_rows(rows.rows, selection),
        "every_cut": selection.every_cut,
        "both": figure_of(selection),
        "sizes": charts.by_size(selection.every_cut),
        # The explorer's view that shows the same figure.
        "sizes_query": selection.every_cut.query.changed(chart="size"),
        "claims": claims(selection, CLAIMS_SHOWN),
        "claimed_string": selection.claimed_query.canonical(),
        "work": work,
        "work_rows": note_rows(work.page(WORK_SHOWN).rows, withdrawn=work.withdrawn_since),
    }
    return render(request, "beside/list.html", context)


def work_notes(query: BesideQuery) -> NoteSelection:
    """The notes on hiring and pay, of the companies that are asked for."""
    kinds = [str(kind) for kind in WORK_KINDS]
    asked = {"kind": kinds, "company": query.get("company"), "as_of": query.as_of}
    return NoteSelection(NoteQuery.from_string("").changed(**asked))
