"""The starter data in the test database: read from its files once a process, put back from memory after that."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction

from events.dates import today
from events.imports import starter
from events.models import PublicRecord


def _models() -> list[type[models.Model]]:
    return list(apps.get_app_config("events").get_models(include_auto_created=True))


@cache
def _rows() -> list[tuple[type[models.Model], list[Any]]]:
    """Every row of the starter data, read back from a load that is undone."""
    with transaction.atomic():
        _open_record()
        starter.load()
        rows = [(model, list(model._base_manager.all())) for model in _models()]
        transaction.set_rollback(True)
    return rows


def _open_record() -> None:
    """One row alone, as a migration leaves it: a test with a server takes that away when it ends."""
    if not PublicRecord.objects.exists():
        PublicRecord.objects.create(opened_on=today())


def put_starter_data() -> None:
    """Fills an empty record with the starter data."""
    rows = _rows()
    with transaction.atomic():
        PublicRecord.objects.all().delete()
        for model, found in rows:
            model._base_manager.bulk_create(found)
        for statement in connection.ops.sequence_reset_sql(no_style(), [model for model, _ in rows]):
            with connection.cursor() as cursor:
                cursor.execute(statement)


@contextmanager
def starter_data_for_a_while() -> Iterator[None]:
    """The starter data inside a transaction, which is undone: for tests whose own transactions nest in it."""
    with transaction.atomic():
        put_starter_data()
        yield
        transaction.set_rollback(True)


@contextmanager
def starter_data_for_a_server() -> Iterator[None]:
    """The starter data where a server's threads see it; afterwards the record is as a migration leaves it."""
    put_starter_data()
    yield
    call_command("flush", verbosity=0, interactive=False)
    _open_record()
