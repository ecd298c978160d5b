"""The production server: `make run` and deploy/layoffwatch.service start it.

HOST and PORT say where it listens, WEB_CONCURRENCY how many processes serve (two by default), WEB_THREADS how many
threads each has (four). Access is not logged: behind a proxy, the proxy's log says it.
"""

import logging
import os
import socket
import sys
from pathlib import Path

host = os.environ.get("HOST") or "127.0.0.1"
port = os.environ.get("PORT") or "8000"
address = f"[{host}]" if ":" in host else host

wsgi_app = "layoffwatch.wsgi:application"
chdir = str(Path(__file__).resolve().parent.parent)
bind = f"{address}:{port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
# Loaded once, before the address is printed: what cannot start says so instead. New code needs a restart.
preload_app = True
# A long file takes a while to send over a slow line.
timeout = 120
graceful_timeout = 20
keepalive = 5
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
control_socket_disable = True
accesslog = None
errorlog = "-"
loglevel = "warning"
# Django answers HEAD with the whole page and leaves it to the server to send the headers alone: no cause to warn.
logging.getLogger("gunicorn.http.wsgi").addFilter(lambda record: "no-body response" not in str(record.msg))


def on_starting(_server: object) -> None:
    """One clear sentence, not five attempts, when something else listens there."""
    if "LISTEN_FDS" in os.environ or "GUNICORN_FD" in os.environ:
        return
    try:
        family, _, _, _, where = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except ValueError:
        sys.exit(f"PORT={port} is no number. Example: make run PORT=8001")
    except OSError as error:
        sys.exit(
            f"LayoffWatch cannot listen at {bind}: {error.strerror}. "
            f"If something else runs there, choose another port: make run PORT={int(port) + 1}"
        )


# So long an address is still answered by a page of ours, which says what is wrong with it.
limit_request_line = 8190


def when_ready(_server: object) -> None:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else address  # noqa: S104
    print(f"LayoffWatch is at http://{shown}:{port}/", flush=True)  # noqa: T201
