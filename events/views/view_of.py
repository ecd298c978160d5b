"""Which view of ours an address names: a whole one that was pasted, or a path with its query."""

from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from events.answers.answer import SUBJECTS, Subject
from events.query import Query

MOST_WRITTEN = 4_000


class NoView(Exception):
    """What is wrong with an address, in words for its reader."""


def path_of(request: HttpRequest, address: str) -> tuple[str, str]:
    """Path and query string of an address on this site. Raises NoView for any other."""
    address = address.strip()
    if len(address) > MOST_WRITTEN:
        raise NoView(_("This address is too long: at most %(n)s characters.") % {"n": MOST_WRITTEN})
    try:
        parts = urlsplit(address)
        host = parts.netloc
    except ValueError:
        raise NoView(_("This is no address.")) from None
    if host not in ("", request.get_host()) or parts.scheme not in ("", "http", "https"):
        raise NoView(_("This address is not one of this site."))
    if not parts.path.startswith("/") or address.startswith("//") or (parts.scheme and not host):
        raise NoView(_("This is no address of this site: one begins with “/events/”, for example."))
    return parts.path, parts.query


def view_of(request: HttpRequest, address: str) -> tuple[Subject, Query]:
    """The subject and the query, checked or not, of a list's address. Raises NoView."""
    path, string = path_of(request, address)
    subject = SUBJECTS.get(path.strip("/"))
    if subject is None or path != f"/{subject.stem}/":
        raise NoView(
            _("Only lists can be frozen: %(lists)s, each with any filter.")
            % {"lists": ", ".join(f"/{stem}/" for stem in SUBJECTS)}
        )
    return subject, subject.query(QueryDict(string))
