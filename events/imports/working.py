"""Work on a batch that outlasts a request: one process at a time, seen to be alive, its progress told.

Whoever works holds a lock on a file of the batch. The system lets go of it when the process ends, however it ends: so a
batch that something was asked of and that nobody holds was left by a process that died (docs/decisions/0010).
"""

import fcntl
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

TRIES = 10  # whoever only looks holds the lock for a moment too
_EVERY = 0.3  # seconds between two notes of progress


class Busy(Exception):
    """Another process works on this batch."""


def folder() -> Path:
    """The folder of uploaded files, which nobody but this site's user can read."""
    path = Path(settings.IMPORT_DIR)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _lock_file(batch_id: int) -> Path:
    return folder() / f"{batch_id}.lock"


def _progress_file(batch_id: int) -> Path:
    return folder() / f"{batch_id}.progress"


@contextmanager
def hold(batch_id: int) -> Iterator[int]:
    """Holds the lock of a batch; gives its descriptor, which a process may inherit. Raises Busy when it is held."""
    descriptor = os.open(_lock_file(batch_id), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        for left in reversed(range(TRIES)):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if not left:
                    raise Busy from error
                time.sleep(0.02)
        yield descriptor
    finally:
        # A process that inherited the descriptor goes on holding the lock.
        os.close(descriptor)


def is_held(batch_id: int) -> bool:
    """Whether somebody works on the batch at this moment."""
    try:
        descriptor = os.open(_lock_file(batch_id), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def progress_to(batch_id: int) -> Callable[[str], None]:
    """A function that notes how far the work has come, now and then, for others to read.

    In a file, not in the database: SQLite has one writer, and that is the import.
    """
    last = 0.0
    path = _progress_file(batch_id)

    def note(words: str) -> None:
        nonlocal last
        if (now := time.monotonic()) - last < _EVERY and last:
            return
        last = now
        handle, draft = tempfile.mkstemp(dir=path.parent)
        with open(handle, "w", encoding="utf-8") as file:
            file.write(words)
        os.replace(draft, path)

    return note


def progress_of(batch_id: int) -> str:
    """What the work on the batch said last; nothing when it has not begun."""
    try:
        return _progress_file(batch_id).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def detach(batch_id: int, lock: int) -> None:
    """Starts a process of its own for the work that was asked of the batch. It holds `lock` until it ends."""
    _progress_file(batch_id).unlink(missing_ok=True)
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, str(settings.BASE_DIR / "manage.py"), "import_data", "--batch", str(batch_id)],
        cwd=settings.BASE_DIR,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(lock,),
        # The server may end or start anew meanwhile.
        start_new_session=True,
    )
    threading.Thread(target=process.wait, daemon=True).start()


def clean(batch_id: int) -> None:
    """Removes what the work on a batch left beside its file."""
    _progress_file(batch_id).unlink(missing_ok=True)
    _lock_file(batch_id).unlink(missing_ok=True)
