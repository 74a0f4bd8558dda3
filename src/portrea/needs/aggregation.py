"""Sums of atoms by area, draw by draw, and the rows of the estimates table."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from portrea.needs.exposure import GROUPS
from portrea.needs.inputs import LEVELS, owner_index
from portrea.stats.intervals import quantiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.needs.model import Model

    Floats = NDArray[np.float64]
    Draws = NDArray[np.floating]
    Indexes = NDArray[np.intp]

INTERVAL = (0.025, 0.975)
COMPLETE = ("iris", "commune", "epci")
"""Levels whose areas are never cut by a chunk."""
GRADES = "ABCDN"
GROUP_LABELS = ("RSA", "prime d’activité", "AAH", "demandeurs d’emploi")


@dataclass(eq=False)
class Areas:
    """Areas of one level: number of each atom's area (−1: outside), codes and names."""

    level: str
    index: Indexes
    codes: list[str]
    names: list[str]
    low: dict[str, Floats] = field(default_factory=dict)
    high: dict[str, Floats] = field(default_factory=dict)
    sums: dict[tuple[str, str], Floats] = field(default_factory=dict)

    @cached_property
    def code_column(self) -> pl.Series:
        """Codes as a column."""
        return pl.Series(self.codes, dtype=pl.String)

    @cached_property
    def name_column(self) -> pl.Series:
        """Names as a column."""
        return pl.Series(self.names, dtype=pl.String)

    def total(self, values: Floats) -> Floats:
        """Add the atoms' values by area."""
        inside = self.index >= 0
        return np.bincount(self.index[inside], values[inside], minlength=len(self.codes))

    def add(self, rows: slice, measure: str, side: str, draws: Draws) -> Sums | None:
        """Add the draws of some atoms.

        Areas that a chunk never cuts give their bounds at once; the sums of the others are
        returned, for :meth:`accumulate`. Threads may add chunks at once: they share no area.
        """
        index = self.index[rows]
        inside = index >= 0
        if not inside.any():
            return None
        ids, local = np.unique(index[inside], return_inverse=True)
        sums = _group_sums(draws if inside.all() else draws[inside], local, len(ids))
        if self.level not in COMPLETE:
            return Sums(self, measure, side, ids, sums)
        self._close(ids, measure, side, sums)
        return None

    def accumulate(self, part: Sums) -> None:
        """Add the sums of a chunk, always in the same order: the result is reproducible."""
        key = part.measure, part.side
        known = self.sums.setdefault(key, np.zeros((len(self.codes), part.sums.shape[1])))
        known[part.ids] += part.sums

    def finish(self) -> None:
        """Compute the bounds of the areas that several chunks make up."""
        for (measure, side), sums in self.sums.items():
            self._close(np.arange(len(self.codes)), measure, side, sums)

    def _close(self, ids: Indexes, measure: str, side: str, sums: Draws) -> None:
        found = quantiles(sums, INTERVAL)
        for column, (name, kept) in enumerate((("low", self.low), ("high", self.high))):
            if side in {name, "both"}:
                kept.setdefault(measure, np.zeros(len(self.codes)))[ids] = found[:, column]


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums of a chunk's atoms for areas that other chunks complete (areas × draws)."""

    areas: Areas
    measure: str
    side: str
    ids: Indexes
    sums: Draws


def _group_sums(draws: Draws, local: Indexes, size: int) -> Draws:
    """Add the rows of each group; a sparse product is one pass over memory, whatever the order."""
    if size == len(draws) and (np.diff(local) > 0).all():
        return draws
    ones = np.ones(len(local), dtype=draws.dtype)
    member = csr_array((ones, (local, np.arange(len(local)))), shape=(size, len(local)))
    sums: Draws = member @ draws
    return sums


def list_areas(
    level: str,
    model: Model,
    territories: pl.DataFrame,
    every: pl.DataFrame,
    selection: Sequence[str] | None,
) -> Areas:
    """List the areas of a level wholly inside the selection (all of them without selection).

    ``every`` holds the atoms of the whole country: an area one of whose atoms is not selected would
    be under-counted, so it is left out.
    """
    atoms = model.atoms
    chosen = np.ones(atoms.height, dtype=bool)
    if selection is not None:
        wanted = pl.Series(list(selection), dtype=pl.String).implode()
        chosen = atoms["code"].is_in(wanted).to_numpy()
    if level == "selection":
        return Areas(level, np.where(chosen, 0, -1), ["selection"], ["Sélection"])
    if level == "france":
        index, keys = np.zeros(atoms.height, dtype=np.intp), ["france"]
        sizes = {"france": every.height}
        rows = territories.filter(pl.col("level") == "france")
        names = {"france": (rows["code"][0], rows["name"][0])} if rows.height else {}
        names = names or {"france": ("FR", "France")}
    else:
        index, keys = owner_index(atoms, level)
        full, full_keys = owner_index(every, level)
        sizes = dict(zip(full_keys, np.bincount(full, minlength=len(full_keys)), strict=True))
        rows = territories.filter(pl.col("level") == level)
        pairs = zip(rows["code"], rows["name"], strict=True)
        names = {code: (code, name) for code, name in pairs}
    return _numbered(level, (index, keys), chosen, sizes, names)


def _numbered(
    level: str,
    found: tuple[Indexes, list[str]],
    chosen: NDArray[np.bool_],
    sizes: dict[str, int],
    names: dict[str, tuple[str, str]],
) -> Areas:
    index, keys = found
    inside = np.bincount(index[chosen], minlength=len(keys))
    kept = [i for i, k in enumerate(keys) if k in names and inside[i] == sizes[k]]
    place = np.full(len(keys), -1, dtype=np.intp)
    place[kept] = np.arange(len(kept))
    pairs = [names[keys[i]] for i in kept]
    return Areas(level, place[index], [c for c, _ in pairs], [n for _, n in pairs])


def rows_of(areas: Areas, measure: str, model: Model) -> pl.DataFrame:
    """Write the rows of one level and one measure."""
    population = areas.total(model.population(measure))
    known = model.known(measure)
    gap = model.parameters.number("uncertainty", "quality", "largest_gap")
    covered = areas.total(np.where(known, model.population(measure), 0.0))
    lost = population - covered
    heavy = lost > gap * population
    counted = areas.total(known.astype(float)) > 0
    central = areas.total(model.central(measure))
    scale = np.divide(population, covered, out=np.ones_like(covered), where=covered > 0)
    low, high = areas.low.get(measure), areas.high.get(measure)
    blank = np.full(len(areas.codes), np.nan)
    low = blank if low is None else low
    high = blank if high is None else (high if measure == "a2" else high + lost)
    n = np.where(counted & ~heavy, central * scale, np.nan)
    grade = _grades(areas, measure, model, population)
    if measure != "a2":
        absent = ~counted | heavy
        low, high = np.where(absent, np.nan, low), np.where(absent, np.nan, high)
        grade = np.where(absent, 4, grade)
    else:
        nobody = areas.total((model.structure.adults.sum(1) >= 0).astype(float)) == 0
        low, high = np.where(nobody, np.nan, low), np.where(nobody, np.nan, high)
        grade = np.where(nobody, 4, np.where(np.isnan(n), 3, grade))
        n, low, high = _exact(areas, model, n, (low, high))
    return _frame(areas, measure, (population, n, low, high), grade, _texts(areas, measure, model))


def _grades(areas: Areas, measure: str, model: Model, population: Floats) -> Indexes:
    """Grade of the worst figure that weighs more than the declared share of the area."""
    level = LEVELS.index(areas.level) if areas.level in LEVELS else 0
    grade = model.grades(measure, level)
    least = model.parameters.number("uncertainty", "quality", "largest_share_of_worse")
    weights = model.population(measure) + 1e-9
    worst = np.zeros(len(areas.codes), dtype=np.intp)
    for value in range(1, 4):
        heavy = areas.total(np.where(grade >= value, weights, 0.0)) > least * population
        worst[heavy] = value
    return worst


def _exact(
    areas: Areas, model: Model, n: Floats, bounds: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """Give the areas wholly covered by published cross tables the sampling error alone."""
    low, high = bounds
    share = model.parameters.number("uncertainty", "sampling", "fraction")
    design = model.parameters.number("uncertainty", "sampling", "design_effect")
    least = model.parameters.number("uncertainty", "sampling", "exhaustive_below")
    population = areas.total(model.population("a2"))
    inhabitants = areas.total(np.nan_to_num(model.structure.ages).sum(1))
    rate = np.divide(n, population, out=np.zeros_like(population), where=population > 0)
    sd = np.sqrt(design * (1 - share) / share * population * rate * (1 - rate))
    sd = np.where(inhabitants >= least, sd, 0.0)
    if model.joints and areas.level in LEVELS:
        covered = (model.joint_rank <= LEVELS.index(areas.level)).astype(float)
        inside = areas.total(covered)
        exact = (inside > 0) & (inside == areas.total(np.ones_like(covered)))
        low = np.where(exact, n - 1.96 * sd, low)
        high = np.where(exact, n + 1.96 * sd, high)
    return n, low, high


def _texts(areas: Areas, measure: str, model: Model) -> pl.Series:
    masks = np.zeros(len(areas.codes), dtype=np.int64)
    used = model.masks(measure)
    for mask in np.unique(used):
        masks[areas.index[(used == mask) & (areas.index >= 0)]] |= mask
    lacking = _lacking(areas, measure, model)
    kinds, rank = np.unique(masks, return_inverse=True)
    pairs, place = np.unique((rank << len(GROUPS)) | lacking, return_inverse=True)
    texts = [
        _text(model, int(kinds[pair >> len(GROUPS)]), int(pair & (1 << len(GROUPS)) - 1))
        for pair in pairs
    ]
    return pl.Series(texts, dtype=pl.String).gather(place)


def _lacking(areas: Areas, measure: str, model: Model) -> NDArray[np.int64]:
    """Return the groups of B without a figure somewhere in the area, as bits."""
    bits = np.zeros(len(areas.codes), dtype=np.int64)
    if measure not in {"b", "b_sum", "c"}:
        return bits
    for rank, name in enumerate(GROUPS):
        known = model.exposure.groups[name].known if model.exposure else None
        unknown = np.ones(len(areas.index)) if known is None else (~known).astype(float)
        bits += np.where(areas.total(unknown) > 0, 1 << rank, 0)
    return bits


def _text(model: Model, mask: int, bits: int) -> str:
    names = ", ".join(label for rank, label in enumerate(GROUP_LABELS) if bits >> rank & 1)
    return " ; ".join(filter(None, (model.labels.text(mask), names and f"manque : {names}")))


def _frame(
    areas: Areas,
    measure: str,
    numbers: tuple[Floats, Floats, Floats, Floats],
    grade: Indexes,
    texts: pl.Series,
) -> pl.DataFrame:
    population, n, low, high = numbers
    low = np.clip(np.fmin(low, n), 0.0, None)
    high = np.minimum(np.fmax(high, n), population)
    n = np.minimum(n, population)
    low = np.minimum(low, population)
    safe = np.where(population > 0, population, np.nan)
    frame = pl.DataFrame(
        {
            "level": pl.repeat(areas.level, len(areas.codes), eager=True),
            "code": areas.code_column,
            "name": areas.name_column,
            "measure": pl.repeat(measure, len(areas.codes), eager=True),
            "population": population,
            "n": n,
            "n_low": low,
            "n_high": high,
            "share": n / safe,
            "share_low": low / safe,
            "share_high": high / safe,
            "quality": pl.Series(list(GRADES)).gather(grade),
            "vintages": texts,
        }
    )
    return frame.with_columns(pl.selectors.float().fill_nan(None))
