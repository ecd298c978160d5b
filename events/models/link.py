"""What the addresses of sources answered over time: one row for as long as the answer stays the same."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from events.models.choices import LinkStatus
from events.models.fields import one_of
from events.models.source import LONGEST_ADDRESS, Source, normalised_url

ANSWERED = (LinkStatus.OK, LinkStatus.MOVED)
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
    # By which another source or a pasted link is the same page; empty where the answer names no other.
    final_normalised = models.CharField(max_length=LONGEST_ADDRESS, blank=True, editable=False, db_index=True)
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.final_normalised = page_led_to(self.source.url_normalised, self.status, self.final_url)
        super().save(*args, **kwargs)

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


def page_led_to(own: str, status: str, final_url: str) -> str:
    """The page, as it is matched, that the address of a source turned out to be another address of; "" where it is
    none, or what the source itself is found by, `own`."""
    try:
        final = normalised_url(final_url)
        # Articles that were taken away lead to a site's front page: that is another page than theirs.
        known = status in ANSWERED and urlsplit(final).path and final != own
        # What is as long as can be kept was cut.
        known = known and len(final_url) < LONGEST_ADDRESS
    except ValueError:
        return ""
    return final if known and len(final) <= LONGEST_ADDRESS else ""


def sources_at(addresses: Iterable[str]) -> dict[str, Source]:
    """The source of each of `addresses` (which `normalised_url` wrote) that has one: the one of this address, else the
    one whose own address led there when it was last looked at, unless an editor said that it is a source of its own; of
    a merged source the one that it is the same as.

    At most some hundreds at a time: they are one question each to two indexes.
    """
    wanted = set(addresses)
    # Told that none is empty, the database looks into the index, which holds no empty ones.
    there = Source.objects.filter(url_normalised__in=wanted).exclude(url_normalised="").select_related("merged_into")
    found = {source.url_normalised: source for source in there}
    if missing := wanted - found.keys():
        looks = _leading().filter(final_normalised__in=missing).select_related("source__merged_into")
        for look in looks.order_by("id"):
            found[look.final_normalised] = look.source
    return {address: source.today for address, source in found.items()}


def source_at(url: str) -> Source | None:
    """The source of this link, however it is written. Raises ValueError for what is no address."""
    address = normalised_url(url)
    return sources_at([address]).get(address)


def leading_elsewhere() -> QuerySet[Source]:
    """Sources whose address led to that of another source, `same` (its number), when it was last looked at, unless an
    editor said otherwise."""
    looks = _leading().filter(final_normalised__gt="", source__merged_into=None)
    same = Source.objects.filter(url_normalised=OuterRef("final_normalised")).exclude(url_normalised="").order_by()
    same = same.exclude(merged_into=OuterRef("source"))
    looks = looks.annotate(same=Subquery(same.values("pk")[:1])).filter(same__isnull=False)
    leads = Subquery(looks.filter(source=OuterRef("pk")).values("same")[:1])
    return Source.objects.filter(pk__in=looks.values("source")).annotate(same=leads)


def _leading() -> QuerySet[LinkCheck]:
    """The last look at each source, where it was at the address that it has and the source may be another's page."""
    later = LinkCheck.objects.filter(source=OuterRef("source"), pk__gt=OuterRef("pk"))
    return LinkCheck.objects.filter(~Exists(later), url=F("source__url"), source__stands_alone=False)


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
