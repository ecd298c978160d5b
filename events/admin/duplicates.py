"""Likely duplicates: the queue, two events side by side with the answers, and the warning after an event was saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events import duplicates, publishing
from events.admin import locking
from events.admin.publishing_actions import DeskAdmin
from events.admin.source import written
from events.admin.words import in_short
from events.duplicates import NotDecided
from events.models import Citation, DuplicatePair, LayoffEvent, Relation
from events.models.choices import Pairing, State, Verdict
from events.publishing.graph import chunks

LONGEST_REASON = 500


class _Chosen(admin.SimpleListFilter):
    """A filter that is never off: its first choice is what the list shows without it."""

    def choices(self, changelist: Any) -> Iterable[dict[str, Any]]:
        for number, (value, words) in enumerate(self.lookup_choices):
            yield {
                "selected": self.value() == value or (number == 0 and self.value() is None),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": words,
            }


class AnswerFilter(_Chosen):
    title = gettext_lazy("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("not answered yet")), *Verdict.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[DuplicatePair]:
        if self.value() in Verdict.values:
            return queryset.filter(decision=self.value())
        return queryset.open()


class ScoreFilter(admin.SimpleListFilter):
    title = gettext_lazy("score")
    parameter_name = "from"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(score), _("%s and more") % score) for score in (90, 80, 70, 60)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        return queryset.filter(score__gte=int(value)) if value in ("90", "80", "70", "60") else queryset


@dataclass(frozen=True)
class Row:
    """What the two events say of one thing; texts, or for several things lists of them."""

    label: str
    cells: tuple[list[str | SafeString], list[str | SafeString]]

    @property
    def differs(self) -> bool:
        return sorted(map(str, self.cells[0])) != sorted(map(str, self.cells[1]))


@dataclass(frozen=True)
class Answer:
    """One button: what it says, and what it sends."""

    verdict: str
    first: int
    label: str
    consequence: str

    @property
    def value(self) -> str:
        return f"{self.verdict}:{self.first}"


@admin.register(DuplicatePair)
class DuplicatePairAdmin(DeskAdmin):
    """The queue of pairs, and a page for each. Whoever may change events may answer."""

    actions = None
    list_display = ("score", "first", "second", "why")
    list_filter = (AnswerFilter, ScoreFilter, "pairing")
    list_select_related = ("low__company", "high__company")
    search_fields = ("low__company__search_text", "high__company__search_text", "low__title", "high__title")
    search_help_text = gettext_lazy("Company, alias or title")
    fields = ("low", "high", "pairing", "score", "decision", "decided_by", "decided_at")
    readonly_fields = fields
    sortable_by = ("score",)

    # Who may: whoever may work on events; on public ones, whoever may publish them.

    @property
    def events_page(self) -> Any:
        return self.admin_site.get_model_admin(LayoffEvent)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.events_page.has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.events_page.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.events_page.has_change_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def may_answer(self, request: HttpRequest, pair: DuplicatePair, verdict: str) -> bool:
        events = (pair.low, pair.high)
        if not all(self.events_page.has_change_permission(request, event) for event in events):
            return False
        # The cheaper question first: the other walks through all that hangs together with the two.
        return self.events_page.has_publish_permission(request) or not duplicates.touches_readers(pair, verdict)

    # An answer is taken back by its own button, not by bringing an old version back.

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)

    # The queue.

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Likely duplicates"), **(extra_context or {})})

    @admin.display(description=gettext_lazy("event"))
    def first(self, pair: DuplicatePair) -> SafeString:
        return _in_a_line(pair.low)

    @admin.display(description=gettext_lazy("and event"))
    def second(self, pair: DuplicatePair) -> SafeString:
        return _in_a_line(pair.high)

    @admin.display(description=gettext_lazy("why"))
    def why(self, pair: DuplicatePair) -> str:
        said = ", ".join(words for words, points in _explained(pair) if points >= 0)
        return f"{pair.get_pairing_display()}: {said}" if pair.pairing == Pairing.BESIDE_CUT else said

    # Side by side.

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        pair = self.get_object(request, object_id)
        if pair is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, pair)
        with publishing.one_writer():
            # As it is now that nobody else writes: what is asked of it below stays true.
            pair = self.get_object(request, object_id)
            return self._answer(request, pair) if pair else HttpResponseRedirect(_queue(request))

    def _stamp(self, pair: DuplicatePair) -> str:
        """The versions of the two events with their rows: an answer to a page that shows others is not taken."""
        return " ".join(str(locking.version_of(self.events_page, str(pk))) for pk in (pair.low_id, pair.high_id))

    def _answer(self, request: HttpRequest, pair: DuplicatePair) -> HttpResponse:
        answers = {answer.value: answer for answer in _answers(pair)}
        wanted = request.POST.get("answer", "")
        if wanted != "take_back" and wanted not in answers:
            return self._page(request, pair, [_("This answer is not one of those offered. Choose again.")])
        verdict = pair.decision if wanted == "take_back" else answers[wanted].verdict
        if not self.may_answer(request, pair, verdict):
            raise PermissionDenied
        if request.POST.get("seen") != self._stamp(pair):
            return self._page(request, pair, [_("One of the two was changed meanwhile: look again, then answer.")])
        reason = request.POST.get("reason", "").strip()
        readers_see = duplicates.touches_readers(pair, verdict)
        if wanted != f"{Verdict.DIFFERENT}:{pair.low_id}":
            errors = []
            if readers_see and not reason:
                errors.append(_("Write why: readers see the reason."))
            elif len(reason) > LONGEST_REASON:
                errors.append(_("At most %(most)s characters; these are %(n)s.") % {
                    "most": LONGEST_REASON, "n": len(reason),
                })  # fmt: skip
            if "confirmed" not in request.POST:
                return self._confirm(request, pair, wanted, answers.get(wanted), readers_see)
            if errors:
                return self._confirm(request, pair, wanted, answers.get(wanted), readers_see, reason, errors)
        try:
            if wanted == "take_back":
                duplicates.take_back(pair, user=request.user, reason=reason)
                said = _("The answer is taken back.")
            else:
                answer = answers[wanted]
                duplicates.decide(pair, Verdict(answer.verdict), answer.first, user=request.user, reason=reason)
                said = answer.label
        except NotDecided as refused:
            return self._page(request, pair, refused.messages)
        links = format_html_join(" · ", '<a href="{}">{}</a>', ((_address(e), e) for e in (pair.low, pair.high)))
        self.message_user(request, format_html("{} ({})", said, links))
        return HttpResponseRedirect(_queue(request))

    def _confirm(
        self,
        request: HttpRequest,
        pair: DuplicatePair,
        wanted: str,
        answer: Answer | None,
        readers_see: bool,
        reason: str = "",
        errors: Iterable[str] = (),
    ) -> HttpResponse:
        context = {
            **self._context(request, pair),
            "title": answer.label if answer else _("Take the answer “%s” back") % pair.get_decision_display(),
            "consequence": answer.consequence if answer else _(
                "What it changed is undone, what was edited since is left, and the question is open again."
            ),
            "wanted": wanted,
            "asks_reason": readers_see,
            "reason": reason,
            "errors": errors,
        }  # fmt: skip
        return TemplateResponse(request, "admin/events/duplicatepair/confirm.html", context)

    def _page(self, request: HttpRequest, pair: DuplicatePair, errors: Iterable[str] = ()) -> HttpResponse:
        pair = DuplicatePair.objects.select_related("decided_by").get(pk=pair.pk)
        low, high = _whole(pair)
        pair.low, pair.high = low, high
        open_now = DuplicatePair.objects.open().filter(pk=pair.pk).exists()
        answers = _answers(pair) if open_now else []
        context = {
            **self._context(request, pair),
            "title": _("Are these one?"),
            "heads": [(_("Event %s") % event.pk, _address(event), event) for event in (low, high)],
            "rows": _rows(low, high),
            "explained": _explained(pair),
            "answers": [answer for answer in answers if self.may_answer(request, pair, answer.verdict)],
            "may_take_back": bool(pair.decision) and self.may_answer(request, pair, pair.decision),
            "open": open_now,
            "errors": errors,
        }
        return TemplateResponse(request, "admin/events/duplicatepair/side_by_side.html", context)

    def _context(self, request: HttpRequest, pair: DuplicatePair) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": pair,
            "pair": pair,
            "stamp": self._stamp(pair),
            "queue": _queue(request),
            "history": reverse("admin:events_duplicatepair_history", args=[pair.pk]),
        }


# ── On the events' own pages ─────────────────────────────────────────────────────────────────────────────────────────


def hold_back(event_ids: Iterable[int]) -> set[int]:
    """Those of the events whose publishing waits, for a likely duplicate of them was not shown yet: once for each."""
    given, held, shown = set(event_ids), set(), []
    for some in chunks(sorted(given)):
        waiting = DuplicatePair.objects.open().of(*some).filter(asked=False)
        for pk, low, high in list(waiting.values_list("pk", "low_id", "high_id").order_by()):
            held |= {low, high} & given
            shown.append(pk)
    for some in chunks(shown):
        DuplicatePair.objects.filter(pk__in=some).update(asked=True)
    return held


def warn(page: admin.ModelAdmin, request: HttpRequest, event: LayoffEvent, held: bool = False) -> None:
    """Says that `event` looks like others, each with a link to both side by side."""
    pairs = list(DuplicatePair.objects.open().of(event.pk).select_related("low", "high")[:5])
    if not pairs:
        return
    lines = [
        (pair_address(pair), pair.beside(event.pk), pair.score, ", ".join(w for w, p in _explained(pair) if p > 0))
        for pair in pairs
    ]
    said = _("Saved, and not public yet: it may be here already. Look, then answer or publish again.")
    page.message_user(
        request,
        format_html(
            "{}<ul>{}</ul>",
            said if held else _("Saved. It may be here already:"),
            format_html_join("", '<li><a href="{}">{}</a> ({}: {})</li>', lines),
        ),
        messages.WARNING,
    )


def pair_address(pair: DuplicatePair) -> str:
    return reverse("admin:events_duplicatepair_change", args=[pair.pk])


# ── Pieces ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _queue(request: HttpRequest) -> str:
    """The list as the editor had it: its filter and words."""
    queue, asked = reverse("admin:events_duplicatepair_changelist"), request.GET.get("_changelist_filters", "")
    return f"{queue}?{asked}" if asked else queue


def _explained(pair: DuplicatePair) -> list[tuple[str, int]]:
    return duplicates.explain(duplicates.Features(**pair.features))


def _answers(pair: DuplicatePair) -> list[Answer]:
    """Every answer that fits the two, in the order of the page."""
    low, high = pair.low, pair.high
    found = []
    for kept in duplicates.may_keep(pair):
        other = pair.beside(kept.pk)
        what = (
            _("Event %(kept)s replaces it: readers of %(other)s are led on, and no result counts both.")
            if other.state == State.PUBLISHED
            else _("Event %(other)s is rejected, and what ties it to others ties event %(kept)s to them.")
        )
        consequence = _(
            "Event %(kept)s keeps its facts and the figure that is used. It is given the citations, units, reasons and "
            "notes of event %(other)s that it lacks."
        )
        names = {"kept": kept.pk, "other": other.pk}
        found.append(
            Answer(Verdict.SAME, kept.pk, _("The same: keep event %s") % kept.pk, f"{consequence} {what}" % names)
        )
    pairs = [(high, low), (low, high)]
    labels = {
        Verdict.PART_OF: (
            _("Event %(one)s is part of event %(other)s"),
            _("It counts within the whole: the whole counts net of it, and nobody is counted twice."),
        ),
        Verdict.UPDATES: (
            _("Event %(one)s updates event %(other)s"),
            _("Both stay and both count; each page names the other."),
        ),
        Verdict.REPLACES: (
            _("Event %(one)s replaces event %(other)s"),
            _("What is replaced leaves every result from the day on which the other is public; its page leads on."),
        ),
    }
    if pair.pairing == Pairing.BESIDE_CUT:
        # Of a filing and a cut, the filing is the part.
        pairs.sort(key=lambda ends: ends[0].stage != "filed")
    for verdict, (label, consequence) in labels.items():
        found += [
            Answer(verdict, one.pk, label % {"one": one.pk, "other": other.pk}, consequence) for one, other in pairs
        ]
    found.append(Answer(Verdict.DIFFERENT, low.pk, _("Different: never ask again"), ""))
    return found


def _in_a_line(event: LayoffEvent) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><br>{}, {}, {}',
        _address(event), event.title, written(event, "announced_on"), in_short(event), event.get_state_display(),
    )  # fmt: skip


def _address(event: LayoffEvent) -> str:
    return reverse("admin:events_layoffevent_change", args=[event.pk])


def _whole(pair: DuplicatePair) -> tuple[LayoffEvent, LayoffEvent]:
    events = (
        LayoffEvent.objects.filter(pk__in=(pair.low_id, pair.high_id))
        .select_related("company")
        .prefetch_related(
            "citations__source", "units", "reasons", "notes", "relations__other", "relations_to_it__event"
        )
        .order_by("pk")
    )
    low, high = events
    return low, high


PLAIN = (
    "company", "title", "announced_on", "effective_on", "stage", "permanence", "closure", "ai_link", "sector",
    "country", "place", "place_basis", "summary", "state", "origin", "recorded_on",
)  # fmt: skip


def _rows(low: LayoffEvent, high: LayoffEvent) -> list[Row]:
    """Everything that the two events say, in the order of the form."""
    rows = []
    for name in PLAIN:
        label = capfirst(str(label_for_field(name, LayoffEvent)))
        rows.append(Row(label, (_plain(low, name), _plain(high, name))))
        if name == "effective_on":
            rows.append(Row(_("People"), (_figure(low), _figure(high))))
    for label, of in (
        (_("Citations"), lambda event: [_cited(row) for row in event.citations.all()]),
        (_("Units"), lambda event: [_with_figure(row.name, row) for row in event.units.all()]),
        (_("Reasons"), lambda event: [row.get_kind_display() for row in event.reasons.all()]),
        (_("AI notes"), lambda event: [str(note) for note in event.notes.all()]),
        (_("Relations"), _relations),
    ):
        rows.append(Row(label, (of(low), of(high))))
    return [row for row in rows if row.cells[0] or row.cells[1]]


def _plain(event: LayoffEvent, name: str) -> list[str | SafeString]:
    if name in ("announced_on", "effective_on"):
        return [written(event, name)] if getattr(event, name) else []
    shown = getattr(event, f"get_{name}_display", None)
    value = str(shown() if shown else getattr(event, name) or "")
    return [value] if value else []


def _figure(event: LayoffEvent) -> list[str | SafeString]:
    found = [in_short(event)]
    if event.wording:
        found.append(f"“{event.wording}”")
    if event.share_percent is not None:
        found.append(_("%(n)s %% of %(what)s") % {
            "n": format(event.share_percent.normalize(), "f"), "what": event.share_of or _("staff"),
        })  # fmt: skip
    return list(dict.fromkeys(found))


def _with_figure(name: str, row: Any) -> str:
    return f"{name}: {in_short(row)}" if row.headline is not None or row.people_high is not None else name


def _cited(citation: Citation) -> SafeString:
    source = citation.source
    name = format_html('<a href="{}" rel="noreferrer">{}</a>', source.url, source) if source.url else str(source)
    said = [_with_figure("", citation).removeprefix(": "), f"“{citation.quote}”" if citation.quote else ""]
    if citation.chosen:
        said.append(_("this figure is used"))
    rest = ", ".join(word for word in said if word)
    return format_html("{}: {}", name, rest) if rest else format_html("{}", name)


def _relations(event: LayoffEvent) -> list[str | SafeString]:
    def line(relation: Relation, one: Any, other: Any) -> SafeString:
        return format_html("{} {} {}", one, relation.get_kind_display(), other)

    def link(other: LayoffEvent) -> SafeString:
        return format_html('<a href="{}">{}</a>', _address(other), other)

    this = _("this")
    return [
        *(line(relation, this, link(relation.other)) for relation in event.relations.all()),
        *(line(relation, link(relation.event), this) for relation in event.relations_to_it.all()),
    ]
