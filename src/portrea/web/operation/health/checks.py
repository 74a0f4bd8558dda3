"""What must be there for this process to answer visitors: looked at every few seconds at most."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from portrea.base.errors import StoreError
from portrea.web.operation.alerts import measured
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 5.0
"""Seconds an answer serves: a watcher that asks too often costs nothing."""
LEAST_FREE = 200_000_000
"""Bytes of free disk under which nothing should be written any more."""
OK = "ok"


@dataclass(frozen=True, slots=True)
class State:
    """What was looked at, in French words, and whether visitors may be sent here."""

    ready: bool
    told: dict[str, str]


_lock = threading.Lock()
_kept: tuple[float, str, State] | None = None


def state() -> State:
    """Return what was seen less than :data:`KEPT` seconds ago, else look again."""
    global _kept  # noqa: PLW0603 - one answer by process, and nothing depends on it
    home = str(settings.PORTREA_HOME)
    with _lock:
        if _kept and _kept[1] == home and time.monotonic() - _kept[0] < KEPT:
            return _kept[2]
        _kept = (time.monotonic(), home, look())
        return _kept[2]


def look() -> State:
    """Look at everything; late work is told but keeps no visitor away."""
    told = {name: _said(check) for name, check in NEEDED.items()}
    ready = all(said == OK for said in told.values())
    told["file"] = _said(_queue)
    return State(ready, told)


def _said(check: Callable[[], str]) -> str:
    try:
        return check()
    except DatabaseError:
        return "base injoignable"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} à appliquer" if missing else OK


def _store() -> str:
    try:
        return OK if reader().computation_id else "aucun calcul"
    except StoreError as error:
        return error.message


def _disk() -> str:
    free = measured.free_bytes()
    return OK if free >= LEAST_FREE else f"{free // 1_000_000} Mo libres"


def _queue() -> str:
    delay = measured.queue_delay()
    return OK if delay < measured.LATE else f"{delay / 60:.0f} minutes de retard"


NEEDED: dict[str, Callable[[], str]] = {
    "base": _database,
    "migrations": _migrations,
    "magasin": _store,
    "disque": _disk,
}
"""What visitors need, in the order it is told."""
