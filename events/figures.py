"""The figure of a view: the one that its page, an embed and a frozen view show."""

from events import charts
from events.charts import Chart
from events.query import EventQuery, NoteQuery
from events.selection import CompanySelection, EventSelection, NoteSelection
from events.shown import Names

# The lists that have a figure, by their place in addresses, and what it is.
FIGURES: dict[str, type[Chart]] = {"events": Chart}


def figure_of(selection: EventSelection | NoteSelection | CompanySelection, names: Names | None = None) -> Chart | None:
    """The figure that the selection's query asks for; None where the view has none, or nothing in it to draw."""
    if isinstance(selection, EventSelection) and selection.counted:
        return charts.chosen(selection, lambda: notes_beside(selection.query), names or Names())
    return None


def notes_beside(query: EventQuery) -> NoteSelection:
    """The AI-investment notes of the companies that a query on events asks for."""
    return NoteSelection(NoteQuery.from_string("").changed(company=query.get("company"), as_of=query.as_of))
