"""What a page says in the words of schema.org: nothing that the page itself does not show.

A page of ours is a page: the reporting is its sources', and they are cited. The figure is an observation with its ends.
"""

from typing import Any

from django.utils.translation import gettext as _

from events import present
from events.citing import LICENCE_URL, SITE
from events.models.company import Company
from events.previews import Preview, people_said
from events.shown import EventPage, Family, NotePage

CONTEXT = "https://schema.org"
Node = dict[str, Any]


def _graph(*nodes: Node) -> Node:
    return {"@context": CONTEXT, "@graph": list(nodes)}


def _organization(company: Company, base: str) -> Node:
    return {"@type": "Organization", "name": company.name, "url": f"{base}{company.get_absolute_url()}"}


def _site(base: str) -> Node:
    return {"@type": "WebSite", "name": SITE, "url": f"{base}/"}


def _crumbs(base: str, *steps: tuple[str, str]) -> Node:
    """The way from the start to a page; `steps` are name and path."""
    items = [
        {"@type": "ListItem", "position": n, "name": name, "item": f"{base}{path}"}
        for n, (name, path) in enumerate([(SITE, "/"), *steps], 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _citations(page: EventPage | NotePage) -> list[Node]:
    found = []
    for cited in page.citations:
        node: Node = {"@type": "CreativeWork", "name": cited["title"] or cited["publisher"]}
        if cited["url"]:
            node["url"] = cited["url"]
        if cited["publisher"]:
            node["publisher"] = {"@type": "Organization", "name": cited["publisher"]}
        if cited["published_on"] and "Q" not in cited["published_on"]:
            node["datePublished"] = cited["published_on"]
        found.append(node)
    return found


def _page(page: EventPage | NotePage, preview: Preview, base: str) -> Node:
    return {
        "@type": "WebPage",
        "name": page.edition.title,
        "description": preview.description,
        "url": preview.address,
        # Here, not in a file that had it before.
        "datePublished": page.editions[0].written_at.date().isoformat(),
        "dateModified": page.edition.written_at.date().isoformat(),
        "isPartOf": _site(base),
        "license": LICENCE_URL,
        "citation": _citations(page),
    }


def of_event(page: EventPage, preview: Preview, base: str) -> Node:
    """An event's page. A withdrawn one states no figure."""
    e, company = page.edition, page.row.company
    node = _page(page, preview, base) | {"about": _organization(company, base)}
    if not e.withdrawn:
        ends = {"value": e.people, "minValue": e.people_low, "maxValue": e.people_high}
        known = {name: value for name, value in ends.items() if value is not None}
        if known:
            node["mainEntity"] = {
                "@type": "Observation",
                "name": people_said(page),
                "observationAbout": _organization(company, base),
                "measuredProperty": {"@type": "Property", "name": "people laid off"},
                "unitText": "people",
                **({"observationDate": e.announced_on} if "Q" not in e.announced_on else {}),
                **known,
            }
    above = [*reversed(page.row.owners), company]
    steps = [(one.name, one.get_absolute_url()) for one in above]
    return _graph(node, _crumbs(base, *steps, (e.title, page.today.get_absolute_url())))


def of_note(page: NotePage, preview: Preview, base: str) -> Node:
    node = _page(page, preview, base)
    companies = dict.fromkeys(company for company, _role in page.row.companies)
    if companies:
        node["about"] = [_organization(company, base) for company in companies]
    steps = ((_("AI-investment notes"), "/ai/"), (page.edition.title, page.today.get_absolute_url()))
    return _graph(node, _crumbs(base, *steps))


def of_company(company: Company, aliases: list[str], family: Family, base: str) -> Node:
    """A company with what it is called and, of owners and owned, those of today."""
    node = _organization(company, base)
    if aliases:
        node["alternateName"] = aliases
    if company.wikidata_id:
        node["sameAs"] = [f"https://www.wikidata.org/wiki/{company.wikidata_id}"]
    owners = [_organization(owner, base) for owner, _since, until in family.owners if until is None]
    owned = [_organization(child, base) for child, _since, until in family.owned if until is None]
    if owners:
        node["parentOrganization"] = owners[0]
    if owned:
        node["subOrganization"] = owned
    page = {"@type": "WebPage", "url": node["url"], "name": company.name, "isPartOf": _site(base), "mainEntity": node}
    steps = ((_("Companies"), "/companies/"), (company.name, company.get_absolute_url()))
    return _graph(page, _crumbs(base, *steps))


def of_site(base: str) -> Node:
    """The start page: the site, and how to search it."""
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{base}/search/?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return _graph(_site(base) | {"potentialAction": action})


def of_list(name: str, path: str, filter_: str, rows: int, downloads: list[Any], base: str) -> Node:
    """A list as a data set with its files; `path` is its address, with its query."""
    files = [
        {
            "@type": "DataDownload",
            "name": download.name,
            "encodingFormat": download.type,
            "contentUrl": f"{base}{download.href}",
        }
        for download in downloads
        if not download.is_everything
    ]
    words = _("%(name)s with the source of each figure: %(filter)s, %(n)s rows.") % {
        "name": name,
        "filter": filter_,
        "n": present.whole(rows),
    }
    return _graph(
        {
            "@type": "Dataset",
            "name": name,
            "description": words,
            "url": f"{base}{path}",
            "license": LICENCE_URL,
            "isAccessibleForFree": True,
            "creator": {"@type": "Organization", "name": SITE, "url": f"{base}/"},
            "distribution": files,
        },
        _crumbs(base, (name, path.partition("?")[0])),
    )
