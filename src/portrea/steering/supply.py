"""Places of the offer as services of the reach: who answers which need, how many hours, when."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import polars as pl

from portrea.offer.calendar import Timing, openings, timings_of_service
from portrea.offer.record import Block, PresenceKind
from portrea.offer.rows import situations
from portrea.reach.nearest import NOT_PUBLIC
from portrea.reach.supply import SERVICES, WINDOWS, parameters
from portrea.vocab.hours import MIDNIGHT, week_of
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from portrea.offer.record import Place, Presence, Service
    from portrea.vocab.hours import Span

Windows = tuple[float, float, float]
"""Hours a week in the day, in the evening, at the weekend."""
Point = tuple[str | None, float | None, float | None]
"""Commune, longitude, latitude."""
WEEKS = 12
"""Weeks over which what is not a plain week is averaged: a quarter holds every usual rhythm."""
SATURDAY = 5
POINT = "@"
"""Between the identifier of a place and the rank of a point where it helps elsewhere."""
AWAY = {PresenceKind.DOMICILE, PresenceKind.DISTANCE}
"""Nobody travels to these: they are not help at a place."""


def services_of_table(places: pl.DataFrame, *, day: date) -> pl.DataFrame:
    """Return the table ``services`` of the table ``places``.

    Parameters
    ----------
    places
        ``id``, ``kind``, ``situations``, ``hours``, ``itinerant``, ``access_modes``.
    day
        First day of the weeks over which dated hours are averaged.
    """
    told = places["hours"].drop_nulls().unique().to_list()
    hours = [(text, *(windows(text, day) or (None, None, None))) for text in told]
    names = [f"hours_{name}" for name in WINDOWS.values()]
    table = pl.DataFrame(
        hours, orient="row", schema={"hours": pl.String} | dict.fromkeys(names, pl.Float64)
    )
    closed = pl.col("access_modes").list.contains(NOT_PUBLIC).fill_null(value=False)
    rows = places.filter(~closed).explode("situations").drop_nulls("situations")
    rows = rows.join(table, on="hours", how="left", maintain_order="left")
    return SERVICES.conform(
        rows.select(
            "kind", "itinerant", *names,
            place="id", need="situations", own_hours=pl.lit(False), declared=pl.lit(True),
        )
    )  # fmt: skip


def services_of_records(places: Iterable[Place], *, day: date) -> pl.DataFrame:
    """Return the table ``services`` of records, with the capacities and presences they tell.

    What is held elsewhere than at the place is help at the point where it is held
    (:func:`points_of`); what is done at home or from afar is not help that one travels to.
    """
    rows = [row for place in places for row in _rows(place, day)]
    return SERVICES.conform(pl.DataFrame(rows, schema=SERVICES.schema, strict=False))


def points_of(place: Place) -> dict[Point, str]:
    """Return where else a place helps: commune and position → identifier of the point."""
    found: dict[Point, str] = {}
    for service in place.services:
        for presence in service.presences:
            point = _point(presence)
            if point is not None and any(told is not None for told in point):
                found.setdefault(point, f"{place.id}{POINT}{len(found) + 1}")
    return found


def _rows(place: Place, day: date) -> Iterable[dict[str, Any]]:
    covered = situations(place)
    told, points = set(), points_of(place)
    for service in place.services:
        need = need_of(service.block)
        if need in covered:
            told.add(need)
            yield from _held(place, service, points, day)
    for need in covered:
        if need not in told:
            yield _row(place, None, need, _whole(place, day))


def _held(
    place: Place, service: Service, points: Mapping[Point, str], day: date
) -> Iterable[dict[str, Any]]:
    """Yield a service where it is held; told hours of help are shared by the hours held there."""
    need = need_of(service.block)
    if not service.presences:
        yield _row(place, service, need, _whole(place, day))
        return
    timings = timings_of_service(place, service)
    held: dict[str, list[tuple[Presence, Timing]]] = {}
    for presence, timing in zip(service.presences, timings, strict=True):
        point = _point(presence)
        key = place.id if _here(presence) else points.get(point) if point else None
        if key:
            held.setdefault(key, []).append((presence, timing))
    hours = {key: _hours(mine, day) for key, mine in held.items()}
    shares = _shares([found for found, _ in hours.values()])
    for (key, found), share in zip(hours.items(), shares, strict=True):
        row = _row(place, service, need, found)
        capacity = row["capacity_hours"]
        yield row | {"place": key, "capacity_hours": capacity and capacity * share}


def _shares(hours: Sequence[Windows | None]) -> list[float]:
    """Return the part of each point in the help of a service: by hours, evenly when not told."""
    sums = [sum(one) for one in hours if one is not None]
    if len(sums) < len(hours) or not sum(sums):
        return [1 / len(hours) for _ in hours]
    return [one / sum(sums) for one in sums]


def need_of(block: Block) -> Situation:
    """Return the published need that a kind of help answers."""
    return Situation.EQUIPEMENT if block is Block.DEPANNAGE else Situation(str(block))


def _point(presence: Presence) -> Point | None:
    """Return where a presence is held; ``None`` for what is not help at a point."""
    if presence.kind in AWAY:
        return None
    return presence.commune, presence.longitude, presence.latitude


def _here(presence: Presence) -> bool:
    """Whether one goes to the place itself for it."""
    elsewhere = (presence.commune, presence.address, presence.longitude)
    return presence.kind not in AWAY and all(told is None for told in elsewhere)


def _row(
    place: Place, service: Service | None, need: Situation, hours: tuple[Windows | None, bool]
) -> dict[str, Any]:
    capacity = service.capacity if service else None
    found, own = hours
    helpers = [h.count for h in service.helpers if h.count is not None] if service else []
    return {
        "place": place.id,
        "need": str(need),
        "kind": place.kind,
        "itinerant": "Itinérant" in place.itinerant,
        **dict(zip((f"hours_{x}" for x in WINDOWS.values()), found or (None,) * 3, strict=True)),
        "own_hours": own,
        "agents": float(sum(helpers)) if helpers else None,
        "capacity_hours": capacity.hours_week if capacity else None,
        "declared": capacity.declared if capacity else True,
        "procedures": capacity.share_procedures if capacity else None,
        "saturation": str(capacity.saturation) if capacity and capacity.saturation else None,
    }


def _whole(place: Place, day: date) -> tuple[Windows | None, bool]:
    """Return the hours of a place, that its services do not tell for themselves."""
    return (windows(place.hours, day) if place.hours else None), False


def _hours(held: Sequence[tuple[Presence, Timing]], day: date) -> tuple[Windows | None, bool]:
    """Return the hours of presences together, and whether they are told for the service itself."""
    known = [part for part in (_timed(timing, day) for _, timing in held) if part is not None]
    if not known:
        return None, False
    own = any(presence.hours or presence.dates for presence, _ in held)
    return (sum(x[0] for x in known), sum(x[1] for x in known), sum(x[2] for x in known)), own


def _timed(timing: Timing, day: date) -> Windows | None:
    plain = timing.every_weeks in (None, 1) and not (timing.dates or timing.until)
    if plain:
        return windows(timing.hours, day) if timing.hours else None
    return averaged(timing, day)


@lru_cache(maxsize=65536)
def windows(hours: str, day: date) -> Windows | None:
    """Return the hours a week of an ``opening_hours`` expression in each part of the week.

    A plain week is read as it is, holidays aside; anything else is averaged over twelve weeks.
    """
    week = week_of(hours)
    if week is None:
        return averaged(Timing(hours), day)
    return _summed([(rank, span) for rank, spans in enumerate(week) for span in spans], 1)


def averaged(timing: Timing, day: date) -> Windows | None:
    """Return the mean hours a week over the twelve weeks that follow, ``None`` when not told."""
    found = openings(timing, start=day, end=day + timedelta(days=7 * WEEKS - 1))
    if found is None or any(x.start is None for x in found):
        return None
    spans = [
        (x.day.weekday(), (x.start, MIDNIGHT if x.end is None else x.end))
        for x in found
        if x.start is not None
    ]
    return _summed(spans, WEEKS)


def _summed(spans: Iterable[tuple[int, Span]], weeks: int) -> Windows:
    evening = int(parameters()["windows"]["evening_from"]["value"])
    day = night = weekend = 0
    for weekday, (start, end) in spans:
        if weekday >= SATURDAY:
            weekend += end - start
        else:
            day += max(0, min(end, evening) - start)
            night += max(0, end - max(start, evening))
    hour = 60.0 * weeks
    return day / hour, night / hour, weekend / hour
