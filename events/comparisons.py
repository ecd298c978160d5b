"""Published totals in a reader's words: what our filters say of a basis, the difference taken apart, its chart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from events import present
from events.charts import Figure
from events.counting import Total
from events.dates import span, written
from events.models.choices import CountsAs, Precision, TotalCounts, TotalScope
from events.query import EventQuery, TotalQuery
from events.selection import (
    Basis,
    Comparison,
    Difference,
    Group,
    TotalSelection,
    Values,
    of_one_basis,
    periods_between,
)

# A group of more totals than this shows its single months behind a click.
MANY_TOTALS = 24
# So few points are read faster in a table.
LEAST_DRAWN = 3

_UNSAID = {
    TotalScope.TECHNOLOGY: _lazy(
        "It counts technology companies. Our sectors say what a company sells or does, not whether it is one of these: "
        "no filter of ours says it."
    ),
    TotalScope.OTHER: _lazy("No filter of ours says which jobs it takes in."),
    TotalCounts.DISCHARGES: _lazy(
        "It counts jobs that ended in the period. Cuts stand here on the day of their announcement, also those that "
        "are carried out: near, but not the same."
    ),
}
_SAID = {
    TotalScope.AI_REASON: _lazy(
        "Our filter asks for the AI link “stated”: the company itself names AI, in a quote. The reason “AI” would also "
        "take in what others say."
    ),
}


def basis_words(basis: Basis) -> str:
    """A basis in words: "announced plans, technology, US employers"."""
    return ", ".join(
        [str(TotalCounts(basis.counts).label), str(TotalScope(basis.scope).label), basis.geography]
    )  # fmt: skip


def filter_words(basis: Basis) -> str:
    """The filter of ours that comes nearest, in words: "counts as: cut, country: United States of America"."""
    query = EventQuery.from_string("").changed(counts_as=[CountsAs.CUT.value])
    return query.changed(**{name: [value] for name, value in basis.filters.items()}).in_words()


def on_the_basis(basis: Basis) -> list[str]:
    """What our filters can say of a basis and what they cannot."""
    found = []
    if basis.scope in _SAID:
        found.append(str(_SAID[TotalScope(basis.scope)]))
    if "scope" in basis.unsaid:
        found.append(str(_UNSAID[TotalScope(basis.scope)]))
    if "country" in basis.filters:
        where = _(
            "Our filter by country asks where the jobs are, if a source says so, and else for the seat of the company."
        )
        if "geography" in basis.unsaid:
            where += " " + _(
                "This total counts by employer (%(geography)s), wherever the jobs are: near, but not the same."
            ) % {"geography": basis.geography}
        found.append(where)
    elif "geography" in basis.unsaid:
        found.append(_("No filter of ours says “%(geography)s”.") % {"geography": basis.geography})
    if "counts" in basis.unsaid:
        found.append(str(_UNSAID[TotalCounts(basis.counts)]))
    if basis.unsaid:
        found.append(_("So the two are never subtracted here: they stand side by side."))
    else:
        found.append(_("Our filter counts the same, so that the difference can be stated."))
    return found


# ── The difference taken apart ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Part:
    """One thing that is known of a difference; with a `string`, the list of events that shows it."""

    words: str
    string: str = ""


def parts(comparison: Comparison, opened_on: date) -> list[Part]:
    """What is known of the difference, each by itself: there is no remainder that would explain the rest."""
    found = [_difference(comparison.difference)] if comparison.difference else []
    ours = comparison.nearest.total
    if not comparison.every.total.events:
        found.append(Part(_("No cut of these days is on record here. That says nothing of what happened.")))
    if ours.without_figure:
        found.append(Part(_without_figure(ours)))
    found += _later(comparison, opened_on)
    if comparison.elsewhere and comparison.elsewhere.events:
        found.append(Part(_elsewhere(comparison.elsewhere)))
    if comparison.without_country and comparison.without_country.events:
        found.append(Part(_without_country(comparison.without_country)))
    if n := comparison.overlapping:
        words = ngettext(
            "%(n)s cut is dated too inexactly to lie within these days and is not counted.",
            "%(n)s cuts are dated too inexactly to lie within these days and are not counted.",
            n,
        )
        found.append(Part(words % {"n": present.whole(n)}))
    return found


def _difference(found: Difference) -> Part:
    if found.people is None:
        return Part(_("How far apart they are is not known: one of the two states no best figure."))
    words = _("Published less ours: %(n)s") % {"n": _signed(found.people)}
    if (found.low, found.high) == (found.people, found.people):
        return Part(f"{words}.")
    low = _("open") if found.low is None else _signed(found.low)
    high = _("open") if found.high is None else _signed(found.high)
    return Part(_("%(words)s (between %(low)s and %(high)s).") % {"words": words, "low": low, "high": high})


def _signed(number: int) -> str:
    return f"−{present.whole(-number)}" if number < 0 else present.whole(number)


def _without_figure(ours: Total) -> str:
    words = ngettext(
        "%(n)s of our %(all)s cut states no number of people and adds nothing.",
        "%(n)s of our %(all)s cuts state no number of people and add nothing.",
        ours.events,
    )
    if ours.without_figure == 1 and ours.events > 1:
        words = _("1 of our %(all)s cuts states no number of people and adds nothing.")
    return words % {"n": present.whole(ours.without_figure), "all": present.whole(ours.events)}


def _later(comparison: Comparison, opened_on: date) -> list[Part]:
    """What came to ours after the day that the published figure is of."""
    if comparison.then is None or not (comparison.later or comparison.gone):
        return []
    n, gone = comparison.later, comparison.gone
    words = {
        "n": present.whole(n),
        "day": present.day_words(comparison.then_on, Precision.DAY),
        "then": people_words(comparison.then.total),
        "now": people_words(comparison.nearest.total),
        "gone": present.whole(gone),
    }
    text = ngettext(
        "%(n)s of our cuts was recorded after %(day)s: on that day ours was %(then)s, now it is %(now)s.",
        "%(n)s of our cuts were recorded after %(day)s: on that day ours was %(then)s, now it is %(now)s.",
        n,
    )
    if not n:
        text = _("On %(day)s ours was %(then)s, now it is %(now)s.")
    if gone:
        text += " " + ngettext(
            "%(gone)s that was counted then no longer is.", "%(gone)s that were counted then no longer are.", gone
        )
    if comparison.then_on < opened_on:
        text += " " + _("That day lies before this site opened: it is reconstructed.")
    return [Part(text % words, comparison.then.string)]


def _elsewhere(total: Total) -> str:
    words = ngettext(
        "%(n)s cut in other countries (%(people)s) is left out by our filter.",
        "%(n)s cuts in other countries (%(people)s) are left out by our filter.",
        total.events,
    )
    return words % {"n": present.whole(total.events), "people": people_words(total)}


def _without_country(total: Total) -> str:
    words = ngettext(
        "Of %(n)s cut (%(people)s) no country is known: our filter leaves it out.",
        "Of %(n)s cuts (%(people)s) no country is known: our filter leaves them out.",
        total.events,
    )
    return words % {"n": present.whole(total.events), "people": people_words(total)}


def people_words(total: Total) -> str:
    """People known of a total of our own with their interval: "1,200 (900–1,500)"; unknown is never 0."""
    interval = present.interval(total) if total.with_figure else ""
    return f"{present.known(total)} ({interval})" if interval else present.known(total)


# ── One chart of one basis ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class TotalLine:
    """A period of a chart, which is also a row of its table. `published` is the headline that is drawn, None where
    nothing is published of the period here; `ours` stands beside it where a filter says the basis."""

    key: str
    label: str
    href: str = ""
    published: int | None = None
    words: str = ""
    as_of: date | None = None
    ours: Total | None = None


@dataclass(kw_only=True)
class TotalChart(Figure):
    """Published figures of one basis over periods of one length, and ours beside them where a filter says the basis."""

    lines: list[TotalLine]
    publisher: str
    with_ours: bool
    stem: str = "totals"


def chart_of(selection: TotalSelection) -> TotalChart | None:
    """The figure of a view that holds one publisher's totals of one basis; None for any other: they have no axis in
    common (rule 7)."""
    if len(selection.groups) != 1:
        return None
    return chart(selection.groups[0], f"/totals/?{selection.query.canonical()}")


def chart(group: Group, page: str = "") -> TotalChart | None:
    """The chart of a publisher's totals of one basis, by month or by year, whichever there are more of; None where they
    are too few to draw. `page` is the address of the page that lists them, none on that page itself.

    Raises BasesDiffer where their bases differ: they have no axis in common (rule 7).
    """
    some = [values.latest for values in group.totals]
    of_one_basis(c.basis for c in some)
    grains = {grain: _of_grain(some, grain) for grain in (Precision.MONTH, Precision.YEAR)}
    grain = max(grains, key=lambda grain: len(grains[grain]))
    found = grains[grain]
    if len(found) < LEAST_DRAWN:
        return None
    with_ours = not group.basis.unsaid
    by_month, words = grain == Precision.MONTH, {"basis": basis_words(group.basis)}
    return TotalChart(
        id=f"chart-{group_id(group)}",
        kind="published",
        title=(_("By month: %(basis)s") if by_month else _("By year: %(basis)s")) % words,
        finding=_finding(found),
        first_column=_("Month") if by_month else _("Year"),
        lines=[_line(key, found.get(key), page, with_ours) for key in periods_between(found, str(grain))],
        publisher=group.publisher,
        with_ours=with_ours,
    )


def group_id(group: Group) -> str:
    """What a publisher's totals of one basis are called in addresses within a page."""
    basis = group.basis
    return slugify(f"{group.publisher} {basis.scope} {basis.geography} {basis.counts}")


def _line(key: str, found: Comparison | None, page: str, with_ours: bool) -> TotalLine:
    label = present.period_words(key)
    if found is None:
        return TotalLine(key, label)
    e = found.edition
    return TotalLine(
        key, label, f"{page}#total-{e.record_id}", e.headline, published_words(e), e.as_of,
        found.nearest.total if with_ours else None,
    )  # fmt: skip


def _of_grain(comparisons: list[Comparison], grain: Precision) -> dict[str, Comparison]:
    """Those whose period is one whole month or year and which state a figure, by its key; of several the last given."""
    found: dict[str, Comparison] = {}
    for c in sorted(comparisons, key=lambda c: c.edition.as_of):
        whole = span(c.edition.period_from, grain)
        if (whole.first, whole.last) == (
            c.edition.period_from,
            c.edition.period_until,
        ) and c.edition.headline is not None:
            found[written(whole.first, grain)] = c
    return found


def _finding(found: dict[str, Comparison]) -> str:
    """The highest period and the latest one."""
    top, last = max(found, key=lambda key: found[key].edition.headline or 0), max(found)
    words = {
        "top": present.period_words(top),
        "most": published_words(found[top].edition),
        "last": present.period_words(last),
        "latest": published_words(found[last].edition),
    }
    if top == last:
        return _("%(top)s, the latest, is the highest: %(most)s.") % words
    return _("%(top)s is the highest: %(most)s; %(last)s, the latest: %(latest)s.") % words


def published_words(edition: Any) -> str:
    return present.figure(edition.people_low, edition.people, edition.people_high, edition.qualifier)


# ── The page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ShownTotal:
    """One published value on the page."""

    comparison: Comparison
    parts: list[Part]
    definition: str
    withdrawn_on: date | None

    @property
    def edition(self) -> Any:
        return self.comparison.edition


@dataclass(frozen=True)
class Row:
    """One total with its values of several days, the latest first."""

    latest: ShownTotal
    earlier: list[ShownTotal]


@dataclass(frozen=True)
class Section:
    """The totals of one publisher and basis."""

    id: str
    name: str
    group: Group
    definition: str
    nearest: str
    said: list[str]
    query: TotalQuery
    chart: TotalChart | None
    longer: list[Row]
    months: list[Row]

    @property
    def string(self) -> str:
        """The query string of these totals alone."""
        return self.query.canonical()

    @property
    def filtered(self) -> bool:
        """Whether a filter comes nearer than all our cuts."""
        return bool(self.group.basis.filters)


def sections(groups: Iterable[Group], query: TotalQuery, opened_on: date, withdrawn: dict[int, date]) -> list[Section]:
    """The page's sections, one for each publisher and basis: they are never put together."""
    return [_section(group, query, opened_on, withdrawn) for group in groups]


def _section(group: Group, query: TotalQuery, opened_on: date, withdrawn: dict[int, date]) -> Section:
    basis, definition = group.basis, group.definition
    name = f"{group.publisher}: {basis_words(basis)}"

    def shown(comparison: Comparison) -> ShownTotal:
        own = comparison.edition.document.body["definition"]
        said = own if own != definition else ""
        pk = comparison.edition.record_id
        return ShownTotal(comparison, parts(comparison, opened_on), said, withdrawn.get(pk))

    def row(values: Values) -> Row:
        return Row(shown(values.latest), [shown(comparison) for comparison in values.earlier])

    apart = [values for values in group.totals if group.count > MANY_TOTALS and _is_month(values)]
    return Section(
        id=group_id(group),
        name=name,
        group=group,
        definition=definition,
        nearest=filter_words(basis),
        said=on_the_basis(basis),
        query=query.changed(
            publisher=[group.publisher], scope=[basis.scope], geography=[basis.geography], counts=[basis.counts]
        ),
        chart=chart(group),
        longer=[row(values) for values in group.totals if values not in apart],
        months=[row(values) for values in apart],
    )


def _is_month(values: Values) -> bool:
    edition = values.latest.edition
    return (edition.period_until - edition.period_from).days < 31
