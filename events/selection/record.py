"""What is asked of the record as a whole: version, who invests meanwhile, what changed, how late it fills."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Max, Q

from events.dates import months_later
from events.filters import INVESTING_KINDS, INVESTING_ROLES
from events.models.choices import Change, CountsAs
from events.models.company import OwnershipTree
from events.models.edition import (
    EventEdition,
    EventEditionCompany,
    NoteEdition,
    NoteEditionCompany,
    PublicRecord,
)
from events.selection.events import EventSelection


def data_version() -> PublicRecord:
    """The version of the data and when it was made."""
    return PublicRecord.objects.get()


def companies_investing_meanwhile(selection: EventSelection, owners: OwnershipTree) -> tuple[int, int]:
    """How many companies with an event in the result (or their owners) invest in AI, by a note from 12 months before
    to 6 months after it in which they are investor, buyer or maker, and how many notes those are.

    A group is one: it counts as the topmost owner on the event's day, as rows of layoffs beside AI do.
    """
    notes = _investing_notes(selection.day)
    if not notes:
        return 0, 0
    # Asked apart and joined here: with both in one question SQLite may try each pair of event and company.
    fields = ("pk", "notes_from", "notes_until", "company_id", "announced_from", "announced_until")
    events: dict[int, tuple] = {pk: rest for pk, *rest in selection.editions.order_by().values_list(*fields)}
    index = EventEditionCompany.objects.filter(company__in=notes.keys()).values_list("company_id", "edition_id")
    at, found = set(), set()
    # Many events share company and days: each is asked once.
    for investor, (first, last, *of) in {(investor, tuple(events[pk])) for investor, pk in index if pk in events}:
        meanwhile = {pk for since, until, pk in notes[investor] if first <= since and until <= last}
        if meanwhile:
            at.add(tuple(of))
            found |= meanwhile
    return len({owners.topmost_through(*of) for of in at}), len(found)


def _investing_notes(day: date | None) -> dict[int, list[tuple[date, date, int]]]:
    """The notes by the company that invests in them, as known on `day`: first and last day of the date, and id."""
    notes: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    known = NoteEdition.objects.known_on(day).filter(kind__in=INVESTING_KINDS).values("pk")
    rows = NoteEditionCompany.objects.filter(edition__in=known, direct=True, role__in=INVESTING_ROLES)
    fields = ("company_id", "edition__dated_from", "edition__dated_until", "edition__record_id")
    for company, first, last, note in rows.values_list(*fields):
        notes[company].append((first, last, note))
    return notes


# How many events tell how late events come, at least; and the share, in percent, below which a period is called full.
ENOUGH_EVENTS = 30
LATE_PERCENT = 5


def still_filling(ends: Mapping[str, date], day: date) -> dict[str, int]:
    """The periods that still fill as known on `day`, each with the share, in percent, of events that came here later
    after their date than the time since its end; from the cuts of the two years that ended a year before.

    `ends` gives each period's last day. Of a period that is not over, the share says what comes later still.
    """
    first, last = months_later(day, -36), months_later(day, -12)
    cuts = EventEdition.objects.known_on(day).filter(
        counts_as=CountsAs.CUT, announced_from__gte=first, announced_from__lte=last, replaced_by__isnull=True
    )
    ages = {key: max((day - end).days, 0) for key, end in ends.items() if end >= last}
    if not ages:
        return {}
    later = {f"late_{age}": Count("pk", filter=Q(days_late__gt=age)) for age in set(ages.values())}
    found = cuts.order_by().aggregate(all=Count("pk"), **later)
    if found["all"] < ENOUGH_EVENTS:
        return {}
    shares = {key: round(100 * found[f"late_{age}"] / found["all"]) for key, age in ages.items()}
    return {key: share for key, share in shares.items() if share >= LATE_PERCENT}


def latest_year(today: date, day: date | None = None) -> tuple[int, date]:
    """The year that the start page tells of, and its last day so far: this year, or the last one with an event.

    As known on `day`, None for now.
    """
    known = EventEdition.objects.known_on(day).filter(replaced_by__isnull=True, counts_as=CountsAs.CUT)
    last = known.filter(announced_from__lte=today).aggregate(last=Max("announced_from"))["last"]
    if last is None or last.year == today.year:
        return today.year, today
    return last.year, date(last.year, 12, 31)


def changes_since(first: date, last: date) -> dict[tuple[str, str], int]:
    """How many events and notes were published, corrected or withdrawn from `first` to `last`, by ("event" or "note",
    change).

    What changed because a related record did is no news of its own.
    """
    found: dict[tuple[str, str], int] = {}
    for word, edition in (("event", EventEdition), ("note", NoteEdition)):
        written = edition.objects.filter(known_from__range=(first, last)).exclude(change=Change.TOUCHED).order_by()
        counted = written.values_list("change").annotate(n=Count("record_id", distinct=True))
        found |= {(word, change): n for change, n in counted}
    return found


def certainty(selection: EventSelection) -> dict[str, int]:
    """How the sources bound the figures of the cuts of a selection: cuts by qualifier, "none" for those without."""
    cuts = selection.editions.order_by().filter(counts_as=CountsAs.CUT)
    return dict(cuts.values_list("qualifier").annotate(n=Count("pk")))
