"""The list of companies and the page of one."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from events import charts, dates
from events.answers import linked_data
from events.answers.downloads import downloads
from events.answers.embeds import of_company, of_staff
from events.explorer import Explorer
from events.figures import figure_of
from events.filters import INVESTING_ROLES, RECEIVING_ROLES
from events.keys import companies_keys, company_keys, money_rows, number_of
from events.models.company import Company, OldSlug
from events.models.edition import public_companies
from events.previews import company_card, company_preview, company_work, view_words
from events.query import CompanyPageQuery, CompanyQuery
from events.selection import (
    CompanySelection,
    EventSelection,
    company_events,
    company_headcounts,
    company_notes,
    data_version,
    emptied_by,
)
from events.shown import Names, event_rows, family, note_rows
from events.staff import shares_of_staff, staff_chart
from events.values import companies_by_slug_of_name
from events.views.ask import base_of, for_readers, of_one_state, with_query


@for_readers
@of_one_state
def company_list(request: HttpRequest) -> HttpResponse:
    query = CompanyQuery.from_request(request)
    if not query.is_valid():
        context = {"query": query, "explorer": Explorer(query, {}), "heading": _("Companies")}
        return render(request, "companies/list.html", context, status=400)
    selection = CompanySelection(query)
    page, explorer = selection.page(), Explorer(query, selection.facets)
    headings = [
        (_("Company"), "name", ""),
        (_("People known"), "people", "num"),
        (_("Cuts"), "cuts", "num"),
        (_("AI notes"), "notes", "num"),
        (_("Latest cut"), "", ""),
    ]
    files, keys = downloads(selection), companies_keys(selection)
    context = {
        "query": query,
        "as_of": query.as_of,
        "reconstructed_from": selection.reconstructed_from,
        "explorer": explorer,
        "heading": _("Companies"),
        "feed": "/companies.atom",
        "keys": keys,
        "described": view_words(query, keys[:2], selection.count),
        "chart": figure_of(selection),
        "sort_headings": explorer.headings(headings),
        "downloads": files,
        "selection": selection,
        "emptied_by": emptied_by(selection) if not selection.count else [],
        "linked": linked_data.of_list(
            _("Companies"),
            with_query("/companies/", query),
            query.in_words() or _("all of them"),
            selection.count,
            files,
            base_of(request),
        ),
        "page": page,
    }
    return render(request, "companies/list.html", context)


# How many of the latest its page shows: all others are a link away, however many there are.
EVENTS_SHOWN, NOTES_SHOWN, HEADCOUNTS_SHOWN, SHARES_SHOWN = 20, 10, 10, 10


def company_of(slug: str, names: Names | None = None) -> Company:
    """The company that a slug of today or of earlier leads to. Raises Http404 where readers know none."""
    company = Company.objects.filter(slug=slug).first()
    if company is None:
        old = OldSlug.objects.filter(slug=slug).select_related("company").first()
        if old is None:
            raise Http404
        company = old.company
    company = (names or Names()).company(company.pk)
    if not public_companies().filter(pk=company.pk).exists():
        raise Http404
    return company


def years_of(group: EventSelection) -> list[tuple[str, str]]:
    """The years in which a company has cuts, the latest first, each with the explorer's query string."""
    return [
        (str(year), group.query.canonical(announced_after=date(year, 1, 1), announced_before=date(year, 12, 31)))
        for year in reversed(group.years)
    ]


def zooms_of(group: EventSelection, query: CompanyPageQuery) -> list[charts.Choice]:
    """How closely the axis of time may be looked at: all of it, or one year that has cuts."""
    spans: dict[str, tuple[date | None, date | None]] = {_("Whole time"): (None, None)}
    spans |= {str(year): (date(year, 1, 1), date(year, 12, 31)) for year in group.years}
    return [
        charts.Choice(label, query.canonical(announced_after=first, announced_before=last), query.days == (first, last))
        for label, (first, last) in spans.items()
    ]


def _to_the_one_called(slug: str, query: CompanyPageQuery) -> HttpResponse:
    """Leads from the address that a name or alias would have to the company; for now alone, for an alias may move.
    Raises Http404 where none is called so, or several are."""
    called = companies_by_slug_of_name(slug)
    if len(called) != 1:
        raise Http404
    return redirect(with_query(called[0].get_absolute_url(), query))


@for_readers
@of_one_state
def company_detail(request: HttpRequest, slug: str) -> HttpResponse:
    query = CompanyPageQuery.from_request(request)
    if not query.is_valid():
        return render(request, "400.html", {"query": query}, status=400)
    names = Names()
    try:
        company = company_of(slug, names)
    except Http404:
        return _to_the_one_called(slug, query)
    if company.slug != slug:
        return redirect(with_query(company.get_absolute_url(), query), permanent=True)
    day = query.as_of
    group, own = company_events(company, day=day), company_events(company, subsidiaries=False, day=day)
    notes = company_notes(company, day)
    page, page_of_notes = group.page(EVENTS_SHOWN), notes.page(NOTES_SHOWN)
    record, base = data_version(), base_of(request)
    card = company_card(company, group, notes, record.version)
    # What it puts into AI, and what it is given or bought for, are told apart.
    invested, received = (company_notes(company, day, roles=roles) for roles in (INVESTING_ROLES, RECEIVING_ROLES))
    axis, axis_notes = (group, invested) if query.days == (None, None) else (
        company_events(company, day=day, days=query.days), company_notes(company, day, query.days, INVESTING_ROLES),
    )  # fmt: skip
    chart = charts.cuts_and_money(axis, axis_notes, charts.axis_grain(*query.days))
    headcounts = list(company_headcounts(company, day))
    aliases, kin = list(company.aliases.values_list("name", flat=True)), family(company, names)
    return render(
        request,
        "companies/detail.html",
        {
            "preview": company_preview(company, card, base, day),
            "cite": company_work(company, card, base, day, record).ways(dates.today()),
            "linked": linked_data.of_company(company, aliases, kin, base),
            "record": record,
            "company": company,
            "query": query,
            "as_of": day,
            "reconstructed_from": group.reconstructed_from,
            "aliases": ", ".join(aliases),
            "money": money_rows(invested.money),
            "received": money_rows(received.money),
            "family": kin,
            "keys": company_keys(company, group, own, notes),
            "headcounts": headcounts[:HEADCOUNTS_SHOWN],
            "staff": staff_chart(company.name, headcounts),
            "shares": shares_of_staff(group, SHARES_SHOWN),
            "chart": chart,
            "axis": axis,
            "zooms": zooms_of(group, query),
            # The same figure of the same days as the explorer has it: what is frozen.
            "axis_view": axis.query.changed(chart="ai"),
            "own_view": with_query(company.get_absolute_url(), query),
            "embed": of_company(company, query.canonical(), base),
            "staff_embed": of_staff(company, query.canonical(announced_after=None, announced_before=None), base),
            "zoom": f"{company.get_absolute_url()}?{query.canonical(announced_after=None, announced_before=None)}",
            "years": years_of(group),
            "also": [(number_of(n, k), group.query.canonical(counts_as=[k])) for k, n in group.also.items()],
            "selection": group,
            "rows": list(event_rows(page.rows, group, names)),
            "page": page,
            "notes": note_rows(page_of_notes.rows, names, notes.withdrawn_since),
            "every_note": notes,
        },
    )
