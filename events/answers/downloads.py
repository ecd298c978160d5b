"""What stands below a view to take along: this view in each format and, where it is filtered, everything; with rows."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from events.answers.about import everything, link, stem_of, view_string
from events.answers.answer import SUBJECTS, Subject
from events.answers.atom import ENTRIES
from events.answers.json import PAGE_ROWS
from events.models.edition import EventEdition, NoteEdition, TotalEdition
from events.query import BesideQuery, CompanyQuery
from events.selection import BesideSelection, CompanySelection, EventSelection, NoteSelection, Selection, TotalSelection


@dataclass(frozen=True)
class Download:
    """One link, with how many rows it gives. `name` is the format, `is_everything` the file without a filter, `pages`
    whether these are the first of more, which the answer itself links to."""

    name: str
    href: str
    rows: int
    type: str
    is_everything: bool = False
    pages: bool = False


FORMATS = (
    ("CSV", ".csv", "text/csv"),
    ("Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("JSON", ".json", "application/json"),
    (_("JSON lines"), ".jsonl", "application/jsonl"),
    (_("Feed"), ".atom", "application/atom+xml"),
)
# How many rows the answers that have pages give at once.
AT_ONCE = {".json": PAGE_ROWS, ".atom": ENTRIES}


def downloads(selection: Selection) -> list[Download]:
    """The links of a page that shows `selection`."""
    found = files_of(selection)
    # Without a filter, too, a list of events is not everything: it holds cuts and signals.
    if selection.query.is_filtered or isinstance(selection, EventSelection):
        href = link("", f"/{stem_of(selection.query)}.csv", everything(selection))
        found.append(Download("CSV", href, rows_of_everything(selection), "text/csv", is_everything=True))
    return found


def files_of(selection: Selection) -> list[Download]:
    """`selection` in each format."""
    stem, string = stem_of(selection.query), view_string(selection.query)
    found = []
    for name, ending, content_type in FORMATS:
        rows = min(selection.count, AT_ONCE.get(ending, selection.count))
        href = link("", f"/{stem}{ending}", string)
        found.append(Download(str(name), href, rows, content_type, pages=rows < selection.count))
    return found


def rows_of_everything(selection: Selection) -> int:
    """The rows of the file without a filter, of every kind, as of the selection's day.

    The number alone is asked for: nothing is added up on the way.
    """
    match selection:
        case EventSelection():
            return EventEdition.objects.known_on(selection.day).filter(replaced_by__isnull=True).count()
        case NoteSelection():
            return NoteEdition.objects.known_on(selection.day).count()
        case BesideSelection():
            return BesideSelection(BesideQuery.from_string(everything(selection))).count
        case TotalSelection():
            return TotalEdition.objects.known_on(selection.day).count()
    return CompanySelection(CompanyQuery.from_string(everything(selection))).count


@dataclass(frozen=True)
class Whole:
    """All that is public of one subject, of every kind: how many rows, and the files that hold them."""

    subject: Subject
    rows: int
    files: list[Download]


def whole_files(day: date | None) -> list[Whole]:
    """The files without a filter of every subject, as known on `day`."""
    found = []
    for subject in SUBJECTS.values():
        known = subject.selection(subject.query.from_string("").changed(as_of=day))
        every = subject.selection(subject.query.from_string(everything(known)))
        found.append(Whole(subject, every.count, files_of(every)))
    return found
