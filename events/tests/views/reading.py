"""Reads a page as its readers get it: a small tree of elements, strict about nesting."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "path"}


class Element:
    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None" = None) -> None:
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def __iter__(self) -> Iterator["Element"]:
        """Itself and all elements inside, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def text(self) -> str:
        """All words inside, with single spaces."""
        return re.sub(r"\s+", " ", "".join(self._pieces())).strip()

    def _pieces(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._pieces()

    def all(self, tag: str = "", **attributes: str) -> list["Element"]:
        """Elements inside with this tag and these attributes; `css` is one of its classes."""
        css = attributes.pop("css", None)
        return [
            element
            for element in self
            if (not tag or element.tag == tag)
            and all(element[name] == value for name, value in attributes.items())
            and (css is None or css in element["class"].split())
        ]

    def one(self, tag: str = "", **attributes: str) -> "Element":
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements <{tag}> with {attributes}"
        return found[0]

    @property
    def links(self) -> list[str]:
        return [a["href"] for a in self.all("a") if "href" in a]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attributes}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_endtag(self, tag):
        if tag not in VOID:
            line = self.getpos()[0]
            assert self.here.tag == tag, f"line {line}: </{tag}> closes <{self.here.tag}>"
            self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)


def read(response) -> Element:
    """The page of a response."""
    return read_text(body(response))


def read_text(html: str) -> Element:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.here is reader.root, f"<{reader.here.tag}> is never closed"
    return reader.root


def body(response) -> str:
    """The content of a response, streamed or not."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def number(text: str) -> int:
    """The whole number that a text begins with: "12,000 people" gives 12000; unknown adds nothing."""
    if text == "not stated":
        return 0
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))


class Key:
    """One of the key figures of a page: its number, what is counted, and how sure that is."""

    def __init__(self, block: Element) -> None:
        how = block.all("dd", css="how")
        self.number = block.one("dd", css="number").text
        self.label = block.one("dt").text
        self.how = how[0].text if how else ""


def keys(page: Element) -> list[Key]:
    return [Key(block) for block in page.one("dl", css="keys").all("div")]


def interval(text: str, headline: int) -> tuple[int, int, bool]:
    """Low, high and whether the high is open, from "33,900–36,200+", "1,000+" or nothing."""
    if found := re.search(r"([\d,]+)–([\d,]+)(\+?)", text):
        return number(found[1]), number(found[2]), bool(found[3])
    return headline, headline, bool(re.search(r"[\d,]+\+", text))
