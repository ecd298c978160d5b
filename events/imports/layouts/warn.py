"""WARN notices: as California publishes them, and those of several states normalised."""

import re
from collections.abc import Mapping
from typing import Any

from events.imports.layouts.cells import (
    announced,
    company,
    flag,
    iso,
    link,
    maybe,
    month_day_year,
    people,
    text,
    wording,
)
from events.imports.layouts.layout import Column, Doubt, EventLayout
from events.models.choices import Closure, Permanence, PlaceBasis, SourceKind, Stage, Tier

# ── WARN notices as California publishes them ────────────────────────────────────────────────────────────────────────

_CANCELLED = re.compile(r"\(cancel+ed\)", re.IGNORECASE)


def _california_company(cell: str) -> str:
    """The name without the state's mark of a notice that was taken back: "**Acme (Cancelled)"."""
    return company(_CANCELLED.sub("", cell).strip(" *") if _is_cancelled(cell) else cell)


def _is_cancelled(cell: str) -> bool:
    return bool(_CANCELLED.search(cell))


_KINDS = {"layoff": Closure.NO, "closure": Closure.YES}
_TERMS = {
    "permanent": Permanence.PERMANENT,
    "temporary": Permanence.TEMPORARY,
    "unknown at this time": Permanence.UNKNOWN,
    "type unknown": Permanence.UNKNOWN,
    "not known at this time": Permanence.UNKNOWN,
    "": Permanence.UNKNOWN,
}


def _layoff_or_closure(cell: str) -> tuple[Closure, Permanence]:
    """Whether a site closes, and for how long: "Layoff Temporary", "Closure Unknown at this\\ntime"."""
    kind, _blank, term = text(cell).casefold().partition(" ")
    if not kind:
        return Closure.UNKNOWN, Permanence.UNKNOWN
    if kind not in _KINDS or term not in _TERMS:
        raise ValueError(
            f"‘{text(cell)[:60]}’ is not known. It begins with Layoff or Closure, then Permanent, Temporary or "
            "Unknown at this time."
        )
    return _KINDS[kind], _TERMS[term]


def _california(values: Mapping[str, Any]) -> dict[str, Any]:
    closure, permanence = values["kind"]
    return {
        "closure": closure,
        "permanence": permanence,
        "stage": Stage.CALLED_OFF if values["cancelled"] else Stage.FILED,
        "country": "US",
        "place": ", ".join(part for part in (values["city"] or values["county"], "California") if part),
        "area": f"{values['county']}|{values['city']}",
        "site": f"{values['address']}|{values['effective_on']}",
    }


WARN_CA = EventLayout(
    name="warn-ca",
    about="WARN notices of California (warn_state_ca.csv): dates month/day/year, temporary and permanent, closures",
    publisher="WARN notices of California (imported file)",
    columns=(
        Column("notice_date", "announced_on", announced(month_day_year)),
        Column("effective_date", "effective_on", maybe(month_day_year)),
        Column("company", "company", _california_company),
        Column("company", "cancelled", _is_cancelled),
        Column("city", "city", text),
        Column("num_employees", "people", people),
        Column("num_employees", "wording", wording),
        Column("layoff_or_closure", "kind", _layoff_or_closure),
        Column("county", "county", text),
        Column("address", "address", text),
    ),
    not_read=("received_date", "source_file"),
    finish=_california,
    stage=Stage.FILED,
    place_basis=PlaceBasis.JOBS,
    source_kind=SourceKind.FILING,
    source_tier=Tier.PRIMARY,
    ends=("source_file", re.compile(r"(.*\.[a-z]{3,4})?", re.DOTALL)),
)


# ── WARN notices of several states, normalised ───────────────────────────────────────────────────────────────────────

STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DC": "District of Columbia", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin",
    "WY": "Wyoming",
}  # fmt: skip
_REGISTER_KINDS = {"closure": Closure.YES, "mass_layoff": Closure.NO, "unknown": Closure.UNKNOWN, "": Closure.UNKNOWN}


def _state(cell: str) -> str:
    if cell not in STATES:
        raise ValueError(f"‘{cell[:40]}’ is no state of the US. States in this file look like WA.")
    return STATES[cell]


def _layoff_type(cell: str) -> Closure:
    if cell not in _REGISTER_KINDS:
        raise ValueError(f"‘{cell[:40]}’ is not known. It is closure, mass_layoff or unknown.")
    return _REGISTER_KINDS[cell]


def _amends(cell: str) -> bool | None:
    if flag(cell):
        raise Doubt("an amendment, and the file does not say of which notice: both may count", True, "")
    return flag(cell)


def _register(values: Mapping[str, Any]) -> dict[str, Any]:
    temporary = {True: Permanence.TEMPORARY, False: Permanence.PERMANENT, None: Permanence.UNKNOWN}
    url, said = values["link"]
    return {
        "closure": values["kind"],
        "permanence": temporary[values["temporary"]],
        "country": "US",
        "place": ", ".join(part for part in (values["location"], values["state"]) if part),
        "url": url,
        "source": said,
        "area": values["state"],
        "site": values["notice"] or values["location"],
    }


WARN_REGISTER = EventLayout(
    name="warn-register",
    about="normalised WARN notices of the states (warn_register_wa.csv, warn_register_ny.csv): dates year-month-day",
    publisher="Register of WARN notices (imported file)",
    columns=(
        Column("state", "state", _state),
        Column("employer_name", "company", company),
        Column("location", "location", text),
        Column("notice_date", "announced_on", announced(iso)),
        Column("effective_date", "effective_on", maybe(iso)),
        Column("employees_affected", "people", people),
        Column("employees_affected", "wording", wording),
        Column("layoff_type", "kind", _layoff_type),
        Column("is_temporary", "temporary", flag),
        Column("is_amendment", "amends", _amends),
        Column("source_url", "link", link),
        Column("source_notice_id", "notice", text),
        Column("first_seen", "recorded_on", maybe(iso)),
    ),
    not_read=(
        "normalized_name", "canonical_name", "canonical_basis", "industry", "naics", "naics_basis", "naics_level",
        "cik", "ticker", "cik_match", "sic", "sic_description", "ein", "ntee", "lei", "wikidata_qid",
        "wikidata_match", "parent_company", "parent_cik", "identity_source", "employer_key", "place_name",
        "place_fips", "county_name", "county_fips", "latitude", "longitude", "geo_basis", "site_address",
        "is_amended", "current_version", "dedupe_key", "last_seen",
    ),
    finish=_register,
    stage=Stage.FILED,
    place_basis=PlaceBasis.JOBS,
    source_kind=SourceKind.FILING,
    source_tier=Tier.PRIMARY,
    ends=("last_seen", re.compile(r"(\d{4}-\d{2}-\d{2})?")),
)  # fmt: skip
