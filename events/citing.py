"""How to cite a page: in plain text, after APA (7th edition) and as BibTeX, each with what was public when."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from events import present

SITE = "LayoffWatch"
LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
# English, whatever the reader's language: APA and BibTeX are English forms.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

# What BibTeX and TeX take for commands. Braces are spelled out: BibTeX counts even those after a backslash.
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """One way to cite, ready to be copied."""

    id: str
    name: str
    text: str


@dataclass(frozen=True)
class Work:
    """What is cited: a page of ours as it is public since `known_from`, in a version of the data.

    `key` tells it apart in a bibliography, `figure` is what it says, with its source; "" where there is none.
    `published_on` is the day on which it was published here. It is later than `known_from` where a file or the starter
    data had the row before this site opened: `reconstructed_from` then names that.
    """

    key: str
    title: str
    figure: str
    address: str
    known_from: date
    version: int
    published_on: date
    reconstructed_from: str = ""

    def ways(self, accessed: date) -> list[Way]:
        return [
            Way("plain", _("Plain text"), self._plain(accessed)),
            Way("apa", "APA", self._apa(accessed)),
            Way("bibtex", "BibTeX", self._bibtex(accessed)),
        ]

    def _plain(self, accessed: date) -> str:
        said = f", {_line(self.figure)}" if self.figure else ""
        words = {
            "site": SITE, "title": _line(self.title), "said": said, "n": self.version,
            "known": self._known(present.day_words(self.known_from, "day")), "address": self.address,
            "accessed": present.day_words(accessed, "day"),
        }  # fmt: skip
        return _("%(site)s: “%(title)s”%(said)s. Data version %(n)s, known from %(known)s. %(address)s "
                 "(accessed %(accessed)s).") % words  # fmt: skip

    def _known(self, day: str) -> str:
        if not self.reconstructed_from:
            return day
        return _("%(day)s, reconstructed from %(origin)s") % {"day": day, "origin": _line(self.reconstructed_from)}

    def _apa(self, accessed: date) -> str:
        since = self.published_on
        day = f"{since.year}, {_MONTHS[since.month - 1]} {since.day}"
        seen = f"{_MONTHS[accessed.month - 1]} {accessed.day}, {accessed.year}"
        title = _line(self.title).rstrip(".")
        return f"{SITE}. ({day}). {title} (Data version {self.version}). Retrieved {seen}, from {self.address}"

    def _bibtex(self, accessed: date) -> str:
        known = self.known_from
        words = self._known(f"{known.day} {_MONTHS[known.month - 1]} {known.year}")
        note = f"Data version {self.version}, known from {tex(words)}"
        if self.figure:
            note = f"{tex(self.figure)}. {note}"
        fields = {
            # Braces within quotes: the letters stay as they are.
            "author": f'"{{{SITE}}}"',
            "title": f'"{{{tex(self.title)}}}"',
            "year": f"{{{self.published_on.year}}}",
            "month": f"{{{self.published_on.month}}}",
            "howpublished": "{Online}",
            "url": f"{{{tex_address(self.address)}}}",
            "urldate": f"{{{accessed.isoformat()}}}",
            "note": f"{{{note}}}",
        }
        lines = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
        return f"@misc{{{self.key},\n{lines}\n}}"


def tex(text: str) -> str:
    """`text` as TeX prints it, with braces in pairs."""
    return "".join(_TEX.get(character, character) for character in _line(text))


def tex_address(address: str) -> str:
    """An address for \\url, which reads it as it stands: what would end it or begin a comment is written as %XX."""
    found = address
    for character in "\\{} ":
        found = found.replace(character, f"%{ord(character):02X}")
    return found


def _line(text: str) -> str:
    """`text` on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
