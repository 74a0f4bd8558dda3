"""Days that follow the same stops in the same order, named by a letter: the loops of a round."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from portrea.reach.tours.plan import Plan


@dataclass(frozen=True, slots=True)
class Loop:
    """A way made one or several days: its stops in order, ``road`` minutes each time."""

    letter: str
    crew: str
    stops: tuple[str, ...]
    days: tuple[date, ...]
    road: float

    def marks(self) -> tuple[str, ...]:
        """Return the mark of each stop: A1, then A2."""
        return tuple(f"{self.letter}{rank}" for rank in range(1, len(self.stops) + 1))


def loops_of(plan: Plan) -> tuple[Loop, ...]:
    """Return the loops of a plan, in the order of their first day."""
    days: dict[tuple[str, tuple[str, ...]], list[date]] = {}
    roads: dict[tuple[str, tuple[str, ...]], float] = {}
    for route in sorted(plan.routes, key=lambda route: (route.day, route.crew)):
        key = (route.crew, tuple(visit.stop for visit in route.visits))
        days.setdefault(key, []).append(route.day)
        roads[key] = route.road
    return tuple(
        Loop(letter_of(rank), crew, stops, tuple(found), roads[crew, stops])
        for rank, ((crew, stops), found) in enumerate(days.items())
    )


def letter_of(rank: int) -> str:
    """Return A to Z, then AA, AB.

    >>> [letter_of(rank) for rank in (0, 25, 26, 52)]
    ['A', 'Z', 'AA', 'BA']
    """
    ahead, rest = divmod(rank, len(ascii_uppercase))
    return (letter_of(ahead - 1) if ahead else "") + ascii_uppercase[rest]


def marks_of(loops: tuple[Loop, ...]) -> dict[str, tuple[str, ...]]:
    """Return the marks of each stop, loop after loop."""
    found: dict[str, tuple[str, ...]] = {}
    for loop in loops:
        for stop, mark in zip(loop.stops, loop.marks(), strict=True):
            found[stop] = (*found.get(stop, ()), mark)
    return found
