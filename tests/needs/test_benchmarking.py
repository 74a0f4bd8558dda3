from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from portrea.base.errors import DataError, ParameterError, TerritoryError
from portrea.needs.benchmarking import (
    BENCHMARKED,
    BENCHMARKS,
    TARGETS,
    check_areas,
    check_targets,
    named_targets,
    solve_shifts,
    whole_areas,
)
from portrea.needs.parameters import load_parameters
from portrea.needs.reference import build_reference

CASES = yaml.safe_load(
    (Path(__file__).parents[1] / "cases/needs/benchmark.yaml").read_text("utf-8")
)
PARAMETERS = load_parameters()
SHAPE = (12, 7)


def atoms_of(rows: list[tuple[str, str, str]]) -> pl.DataFrame:
    """Atoms (code, EPCI, région), all IRIS."""
    frame = pl.DataFrame(rows, schema=["code", "epci", "region"], orient="row")
    return frame.with_columns(
        level=pl.lit("iris"), commune=pl.col("code").str.slice(0, 5), departement=pl.lit("00")
    )


def structure_of(persons: np.ndarray, alone: np.ndarray | float = 0.0) -> SimpleNamespace:
    """Cells of the atoms as the estimator sees them (atoms × ages × diplomas)."""
    adults = persons.sum(2)
    total = np.maximum(adults.sum(1), 1e-300)[:, None, None]
    return SimpleNamespace(
        adults=adults,
        joint=persons / total,
        alone=np.broadcast_to(alone, persons.shape),
        some_rank=np.zeros(len(persons), dtype=np.intp),
        cells=None,
    )


def both(structure: SimpleNamespace) -> dict[str, SimpleNamespace]:
    """Give every measure the same persons by cell."""
    return dict.fromkeys(BENCHMARKED, structure)


def targets_of(*rows: tuple[str, str, float], measure: str = "a1") -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=["level", "code", "share"], orient="row")
    return check_targets(
        frame.with_columns(measure=pl.lit(measure), source=pl.lit("essai"), vintage=pl.lit("2019"))
    )


def counts(structure, reference, shift, measure: str = "a1") -> np.ndarray:
    """Persons concerned by atom, written out plainly."""
    rates = {"a1": reference.theta, "a3": reference.wide}[measure]
    theta = expit(logit(rates) + np.asarray(shift)[:, None, None, None])
    persons = structure.joint * structure.adults.sum(1)[:, None, None]
    homes = np.stack([1 - structure.alone, structure.alone], axis=-1)
    return (persons[..., None] * homes * theta).sum((1, 2, 3))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_hand_worked_shift(case):
    theta = np.full((*SHAPE, 2), 0.5)
    theta[:2, 0] = np.array(case["rates"])[:, None]
    reference = replace(build_reference(PARAMETERS), theta=theta)
    persons = np.zeros((1, *SHAPE))
    persons[0, :2, 0] = case["persons"]
    targets = targets_of(("region", "53", case["target"] / sum(case["persons"])))
    found = solve_shifts(
        targets,
        atoms_of([("350010101", "2", "53")]),
        both(structure_of(persons)),
        reference,
        parameters=PARAMETERS,
    )
    row = found.table.row(0, named=True)
    assert row["before"] == pytest.approx(case["before"])
    assert row["after"] == pytest.approx(case["target"], abs=1e-6)
    assert row["shift"] == pytest.approx(case["shift"], abs=1e-9)
    assert (row["warning"] is not None) == case["warning"]
    assert found.shifts["a1"] == pytest.approx([case["shift"]], abs=1e-9)


ATOMS = atoms_of(
    [
        ("350010101", "A", "53"),
        ("350010102", "A", "53"),
        ("350020000", "B", "53"),
        ("440010101", "C", "52"),
        ("974010101", "D", "04"),
    ]
)


def world(seed: int):
    rng = np.random.default_rng(seed)
    persons = rng.gamma(0.7, 20.0, (ATOMS.height, *SHAPE))
    return structure_of(persons, rng.uniform(0.05, 0.5, persons.shape))


def solve(structure, targets, base=None, **others):
    """Solve on the same persons for both measures, but those of ``others``."""
    return solve_shifts(
        targets,
        ATOMS,
        both(structure) | others,
        build_reference(PARAMETERS),
        parameters=PARAMETERS,
        base=base,
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.05, 0.6), st.floats(0.05, 0.6))
def test_every_target_is_exact_after_and_others_do_not_move(seed, bretagne, loire):
    structure = world(seed)
    found = solve(structure, targets_of(("region", "53", bretagne), ("region", "52", loire)))
    shift = found.shifts["a1"]
    after = counts(structure, build_reference(PARAMETERS), shift)
    population = structure.adults.sum(1)
    assert after[:3].sum() == pytest.approx(bretagne * population[:3].sum(), abs=1e-6)
    assert after[3] == pytest.approx(loire * population[3], abs=1e-6)
    assert shift[4] == 0.0  # bit for bit: not benchmarked, not touched
    assert (found.shifts["a3"] == 0.0).all()
    assert shift[0] == shift[1] == shift[2]
    theta = expit(logit(build_reference(PARAMETERS).theta) + shift[0])
    assert ((theta > 0) & (theta < 1)).all()
    order = np.argsort(build_reference(PARAMETERS).theta.ravel(), kind="stable")
    assert (np.diff(theta.ravel()[order]) >= 0).all()


def test_nested_targets_are_all_exact():
    structure = world(3)
    targets = targets_of(("france", "FR", 0.2), ("region", "53", 0.3), ("epci", "A", 0.25))
    found = solve(structure, targets)
    after = counts(structure, build_reference(PARAMETERS), found.shifts["a1"])
    population = structure.adults.sum(1)
    assert after[:2].sum() == pytest.approx(0.25 * population[:2].sum(), abs=1e-6)
    assert after[:3].sum() == pytest.approx(0.30 * population[:3].sum(), abs=1e-6)
    assert after.sum() == pytest.approx(0.20 * population.sum(), abs=1e-6)
    assert found.table["level"].to_list() == ["epci", "region", "france"]
    assert found.table["warning"].null_count() < 3


def test_metropole_leaves_overseas_alone_and_adds_to_its_gap():
    structure, base = world(4), dict.fromkeys(BENCHMARKED, np.array([0.0, 0, 0, 0, 0.5]))
    found = solve(structure, targets_of(("france", "FM", 0.16)), base)
    assert found.shifts["a1"][4] == 0.5
    after = counts(structure, build_reference(PARAMETERS), found.shifts["a1"])
    assert after[:4].sum() == pytest.approx(0.16 * structure.adults[:4].sum(), abs=1e-6)
    whole = solve(structure, targets_of(("france", "FR", 0.16)), base)
    shift = whole.shifts["a1"]
    assert shift[4] - shift[0] == pytest.approx(0.5)
    after = counts(structure, build_reference(PARAMETERS), shift)
    assert after.sum() == pytest.approx(0.16 * structure.adults.sum(), abs=1e-6)
    assert whole.shifts["a3"].tolist() == [0, 0, 0, 0, 0.5]


@pytest.mark.parametrize("measure", BENCHMARKED)
def test_each_measure_has_its_own_persons_and_its_own_base(measure):
    """A1 applies to the ages of its survey, A3 to those of today: neither reads the other's."""
    other = "a3" if measure == "a1" else "a1"
    structure, elsewhere = world(9), world(10)
    base = {measure: np.array([0.2, -0.1, 0.0, 0.3, 0.5]), other: np.full(5, 0.7)}
    targets = targets_of(("region", "53", 0.45), measure=measure)
    found = solve(elsewhere, targets, base, **{measure: structure})
    shift = found.shifts[measure]
    after = counts(structure, build_reference(PARAMETERS), shift, measure)[:3].sum()
    population = structure.adults[:3].sum()
    assert after == pytest.approx(0.45 * population, abs=1e-6)
    assert found.table["population"].to_list() == pytest.approx([population])
    moved = shift - base[measure]
    assert moved[:3] == pytest.approx([found.table["shift"][0]] * 3)
    assert abs(moved[0]) > 0.01
    assert shift[3:].tolist() == [0.3, 0.5]
    assert found.shifts[other].tolist() == [0.7] * 5
    assert base[measure].tolist() == [0.2, -0.1, 0.0, 0.3, 0.5]  # what was given is not written on


def test_coarse_target_that_finer_ones_contradict_says_so():
    structure = world(5)
    found = solve(structure, targets_of(("epci", "C", 0.2), ("region", "52", 0.3)))
    region = found.table.filter(pl.col("level") == "region").row(0, named=True)
    assert region["shift"] is None
    assert "total non atteint" in region["warning"]


def test_a_total_out_of_reach_is_refused():
    structure = world(6)
    with pytest.raises(ParameterError, match="ne peut pas être atteint"):
        solve(structure, targets_of(("epci", "A", 0.9), ("region", "53", 0.1)))


def test_no_target_no_shift():
    found = solve(world(7), TARGETS.empty())
    assert found.table.equals(BENCHMARKS.empty())
    assert not found.shifts["a1"].any()


def test_a_selection_brings_the_whole_of_its_benchmarked_areas():
    targets = targets_of(("region", "53", 0.2), ("region", "52", 0.2))
    kept = whole_areas(targets, ATOMS, ATOMS[[0]], PARAMETERS)
    assert kept["code"].to_list() == ATOMS["code"].to_list()[:3]
    part = solve_shifts(
        targets,
        kept,
        both(structure_of(np.ones((3, *SHAPE)))),
        build_reference(PARAMETERS),
        parameters=PARAMETERS,
    )
    assert part.table["code"].to_list() == ["53"]  # 52 has no atom here


@pytest.mark.parametrize("name", ["insee_regions_2019", "metropole_2019"])
def test_named_sets_are_published_and_coarse(name):
    targets = named_targets(name, PARAMETERS)
    assert targets.height
    assert set(targets["level"]) <= {"region", "france"}
    assert targets["source"].str.contains("Insee").all()


def test_named_set_with_an_epci_is_refused():
    cards = copy.deepcopy(PARAMETERS.cards)
    cards["benchmarks"]["sets"]["metropole_2019"]["targets"][0]["level"] = "epci"
    with pytest.raises(ParameterError, match="niveau « epci »"):
        named_targets("metropole_2019", replace(PARAMETERS, cards=cards))
    with pytest.raises(ParameterError, match="inconnu") as caught:
        named_targets("insee_epci_2019", PARAMETERS)
    assert "insee_regions_2019" in caught.value.remedy


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"measure": "a2"}, "hors de la liste"),
        ({"share": 1.5}, "supérieure à 1"),
        ({"share": None}, "ni taux ni nombre"),
        ({"level": "canton"}, "hors de la liste"),
    ],
)
def test_bad_targets_are_told_in_french(change, words):
    row = {"level": "region", "code": "53", "measure": "a1", "share": 0.2, "source": "essai"}
    with pytest.raises(DataError) as caught:
        check_targets(pl.DataFrame([row | change], schema_overrides={"share": pl.Float64}))
    assert words in str(caught.value) + "".join(map(str, caught.value.diagnostics))


def test_unknown_areas_are_refused():
    with pytest.raises(TerritoryError, match="« 7 », zone inconnue"):
        check_areas(
            targets_of(("region", "7", 0.2)),
            pl.DataFrame({"level": ["region"], "code": ["53"]}),
        )
    with pytest.raises(ParameterError, match="« XX »"):
        solve(world(8), targets_of(("france", "XX", 0.2)))
