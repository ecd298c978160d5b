"""What looks like people and their addresses: such columns are never read, such cells never kept."""

import re

from events.text import fold

_HEADER = re.compile(
    r"\b(contacts?|e-?mails?|phones?|telephones?|tel|fax|mobiles?|cell|first name|last name|surname|persons?|attorney"
    r"|employee name|worker name|(hr |plant )?managers?|(signed|submitted|filed|prepared|reported) by|signatory"
    r"|representatives?)\b"
)
_CELL = re.compile(r"[\w.+-]+@[\w-]+\.\w+|(?<!\d)\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)|\+\d[\d ().-]{8,}\d", re.ASCII)


CONTACT = "it holds an e-mail address or a telephone number: contacts are never stored."


def looks_like_contacts(header: str) -> bool:
    """Whether a column's name says that people or their addresses stand in it."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    return bool(_HEADER.search(fold(words).replace("_", " ")))


def without_contact(words: str) -> str:
    """Words about a cell that quote it, unless it holds a contact: that is repeated nowhere."""
    return CONTACT if holds_contact(words) else words


def holds_contact(cell: str) -> bool:
    """Whether a cell holds an e-mail address or a telephone number; a web address that looks so is none."""
    return not cell.strip().startswith(("http://", "https://")) and bool(_CELL.search(cell))
