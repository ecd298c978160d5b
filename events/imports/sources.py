"""The sources that the rows of a file cite: their links, each once; the file itself for rows without one."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from django.db import models

from events.imports.layouts import Facts, Layout
from events.imports.reading import RawFile
from events.imports.run import chunks
from events.models import Source
from events.models.choices import SourceKind, Tier
from events.models.link import sources_at
from events.models.source import kind_at, normalised_url

Create = Callable[[Sequence[models.Model]], None]

_TITLES = {SourceKind.FILING: "Filing", SourceKind.POST: "Post"}


class Sources:
    """The sources that rows cite: their links, each once; the file itself for rows without one."""

    def __init__(self, file: RawFile, layout: Layout) -> None:
        self.file, self.layout = file, layout
        self.made: list[Source] = []
        self._by_url: dict[str, Source] = {}
        self._itself: Source | None = None

    def of(self, url: str) -> Source:
        """The source at `url`; the file itself without one."""
        source = self._by_url[normalised_url(url)] if url else self._itself
        assert source is not None  # `make` has seen it
        return source

    def make_of(self, facts: Sequence[Facts], create: Create) -> None:
        """Finds or makes the sources of `facts`."""
        self.make({each.url: each.more.publisher for each in facts if each.url}, create)
        if any(not each.url for each in facts):
            self.make_itself(create)

    def make(self, publishers: Mapping[str, str], create: Create) -> None:
        """Finds or makes the sources at these addresses; where a publisher is empty, it is the host."""
        wanted = {normalised_url(url): (url, publisher) for url, publisher in publishers.items()}
        missing = [address for address in wanted if address not in self._by_url]
        for some in chunks(missing):
            self._by_url.update(sources_at(some))
        new = [_source(*wanted[a], a, self.layout) for a in missing if a not in self._by_url]
        create(new)
        self._by_url.update({source.url_normalised: source for source in new})
        self.made += new

    def forget(self) -> list[Source]:
        """The sources that were made since; none is held any longer: the links of a whole file would fill memory."""
        made, self.made, self._by_url = self.made, [], {}
        return made

    def make_itself(self, create: Create) -> None:
        """Finds or makes the file as a source."""
        if self._itself is None:
            there = Source.objects.filter(file_sha256=self.file.sha256).first()
            self._itself = there and there.today
        if self._itself is None:
            self._itself = Source(
                title=self.file.name,
                publisher=self.layout.publisher,
                kind=SourceKind.DATA_FILE,
                tier=Tier.REPORTING,
                file_sha256=self.file.sha256,
            )
            create([self._itself])
            self.made.append(self._itself)


def _source(url: str, publisher: str, normalised: str, layout: Layout) -> Source:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    kind, tier = layout.source_kind, layout.source_tier
    if kind != SourceKind.FILING:
        kind, tier = kind_at(host) or (kind, tier)
    title = f"{_TITLES.get(kind, 'Report')} at {host}"
    return Source(
        url=url, url_normalised=normalised, title=title[:300], publisher=(publisher or host)[:200], kind=kind, tier=tier
    )
