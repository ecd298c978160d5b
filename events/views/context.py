"""What every page shows: the version of the data, its licence, and which part of the site it is in."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from events.citing import LICENCE, LICENCE_URL
from events.selection import data_version


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "record": SimpleLazyObject(data_version),
        "licence": {"name": LICENCE, "url": LICENCE_URL},
        "section": request.path.strip("/").split("/")[0],
    }
