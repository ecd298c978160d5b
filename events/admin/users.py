"""Accounts of the desk: closed, not deleted, once they have done anything; administrators are not superusers."""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from copy import copy
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.contrib.auth.views import PasswordChangeView
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from events.admin import locking
from events.admin.forms import DeskForm
from events.admin.locked import LockedAdmin

# What a superuser alone gives: whoever could give it to others could give it to themselves.
SUPERUSERS_GIVE = ("is_superuser", "user_permissions")


def has_done_anything(user: User) -> bool:
    """Whether anything at the desk is signed by `user`: history, the log of changes."""
    relations: list[Any] = [f for f in User._meta.get_fields(include_hidden=True) if f.one_to_many or f.one_to_one]
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: user}).exists()
        for relation in relations
        # The tables of memberships in groups say nothing of what somebody did.
        if relation.auto_created and not relation.related_model._meta.auto_created
    )


@transaction.atomic
def close(user: User) -> None:
    """Ends an account and forgets who it was: the history keeps pointing at it, under a number."""
    name = user.get_username()
    user.username = f"closed-{user.pk}"
    user.first_name = user.last_name = user.email = ""
    user.is_active = user.is_staff = user.is_superuser = False
    # Ends its sessions too: they hold a hash of the password.
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    user.saved_views.all().delete()
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))
    entries.update(object_repr=user.username)
    for log in (AccessAttempt, AccessLog, AccessFailureLog):
        log.objects.filter(username=name).delete()


class OwnPassword(PasswordChangeView):
    """Whoever is logged in sets a password of their own.

    Django writes the whole account as it was when the request began: what an administrator saved while the password was
    being digested would be undone, the closing of the account too. Here the password alone is written, in the place of
    the one that was checked.
    """

    form_class = AdminPasswordChangeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}

    def form_valid(self, form: Any) -> HttpResponse:
        checked = form.user.password
        user = form.save(commit=False)
        if not User.objects.filter(pk=user.pk, password=checked).update(password=user.password):
            told = _("Not changed: somebody else set the password of this account meanwhile.")
            form.add_error("new_password1", told)
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        return HttpResponseRedirect(reverse("admin:password_change_done"))


admin.site.unregister([get_user_model(), Group])


class AccountForm(DeskForm, UserChangeForm):
    class Meta(UserChangeForm.Meta):
        pass


class GroupForm(DeskForm):
    class Meta:
        model = Group
        fields = ("name", "permissions")


class AccessAdmin(LockedAdmin):
    """A page of who may do what. Such records have no history: names go for good when an account is closed."""

    kept = locking.InPage()
    # One at a time, on its own page: deleting and closing ask first.
    actions = None  # type: ignore[assignment]

    def writing(self) -> AbstractContextManager[None]:
        """Nothing of this is published: it need not wait for an import."""
        return transaction.atomic()


@admin.register(Group)
class DeskGroupAdmin(AccessAdmin, GroupAdmin):
    form = GroupForm


@admin.register(User)
class DeskUserAdmin(AccessAdmin, UserAdmin):
    form = AccountForm
    # Whoever logs in while somebody else edits the account changes nothing of it.
    kept = locking.InPage(passing=("last_login",), secret=("password",))
    # They follow from what happened; a form would write them back as they were when it was opened.
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "roles", "is_active", "is_staff", "last_login")
    change_user_password_template = "admin/auth/user/password.html"  # noqa: S105

    def facts(self, record: User) -> dict[str, str]:
        return {"password": _("the one of today")}

    def blank(self) -> User:
        """Without one, the form would be that of a new account."""
        return User()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="groups")
    def roles(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all())) or "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Iterable[str]:
        fixed = super().get_readonly_fields(request, obj)
        return fixed if request.user.is_superuser else (*fixed, *SUPERUSERS_GIVE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account, its password too, is a superuser's to change."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.is_superuser or bool(request.user.is_superuser))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or (self.has_change_permission(request, obj) and not has_done_anything(obj)))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        user = self.get_object(request, object_id)
        if user is not None and self.has_change_permission(request, user) and has_done_anything(user):
            told = _("“%s” has worked here: close the account. Its name goes, what it did stays.") % user
            self.message_user(request, told, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:auth_user_change", args=[user.pk]))
        return super().delete_view(request, object_id, extra_context)

    def get_urls(self) -> list[URLPattern]:
        own = path("<int:pk>/close/", self.admin_site.admin_view(self.close_view), name="auth_user_close")
        return [own, *super().get_urls()]

    def may_close(self, request: HttpRequest, user: User) -> bool:
        return self.has_change_permission(request, user) and user != request.user and user.is_active

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        user = self.get_object(request, object_id)
        context = {"may_close": user is not None and self.may_close(request, user), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @method_decorator(sensitive_post_parameters())
    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """As Django does, on the account that the page showed."""
        self.read_version(request, id)
        with self.writing() if request.method == "POST" else nullcontext():
            user = self.get_object(request, id)
            if request.method == "POST" and user is not None and self.has_change_permission(request, user):
                # Read once, before the request is copied: its stream is both's.
                seen = copy(request) if request.POST else request
                if reasons := locking.check(self, seen, user.pk, typed=False):
                    told = _(
                        "Not set: somebody else saved the account meanwhile. Look at it, then type the password again."
                    )
                    messages.error(request, told if seen.locking.differences else reasons[0])  # type: ignore[attr-defined]
                    seen.method = "GET"
                    return self._password_page(seen, id, form_url)
            return self._password_page(request, id, form_url)

    def _password_page(self, request: HttpRequest, id: str, form_url: str) -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        if isinstance(response, TemplateResponse):
            response.context_data["locking"] = getattr(request, "locking", None)  # type: ignore[index]
        return response

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks, then closes the account."""
        self.read_version(request, str(pk))
        with self.writing() if request.method == "POST" else nullcontext():
            user = self.get_object(request, str(pk))
            if user is None:
                raise Http404(_("There is no such account."))
            if not self.may_close(request, user):
                raise PermissionDenied
            if request.method == "POST":
                if self.is_stale(request, user):
                    told = _("Not closed: somebody changed the account since you opened this page. Look again.")
                    self.message_user(request, told, messages.ERROR)
                    return HttpResponseRedirect(request.get_full_path())
                close(user)
                self.log_change(request, user, _("Account closed."))
                self.message_user(request, _("The account is closed; what it did stays, signed “%s”.") % user)
                return HttpResponseRedirect(reverse("admin:auth_user_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Close the account “%s”?") % user,
            "opts": self.opts,
            "account": user,
            "locking": getattr(request, "locking", None),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/auth/user/close.html", context)
