"""Every door in memory, as columns: what ranking looks at, for many places at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.offer.freshness import freshness_of
from portrea.offer.orientation.columns import BIT, ORGANIZATION_BIT, Entry, columns_of, entry_of
from portrea.offer.orientation.doors import OTHER_LANGUAGES
from portrea.offer.orientation.openings import Openings, distinct
from portrea.offer.orientation.rules import rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from numpy.typing import NDArray

    from portrea.offer.orientation.openings import DayOpenings

    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Dated = dict[date, dict[str, NDArray[np.int32]]]

__all__ = ["BIT", "ORGANIZATION_BIT", "Board", "Day", "Entry", "entry_of"]
_AS_THEY_ARE = (
    "closed", "blocks", "supposed", "is_organization", "names", "france_services", "public",
    "remote", "appointment", "wheelchair", "women", "home",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """What changes with the day: openings, and the points of freshness of each door."""

    openings: DayOpenings
    freshness: NDArray[np.float64]
    ended: Flags


class Board:
    """Doors by row, in the order of the identifiers of their places."""

    def __init__(
        self, entries: Iterable[Entry] | pl.DataFrame, *, dated: Dated | None = None
    ) -> None:
        """Build the columns from places, or from the table :data:`DOORS` kept of them.

        ``dated`` are openings told day by day already worked out; those that miss are added to it.
        """
        frame = entries if isinstance(entries, pl.DataFrame) else columns_of(entries)
        self.size = frame.height
        places = frame.select("id", "phone").unique("id", keep="first", maintain_order=True)
        self.ids: list[str] = places["id"].to_list()
        self.phones: list[str | None] = places["phone"].to_list()
        self.place = frame["id"].rle_id().to_numpy().astype(np.int64)
        self.rank = frame.select("service", "presence").to_numpy()
        for name in _AS_THEY_ARE:
            setattr(self, name, frame[name].to_numpy())
        self.longitude, self.latitude = _floats(frame["longitude"]), _floats(frame["latitude"])
        points = rules().points["saturation"]
        self.saturation = _by_distinct(frame["saturation"], lambda told: float(points.get(told, 0)))
        self._vectors = _vectors(self.longitude, self.latitude)
        self._by_latitude = np.argsort(self.latitude, kind="stable")
        self._latitudes = self.latitude[self._by_latitude]
        self._longitudes = self.longitude[self._by_latitude]
        self._none = np.zeros(self.size, dtype=bool)
        self._told = {name: column > 0 for name, column in _by_line(frame["told"]).items()}
        self._languages = _by_line(frame["languages"])
        self.openings = Openings(frame)
        self._until = frame["until"].fill_null(date.max).to_numpy()
        self._ages, self._age = _ages(frame)
        self._dated = {} if dated is None else dated
        self.on = lru_cache(maxsize=3)(self._on)

    closed: Flags
    blocks: Ints
    supposed: Ints
    is_organization: Ints
    names: Ints
    france_services: Flags
    public: Flags
    remote: Flags
    appointment: Flags
    wheelchair: Ints
    women: Ints
    home: Ints

    def _on(self, day: date) -> Day:
        """Return what changes with the day, made once."""
        points = rules().points["fraicheur"]
        tiers = [
            points[freshness_of(confirmed=told, updated=updated, on=day, update_months=months).tier]
            for told, updated, months in self._ages
        ]
        freshness = np.array(tiers, dtype=float)[self._age] if tiers else np.zeros(self.size)
        ended = self._until < np.datetime64(day)
        known = self._dated.setdefault(day, {})
        return Day(self.openings.on(day, known), freshness, ended)

    def box(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Return the rows inside a rectangle of degrees."""
        first, last = np.searchsorted(self._latitudes, (south, north))
        x = self._longitudes[first:last]
        found: NDArray[np.int64] = self._by_latitude[first:last][(x >= west) & (x <= east)]
        return found

    def chords(self, rows: NDArray[np.int64], point: tuple[float, float]) -> NDArray[np.float64]:
        """Return the chords of the unit sphere from a point (longitude, latitude) to doors.

        By their cosines: exact to a millimetre beyond ten metres.
        """
        here = _vectors(np.array([point[0]]), np.array([point[1]]))[0]
        cosines = np.take(self._vectors, rows, axis=0) @ here
        found: NDArray[np.float64] = np.sqrt(np.maximum(2.0 - 2.0 * cosines, 0.0))
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


def _floats(column: pl.Series) -> NDArray[np.float64]:
    return column.fill_null(np.nan).to_numpy()


def _by_distinct(column: pl.Series, read: Callable[[str], float]) -> NDArray[np.float64]:
    values, ranks = distinct(column)
    return np.array([0.0, *map(read, values)])[ranks]


def _by_line(column: pl.Series) -> dict[str, NDArray[np.int8]]:
    """Return one column by name told, with the greatest mark of ``name=mark`` (1 without mark)."""
    texts, ranks = distinct(column)
    by_text: dict[str, NDArray[np.int8]] = {}
    for rank, text in enumerate(texts, start=1):
        for line in filter(None, text.split("\n")):
            name, _, mark = line.partition("=")
            marks = by_text.setdefault(name, np.zeros(len(texts) + 1, dtype=np.int8))
            marks[rank] = max(marks[rank], int(mark or 1))
    return {name: marks[ranks] for name, marks in by_text.items()}


def _ages(frame: pl.DataFrame) -> tuple[list[Any], Ints]:
    names = ["confirmed", "updated", "update_months"]
    told = frame.select(names)
    ages = told.unique(maintain_order=True).with_row_index("age")
    ranks = told.join(ages, on=names, how="left", nulls_equal=True, maintain_order="left")["age"]
    return ages.select(names).rows(), ranks.to_numpy().astype(np.int64)
