"""WARN notices of all states as warn-transformer integrates them, with amendments.

An amendment replaces what it amends (`events/imports/hanging.py`). What the file calls likely is an algorithm's guess:
the relation is there to be seen, and an editor may take it away.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from events.imports.layouts.cells import announced, company, iso, maybe, people, text, wording
from events.imports.layouts.layout import Column, EventLayout, More
from events.imports.layouts.warn import STATES
from events.models.choices import Closure, Permanence, PlaceBasis, RelationKind, SourceKind, Stage, Tier

_FLAGS = {"true": True, "1": True, "false": False, "0": False, "": None}


def _flag(cell: str) -> bool | None:
    if cell.casefold() not in _FLAGS:
        raise ValueError(f"‘{cell[:40]}’ is neither True nor False.")
    return _FLAGS[cell.casefold()]


def _state(cell: str) -> str:
    """A postal code. The file has a few territories too: they stand as they are."""
    if not re.fullmatch("[A-Z]{2}", cell):
        raise ValueError(f"‘{cell[:40]}’ is no postal code. Codes in this file look like WA.")
    return STATES.get(cell, cell)


def _moment(cell: str) -> date:
    """The day of "2022-02-14 20:40:23+00:00"."""
    return iso(re.split("[ T]", cell)[0])


def _notice(values: Mapping[str, Any]) -> dict[str, Any]:
    temporary = {True: Permanence.TEMPORARY, False: Permanence.PERMANENT, None: Permanence.UNKNOWN}
    closes = {True: Closure.YES, False: Closure.NO, None: Closure.UNKNOWN}
    key, ancestor = values["key"], values["ancestor"]
    replaces = ((RelationKind.REPLACES, ancestor),) if values["amendment"] and ancestor else ()
    return {
        "permanence": temporary[values["temporary"]],
        "closure": closes[values["closes"]],
        "country": "US",
        "place": ", ".join(part for part in (values["location"], values["state"]) if part),
        "area": values["state"],
        "site": key,
        "more": More(key=key, relations=replaces, superseded=bool(values["superseded"])),
    }


WARN_TRANSFORMER = EventLayout(
    name="warn-transformer",
    about="integrated WARN notices of all states (integrated.csv): dates year-month-day, amendments by hash_id",
    publisher="WARN notices integrated by warn-transformer (imported file)",
    columns=(
        Column("hash_id", "key", text),
        Column("first_inserted_date", "recorded_on", maybe(_moment)),
        Column("notice_date", "announced_on", announced(iso)),
        Column("effective_date", "effective_on", maybe(iso)),
        Column("postal_code", "state", _state),
        Column("company", "company", company),
        Column("location", "location", text),
        Column("jobs", "people", people),
        Column("jobs", "wording", wording),
        Column("is_closure", "closes", _flag),
        Column("is_temporary", "temporary", _flag),
        Column("is_superseded", "superseded", _flag),
        Column("is_amendment", "amendment", _flag),
        Column("likely_ancestor", "ancestor", text),
    ),
    not_read=("estimated_amendments", "last_updated_date"),
    finish=_notice,
    stage=Stage.FILED,
    place_basis=PlaceBasis.JOBS,
    source_kind=SourceKind.FILING,
    source_tier=Tier.PRIMARY,
)
