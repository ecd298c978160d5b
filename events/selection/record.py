"""What is asked of the record as a whole: version, published totals beside ours, who invests meanwhile."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q, QuerySet

from events.counting import Total, sum_net
from events.dates import months_later
from events.filters import INVESTING_KINDS, INVESTING_ROLES
from events.models.choices import Change, CountsAs
from events.models.edition import (
    EventEdition,
    EventEditionCompany,
    NoteEdition,
    NoteEditionCompany,
    PublicRecord,
    TotalEdition,
)
from events.selection.events import OWN, EventSelection, own_of, wholes


def published_totals(day: date | None = None) -> QuerySet[TotalEdition]:
    """Published totals, newest period first, each beside its earlier values."""
    return TotalEdition.objects.known_on(day).select_related("document").order_by(
        "-period_until", "scope", "publisher", "-as_of", "record_id"
    )  # fmt: skip


def data_version() -> PublicRecord:
    """The version of the data and when it was made."""
    return PublicRecord.objects.get()


def companies_investing_meanwhile(selection: EventSelection) -> tuple[int, int]:
    """How many companies with an event in the result (or their owners) invest in AI, by a note from 12 months before
    to 6 months after it in which they are investor, buyer or maker, and how many notes those are."""
    notes: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    known = NoteEdition.objects.known_on(selection.day).filter(kind__in=INVESTING_KINDS).values("pk")
    rows = NoteEditionCompany.objects.filter(edition__in=known, direct=True, role__in=INVESTING_ROLES)
    fields = ("company_id", "edition__dated_from", "edition__dated_until", "edition__record_id")
    for company, first, last, note in rows.values_list(*fields):
        notes[company].append((first, last, note))
    if not notes:
        return 0, 0
    # Asked apart and joined here: with both in one question SQLite may try each pair of event and company.
    asked = selection.editions.order_by().values_list("pk", "notes_from", "notes_until")
    spans: dict[int, tuple[date, date]] = {pk: (first, last) for pk, first, last in asked}
    index = EventEditionCompany.objects.filter(company__in=notes.keys()).values_list("company_id", "edition_id")
    companies, found = set(), set()
    for company, (first, last) in {(company, spans[pk]) for company, pk in index if pk in spans}:
        meanwhile = {
            pk for dated_from, dated_until, pk in notes[company] if first <= dated_from and dated_until <= last
        }
        if meanwhile:
            companies.add(company)
            found |= meanwhile
    return len(companies), len(found)


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


def first_totals(day: date | None = None) -> list[TotalEdition]:
    """Published totals for the start page: of each basis the one of the latest whole year or longest period."""
    found: dict[tuple[str, str, str, str], TotalEdition] = {}
    for total in published_totals(day):
        basis = (total.publisher, total.scope, total.geography, total.counts)
        length = total.period_until - total.period_from
        best = found.get(basis)
        if best is None or length > best.period_until - best.period_from:
            found[basis] = total
    return sorted(found.values(), key=lambda t: (t.period_until, t.publisher), reverse=True)[:5]


@dataclass(frozen=True)
class Basis:
    """Published totals that count the same, newest period first, each with our own cuts of the same period."""

    name: str
    definition: str
    longer: list[tuple[TotalEdition, Total]]
    months: list[tuple[TotalEdition, Total]]

    @property
    def count(self) -> int:
        return len(self.longer) + len(self.months)


# A basis of more totals than this shows its single months apart.
MANY_TOTALS = 24


def totals_by_basis(day: date | None = None) -> list[Basis]:
    """Published totals, grouped by basis (publisher, scope, geography, what is counted), each with our own cuts of
    the same period beside it. Groups of different bases are never compared (rule 7)."""
    groups: dict[tuple[str, str, str, str], list[TotalEdition]] = defaultdict(list)
    for edition in published_totals(day):
        groups[edition.publisher, edition.scope, edition.geography, edition.counts].append(edition)
    ours = _cuts_by_period({(e.period_from, e.period_until) for editions in groups.values() for e in editions}, day)
    bases = []
    for _key, editions in sorted(groups.items()):
        first = editions[0]
        rows = [(e, ours[e.period_from, e.period_until]) for e in editions]
        months = [
            row for row in rows if len(rows) > MANY_TOTALS and (row[0].period_until - row[0].period_from).days < 31
        ]
        name = f"{first.publisher}: {first.get_counts_display()}, {first.get_scope_display()}, {first.geography}"
        longer = [row for row in rows if row not in months]
        bases.append(Basis(name, first.document.body["definition"], longer, months))
    return bases


def _cuts_by_period(periods: set[tuple[date, date]], day: date | None = None) -> dict[tuple[date, date], Total]:
    """Our own cuts announced in each period: what a from–to filter of it would show, from one pass over the cuts."""
    known = EventEdition.objects.known_on(day).filter(replaced_by__isnull=True)
    whole_of = wholes(known)
    rows = list(
        known.filter(counts_as=CountsAs.CUT)
        .order_by("announced_from", "record_id")
        .values_list("announced_from", "announced_until", *OWN)
    )
    starts = [row[0] for row in rows]
    found = {}
    for first, last in periods:
        inside = rows[bisect_left(starts, first) : bisect_right(starts, last)]
        found[first, last] = sum_net([own_of(row[2:]) for row in inside if row[1] <= last], whole_of)
    return found
