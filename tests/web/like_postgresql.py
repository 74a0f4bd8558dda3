"""SQLite as strict as PostgreSQL: what the other database would refuse fails here too.

SQLite takes a text longer than its column, a null character, a number too big, ``NaN`` in JSON; it
forgets ``FOR UPDATE``; it goes on after a statement that failed; it keeps the keys of JSON as they
were written. None of it works on PostgreSQL.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, DataError, NotSupportedError, models
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.backends.utils import CursorWrapper
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    import pytest

RANGES = BaseDatabaseOperations.integer_field_ranges


def install(patch: pytest.MonkeyPatch) -> None:
    """Make SQLite refuse what PostgreSQL refuses, for the time of a patch."""
    saved, compiled, executed = (
        models.Field.get_db_prep_save, SQLCompiler.as_sql, CursorWrapper._execute_with_wrappers,
    )  # fmt: skip

    def get_db_prep_save(self: models.Field[Any, Any], value: Any, connection: Any) -> Any:
        told = saved(self, value, connection)
        if hasattr(self, "model"):  # a column, not a number of an expression
            _check(self, told)
            if self.get_internal_type() == "JSONField":
                return _as_jsonb(told)
        return told

    def as_sql(self: SQLCompiler, *arguments: Any, **options: Any) -> Any:
        told = compiled(self, *arguments, **options)
        _check_lock(self, told[0])
        return told

    def _execute_with_wrappers(self: CursorWrapper, *arguments: Any, **options: Any) -> Any:
        try:
            _check_asked(arguments[1])
            return executed(self, *arguments, **options)
        except DatabaseError:
            if self.db.in_atomic_block:
                self.db.needs_rollback = True
            raise

    patch.setattr(models.Field, "get_db_prep_save", get_db_prep_save)
    patch.setattr(SQLCompiler, "as_sql", as_sql)
    patch.setattr(CursorWrapper, "_execute_with_wrappers", _execute_with_wrappers)


def _check(field: models.Field[Any, Any], value: Any) -> None:
    """Refuse a value that its column could not hold."""
    name = f"{field.model._meta.label}.{field.name}"
    kind = field.get_internal_type()
    if kind == "JSONField":
        _check_json(name, value)
    elif isinstance(value, str) and kind not in {"DecimalField", "UUIDField"}:
        if field.max_length and len(value) > field.max_length:
            raise DataError(f"{name}: {len(value)} signs, {field.max_length} at most")
    elif type(value) is int and kind in RANGES:
        low, high = RANGES[kind]
        if not low <= value <= high:
            raise DataError(f"{name}: {value} is out of range")


def _check_asked(values: Any) -> None:
    """Refuse a null character in what is written or looked for: an address may hold one."""
    for value in values if isinstance(values, list | tuple) else ():
        if isinstance(value, str) and "\0" in value:
            raise DataError("a text cannot contain a null character")


def _check_json(name: str, value: Any) -> None:
    text = value if isinstance(value, str) else getattr(value, "value", "")
    if not isinstance(text, str) or not text:
        return
    if "\\u0000" in text.replace("\\\\", ""):
        raise DataError(f"{name}: a null character in JSON")

    def refuse(word: str) -> None:
        raise DataError(f"{name}: {word} is not JSON")

    json.loads(text, parse_constant=refuse)


def _as_jsonb(text: Any) -> Any:
    """Return JSON whose keys are in the order of PostgreSQL: the shortest first."""
    if not isinstance(text, str):
        return text

    def in_order(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(sorted(dict(pairs).items(), key=lambda pair: (len(pair[0].encode()), pair[0])))

    return json.dumps(json.loads(text, object_pairs_hook=in_order))


def _check_lock(compiler: SQLCompiler, sql: str) -> None:
    """Refuse to lock rows that may be absent, or that are no longer rows."""
    query = compiler.query
    if not query.select_for_update:
        return
    while (outside := re.sub(r"\([^()]*\)", "", sql)) != sql:
        sql = outside
    absent = "LEFT OUTER JOIN" in sql and not query.select_for_update_of
    if absent or query.distinct or query.group_by:
        raise NotSupportedError(f"FOR UPDATE cannot be applied here: {query.model._meta.label}")
