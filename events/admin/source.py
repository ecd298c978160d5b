"""Sources, and the citations that tie each to what it speaks of."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import publishing
from events.admin.forms import DeskForm, PartialDateField, PublicForm, ReadsWording, RowsFormSet
from events.admin.links import LinkCheckInline, LinkFilter
from events.admin.pasted import PastesLink
from events.admin.publishing_actions import DeskAdmin, DeskInline, PartAdmin, ReadOnlyInline
from events.admin.words import as_read, in_short
from events.admin.workflow import PUBLIC
from events.forms import WebAddressField
from events.models import Citation, Source
from events.models.source import normalised_url
from events.publishing import Publishable


class SourceForm(DeskForm):
    derived: ClassVar[dict[str, str]] = {"url_normalised": "url"}

    published_on = PartialDateField(label=gettext_lazy("Published on"), required=False)

    class Meta:
        model = Source
        fields = ("url", "title", "publisher", "published_on", "kind", "tier", "archived_url")
        widgets = {"url": forms.URLInput(attrs={"size": 80}), "title": forms.TextInput(attrs={"size": 80})}
        field_classes = {"url": WebAddressField, "archived_url": WebAddressField}


class CitationForm(ReadsWording, DeskForm):
    together: ClassVar[frozenset[str]] = frozenset({"citation_one_chosen_an_event"})

    class Meta:
        model = Citation
        fields = (
            "source", "quote", "speaker", "speaker_name", "wording", "people_low", "people", "people_high", "qualifier",
            "people_basis", "share_percent", "chosen", "chosen_because", "on_ai_link",
        )  # fmt: skip
        widgets = {"quote": forms.Textarea(attrs={"rows": 2, "cols": 80, "maxlength": 500})}


class CitationRowForm(PastesLink, CitationForm):
    """A citation on the page of its record."""


class CitationPartForm(ReadsWording, PublicForm):
    class Meta(CitationForm.Meta):
        pass


class CitationRows(RowsFormSet):
    at_most_one = (
        (
            gettext_lazy("Only one figure of an event can be the one that is used."),
            lambda citation: "chosen" if citation.chosen else None,
        ),
    )


WHO_SAYS_WHAT = (
    None,
    {"fields": ("source", "link", ("link_title", "link_publisher"), "quote", ("speaker", "speaker_name"))},
)
FIGURE_HEADING = gettext_lazy("The figure that this source reports")
FIGURE_FIELDS = (("wording", "reading"), ("people_low", "people", "people_high"), ("qualifier", "people_basis"))


class CitationInline(DeskInline, admin.StackedInline):
    model = Citation
    form = CitationRowForm
    formset = CitationRows
    autocomplete_fields = ("source",)
    readonly_fields = ("reading",)
    empty_rows = 1

    @admin.display(description=gettext_lazy("read as"))
    def reading(self, citation: Citation) -> str:
        return as_read(citation)


class EventCitationInline(CitationInline):
    fk_name = "event"
    fieldsets = (
        WHO_SAYS_WHAT,
        (
            FIGURE_HEADING,
            {"fields": (*FIGURE_FIELDS, "share_percent", ("chosen", "chosen_because"), "on_ai_link")},
        ),
    )


class TotalCitationInline(CitationInline):
    fk_name = "total"
    fieldsets = (WHO_SAYS_WHAT, (FIGURE_HEADING, {"fields": FIGURE_FIELDS}))


class HeadcountCitationInline(TotalCitationInline):
    fk_name = "headcount"


class NoteCitationInline(CitationInline):
    fk_name = "note"
    fieldsets = (WHO_SAYS_WHAT,)


class CitedByInline(ReadOnlyInline, admin.TabularInline):
    model = Citation
    fields = ("event", "note", "total", "headcount", "quote")
    verbose_name_plural = gettext_lazy("cited by")


@admin.register(Source)
class SourceAdmin(DeskAdmin):
    form = SourceForm
    fieldsets = ((None, {"fields": ("url", "title", ("publisher", "published_on"), ("kind", "tier"), "archived_url")}),)
    inlines = (LinkCheckInline, CitedByInline)
    list_display = ("title", "publisher", "published", "kind", "tier", "link")
    list_filter = (LinkFilter, "tier", "kind", ("archived_url", admin.EmptyFieldListFilter))
    search_fields = ("title", "publisher", "url")
    search_help_text = gettext_lazy("Title, publisher or a pasted link")
    date_hierarchy = "published_on"

    def is_public(self, obj: Source) -> bool:
        return any(
            kind.record.objects.filter(state__in=PUBLIC, citations__source=obj).exists() for kind in publishing.KINDS
        )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """A pasted link finds the source of this address, however it is written."""
        if search_term.strip().lower().startswith(("http://", "https://")):
            try:
                return queryset.filter(url_normalised=normalised_url(search_term)), False
            except ValueError:
                return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("published on"), ordering="published_on")
    def published(self, source: Source) -> str:
        return written(source, "published_on")

    @admin.display(description=gettext_lazy("address"))
    def link(self, source: Source) -> SafeString | str:
        if not source.url:
            return "–"
        return format_html('<a href="{}" rel="noreferrer">{}</a>', source.url, normalised_url(source.url)[8:60])

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        written = publishing.source_changed(form.instance)
        if written:
            self.message_user(request, _("Editions written for records that cite this source: %s.") % written)


def written(record: models.Model, name: str) -> str:
    """A date of `record` as exactly as it is known."""
    from events.dates import written as as_text

    day = getattr(record, name)
    return as_text(day, getattr(record, f"{name}_precision")) if day else "–"


@admin.register(Citation)
class CitationAdmin(PartAdmin):
    form = CitationPartForm
    fields = (
        ("event", "note", "total", "headcount"), "source", "quote", ("speaker", "speaker_name"), *FIGURE_FIELDS,
        "share_percent", ("chosen", "chosen_because"), "on_ai_link",
    )  # fmt: skip
    fixed = ("event", "note", "total", "headcount", "reading")
    autocomplete_fields = ("source",)
    hidden_from_index = False
    list_display = ("source", "subject", "figure", "speaker", "chosen", "on_ai_link")
    list_filter = ("speaker", "chosen", "on_ai_link", "source__tier", "source__kind")
    list_select_related = ("source", "event", "note", "total", "headcount__company")
    search_fields = ("quote", "speaker_name", "wording", "source__title", "source__publisher", "source__url")

    @admin.display(description=gettext_lazy("of"))
    def subject(self, obj: Citation) -> Publishable | None:
        return obj.event or obj.note or obj.total or obj.headcount

    @admin.display(description=gettext_lazy("read as"))
    def reading(self, citation: Citation) -> str:
        return as_read(citation)

    @admin.display(description=gettext_lazy("figure"))
    def figure(self, citation: Citation) -> str:
        return in_short(citation) if citation.wording or citation.headline is not None or citation.people_high else "–"
