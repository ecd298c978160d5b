"""The bars of a series by name: the stable value of each, and its words for a reader."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries

from events import present
from events.models.choices import AiLink, NoteKind, ReasonKind, Sector, Stage
from events.selection.series import NO_FIGURE
from events.shown import Names

_CHOICES = {"sector": Sector, "ai_link": AiLink, "stage": Stage, "reason": ReasonKind, "kind": NoteKind}


def labelled(by: str, labels: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """For each bar its key in answers (a company's is its slug, that of what is not stated null) and its label.

    `labels` has the words of bars whose key has none, by key.
    """
    if by in ("company", "group"):
        names = Names()
        names.add(map(int, labels))
        companies = {key: names.company(int(key)) for key in labels}
        return {key: {"key": company.slug, "label": company.name} for key, company in companies.items()}
    return {key: {"key": key or None, "label": label or _label(by, key)} for key, label in labels.items()}


def _label(by: str, key: str) -> str:
    if not key:
        return _("not stated")
    if key == NO_FIGURE:
        return _("no figure")
    if by in ("month", "quarter", "year", "cumulative", "size_by_year"):
        return present.period_words(key)
    if by == "country":
        return countries.name(key) or key
    if choices := _CHOICES.get(by):
        return str(choices(key).label)
    return key
