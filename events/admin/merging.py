"""Two saves of one record as one: what its form holds now and held before, and what an editor typed beside it.

Three-way: what only the other one changed is taken over, what only the editor changed stays, and what both changed is
asked for. Rows are known by their ids, so one that the other took away, and the editor had typed in, becomes a new row.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from events.admin.remembered import RowChoice, is_id

# What a field of a form would send.
Sent = list[str]
# The answers to a question, and what its name on the page begins with.
MINE, THEIRS, CHOICE = "mine", "theirs", "_take"


# ── What a form holds ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Row:
    """One row of a record: its words, and what its form would send."""

    words: str
    sent: dict[str, Sent]


@dataclass(frozen=True)
class Values:
    """A record as its form would send it: its fields, its rows by prefix and id, and what is shown but not sent."""

    sent: dict[str, Sent]
    rows: dict[str, dict[str, Row]]
    facts: dict[str, str]


class Shape:
    """The form of a record's page and the forms of its rows; how a record, or an older version of it, looks in them.

    Without a record, the page as it is for a new one. Of its rows those that the editor may change, or look at if they
    are `to_read`.
    """

    def __init__(
        self,
        page: Any,
        request: HttpRequest,
        record: models.Model | None,
        *,
        with_rows: bool = True,
        to_read: bool = False,
    ) -> None:
        self.page = page
        self.record: Any = record
        fields = flatten_fieldsets(page.get_fieldsets(request, record))
        self.form_class = page.get_form(request, record, change=record is not None and not to_read, fields=fields)
        # As Django's admin names them; none of ours is on a page twice.
        formsets = page.get_formsets_with_inlines(request, record) if with_rows else ()
        self.rows = {
            formset.get_default_prefix(): (formset, inline)
            for formset, inline in formsets
            if inline.has_change_permission(request, record)
            or (to_read and (formset.model, formset.fk.name) in page.parts)
        }
        self.form = self.form_class(instance=record)
        self.row_forms = {
            prefix: formset.form(instance=formset.model()) for prefix, (formset, _inline) in self.rows.items()
        }

    def now(self) -> Values:
        """The record as it is saved."""
        rows = {
            prefix: list(formset.model._default_manager.filter(**{formset.fk.name: self.record}))
            for prefix, (formset, _inline) in self.rows.items()
        }
        return self.values(self.record, rows)

    def at(self, last: Mapping[tuple[type[models.Model], str], int]) -> Values | None:
        """The record as it was when these entries of history (by model and column) were the last; None when its
        history does not reach back so far."""
        own = get_history_manager_for_model(self.page.model).filter(id=self.record.pk)
        own_last = last[self.page.model, self.page.model._meta.pk.attname]
        entry = own.filter(history_id__lte=own_last).order_by("-history_id").first()
        if entry is None:
            return None
        rows: dict[str, list[models.Model]] = {}
        for prefix, (formset, _inline) in self.rows.items():
            column = f"{formset.fk.name}_id"
            entries = get_history_manager_for_model(formset.model).filter(**{column: self.record.pk})
            upto = last.get((formset.model, column), 0)
            latest = {row.id: row for row in entries.filter(history_id__lte=upto).order_by("history_id")}
            rows[prefix] = [row.instance for row in latest.values() if row.history_type != "-"]
        return self.values(entry.instance, rows)

    def values(self, record: models.Model, rows: dict[str, list[models.Model]]) -> Values:
        """`record` and its `rows`, by prefix, as their forms would send them."""
        return Values(
            _sent_by(self.form_class(instance=record)),
            {prefix: self._rows(prefix, some) for prefix, some in rows.items()},
            self.page.facts(record),
        )

    def _rows(self, prefix: str, rows: list[models.Model]) -> dict[str, Row]:
        formset, _inline = self.rows[prefix]
        choices = self.choices(prefix)
        for name, choice in choices.items():
            choice.remembered.want(getattr(row, row._meta.get_field(name).attname) for row in rows)  # type: ignore[union-attr]
        for row in rows:
            # What the row is called by.
            setattr(row, formset.fk.name, self.record)
            for name, choice in choices.items():
                if named := choice.remembered.get(getattr(row, row._meta.get_field(name).attname)):  # type: ignore[union-attr]
                    setattr(row, name, named)
        return {str(row.pk): Row(_words(row), _sent_by(formset.form(instance=row))) for row in rows}

    def choices(self, prefix: str) -> dict[str, RowChoice]:
        """The fields of a kind of rows that name other records; they remember them for all rows."""
        fields = self.rows[prefix][0].form.base_fields
        return {name: field for name, field in fields.items() if isinstance(field, RowChoice)}


def _sent_by(form: forms.BaseForm) -> dict[str, Sent]:
    """What `form` would send if nobody typed anything. What is asked anew at each save is left out: a reason."""
    own = {f.name for f in (*form._meta.model._meta.concrete_fields, *form._meta.model._meta.many_to_many)}  # type: ignore[attr-defined]
    return {name: _sent(form[name]) for name, field in form.fields.items() if name in own and not field.disabled}


def _sent(bound: forms.BoundField) -> Sent:
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return ["on"] if value else []
    if isinstance(value, list | tuple | QuerySet):
        return sorted(str(getattr(one, "pk", one)) for one in value)
    shown = bound.field.widget.format_value(value)
    shown = shown if isinstance(shown, list | tuple) else [shown]
    return [str(one) for one in shown if one not in (None, "")]


def _typed(data: QueryDict, name: str, form_field: forms.Field) -> Sent:
    """What the page sent for a field, in the form of `_sent`."""
    values = [value for value in data.getlist(name) if value]
    if isinstance(form_field, forms.BooleanField):
        return ["on"] if values and values[0] not in ("false", "False", "0") else []
    return sorted(values) if hasattr(form_field.widget, "allow_multiple_selected") and len(values) > 1 else values


def _same(one: Sent, other: Sent) -> bool:
    """Browsers end lines with \\r\\n, forms take blanks from the ends: no difference."""
    return [v.replace("\r\n", "\n").strip() for v in one] == [v.replace("\r\n", "\n").strip() for v in other]


def _words(row: models.Model) -> str:
    try:
        return str(row)
    except models.ObjectDoesNotExist:
        return f"#{row.pk}"


def in_words(form_field: forms.Field, sent: Sent) -> str:
    """What was sent, as an editor reads it: labels of choices, names of records."""
    if isinstance(form_field, forms.BooleanField):
        return _("yes") if sent else _("no")
    if not sent:
        return "–"
    if isinstance(form_field, RowChoice):
        names = [(value, form_field.remembered.get(value)) for value in sent]
        return ", ".join(str(named) if named else _("#%s, which is gone") % value for value, named in names)
    if isinstance(form_field, forms.ModelChoiceField):
        ids = [value for value in sent if is_id(value)]
        model: Any = form_field.queryset.model  # type: ignore[union-attr]
        found = {str(one.pk): str(one) for one in model._base_manager.filter(pk__in=ids)}
        return ", ".join(found.get(value, _("#%s, which is gone") % value) for value in sent)
    if isinstance(form_field, forms.ChoiceField):
        labels = {str(value): str(label) for value, label in form_field.choices}  # type: ignore[union-attr,misc]
        return ", ".join(labels.get(value, value) for value in sent)
    return ", ".join(sent)


@dataclass(frozen=True)
class Change:
    """One thing that an older version has otherwise than today's, in words."""

    label: str
    today: str
    then: str


def changes_between(shape: Shape, today: Values, then: Values) -> list[Change]:
    """What `then` has otherwise: the record's fields, then its rows, field by field where there is the same row."""
    changes = [
        Change(_label(field, name), in_words(field, was), in_words(field, old))
        for name, old in then.sent.items()
        for field, was in [(shape.form.fields[name], today.sent.get(name, []))]
        if not _same(was, old)
    ]
    for prefix, form in shape.row_forms.items():
        kind = capfirst(shape.rows[prefix][0].model._meta.verbose_name)
        was_there, there = today.rows[prefix], then.rows[prefix]
        for pk in sorted({*was_there, *there}, key=int):
            if pk not in was_there:
                name = f"{kind} “{there[pk].words}”"
                changes.append(Change(name, _("not there"), _row_words(form, there[pk].sent)))
                continue
            name, sent = f"{kind} “{was_there[pk].words}”", was_there[pk].sent
            if pk not in there:
                changes.append(Change(name, _row_words(form, sent), _("not there")))
                continue
            changes += [
                Change(f"{name}: {_label(field, at)}", in_words(field, sent.get(at, [])), in_words(field, old))
                for at, old in there[pk].sent.items()
                for field in [form.fields[at]]
                if not _same(sent.get(at, []), old)
            ]
    return changes


@dataclass(frozen=True)
class Difference:
    """One thing that somebody else saved: as it was, as it is saved now, as the form has it.

    `asks`: both changed it, and the editor must say which holds. `chosen` is what was answered already.
    """

    key: str
    label: str
    before: str
    theirs: str
    mine: str
    outcome: str
    asks: bool = False
    chosen: str = ""


def equal(one: Values, other: Values) -> bool:
    return one.sent == other.sent and one.facts == other.facts and _contents(one) == _contents(other)


def _contents(values: Values) -> dict[str, dict[str, dict[str, Sent]]]:
    return {prefix: {pk: row.sent for pk, row in rows.items()} for prefix, rows in values.rows.items()}


class Merging:
    """Three-way: what both began with, what is saved now, what the form sent. Changes `data` into both together."""

    def __init__(self, shape: Shape, data: QueryDict, base: Values, now: Values) -> None:
        self.shape, self.data, self.base, self.now = shape, data, base, now
        self.first = base
        self.differences: list[Difference] = []
        self.sent_rows = {prefix: SentRows(data, prefix, self._pk_name(prefix)) for prefix in shape.rows}
        for prefix, rows in self.sent_rows.items():
            for name, choice in shape.choices(prefix).items():
                choice.remembered.want(row.first(name) for row in (*rows.by_id.values(), *rows.new))

    def _pk_name(self, prefix: str) -> str:
        return self.shape.rows[prefix][0].model._meta.pk.name

    def take_choices(self, asked: Iterable[str]) -> set[str]:
        """Puts the other's value where the editor chose it. Returns the questions that were not answered."""
        unanswered = set()
        for key in asked:
            choice = self.data.get(f"{CHOICE}:{key}")
            if choice not in (MINE, THEIRS):
                unanswered.add(key)
            elif choice == THEIRS:
                self._take_theirs(key.split(":"))
        return unanswered

    def _take_theirs(self, path: list[str]) -> None:
        match path:
            case [name] if name in self.base.sent:
                self._put(name, self.base.sent[name])
            case [prefix, pk, *names] if pk in self.base.rows.get(prefix, {}):
                row = self.base.rows[prefix][pk]
                sent = self.sent_rows[prefix].by_id.get(pk)
                if sent is not None:
                    for name in names or row.sent:
                        if name in row.sent:
                            sent.put(name, row.sent[name])
                    if not names:
                        sent.put("DELETE", [])
                    self.sent_rows[prefix].write()

    def _put(self, name: str, values: Sent) -> None:
        if values:
            self.data.setlist(name, values)
        else:
            self.data.pop(name, None)

    def send(self, values: Values) -> None:
        """As if the form sent `values` of the record's own fields."""
        for name, sent in values.sent.items():
            self._put(name, sent)

    def merge(self, unanswered: set[str]) -> None:
        for name, before in self.now.facts.items():
            if (first := self.first.facts.get(name, "")) != before:
                label = capfirst(self.shape.page.model._meta.get_field(name).verbose_name)
                self._note(name, label, first, before, "", _("It stays so."))
        for name, theirs in self.now.sent.items():
            mine = _typed(self.data, name, self.shape.form.fields[name])
            field = self.shape.form.fields[name]
            three = self.base.sent.get(name, []), theirs, mine
            if self._field(name, _label(field, name), field, self.first.sent.get(name, []), three, name in unanswered):
                self._put(name, theirs)
        for prefix in self.shape.rows:
            self._rows(prefix, unanswered)

    def _field(
        self, key: str, label: str, field: forms.Field, first: Sent, three: tuple[Sent, Sent, Sent], unanswered: bool
    ) -> bool:
        """Notes the difference of one field. Returns whether the form takes the other's value over."""
        base, theirs, mine = three
        if _same(theirs, mine):
            return False
        changed, typed = not _same(base, theirs), not _same(base, mine)
        if not changed and not unanswered:
            return False
        asks = typed or unanswered
        before, saved, typed_words = (in_words(field, one) for one in (first, theirs, mine))
        outcome = "" if asks else _("Theirs stands in the form.")
        self._note(key, label, before, saved, typed_words, outcome, asks=asks)
        return not asks

    def _note(
        self, key: str, label: str, before: str, theirs: str, mine: str, outcome: str, asks: bool = False
    ) -> None:
        chosen = self.data.get(f"{CHOICE}:{key}", "") if asks else ""
        self.differences.append(Difference(key, str(label), before, theirs, mine, outcome, asks, chosen))

    def _rows(self, prefix: str, unanswered: set[str]) -> None:
        sent, form = self.sent_rows[prefix], self.shape.row_forms[prefix]
        base, now, first = (values.rows.get(prefix, {}) for values in (self.base, self.now, self.first))
        kind = capfirst(self.shape.rows[prefix][0].model._meta.verbose_name)
        # A row that was made again here and there is one.
        sent.by_id |= {pk: row for row in sent.new if (pk := row.first(self._pk_name(prefix))) in now}
        sent.new = [row for row in sent.new if row.first(self._pk_name(prefix)) not in now]
        kept: list[SentRow] = []
        for pk, theirs in now.items():
            name = f"{kind} “{theirs.words}”"
            row = sent.by_id.get(pk)
            if row is None:
                row = SentRow({self._pk_name(prefix): [pk], **theirs.sent})
                if pk not in base:
                    self._note(f"{prefix}:{pk}", name, "–", _("added"), "–", _("It stands in the form."))
            elif row.deleted:
                changed = pk in base and base[pk].sent != theirs.sent
                if changed or f"{prefix}:{pk}" in unanswered:
                    before, saved = (_row_words(form, one.sent) for one in (first.get(pk, theirs), theirs))
                    self._note(f"{prefix}:{pk}", name, before, saved, _("taken away"), "", asks=True)
            else:
                for field_name, value in theirs.sent.items():
                    field, key = form.fields[field_name], f"{prefix}:{pk}:{field_name}"
                    three = (
                        base.get(pk, theirs).sent.get(field_name, []), value, _typed(row.as_data(), field_name, field),
                    )  # fmt: skip
                    first_sent = first.get(pk, theirs).sent.get(field_name, [])
                    label = f"{name}: {_label(field, field_name)}"
                    if self._field(key, label, field, first_sent, three, key in unanswered):
                        row.put(field_name, value)
            kept.append(row)
        new = list(sent.new)
        for pk, row in sent.by_id.items():
            if pk in now or row.deleted:
                continue
            was = base.get(pk)
            untouched = was is not None and all(
                _same(value, _typed(row.as_data(), name, form.fields[name])) for name, value in was.sent.items()
            )
            name = f"{kind} “{was.words if was else f'#{pk}'}”"
            if untouched:
                self._note(f"{prefix}:{pk}", name, _("there"), _("taken away"), _("unchanged"), _("It is gone."))
            else:
                mine = _row_words(form, {n: _typed(row.as_data(), n, form.fields[n]) for n in form.fields})
                self._note(
                    f"{prefix}:{pk}",
                    name,
                    _("there"),
                    _("taken away"),
                    mine,
                    _("Yours stands in the form: saving makes it again."),
                )
                # Its id makes it again as itself.
                new.append(row)
        sent.by_id = {row.first(self._pk_name(prefix)): row for row in kept}
        sent.new = new
        sent.write()


def _row_words(form: forms.BaseForm, sent: dict[str, Sent]) -> str:
    return "; ".join(
        f"{_label(form.fields[name], name)}: {in_words(form.fields[name], values)}"
        for name, values in sent.items()
        if values
    )


def _label(field: forms.Field, name: str) -> str:
    return str(field.label or name)


class SentRow:
    """What a page sent for one row, by the names of its fields."""

    def __init__(self, values: dict[str, Sent]) -> None:
        self.values = values

    @property
    def deleted(self) -> bool:
        return bool(self.first("DELETE"))

    def first(self, name: str) -> str:
        return next(iter(self.values.get(name, [])), "")

    def put(self, name: str, values: Sent) -> None:
        self.values[name] = values

    def as_data(self) -> QueryDict:
        data = QueryDict(mutable=True)
        for name, values in self.values.items():
            data.setlist(name, values)
        return data


class SentRows:
    """The rows of one prefix in what a page sent: those of the record by id, and new ones."""

    def __init__(self, data: QueryDict, prefix: str, pk_name: str) -> None:
        self.data, self.prefix = data, prefix
        self.by_id: dict[str, SentRow] = {}
        self.new: list[SentRow] = []
        initial = self._number("INITIAL_FORMS")
        for number, values in sorted(self._numbered()):
            row = SentRow(values)
            pk = row.first(pk_name)
            if number < initial and pk:
                self.by_id[pk] = row
            else:
                self.new.append(row)

    def _number(self, name: str) -> int:
        text = self.data.get(f"{self.prefix}-{name}", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0

    def _keys(self) -> Iterator[tuple[str, int, str]]:
        for key in self.data:
            if key.startswith(f"{self.prefix}-"):
                number, _dash, name = key.removeprefix(f"{self.prefix}-").partition("-")
                if name and number.isascii() and number.isdigit() and len(number) < 6:
                    yield key, int(number), name

    def _numbered(self) -> Iterator[tuple[int, dict[str, Sent]]]:
        rows: dict[int, dict[str, Sent]] = {number: {} for number in range(min(self._number("TOTAL_FORMS"), 1000))}
        for key, number, name in self._keys():
            if number in rows:
                rows[number][name] = self.data.getlist(key)
        yield from rows.items()

    def write(self) -> None:
        """Puts the rows, as they are now, in what the page sent."""
        for key, _number, _name in list(self._keys()):
            del self.data[key]
        rows = [*self.by_id.values(), *self.new]
        for number, row in enumerate(rows):
            for name, values in row.values.items():
                if values:
                    self.data.setlist(f"{self.prefix}-{number}-{name}", values)
        self.data[f"{self.prefix}-INITIAL_FORMS"] = str(len(self.by_id))
        self.data[f"{self.prefix}-TOTAL_FORMS"] = str(len(rows))


def typed_in_words(shape: Shape, data: QueryDict) -> list[tuple[str, str]]:
    """All that an editor typed, with labels: for a form that cannot be shown again."""
    found = [
        (_label(field, name), in_words(field, _typed(data, name, field))) for name, field in shape.form.fields.items()
        if data.get(name)
    ]  # fmt: skip
    for prefix, form in shape.row_forms.items():
        model = shape.rows[prefix][0].model._meta
        sent = SentRows(data, prefix, model.pk.name)
        for row in [*sent.by_id.values(), *sent.new]:
            typed = {name: _typed(row.as_data(), name, field) for name, field in form.fields.items()}
            if any(typed.values()):
                found.append((str(capfirst(model.verbose_name)), _row_words(form, typed)))
    return found
