"""Thousands of rows into the database in one go, with their history.

Django's bulk_create spends most of its time on each single value: inserting ten thousand events with history and
editions took half a minute so. Here a value is prepared once, for the record and its entry of history alike.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.utils import timezone

CHUNK = 500
_PLAIN = (str, int, bool, type(None))


def insert(objects: Sequence[models.Model], *, as_given: bool = False) -> None:
    """Inserts `objects`, all of one model and new, and gives an id to each that has none. Like bulk_create: no save(),
    no signals. With `as_given`, moments that are set by themselves otherwise are left as they are."""
    _insert(objects, as_given)


def follow_ids(given: Sequence[type[models.Model]]) -> None:
    """After rows of these models were inserted with ids of their own: the next one has an id above them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(given)):
            cursor.execute(statement)


def insert_with_history(objects: Sequence[models.Model], reason: str, user: models.Model | None = None) -> None:
    """Inserts `objects` as `insert` does, with an entry of history each: created, for `reason`, by `user`."""
    if objects:
        fields, rows = _insert(objects)
        _execute_history(type(objects[0]), fields, rows, "+", reason, user)


def update_with_history(
    objects: Sequence[models.Model], names: Iterable[str], reason: str, user: models.Model | None = None
) -> None:
    """Writes the fields `names` of `objects`, all of one model and here already, with an entry of history each:
    changed, for `reason`, by `user`. Like QuerySet.update: no save(), no signals; but moments of change are set."""
    if not objects:
        return
    model, named = type(objects[0]), set(names)
    fields = list(model._meta.local_concrete_fields)
    # First those that set themselves: the history tells of them too.
    moments = [field for field in fields if getattr(field, "auto_now", False)]
    for field in moments:
        for obj in objects:
            field.pre_save(obj, False)
    columns = [_prepared(field, objects, as_given=True) for field in fields]
    written = [at for at, field in enumerate(fields) if field.name in named or field in moments]
    quote = connection.ops.quote_name
    places = ", ".join(f"{quote(str(fields[at].column))} = %s" for at in written)
    pk = fields.index(model._meta.pk)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {places} WHERE {quote(str(fields[pk].column))} = %s"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(zip(*(columns[at] for at in [*written, pk]), strict=True)))
    _execute_history(model, fields, list(zip(*columns, strict=True)), "~", reason, user)


def delete_with_history(objects: Sequence[models.Model], reason: str, user: models.Model | None = None) -> None:
    """Deletes `objects`, all of one model, with a last entry of history each; their history stays. No signals, and
    nothing that refers to them goes along: the database refuses while something does."""
    if not objects:
        return
    model = type(objects[0])
    fields = list(model._meta.local_concrete_fields)
    rows = list(zip(*(_prepared(field, objects, as_given=True) for field in fields), strict=True))
    _execute_history(model, fields, rows, "-", reason, user)
    for start in range(0, len(objects), CHUNK):
        some = model._default_manager.filter(pk__in=[obj.pk for obj in objects[start : start + CHUNK]])
        some._raw_delete(some.db)


def count_anew(*given: type[models.Model]) -> None:
    """After very many rows: lets PostgreSQL know, in this transaction still, how large these tables are. It plans by
    what it knew before, and goes through whole tables again and again where it knew of a few rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in given:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _execute_history(
    model: Any, fields: Sequence[models.Field], rows: list[tuple], kind: str, reason: str, user: models.Model | None
) -> None:
    history = model.history.model  # simple_history adds it
    own = {
        "history_date": timezone.now(),
        "history_change_reason": reason,
        "history_type": kind,
        "history_user_id": user.pk if user else None,
    }
    own_fields = [history._meta.get_field(name.removesuffix("_id")) for name in own]
    tail = tuple(
        field.get_db_prep_save(value, connection) for field, value in zip(own_fields, own.values(), strict=True)
    )
    same = [history._meta.get_field(field.name) for field in fields]
    written = [*same, *own_fields]
    if kind == "+" or not history._history_m2m_fields:
        _execute(history, written, [row + tail for row in rows])
        return
    # What a record is tied to belongs to its entry, which must be known for that.
    ids = _new_ids(history, len(rows))
    _execute(history, [history._meta.pk, *written], [(pk, *row, *tail) for pk, row in zip(ids, rows, strict=True)])
    at = fields.index(model._meta.pk)
    _insert_ties(history, {row[at]: pk for pk, row in zip(ids, rows, strict=True)})


def _insert_ties(history: Any, entries: dict[int, int]) -> None:
    """Keeps with `entries` of history, by record, what the records are tied to now by many-to-many fields."""
    keeping = [each.related_model for each in history._meta.related_objects]
    for field in history._history_m2m_fields:
        through = field.remote_field.through
        kept: Any = next(each for each in keeping if _is_history_of(each, through))
        names, owner = [each.attname for each in through._meta.concrete_fields], field.m2m_column_name()
        pks = list(entries)
        for start in range(0, len(pks), CHUNK):
            ties = through._default_manager.filter(**{f"{owner}__in": pks[start : start + CHUNK]}).values(*names)
            _insert([kept(history_id=entries[tie[owner]], **tie) for tie in ties])


def _insert(objects: Sequence[models.Model], as_given: bool = False) -> tuple[list[models.Field], list[tuple]]:
    """Inserts and returns the fields and, for each object, their values as the database takes them."""
    if not objects:
        return [], []
    if not connection.in_atomic_block:
        raise RuntimeError("Rows are inserted in bulk within a transaction: their ids are taken in advance.")
    model = type(objects[0])
    fields = list(model._meta.local_concrete_fields)
    new = [obj for obj in objects if obj.pk is None] if model._meta.auto_field else []
    if new:
        for obj, pk in zip(new, _new_ids(model, len(new)), strict=True):
            obj.pk = pk
    prepared = [_prepared(field, objects, as_given) for field in fields]
    rows = list(zip(*prepared, strict=True))
    _execute(model, fields, rows)
    for obj in objects:
        obj._state.adding = False
        obj._state.db = connection.alias
    return fields, rows


def _is_history_of(kept: type[models.Model], through: type[models.Model]) -> bool:
    return {each.name for each in through._meta.concrete_fields} <= {each.name for each in kept._meta.concrete_fields}


def _prepared(field: models.Field, objects: Sequence[models.Model], as_given: bool) -> list[Any]:
    """The values of `field` of all `objects` as the database takes them."""
    name = field.attname
    if type(field).pre_save is not models.Field.pre_save and not as_given:
        values = [field.pre_save(obj, True) for obj in objects]
    else:
        values = [getattr(obj, name) for obj in objects]
    prepare = field.get_db_prep_save
    if isinstance(field, models.JSONField):
        return [prepare(value, connection) for value in values]
    values = [value.value if isinstance(value, Enum) else value for value in values]
    return [value if type(value) in _PLAIN else prepare(value, connection) for value in values]


def _execute(model: type[models.Model], fields: Sequence[models.Field], rows: list[tuple]) -> None:
    quote = connection.ops.quote_name
    names, places = ", ".join(quote(str(f.column)) for f in fields), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608 - names of our own
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _new_ids(model: type[models.Model], number: int) -> Sequence[int]:
    """Ids that no row has or had; the transaction holds them."""
    table, column = model._meta.db_table, str(model._meta.pk.column)
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [quote(table), column, number],
            )
            return [row[0] for row in cursor.fetchall()]
        # The write lock is ours (settings: IMMEDIATE); AUTOINCREMENT follows the ids that are given.
        cursor.execute(f"SELECT COALESCE(MAX({quote(column)}), 0) FROM {quote(table)}")  # noqa: S608 - as above
        last = cursor.fetchone()[0]
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = max(last, cursor.fetchone()[0])
    return range(last + 1, last + 1 + number)
