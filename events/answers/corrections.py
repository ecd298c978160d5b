"""The log of corrections as an Atom feed: an entry for each correction, withdrawal and publication anew."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from events.answers.atom import ENTRIES, Feed, tag_of
from events.citing import LICENCE, SITE
from events.differences import changed_in_words
from events.selection import CorrectionSelection, data_version


def write(selection: CorrectionSelection, base: str) -> str:
    """One page of entries, newest first."""
    record, page = data_version(), selection.page(ENTRIES)
    feed = Feed.of_log(
        _("%(site)s: corrections") % {"site": SITE},
        _("Every correction and withdrawal, newest first; data version %(n)s, %(licence)s")
        % {"n": record.version, "licence": LICENCE},
        selection.query,
        page,
        ("/corrections/", "/corrections.atom"),
        base,
        record,
    )
    tag = tag_of(base, record)
    for edition in page.rows:
        kind = type(edition).__name__.removesuffix("Edition").lower()
        guid = f"{tag}:/corrections/{kind}/{edition.record_id}/{edition.number}"
        feed.add_edition(edition, base + edition.get_absolute_url(), _html(edition), guid)
    return feed.writeString("utf-8")


def _html(edition: Any) -> str:
    # What changed, not how: the page of the record has before and after.
    facts = [
        (_("Record"), edition.called),
        (_("What happened"), edition.get_change_display()),
        (_("Reason"), edition.reason),
        (_("Changed"), ", ".join(changed_in_words(edition))),
        (_("Known from"), edition.known_from.isoformat()),
    ]
    listed = format_html_join("", "<li>{}: {}</li>", [fact for fact in facts if fact[1]])
    return format_html("<ul>{}</ul>", listed)
