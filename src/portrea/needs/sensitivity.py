"""What a parameter does to the totals of a territory, without drawing anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.inputs import read_layers
from portrea.needs.learning import learn
from portrea.needs.model import Model, prepare
from portrea.needs.structure import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from portrea.needs.learning import Learned
    from portrea.needs.parameters import Parameters

LIGHT = ("exposure.adults_per", "exposure.delta", "exposure.overlaps", "procedures")
"""Parameters read after the figures are: changing them needs no new reading."""
TOTALLED = ("a1", "a2", "a2_75", "a3", "b", "b_sum", "b_load", "c")


def build(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    selection: Sequence[str],
    parameters: Parameters,
    learned: Learned | None = None,
) -> Model:
    """Return the state of an estimation before any draw (see :func:`portrea.needs.run`)."""
    return prepare(
        territories, observations, crosstab,
        selection=selection, parameters=parameters, with_b=True, learned=learned,
    )  # fmt: skip


def learn_all(
    territories: pl.DataFrame, observations: pl.DataFrame, parameters: Parameters
) -> Learned:
    """Return what all the communes together teach of each: the same for every part of them."""
    return learn(territories, read_layers(observations, VARIABLES), parameters)


def is_light(paths: Sequence[str]) -> bool:
    """Whether changing these parameters leaves every figure already read as it is."""
    return all(path.startswith(LIGHT) for path in paths)


def with_parameters(model: Model, parameters: Parameters) -> Model:
    """Return the same state under other light parameters (:func:`is_light`)."""
    exposure = None if model.exposure is None else replace(model.exposure, parameters=parameters)
    return replace(model, parameters=parameters, exposure=exposure)


def totals(model: Model, selection: Sequence[str], measures: Sequence[str]) -> dict[str, float]:
    """Return the central total of the selected areas, by measure (NaN where an area is unknown)."""
    inside = model.atoms["code"].is_in(list(selection)).to_numpy()
    found = {}
    for measure in measures:
        known = bool(model.known(measure)[inside].all()) and bool(inside.any())
        found[measure] = float(model.central(measure)[inside].sum()) if known else np.nan
    return found
