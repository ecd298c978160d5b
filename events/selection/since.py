"""What came before and since: which files a replay's earliest days are reconstructed from, what was withdrawn later,
what a filter took on any day."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from events.models.edition import OPEN, EventEdition, PublicRecord


def reconstructed_from(editions: QuerySet[Any], day: date | None) -> list[str]:
    """The files whose rows say of days before this site opened what was known then (rule 9); none for later days."""
    if day is None or day >= PublicRecord.objects.get().opened_on:
        return []
    names = editions.exclude(reconstructed_from="").order_by("reconstructed_from")
    return list(names.values_list("reconstructed_from", flat=True).distinct())


def withdrawn_since(model: type[Any], day: date | None) -> dict[int, date]:
    """The records that were withdrawn after `day`, with the day on which they were (rule 10); none for now."""
    if day is None:
        return {}
    withdrawn = model.objects.filter(known_until=OPEN, withdrawn=True, known_from__gt=day)
    return dict(withdrawn.order_by().values_list("record_id", "known_from"))


def of_any_day(selection: Any) -> QuerySet[Any]:
    """The editions that the filter of a selection of records takes, of whatever day they are."""
    editions = selection.editions.model.objects.filter(withdrawn=False)
    if editions.model is EventEdition:
        editions = editions.filter(replaced_by__isnull=True)
    filterset = selection.query.filterset
    filterset.queryset = editions
    return filterset.filter_queryset(editions)
