"""Spellings that files use: of countries, of industries. A spelling that is not here is reported, never guessed."""

from functools import cache, lru_cache

from django_countries import countries

from events.models.choices import Sector
from events.text import fold

# Beside the names that django-countries knows.
_COUNTRIES = {
    "england": "GB", "great britain": "GB", "holland": "NL", "korea": "KR", "macau": "MO", "palestine": "PS",
    "republic of ireland": "IE", "scotland": "GB", "the netherlands": "NL", "turkiye": "TR", "u.k.": "GB",
    "u.s.": "US", "u.s.a.": "US", "uae": "AE", "uk": "GB", "united arabian emirates": "AE",
    "united states": "US", "uruquay": "UY", "usa": "US", "us": "US",
}  # fmt: skip

_SECTORS = {
    Sector.AI: ("artificial intelligence", "ai startup"),
    Sector.CONSUMER: (
        "computer games", "consumer services", "e-sport", "game studio", "games", "gaming", "online gaming",
    ),
    Sector.CRYPTO: ("cryptocurrency",),
    Sector.EDUCATION: ("e-learning", "higher education", "higher education industry"),
    Sector.ENERGY: ("environmental services",),
    Sector.FINANCE: (
        "financial services", "fintech", "insurance", "venture capital and private equity principals",
        "venture capital fund",
    ),
    Sector.FITNESS: ("wellness and fitness services",),
    Sector.HARDWARE: ("computer memory", "electronics", "semiconductor manufacturing", "semiconductors"),
    Sector.HEALTHCARE: ("biotechnology research",),
    Sector.HR: ("human resources", "hr and payroll software"),
    Sector.LEGAL: ("legal intelligence",),
    Sector.LOGISTICS: ("logistic",),
    Sector.MANUFACTURING: (
        "appliances", "appliances. electrical. and electronics manufacturing",
        "computers and electronics manufacturing", "motor vehicle manufacturing",
    ),
    Sector.MARKETING: ("advertising services",),
    Sector.MEDIA: ("entertainment providers",),
    Sector.RECRUITING: ("employment marketplace", "job search", "recruiting platform"),
    Sector.RETAIL: ("e-commerce",),
    Sector.SECURITY: ("computer and network security", "cybersecurity", "vehicle cybersecurity"),
    Sector.TRANSPORTATION: ("automotive", "automotive technology", "transportion"),
    Sector.TRAVEL: ("hospitality",),
}  # fmt: skip


@cache
def _country_codes() -> dict[str, str]:
    names = {fold(str(name)): code for code, name in countries}
    return {**names, **_COUNTRIES, **{code.casefold(): code for code, _name in countries}}


@cache
def _sector_words() -> dict[str, str]:
    own = {fold(word): sector.value for sector in Sector for word in (sector.value, str(sector.label))}
    return {**own, **{spelling: str(sector) for sector, spellings in _SECTORS.items() for spelling in spellings}}


@lru_cache(4096)
def country_code(text: str) -> str:
    """The ISO code of the country that `text` names; empty when no such country is known."""
    return _country_codes().get(fold(text)) or countries.by_name(text, insensitive=True) or ""


@lru_cache(4096)
def sector_of(text: str) -> str:
    """The sector that `text` names; empty when none is known by that word."""
    return _sector_words().get(fold(text), "")
