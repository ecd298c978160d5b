"""Everything to take along: files, feeds, the data dictionary, licence, how to cite."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from events.answers import schemas
from events.answers.downloads import whole_files
from events.dataset import files
from events.query import RecordQuery
from events.views.ask import base_of, for_readers, of_one_state, with_query


@for_readers
@of_one_state
def page(request: HttpRequest) -> HttpResponse:
    query = RecordQuery.from_request(request)
    if not query.is_valid():
        return render(request, "400.html", {"query": query}, status=400)
    context = {
        "query": query,
        "as_of": query.as_of,
        "subjects": [
            {
                "stem": whole.subject.stem,
                "title": _(whole.subject.title),
                "rows": whole.rows,
                "files": whole.files,
                "columns": [(column, schemas.type_in_words(column)) for column in whole.subject.columns],
            }
            for whole in whole_files(query.as_of)
        ],
        # A day's own view is made of filters; the files built are those of now, and of each week.
        "data_set": files.newest(),
        "kept": files.kept(),
        "base": base_of(request),
        "corrections": with_query("/corrections.atom", query),
        "address": request.build_absolute_uri(with_query("/data/", query)),
        "today": timezone.now(),
    }
    return render(request, "data.html", context)
