"""`manage.py check_links`: looks whether the addresses of sources still answer (docs/tips-and-links.md). For cron."""

import time
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import chain, zip_longest
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from events import limits, publishing
from events.links import Checker, Outcome, Web, archived_copy
from events.links.web import NoAnswer, NotPublic
from events.models import LinkCheck, Source
from events.models.choices import LinkStatus
from events.models.source import is_web_address
from events.text import plain

NAME = "LayoffWatch-links"
# What fails is looked at again sooner: after three looks over a week it is called dead.
AGAIN = timedelta(days=2)
# Where so many hosts fail and none answers, the fault is ours.
HOSTS = 3


class Command(BaseCommand):
    help = (
        "Looks whether the addresses of sources still answer, those not looked at for longest first, and notes it. "
        "With --archived it asks the archive of LINK_ARCHIVE_API for copies of sources that have none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, default=500, metavar="N", help="at most so many sources (500)")
        parser.add_argument("--older-than", type=int, default=7, metavar="DAYS", help="not looked at for so long (7)")
        parser.add_argument("--minutes", type=int, default=60, metavar="N", help="stop after so long (60)")
        parser.add_argument("--archived", action="store_true", help="record archived copies instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if min(options["limit"], options["minutes"]) < 1 or options["older_than"] < 0:
            raise CommandError("--limit and --minutes begin with 1, --older-than with 0.")
        # The one command that runs each day whatever readers do.
        limits.forget_past_hours()
        ends = time.monotonic() + 60 * options["minutes"]
        web = Web(agent_words())
        if options["archived"]:
            api = settings.LINK_ARCHIVE_API
            if "{url}" not in api:
                raise CommandError("LINK_ARCHIVE_API names no archive: set its address, with {url} in it.")
            found, asked = record_copies(without_copy(options["limit"]), web, api, ends)
            self.stdout.write(f"{asked} asked for, {found} archived copies recorded.")
            return
        counts = look_at(due(timedelta(days=options["older_than"]), options["limit"]), Checker(web, NAME), ends)
        said = ", ".join(f"{status} {counts[status]}" for status in LinkStatus if counts[status])
        left = f"; left for the next run: {counts['left']}" if counts["left"] else ""
        self.stdout.write(f"{counts.total() - counts['left']} links looked at{': ' if said else ''}{said}{left}.")


def agent_words() -> str:
    """How we name ourselves, with where we are reached if the settings say it."""
    contact = settings.CONTACT_URL or (f"mailto:{settings.CONTACT_EMAIL}" if settings.CONTACT_EMAIL else "")
    return f"{NAME}/1.0 (+{contact})" if contact else f"{NAME}/1.0"


def due(older_than: timedelta, limit: int) -> list[Source]:
    """Sources to look at now, those never or longest not looked at first, hosts by turns."""
    now = timezone.now()
    last = LinkCheck.objects.filter(source=OuterRef("pk")).order_by("-id")
    sources = Source.objects.exclude(url="").annotate(
        last_at=Subquery(last.values("checked_at")[:1]),
        last_status=Subquery(last.values("status")[:1]),
        last_url=Subquery(last.values("url")[:1]),
    )
    is_due = (
        Q(last_at=None)
        | Q(last_at__lte=now - older_than)
        | Q(last_status=LinkStatus.FAILING, last_at__lte=now - min(AGAIN, older_than))
        | ~Q(last_url=F("url"))
    )
    return by_turns(sources.filter(is_due).order_by(F("last_at").asc(nulls_first=True), "pk")[:limit])


def by_turns(sources: Iterable[Source]) -> list[Source]:
    """One of each host, then the next of each: nobody is asked twice while others wait."""
    by_host: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        by_host[urlsplit(source.url).netloc].append(source)
    return [source for source in chain.from_iterable(zip_longest(*by_host.values())) if source is not None]


def look_at(sources: Iterable[Source], checker: Checker, ends: float) -> Counter[str]:
    """Looks at each of `sources` until `ends` (of the monotonic clock); how many answered what, and were left.

    What fails is noted once anybody has answered. Raises CommandError, with nothing of it noted, where several hosts
    were asked and none answers: then it is this machine that has no way out.
    """
    counts: Counter[str] = Counter()
    failed: list[tuple[Source, Outcome]] = []
    has_answered = False
    for source in sources:
        if time.monotonic() >= ends or checker.is_tired_of_us(source.url):
            counts["left"] += 1
            continue
        outcome = checker.check(source.url)
        if outcome.status == LinkStatus.FAILING:
            failed.append((source, outcome))
            continue
        has_answered = has_answered or outcome.status != LinkStatus.REFUSED
        counts[outcome.status] += note(source, outcome)
    if not has_answered and len({urlsplit(source.url).netloc for source, _outcome in failed}) >= HOSTS:
        raise CommandError(f"Nobody answers, the first because of: {failed[0][1].why} Nothing of it was noted.")
    for source, outcome in failed:
        counts[outcome.status] += note(source, outcome)
    return +counts


@transaction.atomic
def note(source: Source, outcome: Outcome) -> bool:
    """Writes down what the address answered, for the desk and for readers; not if it was changed or deleted
    meanwhile."""
    now = Source.objects.select_for_update().filter(pk=source.pk, url=source.url).first()
    if now is None:
        return False
    LinkCheck.note(
        now,
        timezone.now(),
        status=outcome.status,
        http_status=outcome.http_status,
        final_url=outcome.final_url,
        milliseconds=outcome.milliseconds,
        why=plain(outcome.why)[:200],
    )
    publishing.link_checked(now)
    return True


def without_copy(limit: int) -> QuerySet[Source]:
    """Sources without an archived copy, dead ones first."""
    last = LinkCheck.objects.filter(source=OuterRef("pk"), status__in=["missing", "gone", "failing"]).order_by("-id")
    broken = ExpressionWrapper(Subquery(last.values("since")[:1]), output_field=DateTimeField())
    sources = Source.objects.filter(archived_url="").exclude(url="").annotate(broken=broken)
    return sources.order_by(F("broken").asc(nulls_last=True), "pk")[:limit]


def record_copies(sources: Iterable[Source], web: Web, api: str, ends: float, pause: float = 1.0) -> tuple[int, int]:
    """Asks the archive for a copy of each of `sources`; how many it has, and how many were asked for."""
    found = asked = 0
    for source in sources:
        if time.monotonic() >= ends:
            break
        time.sleep(pause if asked else 0)
        asked += 1
        try:
            copy = archived_copy(web, api, source.url, source.published_on)
        except (NotPublic, NoAnswer) as error:
            raise CommandError(f"{error} {found} archived copies recorded before.") from error
        if copy and len(copy) <= 1000 and _is_web(copy):
            found += _record(source, copy)
    return found, asked


def _record(source: Source, copy: str) -> bool:
    with publishing.one_writer():
        now: Any = Source.objects.select_for_update().filter(pk=source.pk, url=source.url, archived_url="").first()
        if now is None:
            return False
        now.archived_url = copy
        now._change_reason = "check_links --archived"
        now.save()
        publishing.source_changed(now)
        return True


def _is_web(address: str) -> bool:
    try:
        is_web_address(address)
    except ValidationError:
        return False
    return True
