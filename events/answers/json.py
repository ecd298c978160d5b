"""A page of a selection as JSON, with what the answer states, and the series and totals of its events."""

import json
from decimal import Decimal
from typing import Any

from events.answers import series
from events.answers.about import link
from events.answers.answer import Answer
from events.selection import EventSelection

PAGE_ROWS = 500


def write(answer: Answer) -> str:
    """One page of rows by key: `next` and `previous` are the links of the pages beside it."""
    rows, newer, older = answer.page(PAGE_ROWS)
    path = f"/{answer.subject.stem}.json"
    return dumps(
        {
            "about": answer.about.as_json(),
            "rows": [answer.as_tree(row) for row in rows],
            "next": link(answer.base, path, older) if older else None,
            "previous": link(answer.base, path, newer) if newer else None,
        }
    )


def write_totals(answer: Answer) -> str:
    """The totals alone, with the kinds that the same filter would find and this result does not hold."""
    selection: EventSelection = answer.selection
    about = answer.about.as_json()
    return dumps({"about": about, "totals": about["totals"], "also": selection.also})


def write_series(answer: Answer, by: str) -> str:
    """People by period, sector, company or the like."""
    return dumps({"about": answer.about.as_json(), **series.tree(answer, by)})


def dumps(tree: Any) -> str:
    """`tree` on one line: a line break of any kind within a text is written as an escape."""
    text = json.dumps(tree, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain)
    for sign in "\x7f\x85\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        # Never more than 15 digits: what a float holds exactly as written.
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat()
