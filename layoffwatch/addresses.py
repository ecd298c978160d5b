"""Whose request it is, behind as many proxies as there are."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that asks: behind PROXY_COUNT proxies, the one that the outermost of ours saw.

    Each proxy adds the address that it saw to the end of X-Forwarded-For. What stands before those of our own
    proxies was sent by the client and may be invented.
    """
    count: int = getattr(settings, "PROXY_COUNT")  # noqa: B009 - a setting of ours, which Django's types do not know
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if count and seen:
        return seen[-min(count, len(seen))]
    return request.META.get("REMOTE_ADDR", "")
