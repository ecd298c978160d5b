"""Layoff events, with their units, reasons, relations and citations."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import publishing
from events.admin import duplicates
from events.admin.forms import DeskForm, PartialDateField, PublicForm, ReadsWording, RowsFormSet
from events.admin.from_tip import TakesTips, event_facts
from events.admin.locked import NAMED
from events.admin.needs import NeedsFilter
from events.admin.publishing_actions import DeskInline, PartAdmin, ReadOnlyInline, refresh
from events.admin.source import EventCitationInline, written
from events.admin.words import as_read, in_short
from events.duplicates import look_again
from events.models import AiNote, Citation, DuplicatePair, LayoffEvent, Reason, Relation, Unit
from events.models.choices import RelationKind, Stage
from events.publishing import Publishable


class EventForm(ReadsWording, PublicForm):
    announced_on = PartialDateField(label=gettext_lazy("Announced on"))
    effective_on = PartialDateField(label=gettext_lazy("Effective on"), required=False)

    class Meta:
        model = LayoffEvent
        fields = (
            "company", "title", "announced_on", "effective_on", "stage", "permanence", "closure", "wording",
            "people_low", "people", "people_high", "qualifier", "people_basis", "share_percent", "share_of",
            "ai_link", "notes", "sector", "country", "place", "place_basis", "summary",
        )  # fmt: skip
        widgets = {
            "title": forms.TextInput(attrs={"size": 80}),
            "summary": forms.Textarea(attrs={"rows": 4, "cols": 80}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An old version's notes are in its history, not in the table of today's.
        if (version := getattr(self.instance, "_history", None)) and "notes" in self.fields:
            ids = [row.ainote_id for row in version.notes.all()]
            self.initial["notes"] = list(AiNote.objects.filter(pk__in=ids))


class UnitForm(ReadsWording, DeskForm):
    class Meta:
        model = Unit
        fields = ("name", "wording", "people_low", "people", "people_high", "qualifier", "people_basis")


class UnitPartForm(ReadsWording, PublicForm):
    class Meta(UnitForm.Meta):
        pass


class ReasonForm(DeskForm):
    class Meta:
        model = Reason
        fields = ("kind", "wording")


class ReasonPartForm(PublicForm):
    class Meta(ReasonForm.Meta):
        pass


class RelationForm(DeskForm):
    together: ClassVar[frozenset[str]] = frozenset({"relation_one_whole", "relation_replaces_one"})

    class Meta:
        model = Relation
        fields = ("kind", "other")


class RelationPartForm(PublicForm):
    class Meta(RelationForm.Meta):
        pass


class RelationRows(RowsFormSet):
    at_most_one = (
        (
            gettext_lazy("An event is part of at most one other."),
            lambda row: "whole" if row.kind == RelationKind.PART_OF else None,
        ),
        (
            gettext_lazy("An event replaces at most one other."),
            lambda row: "replaced" if row.kind == RelationKind.REPLACES else None,
        ),
    )

    def check_rows(self, rows: list[Relation]) -> None:
        for row in rows:
            if row.kind == RelationKind.PART_OF and row.other_id and row.other.stage == Stage.SIGNALLED:
                raise ValidationError(_("A signal of more to come has no parts."))


class UnitInline(DeskInline, admin.TabularInline):
    model = Unit
    form = UnitForm
    formset = RowsFormSet


class ReasonInline(DeskInline, admin.TabularInline):
    model = Reason
    form = ReasonForm
    formset = RowsFormSet


class RelationInline(DeskInline, admin.TabularInline):
    model = Relation
    fk_name = "event"
    form = RelationForm
    formset = RelationRows
    autocomplete_fields = ("other",)
    verbose_name_plural = gettext_lazy("relations: this event …")


class RelationToItInline(ReadOnlyInline, admin.TabularInline):
    model = Relation
    fk_name = "other"
    fields = ("event", "kind")
    verbose_name_plural = gettext_lazy("other events to it (entered at the other event)")


@admin.register(LayoffEvent)
class LayoffEventAdmin(TakesTips):
    form = EventForm
    facts_of = staticmethod(event_facts)
    fieldsets = (
        (None, {"fields": ("company", "title", ("announced_on", "effective_on"), "stage")}),
        (
            gettext_lazy("People"),
            {
                "fields": (
                    ("wording", "reading"),
                    ("people_low", "people", "people_high"),
                    ("qualifier", "people_basis"),
                    ("share_percent", "share_of"),
                ),
                "description": gettext_lazy(
                    "Type the figure in the source's words; saving fills in the rest. Type figures only where the "
                    "words cannot be read, or where you know better."
                ),
            },
        ),
        (gettext_lazy("AI"), {"fields": ("ai_link", "notes")}),
        (
            gettext_lazy("What and where"),
            {"fields": (("permanence", "closure"), "sector", ("country", "place", "place_basis"), "summary")},
        ),
        (gettext_lazy("Record"), {"fields": (("state", "editions"), ("recorded_on", "origin"))}),
    )
    inlines = (EventCitationInline, UnitInline, ReasonInline, RelationInline, RelationToItInline)
    autocomplete_fields = ("company", "notes")
    readonly_fields = ("state", "editions", "reading", "recorded_on", "origin")
    parts = ((Citation, "event"), (Unit, "event"), (Reason, "event"), (Relation, "event"))
    beside = ((DuplicatePair, "low"), (DuplicatePair, "high"))
    list_display = ("announced", "company", "title", "figure", "state", "stage", "ai_link", "cited")
    list_display_links = ("title",)
    list_filter = (
        NeedsFilter,
        "state",
        "stage",
        "permanence",
        "closure",
        "ai_link",
        "qualifier",
        "sector",
        "country",
        "origin",
    )
    list_select_related = ("company",)
    search_fields = ("company__search_text", "title", "wording")
    search_help_text = gettext_lazy("Company, alias, title or the source's words")
    date_hierarchy = "announced_on"

    def get_queryset(self, request: HttpRequest) -> QuerySet[LayoffEvent]:
        return super().get_queryset(request).annotate(_cited=Exists(Citation.objects.filter(event=OuterRef("pk"))))

    @admin.display(description=gettext_lazy("announced"), ordering="announced_on")
    def announced(self, event: LayoffEvent) -> str:
        return written(event, "announced_on")

    @admin.display(description=gettext_lazy("people"), ordering="people_low")
    def figure(self, event: LayoffEvent) -> str:
        return in_short(event)

    @admin.display(description=gettext_lazy("cited"), boolean=True)
    def cited(self, event: LayoffEvent) -> bool:
        return event._cited

    @admin.display(description=gettext_lazy("read as"))
    def reading(self, event: LayoffEvent) -> str:
        return as_read(event)

    def touched_by(self, record: LayoffEvent) -> Iterable[Publishable]:
        """Those that hang together with the event: a draft between two public events counts too."""
        return publishing.hanging_together([record.pk]) if record.pk else ()

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        """Likely duplicates are found with every save; publishing waits once for a look at them."""
        look_again([form.instance.pk])
        held = "_publish" in request.POST and bool(duplicates.hold_back([form.instance.pk]))
        if held:
            post = request.POST.copy()
            del post["_publish"]
            request.POST = post
        super().settle(request, form, formsets)
        duplicates.warn(self, request, form.instance, held)

    @admin.action(description=gettext_lazy("Publish selected"), permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[LayoffEvent]) -> None:
        held = duplicates.hold_back(queryset.values_list("pk", flat=True))
        super().publish_selected(request, queryset.exclude(pk__in=held))
        for event in queryset.filter(pk__in=sorted(held)[:NAMED]):
            duplicates.warn(self, request, event, held=True)


class EventPartAdmin(PartAdmin):
    """A page of what belongs to an event."""

    fixed = ("event",)
    list_select_related = ("event",)

    def subject(self, obj: Any) -> LayoffEvent:
        return obj.event


@admin.register(Unit)
class UnitAdmin(EventPartAdmin):
    form = UnitPartForm
    fields = (
        "event", "name", ("wording", "reading"), ("people_low", "people", "people_high"), ("qualifier", "people_basis"),
    )  # fmt: skip
    fixed = ("event", "reading")
    list_display = ("name", "event", "figure")
    search_fields = ("name", "event__title", "event__company__search_text")

    @admin.display(description=gettext_lazy("read as"))
    def reading(self, unit: Unit) -> str:
        return as_read(unit)

    @admin.display(description=gettext_lazy("people"))
    def figure(self, unit: Unit) -> str:
        return in_short(unit)


@admin.register(Reason)
class ReasonAdmin(EventPartAdmin):
    form = ReasonPartForm
    fields = ("event", "kind", "wording")
    list_display = ("kind", "wording", "event")
    list_filter = ("kind",)
    search_fields = ("wording", "event__title")


@admin.register(Relation)
class RelationAdmin(EventPartAdmin):
    form = RelationPartForm
    fields = ("event", "kind", "other")
    autocomplete_fields = ("other",)
    list_display = ("event", "kind", "other")
    list_filter = ("kind",)
    list_select_related = ("event", "other")
    search_fields = ("event__title", "other__title")

    def before_saving(self, obj: Relation) -> list[Publishable]:
        return list(publishing.hanging_together([obj.event_id]))

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        super().settle(request, form, formsets)
        refresh([*(form.before or ()), *publishing.hanging_together([form.instance.event_id])], request)
