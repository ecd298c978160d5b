"""What search engines are told of: every page, company, event and AI note, each with the day of its last edition."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet

from events.models.company import Company
from events.models.edition import (
    EventEdition,
    EventEditionCompany,
    NoteEdition,
    NoteEditionCompany,
    public_companies,
)
from events.selection import data_version

# Far below the 50,000 that a file may list: one is made in memory, in a second.
PER_FILE = 5_000


class Pages(Sitemap):
    """The pages that there is one of; those in `changing` show the record and change with it."""

    changing = (
        "/",
        "/events/",
        "/companies/",
        "/ai/",
        "/layoffs-and-ai/",
        "/totals/",
        "/corrections/",
        "/data/",
        "/data/changes/",
        "/methodology/",
    )

    def items(self) -> list[str]:
        return [*self.changing, "/api/", "/about/", "/cite/", "/tips/new/"]

    def location(self, item: str) -> str:
        return item

    def lastmod(self, item: str) -> datetime | None:
        return self.changed_at if item in self.changing else None

    def get_latest_lastmod(self) -> datetime:
        return self.changed_at

    @cached_property
    def changed_at(self) -> datetime:
        return data_version().changed_at


class Records(Sitemap):
    """Records of one kind as they are public today."""

    limit = PER_FILE
    edition: type[Any]

    def items(self) -> QuerySet[Any]:
        columns = ("record_id", "slug", "written_at")
        return self.edition.objects.known_on(None).order_by("record_id").only("pk", *columns)

    def lastmod(self, item: Any) -> datetime:
        return item.written_at

    def get_latest_lastmod(self) -> datetime | None:
        return self.edition.objects.known_on(None).aggregate(last=Max("written_at"))["last"]


class Events(Records):
    edition = EventEdition


class Notes(Records):
    edition = NoteEdition


class Companies(Sitemap):
    """The companies that readers know, each changed when an edition that names it, or what it owned, was written."""

    limit = PER_FILE

    def items(self) -> QuerySet[Company]:
        return public_companies().filter(merged_into__isnull=True).order_by("pk").only("pk", "slug")

    def get_urls(self, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
        self.written: dict[int, datetime] = {}
        for index in (EventEditionCompany, NoteEditionCompany):
            rows = index.objects.order_by().values_list("company_id").annotate(last=Max("edition__written_at"))
            for company, at in rows:
                self.written[company] = max(at, self.written.get(company, at))
        return super().get_urls(*args, **kwargs)

    def lastmod(self, item: Company) -> datetime | None:
        return self.written.get(item.pk)

    def get_latest_lastmod(self) -> datetime:
        return data_version().changed_at


SITEMAPS: dict[str, type[Sitemap] | Sitemap] = {"pages": Pages, "companies": Companies, "events": Events, "ai": Notes}
