"""Every door in memory, as columns: what ranking looks at, for many places at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from portrea.offer.freshness import freshness_of
from portrea.offer.orientation.doors import BLOCKS, OTHER_LANGUAGES, doors_of
from portrea.offer.orientation.openings import Openings
from portrea.offer.orientation.procedures import organizations
from portrea.offer.orientation.rules import rules
from portrea.offer.record import PresenceKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from typing import Any

    from numpy.typing import NDArray

    from portrea.offer.orientation.doors import Door
    from portrea.offer.orientation.openings import DayOpenings
    from portrea.offer.record import Place

    Flags = NDArray[np.bool_]

BIT = {block: 1 << rank for rank, block in enumerate(BLOCKS)}
ORGANIZATION_BIT = {code: 1 << rank for rank, code in enumerate(organizations())}


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


@dataclass(frozen=True, slots=True)
class Day:
    """What changes with the day: openings, and the points of freshness of each door."""

    openings: DayOpenings
    freshness: NDArray[np.float64]
    ended: Flags


class Board:
    """Doors by row, in the order of the identifiers of their places."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Build the columns."""
        kept = sorted(entries, key=lambda entry: entry.id)
        doors = [door for entry in kept for door in entry.doors]
        self.ids = [entry.id for entry in kept]
        self.phones = [entry.phone for entry in kept]
        counts = [len(entry.doors) for entry in kept]
        self.place = np.repeat(np.arange(len(kept)), counts)
        self.closed = np.repeat(np.array([entry.closed for entry in kept], dtype=bool), counts)
        self.size = len(doors)
        self.rank = np.array([(d.service, d.presence) for d in doors], dtype=np.int16).reshape(
            -1, 2
        )
        self.longitude = _floats(doors, lambda door: door.longitude)
        self.latitude = _floats(doors, lambda door: door.latitude)
        self.blocks = _ints(doors, lambda door: sum(BIT[b] for b in door.blocks))
        self.supposed = _ints(doors, lambda door: sum(BIT[b] for b in door.supposed))
        self.is_organization = _ints(doors, lambda door: _bits(door.organizations))
        self.names = _ints(doors, lambda door: _bits(door.named))
        self.france_services = _flags(doors, lambda door: door.france_services)
        self.public = _flags(doors, lambda door: door.public)
        self.remote = _flags(doors, lambda door: door.kind is PresenceKind.DISTANCE)
        self.appointment = _flags(doors, lambda door: door.appointment)
        self.wheelchair = _ints(doors, lambda door: door.wheelchair)
        self.women = _ints(doors, lambda door: door.women)
        self.home = _ints(doors, lambda door: door.home)
        points = rules().points["saturation"]
        self.saturation = np.array([points.get(door.saturation, 0) for door in doors], dtype=float)
        self._none = np.zeros(self.size, dtype=bool)
        self._told = _flags_by(doors, lambda door: door.told)
        self._vectors = _vectors(self.longitude, self.latitude)
        self._by_latitude = np.argsort(self.latitude, kind="stable")
        self._latitudes = self.latitude[self._by_latitude]
        self._languages = _languages(doors)
        self.openings = Openings([door.timing for door in doors])
        ages, self._age = _distinct([(d.confirmed, d.updated, d.update_months) for d in doors])
        self._ages = ages
        self._until = [(row, d.timing.until) for row, d in enumerate(doors) if d.timing.until]
        self.on = lru_cache(maxsize=3)(self._on)

    def _on(self, day: date) -> Day:
        """Return what changes with the day, made once."""
        points = rules().points["fraicheur"]
        tiers = [
            points[freshness_of(confirmed=told, updated=updated, on=day, update_months=months).tier]
            for told, updated, months in self._ages
        ]
        ended = np.zeros(self.size, dtype=bool)
        ended[[row for row, until in self._until if until and until < day]] = True
        freshness = np.array(tiers, dtype=float)[self._age] if tiers else np.zeros(self.size)
        return Day(self.openings.on(day), freshness, ended)

    def box(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Return the rows inside a rectangle of degrees."""
        first, last = np.searchsorted(self._latitudes, (south, north))
        rows = self._by_latitude[first:last]
        x = self.longitude[rows]
        found: NDArray[np.int64] = rows[(x >= west) & (x <= east)]
        return found

    def chords(self, rows: NDArray[np.int64], point: tuple[float, float]) -> NDArray[np.float64]:
        """Return the chords of the unit sphere from a point (longitude, latitude) to doors."""
        gap = self._vectors[rows] - _vectors(np.array([point[0]]), np.array([point[1]]))
        found: NDArray[np.float64] = np.sqrt(np.einsum("ij,ij->i", gap, gap))
        return found

    def told(self, procedure: str) -> Flags:
        """Tell the rows that say they do a procedure."""
        return self._told.get(procedure, self._none)

    def language(self, name: str) -> NDArray[np.int8]:
        """Return what each row says of a language; « other languages » is perhaps any but English.

        The national vocabulary tells English apart from all others together.
        """
        silent = np.zeros(self.size, dtype=np.int8)
        own = self._languages.get(name, silent)
        if name == "anglais":
            return own
        return np.maximum(own, self._languages.get(OTHER_LANGUAGES, silent))


# -- columns --------------------------------------------------------------------------------------


def _vectors(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = np.radians(longitude), np.radians(latitude)
    return np.column_stack((np.cos(y) * np.cos(x), np.cos(y) * np.sin(x), np.sin(y)))


def _bits(codes: frozenset[str]) -> int:
    return sum(ORGANIZATION_BIT[code] for code in codes)


def _floats(doors: Sequence[Door], read: Callable[[Door], float | None]) -> NDArray[np.float64]:
    told = [read(door) for door in doors]
    return np.array([np.nan if value is None else value for value in told], dtype=float)


def _ints(doors: Sequence[Door], read: Callable[[Door], int]) -> NDArray[np.int64]:
    return np.array([read(door) for door in doors], dtype=np.int64)


def _flags(doors: Sequence[Door], read: Callable[[Door], bool]) -> Flags:
    return np.array([read(door) for door in doors], dtype=bool)


def _flags_by(doors: Sequence[Door], read: Callable[[Door], Iterable[str]]) -> dict[str, Flags]:
    found: dict[str, Flags] = {}
    for row, door in enumerate(doors):
        for code in read(door):
            found.setdefault(code, np.zeros(len(doors), dtype=bool))[row] = True
    return found


def _languages(doors: Sequence[Door]) -> dict[str, NDArray[np.int8]]:
    found: dict[str, NDArray[np.int8]] = {}
    for row, door in enumerate(doors):
        for name, said in door.languages:
            column = found.setdefault(name, np.zeros(len(doors), dtype=np.int8))
            column[row] = max(column[row], said)
    return found


def _distinct(values: Sequence[Any]) -> tuple[list[Any], NDArray[np.int64]]:
    ranks: dict[Any, int] = {}
    at = [ranks.setdefault(value, len(ranks)) for value in values]
    return list(ranks), np.array(at, dtype=np.int64)
