"""Charts as data: a title that says what is counted, the finding in a sentence, the bars, which are also the table."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from events import present
from events.counting import Total
from events.dates import read_date
from events.keys import kind_words
from events.models.choices import CountsAs, NoteKind, PlanOrActual, Sector
from events.models.company import Company
from events.selection import (
    Bar,
    EventSelection,
    NoteSelection,
    Series,
    money_of,
    notes_by_period,
    period_key,
    periods_between,
)
from events.shown import Names

TOP = 10
_PEOPLE = {
    CountsAs.CUT: _lazy("People laid off"),
    CountsAs.FILING: _lazy("People in filings"),
    CountsAs.TEMPORARY: _lazy("People laid off for a time"),
}
_GRAIN = {"month": _lazy("month"), "quarter": _lazy("quarter"), "year": _lazy("year")}


@dataclass(frozen=True)
class Line:
    """One bar, which is also a row of the table."""

    label: str
    short: str
    bar: Bar
    notes: int = 0
    href: str = ""
    money: Decimal | None = None

    @property
    def ends(self) -> tuple[int, int]:
        """The interval, smaller end first: net bounds may cross."""
        low, high = sorted((self.bar.total.low, self.bar.total.high))
        return low, high


@dataclass
class Chart:
    """A figure of a page. `kind` names the drawing: time, bars or mirror."""

    id: str
    kind: str
    title: str
    finding: str
    first_column: str
    lines: list[Line]
    remainder: Bar | None = None
    with_notes: bool = False
    note: str = ""
    rest: Total | None = field(default=None)
    events_word: str = ""
    money_word: str = ""
    money_undated: Decimal | None = None
    filling: str = ""


def by_time(selection: EventSelection, notes: NoteSelection | None) -> Chart:
    """People by month, quarter or year, with how many AI-investment notes are dated to each."""
    series = selection.series_by_time()
    marks = notes_by_period(notes.editions, series.by) if notes else Counter()
    lines = [
        Line(present.period_words(bar.key), bar.key, bar, marks[bar.key], href=_period_link(selection, bar.key))
        for bar in series.bars
    ]
    return Chart(
        id="by-time",
        kind="time",
        title=_("%(people)s, by %(grain)s of announcement")
        % {"people": _PEOPLE[CountsAs(series.counts_as)], "grain": _GRAIN[series.by]},
        finding=_time_finding(series),
        first_column=str(_GRAIN[series.by]).capitalize(),
        lines=lines,
        remainder=series.remainder,
        with_notes=notes is not None,
        note=_("not dated to the %(grain)s") % {"grain": _GRAIN[series.by]},
        events_word=kind_words(series.counts_as),
        filling=_filling(series),
    )


def _filling(series: Series) -> str:
    """Which of the latest periods are still filling, and how much usually comes later."""
    late = [
        _("%(period)s (%(share)s %% of cuts are usually recorded later)")
        % {"period": present.period_words(bar.key), "share": bar.late}
        for bar in series.bars
        if bar.late
    ]
    return _("Still filling: %(periods)s.") % {"periods": ", ".join(late)} if late else ""


def by_sector(selection: EventSelection) -> Chart:
    names = {str(value): str(label) for value, label in Sector.choices}
    series = selection.series_by("sector")
    return _ranked(selection, series, "by-sector", _("sector"), lambda key: names.get(key, _("not stated")), "sector")


def by_company(selection: EventSelection, names: Names) -> Chart:
    series = selection.series_by("company")
    names.add(int(bar.key) for bar in series.bars[:TOP])
    by_id = {bar.key: names.company(int(bar.key)) for bar in series.bars[:TOP]}
    chart = _ranked(selection, series, "by-company", _("company"), lambda key: by_id[key].name, "")
    chart.lines = [
        Line(line.label, line.short, line.bar, href=_company_link(selection, by_id[line.bar.key]))
        for line in chart.lines
    ]
    return chart


def _ranked(selection: EventSelection, series: Series, id_: str, word: str, name: Any, parameter: str) -> Chart:
    shown, rest = series.bars[:TOP], series.bars[TOP:]
    others = Total()
    for bar in rest:
        others += bar.total
    lines = [
        Line(
            name(bar.key),
            name(bar.key),
            bar,
            href=f"/events/?{selection.query.canonical(**{parameter: [bar.key]})}" if parameter and bar.key else "",
        )
        for bar in shown
    ]
    return Chart(
        id=id_,
        kind="bars",
        title=_("%(people)s, by %(word)s") % {"people": _PEOPLE[CountsAs(series.counts_as)], "word": word},
        finding=_rank_finding(lines, series),
        first_column=word.capitalize(),
        lines=lines,
        rest=others if rest else None,
        note=ngettext("%(n)s more", "%(n)s more", len(rest)) % {"n": len(rest)},
        events_word=kind_words(series.counts_as),
    )


def _time_finding(series: Series) -> str:
    bars = [bar for bar in series.bars if bar.total.headline]
    if not bars:
        return _("No period here has a known number of people.")
    top = max(bars, key=lambda bar: bar.total.headline)
    if len(series.bars) == 1:
        return _("%(n)s people known in %(period)s.") % {
            "n": present.whole(top.total.headline),
            "period": present.period_words(top.key),
        }
    last = series.bars[-1]
    if last is top:
        return _("%(period)s is the highest: %(n)s people known.") % {
            "period": present.period_words(top.key),
            "n": present.whole(top.total.headline),
        }
    return _("%(top)s is the highest with %(n)s people known; the latest, %(last)s, has %(m)s.") % {
        "top": present.period_words(top.key),
        "n": present.whole(top.total.headline),
        "last": present.period_words(last.key),
        "m": present.whole(last.total.headline),
    }


def _rank_finding(lines: list[Line], series: Series) -> str:
    whole = sum(bar.total.headline for bar in series.bars)
    if not lines or not whole:
        return _("No number of people is known here.")
    first = lines[0]
    return _("%(name)s comes first with %(n)s of %(all)s people known.") % {
        "name": first.label,
        "n": present.whole(first.bar.total.headline),
        "all": present.whole(whole),
    }


def _company_link(selection: EventSelection, company: Company) -> str:
    """The view of what the bar counts: the company alone, under the same filter."""
    return f"/events/?{selection.query.canonical(company=[company], subsidiaries='no')}"


def _period_link(selection: EventSelection, key: str) -> str:
    """The period's own view, no wider than the days that the query asks for."""
    known, query = read_date(key), selection.query
    first = max(known.first, query.get("announced_after") or known.first)
    last = min(known.last, query.get("announced_before") or known.last)
    return f"/events/?{query.canonical(announced_after=first, announced_before=last)}"


def cuts_and_money(selection: EventSelection, notes: NoteSelection) -> Chart:
    """Cuts above, AI money below, by quarter: each with its own scale, never a ratio (rule 8).

    Kinds of money are never added: the bars are of one kind, money spent, the one of which most notes count. A note
    stands at the quarter in which it is dated.
    """
    series = selection.series_by_time("quarter")
    marks = notes_by_period(notes.editions, "quarter")
    spent = {kind: sum_.notes for (kind, state), sum_ in notes.money.items() if state == PlanOrActual.ACTUAL}
    kind = max(spent, key=lambda k: (k == NoteKind.CAPITAL_SPENDING, spent[k]), default=str(NoteKind.CAPITAL_SPENDING))
    by_quarter = money_of(notes.editions, notes.day, lambda *dated: period_key("quarter", *dated))
    spent_in = {k: sums[kind, "actual"] for k, sums in by_quarter.items() if (kind, "actual") in sums}
    # Where only an upper bound is known no bar is drawn: unknown is not 0.
    money = {k: sum_.best for k, sum_ in spent_in.items() if sum_.is_known}
    bars = {bar.key: bar for bar in series.bars}
    keys = periods_between([*bars, *marks], "quarter")
    lines = [
        Line(present.period_words(k), k, bars.get(k) or Bar(k, Total(), 0), marks[k], money=money.get(k)) for k in keys
    ]
    return Chart(
        id="cuts-and-money",
        kind="mirror",
        title=_("Job cuts above, AI investment below"),
        finding=_("Both on one time axis, each with its own scale. Nothing here says that one pays for the other."),
        first_column=_("Quarter"),
        lines=lines,
        remainder=series.remainder,
        with_notes=True,
        note=_("not dated to the quarter"),
        events_word=kind_words(CountsAs.CUT),
        money_word=_("%(kind)s, actual") % {"kind": NoteKind(kind).label},
        money_undated=money.get(""),
    )
