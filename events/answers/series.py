"""The numbers of a chart: a series as a tree, and as a table with one line for each bar."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from events.answers.about import total_of
from events.answers.answer import Answer
from events.answers.columns import Column, Type
from events.answers.csv import lines
from events.answers.labels import labelled
from events.selection import SIZES, Bar, EventSelection, NoteSelection, Sizes


def tree(answer: Answer, by: str) -> dict[str, Any]:
    """People by period, sector, company or the like: with `remainder`, what no bar can hold."""
    selection: EventSelection = answer.selection
    series = selection.series_by(by)
    named = labelled(by, {bar.key: bar.label for bar in series.bars})
    return {
        "by": by,
        "adds_up": series.adds_up,
        "counts_as": str(series.counts_as),
        "other_kinds": {k: t.events for k, t in selection.totals.items() if k != series.counts_as},
        "bars": [{**named[bar.key], **_counted(series.counts_as, bar, by)} for bar in series.bars],
        "remainder": _counted(series.counts_as, series.remainder, "") if series.remainder else None,
    }


def _counted(kind: str, bar: Bar, by: str) -> dict[str, Any]:
    return {
        **total_of(kind, bar.total),
        "shows_less": bar.shows_less,
        # Of a series by size: how many these are when a whole and all below it are one.
        "cuts": bar.cuts if by in ("size", "size_by_year") else None,
        # Of recent periods: the share of events that usually arrives later, in percent.
        "late_percent": bar.late,
        "sizes": _sizes(bar.sizes) if bar.sizes else None,
    }


def _sizes(sizes: Sizes) -> dict[str, Any]:
    lower, median, upper = sizes.quartiles or (None, None, None)
    return {
        "people_lower_quartile": lower,
        "people_median": median,
        "people_upper_quartile": upper,
        "cuts": sizes.classes,
        "cuts_without_figure": sizes.without_figure,
    }


# ── As a table ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _people(name: str) -> Any:
    return lambda row: row["people"] and row["people"][name]


def _of_sizes(name: str) -> Any:
    return lambda row: row["sizes"] and row["sizes"][name]


def _in_class(name: str) -> Any:
    return lambda row: row["sizes"] and row["sizes"]["cuts"][name]


_BAR = (
    Column("key", _("Its value in filters; empty for what is not stated."), Type.TEXT, lambda row: row["key"]),
    Column("label", _("The same in words."), Type.TEXT, lambda row: row["label"]),
    Column("is_remainder", _("Whether it is what no bar can hold."), Type.BOOLEAN, lambda row: row["is_remainder"]),
)
_EVENT_BAR = (
    Column("counts_as", _("What the events count as."), Type.WORD, lambda row: row["counts_as"]),
    Column("events", _("Events."), Type.INTEGER, lambda row: row["events"]),
    Column("without_figure", _("Events without a figure."), Type.INTEGER, lambda row: row["without_figure"]),
    Column("people_low", _("People: the low bound."), Type.INTEGER, _people("low")),
    Column("people", _("People known."), Type.INTEGER, _people("known")),
    Column("people_high", _("People: the high bound."), Type.INTEGER, _people("high")),
    Column("high_open", _("Whether the high is open."), Type.BOOLEAN, _people("high_open")),
    Column("shows_less", _("Whether its own view shows more."), Type.BOOLEAN, lambda row: row["shows_less"]),
    Column("late_percent", _("Percent of events that usually arrive later."), Type.INTEGER,
           lambda row: row["late_percent"]),
    Column("cuts", _("Cuts, a whole with all below it being one."), Type.INTEGER, lambda row: row["cuts"]),
    Column("people_lower_quartile", _("People per cut: lower quartile."), Type.DECIMAL,
           _of_sizes("people_lower_quartile")),
    Column("people_median", _("People per cut: median."), Type.DECIMAL, _of_sizes("people_median")),
    Column("people_upper_quartile", _("People per cut: upper quartile."), Type.DECIMAL,
           _of_sizes("people_upper_quartile")),
    *(
        Column(f"cuts_{name.replace('-', '_').replace('+', '_or_more')}", _("Cuts of this size."), Type.INTEGER,
               _in_class(name))
        for name in SIZES
    ),
    Column("cuts_without_figure", _("Cuts without a figure."), Type.INTEGER, _of_sizes("cuts_without_figure")),
)  # fmt: skip


_NOTE_BAR = (
    Column("notes", _("AI-investment notes."), Type.INTEGER, lambda row: row["bar"].notes),
    Column("notes_actual", _("Notes of what was done or spent."), Type.INTEGER, lambda row: row["bar"].actual),
    Column("notes_plan", _("Notes of a plan."), Type.INTEGER, lambda row: row["bar"].plan),
    Column("notes_unknown", _("Notes of which neither is known."), Type.INTEGER, lambda row: row["bar"].unknown),
)
# The columns of each subject's series, by its place in addresses.
COLUMNS = {"events": (*_BAR, *_EVENT_BAR), "ai": (*_BAR, *_NOTE_BAR)}
Row = dict[str, Any]


def write_csv(answer: Answer, by: str) -> Iterator[str]:
    """The header, one line for each bar, and a last one for the remainder."""
    stem = answer.subject.stem
    bars, remainder = _BARS[stem](answer, by)
    rows = [{**bar, "is_remainder": False} for bar in bars]
    if remainder:
        rows.append({**remainder, "key": None, "label": _("not in any bar"), "is_remainder": True})
    return lines(COLUMNS[stem], rows, answer.base)


def _of_events(answer: Answer, by: str) -> tuple[list[Row], Row | None]:
    found = tree(answer, by)
    kind = {"counts_as": found["counts_as"]}
    return [bar | kind for bar in found["bars"]], found["remainder"] and found["remainder"] | kind


def _of_notes(answer: Answer, by: str) -> tuple[list[Row], Row | None]:
    selection: NoteSelection = answer.selection
    series = selection.series_by(by)
    named = labelled(by, {bar.key: "" for bar in series.bars})
    remainder = {"bar": series.remainder} if series.remainder else None
    return [{**named[bar.key], "bar": bar} for bar in series.bars], remainder


_BARS: dict[str, Callable[[Answer, str], tuple[list[Row], Row | None]]] = {"events": _of_events, "ai": _of_notes}
