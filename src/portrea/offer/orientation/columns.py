"""Every door as one row of a table: what the board is made of, and what is kept on disk.

Numbers and marks are those of :mod:`portrea.offer.orientation.doors`; a week is written as minutes
since Monday, read once when the place is written, so that a process that starts parses no hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.offer.orientation.doors import BLOCKS, doors_of
from portrea.offer.orientation.openings import TIMINGS, timing_columns
from portrea.offer.orientation.procedures import organizations
from portrea.offer.record import PresenceKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portrea.offer.orientation.doors import Door
    from portrea.offer.record import Place

BIT = {block: 1 << rank for rank, block in enumerate(BLOCKS)}
ORGANIZATION_BIT = {code: 1 << rank for rank, code in enumerate(organizations())}
DOORS: dict[str, Any] = {
    "id": pl.String,
    "phone": pl.String,
    "closed": pl.Boolean,
    "service": pl.Int16,
    "presence": pl.Int16,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "blocks": pl.Int64,
    "supposed": pl.Int64,
    "is_organization": pl.Int64,
    "names": pl.Int64,
    "france_services": pl.Boolean,
    "public": pl.Boolean,
    "remote": pl.Boolean,
    "appointment": pl.Boolean,
    "wheelchair": pl.Int64,
    "women": pl.Int64,
    "home": pl.Int64,
    "saturation": pl.String,
    "told": pl.String,
    "languages": pl.String,
    "confirmed": pl.Date,
    "updated": pl.Date,
    "update_months": pl.Int32,
    **TIMINGS,
}
"""Columns; ``told`` are codes of procedures, ``languages`` are ``name=mark``, one by line."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the board: its identifier, its doors, whether it has closed for good."""

    id: str
    doors: tuple[Door, ...]
    closed: bool = False
    phone: str | None = None


def entry_of(place: Place, *, closed: bool = False) -> Entry:
    """Return what the board keeps of a place."""
    phone = place.phone or next((s.phone for s in place.services if s.phone), None)
    return Entry(place.id, doors_of(place), closed, phone)


def columns_of(entries: Iterable[Entry]) -> pl.DataFrame:
    """Return the doors of places, one by row, in the order of their identifiers."""
    rows = [
        (entry.id, entry.phone, entry.closed, *_row(door))
        for entry in entries
        for door in entry.doors
    ]
    made = pl.DataFrame(rows, schema=DOORS, orient="row", infer_schema_length=None)
    return made.sort("id", maintain_order=True)


def _row(door: Door) -> tuple[Any, ...]:
    return (
        door.service,
        door.presence,
        door.longitude,
        door.latitude,
        sum(BIT[block] for block in door.blocks),
        sum(BIT[block] for block in door.supposed),
        sum(ORGANIZATION_BIT[code] for code in door.organizations),
        sum(ORGANIZATION_BIT[code] for code in door.named),
        door.france_services,
        door.public,
        door.kind is PresenceKind.DISTANCE,
        door.appointment,
        door.wheelchair,
        door.women,
        door.home,
        door.saturation,
        "\n".join(sorted(door.told)),
        "\n".join(f"{name}={said}" for name, said in door.languages),
        door.confirmed,
        door.updated,
        door.update_months,
        *timing_columns(door.timing),
    )
