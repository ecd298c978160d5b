"""What a view says of itself, line by line, so that then and now can stand beside one another."""

from dataclasses import dataclass
from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import present
from events.comparisons import basis_words, people_words, published_words
from events.counting import COUNTS_PEOPLE, Total
from events.keys import companies_keys, money_rows, number_of
from events.models.choices import CountsAs
from events.selection import (
    BesideSelection,
    CompanySelection,
    Comparison,
    EventSelection,
    Group,
    NoteSelection,
    Selection,
    TotalSelection,
)


@dataclass(frozen=True)
class Statement:
    """One line: `name` is the same for ever, `label` and `words` are for readers."""

    name: str
    label: str
    words: str


def stated(selection: Selection) -> list[Statement]:
    """The totals of a selection in words: each with its interval and the events without a figure (rule 2)."""
    found = [Statement("rows", _("Rows"), present.whole(selection.count))]
    if isinstance(selection, EventSelection):
        for kind in CountsAs:
            if kind in selection.totals:
                found += _of_kind(kind, selection.totals[kind])
    elif isinstance(selection, NoteSelection):
        for row in money_rows(selection.money):
            label = _("%(kind)s, %(state)s") % {"kind": capfirst(row.kind), "state": row.plan_or_actual}
            n = ngettext("by %(n)s note", "by %(n)s notes", row.notes) % {"n": present.whole(row.notes)}
            found.append(Statement(f"{row.kind}.{row.plan_or_actual}", label, f"{_with(row.words, row.interval)}, {n}"))
    elif isinstance(selection, CompanySelection):
        keys = companies_keys(selection)[1:]
        found += [Statement(f"companies.{n}", capfirst(key.label), key.number) for n, key in enumerate(keys)]
    elif isinstance(selection, BesideSelection):
        found += _of_kind(CountsAs.CUT, selection.total)
        found.append(Statement("notes", _("AI-investment notes"), present.whole(selection.notes)))
    elif isinstance(selection, TotalSelection):
        found += [_of_group(group) for group in selection.groups]
    return found


def in_a_line(selection: Selection) -> str:
    """The same for a citation: "24,746 people known (24,121–27,471+) in 22 cuts, 1 without a figure"."""
    n = selection.count
    if isinstance(selection, NoteSelection):
        return ngettext("%(n)s AI-investment note", "%(n)s AI-investment notes", n) % {"n": present.whole(n)}
    if isinstance(selection, TotalSelection):
        return ngettext("%(n)s published total", "%(n)s published totals", n) % {"n": present.whole(n)}
    if isinstance(selection, BesideSelection):
        companies = ngettext("%(n)s company", "%(n)s companies", n) % {"n": present.whole(n)}
        return f"{companies}: {_said(CountsAs.CUT, selection.total)}"
    if not isinstance(selection, EventSelection):
        return ngettext("%(n)s company", "%(n)s companies", n) % {"n": present.whole(n)}
    return "; ".join(_said(kind, selection.totals[kind]) for kind in CountsAs if kind in selection.totals)


def _said(kind: CountsAs, total: Total) -> str:
    if kind not in COUNTS_PEOPLE:
        return number_of(total.events, kind)
    words = {"all": number_of(total.events, kind), "without": present.whole(total.without_figure)}
    if not total.with_figure:
        return _("number of people not stated in %(all)s") % words
    words["people"] = present.whole(total.headline)
    words["ends"] = f" ({ends})" if (ends := present.interval(total)) else ""
    return _("%(people)s people known%(ends)s in %(all)s, %(without)s without a figure") % words


def _of_kind(kind: CountsAs, total: Total) -> list[Statement]:
    # As of several: "cuts", "signals of more to come".
    word = capfirst(number_of(2, kind).partition(" ")[2])
    found = [Statement(f"{kind}.events", word, present.whole(total.events))]
    if kind in COUNTS_PEOPLE:
        people, without = _("%(kind)s: people known"), _("%(kind)s: without a figure")
        words = _with(present.known(total), present.interval(total))
        found.insert(0, Statement(f"{kind}.people", people % {"kind": word}, words))
        found.append(Statement(f"{kind}.without", without % {"kind": word}, present.whole(total.without_figure)))
    return found


def _of_group(group: Group) -> Statement:
    """The latest total of one publisher and basis, with ours beside it: those of several are never added (rule 7)."""
    basis, latest = group.basis, max((values.latest for values in group.totals), key=_period)
    words = {
        "published": published_words(latest.edition),
        "period": present.span_words(latest.edition.period_from, latest.edition.period_until),
        "ours": people_words(latest.nearest.total),
    }
    return Statement(
        f"total.{group.publisher}.{basis.scope}.{basis.geography}.{basis.counts}",
        _("%(publisher)s: %(basis)s") % {"publisher": group.publisher, "basis": basis_words(basis)},
        _("%(published)s (%(period)s); ours: %(ours)s") % words,
    )


def _period(comparison: Comparison) -> tuple[date, date]:
    return comparison.edition.period_until, comparison.edition.period_from


def _with(number: str, interval: str) -> str:
    return f"{number} ({interval})" if interval else number
