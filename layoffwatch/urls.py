"""Addresses: permanent and readable."""

from django.contrib import admin
from django.urls import include, path, re_path

from events.admin.first_screen import first_screen
from events.admin.reading import reading
from events.admin.users import OwnPassword
from events.views import (
    api,
    beside,
    changes,
    cite,
    companies,
    corrections,
    data,
    dataset,
    embed,
    errors,
    events,
    files,
    notes,
    pages,
    record,
    search,
    site,
    start,
    tips,
)

# Pages of the desk that are no record's; the first is in the place of Django's index, the last in that of its own.
DESK = [
    path("", admin.site.admin_view(first_screen), name="first"),
    path("reading/", admin.site.admin_view(reading), name="reading"),
    path("password_change/", admin.site.admin_view(OwnPassword.as_view(), cacheable=True), name="password"),
]

urlpatterns = [
    path("", start.start, name="start"),
    path("events/", events.event_list, name="events"),
    re_path(
        r"^(?P<stem>events|ai|companies|layoffs-and-ai|totals)\.(?P<ending>[a-z.-]+)\Z", files.view_file, name="file"
    ),
    re_path(r"^events/(?P<what>totals|series)\.json\Z", files.sums, name="sums"),
    re_path(r"^(?P<stem>events|ai)/series\.(?P<ending>csv)\Z", files.series_file, name="series-file"),
    re_path(
        r"^(?P<stem>events|ai)/(?P<record_id>[0-9]{1,18})(?:-(?P<slug>[-\w]*))?/$", record.record_page, name="record"
    ),
    path("companies/", companies.company_list, name="companies"),
    path("companies/<slug:slug>/", companies.company_detail, name="company"),
    path("ai/", notes.note_list, name="notes"),
    re_path(r"^(?P<stem>events|ai)/(?P<record_id>[0-9]{1,18})\.atom\Z", record.record_feed, name="record_feed"),
    re_path(r"^(?P<stem>events|ai)/(?P<record_id>[0-9]{1,18})/card\.png\Z", record.record_card, name="record_card"),
    path("companies/<slug:slug>/card.png", record.company_picture, name="company_card"),
    path("layoffs-and-ai/", beside.page, name="beside"),
    path("search/", search.page, name="search"),
    path("search/suggest.json", search.suggest, name="suggest"),
    path("cite/", cite.frozen_views, name="cite"),
    re_path(r"^cite/(?P<code>[0-9A-Za-z]{10})/\Z", cite.page, name="frozen"),
    re_path(r"^cite/(?P<code>[0-9A-Za-z]{10})\.csv\Z", cite.file, name="frozen-file"),
    path("embed/<slug:stem>/", embed.view),
    path("embed/companies/<slug:slug>/", embed.company),
    path("embed/companies/<slug:slug>/staff/", embed.staff),
    re_path(r"^embed/cite/(?P<code>[0-9A-Za-z]{10})/\Z", embed.frozen),
    path("oembed", embed.oembed, name="oembed"),
    path("totals/", pages.totals, name="totals"),
    path("methodology/", pages.methodology, name="methodology"),
    path("corrections/", corrections.page, name="corrections"),
    path("corrections.atom", corrections.feed, name="corrections-feed"),
    path("data/", data.page, name="data"),
    path("data/changes/", changes.page, name="changes"),
    path("data/changes.atom", changes.feed, name="changes-feed"),
    re_path(r"^data/changes/(?P<year>[0-9]{4})-W(?P<number>[0-9]{2})/\Z", changes.week, name="changes-week"),
    re_path(r"^data/files/(?P<name>[A-Za-z0-9_.-]+)\Z", dataset.file, name="data-file"),
    re_path(
        r"^data/files/weekly/(?P<week>[0-9]{4}-W[0-9]{2})/(?P<name>[A-Za-z0-9_.-]+)\Z",
        dataset.file,
        name="data-weekly-file",
    ),
    path("tips/new/", tips.new, name="tip"),
    path("tips/sent/<slug:reference>/", tips.sent, name="tip-sent"),
    path("about/", site.about, name="about"),
    path("api/", api.page, name="api"),
    path("api/openapi.json", api.description, name="openapi"),
    path("healthz", site.healthz, name="healthz"),
    path("robots.txt", site.robots),
    path(".well-known/security.txt", site.security),
    path("sitemap.xml", site.sitemap_index, name="sitemap"),
    path("sitemap-<section>.xml", site.sitemap, name="sitemap-section"),
    path("admin/", include((DESK, "desk"))),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
