"""A tip arrives: it is stored as it was written, or dropped. The sender is told the same either way."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from events import limits
from events.models.source import normalised_url
from events.models.tip import Tip
from events.tips.form import TipForm

# Of one address (of one network of IPv6).
TIMES_AN_HOUR = 10
# Of everybody together: more than editors can read.
MOST_A_DAY = 2_000


class AlreadySent(Exception):
    """The form was sent before, with other words in it."""


class Full(Exception):
    """So much arrived today that no more is taken before tomorrow."""


def seconds_to_wait(address: str) -> int:
    """Counts one more tip that `address` sends; how long to wait first where there were too many, else 0."""
    return limits.seconds_to_wait("tip", address, TIMES_AN_HOUR)


def receive(form: TipForm, event: int | None = None, company: int | None = None, note: int | None = None) -> str:
    """Stores the tip of a valid `form` about an event, a company or an AI note; returns the reference for its sender.

    The same form with the same words again is the same tip. Raises AlreadySent and Full.
    """
    if form.is_spam:
        return form.reference
    said = form.cleaned_data
    tip = Tip(
        reference=form.reference,
        link=said["link"],
        link_normalised=normalised_url(said["link"]),
        company_words=said["company"],
        date_words=said["date"],
        people_words=said["people"],
        note=said["note"],
        event_id=event,
        company_id=company,
        ai_note_id=note,
    )
    with transaction.atomic():
        there = Tip.objects.filter(reference=tip.reference).first()
        if there is None:
            if _is_full_today():
                raise Full
            try:
                with transaction.atomic():
                    tip.save(force_insert=True)
            except IntegrityError:
                # A second click arrived in between: the same again, or the error that it is.
                there = Tip.objects.get(reference=tip.reference)
    if there is not None and _words(there) != _words(tip):
        raise AlreadySent
    return tip.reference


def _words(tip: Tip) -> tuple[object, ...]:
    about = tip.event_id, tip.company_id, tip.ai_note_id
    return tip.link, tip.company_words, tip.date_words, tip.people_words, tip.note, *about


def _is_full_today() -> bool:
    since = timezone.now() - timedelta(days=1)
    return Tip.objects.filter(received_at__gte=since).count() >= MOST_A_DAY
