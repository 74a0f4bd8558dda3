"""Figures that contradict each other: found, graded and said, never averaged in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.inputs import LEVELS, align, owner_index

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.inputs import Layer
    from portrea.needs.structure import Structure

COUNTED = "non_schooled_15_plus"
FEWEST = 10.0
"""Persons in excess that rounding and noise may explain, whatever the size of the area."""


def incoherent(
    atoms: pl.DataFrame, structure: Structure, layers: Sequence[Layer], most: float
) -> NDArray[np.bool_]:
    """Return the atoms of the areas that count diplomas for more persons than they have of 15+.

    The excess must be larger than the ratio ``most``: two vintages never agree exactly.
    """
    adults = np.nan_to_num(structure.adults.sum(1))
    found = np.zeros(len(adults), dtype=bool)
    for layer in layers:
        if layer.has([COUNTED]):
            counted = align(layer, atoms, [COUNTED])[:, 0]
            owner, names = owner_index(atoms, LEVELS[layer.level])
            persons = np.bincount(owner, adults, minlength=len(names))[owner]
            found |= np.nan_to_num(counted) > most * persons + FEWEST
    return found
