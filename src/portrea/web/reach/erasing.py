"""How each entry of this room’s ``retention.yaml`` ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.web.reach.models import Scenario

if TYPE_CHECKING:
    from datetime import datetime


def scenario_authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who named a trial; the trial stays."""
    rows = Scenario.objects.filter(created__lt=before, by__isnull=False)
    return rows.count() if dry_run else rows.update(by=None)


def old_scenarios(before: datetime, *, dry_run: bool) -> int:
    """Erase the trials named long ago."""
    rows = Scenario.objects.filter(created__lt=before)
    count = rows.count()
    if not dry_run:
        rows.delete()
    return count
