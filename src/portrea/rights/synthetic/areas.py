"""The whole computation: communes of the nation, one sample, every area of the scope."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.base.progress import Progress, silent
from portrea.rights.synthetic.adding import LEVELS, SETS, Everywhere, everywhere
from portrea.rights.synthetic.asking import CHUNK, Ask, amounts_of, streamed
from portrea.rights.synthetic.cells import cells, parameters
from portrea.rights.synthetic.incomes import disposable
from portrea.rights.synthetic.results import (
    BENCHMARKED,
    NOT_BENCHMARKED,
    UNDER,
    Found,
    Rates,
    benchmarked,
    factor_of,
    rates_of,
    table_of,
    widened,
)
from portrea.rights.synthetic.sampling import draw, edges, sizes, strata, typical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from portrea.rights.households import Household

    Floats = NDArray[np.float64]

STEP = "{} ménages sur {}"
FIRST = 0.1
"""Share of the work that the incomes of each type take."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is computed: month of the parameters, households drawn, seed of the draw."""

    month: str
    households: int = 60_000
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Estimated:
    """The table (unrounded), and what is told of the computation beside it."""

    table: pl.DataFrame
    drawn: int
    factors: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    modelled: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    checks: Mapping[str, float] = field(default_factory=dict)


def rights_sought() -> list[str]:
    """Return the names of the rights, as the parameters list them."""
    return list(parameters()["benchmarks"])


def standards(*, month: str, asks: Sequence[Ask]) -> Floats:
    """Return the yearly standard of living of each type at each bound (cells × bounds).

    What a household of the type earns there, and the aids that go with it, as often as taken.
    """
    taken = {name: one for name, one in parameters()["taken"].items() if isinstance(one, float)}
    grid = [typical(cell, edge) for cell in cells() for edge in edges()]
    found = amounts_of(grid, list(taken), month=month, asks=asks)
    money = [
        12 * disposable(edge * cell.units, {n: found[n][rank] for n in taken}, taken) / cell.units
        for rank, (cell, edge) in enumerate((c, e) for c in cells() for e in edges())
    ]
    table: Floats = np.array(money).reshape(len(cells()), len(edges()))
    return np.maximum.accumulate(table, axis=1)


def measured(
    wanted: Wanted, *, asks: Sequence[Ask], progress: Progress = silent
) -> tuple[Rates, int]:
    """Ask for the rights of the whole sample; return the rates of the strata, and its size."""
    names, count = rights_sought(), len(strata())
    size = int(sizes(wanted.households).sum())
    drawn, eligible = np.zeros(count), np.zeros((count, len(names)))
    owners: deque[list[int]] = deque()

    def parts() -> Iterator[list[Household]]:
        every = draw(wanted.households, seed=wanted.seed)
        while part := list(islice(every, CHUNK)):
            owners.append([rank for rank, _household in part])
            yield [household for _rank, household in part]

    done = 0
    for found in streamed(parts(), names, month=wanted.month, asks=asks):
        ranks = np.array(owners.popleft(), dtype=np.intp)
        np.add.at(drawn, ranks, 1.0)
        np.add.at(eligible, ranks, (found > 0).T.astype(float))
        done += len(ranks)
        progress(done / size, STEP.format(done, size))
    return rates_of(drawn, eligible), size


def estimate(
    communes: pl.DataFrame,
    beneficiaries: Mapping[str, float],
    wanted: Wanted,
    *,
    asks: Sequence[Ask],
    vintages: str,
    progress: Progress = silent,
) -> Estimated:
    """Estimate eligible households of every area that holds one of the communes.

    Parameters
    ----------
    communes
        One row by commune of the nation: ``code``, ``epci``, ``departement``, ``region``,
        ``place`` (:data:`PLACES`), the columns of :data:`portrea.rights.synthetic.cells.GIVEN`,
        ``median_income`` (euros of 2021 by year) and ``poverty_rate``.
    beneficiaries
        National beneficiaries of a right, in households: without them it is not benchmarked.
    asks
        As in :func:`portrea.rights.synthetic.asking.amounts_of`.
    """
    progress(0.0, "revenus des ménages types")
    living = standards(month=wanted.month, asks=asks)
    rates, size = measured(
        wanted, asks=asks,
        progress=lambda share, step: progress(FIRST + share * (1 - 2 * FIRST), step),
    )  # fmt: skip
    progress(1 - FIRST, "poids des communes")
    found = everywhere(communes, living, rates)
    return _laid_out(found, beneficiaries, wanted, size, vintages)


def _laid_out(
    found: Everywhere,
    beneficiaries: Mapping[str, float],
    wanted: Wanted,
    drawn: int,
    vintages: str,
) -> Estimated:
    names = rights_sought()
    nation = {one: values[0] for one, values in found.eligible["france"].items()}
    factors = {one: _factors(nation[one], beneficiaries, one) for one in SETS}
    flags = {
        name: _flag(name, float(nation[SETS[0]][rank]), beneficiaries.get(name))
        for rank, name in enumerate(names)
    }
    levels = []
    for level in LEVELS:
        whole = found.households[level]
        central, low, high = (
            benchmarked(found.eligible[level][one], whole, factors[one]) for one in SETS
        )
        bounds = widened(level, central, low, high)
        error = found.errors[level] * factors[SETS[0]]
        levels.append(Found(level, found.codes[level], whole, central, *bounds, error))
    table = table_of(levels, flags, month=wanted.month, vintages=vintages)
    modelled = {
        name: (float(nation[SETS[0]][rank]), float(found.errors["france"][0, rank]))
        for rank, name in enumerate(names)
    }
    told = {one: dict(zip(names, factors[one].tolist(), strict=True)) for one in SETS}
    return Estimated(table.filter(pl.col("code") != ""), drawn, told, modelled, found.checks)


def _flag(name: str, modelled: float, beneficiaries: float | None) -> str:
    if beneficiaries is None:
        return NOT_BENCHMARKED
    if _tau(name, SETS[0]) is not None:
        return BENCHMARKED
    return UNDER if modelled < beneficiaries else NOT_BENCHMARKED


def _tau(name: str, one: str) -> float | None:
    card = parameters()["benchmarks"][name]
    told = card.get("tau" if one == SETS[0] else one)
    return None if told is None else float(told)


def _factors(modelled: Floats, beneficiaries: Mapping[str, float], one: str) -> Floats:
    found = np.ones(len(modelled))
    for rank, name in enumerate(rights_sought()):
        tau = _tau(name, one)
        if name in beneficiaries and tau and modelled[rank] > 0:
            found[rank] = factor_of(beneficiaries[name], tau, float(modelled[rank]))
    return found
