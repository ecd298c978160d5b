"""Reads each format as its readers do: with software that is not ours."""

import csv
import io
import json
import re
from datetime import date
from urllib.parse import urlsplit

import duckdb
import feedparser
import openpyxl
import pandas

from events.tests.views.reading import read


def body(response) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content) if response.streaming else response.content


def local(address: str) -> str:
    """An address of ours as the test client asks for it."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def csv_rows(client, address) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client.get(address)).decode(), newline="")))


def json_pages(client, address) -> list[dict]:
    """Every page, by its links."""
    pages = [json.loads(body(client.get(address)))]
    while following := pages[-1]["next"]:
        pages.append(json.loads(body(client.get(local(following)))))
    return pages


def json_rows(client, address) -> list[dict]:
    return [row for page in json_pages(client, address) for row in page["rows"]]


def jsonl_rows(client, address) -> list[dict]:
    return [json.loads(line) for line in body(client.get(address)).decode().splitlines()]


def sheets(client, address) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(body(client.get(address))))


def xlsx_rows(client, address) -> list[dict]:
    book, rows = sheets(client, address), []
    for name in book.sheetnames[1:]:
        header, *lines = book[name].iter_rows(values_only=True)
        rows += [dict(zip(header, line, strict=True)) for line in lines]
    return rows


def atom_pages(client, address) -> list:
    pages = [feedparser.parse(body(client.get(address)))]
    while following := [a for a in pages[-1].feed.links if a.rel == "next"]:
        pages.append(feedparser.parse(body(client.get(local(following[0].href)))))
    assert not any(page.bozo for page in pages), [page.get("bozo_exception") for page in pages]
    return pages


def page_ids(client, address) -> list[int | str]:
    """What a page lists, by its links, page by page: numbers of events and notes, slugs of companies."""
    found: list[int | str] = []
    path = address.partition("?")[0]
    pattern = {"/events/": r"/events/(\d+)-", "/ai/": r"/ai/(\d+)-", "/companies/": r"/companies/([-\w]+)/"}[path]
    while address:
        page = read(client.get(address))
        for row in [row for table in page.one(id="results").all("table", css="cards") for row in table.all("tr")]:
            links = [match[1] for link in row.links if (match := re.match(pattern, link))]
            found += [int(link) if link.isdigit() else link for link in links[:1]]
        older = page.all("a", rel="next")
        address = path + older[0]["href"] if older else ""
    return found


def by_pandas_csv(client, address) -> pandas.DataFrame:
    return pandas.read_csv(io.BytesIO(body(client.get(address))))


def by_duckdb(tmp_path, client, address, reader):
    """A file as DuckDB reads it: a connection with the view `file`."""
    path = tmp_path / "file"
    path.write_bytes(body(client.get(address)))
    connection = duckdb.connect()
    connection.execute(f"create view file as select * from {reader}('{path}')")
    return connection


def number(text: str) -> int | None:
    return int(text) if text else None


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
