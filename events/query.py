"""A request's parameters, checked once: what they ask for, in one canonical form and in words. Touches no rows."""

import copy
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any, Self
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.text import slugify

from events.filters import (
    DEFAULT_COUNTS,
    CompanyFilters,
    CorrectionFilters,
    EventFilters,
    Filters,
    NoteFilters,
    RecordFilters,
    SearchFilters,
    SeriesFilters,
    TotalFilters,
)
from events.marks import is_tracking_mark
from events.models.company import Company


@dataclass(frozen=True)
class Chip:
    """One value that is set, in words, with the query string of the view without it."""

    words: str
    without: str


MAX_NAME = 100
MAX_KEYS = 5
MAX_WRITTEN = 200


class Query:
    """A bound and checked FilterSet. Nothing below may be asked of a query that is not valid but `errors`."""

    filters: type[Filters]
    default_order: str
    subject: str
    # What a result without a filter holds, where that is not everything.
    unfiltered = ""

    def __init__(self, data: QueryDict) -> None:
        self.data = _without_marks_and_blanks(data)
        self.filterset = self.filters(self.data, queryset=self.filters._meta.model._default_manager.none())

    @classmethod
    def from_request(cls, request: HttpRequest) -> Self:
        return cls(request.GET)

    @classmethod
    def from_string(cls, string: str) -> Self:
        """The query of a link of our own, already checked. Raises ValueError when our own link is wrong."""
        query = cls(QueryDict(string))
        if not query.is_valid():
            raise ValueError(f"{string}: {query.errors}")
        return query

    def changed(self, **changes: Any) -> Self:
        """This checked query with other values, themselves checked; None leaves a parameter out. Asks nothing again."""
        other = copy.copy(self)
        for name in ("values", "chips", "cursor", "cursor_error", "errors"):
            other.__dict__.pop(name, None)
        form = copy.copy(self.form)
        empty = {name: field.clean(None) if not field.required else None for name, field in form.fields.items()}
        changed = {k: empty[k] if v is None else v for k, v in changes.items()}
        form.cleaned_data = {**form.cleaned_data, **changed}
        if "q" in changes and not changed["q"] and form.cleaned_data.get("order") == "relevance":
            form.cleaned_data["order"] = ""
        other.filterset = self.filterset.with_form(form)
        return other

    @property
    def form(self) -> Any:
        return self.filterset.form

    def is_valid(self) -> bool:
        return self.form.is_valid() and not self.cursor_error

    @cached_property
    def values(self) -> dict[str, Any]:
        """The checked values that are set, by parameter, in the order in which the FilterSet names them."""
        cleaned = self.form.cleaned_data if self.form.is_valid() else {}
        return {
            name: _each_once(cleaned[name])
            for name in self.form.fields
            if cleaned.get(name) not in (None, "", []) and not self._is_default(name, cleaned[name])
        }

    def _is_default(self, name: str, value: Any) -> bool:
        """Whether `value` says no more than leaving the parameter out."""
        return name == "order" and value == self.default_order

    @property
    def order(self) -> str:
        return self.values.get("order", self.default_order)

    @property
    def is_filtered(self) -> bool:
        return any(name not in self.filterset.shape for name in self.values)

    def get(self, name: str) -> Any:
        return self.values.get(name)

    @property
    def as_of(self) -> date | None:
        """The day as known on which the answer is asked; None for now."""
        return self.get("as_of")

    # Links

    def canonical(self, **changes: Any) -> str:
        """The query string that means the same as this query with `changes`: same meaning, same string.

        A change to None leaves the parameter out. Any change but one of page goes back to the first page.
        """
        values = {name: _as_written(value) for name, value in self.values.items()}
        if changes and not changes.keys() & {"after", "before"}:
            for name in ("after", "before"):
                values.pop(name, None)
        for name, value in changes.items():
            values[name] = [] if value is None else _as_written(value)
        if not values.get("q") and values.get("order") == ["relevance"]:
            # Without words there is nothing to fit.
            values.pop("order")
        names = [name for name in self.form.fields if name in values]
        return urlencode([(name, text) for name in names for text in values[name]])

    def filter_string(self) -> str:
        """The canonical string of what is filtered and how it is ordered, without the page."""
        return self.canonical(after=None, before=None)

    @cached_property
    def chips(self) -> list[Chip]:
        chips = []
        for name, value in self.values.items():
            if name in self.filterset.shape:
                continue
            some = value if isinstance(value, list) else [value]
            for one in some:
                rest = [other for other in some if other != one]
                chips.append(Chip(self.filterset.words(name, one), self.canonical(**{name: rest or None})))
        return chips

    def in_words(self) -> str:
        """What is filtered, for a title or a file: "announced from 1 January 2024, sector: Retail"."""
        return ", ".join(chip.words for chip in self.chips)

    def file_name(self) -> str:
        """A file's name that says the filter: "layoffwatch-events-announced-from-1-january-2024".

        Words that do not fit, or that a file's name cannot hold, are told apart by a mark of the whole query.
        """
        words = self.in_words() or self.unfiltered
        name = slugify(f"layoffwatch-{self.subject}-{words}")
        whole = len(name) <= MAX_NAME and re.fullmatch(r"[\w\s,:]*", words, re.ASCII)
        if whole and self.order == self.default_order:
            return name
        mark = sha256(self.filter_string().encode()).hexdigest()[:8]
        return f"{name[:MAX_NAME].strip('-')}-{mark}"

    # Pages by key

    @cached_property
    def cursor(self) -> tuple[list[Any], bool] | None:
        """The key of the row that the page begins after (or, with True, ends before)."""
        for name, backwards in (("after", False), ("before", True)):
            if name in self.values:
                return read_cursor(self.values[name]), backwards
        return None

    @cached_property
    def cursor_error(self) -> str:
        if not self.form.is_valid():
            return ""
        try:
            _cursor = self.cursor
        except ValueError as error:
            self.form.add_error("after" if "after" in self.values else "before", str(error))
            return str(error)
        return ""

    @cached_property
    def errors(self) -> list[tuple[str, str, str]]:
        """What is wrong: parameter, message, and the query string without the parameter."""
        found = []
        for name, messages in self.form.errors.items():
            without = self._string_without(name)
            found += [(name, message.replace("\x00", "�"), without) for message in messages]
        return found

    def _string_without(self, name: str) -> str:
        known = self.form.fields
        gone = {name, "order"} if name == "q" and self.data.get("order") == "relevance" else {name}
        kept = [k for k in self.data if k in known and k not in gone]
        return urlencode([(k, v) for k in kept for v in self.data.getlist(k) if "\x00" not in v])


class EventQuery(Query):
    filters = EventFilters
    subject = "events"
    default_order = "-announced"
    default_chart = "time"
    unfiltered = "cuts and signals"

    @property
    def chart(self) -> str:
        """Which figure the page shows."""
        return self.values.get("chart", self.default_chart)

    def _is_default(self, name: str, value: Any) -> bool:
        cleaned = self.form.cleaned_data
        match name:
            case "counts_as":
                return set(value) == set(DEFAULT_COUNTS)
            case "subsidiaries":
                return not cleaned.get("company")
            case "without_figure":
                bounded = cleaned.get("people_min") is not None or cleaned.get("people_max") is not None
                return value == ("exclude" if bounded else "include")
            case "chart":
                return value == self.default_chart
        return super()._is_default(name, value)


class SeriesQuery(EventQuery):
    """A query on events with `by`, what its totals are taken apart by."""

    filters = SeriesFilters
    subject = "series"

    def file_name(self) -> str:
        return super().file_name().replace("-series", f"-by-{self.get('by')}".replace("_", "-"), 1)


class NoteQuery(Query):
    filters = NoteFilters
    subject = "ai-notes"
    default_order = "-dated"


class CompanyQuery(Query):
    filters = CompanyFilters
    subject = "companies"
    default_order = "-people"


class TotalQuery(Query):
    filters = TotalFilters
    subject = "totals"
    default_order = "-period"


class RecordQuery(Query):
    """The query of a page that shows one thing: as known on a day."""

    filters = RecordFilters
    subject = "record"
    default_order = ""


class SearchQuery(Query):
    """Words that are searched in everything at once."""

    filters = SearchFilters
    subject = "search"
    default_order = ""

    @property
    def written(self) -> str:
        """The words as they were typed, which `values` has in an order of its own."""
        return self.data.get("q", "").replace("\x00", "").strip()[:MAX_WRITTEN]


class CorrectionQuery(Query):
    """The query of the log of corrections."""

    filters = CorrectionFilters
    subject = "corrections"
    default_order = ""


def write_cursor(key: list[Any]) -> str:
    """A page's key as it stands in a link."""
    return urlsafe_b64encode(json.dumps(key, default=str, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(text: str) -> list[Any]:
    """The key that `write_cursor` wrote: what the rows are ordered by, and the row's id.

    Raises ValueError with words for a reader.
    """
    try:
        key = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        fits = isinstance(key, list) and 2 <= len(key) <= MAX_KEYS and _is_number(key[-1])
        if fits and all(_is_number(part) or _is_text(part) for part in key):
            return key
    except (ValueError, RecursionError):
        pass
    raise ValueError("This page does not exist: start from the first one.")


def _is_number(value: object) -> bool:
    """A whole number that a database column holds."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _is_text(value: object) -> bool:
    """Text that a database takes: half a pair of UTF-16 (which JSON may write) is none."""
    return isinstance(value, str) and "\x00" not in value and not re.search("[\ud800-\udfff]", value)


def _without_marks_and_blanks(data: QueryDict) -> QueryDict:
    """The parameters without other sites' marks (utm_source, fbclid, ...) and without what a form left empty."""
    kept = QueryDict(mutable=True)
    for name in data:
        values = [value for value in data.getlist(name) if value != ""]
        if values and not is_tracking_mark(name):
            kept.setlist(name, values)
    return kept


def _each_once(value: Any) -> Any:
    return list(dict.fromkeys(value)) if isinstance(value, list) else value


def _as_written(value: Any) -> list[str]:
    if isinstance(value, list):
        return sorted(_as_written(one)[0] for one in value)
    if isinstance(value, Company):
        return [value.slug]
    if isinstance(value, Decimal):
        return [format(value, "f")]
    return [str(value)]
