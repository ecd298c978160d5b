"""Small made-up files in the layouts that can be read. No row of a real file is here."""

import csv
import io

TECH = "company,location,total_laid_off,date,percentage_laid_off,industry,source,stage,funds_raised,country,date_added"
PLACES = (
    "Nr,Company,Location_HQ,Region,USState,Country,Continent,Laid_Off,Date_layoffs,Percentage,"
    "Company_Size_before_Layoffs,Company_Size_after_layoffs,Industry,Stage,Money_Raised_in__mil,Year,latitude,longitude"
)
CALIFORNIA = (
    "notice_date,effective_date,received_date,company,city,num_employees,layoff_or_closure,county,address,source_file"
)
REGISTER = (
    "state,employer_name,location,notice_date,effective_date,employees_affected,layoff_type,is_temporary,is_amendment,source_url,"
    "source_notice_id,first_seen"
)


def as_csv(header, rows):
    """The text of a file with `rows` of cells by column; what a row leaves out is blank."""
    columns = header.split(",")
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def tech_row(company="Acme", people="120", date="3/14/2024", **cells):
    return {
        "company": company,
        "location": "Springfield",
        "total_laid_off": people,
        "date": date,
        "industry": "Retail",
        "source": f"https://paper.example/{company.strip().lower().replace(' ', '-')}",
        "stage": "Series C",
        "country": "United States",
        "date_added": "3/15/2024",
        **cells,
    }


def tech(*rows):
    return as_csv(TECH, [tech_row(**row) if isinstance(row, dict) else tech_row(*row) for row in rows])


def california_row(company="Acme", people="120", date="03/14/2024", **cells):
    return {
        "notice_date": date,
        "effective_date": "05/14/2024",
        "received_date": "03/15/2024",
        "company": company,
        "city": "Springfield",
        "num_employees": people,
        "layoff_or_closure": "Layoff Permanent",
        "county": "Some County",
        "address": "1 Main Street",
        "source_file": "notices.pdf",
        **cells,
    }


def california(*rows):
    return as_csv(CALIFORNIA, [california_row(**row) for row in rows])


def places(*rows):
    plain = {"Company": "Acme", "Location_HQ": "Springfield", "USState": "Oregon", "Country": "USA", "Laid_Off": "120",
             "Date_layoffs": "2024-03-14", "Industry": "Retail"}  # fmt: skip
    return as_csv(PLACES, [plain | row for row in rows])


def register(*rows):
    plain = {
        "state": "WA",
        "employer_name": "Acme",
        "location": "Springfield",
        "notice_date": "2024-03-14",
        "employees_affected": "120",
        "layoff_type": "closure",
        "source_url": "https://state.example/notices",
    }
    return as_csv(REGISTER, [plain | row for row in rows])


ERM = "Id,Announcement date,Country,Company,Sector,Restructuring type,Employment Change"
TRANSFORMER = (
    "hash_id,first_inserted_date,notice_date,effective_date,postal_code,company,location,jobs,is_closure,is_temporary,"
    "is_superseded,is_amendment,likely_ancestor,estimated_amendments,last_updated_date"
)


def erm(*rows):
    plain = {"Id": "1", "Announcement date": "14/03/2024", "Country": "Germany", "Company": "Acme", "Sector": "Retail",
             "Restructuring type": "Internal restructuring", "Employment Change": "-120"}  # fmt: skip
    return as_csv(ERM, [plain | row for row in rows])


def transformer(*rows):
    plain = {"hash_id": "a", "first_inserted_date": "2024-03-15 10:00:00+00:00", "notice_date": "2024-03-14",
             "postal_code": "WA", "company": "Acme", "location": "Springfield", "jobs": "120", "is_closure": "True",
             "is_temporary": "False", "is_superseded": "False", "is_amendment": "False"}  # fmt: skip
    return as_csv(TRANSFORMER, [plain | row for row in rows])
