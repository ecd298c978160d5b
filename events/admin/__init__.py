"""The editors' desk: one module per admin page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from events.admin import (
    company,
    duplicates,
    event,
    imports,
    links,
    note,
    public_record,
    saved_views,
    source,
    tip,
    total,
    users,
)

__all__ = [
    "company", "duplicates", "event", "imports", "links", "note", "public_record", "saved_views", "source", "tip",
    "total", "users",
]  # fmt: skip

admin.site.site_header = gettext_lazy("LayoffWatch desk")
admin.site.site_title = gettext_lazy("LayoffWatch desk")
admin.site.index_title = gettext_lazy("Records")
