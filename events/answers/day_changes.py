"""The log of changes in words, and as an Atom feed: an entry for each day."""

from datetime import UTC, datetime, time
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import present
from events.answers.about import LICENCE, SITE
from events.answers.atom import Feed, held, tag_of
from events.counting import Total
from events.models.choices import Change
from events.selection import data_version
from events.selection.changes import ChangeSelection, Days

_KINDS = {
    "event": lambda n: ngettext("%(n)s layoff event", "%(n)s layoff events", n),
    "note": lambda n: ngettext("%(n)s AI-investment note", "%(n)s AI-investment notes", n),
    "total": lambda n: ngettext("%(n)s published total", "%(n)s published totals", n),
    "headcount": lambda n: ngettext("%(n)s headcount", "%(n)s headcounts", n),
}
_CHANGES = {
    Change.PUBLISHED: lambda: _("added: %(records)s"),
    Change.CORRECTED: lambda: _("corrected: %(records)s"),
    Change.WITHDRAWN: lambda: _("withdrawn: %(records)s"),
}


def counts_in_words(days: Days) -> str:
    """How many records were added, corrected and withdrawn: "Added: 2 layoff events, 1 headcount; withdrawn: …"."""
    parts = []
    for change, words in _CHANGES.items():
        some = [(kind, days.counts.get((kind, change.value), 0)) for kind in _KINDS]
        records = ", ".join(_KINDS[kind](n) % {"n": present.whole(n)} for kind, n in some if n)
        if records:
            parts.append(words() % {"records": records})
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def followed_in_words(days: Days) -> str:
    """How many records changed only because a related one did; "" for none."""
    if not days.followed:
        return ""
    return ngettext(
        "%(n)s record followed because a related one changed.",
        "%(n)s records followed because a related one changed.",
        days.followed,
    ) % {"n": present.whole(days.followed)}


def total_in_words(total: Total) -> str:
    """Cuts with their people, the interval and what has no figure: the three that go together."""
    interval = present.interval(total)
    return _("%(people)s people known%(interval)s in %(cuts)s, %(without)s of them without a figure") % {
        "people": present.known(total),
        "interval": f" ({interval})" if interval else "",
        "cuts": ngettext("%(n)s cut", "%(n)s cuts", total.events) % {"n": present.whole(total.events)},
        "without": present.whole(total.without_figure),
    }


def write(selection: ChangeSelection, base: str) -> str:
    """One page of days, newest first."""
    record, page = data_version(), selection.page()
    feed = Feed.of_log(
        _("%(site)s: what changed in the data") % {"site": SITE},
        _("Day by day, newest first; data version %(n)s, %(licence)s") % {"n": record.version, "licence": LICENCE},
        selection.query,
        page,
        ("/data/changes/", "/data/changes.atom"),
        base,
        record,
    )
    tag = tag_of(base, record)
    for days in page.rows:
        day = days.last.isoformat()
        feed.add_item(
            title=held(f"{present.day_words(days.last, 'day')}: {counts_in_words(days)}"),
            link=f"{base}/data/changes/?as_of={day}",
            description=held(_html(days, base)),
            unique_id=f"{tag}:/data/changes/{day}",
            updateddate=max((e.written_at for e in days.editions), default=_moment(days)),
            pubdate=_moment(days),
            categories=(),
            via="",
        )
    return feed.writeString("utf-8")


def _moment(days: Days) -> datetime:
    return datetime.combine(days.last, time.min, UTC)


def _html(days: Days, base: str) -> str:
    named = [(f"{base}{e.get_absolute_url()}", e.title, e.get_change_display(), _because(e)) for e in days.editions]
    listed = format_html_join("", '<li><a href="{}">{}</a>: {}{}</li>', named)
    totals = [
        _("Before: %(total)s.") % {"total": total_in_words(days.before)},
        _("After: %(total)s.") % {"total": total_in_words(days.after)},
    ]
    return format_html("<ul>{}</ul><p>{} {}</p>", listed, *totals)


def _because(edition: Any) -> str:
    return f". {edition.reason}" if edition.reason else ""
