"""Which company a file means: by name and alias, whatever its case, blanks, accents or legal suffix.

Nothing but the name decides: a spelling of an industry or of a country never makes a second company. A name that is
only near a known one is never taken for it: it is listed, with candidate and score, until an editor says which.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from events.models import Alias, Company, OldSlug, OwnershipTree
from events.models.company import free_slug
from events.text import company_key

# From which score two keys are near: a letter or two of ten differ. Below five letters nothing is.
NEAR = 88
SHORTEST = 5
NEW = "new"
Answers = Mapping[str, Company | str]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A name of a file that is near a company's; `score` is out of 100. The name became a company of its own."""

    name: str
    candidate: Company
    score: int


def companies_named(words: str) -> list[Company]:
    """The companies of today with this name or alias."""
    key, live = company_key(words), Company.objects.filter(merged_into=None)
    if not key:
        return []
    ids = set(live.filter(match_key=key).values_list("pk", flat=True))
    ids |= set(Alias.objects.filter(match_key=key, company__merged_into=None).values_list("company_id", flat=True))
    return list(live.filter(pk__in=ids).order_by("name", "pk"))


class Companies:
    """All companies by the key of their names, and those that an import makes.

    `answers` say of names as the file writes them which company is meant, or "new".
    """

    def __init__(self, answers: Answers | None = None) -> None:
        self._owners = OwnershipTree.load()
        self._known: dict[str, Company] = {}
        by_id = {company.pk: company for company in Company.objects.order_by("-pk")}
        # The later line wins: a live company's own name before an alias, an alias before a merged company's name.
        live = [company for company in by_id.values() if company.merged_into_id is None]
        merged = [company for company in by_id.values() if company.merged_into_id is not None]
        names = [(company.match_key, company.pk) for company in merged]
        names += Alias.objects.values_list("match_key", "company_id")
        names += [(company.match_key, company.pk) for company in live]
        for key, pk in names:
            self._known[key] = by_id[self._owners.today_of(pk)]
        self.doubtful: list[Doubtful] = []
        self.aliases: list[Alias] = []
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for key in self._known:
            self._by_start[key[:1]].append(key)
        self._answered = set()
        for name, answer in (answers or {}).items():
            key = company_key(name)
            self._answered.add(key)
            if isinstance(answer, Company) and key not in self._known:
                self._known[key] = by_id[self._owners.today_of(answer.pk)]
                self.aliases.append(Alias(company=self._known[key], name=name[:200], match_key=key))
        self._slugs: set[str] | None = None
        self.made: list[Company] = []
        self.matched: set[int] = set()

    def today_of(self, company_id: int) -> int:
        """The company that `company_id` was merged into; itself when it was not."""
        return self._owners.today_of(company_id)

    def named(self, name: str) -> Company | None:
        """The company of this name or alias, if there is one."""
        return self._known.get(company_key(name))

    def company_for(self, name: str, *, sector: str = "", country: str = "", place: str = "") -> Company:
        """The company that a row names; one that is not here yet is put down to be made, at this seat."""
        key = company_key(name)
        company = self._known.get(key)
        if company is None:
            if key not in self._answered:
                self._doubt(key, name)
            company = self._known[key] = self._new(name)
            self.made.append(company)
        elif company.pk:
            self.matched.add(company.pk)
        if not company.pk:
            # The first row that says something holds.
            company.sector = company.sector or sector
            if not company.country and not company.place:
                company.country, company.place = country, place
        return company

    def _doubt(self, key: str, name: str) -> None:
        """Notes the nearest known company, if one is near. Names that differ in a number are never near."""
        if len(key) < SHORTEST:
            return
        numbers = re.findall(r"\d+", key)
        found = process.extractOne(key, self._by_start[key[:1]], scorer=fuzz.ratio, score_cutoff=NEAR)
        if found and len(found[0]) >= SHORTEST and re.findall(r"\d+", found[0]) == numbers:
            self.doubtful.append(Doubtful(name, self._known[found[0]], round(found[1])))

    def _new(self, name: str) -> Company:
        if self._slugs is None:
            self._slugs = {
                *Company.objects.values_list("slug", flat=True),
                *OldSlug.objects.values_list("slug", flat=True),
            }
        company = Company(name=name, slug=free_slug(name, self._slugs))
        self._slugs.add(company.slug)
        company.fill()
        return company
