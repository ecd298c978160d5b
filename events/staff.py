"""A company's staff as sources tell of it: headcounts over time, and the shares of staff that cuts took.

No share is reckoned here: a percentage stands with what its source says that it is a percentage of (model.md).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from events import present
from events.charts import Figure
from events.models.edition import EventEdition, HeadcountEdition
from events.selection import EventSelection, period_key, periods_between

# Fewer make no line.
LEAST_DRAWN = 2


@dataclass(frozen=True)
class StaffLine:
    """One year or quarter of the line, which is also a row of the table; without a headcount it is a gap."""

    key: str
    label: str
    people: int | None = None
    words: str = ""
    counted_on: date | None = None
    precision: str = ""
    href: str = ""


@dataclass(kw_only=True)
class StaffChart(Figure):
    """Headcounts as a line that breaks where none is known."""

    lines: list[StaffLine]


def staff_chart(company: str, headcounts: Iterable[HeadcountEdition]) -> StaffChart | None:
    """The line of a company's headcounts: by year, or by quarter where a year has several. None for fewer than two that
    state a figure. Of several in one period the latest is drawn; the list beside it has all."""
    known = sorted((h for h in headcounts if h.headline is not None), key=lambda h: (h.counted_from, h.record_id))
    if len(known) < LEAST_DRAWN:
        return None
    several = max(Counter(h.counted_from.year for h in known).values()) > 1
    by_quarter = several and all(_key(h, "quarter") for h in known)
    grain = "quarter" if by_quarter else "year"
    found = {_key(h, grain): h for h in known}
    first, last = known[0], known[-1]
    finding = _("%(before)s on %(then)s, %(after)s on %(now)s.") % {
        "before": _people(first),
        "then": present.day_words(first.counted_from, first.date_precision),
        "after": _people(last),
        "now": present.day_words(last.counted_from, last.date_precision),
    }
    title = _("Employees of %(company)s") % {"company": company}
    return StaffChart(
        id="staff",
        kind="published",
        title=title,
        finding=finding,
        first_column=_("Quarter") if by_quarter else _("Year"),
        lines=[_line(key, found.get(key)) for key in periods_between(found, grain)],
        stem="companies",
    )


def _line(key: str, h: HeadcountEdition | None) -> StaffLine:
    label = present.period_words(key)
    return (
        StaffLine(key, label, h.headline, _people(h), h.counted_from, h.date_precision) if h else StaffLine(key, label)
    )


def _key(headcount: HeadcountEdition, grain: str) -> str:
    month = headcount.counted_from.isoformat()[:7] if headcount.date_precision in ("day", "month") else ""
    return period_key(grain, month, headcount.counted_from, headcount.date_precision)


def _people(h: HeadcountEdition) -> str:
    return present.figure(h.people_low, h.people, h.people_high, h.qualifier)


def shares_of_staff(selection: EventSelection, most: int) -> list[EventEdition]:
    """The latest events of a selection whose source gives a share of staff."""
    shares = selection.editions.filter(share_percent__isnull=False).select_related("company", "document")
    return list(shares.order_by("-announced_from", "-record_id")[:most])
