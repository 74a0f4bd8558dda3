"""Who needs help, zone by zone, with the draws that say how surely.

The draws come from the needs, rank by rank the same for every zone (two neighbours that are wrong
together stay wrong together), so an interval of access is that of the needs carried through, not
guessed again. :mod:`portrea.steering.demand` makes this object from the store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.base.errors import DataError
from portrea.reach.catchment import checked
from portrea.stats.intervals import quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Self

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.str_]

LEVELS = (0.025, 0.1, 0.9, 0.975)
"""Bounds at 95 % and 80 %, lowest first."""


@dataclass(frozen=True, eq=False)
class Demand:
    """People who need help.

    ``persons`` is the central count of each zone (0 where not ``known``), ``draws`` zones × draws
    or ``None`` when nothing says how sure it is. A measure known between two scenarios (C) has
    ``sides`` = 2: the first half of the draws is those of the low scenario, the second half those
    of the high one, in the same order. ``unit`` is that of ``persons``.
    """

    codes: Codes
    persons: Floats
    draws: NDArray[np.float32] | None = None
    measure: str = "c"
    unit: str = "persons"
    sides: int = 1
    unknown: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        """Refuse what would silently give wrong access."""
        checked(self.persons, len(self.codes), "Le besoin", "zone")
        names, counts = np.unique(self.codes, return_counts=True)
        if (counts > 1).any():
            raise DataError(
                f"La zone « {names[counts > 1][0]} » figure plusieurs fois dans le besoin.",
                remedy="Donnez une seule ligne par zone.",
            )
        if self.draws is None:
            return
        shape = self.draws.shape
        if self.draws.ndim != 2 or shape[0] != len(self.codes) or shape[1] % self.sides:
            raise DataError(
                f"Les tirages du besoin ont la forme {shape}, pour {len(self.codes)} zones.",
                remedy="Donnez une ligne par zone et une colonne par tirage.",
            )
        if not np.min(self.draws, initial=0) >= 0:
            raise DataError(
                "Des tirages du besoin sont absents ou négatifs.",
                remedy="Calculez de nouveau les besoins du territoire.",
            )

    @property
    def known(self) -> NDArray[np.bool_]:
        """Zones whose need is estimated (an unknown one counts for nobody, and is said)."""
        return np.ones(len(self.codes), bool) if self.unknown is None else ~self.unknown

    def at(self, codes: Sequence[str] | Codes) -> Self:
        """Return the demand of other zones, in their order; nobody where none is known."""
        wanted = np.asarray(codes, dtype=np.str_)
        rank = {code: row for row, code in enumerate(self.codes.tolist())}
        row = np.fromiter((rank.get(code, -1) for code in wanted.tolist()), np.intp, len(wanted))
        drawn = self.draws
        if drawn is not None:
            drawn = drawn[row] if len(drawn) else np.zeros((len(row), drawn.shape[1]), np.float32)
            drawn[row < 0] = 0
        return replace(
            self,
            codes=wanted,
            persons=np.append(self.persons, 0.0)[row],
            draws=drawn,
            unknown=~np.append(self.known, False)[row],
        )

    def interval(self) -> Floats:
        """Return the bounds of each zone (zones × 4: 95 % low, 80 % low and high, 95 % high)."""
        if self.draws is None:
            return np.full((len(self.codes), len(LEVELS)), np.nan)
        return bounds(self.draws, self.sides)


def bounds(draws: NDArray[Any], sides: int = 1) -> Floats:
    """Return the bounds of draws (rows × 4), the widest of both scenarios when there are two."""
    halves = [quantiles(half, LEVELS) for half in np.split(draws, sides, axis=1)]
    low = np.min([half[:, :2] for half in halves], axis=0)
    high = np.max([half[:, 2:] for half in halves], axis=0)
    return np.hstack([low, high])
