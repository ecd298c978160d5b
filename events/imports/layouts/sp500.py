"""Constituents of an index: names, tickers, sectors and seats of companies, no events."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.imports.layouts.cells import company, text
from events.imports.layouts.layout import Column, Doubt, Kind, Layout
from events.imports.layouts.warn import STATES
from events.imports.words import country_code
from events.models.choices import Sector

# Sectors of the Global Industry Classification Standard that are one of ours; by sub-industry where a sector is wider.
_SECTORS: dict[str, str] = {
    "Energy": Sector.ENERGY, "Financials": Sector.FINANCE, "Health Care": Sector.HEALTHCARE,
    "Real Estate": Sector.REAL_ESTATE, "Utilities": Sector.ENERGY,
}  # fmt: skip
_SUB_INDUSTRIES: dict[str, str] = {
    "Advertising": Sector.MARKETING, "Aerospace & Defense": Sector.AEROSPACE,
    "Air Freight & Logistics": Sector.LOGISTICS, "Apparel Retail": Sector.RETAIL,
    "Automobile Manufacturers": Sector.TRANSPORTATION, "Automotive Retail": Sector.RETAIL,
    "Broadcasting": Sector.MEDIA, "Broadline Retail": Sector.RETAIL, "Cable & Satellite": Sector.MEDIA,
    "Cargo Ground Transportation": Sector.LOGISTICS, "Casinos & Gaming": Sector.TRAVEL,
    "Communications Equipment": Sector.HARDWARE, "Computer & Electronics Retail": Sector.RETAIL,
    "Construction & Engineering": Sector.CONSTRUCTION, "Consumer Electronics": Sector.HARDWARE,
    "Consumer Staples Merchandise Retail": Sector.RETAIL, "Electronic Components": Sector.HARDWARE,
    "Electronic Equipment & Instruments": Sector.HARDWARE, "Electronic Manufacturing Services": Sector.HARDWARE,
    "Food Distributors": Sector.FOOD, "Food Retail": Sector.FOOD, "Home Improvement Retail": Sector.RETAIL,
    "Homebuilding": Sector.CONSTRUCTION, "Homefurnishing Retail": Sector.RETAIL,
    "Hotels, Resorts & Cruise Lines": Sector.TRAVEL, "Human Resource & Employment Services": Sector.HR,
    "Movies & Entertainment": Sector.MEDIA, "Other Specialty Retail": Sector.RETAIL,
    "Packaged Foods & Meats": Sector.FOOD, "Passenger Airlines": Sector.TRAVEL,
    "Passenger Ground Transportation": Sector.TRANSPORTATION, "Publishing": Sector.MEDIA,
    "Rail Transportation": Sector.TRANSPORTATION, "Restaurants": Sector.FOOD,
    "Semiconductor Materials & Equipment": Sector.HARDWARE, "Semiconductors": Sector.HARDWARE,
    "Soft Drinks & Non-alcoholic Beverages": Sector.FOOD, "Technology Hardware, Storage & Peripherals": Sector.HARDWARE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CompanyFacts:
    """What a row says of a company. `register` is its number in a register: rows that share it are one company."""

    name: str
    ticker: str
    sector: str
    country: str
    place: str
    register: str


def _name(cell: str) -> str:
    """A name as the news writes it: "Alphabet Inc. (Class A)", "Hershey Company (The)", "Lilly (Eli)"."""
    name = re.sub(r"\s*\((?:Class [A-Z]|The)\)$", "", company(cell))
    turned = re.fullmatch(r"(\w+) \((\w+)\)", name)
    return f"{turned[2]} {turned[1]}" if turned else name


def _ticker(cell: str) -> str:
    if not re.fullmatch(r"[A-Z0-9]{1,8}([.-][A-Z0-9]{1,3})?", cell):
        raise ValueError(f"‘{cell[:40]}’ is no ticker.")
    return cell


def _seat(cell: str) -> tuple[str, str]:
    """Country and place: "Saint Paul, Minnesota", "Dublin, Ireland", with the marks of notes taken off."""
    said = re.sub(r"\[\d+\]", "", text(cell))[:200]
    where = said.rpartition(", ")[2]
    if where in STATES.values() or where == "D.C.":
        return "US", said
    if said and not country_code(where):
        raise Doubt("country not known here, left blank", ("", said), f"‘{where[:60]}’")
    return country_code(where) if where else "", said.rpartition(", ")[0] or said


@dataclass(frozen=True)
class CompanyLayout(Layout):
    """A file of companies."""

    kind = Kind.COMPANIES

    def read(self, cells: Mapping[str, str]) -> tuple[CompanyFacts, list[Doubt]]:
        values: dict[str, Any]
        values, doubts = self.values(cells)
        country, place = values["seat"]
        sector = _SUB_INDUSTRIES.get(values["sub_industry"]) or _SECTORS.get(values["sector"], "")
        if not sector:
            doubts.append(Doubt("industry not known here, left blank", "", f"‘{values['sub_industry'][:60]}’"))
        register = values["register"].lstrip("0")
        return CompanyFacts(values["name"], values["ticker"], str(sector), country, place, register), doubts


SP500 = CompanyLayout(
    name="sp500",
    about="constituents of the S&P 500 (sp500_constituents.csv): companies with tickers, sectors and seats",
    publisher="Constituents of the S&P 500 (imported file)",
    columns=(
        Column("Symbol", "ticker", _ticker),
        Column("Security", "name", _name),
        Column("GICS Sector", "sector", text),
        Column("GICS Sub-Industry", "sub_industry", text),
        Column("Headquarters Location", "seat", _seat),
        Column("CIK", "register", text),
    ),
    not_read=("Date added", "Founded"),
)
