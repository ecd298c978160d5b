"""Large AI models as Epoch AI lists them: a note each, of kind model, with its makers.

The cost is Epoch's estimate of the training compute at cloud prices, no amount that anybody paid or plans: it stands on
the note in US dollars, with neither period nor plan or actual, so that no sum counts it. Authors are not read.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from events.imports.layouts.cells import LONGEST_NAME, announced, iso, link, text
from events.imports.layouts.layout import Column, Doubt, Kind, Layout
from events.imports.words import country_code
from events.models.choices import NoteKind, PlanOrActual, Role
from events.text import company_key

MOST_SOURCES = 5
MOST_DOLLARS = Decimal(10**15)
_COST = re.compile(r"\d{1,16}(\.\d{1,20})?")


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What a row says of a note; `key` tells it from the others of its file."""

    key: str
    kind: NoteKind
    title: str
    dated_on: date
    companies: tuple[tuple[str, Role], ...]
    country: str  # of the seat of its only company
    urls: tuple[str, ...]
    amount_usd_millions: Decimal | None
    amount_wording: str
    plan_or_actual: PlanOrActual


def _model(cell: str) -> str:
    name = text(cell)
    if not name or len(name) > LONGEST_NAME:
        raise ValueError("a model needs a name of at most 200 characters.")
    return name


def _makers(cell: str) -> tuple[str, ...]:
    """Organisations, parted by commas: "Google,Google DeepMind"; spellings of one name once."""
    names = [text(name) for name in cell.split(",")]
    if any(len(name) > LONGEST_NAME for name in names):
        raise ValueError(f"an organisation has more than {LONGEST_NAME} characters.")
    return tuple({company_key(name): name for name in reversed(names) if name}.values())[::-1]


def _links(cell: str) -> tuple[str, ...]:
    """The web addresses of a cell, which has one in each line; anything else is left out."""
    found = [link(word)[0] for word in cell.split()]
    return tuple(dict.fromkeys(url for url in found if url))[:MOST_SOURCES]


def _dollars(cell: str) -> Decimal | None:
    if not cell:
        return None
    if not _COST.fullmatch(cell) or Decimal(cell) >= MOST_DOLLARS:
        raise ValueError(f"‘{cell[:40]}’ is no amount of US dollars.")
    return Decimal(cell)


@dataclass(frozen=True)
class NoteLayout(Layout):
    """A file of AI-investment notes."""

    kind = Kind.NOTES

    def read(self, cells: Mapping[str, str]) -> tuple[NoteFacts, list[Doubt]]:
        values: dict[str, Any]
        values, doubts = self.values(cells)
        makers, dollars = values["makers"], values["dollars"]
        by = ", ".join(makers)
        millions = (dollars / 10**6).quantize(Decimal("0.001"), ROUND_HALF_UP) if dollars else None
        # "Germany,Germany": of several makers nobody can say whose seat it is.
        country = country_code(text(values["country"])) if len(makers) == 1 and values["country"] else ""
        title = f"{values['model']}, a large AI model{' by ' if by else ''}{by}"
        facts = NoteFacts(
            key=values["model"],
            kind=NoteKind.MODEL,
            title=title if len(title) <= 300 else f"{title[:299]}…",
            dated_on=values["day"],
            companies=tuple((name, Role.MAKER) for name in makers),
            country=country,
            urls=values["urls"],
            amount_usd_millions=millions,
            amount_wording=f"training compute at cloud prices, estimated: {dollars:,.0f} US dollars" if dollars else "",
            plan_or_actual=PlanOrActual.UNKNOWN,
        )
        return facts, doubts


AI_MODELS = NoteLayout(
    name="ai-models",
    about="large AI models of Epoch AI (ai_models_large_scale.csv): notes of kind model, with their makers",
    publisher="Epoch AI, CC BY 4.0 (imported file)",
    columns=(
        Column("Model", "model", _model),
        Column("Publication date", "day", announced(iso)),
        Column("Organization", "makers", _makers),
        Column("Link", "urls", _links),
        Column("Country (of organization)", "country", text),
        Column("Training compute cost (cloud)", "dollars", _dollars),
    ),
    not_read=(
        "Domain", "Task", "Authors", "Model accessibility", "Citations", "Reference", "Parameters", "Parameters notes",
        "Training compute (FLOP)", "Training compute notes", "Training dataset", "Training dataset notes",
        "(DEPRECATED) Training dataset size (datapoints)", "Dataset size notes", "Training time (hours)",
        "Training time notes", "Training hardware", "Confidence", "Abstract", "Base model", "Finetune compute (FLOP)",
        "Finetune compute notes", "Hardware quantity", "Hardware utilization (MFU)", "Training code accessibility",
        "Accessibility notes", "Hardware utilization (HFU)", "Training compute cost (upfront)",
    ),
)  # fmt: skip
