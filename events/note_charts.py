"""Figures of AI-investment notes: how many, never how much, for kinds of money, plans and actuals are never added."""

from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from events import present
from events.charts import TOP, Figure, first_place, grains, highest, spanned
from events.models.choices import NoteKind
from events.selection import NoteBar, NoteSelection, NoteSeries
from events.shown import Names

_TITLES = {
    "month": _lazy("AI-investment notes, by month of their date"),
    "quarter": _lazy("AI-investment notes, by quarter of their date"),
    "year": _lazy("AI-investment notes, by year of their date"),
}
_FIRST = {"month": _lazy("Month"), "quarter": _lazy("Quarter"), "year": _lazy("Year")}
_NOT_DATED = {
    "month": _lazy("not dated to the month"),
    "quarter": _lazy("not dated to the quarter"),
    "year": _lazy("not dated to the year"),
}


@dataclass(frozen=True)
class NoteLine:
    """One bar, which is also a row of the table."""

    label: str
    short: str
    bar: NoteBar
    href: str


@dataclass(kw_only=True)
class NoteChart(Figure):
    """A figure of notes."""

    lines: list[NoteLine]
    remainder: NoteBar | None = None
    stem: str = "ai"


def chosen(selection: NoteSelection, names: Names) -> NoteChart:
    """The figure that a query asks for: no other is counted."""
    match selection.query.chart:
        case "kind":
            return by_kind(selection)
        case "company":
            return by_company(selection, names)
    return by_time(selection)


def by_time(selection: NoteSelection) -> NoteChart:
    """Notes by month, quarter or year of their date."""
    series = selection.series_by(selection.grain)
    lines = [
        NoteLine(
            present.period_words(bar.key), bar.key, bar, f"/ai/?{spanned(selection.query, 'dated', bar.key, bar.key)}"
        )
        for bar in series.bars
    ]
    return NoteChart(
        id="by-time",
        kind="notes",
        title=str(_TITLES[series.by]),
        finding=highest([(bar.key, bar.notes, _notes(bar.notes)) for bar in series.bars])
        if series.bars
        else _("None of these is dated so exactly."),
        first_column=str(_FIRST[series.by]),
        lines=lines,
        remainder=series.remainder,
        note=str(_NOT_DATED[series.by]),
        by=series.by,
        left_out=_undated(series),
        grains=grains(selection.query),
    )


def by_kind(selection: NoteSelection) -> NoteChart:
    """Notes by kind: each has one."""
    series = selection.series_by("kind")
    lines = [
        NoteLine(label, label, bar, f"/ai/?{selection.query.canonical(kind=[bar.key])}")
        for bar, label in ((bar, capfirst(str(NoteKind(bar.key).label))) for bar in series.bars)
    ]
    named = [(line.label, line.bar.notes) for line in lines]
    number = _("%(n)s of %(all)s") % {"n": present.whole(named[0][1]), "all": _notes(selection.count)}
    return NoteChart(
        id="by-kind",
        kind="note-bars",
        title=_("AI-investment notes, by kind"),
        finding=first_place(named, number),
        first_column=_("Kind"),
        lines=lines,
        by="kind",
    )


def by_company(selection: NoteSelection, names: Names) -> NoteChart:
    """Notes by company with what it owned on the day of each: a note counts at every company that has a role in it."""
    series = selection.series_by("company")
    shown, rest = series.bars[:TOP], series.bars[TOP:]
    names.add(int(bar.key) for bar in shown)
    companies = [names.company(int(bar.key)) for bar in shown]
    lines = [
        NoteLine(company.name, company.name, bar, f"/ai/?{selection.query.canonical(company=[company])}")
        for bar, company in zip(shown, companies, strict=True)
    ]
    said = [_("Each is counted with what it owned on the day: companies share notes, and there is no sum.")]
    if rest:
        more = ngettext(
            "%(n)s more company has no bar: this figure's CSV names it.",
            "%(n)s more companies have no bar: this figure's CSV names them.",
            len(rest),
        )
        said.append(more % {"n": present.whole(len(rest))})
    return NoteChart(
        id="by-company",
        kind="note-bars",
        title=_("AI-investment notes, by company in any role")
        if not selection.query.get("role")
        else _("AI-investment notes, by company in the roles chosen"),
        # Those below the tenth may share its place; more than a few are counted, not named.
        finding=first_place(
            [(line.label, line.bar.notes) for line in lines] + [("", bar.notes) for bar in rest], _notes(shown[0].notes)
        )
        if shown
        else _("None of these names a company."),
        first_column=_("Company"),
        lines=lines,
        remainder=series.remainder,
        note=_("about the whole sector"),
        by="company",
        left_out=" ".join(said) if shown else "",
    )


def _notes(n: int) -> str:
    return ngettext("%(n)s note", "%(n)s notes", n) % {"n": present.whole(n)}


def _undated(series: NoteSeries) -> str:
    """What no bar can hold, in words."""
    if not series.remainder:
        return ""
    number = series.remainder.notes
    return ngettext(
        "%(n)s note is dated less exactly and stands in no bar.",
        "%(n)s notes are dated less exactly and stand in no bar.",
        number,
    ) % {"n": present.whole(number)}
