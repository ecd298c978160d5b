"""What answers hold, as JSON Schema (2020-12): rows from the registry of columns, and the trees around them.

Schemas are open: an answer may gain a field. A test closes them and holds every answer against them, so that what is
described and what is sent are the same.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from events.answers.answer import Subject
from events.answers.columns import LISTS, Column, Type
from events.filters import BY
from events.models.choices import (
    CountsAs,
    NoteKind,
    PeopleBasis,
    PlanOrActual,
    Qualifier,
    SourceKind,
    Speaker,
    Tier,
)
from events.selection import SIZES

Schema = dict[str, Any]

_TYPES: dict[Type, Schema] = {
    Type.INTEGER: {"type": "integer"},
    Type.IDS: {"type": "integer"},
    Type.DECIMAL: {"type": "number"},
    Type.BOOLEAN: {"type": "boolean"},
    Type.DAY: {"type": "string", "format": "date"},
    Type.DATE: {"$ref": "#/components/schemas/date"},
    Type.TEXT: {"type": "string"},
    Type.TEXTS: {"type": "string"},
    Type.WORD: {"type": "string"},
    Type.WORDS: {"type": "string"},
    # Elsewhere an address may hold letters of any script; ours do not.
    Type.URL: {"type": "string", "format": "iri"},
    Type.LINK: {"type": "string", "format": "uri"},
    Type.MOMENT: {"type": "string", "format": "date-time"},
    Type.TREE: {"type": "object"},
}

_IN_WORDS: dict[Type, Any] = {
    Type.INTEGER: _lazy("whole number"),
    Type.IDS: _lazy("numbers of records"),
    Type.DECIMAL: _lazy("number"),
    Type.BOOLEAN: _lazy("true or false"),
    Type.DAY: _lazy("day"),
    Type.DATE: _lazy("date as known"),
    Type.TEXT: _lazy("text"),
    Type.TEXTS: _lazy("texts"),
    Type.WORD: _lazy("word"),
    Type.WORDS: _lazy("words"),
    Type.URL: _lazy("address elsewhere"),
    Type.LINK: _lazy("address here"),
    Type.MOMENT: _lazy("moment in UTC"),
    Type.TREE: _lazy("tree (JSON)"),
}


def type_in_words(of: Column) -> str:
    """What the values of a column are, for the data dictionary: "whole number or empty"."""
    kind = str(_IN_WORDS[of.type])
    return kind if of.required else _("%(kind)s or empty") % {"kind": kind}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def nullable(schema: Schema) -> Schema:
    """`schema`, or null: unknown."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    found = schema | {"type": [schema["type"], "null"]}
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


def tree(fields: dict[str, Schema], description: str = "", **more: Any) -> Schema:
    """An object with all of `fields`."""
    said = {"description": description} if description else {}
    return {"type": "object", **said, "properties": fields, "required": list(fields), **more}


def words(choices: Any, description: str = "") -> Schema:
    """One of the stable values of a choice."""
    said = {"description": description} if description else {}
    return {"type": "string", **said, "enum": [str(value) for value in choices.values]}


def integer(description: str) -> Schema:
    return {"type": "integer", "description": description, "minimum": 0}


def text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def column(of: Column) -> Schema:
    """The values of one column. A list without any value is empty, any other unknown value null."""
    schema = dict(_TYPES[of.type])
    if of.words:
        schema["enum"] = list(of.words)
    if of.type in LISTS:
        schema = {"type": "array", "items": schema}
    elif not of.required:
        schema = nullable(schema)
    return {"description": str(of.meaning)} | schema


def row(subject: Subject) -> Schema:
    """A row of JSON and JSON lines: its columns by name, and in place of the number of its sources the sources."""
    fields = {one.name: column(one) for one in subject.columns}
    if subject.has_sources:
        said = _("Every source, the one whose figure is used first.")
        fields["citations"] = {"description": said, "type": "array", "items": ref("citation")}
    return tree(fields)


def citation() -> Schema:
    """A source of a row, with the figure that it reports."""
    known: dict[str, Schema] = {
        "url": text(_("Its address."), format="iri"),
        "title": text(_("Its title.")),
        "publisher": text(_("Who published it.")),
        "published_on": text(_("When, as exactly as known.")),
        "tier": words(Tier, _("How near it is to what happened.")),
        "kind": words(SourceKind, _("What it is.")),
        "quote": text(_("Its words.")),
        "speaker": words(Speaker, _("Whose words they are.")),
        "speaker_name": text(_("The speaker by name.")),
    }
    figure: dict[str, Schema] = {
        "low": integer(_("People: the low bound.")),
        "best": integer(_("People: the best figure.")),
        "high": integer(_("People: the high bound.")),
        "qualifier": words(Qualifier, _("How the source bounds its figure.")),
        "wording": text(_("The figure in the source's own words.")),
        "basis": words(PeopleBasis, _("Where the figure comes from.")),
    }
    return tree(
        {
            **{name: nullable(schema) for name, schema in known.items()},
            "figure": tree(
                {name: nullable(schema) for name, schema in figure.items()}, _("The figure that it reports.")
            ),
            "chosen": {"type": "boolean", "description": _("Whether its figure is the one that is used.")},
        }
    )


# ── What every answer states ─────────────────────────────────────────────────────────────────────────────────────────


def about(subject: Subject) -> Schema:
    """What an answer states of itself (About.as_json)."""
    stem = subject.stem
    link = {"format": "uri"}
    fields: dict[str, Schema] = {
        "site": text(_("The name of this site.")),
        "subject": text(_("What the rows are."), const=stem),
        "filter": text(_("The filter in words.")),
        "order": text(_("What the rows are ordered by.")),
        "page": text(_("The same view as a page."), **link),
        "file": text(_("All rows of this view as CSV."), **link),
        "everything": text(_("Everything, without a filter, as CSV."), **link),
        "rows": integer(_("Rows of the whole view, of which an answer may hold one page.")),
    }
    if stem in ("events", "layoffs-and-ai"):
        said = _("People and events by what they count as. Never add two of these kinds.")
        fields["totals"] = {"description": said} | by_kind(ref("total"))
    if stem == "events":
        fields["left_out"] = tree(
            {
                "only_overlapping": integer(_("Events whose dates only overlap the days asked for.")),
                "without_effective_date": integer(_("Events without the date on which jobs end.")),
            },
            _("Events that the filter's days leave out."),
        )
    if stem == "ai":
        said = _("Money by kind, planned and spent apart. Never add two of these.")
        fields["money"] = {"description": said, "type": "array", "items": ref("money")}
    return tree(
        {
            **fields,
            "as_of": nullable(text(_("The day as known on which the view is; null for now."), format="date")),
            "data_version": integer(_("The version of the data: it grows with every change.")),
            "data_changed_at": text(_("When the data last changed, in UTC."), format="date-time"),
            "retrieved_at": text(_("When this answer was made, in UTC."), format="date-time"),
            "licence": tree(
                {"name": text(_("Its name.")), "url": text(_("Its text."), **link)}, _("The licence of the data.")
            ),
        }
    )


def by_kind(schema: Schema) -> Schema:
    """`schema` for each kind that there is."""
    return {"type": "object", "propertyNames": words(CountsAs), "additionalProperties": schema}


def sums() -> dict[str, Schema]:
    """People and money added up, by the names under which other schemas refer to them."""
    high_open = {"type": "boolean", "description": _("Whether the high is open: it may be more.")}
    total = {
        "events": integer(_("Events.")),
        "without_figure": nullable(integer(_("Events that state no number of people; null where none is counted."))),
        "people": {
            "description": _("People known; null where none are counted: signals and called-off cuts."),
            **nullable(ref("people")),
        },
    }
    ends = {"low": _("The low bound."), "known": _("The best figures added up."), "high": _("The high bound.")}
    return {
        "people": tree(
            {**{name: nullable(integer(said)) for name, said in ends.items()}, "high_open": high_open},
            _("People with their interval; null where nothing is known, which is not 0."),
        ),
        "total": tree(total, _("A total of one kind.")),
        "money": tree(
            {
                "kind": words(NoteKind),
                "plan_or_actual": words(PlanOrActual),
                "notes": integer(_("Notes that carry money.")),
                "high_alone": integer(_("Those that say no more than “up to”: they add to the high alone.")),
                "usd_millions": tree(
                    {
                        **{name: nullable({"type": "number", "description": said}) for name, said in ends.items()},
                        "high_open": high_open,
                    },
                    _("Millions of US dollars, with their interval; null where nothing is known, which is not 0."),
                ),
            },
            _("Money of one kind, planned or spent."),
        ),
    }


# ── Whole answers ────────────────────────────────────────────────────────────────────────────────────────────────────


def page(subject: Subject) -> Schema:
    """A page of rows in JSON."""
    return tree(
        {
            "about": ref(f"{subject.stem}-about"),
            "rows": {"type": "array", "items": ref(f"{subject.stem}-row")},
            "next": nullable(text(_("The address of the next page; null on the last one."), format="uri")),
            "previous": nullable(text(_("The address of the page before; null on the first one."), format="uri")),
        }
    )


def totals() -> Schema:
    """`/events/totals.json`."""
    said = _("How many events of other kinds the same filter would find.")
    return tree(
        {
            "about": ref("events-about"),
            "totals": by_kind(ref("total")),
            "also": {"description": said} | by_kind({"type": "integer", "minimum": 1}),
        }
    )


def sizes() -> Schema:
    """How large the cuts of a bar are, in a series by year with the sizes of cuts."""
    quartile = {"type": "number", "description": _("People per cut; null where no cut has a figure."), "minimum": 0}
    cuts = integer(_("Cuts of so many people."))
    return tree(
        {
            **{f"people_{name}": nullable(quartile) for name in ("lower_quartile", "median", "upper_quartile")},
            "cuts": tree(dict.fromkeys(SIZES, cuts), _("How many cuts are of which size.")),
            "cuts_without_figure": integer(_("Cuts of which no number of people is known.")),
        },
        _("By year with the sizes of cuts alone: a whole with all below it is one cut of their total."),
    )


def series() -> Schema:
    """`/events/series.json`."""
    counted: dict[str, Schema] = {
        "events": integer(_("Events.")),
        "without_figure": nullable(integer(_("Events that state no number of people; null where none is counted."))),
        "people": nullable(ref("people")),
        "shows_less": {
            "type": "boolean",
            "description": _(
                "Whether its own view would show more: a whole or parts of its events lie elsewhere, or what is dated "
                "to a quarter or year is in no month."
            ),
        },
        "cuts": nullable(
            integer(_("By size alone: how many cuts these events are when a whole and all below it are one."))
        ),
        "sizes": nullable(ref("sizes")),
        "late_percent": nullable(integer(_("Of recent periods: percent of events that usually arrive later."))),
    }
    key = {
        "key": nullable(text(_("Its value in filters; null for what is not stated."))),
        "label": text(_("The same in words.")),
    }
    return tree(
        {
            "about": ref("events-about"),
            "by": text(_("What the totals are taken apart by."), enum=[value for value, _label in BY]),
            "adds_up": {
                "type": "boolean",
                "description": _("Whether bars and remainder add up to the total; else bars overlap: there is no sum."),
            },
            "counts_as": words(CountsAs, _("What the events count as.")),
            "other_kinds": {
                "type": "object",
                "description": _("Events of the result that count as another kind and stand in no bar, by kind."),
                "additionalProperties": {"type": "integer"},
            },
            "bars": {"type": "array", "items": tree(key | counted)},
            "remainder": {
                "description": _("What no bar can hold: dates known less exactly than the period."),
                "anyOf": [tree(counted), {"type": "null"}],
            },
        }
    )


def problem() -> Schema:
    """What is wrong with a query (RFC 9457)."""
    return tree(
        {
            "title": text(_("What happened.")),
            "status": {"type": "integer", "const": 400},
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": tree(
                    {
                        "parameter": text(_("Which parameter is wrong; __all__ for one that there is not.")),
                        "message": text(_("What is wrong with it, and what to do.")),
                    }
                ),
            },
        }
    )


def csv_description() -> Schema:
    """A description of a CSV file in the vocabulary of CSV on the Web."""
    said = _("CSV on the Web (W3C, 2015): every column with its meaning and type, and what the file states of itself.")
    return {
        "type": "object",
        "description": said,
        "properties": {
            "@context": {"type": "array"},
            "url": text(_("The file."), format="uri"),
            "notes": {"type": "array", "items": {"type": "object"}},
            "tableSchema": {"type": "object"},
        },
        "required": ["@context", "url", "notes", "tableSchema"],
    }
