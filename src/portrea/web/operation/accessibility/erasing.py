"""The end of what an audit keeps of a person: who opened it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.web.operation.accessibility.models import AccessibilityAudit

if TYPE_CHECKING:
    from datetime import datetime


def authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who opened the audits of before; return how many."""
    rows = AccessibilityAudit.objects.filter(by__isnull=False, opened__lt=before.date())
    return rows.count() if dry_run else rows.update(by=None)
