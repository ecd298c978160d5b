"""One figure for a frame on another site's page, live or frozen, and oEmbed, by which programs ask for it.

These are the only pages of the site that may be framed: a frame cannot do anything in a reader's name here, for readers
have no names, and no form stands in it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_exempt

from events import charts, dates, present
from events.answers.answer import SUBJECTS
from events.answers.embeds import HEIGHT, WIDTH, Embed, of_company, of_list, of_staff
from events.charts import Figure
from events.citing import SITE
from events.figures import FIGURES, figure_of
from events.filters import INVESTING_ROLES
from events.frozen import code_as_written, frozen_view, in_a_line
from events.models.company import Company
from events.query import CompanyPageQuery, Query, RecordQuery
from events.selection import (
    BesideSelection,
    Selection,
    TotalSelection,
    company_events,
    company_headcounts,
    company_notes,
    data_version,
)
from events.staff import staff_chart
from events.views.ask import View, base_of, for_readers, of_one_state, with_query
from events.views.companies import company_of
from events.views.files import OPEN
from events.views.view_of import NoView, path_of

CACHE_SECONDS = 3600
_NOTHING = _lazy("There is nothing to draw here: this view holds nothing that its figure counts.")
_SEVERAL_BASES = _lazy(
    "Totals of different bases are never drawn on one axis: choose one publisher, scope, geography and count."
)


def framed(shown: Callable[..., HttpResponse]) -> View:
    """A view that pages of other sites may show in a frame, its errors too."""

    @for_readers
    @xframe_options_exempt
    @csp_replace({"frame-ancestors": ["*"]})
    @of_one_state
    @wraps(shown)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = shown(request, *args, **kwargs)
        except Http404:
            response = render(request, "embed/none.html", {"words": _("There is no such figure.")}, status=404)
        # A page that asks of all it loads that it may be loaded can have this one too.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return wrapper


@framed
def view(request: HttpRequest, stem: str) -> HttpResponse:
    """The figure of a list, as its query asks for it."""
    if stem not in FIGURES:
        raise Http404
    query = SUBJECTS[stem].query.from_request(request)
    if not query.is_valid():
        return _invalid(request, query)
    selection = SUBJECTS[stem].selection(query)
    embed = of_list(stem, query, base_of(request))
    chart = figure_of(selection)
    if chart is None and isinstance(selection, TotalSelection) and len(selection.groups) > 1:
        return _nothing(request, embed.page, _SEVERAL_BASES)
    return _figure(request, embed, chart, selection) if chart else _nothing(request, embed.page)


@framed
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """The figure of a company's page: cuts above, AI investment below."""
    query = CompanyPageQuery.from_request(request)
    if not query.is_valid():
        return _invalid(request, query)
    found = company_of(slug)
    if found.slug != slug:
        return redirect(with_query(f"/embed{found.get_absolute_url()}", query), permanent=True)
    selection = company_events(found, day=query.as_of, days=query.days)
    embed = of_company(found, query.canonical(), base_of(request))
    chart = charts.cuts_and_money(
        selection, company_notes(found, query.as_of, query.days, INVESTING_ROLES), charts.axis_grain(*query.days)
    )
    return _figure(request, embed, chart, selection) if chart.lines else _nothing(request, embed.page)


@framed
def staff(request: HttpRequest, slug: str) -> HttpResponse:
    """The line of a company's headcounts."""
    query = RecordQuery.from_request(request)
    if not query.is_valid():
        return _invalid(request, query)
    found = company_of(slug)
    if found.slug != slug:
        return redirect(with_query(f"/embed{found.get_absolute_url()}staff/", query), permanent=True)
    headcounts = list(company_headcounts(found, query.as_of))
    embed, chart = of_staff(found, query.canonical(), base_of(request)), staff_chart(found.name, headcounts)
    if chart is None:
        return _nothing(request, embed.page)
    n = len(headcounts)
    said = ngettext("%(n)s headcount", "%(n)s headcounts", n) % {"n": present.whole(n)}
    context = {
        "record": data_version(),
        "name": f"layoffwatch-{found.slug}",
        "day": query.as_of or dates.today(),
        "said": said,
    }
    return render(request, "embed/figure.html", context | _of(embed, chart))


@framed
def frozen(request: HttpRequest, code: str) -> HttpResponse:
    """The figure of a frozen view, from what is stored alone."""
    found = frozen_view(code_as_written(code), base_of(request))
    if found is None:
        raise Http404
    if found.figure is None:
        return _nothing(request, found.embed.page)
    context = {"frozen": found, "record": found.record, "day": found.snapshot.day, "said": found.said}
    return render(request, "embed/figure.html", context | _of(found.embed, found.figure))


def _figure(request: HttpRequest, embed: Embed, chart: Figure, selection: Selection) -> HttpResponse:
    # The line below is of what is drawn: that of layoffs beside AI takes in cuts without a note beside them.
    drawn = selection.every_cut if isinstance(selection, BesideSelection) else selection
    context = {"selection": selection, "day": selection.day or dates.today(), "said": in_a_line(drawn)}
    return render(request, "embed/figure.html", context | _of(embed, chart))


def _of(embed: Embed, chart: Figure) -> dict[str, Any]:
    # No page of ours may open within the frame: the figure has no links but the one to its own page.
    return {"embed": embed, "chart": charts.without_links(chart), "embedded": True}


def _nothing(request: HttpRequest, page: str, words: Any = _NOTHING) -> HttpResponse:
    return render(request, "embed/none.html", {"words": words, "page": page})


def _invalid(request: HttpRequest, query: Query) -> HttpResponse:
    words = " ".join(message for _name, message, _without in query.errors)
    return render(request, "embed/none.html", {"words": words}, status=400)


# ── oEmbed ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@for_readers
@of_one_state
def oembed(request: HttpRequest) -> HttpResponse:
    """The frame for a page of ours that has a figure (oembed.com, version 1.0), as JSON alone."""
    if request.GET.get("format", "json") != "json":
        return _problem(501, _("This site answers oEmbed as JSON: leave the format out, or ask for json."))
    try:
        width, height = _at_most(request, "maxwidth", WIDTH), _at_most(request, "maxheight", HEIGHT)
    except ValueError as error:
        return _problem(400, str(error))
    if not request.GET.get("url"):
        return _problem(400, _("The address of a page with a figure is missing: url=…"))
    try:
        embed = embed_at(request, request.GET["url"])
    except (NoView, Http404) as error:
        return _problem(404, str(error) or _("There is no figure at this address."))
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": embed.title,
        "provider_name": SITE,
        "provider_url": f"{base_of(request)}/",
        "cache_age": CACHE_SECONDS,
        "html": embed.frame(str(width), height),
        "width": width,
        "height": height,
    }
    return JsonResponse(answer, headers=OPEN)


def embed_at(request: HttpRequest, address: str) -> Embed:
    """The frame of the figure that the page at `address` has. Raises NoView or Http404 where there is none."""
    path, string = path_of(request, address)
    base = base_of(request)
    match path.removeprefix("/embed").strip("/").split("/"):
        case ["totals"]:
            totals = _valid(SUBJECTS["totals"].query, string)
            if figure_of(TotalSelection(totals)) is None:
                raise NoView(str(_SEVERAL_BASES))
            return of_list("totals", totals, base)
        case [stem] if stem in FIGURES:
            return of_list(stem, _valid(SUBJECTS[stem].query, string), base)
        case ["companies", slug]:
            found: Company = company_of(slug)
            return of_company(found, _valid(CompanyPageQuery, string).canonical(), base)
        case ["cite", code]:
            frozen_one = frozen_view(code_as_written(code), base)
            if frozen_one is not None and frozen_one.figure is not None:
                return frozen_one.embed
    raise NoView(_("There is no figure at this address."))


def _valid(kind: type[Query], string: str) -> Any:
    try:
        return kind.from_string(string)
    except ValueError:
        raise NoView(_("This view cannot be shown: something in its address is not right.")) from None


def _at_most(request: HttpRequest, name: str, own: int) -> int:
    """The size that a figure has by itself, or less where less is asked for."""
    asked = request.GET.get(name, "")
    if not asked:
        return own
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10 and int(asked)):
        raise ValueError(_("%(name)s is a number of pixels, at least 1.") % {"name": name})
    return min(own, int(asked))


def _problem(status: int, words: str) -> HttpResponse:
    problem = {"title": words, "status": status}
    return JsonResponse(problem, status=status, content_type="application/problem+json", headers=OPEN)
