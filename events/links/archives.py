"""Asks an archive for its copy of an address, where the settings name one: nobody is asked by surprise."""

import json
from datetime import date
from urllib.parse import quote

from events.links.web import NoAnswer, Web

MOST_BYTES = 100_000


def archived_copy(web: Web, api: str, url: str, day: date | None = None) -> str:
    """The address of an archived copy of `url`, near `day` if the archive takes one; "" where there is none.

    `api` is an address with {url} and, if it likes, {day} (as 20240118) in it, which answers as the Wayback Machine's
    availability API does. Raises NotPublic and NoAnswer.
    """
    asked = api.replace("{url}", quote(url, safe="")).replace("{day}", f"{day:%Y%m%d}" if day else "")
    answer = web.ask("GET", asked, MOST_BYTES)
    if answer.status != 200:
        raise NoAnswer(f"The archive answered HTTP {answer.status}.")
    try:
        closest = json.loads(answer.body)["archived_snapshots"].get("closest") or {}
        found = (
            closest.get("url", "") if closest.get("available") and str(closest.get("status", "200")) == "200" else ""
        )
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise NoAnswer("The archive's answer cannot be read.") from error
    return found if isinstance(found, str) else ""
