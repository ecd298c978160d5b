"""manage.py import_data FILE: reads a file of layoffs into the desk (docs/importing.md)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.imports.engine import ImportStopped, import_file
from events.imports.layouts import LAYOUTS


class Command(BaseCommand):
    help = "Reads a CSV file of layoffs into the desk, as drafts, and accounts for every row."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--layout", default="", metavar="NAME", help=f"one of {', '.join(LAYOUTS)}; otherwise found by the header"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, report, keep nothing")
        parser.add_argument("--publish", action="store_true", help="publish the events, likely duplicates excepted")
        parser.add_argument("--rejects", type=Path, metavar="OUT.csv", help="set bad rows aside in this file")

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(words: str) -> None:
            if options["verbosity"]:
                self.stderr.write(f"{words} …")

        try:
            report = import_file(
                options["file"],
                layout=options["layout"],
                dry_run=options["dry_run"],
                publish=options["publish"],
                rejects=options["rejects"],
                progress=progress,
            )
        except ImportStopped as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(report.lines()))
