"""What every site has: who runs it, and the small files for machines that look after it or come by."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sitemaps import views as sitemaps
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from events.models.edition import PublicRecord
from events.selection import data_version
from events.sitemaps import SITEMAPS
from events.views.ask import for_readers, of_one_state

PLAIN = "text/plain; charset=utf-8"
# How long the security contact may be relied on: less than a year, as RFC 9116 asks.
CONTACT_HOLDS = timedelta(days=180)


@for_readers
def about(request: HttpRequest) -> HttpResponse:
    context = {
        "operator": settings.OPERATOR_NAME,
        "email": settings.CONTACT_EMAIL,
        "contact_url": settings.CONTACT_URL,
    }
    return render(request, "about.html", context)


@for_readers
def healthz(request: HttpRequest) -> HttpResponse:
    """For a proxy or a monitor: 200 when the record can be read, else 503."""
    try:
        text, status = f"ok, data version {data_version().version}\n", 200
    except (Error, PublicRecord.DoesNotExist):
        text, status = "The database cannot be read.\n", 503
    return HttpResponse(text, status=status, content_type=PLAIN, headers={"Cache-Control": "no-store"})


@for_readers
def robots(request: HttpRequest) -> HttpResponse:
    """Every page may be read, and every whole file. Of the views by filter, of which there is no end, none: the sitemap
    names each record; its own further pages are a query too."""
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /*?", "Allow: /sitemap", "", f"Sitemap: {sitemap}"]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@for_readers
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a security fault (RFC 9116); nothing where this site names nobody."""
    contacts = [f"mailto:{settings.CONTACT_EMAIL}"] if settings.CONTACT_EMAIL else []
    # The RFC takes no address without TLS.
    contacts += [settings.CONTACT_URL] if settings.CONTACT_URL.startswith("https://") else []
    if not contacts:
        raise Http404
    expires = (timezone.now() + CONTACT_HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en"]
    if request.is_secure():
        lines.append(f"Canonical: {request.build_absolute_uri()}")
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@for_readers
@of_one_state
def sitemap_index(request: HttpRequest) -> HttpResponse:
    return sitemaps.index(request, SITEMAPS, sitemap_url_name="sitemap-section").render()


@for_readers
@of_one_state
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    return sitemaps.sitemap(request, SITEMAPS, section).render()
