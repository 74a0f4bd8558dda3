"""Areas to rank: their need, their access, what they lack, and the groups that they make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from portrea.reach.access import PER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.reach.access import Scores

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Strings = NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Areas:
    """Need and access of some areas, one row each.

    ``persons`` are those concerned, ``population`` the universe of the rate, ``access`` hours of
    help a week for a hundred persons concerned; NaN is unknown. ``access_known`` is the access
    without the places whose capacity is imputed, ``minutes`` the time to the nearest place.
    ``draws`` (areas × draws) carry the uncertainty of the persons, ``access_draws`` that of the
    access. With two ``sides`` the first half of the draws is those of a low scenario, the second
    half those of a high one (:class:`portrea.reach.demand.Demand`).
    """

    codes: Strings
    persons: Floats
    population: Floats
    access: Floats
    draws: Draws | None = None
    access_draws: Draws | None = None
    access_known: Floats | None = None
    minutes: Floats | None = None
    sides: int = 1

    def known_only(self) -> Areas | None:
        """Return the areas as if the places of imputed capacity gave nothing."""
        if self.access_known is None:
            return None
        return replace(self, access=self.access_known, access_draws=None)

    @classmethod
    def of_scores(
        cls, scores: Scores, population: Floats, *, inside: NDArray[np.bool_] | None = None
    ) -> Areas:
        """Return the zones of :func:`portrea.reach.access.score_access`, all or some.

        Parameters
        ----------
        scores
            Access of the zones, those beyond the border included.
        population
            Universe of the rate of each zone (NaN: unknown).
        inside
            Zones to keep; the bar and the ranks are then theirs alone.

        Notes
        -----
        The need of a zone that is not estimated, and the access of a zone without a known point of
        departure, are unknown.
        """
        keep = np.ones(len(population), bool) if inside is None else inside
        demand = scores.demand
        placed = scores.located[keep]

        def told(values: Floats) -> Floats:
            return np.where(placed, PER * values[keep], np.nan)

        drawn = scores.draws
        return cls(
            codes=demand.codes[keep],
            persons=np.where(demand.known[keep], demand.persons[keep], np.nan),
            population=population[keep],
            access=told(scores.access),
            draws=None if demand.draws is None else demand.draws[keep],
            access_draws=None if drawn is None else np.float32(PER) * drawn[keep],
            access_known=told(scores.declared),
            minutes=scores.nearest_minutes[keep],
            sides=demand.sides,
        )


@dataclass(frozen=True, eq=False)
class Lacking:
    """What help leaves uncovered in each area, and the areas themselves."""

    areas: Areas
    persons: Floats
    draws: Draws | None
    threshold: float


def grouped(found: Lacking, owners: Strings) -> Lacking:
    """Return the same for groups of areas: what is uncovered adds up, access is a mean of persons.

    Parameters
    ----------
    found
        Areas and what they lack (IRIS, say).
    owners
        Code of the group of each area (its commune); the groups come out in the order of codes.

    Notes
    -----
    An area whose persons or access are unknown adds nothing to what its group lacks; a group is
    unknown when all its areas are.
    """
    codes, place = np.unique(owners, return_inverse=True)
    areas, size = found.areas, len(codes)
    known = np.isfinite(found.persons)

    def total(values: Floats) -> Floats:
        told = np.isfinite(values)
        summed = np.bincount(place[told], values[told], size)
        return np.where(np.bincount(place[told], minlength=size) > 0, summed, np.nan)

    def mean(values: Floats | None) -> Floats | None:
        return None if values is None else _group_mean(values, areas.persons, place, size)

    def drawn(values: Draws | None, told: NDArray[np.bool_]) -> Draws | None:
        return None if values is None else _group_sum(values, place, told, size)

    together = Areas(
        codes=codes,
        persons=total(areas.persons),
        population=total(areas.population),
        access=_group_mean(areas.access, areas.persons, place, size),
        draws=drawn(areas.draws, np.isfinite(areas.persons)),
        access_draws=_group_access(areas, place, known, size),
        access_known=mean(areas.access_known),
        minutes=mean(areas.minutes),
        sides=areas.sides,
    )
    return Lacking(together, total(found.persons), drawn(found.draws, known), found.threshold)


def imputed_share(areas: Areas) -> Floats:
    """Return the share of the access that rests on imputed capacity (NaN: no access, or untold)."""
    if areas.access_known is None:
        return np.full(len(areas.codes), np.nan)
    some = np.where(areas.access > 0, areas.access, np.nan)
    return np.clip(1 - areas.access_known / some, 0, 1)


def _group_mean(values: Floats, weights: Floats, place: NDArray[np.intp], size: int) -> Floats:
    """Mean of the persons; a plain one where there is nobody."""
    known = np.isfinite(values) & np.isfinite(weights)
    inside = place[known]
    persons = np.bincount(inside, weights[known], size)
    summed = np.bincount(inside, (values * weights)[known], size)
    counts = np.bincount(inside, minlength=size)
    plain = np.bincount(inside, values[known], size)
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(persons > 0, summed / persons, plain / counts)
    return found


def _group_sum(
    values: Draws, place: NDArray[np.intp], known: NDArray[np.bool_], size: int
) -> Draws:
    rows = np.flatnonzero(known)
    ones = np.ones(len(rows), dtype=np.float32)
    members = csr_array((ones, (place[rows], rows)), shape=(size, len(values)))
    found: Draws = members @ np.where(known[:, None], values, np.float32(0))
    return found


def _group_access(
    areas: Areas, place: NDArray[np.intp], known: NDArray[np.bool_], size: int
) -> Draws | None:
    if areas.access_draws is None:
        return None
    weights = areas.persons.astype(np.float32)[:, None] if areas.draws is None else areas.draws
    weights = np.broadcast_to(weights, areas.access_draws.shape)
    summed = _group_sum(areas.access_draws * weights, place, known, size)
    persons = _group_sum(weights, place, known, size)
    central = _group_mean(areas.access, areas.persons, place, size)[:, None]
    found = np.broadcast_to(central, summed.shape).astype(np.float32)
    np.divide(summed, persons, out=found, where=persons > 0)
    return found
