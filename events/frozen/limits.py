"""How often a view may be frozen, and how much is stored a day: without accounts, bounds are all there is."""

import ipaddress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.crypto import salted_hmac

from events.models.snapshot import FreezeCount, SnapshotFile

# Of one address (of one network of IPv6: a household has as many addresses as it likes).
TIMES_AN_HOUR = 30
# Of everybody together, compressed.
MOST_BYTES_A_DAY = 200_000_000


def seconds_to_wait(address: str) -> int:
    """Counts one more view that `address` wants frozen; how long to wait first where there were too many, else 0.

    Counted in the database, which all processes share (docs/decisions/0009).
    """
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    with transaction.atomic():
        FreezeCount.objects.filter(hour__lt=hour).delete()
        count, _made = FreezeCount.objects.get_or_create(reader=_reader(address, hour), hour=hour)
        FreezeCount.objects.filter(pk=count.pk).update(times=F("times") + 1)
        count.refresh_from_db()
    return 0 if count.times <= TIMES_AN_HOUR else int((hour + timedelta(hours=1) - now).total_seconds()) + 1


def is_full_today() -> bool:
    """Whether as much was stored today as one day may store."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    files = SnapshotFile.objects.filter(snapshots__made_at__gte=midnight).distinct()
    stored = files.aggregate(n=Sum(Length("compressed")))["n"] or 0
    return stored >= MOST_BYTES_A_DAY


def _reader(address: str, hour: datetime) -> str:
    """A name for an address that tells nobody the address, and is another tomorrow."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        network = str(ipaddress.ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)
    return salted_hmac(f"freeze {hour:%Y-%m-%d}", network, algorithm="sha256").hexdigest()
