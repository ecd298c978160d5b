"""AI-investment notes, with their companies in roles and their citations."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.forms import DeskForm, PartialDateField, PublicForm, RowsFormSet
from events.admin.from_tip import TakesTips
from events.admin.needs import NeedsFilter
from events.admin.publishing_actions import DeskInline, PartAdmin
from events.admin.source import NoteCitationInline, written
from events.models import AiNote, Citation, LayoffEvent, NoteCompany
from events.models.choices import State
from events.money_words import MoneyReading, read_money
from events.publishing import Publishable

AMOUNT = ("amount_low_millions", "amount_millions", "amount_high_millions")
IN_DOLLARS = ("amount_usd_low_millions", "amount_usd_millions", "amount_usd_high_millions")


class NoteForm(PublicForm):
    """A note: what a source wrote of money becomes figures unless the editor typed them, and US dollars by the rate."""

    dated_on = PartialDateField(label=gettext_lazy("Dated"))

    class Meta:
        model = AiNote
        fields = (
            "kind", "title", "summary", "dated_on", "amount_wording", "amount_low_millions", "amount_millions",
            "amount_high_millions", "currency", "amount_usd_low_millions", "amount_usd_millions",
            "amount_usd_high_millions", "usd_rate", "usd_rate_on", "plan_or_actual", "period_from", "period_until",
            "updates",
        )  # fmt: skip
        widgets = {
            "title": forms.TextInput(attrs={"size": 80}),
            "summary": forms.Textarea(attrs={"rows": 4, "cols": 80}),
        }

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].strip().upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        asked = ("amount_wording", "currency", "usd_rate", *AMOUNT, *IN_DOLLARS)
        if not self.as_it_stands and all(name in cleaned for name in asked):
            self._read_amount(cleaned)
            self._count_dollars(cleaned)
        return cleaned

    def _read_amount(self, cleaned: dict[str, Any]) -> None:
        changed = set(self.changed_data)
        typed = any(cleaned[name] is not None for name in AMOUNT)
        only_words = "amount_wording" in changed and not changed & {*AMOUNT}
        before = read_money(self.initial.get("amount_wording") or "")
        was_read = before is not None and amount_of(before) == tuple(self.initial.get(name) for name in AMOUNT)
        if not cleaned["amount_wording"] or (typed and not (only_words and was_read)):
            return
        reading = read_money(cleaned["amount_wording"])
        if reading:
            cleaned.update(zip(AMOUNT, amount_of(reading), strict=True))
            cleaned["currency"] = reading.currency or cleaned["currency"]
        elif was_read or any(letter.isdigit() for letter in cleaned["amount_wording"]):
            self.add_error(
                "amount_wording",
                _(
                    "“%s” cannot be read as an amount. Write it like “$60–65 billion”, “up to €2bn”, “more than $500 "
                    "million”; or type the low, best or high figure in millions beside it."
                )
                % cleaned["amount_wording"],
            )

    def _count_dollars(self, cleaned: dict[str, Any]) -> None:
        """US dollars follow from the amount and the rate, unless the editor types them."""
        changed = set(self.changed_data)
        if changed & {*IN_DOLLARS}:
            return
        rate = Decimal(1) if cleaned["currency"] == "USD" else cleaned["usd_rate"]
        asked = (*AMOUNT, "currency", "usd_rate")
        follows = self.instance.pk is None or any(cleaned[name] != self.initial.get(name) for name in asked)
        if rate is None or not follows:
            return
        for name, of in zip(IN_DOLLARS, AMOUNT, strict=True):
            amount = cleaned[of]
            cleaned[name] = None if amount is None else (amount * rate).quantize(Decimal("0.001"), ROUND_HALF_UP)


def amount_of(reading: MoneyReading) -> tuple[Decimal | None, ...]:
    """The figures of a reading in the order of AMOUNT."""
    return reading.low, reading.best, reading.high


class NoteCompanyForm(DeskForm):
    class Meta:
        model = NoteCompany
        fields = ("company", "role")


class NoteCompanyPartForm(PublicForm):
    class Meta(NoteCompanyForm.Meta):
        pass


class NoteCompanyInline(DeskInline, admin.TabularInline):
    model = NoteCompany
    form = NoteCompanyForm
    formset = RowsFormSet
    autocomplete_fields = ("company",)
    empty_rows = 1


@admin.register(AiNote)
class AiNoteAdmin(TakesTips):
    form = NoteForm
    tip_became = "became_note"
    fieldsets = (
        (None, {"fields": ("kind", "title", "dated_on", "summary", "updates")}),
        (
            gettext_lazy("Money"),
            {
                "fields": (
                    ("amount_wording", "currency"),
                    ("amount_low_millions", "amount_millions", "amount_high_millions"),
                    ("amount_usd_low_millions", "amount_usd_millions", "amount_usd_high_millions"),
                    ("usd_rate", "usd_rate_on"),
                    "plan_or_actual",
                    ("period_from", "period_until"),
                ),
                "description": gettext_lazy(
                    "Type the amount in the source's words; saving fills in the figures, and US dollars by the rate of "
                    "the day. Money counts in a sum only with a kind, a period and plan or actual."
                ),
            },
        ),
        (gettext_lazy("Record"), {"fields": (("state", "editions"), ("recorded_on", "origin"))}),
    )
    inlines = (NoteCompanyInline, NoteCitationInline)
    autocomplete_fields = ("updates",)
    readonly_fields = ("state", "editions", "recorded_on", "origin")
    parts = ((Citation, "note"), (NoteCompany, "note"))
    list_display = ("dated", "kind", "title", "money", "plan_or_actual", "cited", "state")
    list_display_links = ("title",)
    list_filter = (NeedsFilter, "state", "kind", "plan_or_actual", "currency", "origin")
    search_fields = ("title", "companies__company__search_text", "amount_wording")
    search_help_text = gettext_lazy("Title, company or the amount in the source's words")
    date_hierarchy = "dated_on"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AiNote]:
        return super().get_queryset(request).annotate(_cited=Exists(Citation.objects.filter(note=OuterRef("pk"))))

    @admin.display(description=gettext_lazy("dated"), ordering="dated_on")
    def dated(self, note: AiNote) -> str:
        return written(note, "dated_on")

    @admin.display(description=gettext_lazy("money"), ordering="amount_usd_millions")
    def money(self, note: AiNote) -> str:
        """The amount in the source's words, else its figures in millions."""
        if note.amount_wording:
            return note.amount_wording
        low, best, high = note.amount_low_millions, note.amount_millions, note.amount_high_millions
        figures = [best] if best is not None else [amount for amount in (low, high) if amount is not None]
        if not figures:
            return "–"
        return "–".join(f"{amount.normalize():,f}" for amount in figures) + f" m {note.currency}"

    @admin.display(description=gettext_lazy("cited"), boolean=True)
    def cited(self, note: AiNote) -> bool:
        return note._cited

    def touched_by(self, record: AiNote) -> Iterable[Publishable]:
        """What shows the note: events beside it, notes that update it."""
        if record.pk is None:
            return ()
        events = LayoffEvent.objects.filter(notes=record, state=State.PUBLISHED)
        return [*events, *AiNote.objects.filter(updates=record, state=State.PUBLISHED)]


@admin.register(NoteCompany)
class NoteCompanyAdmin(PartAdmin):
    form = NoteCompanyPartForm
    fields = ("note", "company", "role")
    fixed = ("note",)
    autocomplete_fields = ("company",)
    list_display = ("company", "role", "note")
    list_filter = ("role",)
    list_select_related = ("company", "note")
    search_fields = ("company__search_text", "note__title")

    def subject(self, obj: Any) -> AiNote:
        return obj.note
