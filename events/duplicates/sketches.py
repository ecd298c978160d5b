"""What of an event is compared with others: read for many events at a time, never one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet

from events import dates
from events.models import Citation, LayoffEvent, OwnershipTree, Unit
from events.models.choices import CountsAs, PlaceBasis, SourceKind, Stage
from events.publishing import counts_as_alone
from events.text import fold, words

CHUNK = 500
# A page that more events than this cite (a register, a list) tells nothing about two of them.
LINK_SAYS_SOMETHING = 10
# What the titles of imports are made of: shared by all of them.
_PLAIN = frozenset(
    (
        "a", "about", "and", "at", "by", "closing", "cut", "cuts", "files", "for", "from", "in", "its", "job", "jobs",
        "layoff", "layoffs", "least", "lay", "lays", "notice", "of", "off", "on", "site", "staff", "takes", "temporary",
        "the", "to", "up", "workers",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """When, whose and of which kind an event is: enough to know which others it is compared with at all."""

    pk: int
    company: int
    group: int
    first: date
    last: date
    counts_as: CountsAs
    is_filed: bool
    order: tuple[str, int]


@dataclass(frozen=True, slots=True)
class Sketch:
    """An event's facts as they are compared. `words` are its own: those of company, place and imports left out."""

    pk: int
    low: int | None
    best: int | None
    high: int | None
    share: Decimal | None
    effective: date | None
    country: str
    place: str
    place_is_of_jobs: bool
    permanence: str
    closure: str
    links: frozenset[int]
    units: frozenset[str]
    words: str

    @property
    def headline(self) -> int | None:
        return self.best if self.best is not None else self.low


def standings(events: QuerySet[LayoffEvent], owners: OwnershipTree) -> list[Standing]:
    """Where each of `events` stands. One query."""
    rows = events.values_list(
        "pk", "company_id", "announced_on", "announced_on_precision", "stage", "permanence", "place", "people_low"
    )
    found = []
    for pk, company, day, precision, stage, permanence, place, low in rows.order_by().iterator(chunk_size=2000):
        span = dates.span(day, precision)
        found.append(
            Standing(
                pk,
                owners.today_of(company),
                owners.topmost_through(company, span.first, span.last),
                span.first,
                span.last,
                counts_as_alone(stage, permanence),
                stage == Stage.FILED,
                (place, low or 0),
            )
        )
    return found


class Sketches:
    """Sketches by event, loaded some hundreds at a time: three queries for each CHUNK, one more for new sources."""

    def __init__(self) -> None:
        self._said: dict[int, bool] = {}

    def load(self, pks: Sequence[int]) -> dict[int, Sketch]:
        found: dict[int, Sketch] = {}
        for start in range(0, len(pks), CHUNK):
            found.update(self._load_some(pks[start : start + CHUNK]))
        return found

    def _load_some(self, pks: Sequence[int]) -> dict[int, Sketch]:
        links: dict[int, set[int]] = {}
        quotes: dict[int, list[str]] = {}
        cited = Citation.objects.filter(event__in=pks).order_by("pk")
        for event, source, kind, quote in cited.values_list("event_id", "source_id", "source__kind", "quote"):
            if kind != SourceKind.DATA_FILE:
                links.setdefault(event, set()).add(source)
            quotes.setdefault(event, []).append(quote)
        units: dict[int, set[str]] = {}
        for event, name in Unit.objects.filter(event__in=pks).values_list("event_id", "name"):
            units.setdefault(event, set()).add(fold(name))
        self._count({source for some in links.values() for source in some})
        rows = LayoffEvent.objects.filter(pk__in=pks).values_list(
            "pk", "people_low", "people", "people_high", "share_percent", "effective_on", "country", "place",
            "place_basis", "permanence", "closure", "title", "company__name",
        )  # fmt: skip
        found = {}
        for pk, low, best, high, share, effective, country, place, basis, permanence, closure, title, name in rows:
            found[pk] = Sketch(
                pk, low, best, high, share, effective, country, fold(place), basis == PlaceBasis.JOBS, permanence,
                closure,
                frozenset(source for source in links.get(pk, ()) if self._said[source]),
                frozenset(units.get(pk, ())),
                _own_words([title, *quotes.get(pk, ())], f"{name} {place}"),
            )  # fmt: skip
        return found

    def _count(self, sources: set[int]) -> None:
        """Which of `sources` are cited by so few events that citing one says something."""
        new = sorted(sources - self._said.keys())
        if not new:
            return
        # Each cited once at least: the citation that named it.
        counts = Citation.objects.filter(source__in=new, event__isnull=False).values("source").order_by()
        self._said.update(
            (row["source"], row["events"] <= LINK_SAYS_SOMETHING)
            for row in counts.annotate(events=Count("event", distinct=True))
        )


def _own_words(texts: Iterable[str], compared_apart: str) -> str:
    """The words of `texts` in which an event's telling is its own: no figures, neither company nor place (they are
    `compared_apart`), nothing of a template."""
    left_out = _PLAIN | set(words(compared_apart))
    found = (word for text in texts for word in words(text))
    return " ".join(dict.fromkeys(w for w in found if w not in left_out and not w.isdigit()))
