"""Bad figures end in a named error or in an explicit grade with its reason: never in a NaN."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from portrea.base.errors import ParameterError
from portrea.needs import estimate
from portrea.needs.tables import ESTIMATES

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/bad_input.yaml").read_text("utf-8")
)
LEVELS = ("iris", "commune", "epci", "departement", "region")


def run(world, **options) -> pl.DataFrame:
    options = {"draws": 50, "levels": LEVELS} | options
    return estimate(world.territories, world.observations, world.crosstab, **options)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_a_bad_iris_is_graded_and_explained(town, case):
    town.commune("35003", ["350030000"])
    status = case.get("status", "ok")
    town.figure("iris", "350030000", case["figures"], status=status, source="autre")
    frame = run(town)
    ESTIMATES.check(frame)
    numbers = frame.select(pl.selectors.float())
    assert not any(numbers[name].is_nan().any() for name in numbers.columns)
    row = frame.filter((pl.col("code") == "350030000") & (pl.col("measure") == "a1"))
    got = row.row(0, named=True)
    assert got["quality"] == case["quality"]
    assert case["reason"] in got["reasons"]
    assert got["population"] == pytest.approx(case["population"])
    others = frame.filter(~pl.col("code").is_in(["350030000", "35003"]))
    assert others.filter(pl.col("measure") == "a1")["n"].null_count() == 0


def test_every_row_below_a_says_why(town):
    town.figure("commune", "35001", {"share_low_diploma_of_15_plus": 0.52}, vintage="2017")
    town.table("commune", "35002", ["15-64", "65+"], ["no_diploma", "bac"], [[20, 50], [10, 20]])
    frame = run(town)
    assert frame.filter(pl.col("quality") == "A").height
    assert frame.filter(pl.col("quality") == "A")["reasons"].is_null().all()
    assert frame.filter(pl.col("quality") != "A")["reasons"].str.len_chars().fill_null(0).min() > 3


def test_a_hidden_figure_and_a_missing_one_are_named(town):
    counts = {"households_rsa": None, "households_ppa": 420, "households_aah": 60}
    town.figure("commune", "35001", {"households_rsa": None}, source="caf", status="suppressed")
    del counts["households_rsa"]
    town.figure("commune", "35001", counts, source="caf")
    frame = run(town, measures=["b"]).filter(pl.col("code") == "35001")
    reasons = frame["reasons"][0]
    assert "chiffre CAF masqué : RSA" in reasons
    assert "chiffre manquant : demandeurs d’emploi" in reasons


@pytest.mark.parametrize("draws", [0, -5])
def test_no_draw_is_refused(town, draws):
    with pytest.raises(ParameterError, match="tirages"):
        run(town, draws=draws)
