"""The posterior of model M1 against that of NUTS (numpyro), kept by ``make oracle``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml

from portrea.needs import survey_model as m1
from portrea.stats.multilevel import MultilevelFit, fit_multilevel

CASE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/stats/nuts_survey.yaml").read_text("utf-8")
)
SCHEMA = {
    "age": pl.String, "diploma": pl.String, "alone": pl.Boolean,
    "yes": pl.Float64, "all": pl.Float64,
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return pl.DataFrame(CASE["rows"], schema=SCHEMA, orient="row")


@pytest.fixture(scope="module")
def fit(rows: pl.DataFrame) -> MultilevelFit:
    fixed, fixed_sd = m1._fixed(rows, [])
    return fit_multilevel(
        rows["yes"].to_numpy(),
        rows["all"].to_numpy(),
        fixed,
        m1._factors(rows, np.ones((12, 7, 2))),
        fixed_sd=fixed_sd,
    )


def test_effects_are_those_of_nuts(fit: MultilevelFit) -> None:
    mean, sd = (np.array(CASE["effects"][name]) for name in ("mean", "sd"))
    assert len(mean) == 2 + 12 + 7 + 84
    assert np.abs((fit.mean - mean) / sd).max() < 0.1
    assert np.abs(fit.sd / sd - 1).max() < 0.15


def test_rates_of_the_rows_are_those_of_nuts(fit: MultilevelFit, rows: pl.DataFrame) -> None:
    mean, sd = (np.array(CASE["rates"][name]) for name in ("mean", "sd"))
    factors = m1._factors(rows, np.ones((12, 7, 2)))
    matrix = np.hstack([m1._fixed(rows, [])[0], *(factor.loads for factor in factors)])
    assert np.abs((fit.rates(matrix) - mean) / sd).max() < 0.1
    drawn = 1 / (1 + np.exp(-matrix @ fit.draw(8000, seed=1)))
    assert np.abs(drawn.std(1) / sd - 1).max() < 0.15


def test_standard_deviations_are_those_of_nuts(fit: MultilevelFit) -> None:
    for name, (mean, low, high) in fit.sds().items():
        kept = CASE["sds"][name]
        assert abs(mean - kept["mean"]) < 0.25 * kept["sd"]
        assert low < kept["mean"] < high
