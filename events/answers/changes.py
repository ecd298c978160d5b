"""The changes of one record as an Atom feed: an entry for each edition, with what it says otherwise and why."""

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from events.answers.about import LICENCE, LICENCE_URL, SITE
from events.answers.atom import ENTRIES, Feed, tag_of
from events.answers.xml import held
from events.differences import Step
from events.selection import data_version


def write(steps: list[Step], path: str, base: str) -> str:
    """The feed at `path` of a record's history, the latest change first; `base` is "https://host".

    An entry's id is that of its edition, for ever.
    """
    latest, tag = steps[0].edition, tag_of(base, data_version())
    stem = path.removesuffix(".atom")
    feed = Feed(
        title=held(_("%(site)s: changes of “%(title)s”") % {"site": SITE, "title": latest.title}),
        link=f"{base}{steps[0].address}",
        description="",
        subtitle=held(_("What was public of this record, and why it changed.")),
        feed_url=f"{base}{path}",
        feed_guid=f"{tag}:{path}",
        author_name=SITE,
        feed_copyright=f"{LICENCE}, {LICENCE_URL}",
        language="en",
        links=[("license", LICENCE_URL)],
        changed_at=latest.written_at,
    )
    for step in steps[:ENTRIES]:
        edition = step.edition
        feed.add_item(
            title=held(f"{edition.title}: {edition.get_change_display()}"),
            link=f"{base}{step.replay if step.was_seen else step.address}",
            description=held(_html(step)),
            unique_id=f"{tag}:{stem}/{edition.number}",
            updateddate=edition.written_at,
            pubdate=edition.written_at,
            categories=(str(edition.change),),
            via="",
        )
    return feed.writeString("utf-8")


def _html(step: Step) -> str:
    reason = format_html("<p>{}</p>", step.edition.reason) if step.edition.reason else ""
    lines = [(difference.in_a_line,) for difference in step.differences]
    listed = format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines)) if lines else ""
    version = _("Data version %(n)s") % {"n": step.edition.version}
    return format_html("{}{}<p>{}</p>", reason, listed, version)
