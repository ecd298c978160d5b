"""Frozen views: the form that makes one, its page, its file."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.frozen import (
    MOST_BYTES,
    MOST_ROWS,
    TIMES_AN_HOUR,
    CannotFreeze,
    FrozenView,
    code_as_written,
    compare,
    freeze,
    frozen_view,
    seconds_to_wait,
)
from events.views.ask import base_of, for_readers, of_one_state
from events.views.errors import csrf_failure
from events.views.files import OPEN
from events.views.origin import is_from_here
from events.views.view_of import NoView, view_of
from layoffwatch.addresses import client_address

# Anybody may freeze a view, with words of their own in its filter: search engines shall not pass them on as ours.
UNLISTED = "noindex"
FOR_EVER = "public, max-age=31536000, immutable"


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def frozen_views(request: HttpRequest) -> HttpResponse:
    """What frozen views are; by POST, from a form of this site, one is made of the view whose address is sent."""
    if request.method != "POST":
        return _form(request)
    if not is_from_here(request):
        return csrf_failure(request)
    written = request.POST.get("view", "")
    try:
        subject, query = view_of(request, written)
    except NoView as error:
        return _form(request, written, [str(error)], status=400)
    if not query.is_valid():
        messages = [f"{name}: {text}" if name != "__all__" else text for name, text, _without in query.errors]
        return _form(request, written, messages, status=400)
    if seconds := seconds_to_wait(client_address(request)):
        response = _form(request, written, wait=seconds, status=429)
        response.headers["Retry-After"] = str(seconds)
        return response
    try:
        snapshot = freeze(subject, query, base_of(request))
    except CannotFreeze as error:
        return _form(request, written, [str(error)], status=400)
    return HttpResponseRedirect(snapshot.get_absolute_url(), status=303)


def _form(
    request: HttpRequest, written: str = "", messages: list[str] | None = None, *, wait: int = 0, status: int = 200
) -> HttpResponse:
    """The page of the form, with what was written and what is wrong with it. `wait` is in seconds."""
    context = {
        "written": written.replace("\x00", "�")[:5_000],
        "messages": messages or [],
        "minutes": -(-wait // 60),
        "most_rows": MOST_ROWS,
        "times": TIMES_AN_HOUR,
        "most_megabytes": MOST_BYTES // 1_000_000,
    }
    return render(request, "cite/form.html", context, status=status)


@for_readers
@of_one_state
def page(request: HttpRequest, code: str) -> HttpResponse:
    """A frozen view beside what its query answers today. It answers for ever."""
    if code != code_as_written(code):
        return redirect("frozen", code_as_written(code), permanent=True)
    frozen = _known(request, code)
    context = {
        "frozen": frozen,
        "chart": frozen.figure,
        "comparison": compare(frozen.snapshot, frozen.statements),
        "cite": frozen.ways_to_cite(),
    }
    response = render(request, "cite/detail.html", context)
    response.headers["X-Robots-Tag"] = UNLISTED
    return response


@for_readers
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The very bytes that were frozen."""
    frozen = _known(request, code_as_written(code))
    etag = quote_etag(frozen.snapshot.file_id)
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return unchanged
    headers = OPEN | {
        "ETag": etag,
        "X-Robots-Tag": UNLISTED,
        "Cache-Control": FOR_EVER,
        "Content-Disposition": f'attachment; filename="{frozen.file_name}"',
    }
    if request.method == "HEAD":
        # The length is stored: nothing is unpacked to say it.
        body, headers["Content-Length"] = b"", str(frozen.snapshot.file.size)
    else:
        body = frozen.content
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _known(request: HttpRequest, code: str) -> FrozenView:
    frozen = frozen_view(code, base_of(request))
    if frozen is None:
        raise Http404
    return frozen
