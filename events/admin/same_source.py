"""Two sources turn out to be one page: the one is merged into the other, and that can be taken back.

Citations follow. Page, address and history of the one that was merged stay: whoever pastes its link finds the other.
"""

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from events import publishing
from events.models import Citation, Source, bulk
from events.models.source import ITS_OWN, MERGED

CIRCLE = gettext_lazy("These sources would be the same as one another in a circle.")
MERGED_SINCE = gettext_lazy(
    "Its citations went along when “%(source)s” (%(pk)s) was merged into “%(other)s”. Take that back first."
)


def merge(source: Source, into: Source, user: Any) -> None:
    """Saves that `source` is the same page as `into`, which is merged into none. In a transaction."""
    before = source.merged_into
    source.merged_into = into
    source._change_reason = f"The same page as source {into.pk}"
    source._history_user = user  # type: ignore[attr-defined]  # simple_history reads these two
    source.save()
    follow(source, before, user)


def follow(source: Source, before: Source | None, user: Any) -> int:
    """After it was saved what `source` is merged into, in the same transaction: its citations go there; those that had
    gone to `before`, and stayed, come home. Returns how many editions were written."""
    if source.merged_into == before:
        return 0
    if before is not None:
        _move(_moved(source, before), source, _home(source.pk), user)
    if source.merged_into is not None:
        _move(source.citations.all(), source.merged_into, _reason(source), user)
    return sum(publishing.source_changed(each) for each in (source, source.merged_into) if each is not None)


def is_circle(source: Source, into: Source) -> bool:
    """Whether `source`, merged into `into`, would be merged into itself."""
    at: Source | None = into
    while at is not None and at.pk != source.pk:
        at = at.merged_into
    return at is not None


def citing_both(source: Source, into: Source) -> int:
    """How many records cite the one and the other. Merged, each shows one link twice: which of its two citations says
    nothing of its own is for an editor to say."""
    other = Q()
    for record in ("event", "note", "total", "headcount"):
        other |= Q(**{f"{record}__in": into.citations.filter(**{f"{record}__isnull": False}).values(record)})
    records = source.citations.filter(other).order_by().values("event", "note", "total", "headcount")
    return records.distinct().count()


def _reason(source: Source) -> str:
    return f"{MERGED}{source.pk}"


def _home(pk: int) -> str:
    return f"Source {pk}{ITS_OWN}"


def _moved(source: Source, into: Source) -> QuerySet[Citation]:
    """The citations that came from `source` and are still where they were put."""
    # Of each, the sources that it was at with why it went there. What was merged and taken back is as if it never was.
    ways: dict[int, list[tuple[int, str]]] = defaultdict(list)
    entries = Citation.history.filter(id__in=into.citations.values("pk")).order_by("history_date", "history_id")
    for pk, reason, source_id in entries.values_list("id", "history_change_reason", "source_id"):
        way, reason = ways[pk], reason or ""
        if way and reason == _home(source_id):
            way.pop()
        elif not way or source_id != way[-1][0] or reason.startswith(MERGED):
            way.append((source_id, reason))
    return into.citations.filter(
        pk__in=[pk for pk, way in ways.items() if way and way[-1] == (into.pk, _reason(source))]
    )


def _move(citations: QuerySet[Citation], to: Source, reason: str, user: Any) -> None:
    moved = list(citations)
    for citation in moved:
        citation.source = to
    bulk.update_with_history(moved, ["source"], reason[:100], user)
