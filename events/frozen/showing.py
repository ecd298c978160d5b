"""A frozen view as its page and its embed show it: from what is stored alone."""

from functools import cached_property
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.utils.translation import gettext as _

from events import dates, present
from events.answers.about import link
from events.answers.embeds import Embed, of_frozen
from events.charts import Figure
from events.citing import Way, Work
from events.figures import FIGURES
from events.frozen.packing import unpacked
from events.frozen.stating import Statement
from events.models.snapshot import Snapshot, SnapshotFile


class FrozenView:
    """A snapshot in a reader's words. `base` stands before our own addresses: "https://host"."""

    def __init__(self, snapshot: Snapshot, base: str) -> None:
        self.snapshot, self.base = snapshot, base

    @property
    def title(self) -> str:
        return self.snapshot.shown["title"]

    @property
    def said(self) -> str:
        """Its totals in a line."""
        return self.snapshot.shown["said"]

    @property
    def address(self) -> str:
        return f"{self.base}{self.snapshot.get_absolute_url()}"

    @property
    def embed(self) -> Embed:
        return of_frozen(self.snapshot.code, self.title, self.base)

    @property
    def file(self) -> str:
        return f"/cite/{self.snapshot.code}.csv"

    @property
    def content(self) -> bytes:
        """The very bytes of the file."""
        return SnapshotFile.objects.get(pk=self.snapshot.file_id).content

    @property
    def file_name(self) -> str:
        return f"{self.snapshot.shown['name']}-{self.snapshot.code}.csv"

    @property
    def number_of_rows(self) -> int:
        return self.snapshot.shown["about"]["rows"]

    @cached_property
    def statements(self) -> list[Statement]:
        return [unpacked(Statement, tree) for tree in self.snapshot.shown["statements"]]

    @cached_property
    def figure(self) -> Figure | None:
        tree = self.snapshot.shown["figure"]
        return unpacked(FIGURES[self.snapshot.subject], tree) if tree else None

    @property
    def record(self) -> Any:
        """The data as it was: what a figure names below itself."""
        return SimpleNamespace(version=self.snapshot.version, changed_at=self.snapshot.changed_at)

    @property
    def live(self) -> str:
        """The same query today, of whatever day it was asked."""
        return self._link("as_of", "")

    @property
    def replay(self) -> str:
        """The same query as known at the end of the day."""
        return self._link("as_of", self.snapshot.day.isoformat())

    def _link(self, name: str, value: str) -> str:
        """The list of the query with one parameter set otherwise; without it where there is no value. The query itself
        may be one that cannot be asked any more."""
        kept = [pair for pair in parse_qsl(self.snapshot.query) if pair[0] != name]
        pairs = [*kept, (name, value)] if value else kept
        return link("", f"/{self.snapshot.subject}/", urlencode(pairs))

    def ways_to_cite(self) -> list[Way]:
        """How to cite it, with the day of retrieval: today."""
        s = self.snapshot
        frozen = _("frozen on %(day)s, SHA-256 of its file %(hash)s")
        words = frozen % {"day": present.day_words(s.made_at.date(), "day"), "hash": s.file_id}
        said = "; ".join(filter(None, [self.said, words]))
        work = Work(
            key=f"layoffwatch-{s.code}",
            title=self.title,
            figure=said,
            address=self.address,
            known_from=s.day,
            version=s.version,
            published_on=s.made_at.date(),
            reconstructed_from=", ".join(s.shown["reconstructed_from"]),
        )
        return work.ways(dates.today())


def frozen_view(code: str, base: str) -> FrozenView | None:
    """The frozen view of a code as addresses have it; None where there is none."""
    snapshot = Snapshot.objects.select_related("file").defer("file__compressed", "rows").filter(pk=code).first()
    return FrozenView(snapshot, base) if snapshot else None


def code_as_written(code: str) -> str:
    """A code as addresses have it, from one that was read aloud or off paper: i and l are 1, o is 0."""
    return code.lower().translate(str.maketrans("ilo", "110"))
