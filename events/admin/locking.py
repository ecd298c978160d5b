"""Nobody's save overwrites what somebody else saved meanwhile: optimistic locking for every page of the desk.

A page carries the version of its record: how many entries of history it has, with its rows (citations, units, …), and
the last of them. A save takes place only if the record, locked, still has that version. Otherwise nothing is written
and the form comes back as both saves together: what the other one changed stands where the editor had typed nothing,
what the editor typed stays, and where both differ the editor says which holds (docs/desk.md).

A version counts entries besides naming the last: under PostgreSQL a transaction may commit after another that took
later ids, and must not be overlooked.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.core import signing
from django.db import models
from django.db.models import Count, Max
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from events.admin.merging import Difference, Merging, Shape, equal

# The names of what a page sends along.
VERSION, FIRST_VERSION, ASKED = "_version", "_first_version", "_asked"

# What a list sends along with an action, and with the page that asks for its reason.
VERSIONS = "versions"
# So many ids in one query.
SOME = 1000

# Of the record's own history and of that of each kind of its rows: how many entries, and the id of the last.
Version = tuple[tuple[int, int], ...]


def tables_of(page: Any) -> list[tuple[type[models.Model], str]]:
    """The models whose history is a record's of `page`, and the column that names the record there."""
    return [(page.model, page.model._meta.pk.attname), *((model, f"{name}_id") for model, name in page.parts)]


def versions(page: Any, pks: Iterable[Any]) -> dict[int, Version]:
    """The version of each record; one query a table."""
    found: dict[int, list[tuple[int, int]]] = {int(pk): [] for pk in pks}
    for some in batched(found, SOME):
        for model, column in tables_of(page):
            entries = get_history_manager_for_model(model).filter(**{f"{column}__in": some}).order_by()
            rows = entries.values_list(column).annotate(Count("history_id"), Max("history_id"))
            counted = {pk: (number, last) for pk, number, last in rows}
            for pk in some:
                found[pk].append(counted.get(pk, (0, 0)))
    return {pk: tuple(version) for pk, version in found.items()}


def batched(pks: Iterable[int], size: int) -> Iterator[list[int]]:
    """Some ids at a time: the database takes only so many in a query."""
    rest = iter(pks)
    while some := list(islice(rest, size)):
        yield some


def version_of(page: Any, pk: Any) -> Version:
    return versions(page, [pk])[int(pk)]


def sealed(page: Any, content: Any) -> str:
    """`content`, a version or several, as a page carries it."""
    return signing.dumps(content, salt=_salt(page), compress=True)


def opened(page: Any, token: str) -> Any:
    """What `sealed` sealed; None if the page sent none of ours."""
    try:
        return signing.loads(token, salt=_salt(page))
    except signing.BadSignature:
        return None


def seal_of(page: Any, pk: Any, version: Version) -> str:
    return sealed(page, [int(pk), version])


def version_in(page: Any, token: str, pk: Any) -> Version | None:
    """The version that a page of this very record carried."""
    match opened(page, token):
        case [of, [*version]] if of == int(pk) and len(version) == len(tables_of(page)):
            return tuple((number, last) for number, last in version)
    return None


def _last(page: Any, version: Version) -> dict[tuple[type[models.Model], str], int]:
    return {table: last for table, (_number, last) in zip(tables_of(page), version, strict=True)}


def _salt(page: Any) -> str:
    return f"desk.version.{page.model._meta.label_lower}"


def lock(page: Any, pks: Sequence[Any]) -> None:
    """Holds the records until the transaction ends: of two saves of one record the second waits for the first.

    A row of a record is locked with its record, which has the row on its page too.
    """
    own: list[Any] = []
    for some in batched(sorted(int(pk) for pk in pks), SOME):
        own += page.model._default_manager.select_for_update(of=("self",)).filter(pk__in=some).order_by("pk")
    for name in page.belongs_to:
        owner = page.model._meta.get_field(name)
        owners = {getattr(row, owner.attname) for row in own} - {None}
        # Asked for its effect: the rows are locked as they are read.
        list(owner.related_model._default_manager.select_for_update().filter(pk__in=owners).order_by("pk"))


@dataclass
class Locking:
    """What a page sends along for its next save, and what stands against this one."""

    version: str
    first_version: str = ""
    differences: list[Difference] = field(default_factory=list)
    who: str = ""

    @property
    def asked(self) -> str:
        """The keys of the questions, as the page sends them along."""
        return " ".join(one.key for one in self.differences if one.asks)


def check(page: Any, request: HttpRequest, pk: Any, *, with_rows: bool = True) -> list[str]:
    """Whether the save that `request` asks for may take place; within a transaction, before anything is written.

    Returns the reasons why not, none when it may. `request.locking` then holds what the page shows and sends along;
    `request.POST` is the form with the choices that were made, and with the other's save where there was one.
    """
    lock(page, [pk])
    now_version = version_of(page, pk)
    state = Locking(seal_of(page, pk, now_version))
    request.locking = state  # type: ignore[attr-defined]
    base_version = version_in(page, request.POST.get(VERSION, ""), pk)
    if base_version is None:
        return [_("Not saved: this page did not say which version it shows. Look it through, then save again.")]
    asked = request.POST.get(ASKED, "").split()
    if base_version == now_version and not asked:
        return []
    record = page.model._default_manager.filter(pk=pk).first()
    if record is None:
        return []  # it is brought back from its history, or the page says that it is gone
    shape = Shape(page, request, record, with_rows=with_rows)
    now = shape.now()
    base = shape.at(_last(page, base_version)) or now
    data = request.POST.copy()
    merging = Merging(shape, data, base, now)
    unanswered = merging.take_choices(asked)
    if equal(base, now) and not unanswered:
        request.POST = data  # type: ignore[misc]
        return []
    first_version = version_in(page, request.POST.get(FIRST_VERSION, ""), pk) or base_version
    merging.first = shape.at(_last(page, first_version)) or base
    merging.merge(unanswered)
    request.POST = data  # type: ignore[misc]
    state.differences = merging.differences
    state.first_version = seal_of(page, pk, first_version)
    state.who = _who_since(page, pk, first_version)
    if not state.differences:
        # The others' saves and this one say the same.
        return []
    return [
        _("Not saved: somebody else saved this meanwhile. The form holds your changes, and theirs where you had none."),
        *([_("Both changed the same: choose what holds, then save again.")] if state.asked else []),
    ]


def _who_since(page: Any, pk: Any, version: Version) -> str:
    """Who saved the record after `version`, and when: "mina at 3 May 2024, 10:12 UTC"."""
    entries = []
    for (model, column), (_number, last) in zip(tables_of(page), version, strict=True):
        rows = get_history_manager_for_model(model).filter(**{column: pk}, history_id__gt=last)
        entries += list(rows.select_related("history_user").order_by("history_id"))
    entries.sort(key=lambda entry: entry.history_date)
    times = {
        entry.history_user.get_username() if entry.history_user else _("an import or a command"): entry.history_date
        for entry in entries
    }
    return ", ".join(
        _("%(name)s at %(time)s") % {"name": name, "time": date_format(localtime(when), "j F Y, H:i:s e")}
        for name, when in times.items()
    )


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def last_entries(page: Any) -> list[int]:
    """The last entry of each history of the page's records: read before its list is."""
    managers = (get_history_manager_for_model(model) for model, _column in tables_of(page))
    return [manager.order_by("-history_id").values_list("history_id", flat=True).first() or 0 for manager in managers]


def seal_of_list(page: Any, last: list[int], pks: Iterable[Any]) -> str:
    """What a list carries: the version of each record on it and, for those beyond its page, the last entries."""
    shown = {
        # What was saved while the list was read counts as saved after it.
        pk: version if all(own <= upto for (_n, own), upto in zip(version, last, strict=True)) else []
        for pk, version in versions(page, pks).items()
    }
    return sealed(page, {"last": last, "shown": shown})


def changed_since(page: Any, token: str, pks: Iterable[Any]) -> set[int] | None:
    """Those of `pks` that were saved since their list was made; None when the list does not say."""
    match opened(page, token):
        case {"last": list(last), "shown": dict(shown)} if len(last) == len(tables_of(page)):
            pass
        case _:
            return None
    changed = set()
    for pk, version in versions(page, pks).items():
        if str(pk) in shown:
            stale = shown[str(pk)] != [list(one) for one in version]
        else:
            stale = any(own > upto for (_number, own), upto in zip(version, last, strict=True))
        if stale:
            changed.add(pk)
    return changed
