"""Events that look like one, two by two: what speaks for it, and what an editor says."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.choices import Pairing, RelationKind, State, Verdict
from events.models.event import LayoffEvent, Relation
from events.models.fields import one_of

GONE = (State.REJECTED, State.WITHDRAWN)


class PairQuerySet(models.QuerySet["DuplicatePair"]):
    def open(self) -> "PairQuerySet":
        """Those that wait for an answer: nobody decided, neither event is gone, and no relation ties the two."""
        tied = Relation.objects.filter(
            Q(event=OuterRef("low"), other=OuterRef("high")) | Q(event=OuterRef("high"), other=OuterRef("low"))
        )
        replaced = Relation.objects.filter(kind=RelationKind.REPLACES, event__state=State.PUBLISHED)
        return (
            self.filter(decision="")
            .exclude(low__state__in=GONE)
            .exclude(high__state__in=GONE)
            .filter(
                ~Exists(tied),
                ~Exists(replaced.filter(other=OuterRef("low"))),
                ~Exists(replaced.filter(other=OuterRef("high"))),
            )
        )

    def of(self, *event_ids: int) -> "PairQuerySet":
        """Those that have one of these events."""
        return self.filter(Q(low__in=event_ids) | Q(high__in=event_ids))


class DuplicatePair(models.Model):
    """Two events that may be one. events/duplicates/ finds open pairs and forgets them; what is decided stays."""

    low = models.ForeignKey(
        LayoffEvent, models.CASCADE, related_name="pairs_as_low", verbose_name=_("the one entered first")
    )
    high = models.ForeignKey(LayoffEvent, models.CASCADE, related_name="pairs_as_high", verbose_name=_("the other one"))
    pairing = models.CharField(_("compared as"), max_length=10, choices=Pairing)
    score = models.PositiveSmallIntegerField(_("score"), help_text=_("0 to 100"))
    features = models.JSONField(
        editable=False, help_text=_("What the score is made of (events/duplicates/scoring.py).")
    )
    asked = models.BooleanField(_("was shown before publishing"), default=False, editable=False)
    decision = models.CharField(_("answer"), max_length=10, choices=Verdict, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    decided_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    done = models.JSONField(editable=False, default=dict, help_text=_("What the answer changed, to take it back."))
    history = HistoricalRecords()

    objects = PairQuerySet.as_manager()

    class Meta:
        verbose_name = _("likely duplicate")
        ordering = ["-score", "-id"]
        indexes = [models.Index(fields=["decision", "-score", "-id"], name="pair_queue")]
        constraints = [
            one_of("decision", Verdict, blank=True),
            one_of("pairing", Pairing),
            models.UniqueConstraint(
                fields=["low", "high"],
                name="pair_once",
                violation_error_message=_("These two events are a pair already."),
            ),
            models.CheckConstraint(
                condition=Q(low__lt=F("high")),
                name="pair_low_before_high",
                violation_error_message=_("A pair names the event with the lower number first, and no event twice."),
            ),
            models.CheckConstraint(
                condition=Q(score__lte=100),
                name="pair_score_to_100",
                violation_error_message=_("A score is from 0 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True) | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="pair_decided_when",
                violation_error_message=_("An answer has a moment, and only an answer has."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.low} / {self.high}"

    def beside(self, event_id: int) -> LayoffEvent:
        """The event that stands beside that of `event_id`."""
        return self.high if self.low_id == event_id else self.low
