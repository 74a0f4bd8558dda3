"""How each entry of this room’s ``retention.yaml`` ends (as ``web/accounts/erasing.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.web.offer.models import ImportBatch, ImportRow

if TYPE_CHECKING:
    from datetime import datetime


def import_authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who received a list; the import stays."""
    rows = ImportBatch.objects.filter(created__lt=before, by__isnull=False)
    return rows.count() if dry_run else rows.update(by=None)


def refused_rows(before: datetime, *, dry_run: bool) -> int:
    """Erase the rows refused by old imports, whose content was kept to be mended."""
    rows = ImportRow.objects.filter(action=ImportRow.Action.REFUSED, batch__created__lt=before)
    count = rows.count()
    if not dry_run:
        rows.delete()
    return count
