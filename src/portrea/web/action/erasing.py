"""How each entry of this room’s ``retention.yaml`` ends."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import F, Q

from portrea.web.action.clock import zone_at
from portrea.web.action.models import (
    Appointment,
    AppointmentCount,
    Helper,
    Loan,
    Mandate,
    Registration,
    Reminder,
)
from portrea.web.action.models.base import Made

if TYPE_CHECKING:
    from datetime import date, datetime
    from typing import Any

    from django.db.models import QuerySet


def authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who wrote what, in every table that says it."""
    made = (
        model for model in apps.get_app_config("action").get_models() if issubclass(model, Made)
    )
    rows = (model.objects.filter(created__lt=before, by__isnull=False) for model in made)
    return sum(found.count() if dry_run else found.update(by=None) for found in rows)


def appointments(before: datetime, *, dry_run: bool) -> int:
    """Leave of past appointments how many ended so, by month of their permanence and by subject."""
    rows = Appointment.objects.filter(starts__lt=before).order_by("pk")
    if dry_run:
        return rows.count()
    gone = list(rows.select_for_update(of=("self",)).select_related("permanence"))
    counts = Counter((one.permanence_id, _month(one), one.state, one.subject) for one in gone)
    for (permanence, month, state, subject), number in counts.items():
        row, _made = AppointmentCount.objects.get_or_create(
            permanence_id=permanence, month=month, state=state, subject=subject
        )
        AppointmentCount.objects.filter(pk=row.pk).update(number=F("number") + number)
    Appointment.objects.filter(pk__in=[one.pk for one in gone]).delete()
    return len(gone)


def _month(found: Appointment) -> date:
    zone = zone_at(found.permanence, found.permanence.commune)
    return found.starts.astimezone(zone).date().replace(day=1)


def registrations(before: datetime, *, dry_run: bool) -> int:
    """Leave of past registrations how many people kept a place, and how many came."""
    rows = Registration.objects.filter(workshop__ends__lt=before, code__isnull=False)
    return rows.count() if dry_run else rows.update(code=None, needs=[])


def team(before: datetime, *, dry_run: bool) -> int:
    """Erase those who left the team so long ago; the shifts they held stay, without them."""
    return _erased(Helper.objects.filter(left__lt=before.date()), dry_run=dry_run)


def reminders(before: datetime, *, dry_run: bool) -> int:
    """Erase the reminders that could not be sent; those that were are gone already."""
    rows = Reminder.objects.filter(until__lt=before)
    return rows.count() if dry_run else rows.delete()[0]


def mandates(before: datetime, *, dry_run: bool) -> int:
    """Erase the mandates that ended, or were revoked, so long ago, and what was done under them."""
    day = before.date()
    rows = Mandate.objects.filter(Q(ends__lt=day) | Q(revoked__lt=day))
    return _erased(rows, dry_run=dry_run)


def loans(before: datetime, *, dry_run: bool) -> int:
    """Erase the loans that came back so long ago."""
    return _erased(Loan.objects.filter(back__lt=before.date()), dry_run=dry_run)


def _erased(rows: QuerySet[Any], *, dry_run: bool) -> int:
    number = rows.count()
    if not dry_run:
        rows.delete()
    return number
