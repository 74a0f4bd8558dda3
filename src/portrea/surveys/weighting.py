"""Weights that make those who answered look like the people they stand for.

Post-stratification when the totals of crossed groups are known, raking when only the margins
are (Deming and Stephan, 1940). Neither repairs what the margins do not tell: they are no proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_ROUNDS = 1_000
CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight for each answer (people it stands for), rounds made, largest relative residual."""

    values: Floats
    rounds: int
    residual: float

    @property
    def effect(self) -> float:
        """The design effect of Kish: how much unequal weights widen the intervals."""
        return kish(self.values)


def kish(weights: Floats) -> float:
    """Return n Σw² / (Σw)², 1 when all weights are equal (Kish, 1965)."""
    total = float(weights.sum())
    return len(weights) * float(np.square(weights).sum()) / total**2 if total else 1.0


def post_stratify(
    cells: Sequence[str], totals: Mapping[str, float], base: Floats | None = None
) -> Weights:
    """Return weights that reach the totals of groups that do not overlap.

    Parameters
    ----------
    cells
        Group of each answer.
    totals
        People of each group, in the population.
    base
        Weights before (1 when not given).

    Raises
    ------
    DataError
        A group has people but no answer, or answers but no total.
    """
    return rake({"groupe": cells}, {"groupe": totals}, base)


def rake(
    answers: Mapping[str, Sequence[str]],
    margins: Mapping[str, Mapping[str, float]],
    base: Floats | None = None,
) -> Weights:
    """Return weights that reach every margin at once.

    Parameters
    ----------
    answers
        Variable → category of each answer.
    margins
        Variable → category → people in the population. Margins of different totals are brought
        to the total of the first.
    base
        Weights before (1 when not given).

    Raises
    ------
    DataError
        A category has people but no answer, or answers but no total; or no weights reach all
        margins: the message says which categories to put together.
    """
    groups = [_groups(name, answers[name], margins[name]) for name in margins]
    total = sum(next(iter(margins.values())).values())
    targets = [_targets(margin, total) for margin in margins.values()]
    size = len(groups[0])
    values = np.ones(size) if base is None else np.array(base, dtype=float)
    for rounds in range(1, MOST_ROUNDS + 1):
        for group, target in zip(groups, targets, strict=True):
            sums = np.bincount(group, weights=values, minlength=len(target))
            values = (
                values * np.divide(target, sums, out=np.zeros_like(target), where=sums > 0)[group]
            )
        residual = _residual(values, groups, targets)
        if residual < CLOSE:
            return Weights(values, rounds, residual)
    message = f"Aucun poids n’atteint toutes les marges à la fois (écart restant : {residual:.1%})."
    remedy = "Regroupez des catégories rares, ou calez sur moins de variables."
    raise DataError(message, remedy=remedy)


def _groups(name: str, told: Sequence[str], margin: Mapping[str, float]) -> NDArray[np.intp]:
    ranks = {category: rank for rank, category in enumerate(margin)}
    strange = sorted(set(told) - set(ranks))
    if strange:
        message = f"« {name} » : la catégorie « {strange[0]} » a des réponses mais pas de total."
        raise DataError(message, remedy="Ajoutez son total, ou codez ces réponses autrement.")
    empty = [category for category in margin if margin[category] > 0 and category not in set(told)]
    if empty:
        message = (
            f"« {name} » : personne de « {empty[0]} » n’a répondu, aucun poids ne la représente."
        )
        raise DataError(
            message, remedy="Regroupez-la avec une catégorie voisine, puis recommencez."
        )
    return np.array([ranks[category] for category in told], dtype=np.intp)


def _targets(margin: Mapping[str, float], total: float) -> Floats:
    target = np.array(list(margin.values()), dtype=float)
    if (target < 0).any() or not np.isfinite(target).all() or target.sum() <= 0:
        message = "Un total de population est négatif, ou tous sont nuls."
        raise DataError(message, remedy="Vérifiez les marges : des nombres de personnes.")
    return target * (total / float(target.sum()))


def _residual(
    values: Floats, groups: Sequence[NDArray[np.intp]], targets: Sequence[Floats]
) -> float:
    def apart(group: NDArray[np.intp], target: Floats) -> float:
        sums = np.bincount(group, weights=values, minlength=len(target))
        return float(
            np.max(np.abs(sums - target) / np.maximum(target, 1e-300), where=target > 0, initial=0)
        )

    return max(map(apart, groups, targets))
