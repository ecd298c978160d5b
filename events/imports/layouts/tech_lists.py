"""Lists of tech layoffs: the one that newsrooms quote, and the same as another analyst rewrote it."""

import re
from collections.abc import Mapping
from typing import Any

from events.imports.layouts.cells import (
    announced,
    company,
    country,
    fraction,
    iso,
    link,
    maybe,
    month_day_year,
    people,
    percent,
    sector,
    text,
    wording,
)
from events.imports.layouts.layout import Column, EventLayout
from events.models.choices import PlaceBasis, Stage

# ── The tech-layoff list that newsrooms quote ────────────────────────────────────────────────────────────────────────


def _list_place(values: Mapping[str, Any]) -> dict[str, Any]:
    place = values["location"].removesuffix("Non-U.S.").rstrip(" ,")
    if place == "SF Bay Area" and values["country"] == "US":
        place = "SF Bay Area, California"
    url, said = values["link"]
    return {"place": place, "url": url, "source": said, "site": values["location"]}


TECH_LIST = EventLayout(
    name="tech-list",
    about="the list of tech layoffs (layoffs_2020_2026.csv): dates month/day/year, shares as fractions, links",
    publisher="List of tech layoffs (imported file)",
    columns=(
        Column("company", "company", company),
        Column("location", "location", text),
        Column("total_laid_off", "people", people),
        Column("total_laid_off", "wording", wording),
        Column("date", "announced_on", announced(month_day_year)),
        Column("percentage_laid_off", "share_percent", fraction),
        Column("industry", "sector", sector),
        Column("source", "link", link),
        Column("country", "country", country),
        Column("date_added", "recorded_on", maybe(month_day_year)),
    ),
    not_read=("stage", "funds_raised"),  # of the company's funding, not of the cut
    finish=_list_place,
    stage=Stage.ANNOUNCED,
    place_basis=PlaceBasis.SEAT,
    ends=("date_added", re.compile(r"(\d{1,2}/\d{1,2}/\d{4})?")),
)


# ── The same list as another analyst rewrote it ──────────────────────────────────────────────────────────────────────


def _rewritten_place(values: Mapping[str, Any]) -> dict[str, Any]:
    city, state = values["city"], values["state"]
    # "non" is how the file says that a place lies in no state.
    parts = [part for part in (city, "" if state == "non" else state) if part]
    return {"place": ", ".join(dict.fromkeys(parts)), "site": city}


TECH_LIST_PLACES = EventLayout(
    name="tech-list-places",
    about="the same list with coordinates (layoffs_2020_2025_coordinates.csv): dates year-month-day, shares in percent",
    publisher="List of tech layoffs with coordinates (imported file)",
    columns=(
        Column("Company", "company", company),
        Column("Location_HQ", "city", text),
        Column("USState", "state", text),
        Column("Country", "country", country),
        Column("Laid_Off", "people", people),
        Column("Laid_Off", "wording", wording),
        Column("Date_layoffs", "announced_on", announced(iso)),
        Column("Percentage", "share_percent", percent),
        Column("Industry", "sector", sector),
    ),
    not_read=(
        "Nr", "Region", "Continent", "Company_Size_before_Layoffs", "Company_Size_after_layoffs", "Stage",
        "Money_Raised_in__mil", "Year", "latitude", "longitude",
    ),
    finish=_rewritten_place,
    stage=Stage.ANNOUNCED,
    place_basis=PlaceBasis.SEAT,
    ends=("longitude", re.compile(r"(-?\d+\.\d+)?")),
)  # fmt: skip
