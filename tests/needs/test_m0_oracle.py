"""Model M0 solved a second time, by scipy's general solvers and without our code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize, root
from scipy.special import expit, logit

from portrea.needs.grid import ADULT_AGES, DIPLOMAS
from portrea.needs.national import mean_ages
from portrea.needs.parameters import load_parameters
from portrea.needs.reference import build_reference

SERIES = ("tic2019", "tic2021")
MODELS = [(name, apart) for name in SERIES for apart in (False, True)]
"""Every series with two margins (γ = 0, the default) and with living alone as a third."""


@dataclass(frozen=True, eq=False)
class M0:
    """The rates that Portrea solved, the national table, and the published figures."""

    theta: np.ndarray
    persons: np.ndarray
    years: np.ndarray
    card: dict[str, Any]


def solved(name: str, *, apart: bool) -> M0:
    parameters = load_parameters(name, {"rates.households_in_m0.applied": int(apart)})
    reference = build_reference(parameters)
    alone = np.stack([1 - reference.alone, reference.alone], axis=-1)
    years = mean_ages(parameters.cards["reference"])
    persons = reference.joint[:, :, None] * alone
    return M0(reference.theta, persons, years, parameters.rates)


@pytest.fixture(scope="module", params=MODELS, ids=lambda m: f"{m[0]} {2 + m[1]} margins")
def m0(request: pytest.FixtureRequest) -> M0:
    name, apart = request.param
    return solved(name, apart=apart)


def bands(card: dict[str, Any]) -> np.ndarray:
    """Classes × ages, read from the first year of each."""
    first = np.array([int(age.split("-")[0].rstrip("+")) for age in ADULT_AGES])
    starts = [int(band.split("-")[0].rstrip("+")) for band in card["ages"]]
    return np.eye(len(starts))[np.searchsorted(starts, first, side="right") - 1].T


def class_counts(m0: M0) -> np.ndarray:
    """Persons concerned by published class; the missing one is what the total leaves."""
    size = bands(m0.card) @ m0.persons.sum((1, 2))
    rates = np.array([np.nan if r is None else r for r in m0.card["ages"].values()])
    counts = size * rates
    counts[np.isnan(counts)] = m0.card["total"] * size.sum() - np.nansum(counts)
    return counts


def effects(m0: M0) -> tuple[np.ndarray, np.ndarray, float]:
    """Age, diploma (first is 0) and household effects read in the solved table."""
    eta = logit(m0.theta)
    return eta[:, 0, 0], eta[0, :, 0] - eta[0, 0, 0], float(eta[0, 0, 1] - eta[0, 0, 0])


def test_the_model_is_additive(m0: M0) -> None:
    age, diploma, alone = effects(m0)
    rebuilt = age[:, None, None] + diploma[:, None] + np.array([0.0, alone])
    assert logit(m0.theta) == pytest.approx(rebuilt, abs=1e-8)


def test_published_ages_are_those_of_the_table(m0: M0) -> None:
    found = bands(m0.card) @ (m0.persons * m0.theta).sum((1, 2))
    assert found == pytest.approx(class_counts(m0), abs=0.01)


def middle_rates(m0: M0, left: float) -> np.ndarray:
    """Diplomas from the lowest to the highest: a power curve of logits, closed by what is left."""
    persons = m0.persons.sum((0, 2))[: len(DIPLOMAS) - 1]
    ends = logit([m0.card["diplomas"]["none"], m0.card["diplomas"]["sup3"]])
    steps = np.arange(len(persons)) / (len(persons) - 1)

    def rates(power: float) -> np.ndarray:
        return expit(ends[0] + (ends[1] - ends[0]) * steps**power)

    found = root(lambda x: [(persons @ rates(np.exp(x[0])) - left) / left], [0.0], tol=1e-13)
    assert found.success
    return rates(np.exp(found.x[0]))


@pytest.mark.parametrize("apart", [False, True], ids=["two margins", "three margins"])
def test_own_margins_solved_again_from_scratch(apart: bool) -> None:
    """Class effects, diplomas (and household): 11 (12) unknowns of as many equations (tic2021)."""
    m0 = solved("tic2021", apart=apart)
    classes, counts = bands(m0.card), class_counts(m0)
    shape = effects(m0)[0]
    inside = shape - (shape @ classes.T / classes.sum(1)) @ classes
    schooled = m0.card["schooled"] * m0.persons.sum((0, 2))[-1]
    columns = np.append(middle_rates(m0, counts.sum() - schooled), m0.card["schooled"])
    columns = columns * m0.persons.sum((0, 2))
    alone = m0.card["households"]["alone"] * m0.persons[:, :, 1].sum()

    margins = np.concatenate([counts, columns[1:], [alone] * apart])

    def table(x: np.ndarray) -> np.ndarray:
        age, rest = x[: len(counts)] @ classes + inside, x[len(counts) :]
        diploma = np.append(0.0, rest[: len(columns) - 1])
        household = np.array([0.0, rest[-1] if apart else 0.0])
        return expit(age[:, None, None] + diploma[:, None] + household)

    def gaps(x: np.ndarray) -> np.ndarray:
        sums = m0.persons * table(x)
        found = [classes @ sums.sum((1, 2)), sums.sum((0, 2))[1:], [sums[:, :, 1].sum()] * apart]
        return (np.concatenate(found) - margins) / 1e6

    start = np.append(np.linspace(-3, 1, len(counts)), np.zeros(len(margins) - len(counts)))
    found = root(gaps, start, method="lm", tol=1e-13)
    assert np.abs(gaps(found.x)).max() * 1e6 < 0.01
    assert table(found.x) == pytest.approx(m0.theta, abs=1e-7)


@pytest.mark.parametrize("apart", [False, True], ids=["two margins", "three margins"])
def test_one_margin_with_borrowed_contrasts_solved_again(apart: bool) -> None:
    """The 2019 classes, contrasts of 2021 held: each class is one equation of one unknown."""
    m0, lender = solved("tic2019", apart=apart), solved("tic2021", apart=apart)
    _, diploma, alone = effects(m0)
    assert diploma == pytest.approx(effects(lender)[1], abs=1e-8)
    assert alone == pytest.approx(effects(lender)[2], abs=1e-8)
    assert alone > 0.1 if apart else alone == 0.0
    shape = effects(m0)[0]
    offset = diploma[:, None] + np.array([0.0, alone])
    for inside, count in zip(bands(m0.card).astype(bool), class_counts(m0), strict=True):
        curve, persons = shape[inside] - shape[inside].mean(), m0.persons[inside]

        def gap(x: np.ndarray, curve=curve, persons=persons, count=count) -> list[float]:
            eta = x[0] + curve[:, None, None] + offset
            return [((persons * expit(eta)).sum() - count) / count]

        found = root(gap, [-1.0], tol=1e-13)
        assert abs(gap(found.x)[0]) < 1e-12  # asked for more, the solver may complain at an exact 0
        assert found.x[0] == pytest.approx(shape[inside].mean(), abs=1e-7)


def test_the_inside_of_a_class_is_the_smoothest_rising_curve(m0: M0) -> None:
    """Least curvature under the published classes and no fall, by a general solver (SLSQP)."""
    solution, diploma, alone = effects(m0)
    classes, counts = bands(m0.card), class_counts(m0)
    offset = diploma[:, None] + np.array([0.0, alone])
    steps = np.diff(m0.years)

    def bending(curve: np.ndarray) -> float:
        slopes = np.diff(curve) / steps
        return float((np.diff(slopes) ** 2 / ((steps[1:] + steps[:-1]) / 2)).sum() * 1e3)

    def gaps(curve: np.ndarray) -> np.ndarray:
        sums = (m0.persons * expit(curve[:, None, None] + offset)).sum((1, 2))
        return (classes @ sums - counts) / counts

    limits = [{"type": "eq", "fun": gaps}, {"type": "ineq", "fun": np.diff}]
    start = np.linspace(-4, 2, len(ADULT_AGES))
    found = minimize(
        bending, start, constraints=limits, method="SLSQP", options={"maxiter": 800, "ftol": 1e-14}
    )
    assert np.abs(gaps(found.x)).max() < 1e-6
    assert bending(solution) <= bending(found.x) * (1 + 1e-3) + 1e-9
    assert solution == pytest.approx(found.x, abs=0.02)
