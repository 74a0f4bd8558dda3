"""What the whole country teaches of each commune: the same for every part of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.needs.attraction import Potential, population_potential
from portrea.needs.inputs import find_atoms
from portrea.needs.synthesis import Synthetic, synthesise
from portrea.stats.threads import side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from portrea.needs.inputs import Layer
    from portrea.needs.parameters import Parameters


@dataclass(frozen=True, eq=False)
class Learned:
    """Expected structure of each commune, and the persons around it (``None``: nothing learnt)."""

    synthetic: Synthetic | None
    potential: Potential | None


def learn(
    territories: pl.DataFrame,
    layers: Sequence[Layer],
    parameters: Parameters,
    *,
    atoms: pl.DataFrame | None = None,
) -> Learned:
    """Learn from all the communes of the tables; ``atoms``: all of them, when already found."""
    atoms = find_atoms(territories, None) if atoms is None else atoms
    synthetic, potential = side_by_side(
        lambda: synthesise(atoms, layers, parameters),
        lambda: population_potential(territories, layers, parameters, atoms=atoms),
    )
    return Learned(synthetic, potential)
