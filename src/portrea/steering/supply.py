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
    from collections.abc import Iterable
    from datetime import date

    from portrea.offer.record import Place, Presence, Service
    from portrea.vocab.hours import Span

Windows = tuple[float, float, float]
"""Hours a week in the day, in the evening, at the weekend."""
WEEKS = 12
"""Weeks over which what is not a plain week is averaged: a quarter holds every usual rhythm."""
SATURDAY = 5
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

    What is held elsewhere than at the place is left out of it; what is done at home or from afar is
    not help that one travels to.
    """
    rows = [row for place in places for row in _rows(place, day)]
    return SERVICES.conform(pl.DataFrame(rows, schema=SERVICES.schema, strict=False))


def _rows(place: Place, day: date) -> Iterable[dict[str, Any]]:
    covered = situations(place)
    told = set()
    for service in place.services:
        need = need_of(service.block)
        if need in covered:
            told.add(need)
            if not _away(service):
                yield _row(place, service, need, day)
    for need in covered:
        if need not in told:
            yield _row(place, None, need, day)


def need_of(block: Block) -> Situation:
    """Return the published need that a kind of help answers."""
    return Situation.EQUIPEMENT if block is Block.DEPANNAGE else Situation(str(block))


def _away(service: Service) -> bool:
    return bool(service.presences) and not any(_here(x) for x in service.presences)


def _here(presence: Presence) -> bool:
    """Whether one goes to the place itself for it."""
    elsewhere = (presence.commune, presence.address, presence.longitude)
    return presence.kind not in AWAY and all(told is None for told in elsewhere)


def _row(place: Place, service: Service | None, need: Situation, day: date) -> dict[str, Any]:
    capacity = service.capacity if service else None
    found, own = _hours(place, service, day)
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


def _hours(place: Place, service: Service | None, day: date) -> tuple[Windows | None, bool]:
    """Return the hours of a service, and whether they are told for itself."""
    if service is None or not service.presences:
        return (windows(place.hours, day) if place.hours else None), False
    here = [
        (presence, timing)
        for presence, timing in zip(
            service.presences, timings_of_service(place, service), strict=True
        )
        if _here(presence)
    ]
    parts = [_timed(timing, day) for _, timing in here]
    known = [part for part in parts if part is not None]
    own = any(presence.hours or presence.dates for presence, _ in here)
    if not known:
        return None, False
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
