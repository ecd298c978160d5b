"""How often readers may write: without accounts, bounds are all there is."""

import ipaddress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from events.models.reader import ReaderCount


def seconds_to_wait(action: str, address: str, times: int) -> int:
    """Counts one more `action` of `address`; how long to wait first where there were more than `times` within the
    hour, else 0.

    Counted in the database, which all processes share (docs/decisions/0009).
    """
    now = timezone.now()
    hour = _hour(now)
    with transaction.atomic():
        forget_past_hours()
        count, _made = ReaderCount.objects.get_or_create(
            reader=_reader(action, address, hour), action=action, hour=hour
        )
        ReaderCount.objects.filter(pk=count.pk).update(times=F("times") + 1)
        count.refresh_from_db()
    return 0 if count.times <= times else int((hour + timedelta(hours=1) - now).total_seconds()) + 1


def forget_past_hours() -> None:
    """Deletes what was counted in earlier hours."""
    ReaderCount.objects.filter(hour__lt=_hour(timezone.now())).delete()


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _reader(action: str, address: str, hour: datetime) -> str:
    """A name for an address that tells nobody the address, and is another tomorrow.

    Of IPv6 the network counts: a household has as many addresses as it likes.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        network = address
    else:
        network = str(ipaddress.ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)
    return salted_hmac(f"{action} {hour:%Y-%m-%d}", network, algorithm="sha256").hexdigest()
