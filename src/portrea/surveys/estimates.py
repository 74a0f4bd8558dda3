"""Shares and means of a survey, with the interval its design allows; and none when it allows none.

Standard errors by linearisation (Taylor), people drawn independently within strata; intervals
of shares by Wilson, which hold for small numbers: with the effective number of answers and
Student's quantile when answers are weighted or stratified.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from scipy.special import ndtri, stdtrit

from portrea.base.errors import ParameterError
from portrea.stats.shares import wilson
from portrea.surveys.designs import Design
from portrea.surveys.weighting import kish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_EXPECTED = 5
"""Expected count below which a χ² test gives way to Fisher's (2 × 2) or is not made (Cochran)."""


class Saying(StrEnum):
    """What may be said of an estimate."""

    FIRM = "ferme"
    CAUTION = "peu de réponses"
    WIDE = "trop incertain pour être cité seul"
    NOTHING = "pas assez de réponses pour le dire"


@dataclass(frozen=True, slots=True)
class Sample:
    """Those who answered: how, with which weights, in which strata, out of how many people."""

    design: Design
    weights: Floats
    strata: NDArray[np.intp]
    population: float | None = None

    @classmethod
    def of(
        cls,
        size: int,
        *,
        design: Design = Design.RANDOM,
        weights: Sequence[float] | Floats | None = None,
        strata: Sequence[str] | None = None,
        population: float | None = None,
    ) -> Sample:
        """Return a sample of ``size`` answers; equal weights and a single stratum unless told."""
        told = np.ones(size) if weights is None else np.asarray(weights, dtype=float)
        _names, ranks = np.unique(
            strata if strata is not None else [""] * size, return_inverse=True
        )
        return cls(design, told, ranks.astype(np.intp), population)

    @property
    def is_whole(self) -> bool:
        """Whether everybody answered: nothing was drawn, there is no interval to give."""
        return self.population is not None and len(self.weights) >= self.population

    def only(self, kept: NDArray[np.bool_]) -> Sample:
        """Return those of the sample who are kept (who answered the question)."""
        return replace(self, weights=self.weights[kept], strata=self.strata[kept])


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share (0 to 1) or a mean; no interval when the design gives none or everybody answered."""

    value: float
    answers: int
    error: float | None
    low: float | None
    high: float | None
    effect: float
    saying: Saying


@lru_cache(maxsize=1)
def parameters() -> dict[str, dict[str, Any]]:
    """Return the thresholds of ``params/estimates.yaml``, with their unit, source and date."""
    text = (files(__package__) / "params/estimates.yaml").read_text("utf-8")
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return loaded


def _rule(name: str) -> float:
    return float(parameters()[name]["value"])


def share(answers: Sequence[bool] | NDArray[np.bool_], sample: Sample) -> Estimate:
    """Return the share of those who say yes, between 0 and 1."""
    told = np.asarray(answers, dtype=float)
    if not len(told):
        return Estimate(math.nan, 0, None, None, None, 1.0, Saying.NOTHING)
    value = float(np.average(told, weights=sample.weights))
    effect = kish(sample.weights)
    if sample.design not in {Design.RANDOM, Design.CENSUS}:
        return Estimate(value, len(told), None, None, None, effect, _saying(len(told), None))
    error = _error(told, sample)
    if not error and (0 < value < 1 or sample.is_whole):
        return Estimate(value, len(told), error, None, None, effect, _saying(len(told), None))
    low, high = _wilson(value, error, sample)
    return Estimate(value, len(told), error, low, high, effect, _saying(len(told), high - low))


def mean(values: Sequence[float] | Floats, sample: Sample) -> Estimate:
    """Return a mean, in the unit of the values, with an interval of Student."""
    told = np.asarray(values, dtype=float)
    if not len(told):
        return Estimate(math.nan, 0, None, None, None, 1.0, Saying.NOTHING)
    value = float(np.average(told, weights=sample.weights))
    effect = kish(sample.weights)
    saying = _saying(len(told), None)
    alone = len(told) == 1 or sample.is_whole
    if sample.design not in {Design.RANDOM, Design.CENSUS} or alone:
        return Estimate(value, len(told), None, None, None, effect, saying)
    error = _error(told, sample)
    half = _student(sample) * error
    return Estimate(value, len(told), error, value - half, value + half, effect, saying)


def advised_size(margin: float, *, people: int | None = None, effect: float = 1.0) -> int:
    """Return how many answers give a margin (0.05 for ± 5 points) at worst, at 95 %.

    Parameters
    ----------
    people
        Size of the population when it is small: fewer answers are then enough.
    effect
        Expected design effect, 1 for a simple draw.
    """
    if not 0 < margin < 0.5 or effect < 1 or (people is not None and people < 1):
        message = f"Marge {margin}, population {people}, effet de plan {effect} : impossible."
        raise ParameterError(message, remedy="La marge est entre 0 et 0,5, l’effet au moins 1.")
    size = effect * _quantile() ** 2 * 0.25 / margin**2
    if people is not None:
        size = min(people, size / (1 + (size - 1) / people))
    return math.ceil(size - 1e-9)


@dataclass(frozen=True, slots=True)
class Difference:
    """A test of independence: its method, its statistic, how likely such a gap is by chance."""

    method: str
    statistic: float | None
    p: float | None


def difference(table: Sequence[Sequence[float]], *, effect: float = 1.0) -> Difference:
    """Return whether two questions go together more than by chance; never a cause.

    Parameters
    ----------
    table
        Counts of answers (not weighted), one row per group.
    effect
        Design effect: the χ² is divided by it (Rao and Scott, first order).
    """
    from scipy.stats import chi2_contingency, fisher_exact  # slow to import, used here only

    counts = np.asarray(table, dtype=float)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return Difference("aucun", None, None)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    if float(np.min(expected)) >= LEAST_EXPECTED:
        found = chi2_contingency(counts / effect, correction=False)
        return Difference("chi2", float(found.statistic), float(found.pvalue))
    if counts.shape == (2, 2) and effect == 1:
        return Difference("fisher", None, float(fisher_exact(counts.astype(int)).pvalue))
    return Difference("trop peu de réponses", None, None)


def _error(values: Floats, sample: Sample) -> float:
    """Return the linearised standard error of a weighted mean; strata of one answer add nothing."""
    weights = sample.weights
    centred = weights * (values - np.average(values, weights=weights)) / weights.sum()
    sizes = np.bincount(sample.strata)
    means = np.bincount(sample.strata, weights=centred) / np.maximum(sizes, 1)
    squares = np.bincount(sample.strata, weights=np.square(centred - means[sample.strata]))
    several = sizes > 1
    variance = float(np.sum(squares[several] * sizes[several] / (sizes[several] - 1)))
    if sample.population:
        variance *= max(0.0, 1 - len(values) / sample.population)
    return math.sqrt(variance)


def _wilson(value: float, error: float, sample: Sample) -> tuple[float, float]:
    size, quantile = float(len(sample.weights)), _quantile()
    if _is_plain(sample):
        pass
    elif 0 < value < 1:
        size, quantile = _effective(value, error, sample), _student(sample)
    else:
        size, quantile = size / kish(sample.weights), _student(sample)
    low, high = wilson(value, size, quantile)
    return float(low), float(high)


def _is_plain(sample: Sample) -> bool:
    return sample.population is None and not np.ptp(sample.weights) and not sample.strata.any()


def _effective(value: float, error: float, sample: Sample) -> float:
    """Return the answers of a simple draw as precise as this one (Korn and Graubard, 1998)."""
    alone = replace(sample, strata=np.zeros_like(sample.strata))
    return value * (1 - value) / error**2 * (_student(alone) / _student(sample)) ** 2


def _student(sample: Sample) -> float:
    freedom = max(1, len(sample.weights) - len(np.unique(sample.strata)))
    return float(stdtrit(freedom, 0.5 + _rule("confidence") / 2))


def _saying(answers: int, width: float | None) -> Saying:
    if answers < _rule("least_answers"):
        return Saying.NOTHING
    if width is not None and width / 2 > _rule("widest_margin"):
        return Saying.WIDE
    return Saying.CAUTION if answers < _rule("caution_below") else Saying.FIRM


@lru_cache(maxsize=1)
def _quantile() -> float:
    return float(ndtri(0.5 + _rule("confidence") / 2))
