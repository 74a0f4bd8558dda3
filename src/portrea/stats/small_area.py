"""Rates of a cross table known only by its two margins: ``logit θ[a, d] = α_a + β_d``."""

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
    """Solved model: row effects, column effects (first is 0) and rates, all dimensionless."""

    rows: Floats
    columns: Floats
    rates: Floats
    residual: float


def solve_two_margins(
    persons: Floats, row_rates: Floats, column_rates: Floats, *, most: int = 60
) -> MarginModel:
    """Find the rates whose two weighted margins are the published ones (residual in persons).

    Parameters
    ----------
    persons
        Reference population by row and column.
    row_rates, column_rates
        Published rates in ]0, 1[. When the two margins do not give the same total, the columns are
        moved by one logit shift so that the rows hold exactly.

    Raises
    ------
    ParameterError
        When the Newton iterations do not settle.
    """
    target_rows = persons.sum(1) * row_rates
    columns = close_to_total(persons.sum(0), column_rates, float(target_rows.sum()))
    target_columns = persons.sum(0) * columns
    effects = np.concatenate([logit(row_rates), np.zeros(persons.shape[1] - 1)])
    for _ in range(most):
        rates, gap = _gap(persons, effects, target_rows, target_columns)
        if np.abs(gap).max() < 1e-11 * persons.sum():
            break
        effects = effects - np.linalg.solve(_jacobian(persons, rates), gap)
    else:
        raise ParameterError("Le modèle à deux marges ne converge pas : taux incohérents.")
    rows, cols = effects[: len(row_rates)], np.r_[0.0, effects[len(row_rates) :]]
    return MarginModel(rows, cols, rates, float(np.abs(gap).max()))


def solve_rows_given_columns(persons: Floats, row_rates: Floats, columns: Floats) -> MarginModel:
    """Find the row effects that give the published row rates, the column contrasts being given.

    Used when a survey publishes rates by age only: the contrasts between diplomas come from
    another vintage, the level never does.
    """
    rows = np.array(
        [
            brentq(_row_gap, -30.0, 30.0, args=(persons[i], columns, rate), xtol=1e-13)
            for i, rate in enumerate(row_rates)
        ]
    )
    rates = expit(rows[:, None] + columns)
    gap = (persons * rates).sum(1) - persons.sum(1) * row_rates
    return MarginModel(rows, columns, rates, float(np.abs(gap).max()))


def close_to_total(persons: Floats, rates: Floats, total: float) -> Floats:
    """Move all rates by one logit shift so that the weighted sum is ``total`` persons."""
    shift = brentq(lambda x: float(persons @ expit(logit(rates) + x)) - total, -20.0, 20.0)
    moved: Floats = expit(logit(rates) + shift)
    return moved


def close_missing(persons: Floats, rates: Floats, total: float) -> Floats:
    """Fill one missing rate (NaN) with the only value that closes the total, in persons.

    Raises
    ------
    ParameterError
        When that value is not a rate between its two neighbours (the margins contradict).
    """
    missing = np.flatnonzero(np.isnan(rates))
    if missing.size != 1:
        raise ParameterError("Une seule classe manquante peut être fermée par le total.")
    index = int(missing[0])
    known = np.delete(np.arange(len(rates)), index)
    value = (total - float(persons[known] @ rates[known])) / persons[index]
    around = rates[[max(index - 1, 0), min(index + 1, len(rates) - 1)]]
    low, high = np.nanmin(around), np.nanmax(around)
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


def _row_gap(row: float, persons: Floats, columns: Floats, rate: float) -> float:
    return float((persons * expit(row + columns)).sum() - persons.sum() * rate)


def _gap(
    persons: Floats, effects: Floats, target_rows: Floats, target_columns: Floats
) -> tuple[Floats, Floats]:
    height = len(target_rows)
    rates: Floats = expit(effects[:height, None] + np.r_[0.0, effects[height:]])
    counts = persons * rates
    gap: Floats = np.r_[counts.sum(1) - target_rows, (counts.sum(0) - target_columns)[1:]]
    return rates, gap


def _jacobian(persons: Floats, rates: Floats) -> Floats:
    slope = persons * rates * (1 - rates)
    cross = slope[:, 1:]
    jacobian: Floats = np.block([[np.diag(slope.sum(1)), cross], [cross.T, np.diag(cross.sum(0))]])
    return jacobian
