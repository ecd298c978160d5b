"""Tips from readers: the form, its seal, and what is stored of it (docs/tips-and-links.md)."""

from events.tips.form import TipForm
from events.tips.receiving import TIMES_AN_HOUR, AlreadySent, Full, receive, seconds_to_wait
from events.tips.seal import is_reference, sealed

__all__ = [
    "TIMES_AN_HOUR", "AlreadySent", "Full", "TipForm", "is_reference", "receive", "sealed", "seconds_to_wait",
]  # fmt: skip
