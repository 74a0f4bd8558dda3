"""Ages at the time of the survey: the rates of a year go with the population of that year.

A rate by age ages with the persons it was measured on: those of 70 in 2021 use the Internet more
than those of 70 in 2019. Published rates are therefore applied to the censuses of the years before
the survey, the nearest one holding. Counts of persons stay the newest ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.grid import ADULT_AGES, DIPLOMAS, age_span, cells_of
from portrea.needs.inputs import LEVELS, UNKNOWN, Layer, align
from portrea.needs.structure import AGE_BUNDLES, Structure
from portrea.needs.surroundings import find_units
from portrea.stats.calibration import rake_two_ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.intp]

OLD = "share_65_plus"
OLD_BANDS = ("15-64", "65+")
OLDEST = "persons_75_plus"
SENIOR = slice(-4, None)
"""The four cells of 65 or more."""
ADULT = 15
PASSES = 2
"""Times the figures are applied: each pass gives every atom its persons back."""


def rated_structure(
    structure: Structure,
    layers: Sequence[Layer],
    atoms: pl.DataFrame,
    national: Floats,
    *,
    year: int,
    parameters: Parameters,
) -> Structure:
    """Return the persons that the rates of A1 apply to: of the survey's year, when asked for."""
    if not parameters.number("rates", "survey_ages", "applied"):
        return structure
    reach = parameters.number("rates", "survey_ages", "reach")
    return at_survey(structure, layers, atoms, national, year=year, reach=reach)


def at_survey(
    structure: Structure,
    layers: Sequence[Layer],
    atoms: pl.DataFrame,
    national: Floats,
    *,
    year: int,
    reach: float,
) -> Structure:
    """Return the structure whose ages are those of a past year, each atom keeping its 15 or more.

    Parameters
    ----------
    national
        Persons of France by age cell.
    year, reach
        Year of the survey, and how many years before it a census may be.

    Notes
    -----
    The figures of those years are applied in order, so the nearest holds: bands of the IRIS,
    bands or share of 65+ of the communes. Where the 75+ are not published, the ages inside the 65+
    are the national ones: the survey leaves out those who live in institutions, who are counted in
    the towns that publish them (decision 0012). The table age × diploma of an atom is then raked to
    its new ages, its diplomas unchanged. Without newer ages, or without figures of those years, the
    same structure is returned.
    """
    known = [(layer, bands) for layer in layers if (bands := _bands(layer))]
    past = [(x, bands) for x, bands in known if year - reach <= x.year <= year]
    if not past or max(x.year for x, _ in known) <= year:
        return structure
    ages = np.nan_to_num(structure.ages)
    adults = np.array(ages[:, 1:].T, order="C")
    hidden = ~_observed(layers, atoms)
    inside = national[SENIOR] / national[SENIOR].sum()
    adults[SENIOR, hidden] = adults[SENIOR, hidden].sum(0) * inside[:, None]
    units = find_units(atoms).owner
    past.sort(key=lambda x: (x[0].year, -x[0].level))
    figures = [_figure(layer, bands, atoms, units) for layer, bands in past]
    for _ in range(PASSES):
        for figure in figures:
            figure.reshape(adults)
        adults *= _ratio(ages[:, 1:].sum(1), adults.sum(0))
    moved = np.where(np.isnan(structure.ages), np.nan, np.column_stack([ages[:, 0], adults.T]))
    return replace(structure, ages=moved, joint=_raked(structure, adults.T))


def _observed(layers: Sequence[Layer], atoms: pl.DataFrame) -> NDArray[np.bool_]:
    """Atoms whose persons of 75 or more are published, by IRIS or commune."""
    seen = np.zeros(atoms.height, dtype=bool)
    for layer in layers:
        if layer.level <= LEVELS.index("commune") and layer.has([OLDEST]):
            seen |= np.isfinite(align(layer, atoms, [OLDEST])[:, 0])
    return seen


def _bands(layer: Layer) -> dict[str, str]:
    """Return the variables of a layer about the ages of adults, and their bands."""
    if layer.level > LEVELS.index("commune"):
        return {}
    if layer.has([OLD]):
        return {OLD: "65+"}
    bundle = next((b for b, rest in AGE_BUNDLES if b and layer.has(list(b))), {})
    adult = {name: band for name, band in bundle.items() if age_span(band)[0] >= ADULT}
    return adult if len(adult) > 1 else {}


@dataclass(frozen=True, eq=False)
class _Figure:
    """Published proportions of some bands: ``rows`` that have them, ``owner`` of each of these.

    ``owner`` is ``None`` when every row stands for itself (IRIS); ``shares``: bands × rows.
    """

    rows: Ranks
    owner: Ranks | None
    shares: Floats
    groups: Floats

    def reshape(self, adults: Floats) -> None:
        """Give each area the published proportions, its atoms moving together (in place).

        ``adults``: cells × atoms.
        """
        cells = np.flatnonzero(self.groups.sum(0) > 0)
        groups = self.groups[:, cells]
        kept = adults[cells[:, None], self.rows]
        sums = groups @ kept
        if self.owner is not None:
            sums = np.array([np.bincount(self.owner, band)[self.owner] for band in sums])
        total = sums.sum(0)
        factors = np.where(sums > 0, self.shares * total / np.where(sums > 0, sums, 1.0), 1.0)
        kept *= groups.T @ factors
        adults[cells[:, None], self.rows] = kept


def _figure(layer: Layer, bands: dict[str, str], atoms: pl.DataFrame, units: Ranks) -> _Figure:
    values = align(layer, atoms, list(bands))
    names = list(bands.values())
    if names == ["65+"]:
        values, names = np.column_stack([1.0 - values[:, 0], values[:, 0]]), list(OLD_BANDS)
    total = values.sum(1)
    rows = np.flatnonzero(np.isfinite(total) & (total > 0))
    groups = np.array([cells_of(name, ADULT_AGES) for name in names])
    owner = None if layer.level == 0 else np.unique(units[rows], return_inverse=True)[1]
    return _Figure(rows, owner, values[rows].T / total[rows], groups)


def _raked(structure: Structure, adults: Floats) -> Floats:
    joint = np.array(structure.joint)
    total = adults.sum(1)
    known = (structure.some_rank < UNKNOWN) & (total > 0)
    if not known.any():
        return joint
    seeds = joint[known]
    np.maximum(seeds, 0.0, out=seeds)
    by_age = adults[known] / total[known, None]
    classes = np.eye(len(DIPLOMAS))
    joint[known] = rake_two_ways(seeds, by_age, seeds.sum(1), classes, tolerance=1e-7).tables
    return joint


def _ratio(above: Floats, below: Floats) -> Floats:
    ratio: Floats = np.divide(above, below, out=np.ones_like(above), where=below > 0)
    return ratio
