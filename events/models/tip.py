"""Tips: what readers report, as they wrote it. Nothing here says who they are."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.models.choices import TipState
from events.models.company import Company
from events.models.event import LayoffEvent
from events.models.fields import one_of
from events.models.note import AiNote
from events.models.source import is_web_address


class Tip(models.Model):
    """A link with what a reader says of it; editors take it up or dismiss it.

    `reference` is the one that the sender was told: it comes from the form's seal, so that a form makes one tip.
    """

    reference = models.CharField(_("reference"), max_length=10, unique=True)
    link = models.URLField(_("link"), max_length=1000, validators=[is_web_address])
    link_normalised = models.CharField(max_length=1000, editable=False)
    company_words = models.CharField(_("company, as the reader writes it"), max_length=200, blank=True)
    date_words = models.CharField(_("date, as the reader writes it"), max_length=100, blank=True)
    people_words = models.CharField(_("people, as the reader writes it"), max_length=200, blank=True)
    note = models.TextField(_("what the reader says"), max_length=2000, blank=True)
    event = models.ForeignKey(
        LayoffEvent, models.SET_NULL, null=True, blank=True, related_name="tips", verbose_name=_("about the event")
    )
    ai_note = models.ForeignKey(
        AiNote, models.SET_NULL, null=True, blank=True, related_name="tips", verbose_name=_("about the AI note")
    )
    company = models.ForeignKey(
        Company, models.SET_NULL, null=True, blank=True, related_name="tips", verbose_name=_("about the company")
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now, db_index=True)
    state = models.CharField(_("state"), max_length=10, choices=TipState, default=TipState.NEW, db_index=True)
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handled by"),
    )
    became = models.ForeignKey(
        LayoffEvent, models.SET_NULL, null=True, blank=True, related_name="made_of_tips", verbose_name=_("became")
    )
    became_note = models.ForeignKey(
        AiNote,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="made_of_tips",
        verbose_name=_("became part of the AI note"),
    )

    class Meta:
        verbose_name = _("tip")
        ordering = ["-received_at", "-id"]
        constraints = [
            one_of("state", TipState),
            models.CheckConstraint(
                condition=Q(link__startswith="http://") | Q(link__startswith="https://"),
                name="tip_link_is_web",
                violation_error_message=_("A tip's link begins with http:// or https://."),
            ),
            models.CheckConstraint(
                condition=Q(state=TipState.NEW, handled_at__isnull=True)
                | (~Q(state=TipState.NEW) & Q(handled_at__isnull=False)),
                name="tip_handled_has_day",
                violation_error_message=_("A tip that was handled says when; a new one does not."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.link_normalised.removeprefix('https://')[:80]}"
