"""What a layout is: of one kind of file its columns, what they become, and what tells one row from another.

A layout is data: a column names the field it fills and the reader that understands its cells. Columns that are not
listed as read are never looked at: so no column that names contacts can be stored. docs/importing.md explains them.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from events import dates
from events.imports.layouts.contacts import without_contact
from events.models.choices import (
    AiLink,
    Closure,
    Permanence,
    PlaceBasis,
    Precision,
    RelationKind,
    SourceKind,
    Stage,
    Tier,
)
from events.wording import Reading

LONGEST_AS_WRITTEN = 300
LONGEST_PLACE = 200
MOST_YEARS_BETWEEN = 5  # from the announcement to the last job, either way


class Kind(StrEnum):
    """What the rows of a file become."""

    EVENTS = "events"
    NOTES = "notes"
    COMPANIES = "companies"


class Doubt(Exception):
    """A cell that is read with a warning: `value` stands, `kind` is what such warnings are counted under."""

    def __init__(self, kind: str, value: Any, message: str) -> None:
        super().__init__(message)
        self.kind, self.value, self.message = kind, value, message


class BadRow(Exception):
    """A row that cannot become an event; one message for each cell that is wrong."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


class PassedOver(Exception):
    """A row that is sound, but nothing of what is kept here: `reason` is what such rows are counted under."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class More:
    """What only some files say of a row."""

    announced_precision: Precision = Precision.DAY
    effective_precision: Precision = Precision.DAY
    title: str = ""
    share_of: str = ""
    ai_link: AiLink = AiLink.UNKNOWN
    quote: str = ""  # that carries the AI link, in the source that the row cites
    speaker: str = ""
    publisher: str = ""  # of the source
    units: tuple[str, ...] = ()
    reasons: tuple[tuple[str, str], ...] = ()  # kind, and the file's words
    key: str = ""  # what the file calls this row: its other rows name it so
    relations: tuple[tuple[RelationKind, str], ...] = ()  # to rows of the file, by their keys
    notes: tuple[int, ...] = ()  # the AI notes beside it, by their numbers
    superseded: bool = False  # the file says that another row took its place
    stays_draft: str = ""  # why it cannot be public yet


NOTHING_MORE = More()


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row says, in our terms. Two rows of equal facts have the same content."""

    company_as_written: str
    company: str
    announced_on: date
    recorded_on: date | None
    effective_on: date | None
    people: Reading
    wording: str
    share_percent: Decimal | None
    stage: Stage
    permanence: Permanence
    closure: Closure
    sector: str
    country: str
    place: str
    place_basis: PlaceBasis
    url: str
    source: str
    area: str = ""  # with company and day: which rows may be the same notice; compared, never stored
    site: str = ""  # tells rows of one company, day and area apart; compared, never stored
    more: More = NOTHING_MORE


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: `to` is the value it gives, `read` understands a cell (its text without outer blanks)."""

    header: str
    to: str
    read: Callable[[str], Any]


@dataclass(frozen=True)
class Layout:
    """How one kind of file is laid out, whatever its rows become.

    A column may be read twice, for two values. `ends` is the usual last column with what its whole cells look like:
    where the last line has no end, it tells a file that was cut from one that was saved so.
    """

    name: str
    about: str
    publisher: str
    columns: tuple[Column, ...]
    not_read: tuple[str, ...]
    source_kind: SourceKind = SourceKind.ARTICLE
    source_tier: Tier = Tier.REPORTING
    ends: tuple[str, re.Pattern[str]] = ("", re.compile(""))

    kind = Kind.EVENTS

    @property
    def headers(self) -> list[str]:
        return list(dict.fromkeys(column.header for column in self.columns if column.header))

    def seems_cut(self, last_column: str, last_cell: str) -> bool:
        """Whether the last cell of a file, after which no line end stands, is no whole one."""
        usual, whole = self.ends
        return last_column == usual and not whole.fullmatch(last_cell)

    def values(self, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Doubt]]:
        """What the cells of a row mean, and what is doubtful. Raises BadRow with a message for each bad cell."""
        values: dict[str, Any] = {}
        wrong: list[str] = []
        doubts: list[Doubt] = []
        for column in self.columns:
            cell = cells[column.header].strip()
            try:
                values[column.to] = column.read(cell)
            except Doubt as doubt:
                values[column.to], doubt.message = doubt.value, without_contact(doubt.message)
                doubts.append(doubt)
            except ValueError as error:
                wrong.append(f"{column.header}: {without_contact(str(error))}")
        if wrong:
            raise BadRow(wrong)
        return values, doubts

    def read(self, cells: Mapping[str, str]) -> tuple[Any, list[Doubt]]:
        """The facts of a row and what is doubtful about them. Raises BadRow, or PassedOver."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class EventLayout(Layout):
    """A file of layoffs.

    `finish` turns the values of a row into the rest of its Facts, among them what tells rows apart beside company and
    day (`area`, `site`).
    """

    finish: Callable[[Mapping[str, Any]], dict[str, Any]]
    stage: Stage
    place_basis: PlaceBasis

    def read(self, cells: Mapping[str, str]) -> tuple[Facts, list[Doubt]]:
        values, doubts = self.values(cells)
        written = next(cells[c.header].strip() for c in self.columns if c.to == "company")
        if len(written) > LONGEST_AS_WRITTEN:
            raise BadRow([f"The company's name has more than {LONGEST_AS_WRITTEN} characters."])
        facts = {
            "company_as_written": written,
            "recorded_on": None,
            "effective_on": None,
            "share_percent": None,
            "stage": self.stage,
            "permanence": Permanence.UNKNOWN,
            "closure": Closure.UNKNOWN,
            "sector": "",
            "country": "",
            "place": "",
            "place_basis": self.place_basis,
            "url": "",
            "source": "",
            **{name: value for name, value in values.items() if name in Facts.__dataclass_fields__},
            **self.finish(values),
        }
        doubts += _check_days(facts)
        if len(facts["place"]) > LONGEST_PLACE:
            raise BadRow([f"The place has more than {LONGEST_PLACE} characters."])
        return Facts(**facts), doubts


def _check_days(facts: dict[str, Any]) -> list[Doubt]:
    """Clears days that cannot be meant, with a doubt for each."""
    doubts = []
    announced, effective, recorded = facts["announced_on"], facts["effective_on"], facts["recorded_on"]
    if effective and abs(effective.year - announced.year) > MOST_YEARS_BETWEEN:
        facts["effective_on"] = None
        doubts.append(
            Doubt("effective date left out, years away from the announcement", None, f"{effective} for {announced}")
        )
    if recorded and recorded > dates.today():
        facts["recorded_on"] = None
        doubts.append(Doubt("recorded on a day to come: today instead", None, str(recorded)))
    return doubts
