"""Rows of a table found by area, in little memory."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from sys import intern
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Key = tuple[str, str]


class KeyedFrame:
    """A frame whose rows are found by (level, code) without scanning it.

    Rows are told by area, in their first order inside it. The frame itself is not sorted: only the
    numbers of its rows are, which holds half the memory while a national table is read.

    Parameters
    ----------
    frame
        Its rows; a lazy frame is read here, so that nothing is held twice.
    repeated
        Columns of texts that come again and again: each text is kept once. Rows that are asked for
        have plain texts.
    """

    def __init__(
        self,
        frame: pl.DataFrame | pl.LazyFrame,
        level: str = "level",
        code: str = "code",
        *,
        repeated: Sequence[str] = (),
    ) -> None:
        self._repeated = tuple(repeated)
        words = pl.col(self._repeated).cast(pl.Categorical)
        self._frame = frame.lazy().with_columns(words).collect(engine="streaming")
        order = pl.arg_sort_by(level, code, maintain_order=True)
        self._order = self._frame.select(order).to_series()
        areas = (
            self._frame.select(pl.col(level, code).gather(self._order))
            .with_row_index("row")
            .group_by(level, code, maintain_order=True)
            .agg(pl.col("row").first())
        )
        self._starts = [*areas["row"], self._frame.height]
        self._places: dict[str, dict[str, int]] = {}
        for place, (one, other) in enumerate(areas.select(level, code).iter_rows()):
            self._places.setdefault(one, {})[intern(other)] = place

    def __contains__(self, key: Key) -> bool:
        return key[1] in self._places.get(key[0], {})

    def of(self, key: Key) -> pl.DataFrame:
        """Return the rows of one area (none when it is unknown)."""
        return self._rows(self._order[slice(*self._span(key))])

    def of_all(self, keys: Iterable[Key]) -> pl.DataFrame:
        """Return the rows of several areas, in the order given."""
        rows = [row for key in keys for row in range(*self._span(key))]
        return self._rows(self._order[rows] if rows else self._order.clear())

    def at_level(self, level: str) -> pl.DataFrame:
        """Return the rows of a level, by code."""
        places = self._places.get(level, {}).values()
        span = (
            slice(self._starts[min(places)], self._starts[max(places) + 1]) if places else slice(0)
        )
        return self._rows(self._order[span])

    def whole(self) -> pl.DataFrame:
        """Return every row, by level then code."""
        return self._rows(self._order)

    def _span(self, key: Key) -> tuple[int, int]:
        place = self._places.get(key[0], {}).get(key[1])
        return (0, 0) if place is None else (self._starts[place], self._starts[place + 1])

    def _rows(self, rows: pl.Series) -> pl.DataFrame:
        found = self._frame[rows]
        if not self._repeated:
            return found
        return found.with_columns(pl.col(self._repeated).cast(pl.String))


class LevelFrames:
    """A national table found by (level, code), read one level at a time, when first asked for.

    The portrait of an EPCI never reads the IRIS of France, which are more than half of the rows.

    Parameters
    ----------
    table
        The table, not read yet.
    repeated
        As for :class:`KeyedFrame`.
    """

    def __init__(self, table: pl.LazyFrame, *, repeated: Sequence[str] = ()) -> None:
        self._table, self._none = table, table.clear().collect()
        self._repeated = tuple(repeated)
        self._read: dict[str, KeyedFrame] = {}
        self._lock = Lock()

    def __contains__(self, key: Key) -> bool:
        return key in self._level(key[0])

    def of(self, key: Key) -> pl.DataFrame:
        """Return the rows of one area (none when it is unknown)."""
        return self._level(key[0]).of(key)

    def of_all(self, keys: Iterable[Key]) -> pl.DataFrame:
        """Return the rows of several areas, in the order given."""
        runs = groupby(keys, key=itemgetter(0))
        found = [self._level(level).of_all(run) for level, run in runs]
        return pl.concat([self._none, *found])

    def at_level(self, level: str) -> pl.DataFrame:
        """Return the rows of a level, by code."""
        return self._level(level).whole()

    def whole(self) -> pl.DataFrame:
        """Return every row, by level then code."""
        levels = self._table.select(pl.col("level").unique().sort()).collect()["level"]
        return pl.concat([self._none, *map(self.at_level, levels)])

    def _level(self, level: str) -> KeyedFrame:
        with self._lock:
            if level not in self._read:
                rows = self._table.filter(pl.col("level") == level)
                self._read[level] = KeyedFrame(rows, repeated=self._repeated)
            return self._read[level]
