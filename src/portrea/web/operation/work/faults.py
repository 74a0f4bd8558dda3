"""Keep where pages failed for a month, so that a reference told by telephone leads to the code."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.signals import got_request_exception
from django.db import DatabaseError, transaction
from django.utils import timezone

from portrea.web.operation.logs.current import reference
from portrea.web.operation.logs.lines import frames
from portrea.web.operation.logs.requests import method_of, route_of
from portrea.web.operation.work.models import Fault

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

MOST = 200
"""Faults kept in an hour: a site that fails at each page says so once, not a million times."""


def connect() -> None:
    """Keep the faults of this process."""
    got_request_exception.connect(on_fault, dispatch_uid="operation.faults")


def on_fault(*, request: HttpRequest | None = None, **_named: Any) -> None:
    """Keep one fault; when the database is what failed, the journal alone has it."""
    error = sys.exception()
    if request is None or error is None:
        return
    now = timezone.now()
    try:
        with transaction.atomic():
            recent = Fault.objects.filter(moment__gte=now - timedelta(hours=1))
            if recent.filter(reference=reference()).exists() or recent.count() >= MOST:
                return  # one fault is told again by each layer that it goes through
            Fault.objects.create(
                reference=reference(),
                moment=now,
                method=method_of(request),
                route=route_of(request)[:200],
                error=f"{type(error).__module__}.{type(error).__qualname__}"[:200],
                at="\n".join(frames(error.__traceback__)),
            )
    except DatabaseError:
        return


def old_faults(before: datetime, *, dry_run: bool) -> int:
    """Erase the faults kept for a month; return how many."""
    rows = Fault.objects.filter(moment__lt=before)
    return rows.count() if dry_run else rows.delete()[0]
