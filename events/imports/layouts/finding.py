"""Which layout a file is read by: known by its header, called by name, or made of what is said of its columns."""

from collections.abc import Sequence
from dataclasses import replace

from events.imports.layouts.days import Undecided, UnsettledDays
from events.imports.layouts.known import LAYOUTS, NOT_READ
from events.imports.layouts.layout import Layout
from events.imports.layouts.mapped import FIELDS, BadMap, fields_in_words, mapped_layout
from events.imports.layouts.seen import SeenColumn, columns_in_words, seen_columns
from events.imports.reading import RawFile


class UnknownLayout(Exception):
    """No layout fits the header; the message says which comes nearest and what it lacks.

    `columns` are those of the file where an editor may say what they are, and `brief` is then the message without them.
    """

    def __init__(self, message: str, columns: Sequence[SeenColumn] = (), brief: str = "") -> None:
        super().__init__(message)
        self.columns, self.brief = columns, brief or message


def find_layout(header: list[str], name: str = "", mapping: Sequence[str] = ()) -> Layout:
    """The layout that `header` belongs to, the one called `name`, or the one that `mapping` makes.

    Of a known layout a mapping may say the order of day and month, and nothing else. Raises UnknownLayout.
    """
    if not mapping:
        return _known(header, name)
    try:
        known = _known(header, name)
    except UnknownLayout:
        if name:
            raise
        known = None
    if known and (settled := _in_order(known, mapping)):
        return settled
    if known and name:
        raise UnknownLayout(f"The layout ‘{name}’ says what its columns are: leave out the name, or the map.")
    try:
        return mapped_layout(header, mapping)
    except BadMap as error:
        raise UnknownLayout(error.in_full, brief=str(error)) from error


def why_not(header: list[str], name: str = "", mapping: Sequence[str] = ()) -> str:
    """Why `find_layout` finds none for `header`, in words; empty where it finds one."""
    try:
        find_layout(header, name, mapping)
    except UnknownLayout as unknown:
        return str(unknown)
    return ""


def layout_of(file: RawFile, name: str = "", mapping: Sequence[str] = ()) -> Layout:
    """The layout of `file`, the order of day and month settled by all its rows. Raises UnknownLayout."""
    try:
        layout = find_layout(file.header, name, mapping)
    except UnknownLayout as unknown:
        columns = seen_columns(file)
        if name or mapping:
            raise UnknownLayout(str(unknown), columns, unknown.brief) from unknown
        raise UnknownLayout(
            f"{unknown}\n{columns_in_words(columns)} To read it all the same, say what each column is, "
            f"--map 'COLUMN=field', as often as needed. {fields_in_words()}",
            columns,
            unknown.brief,
        ) from unknown
    try:
        return _settled(layout, file)
    except UnsettledDays as error:
        # Of a known layout the columns are known; only the order is asked.
        columns = [] if layout.name in LAYOUTS else seen_columns(file)
        raise UnknownLayout(str(error), columns) from error


def _settled(layout: Layout, file: RawFile) -> Layout:
    """`layout` with readers of days in the order that the columns show. Raises UnsettledDays."""
    columns = list(layout.columns)
    for place, column in enumerate(columns):
        if isinstance(column.read, Undecided):
            at = file.header.index(column.header)
            cells = (row.cells[at].strip() for row in file.rows if len(row.cells) == len(file.header))
            columns[place] = replace(column, read=column.read.settled(column.header, column.to, cells))
    return replace(layout, columns=tuple(columns))


def _in_order(layout: Layout, mapping: Sequence[str]) -> Layout | None:
    """`layout` with the orders of days that `mapping` says; None where it says anything else."""
    undecided = {f"{c.header}={c.to}": c for c in layout.columns if isinstance(c.read, Undecided)}
    readers = {}
    for words in mapping:
        column, _colon, option = words.rpartition(":")
        found = undecided.get(column)
        if found is None or option not in FIELDS[found.to].options:
            return None
        readers[found] = FIELDS[found.to].options[option]
    columns = tuple(replace(column, read=readers.get(column, column.read)) for column in layout.columns)
    return replace(layout, columns=columns)


def _known(header: list[str], name: str) -> Layout:
    if name:
        if name not in LAYOUTS:
            raise UnknownLayout(f"There is no layout ‘{name}’. There are: {', '.join(LAYOUTS)}.")
        return _require(LAYOUTS[name], header)
    nearest = max(LAYOUTS.values(), key=lambda layout: _nearness(layout, header))
    if _nearness(nearest, header) < 0.5:
        shown = ", ".join(f"‘{column[:30]}’" for column in header[:6])
        known = " ".join(f"{layout.name}: {layout.about}." for layout in LAYOUTS.values())
        brief = f"The first row ({shown}) is the header of no known file."
        raise UnknownLayout(f"{brief} Known layouts are: {known}", brief=brief)
    return _require(nearest, header)


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
        message += " Was a column renamed? Nothing is read as blank: give it its old name again"
        raise UnknownLayout(f"{message}.", brief=f"{message}, or say what each column is.")
    return layout


def unread_columns(layout: Layout, header: list[str]) -> list[str]:
    """The columns of the file that the layout does not know at all."""
    return [column for column in header if column not in {*layout.headers, *layout.not_read, *NOT_READ}]
