"""People who need help, from the needs to the reach: same counts, same draws, zone by zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.drawn import draw_zones
from portrea.needs.tables import UNITS
from portrea.reach.demand import Demand
from portrea.steering.computation import gather_inputs, settings_in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.sources.store import Store
    from portrea.steering.computation import Inputs
    from portrea.steering.settings import Settings

DRAWS = 500
"""Draws carried through an access: the bounds of an interval move by less than its hundredth."""


def demand_of(
    store: Store,
    zones: Sequence[str] | None = None,
    measure: str = "c",
    *,
    draws: int = DRAWS,
    inputs: Inputs | None = None,
    settings: Settings | None = None,
) -> Demand:
    """Return the people who need help in some zones (IRIS), with their draws.

    Parameters
    ----------
    store
        Store whose figures are read, unless ``inputs`` has them already.
    zones
        Codes of the IRIS, all by default. Give those around the territory too.
    measure
        ``c`` (in difficulty and facing online procedures), ``b_load`` (procedures a year), ``a1``…
    draws
        Draws per scenario; a measure known between two scenarios (C) has twice as many.
    inputs
        What :func:`portrea.steering.computation.gather_inputs` read.
    settings
        Those of the computation in force by default: the counts are those published.

    Notes
    -----
    An IRIS whose need is not estimated counts for nobody and is ``unknown``.
    """
    inputs = inputs or gather_inputs(store)
    settings = settings or settings_in_force(store)
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
