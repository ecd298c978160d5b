"""The list of companies and the page of one."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import charts
from events.explorer import Explorer
from events.keys import company_keys, money_rows, number_of
from events.models.company import Company, OldSlug
from events.models.edition import public_companies
from events.query import CompanyQuery
from events.selection import (
    PAGE_SIZE,
    CompanySelection,
    company_events,
    company_headcounts,
    company_notes,
)
from events.shown import Names, event_rows, family, note_rows


@require_safe
def company_list(request: HttpRequest) -> HttpResponse:
    query = CompanyQuery.from_request(request)
    if not query.is_valid():
        context = {"query": query, "explorer": Explorer(query, {})}
        return render(request, "companies/list.html", context, status=400)
    selection = CompanySelection(query)
    explorer = Explorer(query, selection.facets)
    pages, number = Paginator(selection.rows, PAGE_SIZE), query.values.get("page", 1)
    if not 1 <= number <= pages.num_pages:
        query.form.add_error("page", _("There is no such page: start from the first one."))
        return render(request, "companies/list.html", {"query": query, "explorer": Explorer(query, {})}, status=400)
    page = pages.page(number)
    return render(
        request,
        "companies/list.html",
        {
            "query": query,
            "explorer": explorer,
            "sort_headings": explorer.headings(
                [
                    (_("Company"), "name", ""),
                    (_("People known"), "people", "num"),
                    (_("Cuts"), "cuts", "num"),
                    (_("AI notes"), "notes", "num"),
                    (_("Latest cut"), "", ""),
                ]
            ),
            "page": page,
            "older": query.canonical(page=page.number + 1) if page.has_next() else "",
            "newer": query.canonical(page=page.number - 1 if page.number > 2 else None) if page.has_previous() else "",
        },
    )


@require_safe
def company_detail(request: HttpRequest, slug: str) -> HttpResponse:
    company = Company.objects.filter(slug=slug).first()
    if company is None:
        old = OldSlug.objects.filter(slug=slug).select_related("company").first()
        if old is None:
            raise Http404
        company = old.company
    names = Names()
    company = names.company(company.pk)
    if not public_companies().filter(pk=company.pk).exists():
        raise Http404
    if company.slug != slug:
        return redirect(company, permanent=True)
    group, own = company_events(company), company_events(company, subsidiaries=False)
    notes = company_notes(company)
    page = group.page()
    return render(
        request,
        "companies/detail.html",
        {
            "company": company,
            "aliases": ", ".join(company.aliases.values_list("name", flat=True)),
            "money": money_rows(notes.money),
            "family": family(company, names),
            "keys": company_keys(company, group, own, notes),
            "headcounts": list(company_headcounts(company)[:10]),
            "chart": charts.cuts_and_money(group, notes),
            "also": [(number_of(n, k), group.query.canonical(counts_as=[k])) for k, n in group.also.items()],
            "selection": group,
            "rows": list(event_rows(page.rows, group, names)),
            "page": page,
            "notes": note_rows(notes.page().rows, names),
        },
    )
