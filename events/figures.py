"""The figure of a view: the one that its page, an embed and a frozen view show."""

from events import charts, comparisons, note_charts
from events.charts import Chart
from events.comparisons import TotalChart
from events.filters import INVESTING_ROLES
from events.note_charts import NoteChart
from events.query import EventQuery, NoteQuery
from events.selection import (
    BesideSelection,
    CompanySelection,
    EventSelection,
    NoteSelection,
    Selection,
    TotalSelection,
    of_companies_at,
)
from events.shown import Names

# The lists that have a figure, by their place in addresses, and what it is.
FIGURES: dict[str, type[Chart | NoteChart | TotalChart]] = {
    "events": Chart,
    "ai": NoteChart,
    "companies": Chart,
    "layoffs-and-ai": Chart,
    "totals": TotalChart,
}


def figure_of(selection: Selection, names: Names | None = None) -> Chart | NoteChart | TotalChart | None:
    """The figure that the selection's query asks for; None where the view has none, or nothing in it to draw."""
    match selection:
        case EventSelection():
            return _of_events(selection, names or Names())
        case NoteSelection() if selection.count:
            return note_charts.chosen(selection, names or Names())
        case CompanySelection():
            return charts.most_people(selection)
        case BesideSelection() if selection.every_cut.counted:
            return charts.cuts_and_money(selection.every_cut, selection.every_note)
        case TotalSelection():
            return comparisons.chart_of(selection)
    return None


def _of_events(selection: EventSelection, names: Names) -> Chart | None:
    query = selection.query
    if query.chart == "ai":
        days = query.get("announced_after"), query.get("announced_before")
        both = charts.cuts_and_money(selection, invested_beside(query), charts.axis_grain(*days))
        return both if both.lines else None
    return charts.chosen(selection, lambda: notes_beside(query), names) if selection.counted else None


def notes_beside(query: EventQuery) -> NoteSelection:
    """The AI-investment notes of the companies that a query on events asks for."""
    return NoteSelection(NoteQuery.from_string("").changed(company=query.get("company"), as_of=query.as_of))


def invested_beside(query: EventQuery) -> NoteSelection:
    """The notes of what the companies that a query on events asks for put into AI, dated within its days; under a
    filter of sector or country, of companies of that sector and country. No other part of the filter is about notes."""
    days = {f"dated_{end}": query.get(f"announced_{end}") for end in ("after", "before")}
    roles = [str(role) for role in INVESTING_ROLES]
    notes = NoteQuery.from_string("").changed(company=query.get("company"), role=roles, as_of=query.as_of, **days)
    return of_companies_at(notes, query)
