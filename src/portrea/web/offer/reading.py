"""Places of the census read by identifier, as rows: the ORM costs more than the rest of a page."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from portrea.web.offer.models import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

MOST = 500
"""Identifiers asked for at once: databases limit them."""
AHEAD = timedelta(minutes=1)
"""How far the clocks of several machines may disagree."""


def rows_of(ids: Sequence[str], *names: str) -> Iterator[tuple[Any, ...]]:
    """Return columns of places, in no order; those no longer in the census are left out.

    Parameters
    ----------
    ids
        Identifiers.
    names
        Fields of :class:`Place`, or ``pk``; ``record`` is to be decoded (:func:`decoded`).
    """
    for first in range(0, len(ids), MOST):
        part = list(ids[first : first + MOST])
        marks = ", ".join(["%s"] * len(part))
        with connection.cursor() as cursor:
            asked = f"{_select(connection.vendor, names)} ({marks})"  # our names, and « %s »
            cursor.execute(asked, part)
            yield from cursor.fetchall()


def decoded(record: str | dict[str, Any]) -> dict[str, Any]:
    """Return a record as the database keeps it."""
    told: dict[str, Any] = json.loads(record) if isinstance(record, str) else record
    return told


def last_change() -> datetime | None:
    """Return when a place last changed, ``None`` without places.

    What a clock that went ahead and came back dated later than now does not hide what changes now.
    """
    soon = connection.ops.adapt_datetimefield_value(timezone.now() + AHEAD)
    with connection.cursor() as cursor:
        cursor.execute(_last(connection.vendor), [soon])
        row = cursor.fetchone()
    last: datetime | None = row[0] if row else None
    return last if last is None or last.tzinfo else last.replace(tzinfo=UTC)


@cache
def _select(_vendor: str, names: tuple[str, ...]) -> str:
    quoted = ", ".join(_column(name) for name in names)
    return f"SELECT {quoted} FROM {_table()} WHERE {_column('pk')} IN"  # noqa: S608 - our names


@cache
def _last(_vendor: str) -> str:
    changed, table = _column("changed"), _table()
    last = f"SELECT MAX({changed}) FROM {table}"  # noqa: S608 - our names
    return (
        f"SELECT {changed} FROM {table} WHERE {changed} ="  # noqa: S608 - the same
        f" COALESCE(({last} WHERE {changed} <= %s), ({last})) LIMIT 1"
    )


def _table() -> str:
    return connection.ops.quote_name(Place._meta.db_table)


def _column(name: str) -> str:
    field = Place._meta.pk if name == "pk" else Place._meta.get_field(name)
    return connection.ops.quote_name(field.column)
