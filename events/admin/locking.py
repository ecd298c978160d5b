"""Nobody's save overwrites what somebody else saved meanwhile: optimistic locking for every page of the desk.

A page carries the version of its record: how many entries of history it has, with its rows (citations, units, …), and
the last of them; of what keeps no history (accounts), all that it holds. A save takes place only if the record, locked,
still has that version. Otherwise nothing is written and the form comes back as both saves together: what the other one
changed stands where the editor had typed nothing, what the editor typed stays, and where both differ the editor says
which holds (docs/desk.md).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Protocol

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import models
from django.db.models import Count, Max, QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from events.admin.merging import Difference, Merging, Shape, Values, equal

# The names of what a page sends along.
VERSION, FIRST_VERSION, ASKED = "_version", "_first_version", "_asked"

# What a list sends along with an action, and with the page that asks for its reason.
VERSIONS = "versions"
# So many ids in one query.
SOME = 1000

# What is compared to know whether somebody saved; `Kept` says what it holds.
Version = Any


def tables_of(page: Any) -> list[tuple[type[models.Model], str]]:
    """The models whose history is a record's of `page`, and the column that names the record there."""
    return [(page.model, page.model._meta.pk.attname), *((model, f"{name}_id") for model, name in page.parts)]


def batched(pks: Iterable[int], size: int) -> Iterator[list[int]]:
    """Some ids at a time: the database takes only so many in a query."""
    rest = iter(pks)
    while some := list(islice(rest, size)):
        yield some


def version_of(page: Any, pk: Any) -> Version:
    return page.kept.versions(page, [pk])[int(pk)]


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
        case [of, version] if of == int(pk):
            return page.kept.carried(page, version)
    return None


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


def check(page: Any, request: HttpRequest, pk: Any, *, with_rows: bool = True, typed: bool = True) -> list[str]:
    """Whether the save that `request` asks for may take place; within a transaction, before anything is written.

    Returns the reasons why not, none when it may. `request.locking` then holds what the page shows and sends along;
    `request.POST` is the form with the choices that were made, and with the other's save where there was one. A page
    where nothing of the record is `typed` sends none of its fields.
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
    base = page.kept.values(shape, base_version) or now
    data = request.POST.copy()
    merging = Merging(shape, data, base, now)
    if not typed:
        merging.send(base)
    unanswered = merging.take_choices(asked)
    if equal(base, now) and not unanswered:
        request.POST = data  # type: ignore[misc]
        return []
    first_version = version_in(page, request.POST.get(FIRST_VERSION, ""), pk) or base_version
    merging.first = page.kept.values(shape, first_version) or base
    merging.merge(unanswered)
    request.POST = data  # type: ignore[misc]
    state.differences = merging.differences
    state.first_version = seal_of(page, pk, first_version)
    state.who = _in_words(page.kept.since(page, pk, first_version))
    if not state.differences:
        # The others' saves and this one say the same.
        return []
    return [
        _("Not saved: somebody else saved this meanwhile. The form holds your changes, and theirs where you had none."),
        *([_("Both changed the same: choose what holds, then save again.")] if state.asked else []),
    ]


def _in_words(times: dict[str, datetime]) -> str:
    """Who saved last when: "mina at 3 May 2024, 10:12 UTC"."""
    return ", ".join(
        _("%(name)s at %(time)s") % {"name": name, "time": date_format(localtime(when), "j F Y, H:i:s e")}
        for name, when in times.items()
    )


# ── How versions are kept ────────────────────────────────────────────────────────────────────────────────────────────


class Kept(Protocol):
    """How a page knows whether a record was saved since, and what it held before."""

    def versions(self, page: Any, pks: Iterable[Any]) -> dict[int, Version]:
        """The version of each record, as JSON keeps it."""

    def carried(self, page: Any, version: Any) -> Version | None:
        """A version that a page carried; None if it is none of this page's."""

    def values(self, shape: Shape, version: Version) -> Values | None:
        """What the form held at `version`; None if that is no longer known."""

    def since(self, page: Any, pk: Any, version: Version) -> dict[str, datetime]:
        """Who saved the record after `version`, and when last."""

    def last_entries(self, page: Any) -> list[int]:
        """The last entry of each history of the page's records: read before its list is."""


class InHistory:
    """Of records with a history, and rows with theirs: how many entries each kind has, and the id of the last.

    Entries are counted besides: under PostgreSQL a transaction may commit after another that took later ids, and must
    not be overlooked.
    """

    def versions(self, page: Any, pks: Iterable[Any]) -> dict[int, Version]:
        """One query a table."""
        found: dict[int, list[list[int]]] = {int(pk): [] for pk in pks}
        for some in batched(found, SOME):
            for model, column in tables_of(page):
                entries = get_history_manager_for_model(model).filter(**{f"{column}__in": some}).order_by()
                rows = entries.values_list(column).annotate(Count("history_id"), Max("history_id"))
                counted = {pk: [number, last] for pk, number, last in rows}
                for pk in some:
                    found[pk].append(counted.get(pk, [0, 0]))
        return found

    def carried(self, page: Any, version: Any) -> Version | None:
        return version if isinstance(version, list) and len(version) == len(tables_of(page)) else None

    def values(self, shape: Shape, version: Version) -> Values | None:
        return shape.at({table: last for table, (_number, last) in zip(tables_of(shape.page), version, strict=True)})

    def since(self, page: Any, pk: Any, version: Version) -> dict[str, datetime]:
        entries = []
        for (model, column), (_number, last) in zip(tables_of(page), version, strict=True):
            rows = get_history_manager_for_model(model).filter(**{column: pk}, history_id__gt=last)
            entries += list(rows.select_related("history_user").order_by("history_id"))
        entries.sort(key=lambda entry: entry.history_date)
        return {
            entry.history_user.get_username() if entry.history_user else _("an import or a command"): entry.history_date
            for entry in entries
        }

    def last_entries(self, page: Any) -> list[int]:
        managers = (get_history_manager_for_model(model) for model, _column in tables_of(page))
        return [
            manager.order_by("-history_id").values_list("history_id", flat=True).first() or 0 for manager in managers
        ]


class InPage:
    """Of records that keep no history: all that one holds but `passing`, carried by the page itself, and the last entry
    of the admin's log. Of `secret` fields only whether they changed is known. Their lists have no actions.
    """

    def __init__(self, passing: tuple[str, ...] = (), secret: tuple[str, ...] = ()) -> None:
        self.passing, self.secret = passing, secret

    def versions(self, page: Any, pks: Iterable[Any]) -> dict[int, Version]:
        records = page.model._default_manager.in_bulk([int(pk) for pk in pks])
        return {int(pk): self._version(page, records[int(pk)]) if int(pk) in records else [] for pk in pks}

    def _version(self, page: Any, record: models.Model) -> Version:
        held: dict[str, Any] = {}
        for each in record._meta.concrete_fields:
            if each.name not in (*self.passing, *self.secret):
                held[each.name] = each.value_to_string(record)
        for several in record._meta.many_to_many:
            held[several.name] = sorted(getattr(record, several.name).order_by().values_list("pk", flat=True))
        secrets = {
            each.name: salted_hmac(_salt(page), each.value_to_string(record)).hexdigest()
            for each in record._meta.concrete_fields
            if each.name in self.secret
        }
        last = self._log(page, record.pk).order_by("-pk").values_list("pk", flat=True).first() or 0
        return [held, secrets, last]

    def _log(self, page: Any, pk: Any) -> QuerySet[LogEntry]:
        kind = ContentType.objects.get_for_model(page.model)
        return LogEntry.objects.filter(content_type=kind, object_id=str(pk))

    def carried(self, page: Any, version: Any) -> Version | None:
        match version:
            case [dict(), dict(), int()]:
                return version
        return None

    def values(self, shape: Shape, version: Version) -> Values | None:
        held, secrets, _last = version
        today = self._version(shape.page, shape.record)[1]
        changed = {name: _("an earlier one") for name, digest in secrets.items() if today.get(name) != digest}
        meta = shape.page.model._meta
        record = shape.page.model(
            **{name: meta.get_field(name).to_python(value) for name, value in held.items() if isinstance(value, str)}
        )
        values = shape.values(record, {})
        several = {name: sorted(str(pk) for pk in pks) for name, pks in held.items() if isinstance(pks, list)}
        sent = {name: several.get(name, sent) for name, sent in values.sent.items()}
        return Values(sent, values.rows, shape.page.facts(shape.record) | changed)

    def since(self, page: Any, pk: Any, version: Version) -> dict[str, datetime]:
        log = self._log(page, pk).filter(pk__gt=version[2]).select_related("user").order_by("pk")
        return {entry.user.get_username(): entry.action_time for entry in log}

    def last_entries(self, page: Any) -> list[int]:
        return []


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def seal_of_list(page: Any, last: list[int], pks: Iterable[Any]) -> str:
    """What a list carries: the version of each record on it and, for those beyond its page, the last entries."""
    shown = {
        # What was saved while the list was read counts as saved after it.
        pk: version if all(own <= upto for (_n, own), upto in zip(version, last, strict=True)) else []
        for pk, version in page.kept.versions(page, pks).items()
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
    for pk, version in page.kept.versions(page, pks).items():
        if str(pk) in shown:
            stale = shown[str(pk)] != version
        else:
            stale = any(own > upto for (_number, own), upto in zip(version, last, strict=True))
        if stale:
            changed.add(pk)
    return changed
