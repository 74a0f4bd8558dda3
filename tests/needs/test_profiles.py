from __future__ import annotations

import pytest

from portrea.base.errors import DataError, ParameterError, TerritoryError
from portrea.needs import estimate
from portrea.needs.grid import ADULT_AGES
from portrea.needs.profiles import profile

BY_AGE = ("15-29", "30-44", "45-59", "60-74", "75+")
DIPLOMAS = ("no_diploma", "bepc", "capbep", "bac", "sup2", "sup3plus", "schooled")


@pytest.fixture
def described(town):
    """The town of three bands, and the diplomas of one of its communes."""
    shares = {"no_diploma": 500, "bepc": 100, "capbep": 600, "bac": 400, "sup": 700}
    town.figure(
        "commune",
        "35001",
        {f"non_schooled_{name}": float(n) for name, n in shares.items()}
        | {"non_schooled_15_plus": 2300.0},
        vintage="2021",
    )
    return town


def profiled(world, **options):
    asked = {"level": "epci", "code": "200000001", "bands": BY_AGE} | options
    return profile(world.territories, world.observations, world.crosstab, **asked)


def test_ages_add_up_to_the_estimate_of_the_area(described):
    found = profiled(described)
    estimates = estimate(
        described.territories,
        described.observations,
        described.crosstab,
        levels=("epci",),
        measures=("a1",),
        draws=20,
    )
    assert found["n"].sum() == pytest.approx(estimates["n"][0])
    assert found["persons"].sum() == pytest.approx(estimates["population"][0])
    assert found["share"].sum() == pytest.approx(1)
    assert found["rate"].is_sorted()


def test_diplomas_add_up_too_and_fall(described):
    found = profiled(described, bands=(), diplomas=DIPLOMAS)
    assert found["n"].sum() == pytest.approx(profiled(described)["n"].sum())
    assert found["rate"][:6].is_sorted(descending=True)


def test_every_cell_of_the_grid_may_be_asked_and_bands_may_overlap(described):
    fine = profiled(described, bands=ADULT_AGES)
    wide = profiled(described, bands=("60+", "60-69", "70-79", "80+"))
    assert wide["n"][0] == pytest.approx(wide["n"][1:].sum())
    assert fine["n"].sum() == pytest.approx(profiled(described)["n"].sum())
    assert fine["n"][-5:].sum() == pytest.approx(wide["n"][0])


def test_intervals_hold_the_figure_and_shrink_from_a_part_to_the_whole(described):
    found = profiled(described)
    for name in ("n", "rate", "share"):
        assert (found[f"{name}_low"] < found[name]).all()
        assert (found[f"{name}_high"] > found[name]).all()
    # the share of everybody among everybody is one, without error
    whole = profiled(described, bands=("15+",)).row(0, named=True)
    assert whole["share_low"] == pytest.approx(1, abs=1e-6)
    assert whole["share_high"] == pytest.approx(1, abs=1e-6)


def test_the_interval_of_the_whole_is_the_one_of_the_draws(described):
    estimates = estimate(
        described.territories,
        described.observations,
        described.crosstab,
        levels=("epci",),
        measures=("a1",),
        draws=2000,
    ).row(0, named=True)
    whole = profiled(described, bands=("15+",)).row(0, named=True)
    width = estimates["share_high"] - estimates["share_low"]
    assert whole["rate_high"] - whole["rate_low"] == pytest.approx(width, rel=0.08)


def test_faults_are_named(described):
    with pytest.raises(TerritoryError, match="« 2 »"):
        profiled(described, code="2")
    with pytest.raises(ParameterError, match="doctorat"):
        profiled(described, diplomas=("doctorat",))
    with pytest.raises(DataError, match="18-24"):
        profiled(described, bands=("18-24",))
