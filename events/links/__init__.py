"""Whether sources still answer: addresses are asked politely and safely (docs/tips-and-links.md).

web asks one address, robots says whether it may be asked, checking says what the answer means and keeps to the pauses,
archives asks an archive for a copy. Nothing here reads or writes a record.
"""

from events.links.archives import archived_copy
from events.links.checking import Checker, Outcome
from events.links.web import Web

__all__ = ["Checker", "Outcome", "Web", "archived_copy"]
