"""Queries that pages ask by themselves, through the same FilterSets as a reader's."""

from typing import Any
from urllib.parse import urlencode

from events.query import EventQuery, NoteQuery


def ask_events(**parameters: Any) -> EventQuery:
    """A checked query on events; raises ValueError when our own parameters are wrong."""
    return EventQuery.from_string(urlencode(parameters, doseq=True))


def ask_notes(**parameters: Any) -> NoteQuery:
    """A checked query on AI-investment notes."""
    return NoteQuery.from_string(urlencode(parameters, doseq=True))
