"""Rates of a cross table known only by its margins: ``logit θ = Σ effects of its classes``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarginModel:
    """Solved model: effect of each class (logit), rates of the cells, largest gap (persons)."""

    effects: Floats
    rates: Floats
    residual: float


def solve_margins(
    persons: Floats,
    members: Floats,
    targets: Floats,
    *,
    offset: Floats | float = 0.0,
    start: Floats | None = None,
) -> MarginModel:
    """Find the rates whose weighted sums over classes are the published ones, in persons.

    Parameters
    ----------
    persons
        Reference population of each cell.
    members
        Classes × cells: 0 or 1, or the part of a cell that a class holds. Leave one class of every
        margin but the first out: it follows from the others.
    targets
        Persons concerned in each class.
    offset
        Known part of the logit of each cell (contrasts borrowed from another vintage).
    start
        Effects from which to search: those of nearly the same problem, if known.

    Raises
    ------
    ParameterError
        When the steps do not settle: the margins contradict one another.

    Notes
    -----
    ``logit θ_c = offset_c + Σ_g members[g, c] · e_g`` such that ``Σ_c members[g, c] · N_c · θ_c =
    targets[g]``. These are the stationary points of the convex ``Σ N log(1 + exp logit θ) − e ·
    targets``: Newton steps, halved while it does not fall, find the only one.
    """
    fixed = np.broadcast_to(np.asarray(offset, dtype=np.float64), persons.shape)

    def height(effects: Floats) -> float:
        rising = np.logaddexp(0.0, fixed + effects @ members)
        return float((persons @ rising - effects @ targets) / persons.sum())

    effects = np.zeros(len(targets)) if start is None else start
    for _ in range(80):
        rates = expit(fixed + effects @ members)
        gap = members @ (persons * rates) - targets
        if np.abs(gap).max() <= 1e-12 * persons.sum():
            return MarginModel(effects, rates, float(np.abs(gap).max()))
        slopes = (members * (persons * rates * (1 - rates))) @ members.T
        step = np.linalg.lstsq(slopes, gap, rcond=None)[0]
        before = height(effects)
        for _ in range(40):
            if height(effects - step) <= before + 1e-12:
                break
            step = step / 2
        effects = effects - step
    raise ParameterError("Le modèle à marges ne converge pas : taux publiés incohérents.")


def graduate(
    ages: Floats,
    persons: Floats,
    classes: Floats,
    rates: Floats,
    *,
    offset: Floats | float = 0.0,
) -> Floats:
    """Return the effect of each age cell (logit): smooth, rising, means of wide classes exact.

    Parameters
    ----------
    ages
        Mean age of each cell (years), youngest first.
    persons
        Population of each cell, or cells × parts (diplomas, households).
    classes
        Classes × cells, 0 or 1: every cell belongs to one class.
    rates
        Published rate of each class.
    offset
        Known part of the logit of each part of a cell.

    Notes
    -----
    The rising curve of least curvature, ``min Σ (Δ slope)² / step``, under ``Σ_{a∈g} Σ_j N_aj
    logit⁻¹(x_a + offset_aj) = N_g r_g``; a tiny weight on the slope itself keeps the curve flat
    where nothing says otherwise (a single class). Published classes alone do not give the inside of
    a class: the result is a hypothesis, and has its own error.
    """
    weights = persons.reshape(len(ages), -1)
    fixed = np.broadcast_to(np.asarray(offset, dtype=np.float64), persons.shape)
    fixed = fixed.reshape(weights.shape)
    steps = np.diff(ages)
    slopes = np.diff(np.eye(len(ages)), axis=0) / steps[:, None]
    bends = np.diff(slopes, axis=0) / np.sqrt((steps[1:] + steps[:-1]) / 2)[:, None]
    penalty = 1e3 * bends.T @ bends + 1e-9 * slopes.T @ slopes

    rising = np.diff(np.eye(len(ages)), axis=0)
    flat = np.zeros(len(rising), dtype=bool)
    while True:
        curve = _smoothest(penalty, rising[flat], weights, fixed, (classes, rates))
        falls = (np.diff(curve) < -1e-9) & ~flat
        if not falls.any():
            return curve
        flat |= falls


def _smoothest(
    penalty: Floats, flat: Floats, weights: Floats, fixed: Floats, means: tuple[Floats, Floats]
) -> Floats:
    """Minimise the penalty under class means and flat steps: linearise, solve, start again."""
    classes, rates = means
    sums = classes @ weights.sum(1)
    curve: Floats = logit(rates) @ classes
    size, bound = len(curve), len(rates) + len(flat)
    for _ in range(60):
        theta = expit(curve[:, None] + fixed)
        level = classes @ (weights * theta).sum(1) / sums
        turn = classes * (weights * theta * (1 - theta)).sum(1)
        bounds = np.vstack([turn / (sums * level * (1 - level))[:, None], flat])
        gaps = np.r_[logit(rates) - logit(level), -flat @ curve]
        system = np.block([[penalty, bounds.T], [bounds, np.zeros((bound, bound))]])
        step = np.linalg.lstsq(system, np.r_[-penalty @ curve, gaps], rcond=1e-14)[0][:size]
        curve = curve + step
        if np.abs(step).max() < 1e-11 and np.abs(gaps).max() < 1e-9:
            return curve
    raise ParameterError(
        "Les taux par âge ne peuvent pas monter de classe en classe.",
        remedy="Vérifiez l’ordre des classes d’âge et leurs taux.",
    )


def close_to_total(
    persons: Floats, rates: Floats, total: float, *, movable: NDArray[np.bool_] | None = None
) -> Floats:
    """Move rates (all, or the movable ones) by one logit shift so that they sum to ``total``."""
    moving = np.ones(len(rates), dtype=bool) if movable is None else movable
    start = logit(rates)

    def moved(shift: float) -> Floats:
        closed: Floats = expit(start + shift * moving)
        return closed

    if not float(persons @ moved(-30.0)) < total < float(persons @ moved(30.0)):
        raise ParameterError("Le total publié est incompatible avec les taux publiés.")
    return moved(brentq(lambda x: float(persons @ moved(x)) - total, -30.0, 30.0, xtol=1e-14))


def close_missing(persons: Floats, rates: Floats, total: float, *, between: bool = True) -> Floats:
    """Fill one missing rate (NaN) with the only value that closes the total, in persons.

    Raises
    ------
    ParameterError
        When that value is not a rate, or is not ``between`` its two neighbours where the classes
        are ordered (the margins contradict).
    """
    missing = np.flatnonzero(np.isnan(rates))
    if missing.size != 1:
        raise ParameterError("Une seule classe manquante peut être fermée par le total.")
    index = int(missing[0])
    known = np.delete(np.arange(len(rates)), index)
    value = (total - float(persons[known] @ rates[known])) / persons[index]
    around = rates[[max(index - 1, 0), min(index + 1, len(rates) - 1)]]
    low, high = (np.nanmin(around), np.nanmax(around)) if between else (0.0, 1.0)
    if not low <= value <= high:
        raise ParameterError(
            f"La classe manquante vaudrait {value:.3f}, hors de ses voisines "
            f"[{low:.3f}, {high:.3f}]."
        )
    filled = rates.copy()
    filled[index] = value
    return filled


def interpolate_middle(persons: Floats, first: float, last: float, total: float) -> Floats:
    """Rates of ordered classes, monotone from ``first`` to ``last``, closing the total in persons.

    ``logit r_k = logit(first) + (logit(last) − logit(first)) · s_k^γ`` with s from 0 to 1; the only
    free number, γ > 0, is set by the total. The two ends are the published rates.
    """
    steps = np.linspace(0.0, 1.0, len(persons))
    start, end = float(logit(first)), float(logit(last))

    def rates(gamma: float) -> Floats:
        curve: Floats = expit(start + (end - start) * steps**gamma)
        return curve

    def gap(log_gamma: float) -> float:
        return float(persons @ rates(float(np.exp(log_gamma)))) - total

    if gap(-4.0) * gap(4.0) > 0:
        raise ParameterError("Le total publié est incompatible avec les deux taux extrêmes.")
    return rates(float(np.exp(brentq(gap, -4.0, 4.0))))
