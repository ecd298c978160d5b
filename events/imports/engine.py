"""The way of a file into the desk, all in one transaction: read, compare with what is here, report, write.

The file is read and checked before the transaction begins, so that other writers wait only while rows are written.
What tells rows apart and what each outcome means: docs/importing.md.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from django.contrib.auth.models import User
from django.db import DatabaseError, IntegrityError, transaction

from events.imports import account
from events.imports.kinds.companies import CompaniesImport
from events.imports.kinds.events import EventsImport
from events.imports.kinds.notes import NotesImport
from events.imports.layouts import LAYOUTS, Kind, UnknownLayout, layout_of, why_not
from events.imports.layouts.seen import seen_columns
from events.imports.matching import Answers
from events.imports.reading import BrokenFile, read_file
from events.imports.report import Columns, RejectsFile, Report
from events.imports.run import ImportStopped, Run
from events.imports.saved import Mapping, remember
from events.models import ImportBatch, PublicRecord
from events.models.choices import BatchState
from events.publishing import NotPublishable

LONGEST_NAME = 200
# To publish takes twice as long as to write drafts, and others wait for it.
MOST_PUBLISHED = 25_000


class DeskChanged(ImportStopped):
    """Nothing was imported: what the preview said would happen would not."""


def import_file(
    path: Path | str,
    *,
    layout: str = "",
    mapping: Sequence[str] = (),
    companies: Answers | None = None,
    dry_run: bool = False,
    publish: bool = False,
    set_aside: bool = False,
    rejects: Path | str | None = None,
    user: User | None = None,
    batch: ImportBatch | None = None,
    progress: Callable[[str], None] = lambda words: None,
) -> Report:
    """Reads the file at `path` into the desk and accounts for every row of it.

    The columns of a file that is not known are what `mapping` says of them: 'COLUMN=field'; without it, what was said
    of the last file with this header. What an import said is saved for the next. One bad row undoes all, unless bad
    rows are `set_aside`, into the file `rejects` if one is named. `companies` answers for names that are
    near a known one, as the file writes them: which company is meant, or "new". The account is kept with a new batch,
    or with `batch`: a dry run is its preview, and the import does what the preview said or nothing (DeskChanged).
    Raises ImportStopped, and leaves nothing behind, when the file or a row of it cannot be read.
    """
    with _garbage_later():
        aside = Path(rejects) if rejects else None
        return _import_file(
            Path(path), layout, mapping, companies, dry_run, publish, set_aside, aside, user, batch, progress
        )


@contextmanager
def _garbage_later() -> Iterator[None]:
    """Lets Python search for reference cycles less often: among so many new objects it costs a quarter of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _import_file(
    path: Path,
    layout: str,
    mapping: Sequence[str],
    companies: Answers | None,
    dry_run: bool,
    publish: bool,
    set_aside: bool,
    rejects: Path | None,
    user: User | None,
    batch: ImportBatch | None,
    progress: Callable[[str], None],
) -> Report:
    started = time.monotonic()
    name = batch.file_name if batch else path.name
    if not name or len(name) > LONGEST_NAME or name == "desk":
        raise ImportStopped(f"Events are marked with their file's name: ‘{name[:60]}’ cannot be one.")
    rejects_file = RejectsFile(rejects) if rejects else None
    if rejects_file and rejects_file.path.resolve() == path.resolve():
        raise ImportStopped("The rejected rows cannot be written over the file itself.")
    try:
        progress(f"Reading {name}")
        said = Mapping(layout, mapping)
        file = replace(read_file(path, lambda header: why_not(header, layout, said.of(header))), name=name)
        if batch and file.sha256 != batch.sha256:
            raise ImportStopped("The file that was kept is no longer the one that was uploaded: upload it again.")
        if publish and len(file.rows) > MOST_PUBLISHED:
            raise ImportStopped(
                f"The file has {len(file.rows):,} rows; at most {MOST_PUBLISHED:,} are published in one import, for "
                "other writers wait as long. Import them as drafts and publish them in parts, or split the file."
            )
        mapping, saved = said.of(file.header), said.saved(file.header)
        found = layout_of(file, layout, mapping)
        is_mapped = found.name not in LAYOUTS
        columns = Columns(file.header, found)
        set_aside = set_aside or rejects_file is not None
        run = _RUNS[found.kind](file, found, publish=publish, set_aside=set_aside, user=user, progress=progress)
        run.answers = companies or {}
        run.report.dry_run = run.accounts.is_preview = dry_run
        if saved:
            run.report.remarks.append(
                f"Its columns are read as those of ‘{saved.name}’ were ({saved.saved_at:%Y-%m-%d}): "
                f"{'; '.join(mapping)}."
            )
        run.read_rows()
        with transaction.atomic():
            # Imports and publications wait for one another here.
            PublicRecord.objects.select_for_update().get()
            run.batch = _awaiting(batch) if batch else _new_batch(path, run, set_aside, mapping)
            run.write()
            if rejects_file:
                rejects_file.prepare(file, found, run.report.rejected)
            if dry_run:
                transaction.set_rollback(True)
            else:
                progress("Writing down what became of each row")
                if batch and run.batch.fingerprint != account.fingerprint(run.accounts, run.report):
                    raise DeskChanged("The desk changed since the preview. Nothing was imported: look at it again.")
                run.batch.mapping = list(mapping)
                account.keep_import(run.batch, run.report, run.accounts, columns, run.made, user)
                if is_mapped:
                    remember(file.header, mapping, name, user)
        if rejects_file:
            rejects_file.put()
        if dry_run and batch:
            seen = seen_columns(file) if is_mapped else ()
            account.keep_preview(batch, run.report, run.accounts, columns, mapping=mapping, seen=seen)
    except UnknownLayout as error:
        raise ImportStopped(str(error), columns=error.columns, brief=error.brief) from error
    except BrokenFile as error:
        raise ImportStopped(str(error)) from error
    except IntegrityError as error:
        raise ImportStopped(
            f"The database refused a row, probably because somebody entered the same at this moment: {error}. "
            "Nothing was imported; try again."
        ) from error
    except DatabaseError as error:
        raise ImportStopped(f"The database could not be written: {error}. Nothing was imported; try again.") from error
    except NotPublishable as error:
        raise ImportStopped(f"A change cannot be public: {error} Nothing was imported.") from error
    except OSError as error:
        raise ImportStopped(f"The rejected rows cannot be written: {error}. Nothing was imported.") from error
    finally:
        if rejects_file:
            rejects_file.discard()
    run.report.batch = None if dry_run else run.batch.pk
    run.report.seconds = time.monotonic() - started
    return run.report


def _awaiting(batch: ImportBatch) -> ImportBatch:
    """The batch as the database has it; another process may have confirmed it meanwhile."""
    here = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if here.is_done:
        raise ImportStopped(f"This import is {BatchState(here.state).label} already. Nothing was done a second time.")
    return here


def _new_batch(path: Path, run: Run, set_aside: bool, mapping: Sequence[str]) -> ImportBatch:
    return ImportBatch.objects.create(
        file_name=run.file.name,
        sha256=run.file.sha256,
        size=path.stat().st_size,
        mapping=list(mapping),
        publish=run.publish,
        set_aside=set_aside,
        uploaded_by=run.user,
    )


# Who writes the rows of a file, by what they become.
_RUNS: dict[Kind, type[Run]] = {Kind.EVENTS: EventsImport, Kind.NOTES: NotesImport, Kind.COMPANIES: CompaniesImport}
