"""A request's parameters, checked once: what they ask for, in one canonical form and in words. Touches no rows."""

import copy
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any, Self
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst, slugify

from events.dates import Dated, find_days
from events.filters import (
    DEFAULT_COUNTS,
    INVESTING_KINDS,
    INVESTING_ROLES,
    BesideFilters,
    CompanyFilters,
    CompanyPageFilters,
    CorrectionFilters,
    EventFilters,
    Filters,
    NoteFilters,
    NoteSeriesFilters,
    RecordFilters,
    SearchFilters,
    SeriesFilters,
    SuggestFilters,
    TotalFilters,
)
from events.marks import is_tracking_mark
from events.models.choices import CountsAs
from events.models.company import Company
from events.text import words


@dataclass(frozen=True)
class Chip:
    """One value that is set, in words, with the query string of the view without it."""

    words: str
    without: str


@dataclass(frozen=True)
class Wrong:
    """A value that cannot be: its parameter, what readers call it ("" for one that is not there), the message, the
    query string without it, and what may be meant, each with the query string that has it instead."""

    parameter: str
    label: str
    message: str
    without: str
    near: list[tuple[str, str]]


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
    # The figure that a page shows without being asked for one, where it has several.
    default_chart = ""

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
        for name in ("values", "chips", "cursor", "cursor_error", "wrong"):
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
        return (name, value) in (("order", self.default_order), ("chart", self.default_chart))

    @property
    def chart(self) -> str:
        """Which figure the page shows."""
        return self.values.get("chart", self.default_chart)

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

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """What is wrong, for a machine: parameter, message, and the query string without the parameter."""
        return [(wrong.parameter, wrong.message, wrong.without) for wrong in self.wrong]

    @cached_property
    def wrong(self) -> list[Wrong]:
        """What is wrong, for a reader."""
        return [
            Wrong(
                name,
                capfirst(str(self.form.fields[name].label)) if name in self.form.fields else "",
                message.replace("\x00", "�"),
                self._string_without(name),
                self._strings_near(name, error),
            )
            for name, errors in self.form.errors.as_data().items()
            for error in errors
            for message in error.messages
        ]

    def _string_without(self, name: str, instead: Iterable[str] = ()) -> str:
        known = self.form.fields
        gone = {name, "order"} if name == "q" and self.data.get("order") == "relevance" else {name}
        kept = [(k, v) for k in self.data if k in known and k not in gone for v in self.data.getlist(k)]
        return urlencode([(k, v) for k, v in [*kept, *((name, value) for value in instead)] if "\x00" not in v])

    def _strings_near(self, name: str, error: Any) -> list[tuple[str, str]]:
        """What may be meant by the wrong one of several values: its name, and the query string with it instead."""
        given = error.params or {}
        others = [value for value in self.data.getlist(name) if value.strip() != given.get("wrong")]
        return [
            (near.name, self._string_without(name, dict.fromkeys([*others, near.slug])))
            for near in given.get("near", ())
        ]


class EventQuery(Query):
    filters = EventFilters
    subject = "events"
    default_order = "-announced"
    default_chart = "time"
    unfiltered = "cuts and signals"

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
        return super()._is_default(name, value)


class _TakenApart(Query):
    """A query with `by`, what its numbers are taken apart by: the name of its file says so."""

    def file_name(self) -> str:
        return super().file_name().replace("-series", f"-by-{self.get('by')}".replace("_", "-"), 1)


class SeriesQuery(_TakenApart, EventQuery):
    """A query on events with `by`, what its totals are taken apart by."""

    filters = SeriesFilters
    subject = "series"


class NoteQuery(Query):
    filters = NoteFilters
    subject = "ai-notes"
    default_order = "-dated"
    default_chart = "time"


class NoteSeriesQuery(_TakenApart, NoteQuery):
    """A query on AI-investment notes with `by`, what their number is taken apart by."""

    filters = NoteSeriesFilters
    subject = "ai-notes-series"


class CompanyQuery(Query):
    filters = CompanyFilters
    subject = "companies"
    default_order = "-people"


class BesideQuery(Query):
    """A query on companies that cut jobs and invest in AI at the same time."""

    filters = BesideFilters
    subject = "layoffs-and-ai"
    default_order = "-people"
    # A note stands beside a cut that it precedes by up to a year or follows within half a one (model.md).
    default_months = {"months_before": 12, "months_after": 6}

    def _is_default(self, name: str, value: Any) -> bool:
        return value == self.default_months.get(name) or super()._is_default(name, value)

    @property
    def months(self) -> tuple[int, int]:
        """How many months before and after a cut a note may be dated."""
        before, after = (self.values.get(name, months) for name, months in self.default_months.items())
        return before, after

    def cuts(self) -> EventQuery:
        """The query on events of the cuts that are asked for."""
        same = ("company", "sector", "country", "announced_after", "announced_before", "ai_link", "as_of")
        return EventQuery.from_string("").changed(counts_as=[CountsAs.CUT], **{name: self.get(name) for name in same})

    def notes(self) -> NoteQuery:
        """The query on notes of what may stand beside a cut: investing, by a company in a role of those who invest."""
        same = ("company", "plan_or_actual", "as_of")
        kinds = self.get("kind") or [str(kind) for kind in INVESTING_KINDS]
        roles = [str(role) for role in INVESTING_ROLES]
        return NoteQuery.from_string("").changed(kind=kinds, role=roles, **{name: self.get(name) for name in same})


class TotalQuery(Query):
    filters = TotalFilters
    subject = "totals"
    default_order = "-period"


class RecordQuery(Query):
    """The query of a page that shows one thing: as known on a day."""

    filters = RecordFilters
    subject = "record"
    default_order = ""


class CompanyPageQuery(RecordQuery):
    """The query of a company's page: as known on a day, with the days that its axis of time shows."""

    filters = CompanyPageFilters

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and last day of the axis; None for an end that is not asked for."""
        return self.get("announced_after"), self.get("announced_before")


class SearchQuery(Query):
    """Words that are searched in everything at once."""

    filters = SearchFilters
    subject = "search"
    default_order = ""

    @property
    def written(self) -> str:
        """The words as they were typed, which `values` has in an order of its own."""
        return self.data.get("q", "").replace("\x00", "").strip()[:MAX_WRITTEN]

    only_companies = False

    @cached_property
    def named(self) -> Dated | None:
        """The days that its words name, asked for or not; None where they name none."""
        return find_days(self.written)

    @property
    def dated(self) -> Dated | None:
        """The days that are asked for: those that its words name, unless every word is to be a word."""
        return None if self.get("dates") or self.only_companies else self.named

    @property
    def other_reading(self) -> str:
        """The query string of the same words with the date among them read as words, or as a date again."""
        asked = {"q": self.written, "dates": None if self.get("dates") else "no", "as_of": self.as_of}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def rest(self) -> str:
        """The words as they were typed, without those that are read as a date."""
        return self.dated.rest if self.dated else self.written

    @cached_property
    def text(self) -> str:
        """The words to search for, without those that are read as a date."""
        return self.form.fields["q"].clean(self.rest) if words(self.rest) or not self.dated else ""

    def days(self, name: str) -> dict[str, date | None]:
        """The days that its words name as a from–to of a list: the values of NAME_after and NAME_before."""
        first, last = (self.dated.first, self.dated.last) if self.dated else (None, None)
        return {f"{name}_after": first, f"{name}_before": last}


class SuggestQuery(SearchQuery):
    """Words as they are typed so far, in everything or in the names of companies alone."""

    filters = SuggestFilters

    @property
    def only_companies(self) -> bool:  # type: ignore[override]
        return self.get("only") == "companies"


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
