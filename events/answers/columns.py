"""The columns of files: lists of our own, each column once, with its meaning, type and value.

CSV, JSON, spreadsheets, their descriptions and the data dictionary are made of these lists. A field that a model gains
does not appear here by itself. A new column goes to the end of its list: names and places stay for ever.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from events.answers.about import money_of, people_of
from events.answers.rows import EventFileRow, NoteFileRow, TotalFileRow
from events.counting import Total
from events.filters import INVESTING_KINDS
from events.models.choices import (
    AiLink,
    Closure,
    CountsAs,
    NoteKind,
    PeopleBasis,
    Permanence,
    PlaceBasis,
    PlanOrActual,
    Precision,
    Qualifier,
    ReasonKind,
    Role,
    Sector,
    Stage,
    TotalCounts,
    TotalScope,
)
from events.models.company import Company
from events.selection import BASIS_PARTS, BesideRow, CompanyRow, Difference


class Type(StrEnum):
    """What the values of a column are. An unknown value of any type is None: an empty cell, null."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    # A whole day.
    DAY = "day"
    # A date as exactly as it is known: "2024-01-10", "2024-01", "2024-Q1", "2024".
    DATE = "date"
    TEXT = "text"
    # One of a few stable words, `Column.words`.
    WORD = "word"
    # Several of them.
    WORDS = "words"
    TEXTS = "texts"
    # Numbers of other records.
    IDS = "ids"
    # An address elsewhere, and one of ours: a path, before which writers put our site's.
    URL = "url"
    LINK = "link"
    # A moment in UTC.
    MOMENT = "moment"
    # A tree: what a page shows of a record.
    TREE = "tree"


LISTS = (Type.WORDS, Type.TEXTS, Type.IDS)
# Words of others: what a spreadsheet might take for a formula.
FREE_TEXT = (Type.TEXT, Type.TEXTS, Type.URL)


@dataclass(frozen=True)
class Column:
    """One column: its name in files for ever, what it means, and its value of a row.

    `words` are the values that a column of words may have; empty where there are too many to name.
    """

    name: str
    meaning: Any
    type: Type
    value: Callable[[Any], Any]
    words: tuple[str, ...] = ()
    required: bool = False

    def of(self, row: Any, base: str) -> Any:
        """The value of `row`: an int, Decimal, bool, date, str or list of them; None where nothing is known."""
        value = self.value(row)
        if value == "":
            return None
        if self.type is Type.LINK:
            return base + value
        return value


def values(columns: Iterable[Column], row: Any, base: str) -> list[Any]:
    return [column.of(row, base) for column in columns]


def _words(choices: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in choices.values)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value).normalize()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _citation(row: EventFileRow | NoteFileRow, name: str) -> str:
    return row.citation[name] if row.citation else ""


# What files say of the edition that a row is, the same of every kind of record.
_RECORDED_ON = Column(
    "recorded_on", _("The day from which it was known here."), Type.DAY, lambda r: r.edition.recorded_on, required=True
)
_OF_EDITION = (
    Column("known_from", _("The day from which readers know this edition."), Type.DAY,
           lambda r: r.edition.known_from, required=True),
    Column("edition", _("The number of this edition: 1 is the first, each correction has the next."), Type.INTEGER,
           lambda r: r.edition.number, required=True),
    Column("withdrawn_on", _("In a replay: the day on which it was withdrawn since; it is in no result from then on."),
           Type.DAY, lambda r: r.withdrawn_on),
    Column("reconstructed_from", _("The file that tells what was known on days before this site opened."), Type.TEXT,
           lambda r: r.edition.reconstructed_from),
)  # fmt: skip


# ── Events ───────────────────────────────────────────────────────────────────────────────────────────────────────────

EVENT_COLUMNS = (
    Column("id", _("The event's number here, for ever."), Type.INTEGER, lambda r: r.edition.record_id, required=True),
    Column("company", _("The employer."), Type.TEXT, lambda r: r.company.name, required=True),
    Column("parent", _("Who owned it through the event's whole date, nearest first."), Type.TEXTS,
           lambda r: [owner.name for owner in r.owners]),
    Column("announced_on", _("Day it became public, as exactly as known."), Type.DATE,
           lambda r: r.edition.announced_on, required=True),
    Column("announced_from", _("First day that announced_on stands for."), Type.DAY,
           lambda r: r.edition.announced_from, required=True),
    Column("announced_until", _("Last day that announced_on stands for."), Type.DAY,
           lambda r: r.edition.announced_until, required=True),
    Column("date_precision", _("How exactly announced_on is known: day, month, quarter or year."), Type.WORD,
           lambda r: r.edition.date_precision, _words(Precision), required=True),
    Column("effective_on", _("When jobs end, as exactly as known."), Type.DATE, lambda r: r.edition.effective_on),
    _RECORDED_ON,
    Column("people_low", _("People: the low bound."), Type.INTEGER, lambda r: r.edition.people_low),
    Column("people", _("People: the best figure."), Type.INTEGER, lambda r: r.edition.people),
    Column("people_high", _("People: the high bound; empty if not known."), Type.INTEGER,
           lambda r: r.edition.people_high),
    Column("qualifier", _("How the source bounds its figure: exact, about, at_least, up_to, range or none."), Type.WORD,
           lambda r: r.edition.qualifier, _words(Qualifier), required=True),
    Column("wording", _("The figure in the source's own words."), Type.TEXT, lambda r: r.body["figure"]["wording"]),
    Column("people_basis", _("Where the figure comes from: stated, from_percent, editors_bound or unknown."), Type.WORD,
           lambda r: r.body["figure"]["basis"], _words(PeopleBasis), required=True),
    Column("share_percent", _("Percent of a workforce."), Type.DECIMAL, lambda r: _decimal(r.edition.share_percent)),
    Column("counts_as", _("What it is for counting: never add two kinds."), Type.WORD,
           lambda r: r.edition.counts_as, _words(CountsAs), required=True),
    Column("stage", _("How far it has come: signalled, announced, filed, carried_out or called_off."), Type.WORD,
           lambda r: r.edition.stage, _words(Stage), required=True),
    Column("permanence", _("permanent, temporary or unknown."), Type.WORD,
           lambda r: r.edition.permanence, _words(Permanence), required=True),
    Column("closure", _("Whether a site closes: yes, no or unknown."), Type.WORD,
           lambda r: r.edition.closure, _words(Closure), required=True),
    Column("ai_link", _("What is claimed about the cut and AI."), Type.WORD,
           lambda r: r.edition.ai_link, _words(AiLink), required=True),
    Column("sector", _("The event's sector."), Type.WORD, lambda r: r.edition.sector, _words(Sector)),
    Column("country", _("ISO code; of the jobs if the source says so, else of the seat."), Type.WORD,
           lambda r: r.edition.country),
    Column("place", _("City, state or region."), Type.TEXT, lambda r: r.edition.place),
    Column("units", _("Parts of the company it touches."), Type.TEXTS, lambda r: [u["name"] for u in r.body["units"]]),
    Column("reasons", _("Why, as a source says."), Type.WORDS,
           lambda r: [reason["kind"] for reason in r.body["reasons"]], _words(ReasonKind)),
    Column("part_of", _("Number of the event that it is part of."), Type.INTEGER, lambda r: r.edition.part_of),
    Column("counted_low", _("Net low: sum these for the page's low."), Type.INTEGER, lambda r: r.counted[0]),
    Column("counted", _("Net figure: sum these for the page's people."), Type.INTEGER, lambda r: r.counted[1]),
    Column("counted_high", _("Net high: sum these for the page's high."), Type.INTEGER, lambda r: r.counted[2]),
    Column("high_open", _("true if it leaves the sum's high open."), Type.BOOLEAN,
           lambda r: r.net.high_open, required=True),
    Column("source_url", _("The source whose figure is used."), Type.URL, lambda r: _citation(r, "url")),
    Column("publisher", _("Who published that source."), Type.TEXT, lambda r: _citation(r, "publisher")),
    Column("url", _("The event's page here."), Type.LINK, lambda r: r.edition.get_absolute_url(), required=True),
    Column("title", _("The event in a line."), Type.TEXT, lambda r: r.edition.title, required=True),
    Column("company_slug", _("The employer's address here, and its value in filters."), Type.TEXT,
           lambda r: r.company.slug, required=True),
    Column("effective_from", _("First day that effective_on stands for."), Type.DAY,
           lambda r: r.edition.effective_from),
    Column("effective_until", _("Last day that effective_on stands for."), Type.DAY,
           lambda r: r.edition.effective_until),
    Column("share_of", _("What share_percent is a percent of, in words."), Type.TEXT, lambda r: r.body["share_of"]),
    Column("place_basis", _("What country and place say: where the jobs are, or the company's seat."), Type.WORD,
           lambda r: r.body["place_basis"], _words(PlaceBasis)),
    Column("ai_link_quote", _("The words that carry the claim about AI."), Type.TEXT,
           lambda r: r.edition.ai_link_quote),
    Column("ai_link_speaker", _("Who says them."), Type.TEXT, lambda r: r.edition.ai_link_speaker),
    Column("replaces", _("Numbers of the events in whose place it stands."), Type.IDS, lambda r: r.replaces),
    Column("updates", _("Numbers of the events that it brings up to date."), Type.IDS, lambda r: r.updates),
    Column("disputed_by", _("Numbers of the events that dispute it."), Type.IDS, lambda r: r.disputed_by),
    Column("notes", _("Numbers of the AI-investment notes beside it; no cause is claimed."), Type.IDS,
           lambda r: r.notes),
    Column("citations", _("How many sources are cited: the JSON answers give each."), Type.INTEGER,
           lambda r: len(r.body["citations"]), required=True),
    *_OF_EDITION,
)  # fmt: skip


# ── AI-investment notes ──────────────────────────────────────────────────────────────────────────────────────────────

NOTE_COLUMNS = (
    Column("id", _("The note's number here, for ever."), Type.INTEGER, lambda r: r.edition.record_id, required=True),
    Column("title", _("The fact in a line."), Type.TEXT, lambda r: r.edition.title, required=True),
    Column("kind", _("What kind of fact it is."), Type.WORD, lambda r: r.edition.kind, _words(NoteKind), required=True),
    Column("dated_on", _("Its day, as exactly as known."), Type.DATE, lambda r: r.edition.dated_on, required=True),
    Column("dated_from", _("First day that dated_on stands for."), Type.DAY,
           lambda r: r.edition.dated_from, required=True),
    Column("dated_until", _("Last day that dated_on stands for."), Type.DAY,
           lambda r: r.edition.dated_until, required=True),
    Column("date_precision", _("How exactly dated_on is known: day, month, quarter or year."), Type.WORD,
           lambda r: r.edition.date_precision, _words(Precision), required=True),
    Column("companies", _("The companies it is about; none where it is about the sector."), Type.TEXTS,
           lambda r: [company.name for company, _role in r.companies]),
    Column("company_slugs", _("Their addresses here, in the same order."), Type.TEXTS,
           lambda r: [company.slug for company, _role in r.companies]),
    Column("roles", _("What each of them is in it, in the same order."), Type.WORDS,
           lambda r: [role for _company, role in r.companies], _words(Role)),
    Column("amount_wording", _("The amount in the source's own words."), Type.TEXT,
           lambda r: r.body["money"]["wording"]),
    Column("usd_low_millions", _("Millions of US dollars: the low bound."), Type.DECIMAL,
           lambda r: _decimal(r.edition.usd_low_millions)),
    Column("usd_millions", _("Millions of US dollars: the best figure."), Type.DECIMAL,
           lambda r: _decimal(r.edition.usd_millions)),
    Column("usd_high_millions", _("Millions of US dollars: the high bound."), Type.DECIMAL,
           lambda r: _decimal(r.edition.usd_high_millions)),
    Column("plan_or_actual", _("Whether the money is a plan or was spent."), Type.WORD,
           lambda r: r.edition.plan_or_actual, _words(PlanOrActual), required=True),
    Column("period_from", _("First day of the period that the money is for."), Type.DAY,
           lambda r: r.edition.period_from),
    Column("period_until", _("Last day of the period that the money is for."), Type.DAY,
           lambda r: r.edition.period_until),
    Column("money_counts", _("Whether its money counts in sums: add these alone, by kind and plan or actual."),
           Type.BOOLEAN, lambda r: r.money_counts, required=True),
    Column("currency", _("ISO code of the currency that the source uses."), Type.TEXT,
           lambda r: r.body["money"]["currency"]),
    Column("amount_low_millions", _("Millions of that currency: the low bound."), Type.DECIMAL,
           lambda r: _decimal(r.body["money"]["low_millions"])),
    Column("amount_millions", _("Millions of that currency: the best figure."), Type.DECIMAL,
           lambda r: _decimal(r.body["money"]["millions"])),
    Column("amount_high_millions", _("Millions of that currency: the high bound."), Type.DECIMAL,
           lambda r: _decimal(r.body["money"]["high_millions"])),
    Column("usd_rate", _("US dollars for one unit of that currency."), Type.DECIMAL,
           lambda r: _decimal(r.body["money"]["usd_rate"])),
    Column("usd_rate_on", _("The day of that rate."), Type.DAY, lambda r: _day(r.body["money"]["usd_rate_on"])),
    Column("updates", _("Number of the plan, or earlier plan, that it takes the place of."), Type.INTEGER,
           lambda r: r.updates),
    Column("source_url", _("The source whose figure is used."), Type.URL, lambda r: _citation(r, "url")),
    Column("publisher", _("Who published that source."), Type.TEXT, lambda r: _citation(r, "publisher")),
    Column("citations", _("How many sources are cited: the JSON answers give each."), Type.INTEGER,
           lambda r: len(r.body["citations"]), required=True),
    _RECORDED_ON,
    *_OF_EDITION,
    Column("url", _("The note's page here."), Type.LINK, lambda r: r.edition.get_absolute_url(), required=True),
)  # fmt: skip


# ── Companies ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _people(row: CompanyRow, name: str) -> int | None:
    """People of a company's group; None where no event of it has a figure: unknown is not 0."""
    return people_of(row.total)[name] if row.events else None


def _company(name: str) -> Callable[[CompanyRow], Any]:
    def value(row: CompanyRow) -> Any:
        company: Company = row.company
        return getattr(company, name)

    return value


COMPANY_COLUMNS = (
    Column("id", _("The company's number here, for ever."), Type.INTEGER, _company("pk"), required=True),
    Column("company", _("Its name of today."), Type.TEXT, _company("name"), required=True),
    Column("company_slug", _("Its address here, and its value in filters."), Type.TEXT, _company("slug"),
           required=True),
    Column("ticker", _("Its ticker."), Type.TEXT, _company("ticker")),
    Column("wikidata_id", _("Its Wikidata id."), Type.TEXT, _company("wikidata_id")),
    Column("sector", _("Its sector."), Type.WORD, _company("sector"), _words(Sector)),
    Column("country", _("ISO code of the country of its seat."), Type.WORD, _company("country")),
    Column("place", _("City, state or region of its seat."), Type.TEXT, _company("place")),
    Column("cuts", _("Cuts at it and at what it owned on the day of each. Groups overlap: never add up companies."),
           Type.INTEGER, lambda r: r.events, required=True),
    Column("cuts_without_figure", _("How many of them state no number of people."), Type.INTEGER,
           lambda r: r.total.without_figure, required=True),
    Column("people_low", _("People known in these cuts: the low bound."), Type.INTEGER, lambda r: _people(r, "low")),
    Column("people", _("People known in these cuts."), Type.INTEGER, lambda r: _people(r, "known")),
    Column("people_high", _("People known in these cuts: the high bound."), Type.INTEGER, lambda r: _people(r, "high")),
    Column("high_open", _("true if the high is open."), Type.BOOLEAN, lambda r: r.total.high_open, required=True),
    Column("last_cut_from", _("First day that the date of its latest cut stands for."), Type.DAY, lambda r: r.last),
    Column("ai_notes", _("AI-investment notes in which it, or what it owned on the day, has a role."), Type.INTEGER,
           lambda r: r.notes, required=True),
    Column("url", _("The company's page here."), Type.LINK, lambda r: r.company.get_absolute_url(), required=True),
)  # fmt: skip


# ── Layoffs beside AI ────────────────────────────────────────────────────────────────────────────────────────────────


def _money_columns() -> list[Column]:
    """Money of each kind, spent and planned apart: never add two of these."""
    columns = []
    for kind in INVESTING_KINDS:
        for state in (PlanOrActual.ACTUAL, PlanOrActual.PLAN):
            words = {"kind": kind.label, "state": state.label}
            ends = (("usd_low_millions", "low", _("the low bound")), ("usd_millions", "known", _("the best figures")),
                    ("usd_high_millions", "high", _("the high bound")))  # fmt: skip
            for name, end, said in ends:
                meaning = format_lazy(_("{kind}, {state}, in millions of US dollars: {end}."), **words, end=said)
                value = _beside_money(kind, state, end)
                columns.append(Column(f"{kind}_{state}_{name}", meaning, Type.DECIMAL, value))
            columns.append(
                Column(
                    f"{kind}_{state}_high_open",
                    format_lazy(_("{kind}, {state}: true if the high is open."), **words),
                    Type.BOOLEAN,
                    _beside_money(kind, state, "high_open"),
                )
            )
    return columns


def _beside_money(kind: str, state: str, end: str) -> Callable[[BesideRow], Any]:
    def value(row: BesideRow) -> Any:
        sum_ = row.money.get((str(kind), str(state)))
        return money_of(sum_)["usd_millions"][end] if sum_ else None

    return value


def _beside_count(of: str, name: str) -> Callable[[BesideRow], int]:
    return lambda row: getattr(row, of).get(str(name), 0)


BESIDE_COLUMNS = (
    Column("company", _("A company with what it owned on the day; no other company owned it."), Type.TEXT,
           lambda r: r.company.name, required=True),
    Column("company_slug", _("Its address here, and its value in filters."), Type.TEXT, lambda r: r.company.slug,
           required=True),
    Column("sector", _("Its sector."), Type.WORD, lambda r: r.company.sector, _words(Sector)),
    Column("country", _("ISO code of the country of its seat."), Type.WORD, lambda r: r.company.country),
    Column("cuts", _("Cuts that have an AI-investment note of it in the months asked for."), Type.INTEGER,
           lambda r: r.total.events, required=True),
    Column("cuts_found", _("Cuts of it that the filter finds, with or without such a note."), Type.INTEGER,
           lambda r: r.of, required=True),
    Column("cuts_without_figure", _("How many of the cuts state no number of people."), Type.INTEGER,
           lambda r: r.total.without_figure, required=True),
    Column("people_low", _("People known in the cuts: the low bound."), Type.INTEGER,
           lambda r: people_of(r.total)["low"]),
    Column("people", _("People known in the cuts."), Type.INTEGER, lambda r: people_of(r.total)["known"]),
    Column("people_high", _("People known in the cuts: the high bound."), Type.INTEGER,
           lambda r: people_of(r.total)["high"]),
    Column("high_open", _("true if the high is open."), Type.BOOLEAN, lambda r: r.total.high_open, required=True),
    Column("latest_cut_from", _("First day that the date of its latest such cut stands for."), Type.DAY,
           lambda r: r.latest_cut.first, required=True),
    Column("latest_cut", _("The number of that event here."), Type.INTEGER, lambda r: r.latest_cut.own.id,
           required=True),
    *(Column(f"cuts_{link}", format_lazy(_("Cuts of which the link to AI is: {link}."), link=link.label),
             Type.INTEGER, _beside_count("ai_links", link), required=True) for link in AiLink),
    Column("notes", _("AI-investment notes of it in the months around one of the cuts."), Type.INTEGER,
           lambda r: len(r.notes), required=True),
    Column("notes_found", _("Notes of it that the filter finds, whenever they are dated."), Type.INTEGER,
           lambda r: r.notes_of, required=True),
    *(Column(f"notes_{kind}", format_lazy(_("Those of the kind: {kind}."), kind=kind.label), Type.INTEGER,
             _beside_count("kinds", kind), required=True) for kind in INVESTING_KINDS),
    Column("latest_note_from", _("First day that the date of its latest such note stands for."), Type.DAY,
           lambda r: r.latest_note.first, required=True),
    Column("latest_note", _("The number of that note here."), Type.INTEGER, lambda r: r.latest_note.money.id,
           required=True),
    Column("notes_on_work", _("Notes on its hiring and pay in the same months; they are in no other number."),
           Type.INTEGER, lambda r: r.work, required=True),
    *_money_columns(),
    Column("url", _("The company's page here."), Type.LINK, lambda r: r.company.get_absolute_url(), required=True),
)  # fmt: skip


# ── Published totals ─────────────────────────────────────────────────────────────────────────────────────────────────


def _ours(name: str, words: Any, total: Callable[[TotalFileRow], Total | None]) -> tuple[Column, ...]:
    """The columns of a total of our own; all are empty where there is none."""

    def of(value: Callable[[Total], Any]) -> Callable[[TotalFileRow], Any]:
        def column(row: TotalFileRow) -> Any:
            found = total(row)
            return None if found is None else value(found)

        return column

    def said(meaning: Any) -> Any:
        return format_lazy("{} {}", words, meaning)

    return (
        Column(f"{name}_events", said(_("Events.")), Type.INTEGER, of(lambda t: t.events)),
        Column(f"{name}_without_figure", said(_("Events without a figure.")), Type.INTEGER,
               of(lambda t: t.without_figure)),
        Column(f"{name}_people_low", said(_("People: the low bound.")), Type.INTEGER,
               of(lambda t: people_of(t)["low"])),
        Column(f"{name}_people", said(_("People known.")), Type.INTEGER, of(lambda t: people_of(t)["known"])),
        Column(f"{name}_people_high", said(_("People: the high bound.")), Type.INTEGER,
               of(lambda t: people_of(t)["high"])),
        Column(f"{name}_high_open", said(_("true if the high is open.")), Type.BOOLEAN, of(lambda t: t.high_open)),
    )  # fmt: skip


def _less(name: str) -> Callable[[TotalFileRow], Any]:
    def value(row: TotalFileRow) -> Any:
        found: Difference | None = row.beside.difference
        return found and getattr(found, name)

    return value


# What stands beside a total: it changes with our own cuts, while the total's edition stays the same.
OUR_COLUMNS = (
    *_ours("ours", _("All our cuts of its period."), lambda r: r.beside.every.total),
    Column("ours_url", _("The list of all our cuts of its period."), Type.LINK,
           lambda r: f"/events/?{r.beside.every.string}", required=True),
    *_ours("nearest", _("Our cuts by the filter that comes nearest to its basis."), lambda r: r.beside.nearest.total),
    Column("nearest_url", _("The list of these: its address names the filter."), Type.LINK,
           lambda r: f"/events/?{r.beside.nearest.string}", required=True),
    Column("not_expressed", _("The parts of its basis that no filter of ours says exactly; none: ours are alike."),
           Type.WORDS, lambda r: r.beside.basis.unsaid, BASIS_PARTS),
    Column("difference_low", _("Published less nearest: the low bound; empty unless they are alike."), Type.INTEGER,
           _less("low")),
    Column("difference", _("Published less nearest; empty unless they are alike."), Type.INTEGER, _less("people")),
    Column("difference_high", _("Published less nearest: the high bound; empty unless they are alike."), Type.INTEGER,
           _less("high")),
    Column("then_on", _("The day that nearest is replayed for: that of as_of."), Type.DAY, lambda r: r.beside.then_on,
           required=True),
    *_ours("then", _("Nearest, as known on that day."), lambda r: r.beside.then.total if r.beside.then else None),
    Column("recorded_later", _("Cuts of nearest that were not in it on that day."), Type.INTEGER,
           lambda r: r.beside.later, required=True),
    Column("left_since", _("Cuts that were in it on that day and no longer are."), Type.INTEGER,
           lambda r: r.beside.gone, required=True),
    *_ours("elsewhere", _("What a filter by country leaves out: cuts in other countries."),
           lambda r: r.beside.elsewhere),
    *_ours("without_country", _("What a filter by country leaves out: cuts of which no country is known."),
           lambda r: r.beside.without_country),
    Column("only_overlapping", _("Cuts of nearest whose dates are known too inexactly to lie within the period."),
           Type.INTEGER, lambda r: r.beside.overlapping, required=True),
)  # fmt: skip

TOTAL_COLUMNS = (
    Column("id", _("The total's number here, for ever."), Type.INTEGER, lambda r: r.edition.record_id, required=True),
    Column("publisher", _("Who publishes it."), Type.TEXT, lambda r: r.edition.publisher, required=True),
    Column("title", _("The total in a line."), Type.TEXT, lambda r: r.edition.title, required=True),
    Column("scope", _("Basis: which jobs it takes in."), Type.WORD, lambda r: r.edition.scope, _words(TotalScope),
           required=True),
    Column("geography", _("Basis: where, in words."), Type.TEXT, lambda r: r.edition.geography, required=True),
    Column("counts", _("Basis: announced plans, an event list, or carried out."), Type.WORD,
           lambda r: r.edition.counts, _words(TotalCounts), required=True),
    Column("definition", _("What it counts, in our words."), Type.TEXT, lambda r: r.body["definition"], required=True),
    Column("period_from", _("First day of its period."), Type.DAY, lambda r: r.edition.period_from, required=True),
    Column("period_until", _("Last day of its period."), Type.DAY, lambda r: r.edition.period_until, required=True),
    Column("as_of", _("The day that the publisher's figure is of."), Type.DAY, lambda r: r.edition.as_of,
           required=True),
    Column("people_low", _("People: the low bound."), Type.INTEGER, lambda r: r.edition.people_low),
    Column("people", _("People: the best figure."), Type.INTEGER, lambda r: r.edition.people),
    Column("people_high", _("People: the high bound; empty if not known."), Type.INTEGER,
           lambda r: r.edition.people_high),
    Column("qualifier", _("How the source bounds its figure: exact, about, at_least, up_to, range or none."), Type.WORD,
           lambda r: r.edition.qualifier, _words(Qualifier), required=True),
    Column("wording", _("The figure in the source's own words."), Type.TEXT, lambda r: r.body["figure"]["wording"]),
    *OUR_COLUMNS,
    Column("source_url", _("The source whose figure is used."), Type.URL, lambda r: _citation(r, "url")),
    Column("source_publisher", _("Who published that source."), Type.TEXT, lambda r: _citation(r, "publisher")),
    Column("citations", _("How many sources are cited: the JSON answers give each."), Type.INTEGER,
           lambda r: len(r.body["citations"]), required=True),
    _RECORDED_ON,
    *_OF_EDITION,
    Column("url", _("Its place on the page of totals."), Type.LINK,
           lambda r: f"/totals/#total-{r.edition.record_id}", required=True),
)  # fmt: skip
