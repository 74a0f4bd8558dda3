"""Write many rows at once, on SQLite and PostgreSQL, without an object nor a statement per row."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import connection, models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db.models import Field, Model, QuerySet

MANY = 2000
"""Rows written, or keys looked for, in one go."""


def insert_rows(model: type[Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given by attribute name; what is absent takes the field's default.

    Keys made by the database are not read back.
    """
    if not rows:
        return
    meta = model._meta
    fields = [f for f in meta.concrete_fields if not (f.primary_key and f.db_returning)]
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    # names of our columns, quoted by the database; values are parameters
    sql = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608
    prepared = []
    for field in fields:
        prepare, name = _prepare(field), field.attname
        default = prepare(field.get_default()) if any(name not in row for row in rows) else None
        prepared.append([prepare(row[name]) if name in row else default for row in rows])
    _execute(sql, list(zip(*prepared, strict=True)))


def update_many(objects: Sequence[Model], names: Sequence[str]) -> None:
    """Write some fields of objects already in the database."""
    if not objects:
        return
    meta = type(objects[0])._meta
    fields = [*(meta.get_field(name) for name in names), meta.pk]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(field.column)} = %s" for field in fields[:-1])
    key = quote(meta.pk.column)
    # the same
    sql = f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {key} = %s"  # noqa: S608
    prepared = []
    for field in fields:
        prepare, name = _prepare(field), field.attname
        prepared.append([prepare(getattr(row, name)) for row in objects])
    _execute(sql, list(zip(*prepared, strict=True)))


def parts(things: Sequence[Any], most: int = MANY) -> Iterator[Sequence[Any]]:
    """Cut a sequence in parts of at most ``most``."""
    for start in range(0, len(things), most):
        yield things[start : start + most]


def by_keys(queryset: QuerySet[Any], name: str, keys: Iterable[Any]) -> Iterator[Any]:
    """Yield the rows whose column ``name`` is among many keys, in parts."""
    for some in parts(list(dict.fromkeys(keys))):
        yield from queryset.filter(**{f"{name}__in": some})


def _prepare(field: Field[Any, Any]) -> Callable[[Any], Any]:
    """Return what makes a Python value one that the database driver takes."""
    if isinstance(field, models.ForeignKey):
        return _prepare(field.target_field)
    if isinstance(field, models.JSONField):
        adapt = connection.ops.adapt_json_value
        return lambda value: None if value is None else adapt(value, field.encoder)
    if isinstance(field, models.DateField):  # few distinct values, each adapted once
        return cache(lambda value: field.get_db_prep_save(value, connection))
    return lambda value: value


def _execute(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    with connection.cursor() as cursor:
        for some in parts(rows):
            cursor.executemany(sql, some)
