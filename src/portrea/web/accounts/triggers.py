"""The database refuses to change the journal, whoever asks: SQL by vendor.

A later migration that rewrites the table of entries on SQLite (which copies it) must install the
triggers again; ``tests/web/accounts/test_journal.py`` sees it when they are missing.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE = "accounts_journalentry"
MESSAGE = "accounts_journalentry is append-only"

INSTALL = {
    "sqlite": (
        f"CREATE TRIGGER {TABLE}_update BEFORE UPDATE ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        f"CREATE TRIGGER {TABLE}_delete BEFORE DELETE ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
    ),
    "postgresql": (
        f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$",
        f"CREATE TRIGGER {TABLE}_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
    ),
}
REMOVE = {
    "sqlite": (
        f"DROP TRIGGER IF EXISTS {TABLE}_update",
        f"DROP TRIGGER IF EXISTS {TABLE}_delete",
    ),
    "postgresql": (
        f"DROP TRIGGER IF EXISTS {TABLE}_change ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_refuse()",
    ),
}


def install(connection: Any) -> None:
    """Make the database refuse UPDATE, DELETE and TRUNCATE on the journal."""
    _run(connection, INSTALL)


def remove(connection: Any) -> None:
    """Take the refusal away (reverse migration, emptying a test database)."""
    _run(connection, REMOVE)


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Take the refusal away for a block: only tests that empty their database need it."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def _run(connection: Any, statements: dict[str, tuple[str, ...]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
