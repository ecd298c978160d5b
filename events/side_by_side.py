"""Layoffs beside AI investment in a reader's words: rows, key figures, what the table shows and what it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Choices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import present
from events.keys import Key, MoneyRow, money_rows, number_of, people_key
from events.models.choices import AiLink, CountsAs, NoteKind
from events.models.edition import EventEdition, NoteEdition
from events.query import BesideQuery
from events.selection import BesideRow, BesideSelection
from events.strips import Axis, Strip, strip

# Of these nobody says anything of AI and the cut.
_SILENT = (AiLink.ALONGSIDE, AiLink.NONE, AiLink.UNKNOWN)


@dataclass(frozen=True)
class SideRow:
    """A row as its page shows it: `kinds` and `claims` (stated, reported, denied) are words with numbers, `cuts` and
    `notes` the query strings of the views that list all of the company's."""

    row: BesideRow
    strip: Strip
    kinds: list[tuple[str, int]]
    claims: list[tuple[str, int]]
    money: list[MoneyRow]
    latest_cut: EventEdition
    latest_note: NoteEdition
    cuts: str
    notes: str


def side_rows(rows: list[BesideRow], selection: BesideSelection) -> list[SideRow]:
    """The rows of a page, all strips on one axis of time."""
    if not rows:
        return []
    axis = Axis.of(rows)
    cuts = EventEdition.objects.in_bulk([row.latest_cut.pk for row in rows])
    notes = NoteEdition.objects.in_bulk([row.latest_note.pk for row in rows])
    every_cut, every_note = selection.query.cuts(), selection.query.notes()
    return [
        SideRow(
            row,
            strip(row, axis, selection.every_cut.whole_of),
            [(str(NoteKind(kind).label), n) for kind, n in _in_order(row.kinds, NoteKind)],
            [(str(AiLink(link).label), n) for link, n in _in_order(row.ai_links, AiLink) if link not in _SILENT],
            money_rows(row.money),
            cuts[row.latest_cut.pk],
            notes[row.latest_note.pk],
            every_cut.canonical(company=[row.company]),
            every_note.canonical(company=[row.company]),
        )
        for row in rows
    ]


def _in_order(found: Mapping[str, int], choices: type[Choices]) -> list[tuple[str, int]]:
    return [(str(value), found[str(value)]) for value in choices.values if str(value) in found]


def beside_keys(selection: BesideSelection) -> list[Key]:
    """The key figures above the table."""
    links = selection.ai_links
    stated, denied = links.get(AiLink.STATED, 0), links.get(AiLink.DENIED, 0)
    reported = links.get(AiLink.REPORTED, 0)
    all_cuts = selection.every_cut.count
    return [
        Key(
            present.whole(selection.count),
            ngettext("company cuts and invests meanwhile", "companies cut and invest meanwhile", selection.count),
            window_words(selection.query),
        ),
        people_key(selection.total, CountsAs.CUT, _("of %(n)s that the filter finds") % {"n": _cuts(all_cuts)}),
        Key(
            present.whole(selection.notes),
            ngettext("AI-investment note beside them", "AI-investment notes beside them", selection.notes),
            _("by an investor, buyer or maker"),
            "ai",
        ),
        Key(
            present.whole(stated),
            ngettext("cut with AI as the stated reason", "cuts with AI as the stated reason", stated),
            _("%(reported)s reported, %(denied)s denied, of all %(all)s, with or without a note")
            % {"reported": present.whole(reported), "denied": present.whole(denied), "all": _cuts(all_cuts)},
        ),
    ]


def window_words(query: BesideQuery) -> str:
    """ "notes from 12 months before a cut to 6 after it"."""
    before, after = query.months
    return ngettext(
        "notes from %(before)s months before a cut to %(after)s month after it",
        "notes from %(before)s months before a cut to %(after)s months after it",
        after,
    ) % {"before": before, "after": after}


def findings(selection: BesideSelection) -> list[str]:
    """What the table shows, and what it cannot, in sentences made of its numbers."""
    every, found, total = selection.every_cut.count, selection.count, selection.total
    if not every:
        return [_("The filter finds no cut.")]
    if not found:
        words = {"cuts": _cuts(every), "window": window_words(selection.query)}
        words["whose"] = _whose(selection.query)
        return [_("Of %(cuts)s none has an AI-investment note of %(whose)s: %(window)s.") % words]
    beside = ngettext(
        "Of %(all)s that the filter finds, %(n)s has an AI-investment note of %(whose)s (%(window)s)",
        "Of %(all)s that the filter finds, %(n)s have an AI-investment note of %(whose)s (%(window)s)",
        total.events,
    ) % {
        "all": _cuts(every),
        "n": present.whole(total.events),
        "window": window_words(selection.query),
        "whose": _whose(selection.query),
    }
    people = _("%(people)s people are known in them") % {"people": _people(selection)}
    unknown = ""
    if total.without_figure:
        unknown = ngettext(
            "; %(n)s states no number", "; %(n)s state no number", total.without_figure
        ) % {"n": present.whole(total.without_figure)}  # fmt: skip
    links = selection.ai_links
    claimed = sum(links.get(link, 0) for link in (AiLink.STATED, AiLink.REPORTED))
    silent = every - claimed - links.get(AiLink.DENIED, 0)
    claims = _(
        "Of all %(all)s, the company itself names AI as a reason in %(stated)s, a named source does in %(reported)s, "
        "and a link is denied in %(denied)s; in %(silent)s nobody on record claims one."
    ) % {
        "all": _cuts(every),
        "stated": present.whole(links.get(AiLink.STATED, 0)),
        "reported": present.whole(links.get(AiLink.REPORTED, 0)),
        "denied": present.whole(links.get(AiLink.DENIED, 0)),
        "silent": present.whole(silent),
    }
    return [f"{beside}; {people}{unknown}.", claims]


def _whose(query: BesideQuery) -> str:
    if query.get("company"):
        return _("a company that was asked for, or of what it owned")
    return _("the same group: of the topmost owner of the day, or of anything that it owned")


def _people(selection: BesideSelection) -> str:
    interval = present.interval(selection.total)
    return f"{present.known(selection.total)} ({interval})" if interval else present.known(selection.total)


def _cuts(n: int) -> str:
    return number_of(n, CountsAs.CUT)


@dataclass(frozen=True)
class Claim:
    """A cut whose link to AI somebody claims or denies, with the source that carries the words."""

    edition: EventEdition
    source: str
    publisher: str


def claims(selection: BesideSelection, most: int) -> list[Claim]:
    """The latest of them; the source is the one that the claim stands on, else the first."""
    found = []
    for edition in selection.claims(most):
        cited = edition.document.body["citations"]
        one = next((c for c in cited if c["on_ai_link"]), cited[0] if cited else {})
        found.append(Claim(edition, one.get("url", ""), one.get("publisher", "") or one.get("title", "")))
    return found
