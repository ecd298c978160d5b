"""Views of lists that editors keep for themselves: kept at the list, shown there and on the first screen."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from django import forms
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from events.models import SavedView
from events.text import plain

MOST = 100  # views of one editor
# Where in a list somebody is, and how a page came about, are no part of a view.
PASSING = ("p", "e", "all", "_facets", "_popup", "_to_field", "_changelist_filters")


@dataclass(frozen=True)
class Shown:
    """A saved view as a link."""

    name: str
    list_name: str
    address: str
    is_open: bool = False


def canonical(query: str) -> str:
    """What of a list's query makes its view."""
    asked = QueryDict(query, mutable=True)
    for name in PASSING:
        asked.pop(name, None)
    return asked.urlencode()


def page_of(desk_list: str) -> Any:
    """The page of the list that is called so; None if there is none of ours."""
    found = (page for model, page in admin.site._registry.items() if model._meta.label_lower == f"events.{desk_list}")
    return next(found, None)


def shown(request: HttpRequest, views: Iterable[SavedView], now: str = "") -> list[Shown]:
    """Those of `views` whose list the user may still look at; the one of the query `now` is open."""
    found = []
    for view in views:
        page = page_of(view.desk_list)
        if page is not None and page.has_view_permission(request):
            found.append(
                Shown(
                    view.name,
                    capfirst(page.opts.verbose_name_plural),
                    f"{reverse(f'admin:events_{view.desk_list}_changelist')}?{view.query}",
                    view.query == now,
                )
            )
    return found


class NameForm(forms.ModelForm):
    """A view's name. Whose it is and what it shows are held against the database's rules as well."""

    class Meta:
        model = SavedView
        fields = ("name",)

    def clean_name(self) -> str:
        return " ".join(plain(self.cleaned_data["name"]).split())

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # the stubs know it not
        return excluded - ({"user", "desk_list", "query"} - self.errors.keys())


class ViewForm(NameForm):
    """A new view of `request.user`."""

    class Meta(NameForm.Meta):
        fields = ("name", "desk_list", "query")
        widgets = {"desk_list": forms.HiddenInput, "query": forms.HiddenInput}

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request = request
        kwargs |= {"instance": SavedView(user=request.user), "label_suffix": ""}  # type: ignore[misc]  # who is logged in
        super().__init__(*args, **kwargs)

    def clean_desk_list(self) -> str:
        page = page_of(self.cleaned_data["desk_list"])
        if page is None or not page.has_view_permission(self.request):
            raise ValidationError(_("There is no such list at the desk for you."))
        return self.cleaned_data["desk_list"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "desk_list" in cleaned and "query" in cleaned:
            cleaned["query"] = canonical(cleaned["query"])
            if not cleaned["query"]:
                raise ValidationError(_("This is the whole list. Filter, search or order it, then save the view."))
            if not self._is_known(page_of(cleaned["desk_list"]), cleaned["query"]):
                raise ValidationError(_("The list knows no such filter. Open the list and filter it anew."))
            if SavedView.objects.filter(user=self.request.user.pk).count() >= MOST:
                raise ValidationError(_("You have %s views, and no more are kept. Delete one first.") % MOST)
        return cleaned

    def _is_known(self, page: Any, query: str) -> bool:
        """Whether the list answers this query, found out by asking it."""
        if "\0" in unquote_plus(query):
            return False
        asked = copy(self.request)
        asked.method, asked.GET = "GET", QueryDict(query)
        try:
            page.get_changelist_instance(asked)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            return False
        return True


class KeepsViews:
    """For a page (admin.ModelAdmin): its list is saved as the editor filtered it."""

    opts: Any

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)  # type: ignore[misc]  # the page's own
        context = getattr(response, "context_data", None) or {}
        if "cl" in context and not context["is_popup"]:
            desk_list, now = self.opts.model_name or "", canonical(request.GET.urlencode())
            views = SavedView.objects.filter(user=request.user.pk, desk_list=desk_list)
            context["saved_views"] = shown(request, views, now)
            if now and not any(view.is_open for view in context["saved_views"]):
                initial = {"desk_list": desk_list, "query": now}
                context["view_form"] = ViewForm(request, initial=initial, auto_id="view-%s")
        return response


@admin.register(SavedView)
class SavedViewAdmin(admin.ModelAdmin):
    """An editor's own views, to be renamed and deleted: nobody sees those of others."""

    form = NameForm
    fields = ("name", "shows")
    readonly_fields = ("shows",)
    list_display = ("name", "shows")
    list_per_page = MOST
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedView]:
        return super().get_queryset(request).filter(user=request.user.pk)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A view is made at its list."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: SavedView | None = None) -> bool:
        return obj is None or obj.user_id == request.user.pk

    def has_change_permission(self, request: HttpRequest, obj: SavedView | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: SavedView | None = None) -> bool:
        return self.has_view_permission(request, obj)

    def get_urls(self) -> list[URLPattern]:
        keep = self.admin_site.admin_view(require_POST(self.keep_view))
        return [path("keep/", keep, name="events_savedview_keep"), *super().get_urls()]

    @admin.display(description=gettext_lazy("shows"))
    def shows(self, view: SavedView) -> SafeString | str:
        page = page_of(view.desk_list)
        if page is None:
            return "–"
        address = f"{reverse(f'admin:events_{view.desk_list}_changelist')}?{view.query}"
        return format_html('{}: <a href="{}">{}</a>', capfirst(page.opts.verbose_name_plural), address, view.query)

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        form = ViewForm(request, request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    view = form.save()
                    self.log_addition(request, view, _("Saved."))
            except IntegrityError:
                # Another tab was quicker: the form says so now.
                form = ViewForm(request, request.POST)
                form.full_clean()
            else:
                self.message_user(request, _("The view “%s” is saved.") % view)
                address = reverse(f"admin:events_{view.desk_list}_changelist")
                return HttpResponseRedirect(f"{address}?{view.query}")
        context = {
            **self.admin_site.each_context(request),
            "title": _("The view is not saved"),
            "opts": self.opts,
            "form": form,
            "errors": [text for texts in form.errors.values() for text in texts],
        }
        return TemplateResponse(request, "admin/events/savedview/keep.html", context, status=400)
