"""What a search of rounds stands on: slots, their days, the patterns of every stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.reach.tours.dates import patterns
from portrea.reach.tours.day import Day, spans

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from portrea.reach.tours.dates import Pattern
    from portrea.reach.tours.day import Spans
    from portrea.reach.tours.stops import TourRequest

    Slot = tuple[int, date]
    Held = Mapping[Slot, Mapping[int, Spans]]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a search stands on: slots, their days, and the patterns of every stop by crew."""

    request: TourRequest
    slots: tuple[Slot, ...]
    days: tuple[Day, ...]
    patterns: tuple[tuple[tuple[int, Pattern], ...], ...]

    @property
    def ranks(self) -> dict[Slot, int]:
        """Rank of each slot."""
        return {slot: rank for rank, slot in enumerate(self.slots)}


def prepare(request: TourRequest, held: Held | None = None) -> Ground:
    """Return the slots, days and patterns of a question.

    Days of a crew with the same hours and openings share what is learnt of them, unless hours are
    ``held``.
    """
    slots = tuple(
        (crew, day)
        for day in request.days
        for crew, team in enumerate(request.crews)
        if team.hours[day.weekday()] and day not in team.closed
    )
    kinds = {
        (crew, weekday): (crew, team.hours[weekday],
                          tuple(spans(stop.hours, weekday) for stop in request.stops))
        for crew, team in enumerate(request.crews)
        for weekday in range(7)
    }  # fmt: skip
    shared: dict[object, Day] = {}
    days = []
    for crew, day in slots:
        kept = (held or {}).get((crew, day))
        if kept:
            days.append(Day(request, crew, day.weekday(), kept))
            continue
        key = kinds[crew, day.weekday()]
        if key not in shared:
            shared[key] = Day(request, crew, day.weekday())
        days.append(shared[key])
    found = tuple(
        tuple(
            (crew, pattern)
            for crew, team in enumerate(request.crews)
            for pattern in patterns(stop, team, request)
        )
        for stop in request.stops
    )
    return Ground(request, slots, tuple(days), found)
