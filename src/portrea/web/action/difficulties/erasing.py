"""How pictures end, and the addresses that proposals were sent to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from portrea.action.proposals import State
from portrea.web.action.models import Difficulty, Proposal
from portrea.web.action.services.pictures import forget

if TYPE_CHECKING:
    from datetime import datetime


def pictures(before: datetime, *, dry_run: bool) -> int:
    """Erase the screenshots of difficulties."""
    return _erased(Q(picture_added__lt=before), dry_run=dry_run)


def unchecked_pictures(before: datetime, *, dry_run: bool) -> int:
    """Erase the screenshots that nobody looked at: their names may still be read."""
    return _erased(Q(picture_added__lt=before, picture_checked=None), dry_run=dry_run)


def addresses(before: datetime, *, dry_run: bool) -> int:
    """Forget the address of the service once a proposal is over."""
    over = [str(State.CHANGED), str(State.REFUSED), str(State.NO_ANSWER)]
    rows = Proposal.objects.filter(state__in=over, since__lt=before.date()).exclude(email="")
    return rows.count() if dry_run else rows.update(email="")


def _erased(which: Q, *, dry_run: bool) -> int:
    """Erase pictures: the rows first, then the files once that is sure."""
    rows = Difficulty.objects.filter(which).exclude(picture="")
    if dry_run:
        return rows.count()
    names = list(rows.values_list("picture", flat=True))
    erased = rows.update(picture="", picture_added=None, picture_checked=None)
    for name in names:
        transaction.on_commit(partial(forget, name))
    return erased
