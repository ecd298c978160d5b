"""Published totals and the methodology."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events.query import RecordQuery
from events.selection import measured_gaps, totals_by_basis
from events.views.ask import for_readers, of_one_state
from events.wording import PHRASES


@for_readers
@of_one_state
def totals(request: HttpRequest) -> HttpResponse:
    query = RecordQuery.from_request(request)
    if not query.is_valid():
        return render(request, "400.html", {"query": query}, status=400)
    context = {"bases": totals_by_basis(query.as_of), "query": query, "as_of": query.as_of}
    return render(request, "totals.html", context)


@for_readers
@of_one_state
def methodology(request: HttpRequest) -> HttpResponse:
    return render(request, "methodology.html", {"phrases": PHRASES, "gaps": measured_gaps()})
