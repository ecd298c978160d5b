"""What other sites show of a page of one record, and how it is cited: its figure with its qualifier and its source;
and what they show of a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import present
from events.cards import Card
from events.citing import Work
from events.keys import Key, people_key
from events.models.company import Company
from events.models.edition import PublicRecord
from events.query import Query
from events.selection import EventSelection, NoteSelection
from events.shown import EventPage, NotePage


@dataclass(frozen=True)
class Preview:
    """What stands in a page's head for other sites. Addresses are whole; `image` is drawn from `card`."""

    description: str
    address: str
    image: str
    card: Card
    kind: str = "article"


def people_said(page: EventPage) -> str:
    """ "≈ 1,000 people (“around a thousand”)"; a share or "number of people not stated" where there is none."""
    e, wording = page.edition, page.row.body["figure"]["wording"]
    figure = present.figure(e.people_low, e.people, e.people_high, e.qualifier)
    words = f" (“{wording}”)" if wording else ""
    if figure:
        return _("%(n)s people") % {"n": figure} + words
    if e.share_percent is not None:
        return _("%(share)s of staff") % {"share": present.share(e.share_percent)} + words
    return _("number of people not stated") + words


def money_said(page: NotePage) -> str:
    """ "$60–65 bn, plan"; "" where no money is known."""
    e, wording = page.edition, page.row.body["money"]["wording"]
    money = present.money_range(e.usd_low_millions, e.usd_millions, e.usd_high_millions) or wording
    state = "" if e.plan_or_actual == "unknown" else str(e.get_plan_or_actual_display())
    return ", ".join(part for part in (money, state) if part) if money else ""


def source_of(page: EventPage | NotePage) -> str:
    """Whose figure is used: "The Verge"."""
    cited = page.row.citation
    return (cited["publisher"] or cited["title"]) if cited else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _sourced(page: EventPage | NotePage) -> str:
    source = source_of(page)
    return _("Source: %(name)s") % {"name": source} if source else ""


def _version(n: int) -> str:
    return _("data version %(n)s") % {"n": n}


def _gone(page: EventPage | NotePage, company: str) -> Card:
    """A withdrawn record: its figure is not passed on."""
    e = page.edition
    return Card(company, e.title, _("withdrawn"), _("in no list, chart or file any more"), _version(e.version))


def event_card(page: EventPage) -> Card:
    e, row = page.edition, page.row
    company = ", ".join([row.company.name, *(_("part of %(o)s") % {"o": o.name} for o in row.owners[:1])])
    if e.withdrawn:
        return _gone(page, company)
    wording = row.body["figure"]["wording"]
    figure = present.figure(e.people_low, e.people, e.people_high, e.qualifier)
    under = _("people") if figure else ""
    if not figure and e.share_percent is not None:
        figure, under = present.share(e.share_percent), _("of staff; the number of people is not stated")
    if wording:
        under = _joined_words(under, _("in the source's words “%(words)s”") % {"words": wording})
    scale = page.scale
    day = present.day_words(e.announced_from, e.date_precision)
    return Card(
        company,
        e.title,
        figure or _("number not stated"),
        under,
        _joined(_("Announced %(day)s") % {"day": day}, _sourced(page), _version(e.version)),
        ends=(present.whole(e.people_low or 0), present.whole(e.people_high or 0)) if scale else None,
        reach=(float(scale["from"]), float(scale["to"]), float(scale["best"]) if "best" in scale else None)
        if scale
        else None,
    )


def _joined_words(first: str, second: str) -> str:
    return ", ".join(part for part in (first, second) if part)


def note_card(page: NotePage) -> Card:
    e = page.edition
    company = ", ".join(company.name for company, _role in page.row.companies[:3]) or _("The whole sector")
    if e.withdrawn:
        return _gone(page, company)
    money = present.money_range(e.usd_low_millions, e.usd_millions, e.usd_high_millions)
    wording = page.row.body["money"]["wording"]
    state = "" if e.plan_or_actual == "unknown" else str(e.get_plan_or_actual_display())
    period = present.span_words(e.period_from, e.period_until)
    words = _("in the source's words “%(words)s”") % {"words": wording} if wording and money else ""
    return Card(
        company,
        e.title,
        money or wording,
        ", ".join(part for part in (state, period, words) if part) if money or wording else "",
        _joined(
            f"{e.get_kind_display()}, {present.day_words(e.dated_from, e.date_precision)}",
            _sourced(page),
            _version(e.version),
        ),
        accent="ai",
    )


def company_card(company: Company, group: EventSelection, notes: NoteSelection, version: int) -> Card:
    key = people_key(group.main, group.main_kind)
    count = notes.count
    said = ngettext("%(n)s AI-investment note", "%(n)s AI-investment notes", count) % {"n": present.whole(count)}
    known = _("as known on %(day)s") % {"day": present.day_words(group.day, "day")} if group.day else ""
    return Card(
        company.name,
        _("Job cuts and AI investment, with what it owned"),
        key.number,
        ", ".join(part for part in (key.label, key.how) if part),
        _joined(said, known, _version(version)),
    )


def _replay(day: date | None) -> str:
    return f"?as_of={day.isoformat()}" if day else ""


def event_preview(page: EventPage, base: str, day: date | None) -> Preview:
    e = page.edition
    said = _("It was withdrawn.") if e.withdrawn else f"{people_said(page)}."
    announced = _("Announced %(day)s.") % {"day": present.day_words(e.announced_from, e.date_precision)}
    words = " ".join(part for part in (said, announced, _full_stop(_sourced(page))) if part)
    return _record_preview(page, "events", event_card(page), words, base, day)


def note_preview(page: NotePage, base: str, day: date | None) -> Preview:
    e = page.edition
    said = _("It was withdrawn.") if e.withdrawn else _full_stop(money_said(page))
    kind = f"{e.get_kind_display()}, {present.day_words(e.dated_from, e.date_precision)}."
    words = " ".join(part for part in (said, kind, _full_stop(_sourced(page))) if part)
    return _record_preview(page, "ai", note_card(page), words, base, day)


def _full_stop(text: str) -> str:
    return f"{text.rstrip('.')}." if text else ""


def _record_preview(page: Any, stem: str, card: Card, words: str, base: str, day: date | None) -> Preview:
    image = f"{base}/{stem}/{page.edition.record_id}/card.png{_replay(day)}"
    return Preview(words, f"{base}{page.today.get_absolute_url()}", image, card)


def company_preview(company: Company, card: Card, base: str, day: date | None) -> Preview:
    address = f"{base}{company.get_absolute_url()}"
    words = f"{card.figure} {card.under}. {card.foot}."
    return Preview(words, address, f"{address}card.png{_replay(day)}", card, "profile")


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────

# What other sites show of a description, at most.
MOST_SHOWN = 300


def view_words(query: Query, keys: Iterable[Key], count: int) -> str:
    """A filtered list in a few words, its key figures first, for its filter may be long: "500 people known, in 2 of 2
    cuts (500–900). Counted here: Amazon." "" for a list without a filter, which has words of its own."""
    if not query.is_filtered:
        return ""
    said = [f"{key.number} {key.label} ({key.how})" if key.how else f"{key.number} {key.label}" for key in keys]
    if not count or not said:
        said = [ngettext("%(n)s row", "%(n)s rows", count) % {"n": present.whole(count)}]
    figures = f"{'; '.join(said)}."
    words = _("Counted here: %(words)s.") % {"words": query.in_words()}
    return f"{figures} {Truncator(words).chars(MOST_SHOWN - len(figures) - 1)}"


# ── Citing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def record_work(page: EventPage | NotePage, base: str, day: date | None) -> Work:
    """The page of an event or note as a work to cite; with a day, as known on it."""
    e = page.edition
    said = people_said(page) if isinstance(page, EventPage) else money_said(page)
    source = source_of(page)
    figure = ", ".join(part for part in (said, _("source: %(name)s") % {"name": source} if source else "") if part)
    stem = "event" if isinstance(page, EventPage) else "note"
    return Work(
        key=f"layoffwatch-{stem}-{e.record_id}-{e.number}",
        title=e.title,
        figure=_("withdrawn") if e.withdrawn else figure,
        address=f"{base}{page.today.get_absolute_url()}{_replay(day)}",
        known_from=e.known_from,
        version=e.version,
        published_on=e.written_at.date(),
        reconstructed_from=e.reconstructed_from,
    )


def company_work(company: Company, card: Card, base: str, day: date | None, record: PublicRecord) -> Work:
    """A company's page: known from the day asked for, else from the last change of the data."""
    return Work(
        key=f"layoffwatch-{company.slug}-{record.version}",
        title=_("%(company)s: job cuts and AI investment") % {"company": company.name},
        figure=f"{card.figure} {card.under}",
        address=f"{base}{company.get_absolute_url()}{_replay(day)}",
        known_from=day or record.changed_at.date(),
        version=record.version,
        published_on=record.changed_at.date(),
    )
