"""Search the addresses of a received list online, outside the request: slow, and it may fail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_tasks import task

from portrea.base.errors import PortreaError
from portrea.web.accounts.permissions import require
from portrea.web.accounts.running import report
from portrea.web.offer.locating import ASKED, FAILED, answers_to
from portrea.web.offer.models import ImportBatch
from portrea.web.offer.receiving import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

GIVEN_UP = timedelta(minutes=15)
"""After which a search that has not answered may be asked again."""


def asking(geocoding: Mapping[str, Any]) -> bool:
    """Whether a search is under way; one that was never answered may be asked again."""
    if geocoding.get("state") != ASKED:
        return False
    since = parse_datetime(geocoding.get("at") or "")
    return since is not None and timezone.now() - since < GIVEN_UP


def import_geocode(*, actor: Any, batch: ImportBatch) -> None:
    """Ask for the addresses of a received list; asking again while it runs does nothing."""
    require(actor, "import.run", batch.territory)
    if batch.state != ImportBatch.State.RECEIVED or asking(batch.report.get("geocoding") or {}):
        return
    batch.report = batch.report | {"geocoding": {"state": ASKED, "at": timezone.now().isoformat()}}
    with transaction.atomic():
        batch.save(update_fields=["report"])
        transaction.on_commit(lambda: search_addresses.enqueue(batch.pk))


@task()
def search_addresses(key: int) -> int:
    """Keep the answers beside the list; nothing when it was imported or forgotten meanwhile."""
    batch = ImportBatch.objects.filter(pk=key, state=ImportBatch.State.RECEIVED).first()
    if batch is None:
        return 0
    try:
        told = answers_to(read_rows(batch)[2].places, progress=report)
    except PortreaError as error:
        told = {"state": FAILED, "error": error.message}
    with transaction.atomic():
        rows = ImportBatch.objects.select_for_update()
        fresh = rows.filter(pk=key, state=ImportBatch.State.RECEIVED).first()
        if fresh is None:
            return 0
        fresh.report = fresh.report | {"geocoding": told}
        fresh.save(update_fields=["report"])
    return len(told.get("answers", ()))


def forget_answers(batch: ImportBatch) -> None:
    """Drop the answers that are now positions of places; the doubtful ones are in the queue."""
    batch.refresh_from_db(fields=["report"])
    kept = batch.report.get("geocoding") or {}
    batch.report = batch.report | {
        "geocoding": {name: value for name, value in kept.items() if name != "answers"}
    }
    batch.save(update_fields=["report"])
