"""Figures that others publish, and companies' headcounts."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy

from events.admin.forms import PartialDateField, PublicForm, ReadsWording
from events.admin.needs import NeedsFilter
from events.admin.publishing_actions import PublishableAdmin
from events.admin.source import HeadcountCitationInline, TotalCitationInline, written
from events.admin.words import as_read, in_short
from events.models import Citation, Headcount, PublishedTotal
from events.models.fields import PeopleFigure

PEOPLE = (
    gettext_lazy("People"),
    {
        "fields": (("wording", "reading"), ("people_low", "people", "people_high"), ("qualifier", "people_basis")),
        "description": gettext_lazy("Type the figure in the source's words; saving fills in the rest."),
    },
)
RECORD = (gettext_lazy("Record"), {"fields": (("state", "editions"), ("recorded_on", "origin"))})
FIGURE_FIELDS = ("wording", "people_low", "people", "people_high", "qualifier", "people_basis")


class TotalForm(ReadsWording, PublicForm):
    class Meta:
        model = PublishedTotal
        fields = (
            "publisher", "title", "definition", "scope", "geography", "counts", "period_from", "period_until", "as_of",
            *FIGURE_FIELDS,
        )  # fmt: skip
        widgets = {"definition": forms.Textarea(attrs={"rows": 3, "cols": 80})}


class HeadcountForm(ReadsWording, PublicForm):
    counted_on = PartialDateField(label=gettext_lazy("Counted on"))

    class Meta:
        model = Headcount
        fields = ("company", "counted_on", *FIGURE_FIELDS)


class FigureAdmin(PublishableAdmin):
    """A page of records that are a figure of people and little else."""

    readonly_fields = ("state", "editions", "reading", "recorded_on", "origin")

    @admin.display(description=gettext_lazy("read as"))
    def reading(self, record: PeopleFigure) -> str:
        return as_read(record)

    @admin.display(description=gettext_lazy("people"), ordering="people_low")
    def figure(self, record: PeopleFigure) -> str:
        return in_short(record)


@admin.register(PublishedTotal)
class PublishedTotalAdmin(FigureAdmin):
    form = TotalForm
    fieldsets = (
        (None, {"fields": ("publisher", "title", ("period_from", "period_until", "as_of"))}),
        (gettext_lazy("Basis"), {"fields": (("scope", "geography", "counts"), "definition")}),
        PEOPLE,
        RECORD,
    )
    inlines = (TotalCitationInline,)
    parts = ((Citation, "total"),)
    list_display = ("publisher", "title", "period_from", "period_until", "as_of", "figure", "scope", "counts", "state")
    list_display_links = ("title",)
    list_filter = (NeedsFilter, "state", "scope", "counts", "geography", "publisher", "origin")
    search_fields = ("publisher", "title", "definition", "wording")
    date_hierarchy = "period_from"


@admin.register(Headcount)
class HeadcountAdmin(FigureAdmin):
    form = HeadcountForm
    fieldsets = ((None, {"fields": (("company", "counted_on"),)}), PEOPLE, RECORD)
    inlines = (HeadcountCitationInline,)
    autocomplete_fields = ("company",)
    parts = ((Citation, "headcount"),)
    list_display = ("company", "counted", "figure", "state")
    list_filter = (NeedsFilter, "state", "origin")
    list_select_related = ("company",)
    search_fields = ("company__search_text", "wording")
    date_hierarchy = "counted_on"

    @admin.display(description=gettext_lazy("counted"), ordering="counted_on")
    def counted(self, headcount: Headcount) -> str:
        return written(headcount, "counted_on")
