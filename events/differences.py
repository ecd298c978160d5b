"""What one edition of a record says otherwise than the one before it, in a reader's words.

Every fact and every entry of a document stands in one of the lists below, so that two editions have no difference
exactly when readers see the same of both.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django_countries import countries

from events import present
from events.dates import read_date
from events.models.choices import (
    AiLink,
    Closure,
    CountsAs,
    NoteKind,
    PeopleBasis,
    Permanence,
    PlaceBasis,
    PlanOrActual,
    ReasonKind,
    Role,
    Sector,
    SourceKind,
    Speaker,
    Stage,
    Tier,
    TotalCounts,
    TotalScope,
)
from events.models.edition import EventEdition, HeadcountEdition, NoteEdition, TotalEdition
from events.shown import Names


@dataclass(frozen=True)
class Difference:
    """One thing that changed. `before` is empty where nothing was said before, `after` where nothing is any more."""

    label: str
    before: str
    after: str

    @property
    def in_a_line(self) -> str:
        """ "People: before 500, now 450"; "Source: new, The Paper"; "Source: gone, The Paper"."""
        words = {"label": self.label, "before": self.before, "after": self.after}
        if not self.before:
            return _("%(label)s: new, %(after)s") % words
        if not self.after:
            return _("%(label)s: gone, %(before)s") % words
        return _("%(label)s: before %(before)s, now %(after)s") % words


@dataclass
class Called:
    """What companies and other records are called: "" where the public never knew a record."""

    names: Names | None = None
    events: Mapping[int, str] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)

    def company(self, pk: int) -> str:
        # Most changes name no company: who owned whom is asked for when the first one does.
        self.names = self.names or Names()
        return self.names.company(pk).name


@dataclass(frozen=True)
class Side:
    """One of the two editions, with what it takes to say it."""

    edition: Any
    called: Called

    @property
    def body(self) -> dict[str, Any]:
        return self.edition.document.body


@dataclass(frozen=True)
class Fact:
    """One value of an edition or of an entry of it: `of` is compared, `words` is shown.

    Where two values are the same in words (a sum that is rounded), `exact` tells them apart. `fields` are the names
    that an edition's `changed_fields` has for it.
    """

    label: Any
    of: Callable[[Any], Any]
    words: Callable[[Any], str]
    exact: Callable[[Any], str] | None = None
    fields: tuple[str, ...] = ()

    def between(self, before: Any, after: Any, label: str = "") -> list[Difference]:
        if self.of(before) == self.of(after):
            return []
        said = self.words(before), self.words(after)
        if said[0] == said[1] and self.exact:
            said = self.exact(before), self.exact(after)
        if said == ("", ""):
            return []
        return [Difference(f"{label}{self.label}", *said)]


# ── Words of values ──────────────────────────────────────────────────────────────────────────────────────────────────


def _labels(choices: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label in choices.choices}


def _label(choices: Any, value: str) -> str:
    return _labels(choices).get(value, value)


def _column(label: Any, name: str, words: Callable[[Any], str] = str) -> Fact:
    """A column of an edition."""

    def value(side: Side) -> Any:
        return getattr(side.edition, name)

    return Fact(label, value, lambda side: "" if value(side) in (None, "") else words(value(side)), fields=(name,))


def _choice(label: Any, name: str, choices: Any) -> Fact:
    return _column(label, name, lambda value: _label(choices, value))


def _entry(label: Any, name: str, words: Callable[[Any], str] = str) -> Fact:
    """An entry of a dictionary: of a document, a citation."""
    return Fact(label, lambda d: d[name], lambda d: "" if d[name] in (None, "") else words(d[name]), fields=(name,))


def _in_body(fact: Fact) -> Fact:
    """A fact of a document."""
    exact = fact.exact
    return Fact(
        fact.label,
        lambda side: fact.of(side.body),
        lambda side: fact.words(side.body),
        (lambda side: exact(side.body)) if exact else None,
        fact.fields,
    )


def _dated(label: Any, first: str, precision: str) -> Fact:
    def words(side: Side) -> str:
        day = getattr(side.edition, first)
        return present.day_words(day, getattr(side.edition, precision)) if day else ""

    def value(side: Side) -> tuple[Any, Any]:
        return getattr(side.edition, first), getattr(side.edition, precision)

    return Fact(label, value, words, fields=(first, precision))


def _period(label: Any) -> Fact:
    def ends(side: Side) -> tuple[date | None, date | None]:
        return side.edition.period_from, side.edition.period_until

    def words(side: Side) -> str:
        return present.span_words(*ends(side))

    return Fact(label, ends, words, fields=("period_from", "period_until"))


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _written(text: str) -> str:
    known = read_date(text)
    return present.day_words(known.first, known.precision)


def _record(label: Any, name: str, of: str) -> Fact:
    """Another record, by its number in a column."""

    def words(side: Side) -> str:
        pk = getattr(side.edition, name)
        return "" if pk is None else getattr(side.called, of).get(pk, "")

    return Fact(label, lambda side: getattr(side.edition, name), words, fields=(name,))


COMPANY = Fact(
    _lazy("Company"),
    lambda side: side.edition.company_id,
    lambda side: side.called.company(side.edition.company_id),
    fields=("company",),
)


# ── Figures ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _people(figure: dict[str, Any]) -> str:
    words = present.figure(figure["low"], figure["best"], figure["high"], figure["qualifier"])
    return words or _("not stated")


def _number(value: int | None) -> str:
    return _("unknown") if value is None else present.whole(value)


def _bounds(figure: dict[str, Any]) -> str:
    return _("low %(low)s, best %(best)s, high %(high)s") % {k: _number(figure[k]) for k in ("low", "best", "high")}


def _figure(label: Any, name: str = "figure") -> list[Fact]:
    """The facts of a figure of people."""

    def people(d: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(d[name][part] for part in ("low", "best", "high", "qualifier"))

    return [
        Fact(
            label,
            people,
            lambda d: _people(d[name]),
            lambda d: f"{_people(d[name])} ({_bounds(d[name])})",
            # Of a figure, an edition notes as one that its number, words or basis changed.
            ("people_low", "people", "people_high", "qualifier", name),
        ),
        Fact(_lazy("In the source's words"), lambda d: d[name]["wording"], lambda d: d[name]["wording"]),
        Fact(_lazy("Basis of the figure"), lambda d: d[name]["basis"], lambda d: _label(PeopleBasis, d[name]["basis"])),
    ]


def _exact_millions(*values: Any) -> str:
    low, best, high = (_("unknown") if value is None else f"{value.normalize():f}" for value in values)
    return _("low %(low)s, best %(best)s, high %(high)s, in millions") % {"low": low, "best": best, "high": high}


def _usd(side: Side) -> tuple[Any, Any, Any]:
    e = side.edition
    return e.usd_low_millions, e.usd_millions, e.usd_high_millions


def _amount(body: dict[str, Any]) -> str:
    """Money in the currency of the source: "EUR 40–45 million"."""
    money = body["money"]
    low, best, high = (money[name] for name in ("low_millions", "millions", "high_millions"))
    if low is None and best is None and high is None:
        return ""
    if low == best == high:
        number = best
    else:
        number = _("low %(low)s, best %(best)s, high %(high)s") % {
            "low": low or _("unknown"), "best": best or _("unknown"), "high": high or _("unknown"),
        }  # fmt: skip
    return _("%(currency)s %(n)s million") % {"currency": money["currency"], "n": number}


# ── Entries of which there may be several ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Several:
    """A list of a document: each entry found again by its key, said as a whole when it is new or gone, and by its
    parts when it changed."""

    label: Any
    name: str
    key: Callable[[Any], Any]
    words: Callable[[Any, Called], str]
    parts: tuple[Fact, ...] = ()

    def between(self, before: Side, after: Side) -> list[Difference]:
        if before.body[self.name] == after.body[self.name]:
            return []
        old, new = self._by_key(before), self._by_key(after)
        found = []
        for key, entry in old.items():
            if key not in new and (words := self.words(entry, before.called)):
                found.append(Difference(str(self.label), words, ""))
        for key, entry in new.items():
            if key not in old:
                if words := self.words(entry, after.called):
                    found.append(Difference(str(self.label), "", words))
            elif entry != old[key]:
                found += self._changed(old[key], entry, after.called)
        if old == new:
            # The same in another order.
            said = [", ".join(self.words(e, side.called) for e in side.body[self.name]) for side in (before, after)]
            found.append(Difference(_("%(what)s, order") % {"what": self.label}, *said))
        return found

    def _changed(self, before: Any, after: Any, called: Called) -> list[Difference]:
        if not self.parts:
            return [Difference(str(self.label), self.words(before, called), self.words(after, called))]
        title = self.key_words(after)
        label = f"{self.label} {title}: " if title else f"{self.label}: "
        return [d for part in self.parts for d in part.between(before, after, label)]

    @staticmethod
    def key_words(entry: dict[str, Any]) -> str:
        return entry.get("publisher") or entry.get("title") or entry.get("name") or ""

    def _by_key(self, side: Side) -> dict[Any, Any]:
        seen: Counter[Any] = Counter()
        found = {}
        for entry in side.body[self.name]:
            key = self.key(entry)
            found[key, seen[key]] = entry
            seen[key] += 1
        return found


def _unit(unit: dict[str, Any], _called: Called) -> str:
    figure = unit["figure"]
    said = [_people(figure)] if figure["qualifier"] != "none" else []
    said += [f"“{figure['wording']}”"] if figure["wording"] else []
    return f"{unit['name']} ({', '.join(said)})" if said else unit["name"]


def _reason(reason: dict[str, Any], _called: Called) -> str:
    kind = _label(ReasonKind, reason["kind"])
    return f"{kind} (“{reason['wording']}”)" if reason["wording"] else kind


def _citation(cited: dict[str, Any], _called: Called) -> str:
    """ "The Paper, 11 January 2024: Report 1, reports ≈ 1,000, “quote”"."""
    name = ", ".join(
        t for t in (cited["publisher"], _written(cited["published_on"]) if cited["published_on"] else "") if t
    )
    title = f"{name}: {cited['title']}" if name else cited["title"] or cited["url"]
    figure = cited["figure"]
    said = [_("reports %(figure)s") % {"figure": _people(figure)}] if figure["qualifier"] != "none" else []
    said += [f"“{cited['quote']}”"] if cited["quote"] else []
    return ", ".join([title, *said])


def _role(entry: dict[str, Any], called: Called) -> str:
    return f"{called.company(entry['company'])}, {_label(Role, entry['role'])}"


def _event(pk: int, called: Called) -> str:
    return called.events.get(pk, "")


def _note(pk: int, called: Called) -> str:
    return called.notes.get(pk, "")


CITATIONS = Several(
    _lazy("Source"),
    "citations",
    lambda cited: cited["source"],
    _citation,
    (
        _entry(_lazy("address"), "url"),
        _entry(_lazy("title"), "title"),
        _entry(_lazy("publisher"), "publisher"),
        _entry(_lazy("date"), "published_on", _written),
        _entry(_lazy("kind"), "kind", lambda value: _label(SourceKind, value)),
        _entry(_lazy("tier"), "tier", lambda value: _label(Tier, value)),
        _entry(_lazy("quote"), "quote"),
        _entry(_lazy("speaker"), "speaker", lambda value: _label(Speaker, value)),
        _entry(_lazy("speaker by name"), "speaker_name"),
        *_figure(_lazy("people")),
        _entry(_lazy("share"), "share_percent", present.share),
        _entry(_lazy("its figure is used"), "chosen", _yes),
        _entry(_lazy("used because"), "chosen_because"),
        _entry(_lazy("speaks of the AI link"), "on_ai_link", _yes),
        _entry(_lazy("row"), "row_number"),
    ),
)
UNITS = Several(
    _lazy("Unit"), "units", lambda unit: unit["name"], _unit, tuple(_figure(_lazy("people"))),
)  # fmt: skip
REASONS = Several(_lazy("Reason given"), "reasons", lambda reason: reason["kind"], _reason)


def _ids(label: Any, name: str, words: Callable[[Any, Called], str]) -> Several:
    return Several(label, name, lambda pk: pk, words)


# ── What each kind of record says ────────────────────────────────────────────────────────────────────────────────────

EVENT: tuple[Fact | Several, ...] = (
    _column(_lazy("Title"), "title"),
    COMPANY,
    _dated(_lazy("Announced"), "announced_from", "date_precision"),
    _dated(_lazy("Jobs end"), "effective_from", "effective_precision"),
    *(_in_body(fact) for fact in _figure(_lazy("People"))),
    _column(_lazy("Share"), "share_percent", present.share),
    _in_body(_entry(_lazy("Share of"), "share_of")),
    _choice(_lazy("Stage"), "stage", Stage),
    _choice(_lazy("Counts as"), "counts_as", CountsAs),
    _choice(_lazy("Permanence"), "permanence", Permanence),
    _choice(_lazy("Closes a site"), "closure", Closure),
    _choice(_lazy("AI link"), "ai_link", AiLink),
    _column(_lazy("AI link, in whose words"), "ai_link_quote", lambda quote: f"“{quote}”"),
    _column(_lazy("AI link, speaker"), "ai_link_speaker"),
    REASONS,
    UNITS,
    _choice(_lazy("Sector"), "sector", Sector),
    _column(_lazy("Country"), "country", lambda code: countries.name(code) or code),
    _column(_lazy("Place"), "place"),
    _in_body(_entry(_lazy("What the place is"), "place_basis", lambda value: _label(PlaceBasis, value))),
    _record(_lazy("Part of"), "part_of", "events"),
    _record(_lazy("Replaced by"), "replaced_by", "events"),
    _ids(_lazy("Replaces"), "replaces", _event),
    _ids(_lazy("Updates"), "updates", _event),
    _ids(_lazy("Disputed by"), "disputed_by", _event),
    _ids(_lazy("AI-investment note"), "notes", _note),
    _in_body(_entry(_lazy("Summary"), "summary")),
    CITATIONS,
)

NOTE: tuple[Fact | Several, ...] = (
    _column(_lazy("Title"), "title"),
    _choice(_lazy("Kind"), "kind", NoteKind),
    _dated(_lazy("Dated"), "dated_from", "date_precision"),
    Several(_lazy("Company"), "companies", lambda entry: (entry["company"], entry["role"]), _role),
    Fact(
        _lazy("US dollars"), _usd, lambda side: present.money_range(*_usd(side)),
        lambda side: _exact_millions(*_usd(side)), ("usd_low_millions", "usd_millions", "usd_high_millions"),
    ),
    _in_body(
        Fact(
            _lazy("In the source's words"), lambda b: b["money"]["wording"], lambda b: b["money"]["wording"],
            fields=("money",),
        )
    ),
    _in_body(
        Fact(
            _lazy("In the source's currency"),
            lambda b: [b["money"][n] for n in ("low_millions", "millions", "high_millions", "currency")],
            lambda b: _amount(b),
            lambda b: b["money"]["currency"],
        )
    ),
    _in_body(
        Fact(
            _lazy("Rate to the US dollar"),
            lambda b: (b["money"]["usd_rate"], b["money"]["usd_rate_on"]),
            lambda b: " ".join(
                [
                    b["money"]["usd_rate"] or "",
                    _("of %(day)s") % {"day": _written(b["money"]["usd_rate_on"])} if b["money"]["usd_rate_on"] else "",
                ]
            ).strip(),
        )
    ),
    _choice(_lazy("Plan or actual"), "plan_or_actual", PlanOrActual),
    _period(_lazy("Period")),
    _record(_lazy("Updates"), "updates", "notes"),
    _in_body(_entry(_lazy("Summary"), "summary")),
    CITATIONS,
)  # fmt: skip

TOTAL: tuple[Fact | Several, ...] = (
    _column(_lazy("Title"), "title"),
    _column(_lazy("Publisher"), "publisher"),
    *(_in_body(fact) for fact in _figure(_lazy("Jobs"))),
    _choice(_lazy("Which jobs"), "scope", TotalScope),
    _column(_lazy("Geography"), "geography"),
    _choice(_lazy("What is counted"), "counts", TotalCounts),
    _period(_lazy("Period")),
    _column(_lazy("As of"), "as_of", lambda day: present.day_words(day, "day")),
    _in_body(_entry(_lazy("Definition"), "definition")),
    CITATIONS,
)

HEADCOUNT: tuple[Fact | Several, ...] = (
    COMPANY,
    _dated(_lazy("Counted"), "counted_from", "date_precision"),
    *(_in_body(fact) for fact in _figure(_lazy("Employees"))),
    CITATIONS,
)

SAID: dict[type[Any], tuple[Fact | Several, ...]] = {
    EventEdition: EVENT, NoteEdition: NOTE, TotalEdition: TOTAL, HeadcountEdition: HEADCOUNT,
}  # fmt: skip


def changed_in_words(edition: Any) -> list[str]:
    """What an edition changed, by the labels of its differences alone: for where the one before it is not at hand.

    What follows from something else (a month, an order) has no label and is not named.
    """
    changed = set(edition.changed_fields)
    facts = SAID[type(edition)]
    return [str(f.label) for f in facts if changed & set((f.name,) if isinstance(f, Several) else f.fields)]


def differences(before: Any, after: Any, called: Called) -> list[Difference]:
    """What `after` says otherwise than `before`, two editions of one record with their documents."""
    sides = Side(before, called), Side(after, called)
    return [found for fact in SAID[type(after)] for found in fact.between(*sides)]


# ── A record's history ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Step:
    """One edition of a record, with what it says otherwise than the one before it."""

    edition: Any
    differences: list[Difference]
    address: str

    @property
    def was_seen(self) -> bool:
        """Whether it was the last of its day, so that a replay of the day shows it."""
        return self.edition.known_from < self.edition.known_until

    @property
    def replay(self) -> str:
        """The record's page as known on that day."""
        return f"{self.address}?as_of={self.edition.known_from.isoformat()}"


def history(editions: list[Any], address: str, day: date | None = None, names: Names | None = None) -> list[Step]:
    """The editions of the record whose page is at `address` as steps, the latest first.

    Other records have the last title under which they were public by `day` (None: now).
    """
    called = called_in(editions, day, names)
    pairs = zip(editions, editions[1:], strict=False)
    steps = [Step(after, differences(before, after, called), address) for before, after in pairs]
    return [*reversed(steps), *(Step(first, [], address) for first in editions[:1])]


def steps_of(editions: Iterable[Any], day: date | None = None) -> list[Step]:
    """Editions of many records as steps, in the order given, each beside the one before it in its own record.

    Asks once for the editions of each kind, whatever their number.
    """
    editions = list(editions)
    known: dict[tuple[Any, int, int], Any] = {}
    for kind in dict.fromkeys(type(edition) for edition in editions):
        mine = [edition for edition in editions if type(edition) is kind]
        numbers = {number for edition in mine for number in (edition.number, edition.number - 1)}
        rows = kind._default_manager.filter(record_id__in={e.record_id for e in mine}, number__in=numbers)
        known |= {(kind, row.record_id, row.number): row for row in rows.select_related("document")}
    called = called_in(known.values(), day)
    steps = []
    for edition in editions:
        now = known[type(edition), edition.record_id, edition.number]
        before = known.get((type(edition), edition.record_id, edition.number - 1))
        said = differences(before, now, called) if before else []
        steps.append(Step(edition, said, edition.get_absolute_url()))
    return steps


def called_in(editions: Iterable[Any], day: date | None, names: Names | None = None) -> Called:
    """What the companies and records are called that `editions` name in different ways. Asks at most once for each
    kind, and not at all where a record has one edition."""
    events: set[int] = set()
    notes: set[int] = set()
    editions = list(editions)
    if len(editions) < 2:
        return Called(names)
    for edition in editions:
        body = edition.document.body
        if isinstance(edition, EventEdition):
            events |= {*body["updates"], *body["disputed_by"], *body["replaces"]}
            events |= {pk for pk in (edition.part_of, edition.replaced_by) if pk}
            notes |= set(body["notes"])
        elif isinstance(edition, NoteEdition) and edition.updates:
            notes.add(edition.updates)
    return Called(names, _titles(EventEdition, events, day), _titles(NoteEdition, notes, day))


def _titles(model: Any, ids: set[int], day: date | None) -> dict[int, str]:
    if not ids:
        return {}
    found = model.objects.filter(record_id__in=ids, withdrawn=False)
    if day:
        found = found.filter(known_from__lte=day)
    return dict(found.order_by("number").values_list("record_id", "title"))
