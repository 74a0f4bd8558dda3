"""The draws behind the intervals, zone by zone, for whoever computes further on them.

Nothing is kept of a computation but its bounds: draws depend on codes and seed only, so those of a
few zones are made again, in a moment, the very same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import ParameterError
from portrea.needs.draws import Drawing
from portrea.needs.estimation import CHUNK, WITH_B, owners
from portrea.needs.inputs import chunks
from portrea.needs.model import prepare
from portrea.needs.parameters import load_parameters
from portrea.needs.tables import BOUNDS_ONLY, MEASURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.fitted import FittedRates
    from portrea.needs.learning import Learned
    from portrea.needs.model import Model
    from portrea.needs.parameters import Parameters

    Draws = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Count of each zone, and its draws (zones × draws, single precision).

    ``low`` and ``high`` are the draws of the least and the greatest scenario, ``high`` being
    ``None`` when the measure has a single one. ``known`` is false where no figure is published.
    """

    codes: list[str]
    persons: NDArray[np.float64]
    known: NDArray[np.bool_]
    low: NDArray[np.float32]
    high: NDArray[np.float32] | None


def draw_zones(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    measure: str,
    selection: Sequence[str] | None = None,
    draws: int = 1000,
    seed: int = 2026,
    parameters: Parameters | None = None,
    benchmark: pl.DataFrame | None = None,
    fitted: FittedRates | None = None,
    learned: Learned | None = None,
) -> Drawn:
    """Return one measure of the finest zones, with the draws of :func:`portrea.needs.run`.

    Parameters
    ----------
    measure
        Any measure that has a central value.
    selection
        Codes of the zones (IRIS), all by default.

    Raises
    ------
    ParameterError
        When the measure is unknown or only known by its bounds.

    Notes
    -----
    The draws are those of the zones themselves. Where a published cross table makes A2 exact over
    several zones, their sum is less certain here than the bounds published for the area: prudent,
    never narrower.
    """
    if measure not in MEASURES or measure in BOUNDS_ONLY:
        allowed = [name for name in MEASURES if name not in BOUNDS_ONLY]
        raise ParameterError(
            f"La mesure « {measure} » n’a pas de valeur centrale à répartir.",
            remedy=f"Choisissez parmi : {', '.join(allowed)}.",
        )
    model = prepare(
        territories, observations, crosstab,
        selection=selection, parameters=parameters or load_parameters(),
        with_b=measure in WITH_B, benchmark=benchmark, fitted=fitted, learned=learned,
    )  # fmt: skip
    codes = model.atoms["code"].to_list()
    chosen = set(codes if selection is None else selection)
    wanted = np.fromiter((code in chosen for code in codes), bool, len(codes))
    known = model.known(measure)[wanted]
    low, high = _both_sides(model, measure, seed=seed, draws=draws)
    return Drawn(
        [code for code in codes if code in chosen],
        np.where(known, model.central(measure)[wanted], 0.0),
        known,
        low[wanted],
        None if high is None else high[wanted],
    )


def _both_sides(model: Model, measure: str, *, seed: int, draws: int) -> tuple[Draws, Draws | None]:
    """Return the draws of the low scenario and of the high one (``None``: the same everywhere)."""
    drawing = Drawing(model, [measure], seed=seed, draws=draws)
    shape = model.atoms.height, draws
    low, high = np.zeros(shape, np.float32), None
    for rows in chunks(owners(model), max(1, CHUNK // draws)):
        for name, side, found in drawing.chunk(rows):
            if name != measure:
                continue
            if side == "high":
                high = low.copy() if high is None else high
                high[rows] = found
            else:
                low[rows] = found
                if high is not None:
                    high[rows] = found
    return low, high
