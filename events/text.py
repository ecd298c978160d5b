"""Words compared as people compare them: without case, accents, blanks or legal suffixes."""

import re
import unicodedata

_LEGAL = {
    "ab", "ag", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kg", "limited",
    "llc", "llp", "lp", "ltd", "nv", "oy", "plc", "pte", "pty", "sa", "sarl", "sas", "se", "spa", "srl",
}  # fmt: skip


# What makes a spreadsheet take a cell for a formula, or would be mistaken for the guard itself.
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "'")


def guarded(text: str) -> str:
    """A text cell of a file with one apostrophe in front where a spreadsheet would compute it."""
    return f"'{text}" if text.startswith(_GUARDED) else text


def unguarded(cell: str) -> str:
    """`cell` without the one apostrophe that `guarded` put there; one that guards nothing is part of the name."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_GUARDED) else cell


# They turn the order of what follows around: "moc.elpmaxe" would be read as "example.com".
_TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    """`text` of a stranger without what cannot be seen: control characters (lines and tabs stay) and those that turn
    the direction of reading."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        c for c in lines if c in "\n\t" or not (c in _TURNING or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp"))
    )


def fold(text: str) -> str:
    """`text` in lower case, without accents, runs of blanks as one."""
    if text.isascii():  # nothing to take apart
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


# SQLite's tokenizer knows the letters of an older Unicode: what it takes for signs between words are none here either.
_NO_LETTERS = "\u19b0-\u19c0\u19c8\u19c9\u1cf2\u1cf3"
_WORD = re.compile(rf"[^\W_{_NO_LETTERS}]+")


def words(text: str) -> list[str]:
    """The words of `text` as they are searched: folded, of letters and digits alone ("AT&T's" gives at, t, s).

    Of a very long one only the beginning counts: a database takes no word of thousands of letters.
    """
    return [word[:100] for word in _WORD.findall(fold(text))]


def company_key(name: str) -> str:
    """What two spellings of one company's name have in common: "Acme, Inc." and " ACME " give "acme".

    Legal suffixes fall away only from the end, and never the whole name ("Company" stays).
    """
    words = re.sub(r"[^\w&+]+", " ", fold(name).replace(".", "").replace("'", "").replace("’", "")).split()
    while len(words) > 1 and words[-1] in _LEGAL:
        words.pop()
    # A name of signs alone ("!!!") has no words: it is its own key.
    return " ".join(words) or fold(name)
