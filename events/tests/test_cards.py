"""The pictures for other sites: the same for the same words, whole whatever the words."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from events import cards
from events.cards import BOLD, HEIGHT, INNER, PLAIN, WIDTH, Card, draw, fitted, spelled

GOOGLE = Card(
    "Google, part of Alphabet", "Google cuts jobs in hardware", "≈ 1,000", "people",
    "Announced 10 January 2024 · Source: The Verge · data version 12", ends=("950", "1,100"), reach=(75.0, 87.0, 79.0),
)  # fmt: skip
# What templates/base.html shows of pages that have no picture of their own.
SITE = Card(
    "Who cuts jobs in tech, who puts money into AI, says who, and how sure is it",
    "Figures are intervals in the source's own words, each beside its source, and nothing is counted twice.",
    "", "", "Open data, CC BY 4.0",
)  # fmt: skip


def seen(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def ink(image: Image.Image, colour: str) -> int:
    """How many pixels are near a colour."""
    wanted = Image.new("RGB", image.size, colour)
    near = ImageChops.difference(image, wanted).convert("L").point(lambda d: 255 if d < 24 else 0)
    return near.histogram()[255]


def test_a_picture_has_the_size_that_its_page_says_and_is_small():
    png = draw(GOOGLE)
    assert seen(png).size == (WIDTH, HEIGHT) == (1200, 630)
    assert len(png) < 60_000


def test_the_same_words_give_the_same_picture_and_others_another():
    assert draw(GOOGLE) == draw(GOOGLE)
    other = Card(**vars(GOOGLE) | {"figure": "≈ 1,001"})
    assert draw(other) != draw(GOOGLE)
    assert other.mark != GOOGLE.mark


def test_people_and_money_have_their_colours():
    assert ink(seen(draw(GOOGLE)), cards.PEOPLE) > 5_000
    money = Card("Meta", "Meta plans", "$40 bn", "plan", "2024", accent="ai")
    assert ink(seen(draw(money)), cards.AI) > 5_000 > ink(seen(draw(money)), cards.PEOPLE)


@pytest.mark.parametrize(
    "text", ["W" * 300, "W " * 150, "i" * 300, "A long name of a firm " * 12, "Ж" * 300, "深" * 100]
)
def test_long_words_shrink_and_wrap_and_are_never_cut_off(text):
    for name, height, size in ((BOLD, 108, 46), (PLAIN, 104, 32), (PLAIN, 46, 24)):
        size, lines = fitted(spelled(text), name, INNER, height, size)
        assert "".join(lines).replace(" ", "") == spelled(text).replace(" ", "")
        assert all(cards._font(name, size).getlength(line) <= INNER for line in lines)
        if len(text) <= 200:
            assert len(lines) * round(size * 1.2) <= height


def test_the_longest_of_everything_stays_on_the_picture():
    png = draw(
        Card("W" * 200, "W" * 300, "up to 2,147,483,647", "W" * 200, "W" * 150, ends=("1", "2"), reach=(1, 9, 5))
    )
    image = seen(png)
    for edge in ((0, 20, 40, HEIGHT), (WIDTH - 40, 20, WIDTH, HEIGHT), (0, HEIGHT - 6, WIDTH, HEIGHT)):
        assert len(image.crop(edge).getcolors()) == 1, edge
    assert len(png) < 60_000


def test_letters_that_the_font_lacks_are_spelled():
    assert spelled("深圳 Łódź Ελλάς Жук") == "ShenZhen Łódź Ελλάς Жук"
    assert spelled("a\u200bb\x00c\nd\u202e") == "ab c d"


@given(st.text(max_size=40))
@settings(deadline=None)
def test_no_letter_is_drawn_as_a_box(text):
    for name in (BOLD, PLAIN):
        font = cards._font(name, 24)
        box = bytes(font.getmask("\uffff"))
        assert all(c == " " or bytes(font.getmask(c)) != box for c in spelled(text))


@given(
    st.builds(Card, st.text(max_size=60), st.text(max_size=60), st.text(max_size=20), st.text(max_size=60), st.text())
)
@settings(deadline=None, max_examples=20)
def test_any_words_can_be_drawn(card):
    assert draw(card)[:4] == b"\x89PNG"


def test_the_sites_own_picture_is_drawn_by_this_code():
    kept = (Path(__file__).resolve().parents[2] / "static" / "img" / "card.png").read_bytes()
    assert not ImageChops.difference(seen(kept), seen(draw(SITE))).getbbox()
