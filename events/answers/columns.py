"""The columns of files: a list of our own, each once, with its meaning. The data dictionary is this list.

A field that a model gains does not appear here by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from events.shown import EventRow


@dataclass(frozen=True)
class Column:
    """One column: its name in files for ever, what it means, its value; `text` cells are guarded in spreadsheets."""

    name: str
    meaning: Any
    value: Callable[[EventRow], Any]
    text: bool = True


def _decimal(value: Any) -> Any:
    return None if value is None else format(value.normalize(), "f")


EVENT_COLUMNS = (
    Column("id", _("The event's number here, for ever."), lambda r: r.edition.record_id, text=False),
    Column("company", _("The employer."), lambda r: r.company.name),
    Column("parent", _("Who owned it through the event's whole date, nearest first."), lambda r: _names(r.owners)),
    Column("announced_on", _("Day it became public, as exactly as known."), lambda r: r.edition.announced_on, False),
    Column("announced_from", _("First day that announced_on stands for."), lambda r: r.edition.announced_from, False),
    Column("announced_until", _("Last day that announced_on stands for."), lambda r: r.edition.announced_until, False),
    Column("date_precision", _("day, month, quarter or year."), lambda r: r.edition.date_precision),
    Column("effective_on", _("When jobs end, as exactly as known."), lambda r: r.edition.effective_on, False),
    Column("recorded_on", _("The day from which it was known here."), lambda r: r.edition.recorded_on, False),
    Column("people_low", _("People: the low bound."), lambda r: r.edition.people_low, False),
    Column("people", _("People: the best figure."), lambda r: r.edition.people, False),
    Column("people_high", _("People: the high bound; empty if not known."), lambda r: r.edition.people_high, False),
    Column("qualifier", _("exact, about, at_least, up_to, range or none."), lambda r: r.edition.qualifier),
    Column("wording", _("The figure in the source's own words."), lambda r: r.body["figure"]["wording"]),
    Column("people_basis", _("stated, from_percent, editors_bound or unknown."), lambda r: r.body["figure"]["basis"]),
    Column("share_percent", _("Percent of a workforce."), lambda r: _decimal(r.edition.share_percent), False),
    Column("counts_as", _("What it is for counting: never add two kinds."), lambda r: r.edition.counts_as),
    Column("stage", _("signalled, announced, filed, carried_out or called_off."), lambda r: r.edition.stage),
    Column("permanence", _("permanent, temporary or unknown."), lambda r: r.edition.permanence),
    Column("closure", _("Whether a site closes: yes, no or unknown."), lambda r: r.edition.closure),
    Column("ai_link", _("What is claimed about the cut and AI."), lambda r: r.edition.ai_link),
    Column("sector", _("The event's sector."), lambda r: r.edition.sector),
    Column("country", _("ISO code; of the jobs if the source says so, else of the seat."), lambda r: r.edition.country),
    Column("place", _("City, state or region."), lambda r: r.edition.place),
    Column("units", _("Parts of the company it touches."), lambda r: "; ".join(u["name"] for u in r.body["units"])),
    Column("reasons", _("Why, as a source says."), lambda r: "; ".join(x["kind"] for x in r.body["reasons"])),
    Column("part_of", _("Number of the event that it is part of."), lambda r: r.edition.part_of, False),
    Column("counted_low", _("Net low: sum these for the page's low."), lambda r: r.counted[0], False),
    Column("counted", _("Net figure: sum these for the page's people."), lambda r: r.counted[1], False),
    Column("counted_high", _("Net high: sum these for the page's high."), lambda r: r.counted[2], False),
    Column("high_open", _("true if it leaves the sum's high open."), lambda r: "true" if r.net.high_open else "false"),
    Column("source_url", _("The source whose figure is used."), lambda r: r.citation["url"] if r.citation else ""),
    Column("publisher", _("Who published that source."), lambda r: r.citation["publisher"] if r.citation else ""),
    Column("url", _("The event's page here."), lambda r: r.edition.get_absolute_url(), text=False),
)  # fmt: skip


def _names(companies: Any) -> str:
    return "; ".join(company.name for company in companies)
