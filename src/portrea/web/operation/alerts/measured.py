"""Figures of the state of the machine: seconds, bytes, counts; ``None`` when not known."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portrea.sources.store import Store
from portrea.web.operation.work.mailing import totals as mail_totals

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["mail_totals"]

LAST_BACKUP = "sauvegardes/derniere.json"
"""Under ``PORTREA_HOME``: what the last backup said of itself."""
LATE = 900.0
"""Seconds after which what waits is late: nobody works, or not enough."""


def free_bytes() -> int:
    """Return the bytes left where the site writes."""
    home = settings.PORTREA_HOME
    folder = next((path for path in (home, *home.parents) if path.exists()), home)
    return shutil.disk_usage(folder).free


def queue_delay() -> float:
    """Return for how many seconds the oldest task ready to run has been, 0 when none waits."""
    now = timezone.now()
    waiting = DBTaskResult.objects.ready().values_list("enqueued_at", "run_after")
    since = [after if asked < after <= now else asked for asked, after in waiting]
    return max(0.0, (now - min(since)).total_seconds()) if since else 0.0


def database_bytes() -> float | None:
    """Return the size of the database, ``None`` when it is nowhere on a disk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return float(cursor.fetchone()[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return float(cursor.fetchone()[0])


def computation_age() -> float | None:
    """Return the seconds since the computation in force was published, if there is one."""
    pointer = Store(settings.PORTREA_HOME).root / "current"
    if not pointer.is_file():
        return None
    return timezone.now().timestamp() - pointer.stat().st_mtime


def backup_age(home: Path) -> float | None:
    """Return the seconds since the last backup, ``None`` when none was ever made here."""
    return _age(last_backup(home).get("date"))


def last_backup(home: Path) -> dict[str, Any]:
    """Return what the last backup said of itself; nothing without one that can be read."""
    try:
        found = json.loads((home / LAST_BACKUP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _age(written: object) -> float | None:
    try:
        moment = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (timezone.now() - moment).total_seconds()
