"""Figures that contradict each other: found, graded and said, never averaged in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.inputs import LEVELS, align

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.needs.inputs import Layer
    from portrea.needs.model import Model

COUNTED = "non_schooled_15_plus"
FEWEST = 10.0
"""Persons in excess that rounding and noise may explain, whatever the size of the area."""


def incoherent(model: Model, layers: Sequence[Layer]) -> NDArray[np.bool_]:
    """Return the atoms of the areas that count diplomas for more persons than they have of 15+.

    The excess must be larger than the declared ratio: two vintages never agree exactly.
    """
    most = model.parameters.number("uncertainty", "quality", "incoherent_above")
    adults = np.nan_to_num(model.structure.adults.sum(1))
    found = np.zeros(len(adults), dtype=bool)
    for layer in layers:
        if layer.has([COUNTED]):
            counted = align(layer, model.atoms, [COUNTED])[:, 0]
            owner, names = model.owner(LEVELS[layer.level])
            persons = np.bincount(owner, adults, minlength=len(names))[owner]
            found |= np.nan_to_num(counted) > most * persons + FEWEST
    return found
