"""What the desk's forms share: dates as exact as they are known, figures in a source's words, rows checked together."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import construct_instance
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries
from simple_history.utils import get_history_manager_for_model

from events import dates
from events.admin.remembered import RowChoice, is_id
from events.models.choices import PeopleBasis, Precision, Qualifier
from events.wording import Reading, read_people

FIGURE = ("people_low", "people", "people_high")


class Refused(Exception):
    """A save that must not stand; `messages` are for an editor, by the form's field (None: the form as a whole)."""

    def __init__(self, messages: dict[str | None, list[str]]) -> None:
        super().__init__(str(messages))
        self.messages = messages


class DayInput(forms.DateInput):
    """A day as files write it, the same for every editor's language: 03/04 is two days, 2024-04-03 is one."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"placeholder": "2024-01-31", "size": "12", **(attrs or {})}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A whole day, written 2024-01-31."""

    widget = DayInput
    input_formats = ["%Y-%m-%d"]
    default_error_messages = {"invalid": gettext_lazy("Write the day as 2024-01-31: year, month, day.")}


class PartialDateField(forms.CharField):
    """A date as exactly as it is known, in one text: it cleans to the span of days that the text stands for.

    The form puts the span's first day in the model field of this name and its precision in NAME_precision.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "help_text", gettext_lazy("As exactly as it is known: 2024-01-31, 2024-01, 2024-Q1 or 2024.")
        )
        options.setdefault("widget", forms.TextInput(attrs={"size": "12", "placeholder": "2024-01-31"}))
        super().__init__(**options)

    def clean(self, value: Any) -> dates.Span | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return dates.read_date(text)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "").strip() != str(data or "").strip()


class DeskForm(forms.ModelForm):
    """A form of the desk: partial dates, messages beside the field they are about, refusals that came after saving."""

    # Set for each request by the admin page: what a save that was rolled back said (Refused.messages).
    refused: ClassVar[dict[str | None, list[str]]] = {}
    # Fields that follow from one in the form; the database's rules about them are told beside that one.
    derived: ClassVar[dict[str, str]] = {}
    # Whether words are left unread: an old version comes back as it was, not as its words would be read today.
    as_it_stands: ClassVar[bool] = False
    # Whether the form is shown again whatever it holds: its record's rules are not asked for.
    only_shown: ClassVar[bool] = False
    # Constraints that rows of one record keep together: RowsFormSet saves them in an order that these let through.
    together: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "change_reason" in self.refused and "change_reason" in self.fields:
            # It stands at the end of a long page.
            self.fields["change_reason"].widget.attrs["autofocus"] = True
        for name in self._partial_dates():
            if isinstance(day := self.initial.get(name), dates.date):
                self.initial[name] = dates.written(day, getattr(self.instance, f"{name}_precision"))
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.error_messages["invalid_choice"] = _(
                    "What stood here is gone, or not to be chosen: choose another, or take this away."
                )

    def _partial_dates(self) -> list[str]:
        return [name for name, field in self.fields.items() if isinstance(field, PartialDateField)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self._partial_dates():
            if name in cleaned:
                span = cleaned[name]
                cleaned[name] = span.first if span else None
                setattr(self.instance, f"{name}_precision", span.precision if span else Precision.DAY)
        for field, messages in self.refused.items():
            for message in messages:
                self.add_error(field if field in self.fields else None, message)
        return cleaned

    def clean_country(self) -> str:
        code = str(self.cleaned_data["country"]).strip().upper()
        if code and code not in countries:
            raise ValidationError(_("‘%s’ is no country's ISO code. Write two letters: US, DE, IN.") % code)
        return code

    def _told_at(self, constraint: models.BaseConstraint) -> str | None:
        """The form's field beside which a broken `constraint` is told."""
        name = constraint.name
        if "_lte_" in name:
            fields = [field for field in self.fields if f"_{field}_lte_" in name]
            return max(fields, key=len, default=None)
        for ending, field in (("_figure_form", "qualifier"), ("_figure_has_basis", "people_basis")):
            if name.endswith(ending):
                return field
        if name.endswith("_share_percent_0_to_100"):
            return "share_percent"
        fields = [self.derived[f] for f in getattr(constraint, "fields", ()) if f in self.derived]
        return fields[0] if fields else None

    def _post_clean(self) -> None:
        if self.only_shown:
            options = self._meta  # type: ignore[attr-defined]
            construct_instance(self, self.instance, options.fields, options.exclude)
            return
        # Django would ask for all constraints here, without the derived fields and with no word on where to tell them.
        self.instance.validate_constraints = lambda exclude=None: None  # type: ignore[method-assign]
        super()._post_clean()  # type: ignore[misc]
        del self.instance.validate_constraints
        self._validate_constraints()

    def _left_out(self) -> set[str]:
        return set(self._get_validation_exclusions()) - set(self.derived)  # type: ignore[attr-defined]

    def validate_unique(self) -> None:
        """As Django does, with the derived fields: Django leaves out what is not in the form."""
        try:
            self.instance.validate_unique(exclude=self._left_out())
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                field = self.derived.get(name, name)
                for one in errors:
                    self.add_error(field if field in self.fields else None, one)

    def _validate_constraints(self) -> None:
        """The database's rules, each told once, beside its field. What rows keep together their formset checks."""
        left_out = self._left_out()
        parent = {name for name, field in self.fields.items() if isinstance(field, forms.models.InlineForeignKeyField)}
        told: set[str] = set()
        checks_hold = self._checks_hold(left_out)
        for constraint in self.instance._meta.constraints:
            alone = isinstance(constraint, models.CheckConstraint)
            if alone and checks_hold:
                continue
            try:
                constraint.validate(
                    type(self.instance), self.instance, exclude=left_out if alone else left_out | parent
                )
            except ValidationError as error:
                field = self._told_at(constraint)
                for message in error.messages:
                    if message not in told:
                        told.add(message)
                        self.add_error(field if field in self.fields else None, message)

    def _checks_hold(self, left_out: set[str]) -> bool:
        """Whether all that the database checks of a row by itself holds: one question instead of one a rule."""
        conditions = [
            constraint.condition
            for constraint in self.instance._meta.constraints
            # One that speaks of a field that is left out cannot be asked yet.
            if isinstance(constraint, models.CheckConstraint)
            and isinstance(constraint.condition, models.Q)
            and not constraint.condition.referenced_base_fields & left_out
        ]
        if not conditions:
            return True
        every = models.CheckConstraint(condition=models.Q(*conditions), name="all_checks_of_a_row")
        try:
            every.validate(type(self.instance), self.instance, exclude=left_out)
        except ValidationError:
            return False
        return True


class PublicForm(DeskForm):
    """A form whose saving readers may see: it takes the reason, which the corrections log shows."""

    change_reason = forms.CharField(
        label=gettext_lazy("Why this changes; readers see it"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
    )


class ReadsWording:
    """A form of a figure of people: what the source wrote becomes the interval, unless the editor typed one."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()  # type: ignore[misc]
        if all(name in cleaned for name in (*FIGURE, "wording", "qualifier", "people_basis")):
            cleaned["wording"] = cleaned["wording"].strip()
            if not self.as_it_stands:  # type: ignore[attr-defined]
                self._read(cleaned)
        return cleaned

    def _read(self, cleaned: dict[str, Any]) -> None:
        changed = set(self.changed_data)  # type: ignore[attr-defined]
        typed = any(cleaned[name] is not None for name in FIGURE)
        before = read_people(self.initial.get("wording") or "")  # type: ignore[attr-defined]
        was_read = before is not None and self._is(before, self.initial)  # type: ignore[attr-defined]
        only_words = "wording" in changed and not changed & {*FIGURE, "qualifier"}
        if cleaned["wording"] and (not typed or only_words):
            reading = read_people(cleaned["wording"])
            if reading:
                self._take(reading, before if was_read else None, cleaned)
            elif not typed or was_read:
                self.add_error(  # type: ignore[attr-defined]
                    "wording",
                    _(
                        "“%s” cannot be read as a number of people. Write it like “about 1,000”, “more than 500”, "
                        "“200–300”, “several hundred” or “17%%”; or type the low, best or high figure beside it; or, "
                        "if the source gives no number, write “not disclosed” and put its words in a citation's quote."
                    )
                    % cleaned["wording"],
                )
        elif typed:
            self._complete(cleaned)
        elif not cleaned["wording"] and "qualifier" not in changed:
            cleaned["qualifier"], cleaned["people_basis"] = Qualifier.NONE, PeopleBasis.UNKNOWN

    @staticmethod
    def _is(reading: Reading, values: dict[str, Any]) -> bool:
        """Whether `values` hold the figures of `reading`."""
        return tuple(values.get(name) for name in FIGURE) == (reading.low, reading.best, reading.high)

    @staticmethod
    def _take(reading: Reading, before: Reading | None, cleaned: dict[str, Any]) -> None:
        """Puts `reading` in the form's values; a share only where none is, or where the earlier words had put one."""
        cleaned.update(zip(FIGURE, (reading.low, reading.best, reading.high), strict=True))
        cleaned["qualifier"], cleaned["people_basis"] = reading.qualifier, reading.basis
        if "share_percent" in cleaned:
            share = cleaned["share_percent"]
            if share is None or (before is not None and share == before.share_percent):
                cleaned["share_percent"] = reading.share_percent

    def _complete(self, cleaned: dict[str, Any]) -> None:
        """Adds to figures that an editor typed what follows from them: the qualifier from their form, the basis."""
        low, best, high = (cleaned[name] for name in FIGURE)
        if cleaned["qualifier"] == Qualifier.NONE:
            if best is not None and low is None and high is None:
                low = high = best
                cleaned["people_low"] = cleaned["people_high"] = best
            match (low is not None, best is not None, high is not None):
                case (True, True, True):
                    cleaned["qualifier"] = Qualifier.EXACT if low == best == high else Qualifier.ABOUT
                case (True, _, False):
                    cleaned["qualifier"], cleaned["people"] = Qualifier.AT_LEAST, best if best is not None else low
                case (True, False, True):
                    cleaned["qualifier"] = Qualifier.RANGE
                case (False, False, True):
                    cleaned["qualifier"] = Qualifier.UP_TO
        if cleaned["people_basis"] == PeopleBasis.UNKNOWN and cleaned["wording"]:
            reading = read_people(cleaned["wording"])
            stated = reading is not None and self._is(reading, cleaned)
            cleaned["people_basis"] = reading.basis if reading and stated else PeopleBasis.EDITORS_BOUND


class RowsFormSet(forms.BaseInlineFormSet):
    """Rows of a record that some constraints hold together ("one chosen figure", "one parent a day").

    Django asks the database about each row alone, as it was before the save: to move the mark from one row to
    another would be refused. Here the rows are checked among themselves, and saved in an order that the database
    lets through.

    A new row that sends the id of one that the record lost is that row, made again with what its form does not hold
    (where it came from in a file). An id that names no such row is passed over.
    """

    # What at most one row may be: message → the row's key, None when the row is not concerned.
    at_most_one: ClassVar[Sequence[tuple[str, Callable[[Any], Hashable]]]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.form.base_fields.items():
            if isinstance(field, RowChoice):
                column = self.model._meta.get_field(name).attname  # type: ignore[union-attr]
                field.remembered.want(getattr(row, column) for row in self.get_queryset())
                if self.is_bound:
                    numbers = range(self.total_form_count())
                    field.remembered.want(self.data.get(f"{self.add_prefix(n)}-{name}", "") for n in numbers)

    @cached_property
    def _lost(self) -> dict[str, models.Model]:
        """The rows of the record that were taken away and that new rows name, as they were last, by id."""
        model: Any = self.model
        name = model._meta.pk.name
        asked = {
            pk
            for number in range(self.initial_form_count(), self.total_form_count())
            if is_id(pk := self.data.get(f"{self.add_prefix(number)}-{name}", ""))
        }
        if not asked or self.instance.pk is None:
            return {}
        asked -= {str(pk) for pk in model._base_manager.filter(pk__in=asked).values_list("pk", flat=True)}
        history = get_history_manager_for_model(model)
        entries = history.filter(id__in=asked, **{self.fk.attname: self.instance.pk}).order_by("history_id")
        rows = {str(entry.id): entry.instance for entry in entries}
        for row in rows.values():
            row._state.adding = True
        return rows

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        if self.is_bound and i >= self.initial_form_count():
            sent = self.data.get(f"{self.add_prefix(i)}-{self.model._meta.pk.name}", "")  # type: ignore[union-attr]
            if row := self._lost.get(sent):
                kwargs["instance"] = row
        return super()._construct_form(i, **kwargs)  # type: ignore[misc]  # the stubs know it not

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        name = self._pk_field.name
        if self.is_bound and (index is None or index >= self.initial_form_count()):
            form.fields[name] = forms.CharField(required=False, widget=forms.HiddenInput)
        elif self.is_bound:
            asked = {"required": False, "widget": forms.HiddenInput, "initial": form.instance.pk}
            known = RowChoice(self.get_queryset(), **asked)
            known.remembered.found = {str(row.pk): row for row in self.get_queryset()}
            form.fields[name] = known

    def rows(self) -> list[forms.ModelForm]:
        """The forms of the rows that will be there after saving, those with errors left out."""
        return [
            form
            for form in self.forms
            if not (self.can_delete and self._should_delete_form(form))
            and not form.errors
            and (form.instance.pk or form.has_changed())
        ]

    def clean(self) -> None:
        super().clean()
        rows = self.rows()
        for message, key in self.at_most_one:
            seen: set[Hashable] = set()
            for form in rows:
                value = key(form.instance)
                if value is None:
                    continue
                if value in seen:
                    form.add_error(None, message)
                seen.add(value)
        self.check_rows([form.instance for form in rows])

    def check_rows(self, rows: list[Any]) -> None:
        """Raises ValidationError when `rows` cannot stand beside one another."""

    def save_existing(self, form: forms.ModelForm, obj: models.Model, commit: bool = True) -> models.Model:
        if not commit:
            return super().save_existing(form, obj, commit=False)
        self._waiting.append(form)
        return form.instance

    def save_existing_objects(self, commit: bool = True) -> list[models.Model]:
        self._waiting: list[forms.ModelForm] = []
        saved = super().save_existing_objects(commit)
        while self._waiting:
            free = next((form for form in self._waiting if self._is_free(form.instance)), None)
            if free is None:
                raise Refused({None: [_("These rows change places with one another. Save it in two steps.")]})
            self._waiting.remove(free)
            free.save()
        return saved

    def _is_free(self, row: models.Model) -> bool:
        """Whether the database, as it stands at this point of the save, takes `row`."""
        for constraint in row._meta.constraints:
            if constraint.name in self.form.together:
                try:
                    constraint.validate(type(row), row)
                except ValidationError:
                    return False
        return True
