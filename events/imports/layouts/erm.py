"""Eurofound's European Restructuring Monitor: announced changes of employment, of which the losses are read."""

import re
from collections.abc import Mapping
from typing import Any

from events.imports.layouts.cells import announced, company, country, sector, text
from events.imports.layouts.days import Undecided
from events.imports.layouts.layout import Column, EventLayout, More, PassedOver
from events.models.choices import Closure, PeopleBasis, PlaceBasis, Qualifier, ReasonKind, Stage
from events.wording import MOST_PEOPLE, Reading

GAIN = "jobs are created, none are cut"
NO_CHANGE = "no change of employment is stated"
_CHANGE = re.compile(r"([+−-]?)\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?")
# The monitor's types that say why; the others ("Offshoring") say how.
_REASONS = {
    "closure": ReasonKind.CLOSURE,
    "merger": ReasonKind.MERGER,
    "internal restructuring": ReasonKind.RESTRUCTURING,
}


def _change(cell: str) -> int | None:
    """Jobs more or, below 0, fewer; None where it is blank."""
    if not cell:
        return None
    found = _CHANGE.fullmatch(cell)
    if found is None:
        raise ValueError(
            f"‘{cell[:40]}’ is no change of employment. It looks like -120 for jobs lost, 120 for jobs won."
        )
    count = int(found[2].replace(",", "")[:20])
    if count > MOST_PEOPLE:
        raise ValueError(f"‘{cell[:40]}’ is more people than any employer has.")
    return -count if found[1] in ("-", "−") else count


def _loss(values: Mapping[str, Any]) -> dict[str, Any]:
    change, kind = values["change"], values["type"]
    word = kind.casefold()
    if change is not None and change > 0 or change is None and "expansion" in word:
        raise PassedOver(GAIN)
    if not change:
        raise PassedOver(NO_CHANGE)
    reasons = tuple((str(reason), kind[:200]) for spelling, reason in _REASONS.items() if spelling in word)
    return {
        "people": Reading(-change, -change, -change, Qualifier.EXACT, PeopleBasis.STATED),
        "wording": "",
        "closure": Closure.YES if "closure" in word else Closure.UNKNOWN,
        "site": values["id"],
        "more": More(key=values["id"], reasons=reasons),
    }


ERM = EventLayout(
    name="eurofound-erm",
    about="events of Eurofound's restructuring monitor: jobs lost are below 0; gains are passed over",
    publisher="European Restructuring Monitor (imported file)",
    columns=(
        Column("Id", "id", text),
        Column("Announcement date", "announced_on", Undecided(announced)),
        Column("Country", "country", country),
        Column("Company", "company", company),
        Column("Sector", "sector", sector),
        Column("Restructuring type", "type", text),
        Column("Employment Change", "change", _change),
    ),
    not_read=(),
    finish=_loss,
    stage=Stage.ANNOUNCED,
    place_basis=PlaceBasis.JOBS,
)
