"""Find names by their beginning, fast enough for a search box."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from portrea.territory.codes import Level
from portrea.territory.naming import normalise, normalise_all

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_ORDER = [
    Level.COMMUNE,
    Level.EPCI,
    Level.DEPARTEMENT,
    Level.REGION,
    Level.FRANCE,
    Level.QPV,
    Level.IRIS,
]
_AFTER_LAST = "\U0010ffff"
_MISSPELT = 75.0
"""Least likeness (rapidfuzz ratio, 0–100) of a misspelt name."""


class NameIndex:
    """Sorted name endings (one per word) of a table of territories.

    « saint meen le grand » is entered at « saint… », « meen… », « le… » and « grand… »: two
    bisections give every name of which a word begins like the text. IRIS are left out unless they
    are asked for: most have no name of their own.
    """

    def __init__(self, territories: pl.DataFrame) -> None:
        self._levels = territories["level"].to_numpy()
        self._codes = territories["code"].to_list()
        self._place = _places(territories)
        self._indexes: dict[bool, _Endings] = {}
        self._territories = territories

    def search(self, text: str, *, limit: int, levels: Collection[Level] | None) -> list[int]:
        """Return row numbers, best first: whole name, beginning of name, beginning of a word."""
        wanted = normalise(text)
        if not wanted:
            return []
        index = self._index(levels is not None and Level.IRIS in levels)
        rows, quality = index.starting_with(wanted)
        if not rows.size:
            rows, quality = index.misspelt(wanted)
        if levels is not None:
            kept = np.isin(self._levels[rows], [level.value for level in levels])
            rows, quality = rows[kept], quality[kept]
        order = np.lexsort((self._place[rows], quality))
        return [int(row) for row in dict.fromkeys(rows[order][: 4 * limit].tolist())][:limit]

    def near_codes(self, code: str, known: Sequence[str], *, limit: int = 3) -> list[str]:
        """Return the known codes that look most like ``code``."""
        found = process.extract(code, known, scorer=fuzz.ratio, limit=limit, score_cutoff=_MISSPELT)
        return [text for text, _, _ in found]

    def _index(self, with_iris: bool) -> _Endings:
        if with_iris not in self._indexes:
            frame = self._territories.with_row_index("row")
            if not with_iris:
                frame = frame.filter(pl.col("level") != Level.IRIS)
            self._indexes[with_iris] = _Endings(frame)
        return self._indexes[with_iris]


class _Endings:
    def __init__(self, frame: pl.DataFrame) -> None:
        self._rows = frame["row"].to_numpy()
        self._names = normalise_all(frame["name"]).to_list()
        codes = [code.lower() for code in frame["code"].to_list()]
        entries = [(code, i, 1) for i, code in enumerate(codes)]
        for i, name in enumerate(self._names):
            entries.append((name, i, 1))
            at = name.find(" ")
            while at >= 0:
                entries.append((name[at + 1 :], i, 2))
                at = name.find(" ", at + 1)
        entries.sort()
        self._texts = [entry[0] for entry in entries]
        self._owners = np.array([entry[1] for entry in entries], dtype=np.int64)
        self._quality = np.array([entry[2] for entry in entries], dtype=np.int64)

    def starting_with(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Return rows and quality (0 whole name, 1 its beginning, 2 the beginning of a word)."""
        low = bisect_left(self._texts, text)
        high = bisect_left(self._texts, text + _AFTER_LAST, lo=low)
        same = bisect_left(self._texts, text + " ", lo=low, hi=high)
        quality = self._quality[low:high].copy()
        exact = slice(0, bisect_left(self._texts, text + "\0", lo=low, hi=same) - low)
        quality[exact] -= 1
        return self._rows[self._owners[low:high]], quality

    def misspelt(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows whose whole name looks like ``text``, likest first."""
        if len(text) < 4:
            return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
        found = process.extract(
            text, self._names, scorer=fuzz.ratio, limit=30, score_cutoff=_MISSPELT
        )
        if not found:
            beginnings = [name[: len(text) + 1] for name in self._names]
            found = process.extract(
                text, beginnings, scorer=fuzz.ratio, limit=30, score_cutoff=_MISSPELT
            )
        rows = np.array([self._rows[position] for _, _, position in found], dtype=np.int64)
        return rows, np.array([-round(score) for _, score, _ in found], dtype=np.int64)


def _places(territories: pl.DataFrame) -> np.ndarray:
    """Rank of each row among equals: level, then number of IRIS (size), then name."""
    parts = territories.filter(pl.col("level") == Level.IRIS)
    frame = territories.with_row_index("row").select("row", "level", "code", "name")
    sizes = [
        parts.filter(pl.col(column).is_not_null())
        .group_by(code=column)
        .agg(size=pl.len())
        .with_columns(level=pl.lit(column))
        for column in ("commune", "epci", "departement", "region")
    ]
    ranked = (
        frame.join(pl.concat(sizes), on=["level", "code"], how="left")
        .with_columns(
            order=pl.col("level").replace_strict(
                {level.value: rank for rank, level in enumerate(_ORDER)}, return_dtype=pl.Int8
            ),
            size=pl.col("size").fill_null(0),
        )
        .sort("order", "size", "name", descending=[False, True, False])
    )
    places = np.empty(ranked.height, dtype=np.int64)
    places[ranked["row"].to_numpy()] = np.arange(ranked.height)
    return places
