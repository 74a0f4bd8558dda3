from __future__ import annotations

import numpy as np
import pytest

from portrea.base.errors import DataError, ParameterError
from portrea.needs.crosstabs import read_joints
from portrea.needs.grid import ADULT_AGES, AGES, cells_of, diploma_cells
from portrea.needs.inputs import find_atoms
from portrea.needs.parameters import load_parameters
from portrea.needs.rates import logit_sd
from portrea.needs.reference import Reference, build_reference
from portrea.vocab.tables import LEVELS


@pytest.mark.parametrize("series", ["tic2019", "tic2021"])
def test_published_age_rates_are_reproduced_under_a_hundredth_of_a_person(series):
    parameters = load_parameters(series)
    reference = build_reference(parameters)
    for band, rate in parameters.rates["ages"].items():
        cells = cells_of(band, ADULT_AGES) @ reference.joint.sum(1)
        if rate is not None:
            assert rate_of(reference, band) * cells == pytest.approx(rate * cells, abs=0.01)
    assert ("40-59" in reference.closed) == (series == "tic2021")


APART = {"rates.households_in_m0.applied": 1}
"""The option that fits living alone as a third margin."""


def counts_of(reference: Reference) -> tuple[np.ndarray, np.ndarray]:
    """Persons, and persons concerned, by adult age × diploma × household."""
    persons = reference.joint[:, :, None] * np.stack(
        [1 - reference.alone, reference.alone], axis=-1
    )
    return persons, persons * reference.theta


def test_tic2021_meets_its_total_its_diploma_ends_and_its_persons_alone():
    persons, counts = counts_of(build_reference(load_parameters("tic2021", APART)))
    check_total_and_diplomas(persons, counts)
    assert counts[:, :, 1].sum() == pytest.approx(0.30 * persons[:, :, 1].sum(), abs=0.01)


def test_tic2021_meets_its_total_and_its_diploma_ends_without_an_effect_of_living_alone():
    reference = build_reference(load_parameters("tic2021"))
    persons, counts = counts_of(reference)
    check_total_and_diplomas(persons, counts)
    # older, persons alone are more often concerned, but less than published: γ = 0 is a choice
    assert 0.16 < counts[:, :, 1].sum() / persons[:, :, 1].sum() < 0.30
    assert "alone" not in reference.sources


def check_total_and_diplomas(persons: np.ndarray, counts: np.ndarray) -> None:
    assert counts.sum() == pytest.approx(0.154 * persons.sum(), abs=0.01)
    for diploma, rate in {0: 0.42, 5: 0.03}.items():
        assert counts[:, diploma].sum() == pytest.approx(rate * persons[:, diploma].sum(), abs=0.01)
    by_diploma = counts.sum((0, 2)) / persons.sum((0, 2))
    assert (np.diff(by_diploma[:6]) < 0).all()


def rate_of(reference: Reference, band: str) -> float:
    persons, counts = counts_of(reference)
    cells = cells_of(band, ADULT_AGES)
    return float(cells @ counts.sum((1, 2)) / (cells @ persons.sum((1, 2))))


def test_series_share_contrasts_never_levels():
    old, new = (build_reference(load_parameters(s)) for s in ("tic2019", "tic2021"))
    # the level of 2019 is the one published for 2019: 75+ at 67 %, not the 62 % of 2021
    assert rate_of(old, "75+") == pytest.approx(0.67, abs=1e-9)
    assert rate_of(new, "75+") == pytest.approx(0.62, abs=1e-6)


@pytest.mark.parametrize("series", ["tic2019", "tic2021"])
@pytest.mark.parametrize("apart", [False, True], ids=["two margins", "three margins"])
def test_rates_rise_with_age_fall_with_diploma_and_rise_when_alone(series, apart):
    theta = build_reference(load_parameters(series, APART if apart else None)).theta
    assert (np.diff(theta, axis=0) >= -1e-6).all()
    assert (np.diff(theta[:, :6], axis=1) < 0).all()
    gap = np.diff(theta, axis=2)
    assert (gap > 0).all() if apart else (gap == 0).all()


def test_national_share_living_alone_meets_the_census():
    reference = build_reference(load_parameters())
    assert (reference.joint * reference.alone).sum() == pytest.approx(11_314_535, abs=1)
    by_age = reference.alone[:, 0]
    assert (np.diff(by_age[4:]) > 0).all()  # from 40 on, the older, the more live alone
    assert (reference.alone == by_age[:, None]).all()  # nothing published by diploma


def test_errors_of_a_published_rate_move_its_class_by_one_sd():
    parameters = load_parameters("tic2021")
    reference = build_reference(parameters)
    persons, counts = counts_of(reference)
    moved = (counts * (1 - reference.theta))[..., None] * reference.loadings
    old = cells_of("75+", ADULT_AGES) > 0
    slope = moved[old].sum((0, 1, 2)) / persons[old].sum()
    number = {k: v["value"] for k, v in parameters.cards["uncertainty"]["national_rates"].items()}
    size = persons[old].sum() / persons.sum()
    expected = logit_sd(0.62, size, number) * 0.62 * 0.38
    assert slope[reference.sources.index("age 75+")] == pytest.approx(expected, rel=0.01)
    assert slope[reference.sources.index("age 25-39")] == pytest.approx(0, abs=1e-6)
    assert slope[reference.sources.index("diploma none")] == pytest.approx(0, abs=1e-5)
    # a slope inside the class leaves its mean, and opens the two cells
    tilt = reference.loadings[old][..., reference.sources.index("gradient 75+")]
    assert slope[reference.sources.index("gradient 75+")] == pytest.approx(0, abs=1e-5)
    assert (tilt[0] < 0).all()
    assert (tilt[1] > 0).all()


def test_borrowed_contrasts_carry_an_error_that_own_contrasts_do_not():
    old, new = (build_reference(load_parameters(s, APART)) for s in ("tic2019", "tic2021"))
    assert {"borrowed diplomas", "borrowed households"} <= set(old.sources) - set(new.sources)
    assert "alone" in new.sources
    assert old.loadings.shape == (*old.theta.shape, len(old.sources))


@pytest.mark.parametrize("series", ["tic2019", "tic2021"])
def test_living_alone_carries_no_error_when_it_has_no_effect(series):
    reference = build_reference(load_parameters(series))
    assert not {"alone", "borrowed households"} & set(reference.sources)
    assert ("borrowed diplomas" in reference.sources) == (series == "tic2019")
    assert (np.diff(reference.loadings, axis=2) == 0).all()


@pytest.mark.parametrize("series", ["tic2019", "tic2021"])
def test_the_last_error_is_that_of_the_attraction_of_cities_and_moves_no_cell(series):
    reference = build_reference(load_parameters(series))
    assert reference.sources[-1] == "attraction"
    assert not reference.loadings[..., -1].any()  # the area's part is added by fragility
    place = reference.wide_sources.index("attraction")
    assert place == len(reference.sources) - 1
    assert not reference.wide_loadings[..., place].any()


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
            named = "sd" in node and "value" not in node["sd"]
            if "value" in node or named or "low" in node:
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
