"""What every answer states of a selection: filter, links, rows, known people with their interval, version, licence."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from events.citing import LICENCE, LICENCE_URL, SITE
from events.counting import COUNTS_PEOPLE, Money, Total
from events.models.choices import CountsAs, NoteKind, PlanOrActual
from events.query import BesideQuery, CompanyQuery, EventQuery, NoteQuery, Query, TotalQuery
from events.selection import (
    BesideSelection,
    EventSelection,
    NoteSelection,
    Selection,
    data_version,
)


@dataclass(frozen=True)
class Fact:
    """One statement, for formats that have no tree: a stable name, the same in words, the value."""

    name: str
    label: str
    value: str | int | Decimal | bool | None


@dataclass(frozen=True)
class About:
    """What an answer states of the selection that it holds, or holds a page of."""

    subject: str
    filter: str
    order: str
    page: str
    file: str
    everything: str
    rows: int
    totals: dict[str, Total] | None
    money: dict[tuple[str, str], Money] | None
    left_out: dict[str, int] | None
    as_of: date | None
    version: int
    changed_at: datetime
    retrieved_at: datetime

    def as_json(self) -> dict[str, Any]:
        """The same as a tree; unknown is null."""
        found: dict[str, Any] = {
            "site": SITE,
            "subject": self.subject,
            "filter": self.filter,
            "order": self.order,
            "page": self.page,
            "file": self.file,
            "everything": self.everything,
            "rows": self.rows,
        }
        if self.totals is not None:
            found["totals"] = {kind: total_of(kind, total) for kind, total in self.totals.items()}
        if self.money is not None:
            found["money"] = [
                {"kind": kind, "plan_or_actual": state, **money_of(sum_)} for (kind, state), sum_ in self.money.items()
            ]
        if self.left_out is not None:
            found["left_out"] = self.left_out
        return found | {
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "data_version": self.version,
            "data_changed_at": moment(self.changed_at),
            "retrieved_at": moment(self.retrieved_at),
            "licence": {"name": LICENCE, "url": LICENCE_URL},
        }

    def facts(self) -> list[Fact]:
        """The same, one after another."""
        facts = [
            Fact("site", _("Site"), SITE),
            Fact("subject", _("Subject"), self.subject),
            Fact("filter", _("Filter"), self.filter),
            Fact("order", _("Order"), self.order),
            Fact("page", _("The same view as a page"), self.page),
            Fact("file", _("All rows of this view as CSV"), self.file),
            Fact("everything", _("Everything, without a filter, as CSV"), self.everything),
            Fact("rows", _("Rows"), self.rows),
        ]
        for kind, total in (self.totals or {}).items():
            label, found = CountsAs(kind).label, total_of(kind, total)
            people = found["people"] or dict.fromkeys(("low", "known", "high", "high_open"))
            facts += [
                Fact(f"{kind}.events", _("%(kind)s: events") % {"kind": label}, found["events"]),
                Fact(f"{kind}.without_figure", _("%(kind)s: without a figure") % {"kind": label},
                     found["without_figure"]),
                Fact(f"{kind}.people_low", _("%(kind)s: people, low") % {"kind": label}, people["low"]),
                Fact(f"{kind}.people", _("%(kind)s: people known") % {"kind": label}, people["known"]),
                Fact(f"{kind}.people_high", _("%(kind)s: people, high") % {"kind": label}, people["high"]),
                Fact(f"{kind}.high_open", _("%(kind)s: the high is open") % {"kind": label}, people["high_open"]),
            ]  # fmt: skip
        for (kind, state), sum_ in (self.money or {}).items():
            words = {"kind": NoteKind(kind).label, "state": PlanOrActual(state).label}
            name, money = f"{kind}.{state}", money_of(sum_)["usd_millions"]
            facts += [
                Fact(f"{name}.notes", _("%(kind)s, %(state)s: notes") % words, sum_.notes),
                Fact(f"{name}.usd_low_millions", _("%(kind)s, %(state)s: US dollars, millions, low") % words,
                     money["low"]),
                Fact(f"{name}.usd_millions", _("%(kind)s, %(state)s: US dollars, millions") % words, money["known"]),
                Fact(f"{name}.usd_high_millions", _("%(kind)s, %(state)s: US dollars, millions, high") % words,
                     money["high"]),
                Fact(f"{name}.high_open", _("%(kind)s, %(state)s: the high is open") % words, money["high_open"]),
            ]  # fmt: skip
        for name, n in (self.left_out or {}).items():
            facts.append(Fact(f"left_out.{name}", _LEFT_OUT[name](), n))
        return [
            *facts,
            Fact("as_of", _("As known on"), self.as_of.isoformat() if self.as_of else None),
            Fact("data_version", _("Data version"), self.version),
            Fact("data_changed_at", _("Data changed at"), moment(self.changed_at)),
            Fact("retrieved_at", _("Retrieved at"), moment(self.retrieved_at)),
            Fact("licence", _("Licence"), LICENCE),
            Fact("licence_url", _("Licence in full"), LICENCE_URL),
        ]

    def in_a_line(self) -> str:
        """The statement as a feed's subtitle."""
        rows = _("%(filter)s: %(n)s rows") % {"filter": self.filter, "n": self.rows}
        kinds = []
        for kind, total in (self.totals or {}).items():
            found = total_of(kind, total)
            words = f"{CountsAs(kind).label}: {total.events}"
            if people := found["people"]:
                known = _("not stated") if people["known"] is None else people["known"]
                low, high = people["low"], people["high"]
                ends = "?" if low is None else low, "?" if high is None else high
                plus = "+" if people["high_open"] else ""
                words += _(", people known %(n)s (%(low)s–%(high)s%(plus)s), without a figure %(without)s") % {
                    "n": known,
                    "low": ends[0],
                    "high": ends[1],
                    "plus": plus,
                    "without": total.without_figure,
                }
            kinds.append(words)
        day = [_("as known on %(day)s") % {"day": self.as_of.isoformat()}] if self.as_of else []
        version = _("data version %(n)s, %(licence)s") % {"n": self.version, "licence": LICENCE}
        return "; ".join([rows, *kinds, *day, version])


_LEFT_OUT = {
    "only_overlapping": lambda: _("Left out: dates that only overlap the days asked for"),
    "without_effective_date": lambda: _("Left out: without the date on which jobs end"),
}


def about(selection: Selection, base: str) -> About:
    """What answers state of `selection`. `base` stands before our own addresses: "https://host"."""
    query, record = selection.query, data_version()
    stem = stem_of(selection.query)
    string = view_string(query)
    totals = money = left_out = None
    if isinstance(selection, EventSelection):
        kinds = [str(kind) for kind in CountsAs.values]
        totals = {kind: selection.totals[kind] for kind in sorted(selection.totals, key=kinds.index)}
        left_out = {
            "only_overlapping": selection.overlapping,
            "without_effective_date": selection.without_effective,
        }
    if isinstance(selection, BesideSelection):
        totals = {str(CountsAs.CUT): selection.total}
    if isinstance(selection, NoteSelection):
        kinds, states = [str(v) for v in NoteKind.values], [str(v) for v in PlanOrActual.values]
        order = sorted(selection.money, key=lambda key: (kinds.index(key[0]), states.index(key[1])))
        money = {(str(kind), str(state)): selection.money[kind, state] for kind, state in order}
    return About(
        subject=stem,
        filter=query.in_words() or _NO_FILTER[stem](),
        order=query.order,
        page=link(base, f"/{stem}/", string),
        file=link(base, f"/{stem}.csv", string),
        everything=link(base, f"/{stem}.csv", everything(selection)),
        rows=selection.count,
        totals=totals,
        money=money,
        left_out=left_out,
        as_of=selection.day,
        version=record.version,
        changed_at=record.changed_at,
        retrieved_at=datetime.now(UTC),
    )


_QUERIES: dict[str, type[Query]] = {
    "events": EventQuery,
    "ai": NoteQuery,
    "companies": CompanyQuery,
    "layoffs-and-ai": BesideQuery,
    "totals": TotalQuery,
}


def stem_of(query: Query) -> str:
    """The place in addresses of what a query asks for: /events/, /events.csv."""
    return next(stem for stem, kind in _QUERIES.items() if isinstance(query, kind))


_NO_FILTER = {
    # Without a filter a result holds cuts and signals.
    "events": lambda: _("all events that count as cut or signal"),
    "ai": lambda: _("all AI-investment notes"),
    "companies": lambda: _("all companies"),
    "layoffs-and-ai": lambda: _("all companies that cut jobs and invest in AI within the same months"),
    "totals": lambda: _("all published totals"),
}


def everything(selection: Selection) -> str:
    """The query string of all that was public on the selection's day, of every kind."""
    kinds = [("counts_as", kind) for kind in CountsAs.values] if isinstance(selection, EventSelection) else []
    day = [("as_of", selection.day.isoformat())] if selection.day else []
    return _QUERIES[stem_of(selection.query)].from_string(urlencode([*kinds, *day])).canonical()


def view_string(query: Query) -> str:
    """The query string of the view as a whole: without the page, and without by what a series takes it apart."""
    return query.canonical(after=None, before=None, by=None)


def link(base: str, path: str, string: str) -> str:
    return f"{base}{path}?{string}" if string else f"{base}{path}"


def moment(at: datetime) -> str:
    """A moment in UTC: "2024-01-10T12:00:00Z"."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def total_of(kind: str, total: Total) -> dict[str, Any]:
    """A total of one kind. Signals and called-off events are no people: they have none, known or not (rule 5)."""
    if kind not in COUNTS_PEOPLE:
        return {"events": total.events, "without_figure": None, "people": None}
    return {"events": total.events, "without_figure": total.without_figure, "people": people_of(total)}


def people_of(total: Total) -> dict[str, Any]:
    """The people of a total. Where there are events and none has a figure, nothing is known, which is not 0."""
    unknown = bool(total.events) and not total.with_figure
    return {
        "low": None if unknown and not total.low else total.low,
        "known": None if unknown and not total.headline else total.headline,
        "high": None if unknown and not total.high else total.high,
        "high_open": total.high_open,
    }


def money_of(sum_: Money) -> dict[str, Any]:
    """Money with its interval. Where no note says more than "up to", low and known are unknown, which is not 0."""
    known = {"low": sum_.low.normalize(), "known": sum_.best.normalize()}
    ends = (known if sum_.is_known else dict.fromkeys(known)) | {"high": sum_.high.normalize()}
    return {"notes": sum_.notes, "high_alone": sum_.high_alone, "usd_millions": ends | {"high_open": sum_.high_open}}
