"""The parameters of links, read from the FilterSets: what each means, in words and as JSON Schema.

The API description and its page are made of these. Nothing here names a parameter: a filter that is added or changed
appears by itself, described by its label, its help text and the class of its field.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from events import present, values
from events.filters import takes_many
from events.query import Query

# The parts of a page's key: what an answer of every row refuses.
PAGES = ("after", "before")
# Where the description of an API says what a date is.
DATE = {"$ref": "#/components/schemas/date"}
MAX_LISTED = 60


@dataclass(frozen=True)
class Choice:
    """One value that a parameter may have, with its meaning."""

    value: str
    label: str


@dataclass(frozen=True)
class Parameter:
    """One parameter of a query string.

    `label` is its name in a reader's words, `meaning` what it asks for, `form` how a value is written, `schema` the
    same as JSON Schema; `choices` are all values that it may have, if they are few enough to be named.
    """

    name: str
    label: str
    meaning: str
    form: str
    schema: dict[str, Any]
    choices: tuple[Choice, ...] = ()
    several: bool = False
    required: bool = False

    @property
    def description(self) -> str:
        """Label, meaning and form in one text, for readers who see the description alone."""
        parts = [f"{self.label[:1].upper()}{self.label[1:]}.", self.meaning, self.form]
        named = [c for c in self.choices if c.label.casefold().replace(" ", "_") != c.value]
        if named and len(named) <= MAX_LISTED:
            parts.append("; ".join(f"{choice.value}: {choice.label}" for choice in named) + ".")
        if self.several:
            parts.append(_("May be given several times."))
        return " ".join(part for part in parts if part)

    def as_openapi(self) -> dict[str, Any]:
        """The parameter as OpenAPI 3.1 has it."""
        found: dict[str, Any] = {"name": self.name, "in": "query", "description": self.description}
        if self.required:
            found["required"] = True
        if self.several:
            found |= {"style": "form", "explode": True}
        return found | {"schema": self.schema}


def parameters(query: type[Query]) -> Iterator[Parameter]:
    """Every parameter of a query's FilterSet, in its order."""
    for name, filter_ in query.filters.base_filters.items():
        # Of a copy: a filter keeps its field, and each request would copy what the FilterSet's own filters keep.
        field = copy.copy(filter_).field
        choices = tuple(Choice(str(value), str(label)) for value, label in getattr(field, "choices", ()))
        several = takes_many(field)
        schema = _schema(field, [choice.value for choice in choices])
        if several:
            schema = {"type": "array", "items": schema}
            if isinstance(field, values.ManyField):
                schema["maxItems"] = values.MAX_VALUES
        if name == "order":
            schema["default"] = query.default_order
        yield Parameter(
            name, str(field.label), str(field.help_text), _form(field), schema, choices, several, field.required
        )


def _schema(field: forms.Field, choices: list[str]) -> dict[str, Any]:
    """What one value of `field` may be."""
    if choices:
        return {"type": "string", "enum": choices}
    if isinstance(field, values.DayField):
        return DATE
    if isinstance(field, forms.IntegerField):
        kind = "number" if isinstance(field, forms.DecimalField | forms.FloatField) else "integer"
        bounds = {"minimum": field.min_value, "maximum": field.max_value}
        if places := getattr(field, "decimal_places", None):
            bounds["multipleOf"] = 10**-places
        return {"type": kind} | {name: bound for name, bound in bounds.items() if bound is not None}
    longest = values.MAX_TEXT if isinstance(field, values.ManyField) else getattr(field, "max_length", None)
    return {"type": "string"} | ({"maxLength": longest} if longest else {})


def _form(field: forms.Field) -> str:
    """How one value of `field` is written, in words; "" where its choices say it."""
    match field:
        case values.DayField():
            past = _("that is not to come") if isinstance(field, values.PastDayField) else ""
            stands_for = _("last") if field.end else _("first")
            text = _("A day %(past)s; a month, quarter or year stands for its %(first)s day.")
            return (text % {"past": past, "first": stands_for}).replace(" ;", ";")
        case forms.DecimalField():
            return _("%(bounds)s, with at most %(n)s decimals.") % {
                "bounds": _bounds(_("A number"), field),
                "n": field.decimal_places,
            }
        case forms.IntegerField():
            return _bounds(_("A whole number"), field) + "."
        case values.WordsField():
            text = _("At most %(n)s words and %(max)s characters, without regard to case and accents.")
            return text % {"n": values.MAX_WORDS, "max": field.max_length}
        case values.TextField():
            text = _("Text of at most %(max)s characters, without regard to case and accents.")
            return text % {"max": field.max_length}
        case values.CompaniesField():
            return _("A company's address here (company_slug), or its name or an alias of it.")
        case values.PublishersField():
            return _("A publisher's whole name, without regard to case and accents.")
        case forms.ChoiceField():
            return ""
    longest = getattr(field, "max_length", None)
    return _("Text of at most %(max)s characters.") % {"max": longest} if longest else _("Text.")


def _bounds(kind: str, field: Any) -> str:
    low, high = field.min_value, field.max_value
    if low is None or high is None:
        return kind
    return _("%(kind)s from %(low)s to %(high)s") % {
        "kind": kind,
        "low": present.whole(low),
        "high": present.whole(high),
    }
