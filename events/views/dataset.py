"""The files that manage.py build_data made, sent whole or in part. A proxy may do it too (deploy/nginx.conf)."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag

from events.dataset import files
from events.views.ask import for_readers
from events.views.files import OPEN, PIECE

TYPES = {
    ".zip": "application/zip",
    ".sqlite": "application/vnd.sqlite3",
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
}
# Of several ranges none is taken, as the standard allows: the whole is sent.
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


@for_readers
def file(request: HttpRequest, name: str, week: str = "") -> HttpResponseBase:
    """A file of the data set, or the part of it that is asked for: programs that read Parquet ask for parts."""
    path = files.find(name, week)
    if path is None:
        raise Http404
    # Opened before anything is said of it: a build may take its name away at any moment.
    try:
        content = path.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    status = path.stat()
    etag, modified = quote_etag(f"{status.st_mtime_ns:x}-{status.st_size:x}"), int(status.st_mtime)
    headers = OPEN | {
        "ETag": etag,
        "Last-Modified": http_date(modified),
        "Accept-Ranges": "bytes",
        "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    # They are compressed already; and a length that is stated must be that of the file.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    unchanged = get_conditional_response(request, etag=etag, last_modified=modified)
    if unchanged is not None:
        content.close()
        return unchanged
    response = _part(request, content, status.st_size, etag)
    if response is None:
        response = FileResponse(content)
        response.headers["Content-Length"] = str(status.st_size)
    response.headers["Content-Type"] = TYPES.get(path.suffix, "text/plain; charset=utf-8")
    for header, value in headers.items():
        response.headers[header] = value
    return response


def _part(request: HttpRequest, content: BinaryIO, size: int, etag: str) -> HttpResponseBase | None:
    """The answer to a question for one range of bytes; None where the whole is asked for."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if not asked or asked.groups() == ("", "") or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if first:
        start, end = int(first), min(int(last) if last else size, size - 1)
        if last and int(last) < int(first):
            return None
    else:
        start, end = max(size - int(last), 0), size - 1
    if start > end:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(_pieces(content, start, end), status=206)
    for name, value in {"Content-Range": f"bytes {start}-{end}/{size}", "Content-Length": str(end - start + 1)}.items():
        response.headers[name] = value
    response._resource_closers.append(content.close)  # type: ignore[attr-defined]
    return response


def _pieces(content: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    content.seek(start)
    left = end - start + 1
    while left and (piece := content.read(min(PIECE, left))):
        left -= len(piece)
        yield piece
