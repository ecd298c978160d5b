"""A frozen view beside what the same query answers now: what came, went, changed, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from events import present
from events.answers.answer import SUBJECTS
from events.differences import Difference, called_in, differences
from events.frozen.stating import Statement, of_company, stated
from events.models.company import OwnershipTree
from events.models.edition import Edition, EventEdition, NoteEdition
from events.models.snapshot import Snapshot
from events.selection import BesideRow, BesideSelection, CompanyRow, CompanySelection

# So many changes are told one by one; all are counted.
TOLD = 50
# Of one record.
DIFFERENCES, REASONS = 8, 3


@dataclass(frozen=True)
class Pair:
    """A statement then and now; "" where only one of them makes it."""

    label: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        return self.then != self.now


@dataclass(frozen=True)
class Told:
    """One row that came, went or changed: `what` in words, and the editions since, each with its day and reason."""

    title: str
    address: str
    what: str
    editions: list[Edition] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)


@dataclass
class Comparison:
    """Then and now. `problem` says why the query cannot be asked any more: then there is no now."""

    pairs: list[Pair] = field(default_factory=list)
    gone: int = 0
    changed: int = 0
    came: int = 0
    told: list[Told] = field(default_factory=list)
    problem: str = ""

    @property
    def all(self) -> int:
        return self.gone + self.changed + self.came

    @property
    def more(self) -> int:
        """How many changes are counted and not told."""
        return self.all - len(self.told)


def compare(snapshot: Snapshot, then: list[Statement]) -> Comparison:
    """What `snapshot` held, which said `then`, beside what its query answers today, whatever day it asked for."""
    subject = SUBJECTS[snapshot.subject]
    try:
        selection = subject.selection(subject.query.from_string(snapshot.query).changed(as_of=None))
        now = stated(selection)
    except ValueError:
        words = _("The query cannot be asked any more: what it names is not public today, or is called otherwise.")
        return Comparison(_pairs(then, []), problem=words)
    pairs = _pairs(then, now)
    if isinstance(selection, CompanySelection | BesideSelection):
        return _companies(snapshot, selection, pairs)
    return _records(snapshot, selection, pairs)


def _pairs(then: list[Statement], now: list[Statement]) -> list[Pair]:
    before, after = {line.name: line for line in then}, {line.name: line for line in now}
    names = dict.fromkeys([*before, *after])
    found = []
    for name in names:
        one, other = before.get(name), after.get(name)
        label = (one or other).label  # type: ignore[union-attr]
        found.append(Pair(label, one.words if one else "", other.words if other else ""))
    return found


# ── Events and notes ─────────────────────────────────────────────────────────────────────────────────────────────────


def _records(snapshot: Snapshot, selection: Any, pairs: list[Pair]) -> Comparison:
    then = dict(snapshot.rows)
    held = selection.editions.order_by().filter(record_id__in=then)
    still = dict(held.values_list("record_id", "number"))
    gone = [pk for pk in then if pk not in still]
    changed = [pk for pk in then if pk in still and still[pk] != then[pk]]
    came = selection.count - len(still)
    told = _told([*gone, *changed][:TOLD], then, still, type(selection.editions.model()))
    if came and len(told) < TOLD:
        new = selection.editions.exclude(record_id__in=then).order_by("-known_from", "-record_id")
        told += [Told(e.title, e.get_absolute_url(), _("new in the view"), [e]) for e in new[: TOLD - len(told)]]
    return Comparison(pairs, len(gone), len(changed), came, told)


def _told(ids: list[int], then: Mapping[int, int], still: Mapping[int, int], kind: Any) -> list[Told]:
    """What became of the records `ids`, whose edition was the one of `then`."""
    since: dict[int, list[Any]] = {pk: [] for pk in ids}
    for edition in kind.objects.filter(record_id__in=ids).order_by("number").select_related("document"):
        if edition.number >= then[edition.record_id]:
            since[edition.record_id].append(edition)
    ends = [end for editions in since.values() for end in (editions[0], editions[-1])]
    called = called_in(ends, None)
    found = []
    for pk, (before, *later) in since.items():
        after = later[-1] if later else before
        said = [] if after.withdrawn else differences(before, after, called)[:DIFFERENCES]
        what = _("changed") if pk in still else _why_gone(after, bool(later))
        found.append(Told(after.title, after.get_absolute_url(), what, later[-REASONS:], said))
    return found


def _why_gone(edition: EventEdition | NoteEdition, is_later: bool) -> str:
    if edition.withdrawn:
        return _("withdrawn")
    if getattr(edition, "replaced_by", None):
        return _("replaced by another record")
    if is_later:
        return _("corrected, and outside the filter now")
    return _("outside the filter now, unchanged itself: who owned whom, or what stands beside it, is known otherwise")


# ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _companies(snapshot: Snapshot, selection: CompanySelection | BesideSelection, pairs: list[Pair]) -> Comparison:
    now = {row.company.pk: row for row in selection.rows}
    gone, changed = [], []
    tree = OwnershipTree.load_merged()
    for pk, name, *numbers in snapshot.rows:
        row = now.pop(pk, None)
        if row is None:
            merged = tree.today_of(pk) != pk
            gone.append(Told(name, "", _("merged into another company") if merged else _("outside the filter now")))
        elif said := _company_differences(name, numbers, row):
            changed.append(Told(row.company.name, row.company.get_absolute_url(), _("changed"), differences=said))
    came = [Told(row.company.name, row.company.get_absolute_url(), _("new in the view")) for row in now.values()]
    return Comparison(pairs, len(gone), len(changed), len(came), [*gone, *changed, *came][:TOLD])


def _company_differences(name: str, numbers: list[Any], row: CompanyRow | BesideRow) -> list[Difference]:
    lines: Iterable[tuple[str, Any, Any]] = zip(
        [_("Name"), _("People known"), _("Cuts"), _("AI notes")],
        [name, *map(_number, numbers)],
        [row.company.name, *map(_number, of_company(row))],
        strict=True,
    )
    return [Difference(label, before, after) for label, before, after in lines if before != after]


def _number(value: int | None) -> str:
    return _("not stated") if value is None else present.whole(value)
