"""The files that can be read, one module for each family; a header finds its layout here (docs/importing.md)."""

from events.imports.layouts.finding import UnknownLayout, find_layout, layout_of, unread_columns, why_not
from events.imports.layouts.known import LAYOUTS, NOT_READ
from events.imports.layouts.layout import (
    NOTHING_MORE,
    BadRow,
    Column,
    Doubt,
    EventLayout,
    Facts,
    Kind,
    Layout,
    More,
    PassedOver,
)
from events.imports.layouts.mapped import FIELDS

__all__ = [
    "FIELDS", "LAYOUTS", "NOTHING_MORE", "NOT_READ", "BadRow", "Column", "Doubt", "EventLayout", "Facts", "Kind",
    "Layout", "More", "PassedOver", "UnknownLayout", "find_layout", "layout_of", "unread_columns", "why_not",
]  # fmt: skip
