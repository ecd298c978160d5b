"""How fast a file is imported and taken back, and in how much memory: on made-up notices, always the same ones.

    python bench/imports.py                          10,000 and 100,000 rows, as drafts
    python bench/imports.py 20000 --publish          published in the import itself
    python bench/imports.py 10000 --again --back     imported, with every other row changed imported again, taken back
    python bench/imports.py 10000 --xlsx             from a workbook

Each size has a process and a database of its own, which are thrown away. Prints rows a second of processor time and by
the clock, how long other writers wait, and the memory at most (RssAnon, what the system's cache of files is not in).
docs/importing.md has what was measured.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZES = (10_000, 100_000)
HEADER = (
    "notice_date", "effective_date", "received_date", "company", "city", "num_employees", "layoff_or_closure", "county",
    "address", "source_file",
)  # fmt: skip
FIRST = ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliet"]
SECOND = ["Foods", "Logistics", "Medical", "Systems", "Retail", "Airlines", "Textiles", "Energy"]
MEGABYTE = 1024


def rows(size: int, changed: bool) -> Iterator[list[object]]:
    """Notices of some thousand employers over eleven years; with `changed`, every other one of another number."""
    made = Random(1)  # noqa: S311 - always the same rows are what is wanted
    yield list(HEADER)
    for number in range(size):
        day = date(2014, 1, 1) + timedelta(days=made.randrange(4000))
        company = f"{made.choice(FIRST)} {made.choice(SECOND)} {made.randrange(200)}"
        people = made.randrange(1, 900) + (changed and number % 2)
        yield [
            f"{day:%m/%d/%Y}", f"{day + timedelta(days=60):%m/%d/%Y}", "", company, f"City {number % 500}", people,
            "Layoff Permanent", f"County {number % 58}", f"{number} Main Street", "made-up.pdf",
        ]  # fmt: skip


def write_file(path: Path, size: int, changed: bool) -> None:
    """The notices as CSV, or as a workbook where `path` ends so."""
    if path.suffix == ".xlsx":
        from openpyxl import Workbook

        book = Workbook(write_only=True)
        sheet = book.create_sheet("notices")
        for row in rows(size, changed):
            sheet.append(row)
        book.save(path)
        return
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows(size, changed))


class Memory:
    """The most memory of its own that this process had since, looked at fifty times a second."""

    def __init__(self) -> None:
        self.most = 0
        self._stop = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while not self._stop.wait(0.02):
            self.most = max(self.most, _own_memory())

    def stop(self) -> int:
        self._stop.set()
        return self.most // MEGABYTE


def _own_memory() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0])


@contextmanager
def measured(what: str, size: int) -> Iterator[None]:
    """Prints what the block took, beside what is in it."""
    memory = Memory()
    clock, cpu = time.monotonic(), time.process_time()
    yield
    clock, cpu = time.monotonic() - clock, time.process_time() - cpu
    print(  # noqa: T201 - its purpose
        f"{size:>9,} {what:<10} {size / cpu:>8,.0f} rows/s of CPU {size / clock:>8,.0f} by the clock "
        f"{cpu:>7.1f} s {memory.stop():>5} MB",
        flush=True,
    )


def measure(size: int, options: argparse.Namespace, folder: Path) -> None:
    """One size, in this process."""
    os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "layoffwatch.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from events.imports.engine import import_file
    from events.imports.take_back import take_back
    from events.models import ImportBatch

    call_command("migrate", verbosity=0)
    ending = "xlsx" if options.xlsx else "csv"
    progress = _spoken if options.verbose else (lambda words: None)
    for what, changed in (("imported", False), ("changed", True))[: 2 if options.again else 1]:
        path = folder / f"{what}.{ending}"
        write_file(path, size, changed)
        with measured(what, size):
            # No preview has asked for names here: each is a company of its own.
            import_file(path, publish=options.publish, progress=progress)
    if options.back:
        for batch in ImportBatch.objects.order_by("-pk"):
            with measured("taken back", size):
                take_back(batch, None, progress=progress)


def _spoken(words: str) -> None:
    print(f"{time.process_time():8.1f} s {_own_memory() // MEGABYTE:>5} MB  {words}", file=sys.stderr)  # noqa: T201 - as above


def main(arguments: list[str] | None = None) -> None:
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    for name, about in (
        ("publish", "publish what is imported"),
        ("again", "import the same file again, with every other row changed"),
        ("back", "take everything back"),
        ("xlsx", "from a workbook"),
        ("verbose", "say what is done, and the memory at that moment"),
        ("inside", argparse.SUPPRESS),
    ):
        parser.add_argument(f"--{name}", action="store_true", help=about)
    options = parser.parse_args(arguments)
    given = [word for word in (arguments or sys.argv[1:]) if word.startswith("-")]
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            if options.inside:
                measure(size, options, Path(folder))
            else:
                command = [sys.executable, __file__, str(size), "--inside", *given]
                subprocess.run(command, check=True)  # noqa: S603 - this file


if __name__ == "__main__":
    main()
