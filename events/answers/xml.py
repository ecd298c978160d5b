"""Text that XML can hold: XML 1.0 has no word, not even escaped, for most control characters."""

import re

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def held(text: str) -> str:
    """`text` with the sign for an unknown character where XML has none for it."""
    return _NOT_IN_XML.sub("\ufffd", text)
