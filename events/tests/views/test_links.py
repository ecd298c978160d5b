"""A walk through the whole site with the starter data, as a crawler takes it: no link leads nowhere."""

from collections import Counter, deque
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest

from events.models import EventEdition, LayoffEvent
from events.publishing import correct, withdraw
from events.tests.views.reading import body, read_text

pytestmark = pytest.mark.django_db

# Of records of a kind so many are read: their pages are alike. Of views by filter, of which there is no end, and of
# files one of each shape (a path and the names of its first parameters).
RECORDS = 25
FILES = (".csv", ".json", ".jsonl", ".xlsx", ".atom")
# Never reached: the walk would have gone astray.
MOST = 1_000


def shape_of(address: str) -> tuple[str, int]:
    """What an address is alike to, and how many of these are read."""
    parts = urlsplit(address)
    kind, _, record = parts.path.strip("/").partition("/")
    if parts.path.endswith(FILES):
        return f"{parts.path}?" if parts.query else parts.path, 1
    if parts.query:
        names = sorted({name for name, _ in parse_qsl(parts.query)})
        return f"{kind}/{'*' if record else ''}?{','.join(names[:2])}", 1
    return (f"{kind}/*", RECORDS) if record else (address, 1)


class Walk:
    """Every page that links from `/` lead to, breadth first."""

    def __init__(self, client) -> None:
        self.client = client
        self.status: dict[str, int] = {}
        self.ids: dict[str, set[str]] = {}
        self.anchors: dict[tuple[str, str], str] = {}
        self.loaded: dict[str, str] = {}
        self._shapes: Counter[str] = Counter()

    def go(self) -> None:
        # The log of corrections early: it leads to what was withdrawn.
        todo = deque(["/", "/corrections/"])
        seen = set(todo)
        while todo:
            address = todo.popleft()
            assert len(self.status) < MOST, address
            for link in self._read(address):
                target, _, place = urljoin(address, link).partition("#")
                if urlsplit(target).netloc or not target.startswith("/"):
                    continue
                if place:
                    self.anchors.setdefault((target, place), address)
                if target in seen or not self._wanted(target):
                    continue
                seen.add(target)
                todo.append(target)

    def _wanted(self, address: str) -> bool:
        shape, most = shape_of(address)
        self._shapes[shape] += 1
        return self._shapes[shape] <= most

    def _read(self, address: str) -> list[str]:
        # The rows of a file are not read: they need not be written.
        is_file = urlsplit(address).path.endswith(FILES)
        response = (self.client.head if is_file else self.client.get)(address, follow=True)
        self.status[address] = response.status_code
        if not response.headers["Content-Type"].startswith("text/html"):
            return []
        page = read_text(body(response))
        self.ids[address] = {element["id"] for element in page if "id" in element}
        for element in page:
            if element.tag in ("img", "script") and element["src"]:
                self.loaded.setdefault(element["src"], address)
            if element.tag == "link" and element["rel"] in ("stylesheet", "icon", "alternate", "service-desc"):
                self.loaded.setdefault(element["href"], address)
        return page.links


@pytest.fixture
def walk(client, starter) -> Walk:
    """The starter data with one correction and one withdrawal, walked through."""
    corrected, gone = LayoffEvent.objects.order_by("pk")[:2]
    corrected.summary = "More is known."
    corrected.save()
    correct(corrected, "More is known.")
    withdraw(gone, "It was another company.")
    walk = Walk(client)
    walk.go()
    return walk


def test_no_link_of_the_site_leads_nowhere(walk, client):
    (gone,) = EventEdition.objects.filter(change="withdrawn")
    assert walk.status[gone.get_absolute_url()] == 410
    assert {a: n for a, n in walk.status.items() if n >= 400 and a != gone.get_absolute_url()} == {}
    # It came to records of every kind and to views by filter.
    records = {e.get_absolute_url() for e in EventEdition.objects.known_on(None)}
    assert len(records & walk.status.keys()) >= RECORDS - 5
    assert sum(address.startswith("/companies/") for address in walk.status) > RECORDS
    assert sum("?" in address for address in walk.status) > 30

    missing = [
        f"{found_on} links to {target}#{place}"
        for (target, place), found_on in walk.anchors.items()
        if target in walk.ids and place not in walk.ids[target]
    ]
    assert missing == []

    broken = {src: page for src, page in walk.loaded.items() if client.get(src).status_code != 200}
    assert broken == {}
