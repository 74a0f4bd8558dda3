"""How each entry of this room’s ``retention.yaml`` ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.web.steering.models import Passage, Seat, Voice

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
