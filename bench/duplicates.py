"""How well likely duplicates are found: precision and recall on pairs that the real files label themselves.

    python bench/duplicates.py              a table, from ../shared/data (LAYOFFWATCH_DATA_DIR names another folder)
    python bench/duplicates.py --examples 9 and so many pairs of each set that were missed or wrongly shown

The files are read into a database of its own, which is thrown away. Labels come from what the scorer never sees:
columns that are not read and which file a row stands in. docs/duplicates.md says how, and what came out.
"""

import argparse
import csv
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

LIST, REWRITTEN = "layoffs_2020_2026.csv", "layoffs_2020_2025_coordinates.csv"
CALIFORNIA, WASHINGTON, NEW_YORK = "warn_state_ca.csv", "warn_register_wa.csv", "warn_register_ny.csv"
FILES = (LIST, REWRITTEN, CALIFORNIA, WASHINGTON, NEW_YORK)
REWRITTEN_WITHIN_DAYS = 14

Pair = tuple[int, int]
Rows = dict[int, dict[str, str]]  # by event


# ── Labels: True one cut, False two, None nobody can tell ────────────────────────────────────────────────────────────


def restated(first: Rows, second: Rows, name: Callable[[str], str]) -> Callable[[int, int], bool | None]:
    """Two lists of which the second rewrites the first: a row restates the one of its company that is nearest by day,
    each the other's nearest, within two weeks. Figures are not looked at. Two rows of one list are two cuts; of a
    company with several rows on one day nobody can tell."""
    days: dict[int, date] = {}
    by_company: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for pk, row in first.items():
        days[pk] = datetime.strptime(row["date"], "%m/%d/%Y").date()
        by_company[name(row["company"])][0].append(pk)
    for pk, row in second.items():
        days[pk] = date.fromisoformat(row["Date_layoffs"])
        by_company[name(row["Company"])][1].append(pk)
    partner: dict[int, int] = {}
    doubtful: set[int] = set()
    for ours, theirs in by_company.values():
        for some in (ours, theirs):
            on_day = Counter(days[pk] for pk in some)
            doubtful |= {pk for pk in some if on_day[days[pk]] > 1}
        for pk in [*ours, *theirs]:
            others = theirs if pk in first else ours
            near = sorted((abs((days[pk] - days[other]).days), other) for other in others)
            if near and near[0][0] <= REWRITTEN_WITHIN_DAYS:
                partner[pk] = near[0][1]

    def label(one: int, other: int) -> bool | None:
        if doubtful & {one, other}:
            return None
        return (one in first) != (other in first) and partner.get(one) == other and partner.get(other) == one

    return label


def californian(rows: Rows, name: Callable[[str], str]) -> Callable[[int, int], bool | None]:
    """The state's lists of fiscal years overlap: the same employer, city and day of notice in two of them are one
    notice, where each has one such row. Rows of the same letters and digits are one notice too. Rows of one list that
    reached the state on one day are several notices; on several days, nobody can tell."""
    kinds = {pk: (name(row["company"]), row["city"].strip().casefold(), row["notice_date"]) for pk, row in rows.items()}
    letters = {pk: re.sub(r"\W+", " ", " | ".join(row.values()).casefold()) for pk, row in rows.items()}
    in_list = Counter((kinds[pk], row["source_file"]) for pk, row in rows.items())

    def label(one: int, other: int) -> bool | None:
        a, b = rows[one], rows[other]
        if letters[one] == letters[other]:
            return True
        if a["source_file"] != b["source_file"]:
            if kinds[one] != kinds[other]:
                return False
            alone = all(in_list[kinds[pk], rows[pk]["source_file"]] == 1 for pk in (one, other))
            return True if alone else None
        if a["received_date"] != b["received_date"] and kinds[one] == kinds[other]:
            return None
        return False

    return label


def new_yorks(rows: Rows) -> Callable[[int, int], bool | None]:
    """Notices of one number, or an amendment and a notice of the same employer and street address, are one notice;
    notices of two street addresses are two; else nobody can tell."""

    def number(row: Mapping[str, str]) -> str:
        return re.sub(r"\s*amended.*", "", row["source_notice_id"], flags=re.IGNORECASE)

    def address(row: Mapping[str, str]) -> str:
        return re.sub(r"\W+", " ", row["site_address"].casefold()).strip()

    def label(one: int, other: int) -> bool | None:
        a, b = rows[one], rows[other]
        if number(a) == number(b):
            return True
        if not (address(a) and address(b)):
            return None
        if address(a) != address(b):
            return False
        amended = "1" in (a["is_amendment"], b["is_amendment"]) and a["employer_key"] == b["employer_key"]
        return True if amended else None

    return label


def washingtons(rows: Rows) -> Callable[[int, int], bool | None]:
    """The register says on which days it saw each notice. One that it saw for the last time on the eve of the day on
    which another of the same employer and place appeared was restated by that one (its day of notice was set right);
    where several vanished or appeared, nobody can tell. All others are several notices."""

    def vanished(row: Mapping[str, str]) -> str:
        last = row["last_seen"]
        return (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else ""

    place = {pk: (row["employer_key"], row["location"]) for pk, row in rows.items()}
    gone = Counter((place[pk], vanished(row)) for pk, row in rows.items())
    came = Counter((place[pk], row["first_seen"]) for pk, row in rows.items())

    def label(one: int, other: int) -> bool | None:
        for old, new in ((one, other), (other, one)):
            day = vanished(rows[old])
            if place[old] == place[new] and day and day == rows[new]["first_seen"]:
                return True if gone[place[old], day] == came[place[new], day] == 1 else None
        return False

    return label


# ── Measuring ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Outcome:
    """What became of one set's labelled pairs at a threshold."""

    name: str
    events: int = 0
    pairs: int = 0  # labelled true
    found: int = 0  # of these, shown
    wrong: int = 0  # shown and labelled false
    untold: int = 0  # shown and nobody can tell
    beyond: int = 0  # labelled true and never compared: another company, too far apart
    examples: list[tuple[str, int, Pair]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found + self.wrong else float("nan")

    @property
    def recall(self) -> float:
        return self.found / self.pairs if self.pairs else float("nan")


@dataclass
class Labelled:
    """A set: its rows by event, its labels, and every pair that is labelled true."""

    name: str
    rows: Rows
    label: Callable[[int, int], bool | None]
    groups: Callable[[dict[str, str]], list[Any]]

    def true_pairs(self) -> set[Pair]:
        found: set[Pair] = set()
        together: dict[Any, list[int]] = defaultdict(list)
        for pk, row in self.rows.items():
            for key in self.groups(row):
                together[key].append(pk)
        for some in together.values():
            found |= {(a, b) for a, b in combinations(sorted(some), 2) if self.label(a, b)}
        return found


def for_tuning(name: str) -> bool:
    """Half of the companies, by a hash of their names: points and threshold were set on these, the others measured."""
    return sha256(name.encode()).digest()[0] % 2 == 0


def rows_of(folder: Path, name: str) -> Rows:
    """The file's rows as the csv module reads them, by the event that each became."""
    from events.models import Citation

    with (folder / name).open(newline="", encoding="utf-8-sig") as file:
        rows = dict(enumerate(csv.DictReader(file), 2))
    events = Citation.objects.filter(event__origin=name, row_number__isnull=False).values_list("row_number", "event_id")
    return {event: rows[number] for number, event in events}


def labelled_sets(folder: Path) -> Iterator[Labelled]:
    """Every set; one whose file was not imported has no rows."""
    from events.text import company_key

    first, second = rows_of(folder, LIST), rows_of(folder, REWRITTEN)
    both = first | second
    yield Labelled(
        "two lists of the same cuts", both, restated(first, second, company_key),
        lambda row: [company_key(row.get("company") or row.get("Company") or "")],
    )  # fmt: skip
    rows = rows_of(folder, CALIFORNIA)
    yield Labelled(
        "California: overlapping years, repeats", rows, californian(rows, company_key),
        lambda row: [(company_key(row["company"]), row["notice_date"])],
    )  # fmt: skip
    rows = rows_of(folder, NEW_YORK)
    yield Labelled(
        "New York: amendments", rows, new_yorks(rows),
        lambda row: [row["employer_key"], re.sub(r"\s*amended.*", "", row["source_notice_id"], flags=re.IGNORECASE)],
    )  # fmt: skip
    rows = rows_of(folder, WASHINGTON)
    yield Labelled("Washington: days set right", rows, washingtons(rows), lambda row: [row["employer_key"]])


def measure(folder: Path, tuning: bool = False) -> list[Outcome]:
    """How the scorer does on each set of labelled pairs; on the half that it was set on only if asked (`tuning`).

    The database holds what importing FILES made of them.
    """
    from events.duplicates import LIKELY, compare
    from events.duplicates.scoring import score
    from events.models import LayoffEvent, OwnershipTree

    scores = {ids: score(one) for ids, one in compare(LayoffEvent.objects.all(), OwnershipTree.load())}
    employer = dict(LayoffEvent.objects.values_list("pk", "company__match_key"))
    outcomes = []
    for labelled in filter(lambda labelled: labelled.rows, labelled_sets(folder)):
        half = {pk for pk in labelled.rows if for_tuning(employer[pk]) == tuning}
        outcome = Outcome(labelled.name, events=len(half))
        true = {pair for pair in labelled.true_pairs() if pair[0] in half}
        outcome.pairs, outcome.beyond = len(true), len(true - scores.keys())
        outcome.found = sum(scores.get(pair, 0) >= LIKELY for pair in true)
        outcome.examples = [("missed", scores.get(pair, 0), pair) for pair in sorted(true)
                            if scores.get(pair, 0) < LIKELY]  # fmt: skip
        for pair, points in scores.items():
            if points >= LIKELY and pair[0] in half and pair[1] in labelled.rows and pair not in true:
                label = labelled.label(*pair)
                outcome.untold += label is None
                outcome.wrong += label is False
                if label is False:
                    outcome.examples.append(("wrong", points, pair))
        outcomes.append(outcome)
    return outcomes


def table(outcomes: list[Outcome]) -> Iterator[str]:
    head = ("set", "events", "true pairs", "found", "wrong", "untold", "precision", "recall", "of compared")
    yield "{:38} {:>7} {:>10} {:>6} {:>6} {:>7} {:>9} {:>7} {:>11}".format(*head)
    for one in outcomes:
        compared = one.pairs - one.beyond
        yield (
            f"{one.name:38} {one.events:7} {one.pairs:10} {one.found:6} {one.wrong:6} {one.untold:7} "
            f"{one.precision:9.3f} {one.recall:7.3f} {one.found / compared if compared else float('nan'):11.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--examples", type=int, default=0, metavar="N")
    options = parser.parse_args()
    folder = Path(os.environ.get("LAYOFFWATCH_DATA_DIR") or ROOT.parent / "shared" / "data")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["DATABASE_URL"] = f"sqlite:///{scratch}/db.sqlite3"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "layoffwatch.settings")
        import django
        from django.core.management import call_command

        django.setup()
        from events.imports.engine import import_file
        from events.models import LayoffEvent

        call_command("migrate", verbosity=0)
        for name in FILES:
            import_file(folder / name)
        for tuning, words in ((True, "The half that it was set on"), (False, "The half that it was measured on")):
            outcomes = measure(folder, tuning)
            print(f"\n{words}:", *table(outcomes), sep="\n")  # noqa: T201 - its purpose
        titles = dict(LayoffEvent.objects.values_list("pk", "title"))
        for one in outcomes:
            for kind, points, pair in one.examples[: options.examples]:
                print(f"{one.name}, {kind}, {points}:", *(f"\n    {pk} {titles[pk]}" for pk in pair))  # noqa: T201 - as above


if __name__ == "__main__":
    main()
