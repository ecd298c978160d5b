"""A record's history in words: what each entry changed, in the record and in the rows that belong to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from simple_history.models import HistoricalChanges, ModelChange, ModelDelta
from simple_history.template_utils import HistoricalRecordContextHelper
from simple_history.utils import get_history_manager_for_model

# So many entries of each kind of rows are shown on their record's page; their own pages have all.
SHOWN = 100


class InWords(HistoricalRecordContextHelper):
    """The library's differences with labels for choices, and without what only follows from another field."""

    def context_for_delta_changes(self, delta: ModelDelta) -> list[dict[str, Any]]:
        told = [change for change in delta.changes if self.model._meta.get_field(change.field).editable]
        return super().context_for_delta_changes(
            ModelDelta(told, [change.field for change in told], delta.old_record, delta.new_record)
        )

    def prepare_delta_change_value(self, change: ModelChange, value: Any) -> Any:
        field = self.model._meta.get_field(change.field)
        value = super().prepare_delta_change_value(change, value)
        if isinstance(value, list):
            return value or "–"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if value in (None, ""):
            return "–"
        return str(dict(field.flatchoices).get(value, value)) if getattr(field, "choices", None) else value


@dataclass(frozen=True)
class PartEntry:
    """One entry of the history of a row."""

    kind: Any
    words: str
    entry: HistoricalChanges
    changes: list[dict[str, Any]]
    url: str


def entries_of_parts(record_id: Any, parts: Sequence[tuple[type[models.Model], str]]) -> list[PartEntry]:
    """What was done to the rows that the record has or had, the newest first; also to those taken away."""
    found = [entry for model, name in parts for entry in _entries(model, name, record_id)]
    return sorted(found, key=lambda one: (one.entry.history_date, one.entry.history_id), reverse=True)


def _entries(model: type[models.Model], name: str, record_id: Any) -> Iterator[PartEntry]:
    manager = get_history_manager_for_model(model).filter(**{f"{name}_id": record_id})
    entries = manager.select_related("history_user")._select_related_history_tracked_objs()
    newest = list(entries.order_by("-history_date", "-history_id")[: SHOWN + 1])
    words = _words(model, newest)
    before: dict[Any, HistoricalChanges] = {}
    for entry in reversed(newest):
        changes: list[dict[str, Any]] = []
        if entry.history_type == "~" and entry.id in before:
            delta = entry.diff_against(before[entry.id], foreign_keys_are_objs=True)
            changes = InWords(model, entry).context_for_delta_changes(delta)
        before[entry.id] = entry
        url = reverse(f"admin:events_{model._meta.model_name}_history", args=[entry.id])
        yield PartEntry(model._meta.verbose_name, words[entry.id], entry, changes, url)


def _words(model: type[models.Model], entries: Sequence[Any]) -> dict[Any, str]:
    """Each row as it is called today, or was last."""
    foreign = [f.name for f in model._meta.concrete_fields if f.is_relation]
    rows = model._default_manager.select_related(*foreign).filter(pk__in={entry.id for entry in entries})
    words = {row.pk: str(row) for row in rows}
    for entry in entries:
        if entry.id not in words:
            try:
                words[entry.id] = str(entry.instance)
            except ObjectDoesNotExist:
                words[entry.id] = f"#{entry.id}"
    return words
