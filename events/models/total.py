"""Figures that others publish, and companies' headcounts."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.choices import Precision, TotalCounts, TotalScope
from events.models.company import Company
from events.models.fields import PeopleFigure, Record, one_of, people_constraints, precision_field, snap_to_span


class PublishedTotal(Record, PeopleFigure):
    """A figure somebody else publishes.

    Its basis is scope, geography and what is counted: two that differ in any of them are never compared (rule 7).
    """

    publisher = models.CharField(_("publisher"), max_length=200)
    title = models.CharField(_("title"), max_length=300)
    definition = models.TextField(_("what it counts"))
    scope = models.CharField(_("scope"), max_length=15, choices=TotalScope)
    geography = models.CharField(_("geography"), max_length=100)
    counts = models.CharField(_("counts"), max_length=12, choices=TotalCounts)
    period_from = models.DateField(_("period from"))
    period_until = models.DateField(_("period until"))
    as_of = models.DateField(_("as of"))
    history = HistoricalRecords()

    class Meta(Record.Meta):
        abstract = False
        verbose_name = _("published total")
        ordering = ["-period_from", "publisher", "-as_of", "-id"]
        constraints = [
            *Record.Meta.constraints,
            *people_constraints(),
            one_of("scope", TotalScope),
            one_of("counts", TotalCounts),
            models.CheckConstraint(
                condition=Q(period_from__lte=F("period_until")),
                name="publishedtotal_period_in_order",
                violation_error_message=_("The period's first day must not lie after its last."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"


class Headcount(Record, PeopleFigure):
    """A company's employees on a day."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="headcounts", verbose_name=_("company"))
    counted_on = models.DateField(_("counted on"))
    counted_on_precision = precision_field(_("known to the"))
    history = HistoricalRecords()

    class Meta(Record.Meta):
        abstract = False
        verbose_name = _("headcount")
        ordering = ["-counted_on", "-id"]
        constraints = [
            *Record.Meta.constraints,
            *people_constraints(),
            one_of("counted_on_precision", Precision),
        ]

    def __str__(self) -> str:
        return f"{self.company}, {self.counted_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        snap_to_span(self, "counted_on")
        super().save(*args, **kwargs)
