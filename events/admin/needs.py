"""What records at the desk lack, each as one question: lists filter by it, and the first screen counts with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Aggregate, F, Max, Min, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from events import publishing
from events.admin.workflow import DRAFTS
from events.models import AiNote, Citation, LayoffEvent
from events.models.choices import Qualifier, State

FIGURE = ("people_low", "people", "people_high")
# Stands for an end that is not known: SQL calls no unknown value equal to another.
NOT_KNOWN = -1


def without_source(records: QuerySet) -> QuerySet:
    """Drafts that cite nothing: what is public has a citation."""
    return records.filter(state__in=DRAFTS, citations=None)


def in_conflict(events: QuerySet) -> QuerySet:
    """Events whose citations state different figures and none of them is the one that is used; or whose used one is not
    the event's own and nobody said why."""
    said = Citation.objects.filter(event__isnull=False).exclude(qualifier=Qualifier.NONE).order_by()
    used = said.filter(chosen=True)
    ends: dict[str, Aggregate] = {f"least_{end}": Min(Coalesce(end, NOT_KNOWN)) for end in FIGURE}
    ends |= {f"most_{end}": Max(Coalesce(end, NOT_KNOWN)) for end in FIGURE}
    alike = Q(**{f"least_{end}": F(f"most_{end}") for end in FIGURE})
    differing = said.values("event").annotate(**ends).exclude(alike).values("event")
    own = {f"own_{end}": Coalesce(end, NOT_KNOWN) for end in FIGURE}
    events_own = {f"events_{end}": Coalesce(f"event__{end}", NOT_KNOWN) for end in FIGURE}
    taken_over = Q(**{f"own_{end}": F(f"events_{end}") for end in FIGURE})
    unexplained = used.filter(chosen_because="").alias(**own, **events_own).exclude(taken_over).values("event")
    undecided = Q(pk__in=differing) & ~Q(pk__in=used.values("event"))
    return events.filter(undecided | Q(pk__in=unexplained))


def money_in_no_sum(notes: QuerySet) -> QuerySet:
    """Notes with money that no total holds."""
    return notes.filter(publishing.MONEY_IN_NO_SUM)


Need = Callable[[QuerySet], QuerySet]
# By the word in a list's address.
NEEDS: dict[str, tuple[Any, Need]] = {
    "source": (gettext_lazy("a source"), without_source),
    "figure": (gettext_lazy("a choice between figures"), in_conflict),
    "money": (gettext_lazy("what its money lacks to count in a sum"), money_in_no_sum),
}
_OF_ONE_KIND = {"figure": LayoffEvent, "money": AiNote}


def needing(name: str, page: Any, request: HttpRequest, records: QuerySet) -> QuerySet:
    """Those of `records` that lack what NEEDS calls `name` and that the user may mend; what is gone lacks nothing."""
    states = (*DRAFTS, State.PUBLISHED) if page.has_publish_permission(request) else DRAFTS
    return NEEDS[name][1](records.filter(state__in=states))


class NeedsFilter(admin.SimpleListFilter):
    """Records by what they lack, for the page of any kind of record."""

    title = gettext_lazy("what it lacks")
    parameter_name = "needs"

    def __init__(self, request: HttpRequest, params: dict, model: Any, model_admin: Any) -> None:
        self.page = model_admin
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, words) for name, (words, _need) in NEEDS.items()
                if _OF_ONE_KIND.get(name, model_admin.model) is model_admin.model]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        name = self.value()
        if name is None:
            return queryset
        if name not in {known for known, _words in self.lookup_choices}:
            raise IncorrectLookupParameters(name)
        return needing(name, self.page, request, queryset)
