"""What every page of the desk shares: history with undo, saves that are refused whole, and the door to readers.

`DeskAdmin` is any page with a history; `PublishableAdmin` one of records that readers may see, with publishing,
correcting and withdrawing on the form and in the list; `PartAdmin` one of what belongs to such a record.
"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.actions import delete_selected as delete_all_selected
from django.contrib.auth import get_permission_codename
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models, transaction
from django.db.models import QuerySet
from django.forms.formsets import BaseFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from simple_history.utils import get_history_manager_for_model

from events import publishing
from events.admin import workflow
from events.admin.bringing_back import BringsBack
from events.admin.forms import DayField, DayInput, Refused
from events.admin.history import InWords, entries_of_parts
from events.admin.locked import tell, whole_number
from events.admin.remembered import RowAutocomplete, RowChoice
from events.admin.saved_views import KeepsViews
from events.models.choices import State
from events.models.edition import OPEN
from events.publishing import NotPublishable, Publishable
from events.text import fold


class DeskAdmin(KeepsViews, BringsBack):
    """A page of the desk: whole days as text, history with differences and undo, refusals shown on the form."""

    formfield_overrides = {models.DateField: {"form_class": DayField, "widget": DayInput}}
    list_per_page = 50
    show_full_result_count = False

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """As Django does, and by the words without case and accents: SQLite takes É and é for two letters."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if (folded := fold(search_term)) != search_term:
            more, more_duplicates = super().get_search_results(request, queryset, folded)
            return found | more, duplicates or more_duplicates
        return found, duplicates

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.before = self.before_saving(obj) if change else None
        if reason := form.cleaned_data.get("change_reason"):
            obj._change_reason = reason[:100]
        if change and self.opts.many_to_many:
            # Ties first and without an entry of their own: the one of the save holds them.
            obj.skip_history_when_saving = True
            form.save_m2m()
            del obj.skip_history_when_saving
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self.settle(request, form, formsets)

    def before_saving(self, obj: Any) -> Any:
        """What `settle` must know of the time before the save; it finds it as `form.before`."""

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        """What follows from a save, in its transaction. Raises Refused or NotPublishable to undo it."""

    # Who may what: here, and in events/roles.py who is given it.

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the user decides what readers see: publishes, rejects, corrects, withdraws."""
        return request.user.has_perm(f"{self.opts.app_label}.{get_permission_codename('publish', self.opts)}")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or self.has_publish_permission(request, obj) or not self.is_settled(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is not None and self.is_public(obj))

    def is_public(self, obj: Any) -> bool:
        """Whether readers see `obj`, or ever saw it: then it is not deleted."""
        return False

    def is_settled(self, obj: Any) -> bool:
        """Whether `obj` is no longer a contributor's to change."""
        return self.is_public(obj)

    # Deletion: only of what never was public.

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        record = self.get_object(request, object_id)
        if record is not None and self.has_view_or_change_permission(request, record) and self.is_public(record):
            self.message_user(request, _why_not_deleted(record), messages.ERROR)
            return HttpResponseRedirect(
                reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[record.pk])
            )
        return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        deleted, count, perms_needed, protected = super().get_deleted_objects(objs, request)
        # The pages of parts delete nothing by themselves; with their record they go.
        own = {model._meta.verbose_name for model, _field in (*self.parts, *self.beside)}
        return deleted, count, perms_needed - own, protected

    # History: Django's simple history, with what it leaves open closed.

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        whole_number(object_id)
        context = {"parts": entries_of_parts(object_id, (*self.parts, *self.beside)), **(extra_context or {})}
        try:
            return super().history_view(request, object_id, context)
        except ObjectDoesNotExist as error:
            raise Http404(_("What this belonged to is gone.")) from error

    def get_historical_record_context_helper(self, request: HttpRequest, historical_record: Any) -> InWords:
        return InWords(self.model, historical_record)


class PartAdmin(DeskAdmin):
    """A page of what belongs to a record: entered there, here with its own history and undo."""

    fixed: tuple[str, ...] = ()
    hidden_from_index = True

    @property
    def belongs_to(self) -> tuple[str, ...]:  # type: ignore[override]
        foreign = {f.name for f in self.model._meta.concrete_fields if f.is_relation}
        return tuple(name for name in self.fixed if name in foreign)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return not self.hidden_from_index and super().has_module_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.fixed, *super().get_readonly_fields(request, obj))

    def subject(self, obj: Any) -> Publishable | None:
        """The record that `obj` belongs to, if it is one that readers may see."""
        return None

    def _owner(self, obj: Any) -> tuple[Any, DeskAdmin]:
        """What `obj` belongs to, with its page."""
        owner = next(filter(None, (getattr(obj, name) for name in self.belongs_to)))
        return owner, self.admin_site.get_model_admin(type(owner))  # type: ignore[return-value]

    def has_publish_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is None:
            return False
        owner, page = self._owner(obj)
        return page.has_publish_permission(request, owner)

    def is_settled(self, obj: Any) -> bool:
        owner, page = self._owner(obj)
        return page.is_settled(owner)

    def reason_is_asked(self, object_id: Any) -> bool:
        obj = self.model._default_manager.filter(pk=object_id).first()
        if obj is None:
            last = get_history_manager_for_model(self.model).filter(id=object_id).first()
            obj = last.instance if last else None
        subject = self.subject(obj) if obj else None
        return subject is not None and subject.state == State.PUBLISHED

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        original = context.get("original")
        context["show_reason"] = bool(original and self.reason_is_asked(original.pk))
        return super().render_change_form(request, context, *args, **kwargs)

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        subject = self.subject(form.instance)
        if subject is not None:
            subject = type(subject)._default_manager.get(pk=subject.pk)
            if subject.state == State.PUBLISHED:
                _correct(subject, form.cleaned_data.get("change_reason", ""))


class DeskInline(admin.options.InlineModelAdmin):
    """Rows of a record on its page; each leads to its own history."""

    formfield_overrides = {models.DateField: {"form_class": DayField, "widget": DayInput}}
    show_change_link = True
    empty_rows = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.as_it_stands = hasattr(request, "old_version")  # type: ignore[attr-defined]
        formset.form.only_shown = getattr(request, "stale", False)  # type: ignore[attr-defined]
        return formset

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With what the rows name: they are called by it."""
        return super().get_queryset(request).select_related(*named_by(self.model))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = RowAutocomplete(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **{"form_class": RowChoice, **kwargs})

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else self.empty_rows


def named_by(model: type[models.Model]) -> list[str]:
    """The fields of `model` that name other records."""
    return [each.name for each in model._meta.concrete_fields if each.is_relation]


class ReadOnlyInline(DeskInline):
    """Rows that are entered elsewhere; a record that is not saved yet has none."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and super().has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """All rows. Django asks for the permission without the record, and would show none of them."""
        rows = self.model._default_manager.select_related(*named_by(self.model))
        return rows.order_by(*self.model._meta.ordering)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PublishableAdmin(DeskAdmin):
    """A page of records that readers may see: nothing of them becomes public, or stops, but through publishing."""

    readonly_fields: ClassVar[tuple[str, ...]] = ("state", "editions")
    actions = (
        "review_selected", "draft_selected", "publish_selected", "reject_selected", "withdraw_selected",
        "correct_selected", "delete_selected",
    )  # fmt: skip

    def is_public(self, obj: Any) -> bool:
        return was_public(obj)

    def is_settled(self, obj: Any) -> bool:
        return obj.state not in workflow.DRAFTS

    def may_move(self, request: HttpRequest, record: Any, move: workflow.Move) -> bool:
        """Whether the user may press this button; of a record that is not saved yet `record` is None."""
        if record is None and not self.has_add_permission(request):
            return False
        if record is not None and not self.has_change_permission(request, record):
            return False
        return not move.editors or self.has_publish_permission(request, record)

    # The form.

    @admin.display(description=gettext_lazy("editions"))
    def editions(self, obj: Any) -> SafeString | str:
        """Links to what readers have seen of the record, the newest first."""
        if obj is None or obj.pk is None:
            return "–"
        edition = kind_of(obj).edition
        name = f"admin:events_{edition._meta.model_name}_change"
        links = [
            (reverse(name, args=[e.pk]), e.number, e.known_from.isoformat(), e.get_change_display())
            for e in edition.objects.for_record(obj.pk).order_by("-number")[:10]
        ]
        return format_html_join(", ", '<a href="{}">{} ({}, {})</a>', links) or _("never public")

    def view_on_site(self, obj: Any) -> str | None:
        """Where readers find the record; a withdrawn one's last page too."""
        edition = kind_of(obj).edition.objects.filter(record_id=obj.pk, known_until=OPEN).first()
        return edition.get_absolute_url() if hasattr(edition, "get_absolute_url") else None

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        record = context.get("original")
        state = record.state if record else State.DRAFT
        moves = [
            move
            for move in workflow.MOVES
            if state in move.before and (record or move.at_once) and self.may_move(request, record, move)
        ]
        context["moves"] = [] if context.get("is_popup") else moves
        context["show_reason"] = state in workflow.PUBLIC or (record and any(move.asks_why for move in moves))
        if state not in workflow.PUBLIC:
            context["reason_label"] = _("Why you reject it; the desk alone sees it")
        return super().render_change_form(request, context, *args, **kwargs)

    def reason_is_asked(self, object_id: Any) -> bool:
        return self.model._default_manager.filter(pk=object_id, state=State.PUBLISHED).exists()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and workflow.pressed(request.POST) and not set(form.changed_data) - {"change_reason"}:
            # What is written is the move, in `settle`: a save before it would be an entry of history that says nothing.
            form.before = self.before_saving(obj)
            return
        super().save_model(request, obj, form, change)

    def before_saving(self, obj: Any) -> list[Publishable]:
        return list(self.touched_by(obj))

    def touched_by(self, record: Any) -> Iterable[Publishable]:
        """The public records whose editions depend on `record`: asked before and after it changes."""
        return ()

    def save_related(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet], change: bool) -> None:
        edited = set(form.changed_data) - {"change_reason"} or any(formset.has_changed() for formset in formsets)
        if "_withdraw" in request.POST and edited:
            raise Refused({None: [_("“Withdraw” only withdraws. Save your other changes first, or take them back.")]})
        super().save_related(request, form, formsets, change)

    def settle(self, request: HttpRequest, form: Any, formsets: list[BaseFormSet]) -> None:
        record = self.model._default_manager.get(pk=form.instance.pk)
        reason = form.cleaned_data.get("change_reason", "").strip()
        move = workflow.pressed(request.POST)
        said = ""
        if move:
            if not self.may_move(request, record, move):
                raise PermissionDenied
            workflow.move(record, move, reason, request.user)
            said = self._moved(record, move)
        elif record.state == State.PUBLISHED:
            if _correct(record, reason):
                said = _("Readers see the correction, with its reason.")
            else:
                said = _("Readers see no difference: no edition was written.")
        refresh([*(form.before or ()), *self.touched_by(record)], request)
        if said:
            self.message_user(request, said)
        for remark in publishing.remarks(record):
            self.message_user(request, remark, messages.WARNING)

    def _moved(self, record: Any, move: workflow.Move) -> str:
        if move.after == State.PUBLISHED:
            number = edition_number(record)
            return _("“%(record)s” is public (edition %(number)s).") % {"record": record, "number": number}
        if move.after == State.WITHDRAWN:
            return _("“%s” is withdrawn: no result holds it from today on.") % record
        return _("“%(record)s” is now: %(state)s.") % {"record": record, "state": record.get_state_display()}

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        touched = list(self.touched_by(obj))
        super().delete_model(request, obj)
        refresh(touched, request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        # One by one: a queryset's own delete() would write no history of some of what goes with the records.
        with transaction.atomic():
            for record in queryset:
                self.delete_model(request, record)

    @admin.action(description=gettext_lazy("Delete selected (only what never was public)"), permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if public := [record for record in queryset if was_public(record)]:
            tell(self, request, _("Nothing was deleted."), [(r, [_why_not_deleted(r)]) for r in public], messages.ERROR)
            return None
        return delete_all_selected(self, request, queryset)

    # The list's actions: each record has its own outcome, all in one transaction.

    @admin.action(description=gettext_lazy("Publish selected"), permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        ready, refused = [], []
        with transaction.atomic():
            for record in queryset.select_for_update(of=("self",)):
                if record.state == State.PUBLISHED:
                    refused.append((record, [_("It is public already.")]))
                elif record.state == State.REJECTED:
                    refused.append((record, [_("It was rejected: put it back to draft first.")]))
                elif found := publishing.problems(record):
                    refused.append((record, found))
                else:
                    ready.append(record)
            # In one go: a relation loaded with its events is known from the later of their days (rule 9).
            while ready:
                try:
                    publishing.publish(ready)
                    break
                except NotPublishable as problem:
                    refused.append((problem.record, problem.messages))
                    ready.remove(problem.record)
            for record in ready:
                self.log_change(request, record, _("Published."))
        done = ngettext("%s record was published.", "%s records were published.", len(ready)) % len(ready)
        tell(self, request, done, refused)

    @admin.action(description=gettext_lazy("Send selected to review"), permissions=["change"])
    def review_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._move_each(request, queryset, "_review", _("Sent to review"), "")

    @admin.action(description=gettext_lazy("Put selected back to draft"), permissions=["change"])
    def draft_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._move_each(request, queryset, "_draft", _("Back to draft"), "")

    @admin.action(description=gettext_lazy("Reject selected…"), permissions=["publish"])
    def reject_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if page := self._reason_page(
            request, queryset, "reject_selected", _("Reject"), _("Why; the desk alone sees it, in the history")
        ):
            return page
        self._move_each(request, queryset, "_reject", _("Rejected"), request.POST["change_reason"].strip())
        return None

    @admin.action(description=gettext_lazy("Withdraw selected…"), permissions=["publish"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if page := self._reason_page(request, queryset, "withdraw_selected", _("Withdraw")):
            return page
        self._move_each(request, queryset, "_withdraw", _("Withdrawn"), request.POST["change_reason"].strip())
        return None

    @admin.action(description=gettext_lazy("Write editions again where they differ…"), permissions=["publish"])
    def correct_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        def one(record: Publishable, reason: str) -> bool:
            if record.state != State.PUBLISHED:
                raise NotPublishable(record, [_("Only a published record can be corrected.")])
            if changed := _correct(record, reason):
                self.log_change(request, record, _("Corrected: %s") % reason)
            return changed

        if page := self._reason_page(request, queryset, "correct_selected", _("Correct")):
            return page
        self._do_each(request, queryset, _("Corrected"), one, request.POST["change_reason"].strip())
        return None

    def _move_each(self, request: HttpRequest, queryset: QuerySet, name: str, done: str, reason: str) -> None:
        wanted = next(move for move in workflow.MOVES if move.name == name)

        def one(record: Publishable, reason: str) -> bool:
            if not self.may_move(request, record, wanted):
                raise Refused({None: [_("You may not do this to a record that is %s.") % record.get_state_display()]})
            workflow.move(record, wanted, reason, request.user)
            self.log_change(request, record, f"{done}: {reason}" if reason else f"{done}.")
            return True

        self._do_each(request, queryset, done, one, reason)

    def _reason_page(
        self, request: HttpRequest, queryset: QuerySet, action: str, verb: str, label: str = ""
    ) -> HttpResponse | None:
        """The page that asks for the reason; None once it is given."""
        reason = request.POST.get("change_reason", "").strip()
        asked = "post" in request.POST
        error = ""
        if asked and not reason:
            error = _("Write why: readers see the reason.") if not label else _("Write why.")
        elif len(reason) > 500:
            error = _("At most 500 characters; these are %s.") % len(reason)
        if asked and not error:
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(verb)s: why?") % {"verb": verb},
            "opts": self.opts,
            "records": queryset,
            "action": action,
            "verb": verb,
            "reason": reason,
            "reason_label": label or _("Why; readers see it in the corrections log"),
            "error": error,
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/events/reason.html", context)

    def _do_each(
        self, request: HttpRequest, queryset: QuerySet, done: str, one: Callable[[Publishable, str], bool], reason: str
    ) -> None:
        """Does `one` to each record, in one transaction; says how many changed and names those that were refused."""
        changed, same, refused = 0, 0, []
        with transaction.atomic():
            for record in queryset.select_for_update(of=("self",)):
                try:
                    with transaction.atomic():
                        if one(record, reason):
                            changed += 1
                        else:
                            same += 1
                except NotPublishable as problem:
                    refused.append((record, problem.messages))
                except Refused as problem:
                    refused.append((record, [text for texts in problem.messages.values() for text in texts]))
        words = f"{done}: {changed}."
        if same:
            words += " " + ngettext("%s had no difference.", "%s had no differences.", same) % same
        tell(self, request, words, refused)


# ── What the pages do with the public record ─────────────────────────────────────────────────────────────────────────


def kind_of(record: models.Model) -> publishing.Kind:
    return next(kind for kind in publishing.KINDS if kind.record is type(record))


def was_public(record: models.Model) -> bool:
    """Whether readers have ever seen `record`: then it can be withdrawn, not deleted."""
    return kind_of(record).edition.objects.filter(record_id=record.pk).exists()


def edition_number(record: models.Model) -> int | None:
    """The number of today's edition of `record`."""
    editions = kind_of(record).edition.objects.filter(record_id=record.pk, known_until=OPEN)
    return editions.values_list("number", flat=True).first()


def _correct(record: Publishable, reason: str) -> bool:
    """Corrects `record`; refuses when readers would see a difference and no reason. Returns whether they see one."""
    before = edition_number(record)
    publishing.correct(record, reason.strip())
    changed = edition_number(record) != before
    if changed and not reason.strip():
        raise Refused(
            {"change_reason": [_("Readers see what you changed. Write why: the reason goes into the corrections log.")]}
        )
    return changed


def refresh(records: Iterable[Publishable], request: HttpRequest) -> None:
    """Writes the editions of `records` anew where something else has changed them; of those that still are there.
    Refuses when readers would see a difference that the user may not make: a draft may lie between two public events.
    """
    by_model: dict[type[models.Model], set[int]] = {}
    for record in records:
        by_model.setdefault(type(record), set()).add(record.pk)
    for model, pks in by_model.items():
        may = request.user.has_perm(f"events.{get_permission_codename('publish', model._meta)}")
        written = publishing.refresh(model._default_manager.filter(pk__in=pks, state=State.PUBLISHED))
        if written and not may:
            raise Refused({None: [_("Readers would see this at other records: send it to review, an editor does it.")]})


# ── Pieces ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _why_not_deleted(record: models.Model) -> str:
    if hasattr(record, "state"):
        return _("“%s” was public. Readers may have quoted it: withdraw it instead of deleting it.") % record
    return _("“%s” is on pages that readers see: it is not deleted.") % record
