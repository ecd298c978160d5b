"""What an editor said of the columns of a file, kept for the next file with the same header."""

import hashlib
import json
from collections.abc import Sequence

from django.contrib.auth.models import User

from events.imports.layouts import why_not
from events.imports.layouts.mapped import parsed
from events.models import SavedMapping
from events.text import fold


def header_key(header: Sequence[str]) -> str:
    """Two headers with the same words, in any order and case, have the same."""
    return hashlib.sha256(json.dumps(sorted(fold(name) for name in header)).encode()).hexdigest()


def saved_for(header: Sequence[str]) -> SavedMapping | None:
    return SavedMapping.objects.select_related("saved_by").filter(header_key=header_key(header)).first()


def mapping_for(saved: SavedMapping, header: Sequence[str]) -> list[str]:
    """The words of `saved` with the columns as `header` writes them."""
    written = {fold(name): name for name in header}
    found = []
    for words in saved.mapping:
        column, _name, _option = parsed(words)
        rest = words.rpartition("=")[2]
        found.append(f"{column if column in header else written.get(fold(column), column)}={rest}")
    return found


def remember(header: Sequence[str], mapping: Sequence[str], name: str, user: User | None) -> None:
    """Keeps what was said of the columns, in the place of what was said of such columns before."""
    values = {"mapping": list(mapping), "name": name, "saved_by": user}
    SavedMapping.objects.update_or_create(header_key=header_key(header), defaults=values)


class Mapping:
    """What is said of the columns of a file; where nothing is and its header is not known, what was saved for it."""

    def __init__(self, layout: str, said: Sequence[str]) -> None:
        self._layout, self._said = layout, said

    def of(self, header: list[str]) -> Sequence[str]:
        saved = self.saved(header)
        return mapping_for(saved, header) if saved else self._said

    def saved(self, header: list[str]) -> SavedMapping | None:
        if self._said or self._layout or not why_not(header):
            return None
        return saved_for(header)
