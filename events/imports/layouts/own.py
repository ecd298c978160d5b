"""Our own list of events, as the explorer's CSV and XLSX give it: the same rows and values, with one citation each.

The file holds one source of each event and its whole quote on AI, but not whose quote it is among several sources: what
a claim about AI needs and the file does not say makes the row a draft. Owners are not read: they come without days.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db.models import TextChoices

from events import dates
from events.answers.csv import BETWEEN
from events.imports.layouts.cells import announced, company, country, iso, link, percent, text
from events.imports.layouts.layout import Column, EventLayout, More, PassedOver
from events.models.choices import (
    AI_LINKS_WITH_QUOTE,
    AiLink,
    Closure,
    PeopleBasis,
    Permanence,
    PlaceBasis,
    Qualifier,
    ReasonKind,
    RelationKind,
    Sector,
    Stage,
)
from events.text import unguarded
from events.wording import LONGEST_WORDING, MOST_PEOPLE, Reading

LONGEST_TITLE = 300
LONGEST_QUOTE = 500
NO_SPEAKER = "it claims something of AI, and the file does not say who speaks, or in which of its sources"
_RELATIONS = {
    "part_of": RelationKind.PART_OF,
    "replaces": RelationKind.REPLACES,
    "updates": RelationKind.UPDATES,
    "disputed_by": RelationKind.DISPUTED_BY,
}


def _word(choices: type[TextChoices], *, blank: bool = False) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        if blank and not cell:
            return ""
        if cell not in choices.values:
            raise ValueError(f"‘{cell[:40]}’ is none of {', '.join(choices.values)}.")
        return choices(cell)

    return read


def _count(cell: str) -> int | None:
    if not cell:
        return None
    if not re.fullmatch(r"\d{1,8}", cell, re.ASCII) or int(cell) > MOST_PEOPLE:
        raise ValueError(f"‘{cell[:40]}’ is no whole number of people.")
    return int(cell)


def _span(cell: str) -> dates.Span | None:
    return dates.read_date(cell) if cell else None


def _announced(cell: str) -> dates.Span:
    found = dates.read_date(cell)
    announced(lambda _cell: found.first)(cell)
    return found


def _several(cell: str) -> tuple[str, ...]:
    return tuple(unguarded(cell).split(BETWEEN)) if cell else ()


def _numbers(cell: str) -> tuple[int, ...]:
    found = _several(cell)
    if wrong := [each for each in found if not re.fullmatch(r"\d{1,18}", each, re.ASCII)]:
        raise ValueError(f"‘{wrong[0][:40]}’ is no number of an AI note.")
    return tuple(map(int, found))


def _short(longest: int) -> Callable[[str], str]:
    def read(cell: str) -> str:
        found = text(cell)
        if len(found) > longest:
            raise ValueError(f"it has more than {longest} characters.")
        return found

    return read


def _reasons(cell: str) -> tuple[tuple[str, str], ...]:
    kinds = _several(cell)
    if unknown := [kind for kind in kinds if kind not in ReasonKind.values]:
        raise ValueError(f"‘{unknown[0][:40]}’ is none of {', '.join(ReasonKind.values)}.")
    return tuple((kind, "") for kind in kinds)


def _event(values: Mapping[str, Any]) -> dict[str, Any]:
    if values["withdrawn_on"]:
        raise PassedOver("withdrawn since this file was made")
    low, best, high = (values[name] for name in ("people_low", "people", "people_high"))
    url, said = values["link"]
    day, effective = values["day"], values["effective"]
    claims = values["ai_link"] in AI_LINKS_WITH_QUOTE
    # Only of a stated link it is known who speaks: the company. Only of one source it is known where.
    quoted = claims and values["ai_link"] == AiLink.STATED and values["quote"] and values["citations"] == "1"
    return {
        "people": Reading(low, best, high, values["qualifier"], values["basis"]),
        "announced_on": day.first,
        "effective_on": effective.first if effective else None,
        "url": url,
        "source": said,
        "site": values["id"],
        "more": More(
            announced_precision=day.precision,
            title=values["title"],
            share_of=values["share_of"],
            ai_link=values["ai_link"],
            quote=values["quote"] if quoted else "",
            speaker=values["speaker"] if quoted else "",
            publisher=values["publisher"],
            units=values["units"],
            reasons=values["reasons"],
            key=values["id"],
            notes=values["notes"],
            relations=tuple(
                (kind, other) for name, kind in _RELATIONS.items() for other in values[name] if other != values["id"]
            ),
            stays_draft=NO_SPEAKER if claims and not quoted else "",
            **({"effective_precision": effective.precision} if effective else {}),
        ),
    }


def _day(cell: str) -> date | None:
    return iso(cell) if cell else None


OWN_EVENTS = EventLayout(
    name="layoffwatch-events",
    about="our own list of events (events.csv): every value, one citation each",
    publisher="LayoffWatch (imported file)",
    columns=(
        Column("id", "id", text),
        Column("company", "company", company),
        Column("announced_on", "day", _announced),
        Column("effective_on", "effective", _span),
        Column("recorded_on", "recorded_on", _day),
        Column("people_low", "people_low", _count),
        Column("people", "people", _count),
        Column("people_high", "people_high", _count),
        Column("qualifier", "qualifier", _word(Qualifier)),
        Column("wording", "wording", _short(LONGEST_WORDING)),
        Column("people_basis", "basis", _word(PeopleBasis)),
        Column("share_percent", "share_percent", percent),
        Column("share_of", "share_of", _short(200)),
        Column("stage", "stage", _word(Stage)),
        Column("permanence", "permanence", _word(Permanence)),
        Column("closure", "closure", _word(Closure)),
        Column("ai_link", "ai_link", _word(AiLink)),
        Column("ai_link_quote", "quote", _short(LONGEST_QUOTE)),
        Column("ai_link_speaker", "speaker", _short(200)),
        Column("sector", "sector", _word(Sector, blank=True)),
        Column("country", "country", country),
        Column("place", "place", text),
        Column("place_basis", "place_basis", _word(PlaceBasis)),
        Column("units", "units", _several),
        Column("reasons", "reasons", _reasons),
        *(Column(name, name, _several) for name in _RELATIONS),
        Column("notes", "notes", _numbers),
        Column("source_url", "link", link),
        Column("publisher", "publisher", _short(200)),
        Column("title", "title", _short(LONGEST_TITLE)),
        Column("citations", "citations", text),
        Column("withdrawn_on", "withdrawn_on", _day),
    ),
    # What follows from the others, and what only our own record knows.
    not_read=(
        "parent", "announced_from", "announced_until", "date_precision", "counts_as", "counted_low", "counted",
        "counted_high", "high_open", "url", "company_slug", "effective_from", "effective_until", "known_from",
        "edition", "reconstructed_from",
    ),
    finish=_event,
    stage=Stage.ANNOUNCED,
    place_basis=PlaceBasis.SEAT,
)  # fmt: skip
