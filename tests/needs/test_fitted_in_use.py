"""Rates fitted on a survey take the place of the published ones, and say so everywhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner
from scipy.special import logit

from portrea.cli import portrea
from portrea.needs import estimate
from portrea.needs.fitted import COEFFICIENTS, SHAPE, FittedRates
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def constant(rate: float, *, delta: float | None = None, sd: float = 0.0) -> FittedRates:
    """The same rate in every cell, all moved together by one error."""
    row = {"term": "constant", "modality": "", "estimate": logit(rate), "sd": sd, "n": 4000}
    table = pl.DataFrame([row | {"low": -5.0, "high": 5.0}], schema=COEFFICIENTS.schema)
    return FittedRates(
        name="Enquête d’essai",
        source="essai",
        vintage="2024",
        theta=np.full(SHAPE, rate),
        loadings=np.full((*SHAPE, 1), sd),
        delta=delta,
        table=table,
    )


def a1(world, fitted: FittedRates | None) -> pl.DataFrame:
    inputs = (world.territories, world.observations, world.crosstab)
    return estimate(*inputs, levels=["iris", "commune"], measures=["a1"], fitted=fitted)


def test_a_constant_rate_gives_that_share_everywhere(town) -> None:
    """25 % in every cell: 25 % of the 15 or more of every area, whatever their ages."""
    found = a1(town, constant(0.25))
    assert found["share"].to_numpy() == pytest.approx(0.25, abs=1e-9)
    assert found["n"].to_numpy() == pytest.approx(found["population"].to_numpy() / 4, rel=1e-9)
    published = a1(town, None)
    assert np.abs(published["share"].to_numpy() - 0.25).min() > 0.01


def test_errors_of_the_survey_widen_the_intervals(town) -> None:
    width = [
        (f["share_high"] - f["share_low"]).to_numpy()
        for f in (a1(town, constant(0.25, sd=sd)) for sd in (0.0, 0.5))
    ]
    assert (width[1] > 1.2 * width[0]).all()


def test_the_survey_is_named_with_its_hash_beside_the_number(town) -> None:
    fitted = constant(0.25)
    for vintages in a1(town, fitted)["vintages"]:
        assert f"Enquête d’essai 2024, taux ajustés {fitted.digest}" in vintages
        assert "Insee, TIC ménages" not in vintages


@pytest.mark.slow
def test_a_computation_keeps_the_rates_and_their_gap(demo_copy: Path, tmp_path: Path) -> None:
    """From the file to the published rows, and back from what the store kept."""
    gaps = {0.0: tmp_path / "none.json", 2.0: tmp_path / "gap.json"}
    found = {}
    for delta, path in gaps.items():
        constant(0.2, delta=delta).write(path)
        done = CliRunner().invoke(
            portrea, ["compute", "--rates", str(path), "--draws", "40"], catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        found[delta] = Store(demo_copy).current()
    rates = FittedRates.read(gaps[2.0])
    card = json.loads(json.dumps(found[2.0].card, default=str))
    assert card["fitted"]["name"] == rates.name
    assert card["fitted"]["digest"] == rates.digest
    table = {d: c.table("estimates").filter(level="commune") for d, c in found.items()}
    shares = table[2.0].filter(pl.col("measure") == "a1", pl.col("n").is_not_null())["share"]
    assert shares.to_numpy() == pytest.approx(0.2, abs=1e-6)
    both = table[0.0].join(table[2.0], on=["code", "measure"], suffix="_gap")
    crossed = both.filter(pl.col("measure") == "c", pl.col("n") > 0)
    assert crossed.height > 5
    assert (crossed["n_gap"] > 1.2 * crossed["n"]).all(), "the gap of the survey replaces ours"
