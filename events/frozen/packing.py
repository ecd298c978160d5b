"""Dataclasses as JSON and back, by their own type hints: a figure is kept as data, not as markup of a day."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from django.utils.functional import Promise

from events.selection.sizes import Sizes

T = TypeVar("T")
# What a hint names that its module imports for type checkers alone.
_NAMES = {"Sizes": Sizes}


def packed(value: Any) -> Any:
    """`value` as JSON takes it."""
    if is_dataclass(value):
        return {field.name: packed(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [packed(one) for one in value]
    if isinstance(value, dict):
        # Pairs: a database may keep the names of an object in an order of its own.
        return [[key, packed(one)] for key, one in value.items()]
    return str(value) if isinstance(value, date | Decimal | Promise) else value


def unpacked(kind: type[T], tree: Any) -> T:
    """The dataclass `kind` from what `packed` made of one, perhaps years ago: a field that it has no more is left out,
    one that it did not have then has its default."""
    hints = get_type_hints(kind, localns=_NAMES)
    known = {field.name for field in fields(kind) if field.init}  # type: ignore[arg-type]
    return kind(**{name: _value(hints[name], value) for name, value in tree.items() if name in known})


def _value(hint: Any, value: Any) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if value is None:
        return None
    if origin in (Union, UnionType):
        return _value(next(one for one in inner if one is not type(None)), value)
    if origin is list:
        return [_value(inner[0], one) for one in value]
    if origin is tuple:
        return tuple(_value(one, part) for one, part in zip(inner, value, strict=True))
    if origin is dict:
        return {key: _value(inner[1], one) for key, one in value}
    if hint is Decimal:
        return Decimal(value)
    if hint is date:
        return date.fromisoformat(value)
    return unpacked(hint, value) if isinstance(hint, type) and is_dataclass(hint) else value
