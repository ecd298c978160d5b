"""Layoff events as editors keep them, their units, reasons and relations."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.choices import (
    AiLink,
    Closure,
    Permanence,
    PlaceBasis,
    Precision,
    ReasonKind,
    RelationKind,
    Sector,
    Stage,
)
from events.models.company import Company
from events.models.fields import (
    PeopleFigure,
    Record,
    one_of,
    people_constraints,
    precision_field,
    share_constraint,
    snap_to_span,
)


class LayoffEvent(Record, PeopleFigure):
    """One cut, announced or reported, at one company on one date."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="events", verbose_name=_("company"))
    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("what needs saying"), blank=True)
    announced_on = models.DateField(_("announced on"))
    announced_on_precision = precision_field(_("known to the"))
    effective_on = models.DateField(_("effective on"), null=True, blank=True)
    effective_on_precision = precision_field(_("known to the"))
    share_percent = models.DecimalField(_("share, percent"), max_digits=6, decimal_places=3, null=True, blank=True)
    share_of = models.CharField(_("share of what"), max_length=200, blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.ANNOUNCED)
    permanence = models.CharField(_("permanence"), max_length=10, choices=Permanence, default=Permanence.UNKNOWN)
    closure = models.CharField(_("closes a site"), max_length=8, choices=Closure, default=Closure.UNKNOWN)
    ai_link = models.CharField(_("AI link"), max_length=10, choices=AiLink, default=AiLink.UNKNOWN)
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO code: US, DE, IN"))
    place = models.CharField(_("place"), max_length=200, blank=True, help_text=_("City, state or region"))
    place_basis = models.CharField(
        _("country and place are"), max_length=5, choices=PlaceBasis, default=PlaceBasis.SEAT
    )
    notes = models.ManyToManyField(
        "events.AiNote", blank=True, related_name="events", verbose_name=_("AI-investment notes beside it")
    )
    history = HistoricalRecords(m2m_fields=[notes])

    class Meta(Record.Meta):
        abstract = False
        verbose_name = _("layoff event")
        ordering = ["-announced_on", "-id"]
        constraints = [
            *Record.Meta.constraints,
            *people_constraints(),
            share_constraint(),
            one_of("stage", Stage),
            one_of("permanence", Permanence),
            one_of("closure", Closure),
            one_of("ai_link", AiLink),
            one_of("sector", Sector, blank=True),
            one_of("place_basis", PlaceBasis),
            one_of("announced_on_precision", Precision),
            one_of("effective_on_precision", Precision),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        if self.company_id:
            self.sector = self.sector or self.company.sector
            if not self.country and not self.place:
                self.country, self.place = self.company.country, self.company.place
                self.place_basis = PlaceBasis.SEAT

    def save(self, *args: Any, **kwargs: Any) -> None:
        snap_to_span(self, "announced_on", "effective_on")
        super().save(*args, **kwargs)


class Unit(PeopleFigure):
    """A named part of a company that a cut touches; it may carry its own figure."""

    event = models.ForeignKey(LayoffEvent, models.CASCADE, related_name="units", verbose_name=_("event"))
    name = models.CharField(_("unit"), max_length=200)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["id"]
        constraints = [
            *people_constraints(),
            models.UniqueConstraint(
                fields=["event", "name"],
                name="unit_once_an_event",
                violation_error_message=_("This unit is named twice."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Reason(models.Model):
    """Why the jobs go, as a source says."""

    event = models.ForeignKey(LayoffEvent, models.CASCADE, related_name="reasons", verbose_name=_("event"))
    kind = models.CharField(_("reason"), max_length=15, choices=ReasonKind)
    wording = models.CharField(_("in the source's words"), max_length=200, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["id"]
        constraints = [
            one_of("kind", ReasonKind),
            models.UniqueConstraint(
                fields=["event", "kind"],
                name="reason_once_an_event",
                violation_error_message=_("This reason is given twice."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


def circles(whole: Mapping[int, int], replaces: Mapping[int, int]) -> set[int]:
    """The events from which "part of" and "replaces" lead back to themselves: they could not be counted (rule 3).

    What replaces one another counts as one event: a replacement takes the whole and the parts of what it replaced.
    """
    found: set[int] = set()

    def first(event: int) -> int:
        """What `event` replaced at first."""
        seen = {event}
        while (event := replaces.get(event, event)) not in seen:
            seen.add(event)
        if event in replaces:
            found.update(seen)
        return event

    above: dict[int, set[int]] = defaultdict(set)
    members: dict[int, set[int]] = defaultdict(set)
    for event in {*whole, *whole.values(), *replaces}:
        members[first(event)].add(event)
    for event, other in whole.items():
        above[first(event)].add(first(other))
    for start in list(above):
        seen: set[int] = set()
        todo = set(above[start])
        while todo and start not in todo:
            seen |= todo
            todo = {at for one in todo for at in above.get(one, ())} - seen
        if start in todo:
            found |= members[start]
    return found


class Relation(models.Model):
    """What one event is to another: `event` "is part of" / "replaces" / "updates" / "is disputed by" `other`."""

    event = models.ForeignKey(LayoffEvent, models.CASCADE, related_name="relations", verbose_name=_("event"))
    kind = models.CharField(_("relation"), max_length=12, choices=RelationKind)
    other = models.ForeignKey(
        LayoffEvent, models.CASCADE, related_name="relations_to_it", verbose_name=_("other event")
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        ordering = ["id"]
        constraints = [
            one_of("kind", RelationKind),
            models.CheckConstraint(
                condition=~Q(event=F("other")),
                name="relation_not_to_itself",
                violation_error_message=_("An event has no relation to itself."),
            ),
            models.UniqueConstraint(
                fields=["event", "kind", "other"],
                name="relation_once",
                violation_error_message=_("This relation is given twice."),
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(kind=RelationKind.PART_OF),
                name="relation_one_whole",
                violation_error_message=_("An event is part of at most one other."),
            ),
            models.UniqueConstraint(
                fields=["event"],
                condition=Q(kind=RelationKind.REPLACES),
                name="relation_replaces_one",
                violation_error_message=_("An event replaces at most one other."),
            ),
            models.UniqueConstraint(
                fields=["other"],
                condition=Q(kind=RelationKind.REPLACES),
                name="relation_one_replacement",
                violation_error_message=_("At most one event replaces another."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.get_kind_display()} {self.other}"

    def clean(self) -> None:
        if not (self.event_id and self.other_id):
            return
        if self.kind == RelationKind.PART_OF and self.other.stage == Stage.SIGNALLED:
            raise ValidationError(_("A signal of more to come has no parts."))
        if self.kind in TREE_KINDS and self._closes_a_circle():
            raise ValidationError(_("“Is part of” and “replaces” must not lead back to the event itself."))

    def _closes_a_circle(self) -> bool:
        links: dict[str, dict[int, int]] = {RelationKind.PART_OF: {}, RelationKind.REPLACES: {}}
        seen: set[int] = set()
        todo = {self.event_id, self.other_id}
        while todo:
            seen |= todo
            rows = Relation.objects.filter(Q(event__in=todo) | Q(other__in=todo), kind__in=TREE_KINDS)
            found = list(rows.exclude(pk=self.pk).values_list("event_id", "kind", "other_id"))
            for event, kind, other in found:
                links[kind][event] = other
            todo = {end for event, _kind, other in found for end in (event, other)} - seen
        links[self.kind][self.event_id] = self.other_id
        return bool(circles(links[RelationKind.PART_OF], links[RelationKind.REPLACES]))


TREE_KINDS = (RelationKind.PART_OF, RelationKind.REPLACES)
