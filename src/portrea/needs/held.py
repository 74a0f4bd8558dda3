"""Totals published by cross tables: the draws of their parts are held to them.

Ages crossed with diplomas make A2 an exact count of the table's area. The parts of that area are
not known better for it, but their errors must cancel in the total, which then carries the sampling
of the census alone. Without this, every area above a table would inherit errors that it excludes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.aggregation import Areas
from portrea.stats.intervals import hash_codes, normals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.aggregation import Tally
    from portrea.needs.model import Model

    Floats = NDArray[np.float64]

MEASURE = "a2"


@dataclass(frozen=True, eq=False)
class Held:
    """Areas of the published tables and the sampling errors of their A2 (areas × draws)."""

    areas: Areas
    central: Floats
    sampling: Floats
    weights: Floats

    @classmethod
    def of(cls, model: Model, *, seed: int, draws: int) -> Held | None:
        """Return what the tables hold, ``None`` when none splits ages at 65."""
        index, codes = model.tables
        if not codes:
            return None
        areas = Areas("table", index, codes, codes)
        rule = model.rules[MEASURE]
        uncertainty = model.parameters.number
        fraction = uncertainty("uncertainty", "sampling", "fraction")
        design = uncertainty("uncertainty", "sampling", "design_effect")
        least = uncertainty("uncertainty", "sampling", "exhaustive_below")
        population = areas.total(rule.population)
        central = areas.total(rule.count)
        share = np.divide(central, population, out=np.zeros_like(central), where=population > 0)
        variance = design * (1 - fraction) / fraction * population * share * (1 - share)
        sampled = areas.total(np.nan_to_num(model.structure.ages).sum(1)) >= least
        normal = normals(hash_codes(codes), "a2:table", seed=seed, draws=draws)
        sampling = np.sqrt(np.where(sampled, variance, 0.0))[:, None] * normal.astype(np.float64)
        moving = rule.younger
        weights = moving.persons * moving.share * (1 - moving.share)
        return cls(areas, central, sampling, weights)

    def apply(self, tally: Tally) -> None:
        """Move the draws of the pieces of each table so that they add up to its total.

        The gap is shared along ``N p (1 − p)``, where one logit of error moves as many persons.
        """
        piece, table = tally.piece, self.areas.shared
        inside = (piece >= 0) & (table >= 0)
        if not inside.any():
            return
        owner = np.full(len(tally.keys), -1, dtype=np.intp)
        owner[piece[inside]] = table[inside]
        pieces = np.flatnonzero(owner >= 0)
        weights = np.bincount(piece[inside], self.weights[inside], minlength=len(owner))[pieces]
        sums = np.bincount(owner[pieces], weights, minlength=len(self.central))
        part = np.divide(
            weights, sums[owner[pieces]], out=np.zeros_like(weights), where=weights > 0
        )
        for side in tally.measured(MEASURE):
            drawn = tally.sums[MEASURE, side]
            total = np.zeros_like(self.sampling)
            np.add.at(total, owner[pieces], drawn[pieces])
            gap = self.central[:, None] + self.sampling - total
            moved = drawn[pieces] + part[:, None] * gap[owner[pieces]]
            drawn[pieces] = np.maximum(moved, 0.0)
