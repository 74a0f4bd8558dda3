"""The places of a list as marks on a map: the same rows, gathered where they are many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import ParameterError
from portrea.web.offer.selectors import names_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.web.offer.selectors import Search

FRANCE = (-5.2, 41.3, 9.6, 51.1)
ACROSS, DOWN = 14, 10
"""Squares of a view: each gives one mark at most."""
MARGIN = 0.05
SMALLEST = 0.02
"""Degrees: a lone village is shown with what is around it."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """One place, or several gathered at their middle."""

    longitude: float
    latitude: float
    count: int
    id: str = ""
    name: str = ""


def view(search: Search, box: Box | None) -> dict[str, Any]:
    """Return the marks of a view as JSON; ``total`` is that of the list."""
    rows = search.found.rows
    x, y = search.index.longitude[rows], search.index.latitude[rows]
    placed = np.isfinite(x) & np.isfinite(y)
    bounds = box or _bounds(search, x[placed], y[placed])
    marks = _marks(search, rows[placed], x[placed], y[placed], bounds)
    cells = [[m.longitude, m.latitude, m.count, m.id, m.name] for m in marks]
    return {
        "total": search.total,
        "placed": int(placed.sum()),
        "bounds": list(bounds),
        "cells": cells,
    }


def box_of(text: str) -> Box | None:
    """Read ``west,south,east,north``; an absurd one is explained."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise _refused(text) from None
    if not (-360 <= west < east <= 360 and -90 <= south < north <= 90):
        raise _refused(text)
    return west, south, east, north


def _refused(text: str) -> ParameterError:
    return ParameterError(
        f"Le cadre « {text[:60]} » n’en est pas un.",
        remedy="Forme attendue : ouest,sud,est,nord, en degrés.",
    )


def _bounds(search: Search, x: NDArray[np.float64], y: NDArray[np.float64]) -> Box:
    if search.reference == "france:FR" or not x.size:
        return FRANCE
    west, east = float(x.min()), float(x.max())
    south, north = float(y.min()), float(y.max())
    wide, high = max(east - west, SMALLEST) * MARGIN, max(north - south, SMALLEST) * MARGIN
    return west - wide, south - high, east + wide, north + high


def _marks(
    search: Search,
    rows: NDArray[np.int64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    box: Box,
) -> list[Mark]:
    west, south, east, north = box
    column = np.floor((x - west) / (east - west) * ACROSS)
    line = np.floor((y - south) / (north - south) * DOWN)
    seen = (column >= 0) & (column < ACROSS) & (line >= 0) & (line < DOWN)
    cell = (line[seen] * ACROSS + column[seen]).astype(np.int64)
    counts = np.bincount(cell, minlength=ACROSS * DOWN)
    middle_x = np.bincount(cell, x[seen], ACROSS * DOWN)
    middle_y = np.bincount(cell, y[seen], ACROSS * DOWN)
    alone = dict(zip(cell.tolist(), rows[seen].tolist(), strict=True))
    ids = {c: search.index.ids[alone[c]] for c in np.flatnonzero(counts == 1).tolist()}
    names = names_of(search.origin, list(ids.values()))
    return [
        Mark(
            round(middle_x[c] / counts[c], 5),
            round(middle_y[c] / counts[c], 5),
            int(counts[c]),
            ids.get(c, ""),
            names.get(ids.get(c, ""), ""),
        )
        for c in np.flatnonzero(counts).tolist()
    ]
