"""The log of corrections: the editions after a record's first, newest first, of all kinds of records.

What only followed because a related record changed is in the log of changes, not here.
"""

from datetime import date
from typing import Any

from django.db.models import Q

from events.models.choices import Change
from events.models.edition import Edition, EventEdition, HeadcountEdition, NoteEdition, TotalEdition
from events.query import CorrectionQuery, write_cursor
from events.selection.paging import PAGE_SIZE, Page

# In the order in which kinds stand within a day. Links hold their places: a new kind goes to the end.
CORRECTED: tuple[type[Edition], ...] = (EventEdition, NoteEdition, TotalEdition, HeadcountEdition)

_Key = tuple[date, int, int, int]


class CorrectionSelection:
    """What was corrected, withdrawn or published anew, up to a day."""

    def __init__(self, query: CorrectionQuery) -> None:
        self.query, self.day = query, query.as_of

    def page(self, size: int = PAGE_SIZE) -> Page:
        """One page of editions by key: no kind is asked for more rows than the page holds, each by an index."""
        cursor = self.query.cursor
        key = _read(cursor[0]) if cursor else None
        if cursor and key is None:
            return Page()
        backwards = bool(cursor and cursor[1])
        found: list[Any] = []
        for place, kind in enumerate(CORRECTED):
            rows: Any = kind._default_manager.filter(number__gt=1).exclude(change=Change.TOUCHED)
            if self.day:
                rows = rows.filter(known_from__lte=self.day)
            if key:
                rows = rows.filter(_beyond(key, place, backwards))
            order = ("known_from", "record_id", "number")
            rows = rows.order_by(*(order if backwards else (f"-{name}" for name in order)))
            if kind is HeadcountEdition:
                rows = rows.select_related("company")
            found += rows[: size + 1]
        found.sort(key=_key, reverse=not backwards)
        more, found = len(found) > size, found[:size]
        if backwards:
            found.reverse()
        page = Page(found)
        if found and (more if backwards else cursor):
            page.newer = self._link(found[0], "before")
        if found and (cursor if backwards else more):
            page.older = self._link(found[-1], "after")
        return page

    def _link(self, edition: Any, direction: str) -> str:
        return self.query.canonical(**{"after": None, "before": None, direction: write_cursor(list(_key(edition)))})


def _key(edition: Any) -> _Key:
    """Rows stand in the order of these, the largest first."""
    return edition.known_from, -CORRECTED.index(type(edition)), edition.record_id, edition.number


def _read(cursor: list[Any]) -> _Key | None:
    """The key of a link; None for a link of another list."""
    try:
        day, place, record, number = cursor
        return date.fromisoformat(day), place + 0, record + 0, number
    except (TypeError, ValueError):
        return None


def _beyond(key: _Key, place: int, backwards: bool) -> Q:
    """The rows of the kind at `place` that stand after (or before) the one of `key`."""
    day, kind, record, number = key
    past = "gt" if backwards else "lt"
    here = -place
    same = Q(known_from=day)
    if here == kind:
        same &= Q(**{f"record_id__{past}": record}) | Q(record_id=record, **{f"number__{past}": number})
    elif (here > kind) != backwards:
        # All of this kind's rows of the day were on the page before.
        return Q(**{f"known_from__{past}": day})
    # The first says nothing new, but lets the database begin at the day.
    return Q(**{f"known_from__{past}e": day}) & (Q(**{f"known_from__{past}": day}) | same)
