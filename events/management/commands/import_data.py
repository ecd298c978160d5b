"""manage.py import_data FILE: reads a file of layoffs into the desk (docs/importing.md), or makes an empty site of a
whole data set (docs/data-set.md). --take-back ID takes an import back."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from events.imports import batches, working
from events.imports.engine import ImportStopped, import_file
from events.imports.layouts import LAYOUTS
from events.imports.matching import NEW
from events.imports.restore import restore
from events.imports.spreadsheet import is_spreadsheet
from events.imports.take_back import EditedSince, take_back
from events.models import Company, ImportBatch


class Command(BaseCommand):
    help = (
        "Reads a file of layoffs (CSV, TSV, XLSX) into the desk, as drafts, and accounts for every row. A data set "
        "(layoffwatch-data.zip) makes an empty site what the other one was for readers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", nargs="?")
        parser.add_argument(
            "--layout", default="", metavar="NAME", help=f"one of {', '.join(LAYOUTS)}; otherwise found by the header"
        )
        parser.add_argument(
            "--map", action="append", default=[], metavar="'COLUMN=field'",
            help="what a column of an unknown file is, repeated; without it what was said of the last such file holds, "
            "or an error lists both",
        )  # fmt: skip
        parser.add_argument(
            "--company", action="append", default=[], metavar="'NAME=SLUG'",
            help="which company a name of the file means, or NAME=new; asked for names that are near a known one",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="do everything, report, keep nothing")
        parser.add_argument("--publish", action="store_true", help="publish the events, likely duplicates excepted")
        parser.add_argument("--rejects", type=Path, metavar="OUT.csv", help="set bad rows aside in this file")
        parser.add_argument("--user", metavar="NAME", help="who imports, or takes back: the history says it")
        parser.add_argument("--take-back", type=int, metavar="ID", help="take the import of this number back")
        parser.add_argument(
            "--except-edited",
            action="store_true",
            help="with --take-back: leave what was edited since as it is, and take back all else",
        )
        parser.add_argument(
            "--batch", type=int, metavar="ID", help="do what was asked of this import in the admin, which starts this"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        def progress(words: str) -> None:
            if options["verbosity"]:
                self.stderr.write(f"{words} …")

        if sum(options[name] is not None for name in ("file", "take_back", "batch")) != 1:
            raise CommandError("Name one: a FILE, or an import by its number with --take-back.")
        if options["except_edited"] and options["take_back"] is None:
            raise CommandError("--except-edited goes with --take-back.")
        if options["batch"] is not None:
            batches.carry_out(self._batch(options["batch"]).pk, working.progress_to(options["batch"]))
            return
        try:
            if options["take_back"] is not None:
                self._take_back(options, progress)
            else:
                self._read(options, progress)
        except EditedSince as error:
            raise CommandError(f"{error}\nTake back all others with --except-edited.") from error
        except ImportStopped as error:
            raise CommandError(str(error)) from error

    def _read(self, options: dict[str, Any], progress: Callable[[str], None]) -> None:
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
            user=self._user(options["user"]),
            progress=progress,
        )
        self.stdout.write("\n".join(report.lines()))

    def _take_back(self, options: dict[str, Any], progress: Callable[[str], None]) -> None:
        if given := self._given(options, ("layout", "map", "company", "dry_run", "publish", "rejects")):
            raise CommandError(f"An import is taken back whole: leave out {given}.")
        batch = self._batch(options["take_back"])
        done = take_back(batch, self._user(options["user"]), except_edited=options["except_edited"], progress=progress)
        self.stdout.write(f"{batch}: {done}")

    def _restore(self, options: dict[str, Any], progress: Callable[[str], None]) -> None:
        if given := self._given(options, ("layout", "map", "company", "dry_run", "publish", "rejects", "user")):
            raise CommandError(f"A data set is taken whole: leave out {given}.")
        self.stdout.write("\n".join(restore(options["file"], progress).lines()))

    @staticmethod
    def _given(options: dict[str, Any], names: tuple[str, ...]) -> str:
        return ", ".join(f"--{name.replace('_', '-')}" for name in names if options[name])

    @staticmethod
    def _batch(number: int) -> ImportBatch:
        batch = ImportBatch.objects.filter(pk=number).first()
        if batch is None:
            raise CommandError(f"There is no import {number}.")
        return batch

    @staticmethod
    def _user(name: str | None) -> Any:
        if not name:
            return None
        users = get_user_model()
        user = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
        if user is None:
            raise CommandError(f"There is no user ‘{name}’.")
        return user


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
