"""Who may do what at the desk: three groups, put right after each `manage.py migrate`.

Contributors enter and change what was never public. Editors decide what readers see. Administrators also keep accounts
and delete what never was public. Other rights belong in a group of one's own: these three are set back each time.
docs/desk.md says it to editors; events/admin/publishing_actions.py asks for these permissions.
"""

from typing import Any

from django.apps import apps as all_apps
from django.contrib.auth.management import create_permissions

CONTRIBUTOR, EDITOR, ADMINISTRATOR = "Contributor", "Editor", "Administrator"

RECORDS = ("layoffevent", "ainote", "publishedtotal", "headcount")
SHARED = ("company", "source")
PARTS = ("citation", "unit", "reason", "relation", "notecompany", "alias", "ownership")


def _each(actions: tuple[str, ...], models: tuple[str, ...]) -> set[tuple[str, str]]:
    return {("events", f"{action}_{model}") for action in actions for model in models}


_ENTERS = {
    *_each(("add", "change"), RECORDS + SHARED), *_each(("add", "change", "delete"), PARTS), ("events", "change_tip"),
}  # fmt: skip
_DECIDES = (
    _each(("publish",), RECORDS + SHARED) | _each(("add", "confirm"), ("importbatch",)) | {("events", "merge_company")}
)
_KEEPS = _each(("delete",), (*RECORDS, *SHARED, "snapshot")) | {
    ("auth", f"{action}_user") for action in ("view", "add", "change", "delete")
} | {("auth", "view_group")}  # fmt: skip

# By (app, codename). Everybody at the desk may look at everything of ours besides.
PERMISSIONS = {CONTRIBUTOR: _ENTERS, EDITOR: _ENTERS | _DECIDES, ADMINISTRATOR: _ENTERS | _DECIDES | _KEEPS}


def set_groups(using: str = "default", apps: Any = all_apps, **_signal: Any) -> None:
    """Makes the groups and gives each exactly its permissions. Runs after migrations (django's post_migrate)."""
    try:
        group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return  # taken back so far that there are no accounts
    for label in ("events", "auth"):
        # Django makes them for one app after another, and ours is the first.
        create_permissions(all_apps.get_app_config(label), verbosity=0, using=using, apps=apps)
    permissions = {
        (p.content_type.app_label, p.codename): p.pk
        for p in permission_model.objects.using(using).select_related("content_type")
        if not p.content_type.model.startswith("historical")
    }
    looks = {key for key in permissions if key[0] == "events" and key[1].startswith("view_")}
    for name, may in PERMISSIONS.items():
        group, _made = group_model.objects.using(using).get_or_create(name=name)
        # An older state of the database lacks some.
        group.permissions.set(sorted(permissions[key] for key in (may | looks) & permissions.keys()))
