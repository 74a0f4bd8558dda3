"""Count the e-mails that left and those that did not, by day: no address, no subject."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import F, Sum
from django.utils import timezone

from portrea.web.accounts.mail import left
from portrea.web.operation.work.models import MailCount

if TYPE_CHECKING:
    from datetime import date

WEEK = timedelta(days=7)


def connect() -> None:
    """Count what this process sends."""
    left.connect(on_left, dispatch_uid="operation.mail")


def on_left(*, sent: bool, why: str, **_named: Any) -> None:
    """Add one to the count of the day."""
    row = {"day": timezone.localdate(), "sent": sent, "why": why[:80]}
    MailCount.objects.get_or_create(**row)
    MailCount.objects.filter(**row).update(count=F("count") + 1)


def totals(since: date | None = None) -> dict[str, int]:
    """Return how many left (``sent``) and did not (``failed``), since a day or ever."""
    rows = MailCount.objects.filter(day__gte=since) if since else MailCount.objects.all()
    found = dict(rows.order_by("sent").values_list("sent").annotate(n=Sum("count")))
    return {"sent": found.get(True, 0), "failed": found.get(False, 0)}


def faults(since: date) -> list[tuple[str, int]]:
    """Return the kinds of faults since a day, the most frequent first."""
    rows = MailCount.objects.filter(day__gte=since, sent=False).order_by("why")
    found = rows.values_list("why").annotate(n=Sum("count"))
    return sorted(found, key=lambda row: (-row[1], row[0]))
