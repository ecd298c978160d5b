"""The files that can be read: of each its columns, what they become, and what tells one row from another.

A layout is data: a column names the field it fills and the reader that understands its cells. Columns that are not
listed as read are never looked at: so no column that names contacts can be stored. docs/importing.md explains them.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from html import unescape
from typing import Any

from django.core.exceptions import ValidationError

from events import dates
from events.imports.words import country_code, sector_of
from events.models.choices import Closure, PeopleBasis, Permanence, PlaceBasis, Qualifier, SourceKind, Stage, Tier
from events.models.source import is_web_address
from events.text import company_key
from events.wording import LONGEST_WORDING, MOST_PEOPLE, Reading, read_people

LONGEST_NAME = 200
LONGEST_AS_WRITTEN = 300
LONGEST_PLACE = 200
LONGEST_ADDRESS = 1000
EARLIEST = date(1980, 1, 1)
MOST_DAYS_AHEAD = 366
MOST_YEARS_BETWEEN = 5  # from the announcement to the last job, either way
NOT_READ = ("rejected row", "rejected because")  # the columns that a file of rejects has more


class Doubt(Exception):
    """A cell that is read with a warning: `value` stands, `kind` is what such warnings are counted under."""

    def __init__(self, kind: str, value: Any, message: str) -> None:
        super().__init__(message)
        self.kind, self.value, self.message = kind, value, message


class BadRow(Exception):
    """A row that cannot become an event; one message for each cell that is wrong."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row says, in our terms. Two rows of equal facts have the same content."""

    company_as_written: str
    company: str
    announced_on: date
    recorded_on: date | None
    effective_on: date | None
    people: Reading
    wording: str
    share_percent: Decimal | None
    stage: Stage
    permanence: Permanence
    closure: Closure
    sector: str
    country: str
    place: str
    place_basis: PlaceBasis
    url: str
    source: str
    area: str = ""  # with company and day: which rows may be the same notice; compared, never stored
    site: str = ""  # tells rows of one company, day and area apart; compared, never stored


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: `to` is the value it gives, `read` understands a cell (its text without outer blanks)."""

    header: str
    to: str
    read: Callable[[str], Any]


@dataclass(frozen=True)
class Layout:
    """How one kind of file is laid out.

    A column may be read twice, for two values. `finish` turns the values of a row into the rest of its Facts, among
    them what tells rows apart beside company and day (`area`, `site`). `ends` is the usual last column with what its
    whole cells look like: where the last line has no end, it tells a file that was cut from one that was saved so.
    """

    name: str
    about: str
    publisher: str
    columns: tuple[Column, ...]
    not_read: tuple[str, ...]
    finish: Callable[[Mapping[str, Any]], dict[str, Any]]
    stage: Stage
    place_basis: PlaceBasis
    source_kind: SourceKind = SourceKind.ARTICLE
    source_tier: Tier = Tier.REPORTING
    ends: tuple[str, re.Pattern[str]] = ("", re.compile(""))

    @property
    def headers(self) -> list[str]:
        return list(dict.fromkeys(column.header for column in self.columns))

    def seems_cut(self, last_column: str, last_cell: str) -> bool:
        """Whether the last cell of a file, after which no line end stands, is no whole one."""
        usual, whole = self.ends
        return last_column == usual and not whole.fullmatch(last_cell)

    def read(self, cells: Mapping[str, str]) -> tuple[Facts, list[Doubt]]:
        """The facts of a row and what is doubtful about them. Raises BadRow with a message for each bad cell."""
        values: dict[str, Any] = {}
        wrong: list[str] = []
        doubts: list[Doubt] = []
        for column in self.columns:
            cell = cells[column.header].strip()
            try:
                values[column.to] = column.read(cell)
            except Doubt as doubt:
                values[column.to] = doubt.value
                doubts.append(doubt)
            except ValueError as error:
                wrong.append(f"{column.header}: {error}")
        if wrong:
            raise BadRow(wrong)
        written = next(cells[c.header].strip() for c in self.columns if c.to == "company")
        if len(written) > LONGEST_AS_WRITTEN:
            raise BadRow([f"The company's name has more than {LONGEST_AS_WRITTEN} characters."])
        facts = {
            "company_as_written": written,
            "recorded_on": None,
            "effective_on": None,
            "share_percent": None,
            "stage": self.stage,
            "permanence": Permanence.UNKNOWN,
            "closure": Closure.UNKNOWN,
            "sector": "",
            "country": "",
            "place": "",
            "place_basis": self.place_basis,
            "url": "",
            "source": "",
            **{name: value for name, value in values.items() if name in Facts.__dataclass_fields__},
            **self.finish(values),
        }
        doubts += _check_days(facts)
        if len(facts["place"]) > LONGEST_PLACE:
            raise BadRow([f"The place has more than {LONGEST_PLACE} characters."])
        return Facts(**facts), doubts


def _check_days(facts: dict[str, Any]) -> list[Doubt]:
    """Clears days that cannot be meant, with a doubt for each."""
    doubts = []
    announced, effective, recorded = facts["announced_on"], facts["effective_on"], facts["recorded_on"]
    if effective and abs(effective.year - announced.year) > MOST_YEARS_BETWEEN:
        facts["effective_on"] = None
        doubts.append(
            Doubt("effective date left out, years away from the announcement", None, f"{effective} for {announced}")
        )
    if recorded and recorded > dates.today():
        facts["recorded_on"] = None
        doubts.append(Doubt("recorded on a day to come: today instead", None, str(recorded)))
    return doubts


# ── Readers: a cell's text → a value; ValueError says what is wrong with it ──────────────────────────────────────────


def text(cell: str) -> str:
    """Text in one line, blanks as one. Control characters are refused: no page or feed can show them."""
    words = " ".join(unicodedata.normalize("NFC", cell).replace("\u200b", "").replace("\ufeff", "").split())
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in words):
        raise ValueError("it holds a control character.")
    return words


def company(cell: str) -> str:
    name = text(unescape(cell))
    if not name:
        raise ValueError("it is empty: every row needs a company.")
    if len(name) > LONGEST_NAME or len(company_key(name)) > LONGEST_NAME:
        raise ValueError(f"‘{name[:40]}…’ has more than {LONGEST_NAME} characters.")
    return name


_PLAIN_COUNT = re.compile(r"(\d+|\d{1,3}(,\d{3})+)(\.0+)?")
NO_PEOPLE = Reading(None, None, None, Qualifier.NONE, PeopleBasis.UNKNOWN)


def people(cell: str) -> Reading:
    """A number of people: "16000.0", "1,529", also in words ("several hundred"); nothing is no figure, not 0."""
    if not cell:
        return NO_PEOPLE
    if _PLAIN_COUNT.fullmatch(cell):
        # Cut before int(): a cell may hold thousands of digits.
        digits = cell.partition(".")[0].replace(",", "").lstrip("0") or "0"
        count = int(digits[:20])
        if count > MOST_PEOPLE:
            raise ValueError(f"‘{cell[:40]}’ is more people than any employer has.")
        reading = Reading(count, count, count, Qualifier.EXACT, PeopleBasis.STATED)
        if not count:
            raise Doubt("0 people stated: kept as 0", reading, cell)
        return reading
    if re.fullmatch(r"[-−]\s*[\d,.]+", cell):
        raise ValueError(f"‘{cell[:40]}’ is below 0: people are counted from 0 up.")
    found = read_people(cell)
    if found is None:
        raise ValueError(f"‘{cell[:40]}’ is no number of people.")
    if found.share_percent is not None:
        raise ValueError(f"‘{cell[:40]}’ is a share: an import never makes people of a share.")
    return found


def wording(cell: str) -> str:
    """The words of a figure that is given in words; nothing for a plain number."""
    return "" if _PLAIN_COUNT.fullmatch(cell) else text(cell)[:LONGEST_WORDING]


_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,30})?")


def _decimal(cell: str) -> Decimal:
    if not _DECIMAL.fullmatch(cell):
        raise ValueError(f"‘{cell[:40]}’ is no number.")
    return Decimal(cell)


def _share(percent: Decimal, cell: str, hint: str) -> Decimal:
    if percent < 0:
        raise ValueError(f"‘{cell[:40]}’ is below 0: a share is from 0 to 100 %.")
    if percent > 100:
        raise ValueError(f"‘{cell[:40]}’ is more than the whole. {hint}")
    return percent.quantize(Decimal("0.001"), ROUND_HALF_UP)


def fraction(cell: str) -> Decimal | None:
    """A share as a fraction of one: "0.15" is 15 %."""
    if not cell:
        return None
    return _share(_decimal(cell) * 100, cell, "Shares in this file are fractions: 0.15 is 15 %.")


def percent(cell: str) -> Decimal | None:
    if not cell:
        return None
    return _share(_decimal(cell.removesuffix("%").rstrip()), cell, "Shares in this file are in percent.")


def _day(cell: str, form: re.Pattern[str], looks: str) -> date:
    match = form.fullmatch(cell)
    try:
        if match:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        pass
    shown = f"‘{cell[:40]}’ is no day" if cell else "it is empty"
    raise ValueError(f"{shown}. Dates in this file look like {looks}.")


def _month_day_year(cell: str) -> date:
    return _day(cell, re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})"), "month/day/year")


def _iso(cell: str) -> date:
    return _day(cell, re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"), "year-month-day")


def announced(day: Callable[[str], date]) -> Callable[[str], date]:
    """A reader of the day that a row is about: within what anybody can have announced."""

    def read(cell: str) -> date:
        found = day(cell)
        if found < EARLIEST:
            raise ValueError(f"‘{cell}’ lies before {EARLIEST.year}.")
        if (found - dates.today()).days > MOST_DAYS_AHEAD:
            raise ValueError(f"‘{cell}’ lies more than a year ahead.")
        return found

    return read


def maybe(day: Callable[[str], date]) -> Callable[[str], date | None]:
    return lambda cell: day(cell) if cell else None


def sector(cell: str) -> str:
    if cell and not sector_of(cell):
        raise Doubt("industry not known here, left blank", "", f"‘{cell[:60]}’")
    return sector_of(cell) if cell else ""


def country(cell: str) -> str:
    if cell and not country_code(cell):
        raise Doubt("country not known here, left blank", "", f"‘{cell[:60]}’")
    return country_code(cell) if cell else ""


def link(cell: str) -> tuple[str, str]:
    """A web address, and what the cell says; no address when it says anything else ("Internal memo")."""
    said = text(cell)
    try:
        if len(said) > LONGEST_ADDRESS:
            return "", said
        is_web_address(said)
    except ValidationError:
        return "", said
    return said, said


def flag(cell: str) -> bool | None:
    """ "1", "0" or nothing."""
    if cell not in ("", "0", "1"):
        raise ValueError(f"‘{cell[:40]}’ is neither 0 nor 1.")
    return {"1": True, "0": False}.get(cell)


# ── The tech-layoff list that newsrooms quote ────────────────────────────────────────────────────────────────────────


def _list_place(values: Mapping[str, Any]) -> dict[str, Any]:
    place = values["location"].removesuffix("Non-U.S.").rstrip(" ,")
    if place == "SF Bay Area" and values["country"] == "US":
        place = "SF Bay Area, California"
    url, said = values["link"]
    return {"place": place, "url": url, "source": said, "site": values["location"]}


TECH_LIST = Layout(
    name="tech-list",
    about="the list of tech layoffs (layoffs_2020_2026.csv): dates month/day/year, shares as fractions, links",
    publisher="List of tech layoffs (imported file)",
    columns=(
        Column("company", "company", company),
        Column("location", "location", text),
        Column("total_laid_off", "people", people),
        Column("total_laid_off", "wording", wording),
        Column("date", "announced_on", announced(_month_day_year)),
        Column("percentage_laid_off", "share_percent", fraction),
        Column("industry", "sector", sector),
        Column("source", "link", link),
        Column("country", "country", country),
        Column("date_added", "recorded_on", maybe(_month_day_year)),
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


TECH_LIST_PLACES = Layout(
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
        Column("Date_layoffs", "announced_on", announced(_iso)),
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


WARN_CA = Layout(
    name="warn-ca",
    about="WARN notices of California (warn_state_ca.csv): dates month/day/year, temporary and permanent, closures",
    publisher="WARN notices of California (imported file)",
    columns=(
        Column("notice_date", "announced_on", announced(_month_day_year)),
        Column("effective_date", "effective_on", maybe(_month_day_year)),
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

_STATES = {
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
    if cell not in _STATES:
        raise ValueError(f"‘{cell[:40]}’ is no state of the US. States in this file look like WA.")
    return _STATES[cell]


def _layoff_type(cell: str) -> Closure:
    if cell not in _REGISTER_KINDS:
        raise ValueError(f"‘{cell[:40]}’ is not known. It is closure, mass_layoff or unknown.")
    return _REGISTER_KINDS[cell]


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


WARN_REGISTER = Layout(
    name="warn-register",
    about="normalised WARN notices of the states (warn_register_wa.csv, warn_register_ny.csv): dates year-month-day",
    publisher="Register of WARN notices (imported file)",
    columns=(
        Column("state", "state", _state),
        Column("employer_name", "company", company),
        Column("location", "location", text),
        Column("notice_date", "announced_on", announced(_iso)),
        Column("effective_date", "effective_on", maybe(_iso)),
        Column("employees_affected", "people", people),
        Column("employees_affected", "wording", wording),
        Column("layoff_type", "kind", _layoff_type),
        Column("is_temporary", "temporary", flag),
        Column("source_url", "link", link),
        Column("source_notice_id", "notice", text),
        Column("first_seen", "recorded_on", maybe(_iso)),
    ),
    not_read=(
        "normalized_name", "canonical_name", "canonical_basis", "industry", "naics", "naics_basis", "naics_level",
        "cik", "ticker", "cik_match", "sic", "sic_description", "ein", "ntee", "lei", "wikidata_qid",
        "wikidata_match", "parent_company", "parent_cik", "identity_source", "employer_key", "place_name",
        "place_fips", "county_name", "county_fips", "latitude", "longitude", "geo_basis", "site_address",
        "is_amendment", "is_amended", "current_version", "dedupe_key", "last_seen",
    ),
    finish=_register,
    stage=Stage.FILED,
    place_basis=PlaceBasis.JOBS,
    source_kind=SourceKind.FILING,
    source_tier=Tier.PRIMARY,
    ends=("last_seen", re.compile(r"(\d{4}-\d{2}-\d{2})?")),
)  # fmt: skip

LAYOUTS = {layout.name: layout for layout in (TECH_LIST, TECH_LIST_PLACES, WARN_CA, WARN_REGISTER)}


class UnknownLayout(Exception):
    """No layout fits the header; the message says which comes nearest and what it lacks."""


def find_layout(header: list[str], name: str = "") -> Layout:
    """The layout that `header` belongs to, or the one called `name`. Raises UnknownLayout."""
    if name:
        if name not in LAYOUTS:
            raise UnknownLayout(f"There is no layout ‘{name}’. There are: {', '.join(LAYOUTS)}.")
        return _require(LAYOUTS[name], header)
    nearest = max(LAYOUTS.values(), key=lambda layout: _nearness(layout, header))
    if _nearness(nearest, header) < 0.5:
        shown = ", ".join(f"‘{column[:30]}’" for column in header[:6])
        hint = " Its cells seem to be parted by semicolons; they must be parted by commas." if ";" in header[0] else ""
        known = " ".join(f"{layout.name}: {layout.about}." for layout in LAYOUTS.values())
        raise UnknownLayout(f"The first row ({shown}) is the header of no known file.{hint} Known layouts are: {known}")
    return _require(nearest, header)


def _nearness(layout: Layout, header: list[str]) -> float:
    """Which part of the columns that the layout reads the header has."""
    return len(set(layout.headers) & set(header)) / len(layout.headers)


def _require(layout: Layout, header: list[str]) -> Layout:
    missing = [column for column in layout.headers if column not in header]
    if missing:
        others = [column for column in unread_columns(layout, header) if column]
        named = ", ".join(f"‘{column}’" for column in missing)
        message = f"This looks like {layout.about}, but it has no column {named}."
        if others:
            message += f" It has columns that are not known: {', '.join(f'‘{c[:40]}’' for c in others[:10])}."
        raise UnknownLayout(f"{message} Was a column renamed? Nothing is read as blank: give it its old name again.")
    return layout


def unread_columns(layout: Layout, header: list[str]) -> list[str]:
    """The columns of the file that the layout does not know at all."""
    return [column for column in header if column not in {*layout.headers, *layout.not_read, *NOT_READ}]
