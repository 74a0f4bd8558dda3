from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from portrea.needs.fitted import COEFFICIENTS, FittedRates
from portrea.needs.fragility import a1_parts, a2_rule, a3_parts
from portrea.needs.grid import ADULT_AGES, DIPLOMAS, NONE, SCHOOLED
from portrea.needs.inputs import UNKNOWN
from portrea.needs.parameters import load_parameters
from portrea.needs.reference import build_reference

CASE = yaml.safe_load((Path(__file__).parents[1] / "cases/needs/slopes.yaml").read_text("utf-8"))
PARAMETERS = load_parameters()
SHAPE = (len(ADULT_AGES), len(DIPLOMAS))


def structure_of(persons: np.ndarray, alone: np.ndarray | float = 0.0, *, known: bool = True):
    adults = persons.sum(2)
    total = np.maximum(adults.sum(1), 1e-300)[:, None, None]
    rank = 0 if known else UNKNOWN
    return SimpleNamespace(
        adults=adults,
        joint=persons / total if known else np.full(persons.shape, np.nan),
        alone=np.broadcast_to(alone, persons.shape),
        some_rank=np.full(len(persons), rank, dtype=np.intp),
        cells=None,
    )


def random_structure(seed: int, size: int = 4):
    rng = np.random.default_rng(seed)
    persons = rng.gamma(0.7, 20.0, (size, *SHAPE))
    return persons, structure_of(persons, rng.uniform(0, 0.6, persons.shape))


def plain(persons, alone, theta) -> np.ndarray:
    """Persons concerned by atom, cell by cell."""
    homes = persons[..., None] * np.stack([1 - alone, alone], axis=-1)
    return (homes * theta).sum((1, 2, 3))


def test_hand_worked_slopes():
    theta = np.full((*SHAPE, 2), 0.5)
    theta[0, 0], theta[1, 0] = CASE["theta"]
    loadings = np.zeros((*SHAPE, 2, 2))
    loadings[0, 0], loadings[1, 0] = np.array(CASE["loadings"])
    reference = replace(build_reference(PARAMETERS), theta=theta, loadings=loadings)
    persons = np.zeros((1, *SHAPE))
    persons[0, :2, 0] = CASE["persons"]
    working, older = a1_parts(structure_of(persons), reference)
    assert working.share == pytest.approx([CASE["share"]])
    assert working.slopes[0] == pytest.approx(CASE["slopes"])
    assert older.persons.tolist() == [0.0]
    assert np.isfinite(older.slopes).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(-1.5, 1.5))
def test_parts_are_sums_of_cells_and_a_shift_moves_every_cell(seed, value):
    persons, structure = random_structure(seed)
    reference = build_reference(PARAMETERS)
    shift = np.array([0.0, value, value, 0.0])
    parts = a1_parts(structure, reference)
    moved = a1_parts(structure, reference, shift)
    theta = expit(logit(reference.theta) + value)
    counts = sum(p.count for p in parts)
    after = sum(p.count for p in moved)
    assert counts == pytest.approx(plain(persons, structure.alone, reference.theta))
    assert after[1:3] == pytest.approx(plain(persons, structure.alone, theta)[1:3])
    for still in (0, 3):  # bit for bit
        assert after[still] == counts[still]
        assert moved[0].slopes[still].tolist() == parts[0].slopes[still].tolist()
    for part in (*parts, *moved):
        assert ((part.share >= 0) & (part.share <= 1)).all()
        assert (part.spread >= 0).all()


LADDER = [i for i in range(len(DIPLOMAS)) if i != SCHOOLED]
"""Diplomas from the lowest to the highest; still at school is on no rung."""
REFERENCES = {s: build_reference(load_parameters(s)) for s in PARAMETERS.cards["rates"]["series"]}


@pytest.mark.parametrize("series", REFERENCES)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    age=st.integers(0, len(ADULT_AGES) - 1),
    rungs=st.lists(st.sampled_from(LADDER), min_size=2, max_size=2, unique=True),
    part=st.floats(0, 1),
)
def test_persons_moved_to_a_lower_diploma_never_lower_the_count(series, seed, age, rungs, part):
    """At equal age and household, whatever the place: A1 and A3 are monotone in the diploma."""
    persons, _ = random_structure(seed)
    alone = np.random.default_rng(seed).uniform(0, 0.6, (len(persons), len(ADULT_AGES), 1))
    lower, higher = sorted(rungs, key=LADDER.index)
    moved = persons.copy()
    moved[:, age, lower] += part * persons[:, age, higher]
    moved[:, age, higher] -= part * persons[:, age, higher]
    for parts in (a1_parts, a3_parts):
        before, after = (
            sum(p.count for p in parts(structure_of(each, alone), REFERENCES[series]))
            for each in (persons, moved)
        )
        assert (after >= before * (1 - 1e-12)).all()
        assert part < 0.01 or (after > before).all()


def test_slopes_are_the_derivative_of_the_share():
    _, structure = random_structure(1)
    reference = build_reference(PARAMETERS)
    step = 1e-5
    for k in (0, 3, reference.loadings.shape[-1] - 1):
        sides = [
            a1_parts(
                structure,
                replace(
                    reference,
                    theta=expit(logit(reference.theta) + sign * step * reference.loadings[..., k]),
                ),
            )
            for sign in (1, -1)
        ]
        for place, part in enumerate(a1_parts(structure, reference)):
            moved = [logit(side[place].share) for side in sides]
            assert (moved[0] - moved[1]) / (2 * step) == pytest.approx(part.slopes[:, k], abs=1e-6)


def test_a3_holds_a1_area_by_area():
    _, structure = random_structure(2)
    reference = build_reference(PARAMETERS)
    strict, wide = a1_parts(structure, reference), a3_parts(structure, reference)
    for first, second in zip(strict, wide, strict=True):
        assert (second.share > first.share).all()
        assert second.slopes.shape[1] == len(reference.wide_sources) > first.slopes.shape[1]


def test_unknown_diplomas_take_the_national_ones_of_each_age():
    persons = np.zeros((1, *SHAPE))
    persons[0, -1, 0] = 200.0
    reference = build_reference(PARAMETERS)
    structure = structure_of(persons, reference.alone, known=False)
    _, older = a1_parts(structure, reference)
    assert older.share == pytest.approx([reference.by_age[-1]])


@pytest.mark.parametrize("age", [65, 75])
def test_a2_counts_everybody_from_its_age(age):
    persons, structure = random_structure(3)
    rule = a2_rule(structure, build_reference(PARAMETERS), age)
    young = {65: 8, 75: 10}[age]
    free = persons[:, :, :SCHOOLED]
    assert rule.older == pytest.approx(free[:, young:].sum((1, 2)))
    assert rule.younger.count == pytest.approx(persons[:, :young, NONE].sum(1))
    assert rule.population == pytest.approx(free.sum((1, 2)))


def test_the_75_variant_is_never_above_the_rule():
    _, structure = random_structure(4)
    reference = build_reference(PARAMETERS)
    assert (a2_rule(structure, reference, 75).count <= a2_rule(structure, reference).count).all()


def test_fitted_rates_replace_the_published_ones_in_a1_and_under_a3():
    rng = np.random.default_rng(0)
    base = build_reference(PARAMETERS)
    theta = expit(logit(base.theta) + 0.2)
    fitted = FittedRates(
        name="essai",
        source="enquête d’essai",
        vintage="2024",
        theta=theta,
        loadings=rng.normal(0, 0.1, (*theta.shape, 3)),
        delta=None,
        table=COEFFICIENTS.empty(),
    )
    reference = build_reference(PARAMETERS, fitted)
    assert reference.theta == pytest.approx(theta, abs=1e-8)
    assert reference.loadings.shape[-1] == len(reference.sources) == 3
    assert (reference.wide > reference.theta).all()
    # the published level of A3 still holds, whatever A1 is
    homes = np.stack([1 - base.alone, base.alone], axis=-1) * base.joint[..., None]
    change = (homes * reference.wide).sum() / (homes * base.wide).sum()
    assert change == pytest.approx(1, abs=0.01)
