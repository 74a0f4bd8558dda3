"""Connections of backups: one instant of a database that others write, or a database being made."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.db.backends.base.base import BaseDatabaseWrapper

SQLITE_READING = "PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000;"
SQLITE_MAKING = (
    "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
    "PRAGMA busy_timeout=30000;"
)
"""One file when it is closed, on the disk when it is said to be."""


@contextmanager
def snapshot(described: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection that sees one instant of a database, without making any writer wait.

    SQLite: a reading transaction (the database is in WAL). PostgreSQL: ``REPEATABLE READ, READ
    ONLY``. What was acknowledged before the block is seen; what is written meanwhile is not.
    """
    described = deepcopy(described)
    if "sqlite" in described["ENGINE"]:
        described["OPTIONS"] = {"transaction_mode": "DEFERRED", "init_command": SQLITE_READING}
    with _connected(described) as connection, transaction.atomic(using=connection.alias):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT COUNT(*) FROM django_migrations")  # the instant begins here
        yield connection


@contextmanager
def new_sqlite(path: Path) -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection to a SQLite file being made."""
    described = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": SQLITE_MAKING},
    }
    with _connected(described) as connection:
        yield connection


@contextmanager
def new_schema(described: dict[str, Any], name: str) -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection to an empty schema of a PostgreSQL database, beside the one in use."""
    described = deepcopy(described)
    options = described.setdefault("OPTIONS", {})
    options["options"] = f"{options.get('options', '')} -c search_path={name}".strip()
    with _connected(described) as connection:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{name}" CASCADE')
            cursor.execute(f'CREATE SCHEMA "{name}"')
        yield connection


@contextmanager
def reached(described: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """Yield a connection of its own to a database."""
    with _connected(deepcopy(described)) as connection:
        yield connection


@contextmanager
def as_usual(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let what asks the usual database ask this one: data migrations of libraries name none."""
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = connection
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before


def exchange_schemas(described: dict[str, Any], new: str, aside: str) -> None:
    """Put a prepared schema in place of the one in use, at once; once only."""
    with reached(described) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [new])
        if cursor.fetchone() is None:
            return
        cursor.execute("SELECT current_schema()")
        current = cursor.fetchone()[0]
        with transaction.atomic(using=connection.alias):
            cursor.execute(f'ALTER SCHEMA "{current}" RENAME TO "{aside}"')
            cursor.execute(f'ALTER SCHEMA "{new}" RENAME TO "{current}"')


@contextmanager
def _connected(described: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """Give a description an alias for the time of a block."""
    alias = f"backup_{token_hex(4)}"
    connections.settings[alias] = described | {"CONN_MAX_AGE": 0}
    connections.configure_settings(connections.settings)
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
