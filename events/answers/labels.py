"""The bars of a series by name: the stable value of each, and its words for a reader."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django_countries import countries

from events import present
from events.models.choices import AiLink, ReasonKind, Sector, Stage
from events.selection import Bar
from events.selection.series import NO_FIGURE
from events.shown import Names

_CHOICES = {"sector": Sector, "ai_link": AiLink, "stage": Stage, "reason": ReasonKind}


def labelled(by: str, bars: Iterable[Bar]) -> dict[str, dict[str, Any]]:
    """For each bar its key in answers (a company's is its slug, that of what is not stated null) and its label."""
    bars = list(bars)
    if by in ("company", "group"):
        names = Names()
        names.add(int(bar.key) for bar in bars)
        companies = {bar.key: names.company(int(bar.key)) for bar in bars}
        return {key: {"key": company.slug, "label": company.name} for key, company in companies.items()}
    return {bar.key: {"key": bar.key or None, "label": bar.label or _label(by, bar.key)} for bar in bars}


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
