"""Whether sources still answer, on their pages at the desk."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from events.admin.public_record import ReadOnlyAdmin
from events.admin.publishing_actions import ReadOnlyInline
from events.models import LinkCheck, Source, SourceLink
from events.models.choices import LinkStatus
from events.models.link import leading_elsewhere


class LinkCheckInline(ReadOnlyInline, admin.TabularInline):
    model = LinkCheck
    fields = ("status", "since", "checked_at", "times", "http_status", "final_url", "why", "milliseconds")
    show_change_link = False
    verbose_name_plural = gettext_lazy("what its address answered, the latest first")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may see the source."""
        return obj is not None


def dead_sources() -> QuerySet[Source]:
    """Sources whose address readers are told to be dead."""
    return Source.objects.filter(pk__in=SourceLink.objects.exclude(dead_since=None).values("pk"))


class LinkFilter(admin.SimpleListFilter):
    """Sources by what their address answered when it was last looked at."""

    title = gettext_lazy("link")
    parameter_name = "link"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        own = [("dead", gettext_lazy("dead")), ("elsewhere", gettext_lazy("leads to another source"))]
        return [*own, *LinkStatus.choices, ("never", gettext_lazy("never looked at"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        value = self.value()
        if value is None:
            return queryset
        if value == "dead":
            return queryset.filter(pk__in=dead_sources().values("pk"))
        if value == "elsewhere":
            return queryset.filter(pk__in=leading_elsewhere().values("pk"))
        if value == "never":
            return queryset.filter(link_checks=None).exclude(url="")
        last = LinkCheck.objects.filter(source=OuterRef("pk")).order_by("-id").values("status")[:1]
        return queryset.annotate(_link=Subquery(last)).filter(_link=value)


@admin.register(LinkCheck)
class LinkCheckAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("source", "status", "since", "checked_at", "times", "http_status")
    list_filter = ("status",)
    list_select_related = ("source",)
    fields = readonly_fields = (
        "source", "url", "status", "since", "checked_at", "times", "http_status", "final_url", "milliseconds", "why",
    )  # fmt: skip
