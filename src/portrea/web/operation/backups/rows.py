"""One table as lines of JSON, alike whatever the database: the columns, then one array by row."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import JSONField, Value

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import Field, Model

BATCH = 500
"""Rows read or written at a time: what stays in memory."""


def lines(model: type[Model], alias: str) -> Iterator[bytes]:
    """Yield the lines of a table: first the names of its columns, then its rows by key."""
    names = [field.attname for field in model._meta.concrete_fields]
    yield _line(names)
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=BATCH):
        yield _line([plain(value) for value in row])


def load(model: type[Model], alias: str, source: Iterable[bytes]) -> int:
    """Put the rows of :func:`lines` in an empty table; return how many.

    Raises
    ------
    DataError
        A line is not what the table holds.
    """
    told = iter(source)
    fields = [_field(model, name) for name in json.loads(next(told, b"[]"))]
    loaded = 0
    while some := list(islice(told, BATCH)):
        try:
            made = [_row(model, fields, json.loads(line)) for line in some]
        except (ValueError, TypeError, ValidationError) as error:
            raise DataError(
                f"La table « {model._meta.label} » de la sauvegarde ne peut pas être lue, vers"
                f" la ligne {loaded + 2} : {error}."
            ) from error
        model._base_manager.using(alias).bulk_create(made, batch_size=BATCH)
        loaded += len(made)
    return loaded


def _field(model: type[Model], attname: str) -> Field[Any, Any]:
    for field in model._meta.concrete_fields:
        if field.attname == attname:
            return field
    raise FieldDoesNotExist(f"{model._meta.label}.{attname}")


def _row(model: type[Model], fields: list[Field[Any, Any]], values: list[Any]) -> Model:
    pairs = zip(fields, values, strict=True)
    return model(**{field.attname: value_of(field, value) for field, value in pairs})


def value_of(field: Field[Any, Any], value: Any) -> Any:
    """Return a value read in JSON as its column has it."""
    if isinstance(field, JSONField):
        return Value(None, field) if value is None and not field.null else value
    return field.to_python(value)


def plain(value: Any) -> Any:
    """Return a value of a column as JSON has it; ``to_python`` of its field reads it back."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode("ascii")
    return value


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
