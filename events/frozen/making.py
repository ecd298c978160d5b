"""Freezes a view: all that it holds is read from one state of the database, then stored in one transaction.

Not in one and the same: to make a file takes a second, and writers should not have to wait for it. What was read is
complete and never looked at again, so nothing can come between.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events import dates, present
from events.answers import csv
from events.answers.about import view_string
from events.answers.answer import Answer, Subject
from events.answers.embeds import titled
from events.answers.json import dumps
from events.figures import figure_of
from events.frozen import limits
from events.frozen.packing import packed
from events.frozen.stating import in_a_line, stated
from events.models.snapshot import Snapshot, SnapshotFile
from events.query import Query
from events.selection import data_version
from events.state import one_state

MOST_ROWS = 20_000
MOST_BYTES = 20_000_000
# Crockford's alphabet: no letter that is taken for a digit, and no i, l, o, u to make words of.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 10


class CannotFreeze(Exception):
    """Why a view was not stored, in words for its reader."""


@dataclass(frozen=True)
class Frozen:
    """A view that is read and not stored yet."""

    subject: str
    query: str
    content: bytes
    fields: dict[str, Any]

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def code(self) -> str:
        """The same for the same query and bytes, for ever."""
        return code_of(self.subject, self.query, self.sha256)


def freeze(subject: Subject, query: Query, base: str) -> Snapshot:
    """The frozen view of a checked query, all its pages; the one there is, where it was frozen before and its file is
    the same. `base` stands before our own addresses: "https://host". Raises CannotFreeze."""
    with one_state():
        frozen = _read(subject, query, base)
    return _stored(frozen)


def code_of(subject: str, query: str, file: str) -> str:
    number = int.from_bytes(sha256(f"{subject}\n{query}\n{file}".encode()).digest())
    return "".join(ALPHABET[number >> (256 - 5 * n) & 31] for n in range(1, LENGTH + 1))


def _read(subject: Subject, query: Query, base: str) -> Frozen:
    string = view_string(query)
    answer = Answer.to(subject, subject.query.from_string(string), base)
    selection = answer.selection
    if selection.count > MOST_ROWS:
        raise CannotFreeze(
            _("This view has %(n)s rows; at most %(most)s can be frozen at once. Narrow the filter and cite the parts.")
            % {"n": present.whole(selection.count), "most": present.whole(MOST_ROWS)}
        )
    rows: list[list[Any]] = []
    content = _bounded(csv.lines(answer.columns, _noted(answer.rows(), rows), base))
    record, day = data_version(), query.as_of or dates.today()
    shown = {
        "title": titled(_(subject.title), query),
        "name": answer.selection.query.file_name(),
        "about": json.loads(dumps(answer.about.as_json())),
        "said": in_a_line(selection),
        "statements": packed(stated(selection)),
        "figure": packed(_replayed(figure_of(selection), day.isoformat())),
        "reconstructed_from": selection.reconstructed_from,
    }
    fields = {"day": day, "version": record.version, "changed_at": record.changed_at, "rows": rows, "shown": shown}
    return Frozen(subject.stem, string, content, fields)


def _bounded(lines: Iterable[str]) -> bytes:
    content = bytearray()
    for line in lines:
        content += line.encode()
        if len(content) > MOST_BYTES:
            raise CannotFreeze(
                _("The file of this view is larger than %(most)s million bytes. Narrow the filter and cite the parts.")
                % {"most": MOST_BYTES // 1_000_000}
            )
    return bytes(content)


def _noted(rows: Iterable[Any], noted: list[list[Any]]) -> Iterator[Any]:
    """`rows`, each of which is written into `noted` as it goes by."""
    for row in rows:
        if hasattr(row, "edition"):
            noted.append([row.edition.record_id, row.edition.number])
        else:
            noted.append([row.company.pk, row.company.name])
        yield row


def _replayed(figure: Any, day: str) -> Any:
    """The figure with links to what its bars held then."""
    if figure is None:
        return None
    figure.grains = []
    figure.lines = [replace(line, href=_as_known(line.href, day)) for line in figure.lines]
    return figure


def _as_known(href: str, day: str) -> str:
    path, mark, place = href.partition("#")
    if not path or "as_of=" in path:
        return href
    return f"{path}{'&' if '?' in path else '?'}as_of={day}{mark}{place}"


def _stored(frozen: Frozen) -> Snapshot:
    compressed = gzip.compress(frozen.content, mtime=0)
    with transaction.atomic():
        return _stored_once(frozen, compressed)


def _stored_once(frozen: Frozen, compressed: bytes) -> Snapshot:
    own = {"subject": frozen.subject, "query": frozen.query, "file_id": frozen.sha256}
    snapshot = Snapshot.objects.filter(pk=frozen.code).first()
    if snapshot is None:
        if limits.is_full_today():
            raise CannotFreeze(_("So much was frozen today that no more is stored before tomorrow (UTC)."))
        SnapshotFile.objects.get_or_create(
            pk=frozen.sha256, defaults={"compressed": compressed, "size": len(frozen.content)}
        )
        snapshot, _made = Snapshot.objects.get_or_create(pk=frozen.code, defaults=own | frozen.fields)
    if any(getattr(snapshot, name) != value for name, value in own.items()):
        # One in 10^15: never overwritten, never taken for the other.
        raise CannotFreeze(_("Another frozen view has the address of this one. Change the order of its rows."))
    return snapshot
