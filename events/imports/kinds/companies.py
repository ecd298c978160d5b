"""Rows → companies: known by ticker or name, their blanks filled; what an editor wrote is never changed."""

from typing import Any

from events.imports.account import RowAccount
from events.imports.layouts.sp500 import CompanyFacts
from events.imports.matching import Companies
from events.imports.reading import RawRow
from events.imports.run import Run
from events.models import Company
from events.models.choices import RecordKind, RowOutcome

FILLED = ("ticker", "sector", "country", "place")
SECOND = "another class of shares of a company of this file; its first ticker is kept"
KEPT = "says otherwise than is known here; what is here is kept"


class CompaniesImport(Run):
    """One file of companies on its way into the desk. They need no publication: `publish` changes nothing."""

    def write(self) -> None:
        companies = Companies(self.answers)
        by_ticker = {
            company.ticker.upper(): company for company in Company.objects.filter(merged_into=None).exclude(ticker="")
        }
        of_file: dict[str, Company] = {}
        made: list[Company] = []
        filled: list[tuple[Company, dict[str, Any]]] = []
        became: list[tuple[RawRow, RowOutcome, Company, dict[str, Any]]] = []
        for raw, facts in self.rows():
            if facts.register and facts.register in of_file:
                became.append((raw, RowOutcome.SAME, of_file[facts.register], {}))
                self.report.same += 1
                self.report.warn(SECOND, raw.number, f"{facts.ticker}, {facts.name}")
                continue
            by_name, listed = companies.named(facts.name), by_ticker.get(facts.ticker)
            if by_name and listed and by_name.pk and by_name.pk != listed.pk:
                self.reject(
                    raw,
                    [f"its ticker {facts.ticker} is that of ‘{listed.name}’ here, its name that of ‘{by_name.name}’."],
                )
                continue
            company = listed or companies.company_for(
                facts.name, sector=facts.sector, country=facts.country, place=facts.place
            )
            if facts.register:
                of_file[facts.register] = company
            if not company.pk:
                if company.ticker:
                    became.append((raw, RowOutcome.SAME, company, {}))
                    self.report.same += 1
                    self.report.warn(SECOND, raw.number, f"{facts.ticker}, {facts.name}")
                    continue
                company.ticker = facts.ticker
                company.fill()
                made.append(company)
                became.append((raw, RowOutcome.NEW, company, {}))
                continue
            if missing := self._missing(raw, company, facts):
                filled.append((company, missing))
                self.report.changed += 1
                differences = [[name, "", value] for name, value in missing.items()]
                became.append((raw, RowOutcome.CHANGED, company, {"differences": differences}))
            else:
                self.report.same += 1
                became.append((raw, RowOutcome.SAME, company, {}))
        self.stop_at_rejects()
        self.account_for(companies, made)
        is_made = {id(company) for company in made}
        for raw, outcome, company, detail in became:
            record = company if id(company) in is_made else None
            self.accounts.put(RowAccount(raw, outcome, company.pk, detail, record, RecordKind.COMPANY))
        self.report.new = len(made)
        for company, values in filled:
            self.save(company, values)
        self.report.rejected.sort(key=lambda each: each.row.number)

    def _missing(self, raw: RawRow, company: Company, facts: CompanyFacts) -> dict[str, Any]:
        """What `company` lacks and the row says. The seat is one value of two."""
        said = {"ticker": facts.ticker, "sector": facts.sector}
        if not company.country and not company.place:
            said |= {"country": facts.country, "place": facts.place}
        for name in FILLED:
            here, there = getattr(company, name), getattr(facts, name)
            if here and there and here != there:
                self.report.warn(KEPT, raw.number, f"{company.name}: {name} is ‘{here}’ here, ‘{there}’ in the file")
        return {name: value for name, value in said.items() if value and not getattr(company, name)}
