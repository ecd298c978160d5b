"""The site's addresses, read from the URL configuration, so that a new page is tested from its first day."""

from django.test import Client
from django.urls import URLPattern, get_resolver

# What answers only where the settings name a contact, and where something is asked.
OPTIONAL = ("/.well-known/security.txt", "/oembed")
# What other sites may show in a frame.
FRAMED = "/embed/"


def plain_addresses(content_type: str = "") -> list[str]:
    """Every reader's address without parameters; with `content_type`, those that answer with it."""
    addresses = [
        "/" + pattern.pattern.regex.pattern.removeprefix("^").removesuffix("$").removesuffix(r"\Z").replace("\\", "")
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLPattern) and not pattern.pattern.regex.groups
    ]
    addresses = [address for address in addresses if address not in OPTIONAL]
    if content_type:
        client = Client()
        return [a for a in addresses if client.get(a).headers.get("Content-Type", "").startswith(content_type)]
    return addresses
