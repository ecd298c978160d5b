"""Charts as data: a title that says what is counted, the finding in a sentence, the bars, which are also the table."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django_countries import countries

from events import present
from events.counting import Total
from events.dates import months_later, read_date
from events.filters import GRAINS
from events.keys import kind_words
from events.models.choices import CountsAs, NoteKind, PlanOrActual, Sector
from events.query import Query
from events.selection import (
    Bar,
    CompanySelection,
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


@dataclass(kw_only=True)
class Figure:
    """What every figure of a page says. `kind` names the drawing: time, years, bars, sizes, mirror, notes or
    note-bars; `stem` its subject's place in addresses; `by` its series in files, where it has one."""

    id: str
    kind: str
    title: str
    finding: str
    first_column: str
    note: str = ""
    by: str = ""
    left_out: str = ""
    csv: str = ""
    stem: str = "events"
    grains: list[Choice] = field(default_factory=list)

    @property
    def has_ranges(self) -> bool:
        """Whether its bars stand in the order of time, so that a range of them is a view."""
        return self.kind in ("time", "mirror", "sizes", "notes")


@dataclass(kw_only=True)
class Chart(Figure):
    """A figure of people."""

    lines: list[Line]
    remainder: Bar | None = None
    with_notes: bool = False
    rest: Total | None = field(default=None)
    events_word: str = ""
    money_word: str = ""
    money_undated: Decimal | None = None
    filling: str = ""

    @property
    def has_notes(self) -> bool:
        return any(line.notes for line in self.lines)

    @property
    def has_money(self) -> bool:
        return any(line.money is not None for line in self.lines)

    @property
    def has_known(self) -> bool:
        """Whether a bar is drawn of people known."""
        return any(line.bar.total.headline for line in self.lines)

    @property
    def has_intervals(self) -> bool:
        """Whether a bar has an interval beside its number: one that is open has."""
        return any(line.ends[0] < line.ends[1] or line.bar.total.high_open for line in self.lines)

    @property
    def has_open(self) -> bool:
        """Whether an interval is open at its end."""
        return any(line.bar.total.high_open for line in self.lines)

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
    """The figure of people that a query asks for: no other is counted."""
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


def without_links(figure: Any) -> Any:
    """The figure for a frame on another site, in which no page of ours may open."""
    return replace(figure, lines=[replace(line, href="") for line in figure.lines], grains=[])


def choices(query: Query) -> list[Choice]:
    """The figures that there are, as links."""
    return [
        Choice(str(label), query.canonical(chart=None if name == query.default_chart else name), name == query.chart)
        for name, label in query.form.fields["chart"].choices
    ]


def grains(query: Query) -> list[Choice]:
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
        title=_("%(people)s, by %(grain)s of announcement") % {"people": _of(series), "grain": _GRAIN[series.by]},
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
        title=_("%(people)s, added up through each year") % {"people": _of(series)},
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


def _of(series: Series) -> str:
    """Whom the bars count: "People laid off", "People in filings"."""
    return str(_PEOPLE[CountsAs(series.counts_as)])


def by_sector(selection: EventSelection) -> Chart:
    names = {str(value): str(label) for value, label in Sector.choices}
    series = selection.series_by("sector")
    return _ranked(
        series, "by-sector", _("sector"), lambda key: names.get(key, _("not stated")), _having(selection, "sector")
    )


def by_country(selection: EventSelection) -> Chart:
    series = selection.series_by("country")

    def name(code: str) -> str:
        return (countries.name(code) or code) if code else _("not stated")

    return _ranked(series, "by-country", _("country"), name, _having(selection, "country"))


def by_company(selection: EventSelection, names: Names) -> Chart:
    series = selection.series_by("company")
    names.add(int(bar.key) for bar in series.bars[:TOP])
    by_id = {bar.key: names.company(int(bar.key)) for bar in series.bars[:TOP]}

    def link(key: str) -> str:
        """The view of what the bar counts: the company alone, under the same filter."""
        return f"/events/?{selection.query.canonical(company=[by_id[key]], subsidiaries='no')}"

    return _ranked(series, "by-company", _("company"), lambda key: by_id[key].name, link)


def most_people(selection: CompanySelection) -> Chart | None:
    """The companies of a list with most known people, each with what it owned; None where no number is known.

    Groups overlap: the owner of a company counts its cuts too. There is no sum.
    """
    known = selection.with_most_people
    if not known:
        return None
    shown, rest = known[:TOP], known[TOP:]
    day = f"?as_of={selection.day.isoformat()}" if selection.day else ""
    lines = [
        Line(
            row.company.name,
            row.company.name,
            Bar(str(row.company.pk), row.total, row.events),
            href=f"{row.company.get_absolute_url()}{day}",
        )
        for row in shown
    ]
    named = [(row.company.name, row.total) for row in known]
    first = first_place([(name, total.headline) for name, total in named], _people(known[0].total))
    more = ngettext(
        "%(n)s more company with known people has no bar: the CSV names it.",
        "%(n)s more companies with known people have no bar: the CSV names them.",
        len(rest),
    ) % {"n": present.whole(len(rest))}
    overlap = _("Each is counted with what it owned on the day of the cut: groups overlap, and there is no sum.")
    return Chart(
        id="most-people",
        kind="bars",
        title=_("%(people)s, the companies with most") % {"people": _PEOPLE[CountsAs.CUT]},
        finding=" ".join(filter(None, [first, _rivals(named)])),
        first_column=_("Company"),
        lines=lines,
        left_out=" ".join([overlap, more]) if rest else overlap,
        events_word=kind_words(CountsAs.CUT),
        stem="companies",
    )


def _having(selection: EventSelection, parameter: str) -> Callable[[str], str]:
    """Links to the view of one value of a parameter; what is not stated has none."""
    return lambda key: f"/events/?{selection.query.canonical(**{parameter: [key]})}" if key else ""


def _ranked(series: Series, id_: str, word: str, name: Callable[[str], str], link: Callable[[str], str]) -> Chart:
    shown, rest = series.bars[:TOP], series.bars[TOP:]
    others = Total()
    for bar in rest:
        others += bar.total
    lines = [Line(name(bar.key), name(bar.key), bar, href=link(bar.key)) for bar in shown]
    return Chart(
        id=id_,
        kind="bars",
        title=_("%(people)s, by %(word)s") % {"people": _of(series), "word": word},
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
    if not any(bar.total.headline for bar in series.bars):
        return _("No period here has a known number of people.")
    return highest([(bar.key, bar.total.headline, _people(bar.total)) for bar in series.bars])


def highest(periods: list[tuple[str, int, str]]) -> str:
    """Which of (period, number, number in words) has the most, and the latest beside it."""
    most = max(number for _key, number, _words in periods)
    tops = [(key, words) for key, number, words in periods if number == most]
    last, _number, latest = periods[-1]
    words = {
        "n": present.whole(len(tops)),
        "tops": _all_of([present.period_words(key) for key, _words in tops]) if len(tops) <= MANY else "",
        "number": tops[0][1],
        "last": present.period_words(last),
        "latest": latest,
    }
    if len(periods) == 1:
        return _("%(last)s: %(latest)s.") % words
    if len(tops) > MANY:
        return _("%(n)s periods share the highest number, %(number)s in each.") % words
    if len(tops) > 1:
        return _("%(tops)s are the highest with %(number)s in each.") % words
    if last == tops[0][0]:
        return _("%(tops)s, the latest, is the highest: %(number)s.") % words
    return _("%(tops)s is the highest with %(number)s; the latest, %(last)s, has %(latest)s.") % words


def first_place(named: list[tuple[str, int]], number: str) -> str:
    """Who of (name, number) comes first, the highest number being `number` in words."""
    most = max(n for _name, n in named)
    tops = [name for name, n in named if n == most]
    words = {"n": present.whole(len(tops)), "tops": "", "number": number}
    if len(tops) > MANY:
        return _("%(n)s share the first place with %(number)s each.") % words
    words["tops"] = _all_of(tops)
    if len(tops) > 1:
        return _("%(tops)s come first with %(number)s each.") % words
    return _("%(tops)s comes first with %(number)s.") % words


def _rivals(named: list[tuple[str, Total]]) -> str:
    """Who may have more than the one that comes first, by what the sources leave open; "" where nobody may."""
    most = max(total.headline for _name, total in named)
    first = [total for _name, total in named if total.headline == most]
    if len(first) > 1:
        return ""
    least = min(first[0].low, first[0].high)
    rivals = [name for name, total in named if total.headline < most and max(total.low, total.high) > least]
    if not rivals:
        return ""
    if len(rivals) > MANY:
        return _("By their intervals %(n)s others may have more.") % {"n": present.whole(len(rivals))}
    return _("By the intervals %(names)s may have more.") % {"names": _all_of(rivals)}


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
    number = _("%(m)s of %(all)s people known") % {"m": present.whole(most), "all": present.whole(whole)}
    first = first_place([(name, bar.total.headline) for name, bar in named], number)
    return " ".join(filter(None, [first, _rivals([(name, bar.total) for name, bar in named])]))


def _period_link(selection: EventSelection, key: str) -> str:
    """The period's own view, no wider than the days that the query asks for."""
    return _link(selection, key, key)


def _link(selection: EventSelection, first_key: str, last_key: str) -> str:
    return f"/events/?{spanned(selection.query, 'announced', first_key, last_key)}"


def spanned(query: Query, date: str, first_key: str, last_key: str) -> str:
    """The view from the first day of a period to the last of another, no wider than the query asks for: `date` is the
    name of the date that it asks by."""
    first, last = read_date(first_key).first, read_date(last_key).last
    first = max(first, query.get(f"{date}_after") or first)
    last = min(last, query.get(f"{date}_before") or last)
    return query.canonical(**{f"{date}_after": first, f"{date}_before": last})


_APART = _lazy("Both on one time axis, each with its own scale. Nothing here says that one pays for the other.")
_REPORTED = _lazy("Money stands where its note is dated, not over the time that it is for, which may be a whole year.")
# So many months are drawn one by one; over more of them, quarters.
MONTHS_ALONE = 24
_NOT_IN = {"month": _lazy("not dated to the month"), "quarter": _lazy("not dated to the quarter")}
_CUTS_BY = {"month": _lazy("Cuts by month as CSV"), "quarter": _lazy("Cuts by quarter as CSV")}


def cuts_and_money(selection: EventSelection, notes: NoteSelection, grain: str = "quarter") -> Chart:
    """Cuts above, AI money below, by quarter or month: each with its own scale, never a ratio (rule 8).

    Kinds of money are never added: the bars are of one kind, money spent, the one of which most notes count. A note
    stands at the period in which it is dated.
    """
    series = selection.series_by_time(grain)
    marks = notes_by_period(notes.editions, grain)
    spent = {kind: sum_.notes for (kind, state), sum_ in notes.money.items() if state == PlanOrActual.ACTUAL}
    kind = max(spent, key=lambda k: (k == NoteKind.CAPITAL_SPENDING, spent[k]), default=str(NoteKind.CAPITAL_SPENDING))
    by_period = money_of(notes.editions, notes.day, lambda *dated: period_key(grain, *dated))
    spent_in = {k: sums[kind, "actual"] for k, sums in by_period.items() if (kind, "actual") in sums}
    # Where only an upper bound is known no bar is drawn: unknown is not 0.
    money = {k: sum_.best for k, sum_ in spent_in.items() if sum_.is_known}
    bars = {bar.key: bar for bar in series.bars}
    keys = periods_between([*bars, *marks], grain)
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
        finding=" ".join(
            filter(
                None,
                [
                    _time_finding(series) if selection.counted else "",
                    str(_APART),
                    str(_REPORTED) if any(money.values()) else "",
                ],
            )
        ),
        first_column=str(_GRAIN[grain]).capitalize(),
        lines=lines,
        remainder=series.remainder,
        with_notes=True,
        note=str(_NOT_IN[grain]),
        events_word=kind_words(CountsAs.CUT),
        money_word=_("%(kind)s, actual") % {"kind": NoteKind(kind).label},
        money_undated=money.get(""),
        by=grain,
        csv=str(_CUTS_BY[grain]),
        left_out=_left_out(series),
    )


def axis_grain(first: date | None, last: date | None) -> str:
    """How an axis of both sides is divided between two days, or over all that is known."""
    short = first and last and months_later(first, MONTHS_ALONE) > last
    return "month" if short else "quarter"
