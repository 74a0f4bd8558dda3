"""Outlines in memory: which communes touch, and drawings of small territories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

TOLERANCE_DEGREES = 0.002
"""Two simplified outlines nearer than this (about 200 m) are taken as touching."""


class Outlines:
    """Outlines of one level, found by code, indexed in space when neighbours are asked for.

    Parameters
    ----------
    contours
        Rows of the table ``contours``, one level.
    """

    def __init__(self, contours: pl.DataFrame) -> None:
        self.codes = np.array(contours["code"].to_list(), dtype=object)
        binary = contours["geometry"].to_list() if contours.height else []
        self.shapes = shapely.from_wkb(np.array(binary, dtype=object))
        self._rows = {code: row for row, code in enumerate(self.codes)}
        self._tree = shapely.STRtree(self.shapes)

    def touching(self, codes: Sequence[str]) -> list[str]:
        """Return the other codes whose outline lies against one of ``codes``, sorted."""
        rows = [self._rows[code] for code in codes if code in self._rows]
        if not rows:
            return []
        found = self._tree.query(self.shapes[rows], predicate="dwithin", distance=TOLERANCE_DEGREES)
        return sorted(set(self.codes[found[1]]) - set(codes))
