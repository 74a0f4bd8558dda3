"""How each entry of this room’s ``retention.yaml`` ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps

from portrea.web.action.models import Reminder
from portrea.web.action.models.base import Made

if TYPE_CHECKING:
    from datetime import datetime


def authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who wrote what, in every table that says it."""
    made = (
        model for model in apps.get_app_config("action").get_models() if issubclass(model, Made)
    )
    rows = (model.objects.filter(created__lt=before, by__isnull=False) for model in made)
    return sum(found.count() if dry_run else found.update(by=None) for found in rows)


def reminders(before: datetime, *, dry_run: bool) -> int:
    """Erase the reminders that could not be sent; those that were are gone already."""
    rows = Reminder.objects.filter(until__lt=before)
    return rows.count() if dry_run else rows.delete()[0]
