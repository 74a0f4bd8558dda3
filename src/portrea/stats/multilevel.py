"""Multilevel logistic regression by nested Laplace approximations.

``logit p = X b + Σ_f σ_f Z_f L_f z_f`` with ``z ~ N(0, I)``: each factor ``f`` has its own
standard deviation ``σ_f`` (half-normal prior) and a structure ``L_f`` (independent or random walk).
For given ``σ`` the posterior of ``(b, z)`` is Gaussian around its mode, with its mean corrected;
``σ`` itself is integrated over a set of weighted points (Rue, Martino & Chopin 2009), so that not
knowing it widens every interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, sparse
from scipy.linalg import cho_solve, solve_triangular
from scipy.special import expit, ndtri
from threadpoolctl import threadpool_limits

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LOG_SD_BOUNDS = (np.log(0.01), np.log(10.0))
LEAST_WEIGHT = 1e-3
WIDENING = 1.25
"""The points of σ are drawn from a Gaussian this much wider than its posterior, then weighted."""
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, eq=False)
class Factor:
    """A group of random effects sharing one standard deviation.

    ``loads``: rows × levels, weight of each level in the row's predictor (0/1, or shares adding to
    one when the level is only known as a class); ``root``: ``L`` such that effects are
    ``σ L z``; ``scale``: scale of the half-normal prior of ``σ``, on the logit scale.
    """

    name: str
    loads: Floats
    root: Floats
    scale: float


@dataclass(frozen=True, eq=False)
class Component:
    """Posterior of the effects for one value of the standard deviations."""

    weight: float
    log_sd: Floats
    mean: Floats
    root: Floats

    def spread(self, rows: Floats) -> Floats:
        """Variance of linear combinations of the effects, one per row."""
        moved: Floats = rows @ self.root
        variance: Floats = (moved * moved).sum(1)
        return variance


@dataclass(frozen=True, eq=False)
class MultilevelFit:
    """Posterior of every effect: a mixture of Gaussians, fixed effects first, then each factor."""

    factors: tuple[str, ...]
    slices: dict[str, slice]
    components: tuple[Component, ...]

    @cached_property
    def mean(self) -> Floats:
        """Posterior mean of the effects, on the logit scale."""
        total: Floats = sum(c.weight * c.mean for c in self.components)  # type: ignore[assignment]
        return total

    @cached_property
    def covariance(self) -> Floats:
        """Posterior covariance of the effects, uncertainty of the ``σ`` included."""
        size = len(self.mean)
        total = np.zeros((size, size))
        for part in self.components:
            gap = part.mean - self.mean
            total += part.weight * (part.root @ part.root.T + np.outer(gap, gap))
        return total

    @cached_property
    def sd(self) -> Floats:
        """Posterior standard deviation of the effects, on the logit scale."""
        return np.sqrt(np.diag(self.covariance))

    def rates(self, rows: Floats) -> Floats:
        """Posterior mean of ``expit(rows @ effects)``, by Gauss–Hermite quadrature."""
        total = np.zeros(len(rows))
        for part in self.components:
            centre = rows @ part.mean
            spread = np.sqrt(part.spread(rows))
            total += part.weight * (expit(centre[:, None] + spread[:, None] * _NODES) @ _WEIGHTS)
        return total

    def draw(self, count: int, seed: int) -> Floats:
        """Return ``count`` posterior draws of the effects (effects × draws)."""
        rng = np.random.default_rng(seed)
        shares = np.array([part.weight for part in self.components])
        times = rng.multinomial(count, shares / shares.sum())
        blocks = [
            part.mean[:, None] + part.root @ rng.standard_normal((part.root.shape[1], number))
            for part, number in zip(self.components, times, strict=True)
            if number
        ]
        drawn: Floats = np.hstack(blocks)[:, rng.permutation(count)]
        return drawn

    def sds(self) -> dict[str, tuple[float, float, float]]:
        """Posterior mean, 2.5 % and 97.5 % quantiles of each ``σ``, on the logit scale."""
        weights = np.array([part.weight for part in self.components])
        found = {}
        for place, name in enumerate(self.factors):
            values = np.exp([part.log_sd[place] for part in self.components])
            low, high = np.quantile(values, (0.025, 0.975), weights=weights, method="inverted_cdf")
            found[name] = (float(values @ weights), float(low), float(high))
        return found


def independent(levels: int) -> Floats:
    """Structure of exchangeable effects: ``L = I``."""
    return np.eye(levels)


def random_walk(levels: int) -> Floats:
    """Structure of ordered effects whose steps are independent (random walk of order 1).

    ``L L' = c (D'D)⁺``, with ``D`` the differences between neighbours: effects add to zero, and
    ``c`` makes the geometric mean of their variances 1 (Sørbye & Rue 2014), so that ``σ`` reads as
    for exchangeable effects.
    """
    steps = np.diff(np.eye(levels), axis=0)
    covariance: Floats = np.linalg.pinv(steps.T @ steps)
    covariance /= np.exp(np.log(np.diag(covariance)).mean())
    values, vectors = np.linalg.eigh(covariance)
    kept = values > 1e-10 * values[-1]
    root: Floats = vectors[:, kept] * np.sqrt(values[kept])
    return root


def fit_multilevel(
    successes: Floats,
    trials: Floats,
    fixed: Floats,
    factors: Sequence[Factor],
    *,
    fixed_sd: Floats,
    points: int = 32,
) -> MultilevelFit:
    """Fit the model on grouped rows; weights may make ``successes`` and ``trials`` fractional.

    Parameters
    ----------
    successes, trials
        Weighted « yes » and weighted answers of each distinct row.
    fixed
        Rows × fixed effects (a column of ones is the constant).
    factors
        Random effects.
    fixed_sd
        Standard deviation of the centred Gaussian prior of each fixed effect, on the logit scale.
    points
        Values of the standard deviations over which the posterior is integrated.

    Raises
    ------
    ParameterError
        No answer, or an outcome that never varies.
    """
    if not trials.sum() > 0 or not 0 < successes.sum() < trials.sum():
        raise ParameterError("Toutes les réponses sont identiques : rien ne peut être ajusté.")
    problem = _Problem(successes, trials, fixed, factors, fixed_sd)
    with threadpool_limits(1, user_api="blas"):  # many small products: threads would only wait
        parts = _components(problem, points)
    return MultilevelFit(tuple(f.name for f in factors), problem.slices, parts)


def _components(problem: _Problem, points: int) -> tuple[Component, ...]:
    nodes, weights = _integration_points(problem, points)
    kept = weights > LEAST_WEIGHT
    shares = weights[kept] / weights[kept].sum()
    return tuple(
        problem.component(node, float(share))
        for node, share in zip(nodes[kept], shares, strict=True)
    )


class _Problem:
    """Posterior of the effects for given ``σ``, and the Laplace marginal of ``σ``."""

    def __init__(
        self,
        successes: Floats,
        trials: Floats,
        fixed: Floats,
        factors: Sequence[Factor],
        fixed_sd: Floats,
    ) -> None:
        self.successes, self.trials = successes, trials
        self.factors, self.fixed = factors, fixed.shape[1]
        self.loads = sparse.csr_array(np.hstack([fixed, *(f.loads for f in factors)]))
        self.across = self.loads.T.tocsr()
        self.prior = np.r_[1 / fixed_sd**2, np.ones(sum(f.root.shape[1] for f in factors))]
        self.slices, start = {"fixed": slice(0, self.fixed)}, self.fixed
        for factor in factors:
            self.slices[factor.name] = slice(start, start + factor.root.shape[0])
            start += factor.root.shape[0]
        self.last = np.zeros(len(self.prior))
        self.last[0] = np.log(successes.sum() / (trials.sum() - successes.sum()))

    def transform(self, log_sd: Floats) -> Floats:
        """Effects = transform @ standardised effects."""
        matrix = np.zeros((self.loads.shape[1], len(self.prior)))
        matrix[: self.fixed, : self.fixed] = np.eye(self.fixed)
        row = column = self.fixed
        for factor, value in zip(self.factors, log_sd, strict=True):
            height, width = factor.root.shape
            matrix[row : row + height, column : column + width] = np.exp(value) * factor.root
            row, column = row + height, column + width
        return matrix

    def mode(self, matrix: Floats) -> tuple[Floats, Floats, float]:
        """Mode, Cholesky factor of minus the Hessian there, and log density at the mode."""
        state = self.last
        value = self._value(matrix, state)
        for _ in range(100):
            eta = self.loads @ (matrix @ state)
            rate = expit(eta)
            slope = matrix.T @ (self.across @ (self.successes - self.trials * rate))
            root = self._root(matrix, self.trials * rate * (1 - rate))
            step = cho_solve((root, True), slope - self.prior * state)
            state, gained = self._line_search(matrix, state, step, value)
            value += gained
            if gained < 1e-9:
                break
        self.last = state
        rate = expit(self.loads @ (matrix @ state))
        return state, self._root(matrix, self.trials * rate * (1 - rate)), value

    def _line_search(
        self, matrix: Floats, state: Floats, step: Floats, value: float
    ) -> tuple[Floats, float]:
        size = 1.0
        while size > 1e-6:
            found = self._value(matrix, state + size * step)
            if found >= value:
                return state + size * step, found - value
            size /= 2
        return state, 0.0

    def _value(self, matrix: Floats, state: Floats) -> float:
        eta = self.loads @ (matrix @ state)
        fit = self.successes @ eta - self.trials @ np.logaddexp(0.0, eta)
        return float(fit - 0.5 * self.prior @ state**2)

    def _root(self, matrix: Floats, weights: Floats) -> Floats:
        crossed = (self.across @ (self.loads * weights[:, None])).toarray()
        hessian = matrix.T @ crossed @ matrix
        hessian[np.diag_indices_from(hessian)] += self.prior
        root: Floats = np.linalg.cholesky(hessian)
        return root

    def log_posterior(self, log_sd: Floats) -> float:
        """Laplace marginal log density of ``log σ``, up to a constant."""
        _, root, value = self.mode(self.transform(log_sd))
        scales = np.array([factor.scale for factor in self.factors])
        prior = (-0.5 * (np.exp(log_sd) / scales) ** 2 + log_sd).sum()
        return float(value + prior - np.log(np.diag(root)).sum())

    def component(self, log_sd: Floats, weight: float) -> Component:
        """Gaussian posterior of the effects for one ``σ``, its mean corrected for skewness."""
        matrix = self.transform(log_sd)
        state, root, _ = self.mode(matrix)
        inverse = solve_triangular(root, np.eye(len(root)), lower=True).T
        spread = self._spread(matrix @ inverse)
        state = state + self._shift(matrix, state, root, spread)
        return Component(weight, log_sd, matrix @ state, matrix @ inverse)

    def _spread(self, root: Floats) -> Floats:
        moved: Floats = self.loads @ root
        variance: Floats = (moved * moved).sum(1)
        return variance

    def _shift(self, matrix: Floats, state: Floats, root: Floats, spread: Floats) -> Floats:
        """Move the mode to the mean of the Gaussian that fits best (van Niekerk & Rue 2024).

        Newton steps on ``E[log posterior]`` over the mean of the Gaussian, covariance held.
        """
        moved = np.zeros_like(state)
        for _ in range(20):
            eta = self.loads @ (matrix @ (state + moved))
            rate = expit(eta[:, None] + np.sqrt(spread)[:, None] * _NODES) @ _WEIGHTS
            slope = matrix.T @ (self.across @ (self.successes - self.trials * rate))
            step = cho_solve((root, True), slope - self.prior * (state + moved))
            moved += step
            if np.abs(step).max() < 1e-6:
                break
        return moved


def _integration_points(problem: _Problem, points: int) -> tuple[Floats, Floats]:
    """Values of ``log σ`` and their posterior weights."""
    from scipy.stats import qmc  # slow to import, used here only

    number = len(problem.factors)
    if not number:
        return np.zeros((1, 0)), np.ones(1)
    found = optimize.minimize(
        lambda x: -problem.log_posterior(x),
        np.full(number, np.log(0.5)),
        method="L-BFGS-B",
        bounds=[LOG_SD_BOUNDS] * number,
        options={"eps": 1e-3, "ftol": 1e-7},
    )
    root = np.linalg.cholesky(_covariance(problem, found.x)) * WIDENING
    uniform = qmc.Sobol(number, seed=0, scramble=True).random(points)
    normal = ndtri(uniform)
    nodes = np.clip(found.x + normal @ root.T, *LOG_SD_BOUNDS)
    gained = np.array([problem.log_posterior(node) for node in nodes]) + 0.5 * (normal**2).sum(1)
    weights = np.exp(gained - gained.max())
    return nodes, weights / weights.sum()


def _covariance(problem: _Problem, centre: Floats, step: float = 0.1) -> Floats:
    """Inverse of minus the second derivatives of the log posterior of ``log σ`` (differences)."""
    number = len(centre)
    moves = np.eye(number) * step
    hessian = np.zeros((number, number))
    middle = problem.log_posterior(centre)
    ahead = [problem.log_posterior(centre + move) for move in moves]
    behind = [problem.log_posterior(centre - move) for move in moves]
    for i in range(number):
        hessian[i, i] = 2 * middle - ahead[i] - behind[i]
        for j in range(i):
            both = problem.log_posterior(centre + moves[i] + moves[j])
            hessian[i, j] = hessian[j, i] = ahead[i] + ahead[j] - middle - both
    values, vectors = np.linalg.eigh(hessian / step**2)
    covariance: Floats = (vectors / np.clip(values, 0.5, None)) @ vectors.T
    return covariance
