"""How long the selection and whole answers take, on databases that bench/make.py makes.

    python bench/measure.py                          4,000 and 100,000 events
    python bench/measure.py 1000000 --only words     one size, the cases that have "words" in their name
    python bench/measure.py --vs var/bench/OLD.json  beside an earlier run, as ratios
    python bench/measure.py 100000 --explain --only "facet: stage"    the SQL of a case, and how it is answered

Prints medians of several rounds in milliseconds, with the fastest and the slowest, and writes them to var/bench/ as
text and as JSON. Every round asks anew: nothing is kept between them but the database's own cache of pages. One
process measures one size, one case at a time.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import make  # noqa: E402 - found by the line above

SIZES = (4_000, 100_000)
ROUNDS = 7
# A case that takes long is measured less often: until it has had so many seconds, and so many rounds at least.
SECONDS, LEAST_ROUNDS = 20.0, 3
# What takes longer than this once is not asked again.
TOO_LONG = 30.0

FIVE_FACETS = ("counts_as", "stage", "ai_link", "sector", "country")
AS_OF = "2023-06-30"
NONE = ""
THREE_FILTERS = (
    "announced_after=2022-01-01&announced_before=2023-12-31&country=US&sector=ai&sector=consumer&sector=data"
)
FAR_PAGE = 1000


@dataclass
class Measured:
    """One case: what it found, and milliseconds of its rounds."""

    group: str
    name: str
    found: str
    median: float
    fastest: float
    slowest: float
    rounds: int
    unit: str = "ms"

    @property
    def key(self) -> str:
        return f"{self.group}: {self.name}"


@dataclass(frozen=True)
class Case:
    """`prepare` is not timed and gives what is: a call, whose value says what was found."""

    group: str
    name: str
    prepare: Callable[[], Callable[[], Any]]

    @property
    def key(self) -> str:
        return f"{self.group}: {self.name}"


# ── Cases ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def selection_case(name: str, string: str, ask: Callable[[Any], Any]) -> Case:
    """A case of the selection alone: the query is checked before the clock runs."""

    def prepare() -> Callable[[], Any]:
        from events.query import EventQuery
        from events.selection import EventSelection

        query = EventQuery.from_string(string)
        return lambda: ask(EventSelection(query))

    return Case("selection", name, prepare)


def page_case(name: str, address: str) -> Case:
    """A case of a whole answer: through every middleware to the last byte."""

    def prepare() -> Callable[[], Any]:
        from django.test import Client

        client = Client(SERVER_NAME="localhost", raise_request_exception=False)

        def ask() -> str:
            response: Any = client.get(address)
            if response.status_code != 200:
                raise RuntimeError(f"{address} answers {response.status_code}.")
            length = sum(map(len, response.streaming_content)) if response.streaming else len(response.content)
            return f"{length // 1000:,} kB"

        return ask

    return Case("whole answer", name, prepare)


def rows_of(selection: Any) -> str:
    return f"{len(selection.page().rows)} rows"


def totals_of(selection: Any) -> str:
    return f"{sum(total.events for total in selection.totals.values()):,} events"


def five_facets(selection: Any) -> str:
    return f"{sum(len(selection.facet(name)) for name in FIVE_FACETS)} values"


def one_facet(selection: Any, name: str) -> str:
    return f"{len(selection.facet(name))} values"


def all_facets(selection: Any) -> str:
    return f"{sum(map(len, selection.facets.values()))} values"


def one_series(selection: Any, by: str = "month") -> str:
    return f"{len(selection.series_by(by).bars)} bars"


def explorer(selection: Any) -> str:
    """Rows, totals, five facets and one series: what the issue sets an aim for."""
    rows_of(selection)
    found = totals_of(selection)
    five_facets(selection)
    one_series(selection)
    return found


def explorer_of_the_page(selection: Any) -> str:
    """The same with every facet, as the page asks."""
    rows_of(selection)
    found = totals_of(selection)
    all_facets(selection)
    one_series(selection)
    return found


def far_page() -> tuple[str, str]:
    """The name and the query string of page 1,000, or of the last whole one where there are not so many."""
    from events.query import EventQuery, write_cursor
    from events.selection import PAGE_SIZE, EventSelection

    selection = EventSelection(EventQuery.from_string(""))
    number = max(min(FAR_PAGE, selection.count // PAGE_SIZE), 2)
    at = (number - 1) * PAGE_SIZE
    last = selection.editions.order_by("-announced_from", "-record_id")[at - 1]
    return f"page {number:,}", f"after={write_cursor([last.announced_from.isoformat(), last.record_id])}"


def largest_company() -> str:
    """The address of the company with the most events, among those that own another."""
    from django.db.models import Count

    from events.models import Company
    from events.models.edition import EventEditionCompany

    owners = EventEditionCompany.objects.filter(direct=False).values("company").distinct()
    counted = EventEditionCompany.objects.filter(company__in=owners).values("company").annotate(n=Count("pk"))
    found = counted.order_by("-n", "company").first()
    return Company.objects.get(pk=found["company"] if found else 1).slug


def companies_case(name: str, string: str) -> Case:
    def prepare() -> Callable[[], Any]:
        from events.query import CompanyQuery
        from events.selection import CompanySelection

        query = CompanyQuery.from_string(string)

        def ask() -> str:
            selection = CompanySelection(query)
            selection.page()
            return f"{selection.count:,} companies"

        return ask

    return Case("selection", name, prepare)


def cases() -> Iterator[Case]:
    far_name, far = far_page()
    company = f"company={largest_company()}"
    queries = (
        ("no filter", NONE),
        ("three filters", THREE_FILTERS),
        ("as of a day", f"as_of={AS_OF}"),
        ("a common word", f"q={make.COMMON_WORD}"),
        ("two words", f"q={make.TWO_WORDS.replace(' ', '+')}"),
        ("a company", company),
        ("AI notes", "ai_notes=yes"),
    )
    for name, string in queries:
        yield selection_case(f"first page, {name}", string, rows_of)
    yield selection_case(f"{far_name}, no filter", far, rows_of)
    yield selection_case("first page, most people first", "order=-people", rows_of)
    yield selection_case("first page, by fit of a common word", f"q={make.COMMON_WORD}&order=relevance", rows_of)
    for name, string in queries:
        yield selection_case(f"totals, {name}", string, totals_of)
    for name, string in queries:
        yield selection_case(f"five facets, {name}", string, five_facets)
    yield selection_case("all facets, no filter", NONE, all_facets)
    yield selection_case("all facets, three filters", THREE_FILTERS, all_facets)
    for facet in (*FIVE_FACETS, "reason", "tier"):
        yield selection_case(f"facet {facet}, no filter", NONE, partial(one_facet, name=facet))
    for by in ("month", "cumulative", "sector", "company", "size", "size_by_year", "reason", "unit", "group"):
        yield selection_case(f"series by {by}, no filter", NONE, partial(one_series, by=by))
    for name, string in queries:
        yield selection_case(f"explorer, {name}", string, explorer)
    yield selection_case("explorer with all facets, no filter", NONE, explorer_of_the_page)
    yield selection_case("explorer with all facets, three filters", THREE_FILTERS, explorer_of_the_page)
    yield companies_case("companies, no filter", NONE)
    yield companies_case("companies as of a day", f"as_of={AS_OF}")
    for name, string in queries:
        yield page_case(f"/events/, {name}", f"/events/?{string}")
    yield page_case(f"/events/, {far_name}", f"/events/?{far}")
    yield page_case("/", "/")
    yield page_case("/companies/", "/companies/")
    yield page_case("/layoffs-and-ai/", "/layoffs-and-ai/")
    yield page_case("/events/, beside AI investment", "/events/?chart=ai")
    yield page_case("/data/changes/", "/data/changes/")
    yield page_case("/embed/events/", "/embed/events/")
    yield page_case("/embed/layoffs-and-ai/", "/embed/layoffs-and-ai/")
    yield page_case("/ai/", "/ai/")
    yield page_case("/events.json", "/events.json")
    yield page_case("/events.atom", "/events.atom")
    yield page_case("/events/totals.json", "/events/totals.json")
    yield page_case("/events/series.json?by=month", "/events/series.json?by=month")
    yield page_case("/events.csv, three filters", f"/events.csv?{THREE_FILTERS}")


# ── Measuring ────────────────────────────────────────────────────────────────────────────────────────────────────────


def measured(case: Case, rounds: int, clock: Callable[[], float]) -> Measured:
    """The case's times after one round that warms up, which counts only where no other is made."""
    times: list[float] = []
    try:
        found, first = _timed(case, clock)
        began = clock()
        while first < TOO_LONG * 1000 and len(times) < rounds:
            if len(times) >= LEAST_ROUNDS and clock() - began > SECONDS:
                break
            found, took = _timed(case, clock)
            times.append(took)
    except Exception as error:
        # The other cases can still be measured.
        return Measured(case.group, case.name, f"FAILED: {type(error).__name__} {error}"[:60], 0, 0, 0, 0)
    times = times or [first]
    return Measured(case.group, case.name, str(found), statistics.median(times), min(times), max(times), len(times))


def _timed(case: Case, clock: Callable[[], float]) -> tuple[Any, float]:
    ask = case.prepare()
    began = clock()
    found = ask()
    return found, (clock() - began) * 1000


def stream_measured(size: int, clock: Callable[[], float]) -> list[Measured]:
    """The whole CSV, read and thrown away: rows a second, and how much this process grew by it."""
    from django.db import connection
    from django.test import Client

    if connection.vendor == "sqlite":
        # A file mapped into memory would count as the process's own.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=0")
    client = Client(SERVER_NAME="localhost")

    def stream(string: str) -> int:
        response: Any = client.get(f"/events.csv?{string}")
        return sum(piece.count(b"\r\n") for piece in response.streaming_content) - 1

    stream("announced_after=2025-12-01")
    before, speeds = _peak(), []
    rows = 0
    for _round in range(3 if size < 500_000 else 1):
        began = clock()
        rows = stream(NONE)
        speeds.append(rows / (clock() - began))
    found = f"{rows:,} rows"
    speed = Measured(
        "CSV", "rows a second", found, statistics.median(speeds), min(speeds), max(speeds), len(speeds), "rows/s"
    )
    grown = [_peak() - before, _peak()]
    memory = [
        Measured("CSV", name, found, value, value, value, 1, "MB")
        for name, value in zip(("memory added by the stream", "peak memory of the process"), grown, strict=True)
    ]
    return [speed, *memory]


def _peak() -> float:
    """The most memory that this process ever had, in MB."""
    units = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * units / 1e6


# ── Explaining ───────────────────────────────────────────────────────────────────────────────────────────────────────


def explain(case: Case) -> None:
    """Prints every query of the case with its time and the database's plan."""
    from django.db import connection

    asked: list[tuple[float, str, Any]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        result = execute(sql, params, many, context)
        rows = context["cursor"].fetchall() if sql.startswith("SELECT") else []
        asked.append(((time.perf_counter() - began) * 1000, sql, params))
        # The rows were read to time them: they are asked a second time for who wants them.
        return execute(sql, params, many, context) if rows else result

    with connection.execute_wrapper(watch):
        case.prepare()()
        asked.clear()
        case.prepare()()
    _say(f"\n── {case.key}\n")
    for took, sql, params in asked:
        _say(f"\n{took:9.1f} ms  {sql}\n               {params}\n")
        if sql.startswith("SELECT"):
            with connection.cursor() as cursor:
                plan = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
                cursor.execute(plan + sql, params)
                for row in cursor.fetchall():
                    _say(f"               | {row[-1]}\n")


# ── Tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def table(results: dict[str, list[Measured]], old: dict[str, dict[str, float]]) -> str:
    """A line for each case, a column for each size; with an earlier run, how many times as long as then."""
    names = {m.key: m for some in results.values() for m in some}
    rows = [["", *(f"{int(size):,} events" for size in results), ""]]
    for key, any_ in names.items():
        by_size = [next((m for m in results[size] if m.key == key), None) for size in results]
        cells = [_cell(m, old.get(size, {})) if m else "" for size, m in zip(results, by_size, strict=True)]
        rows.append([key, *cells, any_.unit])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for name, *cells, unit in rows:
        padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths[1:-1], strict=True)]
        lines.append("  ".join([f"{name:<{widths[0]}}", *padded, unit]).rstrip())
    return "\n".join(lines) + "\n"


def _cell(m: Measured, old: dict[str, float]) -> str:
    if not m.rounds:
        return m.found
    range_ = f"({_number(m.fastest)}–{_number(m.slowest)})" if m.rounds > 1 else ""
    ratio = f"  ×{m.median / old[m.key]:.2f}" if old.get(m.key) else ""
    return f"{m.found}  {_number(m.median):>8} {range_:<16}{ratio}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


# ── The run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def in_child(size: int, options: argparse.Namespace) -> None:
    """Measures one size and prints what was measured as JSON, one case a line."""
    make.ready(size)
    clock = time.process_time if options.cpu else time.perf_counter
    if options.part == "stream":
        found: Iterable[Measured] = stream_measured(size, clock)
    else:
        some = [case for case in cases() if options.only in case.key]
        if options.explain:
            for case in some:
                explain(case)
            return
        found = (measured(case, options.rounds, clock) for case in some)
    for one in found:
        _say(json.dumps(asdict(one)) + "\n")


def of_size(size: int, options: argparse.Namespace) -> list[Measured]:
    """What children of this process measure: the cases in one, the stream in another, whose memory is fresh."""
    found = []
    for part in ("cases", "stream"):
        if part == "stream" and (options.explain or options.only not in "CSV: rows a second, memory"):
            continue
        command = [sys.executable, __file__, str(size), "--part", part, "--rounds", str(options.rounds)]
        command += (
            ["--only", options.only] + (["--explain"] if options.explain else []) + (["--cpu"] if options.cpu else [])
        )
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - ourselves
            for line in child.stdout or ():
                if options.explain:
                    _say(line)
                    continue
                found.append(Measured(**json.loads(line)))
                sys.stderr.write(f"{size:>9,}  {found[-1].key:<60} {_cell(found[-1], {})} {found[-1].unit}\n")
        if child.returncode:
            raise SystemExit(child.returncode)
    return found


def read(path: Path) -> dict[str, dict[str, float]]:
    """The medians of an earlier run, by size and case."""
    sizes = json.loads(path.read_text())["sizes"]
    return {size: {Measured(**one).key: one["median"] for one in some} for size, some in sizes.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the selection and whole answers.")
    parser.add_argument("sizes", type=int, nargs="*", default=list(SIZES), help="numbers of events")
    parser.add_argument("--only", default="", help="only cases with these words in their name")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--vs", type=Path, help="the JSON of an earlier run, to compare with")
    parser.add_argument("--explain", action="store_true", help="print the SQL of each case and its plan instead")
    parser.add_argument("--cpu", action="store_true", help="time of this process alone: for a busy machine, on SQLite")
    parser.add_argument("--part", choices=("cases", "stream"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        in_child(options.sizes[0], options)
        return
    old = read(options.vs) if options.vs else {}
    results: dict[str, list[Measured]] = {}
    for size in options.sizes:
        results[str(size)] = of_size(size, options)
    if options.explain:
        return
    text = table(results, old)
    _say(text)
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%S")
    about = {
        "at": stamp,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "database": os.environ.get("DATABASE_URL", "sqlite").partition(":")[0],
        "data": make.VERSION,
        "cpu": options.cpu,
    }
    sizes = {size: [asdict(one) for one in some] for size, some in results.items()}
    (make.folder() / f"{stamp}.json").write_text(json.dumps(about | {"sizes": sizes}, indent=1))
    (make.folder() / f"{stamp}.txt").write_text(text)
    _say(f"Kept as {stamp}.txt and {stamp}.json in {make.folder()}\n")


if __name__ == "__main__":
    main()
