"""What looks like people and their addresses: such columns are never read, such cells never kept."""

import re

from events.text import fold

_HEADER = re.compile(
    r"\b(contacts?|e-?mail|phone|telephone|tel|fax|mobile|first name|last name|surname|person|attorney"
    r"|employee name|worker name|signed by|signatory|representative)\b"
)
_CELL = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?<!\d)\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)|\+\d[\d ().-]{8,}\d", re.ASCII)


def looks_like_contacts(header: str) -> bool:
    """Whether a column's name says that people or their addresses stand in it."""
    return bool(_HEADER.search(fold(header).replace("_", " ")))


def holds_contact(cell: str) -> bool:
    """Whether a cell holds an e-mail address or a telephone number; a web address that looks so is none."""
    return not cell.strip().startswith(("http://", "https://")) and bool(_CELL.search(cell))
