"""Charts as data: a title that says what is counted, the finding in a sentence, the bars, which are also the table."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import present
from events.counting import Total
from events.models.choices import CountsAs, Sector
from events.selection import Bar, EventSelection, NoteSelection, Series, notes_by_period, period_key
from events.shown import Names

TOP = 10
_PEOPLE = {
    CountsAs.CUT: _("People laid off"),
    CountsAs.FILING: _("People in filings"),
    CountsAs.TEMPORARY: _("People laid off for a time"),
}
_GRAIN = {"month": _("month"), "quarter": _("quarter"), "year": _("year")}


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
        first_column=_GRAIN[series.by].capitalize(),
        lines=lines,
        remainder=series.remainder,
        with_notes=notes is not None,
        note=_("not dated to the %(grain)s") % {"grain": _GRAIN[series.by]},
        events_word=_kind_word(series.counts_as),
    )


def by_sector(selection: EventSelection) -> Chart:
    names = {str(value): str(label) for value, label in Sector.choices}
    series = selection.series_by("sector")
    return _ranked(selection, series, "by-sector", _("sector"), lambda key: names.get(key, _("not stated")), "sector")


def by_company(selection: EventSelection, names: Names) -> Chart:
    series = selection.series_by("company")
    names.add(int(bar.key) for bar in series.bars[:TOP])
    by_slug = {bar.key: names.company(int(bar.key)) for bar in series.bars[:TOP]}
    chart = _ranked(selection, series, "by-company", _("company"), lambda key: by_slug[key].name, "")
    chart.lines = [
        Line(line.label, line.short, line.bar, href=by_slug[line.bar.key].get_absolute_url()) for line in chart.lines
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
        events_word=_kind_word(series.counts_as),
    )


def _kind_word(kind: str) -> str:
    return {
        CountsAs.CUT: _("cuts"),
        CountsAs.FILING: _("filings"),
        CountsAs.TEMPORARY: _("temporary layoffs"),
    }[CountsAs(kind)]


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


def _period_link(selection: EventSelection, key: str) -> str:
    from events.dates import read_date

    known = read_date(key)
    return f"/events/?{selection.query.canonical(announced_after=known.first, announced_before=known.last)}"


def cuts_and_money(selection: EventSelection, notes: NoteSelection) -> Chart:
    """Cuts above, AI money below, by quarter: each with its own scale, never a ratio (rule 8).

    Money is that of notes in millions of US dollars that count: actual, with kind and period, at the quarter in which
    they are dated.
    """
    series = selection.series_by_time("quarter")
    money: dict[str, Decimal] = {}
    marks: Counter = Counter()
    rows = notes.editions.order_by().values_list(
        "dated_month", "dated_from", "date_precision", "plan_or_actual", "period_from", "usd_millions",
        "usd_low_millions",
    )  # fmt: skip
    for month, first, precision, plan_or_actual, period_from, best, low in rows:
        key = period_key("quarter", month, first, precision)
        if not key:
            continue
        marks[key] += 1
        amount = best if best is not None else low
        if amount is not None and plan_or_actual == "actual" and period_from:
            money[key] = money.get(key, Decimal(0)) + amount
    bars = {bar.key: bar for bar in series.bars}
    keys = sorted({*bars, *marks})
    full: list[str] = []
    if keys:
        year, quarter = int(keys[0][:4]), int(keys[0][6:])
        while (key := f"{year:04d}-Q{quarter}") <= keys[-1]:
            full.append(key)
            year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)
    lines = [
        Line(present.period_words(k), k, bars.get(k) or Bar(k, Total(), 0), marks[k], money=money.get(k)) for k in full
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
        events_word=_("cuts"),
    )
