"""Imports: a file is uploaded, looked at row by row, confirmed, and can be taken back.

The pages ask events.imports.batches for everything that is done; they compute no outcome of their own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from events.admin.import_forms import ColumnsForm, ConfirmForm, NamesForm, ReadForm, TakeBackForm, UploadForm
from events.admin.public_record import ReadOnlyAdmin
from events.admin.words import as_read, in_short
from events.imports import batches, working
from events.imports.matching import NEW
from events.imports.report import write_rejects
from events.models import (
    AiNote,
    Citation,
    Company,
    ImportBatch,
    ImportMade,
    ImportRow,
    LayoffEvent,
    SavedMapping,
    Source,
)
from events.models.choices import BatchState, BatchTask, RecordKind, RowOutcome

ROWS_A_PAGE = 50
REFRESH_SECONDS = 2


class Difference(NamedTuple):
    field: str
    before: str
    after: str


class Link(NamedTuple):
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of a file as its page shows it."""

    where: str
    outcome: str
    outcome_words: str
    record: Link | None
    becomes: list[tuple[str, str]]
    differences: list[Difference]
    candidate: Link | None
    reasons: list[str]
    warnings: list[str]
    cells: list[tuple[str, str]]
    undone: str
    kept_because: str


class Tab(NamedTuple):
    words: str
    count: int
    url: str
    chosen: bool


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    list_display = ("file_name", "layout", "state", "rows_read", "uploaded_by", "uploaded_at", "confirmed_at")
    list_filter = ("state", "layout")
    list_select_related = ("uploaded_by",)
    search_fields = ("file_name", "sha256")
    date_hierarchy = "uploaded_at"

    # Who may.

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        codename = get_permission_codename("confirm", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def get_urls(self) -> list[URLPattern]:
        def view(ending: str, name: str, function: Any) -> URLPattern:
            wrapped = self.admin_site.admin_view(function)
            return path(f"<int:batch_id>/{ending}/", wrapped, name=f"events_importbatch_{name}")

        return [
            view("preview", "preview", require_POST(self.preview_view)),
            view("columns", "columns", require_POST(self.columns_view)),
            view("names", "names", require_POST(self.names_view)),
            view("confirm", "confirm", require_POST(self.confirm_view)),
            view("take-back", "take_back", require_POST(self.take_back_view)),
            view("rejected.csv", "rejected", self.rejected_view),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("rows"))
    def rows_read(self, batch: ImportBatch) -> str:
        return f"{batch.counts['rows']:,}" if "rows" in batch.counts else "–"

    # Uploading.

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None, label_suffix="")
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            batch = batches.receive(
                file.chunks(),
                file.name,
                user=request.user,
                layout=form.cleaned_data["layout"],
                mapping=form.cleaned_data["mapping"],
                publish=form.cleaned_data["publish"],
            )
            self.log_addition(request, batch, _("Uploaded."))
            self._ask(request, batch, BatchTask.PREVIEW)
            return HttpResponseRedirect(_page_of(batch))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a file"),
            "opts": self.opts,
            "form": form,
            "most_megabytes": settings.IMPORT_MAX_BYTES // 1_000_000,
            "kept_days": batches.KEPT_DAYS,
        }
        return TemplateResponse(request, "admin/events/import_upload.html", context)

    # What an editor asks for.

    def preview_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._batch(request, batch_id, self.has_add_permission(request))
        form = ReadForm(request.POST)
        if form.is_valid():
            options = form.cleaned_data
            if (options["layout"], options["mapping"]) != (batches.asked_layout(batch), batch.mapping):
                options["doubtful"] = []  # other columns, other names: what was answered is asked anew
            self._ask(request, batch, BatchTask.PREVIEW, **options)
        return HttpResponseRedirect(_page_of(batch))

    def columns_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """What the columns of an unknown file are."""
        batch = self._batch(request, batch_id, self.has_add_permission(request))
        form = ColumnsForm(request.POST, batch=batch)
        if not form.is_valid():
            return self._page(request, batch, columns_form=form)
        self._ask(request, batch, BatchTask.PREVIEW, layout="", mapping=form.mapping, doubtful=[])
        return HttpResponseRedirect(_page_of(batch))

    def names_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """Which companies doubtful names mean; the rest of them are new ones if the editor says so."""
        batch = self._batch(request, batch_id, self.has_add_permission(request))
        form = NamesForm(request.POST, batch=batch)
        if not form.is_valid():
            return self._page(request, batch, names_form=form)
        if "all_new" in request.POST:
            for each in form.doubtful:
                each["answer"] = NEW if each["answer"] is None else each["answer"]
        self._ask(request, batch, BatchTask.PREVIEW, doubtful=form.doubtful)
        return HttpResponseRedirect(_page_of(batch))

    def confirm_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._batch(request, batch_id, self.has_confirm_permission(request))
        form = ConfirmForm(request.POST)
        set_aside = form.is_valid() and form.cleaned_data["set_aside"]
        if batch.state == BatchState.PREVIEWED and batch.counts.get(RowOutcome.REJECTED) and not set_aside:
            messages.error(
                request,
                _("Some rows cannot be read. Say that they are to be set aside, or mend the file and upload it again."),
            )
        else:
            seen = request.POST.get("seen", "")
            self._ask(request, batch, BatchTask.IMPORT, seen=seen, set_aside=set_aside)
        return HttpResponseRedirect(_page_of(batch))

    def take_back_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        batch = self._batch(request, batch_id, self.has_confirm_permission(request))
        form = TakeBackForm(request.POST)
        except_edited = form.is_valid() and form.cleaned_data["except_edited"]
        self._ask(request, batch, BatchTask.TAKE_BACK, except_edited=except_edited)
        return HttpResponseRedirect(_page_of(batch))

    def _batch(self, request: HttpRequest, batch_id: int, may: bool) -> ImportBatch:
        if not may:
            raise PermissionDenied
        batch = self.get_queryset(request).filter(pk=batch_id).first()
        if batch is None:
            raise Http404(_("There is no such import."))
        return batch

    def _ask(self, request: HttpRequest, batch: ImportBatch, task: BatchTask, **options: Any) -> None:
        try:
            batches.ask(batch, task, request.user, **options)
        except batches.NotNow as error:
            messages.error(request, str(error))
            return
        self.log_change(request, batch, _("Asked for %s.") % task.label)

    # The page of an import.

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).select_related("uploaded_by", "confirmed_by", "taken_back_by")
        batch = found.filter(pk=object_id).first() if object_id.isascii() and object_id.isdigit() else None
        if batch is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return self._page(request, batch)

    def _page(
        self,
        request: HttpRequest,
        batch: ImportBatch,
        *,
        columns_form: ColumnsForm | None = None,
        names_form: NamesForm | None = None,
    ) -> HttpResponse:
        """The page of `batch`; with a form that could not be taken, as it was filled in."""
        works = working.is_held(batch.pk)
        may_confirm = self.has_confirm_permission(request)
        file_is_here = batches.kept_file(batch).is_file()
        chosen = request.GET.get("outcome", "")
        chosen = chosen if chosen in RowOutcome.values else ""
        rows, pages = _page_of_rows(batch, chosen, request)
        reads = (
            batch.state in (BatchState.PREVIEWED, BatchState.FAILED)
            and file_is_here
            and not works
            and self.has_add_permission(request)
        )
        open_names = 0 if batch.is_done else batches.unanswered(batch)
        rejected = batch.counts.get(RowOutcome.REJECTED, 0)
        context = {
            **self.admin_site.each_context(request),
            "title": batch.file_name,
            "opts": self.opts,
            "original": batch,
            "batch": batch,
            "facts": _facts(batch),
            "works": works,
            "progress": working.progress_of(batch.pk) if works else "",
            "refresh": REFRESH_SECONDS if works else 0,
            # Whoever is done lets go of the lock a moment later.
            "task_words": batch.get_task_display() if batch.task else _("the last of it"),
            "died": bool(batch.task) and not works,
            "read_before": _read_before(batch),
            "tabs": _tabs(batch, chosen) if batch.counts else [],
            "rows": rows,
            "pages": pages,
            "rejected": rejected,
            "rejected_url": reverse("admin:events_importbatch_rejected", args=[batch.pk]) if rejected else "",
            "may_confirm": may_confirm and not works and file_is_here and batch.state == BatchState.PREVIEWED,
            "confirm_url": reverse("admin:events_importbatch_confirm", args=[batch.pk]),
            "confirm_words": _what_will_be(batch),
            "may_take_back": may_confirm and not works and batch.state == BatchState.CONFIRMED,
            "take_back_url": reverse("admin:events_importbatch_take_back", args=[batch.pk]),
            "edited_since": batch.counts.get("edited_since", 0),
            "read_form": ReadForm(initial=_as_read_last(batch), label_suffix="") if reads else None,
            "columns_form": columns_form or (ColumnsForm(batch=batch) if reads and batch.seen else None),
            "columns_url": reverse("admin:events_importbatch_columns", args=[batch.pk]),
            "asks_columns": columns_form is not None or batch.state == BatchState.FAILED,
            "names_form": names_form or (NamesForm(batch=batch) if reads and batch.doubtful else None),
            "names_url": reverse("admin:events_importbatch_names", args=[batch.pk]),
            "asks_names": names_form is not None or bool(open_names),
            "open_names": open_names,
            "preview_url": reverse("admin:events_importbatch_preview", args=[batch.pk]),
            "is_preview": batch.state == BatchState.PREVIEWED,
        }
        return TemplateResponse(request, "admin/events/import_batch.html", context)

    def rejected_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """The rows that were rejected, as the command's --rejects writes them."""
        batch = self._batch(request, batch_id, self.has_view_permission(request))
        rows = batch.rows.filter(outcome=RowOutcome.REJECTED).order_by("number")
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="rejected-{batch.pk}.csv"'
        write_rejects(
            response,
            batch.columns,
            ((row.cells, row.number, row.detail.get("reasons", [])) for row in rows.iterator(chunk_size=2000)),
        )
        return response


def _page_of(batch: ImportBatch) -> str:
    return reverse("admin:events_importbatch_change", args=[batch.pk])


def _as_read_last(batch: ImportBatch) -> dict[str, Any]:
    return {"layout": batches.asked_layout(batch), "mapping": "\n".join(batch.mapping), "publish": batch.publish}


def _facts(batch: ImportBatch) -> list[tuple[str, str]]:
    """Who did what when, and with which file."""

    def when(moment: Any, who: Any) -> str:
        if not moment:
            return ""
        by = _("by %s") % who if who else _("by command")
        return f"{moment:%Y-%m-%d %H:%M} UTC {by}"

    counts = batch.counts
    found = [
        (_("State"), batch.get_state_display()),
        (_("Layout"), batch.layout or _("found by the header")),
        (_("Uploaded"), when(batch.uploaded_at, batch.uploaded_by)),
        (_("Confirmed"), when(batch.confirmed_at, batch.confirmed_by)),
        (_("Taken back"), when(batch.taken_back_at, batch.taken_back_by)),
        (_("Bytes"), f"{batch.size:,}"),
        ("SHA-256", batch.sha256),
        (_("Publishes"), _("yes, likely duplicates excepted") if batch.publish else _("no: drafts")),
    ]
    if "companies_made" in counts:
        words = _("%(new)s new, %(known)s known; %(sources)s sources new")
        made = {name: f"{counts[key]:,}" for name, key in _MADE.items()}
        found.append((_("Companies"), words % made))
        public = _("%(published)s published, %(corrected)s corrected")
        found.append((_("Public record"), public % {key: f"{counts[key]:,}" for key in ("published", "corrected")}))
    if done := counts.get("taken_back"):
        words = _("%(removed)s removed, %(withdrawn)s withdrawn, %(restored)s as before, %(kept)s kept")
        found.append((_("Taking back"), words % {name: f"{value:,}" for name, value in done.items()}))
    return [(name, value) for name, value in found if value]


_MADE = {"new": "companies_made", "known": "companies_matched", "sources": "sources_made"}


def _read_before(batch: ImportBatch) -> Link | None:
    before = batches.read_before(batch) if not batch.is_done else None
    return Link(f"{before.confirmed_at:%Y-%m-%d}", _page_of(before)) if before else None


def _what_will_be(batch: ImportBatch) -> str:
    """What confirming a preview does, in words."""
    counts = {outcome: batch.counts.get(outcome.value, 0) for outcome in RowOutcome}
    words = _("Write %(new)s new records and %(changed)s changes") % {
        "new": f"{counts[RowOutcome.NEW] + counts[RowOutcome.DUPLICATE]:,}",
        "changed": f"{counts[RowOutcome.CHANGED]:,}",
    }
    if batch.publish:
        words += _(", publish %s") % f"{batch.counts.get('published', 0):,}"
    return words


def _tabs(batch: ImportBatch, chosen: str) -> list[Tab]:
    """How many rows have which outcome, each a link to these."""
    found = [Tab(_("all rows"), batch.counts.get("rows", 0), "?", not chosen)]
    found += [
        Tab(str(outcome.label), count, f"?outcome={outcome.value}", chosen == outcome.value)
        for outcome in RowOutcome
        if (count := batch.counts.get(outcome.value))
    ]
    return found


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _page_of_rows(batch: ImportBatch, outcome: str, request: HttpRequest) -> tuple[list[ShownRow], dict[str, str]]:
    """Some rows, paged by their number, and the addresses of the pages before and after."""
    rows: QuerySet[ImportRow] = batch.rows.all()
    if outcome:
        rows = rows.filter(outcome=outcome)
    before, after = _number(request.GET.get("before")), _number(request.GET.get("after"))
    if before is not None:
        found = list(rows.filter(number__lt=before).order_by("-number")[: ROWS_A_PAGE + 1])
        more_before, more_after = len(found) > ROWS_A_PAGE, True
        found = found[:ROWS_A_PAGE][::-1]
    else:
        found = list(rows.filter(number__gt=after or 0).order_by("number")[: ROWS_A_PAGE + 1])
        more_before, more_after = after is not None, len(found) > ROWS_A_PAGE
        found = found[:ROWS_A_PAGE]
    pages = {}
    also = f"&outcome={outcome}" if outcome else ""
    if found and more_before:
        pages["before"] = f"?before={found[0].number}{also}"
    if found and more_after:
        pages["after"] = f"?after={found[-1].number}{also}"
    return _shown(batch, found), pages


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _shown(batch: ImportBatch, rows: Iterable[ImportRow]) -> list[ShownRow]:
    rows = list(rows)
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.kind].add(row.record_id or 0)
        wanted[RecordKind.EVENT].add(row.detail.get("candidate") or 0)
    records = {kind: _MODELS[kind]._default_manager.in_bulk(pks - {0}) for kind, pks in wanted.items()}
    return [_shown_row(batch, row, records) for row in rows]


_MODELS: dict[str, Any] = {
    RecordKind.EVENT: LayoffEvent, RecordKind.NOTE: AiNote, RecordKind.COMPANY: Company, RecordKind.SOURCE: Source,
}  # fmt: skip


def _shown_row(batch: ImportBatch, row: ImportRow, records: dict[str, dict[int, Any]]) -> ShownRow:
    detail = row.detail
    return ShownRow(
        where=detail.get("where") or str(row.number),
        outcome=row.outcome,
        outcome_words=row.get_outcome_display(),
        record=_link(row.kind, row.record_id, records),
        becomes=_BECOMES[RecordKind(row.kind)](detail["becomes"]) if "becomes" in detail else [],
        differences=[Difference(_label(name), _value(a), _value(b)) for name, a, b in detail.get("differences", ())],
        candidate=_link(RecordKind.EVENT, detail.get("candidate"), records),
        reasons=detail.get("reasons", []),
        warnings=detail.get("warnings", []),
        cells=[(name, cell) for name, cell in zip(batch.columns, row.cells, strict=False) if cell],
        undone=row.get_undone_display() if row.undone else "",
        kept_because=", ".join(detail.get("kept_because", ())),
    )


def _link(kind: str, pk: int | None, records: dict[str, dict[int, Any]]) -> Link | None:
    if pk is None:
        return None
    record = records[kind].get(pk)
    if record is None:
        return Link(_("%(kind)s %(number)s, no longer here") % {"kind": RecordKind(kind).label, "number": pk}, "")
    return Link(str(record), reverse(f"admin:events_{record._meta.model_name}_change", args=[pk]))


def _event_becomes(said: dict[str, Any]) -> list[tuple[str, str]]:
    """What a new row will be: the figure as everywhere, the company known or new."""
    share = said["share_percent"]
    event = LayoffEvent(
        **{name: said[name] for name in ("people_low", "people", "people_high", "qualifier", "wording")},
        share_percent=Decimal(share) if share is not None else None,
    )
    company = _new_or_known(said["company"], not said["company_id"])
    found = [
        (_label("title"), said["title"]),
        (_label("company"), company),
        (_label("announced_on"), said["announced_on"]),
        (_("People"), f"{in_short(event)} ({as_read(event)})"),
        (_label("place"), ", ".join(part for part in (said["place"], said["country"]) if part)),
        (_label("stage"), said["stage"]),
    ]
    return [(name, value) for name, value in found if value]


def _note_becomes(said: dict[str, Any]) -> list[tuple[str, str]]:
    companies = ", ".join(_new_or_known(name, is_new) for name, is_new in said["companies"])
    return [*_named(said, ("title", "kind")), (_("Companies"), companies or _("none")), *_named(said, _OF_NOTE)]


def _company_becomes(said: dict[str, Any]) -> list[tuple[str, str]]:
    return _named(said, tuple(said))


_OF_NOTE = ("dated_on", "amount_wording", "amount_usd_millions")
_BECOMES = {
    RecordKind.EVENT: _event_becomes, RecordKind.NOTE: _note_becomes, RecordKind.COMPANY: _company_becomes,
}  # fmt: skip


def _new_or_known(company: str, is_new: bool) -> str:
    return _("%s (new)") % company if is_new else company


def _named(said: dict[str, Any], names: Iterable[str]) -> list[tuple[str, str]]:
    return [(_label(name), str(said[name])) for name in names if said[name] not in (None, "")]


def _label(name: str) -> str:
    for model in (LayoffEvent, Citation, AiNote, Company):
        try:
            return capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name)))
        except FieldDoesNotExist:
            continue
    return name


def _value(value: Any) -> str:
    return "–" if value is None or value == "" else str(value)


@admin.register(ImportRow)
class ImportRowAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("batch", "number", "outcome", "record_id", "undone")
    list_select_related = ("batch",)


@admin.register(SavedMapping)
class SavedMappingAdmin(ReadOnlyAdmin):
    list_display = ("name", "words", "saved_by", "saved_at")
    list_select_related = ("saved_by",)
    search_fields = ("name",)

    @admin.display(description=gettext_lazy("columns"))
    def words(self, saved: SavedMapping) -> str:
        return "; ".join(saved.mapping)


@admin.register(ImportMade)
class ImportMadeAdmin(ReadOnlyAdmin):
    hidden_from_index = True
    list_display = ("batch", "kind", "record_id")
    list_select_related = ("batch",)
