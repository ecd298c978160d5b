"""The files as readers get them: listed on /data/, sent whole, in part or not at all."""

import hashlib
import io
import zipfile

import duckdb
import pytest

from events.dataset.build import build
from events.models import LayoffEvent
from events.publishing import correct
from events.tests.factories import make_company, published
from events.tests.views.reading import body, number, read

pytestmark = pytest.mark.django_db

ZIP = "/data/files/layoffwatch-data.zip"


@pytest.fixture
def event(data_folder):
    """One event, built."""
    event = published(make_company("Amazon"), 500)
    build(data_folder, keep_weekly=True)
    return event


def content(response):
    assert response.status_code in (200, 206), response.status_code
    return b"".join(response.streaming_content)


def test_the_page_says_how_to_build_where_nothing_was_built(client, db):
    section = read(client.get("/data/")).one("section", id="set")
    assert "manage.py build_data" in section.text
    assert section.all("table") == []
    assert client.get(ZIP).status_code == 404


def test_every_file_is_listed_with_its_rows_and_can_be_had(client, event):
    section = read(client.get("/data/")).one("section", id="set")
    links = [link for link in section.links if link.startswith("/data/files/")]
    assert len(links) > 20
    for link in links:
        response = client.get(link)
        sent = content(response)
        assert int(response.headers["Content-Length"]) == len(sent), link
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    (row,) = (row for row in section.all("tr") if ZIP in row.links)
    assert row.one("code").text == hashlib.sha256(content(client.get(ZIP))).hexdigest()
    (row,) = (row for row in section.all("tr") if "/data/files/events.parquet" in row.links)
    assert number(row.all("td")[1].text) == 1


def test_the_page_says_when_the_record_has_moved_on_since(client, event):
    assert "by now" not in read(client.get("/data/")).one("section", id="set").text
    event = LayoffEvent.objects.get(pk=event.pk)
    event.title = "Amazon cuts 500 jobs"
    event.save()
    correct(event, "A better title.")
    assert "The record is at version 2 by now" in read(client.get("/data/")).one("section", id="set").text


def test_a_file_that_a_reader_has_is_not_sent_again(client, event):
    first = client.get(ZIP)
    again = client.get(ZIP, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, body(again)) == (304, "")
    since = client.get(ZIP, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 304


def test_a_file_is_sent_as_it_lies_and_never_compressed_once_more(client, event):
    response = client.get(ZIP, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert zipfile.ZipFile(io.BytesIO(content(response))).testzip() is None


def test_a_part_of_a_file_is_sent_where_it_is_asked_for(client, event):
    whole = content(client.get(ZIP))
    size = len(whole)
    for asked, start, end in [
        ("bytes=0-3", 0, 3),
        ("bytes=10-", 10, size - 1),
        ("bytes=-4", size - 4, size - 1),
        (f"bytes=5-{size + 100}", 5, size - 1),
        (f"bytes=-{size + 100}", 0, size - 1),
    ]:
        response = client.get(ZIP, headers={"Range": asked})
        assert response.status_code == 206, asked
        assert response.headers["Content-Range"] == f"bytes {start}-{end}/{size}"
        assert content(response) == whole[start : end + 1], asked


def test_a_part_that_is_not_there_is_refused(client, event):
    size = len(content(client.get(ZIP)))
    for asked in (f"bytes={size}-", "bytes=-0"):
        response = client.get(ZIP, headers={"Range": asked})
        assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{size}"), asked


@pytest.mark.parametrize(
    "asked", ["bytes=-", "bytes=3-1", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b", "bytes=0-" + "9" * 40]
)
def test_a_question_for_parts_that_is_none_gets_the_whole(client, event, asked):
    assert client.get(ZIP, headers={"Range": asked}).status_code == 200


def test_a_part_of_a_file_that_is_another_by_now_is_not_taken_for_the_old_ones(client, event):
    assert client.get(ZIP, headers={"Range": "bytes=0-3", "If-Range": '"another"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/data/files/.lock",
        "/data/files/..",
        "/data/files/../current/layoffwatch-data.zip",
        "/data/files/%2e%2e/%2e%2e/layoffwatch.sqlite3",
        "/data/files/current",
        "/data/files/",
        "/data/files/weekly/",
        "/data/files/weekly/2026-W99/layoffwatch-data.zip",
        "/data/files/weekly/..-W48/layoffwatch-data.zip",
        "/data/files/nothing.parquet",
    ],
)
def test_nothing_but_a_file_of_a_build_is_served(client, event, path):
    assert client.get(path).status_code == 404


def test_nothing_that_was_laid_into_the_folder_is_served(client, event, data_folder):
    (data_folder / "current" / "notes.txt").write_text("of the operator")
    assert client.get("/data/files/notes.txt").status_code == 404


def test_what_the_page_says_of_duckdb_holds(client, event, tmp_path):
    (code,) = (c.text for c in read(client.get("/data/")).one("section", id="set").all("pre"))
    address = code.split("'")[1]
    (tmp_path / "events.parquet").write_bytes(content(client.get(address.removeprefix("http://testserver"))))
    asked = code.split('"')[1].replace(address, str(tmp_path / "events.parquet"))
    assert duckdb.sql(asked).fetchall() == [(None, 500)]
