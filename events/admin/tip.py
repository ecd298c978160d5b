"""Tips from readers: read, made into a draft, or dismissed. Nothing here says who sent them."""

from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import publishing
from events.admin.pasted import source_of
from events.admin.saved_views import KeepsViews
from events.models import Tip
from events.models.choices import Tier, TipState


@admin.register(Tip)
class TipAdmin(KeepsViews, admin.ModelAdmin):
    """What was sent is never altered: a tip is made into a draft, dismissed, or put back."""

    list_display = ("reference", "draft", "about", "words", "address", "state", "received_at")
    list_display_links = ("reference",)
    list_filter = ("state", "received_at")
    list_per_page = 50
    list_select_related = ("event", "company", "ai_note")
    show_full_result_count = False
    search_fields = ("reference", "link", "company_words", "note")
    date_hierarchy = "received_at"
    actions = ("dismiss_selected",)
    change_form_template = "admin/events/tip.html"
    fields = readonly_fields = (
        "reference", "received_at", "address", "same_link", "event", "ai_note", "company", "company_words",
        "date_words", "people_words", "note", "state", "handled_by", "handled_at", "became", "became_note",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An administrator may take away one that was sent to abuse this site."""
        return bool(request.user.is_superuser)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tip]:
        same = Tip.objects.filter(link_normalised=OuterRef("link_normalised")).order_by().values("link_normalised")
        return super().get_queryset(request).annotate(_same=Subquery(same.annotate(n=Count("pk")).values("n")))

    # What is shown.

    @admin.display(description=gettext_lazy("link"), ordering="link_normalised")
    def address(self, tip: Tip) -> SafeString:
        words = tip.link_normalised.removeprefix("https://")[:80]
        return format_html('<a href="{}" rel="noreferrer noopener nofollow">{}</a>', tip.link, words)

    @admin.display(description=gettext_lazy("about"))
    def about(self, tip: Tip) -> str:
        return str(tip.event or tip.ai_note or tip.company or tip.company_words or "–")

    @admin.display(description=gettext_lazy("what the reader says"))
    def words(self, tip: Tip) -> str:
        return " · ".join(filter(None, [tip.people_words, tip.date_words, tip.note]))[:160] or "–"

    @admin.display(description=gettext_lazy("tips of this link"))
    def same_link(self, tip: Tip) -> SafeString | str:
        number = tip._same
        if number < 2:
            return _("this one alone")
        address = f"{reverse('admin:events_tip_changelist')}?link_normalised__exact="
        return format_html('<a href="{}{}">{}</a>', address, quote(tip.link_normalised, safe=""), number)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "link_normalised__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("draft"))
    def draft(self, tip: Tip) -> SafeString | str:
        """A button within the list's own form: one click, and nothing but a form changes anything."""
        if tip.state != TipState.NEW:
            return "–"
        address = reverse("admin:events_tip_change", args=[tip.pk])
        return format_html(
            '<button type="submit" class="button" name="_draft" value="1" formaction="{}" formnovalidate>{}</button>',
            address,
            _("Make a draft"),
        )

    # What is done.

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        if request.method != "POST":
            return super().change_view(request, object_id, form_url, extra_context)
        tip = self.get_object(request, object_id)
        if tip is None:
            raise Http404
        if not self.has_change_permission(request, tip):
            raise PermissionDenied
        if "_draft" in request.POST:
            return self._draft(request, tip)
        if "_dismiss" in request.POST:
            self._dismiss(request, [tip])
        elif "_reopen" in request.POST:
            self._reopen(request, tip)
        return HttpResponseRedirect(reverse("admin:events_tip_change", args=[tip.pk]))

    def _draft(self, request: HttpRequest, tip: Tip) -> HttpResponse:
        """Leads to the form of the record that the tip is about, or of a new event, with what can be read of the tip;
        its source is found or made."""
        record = tip.event or tip.ai_note
        kind = record._meta.model_name if record else "layoffevent"
        if not request.user.has_perm(f"events.{'change' if record else 'add'}_{kind}"):
            raise PermissionDenied
        if tip.state != TipState.NEW:
            self.message_user(request, _("This tip was handled meanwhile."), messages.WARNING)
            return HttpResponseRedirect(reverse("admin:events_tip_change", args=[tip.pk]))
        with publishing.one_writer():
            # In the weakest tier until an editor has read it.
            source_of(tip.link, tier=Tier.POST)
        name = f"admin:events_{kind}_"
        page = reverse(f"{name}change", args=[record.pk]) if record else reverse(f"{name}add")
        return HttpResponseRedirect(f"{page}?tip={tip.pk}")

    def _dismiss(self, request: HttpRequest, tips: list[Tip]) -> None:
        with transaction.atomic():
            done = [tip for tip in tips if self._move(request, tip, TipState.NEW, TipState.DISMISSED)]
            for tip in done:
                self.log_change(request, tip, _("Dismissed."))
        words = ngettext("%s tip was dismissed.", "%s tips were dismissed.", len(done)) % len(done)
        if left := len(tips) - len(done):
            words += " " + ngettext("%s was handled before.", "%s were handled before.", left) % left
        self.message_user(request, words, messages.WARNING if left else messages.SUCCESS)

    def _reopen(self, request: HttpRequest, tip: Tip) -> None:
        with transaction.atomic():
            if moved := self._move(request, tip, TipState.DISMISSED, TipState.NEW):
                self.log_change(request, tip, _("Put back."))
        if moved:
            self.message_user(request, _("The tip is new again."))
        else:
            self.message_user(request, _("Only a dismissed tip can be put back."), messages.WARNING)

    @staticmethod
    def _move(request: HttpRequest, tip: Tip, before: str, after: str) -> bool:
        """Moves `tip` from one state to another, if nobody else did; whether it moved."""
        handled = after != TipState.NEW
        return bool(
            Tip.objects.filter(pk=tip.pk, state=before).update(
                state=after,
                handled_by=request.user if handled else None,
                handled_at=timezone.now() if handled else None,
            )
        )

    @admin.action(description=gettext_lazy("Dismiss selected…"), permissions=["change"])
    def dismiss_selected(self, request: HttpRequest, queryset: QuerySet[Tip]) -> HttpResponse | None:
        if "post" in request.POST:
            self._dismiss(request, list(queryset))
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Dismiss these tips?"),
            "opts": self.opts,
            "tips": queryset,
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/events/dismiss.html", context)
