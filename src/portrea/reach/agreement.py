"""How far the times of one engine are from those of another: the default model from roads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.times import Times


@dataclass(frozen=True, slots=True)
class Agreement:
    """Times of a model against those of roads.

    Attributes
    ----------
    pairs
        Pairs compared: within ``t_max`` by road, and measured by the model.
    missing
        Pairs within ``t_max`` by road that the model left out.
    ratio
        Median of model / roads: below 1, the model is too quick.
    error, error_nine_tenths
        Median, and ninth decile, of ``|model / roads − 1|``.
    rank
        Spearman's rank correlation.
    same_nearest
        Share of the origins whose nearest place is the same.
    same_side
        Share of the pairs that both put within, or both beyond, the threshold.
    """

    pairs: int
    missing: int
    ratio: float
    error: float
    error_nine_tenths: float
    rank: float
    same_nearest: float
    same_side: float


def agreement(model: Times, roads: Times, *, threshold: float) -> Agreement:
    """Compare two tables of times of the same origins and places.

    Parameters
    ----------
    model
        Kept farther than ``roads`` (twice as far, say), lest the slow half of its times be missing.
    roads
        The reference.
    threshold
        Minutes within which a place counts.

    Raises
    ------
    DataError
        Other origins or places, or no pair in common.
    """
    if not all(np.array_equal(*codes) for codes in zip(model.codes, roads.codes, strict=True)):
        raise DataError(
            "Ces deux tableaux de temps n’ont pas les mêmes points de départ ou les mêmes lieux.",
            remedy="Mesurez-les sur les mêmes points.",
        )
    reference, guess = _common(model, roads)
    if not reference.size:
        raise DataError(
            "Ces deux tableaux de temps n’ont aucun trajet en commun.",
            remedy="Allongez le temps le plus long gardé, ou choisissez des points du réseau.",
        )
    gap = np.abs(guess / reference - 1.0)
    return Agreement(
        pairs=reference.size,
        missing=int(roads.minutes.nnz - reference.size),
        ratio=float(np.median(guess / reference)),
        error=float(np.median(gap)),
        error_nine_tenths=float(np.quantile(gap, 0.9)),
        rank=float(spearmanr(reference, guess).statistic) if reference.size > 1 else np.nan,
        same_nearest=_same_nearest(model, roads),
        same_side=float(np.mean((reference <= threshold) == (guess <= threshold))),
    )


def _common(model: Times, roads: Times) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the minutes by road, and by the model, of the pairs that both have."""
    _, by_road, by_model = np.intersect1d(
        _flat(roads), _flat(model), assume_unique=True, return_indices=True
    )
    reference, guess = roads.minutes.data[by_road], model.minutes.data[by_model]
    return reference.astype(np.float64), guess.astype(np.float64)


def _row(times: Times) -> NDArray[np.int64]:
    return np.repeat(np.arange(times.origins.size), np.diff(times.minutes.indptr))


def _flat(times: Times) -> NDArray[np.int64]:
    """Return one number per stored pair."""
    pairs: NDArray[np.int64] = _row(times) * times.places.size + times.minutes.indices
    return pairs


def _same_nearest(model: Times, roads: Times) -> float:
    first, second = _nearest(model), _nearest(roads)
    known = (first >= 0) & (second >= 0)
    return float(np.mean(first[known] == second[known])) if known.any() else np.nan


def _nearest(times: Times) -> NDArray[np.int64]:
    """Return the column of the nearest place of each origin, −1 without any."""
    data, indices, ends = times.minutes.data, times.minutes.indices, times.minutes.indptr
    order = np.lexsort((indices, data, _row(times)))
    column = np.full(times.origins.size, -1, dtype=np.int64)
    first = np.flatnonzero(np.diff(ends))
    column[first] = indices[order[ends[first]]]
    return column
