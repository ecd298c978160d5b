"""The picture that other sites show beside a link to a page: who, the figure as the page writes it, its source.

A card is what is written on it, words alone; `draw` makes the same picture of the same card, 1200 by 630 pixels.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from anyascii import anyascii
from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN = 1200, 630, 64
INNER = WIDTH - 2 * MARGIN
PAPER, INK, SOFT, RULE, PEOPLE, AI = "#fbfaf7", "#1a1c20", "#5b5d63", "#dedbd3", "#b23c22", "#12697a"
_FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "dejavu"
BOLD, PLAIN = "DejaVuSansCondensed-Bold.ttf", "DejaVuSansCondensed.ttf"
# Scripts that the font has whole and that are written letter by letter, from left to right. Of all others it has some
# letters or none, or they change their form beside one another.
_WRITTEN = ((0x20, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x386, 0x3CE), (0x400, 0x45F), (0x490, 0x491))
_SIGNS = "‐–—‘’‚“”„†•…‰‹›€₤₹™≈≤≥−←→"
COLOURS = 64
# Part of a picture's name for caches: one more whenever it is drawn otherwise.
LOOK = 1


@dataclass(frozen=True)
class Card:
    """What is written on a picture. `ends` are the low and high end of the figure, `reach` where they and the best
    figure lie on a line, in percent."""

    company: str
    title: str
    figure: str
    under: str
    foot: str
    accent: str = "people"
    ends: tuple[str, str] | None = None
    reach: tuple[float, float, float | None] | None = None

    @property
    def mark(self) -> str:
        """Another whenever the picture is another."""
        return sha256(f"{LOOK}{self!r}".encode()).hexdigest()[:32]

    @property
    def in_words(self) -> str:
        """What the picture shows, for who does not see it."""
        parts = (self.company, self.title, f"{self.figure} {self.under}".strip(), self.foot)
        return ". ".join(part.rstrip(".") for part in parts if part)


def draw(card: Card) -> bytes:
    """The picture as PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 11), fill=INK)
    _brand(pen)
    accent = AI if card.accent == "ai" else PEOPLE
    y = _text(pen, MARGIN, 124, card.company, BOLD, INK, height=108, size=46)
    y = _text(pen, MARGIN, y + 8, card.title, PLAIN, SOFT, height=104 if card.figure else 320, size=32)
    if card.figure:
        floor = 560 - (58 if card.reach else 0)
        under = 62 if card.under else 0
        y = _text(pen, MARGIN, y + 14, card.figure, BOLD, accent, height=floor - y - 22 - under, size=132)
        if card.under:
            _text(pen, MARGIN, y + 6, card.under, PLAIN, INK, height=floor - y - 8, size=30)
        if card.reach and card.ends:
            _line(pen, 516, card.reach, card.ends, accent)
    pen.rectangle((MARGIN, 566, WIDTH - MARGIN, 567), fill=INK)
    _text(pen, MARGIN, 576, card.foot, PLAIN, SOFT, height=46, size=24)
    out = BytesIO()
    palette = image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette.save(out, "PNG", optimize=True)
    return out.getvalue()


def _brand(pen: ImageDraw.ImageDraw) -> None:
    """The mark (static/img/mark.svg, a square of 24) and the name."""
    size, left, top = 2.4, MARGIN, 42.0
    bars = [(3, 5, 4, 6, PEOPLE), (10, 1, 4, 10, PEOPLE), (17, 7, 4, 4, PEOPLE)]
    bars += [(3, 14, 4, 2, AI), (10, 14, 4, 5, AI), (17, 14, 4, 9, AI), (1, 12, 22, 1, INK)]
    for x, y, width, height, colour in bars:
        box = (left + x * size, top + y * size, left + (x + width) * size - 1, top + (y + height) * size - 1)
        pen.rectangle(box, fill=colour)
    pen.text((left + 74, top + 8), "LayoffWatch", font=_font(BOLD, 34), fill=INK)


def _line(
    pen: ImageDraw.ImageDraw, y: int, reach: tuple[float, float, float | None], ends: tuple[str, str], accent: str
) -> None:
    """The interval on a line that begins at 0, as on the page."""
    first, last, best = reach
    left, right = (MARGIN + INNER * part / 100 for part in (first, last))
    pen.rectangle((MARGIN, y, WIDTH - MARGIN, y + 1), fill=RULE)
    pen.rectangle((left, y - 4, max(right, left + 4), y + 5), fill=accent)
    if best is not None:
        at = MARGIN + INNER * best / 100
        pen.rectangle((at - 1, y - 9, at + 2, y + 10), fill=INK)
    font = _font(PLAIN, 20)
    widths = [font.getlength(end) for end in ends]
    low = max(MARGIN, min(left - widths[0] / 2, WIDTH - MARGIN - widths[0] - widths[1] - 16))
    high = min(max(right - widths[1] / 2, low + widths[0] + 16), WIDTH - MARGIN - widths[1])
    for x, end in zip((low, high), ends, strict=True):
        pen.text((x, y + 12), end, font=font, fill=SOFT)


def _text(
    pen: ImageDraw.ImageDraw, x: int, y: int, text: str, name: str, colour: str, *, height: int, size: int
) -> int:
    """Writes `text` whole, as large as the box allows; returns where it ends."""
    text = spelled(text)
    if not text:
        return y
    size, lines = fitted(text, name, INNER, height, size)
    step = round(size * 1.2)
    for number, line in enumerate(lines):
        pen.text((x, y + number * step), line, font=_font(name, size), fill=colour)
    return y + len(lines) * step


def fitted(text: str, name: str, width: int, height: int, size: int) -> tuple[int, list[str]]:
    """The largest size up to `size`, and the lines, in which `text` fits; at least 8, whatever the height."""
    while True:
        lines = _lines(text, _font(name, size), width)
        fits = len(lines) * round(size * 1.2) <= height
        if fits or size <= 8:
            return size, lines
        size = max(size - max(size // 12, 1), 8)


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """`text` in lines no longer than `width`; a word that is longer than a line goes on in the next."""
    lines, line = [], ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = ""
        for character in word:
            if line and font.getlength(line + character) > width:
                lines.append(line)
                line = ""
            line += character
    return [*lines, line] if line else lines


@lru_cache(maxsize=256)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / name, size, layout_engine=ImageFont.Layout.BASIC)


def spelled(text: str) -> str:
    """`text` in letters that the font has: what it lacks is spelled in Latin ones ("深圳" gives "ShenZhen")."""
    plain = "".join(" " if c.isspace() or ord(c) < 32 else c for c in unicodedata.normalize("NFC", text))
    letters = "".join(c if _is_written(c) else anyascii(c) for c in plain)
    return " ".join("".join(c for c in letters if _is_written(c)).split())


def _is_written(character: str) -> bool:
    code = ord(character)
    printable = character.isprintable() and code != 0xAD
    return character in _SIGNS or (printable and any(first <= code <= last for first, last in _WRITTEN))
