"""The table of open pairs: brought up to date after a save, an import, or for all events at once."""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from itertools import islice

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from events import dates
from events.duplicates.finding import near_pairs
from events.duplicates.scoring import LIKELY, Features, features, score
from events.duplicates.sketches import CHUNK, Sketches, standings
from events.models import DuplicatePair, LayoffEvent, OwnershipTree, Relation
from events.models.choices import Pairing, RelationKind, State
from events.models.duplicate import GONE

# So many pairs are compared before the sketches of their events are dropped: memory stays flat.
PAIRS_AT_A_TIME = 4 * CHUNK
# Of up to so many events the neighbourhood is asked for; of more, all events of their companies' families.
FEW = 50
EVENTS_AT_A_TIME = 4000
# What can be within WINDOW_DAYS of an event begins within these: a date may stand for a whole year.
MONTHS_BEFORE, MONTHS_AFTER = 16, 4

Ids = tuple[int, int]


def compare(
    events: QuerySet[LayoffEvent], owners: OwnershipTree, touching: Collection[int] | None = None
) -> Iterator[tuple[Ids, Features]]:
    """What every two of `events` share that are worth comparing, the lower number first."""
    pairs, sketches = near_pairs(standings(events, owners), touching), Sketches()
    while some := list(islice(pairs, PAIRS_AT_A_TIME)):
        known = sketches.load(sorted({event.pk for pair in some for event in pair}))
        for one, other in some:
            # An event may be deleted while others are compared.
            if one.pk in known and other.pk in known:
                yield (one.pk, other.pk), features(one, other, known[one.pk], known[other.pk])


@transaction.atomic
def look_again(event_ids: Collection[int] | None = None) -> int:
    """Brings the open pairs of these events (None: of all) up to date. What was decided stays as it is.

    Returns how many open pairs they have.
    """
    owners = OwnershipTree.load()
    if event_ids is not None and len(event_ids) <= FEW:
        return _bring_up_to_date(_around(event_ids, owners), owners, set(event_ids))
    # Events of different families are never compared: so many families at a time that memory stays flat.
    count = 0
    for companies in _some_families(owners, event_ids):
        ids = set(LayoffEvent.objects.filter(company__in=companies).values_list("pk", flat=True))
        touching = ids if event_ids is None else ids.intersection(event_ids)
        count += _bring_up_to_date(_live().filter(company__in=companies), owners, touching)
    return count


def beside(event_ids: Collection[int], told_apart: Collection[int] = ()) -> dict[int, tuple[int, int]]:
    """Which of these events are likely told by another already, with the likeliest such event and the score: one of the
    same company, if there is any, before those of its group.

    Not by one that they are `told_apart` from; and that a filing may belong to a cut makes them no duplicates.
    """
    found: dict[int, tuple[int, int]] = {}
    ids, apart = set(event_ids), set(told_apart)
    for some in _chunks(ids):
        pairs = DuplicatePair.objects.filter(decision="").of(*some).exclude(pairing=Pairing.BESIDE_CUT)
        rows = sorted(
            (company != "same", -points, low, high)
            for company, points, low, high in pairs.values_list("features__company", "score", "low", "high").order_by()
        )
        events = {event for _company, _points, *both in rows for event in both}
        live, tied = _live_among(events), {ids for few in _chunks(events) for ids in _tied(few)}
        for _company, points, low, high in rows:
            if (low, high) in tied or not {low, high} <= live:
                continue
            for one, other in ((low, high), (high, low)):
                if one in ids and other not in apart and one not in found:
                    found[one] = other, -points
    return found


def _live_among(events: Collection[int]) -> set[int]:
    return {pk for some in _chunks(events) for pk in _live().filter(pk__in=some).values_list("pk", flat=True)}


def _bring_up_to_date(events: QuerySet[LayoffEvent], owners: OwnershipTree, touching: set[int]) -> int:
    """Finds the pairs of `touching` among `events`, and keeps those that are likely; returns how many are open."""
    found = {ids: (score(one), one) for ids, one in compare(events, owners, touching) if score(one) >= LIKELY}
    for some in _chunks(touching):
        for ids in _tied(some):
            found.pop(ids, None)
    count = len(found)
    changed, forgotten = [], []
    for pair in _pairs(touching):
        likely = found.pop((pair.low_id, pair.high_id), None)
        if pair.decision:
            count -= likely is not None
        elif likely is None:
            forgotten.append(pair.pk)
        elif _set(pair, *likely):
            changed.append(pair)
    for start in range(0, len(forgotten), CHUNK):
        DuplicatePair.objects.filter(pk__in=forgotten[start : start + CHUNK]).delete()
    DuplicatePair.objects.bulk_update(changed, ["score", "pairing", "features"], batch_size=CHUNK)
    new = []
    for (low, high), likely in found.items():
        pair = DuplicatePair(low_id=low, high_id=high)
        _set(pair, *likely)
        new.append(pair)
    # Two editors who save at one time may both find a pair: it is one.
    DuplicatePair.objects.bulk_create(new, batch_size=CHUNK, ignore_conflicts=True)
    return count


def _some_families(owners: OwnershipTree, event_ids: Collection[int] | None) -> Iterator[list[int]]:
    """The companies of these events (None: of all) with all that ever were of one group, some thousand events' at a
    time."""
    numbers = dict(
        LayoffEvent.objects.values_list("company")
        .order_by()
        .annotate(number=Count("pk"))
        .values_list("company", "number")
    )
    wanted: set[int] = set(numbers)
    if event_ids is not None:
        wanted = set()
        for some in _chunks(event_ids):
            wanted |= set(LayoffEvent.objects.filter(pk__in=some).values_list("company", flat=True))
    companies: list[int] = []
    events = 0
    for family in owners.families(wanted):
        companies += family
        events += sum(numbers.get(company, 0) for company in family)
        if events >= EVENTS_AT_A_TIME or len(companies) >= CHUNK:
            yield companies
            companies, events = [], 0
    if companies:
        yield companies


def _set(pair: DuplicatePair, points: int, found: Features) -> bool:
    """Puts the score into `pair`; whether that changes anything."""
    said = asdict(found) | {"pairing": str(found.pairing), "people": list(found.people)}
    if (pair.score, pair.features) == (points, said):
        return False
    pair.score, pair.pairing, pair.features = points, found.pairing, said
    return True


def _live() -> QuerySet[LayoffEvent]:
    """What may be a duplicate: not what is gone, nor what a public event replaces."""
    replaced = Relation.objects.filter(kind=RelationKind.REPLACES, event__state=State.PUBLISHED).values("other")
    return LayoffEvent.objects.exclude(state__in=GONE).exclude(pk__in=replaced)


def _around(event_ids: Collection[int], owners: OwnershipTree) -> QuerySet[LayoffEvent]:
    """All events that can be near these: of their groups and times."""
    near = Q(pk__in=event_ids)
    for event in standings(LayoffEvent.objects.filter(pk__in=event_ids), owners):
        near |= Q(
            company__in=owners.below(event.group),
            announced_on__gte=dates.months_later(event.first, -MONTHS_BEFORE),
            announced_on__lte=dates.months_later(event.last, MONTHS_AFTER),
        )
    return _live().filter(near)


def _tied(some: Collection[int]) -> Iterator[Ids]:
    """Events that a relation ties already: somebody has said what they are to each other."""
    rows = Relation.objects.filter(Q(event__in=some) | Q(other__in=some)).order_by()
    for event, other in rows.values_list("event_id", "other_id"):
        yield (event, other) if event < other else (other, event)


def _pairs(event_ids: Collection[int]) -> Iterator[DuplicatePair]:
    seen: set[int] = set()
    for some in _chunks(event_ids):
        for pair in DuplicatePair.objects.of(*some).order_by().iterator(chunk_size=2000):
            if pair.pk not in seen:
                seen.add(pair.pk)
                yield pair


def _chunks(event_ids: Collection[int]) -> Iterator[list[int]]:
    """The ids some hundreds at a time: the database takes only so many in a query."""
    ids = sorted(event_ids)
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
