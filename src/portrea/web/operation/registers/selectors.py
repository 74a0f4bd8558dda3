"""When the durations were last applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_tasks_db.models import DBTaskResult

from portrea.web.accounts.tasks import apply_retention

if TYPE_CHECKING:
    from datetime import datetime


def last_applied() -> datetime | None:
    """Return when the nightly task last ended well; ``None`` if it did not in seven days.

    What has ended is itself erased after seven days (``accounts.tasks``).
    """
    rows = DBTaskResult.objects.successful().filter(task_path=apply_retention.module_path)
    return rows.order_by("-finished_at").values_list("finished_at", flat=True).first()
