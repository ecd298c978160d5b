"""The files that can be read, one module for each family; a header finds its layout here (docs/importing.md)."""

from events.imports.layouts.layout import BadRow, Column, Doubt, EventLayout, Facts, Kind, Layout, PassedOver
from events.imports.layouts.tech_lists import TECH_LIST, TECH_LIST_PLACES
from events.imports.layouts.warn import WARN_CA, WARN_REGISTER

__all__ = [
    "LAYOUTS", "NOT_READ", "BadRow", "Column", "Doubt", "EventLayout", "Facts", "Kind", "Layout", "PassedOver",
    "UnknownLayout", "find_layout", "unread_columns", "why_not",
]  # fmt: skip

NOT_READ = ("rejected row", "rejected because")  # the columns that a file of rejects has more

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in (TECH_LIST, TECH_LIST_PLACES, WARN_CA, WARN_REGISTER)}


class UnknownLayout(Exception):
    """No layout fits the header; the message says which comes nearest and what it lacks."""


def find_layout(header: list[str], name: str = "") -> Layout:
    """The layout that `header` belongs to, or the one called `name`. Raises UnknownLayout."""
    if name:
        if name not in LAYOUTS:
            raise UnknownLayout(f"There is no layout ‘{name}’. There are: {', '.join(LAYOUTS)}.")
        return _require(LAYOUTS[name], header)
    nearest = max(LAYOUTS.values(), key=lambda layout: _nearness(layout, header))
    if _nearness(nearest, header) < 0.5:
        shown = ", ".join(f"‘{column[:30]}’" for column in header[:6])
        known = " ".join(f"{layout.name}: {layout.about}." for layout in LAYOUTS.values())
        raise UnknownLayout(f"The first row ({shown}) is the header of no known file. Known layouts are: {known}")
    return _require(nearest, header)


def why_not(header: list[str], name: str = "") -> str:
    """Why `find_layout` finds none for `header`, in words; empty where it finds one."""
    try:
        find_layout(header, name)
    except UnknownLayout as unknown:
        return str(unknown)
    return ""


def _nearness(layout: Layout, header: list[str]) -> float:
    """Which part of the columns that the layout reads the header has."""
    return len(set(layout.headers) & set(header)) / len(layout.headers)


def _require(layout: Layout, header: list[str]) -> Layout:
    missing = [column for column in layout.headers if column not in header]
    if missing:
        others = [column for column in unread_columns(layout, header) if column]
        named = ", ".join(f"‘{column}’" for column in missing)
        message = f"This looks like {layout.about}, but it has no column {named}."
        if others:
            message += f" It has columns that are not known: {', '.join(f'‘{c[:40]}’' for c in others[:10])}."
        raise UnknownLayout(f"{message} Was a column renamed? Nothing is read as blank: give it its old name again.")
    return layout


def unread_columns(layout: Layout, header: list[str]) -> list[str]:
    """The columns of the file that the layout does not know at all."""
    return [column for column in header if column not in {*layout.headers, *layout.not_read, *NOT_READ}]
