"""People who need help, from the needs to the reach: same counts, same draws, zone by zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.drawn import draw_zones
from portrea.needs.tables import UNITS
from portrea.reach.demand import Demand
from portrea.steering.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.computation import Inputs

DRAWS = 500
"""Draws carried through an access: the bounds of an interval move by less than its hundredth."""


def demand_of(
    inputs: Inputs,
    *,
    measure: str = "c",
    zones: Sequence[str] | None = None,
    draws: int = DRAWS,
    settings: Settings | None = None,
) -> Demand:
    """Return the people who need help in some zones (IRIS), with their draws.

    Parameters
    ----------
    inputs
        What :func:`portrea.steering.computation.gather_inputs` read.
    measure
        ``c`` (in difficulty and facing online procedures), ``b_load`` (procedures a year), ``a1``…
    zones
        Codes of the IRIS, all by default. Give those around the territory too.
    draws
        Draws per scenario; a measure known between two scenarios (C) has twice as many.
    settings
        Those of the computation in force, so that the counts are those published.

    Notes
    -----
    An IRIS whose need is not estimated counts for nobody and is ``unknown``.
    """
    settings = settings or Settings.make()
    options = settings.options | {"draws": draws}
    found = draw_zones(
        inputs.territories, inputs.observations, inputs.crosstab,
        measure=measure, selection=zones, **options,
    )  # fmt: skip
    drawn = found.low if found.high is None else np.hstack([found.low, found.high])
    drawn[~found.known] = 0
    return Demand(
        np.asarray(found.codes, dtype=np.str_),
        found.persons,
        drawn,
        measure,
        UNITS[measure],
        1 if found.high is None else 2,
        ~found.known,
    )
