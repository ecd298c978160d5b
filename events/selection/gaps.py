"""What the record lacks today, measured: for the methodology page."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from events.counting import Total
from events.models.choices import AiLink, Precision, Tier
from events.models.edition import EventEdition, EventEditionTerm, NoteEdition, Term
from events.query import EventQuery
from events.selection.events import EventSelection
from events.selection.series import Bar


@dataclass(frozen=True)
class Share:
    """Some of the cuts, of `of`; `key` says which."""

    n: int
    of: int
    key: str = ""


@dataclass(frozen=True)
class Gaps:
    """Of the cuts that are public now, how many lack what; `by_tier` by the best of their sources' tiers, "" without
    any; `within` by how many days after its date each was recorded here, added up; `years` each year's total."""

    cuts: Total
    without_figure: Share
    imprecise: Share
    without_country: Share
    without_ai_link: Share
    without_reason: Share
    one_publisher: Share
    by_tier: list[Share]
    within: list[tuple[int, Share]]
    years: list[tuple[Bar, Share]]
    countries: list[Share]
    notes: int
    notes_without_money: int


# A cut is recorded within so many days.
WITHIN = (1, 7, 30, 365)
MOST_COUNTRIES = 5
MOST_YEARS = 10


def measured_gaps() -> Gaps:
    selection = EventSelection(EventQuery.from_string("counts_as=cut"))
    cuts, editions = selection.main, selection.editions.order_by()
    all_ = editions.count()
    counted = editions.aggregate(
        imprecise=Count("pk", filter=~Q(date_precision=Precision.DAY)),
        without_ai_link=Count("pk", filter=Q(ai_link=AiLink.UNKNOWN)),
        without_reason=Count("pk", filter=Q(reasons="")),
        **{f"within_{days}": Count("pk", filter=Q(days_late__lte=days)) for days in WITHIN},
    )
    by_country = dict(editions.values_list("country").annotate(n=Count("pk")))
    without_country = by_country.pop("", 0)
    largest = sorted(by_country.items(), key=lambda item: (-item[1], item[0]))[:MOST_COUNTRIES]
    years = selection.series_by_time("year").bars[-MOST_YEARS:]
    notes = NoteEdition.objects.known_on(None)
    priced = {"usd_low_millions": None, "usd_millions": None, "usd_high_millions": None}
    return Gaps(
        cuts=cuts,
        without_figure=Share(cuts.without_figure, cuts.events),
        imprecise=Share(counted["imprecise"], all_),
        without_country=Share(without_country, all_),
        without_ai_link=Share(counted["without_ai_link"], all_),
        without_reason=Share(counted["without_reason"], all_),
        one_publisher=Share(_of_one_publisher(editions), all_),
        by_tier=_by_best_tier(editions, all_),
        within=[(days, Share(counted[f"within_{days}"], all_)) for days in WITHIN],
        years=[(bar, Share(bar.total.without_figure, bar.total.events)) for bar in years if bar.total.events],
        countries=[Share(n, all_, country) for country, n in largest],
        notes=notes.count(),
        notes_without_money=notes.filter(**priced).count(),
    )


def _by_best_tier(editions: QuerySet[EventEdition], all_: int) -> list[Share]:
    """Cuts by the best tier among their sources, best first."""
    best = dict.fromkeys([*Tier.values, ""], 0)
    for tiers, n in editions.values_list("tiers").annotate(n=Count("pk")):
        there = tiers.split()
        best[next((tier for tier in Tier.values if tier in there), "")] += n
    return [Share(n, all_, str(tier)) for tier, n in best.items() if n]


def _of_one_publisher(editions: QuerySet[EventEdition]) -> int:
    """How many cuts rest on the word of a single publisher."""
    sources = EventEditionTerm.objects.filter(kind=Term.Kind.SOURCE, edition__in=editions.values("pk")).order_by()
    alone = sources.values("edition").annotate(n=Count("pk")).filter(n=1)
    return alone.count()
