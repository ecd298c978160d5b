"""Readers of cells: text → a value. ValueError says what is wrong with a cell, Doubt what is read with a warning."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from html import unescape

from django.core.exceptions import ValidationError

from events import dates
from events.imports.layouts.contacts import CONTACT, holds_contact
from events.imports.layouts.layout import Doubt
from events.imports.words import country_code, sector_of
from events.models.choices import PeopleBasis, Qualifier
from events.models.source import LONGEST_ADDRESS, is_web_address, normalised_url
from events.text import company_key
from events.wording import LONGEST_WORDING, MOST_PEOPLE, Reading, read_people

LONGEST_NAME = 200
EARLIEST = date(1980, 1, 1)
MOST_DAYS_AHEAD = 366


# Embeddings, overrides and isolates: with them a name shows as another than it is.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text(cell: str) -> str:
    """Text in one line, blanks as one. Control characters are refused: no page or feed can show them."""
    words = " ".join(unicodedata.normalize("NFC", cell).replace("\u200b", "").replace("\ufeff", "").split())
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in words):
        raise ValueError("it holds a control character.")
    if any(c in _TURNING for c in words):
        raise ValueError("it holds an invisible character that turns the direction of text.")
    return words


def company(cell: str) -> str:
    name = text(unescape(cell))
    if not name:
        raise ValueError("it is empty: every row needs a company.")
    if holds_contact(name):
        raise ValueError(CONTACT)
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


def decimal(cell: str) -> Decimal:
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
    """A share as a fraction of one: "0.15" is 15 %; a spreadsheet may say "15%"."""
    if not cell or cell.endswith("%"):
        return percent(cell)
    return _share(decimal(cell) * 100, cell, "Shares in this file are fractions: 0.15 is 15 %.")


def percent(cell: str) -> Decimal | None:
    if not cell:
        return None
    return _share(decimal(cell.removesuffix("%").rstrip()), cell, "Shares in this file are in percent.")


ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})( 00:00:00)?")


def _day(cell: str, form: re.Pattern[str], looks: str) -> date:
    match = form.fullmatch(cell) or ISO.fullmatch(cell)
    try:
        if match:
            return date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:
        pass
    shown = f"‘{cell[:40]}’ is no day" if cell else "it is empty"
    raise ValueError(f"{shown}. Dates in this file look like {looks}.")


def month_day_year(cell: str) -> date:
    """ "3/14/2024"; also 2024-03-14, which is how a day of a spreadsheet comes here."""
    return _day(cell, re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})"), "month/day/year")


def iso(cell: str) -> date:
    return _day(cell, ISO, "year-month-day")


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
        # What it is matched by: that of some addresses is longer, and of some there is none ("https://a.org:99999/").
        if len(normalised_url(said)) > LONGEST_ADDRESS:
            return "", said
    except (ValidationError, ValueError):
        return "", said
    return said, said


def flag(cell: str) -> bool | None:
    """ "1", "0" or nothing."""
    if cell not in ("", "0", "1"):
        raise ValueError(f"‘{cell[:40]}’ is neither 0 nor 1.")
    return {"1": True, "0": False}.get(cell)
