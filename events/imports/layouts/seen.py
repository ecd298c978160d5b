"""What an editor is shown of the columns of a file that is not known; nothing of those that name people."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from events.imports.layouts.contacts import holds_contact, looks_like_contacts
from events.imports.layouts.days import Orders, in_numbers
from events.imports.reading import RawFile

SAMPLED_ROWS = 50
SAMPLES = 3
LONGEST_SAMPLE = 40  # characters
MASKED = "…"


@dataclass(slots=True)
class SeenColumn:
    """A column with up to three different cells; one that holds a contact is masked.

    `contacts`: the column is about people, and never read. `days_open` says why the order of its days cannot be told.
    """

    name: str
    samples: list[str] = field(default_factory=list)
    contacts: bool = False
    days_open: str = ""


def seen_columns(file: RawFile) -> list[SeenColumn]:
    """The columns of `file`, with samples of its first rows; the order of days is looked for in all."""
    columns = [SeenColumn(name, contacts=looks_like_contacts(name)) for name in file.header]
    for row in islice(file.rows, SAMPLED_ROWS):
        for column, cell in zip(columns, row.cells, strict=False):
            shown = " ".join(cell.split())
            shown = MASKED if holds_contact(shown) else shown[:LONGEST_SAMPLE]
            if shown and len(column.samples) < SAMPLES and shown not in column.samples:
                column.samples.append(shown)
    for column in columns:
        # Nothing but contacts is a column of contacts, whatever its name.
        column.contacts = column.contacts or column.samples == [MASKED]
        if column.contacts:
            column.samples = []
    _look_at_days(columns, file)
    return columns


def _look_at_days(columns: list[SeenColumn], file: RawFile) -> None:
    orders = {place: Orders() for place, column in enumerate(columns) if any(map(in_numbers, column.samples))}
    if not orders:
        return
    for row in file.rows:
        if len(row.cells) == len(columns):
            for place, found in orders.items():
                found.take(row.cells[place].strip())
    for place, found in orders.items():
        columns[place].days_open = found.why_open


def columns_in_words(columns: Iterable[SeenColumn]) -> str:
    """The columns of a file, each with a cell of it, for a message."""
    shown = []
    for column in columns:
        if column.contacts:
            shown.append(f"‘{column.name}’ (seems to name people: never read)")
        elif column.name:
            shown.append(f"‘{column.name}’ ({column.samples[0] if column.samples else 'empty'})")
    return f"Its columns are {', '.join(shown)}."
