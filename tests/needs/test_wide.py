from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from portrea.base.errors import ParameterError
from portrea.needs.national import overlaps
from portrea.needs.parameters import Parameters, load_parameters
from portrea.needs.reference import Reference, build_reference
from portrea.needs.wide import level_others

CASE = yaml.safe_load((Path(__file__).parents[1] / "cases/needs/a3_wide.yaml").read_text("utf-8"))


def test_hand_worked_wide():
    persons, strict = np.array(CASE["persons"], float), np.array(CASE["strict"])
    psi = level_others(persons, strict, np.array([0.2, 0.2]), CASE["total"])
    assert psi == pytest.approx([CASE["psi"]] * 2)
    assert strict + (1 - strict) * psi == pytest.approx(CASE["wide"])


def changed(parameters: Parameters, **values) -> Parameters:
    cards = copy.deepcopy(parameters.cards)
    cards["rates"]["wide"] |= values
    return replace(parameters, cards=cards)


def persons_of(reference: Reference) -> np.ndarray:
    return reference.joint[:, :, None] * np.stack([1 - reference.alone, reference.alone], axis=-1)


@pytest.mark.parametrize("series", ["tic2019", "tic2021"])
@pytest.mark.parametrize(
    ("level", "ages", "rate"),
    [("credoc2024", "18+", 0.44), ("ddd2024", "18-79", 0.51), ("credoc2022", "18+", 0.54)],
)
def test_the_chosen_level_holds_in_its_own_universe(series, level, ages, rate):
    parameters = changed(load_parameters(series), default=level)
    reference = build_reference(parameters)
    inside = overlaps(ages, parameters.cards["reference"])[:, None, None] * persons_of(reference)
    assert (inside * reference.wide).sum() == pytest.approx(rate * inside.sum(), abs=0.01)


@pytest.mark.parametrize("series", ["tic2019", "tic2021"])
@pytest.mark.parametrize("apart", [0, 1], ids=["two margins", "three margins"])
def test_a3_holds_a1_in_every_cell(series, apart):
    reference = build_reference(load_parameters(series, {"rates.households_in_m0.applied": apart}))
    assert (reference.wide > reference.theta).all()
    assert (reference.wide < 1).all()
    assert (np.diff(reference.wide[:, :6], axis=1) < 0).all()
    gap = np.diff(reference.wide, axis=2)
    assert (gap > 0).all() if apart else (gap == 0).all()


def test_a3_does_not_rise_with_age_before_retirement_as_its_source_says():
    reference = build_reference(load_parameters())
    persons = persons_of(reference)
    by_age = (persons * reference.wide).sum((1, 2)) / persons.sum((1, 2))
    assert by_age[:4].min() > by_age[6]  # 18-34: 51 %, the young as much as the old
    assert (np.diff(by_age[7:]) > 0).all()
    assert "A3 35-54" in reference.closed


def test_a3_shares_the_errors_of_a1_and_adds_its_own():
    reference = build_reference(load_parameters())
    size = reference.loadings.shape[-1]
    assert reference.wide_sources[:size] == reference.sources
    assert len(reference.wide_sources) == reference.wide_loadings.shape[-1] > size
    # an error that raises A1 of the 75+ raises A3 of the 75+, and less than itself
    place = reference.sources.index("age 75+")
    strict, wide = reference.loadings[-1, 0, 0, place], reference.wide_loadings[-1, 0, 0, place]
    assert 0 < wide < strict
    oldest = reference.wide_sources.index("A3 oldest")
    assert reference.wide_loadings[-1, ..., oldest].min() > 0.01
    assert np.abs(reference.wide_loadings[:8, ..., oldest]).max() < 0.1


def test_a_band_that_cuts_cells_is_shared_by_years():
    card = load_parameters().cards["reference"]
    part = overlaps("18-34", card)
    assert part[0] == pytest.approx(0.4)  # 18 and 19 of 15-19
    assert part[1:3] == pytest.approx([1, 1])
    assert 0.4 < part[3] < 0.6  # 30-34 of 30-39
    assert part[4:].sum() == 0
    total = overlaps("18-34", card) + overlaps("35-54", card) + overlaps("55-79", card)
    assert total[1:11] == pytest.approx(np.ones(10))


def test_unknown_level_and_impossible_profile_are_refused():
    parameters = load_parameters()
    with pytest.raises(ParameterError, match="credoc1999") as caught:
        build_reference(changed(parameters, default="credoc1999"))
    assert "ddd2024" in caught.value.remedy
    profile = {**parameters.cards["rates"]["wide"]["profile"]}
    profile["ages"] = {"18-34": 0.02, "35-54": 0.5, "55-79": 0.53}
    with pytest.raises(ParameterError, match="plus petit que celui de A1"):
        build_reference(changed(parameters, profile=profile))
