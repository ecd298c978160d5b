"""The description of a CSV file: metadata in the vocabulary of CSV on the Web (W3C, 2015).

A reader that knows the standard finds it by the file's `Link: rel="describedby"`, checks the file against it and gets
numbers, days and lists in place of text.
"""

import re
from typing import Any

from events.answers.about import moment
from events.answers.answer import Answer
from events.answers.columns import FREE_TEXT, LISTS, Column, Type
from events.answers.csv import BETWEEN
from events.answers.json import dumps
from events.citing import LICENCE_URL, SITE

_DAY = {"base": "date", "format": "yyyy-MM-dd"}
_DATATYPES: dict[Type, Any] = {
    Type.INTEGER: "integer",
    Type.IDS: "integer",
    # With a pattern, so that no reader takes a comma for a mark between thousands.
    Type.DECIMAL: {"base": "decimal", "format": {"decimalChar": ".", "groupChar": " "}},
    Type.BOOLEAN: {"base": "boolean", "format": "true|false"},
    Type.DAY: _DAY,
    Type.DATE: {"base": "string", "format": "[0-9]{4}(-Q[1-4]|-[0-9]{2}(-[0-9]{2})?)?"},
    Type.TEXT: "string",
    Type.TEXTS: "string",
    Type.WORD: "string",
    Type.WORDS: "string",
    Type.URL: "anyURI",
    Type.LINK: "anyURI",
    Type.MOMENT: "dateTimeStamp",
    Type.TREE: "json",
}


def write(answer: Answer) -> str:
    """The description of the CSV file of the same selection."""
    about = answer.about
    return dumps(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": about.file,
            "dc:title": f"{SITE}: {about.filter}",
            "dc:description": about.in_a_line(),
            "dc:source": {"@id": about.page},
            "dc:publisher": SITE,
            "dc:license": {"@id": LICENCE_URL},
            "dc:modified": {"@value": moment(about.changed_at), "@type": "xsd:dateTime"},
            "notes": [
                {
                    "@type": "schema:PropertyValue",
                    "schema:name": fact.name,
                    "schema:description": fact.label,
                    "schema:value": fact.value,
                }
                for fact in about.facts()
                if fact.value is not None
            ],
            "dialect": {
                "encoding": "utf-8",
                "delimiter": ",",
                "quoteChar": '"',
                "doubleQuote": True,
                "header": True,
                "headerRowCount": 1,
                "lineTerminators": ["\r\n"],
                "trim": False,
            },
            "tableSchema": {
                "columns": [_column(column) for column in answer.columns],
                "primaryKey": "id",
            },
        }
    )


def _column(column: Column) -> dict[str, Any]:
    meaning = str(column.meaning)
    if column.type in FREE_TEXT:
        meaning += " A text that begins with = + - @, tab, return or ' has one ' more in front."
    found = {
        "name": column.name,
        "titles": column.name,
        "dc:description": meaning,
        "datatype": _datatype(column),
        "null": "",
        "required": column.required,
    }
    if column.type in LISTS:
        found["separator"] = BETWEEN
    return found


def _datatype(column: Column) -> Any:
    if column.words:
        return {"base": "string", "format": "|".join(re.escape(word) for word in column.words)}
    return _DATATYPES[column.type]
