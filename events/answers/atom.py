"""A page of a selection as an Atom feed (RFC 4287), with links to the pages beside it (RFC 5005).

An entry keeps its id for ever; it is updated when an edition of it is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

from django.db.models import Max
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from events import present
from events.answers.about import link, view_string
from events.answers.answer import Answer
from events.answers.rows import EventFileRow, NoteFileRow, TotalFileRow
from events.answers.xml import held
from events.citing import LICENCE, LICENCE_URL, SITE
from events.comparisons import basis_words
from events.models.choices import CountsAs, NoteKind, Stage
from events.models.edition import EventEditionCompany, NoteEditionCompany, PublicRecord
from events.query import Query
from events.selection import BesideRow, CompanyRow, Page, data_version

ENTRIES = 50


def write(answer: Answer) -> str:
    """One page of entries, in the selection's order."""
    about, path = answer.about, f"/{answer.subject.stem}.atom"
    rows, newer, older = answer.page(ENTRIES)
    tag = tag_of(answer.base, data_version())
    query = answer.selection.query

    def address(string: str) -> str:
        # The order is always named: a feed has another default than a page.
        named = string if query.get("order") else f"{string}&order={about.order}".lstrip("&")
        return link(answer.base, path, named)

    first = address(view_string(query))
    feed = Feed.of(
        f"{SITE}: {about.filter}",
        about.in_a_line(),
        page=about.page,
        address=address(query.canonical()),
        guid=f"{tag}:{first.removeprefix(answer.base)}",
        changed_at=about.changed_at,
        pages=[("next", older and address(older)), ("previous", newer and address(newer)), ("first", first)],
    )
    for entry in _ENTRIES[answer.subject.stem](rows):
        feed.add_item(
            title=held(entry.title),
            link=answer.base + entry.path,
            description=held(entry.html),
            unique_id=f"{tag}:/{answer.subject.stem}/{entry.id}",
            updateddate=entry.updated,
            pubdate=entry.published,
            categories=entry.categories,
            via=entry.source,
        )
    return feed.writeString("utf-8")


def tag_of(base: str, record: PublicRecord) -> str:
    """What ids of our feeds begin with (RFC 4151): our host and the day on which the record opened."""
    return f"tag:{urlsplit(base).hostname},{record.opened_on.isoformat()}"


class Feed(Atom1Feed):
    """Django's feed with the links that it has no word for."""

    @classmethod
    def of(
        cls,
        title: str,
        subtitle: str,
        *,
        page: str,
        address: str,
        guid: str,
        changed_at: datetime,
        pages: Iterable[tuple[str, str]] = (),
    ) -> Self:
        """A feed of ours, without entries yet: `page` shows readers the same, `address` is the feed's own, `pages` are
        its other pages by relation, "" for one that it has not. `changed_at` stands where it has no entry."""
        return cls(
            title=held(title),
            link=page,
            description="",
            subtitle=held(subtitle),
            feed_url=address,
            feed_guid=guid,
            author_name=SITE,
            feed_copyright=f"{LICENCE}, {LICENCE_URL}",
            language="en",
            links=[*(link for link in pages if link[1]), ("license", LICENCE_URL)],
            changed_at=changed_at,
        )

    @classmethod
    def of_log(
        cls, title: str, subtitle: str, query: Query, found: Page, paths: tuple[str, str], base: str, record: Any
    ) -> Self:
        """The feed of one page `found` of a log; `paths` are those of its page and of the feed, `record` is the version
        of the data."""
        page, path = paths

        def address(string: str) -> str:
            return link(base, path, string)

        first = address(query.canonical(after=None, before=None))
        return cls.of(
            title,
            subtitle,
            page=link(base, page, query.canonical()),
            address=address(query.canonical()),
            guid=f"{tag_of(base, record)}:{first.removeprefix(base)}",
            changed_at=record.changed_at,
            pages=[
                ("next", found.older and address(found.older)),
                ("previous", found.newer and address(found.newer)),
                ("first", first),
            ],
        )

    def add_edition(self, edition: Any, page: str, html: str, guid: str) -> None:
        """One edition of a record as an entry: what happened to it, and when that was written."""
        self.add_item(
            title=held(f"{edition.title}: {edition.get_change_display()}"),
            link=page,
            description=held(html),
            unique_id=guid,
            updateddate=edition.written_at,
            pubdate=edition.written_at,
            categories=(str(edition.change),),
            via="",
        )

    def latest_post_date(self) -> datetime:
        updated = [item["updateddate"] for item in self.items]
        return max(updated, default=self.feed["changed_at"])

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        for rel, href in self.feed["links"]:
            handler.addQuickElement("link", "", {"rel": rel, "href": href})

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        if item["via"]:
            handler.addQuickElement("link", "", {"rel": "via", "href": held(item["via"])})


@dataclass(frozen=True)
class _Entry:
    id: int
    title: str
    path: str
    html: str
    updated: datetime
    published: datetime | None
    categories: tuple[str, ...]
    source: str


def _events(rows: list[EventFileRow]) -> Iterable[_Entry]:
    for row in rows:
        edition = row.edition
        figure = present.figure(edition.people_low, edition.people, edition.people_high, edition.qualifier)
        wording = row.body["figure"]["wording"]
        facts = [
            (_("Company"), ", part of ".join([row.company.name, *(owner.name for owner in row.owners)])),
            (_("Announced"), present.day_words(edition.announced_from, edition.date_precision)),
            (_("People"), " ".join([figure or _("not stated"), f"(“{wording}”)" if wording else ""]).strip()),
            (_("Share"), present.share(edition.share_percent)),
            (_("Stage"), str(Stage(edition.stage).label)),
        ]
        yield _Entry(
            edition.record_id,
            edition.title,
            edition.get_absolute_url(),
            _html(facts, row.body),
            edition.written_at,
            None,
            (str(edition.counts_as),),
            row.citation["url"] if row.citation else "",
        )


def _notes(rows: list[NoteFileRow]) -> Iterable[_Entry]:
    for row in rows:
        edition = row.edition
        usd = present.money_range(edition.usd_low_millions, edition.usd_millions, edition.usd_high_millions)
        facts = [
            (_("Kind"), str(NoteKind(edition.kind).label)),
            (_("Dated"), present.day_words(edition.dated_from, edition.date_precision)),
            (_("Companies"), ", ".join(f"{company.name} ({role})" for company, role in row.companies)),
            (_("Money"), usd or row.body["money"]["wording"]),
        ]
        yield _Entry(
            edition.record_id,
            edition.title,
            edition.get_absolute_url(),
            _html(facts, row.body),
            edition.written_at,
            None,
            (str(edition.kind),),
            row.citation["url"] if row.citation else "",
        )


def _companies(rows: list[CompanyRow]) -> Iterable[_Entry]:
    changed = _last_written([row.company.pk for row in rows])
    for row in rows:
        if not row.events:
            people = ""
        elif row.total.with_figure:
            people = " ".join([present.whole(row.total.headline), present.interval(row.total)]).strip()
        else:
            people = _("not stated")
        facts = [
            (_("Cuts"), present.whole(row.events)),
            (_("People known in them"), people),
            (_("Cuts without a figure"), present.whole(row.total.without_figure)),
            (_("AI-investment notes"), present.whole(row.notes)),
        ]
        yield _Entry(
            row.company.pk,
            row.company.name,
            row.company.get_absolute_url(),
            _html(facts, {"citations": []}),
            changed.get(row.company.pk) or data_version().changed_at,
            None,
            (str(CountsAs.CUT),),
            "",
        )


def _beside(rows: list[BesideRow]) -> Iterable[_Entry]:
    changed = _last_written([row.company.pk for row in rows])
    for row in rows:
        known = " ".join([present.known(row.total), present.interval(row.total)]).strip()
        facts = [
            (_("Cuts with an AI-investment note in the same months"), present.whole(row.total.events)),
            (_("People known in them"), known),
            (_("Cuts without a figure"), present.whole(row.total.without_figure)),
            (_("AI-investment notes in these months"), present.whole(len(row.notes))),
        ]
        yield _Entry(
            row.company.pk,
            row.company.name,
            row.company.get_absolute_url(),
            _html(facts, {"citations": []}),
            changed[row.company.pk],
            None,
            (str(CountsAs.CUT),),
            "",
        )


def _totals(rows: list[TotalFileRow]) -> Iterable[_Entry]:
    for row in rows:
        edition = row.edition
        figure = present.figure(edition.people_low, edition.people, edition.people_high, edition.qualifier)
        facts = [
            (_("Publisher"), edition.publisher),
            (_("Period"), present.span_words(edition.period_from, edition.period_until)),
            (_("As of"), present.day_words(edition.as_of, "day")),
            (_("Basis"), basis_words(row.beside.basis)),
            (_("Published"), figure),
            (_("All our cuts of the period, people known"), present.known(row.beside.every.total)),
        ]
        yield _Entry(
            edition.record_id,
            edition.title,
            f"/totals/#total-{edition.record_id}",
            _html(facts, row.body),
            edition.written_at,
            None,
            (str(edition.scope),),
            row.citation["url"] if row.citation else "",
        )


_ENTRIES: dict[str, Any] = {
    "events": _events,
    "ai": _notes,
    "companies": _companies,
    "layoffs-and-ai": _beside,
    "totals": _totals,
}


def _last_written(companies: list[int]) -> dict[int, datetime]:
    """When the last edition was written that names each company, or something it owned."""
    found: dict[int, datetime] = {}
    for index in (EventEditionCompany, NoteEditionCompany):
        rows = index.objects.filter(company__in=companies).order_by().values_list("company_id")
        for company, at in rows.annotate(last=Max("edition__written_at")):
            found[company] = max(at, found.get(company, at))
    return found


def _html(facts: list[tuple[str, str]], body: dict[str, Any]) -> str:
    """Facts, then every source with its words, as HTML."""
    listed = format_html_join("", "<li>{}: {}</li>", [fact for fact in facts if fact[1]])
    sources = format_html_join(
        "",
        "<li>{}{}</li>",
        [
            (
                format_html('<a href="{}">{}</a>', cited["url"], cited["publisher"] or cited["title"])
                if cited["url"]
                else cited["publisher"] or cited["title"],
                f": “{cited['quote']}”" if cited["quote"] else "",
            )
            for cited in body["citations"]
        ],
    )
    summary = format_html("<p>{}</p>", body["summary"]) if body.get("summary") else ""
    ending = format_html("<p>{}</p><ul>{}</ul>", _("Sources"), sources) if body["citations"] else ""
    return format_html("<ul>{}</ul>{}{}", listed, summary, ending)
