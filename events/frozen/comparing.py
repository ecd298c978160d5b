"""A frozen view beside what the same query answers now: what came, went, changed, and why."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Min, Q, Window
from django.db.models.functions import DenseRank
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from events.answers.answer import SUBJECTS
from events.answers.columns import OUR_COLUMNS
from events.differences import Difference, called_in, differences
from events.frozen.cells import changed_cells, of_file, of_rows
from events.frozen.stating import Statement, stated
from events.models.company import Company, OwnershipTree
from events.models.edition import (
    Edition,
    EventEdition,
    EventEditionCompany,
    NoteEdition,
    NoteEditionCompany,
    TotalEdition,
)
from events.models.snapshot import Snapshot
from events.selection import BesideSelection, CompanySelection, TotalSelection, of_any_day

# So many changes are told one by one; all are counted.
TOLD = 50
# Of one record.
DIFFERENCES, REASONS = 8, 3
# Views of more rows than this are compared by edition alone: to make all their cells anew takes seconds.
BY_CELL = 2_000
# The cells that a row's edition does not say: what it counts in the view, how companies are called and owned, which
# other records name it, what stands beside it.
AROUND = {
    "events": {
        "company", "company_slug", "parent", "counted_low", "counted", "counted_high", "high_open", "replaces",
        "updates", "disputed_by",
    },
    "ai": {"companies", "company_slugs", "money_counts"},
    "totals": {column.name for column in OUR_COLUMNS},
}  # fmt: skip
_AROUND_RECORD = _lazy("its own record is the same; in this view it counts, or is called or owned, otherwise")
_CHANGED_AROUND = {
    EventEdition: _AROUND_RECORD,
    NoteEdition: _AROUND_RECORD,
    TotalEdition: _lazy("our own cuts beside it changed"),
}


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
    # Whether the editions are those of other records: then each is named.
    of_others: bool = False


@dataclass
class Comparison:
    """Then and now. `problem` says why the query cannot be asked any more: then there is no now."""

    pairs: list[Pair] = field(default_factory=list)
    gone: int = 0
    changed: int = 0
    came: int = 0
    told: list[Told] = field(default_factory=list)
    # What is said where nothing came, went or changed.
    nothing: str = ""
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
    around = _changed_around(snapshot, selection) if len(then) <= BY_CELL else {}
    gone = [pk for pk in then if pk not in still]
    changed = [pk for pk in then if pk in still and (still[pk] != then[pk] or pk in around)]
    came = selection.count - len(still)
    told = _told([*gone, *changed][:TOLD], then, still, type(selection.editions.model()), around)
    if came and len(told) < TOLD:
        told += _came(snapshot, selection, then, TOLD - len(told))
    nothing = _("Nothing: the same rows, each in the same edition and with the same cells.")
    if isinstance(selection, TotalSelection):
        nothing = _("Nothing: the same rows, each in the same edition and beside the same sums of ours.")
    elif len(then) > BY_CELL:
        nothing = _("Nothing: the same rows, each in the same edition. So many are not compared cell by cell.")
    return Comparison(pairs, len(gone), len(changed), came, told, nothing)


def _changed_around(snapshot: Snapshot, selection: Any) -> dict[int, list[Difference]]:
    """What the cells of each row say otherwise that its edition does not say."""
    subject, around = SUBJECTS[snapshot.subject], AROUND[snapshot.subject]
    columns = [column for column in subject.columns if column.name in {"id", *around}]
    rows = of_rows(columns, subject.rows(selection.stream(), selection))
    now = {int(cells["id"]): cells for cells in rows}
    columns = [column for column in columns if column.name != "id"]
    then = zip(snapshot.rows, of_file(snapshot.file.content), strict=True)
    found = {pk: changed_cells(columns, cells, now[pk]) for (pk, _number), cells in then if pk in now}
    return {pk: said for pk, said in found.items() if said}


def _told(
    ids: list[int],
    then: Mapping[int, int],
    still: Mapping[int, int],
    kind: Any,
    around: Mapping[int, list[Difference]],
) -> list[Told]:
    """What became of the records `ids`, whose edition was the one of `then`; `around` changed beside them."""
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
        if pk not in still:
            what = _why_gone(after, bool(later))
        else:
            what = _("changed") if later else str(_CHANGED_AROUND[kind])
        beside = around.get(pk, [])[:DIFFERENCES]
        found.append(Told(after.title, after.get_absolute_url(), what, later[-REASONS:], [*said, *beside]))
    return found


def _came(snapshot: Snapshot, selection: Any, then: Mapping[int, int], most: int) -> list[Told]:
    """The rows that are new, each with the edition by which it came, that of the latest day first; at the end those of
    which nothing was written since."""
    new = selection.editions.exclude(record_id__in=then).order_by()
    since = of_any_day(selection).filter(_since(snapshot), record_id__in=new.values("record_id")).order_by()
    firsts = since.values("record_id").annotate(first=Min("number"), day=Min("known_from"))
    numbers = dict(firsts.order_by("-day", "-record_id").values_list("record_id", "first")[:most])
    every = since.model.objects.filter(record_id__in=numbers, number__in=set(numbers.values()))
    by_which = {e.record_id: e for e in every if e.number == numbers[e.record_id]}
    today = {e.record_id: e for e in new.filter(record_id__in=numbers)}
    told = [_new(today[pk], _("new in the view"), [by_which[pk]]) for pk in numbers]
    if len(told) < most:
        why = _("new in the view, unchanged itself: who owned whom, or what stands beside it, is known otherwise")
        others = new.exclude(record_id__in=list(numbers)).order_by("-known_from", "-record_id")
        told += [_new(edition, why, []) for edition in others[: most - len(told)]]
    return told


def _new(edition: Any, what: str, editions: list[Edition]) -> Told:
    return Told(edition.title, edition.get_absolute_url(), what, editions)


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
    columns, rows = SUBJECTS[snapshot.subject].columns, list[Any](selection.rows)
    left = {row.company.pk: (row, cells) for row, cells in zip(rows, of_rows(columns, rows), strict=True)}
    gone: dict[int, Told] = {}
    changed: dict[int, Told] = {}
    tree = OwnershipTree.load_merged()
    for (pk, name, *_said), then in zip(snapshot.rows, of_file(snapshot.file.content), strict=True):
        row, now = left.pop(pk, (None, {}))
        if row is None:
            merged = tree.today_of(pk) != pk
            gone[pk] = Told(name, "", _("merged into another company") if merged else _("outside the filter now"))
        elif said := changed_cells(columns, then, now):
            changed[pk] = _of_company(row.company, _("changed"), said[:DIFFERENCES])
    came = {pk: _of_company(row.company, _("new in the view")) for pk, (row, _cells) in left.items()}
    told = list((gone | changed | came).items())[:TOLD]
    nothing = _("Nothing: the same rows, and each says the same.")
    return Comparison(pairs, len(gone), len(changed), len(came), _with_why(snapshot, told), nothing)


def _of_company(company: Company, what: str, said: list[Difference] | None = None) -> Told:
    return Told(company.name, company.get_absolute_url(), what, differences=said or [])


def _with_why(snapshot: Snapshot, told: list[tuple[int, Told]]) -> list[Told]:
    """What became of companies, each with the latest editions of its events and notes that were written since."""
    written = _written_since(snapshot, [pk for pk, _step in told])
    found = []
    for pk, step in told:
        what = step.what
        if pk not in written:
            why = _("nothing was written of its events and notes since: it is called, or owned, otherwise")
            what = _("%(what)s; %(why)s") % {"what": what, "why": why}
        found.append(replace(step, what=what, editions=written.get(pk, []), of_others=True))
    return found


def _written_since(snapshot: Snapshot, companies: list[int]) -> dict[int, list[Edition]]:
    """By company the latest few editions that name it, or what it owned."""
    found: dict[int, dict[tuple[type, int], Edition]] = defaultdict(dict)
    for index in (EventEditionCompany, NoteEditionCompany):
        # A company may stand in a note in several roles: the same rank, and told once.
        rank = Window(DenseRank(), partition_by="company", order_by=["-edition__version", "-edition"])
        rows = index._default_manager.filter(_since(snapshot, "edition__"), company__in=companies).annotate(rank=rank)
        for row in rows.filter(rank__lte=REASONS).select_related("edition"):
            found[row.company_id][index, row.edition_id] = row.edition
    return {pk: sorted(some.values(), key=_written, reverse=True)[:REASONS] for pk, some in found.items()}


def _written(edition: Edition) -> tuple[int, int]:
    return edition.version, edition.pk


def _since(snapshot: Snapshot, of: str = "") -> Q:
    """What a frozen view did not know: written after it, or, for a replay, known from a later day than its own."""
    return Q(**{f"{of}version__gt": snapshot.version}) | Q(**{f"{of}known_from__gt": snapshot.day})
