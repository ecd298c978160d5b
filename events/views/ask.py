"""How readers' views ask: within one state of the database, and by the same FilterSets as a reader's own query."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from events.query import EventQuery, NoteQuery, Query
from events.state import one_state

View = Callable[..., HttpResponseBase]


def for_readers(view: View) -> View:
    """A view that reads alone: whatever would write is refused (405), and asked for no proof of where it comes from,
    for there is nothing to protect."""
    return csrf_exempt(require_safe(view))


def of_one_state(view: View) -> View:
    """A view, all of whose answer, streamed or not, comes from one state of the database."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as state:
            state.enter_context(one_state())
            response = view(request, *args, **kwargs)
            if response.streaming:
                # The state lives until the last line is sent, or until the reader goes away.
                goes_on = state.pop_all()
                response.streaming_content = _then(response.streaming_content, goes_on)  # type: ignore[attr-defined]
                response._resource_closers.append(goes_on.close)  # type: ignore[attr-defined]
            return response

    return wrapper


def _then(content: Iterator[bytes], state: ExitStack) -> Iterator[bytes]:
    with state:
        yield from content


def base_of(request: HttpRequest) -> str:
    """What stands before addresses of ours: "https://host"."""
    return request.build_absolute_uri("/").rstrip("/")


def ask_events(**parameters: Any) -> EventQuery:
    """A checked query on events; raises ValueError when our own parameters are wrong."""
    return EventQuery.from_string(_string(parameters))


def ask_notes(**parameters: Any) -> NoteQuery:
    """A checked query on AI-investment notes."""
    return NoteQuery.from_string(_string(parameters))


def with_query(address: str, query: Query) -> str:
    """An address of ours with the query's own string."""
    return f"{address}?{query.canonical()}" if query.canonical() else address


def _string(parameters: dict[str, Any]) -> str:
    return urlencode({name: value for name, value in parameters.items() if value is not None}, doseq=True)
