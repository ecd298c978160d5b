"""Building the files: beside those that readers have, then in their place in one step.

FOLDER/current -> build-…       what readers get; a link, replaced at once
FOLDER/weekly/2026-W48/         the files as the first build of that week made them, kept
"""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from events import dates
from events.answers.about import LICENCE, LICENCE_URL, moment
from events.dataset.package import FORMAT
from events.dataset.tables import TABLES
from events.dataset.writers import SQLITE_NAME, ZIP_NAME, write_all
from events.models.edition import PublicRecord
from events.state import one_state

CURRENT, WEEKLY, MANIFEST, SUMS = "current", "weekly", "manifest.json", "SHA256SUMS"


class BuildRunning(Exception):
    """Another process builds at this moment."""


def build(folder: Path, *, keep_weekly: bool = False) -> dict[str, Any]:
    """Builds every file of one state of the database into `folder`; returns the manifest of what readers get now.

    Files that came out the same as those that are there are left as they are, with their day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        _clear(folder)
        target = Path(tempfile.mkdtemp(prefix="build-", dir=folder))
        try:
            target.chmod(0o755)
            manifest = _make(target)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
        if (sums_of(folder / CURRENT)) == (target / SUMS).read_text():
            shutil.rmtree(target)
            manifest = json.loads((folder / CURRENT / MANIFEST).read_text())
        else:
            _put_in_place(folder, target)
        if keep_weekly:
            _keep(folder, dates.today())
    return manifest


def _make(target: Path) -> dict[str, Any]:
    with one_state():
        record = PublicRecord.objects.get()
        counts = write_all(target)
    files = []
    for name, table in [(ZIP_NAME, ""), (SQLITE_NAME, ""), *((f"{t.name}.parquet", t.name) for t in TABLES)]:
        path = target / name
        rows = counts[table] if table else sum(counts.values())
        files.append(
            {"name": name, "table": table, "rows": rows, "bytes": path.stat().st_size, "sha256": _sha256(path)}
        )
    manifest = {
        "format": FORMAT,
        "data_version": record.version,
        "data_changed_at": moment(record.changed_at),
        "built_on": dates.today().isoformat(),
        "licence": {"name": LICENCE, "url": LICENCE_URL},
        "tables": [{"name": t.name, "holds": str(t.holds), "rows": counts[t.name]} for t in TABLES],
        "files": files,
    }
    (target / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n")
    (target / SUMS).write_text("".join(f"{file['sha256']}  {file['name']}\n" for file in files))
    return manifest


def sums_of(folder: Path) -> str:
    """The checksums of the files in `folder`; nothing where none were made."""
    path = folder / SUMS
    return path.read_text() if path.is_file() else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BuildRunning(_("Another build is running. Wait until it has ended.")) from error
        yield


def _clear(folder: Path) -> None:
    """Takes away what builds that were killed left behind."""
    current = (folder / CURRENT).resolve()
    for path in [*folder.glob("build-*"), *folder.glob(f"{WEEKLY}/.keeping-*")]:
        if path.resolve() != current:
            shutil.rmtree(path, ignore_errors=True)


def _put_in_place(folder: Path, target: Path) -> None:
    current = folder / CURRENT
    before = current.resolve() if current.is_symlink() else None
    link = folder / f".{CURRENT}"
    link.unlink(missing_ok=True)
    link.symlink_to(target.name)
    os.replace(link, current)
    # Who reads one of the old files has it open: it goes on to its end.
    if before is not None:
        shutil.rmtree(before, ignore_errors=True)


def _keep(folder: Path, day: date) -> None:
    """Keeps today's files as those of their week, if it has none yet."""
    year, week, _weekday = day.isocalendar()
    kept = folder / WEEKLY / f"{year:04d}-W{week:02d}"
    if kept.exists():
        return
    kept.parent.mkdir(exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".keeping-", dir=kept.parent))
    aside.chmod(0o755)
    for path in sorted((folder / CURRENT).iterdir()):
        # The same file under a second name takes no room.
        os.link(path, aside / path.name)
    aside.rename(kept)
