"""How each entry of this room’s ``retention.yaml`` ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.web.steering.models import FundedAction, News, Passage, Seat, SharedView, Tie, Voice

if TYPE_CHECKING:
    from datetime import datetime


def voices(before: datetime, *, dry_run: bool) -> int:
    """Erase what was said so long ago."""
    rows = Voice.objects.filter(consented__lt=before)
    return rows.count() if dry_run else rows.delete()[0]


def pseudonyms(before: datetime, *, dry_run: bool) -> int:
    """Forget the pseudonyms of those who left so long ago; their seats stay."""
    rows = Seat.objects.filter(left__lt=before.date()).exclude(pseudonym="")
    return rows.count() if dry_run else rows.update(pseudonym="")


def authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who wrote so long ago; the texts stay."""
    rows = Passage.objects.filter(at__lt=before).exclude(by=None)
    return rows.count() if dry_run else rows.update(by=None)


def shared_views(before: datetime, *, dry_run: bool) -> int:
    """Erase the links to indicators that ended so long ago."""
    rows = SharedView.objects.filter(expires__lt=before)
    rows |= SharedView.objects.filter(revoked__lt=before)
    return rows.count() if dry_run else rows.delete()[0]


def means_authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who described an action so long ago; the action and its means stay."""
    rows = FundedAction.objects.filter(created__lt=before).exclude(by=None)
    return rows.count() if dry_run else rows.update(by=None)


def news(before: datetime, *, dry_run: bool) -> int:
    """Erase the news that are shown no more since so long ago."""
    rows = News.objects.filter(until__lt=before.date())
    return rows.count() if dry_run else rows.delete()[0]


def ties(before: datetime, *, dry_run: bool) -> int:
    """Erase the links between structures that ended so long ago."""
    rows = Tie.objects.filter(ended__lt=before)
    return rows.count() if dry_run else rows.delete()[0]
