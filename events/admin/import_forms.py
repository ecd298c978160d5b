"""The forms of an import: how a file is read, what the columns of an unknown one are, whom doubtful names mean."""

import hashlib
from contextlib import suppress
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.imports.layouts import FIELDS, LAYOUTS
from events.imports.layouts.days import Order
from events.imports.layouts.mapped import BadMap, Field, mapped_layout, parsed, said_of_all
from events.imports.matching import NEW, companies_named
from events.models import Company, ImportBatch

NAMES_A_PAGE = 50
SAME, OTHER = "same", "other"
ORDERS = frozenset(order.value for order in Order)


def _layout_choices() -> list[tuple[str, str]]:
    return [("", _("found by the header")), *((name, f"{name}: {each.about}") for name, each in LAYOUTS.items())]


class ReadForm(forms.Form):
    """How a file is to be read."""

    layout = forms.ChoiceField(label=gettext_lazy("Layout"), choices=_layout_choices, required=False)
    mapping = forms.CharField(
        label=gettext_lazy("Columns of an unknown file"),
        help_text=gettext_lazy("One a line: COLUMN=field. Without it the next page shows the columns and asks."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 40}),
    )
    publish = forms.BooleanField(label=gettext_lazy("Publish the events, likely duplicates excepted"), required=False)

    def clean_mapping(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["mapping"].splitlines() if line.strip()]


class UploadForm(ReadForm):
    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)
    field_order = ("file", "layout", "mapping", "publish")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(
                _("The file has %(size)s MB; at most %(most)s MB are read. Split it.")
                % {"size": f"{file.size / 1e6:,.1f}", "most": f"{settings.IMPORT_MAX_BYTES / 1e6:,.1f}"}
            )
        return file


class ConfirmForm(forms.Form):
    set_aside = forms.BooleanField(required=False)


class TakeBackForm(forms.Form):
    except_edited = forms.BooleanField(required=False)


# ── Columns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class ColumnRow(NamedTuple):
    """A column of the file as the form shows it; one that names people has no field."""

    name: str
    samples: list[str]
    why_open: str
    field: forms.BoundField | None
    order: forms.BoundField | None


def _field_choices() -> list[tuple[str, str]]:
    found = [("", _("– not read –"))]
    for field in FIELDS.values():
        needed = _(" (needed)") if field.required else ""
        found.append((field.name, f"{field.name}{needed}: {field.meaning}"))
        found += [
            (f"{field.name}:{option}", f"{field.name}:{option}") for option in field.options if option not in ORDERS
        ]
    return found


def _choices_of(field: Field, said: str) -> list[tuple[str, Any]]:
    """What may be said of all rows; what was `said` in other words stays as it was: rows are told apart by them too."""
    meant = ""
    if said:
        with suppress(BadMap):
            meant = str(said_of_all(field, said))
    values = field.choices() if field.choices else ()
    return [("", _("– nothing –")), *((said if value == meant else value, words) for value, words in values)]


def _order_choices() -> list[tuple[str, str]]:
    return [("", _("– as its days show –")), *((order.value, order.words) for order in Order)]


class ColumnsForm(forms.Form):
    """What each column of an unknown file is; checked by what reads `--map`. The words are in `mapping`."""

    def __init__(self, *args: Any, batch: ImportBatch, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.seen: list[dict[str, Any]] = batch.seen
        self.mapping: list[str] = []
        said, of_all = _said(batch.mapping)
        for place, column in enumerate(self.seen):
            if not column["name"] or column["contacts"]:
                continue
            name, order = said.get(column["name"], ("", ""))
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=_("What ‘%s’ is") % column["name"], choices=_field_choices, required=False, initial=name
            )
            if column["days_open"] or order:
                self.fields[f"order_{place}"] = forms.ChoiceField(
                    label=_("Order of days in ‘%s’") % column["name"],
                    choices=_order_choices,
                    required=False,
                    initial=order,
                )
        for field in FIELDS.values():
            if field.choices:
                value = of_all.get(field.name, "")
                self.fields[f"all_{field.name}"] = forms.ChoiceField(
                    label=field.name,
                    help_text=field.meaning,
                    required=False,
                    choices=_choices_of(field, value),
                    initial=value,
                )

    def rows(self) -> list[ColumnRow]:
        """The columns in the file's order, for the page."""
        return [
            ColumnRow(
                name=column["name"],
                samples=column["samples"],
                why_open=column["days_open"],
                field=self[f"column_{place}"] if f"column_{place}" in self.fields else None,
                order=self[f"order_{place}"] if f"order_{place}" in self.fields else None,
            )
            for place, column in enumerate(self.seen)
            if column["name"]
        ]

    def of_all(self) -> list[forms.BoundField]:
        """The fields that may be said of all rows alike."""
        return [self[f"all_{field.name}"] for field in FIELDS.values() if field.choices]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        places = {column["name"]: f"column_{place}" for place, column in enumerate(self.seen)}
        for place, column in enumerate(self.seen):
            name, order = given.get(f"column_{place}", ""), given.get(f"order_{place}", "")
            if not name:
                continue
            has_order = FIELDS[name].options.keys() >= ORDERS if name in FIELDS else False
            if has_order and column["days_open"] and not order:
                self.add_error(f"column_{place}", _("Say the order of its days: %s.") % column["days_open"])
            self.mapping.append(f"{column['name']}={name}{f':{order}' if has_order and order else ''}")
        for field in FIELDS.values():
            if value := given.get(f"all_{field.name}", ""):
                self.mapping.append(f"={field.name}:{value}")
        try:
            mapped_layout([column["name"] for column in self.seen], self.mapping)
        except BadMap as bad:
            beside = places.get(bad.column) or (f"all_{bad.field}" if bad.field else None)
            self.add_error(beside if beside in self.fields else None, str(bad))
        return given


def _said(mapping: list[str]) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """What was said of each column (field, order of days), and of all rows; words that say nothing are left out."""
    columns: dict[str, tuple[str, str]] = {}
    of_all: dict[str, str] = {}
    for words in mapping:
        try:
            column, name, option = parsed(words)
        except BadMap:
            continue
        if not column:
            of_all[name] = option
        elif option in ORDERS:
            columns[column] = (name, option)
        else:
            columns[column] = (f"{name}:{option}" if option else name, "")
    return columns, of_all


# ── Names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class NameRow(NamedTuple):
    """A doubtful name as the form shows it."""

    name: str
    candidate: Company | None
    score: int
    answer: forms.BoundField
    other: forms.BoundField


class NamesForm(forms.Form):
    """Which company each doubtful name means; what is left open is asked again. `doubtful` has the answers."""

    def __init__(self, *args: Any, batch: ImportBatch, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_suffix = ""
        self.doubtful: list[dict[str, Any]] = [dict(each) for each in batch.doubtful]
        # Open ones first. A field is called by the name it asks for: another preview may ask for others meanwhile.
        shown = sorted(self.doubtful, key=lambda each: each["answer"] is not None)[:NAMES_A_PAGE]
        self.shown = {hashlib.sha256(each["name"].encode()).hexdigest()[:12]: each for each in shown}
        wanted = {each["candidate"] for each in shown} | {each["answer"] for each in shown}
        self.companies = Company.objects.in_bulk([pk for pk in wanted if isinstance(pk, int)])
        for key, each in self.shown.items():
            candidate = self.companies.get(each["candidate"])
            choices = [(SAME, _("the same as %s") % candidate)] if candidate else []
            choices += [(NEW, _("a new company")), (OTHER, _("another company:"))]
            answer, other = self._initial(each)
            self.fields[f"answer_{key}"] = forms.ChoiceField(
                label=each["name"], choices=choices, required=False, initial=answer, widget=forms.RadioSelect
            )
            self.fields[f"other_{key}"] = forms.CharField(
                label=_("Name or address of the company that ‘%s’ is") % each["name"],
                required=False,
                max_length=200,
                initial=other,
                widget=forms.TextInput(attrs={"autocomplete": "off", "list": "companies"}),
            )

    def _initial(self, doubt: dict[str, Any]) -> tuple[str, str]:
        answer = doubt["answer"]
        if answer in (None, NEW):
            return answer or "", ""
        if answer == doubt["candidate"]:
            return SAME, ""
        company = self.companies.get(answer)
        return (OTHER, company.slug) if company else ("", "")

    def rows(self) -> list[NameRow]:
        return [
            NameRow(
                name=each["name"],
                candidate=self.companies.get(each["candidate"]),
                score=each["score"],
                answer=self[f"answer_{key}"],
                other=self[f"other_{key}"],
            )
            for key, each in self.shown.items()
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for key, doubt in self.shown.items():
            other = given.get(f"other_{key}", "")
            # Whoever names another company need not say so twice.
            answer = given.get(f"answer_{key}", "") or (OTHER if other else "")
            if answer == SAME:
                doubt["answer"] = doubt["candidate"]
            elif answer == NEW:
                doubt["answer"] = NEW
            elif answer == OTHER:
                self._name(key, other)
        return given

    def _name(self, key: str, words: str) -> None:
        by_address = Company.objects.filter(slug=words, merged_into=None).first()
        found = [by_address] if by_address else companies_named(words)
        if len(found) == 1:
            self.shown[key]["answer"] = found[0].pk
        elif found:
            named = ", ".join(company.slug for company in found)
            self.add_error(f"other_{key}", _("Several companies are called so: write the address of one: %s.") % named)
        elif words:
            self.add_error(f"other_{key}", _("There is no company with the address or name ‘%s’.") % words[:60])
        else:
            self.add_error(f"other_{key}", _("Write the name or the address of the company."))
