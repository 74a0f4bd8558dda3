"""Imports within reach, and records as lines of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.action.activity_tables import write_row
from portrea.base.errors import DataError
from portrea.web.accounts.holders import within
from portrea.web.accounts.permissions import require
from portrea.web.action.log.selectors import ACT, records_listed
from portrea.web.action.models import RecordImport
from portrea.web.action.records import activity_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

    from portrea.web.action.log.selectors import Filter
    from portrea.web.action.models import Record

MOST = 50_000
SHOWN = 30


def imports_within(who: Any) -> QuerySet[RecordImport]:
    """Return the last imports that somebody may see, without their lines."""
    rows = RecordImport.objects.filter(within(who, ACT)).defer("lines", "faults")
    return rows[:SHOWN]


def import_found(who: Any, key: str) -> RecordImport | None:
    """Return an import that somebody may see, ``None`` when there is none; refused elsewhere."""
    found = RecordImport.objects.filter(key=key).first()
    if found is not None:
        require(who, ACT, found.territory, structure=found.structure)
    return found


def rows_of(records: QuerySet[Record]) -> Iterator[dict[str, str]]:
    """Return records as lines, read by pieces."""
    for record in records.iterator(2_000):
        yield write_row(activity_of(record), str(record.uuid))


def exported(who: Any, asked: Filter) -> Iterator[dict[str, str]]:
    """Return the lines of the records that somebody may write, as a filter keeps them.

    Raises
    ------
    DataError
        There are too many for one file.
    """
    records = records_listed(who, asked, ACT)
    if records.count() > MOST:
        raise DataError(
            f"Plus de {MOST} comptes rendus : un fichier en contient {MOST} au plus.",
            remedy="Choisissez une période plus courte.",
        )
    return rows_of(records)
