"""The description of the machine formats (OpenAPI 3.1), made from the FilterSets, the columns and the formats.

What there is stands in `Api`, for the document and for the page that readers see: neither names a parameter, a column
or an address by itself.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from events.answers import schemas, series
from events.answers.about import LICENCE, LICENCE_URL, SITE
from events.answers.answer import Subject
from events.answers.atom import ENTRIES
from events.answers.json import PAGE_ROWS
from events.answers.parameters import PAGES, Parameter, parameters
from events.query import EventQuery, Query, SeriesQuery

METHODOLOGY = "/methodology/"
PROBLEM = "application/problem+json"


class Format(Protocol):
    """A machine format, as the view that sends it lists it."""

    @property
    def ending(self) -> str: ...

    @property
    def content_type(self) -> str: ...

    @property
    def whole(self) -> bool: ...

    @property
    def order(self) -> str: ...


@dataclass(frozen=True)
class Operation:
    """One address: its subject, its parameters, and the type and form of what it answers with."""

    path: str
    subject: Subject
    format: str
    holds: str
    parameters: tuple[Parameter, ...]
    content_type: str
    schema: dict[str, Any]
    names_file: bool = True

    @property
    def title(self) -> str:
        return f"{_(self.subject.title)}: {self.format}"

    @property
    def id(self) -> str:
        return self.path.strip("/").replace("/", "_").replace(".", "_").replace("-", "_")

    @property
    def example(self) -> str:
        """The address with what it requires, so that it works when it is clicked."""
        needed = [f"{p.name}={p.choices[0].value}" for p in self.parameters if p.required and p.choices]
        return f"{self.path}?{'&'.join(needed)}" if needed else self.path


@dataclass(frozen=True)
class Api:
    """All that machines can ask for: the subjects, and each in every format."""

    subjects: tuple[Subject, ...]
    formats: tuple[Format, ...]

    def operations(self) -> Iterator[Operation]:
        for subject in self.subjects:
            asked = tuple(parameters(subject.query))
            for format_ in self.formats:
                yield self._file(subject, format_, asked)
            if subject.query is EventQuery:
                yield from self._sums(subject)
            if subject.series is not None:
                yield self._series_file(subject, subject.series)

    def _file(self, subject: Subject, format_: Format, asked: Iterable[Parameter]) -> Operation:
        title, holds, schema = _format(subject, format_.ending)
        asked = [ordered(p, format_.order) for p in asked if not (format_.whole and p.name in PAGES)]
        return Operation(
            path=f"/{subject.stem}.{format_.ending}",
            subject=subject,
            format=title,
            holds=holds,
            parameters=tuple(asked),
            content_type=_bare(format_.content_type),
            schema=schema,
        )

    def _sums(self, subject: Subject) -> Iterator[Operation]:
        """The sums of events: no rows, and by what the totals are taken apart."""
        sums: tuple[tuple[str, type[Query], str, str], ...] = (
            ("totals", EventQuery, _("Totals"), _("The key figures of the view.")),
            ("series", SeriesQuery, _("Series"), _("The totals of the view by month, sector or the like: a chart.")),
        )
        for name, query, title, holds in sums:
            asked = [p for p in parameters(query) if p.name not in PAGES]
            yield Operation(
                path=f"/{subject.stem}/{name}.json",
                subject=subject,
                format=title,
                holds=holds,
                parameters=tuple(asked),
                content_type="application/json",
                schema=schemas.ref(name),
                names_file=False,
            )

    def _series_file(self, subject: Subject, query: type[Query]) -> Operation:
        said = _("The numbers of a figure as a table: a line for each bar, and one for what no bar can hold.")
        columns = (f"{column.name}: {column.meaning}" for column in series.COLUMNS[subject.stem])
        return Operation(
            path=f"/{subject.stem}/series.csv",
            subject=subject,
            format=_("Series as CSV"),
            holds=said,
            parameters=tuple(p for p in parameters(query) if p.name not in PAGES),
            content_type="text/csv",
            schema={"type": "string", "description": " ".join([_("Its columns."), *columns])},
        )


def ordered(parameter: Parameter, order: str) -> Parameter:
    """A parameter of a format that has an order of its own, where the subject knows that order."""
    if parameter.name != "order" or order not in parameter.schema["enum"]:
        return parameter
    return replace(parameter, schema=parameter.schema | {"default": order})


def _format(subject: Subject, ending: str) -> tuple[str, str, dict[str, Any]]:
    """Name, contents and schema of a subject in a format."""
    row = f"{subject.stem}-row"
    match ending:
        case "csv":
            holds = _(
                "Every row (RFC 4180, UTF-8). A text that begins with = + - @, tab, return or ' has one ' more in "
                "front, so that no spreadsheet takes it for a formula."
            )
            return _("CSV"), holds, {"type": "string"}
        case "csv-metadata.json":
            holds = _("The description of the CSV file, after the standard CSV on the Web.")
            return _("Description of the CSV file"), holds, schemas.ref("csv-description")
        case "json":
            holds = _("A page of at most %(n)s rows, with what the answer states.") % {"n": PAGE_ROWS}
            return _("JSON"), holds, schemas.ref(f"{subject.stem}-page")
        case "jsonl":
            said = _("One row a line, each as #/components/schemas/%(row)s has it.") % {"row": row}
            return _("JSON lines"), _("Every row, one a line."), {"type": "string", "description": said}
        case "xlsx":
            holds = _("Every row as a spreadsheet, with what the answer states and every column's meaning.")
            return _("Excel"), holds, {}
        case "atom":
            holds = _("A page of at most %(n)s entries as a feed (RFC 4287).") % {"n": ENTRIES}
            return _("Feed"), holds, {}
    raise LookupError(f"events/answers/openapi.py has no words for the format {ending}.")


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0]


@cache
def version() -> str:
    """The version of this software."""
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"]
    return str(project["version"])


# ── The document ─────────────────────────────────────────────────────────────────────────────────────────────────────


def document(api: Api, base: str) -> dict[str, Any]:
    """The description as OpenAPI 3.1. `base` stands before our own addresses: "https://host"."""
    operations = list(api.operations())
    named = _named(operations)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": SITE,
            "summary": _("Job cuts and AI investment, each figure beside its source."),
            "description": description(base),
            "version": version(),
            "license": {"name": LICENCE, "url": LICENCE_URL},
        },
        "servers": [{"url": base}],
        "tags": [{"name": subject.stem, "description": str(_(subject.title))} for subject in api.subjects],
        "paths": {operation.path: {"get": _operation(operation, named)} for operation in operations},
        "components": {
            "schemas": _schemas(api),
            "parameters": {name: parameter.as_openapi() for parameter, name in named.values()},
            "headers": _headers(),
            "responses": {"problem": _problem()},
        },
    }


def description(base: str) -> str:
    return " ".join(
        [
            _("Every list, chart and file of this site for programs, by the same parameters as its pages."),
            _("All formats of one query hold the same rows and the same sums."),
            _("Nothing is counted twice, and unknown stays unknown: it is null or an empty cell, never 0."),
            _("How we count: %(link)s.") % {"link": f"{base}{METHODOLOGY}"},
            _("There is no key and no account: please ask for one thing at a time."),
            _("Other sites' marks in links (utm_source and the like) and empty parameters are left out;"),
            _("any other parameter that is not named here is an error."),
        ]
    )


def _named(operations: Iterable[Operation]) -> dict[str, tuple[Parameter, str]]:
    """Each parameter that there is once, by its whole text, with a name for it: its own, or with whose it is."""
    found: dict[str, tuple[Parameter, str]] = {}
    taken: set[str] = set()
    for operation in operations:
        for parameter in operation.parameters:
            if repr(parameter) not in found:
                whose = ("", f"{operation.subject.stem}-", f"{operation.id}-")
                name = next(name for who in whose if (name := f"{who}{parameter.name}") not in taken)
                found[repr(parameter)] = parameter, name
                taken.add(name)
    return found


def _operation(operation: Operation, named: dict[str, tuple[Parameter, str]]) -> dict[str, Any]:
    headers = ["X-Total-Count", "Link", *(["Content-Disposition"] if operation.names_file else [])]
    media = {"schema": operation.schema} if operation.schema else {}
    refs = [{"$ref": f"#/components/parameters/{named[repr(p)][1]}"} for p in operation.parameters]
    return {
        "operationId": operation.id,
        "tags": [operation.subject.stem],
        "summary": operation.title,
        "description": operation.holds,
        "parameters": refs,
        "responses": {
            "200": {
                "description": operation.holds,
                "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
                "content": {operation.content_type: media},
            },
            "400": {"$ref": "#/components/responses/problem"},
        },
    }


def _schemas(api: Api) -> dict[str, Any]:
    found = {
        "date": {
            "type": "string",
            "description": _("A day, month, quarter or year: 2024-01-10, 2024-01, 2024-Q1 or 2024."),
            "pattern": r"^[0-9]{4}(-Q[1-4]|-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
        },
        "citation": schemas.citation(),
        "problem": schemas.problem(),
        "csv-description": schemas.csv_description(),
        "totals": schemas.totals(),
        "series": schemas.series(),
        "sizes": schemas.sizes(),
        **schemas.sums(),
    }
    for subject in api.subjects:
        found[f"{subject.stem}-row"] = schemas.row(subject)
        found[f"{subject.stem}-about"] = schemas.about(subject)
        found[f"{subject.stem}-page"] = schemas.page(subject)
    return found


def _headers() -> dict[str, Any]:
    text = {"type": "string"}
    rows = _("How many rows the whole view has, of which an answer may hold one page.")
    links = _("The same view as a page, the licence and, for files, their description.")
    return {
        "X-Total-Count": {"description": rows, "required": True, "schema": {"type": "integer", "minimum": 0}},
        "Link": {"description": links, "required": True, "schema": text},
        "Content-Disposition": {
            "description": _("A name for the file, which says the filter."),
            "required": True,
            "schema": text,
        },
    }


def _problem() -> dict[str, Any]:
    return {
        "description": _("The query cannot be answered: which parameter is wrong, and why. Nothing is left out."),
        "content": {PROBLEM: {"schema": schemas.ref("problem")}},
    }
