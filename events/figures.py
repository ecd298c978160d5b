"""The figure of a view: the one that its page, an embed and a frozen view show."""

from events import charts, note_charts
from events.charts import Chart, Figure
from events.note_charts import NoteChart
from events.query import EventQuery, NoteQuery
from events.selection import BesideSelection, CompanySelection, EventSelection, NoteSelection, Selection
from events.shown import Names

# The lists that have a figure, by their place in addresses, and what it is.
FIGURES: dict[str, type[Chart | NoteChart]] = {
    "events": Chart,
    "ai": NoteChart,
    "companies": Chart,
    "layoffs-and-ai": Chart,
}


def figure_of(selection: Selection, names: Names | None = None) -> Figure | None:
    """The figure that the selection's query asks for; None where the view has none, or nothing in it to draw."""
    match selection:
        case EventSelection() if selection.counted:
            return charts.chosen(selection, lambda: notes_beside(selection.query), names or Names())
        case NoteSelection() if selection.count:
            return note_charts.chosen(selection, names or Names())
        case CompanySelection():
            return charts.most_people(selection)
        case BesideSelection() if selection.every_cut.counted:
            return charts.cuts_and_money(selection.every_cut, selection.every_note)
    return None


def notes_beside(query: EventQuery) -> NoteSelection:
    """The AI-investment notes of the companies that a query on events asks for."""
    return NoteSelection(NoteQuery.from_string("").changed(company=query.get("company"), as_of=query.as_of))
