"""Codes and names as numbers, the same in every table: integers are compared, not texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ranks = NDArray[np.intp]

CODES = pl.Categorical(pl.Categories("portrea.needs"))
"""Codes and names as numbers, the same in every table."""
_ALIVE = pl.Series([""], dtype=CODES)
"""Keeps the numbers as long as the program: polars forgets categories that no column has."""
NOWHERE = int(_ALIVE.to_physical()[0])


def ids_of(codes: pl.Series) -> Ranks:
    """Return the number of each code (:data:`CODES`)."""
    return codes.cast(CODES).to_physical().to_numpy().astype(np.intp)


def texts_of(ids: Ranks) -> pl.Series:
    """Return the code of each number."""
    return pl.Series(ids, dtype=pl.UInt32).cat.to(CODES).cast(pl.String)


def place_of(own: Ranks, asked: Ranks) -> Ranks:
    """Return the place of each number among others, −1 where it is not."""
    size = 1 + max(int(np.max(x, initial=0)) for x in (own, asked))
    places = np.full(size, -1, dtype=np.intp)
    places[own] = np.arange(len(own))
    found: Ranks = places[asked]
    return found


def numbered(names: Ranks) -> tuple[Ranks, Ranks]:
    """Renumber whole numbers in order of appearance; return them, and where each first appears."""
    rows = np.arange(len(names))
    head = np.empty(int(np.max(names, initial=0)) + 1, dtype=np.intp)
    head[names[::-1]] = rows[::-1]
    first = np.flatnonzero(head[names] == rows)
    head[names[first]] = np.arange(len(first))
    found: Ranks = head[names]
    return found, first
