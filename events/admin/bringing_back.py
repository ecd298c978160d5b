"""An old version of a record, with its rows as they were then: shown beside today's, brought back by the form.

Bringing back is an ordinary save. The page of an old version is the record's own form with the old values in it, below
a list of what they change: it is checked, locked, refused and made public as any other save. Rows that were taken away
since are made again as themselves (`RowsFormSet`), rows that were added since are marked to be taken away.
"""

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.db.models import Q
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.models import HistoricalChanges
from simple_history.utils import get_history_manager_for_model, get_history_model_for_model

from events.admin.locked import LockedAdmin, whole_number
from events.admin.merging import Change, SentRow, SentRows, Shape, Values, changes_between

# A save writes the record's entry first, then those of its rows, within this time; a deletion the other way round.
ONE_SAVE = timedelta(seconds=10)


class OldVersion:
    """A record as one entry of its history left it, with the rows that it had then."""

    def __init__(self, page: "BringsBack", request: HttpRequest, entry: HistoricalChanges, today: Any) -> None:
        self.page, self.entry, self.today = page, entry, today
        self.record: Any = entry.instance
        self.record._state.adding = False
        if today is not None and hasattr(today, "state"):
            # Who may do what is asked of the record as it is.
            self.record.state = today.state
        self.only_read = page.revert_disabled(request, today or self.record)
        self.shape = Shape(page, request, today or self.record, to_read=self.only_read)

    @cached_property
    def then(self) -> Values:
        rows = {
            prefix: self.rows(formset.model, formset.fk.name) for prefix, (formset, _inline) in self.shape.rows.items()
        }
        return self.shape.values(self.record, rows)

    @cached_property
    def now(self) -> Values:
        return (
            self.shape.now() if self.today is not None else Values({}, {prefix: {} for prefix in self.shape.rows}, {})
        )

    @cached_property
    def changes(self) -> list[Change]:
        """What differs from today, field by field and row by row."""
        return changes_between(self.shape, self.now, self.then)

    def rows(self, model: type[models.Model], name: str) -> list[models.Model]:
        """The rows of `model` that named the record in their field `name`, as they were."""
        history = get_history_manager_for_model(model)
        ever = history.filter(**{f"{name}_id": self.record.pk}).values("id")
        entries = history.filter(self._by_then(), id__in=ever).order_by("history_date", "history_id")
        latest = {entry.id: entry for entry in entries}
        return [
            latest[pk].instance
            for pk in sorted(latest)
            # A row may have come from another record, or gone to one.
            if getattr(latest[pk], f"{name}_id") == self.record.pk and self._was_there(latest[pk])
        ]

    def _by_then(self) -> Q:
        """Entries of rows up to this one, and those of the same save."""
        same = Q(history_date__lte=self.entry.history_date + ONE_SAVE)
        if reason := self.entry.history_change_reason:
            # An import writes all its records, then all their rows: that takes longer, but they say the same.
            same |= Q(history_type="+", history_change_reason=reason)
        same &= self._same_user()
        own = get_history_manager_for_model(self.page.model).filter(id=self.record.pk)
        if following := own.filter(history_id__gt=self.entry.history_id).order_by("history_id").first():
            same &= Q(history_date__lt=following.history_date)
            if following.history_type == "-":
                # What went with the record was there until then.
                same &= ~Q(history_type="-", history_date__gte=following.history_date - ONE_SAVE)
        return Q(history_date__lte=self.entry.history_date) | same

    def _same_user(self) -> Q:
        user = self.entry.history_user_id
        return Q(history_user=user) if user else Q(history_user__isnull=True)

    def _was_there(self, row: HistoricalChanges) -> bool:
        """Whether the entry of a row leaves it; of a record that was deleted, whether they went together."""
        if row.history_type != "-":
            return True
        together = row.history_user_id == self.entry.history_user_id
        return self.entry.history_type == "-" and together and row.history_date >= self.entry.history_date - ONE_SAVE

    def data(self) -> QueryDict:
        """What the form would send if an editor typed the old version over today's."""
        data = QueryDict(mutable=True)
        for name, sent in self.then.sent.items():
            if sent:
                data.setlist(name, sent)
        for prefix, (formset, _inline) in self.shape.rows.items():
            pk_name = formset.model._meta.pk.name
            rows, today, then = SentRows(data, prefix, pk_name), self.now.rows[prefix], self.then.rows[prefix]
            for pk, row in today.items():
                old = then.get(pk)
                rows.by_id[pk] = SentRow({pk_name: [pk], **(old or row).sent, **({} if old else {"DELETE": ["on"]})})
            rows.new = [SentRow({pk_name: [pk], **row.sent}) for pk, row in then.items() if pk not in today]
            rows.write()
        return data

    @property
    def said(self) -> str:
        """Which version it is: "3 May 2024, 10:12:04 UTC, mina"."""
        when = date_format(localtime(self.entry.history_date), "j F Y, H:i:s e")
        return f"{when}, {self.entry.history_user}" if self.entry.history_user else when

    @property
    def stays(self) -> list[str]:
        """What belongs to the record and does not come back with it, by name."""
        shown = {formset.model for formset, _inline in self.shape.rows.values()}
        parts = [model for model, _name in self.page.parts if model not in shown]
        beside = dict.fromkeys(model for model, _name in self.page.beside)
        state = [self.page.model._meta.get_field("state").verbose_name] if hasattr(self.record, "state") else []
        return [str(name) for name in (*state, *(model._meta.verbose_name_plural for model in (*parts, *beside)))]


class BringsBack(LockedAdmin, SimpleHistoryAdmin):
    """A page whose records have histories: an old version is read there, and brought back."""

    # What else the history tells of and what goes with a record; others may write it meanwhile.
    beside: tuple[tuple[type[models.Model], str], ...] = ()

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        whole_number(object_id)
        whole_number(version_id)
        entry = get_object_or_404(get_history_model_for_model(self.model), id=object_id, history_id=version_id)
        self.read_version(request, object_id)
        today = self.model._default_manager.filter(pk=object_id).first()
        try:
            old = OldVersion(self, request, entry, today)
            if request.method == "POST" and old.only_read:
                raise PermissionDenied
            if request.method != "POST" and not old.only_read and old.changes:
                request.prefilled = old.data()  # type: ignore[attr-defined]
            request.old_version = old  # type: ignore[attr-defined]
            title = _("As it was: %s") if old.only_read else _("Bring back: %s")
            return self.changeform_view(request, object_id, "", {"title": title % old.record, **(extra_context or {})})
        except ObjectDoesNotExist as error:
            raise Http404(_("What this belonged to is gone.")) from error

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """Asked of an old version too; what may be done depends on today's."""
        today = obj and self.model._default_manager.filter(pk=obj.pk).first()
        return not self.has_change_permission(request, today or obj)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record as it is; as it was, where that is all there is to show: it is only read, or deleted."""
        found = super().get_object(request, object_id, from_field)
        old = getattr(request, "old_version", None)
        return old.record if old and (found is None or old.only_read) else found

    def current(self, request: HttpRequest, object_id: str) -> Any:
        old = getattr(request, "old_version", None)
        return super().current(request, object_id) or (old and old.record)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        if hasattr(request, "old_version"):
            form.as_it_stands = True  # type: ignore[attr-defined]
            if hasattr(request, "prefilled"):
                return _prefilled(form, request.prefilled)
        return form

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        old = getattr(request, "old_version", None)
        # Their forms would show today's rows; the list of differences has those of then.
        return [] if old and old.only_read else super().get_inline_instances(request, obj)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if hasattr(request, "prefilled") and prefix in request.old_version.shape.rows:  # type: ignore[attr-defined]
            kwargs["data"] = request.prefilled
        return kwargs

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        old = getattr(request, "old_version", None)
        if old and not form.cleaned_data.get("change_reason"):
            obj._change_reason = (_("Brought back: %s") % old.said)[:100]
        super().save_model(request, obj, form, change)

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        if old := getattr(request, "old_version", None):
            context |= {"old": old, "moves": [], "show_reason": self.reason_is_asked(old.record.pk), "reason_label": ""}
        return super().render_change_form(request, context, *args, **kwargs)

    def reason_is_asked(self, object_id: Any) -> bool:
        """Whether readers see the record of this id, so that a change of it needs a reason."""
        return False


def _prefilled(form: type[ModelForm], data: QueryDict) -> type[ModelForm]:
    """`form` as if `data` had been sent: with what is wrong with them beside the fields."""

    class Prefilled(form):  # type: ignore[valid-type,misc]
        def __init__(self, **options: Any) -> None:
            super().__init__(data=data, **options)

    return Prefilled
