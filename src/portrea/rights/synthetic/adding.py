"""Households of each stratum of each commune, and what they add up to in wider areas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from portrea.rights.synthetic.cells import cells, raked_cells
from portrea.rights.synthetic.incomes import Assumed, band_shares, laws_of
from portrea.rights.synthetic.results import Rates, estimated
from portrea.rights.synthetic.sampling import PLACES, bands, strata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.intp]

LEVELS = ("commune", "epci", "departement", "region", "france")
SETS = ("value", "low", "high")
"""Sets of assumptions: the one that is shown, and those that find fewest and most people."""
PART = 1_000
"""Communes worked on together: their tables by stratum take some tens of MiB."""


@dataclass(frozen=True, slots=True)
class Everywhere:
    """Sums over the communes, by level; areas in the order of ``codes``.

    ``eligible``: level → set of assumptions → areas × rights; ``errors`` are Monte-Carlo ones, of
    the set that is shown. ``checks``: the largest gap to the margins, in households, and to the
    published incomes, in points.
    """

    codes: dict[str, list[str]]
    households: dict[str, Floats]
    eligible: dict[str, dict[str, Floats]]
    errors: dict[str, Floats]
    checks: dict[str, float]


def everywhere(communes: pl.DataFrame, living: Floats, rates: Rates) -> Everywhere:
    """Weigh the rates of the strata by the households of each commune, and add areas up.

    ``communes`` and ``living``: see :func:`portrea.rights.synthetic.areas.estimate` and
    :func:`portrea.rights.synthetic.areas.standards`.
    """
    owners, codes = _owners(communes)
    counted = _counted(communes, living, rates, {level: owners[level] for level in LEVELS[1:]})
    households = communes["households"].to_numpy()[:, None]
    order = np.argsort(owners["commune"])
    return Everywhere(
        codes,
        {level: _summed(households, owners[level])[:, 0] for level in LEVELS},
        {
            level: {one: _summed(values, owners[level]) for one, values in counted.eligible.items()}
            for level in LEVELS
        },
        {"commune": counted.errors[order]}
        | {level: estimated(total, rates)[1] for level, total in counted.tables.items()},
        counted.checks,
    )


def _owners(communes: pl.DataFrame) -> tuple[dict[str, Ranks], dict[str, list[str]]]:
    """Return, by level, the rank of the area of each commune, and the codes of the areas."""
    told = communes.with_columns(france=pl.lit("FR"), commune=pl.col("code"))
    named = {level: told[level].fill_null("") for level in LEVELS}
    ranks = {
        level: names.rank("dense").to_numpy().astype(np.intp) - 1 for level, names in named.items()
    }
    return ranks, {level: names.unique().sort().to_list() for level, names in named.items()}


@dataclass(frozen=True, slots=True)
class _Counted:
    """Eligible of each commune, by set; its error; tables (areas × strata) of wider areas."""

    eligible: dict[str, Floats]
    errors: Floats
    tables: dict[str, Floats]
    checks: dict[str, float]


def _counted(
    communes: pl.DataFrame, living: Floats, rates: Rates, owners: dict[str, Ranks]
) -> _Counted:
    shape = communes.height, rates.shares.shape[1]
    eligible, errors = {one: np.zeros(shape) for one in SETS}, np.zeros(shape)
    sums = {level: np.zeros((int(np.max(of)) + 1, len(strata()))) for level, of in owners.items()}
    raking, income = 0.0, 0.0
    for start in range(0, communes.height, PART):
        part = slice(start, min(start + PART, communes.height))
        for one, table, gaps in _tables(communes[part], living):
            eligible[one][part], spread = estimated(table, rates)
            if one != SETS[0]:
                continue
            errors[part] = spread
            raking, income = max(raking, gaps[0]), max(income, gaps[1])
            for level, total in sums.items():
                np.add(total, _belonging(owners[level][part], len(total)) @ table, out=total)
    checks = {"raking_households": raking, "income_points": income}
    return _Counted(eligible, errors, sums, checks)


def _summed(values: Floats, owners: Ranks) -> Floats:
    total: Floats = _belonging(owners, int(np.max(owners)) + 1) @ values
    return total


def _belonging(owners: Ranks, count: int) -> csr_array:
    """Return the matrix that adds communes up into areas (areas × communes)."""
    ones, columns = np.ones(len(owners)), np.arange(len(owners))
    return csr_array((ones, (owners, columns)), shape=(count, len(owners)))


def _tables(
    communes: pl.DataFrame, living: Floats
) -> Iterator[tuple[str, Floats, tuple[float, float]]]:
    """Yield, for each set of assumptions, the households of each stratum (communes × strata)."""
    raked = raked_cells(communes)
    places = communes["place"].replace_strict(PLACES, range(len(PLACES))).to_numpy()
    medians, poor = (communes[name].to_numpy() for name in ("median_income", "poverty_rate"))
    laws = laws_of(raked.tables, medians, poor)
    gap = float(np.max(raked.residuals)), float(np.max(laws.gaps))
    for one in SETS:
        assumed = Assumed.of(one)
        wide = replace(laws, spreads=laws.spreads * assumed.widening)
        shares = band_shares(wide, living, revaluation=assumed.revaluation)
        inside = (raked.tables[:, :, None] * shares).reshape(communes.height, -1)
        table = np.zeros((communes.height, len(PLACES), len(cells()) * bands()))
        table[np.arange(communes.height), places] = inside
        yield one, table.reshape(communes.height, -1), gap
