"""Key figures: the number first, then what it is, then how sure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import gettext_noop as _t
from django.utils.translation import ngettext

from events import present
from events.counting import COUNTS_PEOPLE, Money, Total
from events.models.choices import AiLink, Change, CountsAs, NoteKind, PlanOrActual, Qualifier
from events.models.company import Company, OwnershipTree
from events.selection import CompanySelection, EventSelection, NoteSelection, companies_investing_meanwhile

_ONE: dict[CountsAs, Any] = {
    CountsAs.CUT: _lazy("cut"),
    CountsAs.FILING: _lazy("filing"),
    CountsAs.TEMPORARY: _lazy("temporary layoff"),
}
_MANY: dict[CountsAs, Any] = {
    CountsAs.CUT: _lazy("cuts"),
    CountsAs.FILING: _lazy("filings"),
    CountsAs.TEMPORARY: _lazy("temporary layoffs"),
}


_NONE: dict[CountsAs, Any] = {
    CountsAs.CUT: _lazy("no cut on record"),
    CountsAs.FILING: _lazy("no filing on record"),
    CountsAs.TEMPORARY: _lazy("no temporary layoff on record"),
    CountsAs.SIGNAL: _lazy("no signal of more to come on record"),
    CountsAs.CALLED_OFF: _lazy("no called-off event on record"),
}
_CHANGES = {
    ("event", Change.PUBLISHED): (_t("%(n)s event new"), _t("%(n)s events new")),
    ("event", Change.CORRECTED): (_t("%(n)s event corrected"), _t("%(n)s events corrected")),
    ("event", Change.WITHDRAWN): (_t("%(n)s event withdrawn"), _t("%(n)s events withdrawn")),
    ("note", Change.PUBLISHED): (_t("%(n)s AI note new"), _t("%(n)s AI notes new")),
    ("note", Change.CORRECTED): (_t("%(n)s AI note corrected"), _t("%(n)s AI notes corrected")),
    ("note", Change.WITHDRAWN): (_t("%(n)s AI note withdrawn"), _t("%(n)s AI notes withdrawn")),
}


def kind_words(kind: str) -> str:
    """ "cuts", "filings", "temporary layoffs"."""
    return str(_MANY[CountsAs(kind)])


@dataclass(frozen=True)
class Key:
    number: str
    label: str
    how: str
    accent: str = ""


def number_of(count: int, kind: str) -> str:
    """ "1 cut", "214 filings"."""
    kind = CountsAs(kind)
    word = {CountsAs.SIGNAL: ngettext("signal of more to come", "signals of more to come", count)}.get(kind)
    if kind == CountsAs.CALLED_OFF:
        word = ngettext("called-off event", "called-off events", count)
    return f"{present.whole(count)} {word or (_ONE[kind] if count == 1 else _MANY[kind])}"


def people_key(total: Total, kind: str, before: str = "") -> Key:
    if not total.events:
        return Key("–", str(_NONE[CountsAs(kind)]), before, "people")
    if not total.with_figure:
        label = _("how many people, in any of %(all)s") % {"all": number_of(total.events, kind)}
        return Key(present.known(total), label, _joined(present.interval(total), before), "people")
    label = _("people known, in %(known)s of %(all)s") % {
        "known": present.whole(total.with_figure),
        "all": number_of(total.events, kind),
    }
    return Key(present.whole(total.headline), label, _joined(present.interval(total), before), "people")


def _in_short(total: Total, kind: str) -> str:
    """A total beside another one, with its interval and its events without a figure (rule 2); no 0 of people where the
    record has no event."""
    if not total.events:
        return str(_NONE[CountsAs(kind)])
    ends = present.interval(total)
    return _("%(people)s, %(n)s without a figure") % {
        "people": f"{present.known(total)} ({ends})" if ends else present.known(total),
        "n": present.whole(total.without_figure),
    }


def without_key(total: Total, kind: str) -> Key:
    if not total.events:
        return Key("0", _("events state no figure"), _("none here counts people"))
    if not total.without_figure:
        return Key("0", _("events state no figure"), _("every one here has a number of people"))
    words = {"p": present.percent(total.without_figure, total.events), "n": present.whole(total.shares_only)}
    how = _("%(p)s %% of all; they add nothing to the sum") % words
    if total.shares_only:
        how = (
            ngettext(
                "%(p)s %% of all, %(n)s of them gives a share; they add nothing to the sum",
                "%(p)s %% of all, %(n)s of them give a share; they add nothing to the sum",
                total.shares_only,
            )
            % words
        )
    label = ngettext("event states no figure", "events state no figure", total.without_figure)
    return Key(present.whole(total.without_figure), label, how)


def explorer_keys(selection: EventSelection, owners: OwnershipTree) -> list[Key]:
    """The four key figures above a list of events; `owners` tell which companies are one group."""
    total, kind = selection.main, selection.main_kind
    if not selection.counted and (selection.count or kind not in COUNTS_PEOPLE):
        # Signals and called-off events alone: rows, but no people (rule 5).
        totals = selection.totals or {kind: total}
        rows = [(total.events, number_of(total.events, kind)) for kind, total in totals.items()]
        return [Key(present.whole(n), words.partition(" ")[2], _("no people are counted here")) for n, words in rows]
    earlier = selection.year_before()
    before = cuts_before = ""
    if earlier is not None:
        year_ago = earlier.totals.get(kind, Total())
        before = _("a year before: %(n)s") % {"n": _in_short(year_ago, kind)}
        # Said once: the people of a time without events are none either.
        cuts_before = _("a year before: %(n)s") % {"n": present.whole(year_ago.events)} if year_ago.events else ""
    signals = selection.totals.get(CountsAs.SIGNAL)
    how = _joined(cuts_before, _("and %(n)s") % {"n": number_of(signals.events, CountsAs.SIGNAL)} if signals else "")
    return [
        people_key(total, kind, before),
        Key(present.whole(total.events), _ONE[CountsAs(kind)] if total.events == 1 else _MANY[CountsAs(kind)], how),
        without_key(total, kind),
        _ai_key(selection, owners),
    ]


def _ai_key(selection: EventSelection, owners: OwnershipTree) -> Key:
    companies, notes = companies_investing_meanwhile(selection, owners)
    stated = selection.editions.order_by().filter(ai_link=AiLink.STATED, counts_as=CountsAs.CUT).count()
    label = ngettext("company invests in AI meanwhile", "companies invest in AI meanwhile", companies)
    how = _joined(
        ngettext(
            "by %(n)s note from 12 months before an event to 6 after it",
            "by %(n)s notes from 12 months before an event to 6 after it",
            notes,
        )
        % {"n": present.whole(notes)}
        if notes
        else _("no note of investing from 12 months before an event to 6 after it"),
        ngettext("%(n)s cut with AI as the stated reason", "%(n)s cuts with AI as the stated reason", stated)
        % {"n": present.whole(stated)}
        if stated
        else _("no cut here has AI as the stated reason"),
        "; ",
    )
    return Key(present.whole(companies), label, how, "ai")


def year_keys(selection: EventSelection, owners: OwnershipTree, year: int, until: date) -> list[Key]:
    """The start page's: a year so far against the same days of the year before."""
    keys = explorer_keys(selection, owners)
    earlier = selection.year_before()
    total = selection.main
    days = present.span_words(date(year, 1, 1), until)
    before = _("same days of %(year)s: %(n)s") % {
        "year": year - 1,
        "n": _in_short(earlier.main if earlier else Total(), selection.main_kind),
    }
    if selection.counted:
        keys[0] = people_key(total, selection.main_kind, f"{days}; {before}")
    return keys


def certainty_words(found: dict[str, int], cuts: Total) -> str:
    """How the sources bound the numbers of `cuts`: "34 an exact number, 9 an approximate one or a range"."""
    # Beside it stands how many are without a figure: fewer where a whole or a part has the number (rule 3).
    are_covered = found.get(Qualifier.NONE, 0) > cuts.without_figure
    groups = (
        (_("%(n)s an exact number"), (Qualifier.EXACT,)),
        (_("%(n)s an approximate one or a range"), (Qualifier.ABOUT, Qualifier.RANGE)),
        (_("%(n)s only a bound"), (Qualifier.AT_LEAST, Qualifier.UP_TO)),
        (
            _("%(n)s no number of its own (for some a whole or a part states one)")
            if are_covered
            else _("%(n)s no number of its own"),
            (Qualifier.NONE,),
        ),
    )
    counted = [(words, sum(found.get(q, 0) for q in qualifiers)) for words, qualifiers in groups]
    parts = [words % {"n": present.whole(n)} for words, n in counted if n]
    return _("Of the cuts, sources give %(parts)s.") % {"parts": ", ".join(parts)} if parts else ""


def change_words(found: dict[tuple[str, str], int]) -> list[str]:
    """What changed in the record, in words: "12 events new", "1 event corrected"."""
    return [
        words % {"n": present.whole(found[key])}
        for key, words in (
            ((subject, change), ngettext(one, many, found.get((subject, change), 0)))
            for (subject, change), (one, many) in _CHANGES.items()
        )
        if found.get(key)
    ]


def company_keys(company: Company, group: EventSelection, own: EventSelection, notes: NoteSelection) -> list[Key]:
    total, alone = group.main, own.main
    keys = [people_key(total, group.main_kind)]
    if alone.events != total.events:
        how = _("%(n)s at %(company)s itself, in %(cuts)s") % {
            "n": present.whole(alone.headline),
            "company": company.name,
            "cuts": number_of(alone.events, own.main_kind),
        }
        keys[0] = Key(keys[0].number, keys[0].label, _joined(keys[0].how, how, "; "), "people")
    keys.append(without_key(total, group.main_kind))
    count = notes.count
    label = ngettext("AI-investment note", "AI-investment notes", count)
    with_money = sum(money.notes for money in notes.money.values())
    how = ngettext("%(n)s with money that counts", "%(n)s with money that counts", with_money) % {"n": with_money}
    keys.append(Key(present.whole(count), label, how if count else _("none is recorded here"), "ai"))
    return keys


def note_keys(selection: NoteSelection) -> list[Key]:
    """The key figures above a list of notes; of money the kind of which most notes count, spent and planned apart."""
    earlier = selection.year_before()
    before = _("a year before: %(n)s") % {"n": present.whole(earlier.count)} if earlier else ""
    label = ngettext("AI-investment note", "AI-investment notes", selection.count)
    companies = ngettext("company named", "companies named", selection.companies)
    keys = [
        Key(present.whole(selection.count), label, before, "ai"),
        Key(present.whole(selection.companies), companies, ""),
    ]
    for state in (PlanOrActual.ACTUAL, PlanOrActual.PLAN):
        sums = {kind: money for (kind, its), money in selection.money.items() if its == state}
        if not sums:
            continue
        kind = max(sums, key=lambda k: (sums[k].notes, sums[k].best))
        words = _("%(kind)s, %(state)s") % {"kind": NoteKind(kind).label, "state": state.label}
        count = sums[kind].notes
        how = ngettext("by %(n)s note", "by %(n)s notes", count) % {"n": present.whole(count)}
        if len(sums) > 1:
            how = _joined(how, _("other kinds are never added to it"))
        keys.append(Key(present.money_known(sums[kind]), words, _joined(present.money_interval(sums[kind]), how), "ai"))
    return keys


def companies_keys(selection: CompanySelection) -> list[Key]:
    """The key figures above a list of companies: how many cut, invest, do both."""
    rows = selection.rows
    cutting = sum(1 for row in rows if row.events)
    stated = sum(1 for row in rows if row.total.with_figure)
    noted = sum(1 for row in rows if row.notes)
    both = sum(1 for row in rows if row.events and row.notes)
    return [
        Key(present.whole(len(rows)), ngettext("company", "companies", len(rows)), ""),
        Key(
            present.whole(cutting),
            ngettext("has cut jobs", "have cut jobs", cutting),
            _("of %(n)s a number of people is known") % {"n": present.whole(stated)},
            "people",
        ),
        Key(
            present.whole(noted),
            ngettext("has an AI-investment note", "have an AI-investment note", noted),
            _("in any role"),
            "ai",
        ),
        Key(
            present.whole(both),
            ngettext("has both", "have both", both),
            _("side by side; nobody says here that one caused the other"),
        ),
    ]


def _joined(first: str, second: str, between: str = "; ") -> str:
    return between.join(part for part in (first, second) if part)


@dataclass(frozen=True)
class MoneyRow:
    """Money of one kind, plan or actual, in words."""

    kind: str
    plan_or_actual: str
    words: str
    interval: str
    notes: int


def money_rows(sums: dict[tuple[str, str], Money]) -> list[MoneyRow]:
    """Sums of money as rows of a table, in the order of kinds; kinds, plans and actuals stay apart."""
    kinds, states = [str(v) for v in NoteKind.values], [str(v) for v in PlanOrActual.values]
    return [
        MoneyRow(
            str(NoteKind(kind).label),
            str(PlanOrActual(state).label),
            present.money_known(sums[kind, state]),
            present.money_interval(sums[kind, state]),
            sums[kind, state].notes,
        )
        for kind, state in sorted(sums, key=lambda key: (kinds.index(key[0]), states.index(key[1])))
    ]
