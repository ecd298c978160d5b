"""The description of the machine formats, for programs and for readers."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from events.answers import openapi, schemas
from events.answers.answer import SUBJECTS
from events.answers.atom import ENTRIES
from events.answers.json import PAGE_ROWS, dumps
from events.views.ask import base_of, for_readers
from events.views.files import FORMATS, OPEN

# A query with an error that is easily made, and what it is answered: a test asks it.
WRONG = {
    "address": "/events.json?announced_after=2024-13",
    "answer": """{
  "title": "This query cannot be answered.",
  "status": 400,
  "errors": [
    {
      "parameter": "announced_after",
      "message": "‘2024-13’ is no date. Write 2024-01-10, 2024-01, 2024-Q1 or 2024."
    }
  ]
}""",
}


def machine_formats() -> openapi.Api:
    return openapi.Api(tuple(SUBJECTS.values()), tuple(FORMATS.values()))


@for_readers
def description(request: HttpRequest) -> HttpResponse:
    """The description as OpenAPI, for tools."""
    base = base_of(request)
    text = dumps(openapi.document(machine_formats(), base))
    return HttpResponse(text, content_type="application/json", headers=OPEN)


@for_readers
def page(request: HttpRequest) -> HttpResponse:
    """The same for readers: formats, parameters, columns."""
    api = machine_formats()
    operations = list(api.operations())
    stated = {name: said for subject in api.subjects for name, said in schemas.about(subject)["properties"].items()}
    context = {
        "formats": [list(same) for _format, same in groupby(sorted(operations, key=_place), key=_place)],
        "stated": {name: said["description"] for name, said in stated.items()},
        "subjects": [
            {
                "stem": subject.stem,
                "title": _(subject.title),
                # In any of its answers.
                "parameters": {p.name: p for o in operations if o.subject is subject for p in o.parameters}.values(),
                "columns": [(column, schemas.type_in_words(column)) for column in subject.columns],
            }
            for subject in api.subjects
        ],
        "page_rows": PAGE_ROWS,
        "entries": ENTRIES,
        "wrong": WRONG,
    }
    return render(request, "api.html", context)


def _place(operation: openapi.Operation) -> tuple[bool, int, str]:
    """Files before sums, in the order of FORMATS: the same format of every subject comes together."""
    ending = operation.path.partition(".")[2]
    return not operation.names_file, list(FORMATS).index(ending), operation.format
