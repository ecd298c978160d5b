"""What one answer sees: the database as it was when the answer began, however many questions it asks."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_state() -> Iterator[None]:
    """All questions asked within see one state of the database: a publication between two of them is seen by neither.

    For readers alone: nothing may be written within. Within a transaction it changes nothing.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Not atomic(): ours takes the write lock at once (settings), and readers must not wait for writers.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
        try:
            yield
        finally:
            if connection.connection is not None and connection.connection.in_transaction:
                connection.connection.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
