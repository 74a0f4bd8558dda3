"""What is known of every commune, read once: covariates of the composite estimator and its units.

A unit is a commune, or an arrondissement of Paris, Lyon or Marseille: what publishes a figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.composite import Design, fill_gaps, to_logit
from portrea.needs.inputs import DISTRICT, LEVELS, Layer, align, area_ids, owners_of
from portrea.needs.numbering import NOWHERE, ids_of, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.intp]

COMMUNE = LEVELS.index("commune")
IRIS = LEVELS.index("iris")
RATES = (
    "share_low_diploma_of_15_plus",
    "share_65_plus",
    "share_under_25",
    "share_single_person_households",
    "share_single_parent_families",
    "poverty_rate",
)
"""Shares of every commune (RP 2017, Filosofi); gaps are filled from the surroundings."""
INCOME = "median_income"
PER_HOUSEHOLD = ("households_rsa", "households_ppa", "households_housing_aid", "households_aah")
JOBSEEKERS = "jobseekers"
NO_CAR = "share_households_without_car"
COUNTS = ("persons", "persons_0_19", "persons_65_plus", "households")
VARIABLES = (*RATES, INCOME, *PER_HOUSEHOLD, JOBSEEKERS, NO_CAR, *COUNTS)
"""Neither size nor density: learnt above 2,000 inhabitants, they mislead below (decision 0010)."""


@dataclass(frozen=True, eq=False)
class Units:
    """Communes: ``owner`` is the unit of each atom, ``first`` an atom of each unit."""

    ids: Ranks
    owner: Ranks
    first: Ranks
    departement: Ranks
    epci: Ranks

    def total(self, values: Floats) -> Floats:
        """Add a figure of atoms by unit (NaN when an atom lacks it)."""
        return np.bincount(self.owner, values, minlength=len(self.ids))

    def of(self, layer: Layer, atoms: pl.DataFrame, variables: Sequence[str]) -> Floats:
        """Return a commune layer's figures by unit (units × variables), NaN where unpublished."""
        return align(layer, atoms, variables)[self.first]


def find_units(atoms: pl.DataFrame) -> Units:
    """Group atoms by commune, or by the commune their IRIS code begins with."""
    district = area_ids(atoms, DISTRICT)
    ids = np.where(district == NOWHERE, ids_of(atoms["code"]), district)
    owner, first = numbered(ids)
    departement, epci = (owners_of(atoms, x)[0][first] for x in ("departement", "epci"))
    return Units(ids[first], owner, first, departement, epci)


def newest(layers: Sequence[Layer], level: int, variables: Sequence[str]) -> Layer | None:
    """Return the newest layer of a level that has every variable, local extracts left out.

    An extract is a layer of less than half as many areas as the widest one.
    """
    having = [x for x in layers if x.level == level and x.has(variables)]
    widest = max((len(x.ids) for x in having), default=0)
    wide = [x for x in having if 2 * len(x.ids) >= widest]
    return max(wide, key=lambda x: x.year, default=None)


def read_design(
    atoms: pl.DataFrame, units: Units, layers: Sequence[Layer], parameters: Parameters
) -> Design:
    """Return the covariates of every unit, from the files present; neighbours fill the gaps."""
    columns = [*_rates(atoms, units, layers), *_counts(atoms, units, layers)]
    if not columns:
        columns = [np.zeros(len(units.ids))]
    groups = (units.departement, units.epci)
    card = parameters.cards["composite"]
    return Design(
        fill_gaps(np.column_stack(columns), groups),
        groups,
        (float(card["departement_prior"]["value"]), float(card["epci_prior"]["value"])),
        float(card["ridge"]["value"]),
    )


def _rates(atoms: pl.DataFrame, units: Units, layers: Sequence[Layer]) -> list[Floats]:
    columns = []
    for name in RATES:
        values = _newest_values(name, atoms, units, layers)
        if values is not None:
            columns.append(to_logit(values))
    income = _newest_values(INCOME, atoms, units, layers)
    return columns if income is None else [*columns, _log(income)]


def _newest_values(
    name: str, atoms: pl.DataFrame, units: Units, layers: Sequence[Layer]
) -> Floats | None:
    layer = newest(layers, COMMUNE, [name])
    return None if layer is None else units.of(layer, atoms, [name])[:, 0]


def _counts(atoms: pl.DataFrame, units: Units, layers: Sequence[Layer]) -> list[Floats]:
    layer = newest(layers, IRIS, COUNTS)
    if layer is None:
        return []
    persons, young, old, homes = (units.total(c) for c in align(layer, atoms, COUNTS).T)
    columns = [
        to_logit(_part(young, persons)),
        to_logit(_part(old, persons)),
        _log(_part(persons, homes)),
    ]
    for name in (*PER_HOUSEHOLD, JOBSEEKERS):
        values = _newest_values(name, atoms, units, layers)
        below = persons - young - old if name == JOBSEEKERS else homes
        if values is not None:
            columns.append(to_logit(_part(values, below)))
    cars = newest(layers, IRIS, [NO_CAR])
    if cars is not None:
        each = align(layer, atoms, COUNTS)[:, 3] * align(cars, atoms, [NO_CAR])[:, 0]
        columns.append(to_logit(_part(units.total(each), homes)))
    return columns


def _part(above: Floats, below: Floats) -> Floats:
    part: Floats = np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)
    return part


def _log(values: Floats) -> Floats:
    return np.log(np.where(values > 0, values, np.nan))
