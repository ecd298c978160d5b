"""What parts the cells of a file of text: decided by counting, for csv.Sniffer is fooled by blanks and dates."""

import csv
import re
from collections.abc import Sequence

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENOUGH = 0.8
# Excel's own first line, which says it: sep=;
_STATED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE | re.DOTALL)


def stated_separator(line: str) -> str:
    """What the line "sep=;" says; empty where `line` is no such line."""
    found = _STATED.fullmatch(line)
    return found[1] if found and found[1] in SEPARATORS else ""


def find_separator(lines: Sequence[str]) -> str:
    """The separator by which most of the first rows have as many cells as the header, and most cells; else a comma."""
    best = (False, 1, 0.0, ",")
    for mark in SEPARATORS:
        try:
            rows = [row for row in csv.reader(lines, delimiter=mark) if any(cell.strip() for cell in row)]
        except csv.Error:
            continue
        if not rows or len(rows[0]) < 2:
            continue
        # The sample may end within a row.
        body = rows[1:-1] or rows[1:]
        fit = sum(len(row) == len(rows[0]) for row in body) / len(body) if body else 1.0
        best = max(best, (fit >= ENOUGH, len(rows[0]), fit, mark), key=lambda each: each[:3])
    return best[3]
