"""A query applied to the editions of a day: rows, totals, series, facets, pages by key. Knows no HTTP.

One selection serves every answer, so that page, chart and file cannot differ. What others ask of it stands here; a
faster engine may stand behind the same names later.
"""

from events.selection.beside import WORK_KINDS, BesideRow, BesideSelection, of_companies_at
from events.selection.companies import (
    CompanyRow,
    CompanySelection,
    company_events,
    company_headcounts,
    company_notes,
)
from events.selection.corrections import CorrectionSelection
from events.selection.empty import emptied_by
from events.selection.events import FACETS, EventSelection
from events.selection.gaps import Gaps, measured_gaps
from events.selection.note_series import NoteBar, NoteSeries
from events.selection.notes import NoteSelection, money_of, notes_by_period
from events.selection.paging import PAGE_SIZE, Page
from events.selection.record import (
    certainty,
    changes_since,
    companies_investing_meanwhile,
    data_version,
    latest_year,
    still_filling,
)
from events.selection.search import Search, Suggestions, suggestions
from events.selection.series import (
    SIZES,
    Bar,
    Series,
    period_key,
    periods_between,
)
from events.selection.since import of_any_day
from events.selection.sizes import Sizes
from events.selection.totals import (
    BASIS_PARTS,
    BasesDiffer,
    Basis,
    Comparison,
    Difference,
    Group,
    TotalSelection,
    Values,
    first_totals,
    of_one_basis,
)

# A query of any kind, applied: what answers, figures and frozen views are made of.
Selection = EventSelection | NoteSelection | CompanySelection | BesideSelection | TotalSelection

__all__ = [
    "BASIS_PARTS", "FACETS", "PAGE_SIZE", "SIZES", "WORK_KINDS", "Bar", "BasesDiffer", "Basis", "BesideRow",
    "BesideSelection", "CompanyRow", "CompanySelection", "Comparison", "CorrectionSelection", "Difference",
    "EventSelection", "Gaps", "Group", "NoteBar", "NoteSelection", "NoteSeries", "Page", "Search", "Selection",
    "Series", "Sizes", "Suggestions", "TotalSelection", "Values", "certainty", "changes_since",
    "companies_investing_meanwhile", "company_events", "company_headcounts", "company_notes", "data_version",
    "emptied_by", "first_totals", "latest_year", "measured_gaps", "money_of", "notes_by_period", "of_any_day",
    "of_companies_at", "of_one_basis",
    "period_key", "periods_between", "still_filling", "suggestions",
]  # fmt: skip
