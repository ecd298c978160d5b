"""The log of corrections, as a page and as a feed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events.answers import corrections
from events.differences import steps_of
from events.query import CorrectionQuery
from events.selection import CorrectionSelection
from events.views.ask import base_of, for_readers, of_one_state
from events.views.files import FORMATS, OPEN, problem_with


@for_readers
@of_one_state
def page(request: HttpRequest) -> HttpResponse:
    query = CorrectionQuery.from_request(request)
    if not query.is_valid():
        return render(request, "400.html", {"query": query}, status=400)
    found = CorrectionSelection(query).page()
    context = {
        "query": query,
        "as_of": query.as_of,
        "page": found,
        "steps": steps_of(found.rows, query.as_of),
        "can_report": bool(settings.CONTACT_EMAIL or settings.CONTACT_URL),
    }
    return render(request, "corrections.html", context)


@for_readers
@of_one_state
def feed(request: HttpRequest) -> HttpResponse:
    query = CorrectionQuery.from_request(request)
    if problem := problem_with(query, whole=False):
        return problem
    base = base_of(request)
    text = corrections.write(CorrectionSelection(query), base)
    return HttpResponse(text, content_type=FORMATS["atom"].content_type, headers=OPEN)
