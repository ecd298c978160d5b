"""In which encoding a file of text is: decided from all its bytes, said to the editor, refused where it is not sure."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

PIECE = 1 << 20
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What letters with accents and typographic signs are in UTF-8. Read as Windows-1252 they would be "Ã©" and "â€™".
_IN_UTF_8 = re.compile(rb"[\xc2\xc3][\x80-\xbf]|\xe2\x80[\x90-\xaf]")
# How much of a file without a mark must look like UTF-16 to be taken for it: of English text nearly every second byte
# is zero, and always the same one of two.
_SURE = 0.6


class Unreadable(Exception):
    """The bytes are no text in an encoding that is read here; the message is for an editor."""


@dataclass(frozen=True, slots=True)
class Text:
    """How a file's bytes become text: `said` names the encoding where it is not the usual one, else is empty."""

    codec: str
    said: str
    sha256: str


def find_encoding(file: BinaryIO) -> Text:
    """Reads `file` to its end: UTF-8 and UTF-16, with a mark or without, else Windows-1252. Raises Unreadable."""
    start = file.read(4096)
    file.seek(0)
    if start.startswith(_UTF_32):
        raise Unreadable("The file is in UTF-32. Save it as “CSV UTF-8” and try again.")
    if start.startswith(_UTF_16):
        return _wide(file, "utf-16", "UTF-16")
    if codec := _wide_without_mark(start):
        return _wide(file, codec, "UTF-16 without a mark of it")
    return _narrow(file)


def _pieces(file: BinaryIO, sha256: "hashlib._Hash") -> Iterator[bytes]:
    while piece := file.read(PIECE):
        sha256.update(piece)
        yield piece


def _wide_without_mark(start: bytes) -> str:
    """The codec of what is surely UTF-16; empty where it is not."""
    first, second = start[0::2], start[1::2]
    if second and second.count(0) >= _SURE * len(second) and 0 not in first:
        return "utf-16-le"
    if first and first.count(0) >= _SURE * len(first) and 0 not in second:
        return "utf-16-be"
    return ""


def _wide(file: BinaryIO, codec: str, name: str) -> Text:
    sha256, decoder = hashlib.sha256(), codecs.getincrementaldecoder(codec)()
    try:
        for piece in _pieces(file, sha256):
            if "\0" in decoder.decode(piece):
                raise Unreadable("The file holds NUL characters: it is damaged or no text.")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unreadable(f"The file begins as {name}, but is damaged or cut off ({error.reason}).") from error
    return Text(codec, name, sha256.hexdigest())


def _narrow(file: BinaryIO) -> Text:
    sha256 = hashlib.sha256()
    utf_8, windows = codecs.getincrementaldecoder("utf-8")(), codecs.getincrementaldecoder("cp1252")()
    lines, tail, example = 1, b"", b""
    wrong: str = ""
    unassigned, in_utf_8, is_utf_8 = "", False, True
    for piece in _pieces(file, sha256):
        if b"\0" in piece:
            line = lines + piece[: piece.index(b"\0")].count(b"\n")
            raise Unreadable(
                f"Line {line} holds a NUL byte: the file is damaged or no text in UTF-8. "
                "Save it as “CSV UTF-8” and try again."
            )
        if is_utf_8:
            pending = len(utf_8.getstate()[0])
            try:
                utf_8.decode(piece)
            except UnicodeDecodeError as error:
                is_utf_8 = False
                at = max(error.start - pending, 0)
                example = re.split(rb"[\r\n,;\t|\"]", piece[max(at - 60, 0) : at])[-1]
                example += re.split(rb"[\r\n,;\t|\"]", piece[at : at + 60])[0]
                wrong = f"line {lines + piece[:at].count(10)}, byte {piece[at]:#04x}"
        if not unassigned:
            try:
                windows.decode(piece)
            except UnicodeDecodeError as error:
                unassigned = f"line {lines + piece[: error.start].count(10)}, byte {piece[error.start]:#04x}"
        in_utf_8 = in_utf_8 or bool(_IN_UTF_8.search(tail + piece))
        lines += piece.count(b"\n")
        tail = piece[-2:]
    if is_utf_8:
        if utf_8.getstate()[0]:
            raise Unreadable("The file is cut off: it ends within a letter.")
        return Text("utf-8-sig", "", sha256.hexdigest())
    if in_utf_8:
        raise Unreadable(
            f"The file is not in UTF-8 ({wrong}), but parts of it are: it is damaged, or was put together of files in "
            "two encodings. Save each as “CSV UTF-8” and try again."
        )
    if unassigned:
        raise Unreadable(
            f"The file is neither in UTF-8 ({wrong}) nor in Windows-1252 ({unassigned}). Save it as “CSV UTF-8” "
            "and try again."
        )
    shown = example.decode("cp1252", "replace").strip()
    return Text(
        "cp1252", f"Windows-1252, for it is not UTF-8. Look whether this is well spelled: ‘{shown}’", sha256.hexdigest()
    )
