"""The one kind of error that Django answers without a page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


class MethodMiddleware:
    """Gives an answer of 405 (a method that an address does not take) a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content:
            context = {"allowed": response.headers.get("Allow", ""), "method": request.method}
            response.content = render_to_string("405.html", context, request)
        return response
