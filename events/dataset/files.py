"""What was built: listed for readers, and found by name."""

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from events.dataset.build import CURRENT, MANIFEST, SUMS, WEEKLY

_WEEK = re.compile(r"[0-9]{4}-W[0-9]{2}")


@dataclass(frozen=True)
class File:
    """One file with what a reader checks it by."""

    name: str
    table: str
    rows: int
    bytes: int
    sha256: str
    href: str
    holds: str = ""


@dataclass(frozen=True)
class DataSet:
    """The files of one build: `week` for one that is kept, else the newest."""

    built_on: date
    version: int
    changed_at: datetime
    files: list[File]
    href: str
    week: str = ""

    @property
    def whole(self) -> list[File]:
        """The files that hold every table."""
        return [file for file in self.files if not file.table]

    @property
    def tables(self) -> list[File]:
        return [file for file in self.files if file.table]


def newest() -> DataSet | None:
    """What readers can take along now; None when nothing was built yet."""
    return _read(Path(settings.DATA_DIR) / CURRENT, "/data/files/")


def kept() -> list[DataSet]:
    """The weekly copies, newest first."""
    folder = Path(settings.DATA_DIR) / WEEKLY
    weeks = sorted((path.name for path in folder.glob("*") if _WEEK.fullmatch(path.name)), reverse=True)
    found = [_read(folder / week, f"/data/files/weekly/{week}/", week) for week in weeks]
    return [data_set for data_set in found if data_set]


def find(name: str, week: str = "") -> Path | None:
    """The file of that name, of the newest build or a week's; None where there is none."""
    top = Path(settings.DATA_DIR)
    folder = top / WEEKLY / week if week else top / CURRENT
    data_set = _read(folder, "")
    if data_set is None or name not in {MANIFEST, SUMS, *(file.name for file in data_set.files)}:
        return None
    # The build that is the newest now: the link may lead elsewhere a moment later.
    path = folder.resolve() / name
    return path if path.is_file() else None


def _read(folder: Path, href: str, week: str = "") -> DataSet | None:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        return None
    holds = {table["name"]: table["holds"] for table in manifest["tables"]}
    return DataSet(
        built_on=date.fromisoformat(manifest["built_on"]),
        version=manifest["data_version"],
        changed_at=datetime.fromisoformat(manifest["data_changed_at"]),
        files=[
            File(**file, href=f"{href}{file['name']}", holds=holds.get(file["table"], "")) for file in manifest["files"]
        ],
        href=href,
        week=week,
    )
