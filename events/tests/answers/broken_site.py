"""The site as gunicorn serves it, with rows that fail halfway: for test_broken.py alone.

Views, writers and middleware are the real ones. In place of the record stand numbers, for which no database is asked:
`q=whole` gives as many as the answer states, `q=short` fewer, `q=fails` raises an error in their midst.
"""

import os
from dataclasses import replace

os.environ["DJANGO_SETTINGS_MODULE"] = "layoffwatch.settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.utils.timezone import now  # noqa: E402

from events.answers import about, answer  # noqa: E402
from events.answers.columns import Column, Type  # noqa: E402
from events.counting import Total  # noqa: E402
from events.models.edition import PublicRecord  # noqa: E402
from events.selection import EventSelection  # noqa: E402

ROWS = 20_000
HALF = ROWS // 2


class Numbers(EventSelection):
    """Numbers in place of events."""

    totals = {"cut": Total(events=ROWS)}
    overlapping = without_effective = 0

    def stream(self):
        for number in range(HALF if self.query.get("q") == "short" else ROWS):
            if number == HALF and self.query.get("q") == "fails":
                raise RuntimeError("The database went away.")
            yield number


about.data_version = lambda: PublicRecord(opened_on=now().date(), version=1, changed_at=now())
answer.SUBJECTS["events"] = replace(
    answer.SUBJECTS["events"],
    selection=Numbers,
    columns=(
        Column("id", "A number.", Type.INTEGER, lambda number: number, required=True),
        Column("text", "Its words.", Type.TEXT, lambda number: f"row {number}"),
    ),
    rows=lambda numbers, _selection: numbers,
    has_sources=False,
)
