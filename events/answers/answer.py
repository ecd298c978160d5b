"""An answer: a selection with its columns, its rows and what it states of itself. Each format writes one down."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from events.answers.about import About, about, link, view_string
from events.answers.columns import (
    BESIDE_COLUMNS,
    COMPANY_COLUMNS,
    EVENT_COLUMNS,
    NOTE_COLUMNS,
    TOTAL_COLUMNS,
    Column,
)
from events.answers.rows import citations, event_file_rows, note_file_rows, total_file_rows
from events.query import (
    BesideQuery,
    CompanyQuery,
    EventQuery,
    NoteQuery,
    NoteSeriesQuery,
    Query,
    SeriesQuery,
    TotalQuery,
)
from events.selection import BesideSelection, CompanySelection, EventSelection, NoteSelection, Selection, TotalSelection


class RowsDiffer(Exception):
    """Not as many rows came as the answer states: what was written so far must not pass for the whole."""


@dataclass(frozen=True)
class Subject:
    """What can be asked for: its place in addresses, its query and selection, the columns and rows of its files, and
    the query of its series, where it has one."""

    stem: str
    title: str
    query: type[Query]
    selection: Callable[[Any], Selection]
    columns: tuple[Column, ...]
    rows: Callable[[Iterable[Any], Any], Iterable[Any]]
    has_sources: bool
    series: type[Query] | None = None


SUBJECTS = {
    subject.stem: subject
    for subject in (
        Subject(
            "events", "Layoff events", EventQuery, EventSelection, EVENT_COLUMNS,
            lambda editions, selection: event_file_rows(editions, selection), True, SeriesQuery,
        ),
        Subject(
            "ai", "AI-investment notes", NoteQuery, NoteSelection, NOTE_COLUMNS,
            lambda editions, selection: note_file_rows(editions, selection), True, NoteSeriesQuery,
        ),
        Subject("companies", "Companies", CompanyQuery, CompanySelection, COMPANY_COLUMNS, lambda rows, _: rows, False),
        Subject(
            "layoffs-and-ai", "Layoffs beside AI investment", BesideQuery, BesideSelection, BESIDE_COLUMNS,
            lambda rows, _: rows, False,
        ),
        Subject(
            "totals", "Published totals", TotalQuery, TotalSelection, TOTAL_COLUMNS,
            lambda editions, selection: total_file_rows(editions, selection), True,
        ),
    )
}  # fmt: skip


class Answer:
    """A selection to be written down. `base` stands before addresses of our own: "https://host"."""

    def __init__(self, subject: Subject, selection: Any, base: str) -> None:
        self.subject, self.selection, self.base = subject, selection, base

    @classmethod
    def to(cls, subject: Subject, query: Any, base: str) -> "Answer":
        return cls(subject, subject.selection(query), base)

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.subject.columns

    @cached_property
    def about(self) -> About:
        return about(self.selection, self.base)

    def link(self, ending: str) -> str:
        """The address of this same selection in another format: `link(".csv")`."""
        return link(self.base, f"/{self.subject.stem}{ending}", view_string(self.selection.query))

    def as_tree(self, row: Any) -> dict[str, Any]:
        """A row by column, for formats that hold trees: with its sources in place of their number."""
        tree = {column.name: column.of(row, self.base) for column in self.columns}
        if self.subject.has_sources:
            tree["citations"] = citations(row)
        return tree

    def page(self, size: int) -> tuple[list[Any], str, str]:
        """The rows of one page by key, and the query strings of those before and after it."""
        page = self.selection.page(size)
        return list(self.subject.rows(page.rows, self.selection)), page.newer, page.older

    def rows(self) -> Iterator[Any]:
        """Every row in order. Raises RowsDiffer where not as many come as are stated."""
        stated, found = self.about.rows, 0
        for row in self.subject.rows(self.selection.stream(), self.selection):
            found += 1
            yield row
        if found != stated:
            raise RowsDiffer(f"{found} rows came, {stated} were stated.")
