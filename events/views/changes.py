"""What changed in the data: day by day, as a feed, and one week ready to quote."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events import dates, present
from events.answers import day_changes
from events.answers.day_changes import counts_in_words, followed_in_words, total_in_words
from events.citing import Work
from events.query import CorrectionQuery, RecordQuery
from events.selection import data_version
from events.selection.changes import ChangeSelection, Days, changes_between
from events.views.ask import base_of, for_readers, of_one_state, with_query
from events.views.files import FORMATS, OPEN, problem_with

# No week before it has anything: nobody follows the links into the past for ever.
BEGINNING = date(2000, 1, 3)


@for_readers
@of_one_state
def page(request: HttpRequest) -> HttpResponse:
    query = CorrectionQuery.from_request(request)
    if not query.is_valid():
        return render(request, "400.html", {"query": query}, status=400)
    found = ChangeSelection(query).page()
    context = {
        "query": query,
        "as_of": query.as_of,
        "page": found,
        "days": [_shown(days) for days in found.rows],
    }
    return render(request, "changes.html", context)


@for_readers
@of_one_state
def feed(request: HttpRequest) -> HttpResponse:
    query = CorrectionQuery.from_request(request)
    if problem := problem_with(query, whole=False):
        return problem
    text = day_changes.write(ChangeSelection(query), base_of(request))
    return HttpResponse(text, content_type=FORMATS["atom"].content_type, headers=OPEN)


@for_readers
@of_one_state
def week(request: HttpRequest, year: str, number: str) -> HttpResponse:
    """One week, Monday to Sunday, as far as it is known: sentences with their numbers, and how to cite them."""
    query = RecordQuery.from_request(request)
    if not query.is_valid():
        return render(request, "400.html", {"query": query}, status=400)
    try:
        first = date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise Http404 from error
    until = query.as_of or dates.today()
    if not BEGINNING <= first <= until:
        raise Http404
    last = min(first + timedelta(days=6), until)
    days = changes_between(first, last)
    name = f"{year}-W{number}"
    title = _("What changed, %(span)s") % {"span": present.span_words(first, last)}
    address = f"{base_of(request)}{with_query(f'/data/changes/{name}/', query)}"
    counted = counts_in_words(days) or _("Nothing was added, corrected or withdrawn")
    sentences = [f"{counted}.", followed_in_words(days), total_in_words(days.after)]
    work = Work(
        key=f"layoffwatch-{name}",
        title=title,
        figure=" ".join(filter(None, sentences)),
        address=address,
        known_from=last,
        version=data_version().version,
        published_on=last,
    )
    context = {
        "query": query,
        "as_of": query.as_of,
        "name": name,
        "title": title,
        "first": first,
        "last": last,
        "is_over": last == first + timedelta(days=6),
        "days": _shown(days),
        "cite": work.ways(dates.today()),
        "before": _name_of(first - timedelta(days=7)) if first > BEGINNING else "",
        "after": _name_of(first + timedelta(days=7)) if first + timedelta(days=7) <= until else "",
    }
    return render(request, "week.html", context)


def _name_of(day: date) -> str:
    year, number, _weekday = day.isocalendar()
    return f"{year:04d}-W{number:02d}"


def _shown(days: Days) -> dict[str, object]:
    return {
        "first": days.first,
        "last": days.last,
        "week": _name_of(days.last),
        "counted": counts_in_words(days),
        "followed": followed_in_words(days),
        "editions": days.editions,
        "unnamed": days.unnamed,
        "reconstructed_from": days.reconstructed_from,
        "before": total_in_words(days.before),
        "after": total_in_words(days.after),
        "is_same": days.before == days.after,
    }
