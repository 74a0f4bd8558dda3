"""Outlines in memory: which communes touch, and drawings of small territories."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import shapely

from portrea.territory.codes import departement_of
from portrea.territory.geometry import dissolve, neighbours, read_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.territory.geometry import Shapes

TOLERANCE_DEGREES = 0.002
"""Two simplified outlines nearer than this (about 200 m) are taken as touching."""


DECODED_AT_ONCE = 2_000
MOST_PICKED = 500
"""Groups of outlines kept, so that a page seen again is not drawn again."""


class Outlines:
    """Outlines of communes (and of IRIS when loaded), and those of larger areas made from them.

    Parameters
    ----------
    contours
        Rows of the table ``contours``.
    """

    def __init__(self, contours: pl.DataFrame) -> None:
        self._contours = contours
        self._known: dict[str, Shapes | None] = {}
        self._picked: dict[tuple[str, tuple[str, ...]], Shapes | None] = {}
        self._united: dict[tuple[str, tuple[str, ...]], Shapes] = {}

    def of_level(self, level: str) -> Shapes | None:
        """Return every loaded outline of a level, or ``None``."""
        if level not in self._known:
            rows = self._contours.filter(pl.col("level") == level)
            self._known[level] = read_shapes(rows, level) if rows.height else None
        return self._known[level]

    def pick(self, level: str, codes: Sequence[str]) -> Shapes | None:
        """Return the outlines known among ``codes``, or ``None``."""
        key = (level, tuple(codes))
        if key not in self._picked:
            found = self._read(level, codes)
            if len(self._picked) >= MOST_PICKED:
                self._picked.clear()
            self._picked[key] = found
        return self._picked[key]

    def _read(self, level: str, codes: Sequence[str]) -> Shapes | None:
        """Decode the outlines asked for, never those of all France for some of them."""
        wanted = pl.col("code").is_in(pl.Series(codes, dtype=pl.String).implode())
        rows = self._contours.filter((pl.col("level") == level) & wanted)
        return read_shapes(rows, level) if rows.height else None

    @cached_property
    def _boxes(self) -> tuple[pl.Series, np.ndarray]:
        """Codes of the communes, and west, south, east, north of each (degrees)."""
        rows = self._contours.filter(pl.col("level") == "commune")
        parts = [
            shapely.bounds(shapely.from_wkb(part["geometry"].to_numpy(), on_invalid="ignore"))
            for part in rows.iter_slices(DECODED_AT_ONCE)
        ]
        return rows["code"], np.concatenate([np.empty((0, 4)), *parts])

    def united(self, level: str, parents: Mapping[str, str]) -> Shapes | None:
        """Return larger areas made of communes (commune → area), kept once made.

        Régions are made of their départements: half the work of starting from communes.
        """
        key = (level, tuple(sorted(set(parents.values()))))
        if key not in self._united:
            smaller, owners = self._smaller(level, parents)
            if smaller is None:
                return None
            self._united[key] = dissolve(smaller, owners, level)
        return self._united[key]

    def _smaller(
        self, level: str, parents: Mapping[str, str]
    ) -> tuple[Shapes | None, Mapping[str, str]]:
        if level != "region":
            return self.pick("commune", list(parents)), parents
        departements = {commune: departement_of(commune) for commune in parents}
        owners = {departements[commune]: region for commune, region in parents.items()}
        return self.united("departement", departements), owners

    def touching(self, communes: Sequence[str]) -> list[str]:
        """Return the other communes whose outline lies against one of ``communes``, sorted."""
        codes, boxes = self._boxes
        inside = codes.is_in(pl.Series(communes, dtype=pl.String).implode()).to_numpy()
        if not inside.any():
            return []
        west, south = np.nanmin(boxes[inside, :2], axis=0) - TOLERANCE_DEGREES
        east, north = np.nanmax(boxes[inside, 2:], axis=0) + TOLERANCE_DEGREES
        near = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
        near &= (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
        shapes = self._read("commune", codes.filter(pl.Series(near)).to_list())
        if shapes is None:
            return []
        found = neighbours(shapes, communes, gap=TOLERANCE_DEGREES)["neighbour"]
        return sorted(set(found.to_list()) - set(communes))
