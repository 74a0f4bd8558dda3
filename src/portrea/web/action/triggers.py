"""The database notes the months whose records changed, whoever wrote them: SQL by vendor.

Taken away before migrations and installed again after: SQLite drops the triggers of a table that is
rewritten, and refuses to rewrite a table that a trigger names.
"""

from __future__ import annotations

from typing import Any

RECORDS, STALE = "action_record", "action_tallystale"
_KEY = "level, code, structure, month"


def _sqlite(row: str) -> str:
    """Note a month once: nobody else writes meanwhile."""
    key = f"{row}.level, {row}.code, {row}.structure, substr({row}.day, 1, 7)"
    same = f"SELECT 1 FROM {STALE} WHERE ({_KEY}) = ({key})"  # noqa: S608 - names of tables only
    return f"INSERT INTO {STALE} ({_KEY}) SELECT {key} WHERE NOT EXISTS ({same})"


def _postgresql(event: str, rows: dict[str, str]) -> tuple[str, ...]:
    """Note the months of a statement, each once; notes of others are never waited for."""
    name = f"{RECORDS}_{event.lower()}_stale"
    notes = "".join(
        # names of tables only
        f"INSERT INTO {STALE} ({_KEY}) SELECT DISTINCT level, code, structure, "  # noqa: S608
        f"to_char(day, 'YYYY-MM') FROM {table}; "
        for table in rows.values()
    )
    named = " ".join(f"{kind} TABLE AS {table}" for kind, table in rows.items())
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {notes}RETURN NULL; END $$",
        f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {RECORDS} REFERENCING {named} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    )


_EVENTS = {
    "INSERT": {"NEW": "entered"},
    "UPDATE": {"OLD": "gone", "NEW": "entered"},
    "DELETE": {"OLD": "gone"},
}
INSTALL = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS {RECORDS}_{event.lower()}_stale AFTER {event} ON {RECORDS} "
        f"BEGIN {'; '.join(_sqlite(row) for row in rows)}; END"
        for event, rows in _EVENTS.items()
    ),
    "postgresql": tuple(
        statement for event, rows in _EVENTS.items() for statement in _postgresql(event, rows)
    ),
}


REMOVE = {
    "sqlite": tuple(f"DROP TRIGGER IF EXISTS {RECORDS}_{event.lower()}_stale" for event in _EVENTS),
    "postgresql": tuple(
        f"DROP TRIGGER IF EXISTS {RECORDS}_{event.lower()}_stale ON {RECORDS}" for event in _EVENTS
    ),
}


def install(connection: Any) -> None:
    """Make the database note the months that change, where its tables are."""
    _run(connection, INSTALL)


def remove(connection: Any) -> None:
    """Make the database note nothing, while its tables change."""
    _run(connection, REMOVE)


def install_after(**told: Any) -> None:
    """Install once the migrations are done (signal ``post_migrate``)."""
    from django.db import connections

    install(connections[told["using"]])


def remove_before(**told: Any) -> None:
    """Remove before the migrations begin (signal ``pre_migrate``)."""
    from django.db import connections

    remove(connections[told["using"]])


def _run(connection: Any, statements: dict[str, tuple[str, ...]]) -> None:
    tables = connection.introspection.table_names()
    if RECORDS not in tables or STALE not in tables:
        return
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
