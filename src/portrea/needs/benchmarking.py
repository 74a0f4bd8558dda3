"""Benchmarking: shift the rates of an area to reach a published total, and say by how much.

Optional and reversible: without targets nothing is computed here, and the unbenchmarked estimates
are the only ones that are ever compared with published local values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.special import expit, logit

from portrea.base.errors import ParameterError
from portrea.base.tables import Column, Table
from portrea.needs.inputs import LEVELS, find_atoms, owner_index
from portrea.needs.overseas import is_overseas, overseas_shift
from portrea.needs.structure import cell_persons
from portrea.needs.targets import BENCHMARKED, TARGETS, check_areas, check_targets, named_targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters
    from portrea.needs.reference import Reference
    from portrea.needs.structure import Structure

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.intp]

FRANCE, METROPOLE = "FR", "FM"
CHUNK = 4096
"""Atoms whose rates are moved at once."""
TOLERANCE = 1e-7, 4e-15
"""The total of an area is reached this closely: persons, or part of its population."""

BENCHMARKS = Table(
    "benchmarks",
    (
        Column("level", pl.String, "niveau géographique", allowed=LEVELS),
        Column("code", pl.String, "code de la zone calée"),
        Column("measure", pl.String, "mesure calée", allowed=BENCHMARKED),
        Column("population", pl.Float64, "personnes de 15 ans ou plus", low=0),
        Column("target", pl.Float64, "personnes à atteindre", low=0),
        Column("before", pl.Float64, "personnes avant calage", low=0),
        Column("after", pl.Float64, "personnes après calage", low=0),
        Column("shift", pl.Float64, "décalage λ des taux", unit="logit", nullable=True),
        Column("warning", pl.String, "avertissement en mots", nullable=True),
        Column("source", pl.String, "source du total publié"),
        Column("vintage", pl.String, "année du total publié", nullable=True),
    ),
    key=("level", "code", "measure"),
)
"""``shift`` is null where finer targets already fix the whole area."""


@dataclass(frozen=True, eq=False)
class Benchmarked:
    """Logit shift of each atom by measure (other shifts included), and the report."""

    shifts: dict[str, Floats]
    table: pl.DataFrame


@dataclass(frozen=True, eq=False)
class _Tier:
    """Targets of one level: areas asked, area of each atom (−1: none), persons to reach."""

    asked: pl.DataFrame
    index: Ranks

    def sums(self, values: Floats) -> Floats:
        """Add a figure of the atoms by area."""
        inside = self.index >= 0
        size = self.asked.height
        return np.bincount(self.index[inside], values[inside], minlength=size)


@dataclass(eq=False)
class _Cells:
    """Cells of the atoms (others, living alone), logit rates, and the shift of each atom."""

    logits: Floats
    others: Floats
    singles: Floats
    shift: Floats

    def counts(self) -> Floats:
        """Persons concerned by atom, with the present shifts."""
        counts = np.zeros(len(self.shift))
        for start in range(0, len(counts), CHUNK):
            rows = slice(start, start + CHUNK)
            theta = expit(self.logits + self.shift[rows, None, None])
            counts[rows] = (self.others[rows] * theta[..., 0]).sum(1)
            counts[rows] += (self.singles[rows] * theta[..., 1]).sum(1)
        return counts


def shift_rates(
    targets: pl.DataFrame | None,
    territories: pl.DataFrame,
    atoms: pl.DataFrame,
    *,
    structures: Mapping[str, Structure],
    reference: Reference,
    parameters: Parameters,
    more: Mapping[str, Floats],
) -> Benchmarked:
    """Return every logit shift of the rates: the overseas gap, then the totals asked for, if any.

    ``structures``: persons by cell that the rates of each measure apply to; ``more``: shifts of one
    measure alone, added to the overseas gap. Without any of them, no measure has a shift.
    """
    wide = overseas_shift(atoms, parameters)
    base = {} if wide is None else dict.fromkeys(BENCHMARKED, wide)
    base |= {name: shift + base.get(name, 0.0) for name, shift in more.items()}
    if targets is None or not targets.height:
        return Benchmarked(base, BENCHMARKS.empty())
    check_areas(targets, territories)
    every = find_atoms(territories, None)
    return solve_shifts(
        targets, atoms, structures, reference, parameters=parameters, base=base, every=every
    )


def widen(
    targets: pl.DataFrame | None,
    territories: pl.DataFrame,
    selection: Sequence[str] | None,
    parameters: Parameters,
) -> Sequence[str] | None:
    """Add to a selection of atoms the rest of the benchmarked areas that it touches."""
    if targets is None or selection is None:
        return selection
    every = find_atoms(territories, None)
    chosen = every.filter(pl.col("code").is_in(pl.Series(list(selection)).implode()))
    return [*selection, *whole_areas(targets, every, chosen, parameters)["code"]]


def whole_areas(
    targets: pl.DataFrame, every: pl.DataFrame, chosen: pl.DataFrame, parameters: Parameters
) -> pl.DataFrame:
    """Return the chosen atoms and all those of the benchmarked areas that they belong to.

    A published total says nothing of a part of its area: the shift must be solved on the whole.
    """
    kept = every["code"].is_in(chosen["code"].implode()).to_numpy()
    wanted = kept.copy()
    for tier in _tiers(targets, every, parameters):
        touched = np.unique(tier.index[kept & (tier.index >= 0)])
        wanted |= np.isin(tier.index, touched)
    return every.filter(pl.Series(wanted))


def solve_shifts(
    targets: pl.DataFrame,
    atoms: pl.DataFrame,
    structures: Mapping[str, Structure],
    reference: Reference,
    *,
    parameters: Parameters,
    base: Mapping[str, Floats] | None = None,
    every: pl.DataFrame | None = None,
) -> Benchmarked:
    """Find the one logit shift λ per area that makes its estimate the published total.

    Parameters
    ----------
    targets
        Published totals (:data:`TARGETS`). A target none of whose atoms is here is left out.
    atoms
        Every atom of the benchmarked areas (:func:`whole_areas`).
    structures
        Persons by cell that the rates of each measure apply to.
    base
        Shifts already applied to the atoms, by measure (overseas, attraction of cities).
    every
        All the atoms of the country: a target that has some elsewhere is left out.

    Raises
    ------
    ParameterError
        When a total cannot be reached: not a rate of the population left by finer targets.

    Notes
    -----
    ``Σ_i Σ_c N[i, c] · logit⁻¹(logit θ_c + b_i + λ) = T``: rates stay between 0 and 1, cells keep
    their order, sums stay sums. Finer targets are solved first; a coarser one moves only the atoms
    that no finer one holds, so that both are exact. An atom outside every target keeps its ``b_i``.
    """
    rates = {"a1": reference.theta, "a3": reference.wide}
    shifts, reports = {}, [BENCHMARKS.empty()]
    for measure in BENCHMARKED:
        structure = structures[measure]
        persons = cell_persons(structure, reference).reshape(atoms.height, -1)
        singles = persons * structure.alone.reshape(atoms.height, -1)
        start = np.array((base or {}).get(measure, np.zeros(atoms.height)))
        logits = logit(rates[measure]).reshape(-1, rates[measure].shape[-1])
        cells = _Cells(logits, persons - singles, singles, start)
        asked = targets.filter(pl.col("measure") == measure)
        tiers = _tiers(asked, atoms, parameters, every)
        reports.append(_benchmark(cells, tiers, parameters))
        shifts[measure] = cells.shift
    return Benchmarked(shifts, pl.concat(reports))


def _benchmark(cells: _Cells, tiers: list[_Tier], parameters: Parameters) -> pl.DataFrame:
    """Solve the tiers, finest first, and report every area."""
    population = (cells.others + cells.singles).sum(1)
    before = cells.counts() if tiers else np.zeros(0)
    free = np.ones(len(population), dtype=bool)
    found = []
    for tier in tiers:
        found.append(_solve(cells, tier, free, population))
        free &= tier.index < 0
    after = cells.counts() if tiers else np.zeros(0)
    rows = [
        tier.asked.with_columns(
            population=tier.sums(population),
            target=pl.Series(_persons(tier, population)),
            before=tier.sums(before),
            after=tier.sums(after),
            shift=pl.Series(shift).fill_nan(None),
        )
        for tier, shift in zip(tiers, found, strict=True)
    ]
    if not rows:
        return BENCHMARKS.empty()
    return BENCHMARKS.conform(_warned(pl.concat(rows), parameters))


def _solve(cells: _Cells, tier: _Tier, free: NDArray[np.bool_], population: Floats) -> Floats:
    """Shift the free atoms of each area to its total; λ by area, NaN where nothing is free."""
    held = tier.sums(np.where(free, 0.0, cells.counts()))
    left = tier.sums(np.where(free, population, 0.0))
    wanted = _persons(tier, population) - held
    movable = left > 0
    bad = movable & ((wanted <= 0) | (wanted >= left))
    if bad.any():
        raise _out_of_reach(tier, int(np.flatnonzero(bad)[0]), wanted, left)
    rows = np.flatnonzero(free & (tier.index >= 0))
    shift = np.full(len(left), np.nan)
    if len(rows):
        groups = _grouped(cells, tier.index, rows)
        shift[movable] = _newton(cells.logits, groups, wanted, left)[movable]
        cells.shift[rows] += shift[tier.index[rows]]
    return shift


def _grouped(cells: _Cells, index: Ranks, rows: Ranks) -> tuple[Ranks, Floats, Floats, Floats]:
    """Add the cells of the atoms of an area that have the same shift so far."""
    pairs = np.column_stack([index[rows].astype(np.float64), cells.shift[rows]])
    unique, group = np.unique(pairs, axis=0, return_inverse=True)
    shape = (len(unique), len(rows))
    adder = csr_array((np.ones(len(rows)), (group.ravel(), np.arange(len(rows)))), shape=shape)
    areas = unique[:, 0].astype(np.intp)
    return areas, unique[:, 1], adder @ cells.others[rows], adder @ cells.singles[rows]


def _newton(
    logits: Floats, groups: tuple[Ranks, Floats, Floats, Floats], wanted: Floats, left: Floats
) -> Floats:
    """Solve every area at once, by Newton steps on the logit of its share."""
    areas, base, others, singles = groups
    size = len(wanted)
    shift = np.zeros(size)
    limit = np.maximum(TOLERANCE[0], TOLERANCE[1] * left)
    goal = logit(np.clip(wanted / np.maximum(left, 1e-300), 1e-12, 1 - 1e-12))
    for _ in range(200):
        moved = (base + shift[areas])[:, None]
        one, two = expit(logits[:, 0] + moved), expit(logits[:, 1] + moved)
        count = np.bincount(areas, (others * one + singles * two).sum(1), minlength=size)
        if (np.abs(np.where(left > 0, count - wanted, 0.0)) < limit).all():
            return shift
        turn = others * one * (1 - one) + singles * two * (1 - two)
        slope = np.bincount(areas, turn.sum(1), minlength=size)
        share = np.clip(count / np.maximum(left, 1e-300), 1e-12, 1 - 1e-12)
        step = (goal - logit(share)) * share * (1 - share) * left / np.maximum(slope, 1e-300)
        shift += np.where(left > 0, np.clip(step, -3.0, 3.0), 0.0)
    raise ParameterError("Le calage ne converge pas.", remedy="Vérifiez les totaux publiés.")


def _tiers(
    targets: pl.DataFrame,
    atoms: pl.DataFrame,
    parameters: Parameters,
    every: pl.DataFrame | None = None,
) -> list[_Tier]:
    """Targets by level, finest first (métropole before France), those that atoms make up."""
    parts = [targets.filter(pl.col("level") == level) for level in LEVELS[:-1]]
    france = targets.filter(pl.col("level") == LEVELS[-1])
    strange = france.filter(~pl.col("code").is_in([FRANCE, METROPOLE]))
    if strange.height:
        raise ParameterError(
            f"La zone « {strange['code'][0]} » du niveau france est inconnue.",
            remedy=f"Codes possibles : {FRANCE} (France), {METROPOLE} (France métropolitaine).",
        )
    parts += [france.filter(pl.col("code") == code) for code in (METROPOLE, FRANCE)]
    tiers = []
    for part in parts:
        for _, asked in part.group_by("measure", maintain_order=True):
            index = _inside(asked, atoms, parameters)
            here = np.bincount(index[index >= 0], minlength=asked.height)
            if every is not None:
                whole = _inside(asked, every, parameters)
                here = here * (here == np.bincount(whole[whole >= 0], minlength=asked.height))
            met = np.flatnonzero(here)
            if len(met):
                place = np.full(asked.height + 1, -1, dtype=np.intp)
                place[met] = np.arange(len(met))
                tiers.append(_Tier(asked[met.tolist()], place[index]))
    return tiers


def _inside(asked: pl.DataFrame, atoms: pl.DataFrame, parameters: Parameters) -> Ranks:
    """Row of ``asked`` that holds each atom, −1 when none does."""
    level = asked["level"][0]
    if level == LEVELS[-1]:
        whole = asked["code"][0] == FRANCE
        away = is_overseas(atoms, parameters)
        return np.where(away & (not whole), -1, 0).astype(np.intp)
    owner, names = owner_index(atoms, level)
    rows = {code: row for row, code in enumerate(asked["code"])}
    return np.array([rows.get(name, -1) for name in names], dtype=np.intp)[owner]


def _persons(tier: _Tier, population: Floats) -> Floats:
    """Persons to reach in each area: the published number, or its rate × the population."""
    share = tier.asked["share"].to_numpy().astype(np.float64)
    given = tier.asked["persons"].to_numpy().astype(np.float64)
    return np.where(np.isnan(share), given, share * tier.sums(population))


def _out_of_reach(tier: _Tier, row: int, wanted: Floats, left: Floats) -> ParameterError:
    area = tier.asked.row(row, named=True)
    return ParameterError(
        f"Le total demandé pour {area['level']} {area['code']} ne peut pas être atteint : il "
        f"resterait {wanted[row]:.0f} personnes concernées sur {left[row]:.0f}.",
        remedy="Vérifiez ce total, et les totaux donnés pour des zones plus fines.",
    )


def _warned(rows: pl.DataFrame, parameters: Parameters) -> pl.DataFrame:
    limit = parameters.number("benchmarks", "warning_above")
    gap = (pl.col("after") - pl.col("target")).abs()
    strong = pl.format(
        "décalage fort (λ = {}) : le total publié et l’estimation décrivent sans doute deux choses",
        pl.col("shift").round(2).cast(pl.String).str.replace(".", ",", literal=True),
    )
    held = pl.format(
        "total non atteint (écart de {} personnes) : des zones plus fines le fixent déjà",
        gap.round(0).cast(pl.Int64),
    )
    return rows.with_columns(
        warning=pl.when(gap > 1e-6).then(held).when(pl.col("shift").abs() > limit).then(strong)
    )


__all__ = [
    "BENCHMARKED",
    "BENCHMARKS",
    "TARGETS",
    "Benchmarked",
    "check_areas",
    "check_targets",
    "named_targets",
    "shift_rates",
    "solve_shifts",
    "whole_areas",
    "widen",
]
