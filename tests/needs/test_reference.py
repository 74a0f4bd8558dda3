from __future__ import annotations

import numpy as np
import pytest

from portrea.base.errors import DataError, ParameterError
from portrea.needs.crosstabs import read_joints
from portrea.needs.grid import ADULT_AGES, AGES, cells_of, diploma_cells
from portrea.needs.inputs import find_atoms
from portrea.needs.parameters import load_parameters
from portrea.needs.reference import Reference, build_reference, solve_series
from portrea.vocab.tables import LEVELS


@pytest.mark.parametrize("series", ["tic2019", "tic2021"])
def test_published_age_rates_are_reproduced_under_a_hundredth_of_a_person(series):
    parameters = load_parameters(series)
    reference = build_reference(parameters)
    groups, rates, _ = solve_series(parameters, series, reference.joint)
    for group, rate in enumerate(rates):
        cells = groups == group
        persons = reference.joint[cells].sum()
        assert (reference.joint * reference.theta)[cells].sum() == pytest.approx(
            persons * rate, abs=0.01
        )


def test_tic2021_meets_its_total_and_its_two_diploma_ends():
    parameters = load_parameters("tic2021")
    reference = build_reference(parameters)
    counts = reference.joint * reference.theta
    assert counts.sum() / reference.joint.sum() == pytest.approx(0.154, abs=1e-9)
    by_diploma = counts.sum(0) / reference.joint.sum(0)
    assert by_diploma[[0, 5]] == pytest.approx([0.42, 0.03], abs=1e-6)
    assert (np.diff(by_diploma[:6]) < 0).all()


def rate_of(reference: Reference, band: str) -> float:
    cells = cells_of(band, ADULT_AGES)
    return float(
        cells @ (reference.joint * reference.theta).sum(1) / (cells @ reference.joint.sum(1))
    )


def test_series_share_contrasts_never_levels():
    old, new = (build_reference(load_parameters(s)) for s in ("tic2019", "tic2021"))
    # the level of 2019 is the one published for 2019: 75+ at 67 %, not the 62 % of 2021
    assert rate_of(old, "75+") == pytest.approx(0.67, abs=1e-9)
    assert rate_of(new, "75+") == pytest.approx(0.62, abs=1e-6)


def test_rates_rise_with_age_and_fall_with_diploma():
    theta = build_reference(load_parameters()).theta
    assert (np.diff(theta, axis=0) >= 0).all()
    assert (np.diff(theta[:, :6], axis=1) < 0).all()


def test_national_structure_meets_its_sources():
    reference = build_reference(load_parameters())
    assert reference.ages[1:].sum() == pytest.approx(55_559_018)  # POP3, RP2021, by age
    non_schooled = reference.joint[:, :6].sum()
    assert reference.joint[:, 0].sum() / non_schooled == pytest.approx(0.211, abs=1e-6)
    assert non_schooled == pytest.approx(49_245_375, rel=0.01)  # RP2020 against RP2021 ages


def test_unknown_series_lists_the_known_ones():
    with pytest.raises(ParameterError, match="tic1999") as caught:
        load_parameters("tic1999")
    assert "tic2019" in caught.value.remedy


def test_a_band_that_cuts_a_cell_is_refused():
    assert cells_of("15-29").sum() == 3
    with pytest.raises(DataError, match="18-24"):
        cells_of("18-24")
    assert len(AGES) == 13


def test_every_diploma_of_the_vocabulary_has_cells():
    from importlib.resources import files

    import yaml

    words = yaml.safe_load((files("portrea.vocab") / "diplomas.yaml").read_text("utf-8"))
    assert set(words) <= set(diploma_cells())


def test_every_parameter_says_where_it_comes_from():
    def numbers(node, path):
        if isinstance(node, dict):
            if "value" in node or "sd" in node or "low" in node:
                yield path, node
            for key, child in node.items():
                yield from numbers(child, f"{path}.{key}")

    cards = load_parameters().cards
    for name in ("exposure", "uncertainty"):
        for path, node in numbers(cards[name], name):
            assert node.get("source"), path
            assert node.get("date"), path
    assert LEVELS[0] == "iris"


def test_a_cross_table_with_unreadable_ages_is_refused_by_name(town):
    town.table("commune", "35001", ["18-27", "65+"], ["no_diploma"], [[10], [20]])
    with pytest.raises(DataError, match="18-27") as caught:
        read_joints(town.crosstab, find_atoms(town.territories, None))
    assert "portrea data remove for2" in caught.value.remedy
