"""How each entry of this room’s ``retention.yaml`` ends (as ``web/accounts/erasing.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from portrea.web.offer.models import (
    Campaign,
    ContributionLink,
    ImportBatch,
    ImportRow,
    OptOut,
    Proposal,
)
from portrea.web.offer.uploads import forget_file

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


def import_authors(before: datetime, *, dry_run: bool) -> int:
    """Forget who received a list; the import stays."""
    rows = ImportBatch.objects.filter(created__lt=before, by__isnull=False)
    return rows.count() if dry_run else rows.update(by=None)


def refused_rows(before: datetime, *, dry_run: bool) -> int:
    """Erase the rows refused by old imports, whose content was kept to be mended."""
    rows = ImportRow.objects.filter(action=ImportRow.Action.REFUSED, batch__created__lt=before)
    count = rows.count()
    if not dry_run:
        rows.delete()
    return count


def ended_links(before: datetime, *, dry_run: bool) -> int:
    """Erase the links that ended; what came by them stays."""
    ended = Q(expires__lt=before) | Q(revoked__lt=before)
    return _erase(ContributionLink.objects.filter(ended), dry_run=dry_run)


def proposal_emails(before: datetime, *, dry_run: bool) -> int:
    """Forget the address left with a proposal that nobody decided."""
    rows = Proposal.objects.filter(created__lt=before).exclude(email="")
    return rows.count() if dry_run else rows.update(email="")


def refused_proposals(before: datetime, *, dry_run: bool) -> int:
    """Erase the proposals refused long ago."""
    refused = Proposal.objects.filter(state=Proposal.State.REFUSED, decided__lt=before)
    return _erase(refused, dry_run=dry_run)


def old_campaigns(before: datetime, *, dry_run: bool) -> int:
    """Erase the campaigns closed long ago, or never closed, and what was asked in them."""
    ended = Q(closed__lt=before) | Q(closed=None, created__lt=before)
    return _erase(Campaign.objects.filter(ended), dry_run=dry_run)


def old_optouts(before: datetime, *, dry_run: bool) -> int:
    """Erase the refusals of e-mail older than the law asks to keep."""
    return _erase(OptOut.objects.filter(at__lt=before), dry_run=dry_run)


def forgotten_uploads(before: datetime, *, dry_run: bool) -> int:
    """Erase the files received by the site and never imported."""
    rows = ImportBatch.objects.filter(state=ImportBatch.State.RECEIVED, created__lt=before)
    if dry_run:
        return rows.count()
    for batch in rows:
        forget_file(batch)
    return _erase(rows, dry_run=dry_run)


def _erase(rows: QuerySet, *, dry_run: bool) -> int:
    count = rows.count()
    if not dry_run:
        rows.delete()
    return count
