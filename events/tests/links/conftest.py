"""A server of this machine that answers as the worst of the web does."""

import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from events.links import Checker, Web


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def do_HEAD(self):
        self._answer()

    do_GET = do_HEAD

    def _answer(self):
        site = self.server.site
        site.asked.append((self.command, self.path))
        site.headers.append(dict(self.headers))
        path = self.path.partition("?")[0]
        with suppress(OSError):
            answer = site.answers.get((self.command, path)) or site.answers.get(path) or (200, {}, b"")
            if callable(answer):
                answer(self)
                return
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)


class Site:
    """What the server answers by path (or by method and path), and what it was asked."""

    def __init__(self):
        self.answers = {"/robots.txt": (404, {}, b"")}
        self.asked, self.headers, self.sent = [], [], 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.site = self
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def pages(self):
        """What was asked but for robots.txt."""
        return [asked for asked in self.asked if asked[1] != "/robots.txt"]

    def redirect(self, path, to, status=302):
        self.answers[path] = (status, {"Location": to}, b"")


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def web(site):
    return Web("LayoffWatch-links/1.0 (+https://x.example)", 0.25, exempt=frozenset({("127.0.0.1", site.port)}))


@pytest.fixture
def checker(web):
    return Checker(web, "LayoffWatch-links", pause=0)


def silent(handler):
    """Says nothing until the other side has gone."""
    time.sleep(0.3)


def dripping(handler):
    """A letter of a header every now and then: never late, and never done."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
    for _n in range(100):
        time.sleep(0.05)
        handler.wfile.write(b"x")
        handler.wfile.flush()


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    while handler.command == "GET" and handler.server.site.sent < 2**30:
        handler.wfile.write(b"x" * 65536)
        handler.server.site.sent += 65536


@pytest.fixture
def desk_of_editor(admin_client):
    from events.tests.admin.browsing import Desk

    return Desk(admin_client)
