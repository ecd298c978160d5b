"""What the addresses of sources answered over time: one row for as long as the answer stays the same."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.choices import LinkStatus
from events.models.fields import one_of
from events.models.source import Source

BROKEN = (LinkStatus.MISSING, LinkStatus.GONE, LinkStatus.FAILING)
# What merely fails is called dead after so many checks over so long.
TIMES, OVER = 3, timedelta(days=7)


class LinkCheck(models.Model):
    """From `since` to `checked_at` the address answered the same, each of the `times` that it was asked.

    `url` is the address that was asked: a source whose address was put right begins anew.
    """

    source = models.ForeignKey(Source, models.CASCADE, related_name="link_checks", verbose_name=_("source"))
    url = models.URLField(_("address"), max_length=1000)
    status = models.CharField(_("status"), max_length=10, choices=LinkStatus)
    since = models.DateTimeField(_("since"))
    checked_at = models.DateTimeField(_("last checked at"), db_index=True)
    times = models.PositiveIntegerField(_("times"), default=1)
    http_status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    final_url = models.CharField(_("leads to"), max_length=1000, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("look at a link")
        verbose_name_plural = _("looks at links")
        ordering = ["source", "-id"]
        constraints = [
            one_of("status", LinkStatus),
            models.CheckConstraint(
                condition=models.Q(since__lte=models.F("checked_at")),
                name="linkcheck_since_lte_checked_at",
                violation_error_message=_("A link is checked for the last time after the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}, {self.checked_at:%Y-%m-%d}"

    @classmethod
    def note(cls, source: Source, moment: Any, **said: Any) -> "LinkCheck":
        """Writes down what the address of `source` answered: the last row goes on, or a new one begins."""
        last = cls.objects.filter(source=source).order_by("-id").first()
        # What fails, fails in many ways: those are one time of failing.
        is_same = last is not None and (last.url, last.status) == (source.url, said["status"])
        if is_same and said["status"] == LinkStatus.MOVED:
            is_same = last is not None and last.final_url == said["final_url"]
        if last is None or not is_same:
            return cls.objects.create(source=source, url=source.url, since=moment, checked_at=moment, **said)
        for name, value in said.items():
            setattr(last, name, value)
        last.checked_at, last.times = moment, last.times + 1
        last.save()
        return last


def dead_since(url: str, checks: Iterable[LinkCheck]) -> date | None:
    """The day from which `url` was not found any more; None where it answers, or merely fails since lately.

    `checks` are all of its source. A single 404 or 410 says so; other failures after three looks over a week.
    """
    broken: list[LinkCheck] = []
    for check in sorted(checks, key=lambda one: one.pk, reverse=True):
        if check.status not in BROKEN or check.url != url:
            break
        broken.append(check)
    if not broken:
        return None
    last, first = broken[0], broken[-1]
    fails = sum(check.times for check in broken) >= TIMES and last.checked_at - first.since >= OVER
    return first.since.date() if last.status != LinkStatus.FAILING or fails else None
