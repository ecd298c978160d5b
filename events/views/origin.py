"""Whether a form came from a page of ours. Readers' forms have no cookie to prove it by: the browser says it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def is_from_here(request: HttpRequest) -> bool:
    """What browsers write and pages of other sites cannot: Sec-Fetch-Site, else Origin, else Referer.

    Who says nothing of the three is refused: every browser sends one with a form.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    said = request.headers.get("Origin") or _origin(request.headers.get("Referer", ""))
    ours = f"{request.scheme}://{request.get_host()}"
    return said in (ours, *settings.CSRF_TRUSTED_ORIGINS)


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
