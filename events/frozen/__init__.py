"""Frozen views: made once, kept as they were, shown beside what the same query answers today.

making freezes a view and stores it, limits says how often and how much, packing keeps a figure as JSON, stating says a
view's totals in words, comparing sets then beside now.
"""

from events.frozen.comparing import Comparison, compare
from events.frozen.limits import TIMES_AN_HOUR, seconds_to_wait
from events.frozen.making import MOST_BYTES, MOST_ROWS, CannotFreeze, freeze
from events.frozen.showing import FrozenView, code_as_written, frozen_view
from events.frozen.stating import in_a_line

__all__ = [
    "MOST_BYTES", "MOST_ROWS", "TIMES_AN_HOUR", "CannotFreeze", "Comparison", "FrozenView", "code_as_written",
    "compare", "freeze", "frozen_view", "in_a_line", "seconds_to_wait",
]  # fmt: skip
