"""Companies, their names and who owned them when: identity, which serves the desk and the public record."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from events.models.choices import Sector
from events.models.fields import PERMISSIONS, FullText, NoOverlap, one_of
from events.text import company_key, fold, words

# A company and what it was merged into, through any number of steps that occur.
MERGED_INTO = ("pk", "merged_into", "merged_into__merged_into", "merged_into__merged_into__merged_into")


class Company(models.Model):
    """An employer."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=120, unique=True, blank=True)
    match_key = models.CharField(max_length=200, editable=False)
    search_text = models.TextField(editable=False, default="")
    ticker = models.CharField(_("ticker"), max_length=12, blank=True)
    wikidata_id = models.CharField(_("Wikidata id"), max_length=20, blank=True)
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    country = models.CharField(_("country of its seat"), max_length=2, blank=True, help_text=_("ISO code: US, DE, IN"))
    place = models.CharField(_("seat"), max_length=200, blank=True, help_text=_("City, state or region"))
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        default_permissions = PERMISSIONS
        permissions = [("merge_company", "Can merge companies")]
        ordering = ["name"]
        constraints = [
            FullText(field="search_text", name="company_search"),
            one_of("sector", Sector, blank=True),
            models.UniqueConstraint(
                fields=["match_key"],
                condition=Q(merged_into__isnull=True),
                name="company_one_name",
                violation_error_message=_("There is a company of this name already (spelled the same or nearly so)."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="company_not_merged_into_itself",
                violation_error_message=_("A company cannot be merged into itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/companies/{self.slug}/"

    def fill(self, aliases: Iterable[str] = ()) -> None:
        """Sets what follows from the name: the key to match by, the words to search in."""
        self.match_key = company_key(self.name)
        names = [fold(n) for n in [self.name, *aliases, self.ticker] if n]
        # As people write them, for the desk ("c3.ai"), and as words, for readers ("c3 ai").
        self.search_text = " ".join(dict.fromkeys([*names, *(" ".join(words(n)) for n in names)])).strip()

    def clean(self) -> None:
        self.fill()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill(self.aliases.values_list("name", flat=True) if self.pk else ())
        if not self.slug:
            self.slug = free_slug(self.name)
        super().save(*args, **kwargs)


def free_slug(name: str, taken: set[str] | None = None) -> str:
    """An address for a company of `name` that no other has ("acme", else "acme-2", ...)."""
    base = slugify(name)[:110] or "company"
    if taken is None:
        taken = set(Company.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        taken |= set(OldSlug.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


class OldSlug(models.Model):
    """An address that a company had before it was renamed: it redirects for ever."""

    slug = models.SlugField(max_length=120, unique=True)
    company = models.ForeignKey(Company, models.CASCADE, related_name="old_slugs")

    def __str__(self) -> str:
        return self.slug


class Alias(models.Model):
    """Another name of a company: a former name, a brand, a spelling of a file."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="aliases", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=200)
    match_key = models.CharField(
        max_length=200,
        unique=True,
        editable=False,
        error_messages={"unique": _("Another company has this alias already.")},
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.match_key = company_key(self.name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.match_key = company_key(self.name)
        super().save(*args, **kwargs)


class Ownership(models.Model):
    """`parent` owned `company` from `since` until, not including, `until`; an empty day is an open end."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="owners", verbose_name=_("company"))
    parent = models.ForeignKey(Company, models.PROTECT, related_name="owned", verbose_name=_("parent"))
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day no longer owned."))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownership over time")
        ordering = ["company", F("since").asc(nulls_first=True)]
        constraints = [
            models.CheckConstraint(
                condition=~Q(company=F("parent")),
                name="ownership_not_of_itself",
                violation_error_message=_("A company cannot own itself."),
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lt=F("until")),
                name="ownership_since_before_until",
                violation_error_message=_("“Until” must lie after “since”."),
            ),
            NoOverlap(
                group="company",
                since="since",
                until="until",
                name="ownership_one_parent_a_day",
                violation_error_message=_("The company has another parent on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} → {self.parent}"

    def clean(self) -> None:
        if self.company_id and self.parent_id:
            tree = OwnershipTree.load(leaving_out=self.pk)
            tree.add(self.company_id, self.parent_id, self.since, self.until)
            if tree.has_cycle(self.company_id):
                raise ValidationError(_("This would make the company, through its owners, its own owner."))


class OwnershipTree:
    """Who owned whom on which day, in memory: the table is small and every edition asks it."""

    def __init__(self) -> None:
        self.parents: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
        self.merged: dict[int, int] = {}

    @classmethod
    def load(cls, leaving_out: int | None = None) -> "OwnershipTree":
        tree = cls.load_merged()
        ownerships = Ownership.objects.exclude(pk=leaving_out) if leaving_out else Ownership.objects.all()
        for company, parent, since, until in ownerships.values_list("company_id", "parent_id", "since", "until"):
            tree.add(company, parent, since, until)
        return tree

    @classmethod
    def load_merged(cls) -> "OwnershipTree":
        """Only who was merged into whom."""
        tree = cls()
        merged = Company.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id")
        tree.merged = {company: target for company, target in merged if target is not None}
        return tree

    def add(self, company: int, parent: int, since: date | None, until: date | None) -> None:
        self.parents[company].append((since or date.min, until or date.max, parent))

    def today_of(self, company: int) -> int:
        """The company that `company` was merged into, through any number of steps; itself when it was not."""
        seen = set()
        while company in self.merged and company not in seen:
            seen.add(company)
            company = self.merged[company]
        return company

    def owners_on(self, company: int, day: date) -> list[int]:
        """The owners of `company` on `day`, nearest first."""
        company, owners = self.today_of(company), []
        while parent := next((p for since, until, p in self.parents.get(company, ()) if since <= day < until), None):
            company = self.today_of(parent)
            if company in owners:
                break
            owners.append(company)
        return owners

    def owners_through(self, company: int, first: date, last: date) -> list[int]:
        """Who owned `company` on every day from `first` to `last`: an imprecise date counts under no other."""
        owners = self.owners_on(company, first)
        # Owners change only where some ownership above begins or ends.
        edges, todo, seen = {last}, [self.today_of(company)], set()
        while todo:
            current = todo.pop()
            if current in seen:
                continue
            seen.add(current)
            for since, until, parent in self.parents.get(current, ()):
                edges |= {day for day in (since, until) if first < day <= last}
                todo.append(self.today_of(parent))
        for day in edges:
            there = self.owners_on(company, day)
            owners = [owner for owner in owners if owner in there]
        return owners

    def topmost_through(self, company: int, first: date, last: date) -> int:
        """Who stands above all others that owned `company` from `first` to `last`; `company` where nobody did."""
        owners = self.owners_through(company, first, last)
        return owners[-1] if owners else self.today_of(company)

    def families(self, companies: Iterable[int]) -> Iterator[list[int]]:
        """These companies with all that ownership or a merger ever tied them to, each company once."""
        tied = defaultdict(set)
        links = [(child, parent) for child, spans in self.parents.items() for _since, _until, parent in spans]
        for one, other in [*links, *self.merged.items()]:
            tied[one].add(other)
            tied[other].add(one)
        seen: set[int] = set()
        for company in companies:
            family, todo = [], [company]
            while todo:
                current = todo.pop()
                if current not in seen:
                    seen.add(current)
                    family.append(current)
                    todo.extend(tied.get(current, ()))
            if family:
                yield family

    def below(self, company: int) -> set[int]:
        """`company` and all that it ever owned or that was merged into one of them."""
        children = defaultdict(set)
        for child, spans in self.parents.items():
            for _since, _until, parent in spans:
                children[self.today_of(parent)].add(child)
        for child, target in self.merged.items():
            children[target].add(child)
        found, todo = set(), [company]
        while todo:
            current = todo.pop()
            if current not in found:
                found.add(current)
                todo.extend(children[current])
        return found

    def has_cycle(self, company: int) -> bool:
        """Whether on some day `company` is among its own owners."""
        edges = {since for spans in self.parents.values() for since, _until, _parent in spans}
        return any(self._reaches_itself(company, day) for day in edges)

    def _reaches_itself(self, company: int, day: date) -> bool:
        start, seen, current = self.today_of(company), set(), self.today_of(company)
        while parent := next((p for since, until, p in self.parents.get(current, ()) if since <= day < until), None):
            current = self.today_of(parent)
            if current == start:
                return True
            if current in seen:
                return False
            seen.add(current)
        return False
