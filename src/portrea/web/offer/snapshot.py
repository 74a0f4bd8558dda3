"""The columns of the places shown, on disk: a process that starts answers before reading them all.

One file by state of the census; it is only an advance: what changed since is read from the
database, and the whole is read again beside. Erasing the folder is safe.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import connection

from portrea.web.offer.census import SHOWN
from portrea.web.offer.models import Place
from portrea.web.offer.reading import last_change

TEXTS = ("id", "sort", "search", "tags", "week", "commune", "epci", "departement", "region")
SCHEMA = {
    **dict.fromkeys(TEXTS, pl.String),
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "updated": pl.Date,
    "closed": pl.Boolean,
    "shown": pl.Boolean,
}
_NAME = re.compile(r"lieux-(\d+)\.arrow")


@dataclass(frozen=True, slots=True)
class Columns:
    """Every place of the census, in :data:`SCHEMA`, and the last change read."""

    frame: pl.DataFrame
    since: datetime


def read_columns(*, after: datetime | None = None, most: int | None = None) -> pl.DataFrame:
    """Read the columns of all the places, or of those changed after a moment (at most so many)."""
    names = (*TEXTS, "longitude", "latitude", "updated", "confirmed", "status")
    places = Place.objects.order_by()
    if after is not None:
        places = places.filter(changed__gt=after)
    told = places.values_list(*names)
    rows = [
        (*row, max(filter(None, (updated, confirmed)), default=None), *_shown(status))
        for *row, updated, confirmed, status in (told[:most] if most else told.iterator(5000))
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _shown(status: str) -> tuple[bool, bool]:
    return status == "closed", status in SHOWN


def _folder() -> Path:
    """Return the folder of this database: two databases of one home never mix."""
    name = re.sub(r"\W+", "-", f"{connection.vendor} {connection.settings_dict['NAME']}")
    return Path(settings.PORTREA_HOME) / "cache" / "index" / name[-80:].strip("-")


def load_columns() -> Columns | None:
    """Return the columns kept last, ``None`` when there are none, or newer than the database."""
    kept = {int(m[1]): path for path in _folder().glob("*") if (m := _NAME.fullmatch(path.name))}
    last = last_change()
    if not kept or last is None:
        return None
    newest = max(kept)
    since = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=newest)
    if since > last:  # an older database was put back
        return None
    try:
        frame = pl.read_ipc(kept[newest])
    except (OSError, pl.exceptions.PolarsError):
        return None
    return Columns(frame, since) if dict(frame.schema) == SCHEMA else None


def keep_columns(columns: Columns) -> None:
    """Write the columns beside, then erase the former ones; a folder not writable is no fault."""
    folder = _folder()
    moment = (columns.since - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"lieux-{moment}.arrow"
        part = target.with_suffix(f".{os.getpid()}")
        columns.frame.write_ipc(part)
        part.replace(target)
        for path in folder.glob("lieux-*.arrow"):
            if path != target:
                path.unlink(missing_ok=True)
    except OSError:
        return
