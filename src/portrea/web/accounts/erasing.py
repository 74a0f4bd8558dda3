"""How each entry of ``retention.yaml`` is erased or made anonymous.

Each function receives the instant before which things are too old, and returns how many there are;
with ``dry_run`` it changes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portrea.web.accounts.models import Invitation, JournalActor, LoginLink, ThrottleCount, User
from portrea.web.accounts.selectors import sole_administrator

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

NOTICE = timedelta(days=30)
"""Time left to a person between the warning and the end of her account."""


def inactive_accounts(before: datetime, *, dry_run: bool) -> int:
    """Warn people who have not come since ``before``; close the accounts warned a month ago.

    The only administrator left is never closed. The number is that of the accounts closed.
    """
    from portrea.web.accounts.tasks import warn_inactive

    idle = User.objects.annotate(seen=Coalesce("last_login", "joined")).filter(seen__lt=before)
    today = timezone.localdate()
    kept = sole_administrator()
    ended = idle.filter(warned__lte=today - NOTICE).exclude(pk=kept)
    if dry_run:
        return ended.count()
    closed = [user.pk for user in ended]
    for user in idle.filter(warned=None).exclude(pk=kept):
        User.objects.filter(pk=user.pk).update(warned=today)
        warn_inactive.enqueue(user.pk)
    forget_in_journal(JournalActor.objects.filter(user__in=closed))
    User.objects.filter(pk__in=closed).delete()
    return len(closed)


def old_invitations(before: datetime, *, dry_run: bool) -> int:
    """Erase the invitations that ended before."""
    ended = Q(accepted__lt=before) | Q(revoked__lt=before) | Q(expires__lt=before)
    return _erase(Invitation.objects.filter(ended), dry_run=dry_run)


def old_login_links(before: datetime, *, dry_run: bool) -> int:
    """Erase the links that connected nobody in time."""
    return _erase(LoginLink.objects.filter(created__lt=before), dry_run=dry_run)


def journal_identities(before: datetime, *, dry_run: bool) -> int:
    """Forget the people and links who acted in months wholly older; their lines stay as written."""
    first = (before.date().replace(day=1) - timedelta(days=1)).replace(day=1)
    known = ~Q(label="") | Q(user__isnull=False)
    rows = JournalActor.objects.filter(
        known, kind__in=(JournalActor.Kind.USER, JournalActor.Kind.LINK), month__lte=first
    )
    return rows.count() if dry_run else forget_in_journal(rows)


def forget_in_journal(rows: QuerySet[JournalActor]) -> int:
    """Empty the identity of authors of the journal; return how many."""
    return rows.update(user=None, label="")


def administration_log(before: datetime, *, dry_run: bool) -> int:
    """Erase the history of Django's administration."""
    return _erase(LogEntry.objects.filter(action_time__lt=before), dry_run=dry_run)


def expired_sessions(before: datetime, *, dry_run: bool) -> int:
    """Erase the sessions that ended."""
    return _erase(Session.objects.filter(expire_date__lt=before), dry_run=dry_run)


def finished_tasks(before: datetime, *, dry_run: bool) -> int:
    """Erase what the background work has finished."""
    done = DBTaskResult.objects.finished().filter(finished_at__lt=before)
    return _erase(done, dry_run=dry_run)


def old_counters(before: datetime, *, dry_run: bool) -> int:
    """Erase the counters whose window ended."""
    return _erase(ThrottleCount.objects.filter(expires__lt=before), dry_run=dry_run)


def _erase(rows: QuerySet, *, dry_run: bool) -> int:
    count = rows.count()
    if not dry_run:
        rows.delete()
    return count
