"""One at a time: who asks for the same name waits for the transaction of the one who holds it."""

from __future__ import annotations

from django.db import connection


def hold(name: str) -> None:
    """Hold a name until the end of the transaction.

    On PostgreSQL, two requests that look for the same row before writing it would both find none.
    On SQLite every transaction of ours is alone from its first word, and nothing is done.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
