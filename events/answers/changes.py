"""The changes of one record as an Atom feed: an entry for each edition, with what it says otherwise and why."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from events.answers.atom import ENTRIES, Feed, tag_of
from events.citing import SITE
from events.differences import Step
from events.selection import data_version


def write(steps: list[Step], path: str, base: str) -> str:
    """The feed at `path` of a record's history, the latest change first; `base` is "https://host".

    An entry's id is that of its edition, for ever.
    """
    latest, tag = steps[0].edition, tag_of(base, data_version())
    stem = path.removesuffix(".atom")
    feed = Feed.of(
        _("%(site)s: changes of “%(title)s”") % {"site": SITE, "title": latest.title},
        _("What was public of this record, and why it changed."),
        page=f"{base}{steps[0].address}",
        address=f"{base}{path}",
        guid=f"{tag}:{path}",
        changed_at=latest.written_at,
    )
    for step in steps[:ENTRIES]:
        page = step.replay if step.was_seen else step.address
        feed.add_edition(step.edition, f"{base}{page}", _html(step), f"{tag}:{stem}/{step.edition.number}")
    return feed.writeString("utf-8")


def _html(step: Step) -> str:
    reason = format_html("<p>{}</p>", step.edition.reason) if step.edition.reason else ""
    lines = [(difference.in_a_line,) for difference in step.differences]
    listed = format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines)) if lines else ""
    version = _("Data version %(n)s") % {"n": step.edition.version}
    return format_html("{}{}<p>{}</p>", reason, listed, version)
