"""The way of an uploaded file: kept, previewed, confirmed or forgotten, taken back (docs/importing.md)."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.imports import working
from events.imports.account import answered
from events.imports.engine import LONGEST_NAME, DeskChanged, ImportStopped, import_file
from events.imports.layouts import LAYOUTS
from events.imports.matching import NEW, Answers
from events.imports.take_back import EditedSince, take_back
from events.models import Company, ImportBatch
from events.models.choices import BatchState, BatchTask

KEPT_DAYS = 7  # so long an uploaded file waits for its confirmation
_FROM = {
    BatchTask.PREVIEW: (BatchState.UPLOADED, BatchState.PREVIEWED, BatchState.FAILED),
    BatchTask.IMPORT: (BatchState.PREVIEWED,),
    BatchTask.TAKE_BACK: (BatchState.CONFIRMED,),
}
FORGOTTEN = gettext_lazy("It was not confirmed within %s days: the file and its preview were deleted. Upload it again.")

log = logging.getLogger(__name__)


class NotNow(Exception):
    """What was asked of a batch cannot be done; the message is for an editor."""


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def kept_file(batch: ImportBatch) -> Path:
    """Where the uploaded file of `batch` waits. Its name is ours: nothing of the uploader's is in it."""
    return working.folder() / f"{batch.pk}-{batch.sha256}"


def receive(
    chunks: Iterable[bytes],
    name: str,
    *,
    user: User | None,
    layout: str = "",
    mapping: Sequence[str] = (),
    publish: bool = False,
) -> ImportBatch:
    """Keeps an uploaded file, whole or not at all; forgets those that waited too long."""
    forget_old()
    handle, draft = tempfile.mkstemp(dir=working.folder())
    try:
        digest, size = hashlib.sha256(), 0
        with open(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                file_name=_short(name),
                sha256=digest.hexdigest(),
                size=size,
                layout=layout,
                mapping=list(mapping),
                publish=publish,
                uploaded_by=user,
            )
            os.replace(draft, kept_file(batch))
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return batch


def _short(name: str) -> str:
    """A file's name without folders, short enough to mark events with; its ending stays."""
    path = Path(name.replace("\\", "/").replace("\0", ""))
    ending = path.suffix[:20]
    return f"{path.stem[: LONGEST_NAME - len(ending)]}{ending}" or "file"


def forget_old() -> None:
    """Deletes the files and previews that nobody confirmed in time, and whatever else was left beside them."""
    before = timezone.now() - timedelta(days=KEPT_DAYS)
    words = str(FORGOTTEN) % KEPT_DAYS
    for batch in ImportBatch.objects.filter(uploaded_at__lt=before, confirmed_at=None).exclude(error=words):
        if not working.is_held(batch.pk):
            with transaction.atomic():
                batch.rows.all().delete()
                batch.state, batch.task, batch.error = BatchState.FAILED, "", words
                batch.seen = []
                batch.save()
            forget_file(batch)
    for path in working.folder().iterdir():
        # Whoever works puts files here and takes them away meanwhile, and holds a lock file however old it is.
        with suppress(FileNotFoundError):
            held = path.stem.isdigit() and working.is_held(int(path.stem))
            if path.stat().st_mtime < before.timestamp() and not held:
                path.unlink()


def forget_file(batch: ImportBatch) -> None:
    kept_file(batch).unlink(missing_ok=True)
    working.clean(batch.pk)


def asked_layout(batch: ImportBatch) -> str:
    """The layout by name; that of a file whose columns are mapped has none to be asked for by."""
    return batch.layout if batch.layout in LAYOUTS else ""


def unanswered(batch: ImportBatch) -> int:
    """How many names of the file are near a company's while nobody said whether they mean it."""
    return len(batch.doubtful) - len(answered(batch))


def _answers(batch: ImportBatch) -> Answers:
    """What was said of doubtful names. Where a company is no longer here, the name is asked for anew."""
    said = {each["name"]: each["answer"] for each in answered(batch)}
    companies = Company.objects.in_bulk([answer for answer in said.values() if answer != NEW])
    return {name: companies.get(answer, NEW) for name, answer in said.items() if answer == NEW or answer in companies}


def read_before(batch: ImportBatch) -> ImportBatch | None:
    """The last import of the very same file that was not taken back."""
    same = ImportBatch.objects.filter(sha256=batch.sha256, state=BatchState.CONFIRMED).exclude(pk=batch.pk)
    return same.order_by("-pk").first()


# ── Work ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def ask(batch: ImportBatch, task: BatchTask, user: User | None, *, seen: str | None = None, **options: Any) -> None:
    """Asks for `task`: a small file's is done at once, a large one's by a process of its own.

    `options` are fields of the batch that say how (`layout`, `publish`, `set_aside`, `except_edited`). Raises NotNow
    when the batch is not ready for it, somebody else is at it, or its preview is no longer the one that was `seen`.
    """
    try:
        with working.hold(batch.pk) as lock:
            batch.refresh_from_db()
            if batch.state not in _FROM[task]:
                raise NotNow(_("This import is %s: it cannot be done now.") % batch.get_state_display())
            if seen is not None and batch.fingerprint != seen:
                raise NotNow(_("The preview was made anew meanwhile: look at it again, then confirm."))
            if task != BatchTask.TAKE_BACK and not kept_file(batch).is_file():
                raise NotNow(_("The uploaded file is no longer here: upload it again."))
            if task == BatchTask.IMPORT and (open_names := unanswered(batch)):
                raise NotNow(
                    ngettext(
                        "%s name of the file is near a known company's: say first which is meant.",
                        "%s names of the file are near known companies': say first which are meant.",
                        open_names,
                    )
                    % open_names
                )
            batch.task, batch.error = task, ""
            for name, value in options.items():
                setattr(batch, name, value)
            if task == BatchTask.IMPORT:
                batch.confirmed_by = user
            elif task == BatchTask.TAKE_BACK:
                batch.taken_back_by = user
            batch.save()
            if batch.size > settings.IMPORT_IN_REQUEST_BYTES:
                working.detach(batch.pk, lock)
            else:
                carry_out(batch.pk, lambda words: None)
    except working.Busy as error:
        raise NotNow(_("Somebody has asked for this a moment ago: it is being done.")) from error


def carry_out(batch_id: int, progress: Callable[[str], None]) -> None:
    """Does what was asked of a batch. What goes wrong is noted at the batch, for its page."""
    batch = ImportBatch.objects.get(pk=batch_id)
    try:
        match batch.task:
            case BatchTask.PREVIEW:
                _preview(batch, progress)
            case BatchTask.IMPORT:
                _confirm(batch, progress)
            case BatchTask.TAKE_BACK:
                take_back(batch, batch.taken_back_by, except_edited=batch.except_edited, progress=progress)
    except EditedSince as error:
        batch.counts = {**batch.counts, "edited_since": error.number}
        ImportBatch.objects.filter(pk=batch_id).update(counts=batch.counts)
        _note_error(batch_id, str(error))
    except ImportStopped as error:
        _note_error(batch_id, str(error))
    except Exception:
        log.exception("The work on import %s failed", batch_id)
        _note_error(batch_id, _("Something went wrong, and nothing was written. The site's log says what."))


def _preview(batch: ImportBatch, progress: Callable[[str], None]) -> None:
    try:
        import_file(
            kept_file(batch),
            layout=asked_layout(batch),
            mapping=batch.mapping,
            companies=_answers(batch),
            dry_run=True,
            publish=batch.publish,
            set_aside=True,
            user=batch.uploaded_by,
            batch=batch,
            progress=progress,
        )
    except ImportStopped as error:
        ImportBatch.objects.filter(pk=batch.pk, confirmed_at=None).update(
            state=BatchState.FAILED,
            task="",
            error=error.brief,
            seen=[asdict(column) for column in error.columns],
        )


def _confirm(batch: ImportBatch, progress: Callable[[str], None]) -> None:
    try:
        import_file(
            kept_file(batch),
            layout=asked_layout(batch),
            mapping=batch.mapping,
            companies=_answers(batch),
            publish=batch.publish,
            set_aside=batch.set_aside,
            user=batch.confirmed_by,
            batch=batch,
            progress=progress,
        )
    except ImportStopped as error:
        if not isinstance(error, DeskChanged) and error.report is None:
            raise
        # What is so of the file now, an editor must see before anything is written.
        _preview(batch, progress)
        _note_error(batch.pk, _("The desk changed since the preview. Nothing was imported: look at it again."))
        return
    forget_file(batch)


def _note_error(batch_id: int, words: str) -> None:
    ImportBatch.objects.filter(pk=batch_id).update(task="", error=words)
