"""The log of corrections as an Atom feed: an entry for each edition after a record's first."""

from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from events.answers.about import LICENCE, LICENCE_URL, SITE, link
from events.answers.atom import ENTRIES, Feed, tag_of
from events.answers.xml import held
from events.selection import CorrectionSelection, data_version


def write(selection: CorrectionSelection, base: str) -> str:
    """One page of entries, newest first."""
    record, page, query = data_version(), selection.page(ENTRIES), selection.query
    tag = tag_of(base, record)
    first = link(base, "/corrections.atom", query.canonical(after=None, before=None))
    feed = Feed(
        title=held(_("%(site)s: corrections") % {"site": SITE}),
        link=link(base, "/corrections/", query.canonical()),
        description="",
        subtitle=_("Every correction and withdrawal, newest first; data version %(n)s, %(licence)s")
        % {"n": record.version, "licence": LICENCE},
        feed_url=link(base, "/corrections.atom", query.canonical()),
        feed_guid=f"{tag}:{first.removeprefix(base)}",
        author_name=SITE,
        feed_copyright=f"{LICENCE}, {LICENCE_URL}",
        language="en",
        links=[
            *([("next", link(base, "/corrections.atom", page.older))] if page.older else []),
            *([("previous", link(base, "/corrections.atom", page.newer))] if page.newer else []),
            ("first", first),
            ("license", LICENCE_URL),
        ],
        changed_at=record.changed_at,
    )
    for edition in page.rows:
        kind = type(edition).__name__.removesuffix("Edition").lower()
        feed.add_item(
            title=held(f"{edition.title}: {edition.get_change_display()}"),
            link=base + edition.get_absolute_url(),
            description=held(_html(edition)),
            unique_id=f"{tag}:/corrections/{kind}/{edition.record_id}/{edition.number}",
            updateddate=edition.written_at,
            categories=(str(edition.change),),
            via="",
        )
    return feed.writeString("utf-8")


def _html(edition: Any) -> str:
    facts = [
        (_("Record"), edition.called),
        (_("What happened"), edition.get_change_display()),
        (_("Reason"), edition.reason),
        (_("Changed"), ", ".join(edition.changed_fields)),
        (_("Known from"), edition.known_from.isoformat()),
    ]
    listed = format_html_join("", "<li>{}: {}</li>", [fact for fact in facts if fact[1]])
    return format_html("<ul>{}</ul>", listed)
