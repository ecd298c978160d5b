"""What the desk's first screen says: what waits for a hand, and what the record holds.

Each number has the address of the list that holds exactly these rows; a test opens them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from events import publishing
from events.admin.links import dead_sources
from events.admin.needs import needing
from events.imports.starter import ORIGIN
from events.models import (
    AiNote,
    Company,
    DuplicatePair,
    Headcount,
    ImportBatch,
    LayoffEvent,
    PublishedTotal,
    Source,
    Tip,
)
from events.models.choices import BatchState, Pairing, State, TipState
from events.models.link import leading_elsewhere


@dataclass(frozen=True)
class Waiting:
    """So many of one kind, and the filtered list that shows the same."""

    name: str
    label: str
    count: int
    address: str


def list_address(model: type[Model], **query: str) -> str:
    """The address of a list of the desk, filtered."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(query, safe=',')}" if query else address


# ── What waits ───────────────────────────────────────────────────────────────────────────────────────────────────────

Rows = Callable[[Any, HttpRequest, QuerySet], QuerySet]


@dataclass(frozen=True)
class Errand:
    """One thing to do: which rows of which page wait for it, the filter of that page's list that shows them, and the
    permission that it takes, as the page asks for it."""

    name: str
    label: Any
    model: type[Model]
    query: dict[str, str]
    rows: Rows
    permission: str = "change"

    def count(self, request: HttpRequest) -> Waiting | None:
        """None for a user who may do nothing about it."""
        page = admin.site.get_model_admin(self.model)
        if not page.has_view_permission(request) or not getattr(page, f"has_{self.permission}_permission")(request):
            return None
        rows = self.rows(page, request, page.get_queryset(request))
        return Waiting(self.name, str(self.label), rows.count(), list_address(self.model, **self.query))


def _exactly(**values: str) -> tuple[dict[str, str], Rows]:
    """The rows with these values of their own fields, and the filter that Django's lists have for them."""
    return {f"{name}__exact": value for name, value in values.items()}, lambda page, request, rows: rows.filter(
        **values
    )


def _needing(name: str) -> tuple[dict[str, str], Rows]:
    return {"needs": name}, partial(needing, name)


def _open_pairs(*pairings: str) -> tuple[dict[str, str], Rows]:
    # The queue shows open pairs unless it is asked for others.
    return {"pairing__in": ",".join(pairings)}, lambda page, request, rows: rows.open().filter(pairing__in=pairings)


def _dead(page: Any, request: HttpRequest, sources: QuerySet) -> QuerySet:
    return sources.filter(pk__in=dead_sources().values("pk"))


def _elsewhere(page: Any, request: HttpRequest, sources: QuerySet) -> QuerySet:
    return sources.filter(pk__in=leading_elsewhere().values("pk"))


ERRANDS = (
    Errand("tips", gettext_lazy("New tips"), Tip, *_exactly(state=TipState.NEW)),
    Errand("events_in_review", gettext_lazy("Events in review"), LayoffEvent,
           *_exactly(state=State.IN_REVIEW), "publish"),
    Errand("notes_in_review", gettext_lazy("AI notes in review"), AiNote,
           *_exactly(state=State.IN_REVIEW), "publish"),
    Errand("totals_in_review", gettext_lazy("Published totals in review"), PublishedTotal,
           *_exactly(state=State.IN_REVIEW), "publish"),
    Errand("headcounts_in_review", gettext_lazy("Headcounts in review"), Headcount,
           *_exactly(state=State.IN_REVIEW), "publish"),
    Errand("events_unsourced", gettext_lazy("Drafts of events without a source"), LayoffEvent, *_needing("source")),
    Errand("notes_unsourced", gettext_lazy("Drafts of AI notes without a source"), AiNote, *_needing("source")),
    Errand("totals_unsourced", gettext_lazy("Drafts of published totals without a source"), PublishedTotal,
           *_needing("source")),
    Errand("headcounts_unsourced", gettext_lazy("Drafts of headcounts without a source"), Headcount,
           *_needing("source")),
    Errand("conflicts", gettext_lazy("Events whose sources' figures are in conflict"), LayoffEvent,
           *_needing("figure")),
    Errand("duplicates", gettext_lazy("Likely duplicates"), DuplicatePair,
           *_open_pairs(Pairing.CUTS, Pairing.FILINGS)),
    Errand("filings", gettext_lazy("Filings that may belong to an announced cut"), DuplicatePair,
           *_open_pairs(Pairing.BESIDE_CUT)),
    Errand("money", gettext_lazy("AI notes whose money counts in no sum"), AiNote, *_needing("money")),
    Errand("dead_links", gettext_lazy("Sources whose link died"), Source, {"link": "dead"}, _dead, "publish"),
    Errand("same_sources", gettext_lazy("Sources whose link leads to another source"), Source,
           {"link": "elsewhere"}, _elsewhere, "publish"),
    Errand("imports_uploaded", gettext_lazy("Imports without a preview"), ImportBatch,
           *_exactly(state=BatchState.UPLOADED), "add"),
    Errand("imports", gettext_lazy("Imports to be confirmed"), ImportBatch,
           *_exactly(state=BatchState.PREVIEWED), "confirm"),
    Errand("imports_failed", gettext_lazy("Imports that failed"), ImportBatch,
           *_exactly(state=BatchState.FAILED), "add"),
)  # fmt: skip


def waiting(request: HttpRequest) -> list[Waiting]:
    """What the user may do something about, in the order of the screen."""
    return [found for errand in ERRANDS if (found := errand.count(request))]


# ── What there is ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Holding:
    """One kind of record: all of them, by state, and those that came with the starter data."""

    label: str
    all: Waiting
    states: list[Waiting]
    starter: Waiting


def holdings(request: HttpRequest) -> list[Holding]:
    """The records that the user may see, one question for each kind."""
    return [_holding(kind.record, request) for kind in publishing.KINDS if _page(kind.record, request)]


def others(request: HttpRequest) -> list[Waiting]:
    """What records share."""
    return [
        Waiting(
            model._meta.model_name or "",
            capfirst(model._meta.verbose_name_plural),
            page.get_queryset(request).count(),
            list_address(model),
        )
        for model in (Company, Source)
        if (page := _page(model, request))
    ]


def _page(model: type[Model], request: HttpRequest) -> Any:
    """The page of a kind of records, for who may look at it."""
    page = admin.site.get_model_admin(model)
    return page if page.has_view_permission(request) else None


def _holding(model: type[Model], request: HttpRequest) -> Holding:
    records = admin.site.get_model_admin(model).get_queryset(request).order_by().values("state")
    counts = {
        row["state"]: (row["n"], row["starter"])
        for row in records.annotate(n=Count("pk"), starter=Count("pk", filter=Q(origin=ORIGIN)))
    }

    def number(name: str, label: Any, count: int, **query: str) -> Waiting:
        return Waiting(f"{model._meta.model_name}_{name}", str(label), count, list_address(model, **query))

    return Holding(
        capfirst(model._meta.verbose_name_plural),
        number("all", gettext_lazy("all"), sum(n for n, _starter in counts.values())),
        [number(state, State(state).label, counts.get(state, (0, 0))[0], state__exact=state) for state in State.values],
        number("starter", gettext_lazy("starter data"), sum(n for _n, n in counts.values()), origin__exact=ORIGIN),
    )
