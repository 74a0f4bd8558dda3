"""A database where people wrote, and all that a database holds."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from portrea.web.operation.backups.databases import reached
from portrea.web.operation.backups.rows import lines
from portrea.web.operation.backups.schema import applied, kept_models

if TYPE_CHECKING:
    from pathlib import Path


def fill(described: dict[str, Any]) -> None:
    """Write rows with dates, decimals, identifiers, JSON (and its null), bytes, and links."""
    from portrea.web.accounts.models import JournalActor, JournalEntry
    from portrea.web.rights.models import CallBack, Outcome
    from portrea.web.steering.models import Edition
    from portrea.web.surveys.models import Questionnaire, Version

    with reached(described) as connection:
        on = connection.alias
        actor = JournalActor.objects.using(on).create(kind="system", month="2026-11-01")
        JournalEntry.objects.using(on).create(actor=actor, act="x", before=None, after={"é": [1]})
        sheet = Questionnaire.objects.using(on).create(key="q1", title="Été", draft={"a": 1})
        Version.objects.using(on).create(questionnaire=sheet, number="1", sheets=[], digest="d")
        Edition.objects.using(on).create(
            level="epci", code="1", name="n", content=bytes(range(256)), digest="d"
        )
        outcome = Outcome.objects.using(on).create(
            level="epci", code="1", monthly="635.70", detected="2026-11-02"
        )
        CallBack.objects.using(on).create(outcome=outcome, agreed=datetime.now(UTC))


def copied_tables(home: Path, connection: Any, names: list[str] | None = None) -> None:
    """Do what ``bring_to`` does, by copying the tables of a home: 200 migrations take long."""
    if names is not None:
        with closing(sqlite3.connect(home / "portrea.sqlite3")) as ready:
            connection.ensure_connection()
            ready.backup(connection.connection)


def content_of(described: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return every row of a database, as a backup writes it."""
    found = {}
    with reached(described) as connection:
        for model in kept_models(applied(connection)):
            names, *rows = (json.loads(line) for line in lines(model, connection.alias))
            found[model._meta.label] = [dict(zip(names, row, strict=True)) for row in rows]
    return found
