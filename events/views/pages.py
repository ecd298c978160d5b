"""Published totals and the methodology."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.answers.downloads import downloads
from events.comparisons import sections
from events.explorer import Explorer
from events.previews import view_words
from events.query import TotalQuery
from events.selection import TotalSelection, data_version, emptied_by, measured_gaps
from events.views.ask import for_readers, of_one_state
from events.wording import PHRASES


@for_readers
@of_one_state
def totals(request: HttpRequest) -> HttpResponse:
    query = TotalQuery.from_request(request)
    heading = _("Published totals, each with what it counts")
    if not query.is_valid():
        context = {"query": query, "explorer": Explorer(query, {}), "heading": heading}
        return render(request, "totals/list.html", context, status=400)
    selection, record = TotalSelection(query), data_version()
    return render(
        request,
        "totals/list.html",
        {
            "record": record,
            "query": query,
            "as_of": query.as_of,
            "reconstructed_from": selection.reconstructed_from,
            "explorer": Explorer(query, selection.facets),
            "heading": heading,
            "described": view_words(query, [], selection.count),
            "feed": "/totals.atom",
            "downloads": downloads(selection),
            "selection": selection,
            "emptied_by": emptied_by(selection) if not selection.count else [],
            "sections": sections(selection.groups, query, record.opened_on, selection.withdrawn_since),
        },
    )


@for_readers
@of_one_state
def methodology(request: HttpRequest) -> HttpResponse:
    return render(request, "methodology.html", {"phrases": PHRASES, "gaps": measured_gaps()})
