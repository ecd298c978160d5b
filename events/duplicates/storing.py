"""The table of open pairs: brought up to date after a save, an import, or for all events at once."""

from collections.abc import Collection, Iterator
from dataclasses import asdict
from itertools import islice

from django.db import transaction
from django.db.models import Q, QuerySet

from events import dates
from events.duplicates.finding import near_pairs
from events.duplicates.scoring import LIKELY, Features, features, score
from events.duplicates.sketches import CHUNK, Sketches, standings
from events.models import DuplicatePair, LayoffEvent, OwnershipTree, Relation
from events.models.choices import RelationKind, State
from events.models.duplicate import GONE

# So many pairs are compared before the sketches of their events are dropped: memory stays flat.
PAIRS_AT_A_TIME = 4 * CHUNK
# Of up to so many events the neighbourhood is asked for; of more, all events are read.
FEW = 50
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
    if event_ids is not None:
        event_ids = set(event_ids)
    owners = OwnershipTree.load()
    found = {
        ids: (score(one), one)
        for ids, one in compare(_around(event_ids, owners), owners, event_ids)
        if score(one) >= LIKELY
    }
    for ids in _tied(event_ids):
        found.pop(ids, None)
    changed, forgotten = [], []
    for pair in _pairs(event_ids):
        likely = found.pop((pair.low_id, pair.high_id), None)
        if pair.decision:
            continue
        if likely is None:
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
    return DuplicatePair.objects.open().count() if event_ids is None else len(_open_ids(event_ids))


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


def _around(event_ids: Collection[int] | None, owners: OwnershipTree) -> QuerySet[LayoffEvent]:
    """All events that can be near these: of their groups and times."""
    if event_ids is None or len(event_ids) > FEW:
        return _live()
    near = Q(pk__in=event_ids)
    for event in standings(LayoffEvent.objects.filter(pk__in=event_ids), owners):
        near |= Q(
            company__in=owners.below(event.group),
            announced_on__gte=dates.months_later(event.first, -MONTHS_BEFORE),
            announced_on__lte=dates.months_later(event.last, MONTHS_AFTER),
        )
    return _live().filter(near)


def _tied(event_ids: Collection[int] | None) -> Iterator[Ids]:
    """Events that a relation ties already: somebody has said what they are to each other."""
    for some in _chunks(event_ids):
        rows = (
            Relation.objects.all() if some is None else Relation.objects.filter(Q(event__in=some) | Q(other__in=some))
        )
        for event, other in rows.values_list("event_id", "other_id").order_by():
            yield (event, other) if event < other else (other, event)


def _pairs(event_ids: Collection[int] | None) -> Iterator[DuplicatePair]:
    seen: set[int] = set()
    for some in _chunks(event_ids):
        pairs = DuplicatePair.objects.order_by() if some is None else DuplicatePair.objects.of(*some).order_by()
        for pair in pairs.iterator(chunk_size=2000):
            if pair.pk not in seen:
                seen.add(pair.pk)
                yield pair


def _open_ids(event_ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in _chunks(event_ids):
        found |= set(DuplicatePair.objects.open().of(*(some or ())).values_list("pk", flat=True))
    return found


def _chunks(event_ids: Collection[int] | None) -> Iterator[list[int] | None]:
    """The ids some hundreds at a time: the database takes only so many in a query; None for all."""
    if event_ids is None:
        yield None
        return
    ids = sorted(event_ids)
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
