"""Charts as data: a title that says what is counted, the finding in a sentence, the bars, which are also the table."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django_countries import countries

from events import present
from events.counting import Total
from events.dates import read_date
from events.filters import CHARTS, GRAINS
from events.keys import kind_words
from events.models.choices import CountsAs, NoteKind, PlanOrActual, Sector
from events.models.company import Company
from events.query import EventQuery
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
# How many lines stay readable beside one another: the latest years.
YEARS_DRAWN = 6
# So many share a first place by name; more are counted.
MANY = 3
# The names of sizes of cuts, in figures.
_SIZE = {"1-49": "1–49", "50-249": "50–249", "250-999": "250–999", "1000+": "1,000+"}
_PEOPLE = {
    CountsAs.CUT: _lazy("People laid off"),
    CountsAs.FILING: _lazy("People in filings"),
    CountsAs.TEMPORARY: _lazy("People laid off for a time"),
}
_PER = {
    CountsAs.CUT: _lazy("People per cut, and cuts by size"),
    CountsAs.FILING: _lazy("People per filing, and filings by size"),
    CountsAs.TEMPORARY: _lazy("People per temporary layoff, and temporary layoffs by size"),
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
    is_drawn: bool = True

    @property
    def ends(self) -> tuple[int, int]:
        """The interval, smaller end first: net bounds may cross."""
        low, high = sorted((self.bar.total.low, self.bar.total.high))
        return low, high


@dataclass(frozen=True)
class Choice:
    """A link to the same view with another figure."""

    label: str
    string: str
    chosen: bool


@dataclass
class Chart:
    """A figure of a page. `kind` names the drawing: time, years, bars, sizes or mirror. `by` is its series in files."""

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
    by: str = ""
    left_out: str = ""
    grains: list[Choice] = field(default_factory=list)

    @property
    def has_notes(self) -> bool:
        return any(line.notes for line in self.lines)

    @property
    def has_money(self) -> bool:
        return any(line.money is not None for line in self.lines)

    @property
    def some_without(self) -> bool:
        """Whether a bar holds events without a figure beside others."""
        return any(0 < line.bar.total.without_figure < line.bar.total.events for line in self.lines)

    @property
    def only_without(self) -> bool:
        """Whether a bar holds only events without a figure."""
        return any(line.bar.total.events and not line.bar.total.with_figure for line in self.lines)

    @property
    def years(self) -> list[str]:
        """The years that are drawn, the latest last."""
        return list(dict.fromkeys(line.short[:4] for line in self.lines if line.is_drawn))

    @property
    def sizes(self) -> list[tuple[str, str]]:
        """The classes of cuts with the names of their colours, smallest first."""
        return [(f"size-{n}", words) for n, words in enumerate(_SIZE.values(), 1)]


def chosen(selection: EventSelection, notes: Callable[[], NoteSelection], names: Names) -> Chart:
    """The figure that a query asks for: no other is counted."""
    match selection.query.chart:
        case "cumulative":
            return through_the_year(selection)
        case "company":
            return by_company(selection, names)
        case "sector":
            return by_sector(selection)
        case "country":
            return by_country(selection)
        case "size":
            return by_size(selection)
    return by_time(selection, notes())


def without_links(chart: Chart) -> Chart:
    """The figure for a frame on another site, in which no page of ours may open."""
    return replace(chart, lines=[replace(line, href="") for line in chart.lines], grains=[])


def choices(query: EventQuery) -> list[Choice]:
    """The figures that there are, as links."""
    return [
        Choice(str(label), query.canonical(chart=None if name == query.default_chart else name), name == query.chart)
        for name, label in CHARTS
    ]


def grains(query: EventQuery) -> list[Choice]:
    """How a figure over time may be divided, as links."""
    asked = query.get("grain")
    found = [Choice(str(label).capitalize(), query.canonical(grain=name), name == asked) for name, label in GRAINS]
    return [Choice(_("As fits"), query.canonical(grain=None), not asked), *found]


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
        by=series.by,
        left_out=_left_out(series),
        grains=grains(selection.query),
    )


def _left_out(series: Series) -> str:
    """What no bar can hold, in words."""
    if not series.remainder:
        return ""
    total, grain = series.remainder.total, "month" if series.by == "cumulative" else series.by
    words = {"n": present.whole(total.events), "people": _people(total), "grain": _GRAIN[grain]}
    return (
        ngettext(
            "%(n)s event, %(people)s, is not dated to the %(grain)s and stands in no bar.",
            "%(n)s events, %(people)s, are not dated to the %(grain)s and stand in no bar.",
            total.events,
        )
        % words
    )


def through_the_year(selection: EventSelection) -> Chart:
    """People until the end of each month, a line for each year: only what is dated to the month."""
    series = selection.series_by("cumulative")
    years = sorted({bar.key[:4] for bar in series.bars})
    drawn = set(years[-YEARS_DRAWN:])
    lines = [
        Line(
            present.period_words(bar.key),
            bar.key,
            bar,
            href=_link(selection, f"{bar.key[:4]}-01", bar.key),
            is_drawn=bar.key[:4] in drawn,
        )
        for bar in series.bars
    ]
    note = ""
    if len(years) > YEARS_DRAWN:
        note = _("The latest %(n)s of %(all)s years are drawn; the table has all.") % {
            "n": YEARS_DRAWN,
            "all": len(years),
        }
    return Chart(
        id="through-the-year",
        kind="years",
        title=_("%(people)s, added up through each year") % {"people": _PEOPLE[CountsAs(series.counts_as)]},
        finding=_years_finding(series),
        first_column=_("Until the end of"),
        lines=lines,
        remainder=series.remainder,
        note=_("not dated to the month"),
        events_word=kind_words(series.counts_as),
        by="cumulative",
        left_out=" ".join(filter(None, [note, _left_out(series)])),
    )


def _years_finding(series: Series) -> str:
    """The latest month beside the same month of the year before it that has one."""
    if not series.bars:
        return _("Nothing here is dated to the month.")
    last = series.bars[-1]
    same = [bar for bar in series.bars if bar.key[5:] == last.key[5:] and bar is not last]
    now = _("Until the end of %(period)s: %(people)s") % {
        "period": present.period_words(last.key),
        "people": _people(last.total),
    }
    if not same:
        return f"{now}."
    then = _("until the end of %(period)s: %(people)s") % {
        "period": present.period_words(same[-1].key),
        "people": _people(same[-1].total),
    }
    return f"{now}; {then}."


def by_size(selection: EventSelection) -> Chart:
    """How large cuts are, by year: quartiles of people per cut and the shares of small and large ones."""
    series = selection.series_by("size_by_year")
    lines = [Line(bar.key, bar.key, bar, href=_link(selection, bar.key, bar.key)) for bar in series.bars]
    return Chart(
        id="by-size",
        kind="sizes",
        title=_("%(per)s, by year of announcement") % {"per": _PER[CountsAs(series.counts_as)]},
        finding=_size_finding(series),
        first_column=_("Year"),
        lines=lines,
        events_word=kind_words(series.counts_as),
        by="size_by_year",
        left_out=_(
            "A whole with all its parts that are found is one, of their total and in the year of its date. Those "
            "without a figure are in no quartile and no share."
        ),
    )


def _size_finding(series: Series) -> str:
    """The latest two years of which a size is known, beside one another."""
    known = [bar for bar in series.bars if bar.sizes and bar.sizes.with_figure]
    if not known:
        return _("Of none of these is the size known.")

    def said(bar: Bar) -> str:
        sizes: Any = bar.sizes
        words = {
            "year": bar.key,
            "median": present.people_per_cut(sizes.quartiles[1]),
            "large": present.share(sizes.percent("1000+")),
            "n": present.whole(sizes.with_figure),
        }
        return _("%(year)s: half are of %(median)s people or fewer, %(large)s of 1,000 or more (%(n)s known)") % words

    return f"{'; '.join(said(bar) for bar in known[-2:])}."


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


def by_country(selection: EventSelection) -> Chart:
    series = selection.series_by("country")

    def name(code: str) -> str:
        return (countries.name(code) or code) if code else _("not stated")

    return _ranked(selection, series, "by-country", _("country"), name, "country")


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
        finding=_rank_finding([(line.label, line.bar) for line in lines if line.bar.key], series, word),
        by=series.by,
        first_column=word.capitalize(),
        lines=lines,
        rest=others if rest else None,
        left_out=_rest_words(len(rest), others) if rest else "",
        note=ngettext("%(n)s more", "%(n)s more", len(rest)) % {"n": len(rest)},
        events_word=kind_words(series.counts_as),
    )


def _rest_words(number: int, total: Total) -> str:
    """What stands below the first ones, in words."""
    words = {"n": present.whole(number), "people": _people(total)}
    return (
        ngettext(
            "%(n)s more, %(people)s, has no bar: this figure's CSV names it.",
            "%(n)s more, %(people)s, have no bar: this figure's CSV names them.",
            number,
        )
        % words
    )


def _people(total: Total) -> str:
    """ "1,200 people known", "no number of people known": unknown is never 0."""
    if total.events and not total.with_figure:
        return _("no number of people known")
    return _("%(n)s people known") % {"n": present.whole(total.headline)}


def _all_of(words: list[str]) -> str:
    """ "A", "A and B", "A, B and C"."""
    *some, last = words
    return _("%(some)s and %(last)s") % {"some": ", ".join(some), "last": last} if some else last


def _time_finding(series: Series) -> str:
    most = max((bar.total.headline for bar in series.bars), default=0)
    if not most:
        return _("No period here has a known number of people.")
    tops, last = [bar for bar in series.bars if bar.total.headline == most], series.bars[-1]
    if len(series.bars) == 1:
        return _("%(period)s: %(people)s.") % {"period": present.period_words(last.key), "people": _people(last.total)}
    if len(tops) > MANY:
        return _("%(n)s periods share the highest number, %(people)s in each.") % {
            "n": present.whole(len(tops)),
            "people": _people(tops[0].total),
        }
    words = {
        "tops": _all_of([present.period_words(bar.key) for bar in tops]),
        "people": _people(tops[0].total),
        "last": present.period_words(last.key),
        "latest": _people(last.total),
    }
    if len(tops) > 1:
        return _("%(tops)s are the highest with %(people)s in each.") % words
    if last is tops[0]:
        return _("%(tops)s, the latest, is the highest: %(people)s.") % words
    return _("%(tops)s is the highest with %(people)s; the latest, %(last)s, has %(latest)s.") % words


def _rank_finding(named: list[tuple[str, Bar]], series: Series, word: str) -> str:
    """Who comes first of those that have a name; what is not stated comes nowhere."""
    whole = sum(bar.total.headline for bar in series.bars)
    most = max((bar.total.headline for _name, bar in named), default=0)
    if not whole:
        return _("No number of people is known here.")
    if not most:
        return _("Of the %(n)s people known here, the %(word)s is not stated.") % {
            "n": present.whole(whole),
            "word": word,
        }
    tops = [name for name, bar in named if bar.total.headline == most]
    if len(tops) > MANY:
        return _("%(n)s share the first place with %(m)s of %(all)s people known each.") % {
            "n": present.whole(len(tops)),
            "m": present.whole(most),
            "all": present.whole(whole),
        }
    words = {"tops": _all_of(tops), "m": present.whole(most), "all": present.whole(whole)}
    if len(tops) > 1:
        return _("%(tops)s come first with %(m)s of %(all)s people known each.") % words
    first = _("%(tops)s comes first with %(m)s of %(all)s people known.") % words
    # What the sources leave open may put another before it.
    least = next(min(bar.total.low, bar.total.high) for _name, bar in named if bar.total.headline == most)
    rivals = [name for name, bar in named if name not in tops and max(bar.total.low, bar.total.high) > least]
    if not rivals:
        return first
    if len(rivals) > MANY:
        others = _("By their intervals %(n)s others may have more.") % {"n": present.whole(len(rivals))}
    else:
        others = _("By the intervals %(names)s may have more.") % {"names": _all_of(rivals)}
    return f"{first} {others}"


def _company_link(selection: EventSelection, company: Company) -> str:
    """The view of what the bar counts: the company alone, under the same filter."""
    return f"/events/?{selection.query.canonical(company=[company], subsidiaries='no')}"


def _period_link(selection: EventSelection, key: str) -> str:
    """The period's own view, no wider than the days that the query asks for."""
    return _link(selection, key, key)


def _link(selection: EventSelection, first_key: str, last_key: str) -> str:
    """The view from the first day of a period to the last of another, no wider than the query asks for."""
    first, last, query = read_date(first_key).first, read_date(last_key).last, selection.query
    first = max(first, query.get("announced_after") or first)
    last = min(last, query.get("announced_before") or last)
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
        Line(
            present.period_words(k),
            k,
            bars.get(k) or Bar(k, Total(), 0),
            marks[k],
            href=_period_link(selection, k),
            money=money.get(k),
        )
        for k in keys
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
        by="quarter",
        left_out=_left_out(series),
    )
