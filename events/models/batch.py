"""Imports as batches: which file, by whom, what became of every row, and what taking it back did.

No cell of a file is kept once its import is confirmed, those of rejected rows excepted: an editor mends them. What is
kept before that are the columns that the layout reads; so none that names contacts is ever here.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.choices import BatchState, BatchTask, RecordKind, RowOutcome, Undone
from events.models.fields import one_of

LONGEST_REASON = 100  # of an entry of history


def _who(label: Any) -> models.ForeignKey:
    # An account is closed, not deleted: what it did stays.
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class ImportBatch(models.Model):
    """One file on its way into the desk, and the account of it afterwards."""

    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    layout = models.CharField(_("layout"), max_length=100, blank=True)
    columns = models.JSONField(_("columns read"), default=list)
    mapping = models.JSONField(_("mapping"), default=list)
    # Of a file that is not known, until it is imported: its columns with a few cells of each, none that names contacts.
    seen = models.JSONField(_("columns of the file"), default=list)
    # Names that are near a company's: {name, candidate (id), score, answer (id, "new" or None while nobody said)}.
    doubtful = models.JSONField(_("doubtful names"), default=list)
    publish = models.BooleanField(
        _("publish"), default=False, help_text=_("Publish the events, likely duplicates excepted")
    )
    set_aside = models.BooleanField(
        _("set bad rows aside"), default=False, help_text=_("Otherwise one bad row undoes the whole import")
    )
    except_edited = models.BooleanField(
        _("take back all others"), default=False, help_text=_("Leave the records that were edited since as they are")
    )
    state = models.CharField(_("state"), max_length=10, choices=BatchState, default=BatchState.UPLOADED)
    task = models.CharField(_("asked for"), max_length=10, choices=BatchTask, blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    uploaded_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    uploaded_by = _who(_("uploaded by"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_by = _who(_("confirmed by"))
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    taken_back_by = _who(_("taken back by"))
    counts = models.JSONField(_("counts"), default=dict)
    remarks = models.JSONField(_("remarks"), default=list)
    # The SHA-256 of what the preview said of every row: the import must say the same.
    fingerprint = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        permissions = [("confirm_importbatch", _("Can confirm imports and take them back"))]
        constraints = [
            one_of("state", BatchState),
            one_of("task", BatchTask, blank=True),
            models.CheckConstraint(
                condition=Q(state__in=(BatchState.CONFIRMED, BatchState.TAKEN_BACK), confirmed_at__isnull=False)
                | Q(
                    state__in=(BatchState.UPLOADED, BatchState.PREVIEWED, BatchState.FAILED), confirmed_at__isnull=True
                ),
                name="importbatch_confirmed_has_day",
                violation_error_message=_("An import that is confirmed says when; no other does."),
            ),
            models.CheckConstraint(
                condition=Q(state=BatchState.TAKEN_BACK, taken_back_at__isnull=False)
                | ~Q(state=BatchState.TAKEN_BACK) & Q(taken_back_at__isnull=True),
                name="importbatch_taken_back_has_day",
                violation_error_message=_("An import that was taken back says when; no other does."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.pk})"

    @property
    def is_done(self) -> bool:
        return self.state in (BatchState.CONFIRMED, BatchState.TAKEN_BACK)

    def history_reason(self, what: str) -> str:
        """What the history says of records that this import wrote; no other import says the same."""
        end = f" (import {self.pk})"
        return f"{what}{self.file_name}"[: LONGEST_REASON - len(end)] + end


class SavedMapping(models.Model):
    """What the columns of files with one header are, as such a file was imported last: the next is read alike."""

    header_key = models.CharField(_("header, as a hash"), max_length=64, unique=True)
    mapping = models.JSONField(_("mapping"))
    name = models.CharField(_("file"), max_length=200)
    saved_at = models.DateTimeField(_("saved at"), auto_now=True)
    saved_by = _who(_("saved by"))

    class Meta:
        verbose_name = _("saved mapping")
        verbose_name_plural = _("saved mappings")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class ImportRow(models.Model):
    """One row of a file. `number` counts as a spreadsheet does; `record_id` is the record that it became or met.

    `detail` may hold `becomes` (before the import: what the row says), `differences` ([field, before, after]),
    `candidate` (the event that it looks like), `reasons` (why it is rejected or passed over), `warnings`, `published`
    (a draft of before became public with it), `kept_because`, and `where` (the sheet and the row there).
    """

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="rows", db_index=False, verbose_name=_("import")
    )
    number = models.PositiveIntegerField(_("row"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=RowOutcome)
    kind = models.CharField(_("kind"), max_length=10, choices=RecordKind, default=RecordKind.EVENT)
    record_id = models.BigIntegerField(_("record"), null=True, blank=True)
    detail = models.JSONField(_("detail"), default=dict)
    cells = models.JSONField(_("cells"), default=list)
    undone = models.CharField(_("taken back"), max_length=10, choices=Undone, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["batch", "number"]
        constraints = [
            one_of("outcome", RowOutcome),
            one_of("kind", RecordKind),
            one_of("undone", Undone, blank=True),
            models.UniqueConstraint(fields=["batch", "number"], name="importrow_once"),
        ]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="importrow_by_outcome")]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_outcome_display()}"


class ImportMade(models.Model):
    """A company or a source that an import made beside its events: it goes with them when nothing else uses it."""

    batch = models.ForeignKey(
        ImportBatch, models.CASCADE, related_name="made", db_index=False, verbose_name=_("import")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RecordKind)
    record_id = models.BigIntegerField(_("record"))

    class Meta:
        verbose_name = _("company or source of an import")
        verbose_name_plural = _("companies and sources of imports")
        ordering = ["batch", "kind", "record_id"]
        constraints = [
            one_of("kind", RecordKind),
            models.UniqueConstraint(fields=["batch", "kind", "record_id"], name="importmade_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.record_id}"
