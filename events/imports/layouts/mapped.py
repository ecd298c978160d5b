"""A layout made of what an editor says of each column: 'COLUMN=field', for files that are not known.

The words are data: a list of them makes the same layout again, next month. What looks like people's contacts is never
read: neither a column whose name says so nor a cell that holds one.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django_countries import countries

from events.imports.layouts.cells import (
    announced,
    company,
    country,
    fraction,
    link,
    maybe,
    people,
    percent,
    sector,
    text,
    wording,
)
from events.imports.layouts.contacts import CONTACT, holds_contact, looks_like_contacts
from events.imports.layouts.days import Order, Undecided, day_in
from events.imports.layouts.layout import Column, Doubt, EventLayout
from events.models.choices import Closure, Permanence, PlaceBasis, Sector, Stage
from events.text import fold


class BadMap(Exception):
    """What was said of the columns makes no layout; the message says why, `hint` what there is to choose from.

    `column` and `field` are what it is about, where it is about one.
    """

    def __init__(self, message: str, *, column: str = "", field: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.column, self.field, self.hint = column, field, hint

    @property
    def in_full(self) -> str:
        return f"{self} {self.hint}".strip()


@dataclass(frozen=True, slots=True)
class Field:
    """What a column may become: `read` for a column without an option, `options` for 'field:option'.

    `choices` are the values, with a word for each, of what may also be said of the whole file ('=country:US').
    """

    name: str
    meaning: str
    read: Callable[[str], Any]
    options: Mapping[str, Callable[[str], Any]]
    required: bool = False
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None


def _days(wrap: Callable[[Any], Callable[[str], Any]]) -> dict[str, Any]:
    return {"read": Undecided(wrap), "options": {str(order): wrap(day_in(order)) for order in Order}}


def _one_of(choices: type[TextChoices]) -> dict[str, Any]:
    words = {fold(spelling): each for each in choices for spelling in (each.value, str(each.label))}

    def read(cell: str) -> Any:
        if cell and fold(cell) not in words:
            raise ValueError(f"‘{cell[:40]}’ is not known. It is one of {', '.join(choices.values)}.")
        return words[fold(cell)] if cell else None

    return {"read": read, "options": {}, "choices": lambda: choices.choices}


def _without_contacts(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def checked(cell: str) -> Any:
        if holds_contact(cell):
            raise ValueError(CONTACT)
        return read(cell)

    return checked


FIELDS = {
    field.name: field
    for field in (
        Field("company", "the employer", _without_contacts(company), {}, required=True),
        Field("announced_on", "day it became public", **_days(announced), required=True),
        Field("people", "number of people, or words (“several hundred”)", people, {}),
        Field("share_percent", "share in percent, or with :fraction as 0.15 for 15 %", percent, {"fraction": fraction}),
        Field("effective_on", "day jobs end", **_days(maybe)),
        Field("recorded_on", "day from which it was known", **_days(maybe)),
        Field("sector", "industry", sector, {}, choices=lambda: Sector.choices),
        Field("country", "country", country, {}, choices=lambda: list(countries)),
        Field("place", "city, state or region", _without_contacts(text), {}),
        Field("place_basis", "what country and place say: jobs or seat", **_one_of(PlaceBasis)),
        Field("stage", "announced, filed …", **_one_of(Stage)),
        Field("permanence", "permanent, temporary, unknown", **_one_of(Permanence)),
        Field("closure", "whether a site closes: yes, no, unknown", **_one_of(Closure)),
        Field("source", "web address of the source", _without_contacts(link), {}),
        Field("site", "what tells rows of one company and day apart; not stored", text, {}),
    )
}


def mapped_layout(header: Sequence[str], mapping: Iterable[str]) -> EventLayout:
    """The layout that `mapping` makes of a file with `header`: 'COLUMN=field', '=field:value'. Raises BadMap."""
    said = [parsed(words) for words in mapping]
    columns: list[Column] = []
    fixed: dict[str, Any] = {}
    taken: set[str] = set()
    for column, name, option in said:
        field = FIELDS.get(name)
        if field is None:
            raise BadMap(f"There is no field ‘{name}’.", column=column, hint=fields_in_words())
        if name in taken:
            raise BadMap(f"The field ‘{name}’ is filled twice.", column=column, field=name)
        taken.add(name)
        if not column:
            fixed[name] = said_of_all(field, option)
            continue
        if column not in header:
            shown = ", ".join(f"‘{each[:40]}’" for each in header if each)
            raise BadMap(f"The file has no column ‘{column}’. It has: {shown}.", column=column)
        if looks_like_contacts(column):
            raise BadMap(
                f"The column ‘{column}’ seems to name people or their contacts: it is never read.", column=column
            )
        if option and option not in field.options:
            known = ", ".join(f"{name}:{each}" for each in field.options) or f"{name} alone"
            raise BadMap(f"‘{name}:{option}’ is not known. There is: {known}.", column=column)
        read = field.options[option] if option else field.read
        columns.append(Column(column, name, read))
        if name == "people":
            columns.append(Column(column, "wording", wording))
    if missing := [field.name for field in FIELDS.values() if field.required and field.name not in taken]:
        raise BadMap(f"No column is said to be {' or '.join(missing)}: every row needs them.", hint=fields_in_words())
    name = _name(said)
    return EventLayout(
        name=name,
        about="a file whose columns were mapped",
        publisher="Imported file",
        columns=tuple(columns),
        not_read=(),
        finish=lambda values: _rest(values, fixed),
        stage=Stage.ANNOUNCED,
        place_basis=PlaceBasis.SEAT,
    )


def parsed(words: str) -> tuple[str, str, str]:
    """Column, field and option. A column's name may hold "=": the last one counts."""
    column, equals, rest = words.rpartition("=")
    if not equals:
        raise BadMap(f"‘{words[:60]}’ is no 'COLUMN=field'.", hint=fields_in_words())
    name, _colon, option = rest.strip().partition(":")
    return column.strip(), name.strip(), option.strip()


def said_of_all(field: Field, value: str) -> Any:
    """What '=field:value' says of all rows. Raises BadMap where it says nothing."""
    if field.choices is None:
        raise BadMap(f"‘{field.name}’ needs a column: 'COLUMN={field.name}'.", field=field.name)
    try:
        found = field.read(value)
    except Doubt as doubt:
        raise BadMap(f"‘{field.name}:{value[:40]}’: {doubt.kind}.", field=field.name) from doubt
    except ValueError as error:
        raise BadMap(f"‘{field.name}:{value[:40]}’: {error}", field=field.name) from error
    if not found:
        raise BadMap(f"‘={field.name}’ needs a value: '={field.name}:…'.", field=field.name)
    return found


def _name(said: Iterable[tuple[str, str, str]]) -> str:
    """What tells the rows of files that are mapped alike from those of others; the order of days is no part of it."""
    words = sorted(each[:2] if each[0] else each for each in said)
    return f"mapped-{hashlib.sha256(json.dumps(words).encode()).hexdigest()[:8]}"


def _rest(values: Mapping[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    rest = dict(fixed)
    # An empty cell leaves what the layout says of all rows.
    for name, blank in (("stage", Stage.ANNOUNCED), ("permanence", Permanence.UNKNOWN), ("closure", Closure.UNKNOWN)):
        if name in values:
            rest[name] = values[name] or blank
    stage = rest.get("stage", Stage.ANNOUNCED)
    basis = PlaceBasis.JOBS if stage == Stage.FILED else PlaceBasis.SEAT
    rest["place_basis"] = values.get("place_basis") or fixed.get("place_basis") or basis
    rest["url"], rest["source"] = values.get("source") or ("", "")
    rest["people"] = values["people"] if "people" in values else people("")
    rest["wording"] = values.get("wording", "")
    return rest


def fields_in_words() -> str:
    """The fields to choose from, for a message."""
    named = "; ".join(
        f"{field.name}{' (needed)' if field.required else ''}: {field.meaning}{_options_in_words(field)}"
        for field in FIELDS.values()
    )
    return f"Fields are {named}. For all rows alike: '=country:US', '=stage:filed'."


def _options_in_words(field: Field) -> str:
    return f"; {' or '.join(f':{option}' for option in field.options)}" if field.options else ""
