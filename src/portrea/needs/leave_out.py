"""What the composite estimator misses, measured by leaving real areas out of what it learns from.

Only census figures enter; nothing here reads a published figure of digital incapacity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.needs.composite import Design, predict
from portrea.needs.grid import gather
from portrea.needs.inputs import find_atoms, read_layers
from portrea.needs.structure import VARIABLES
from portrea.needs.surroundings import COMMUNE, find_units, newest, read_design
from portrea.needs.synthesis import AGE_SHARES, COUNTS, SIZE, observed_ages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]

FOLDS = 5
PAIRS = {
    "no diploma, of CAP-BEP or less": (("no_diploma",), ("no_diploma", "bepc", "capbep")),
    "brevet, of brevet or CAP-BEP": (("bepc",), ("bepc", "capbep")),
    "bac, of bac or more": (("bac",), ("bac", "sup")),
    "bac + 2, of higher education": (("sup2",), ("sup",)),
}
SCHEMA = {
    "share": pl.String,
    "areas": pl.Int64,
    "mean": pl.Float64,
    "bias": pl.Float64,
    "mae": pl.Float64,
    "rmse": pl.Float64,
    "mae_of_the_mean": pl.Float64,
}


def left_out(
    shares: Floats, weights: Floats, design: Design, *, seed: int, folds: int = FOLDS
) -> Floats:
    """Return each known share as expected from the other areas only (NaN where not known).

    The areas are cut in ``folds`` random parts, each predicted from the others.
    """
    part = np.random.default_rng(seed).integers(0, folds, len(shares))
    expected = np.full(len(shares), np.nan)
    for fold in range(folds):
        hidden = (part == fold) & np.isfinite(shares)
        kept = np.where(part == fold, np.nan, shares)
        expected[hidden] = predict(kept, weights, design)[hidden]
    return expected


def composite_errors(
    territories: pl.DataFrame, observations: pl.DataFrame, parameters: Parameters, *, seed: int = 0
) -> pl.DataFrame:
    """Return the errors of every share of the composite estimator on areas left out.

    One row per share, in points of share: mean, bias, mean absolute and root mean square error, and
    the mean absolute error of giving every area the mean (what the engine did before).
    """
    atoms = find_atoms(territories, None)
    layers = read_layers(observations, VARIABLES)
    units = find_units(atoms)
    design = read_design(atoms, units, layers, parameters)
    half = parameters.number("composite", "half_weight")
    rows = []
    counted = newest(layers, COMMUNE, [*COUNTS, *SIZE])
    if counted is not None:
        counts = dict(zip(COUNTS, units.of(counted, atoms, COUNTS).T, strict=True))
        for name, (part, whole) in PAIRS.items():
            below = _sum(counts, whole)
            shares = _sum(counts, part) / _positive(below)
            rows.append((name, *_errors(shares, _weights(below, half), design, seed=seed)))
    national = gather(parameters.cards["reference"]["ages_2018"]["persons"])
    for name, seen in observed_ages(atoms, units, layers, national).items():
        label = " of ".join(AGE_SHARES[name])
        weights = _weights(seen.persons, half)
        rows.append((label, *_errors(seen.shares, weights, design, seed=seed)))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _sum(counts: dict[str, Floats], names: tuple[str, ...]) -> Floats:
    return np.sum([counts[f"non_schooled_{name}"] for name in names], axis=0)


def _positive(values: Floats) -> Floats:
    return np.where(values > 0, values, np.nan)


def _weights(persons: Floats, half: float) -> Floats:
    weights: Floats = np.nan_to_num(persons / (persons + half))
    return weights


def _errors(
    shares: Floats, weights: Floats, design: Design, *, seed: int
) -> tuple[int, float, float, float, float, float]:
    gap = left_out(shares, weights, design, seed=seed) - shares
    known = np.isfinite(gap)
    mean = float(np.average(shares[known], weights=weights[known]))
    gap = gap[known]
    return (
        int(known.sum()),
        mean,
        float(gap.mean()),
        float(np.abs(gap).mean()),
        float(np.sqrt((gap**2).mean())),
        float(np.abs(shares[known] - mean).mean()),
    )
