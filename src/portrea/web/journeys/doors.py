"""The doors of the places of the site: those of the census, those of the computation in force."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from portrea.offer.content import from_dict
from portrea.offer.orientation.board import entry_of
from portrea.offer.orientation.columns import columns_of
from portrea.offer.rows import of_row
from portrea.web.journeys.kept import CHANGED, SCHEMA
from portrea.web.offer.census import SHOWN
from portrea.web.offer.models import Place
from portrea.web.territories.selectors import reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from portrea.offer.record import Place as Record
    from portrea.offer.record import Presence

    Point = tuple[float, float]

Located = TypeVar("Located", "Record", "Presence")
CHUNK = 200


def alike(doors: pl.DataFrame, *, rest: float) -> pl.DataFrame:
    """Return doors alike the census: those of places that changed are worked out again."""
    ids = doors.select("id", CHANGED).unique("id")
    known = dict(ids.iter_rows())
    shown = Place.objects.filter(status__in=SHOWN).order_by().values_list("pk", CHANGED)
    now = dict(shown.iterator(10_000))
    stale = [pk for pk, changed in now.items() if known.get(pk) != changed]
    kept = doors.filter(pl.col("id").is_in(list(now.keys() - stale)))
    made = [kept]
    for chunk in _chunks(stale):
        made.append(doors_told(told_of(Place.objects.filter(pk__in=chunk))))
        time.sleep(rest)
    return joined(made)


def told_of(places: QuerySet[Place], most: int | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield what is read of places: identifier, record, status, moment of the last change."""
    rows = places.order_by().values_list("pk", "record", "status", CHANGED)
    yield from rows[:most] if most else rows


def doors_told(told: Iterable[tuple[Any, ...]]) -> pl.DataFrame:
    """Return the doors of the places shown among those read."""
    shown = [row for row in told if row[2] in SHOWN]
    closed = Place.Status.CLOSED
    entries = [
        entry_of(_placed(record_of(pk, record)), closed=status == closed)
        for pk, record, status, _ in shown
    ]
    moments = {"id": [row[0] for row in shown], CHANGED: [row[3] for row in shown]}
    stamps = pl.DataFrame(moments, schema={name: SCHEMA[name] for name in moments})
    return columns_of(entries).join(stamps, on="id", how="left", maintain_order="left")


def computed_doors() -> pl.DataFrame:
    """Return the doors of the places of the computation in force."""
    rows = reader().computation.table("places").iter_rows(named=True)
    doors = columns_of(entry_of(_placed(of_row(row))) for row in rows)
    return doors.with_columns(pl.lit(None, SCHEMA[CHANGED]).alias(CHANGED))


def no_doors() -> pl.DataFrame:
    """Return the table without any door."""
    return pl.DataFrame(schema=SCHEMA)


def joined(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the doors of several parts, in the order of the identifiers."""
    return pl.concat(parts).sort("id", maintain_order=True)


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(ids)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def record_of(pk: str, record: Mapping[str, Any]) -> Record:
    """Return the record of a place of the census."""
    return from_dict({**record, "id": pk})


def _placed(place: Record) -> Record:
    """Put at the point of its commune what has no position: about where it is, as lists do."""
    points = _points(reader().computation_id)
    services = tuple(
        replace(service, presences=tuple(_at(one, points) for one in service.presences))
        for service in place.services
    )
    return replace(_at(place, points), services=services)


def _at(one: Located, points: Mapping[str, Point]) -> Located:
    if one.longitude is not None and one.latitude is not None:
        return one
    point = points.get(one.commune or "")
    return one if point is None else replace(one, longitude=point[0], latitude=point[1])


@lru_cache(maxsize=2)
def _points(_computation: str) -> dict[str, Point]:
    table = reader().gazetteer.table.filter(pl.col("level") == "commune")
    located = table.drop_nulls(["longitude", "latitude"])
    return {code: (x, y) for code, x, y in located.select("code", "longitude", "latitude").rows()}
