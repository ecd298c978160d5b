"""Which company a file means: by name and alias, whatever its case, blanks, accents or legal suffix.

Nothing but the name decides: a spelling of an industry or of a country never makes a second company.
"""

from events.imports.layouts import Facts
from events.models import Alias, Company, OldSlug, OwnershipTree
from events.models.choices import PlaceBasis
from events.models.company import free_slug
from events.text import company_key


class Companies:
    """All companies by the key of their names, and those that an import makes."""

    def __init__(self) -> None:
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
        self._slugs: set[str] | None = None
        self.made: list[Company] = []
        self.matched: set[int] = set()

    def today_of(self, company_id: int) -> int:
        """The company that `company_id` was merged into; itself when it was not."""
        return self._owners.today_of(company_id)

    def company_for(self, facts: Facts) -> Company:
        """The company that a row names; one that is not here yet is put down to be made."""
        key = company_key(facts.company)
        company = self._known.get(key)
        if company is None:
            company = self._known[key] = self._new(facts)
            self.made.append(company)
        elif company.pk:
            self.matched.add(company.pk)
        if not company.pk:
            self._fill_blanks(company, facts)
        return company

    def _new(self, facts: Facts) -> Company:
        if self._slugs is None:
            self._slugs = {
                *Company.objects.values_list("slug", flat=True),
                *OldSlug.objects.values_list("slug", flat=True),
            }
        company = Company(name=facts.company, slug=free_slug(facts.company, self._slugs))
        self._slugs.add(company.slug)
        company.fill()
        return company

    @staticmethod
    def _fill_blanks(company: Company, facts: Facts) -> None:
        """Gives a new company what the file's rows say of it, the first row first. Where jobs are is no seat."""
        company.sector = company.sector or facts.sector
        if facts.place_basis == PlaceBasis.SEAT and not company.country and not company.place:
            company.country, company.place = facts.country, facts.place
