"""The door between the desk and the public record: the only writer of editions.

`publish`, `correct` (and both `_all`), `withdraw` and `refresh` each run in one transaction and write, besides the
record's own edition, those of the records that they touch (what an event is part of, is replaced by, counts as).
Nothing changes an edition but `begin_when_written`: a file that was taken back says nothing of the days before it was
read. `problems` says what publication still needs, `check_record` proves that today's editions say what the published
records say. Rules: the methodology page, "What is public".
"""

from events.publishing.checking import check_record
from events.publishing.door import (
    MONEY_IN_NO_SUM,
    begin_when_written,
    correct,
    correct_all,
    link_checked,
    one_writer,
    ownership_changed,
    problems,
    public_record,
    publish,
    publish_all,
    refresh,
    remarks,
    source_changed,
    withdraw,
)
from events.publishing.graph import EventGraph, counts_as_alone, hanging_together
from events.publishing.restoring import Restoring
from events.publishing.saying import KINDS, Kind, Publishable
from events.publishing.writing import NotPublishable

__all__ = [
    "KINDS", "MONEY_IN_NO_SUM", "EventGraph", "Kind", "NotPublishable", "Publishable", "Restoring",
    "begin_when_written", "check_record", "correct", "correct_all", "counts_as_alone", "hanging_together",
    "link_checked", "one_writer", "ownership_changed", "problems", "public_record", "publish", "publish_all", "refresh",
    "remarks", "source_changed", "withdraw",
]  # fmt: skip
