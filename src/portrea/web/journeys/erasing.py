"""How each entry of this room’s ``retention.yaml`` ends (as ``web/accounts/erasing.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from portrea.web.journeys.models import Handover, Observed, UnmetDemand

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


def identities(before: datetime, *, dry_run: bool) -> int:
    """Forget the persons of what was answered before, and of what should have ended by then."""
    told = ~Q(first_name="", contact="", words="", exchange=[])
    late = Q(answered__lt=before) | Q(answered=None, expires__lt=before)
    rows = Handover.objects.filter(told, late)
    if dry_run:
        return rows.count()
    count = 0
    for row in rows.select_for_update().order_by("pk"):
        row.forget()
        row.save()
        count += 1
    return count


def old_handovers(before: datetime, *, dry_run: bool) -> int:
    """Erase what ended before; an orientation accepted ends with its answer."""
    accepted = Q(state=Handover.State.ACCEPTED, answered__lt=before)
    return _erase(Handover.objects.filter(Q(ended__lt=before) | accepted), dry_run=dry_run)


def old_demands(before: datetime, *, dry_run: bool) -> int:
    """Erase the counts of months wholly older."""
    return _erase(
        UnmetDemand.objects.filter(month__lt=before.date().replace(day=1)), dry_run=dry_run
    )


def old_observed(before: datetime, *, dry_run: bool) -> int:
    """Erase what grids saw in months wholly older."""
    return _erase(Observed.objects.filter(month__lt=before.date().replace(day=1)), dry_run=dry_run)


def _erase(rows: QuerySet, *, dry_run: bool) -> int:
    count = rows.count()
    if not dry_run:
        rows.delete()
    return count
