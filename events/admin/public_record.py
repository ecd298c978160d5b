"""The public record, to be read: editions are written by publishing alone, and nobody changes them."""

import json
from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.saved_views import KeepsViews
from events.models import (
    EventDocument,
    EventEdition,
    EventEditionCompany,
    EventEditionTerm,
    EventEditionTie,
    EventWords,
    HeadcountDocument,
    HeadcountEdition,
    NoteDocument,
    NoteEdition,
    NoteEditionCompany,
    NoteEditionTerm,
    NoteWords,
    PublicRecord,
    ReaderCount,
    Snapshot,
    SnapshotFile,
    SourceLink,
    TotalDocument,
    TotalEdition,
)
from events.publishing import KINDS


class ReadOnlyAdmin(KeepsViews, admin.ModelAdmin):
    """A page on which nothing is added, changed or deleted."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    hidden_from_index = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return not self.hidden_from_index and super().has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EditionAdmin(ReadOnlyAdmin):
    list_display = ("record_id", "number", "title", "change", "known_from", "until", "reason", "reconstructed_from")
    list_display_links = ("title",)
    list_filter = ("change", "withdrawn", "known_from")
    list_select_related = ("document",)
    search_fields = ("title", "reason", "=record_id")
    date_hierarchy = "known_from"
    ordering = ("-version", "-id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        own = [field.name for field in self.model._meta.concrete_fields if field.name != "id"]
        return ["desk", *own, "companies", "said"] if self._index() else ["desk", *own, "said"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj)

    def _index(self) -> type[models.Model] | None:
        return next(kind.index for kind in KINDS if kind.edition is self.model)

    @admin.display(description=gettext_lazy("known until"), ordering="known_until")
    def until(self, edition: Any) -> str:
        return _("today") if edition.is_open else edition.known_until.isoformat()

    @admin.display(description=gettext_lazy("record"))
    def desk(self, edition: Any) -> SafeString:
        record = next(kind.record for kind in KINDS if kind.edition is self.model)
        url = reverse(f"admin:events_{record._meta.model_name}_change", args=[edition.record_id])
        return format_html('<a href="{}">{} {}</a>', url, record._meta.verbose_name, edition.record_id)

    @admin.display(description=gettext_lazy("companies it is listed under"))
    def companies(self, edition: Any) -> str:
        return ", ".join(str(row.company) for row in edition.company_index.select_related("company"))

    @admin.display(description=gettext_lazy("document"))
    def said(self, edition: Any) -> SafeString:
        text = json.dumps(edition.document.body, ensure_ascii=False, indent=2)
        return format_html('<pre class="desk-document">{}</pre>', text)


@admin.register(EventEdition)
class EventEditionAdmin(EditionAdmin):
    list_filter = ("change", "withdrawn", "counts_as", "known_from")
    search_fields = ("title", "reason", "company__name", "=record_id")


@admin.register(NoteEdition, TotalEdition, HeadcountEdition)
class OtherEditionAdmin(EditionAdmin):
    pass


@admin.register(EventDocument, NoteDocument, TotalDocument, HeadcountDocument)
class DocumentAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("edition",)
    list_select_related = ("edition",)


@admin.register(EventEditionCompany)
class EventEditionCompanyAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("edition", "company", "direct")
    list_select_related = ("edition", "company")


@admin.register(EventEditionTie)
class EventEditionTieAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("edition", "kind", "other")
    list_select_related = ("edition",)


@admin.register(EventEditionTerm, NoteEditionTerm)
class TermAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("edition", "kind", "value")
    list_select_related = ("edition",)


@admin.register(EventWords, NoteWords)
class WordsAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("edition", "words")
    list_select_related = ("edition",)


@admin.register(NoteEditionCompany)
class NoteEditionCompanyAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("edition", "company", "role", "direct")
    list_select_related = ("edition", "company")


@admin.register(SourceLink)
class SourceLinkAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("source_id", "archived_url", "dead_since")
    readonly_fields = ("source_id", "archived_url", "dead_since")


@admin.register(PublicRecord)
class PublicRecordAdmin(ReadOnlyAdmin):
    list_display = ("opened_on", "version", "changed_at")


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    """Frozen views: nobody alters one. An administrator may take away one that was made to abuse this site."""

    list_display = ("code", "subject", "query", "day", "made_at")
    search_fields = ("code", "query")
    date_hierarchy = "made_at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)


@admin.register(SnapshotFile)
class SnapshotFileAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "size")
    fields = ("sha256", "size")


@admin.register(ReaderCount)
class ReaderCountAdmin(ReadOnlyAdmin):
    list_display = ("hour", "action", "times")
    fields = ("hour", "action", "times")
