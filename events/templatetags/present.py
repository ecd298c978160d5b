"""The words of events/present.py, for templates: they compute nothing themselves."""

import json
from datetime import date, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.core.exceptions import DisallowedHost
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_countries import countries

from events import present
from events.answers import embeds
from events.answers.about import link, stem_of, view_string
from events.dates import read_date, written
from events.keys import kind_words
from events.models.choices import AiLink, NoteKind, Precision, ReasonKind, Role, Sector, Speaker, Tier

register = template.Library()

register.filter("whole", present.whole)
register.filter("share", present.share)
register.filter("people_per_cut", present.people_per_cut)
register.filter("known", present.known)
register.filter("interval", present.interval)
register.filter("money", present.money)
register.filter("kinds", kind_words)


@register.filter
def percent(share: Any) -> str:
    """A share of the cuts, in whole percent: "44", "<1"."""
    return present.percent(share.n, share.of)


@register.filter
def people(record: Any) -> str:
    """The figure of an edition: "≈ 1,000"; "" when none is stated."""
    return present.figure(record.people_low, record.people, record.people_high, record.qualifier)


@register.filter
def figure(body: dict[str, Any]) -> str:
    """The figure in a document: of a citation or a unit."""
    return present.figure(body["low"], body["best"], body["high"], body["qualifier"])


@register.filter
def written_date(text: str) -> str:
    """A date as files write it in a page's words: "2024-Q1" gives "1st quarter of 2024"."""
    if not text:
        return ""
    span = read_date(text)
    return present.day_words(span.first, span.precision)


@register.simple_tag
def day(first: date, precision: str = "day") -> SafeString:
    """A date in words, in a <time> element where HTML has a form for it (it has none for a quarter)."""
    words = present.day_words(first, precision)
    if precision == Precision.QUARTER:
        return format_html("{}", words)
    return format_html('<time datetime="{}">{}</time>', written(first, precision), words)


@register.simple_tag
def span(first: date, last: date) -> str:
    """A period whose last day belongs to it."""
    return present.span_words(first, last)


@register.simple_tag
def span_open(since: date | None, until: date | None) -> str:
    """The days of an ownership: `until` is the first one that no longer belongs to it."""
    return present.span_words(since, until - timedelta(days=1) if until else None)


_CHOICES = {
    "ai_link": AiLink, "sector": Sector, "reason": ReasonKind, "role": Role, "speaker": Speaker, "tier": Tier,
    "note_kind": NoteKind,
}  # fmt: skip


@register.filter
def label(value: str, choices: str) -> str:
    """A stable value in a reader's words: `value|label:"ai_link"`."""
    return str(dict(_CHOICES[choices].choices).get(value, value))


@register.filter
def country(code: str) -> str:
    """A country's name for its ISO code."""
    return countries.name(code) or code


@register.simple_tag(takes_context=True)
def embed_of(context: dict[str, Any], query: Any) -> Any:
    """The figure of a query's list for other sites' pages (events/answers/embeds.py)."""
    return embeds.embed_of(query, context["request"].build_absolute_uri("/").rstrip("/"))


@register.simple_tag
def view_address(query: Any) -> str:
    """The address of a query's list with its whole filter: what is frozen."""
    return link("", f"/{stem_of(query)}/", view_string(query))


@register.filter
def money_words(edition: Any) -> str:
    return present.money_range(edition.usd_low_millions, edition.usd_millions, edition.usd_high_millions)


@register.simple_tag(takes_context=True)
def as_of_string(context: dict[str, Any]) -> str:
    """What a link to another page takes along on a page that is shown as known on a day."""
    return f"?as_of={context['as_of']:%Y-%m-%d}" if context.get("as_of") else ""


@register.simple_tag
def as_known_now(query: Any) -> str:
    """The query string of the same view as known today."""
    string = query.canonical(as_of=None)
    return f"?{string}" if string else ""


@register.filter
def host(url: str) -> str:
    """The host of an address, as a link's text: "theverge.com"."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


@register.inclusion_tag("partials/_preview.html", takes_context=True)
def preview(context: Any) -> dict[str, Any]:
    """What other sites show beside a link to the page: its own title and description, and a picture.

    A view may give a `preview` of its own (events/previews.py).
    """
    request = context.get("request")
    try:
        base = request.build_absolute_uri("/").rstrip("/") if request else ""
    except DisallowedHost:
        base = ""
    if not base:
        # A page for a host that is not ours says nothing of addresses.
        return {}
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)

    def said(name: str) -> str:
        block = blocks.get_block(name) if blocks else None
        return unescape(str(block.nodelist.render(context))).strip() if block else ""

    own = context.get("preview")
    return {
        "title": said("title").removesuffix("·").strip() or "LayoffWatch",
        "description": own.description if own else said("description"),
        "address": own.address if own else f"{base}{request.path}{_view(context)}",
        "linked": _as_data(context["linked"]) if context.get("linked") else "",
        "kind": own.kind if own else "website",
        "image": own.image if own else f"{base}{static('img/card.png')}",
        "words": own.card.in_words
        if own
        else _("LayoffWatch: job cuts and AI investment, each figure beside its source"),
    }


def _view(context: Any) -> str:
    """The query string of a list that is filtered: another view, another address. A day alone is none."""
    query = context.get("query")
    string = query.filter_string() if query and query.subject != "record" and query.is_valid() else ""
    return f"?{string}" if string else ""


# As django.utils.html.json_script has it: nothing in a value can end the element or begin another.
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def _as_data(tree: dict[str, Any]) -> SafeString:
    """Linked data as an element that no browser runs."""
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  escaped above
