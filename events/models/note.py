"""AI-investment notes as editors keep them: dated facts about AI, with roles and money."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.choices import NoteKind, PlanOrActual, Precision, Role
from events.models.company import Company
from events.models.fields import Record, figure_constraints, one_of, precision_field, snap_to_span


def _millions(label: Any) -> models.DecimalField:
    return models.DecimalField(label, max_digits=15, decimal_places=3, null=True, blank=True)


class AiNote(Record):
    """A dated fact about AI, about companies in roles or, naming none, about the sector.

    Money is in millions of `currency`, and of US dollars; it counts in a sum only with kind, period and plan/actual.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=NoteKind)
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("what needs saying"), blank=True)
    dated_on = models.DateField(_("dated"))
    dated_on_precision = precision_field(_("known to the"))
    amount_wording = models.CharField(_("amount in the source's words"), max_length=200, blank=True)
    amount_low_millions = _millions(_("low, millions"))
    amount_millions = _millions(_("best, millions"))
    amount_high_millions = _millions(_("high, millions"))
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("ISO code: USD, EUR"))
    amount_usd_low_millions = _millions(_("low, millions of US dollars"))
    amount_usd_millions = _millions(_("best, millions of US dollars"))
    amount_usd_high_millions = _millions(_("high, millions of US dollars"))
    usd_rate = models.DecimalField(_("US dollars for one unit"), max_digits=14, decimal_places=6, null=True, blank=True)
    usd_rate_on = models.DateField(_("rate of"), null=True, blank=True)
    plan_or_actual = models.CharField(
        _("plan or actual"), max_length=7, choices=PlanOrActual, default=PlanOrActual.UNKNOWN
    )
    period_from = models.DateField(_("period from"), null=True, blank=True)
    period_until = models.DateField(_("period until"), null=True, blank=True)
    updates = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="updated_by",
        verbose_name=_("updates"),
        help_text=_("The plan that this actual, or later plan, takes the place of."),
    )
    history = HistoricalRecords()

    class Meta(Record.Meta):
        abstract = False
        verbose_name = _("AI-investment note")
        ordering = ["-dated_on", "-id"]
        constraints = [
            *Record.Meta.constraints,
            one_of("kind", NoteKind),
            one_of("plan_or_actual", PlanOrActual),
            one_of("dated_on_precision", Precision),
            *figure_constraints("amount_low_millions", "amount_millions", "amount_high_millions"),
            *figure_constraints("amount_usd_low_millions", "amount_usd_millions", "amount_usd_high_millions"),
            models.CheckConstraint(
                condition=Q(
                    amount_low_millions__isnull=True, amount_millions__isnull=True, amount_high_millions__isnull=True
                )
                | ~Q(currency=""),
                name="ainote_money_has_currency",
                violation_error_message=_("Money needs a currency."),
            ),
            models.CheckConstraint(
                condition=Q(period_from__isnull=True, period_until__isnull=True)
                | Q(period_from__isnull=False, period_until__isnull=False, period_from__lte=F("period_until")),
                name="ainote_period_in_order",
                violation_error_message=_("A period needs both days, in order."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        seen, note = {self.pk}, self.updates
        while note is not None:
            if note.pk in seen:
                raise ValidationError({"updates": _("Notes must not update one another in a circle.")})
            seen.add(note.pk)
            note = note.updates

    def save(self, *args: Any, **kwargs: Any) -> None:
        snap_to_span(self, "dated_on")
        super().save(*args, **kwargs)


class NoteCompany(models.Model):
    """A company's role in a note."""

    note = models.ForeignKey(AiNote, models.CASCADE, related_name="companies", verbose_name=_("note"))
    company = models.ForeignKey(Company, models.PROTECT, related_name="notes", verbose_name=_("company"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("company in a role")
        verbose_name_plural = _("companies in roles")
        ordering = ["id"]
        constraints = [
            one_of("role", Role),
            models.UniqueConstraint(
                fields=["note", "company", "role"],
                name="notecompany_once",
                violation_error_message=_("This company has this role already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.get_role_display()}"
