"""Taking an import back: the desk's values as they were, from the history; readers see it from today on.

New records that never were public vanish, and companies that nothing uses; their history stays. What was published is
withdrawn, what was changed gets its values of before and is corrected. Editions that a file's recorded days had put
before the import begin on the day they were written. What somebody edited since is left alone, by name.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.contrib.auth.models import User
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import publishing
from events.imports.account import MADE
from events.imports.run import IMPORTED, TAKEN_BACK, ImportStopped
from events.models import (
    AiNote,
    Alias,
    Citation,
    Company,
    DuplicatePair,
    EventEdition,
    ImportBatch,
    ImportRow,
    LayoffEvent,
    LinkCheck,
    NoteCompany,
    NoteEdition,
    PublicRecord,
    Reason,
    Relation,
    Source,
    Unit,
    bulk,
)
from events.models.choices import BatchState, RecordKind, RowOutcome, State, Undone, Verdict
from events.models.source import ITS_OWN, MERGED

CHUNK = 500
NAMED = 50  # so many records a refusal names; it counts the rest
# Nobody edits these by themselves: the state moves through publishing.
_NOT_EDITED = frozenset(("id", "state", "changed_at"))


@dataclass(frozen=True, slots=True)
class _Kind:
    """Records that an import makes: `name` is what their parts call them, `parts` are who hangs on them how."""

    model: type[LayoffEvent] | type[AiNote]
    edition: type[EventEdition] | type[NoteEdition]
    name: str
    parts: tuple[tuple[Any, str], ...]


_KINDS = {
    RecordKind.EVENT: _Kind(
        LayoffEvent,
        EventEdition,
        "event",
        ((Citation, "event"), (Unit, "event"), (Reason, "event"), (Relation, "event"), (Relation, "other")),
    ),
    RecordKind.NOTE: _Kind(AiNote, NoteEdition, "note", ((Citation, "note"), (NoteCompany, "note"))),
}


class EditedSince(ImportStopped):
    """Nothing was taken back: records were edited since, the message names them. `number` says how many they are."""

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number


@dataclass
class TakenBack:
    """How many records of an import went which way, and how many companies and sources went with them."""

    removed: int = 0
    withdrawn: int = 0
    restored: int = 0
    kept: int = 0
    companies: int = 0
    sources: int = 0

    def __str__(self) -> str:
        return _(
            "%(removed)s removed, %(withdrawn)s withdrawn, %(restored)s as before, %(kept)s kept; "
            "%(companies)s companies and %(sources)s sources removed."
        ) % {name: f"{value:,}" for name, value in vars(self).items()}


@dataclass
class _Some:
    """Some rows of the import with their records, and what the history says of them."""

    kind: _Kind
    rows: list[ImportRow]
    records: dict[int, Any]
    own: dict[int, Any]
    before: dict[int, Any]
    own_citations: dict[int, Any]
    citations_before: dict[int, Any]
    public: set[int]
    edited: dict[int, list[str]] = field(default_factory=dict)


def take_back(
    batch: ImportBatch,
    user: User | None,
    *,
    except_edited: bool = False,
    progress: Callable[[str], None] = lambda words: None,
) -> TakenBack:
    """Takes a confirmed import back, in one transaction.

    Raises EditedSince when records were edited since, unless they are to be left as they are (`except_edited`), and
    ImportStopped when it cannot be; then nothing is changed.
    """
    try:
        with transaction.atomic():
            # As imports and publications do: one after the other.
            PublicRecord.objects.select_for_update().get()
            here = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if here.state != BatchState.CONFIRMED:
                raise ImportStopped(
                    _("Only a confirmed import can be taken back; this one is %s.") % here.get_state_display()
                )
            return _TakeBack(here, user, progress).run(except_edited)
    except publishing.NotPublishable as error:
        raise ImportStopped(_("Nothing was taken back. %s") % error) from error
    except DatabaseError as error:
        raise ImportStopped(_("The database refused, and nothing was taken back: %s.") % error) from error


class _TakeBack:
    def __init__(self, batch: ImportBatch, user: User | None, progress: Callable[[str], None]) -> None:
        self.batch, self.user, self.progress = batch, user, progress
        self.reason = _("The import of %s was taken back.") % batch.file_name
        self.history_reason = batch.history_reason(TAKEN_BACK)
        # What other imports wrote and what their taking back wrote over it: together nothing.
        undone = ImportBatch.objects.filter(state=BatchState.TAKEN_BACK)
        self.nothing = [each.history_reason(what) for each in undone for what in (IMPORTED, TAKEN_BACK)]
        self.done = TakenBack()
        # Events whose editions may say what is no longer so: of both ends of a relation that went.
        self.touched: set[int] = set()

    def run(self, except_edited: bool) -> TakenBack:
        edited = self._restore_companies()
        for record_kind, kind in _KINDS.items():
            rows = self.batch.rows.filter(_CONCERNED, kind=record_kind)
            count = rows.count()
            for number, some in enumerate(_rows_in_parts(rows)):
                self.progress(_("Taking back %(done)s of %(all)s records") % {"done": number * CHUNK, "all": count})
                part = self._look(kind, some)
                edited += [f"{part.records[pk]} ({pk}): {'; '.join(words)}" for pk, words in part.edited.items()]
                self._take_back(part)
        if edited and not except_edited:
            # What was done up to here is undone with the transaction.
            raise EditedSince(_refusal(edited), len(edited))
        # A row that was the same may have had a relation to one that was not.
        others = self.batch.rows.filter(kind=RecordKind.EVENT).filter(
            models.Q(outcome__in=MADE) | models.Q(undone=Undone.KEPT)
        )
        self._remove_parts(~models.Q(event_id__in=others.values("record_id")))
        for some in _chunks(sorted(self.touched)):
            publishing.refresh(LayoffEvent.objects.filter(pk__in=some), self.reason)
        self._remove_aliases()
        self.progress(_("Looking for companies and sources that nothing uses"))
        self.done.companies = self._remove_unused(Company, RecordKind.COMPANY)
        self.done.sources = self._remove_unused(Source, RecordKind.SOURCE)
        self._account_for_companies()
        self.batch.state, self.batch.task, self.batch.error = BatchState.TAKEN_BACK, "", ""
        self.batch.taken_back_at, self.batch.taken_back_by = timezone.now(), self.user
        self.batch.counts = {**self.batch.counts, "taken_back": vars(self.done), "edited_since": len(edited)}
        self.batch.save()
        return self.done

    # ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _restore_companies(self) -> list[str]:
        """Blanks again what rows of companies filled; names those of which an editor changed just that since."""
        edited: list[str] = []
        for some in _rows_in_parts(self._companies(RowOutcome.CHANGED)):
            companies = Company.objects.in_bulk([row.record_id for row in some])
            for row in some:
                company = companies.get(row.record_id)
                if company is None:
                    self._undo(row, Undone.REMOVED)
                    continue
                differences = row.detail["differences"]
                if changed := [name for name, _before, after in differences if getattr(company, name) != after]:
                    words = [str(getattr(Company._meta.get_field(name), "verbose_name", name)) for name in changed]
                    edited.append(f"{company} ({company.pk}): {'; '.join(words)}")
                    self._undo(row, Undone.KEPT, words)
                    continue
                for name, before, _after in differences:
                    setattr(company, name, before)
                company._change_reason = self.history_reason  # type: ignore[attr-defined]  # simple_history reads both
                company._history_user = self.user  # type: ignore[attr-defined]
                company.save()
                self._undo(row, Undone.RESTORED)
        return edited

    def _account_for_companies(self) -> None:
        """Says of each company that a row made whether it went or stayed."""
        for some in _rows_in_parts(self._companies(RowOutcome.NEW)):
            here = Company.objects.in_bulk([row.record_id for row in some])
            for row in some:
                if row.record_id in here:
                    self._undo(row, Undone.KEPT, [_("used elsewhere or edited since")])
                else:
                    self._undo(row, Undone.REMOVED)

    def _companies(self, outcome: RowOutcome) -> models.QuerySet[ImportRow]:
        return self.batch.rows.filter(kind=RecordKind.COMPANY, outcome=outcome)

    def _undo(self, row: ImportRow, what: Undone, kept_because: Sequence[str] = ()) -> None:
        row.undone = what
        if kept_because:
            row.detail = {**row.detail, "kept_because": list(kept_because)}
        row.save(update_fields=["undone", "detail"])
        setattr(self.done, what.value, getattr(self.done, what.value) + 1)

    # ── What was edited since ────────────────────────────────────────────────────────────────────────────────────────

    def _look(self, kind: _Kind, rows: list[ImportRow]) -> _Some:
        pks = [row.record_id for row in rows if row.record_id]
        reason = self.batch.history_reason(IMPORTED)
        records: dict[int, Any] = kind.model.objects.prefetch_related("citations").in_bulk(pks)
        public = set(kind.edition.objects.filter(record_id__in=pks).values_list("record_id", flat=True))
        own, before = _entries(kind.model.history.filter(id__in=pks), reason)
        # What it only published was as the entry before its end says.
        only_published = {row.record_id for row in rows if row.detail.get("published")} - own.keys()
        entries = kind.model.history.filter(id__in=only_published, history_date__lte=self.batch.confirmed_at)
        own |= {entry.id: entry for entry in entries.order_by("history_date", "history_id")}
        of_these = Citation.history.filter(**{f"{kind.name}_id__in": pks})
        own_citations, citations_before = _entries(of_these, reason)
        part = _Some(kind, rows, records, own, before, own_citations, citations_before, public)
        edited: dict[int, list[str]] = defaultdict(list)
        for pk, record in records.items():
            if entry := own.get(pk):
                edited[pk] += [str(name) for name in _changed(record, entry)]
        for model, name in kind.parts:
            later = model.history.filter(**{f"{name}_id__in": pks}, history_date__gt=self.batch.confirmed_at)
            # What a part of the batch before this one took away is no editor's work.
            later = later.exclude(history_change_reason__in=[self.history_reason, *self.nothing])
            later = later.exclude(history_change_reason__startswith=MERGED).exclude(
                history_change_reason__endswith=ITS_OWN
            )
            for pk in later.order_by(name).values_list(f"{name}_id", flat=True).distinct():
                edited[pk].append(str(model._meta.verbose_name_plural))
        if kind.model is LayoffEvent:
            for pk in _notes_changed(records, own):
                edited[pk].append(str(LayoffEvent._meta.get_field("notes").verbose_name))
            # What was joined left copies at the other event: the answer is taken back first.
            answered = DuplicatePair.objects.exclude(decision__in=("", Verdict.DIFFERENT))
            of_these = answered.filter(models.Q(low__in=pks) | models.Q(high__in=pks))
            for pk in chain.from_iterable(of_these.values_list("low_id", "high_id")):
                edited[pk].append(str(DuplicatePair._meta.verbose_name))
        else:
            for pk, words in _used_notes([row.record_id for row in rows if row.outcome in MADE]):
                edited[pk].append(words)
        part.edited = {pk: list(dict.fromkeys(words)) for pk, words in edited.items() if words and pk in records}
        return part

    # ── Taking back ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _take_back(self, part: _Some) -> None:
        remove: list[Any] = []
        withdraw: list[Any] = []
        backdated: list[Any] = []
        correct: list[int] = []
        restored: list[Any] = []
        undone: dict[Undone, list[int]] = defaultdict(list)
        for row in part.rows:
            record = part.records.get(row.record_id or 0)
            if record is None:
                undone[Undone.REMOVED].append(row.pk)
                continue
            if record.pk in part.edited:
                self._undo(row, Undone.KEPT, part.edited[record.pk])
                continue
            made = row.outcome in MADE
            if made and record.pk not in part.public:
                remove.append(record)
                undone[Undone.REMOVED].append(row.pk)
                continue
            if row.outcome == RowOutcome.CHANGED:
                restored.append(record)
            if made:
                # The same row in another import is a new one: what is withdrawn stays so.
                record.origin_key = ""
            if made or row.detail.get("published"):
                backdated.append(record)
                if record.state == State.PUBLISHED:
                    withdraw.append(record)
                undone[Undone.WITHDRAWN].append(row.pk)
            else:
                if record.state == State.PUBLISHED:
                    correct.append(record.pk)
                undone[Undone.RESTORED].append(row.pk)
        self._restore(restored, part)
        objects = part.kind.model.objects
        objects.filter(pk__in=[record.pk for record in backdated if not record.origin_key]).update(origin_key="")
        self._remove(part.kind.model, remove)
        if part.kind.model is LayoffEvent:
            self._remove_parts(models.Q(event_id__in=[record.pk for record in restored]))
            self._give_parts_back([record.pk for record in restored])
        for record in withdraw:
            record._history_user = self.user  # simple_history reads it
        publishing.withdraw(withdraw, self.reason)
        publishing.correct_all(part.kind.model, correct, self.reason)
        publishing.begin_when_written(backdated)
        for what, pks in undone.items():
            ImportRow.objects.filter(pk__in=pks).update(undone=what)
        self.done.removed += len(undone[Undone.REMOVED])
        self.done.withdrawn += len(undone[Undone.WITHDRAWN])
        self.done.restored += len(undone[Undone.RESTORED])

    def _restore(self, records: Sequence[Any], part: _Some) -> None:
        """Gives records, and the citations that the file wrote, the values of before."""
        cited = [citation for record in records for citation in record.citations.all()]
        self._give_back(records, part.own, part.before)
        self._give_back(cited, part.own_citations, part.citations_before)

    def _give_back(self, records: Sequence[Any], own: dict[int, Any], before: dict[int, Any]) -> None:
        """Gives each the values of its entry `before` wherever the import's `own` entry changed them."""
        changed = []
        for record in records:
            if record.pk not in own or record.pk not in before:
                continue
            changed.append(record)
            for each in record._meta.concrete_fields:
                value = getattr(before[record.pk], each.attname)
                if each.name not in _NOT_EDITED and getattr(own[record.pk], each.attname) != value:
                    setattr(record, each.attname, value)
        if changed:
            names = {each.name for each in changed[0]._meta.concrete_fields} - _NOT_EDITED
            bulk.update_with_history(changed, names, self.history_reason, self.user)

    def _remove_parts(self, of: models.Q) -> None:
        """Deletes units, reasons and relations that this import gave to events which it did not make."""
        model: Any
        for model in (Unit, Reason, Relation):
            own = model.history.filter(of, history_type="+", history_change_reason=self.batch.history_reason(IMPORTED))
            for some in _chunks(list(own.values_list("id", flat=True))):
                parts = list(model.objects.filter(pk__in=some))
                bulk.delete_with_history(parts, self.history_reason, self.user)
                self.touched |= {part.event_id for part in parts}
                self.touched |= {part.other_id for part in parts if model is Relation}

    def _give_parts_back(self, events: Sequence[int]) -> None:
        """Brings back the units and reasons of these events that rows of this import named no longer."""
        reason = self.batch.history_reason(IMPORTED)
        model: Any
        for model in (Unit, Reason):
            gone = model.history.filter(event_id__in=events, history_type="-", history_change_reason=reason)
            bulk.insert_with_history([entry.instance for entry in gone], self.history_reason, self.user)

    def _remove_aliases(self) -> None:
        """Deletes the names that this import's answers gave to companies, unless somebody edited them since."""
        entries = Alias.history.filter(history_change_reason=self.batch.history_reason(IMPORTED))
        later = Alias.history.filter(history_date__gt=self.batch.confirmed_at).values("id")
        ids = entries.exclude(id__in=later).values_list("id", flat=True)
        aliases = list(Alias.objects.filter(pk__in=list(ids)).select_related("company"))
        bulk.delete_with_history(aliases, self.history_reason, self.user)
        for alias in aliases:
            alias.company.fill(alias.company.aliases.values_list("name", flat=True))
            alias.company.save_without_historical_record()  # type: ignore[attr-defined]  # simple_history adds it

    def _remove(self, model: type[models.Model], records: list[Any]) -> None:
        """Deletes records that never were public, with what hangs on them; their history stays."""
        pks = [record.pk for record in records]
        for relation in _refer_to(model):
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": pks})
            if relation.on_delete is models.SET_NULL:
                rows.update(**{name: None})
            elif relation.on_delete is models.CASCADE and hasattr(relation.related_model, "history"):
                bulk.delete_with_history(list(rows), self.history_reason, self.user)
            elif relation.on_delete is models.CASCADE:
                rows.delete()
        bulk.delete_with_history(records, self.history_reason, self.user)

    def _remove_unused(self, model: type[Company] | type[Source], kind: RecordKind) -> int:
        """Deletes what this import alone made and nothing else uses, as long as nobody edited it."""
        made = list(self.batch.made.filter(kind=kind).values_list("record_id", flat=True))
        removed = 0
        for some in _chunks(made):
            used = set(
                model.history.filter(id__in=some, history_date__gt=self.batch.confirmed_at).values_list("id", flat=True)
            )
            for relation in _refer_to(model):
                # That a link was looked at is no use of its source.
                if relation.related_model is not LinkCheck:
                    name = relation.field.name
                    rows = relation.related_model._base_manager.filter(**{f"{name}__in": some})
                    used |= set(rows.values_list(f"{name}__pk", flat=True))
            unused = list(model.objects.filter(pk__in=set(some) - used))
            if model is Source:
                LinkCheck.objects.filter(source__in=[source.pk for source in unused]).delete()
            bulk.delete_with_history(unused, self.history_reason, self.user)
            removed += len(unused)
        return removed


_CONCERNED = models.Q(outcome__in=(*MADE, RowOutcome.CHANGED)) | models.Q(detail__has_key="published")


def _refusal(edited: list[str]) -> str:
    lines = edited[:NAMED]
    if (more := len(edited) - NAMED) > 0:
        lines.append(ngettext("and %s more", "and %s more", more) % f"{more:,}")
    return _("Nothing was taken back: these records were edited since.") + "\n" + "\n".join(lines)


def _entries(history: Any, reason: str) -> tuple[dict[int, Any], dict[int, Any]]:
    """Of each record: the last entry that was written for `reason`, and the one before the first such."""
    own: dict[int, Any] = {}
    before: dict[int, Any] = {}
    for entry in history.order_by("history_date", "history_id"):
        if entry.history_change_reason == reason:
            own[entry.id] = entry
        elif entry.id not in own:
            before[entry.id] = entry
    return own, before


def _changed(record: models.Model, entry: Any) -> list[Any]:
    """The names of the fields in which `record` is no longer what `entry` says."""
    return [
        each.verbose_name
        for each in record._meta.concrete_fields
        if each.name not in _NOT_EDITED and getattr(record, each.attname) != getattr(entry, each.attname)
    ]


def _notes_changed(events: dict[int, LayoffEvent], own: dict[int, Any]) -> set[int]:
    """The events that were tied to AI notes, or untied from them, since their entries `own`."""
    through = LayoffEvent.notes.through.objects.filter(layoffevent__in=events)
    now = set(through.values_list("layoffevent_id", "ainote_id"))
    entries = {entry.history_id: pk for pk, entry in own.items()}
    then_model = next(each.related_model for each in LayoffEvent.history.model._meta.related_objects)
    then = {
        (entries[history], note)
        for history, note in then_model.objects.filter(history__in=entries).values_list("history_id", "ainote_id")
    }
    return {event for event, _note in now ^ then if event in own}


def _used_notes(pks: Sequence[int | None]) -> Iterator[tuple[int, str]]:
    """Which of these notes events were tied to, or other notes say to update: an editor's work."""
    through = LayoffEvent.notes.through.objects.filter(ainote__in=pks)
    for pk in through.values_list("ainote_id", flat=True).distinct():
        yield pk, str(LayoffEvent._meta.verbose_name_plural)
    for pk in AiNote.objects.filter(updates__in=pks).values_list("updates_id", flat=True).distinct():
        yield pk, str(AiNote._meta.verbose_name_plural)


def _refer_to(model: type[models.Model]) -> Iterator[Any]:
    """The foreign keys that lead to `model`; those of histories do not count: they outlive the record."""
    relation: Any
    for relation in model._meta.get_fields(include_hidden=True):
        leads_here = relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
        if leads_here and relation.on_delete is not models.DO_NOTHING:
            yield relation


def _rows_in_parts(rows: models.QuerySet[ImportRow]) -> Iterator[list[ImportRow]]:
    """In the file's order, some hundreds at a time."""
    last = 0
    while some := list(rows.filter(number__gt=last).order_by("number").defer("cells")[:CHUNK]):
        yield some
        last = some[-1].number


def _chunks(items: Sequence[Any]) -> Iterator[Any]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
