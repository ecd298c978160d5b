"""What every page of the desk shares that may be open twice: nobody's save, action or deletion overwrites another's.

The rules are in `locking`; here a page of Django's admin keeps them, and shows a save that was refused with all that
was typed and the reasons.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db import DatabaseError, IntegrityError, OperationalError, models
from django.db.models import QuerySet
from django.forms import CharField, HiddenInput, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import publishing
from events.admin import locking
from events.admin.forms import Refused
from events.admin.merging import Shape, typed_in_words
from events.admin.remembered import is_id
from events.publishing import NotPublishable

# A page that asks for a reason names each record; Django takes 5,000 fields of a form, and other writers wait.
MOST_AT_ONCE = 4_000
NAMED = 20  # so many records a message names; it counts the rest


class LockedAdmin(admin.ModelAdmin):
    """A page whose saves, actions and deletions take place only on what its editor saw.

    `parts` are the models whose rows belong to a record, each with its field that names it; `belongs_to` are the fields
    that name what a row belongs to.
    """

    # What is entered with the record on its page, with the field that names the record: they are saved as one.
    parts: tuple[tuple[type[models.Model], str], ...] = ()
    belongs_to: tuple[str, ...] = ()
    # How it is known whether a record was saved meanwhile, and what it held before.
    kept: locking.Kept = locking.InHistory()

    def writing(self) -> AbstractContextManager[None]:
        """The transaction of a save."""
        return publishing.one_writer()

    def facts(self, record: Any) -> dict[str, str]:
        """What the page shows of `record` and does not send, in words, by the model's field."""
        return {"state": record.get_state_display()} if hasattr(record, "get_state_display") else {}

    def blank(self) -> Any:
        """What the form of a record that is gone is made for."""
        return None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", {})  # type: ignore[attr-defined]
        form.only_shown = getattr(request, "stale", False)  # type: ignore[attr-defined]
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        view = super().changeform_view
        self.read_version(request, object_id)

        def save() -> HttpResponse:
            if request.method == "POST" and object_id and is_id(object_id):
                locking.lock(self, [object_id])
                record = self.current(request, object_id)
                if self.has_change_permission(request) and not (record and self.has_change_permission(request, record)):
                    return self._what_was_typed(request, record)
            self.refuse_what_is_stale(request, object_id)
            return view(request, object_id, form_url, extra_context)

        def form_alone() -> HttpResponse:
            return self._changeform_view(request, object_id, form_url, extra_context)

        return or_say_why(self, request, save, form_alone)

    def current(self, request: HttpRequest, object_id: str) -> Any:
        """The record that a save changes; None if there is none."""
        return self.model._default_manager.filter(pk=object_id).first()

    def _what_was_typed(self, request: HttpRequest, record: Any) -> HttpResponse:
        """The record is gone, or no longer the user's to change: all that was typed, to be taken elsewhere."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("Not saved"),
            "opts": self.opts,
            "record": record,
            "has_history": hasattr(self.model, "history"),
            "typed": typed_in_words(Shape(self, request, self.blank()), request.POST),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/events/typed.html", context, status=403 if record else 410)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        last = self.kept.last_entries(self) if request.method == "GET" and self.actions is not None else []
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if last and context.get("action_form") and "cl" in context:
            seal = locking.seal_of_list(self, last, [record.pk for record in context["cl"].result_list])
            context["action_form"].fields[locking.VERSIONS] = CharField(label="", initial=seal, widget=HiddenInput)
        return response

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """As Django does, in one transaction and without the records that were saved since the list was made."""
        chosen = queryset
        if request.POST.get("select_across", "0") != "1":
            pks = [pk for pk in request.POST.getlist(helpers.ACTION_CHECKBOX_NAME) if is_id(pk)]
            chosen = queryset.filter(pk__in=pks)
        if (number := chosen.count()) > MOST_AT_ONCE:
            words = _("At most %(most)s records at once, for others wait as long; these are %(n)s. Narrow the list.")
            self.message_user(request, words % {"most": f"{MOST_AT_ONCE:,}", "n": f"{number:,}"}, messages.ERROR)
            return None
        with self.writing():
            pks = list(chosen.order_by().values_list("pk", flat=True))
            locking.lock(self, pks)
            changed = locking.changed_since(self, request.POST.get(locking.VERSIONS, ""), pks)
            if changed is None:
                self.message_user(
                    request, _("Nothing was done: the list did not say which versions it shows."), messages.ERROR
                )
                return None
            if changed:
                saved = [
                    (record, [_("Somebody saved it since you opened the list. Look at it, then choose it again.")])
                    for record in self.model._default_manager.filter(pk__in=changed)
                ]
                tell(self, request, "", saved)
                queryset = queryset.exclude(pk__in=changed)
            return None if changed >= set(pks) else super().response_action(request, queryset)

    def read_version(self, request: HttpRequest, object_id: str | None) -> None:
        """Before the record itself is read, and once: a page must not carry a later version than the one it shows."""
        if object_id and is_id(object_id) and not hasattr(request, "locking"):
            version = locking.version_of(self, object_id)
            request.locking = locking.Locking(locking.seal_of(self, object_id, version))  # type: ignore[attr-defined]

    def refuse_what_is_stale(self, request: HttpRequest, object_id: str | None, *, with_rows: bool = True) -> None:
        """In the transaction of a save: the form will not be valid if its record was saved meanwhile."""
        if request.method == "POST" and object_id and is_id(object_id) and not hasattr(request, "checked"):
            request.checked = True  # type: ignore[attr-defined]  # once: afterwards the form is only shown again
            if reasons := locking.check(self, request, object_id, with_rows=with_rows):
                request.refused = {None: reasons}  # type: ignore[attr-defined]
                # Both saves together are checked when they are saved: now they are only shown.
                request.stale = True  # type: ignore[attr-defined]

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        context["locking"] = getattr(request, "locking", None)
        return super().render_change_form(request, context, *args, **kwargs)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        self.read_version(request, object_id)
        with self.writing() if request.method == "POST" else nullcontext():
            record = self.get_object(request, object_id) if request.method == "POST" else None
            if record is not None and self.has_delete_permission(request, record) and self.is_stale(request, record):
                self.message_user(
                    request, _("Not deleted: it was saved since you opened this page. Look again."), messages.ERROR
                )
                return HttpResponseRedirect(request.get_full_path())
            context = {"locking": getattr(request, "locking", None), **(extra_context or {})}
            return super().delete_view(request, object_id, context)

    def is_stale(self, request: HttpRequest, record: Any) -> bool:
        """Whether `record` was saved since the page that sends `request` was opened; locks it until the transaction
        ends."""
        locking.lock(self, [record.pk])
        version = locking.version_in(self, request.POST.get(locking.VERSION, ""), record.pk)
        return version != locking.version_of(self, record.pk)


def or_say_why(
    page: LockedAdmin,
    request: HttpRequest,
    view: Callable[[], HttpResponse],
    form_alone: Callable[[], HttpResponse] | None = None,
) -> HttpResponse:
    """`view`, a save all or nothing. When it is refused, the form again, with what was typed and the reasons; by
    `form_alone`, which takes no lock, when others have been writing for too long."""
    if request.method != "POST":
        return view()
    try:
        with page.writing():
            return view()
    except OperationalError:
        # Locked by an import for longer than a save waits, or chosen to end a deadlock.
        if form_alone is None:
            raise
        request.refused = {  # type: ignore[attr-defined]
            None: [
                _("Somebody else is writing, perhaps an import. Nothing was saved: press the button again in a minute.")
            ]
        }
        return form_alone()
    except NotPublishable as problem:
        request.refused = {None: problem.messages}  # type: ignore[attr-defined]
    except Refused as problem:
        request.refused = problem.messages  # type: ignore[attr-defined]
        if "change_reason" in problem.messages:
            messages.error(request, _("Not saved: the reason is missing, at the end of this page."))
    except IntegrityError as error:
        request.refused = {None: [_words_for(error)]}  # type: ignore[attr-defined]
    with page.writing():  # it locks the record again, to say whether it is the one that was opened
        return view()


def _words_for(error: DatabaseError) -> str:
    """The words of the constraint that the database upheld."""
    from django.apps import apps

    for model in apps.get_app_config("events").get_models():
        for constraint in model._meta.constraints:
            if constraint.name in str(error):
                return str(constraint.get_violation_error_message())
    return _(
        "The database refused this: it would contradict another row. Look at the rows again and save in two steps."
    )


def whole_number(text: str) -> None:
    if not is_id(text):
        raise Http404(_("There is no such record."))


def tell(
    page: admin.ModelAdmin,
    request: HttpRequest,
    done: str,
    refused: list[tuple[Any, list[str]]],
    level: int = messages.WARNING,
) -> None:
    """One message: what was done, and which records were left, each with its reasons."""
    if not refused:
        page.message_user(request, done)
        return
    lines = [(str(record), " ".join(reasons)) for record, reasons in refused[:NAMED]]
    more = len(refused) - len(lines)
    page.message_user(
        request,
        format_html(
            "{} {}<ul>{}{}</ul>",
            done,
            _("Left as they were:"),
            format_html_join("", "<li>{}: {}</li>", lines),
            format_html("<li>{}</li>", ngettext("and %s more", "and %s more", more) % more) if more > 0 else "",
        ),
        level,
    )
