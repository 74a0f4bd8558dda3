"""Population potential and the shift of the rates, worked by hand and on the real country."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.special import logit

from portrea.needs.attraction import Potential, attraction_shift, population_potential
from portrea.needs.inputs import find_atoms, read_layers
from portrea.needs.model import prepare
from portrea.needs.parameters import load_parameters
from portrea.needs.structure import VARIABLES

PARAMETERS = load_parameters()
EMBEDDED = True
FILES = ("census",)


def two_towns(world, *, apart_km):
    """10,000 persons, and 1,000 persons further north on the same meridian."""
    north = 46.0 + apart_km / 111.2
    for code, latitude, persons in (("35001", 46.0, 10_000.0), ("35002", north, 1_000.0)):
        world.place(
            "commune", code, departement="35", region="53", longitude=2.5, latitude=latitude
        )
        world.figure("commune", code, {"persons": persons})
    return world


def logs(world) -> dict[str, float]:
    found = population_potential(
        world.territories, read_layers(world.observations, VARIABLES), PARAMETERS
    )
    assert found is not None
    return dict(zip(found.codes, found.logs, strict=True))


def test_hand_worked_potential(world):
    # 10 km apart on a grid of 2 km: e^(−10 / 9.65) = 0.3548
    found = logs(two_towns(world, apart_km=10.0))
    assert found["35001"] == pytest.approx(np.log(10_000 + 1_000 * np.exp(-10 / 9.65)), abs=1e-9)
    assert found["35002"] == pytest.approx(np.log(1_000 + 10_000 * np.exp(-10 / 9.65)), abs=1e-9)


def test_towns_too_far_do_not_feel_each_other(world):
    found = logs(two_towns(world, apart_km=200.0))
    assert np.exp(found["35002"]) == pytest.approx(1_000)


def test_shift_is_linear_in_the_potential_and_nil_where_there_is_none(world):
    atoms = find_atoms(two_towns(world, apart_km=10.0).territories, None)
    number = PARAMETERS.number
    centre, slope = (number("rates", "attraction", x) for x in ("centre", "slope"))
    found = attraction_shift(atoms, Potential(["35001"], np.array([centre + 2])), PARAMETERS)
    assert found is not None
    assert found[0] == pytest.approx([2 * slope, 0.0])
    assert found[1][1] == 0
    assert slope < 0  # more people around, lower rates


def test_it_can_be_switched_off(world):
    atoms = find_atoms(two_towns(world, apart_km=10.0).territories, None)
    off = load_parameters(overrides={"rates.attraction.applied": 0})
    assert attraction_shift(atoms, Potential(["35001"], np.array([9.0])), off) is None
    assert attraction_shift(atoms, None, PARAMETERS) is None


@pytest.mark.slow
@pytest.mark.shared
def test_published_gap_between_the_two_ends_holds(real):
    """22 % outside the attraction of cities, 13 % in the largest areas; the total is unchanged."""
    model = prepare(
        real.territories, real.observations, real.crosstab,
        selection=None, parameters=PARAMETERS, with_b=False,
    )  # fmt: skip
    off = prepare(
        real.territories, real.observations, real.crosstab,
        selection=None, parameters=load_parameters(overrides={"rates.attraction.applied": 0}),
        with_b=False,
    )  # fmt: skip
    layers = read_layers(real.observations, VARIABLES)
    potential = population_potential(real.territories, layers, PARAMETERS)
    assert potential is not None
    frame = pl.DataFrame(
        {
            "log": potential.of(model.atoms),
            "persons": model.population("a1"),
            "count": model.central("a1"),
            "before": off.central("a1"),
        }
    ).filter(pl.col("log").is_finite() & (pl.col("persons") > 0))
    place = frame.sort("log").with_columns(at=pl.col("persons").cum_sum() / pl.col("persons").sum())
    card = PARAMETERS.cards["reference"]["attraction_2019"]
    parts, rates = card["parts"], card["rates"]
    rural = place.filter(pl.col("at") <= parts["outside"])
    city = place.filter(pl.col("at") > 1 - parts["largest"])
    ends = [part["count"].sum() / part["persons"].sum() for part in (rural, city)]
    gap = logit(ends[0]) - logit(ends[1])
    assert gap == pytest.approx(logit(rates["outside"]) - logit(rates["largest"]), abs=0.03)
    total = place["count"].sum() / place["before"].sum()
    assert total == pytest.approx(1, abs=0.005)
