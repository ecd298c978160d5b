"""`manage.py build_data`: the whole published record as files for readers (docs/data-set.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from events.dataset.build import BuildRunning, build


class Command(BaseCommand):
    help = "Builds the data set: CSV with a data package, SQLite and Parquet, with checksums, for /data/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--keep-weekly", action="store_true", help="keep the first build of each week for good")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = build(Path(settings.DATA_DIR), keep_weekly=options["keep_weekly"])
        except BuildRunning as error:
            raise CommandError(str(error)) from error
        rows = sum(table["rows"] for table in manifest["tables"])
        self.stdout.write(
            f"Data set of version {manifest['data_version']}: {rows} rows in {len(manifest['tables'])} tables, "
            f"{len(manifest['files'])} files, built on {manifest['built_on']}."
        )
