"""manage.py import_data FILE: reads a file of layoffs into the desk (docs/importing.md), or makes an empty site of a
whole data set (docs/data-set.md)."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from django.core.management.base import BaseCommand, CommandError

from events.imports.engine import ImportStopped, import_file
from events.imports.layouts import LAYOUTS
from events.imports.matching import NEW
from events.imports.restore import restore
from events.imports.spreadsheet import is_spreadsheet
from events.models import Company


class Command(BaseCommand):
    help = (
        "Reads a file of layoffs (CSV, TSV, XLSX) into the desk, as drafts, and accounts for every row. A data set "
        "(layoffwatch-data.zip) makes an empty site what the other one was for readers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--layout", default="", metavar="NAME", help=f"one of {', '.join(LAYOUTS)}; otherwise found by the header"
        )
        parser.add_argument(
            "--map", action="append", default=[], metavar="'COLUMN=field'",
            help="what a column of an unknown file is, repeated; without it such a file is an error that lists both",
        )  # fmt: skip
        parser.add_argument(
            "--company", action="append", default=[], metavar="'NAME=SLUG'",
            help="which company a name of the file means, or NAME=new; asked for names that are near a known one",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="do everything, report, keep nothing")
        parser.add_argument("--publish", action="store_true", help="publish the events, likely duplicates excepted")
        parser.add_argument("--rejects", type=Path, metavar="OUT.csv", help="set bad rows aside in this file")

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(words: str) -> None:
            if options["verbosity"]:
                self.stderr.write(f"{words} …")

        try:
            if is_zipfile(options["file"]) and not is_spreadsheet(options["file"]):
                self._restore(options, progress)
                return
            if options["file"].suffix.lower() == ".zip":
                raise CommandError(
                    f"{options['file'].name} is no whole zip: fetch it again, and compare it with SHA256SUMS beside it."
                )
            report = import_file(
                options["file"],
                layout=options["layout"],
                mapping=options["map"],
                companies=_answers(options["company"]),
                dry_run=options["dry_run"],
                publish=options["publish"],
                rejects=options["rejects"],
                progress=progress,
            )
        except ImportStopped as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(report.lines()))

    def _restore(self, options: dict[str, Any], progress: Callable[[str], None]) -> None:
        of_rows = ("layout", "map", "company", "dry_run", "publish", "rejects")
        if given := [f"--{name.replace('_', '-')}" for name in of_rows if options[name]]:
            raise CommandError(f"A data set is taken whole: leave out {', '.join(given)}.")
        self.stdout.write("\n".join(restore(options["file"], progress).lines()))


def _answers(given: list[str]) -> dict[str, Company | str]:
    """Raises CommandError where a company is not known."""
    answers: dict[str, Company | str] = {}
    for words in given:
        name, equals, slug = words.rpartition("=")
        company = Company.objects.filter(slug=slug).first() if equals and slug != NEW else None
        if not name or company is None and slug != NEW:
            raise CommandError(f"--company ‘{words}’: write 'NAME=SLUG', the address of a company here, or 'NAME=new'.")
        answers[name] = company or NEW
    return answers
