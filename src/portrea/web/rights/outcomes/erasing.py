"""How what the log keeps of people ends (``retention.yaml`` of this room)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from portrea.web.rights.models import CallBack, Outcome, OutcomeImport, Outreach

if TYPE_CHECKING:
    from datetime import datetime

_UNTOLD = {"age": "", "status": "", "gender": "", "monthly": None, "back_pay": None}


def authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who wrote what, in every table that says it."""
    tables = (Outcome, OutcomeImport, Outreach)
    rows = [one.objects.filter(created__lt=before, by__isnull=False) for one in tables]
    rows.append(CallBack.objects.filter(agreed__lt=before, by__isnull=False))  # type: ignore[arg-type]
    return sum(found.count() if dry_run else found.update(by=None) for found in rows)


def profiles(before: datetime, *, dry_run: bool) -> int:
    """Forget the profile and the amounts of rights detected so long ago."""
    told = ~Q(age="", status="", gender="", monthly=None, back_pay=None)
    rows = Outcome.objects.filter(told, detected__lt=before.date())
    return rows.count() if dry_run else rows.update(**_UNTOLD)


def imports(before: datetime, *, dry_run: bool) -> int:
    """Erase the files read so long ago and never added."""
    rows = OutcomeImport.objects.filter(created__lt=before, state=OutcomeImport.State.RECEIVED)
    return rows.count() if dry_run else rows.delete()[0]


def calls(before: datetime, *, dry_run: bool) -> int:
    """Erase the calls asked so long ago, made or not."""
    rows = CallBack.objects.filter(agreed__lt=before)
    return rows.count() if dry_run else rows.delete()[0]
