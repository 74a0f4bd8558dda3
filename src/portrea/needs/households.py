"""Who lives alone: the household dimension of the cells, given their ages and diplomas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.grid import ADULT_AGES, DIPLOMAS
from portrea.needs.inputs import LEVELS, Layer, align, owners_of
from portrea.stats.calibration import shift_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.reference import Reference

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.intp]

ALONE = "persons_living_alone"
SINGLES = "share_single_person_households"
HOUSEHOLDS = "households"
VARIABLES = (ALONE, SINGLES, HOUSEHOLDS)
ADULT_BANDS = (
    "persons_15_29",
    "persons_30_44",
    "persons_45_59",
    "persons_60_74",
    "persons_75_plus",
)
MOST = 0.999
"""Largest part of the persons who may live alone that a published figure can ask for."""


def living_alone(
    persons: Floats, layers: Sequence[Layer], atoms: pl.DataFrame, reference: Reference
) -> tuple[Floats, Floats]:
    """Return the share living alone in each cell (atoms × ages × diplomas), and the residuals.

    ``persons``: persons by atom, adult age and diploma. Residuals are in persons, by atom: what
    the last published figure asks for and the cells could not give (a figure above the persons of
    the cells where one may live alone).

    Notes
    -----
    The table age × diploma × household of an atom starts from the national share living alone in
    each cell and is fitted to two margins: the table age × diploma already estimated, and the
    persons living alone. That fit has a closed form, the same logit shift for every cell of the
    area, and keeps the national odds ratios and the cells where nobody lives alone. A one-person
    household is one person living alone.
    """
    size = (len(persons), len(ADULT_AGES) * len(DIPLOMAS))
    national = reference.alone.reshape(1, -1)
    shares: Floats = np.broadcast_to(national, size)
    residuals = np.zeros(len(persons))
    weights = persons.reshape(size)
    adults = weights.sum(1)
    for owner, counts, useful in _figures(layers, atoms, adults):
        target = np.full(int(np.max(owner, initial=-1)) + 1, np.nan)
        target[owner[useful]] = counts[useful]
        shifted = shift_shares(shares, weights, owner, target)
        shares = shifted.tables
        residuals = np.where(np.isfinite(target[owner]), shifted.residuals, residuals)
    return np.array(shares).reshape(len(persons), len(ADULT_AGES), len(DIPLOMAS)), residuals


def _figures(
    layers: Sequence[Layer], atoms: pl.DataFrame, adults: Floats
) -> list[tuple[Ranks, Floats, NDArray[np.bool_]]]:
    """Return, coarsest first, each figure: area of each atom, its persons, and where it serves.

    It does not serve the atoms that a following figure settles, when all those of the area are: one
    shift after another is the last one alone.
    """
    found = []
    for layer in layers:
        if layer.has([ALONE]) or layer.has([SINGLES]):
            owner, _ = owners_of(atoms, LEVELS[layer.level])
            here = np.bincount(owner, adults)[owner]
            counts = _counts(layer, layers, atoms, here=here, owner=owner)
            if counts is not None:
                found.append((owner, counts))
    settled = np.zeros(atoms.height, dtype=bool)
    served = []
    for owner, counts in reversed(found):
        waiting = np.bincount(owner, ~settled)[owner] > 0
        served.append((owner, counts, waiting))
        settled |= np.isfinite(counts)
    return served[::-1]


def _counts(
    layer: Layer, layers: Sequence[Layer], atoms: pl.DataFrame, *, here: Floats, owner: Ranks
) -> Floats | None:
    """Persons living alone in the area of each atom, on the scale of the estimated 15 or more.

    ``here``: persons of 15 or more in that area; ``owner``: its number.
    """
    if layer.has([ALONE]):
        counted = align(layer, atoms, [ALONE])[:, 0]
        if layer.has(ADULT_BANDS):
            base = align(layer, atoms, list(ADULT_BANDS)).sum(1)
            counted = here * counted / np.where(base > 0, base, np.nan)
    else:
        homes = _households(layers, layer.level, atoms, owner)
        counted = align(layer, atoms, [SINGLES])[:, 0] * homes
    return np.minimum(counted, MOST * here) if np.isfinite(counted).any() else None


def _households(layers: Sequence[Layer], level: int, atoms: pl.DataFrame, owner: Ranks) -> Floats:
    """Households of the area of each atom: its newest count, summed from its IRIS if needed."""
    found = np.full(atoms.height, np.nan)
    counting = [x for x in layers if x.level in {level, 0} and x.has([HOUSEHOLDS])]
    for layer in sorted(counting, key=lambda x: (x.year, -x.level)):
        value = align(layer, atoms, [HOUSEHOLDS])[:, 0]
        if layer.level < level:
            value = np.bincount(owner, value)[owner]
        found = np.where(np.isfinite(value), value, found)
    return found
