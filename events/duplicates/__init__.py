"""Likely duplicates: which two events may tell one cut, how likely, and what follows from an editor's answer.

sketches.py reads what is compared, finding.py says which events are, scoring.py how alike two are, storing.py keeps the
open pairs, deciding.py does what an editor says and takes it back. docs/duplicates.md has what was measured.
"""

from events.duplicates.deciding import NotDecided, decide, may_keep, take_back, touches_readers
from events.duplicates.scoring import LIKELY, Features, explain
from events.duplicates.storing import beside, compare, look_again

__all__ = [
    "LIKELY", "Features", "NotDecided", "beside", "compare", "decide", "explain", "look_again", "may_keep", "take_back",
    "touches_readers",
]  # fmt: skip
