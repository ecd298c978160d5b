"""The description of the CSV set: a data package (Frictionless, version 1) with the schema of every table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from events.answers.about import LICENCE, LICENCE_URL, SITE, moment
from events.answers.columns import FREE_TEXT, Column, Type
from events.answers.csv import BETWEEN
from events.dataset.tables import Table
from events.models.edition import PublicRecord

# One more whenever an older importer would not understand the tables.
FORMAT = 1

_TYPES = {
    Type.INTEGER: "integer",
    Type.DECIMAL: "number",
    Type.BOOLEAN: "boolean",
    Type.DAY: "date",
    Type.MOMENT: "datetime",
    Type.TREE: "object",
}
_DATE = "[0-9]{4}(-Q[1-4]|-[0-9]{2}(-[0-9]{2})?)?"


@dataclass(frozen=True)
class Resource:
    """A table's CSV file as it was written."""

    table: Table
    rows: int
    bytes: int
    sha256: str


def describe(resources: Sequence[Resource], record: PublicRecord) -> dict[str, Any]:
    """The package of `resources`: what it is, of which version of the data, under which licence, every column."""
    return {
        "profile": "tabular-data-package",
        "name": "layoffwatch",
        "title": SITE,
        "description": _(
            "Layoffs in technology and investment in AI: all that is public, every edition of every record with its "
            "sources. Enough to make the site anew."
        ),
        "version": str(record.version),
        "created": moment(record.changed_at),
        "keywords": ["layoffs", "artificial intelligence", "investment"],
        "licenses": [{"name": LICENCE.replace(" ", "-"), "title": LICENCE, "path": LICENCE_URL}],
        "sources": [{"title": _("Each record names its own: see the tables sources and citations.")}],
        "layoffwatch": {"format": FORMAT},
        "resources": [_resource(resource) for resource in resources],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    table = resource.table
    schema: dict[str, Any] = {"fields": [_field(column) for column in table.columns], "missingValues": [""]}
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.links:
        schema["foreignKeys"] = [
            {
                "fields": [link.column],
                # A table that names itself is written so.
                "reference": {"resource": "" if link.table == table.name else link.table, "fields": [link.to]},
            }
            for link in table.links
        ]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.name.replace("_", " "),
        "description": str(table.holds),
        "scheme": "file",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True},
        "rows": resource.rows,
        "bytes": resource.bytes,
        "hash": f"sha256:{resource.sha256}",
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    meaning = str(column.meaning)
    if column.type in FREE_TEXT:
        meaning += " " + _("A text that begins with = + - @, tab, return or ' has one ' more in front.")
    found: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.type, "string"),
        "description": meaning,
    }
    if column.type is Type.BOOLEAN:
        found |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.type in (Type.WORDS, Type.TEXTS, Type.IDS):
        found["description"] += " " + _("Several are joined by “%(sign)s”.") % {"sign": BETWEEN.strip()}
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.type is Type.WORD and column.words:
        constraints["enum"] = list(column.words)
    if column.type is Type.DATE:
        constraints["pattern"] = _DATE
    if column.type is Type.WORDS and column.words:
        one = "|".join(re.escape(word) for word in column.words)
        constraints["pattern"] = f"({one})({BETWEEN}({one}))*"
    if constraints:
        found["constraints"] = constraints
    return found
