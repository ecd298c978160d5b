"""How often a view may be frozen, and how much is stored a day."""

from django.db.models import Sum
from django.db.models.functions import Length
from django.utils import timezone

from events import limits
from events.models.snapshot import SnapshotFile

# Of one address (of one network of IPv6).
TIMES_AN_HOUR = 30
# Of everybody together, compressed.
MOST_BYTES_A_DAY = 200_000_000


def seconds_to_wait(address: str) -> int:
    """Counts one more view that `address` wants frozen; how long to wait first where there were too many, else 0."""
    return limits.seconds_to_wait("freeze", address, TIMES_AN_HOUR)


def is_full_today() -> bool:
    """Whether as much was stored today as one day may store."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    files = SnapshotFile.objects.filter(snapshots__made_at__gte=midnight).distinct()
    stored = files.aggregate(n=Sum(Length("compressed")))["n"] or 0
    return stored >= MOST_BYTES_A_DAY
