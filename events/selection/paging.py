"""Pages by key: stable while rows are added, and the thousandth costs what the first costs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from events.models.company import Company, OwnershipTree
from events.query import Query, write_cursor
from events.text import words

PAGE_SIZE = 50
STREAM_CHUNK = 1000


@dataclass
class Page:
    """Rows of one page, with the keys of the pages beside it."""

    rows: list[Any] = field(default_factory=list)
    newer: str = ""
    older: str = ""


@dataclass(frozen=True)
class Key:
    """One thing that rows are ordered by: the column, its type in a link, and which way."""

    column: str
    type: type
    descending: bool

    @property
    def name(self) -> str:
        return f"key_{self.column.replace('__', '_')}"


def _both(name: str, column: str, type_: type) -> dict[str, tuple[Key, ...]]:
    return {name: (Key(column, type_, False),), f"-{name}": (Key(column, type_, True),)}


EVENT_ORDERS: Mapping[str, tuple[Key, ...]] = {
    **_both("announced", "announced_from", date),
    **_both("people", "headline", int),
    **_both("company", "company__match_key", str),
    **_both("recorded", "recorded_on", date),
    **_both("changed", "known_from", date),
    "relevance": (Key("fit", int, True), Key("announced_from", date, True)),
}
NOTE_ORDERS: Mapping[str, tuple[Key, ...]] = {
    **_both("dated", "dated_from", date),
    **_both("money", "money", float),
    **_both("recorded", "recorded_on", date),
    **_both("changed", "known_from", date),
    "relevance": (Key("fit", int, True), Key("dated_from", date, True)),
}

TOTAL_ORDERS: Mapping[str, tuple[Key, ...]] = {
    "period": (Key("period_until", date, False), Key("as_of", date, False)),
    "-period": (Key("period_until", date, True), Key("as_of", date, True)),
    **_both("as_of", "as_of", date),
    **_both("changed", "known_from", date),
}


def ordered(rows: QuerySet, query: Query, orders: Mapping[str, tuple[Key, ...]]) -> QuerySet:
    """`rows` in the query's order, those of equal keys by id, each with its keys annotated."""
    keys = orders[query.order]
    rows = rows.annotate(**{key.name: _expression(key.column, query) for key in keys})
    last = "-record_id" if keys[0].descending else "record_id"
    return rows.order_by(*(f"-{key.name}" if key.descending else key.name for key in keys), last)


def page_by_key(rows: QuerySet, query: Query, orders: Mapping[str, tuple[Key, ...]], size: int) -> Page:
    """The page of `rows` (made by `ordered`) that the query's cursor asks for: stable while rows are added."""
    keys = orders[query.order]
    cursor = query.cursor
    backwards = bool(cursor and cursor[1])
    if cursor:
        rows = rows.filter(_beyond(keys, cursor[0], backwards))
    if backwards:
        rows = rows.reverse()
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()

    def link(row: Any, direction: str) -> str:
        key = write_cursor([_as_written(getattr(row, key.name)) for key in keys] + [row.record_id])
        return query.canonical(**{"after": None, "before": None, direction: key})

    page = Page(found)
    if found and (more if backwards else cursor):
        page.newer = link(found[0], "before")
    if found and (cursor if backwards else more):
        page.older = link(found[-1], "after")
    return page


def page_of_rows(
    rows: Sequence[Any], key: Callable[[Any], tuple[Any, ...]], query: Query, size: int, *, reverse: bool = False
) -> Page:
    """The page that the query's cursor asks for of rows that are all at hand, in the order of their keys (with
    `reverse`, against it). A link of another order finds none."""
    keys = [key(row) for row in rows]
    first, last = 0, size
    if keys and (cursor := query.cursor):
        at_key, backwards = tuple(cursor[0]), cursor[1]
        if [type(part) for part in at_key] != [type(part) for part in keys[0]]:
            return Page()
        at = sum(other > at_key if reverse else other < at_key for other in keys)
        if backwards:
            first, last = max(at - size, 0), at
        else:
            first = at + keys.count(at_key)
            last = first + size
    page = Page(list(rows[first:last]))
    if page.rows and first > 0:
        page.newer = query.canonical(before=write_cursor(list(keys[first])), after=None)
    if page.rows and last < len(rows):
        page.older = query.canonical(after=write_cursor(list(keys[last - 1])), before=None)
    return page


class CompanyRows:
    """A list of companies that is all at hand: its order, its pages. `orders` are what it may be ordered by beside the
    name: numbers of a row, the first counting most."""

    orders: Mapping[str, Callable[[Any], tuple[int, ...]]]
    query: Any
    rows: Any

    def key(self, row: Any) -> tuple[Any, ...]:
        """Rows stand in the order of these; the id tells two of one name apart."""
        order = self.query.order
        numbers = self.orders[order.removeprefix("-")](row)
        return (*(-n if order.startswith("-") else n for n in numbers), row.company.match_key, row.company.pk)

    @property
    def is_reversed(self) -> bool:
        return self.query.order == "-name"

    def in_order(self, rows: Iterable[Any]) -> list[Any]:
        return sorted(rows, key=self.key, reverse=self.is_reversed)

    def page(self, size: int = PAGE_SIZE) -> Page:
        """One page of rows by key."""
        return page_of_rows(self.rows, self.key, self.query, size, reverse=self.is_reversed)

    def stream(self) -> Iterator[Any]:
        return iter(self.rows)


def _beyond(keys: tuple[Key, ...], cursor: list[Any], backwards: bool) -> Q:
    """The rows after (or before) the one whose keys a link gives. A link of another order finds none."""
    if len(cursor) != len(keys) + 1:
        return Q(pk__in=())
    values = [*(_read(key, value) for key, value in zip(keys, cursor, strict=False)), cursor[-1]]
    if not isinstance(values[-1], int) or any(value is None for value in values):
        return Q(pk__in=())
    columns = [*((key.name, key.descending) for key in keys), ("record_id", keys[0].descending)]
    beyond, same = Q(), Q()
    for (name, descending), value in zip(columns, values, strict=True):
        past = "lt" if descending != backwards else "gt"
        beyond |= same & Q(**{f"{name}__{past}": value})
        same &= Q(**{name: value})
    # Says nothing new, but lets the database begin at the key instead of at the first row.
    name, descending = columns[0]
    from_here = "lte" if descending != backwards else "gte"
    return Q(**{f"{name}__{from_here}": values[0]}) & beyond


def _as_written(value: Any) -> Any:
    return value if isinstance(value, int | str) else str(value)


def _read(key: Key, value: Any) -> Any:
    """A value of a link as the column's type; None for one of another type."""
    try:
        read = date.fromisoformat(value) if key.type is date else key.type(value)
    except (ValueError, TypeError, OverflowError):
        return None
    return None if isinstance(read, int | float) and not abs(read) < 2**63 else read


def _expression(column: str, query: Query) -> Any:
    if column == "headline":
        # Events without a figure come after all others, largest first, and before them, smallest first.
        # As a whole number of any sign: to Django no PositiveIntegerField can be -1, and the last page would repeat.
        return Coalesce(F("headline"), -1, output_field=IntegerField())
    if column == "money":
        # As a float: SQLite compares a computed decimal with a number of a link as text.
        known = Coalesce(F("usd_millions"), F("usd_low_millions"), F("usd_high_millions"))
        return Coalesce(Cast(known, FloatField()), Value(-1.0))
    if column == "company__match_key":
        # A merged company stands where the name is that it is shown by.
        merged = merged_companies()
        names = dict(Company.objects.filter(pk__in=set(merged.values())).values_list("pk", "match_key"))
        shown = [When(company=pk, then=Value(names[target])) for pk, target in merged.items()]
        return Case(*shown, default=F(column), output_field=CharField()) if shown else F(column)
    if column == "fit":
        return _fit(query)
    return F(column)


def _fit(query: Query) -> Any:
    """How well a row fits the words: each counts 4 that is found in the name of its company, 2 in its title, else 1."""
    named = query.subject == "events"
    score: Any = Value(0)
    for word in words(query.get("q")):
        cases = [When(Q(padded_title__contains=f" {word}"), then=Value(2))]
        if named:
            cases.insert(0, When(Q(padded_name__contains=f" {word}"), then=Value(4)))
        score = score + Case(*cases, default=Value(1), output_field=IntegerField())
    return score


def padded(rows: QuerySet, query: Query) -> QuerySet:
    """`rows` with the words that `order=relevance` looks into, a blank before each."""
    if query.order != "relevance":
        return rows
    rows = rows.annotate(padded_title=Concat(Value(" "), F("searched__title"), output_field=TextField()))
    if query.subject == "events":
        rows = rows.annotate(padded_name=Concat(Value(" "), F("company__search_text"), output_field=TextField()))
    return rows


def merged_companies() -> dict[int, int]:
    """What each merged company is shown as: the one it was merged into, through any number of steps."""
    tree = OwnershipTree.load_merged()
    return {pk: tree.today_of(pk) for pk in tree.merged}


def stream(rows: QuerySet) -> Iterator[Any]:
    """Every row in order, in constant memory."""
    return rows.iterator(chunk_size=STREAM_CHUNK)
