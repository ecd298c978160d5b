"""Asks one address of the public web, once, within bounds: of time, of bytes, of where it may lead.

The standard library's http.client does it, because it lets us connect to the very address that was checked: a name that
resolves to a public address when it is checked and to a private one when it is asked leads nowhere. Redirects are not
followed here.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

PORTS = {"http": 80, "https": 443}
# Seconds for one request, from looking up the name to the last byte that is read.
LONGEST = 15.0

Resolve = Callable[[str, int], list[str]]


class NotPublic(Exception):
    """The address is none that this site asks: another scheme or port, or a host within somebody's own network."""


class NoAnswer(Exception):
    """Nothing usable came back: no such name, no connection, no valid certificate, too slow, no HTTP."""


@dataclass(frozen=True)
class Answer:
    """What one request got. `location` is where a redirect leads, as it was written."""

    status: int
    location: str = ""
    retry_after: str = ""
    body: bytes = b""


def resolved(host: str, port: int) -> list[str]:
    """Every address of `host`. Raises OSError."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_public(address: str) -> bool:
    """Whether `address` is one of the public internet; of those that carry an IPv4 address, whether that is."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        carried = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if carried is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            carried = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if carried is not None:
            return is_public(str(carried))
    # Site-local addresses are deprecated, and to Python global (RFC 3879).
    within = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or within)


@dataclass(frozen=True)
class Web:
    """How to ask. `exempt` are pairs of address and port that are asked though they are not public: for tests alone,
    whose servers run on this machine."""

    agent: str
    seconds: float = LONGEST
    resolve: Resolve = resolved
    exempt: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    def ask(self, method: str, url: str, most_bytes: int = 0) -> Answer:
        """Asks once. Of a body `most_bytes` are read at most. Raises NotPublic and NoAnswer."""
        ends = time.monotonic() + self.seconds
        scheme, host, port, path = _parts(url)
        addresses = self._checked(scheme, host, port)
        try:
            sock = self._connected(scheme, host, addresses, port, ends)
            try:
                connection = http.client.HTTPConnection(host, port)
                if port == PORTS[scheme]:
                    # The Host header then names no port, as browsers write it.
                    connection.default_port = port
                connection.sock = _TimedSocket(sock, ends)
                headers = {"User-Agent": self.agent, "Accept": "*/*", "Accept-Encoding": "identity"}
                connection.request(method, path, headers=headers | {"Connection": "close"})
                response = connection.getresponse()
                return Answer(
                    response.status,
                    response.headers.get("Location", "").strip(),
                    response.headers.get("Retry-After", "").strip(),
                    response.read(most_bytes) if most_bytes else b"",
                )
            finally:
                sock.close()
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(f"{type(error).__name__}: {error}"[:200]) from error

    def _checked(self, scheme: str, host: str, port: int) -> list[str]:
        """The addresses of `host`, all of which may be asked. One that may not refuses them all."""
        try:
            addresses = list(dict.fromkeys(self.resolve(host, port)))
        except (OSError, UnicodeError) as error:
            raise NoAnswer(f"{host}: {error}"[:200]) from error
        if not addresses:
            raise NoAnswer(f"{host} has no address.")
        for address in addresses:
            if (address, port) not in self.exempt and (port != PORTS[scheme] or not is_public(address)):
                raise NotPublic(f"{host} leads to {address}, port {port}.")
        return addresses

    def _connected(self, scheme: str, host: str, addresses: list[str], port: int, ends: float) -> socket.socket:
        """A connection to the first of the checked addresses that takes it. Raises OSError."""
        problem: OSError = OSError("no address")
        for address in addresses:
            try:
                plain = socket.create_connection((address, port), timeout=_left(ends))
            except OSError as error:
                problem = error
                continue
            if scheme == "http":
                return plain
            try:
                plain.settimeout(_left(ends))
                return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            except (OSError, ValueError):
                plain.close()
                raise
        raise problem


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with query, all in ASCII."""
    try:
        parts = urlsplit(iri_to_uri(url))
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or PORTS.get(parts.scheme, 0)
        if parts.scheme not in PORTS or not host or parts.username is not None:
            raise NotPublic(f"{url[:100]} is no plain address of the web.")
        host = urlsplit(url).hostname or host
        ascii_host = host if ":" in host else host.rstrip(".").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise NotPublic(f"{url[:100]}: {error}") from error
    path = parts.path or "/"
    return parts.scheme, ascii_host, port, f"{path}?{parts.query}" if parts.query else path


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("too slow")
    return left


class _TimedSocket:
    """A socket on which everything together ends in time, however slowly the other side drips."""

    def __init__(self, sock: socket.socket, ends: float) -> None:
        self._sock, self._ends = sock, ends

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(_left(self._ends))
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Drip(self._sock, self._ends))

    def close(self) -> None:
        """http.client closes before the body is read; whoever opened the socket closes it."""


class _Drip(io.RawIOBase):
    def __init__(self, sock: socket.socket, ends: float) -> None:
        self._sock, self._ends = sock, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._ends))
        return self._sock.recv_into(buffer)
