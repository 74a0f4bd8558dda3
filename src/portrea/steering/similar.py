"""Territories that resemble one another by their context, never by what Portrea estimates.

The distance is √(Σ w·g² ÷ Σ w) over the variables that both territories have, ``g`` being the gap
divided by the spread of the variable among the territories of the level: 1 is « one usual gap ».
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from portrea.base.errors import TerritoryError
from portrea.steering.display import parameters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BELL = 1.349
"""Distance between the quartiles of a bell curve, in standard deviations."""
TOLD = 2
"""Variables told as the closest, and as the farthest, of each territory."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A thing compared: its words, its weight, whether a gap is a ratio, where it comes from."""

    id: str
    label: str
    weight: float
    unit: str
    log: bool
    source: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Context:
    """The territories of a level by their context: ``values`` (territories × variables).

    A figure that is not known is ``nan``. ``vintages`` and ``datasets``: of each variable.
    """

    level: str
    codes: tuple[str, ...]
    values: Floats
    vintages: tuple[str, ...] = ()
    datasets: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A territory that resembles: distance, part of the weights known, what is alike or not."""

    code: str
    distance: float
    covered: float
    closest: tuple[int, ...]
    farthest: tuple[int, ...]


@cache
def variables() -> tuple[Variable, ...]:
    """Return what is compared, in order (``params/similar.yaml``)."""
    kinds = ("count", "density", "ratio", "mean")
    return tuple(
        Variable(
            name,
            card["label"],
            float(card["weight"]),
            card["unit"],
            bool(card.get("log")),
            {kind: card[kind] for kind in kinds if kind in card},
        )
        for name, card in parameters("similar")["variables"].items()
    )


def rule(name: str) -> float:
    """Return a declared threshold."""
    return float(parameters("similar")["rule"][name]["value"])


def compared(values: Floats, logs: Sequence[bool]) -> Floats:
    """Return the values as they are subtracted: their logarithm where a gap is a ratio."""
    found = np.array(values, dtype=float)
    for place, log in enumerate(logs):
        if log:
            column = found[:, place]
            found[:, place] = np.log(np.where(column > 0, column, np.nan))
    return found


def spreads(values: Floats, least: float = 0.0) -> Floats:
    """Return the spread of each variable: the distance between its quartiles ÷ 1.349.

    One far territory does not move it. The standard deviation stands in where the quartiles are
    equal; ``nan`` where all values are, or where fewer than ``least`` of the territories have one.
    """
    found = np.full(values.shape[1], np.nan)
    for place, column in enumerate(values.T):
        known = column[~np.isnan(column)]
        if len(known) < max(2.0, least * len(column)):
            continue
        low, high = np.quantile(known, [0.25, 0.75])
        spread = (high - low) / BELL or float(np.std(known))
        found[place] = spread if spread > 0 else np.nan
    return found


def gaps(values: Floats, own: Floats, spread: Floats) -> Floats:
    """Return the gaps to one territory, in spreads; ``nan`` where either figure is not known."""
    found: Floats = (values - own) / spread
    return found


def distances(gap: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return the distance of each territory and the part of the weights it rests on.

    A territory with no common figure is infinitely far.
    """
    known = ~np.isnan(gap)
    held = known @ weights
    total = np.nansum(np.where(known, gap, 0.0) ** 2 * weights, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(held > 0, np.sqrt(total / held), np.inf)
    return distance, held / weights.sum()


def nearest(
    context: Context,
    code: str,
    *,
    count: int,
    least: float,
    weights: Floats,
    spread: Floats,
    logs: Sequence[bool],
) -> list[Neighbour]:
    """Return the territories that resemble one the most, nearest first (by code when equal).

    Parameters
    ----------
    least
        Part of the weights of the usable variables that both must have.
    weights, spread, logs
        One per variable; a variable whose spread is ``nan`` is not used.

    Raises
    ------
    TerritoryError
        The context does not know the territory.
    """
    if code not in context.codes:
        raise TerritoryError(
            f"Aucun chiffre de contexte n’est connu pour {context.level}:{code}.",
            remedy="Chargez ses données avec « portrea data add FICHIER ».",
        )
    used = np.flatnonzero(~np.isnan(spread))
    if not len(used):
        return []
    values = compared(context.values, logs)
    own = context.codes.index(code)
    gap = gaps(values, values[own], spread)[:, used]
    distance, covered = distances(gap, weights[used])
    kept = [
        i
        for i in np.lexsort((np.array(context.codes), distance))
        if i != own and covered[i] >= least - 1e-9 and np.isfinite(distance[i])
    ]
    return [
        Neighbour(
            context.codes[i], float(distance[i]), float(covered[i]), *_told(gap[i], weights, used)
        )
        for i in kept[:count]
    ]


def _told(gap: Floats, weights: Floats, used: NDArray[np.intp]) -> tuple[Any, Any]:
    """Return the variables alike and those that differ, the most telling first."""
    known = np.flatnonzero(~np.isnan(gap))
    order = [int(i) for i in known[np.argsort(np.abs(gap[known]), kind="stable")]]
    weighed = sorted(order, key=lambda i: -abs(gap[i]) * weights[used[i]] ** 0.5)
    far = [i for i in weighed[:TOLD] if abs(gap[i]) > 0]
    near = [i for i in order if i not in far][:TOLD]
    return tuple(int(used[i]) for i in near), tuple(int(used[i]) for i in far)
