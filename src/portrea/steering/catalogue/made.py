"""A table ready to be given: its rows, its outlines, its dictionary, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from portrea.sources.datasets import Dataset
    from portrea.steering.catalogue.entries import Variable

GEOMETRY = "geometry"
GRID = 1e-5
"""Degrees to which outlines are rounded: about a metre."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Input:
    """A public file that was read: its card, without the address of this machine."""

    title: str
    producer: str
    vintage: str
    licence: str | None
    page: str | None = None
    sha256: str | None = None
    retrieved: str | None = None

    @classmethod
    def of(cls, dataset: Dataset) -> Input:
        """Return the card of a dataset of the store."""
        card = dataset.provenance
        return cls(
            card.title, card.producer, card.vintage, card.licence, card.page, card.sha256,
            card.retrieved,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Made:
    """One table.

    ``frame`` has the columns of ``variables``, in their order; ``geometry`` is the WKB (longitude,
    latitude, WGS 84) of each row, ``None`` for a table that is not geographic. ``extras`` are files
    beside it, by form: each writes itself to a path. ``revocable`` names a column whose values may
    be taken back: no version that tells one which is no longer there stays readable.
    """

    frame: pl.DataFrame
    variables: Sequence[Variable]
    key: tuple[str, ...] = ()
    inputs: Sequence[Input] = ()
    geometry: pl.Series | None = None
    extras: Mapping[str, Callable[[Path], Any]] = field(default_factory=dict)
    revocable: str = ""

    @cached_property
    def _drawn(self) -> np.ndarray:
        """The outlines known, read once."""
        known = [] if self.geometry is None else self.geometry.drop_nulls().to_list()
        drawn: np.ndarray = shapely.from_wkb(np.array(known, dtype=object))
        return drawn

    def box(self) -> Box | None:
        """Return west, south, east, north of the outlines, ``None`` without any."""
        if not self._drawn.size:
            return None
        west, south, east, north = (round(float(x), 5) for x in shapely.total_bounds(self._drawn))
        return west, south, east, north

    def kinds(self) -> list[str]:
        """Return the types of geometry met, sorted."""
        names = ("Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString",
                 "MultiPolygon", "GeometryCollection")  # fmt: skip
        return sorted(
            {names[rank] for rank in np.unique(shapely.get_type_id(self._drawn)).tolist()}
        )


def rounded_wkb(shapes: np.ndarray) -> list[bytes | None]:
    """Return the WKB of geometries, rounded to :data:`GRID`."""
    cut = shapely.set_precision(shapes, GRID, mode="pointwise")
    return [None if told is None else bytes(told) for told in shapely.to_wkb(cut)]
