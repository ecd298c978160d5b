"""Imports: what came in, by whom, and what became of every row."""

from django.contrib import admin

from events.admin.public_record import ReadOnlyAdmin
from events.models import ImportBatch, ImportMade, ImportRow


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "layout", "state", "uploaded_by", "uploaded_at", "confirmed_at")
    list_filter = ("state", "layout")
    list_select_related = ("uploaded_by",)
    search_fields = ("file_name", "sha256")
    date_hierarchy = "uploaded_at"


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("batch", "number", "outcome", "record_id", "undone")
    list_select_related = ("batch",)


@admin.register(ImportMade)
class ImportMadeAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("batch", "kind", "record_id")
    list_select_related = ("batch",)
