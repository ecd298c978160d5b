"""Response headers that Django does not set by itself."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class HeadersMiddleware:
    """Adds the headers that browsers offer beyond Django's SecurityMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD" and response.status_code == 200:
            _without_false_length(response)
        return response


def _without_false_length(response: HttpResponse) -> None:
    """Takes away the length of a body that was not made, because only the head was asked for: CommonMiddleware says 0,
    while the body has another length. One that a view states by itself stays."""
    if not response.streaming and not response.content and response.headers.get("Content-Length") == "0":
        del response.headers["Content-Length"]
