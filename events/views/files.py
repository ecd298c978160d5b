"""The machine formats of every view: which there are, and a request for one. What they hold, events/answers/ says."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import IOBase
from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    QueryDict,
    StreamingHttpResponse,
)
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.answers import atom, csv, csvw, json, jsonl, series, xlsx
from events.answers.about import LICENCE_URL
from events.answers.answer import SUBJECTS, Answer, Subject
from events.query import Query, SeriesQuery
from events.state import one_state
from events.views.ask import base_of, of_one_state

# How many rows there are, said before the first: a reader counts them against it.
ROWS_HEADER = "X-Total-Count"
# Public data, the same for everybody and without a cookie: pages of other sites may fetch it.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": f"{ROWS_HEADER}, Link, Content-Disposition",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
# Characters of a stream that are sent at once.
PIECE = 64 * 1024


@dataclass(frozen=True)
class Format:
    """One machine format.

    `whole` ones hold every row; those that are streamed are sent while they are written, all others are made first.
    `order` is that of an answer which names none, if it is not the page's.
    """

    ending: str
    content_type: str
    write: Callable[[Answer], Any]
    whole: bool = False
    streamed: bool = False
    attached: bool = False
    described_by: tuple[str, str] | None = None
    order: str = ""


FORMATS = {
    format_.ending: format_
    for format_ in (
        Format(
            "csv", "text/csv; charset=utf-8", csv.write, whole=True, streamed=True, attached=True,
            described_by=(".csv-metadata.json", "application/csvm+json"),
        ),
        Format("csv-metadata.json", "application/csvm+json", csvw.write, whole=True),
        Format("json", "application/json", json.write),
        Format(
            "jsonl", "application/jsonl; charset=utf-8", jsonl.write, whole=True, streamed=True, attached=True,
            described_by=(".json", "application/json"),
        ),
        Format(
            "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.write, whole=True,
            attached=True,
        ),
        # What changed last comes first: a feed tells what is new.
        Format("atom", "application/atom+xml; charset=utf-8", atom.write, order="-changed"),
    )
}  # fmt: skip


@require_safe
def view_file(request: HttpRequest, stem: str, ending: str) -> HttpResponseBase:
    """A view in a machine format: `/events.csv?...` holds what `/events/?...` shows."""
    if ending not in FORMATS:
        raise Http404
    subject, format_ = SUBJECTS[stem], FORMATS[ending]
    if format_.streamed:
        return of_one_state(_answer)(request, subject, format_)
    with one_state():
        return _answer(request, subject, format_)


def _answer(request: HttpRequest, subject: Subject, format_: Format) -> HttpResponseBase:
    query = subject.query(_in_order(request, subject.query, format_.order))
    if problem := problem_with(query, whole=format_.whole):
        return problem
    answer = Answer.to(subject, query, base_of(request))
    headers = _headers(answer, format_)
    name = f"{query.file_name()}.{format_.ending}"
    if request.method == "HEAD":
        # Nobody reads the rows: none are written.
        return _named(HttpResponse(content_type=format_.content_type, headers=headers), name, format_)
    body = format_.write(answer)
    response: HttpResponseBase
    if isinstance(body, str):
        response = HttpResponse(body, content_type=format_.content_type, headers=headers)
    elif isinstance(body, IOBase):
        response = FileResponse(body, content_type=format_.content_type, headers=headers)
    else:
        response = StreamingHttpResponse(pieces(body), content_type=format_.content_type, headers=headers)
    return _named(response, name, format_)


@require_safe
@of_one_state
def sums(request: HttpRequest, what: str) -> HttpResponseBase:
    """`/events/totals.json`, and `/events/series.json?by=...`: a view's totals, and by period, sector or the like."""
    events = SUBJECTS["events"]
    query = (SeriesQuery if what == "series" else events.query).from_request(request)
    if problem := problem_with(query, whole=True):
        return problem
    answer = Answer.to(events, query, base_of(request))
    text = json.write_series(answer, query.values["by"]) if what == "series" else json.write_totals(answer)
    return HttpResponse(text, content_type="application/json", headers=_headers(answer))


@require_safe
@of_one_state
def series_file(request: HttpRequest, stem: str, ending: str) -> HttpResponseBase:
    """`/events/series.csv?by=...`, `/ai/series.csv?by=...`: the numbers of a chart as a file."""
    subject = SUBJECTS[stem]
    if subject.series is None:
        raise Http404
    query = subject.series.from_request(request)
    if problem := problem_with(query, whole=True):
        return problem
    answer = Answer.to(subject, query, base_of(request))
    text = "".join(series.write_csv(answer, query.values["by"]))
    format_ = FORMATS[ending]
    response = HttpResponse(text, content_type=format_.content_type, headers=_headers(answer))
    return _named(response, f"{query.file_name()}.{ending}", format_)


def pieces(lines: Iterable[str]) -> Iterator[str]:
    """`lines` some at a time. A line that fails breaks off what was sent, and nothing is said in its place."""
    some: list[str] = []
    length = 0
    for line in lines:
        some.append(line)
        length += len(line)
        if length >= PIECE:
            yield "".join(some)
            some, length = [], 0
    if some:
        yield "".join(some)


def _in_order(request: HttpRequest, query: type[Query], order: str) -> QueryDict:
    """The request's parameters, with `order` where they name none and the subject knows it."""
    data = request.GET.copy()
    named = any(data.getlist("order"))
    if order and not named and order in dict(query.filters.base_filters["order"].extra["choices"]):
        data["order"] = order
    return data


def problem_with(query: Query, *, whole: bool) -> HttpResponse | None:
    """What is wrong with a query, as RFC 9457 has it; None when it can be answered."""
    if query.is_valid():
        errors = []
        for name in ("after", "before"):
            if whole and query.get(name):
                errors.append((name, _("This answer holds every row: it has no pages. Leave this out.")))
    else:
        errors = [(name, text) for name, text, _without in query.errors]
    if not errors:
        return None
    problem = {
        "title": _("This query cannot be answered."),
        "status": 400,
        "errors": [{"parameter": name, "message": text} for name, text in errors],
    }
    return JsonResponse(problem, status=400, content_type="application/problem+json", headers=OPEN)


def _headers(answer: Answer, format_: Format | None = None) -> dict[str, str]:
    about, links = answer.about, []
    if format_ and format_.described_by:
        ending, content_type = format_.described_by
        links.append(f'<{answer.link(ending)}>; rel="describedby"; type="{content_type}"')
    links += [f'<{about.page}>; rel="alternate"; type="text/html"', f'<{LICENCE_URL}>; rel="license"']
    return OPEN | {ROWS_HEADER: str(about.rows), "Link": ", ".join(links)}


def _named(response: HttpResponseBase, name: str, format_: Format) -> HttpResponseBase:
    how = "attachment" if format_.attached else "inline"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
