"""What the rows of a record name (sources, other events, companies), asked for once for all of them.

Django asks for each row: to check its choice, to show it, and to say what the row is called. A record with forty
citations would ask some hundred times.
"""

from collections.abc import Iterable
from copy import copy
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.db.models import QuerySet


def is_id(text: str) -> bool:
    """Whether `text` may be a record's id: digits, and no more than a database takes."""
    return text.isascii() and text.isdigit() and len(text) < 19


class Remembered:
    """The records of `queryset` that are wanted, by id as text; read when the first is needed."""

    def __init__(self, queryset: QuerySet) -> None:
        self.queryset = queryset
        self.found: dict[str, models.Model] = {}
        self._wanted: set[str] = set()
        self._asked: set[str] = set()

    def want(self, ids: Iterable[Any]) -> None:
        """These may be asked for: `ids` as a form sends them; what is no id is passed over."""
        self._wanted |= {text for text in map(str, ids) if is_id(text)}

    def get(self, pk: Any) -> Any:
        """The record of this id; None if there is none, or it was not wanted."""
        if new := self._wanted - self._asked:
            self._asked |= new
            self.found |= {str(one.pk): one for one in self.queryset.filter(pk__in=new)}
        return self.found.get(str(pk))


class RowChoice(forms.ModelChoiceField):
    """A choice of a row; all rows of a formset remember together."""

    def __init__(self, queryset: QuerySet, **options: Any) -> None:
        super().__init__(queryset, **options)
        # Copies of the field, one for each row's form, keep the same.
        self.remembered = Remembered(self.queryset)

    def to_python(self, value: Any) -> Any:
        return self.remembered.get(value) or super().to_python(value)


class RowAutocomplete(AutocompleteSelect):
    """Shows the choice of a `RowChoice`."""

    def optgroups(self, name: str, value: list[str], attr: Any = None) -> Any:
        choices: Any = self.choices
        known = choices.field.remembered.get(value[0]) if len(value) == 1 else None
        if known is None:
            return super().optgroups(name, value, attr)
        shown = copy(self)
        shown.choices = copy(choices)
        shown.choices.queryset = _Given([known])  # type: ignore[attr-defined]
        return AutocompleteSelect.optgroups(shown, name, value, attr)


class _Given:
    """What a queryset would answer."""

    def __init__(self, found: list[models.Model]) -> None:
        self.found = found

    def using(self, _database: Any) -> "_Given":
        return self

    def filter(self, **_by_id: Any) -> list[models.Model]:
        return self.found
