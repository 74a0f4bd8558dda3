"""Other parameters on one territory: what moves, and the same numbers as the computation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from portrea.base.errors import ParameterError, TerritoryError
from portrea.needs.learning import Learned
from portrea.sources.store import Store
from portrea.steering import scenarios
from portrea.steering.computation import Inputs, gather_inputs
from portrea.steering.scenarios import Trial, compare, sensitivity, together
from portrea.steering.settings import Settings
from portrea.territory import Gazetteer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow
EPCI = "epci:243500618"
USUAL = Settings.make(draws=40)


@pytest.fixture(scope="module")
def inputs(demo_home: Path) -> Inputs:
    return gather_inputs(Store(demo_home))


@pytest.fixture(scope="module")
def trial(inputs: Inputs) -> Trial:
    return Trial.of(inputs, Gazetteer(inputs.territories).resolve(EPCI))


def estimates(*rows: tuple[str, float, float]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "level": "commune",
            "code": [row[0] for row in rows],
            "name": [row[0] for row in rows],
            "measure": "a1",
            "n": [row[1] for row in rows],
            "n_low": 0.0,
            "n_high": 9.0,
            "share": [row[2] for row in rows],
        }
    )


def test_ranks_and_differences_by_hand() -> None:
    """Shares 30, 20, 10 % become 20, 30, 10 %: the first two change places."""
    before = estimates(("a", 30, 0.3), ("b", 40, 0.2), ("c", 10, 0.1))
    after = estimates(("a", 20, 0.2), ("b", 60, 0.3), ("c", 10, 0.1))
    found = together(before, after)
    columns = found.select("code", "difference", "rank_before", "rank_after", "moved")
    assert columns.rows() == [("a", -10, 1, 2, -1), ("b", 20, 2, 1, 1), ("c", 0, 3, 3, 0)]


def test_a_trial_gives_the_numbers_of_the_computation(demo_home: Path, trial: Trial) -> None:
    current = Store(demo_home).current()
    assert current is not None
    settings = Settings.from_card(current.card)
    mine = trial.estimates(settings).filter(pl.col("level") == "commune").sort("code", "measure")
    published = current.table("estimates").join(
        mine.select("level", "code", "measure"), on=["level", "code", "measure"], how="semi"
    )
    published = published.sort("code", "measure")
    for column in ("n", "n_low", "n_high"):
        assert mine[column].to_list() == pytest.approx(published[column].to_list(), rel=1e-5)


def test_what_the_country_teaches_is_learnt_once_and_from_all_of_it(
    inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    heights = []

    def learn_all(territories: pl.DataFrame, observations: pl.DataFrame, _: object) -> Learned:
        heights.append((territories.height, observations.height))
        return Learned(None, None)

    monkeypatch.setattr(scenarios, "learn_all", learn_all)
    fresh = replace(inputs, learned={})
    for territory in (EPCI, "epci:243500550"):
        trial = Trial.of(fresh, Gazetteer(inputs.territories).resolve(territory))
        assert trial.inputs.observations.height <= inputs.observations.height
        trial.totals(USUAL.parameters, ("a1",))
    assert heights == [(inputs.territories.height, inputs.observations.height)]


def test_the_scale_of_the_potential_is_learnt_again(trial: Trial) -> None:
    other = USUAL.with_overrides({"rates.attraction.scale_km": 40})
    found = compare(trial, USUAL, other, measures=("a1", "a3")).total
    difference = dict(found.select("measure", "difference").rows())
    assert difference["a1"] < 0  # more persons within reach of each commune
    assert difference["a3"] == 0


def test_delta_moves_c_and_nothing_else(trial: Trial) -> None:
    other = USUAL.with_overrides({"exposure.delta.central": 0.6})
    found = compare(trial, USUAL, other)
    difference = dict(found.total.select("measure", "difference").rows())
    assert difference["a1"] == 0
    assert difference["b"] == 0
    assert difference["c"] > 0
    areas = found.areas.filter(pl.col("measure") == "c")
    assert areas["difference"].sum() == pytest.approx(difference["c"], rel=1e-6)


def test_overlap_moves_b_down(trial: Trial) -> None:
    other = USUAL.with_overrides({"exposure.overlaps.rsa_jobseekers": 0.8})
    difference = dict(compare(trial, USUAL, other).total.select("measure", "difference").rows())
    assert difference["b"] < 0
    assert difference["a1"] == 0


def test_tau_widens_intervals_and_keeps_centres(trial: Trial) -> None:
    other = USUAL.with_overrides({"uncertainty.area_effects.sd.epci": 0.5})
    row = compare(trial, USUAL, other).total.filter(pl.col("measure") == "a1").row(0, named=True)
    assert row["n_after"] == pytest.approx(row["n_before"])
    assert row["n_high_after"] - row["n_low_after"] > row["n_high_before"] - row["n_low_before"]


def test_sensitivity_is_sorted_and_agrees_with_a_whole_run(trial: Trial) -> None:
    table = sensitivity(trial, USUAL)
    effects = table["effect"].drop_nulls().to_list()
    assert effects == sorted(effects, reverse=True)
    path = "exposure.overlaps.rsa_jobseekers"
    row = table.filter(pl.col("path") == path).row(0, named=True)
    far = USUAL.with_overrides({path: float(row["high"])})
    total = trial.estimates(far, ("b",)).filter(pl.col("level") == "selection")["n"].item()
    assert row["b_high"] == pytest.approx(total, rel=1e-6)
    assert row["a1_high"] == row["a1"]


def test_sensitivity_to_a_parameter_read_with_the_figures(trial: Trial) -> None:
    path = "exposure.suppressed_below"
    row = sensitivity(trial, USUAL, paths=[path]).row(0, named=True)
    far = USUAL.with_overrides({path: float(row["high"])})
    total = trial.estimates(far, ("b",)).filter(pl.col("level") == "selection")["n"].item()
    assert row["b_high"] == pytest.approx(total, rel=1e-6)


def test_an_unknown_parameter_is_refused(trial: Trial) -> None:
    with pytest.raises(ParameterError, match=r"exposure\.delta\.central"):
        sensitivity(trial, USUAL, paths=["exposure.delta.centrale"])


@pytest.mark.parametrize("territory", ["region:53", "france"])
def test_larger_than_a_departement_is_refused(inputs: Inputs, territory: str) -> None:
    with pytest.raises(TerritoryError, match="département"):
        Trial.of(inputs, Gazetteer(inputs.territories).resolve(territory))
