"""A file that ends early says so (cases.md 12): over a real server, the transfer breaks and no row is invented."""

import gzip
import http.client
import os
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from events.answers.answer import SUBJECTS, Answer, RowsDiffer
from events.publishing import publish
from events.query import EventQuery
from events.tests.factories import make_event

ROOT = Path(__file__).resolve().parents[3]
STATED = 20_000
# So long a hung test waits before it fails.
PATIENCE = 120


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of gunicorn with events/tests/answers/broken_site.py, in the configuration of production."""
    folder = tmp_path_factory.mktemp("broken")
    # The socket listens before the server runs: whoever connects early waits.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        fd = listening.fileno()
        environment = {
            **os.environ,
            "VAR_DIR": str(folder),
            "DATABASE_URL": "sqlite://:memory:",
            "PORT": "0",
            "WEB_CONCURRENCY": "1",
            "BEHIND_TLS": "0",
        }
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"fd://{fd}"]
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                [*command, "events.tests.answers.broken_site:application"],
                cwd=ROOT, env=environment, pass_fds=[fd], stdout=log, stderr=log,
            )  # fmt: skip
        try:
            yield listening.getsockname()
        finally:
            process.terminate()
            process.wait(PATIENCE)


def ask(server, address, **headers) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(*server, timeout=PATIENCE)
    connection.request("GET", address, headers=headers)
    return connection.getresponse()


def rows_in(text: bytes, ending: str) -> int:
    """The whole rows of a file; what follows the last line break is none."""
    return text.count(b"\n") - (ending == "csv")


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_whole_file_arrives_with_as_many_rows_as_were_stated(ending, server):
    response = ask(server, f"/events.{ending}?q=whole")
    assert (response.status, response.headers["X-Total-Count"]) == (200, str(STATED))
    assert rows_in(response.read(), ending) == STATED


@pytest.mark.parametrize("how", ["fails", "short"])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_file_whose_rows_fail_or_fall_short_breaks_the_transfer(ending, how, server):
    response = ask(server, f"/events.{ending}?q={how}")
    assert (response.status, response.headers["X-Total-Count"]) == (200, str(STATED))
    with pytest.raises(http.client.IncompleteRead) as broken:
        response.read()
    text = broken.value.partial
    assert 0 < rows_in(text, ending) < STATED
    # What did arrive are rows and nothing else: no word of an error, no page in their midst.
    last = text.rpartition(b"\n")[0].rpartition(b"\n")[2]
    number = rows_in(text, ending) - 1
    assert (
        last.strip()
        == (f"{number},row {number}" if ending == "csv" else f'{{"id":{number},"text":"row {number}"}}').encode()
    )
    assert not any(word in text.lower() for word in (b"error", b"went away", b"traceback", b"<html"))


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_compressed_file_that_fails_is_broken_in_both_its_layers(ending, server):
    response = ask(server, f"/events.{ending}?q=fails", **{"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    with pytest.raises(http.client.IncompleteRead) as broken:
        response.read()
    reader = zlib.decompressobj(wbits=31)
    assert 0 < rows_in(reader.decompress(broken.value.partial), ending) < STATED
    assert not reader.eof
    with pytest.raises(EOFError):
        gzip.decompress(broken.value.partial)


def test_a_reader_of_old_http_that_sees_no_break_can_still_count(server):
    """HTTP/1.0 has no chunks: the end of the connection is the end of the file. The stated number tells."""
    with socket.create_connection(server, timeout=PATIENCE) as connection:
        connection.sendall(b"GET /events.csv?q=fails HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, text = answer.partition(b"\r\n\r\n")
    assert f"x-total-count: {STATED}".encode() in head.lower()
    assert rows_in(text, "csv") < STATED


def test_a_spreadsheet_whose_rows_fail_is_no_file_at_all(server):
    for how in ("fails", "short"):
        response = ask(server, f"/events.xlsx?q={how}")
        assert response.status == 500
        assert b"went away" not in response.read()


def test_asking_for_the_head_alone_writes_no_row(server):
    connection = http.client.HTTPConnection(*server, timeout=PATIENCE)
    connection.request("HEAD", "/events.csv?q=fails")
    response = connection.getresponse()
    assert (response.status, response.read(), response.headers["X-Total-Count"]) == (200, b"", str(STATED))


@pytest.mark.django_db
@pytest.mark.parametrize("other", [1, 3])
def test_rows_that_are_not_as_many_as_stated_are_an_error(other, amazon):
    publish([make_event(amazon, 5) for _n in range(2)])
    answer = Answer.to(SUBJECTS["events"], EventQuery.from_string(""), "")
    assert answer.about.rows == 2
    answer.selection.stream = lambda: iter([*answer.selection.ordered(), *answer.selection.ordered()][:other])
    found = []
    with pytest.raises(RowsDiffer, match=f"{other} rows came, 2 were stated"):
        found.extend(answer.rows())
