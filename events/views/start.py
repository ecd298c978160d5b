"""The start page: how many, compared with last year, who, what is new, how sure."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from events import charts, dates
from events.answers import linked_data
from events.counting import Total
from events.explorer import presets
from events.keys import certainty_words, change_words, year_keys
from events.models.choices import CountsAs
from events.query import EventQuery, RecordQuery
from events.selection import EventSelection, NoteSelection, certainty, changes_since, first_totals, latest_year
from events.shown import Names, event_rows, note_rows
from events.views.ask import ask_events, ask_notes, base_of, for_readers, of_one_state

# The rows of each list: the page answers within one screen.
SHOWN = 5


@for_readers
@of_one_state
def start(request: HttpRequest) -> HttpResponse:
    query = RecordQuery.from_request(request)
    if not query.is_valid():
        return render(request, "400.html", {"query": query}, status=400)
    day, names = query.as_of, Names()
    today = day or dates.today()
    year, until = latest_year(today, day)
    this_year = {"announced_after": f"{year}-01-01", "announced_before": until.isoformat(), "as_of": day}
    selection = EventSelection(ask_events(**this_year))
    latest = EventSelection(ask_events(as_of=day))
    biggest = EventSelection(ask_events(**this_year, order="-people"))
    months = EventSelection(ask_events(announced_after=f"{year - 3}-01-01", as_of=day))
    notes = NoteSelection(ask_notes(dated_after=f"{year - 3}-01-01", as_of=day))
    money = NoteSelection(
        ask_notes(dated_after=f"{year}-01-01", dated_before=until.isoformat(), order="-money", as_of=day)
    )
    week = today - timedelta(days=6)
    return render(
        request,
        "start.html",
        {
            "linked": linked_data.of_site(base_of(request)),
            "query": query,
            "as_of": day,
            "reconstructed_from": latest.reconstructed_from,
            "presets": presets(EventQuery, year, day),
            "year": year,
            "until": until,
            "keys": year_keys(selection, names.tree, year, until),
            "selection": selection,
            "chart": charts.by_time(months, notes),
            "months": months,
            "certainty": certainty_words(certainty(selection), selection.totals.get(CountsAs.CUT, Total())),
            "latest": list(event_rows(latest.page(SHOWN).rows, latest, names)),
            "biggest": list(event_rows(biggest.page(SHOWN).rows, biggest, names)),
            "biggest_link": biggest.query.canonical(),
            "money": note_rows(money.page(SHOWN).rows, names),
            "money_link": money.query.canonical(),
            "week": week,
            "changes": change_words(changes_since(week, today)),
            "totals": first_totals(day),
        },
    )
