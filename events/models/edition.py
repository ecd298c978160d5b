"""The public record: editions, append-only rows that say what was public of a record from one day until another.

An edition is a narrow row to filter and count by; its document, in a table of its own, holds everything that a
reader sees. Only events/publishing.py writes here. Editions know companies and no other record of the desk.
"""

from datetime import date

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from events.dates import written
from events.models.choices import (
    AI_LINKS_WITH_QUOTE,
    AiLink,
    Change,
    Closure,
    CountsAs,
    NoteKind,
    Permanence,
    PlanOrActual,
    Precision,
    Qualifier,
    Role,
    Sector,
    Stage,
    TotalCounts,
    TotalScope,
)
from events.models.company import Company
from events.models.fields import one_of

# An open span ends on the last day there is: "known_from <= day < known_until" then needs no special case.
OPEN = date.max


class PublicRecord(models.Model):
    """The record as a whole, one row: when it opened and how often it changed."""

    opened_on = models.DateField()
    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"version {self.version}"


class EditionSet(models.QuerySet):
    """Editions, asked in readers' words."""

    def known_on(self, day: date | None) -> "EditionSet":
        """What was public at the end of `day` (UTC); None: what is public now. Without withdrawn records."""
        if day is None:
            return self.filter(known_until=OPEN, withdrawn=False)
        return self.filter(known_from__lte=day, known_until__gt=day, withdrawn=False)

    def for_record(self, record_id: int) -> "EditionSet":
        """All editions of one record, oldest first."""
        return self.filter(record_id=record_id).order_by("number")


class Edition(models.Model):
    """What was public of one record from `known_from` until, not including, `known_until`."""

    record_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    known_from = models.DateField()
    known_until = models.DateField(default=OPEN)
    withdrawn = models.BooleanField(default=False)
    change = models.CharField(max_length=10, choices=Change)
    reason = models.CharField(max_length=500, blank=True)
    changed_fields = models.JSONField(default=list)
    version = models.PositiveBigIntegerField()
    written_at = models.DateTimeField(auto_now_add=True)
    recorded_on = models.DateField()
    reconstructed_from = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300)
    slug = models.SlugField(max_length=120)
    search_text = models.TextField(default="")

    objects = EditionSet.as_manager()

    class Meta:
        abstract = True
        ordering = ["record_id", "number"]
        constraints = [
            one_of("change", Change),
            models.UniqueConstraint(fields=["record_id", "number"], name="%(class)s_number_once"),
            models.UniqueConstraint(fields=["record_id"], condition=Q(known_until=OPEN), name="%(class)s_one_open"),
            models.CheckConstraint(condition=Q(known_from__lte=F("known_until")), name="%(class)s_span_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def is_open(self) -> bool:
        return self.known_until == OPEN


class Figure(models.Model):
    """The figure of people in an edition, as it was on the record."""

    people_low = models.PositiveIntegerField(null=True)
    people = models.PositiveIntegerField(null=True)
    people_high = models.PositiveIntegerField(null=True)
    headline = models.PositiveIntegerField(null=True)
    high_open = models.BooleanField(default=False)
    qualifier = models.CharField(max_length=10, choices=Qualifier)

    class Meta:
        abstract = True


class EventEdition(Edition, Figure):
    """A layoff event as it was public."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    announced_from = models.DateField()
    announced_until = models.DateField()
    date_precision = models.CharField(max_length=7, choices=Precision)
    announced_month = models.CharField(max_length=7, blank=True)
    effective_from = models.DateField(null=True)
    effective_until = models.DateField(null=True)
    effective_precision = models.CharField(max_length=7, choices=Precision, blank=True)
    share_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    counts_as = models.CharField(max_length=10, choices=CountsAs)
    stage = models.CharField(max_length=12, choices=Stage)
    permanence = models.CharField(max_length=10, choices=Permanence)
    closure = models.CharField(max_length=8, choices=Closure)
    ai_link = models.CharField(max_length=10, choices=AiLink)
    ai_link_quote = models.CharField(max_length=500, blank=True)
    ai_link_speaker = models.CharField(max_length=200, blank=True)
    sector = models.CharField(max_length=20, choices=Sector, blank=True)
    country = models.CharField(max_length=2, blank=True)
    place = models.CharField(max_length=200, blank=True)
    place_folded = models.CharField(max_length=200, blank=True)
    part_of = models.BigIntegerField(null=True)
    replaced_by = models.BigIntegerField(null=True)

    class Meta(Edition.Meta):
        abstract = False
        constraints = [
            *Edition.Meta.constraints,
            one_of("counts_as", CountsAs),
            models.CheckConstraint(
                condition=~Q(ai_link__in=AI_LINKS_WITH_QUOTE) | ~Q(ai_link_quote="") & ~Q(ai_link_speaker=""),
                name="eventedition_claim_has_quote",
                violation_error_message=_(
                    "A stated, reported or denied AI link needs a quote and its speaker before publication."
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["counts_as", "announced_from", "record_id"],
                name="eventedition_today",
                condition=Q(known_until=OPEN, withdrawn=False, replaced_by__isnull=True),
            ),
            models.Index(fields=["known_from", "known_until", "announced_from"], name="eventedition_span"),
            models.Index(fields=["part_of"], name="eventedition_parts", condition=Q(part_of__isnull=False)),
        ]

    def get_absolute_url(self) -> str:
        return f"/events/{self.record_id}-{self.slug}/"

    @property
    def announced_on(self) -> str:
        """The date as exactly as it is known: "2024-01-10", "2024-01", "2024-Q1", "2024"."""
        return written(self.announced_from, self.date_precision)

    @property
    def effective_on(self) -> str:
        return written(self.effective_from, self.effective_precision) if self.effective_from else ""


class NoteEdition(Edition):
    """An AI-investment note as it was public. Money is in millions of US dollars."""

    kind = models.CharField(max_length=20, choices=NoteKind)
    dated_from = models.DateField()
    dated_until = models.DateField()
    date_precision = models.CharField(max_length=7, choices=Precision)
    dated_month = models.CharField(max_length=7, blank=True)
    usd_low_millions = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    usd_millions = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    usd_high_millions = models.DecimalField(max_digits=15, decimal_places=3, null=True)
    plan_or_actual = models.CharField(max_length=7, choices=PlanOrActual)
    period_from = models.DateField(null=True)
    period_until = models.DateField(null=True)
    updates = models.BigIntegerField(null=True)

    class Meta(Edition.Meta):
        abstract = False
        constraints = [*Edition.Meta.constraints, one_of("kind", NoteKind)]
        indexes = [
            models.Index(
                fields=["dated_from", "record_id"],
                name="noteedition_today",
                condition=Q(known_until=OPEN, withdrawn=False),
            ),
            models.Index(fields=["known_from", "known_until", "dated_from"], name="noteedition_span"),
        ]

    def get_absolute_url(self) -> str:
        return f"/ai/{self.record_id}-{self.slug}/"

    @property
    def dated_on(self) -> str:
        return written(self.dated_from, self.date_precision)


class TotalEdition(Edition, Figure):
    """A published total as it was public."""

    publisher = models.CharField(max_length=200)
    scope = models.CharField(max_length=15, choices=TotalScope)
    geography = models.CharField(max_length=100)
    counts = models.CharField(max_length=12, choices=TotalCounts)
    period_from = models.DateField()
    period_until = models.DateField()
    as_of = models.DateField()

    class Meta(Edition.Meta):
        abstract = False


class HeadcountEdition(Edition, Figure):
    """A company's headcount as it was public."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    counted_from = models.DateField()
    counted_until = models.DateField()
    date_precision = models.CharField(max_length=7, choices=Precision)

    class Meta(Edition.Meta):
        abstract = False


class EventEditionCompany(models.Model):
    """Index, rebuilt with ownership: an edition's company (`direct`), and who owned it through the whole date."""

    edition = models.ForeignKey(EventEdition, models.CASCADE, related_name="company_index")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    direct = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "edition"], name="eventeditioncompany_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.company_id}"


class NoteEditionCompany(models.Model):
    """Index: a company of a note in its role (`direct`), and who owned it through the note's whole date."""

    edition = models.ForeignKey(NoteEdition, models.CASCADE, related_name="company_index")
    company = models.ForeignKey(Company, models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    direct = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "edition", "role", "direct"], name="noteeditioncompany_once")
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.company_id}"


class EventEditionTie(models.Model):
    """Index: an event or note (by its record's id) that an edition's document names, to find who names it."""

    class Kind(models.TextChoices):
        UPDATES = "updates"
        DISPUTED_BY = "disputed_by"
        NOTES = "notes"

    edition = models.ForeignKey(EventEdition, models.CASCADE, related_name="ties")
    kind = models.CharField(max_length=11, choices=Kind)
    other = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "other", "edition"], name="eventeditiontie_once")]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.kind} {self.other}"


class Document(models.Model):
    """Everything that a reader sees of a record: citations, units, relations (by id alone), words."""

    body = models.JSONField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"document {self.pk}"


class EventDocument(Document):
    edition = models.OneToOneField(EventEdition, models.CASCADE, primary_key=True, related_name="document")


class NoteDocument(Document):
    edition = models.OneToOneField(NoteEdition, models.CASCADE, primary_key=True, related_name="document")


class TotalDocument(Document):
    edition = models.OneToOneField(TotalEdition, models.CASCADE, primary_key=True, related_name="document")


class HeadcountDocument(Document):
    edition = models.OneToOneField(HeadcountEdition, models.CASCADE, primary_key=True, related_name="document")


def public_companies() -> models.QuerySet[Company]:
    """The companies that an edition has named, or that owned one it names; all others are the desk's alone."""
    named = [
        Exists(index.objects.filter(company=OuterRef("pk")))
        for index in (EventEditionCompany, NoteEditionCompany, HeadcountEdition)
    ]
    return Company.objects.filter(named[0] | named[1] | named[2])


class SourceLink(models.Model):
    """A source's archived copy: live, in no edition (model.md, "Two sides")."""

    source_id = models.BigIntegerField(primary_key=True)
    archived_url = models.URLField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return self.archived_url
