"""Ages at the time of the survey, worked by hand."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portrea.needs.grid import ADULT_AGES, cells_of
from portrea.needs.inputs import Labels, find_atoms, read_layers
from portrea.needs.parameters import load_parameters
from portrea.needs.reference import build_reference
from portrea.needs.structure import VARIABLES, build_structure
from portrea.needs.survey_ages import at_survey

REFERENCE = build_reference(load_parameters())
OLD = cells_of("65+", ADULT_AGES)
OLDEST = cells_of("75+", ADULT_AGES)


def structures(world, *, year=2019, reach=3):
    atoms = find_atoms(world.territories, None)
    layers = read_layers(world.observations, VARIABLES)
    today = build_structure(atoms, layers, REFERENCE, Labels(), stale_after=3)
    then = at_survey(today, layers, atoms, REFERENCE.ages, year=year, reach=reach)
    return atoms, today, then


def aged(world):
    """Two IRIS in 2021: 300 of 65+ among 1,000; in 2017 their commune had one in five 15+."""
    world.commune("35001", ["350010101", "350010102"])
    for code, old in (("350010101", 100.0), ("350010102", 200.0)):
        world.figure(
            "iris",
            code,
            {
                "persons": 500.0,
                "persons_0_19": 0.0,
                "persons_20_64": 500.0 - old,
                "persons_65_plus": old,
            },
        )
    world.figure("commune", "35001", {"share_65_plus": 0.20}, vintage="2017", source="taux")
    return world


def test_the_share_of_the_survey_holds_and_persons_stay(world):
    _, today, then = structures(aged(world))
    assert today.adults @ OLD == pytest.approx([100, 200])
    assert then.adults.sum(1) == pytest.approx([500, 500])
    # 300 of 1,000 in 2021 become 200: two thirds, the other ages 8/7, then each IRIS its 500 back
    assert float((then.adults @ OLD).sum()) == pytest.approx(200, abs=1)
    ratio = (then.adults @ OLD) / (today.adults @ OLD)
    assert ratio == pytest.approx([2 / 3, 2 / 3], abs=0.06)


def test_inside_the_65_and_over_the_nation_speaks_where_nothing_is_published(world):
    _, _, then = structures(aged(world))
    nation = REFERENCE.ages[1:] @ OLDEST / (REFERENCE.ages[1:] @ OLD)
    assert (then.adults @ OLDEST) / (then.adults @ OLD) == pytest.approx([nation, nation])


@pytest.mark.parametrize("year", [2010, 2030])
def test_without_a_census_of_those_years_or_with_today_s_nothing_moves(world, year):
    _, today, then = structures(aged(world), year=year)
    assert then is today


@given(share=st.floats(0.02, 0.9), year=st.integers(2017, 2020))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_no_person_is_lost_nor_negative(share, year, world):
    fresh = aged(type(world)())
    fresh.figures[-1]["value"] = share
    _, today, then = structures(fresh, year=year)
    assert (then.adults >= 0).all()
    assert then.adults.sum(1) == pytest.approx(today.adults.sum(1))
