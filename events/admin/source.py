"""Sources, and the citations that tie each to what it speaks of."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import publishing
from events.admin.forms import DeskForm, PartialDateField, PublicForm, ReadsWording, RowsFormSet
from events.admin.links import LinkCheckInline, LinkFilter
from events.admin.pasted import PastesLink
from events.admin.publishing_actions import DeskAdmin, DeskInline, PartAdmin, ReadOnlyInline
from events.admin.same_source import CIRCLE, MERGED_SINCE, citing_both, follow, is_circle, merge
from events.admin.words import as_read, in_short
from events.admin.workflow import PUBLIC
from events.forms import WebAddressField
from events.models import Citation, Source
from events.models.link import leading_elsewhere, source_at
from events.models.source import address_of, normalised_url
from events.publishing import Publishable


class SourceForm(DeskForm):
    derived: ClassVar[dict[str, str]] = {"url_normalised": "url"}

    published_on = PartialDateField(label=gettext_lazy("Published on"), required=False)

    class Meta:
        model = Source
        fields = (
            "url", "title", "publisher", "published_on", "kind", "tier", "archived_url", "merged_into", "stands_alone",
        )  # fmt: skip
        widgets = {"url": forms.URLInput(attrs={"size": 80}), "title": forms.TextInput(attrs={"size": 80})}
        field_classes = {"url": WebAddressField, "archived_url": WebAddressField}

    def clean_url(self) -> str:
        """A new source is none that is here: not by the page either that a shortened link led to."""
        url = self.cleaned_data["url"]
        if url and self.instance.pk is None:
            address_of(url)
            if (there := source_at(url)) and there.url_normalised != normalised_url(url):
                raise ValidationError(
                    _("This is the page of a source that is here: “%(source)s”, by its address %(url)s. Cite that one.")
                    % {"source": there, "url": there.url}
                )
        return url

    def clean_merged_into(self) -> Source | None:
        """A source that was merged since the page was opened is the other."""
        before, into = self.instance.merged_into, self.cleaned_data["merged_into"]
        if into == before:
            return into
        if before is not None and before.merged_into is not None:
            raise ValidationError(MERGED_SINCE % {"source": before, "pk": before.pk, "other": before.merged_into})
        if into is not None and is_circle(self.instance, into):
            raise ValidationError(CIRCLE)
        return into and into.today


class CitesSource:
    """A form that cites a source: one that was merged since the page was opened is the other."""

    def clean_source(self) -> Source | None:
        source = self.cleaned_data["source"]  # type: ignore[attr-defined]
        return source.today if source else None


class CitationForm(CitesSource, ReadsWording, DeskForm):
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


class CitationPartForm(CitesSource, ReadsWording, PublicForm):
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
    fieldsets = (
        (None, {"fields": ("url", "title", ("publisher", "published_on"), ("kind", "tier"), "archived_url")}),
        (gettext_lazy("The same page"), {"fields": ("same_page", "merged_into", "stands_alone")}),
    )
    readonly_fields = ("same_page",)
    autocomplete_fields = ("merged_into",)
    inlines = (LinkCheckInline, CitedByInline)
    actions = ("merge_selected",)
    list_display = ("title", "publisher", "published", "kind", "tier", "link")
    list_select_related = ("merged_into",)
    list_filter = (
        LinkFilter, "tier", "kind", ("archived_url", admin.EmptyFieldListFilter),
        ("merged_into", admin.EmptyFieldListFilter),
    )  # fmt: skip
    search_fields = ("title", "publisher", "url")
    search_help_text = gettext_lazy("Title, publisher or a pasted link")
    date_hierarchy = "published_on"

    def is_public(self, obj: Source) -> bool:
        # One that was merged is in editions of before.
        return obj.merged_into_id is not None or any(
            kind.record.objects.filter(state__in=PUBLIC, citations__source=obj).exists() for kind in publishing.KINDS
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        # Citations of what is public may go along.
        return tuple(fixed) if self.has_publish_permission(request) else (*fixed, "merged_into", "stands_alone")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """A pasted link finds the source of this address, however it is written, and the one that is the same page.
        What was merged stays to be found in the list, but nobody cites it any more."""
        if request.path.endswith("/autocomplete/"):
            queryset = queryset.filter(merged_into=None)
        if search_term.strip().lower().startswith(("http://", "https://")):
            try:
                found = source_at(search_term)
                return queryset.filter(Q(url_normalised=normalised_url(search_term)) | Q(pk=found and found.pk)), False
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

    @admin.display(description=gettext_lazy("its address leads to"))
    def same_page(self, source: Source) -> SafeString | str:
        found = leading_elsewhere().filter(pk=source.pk).first()
        if found is None:
            return "–"
        other = Source.objects.get(pk=found.same).today
        address = reverse("admin:events_source_change", args=[other.pk])
        return format_html('<a href="{}">{}</a>', address, _("%(source)s (%(pk)s)") % {"source": other, "pk": other.pk})

    @admin.action(description=gettext_lazy("Merge into the source that they lead to…"), permissions=["publish"])
    def merge_selected(self, request: HttpRequest, queryset: QuerySet[Source]) -> HttpResponse | None:
        leading = {source.pk: source.same for source in leading_elsewhere().filter(pk__in=queryset.values("pk"))}
        others = Source.objects.in_bulk(set(leading.values()))
        pairs = [(source, others[leading[source.pk]].today) for source in queryset if source.pk in leading]
        if not pairs:
            self.message_user(request, _("None of these leads to the address of another source."), messages.WARNING)
            return None
        if "post" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Merge these sources?"),
                "opts": self.opts,
                "pairs": [(source, other, citing_both(source, other)) for source, other in pairs],
                "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
                "media": self.media,
            }
            return TemplateResponse(request, "admin/events/same_sources.html", context)
        done = 0
        for source, other in pairs:
            # One of the others may have been merged just now, even into this one.
            into = Source.objects.get(pk=other.pk).today
            if into != source:
                merge(source, into, request.user)
                self.log_change(request, source, _("Merged into “%s”.") % into)
                done += 1
        self.message_user(request, ngettext("%s source was merged.", "%s sources were merged.", done) % done)
        return None

    def before_saving(self, obj: Source) -> Source | None:
        return Source.objects.select_related("merged_into").filter(pk=obj.pk).first()

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        source, before = form.instance, form.before
        into = source.merged_into
        if into not in (None, before and before.merged_into) and (twice := citing_both(source, into)):
            said = ngettext(
                "%s record cites both: it shows the link twice until one of these citations is taken away.",
                "%s records cite both: each shows the link twice until one of these citations is taken away.",
                twice,
            )
            self.message_user(request, said % twice, messages.WARNING)
        written = publishing.source_changed(source) + follow(source, before and before.merged_into, request.user)
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
