"""Sums of atoms by area, draw by draw, their quantiles and their ranks.

An area made of one atom has the quantiles of this atom. The others are sums of *pieces*: sets of
atoms that neither an asked area nor a published table cuts. So a draw is added once, whatever the
number of levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from portrea.needs.inputs import owner_index
from portrea.needs.ranking import Shares
from portrea.needs.tables import BOUNDS_ONLY
from portrea.stats.intervals import quantiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from portrea.needs.draws import Drawn
    from portrea.needs.model import Model

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Indexes = NDArray[np.intp]
    Bits = NDArray[np.int64]
    Owners = tuple[Indexes, list[str]]

QUANTILES: tuple[float, ...] = (0.025, 0.1, 0.9, 0.975)
"""Bounds at 95 % and 80 %, lowest first."""
SIDES = {"both": slice(0, 4), "low": slice(0, 2), "high": slice(2, 4)}
"""Bounds that each side of the draws gives."""
RANKED = 200
"""Draws kept for the ranks: a probability is known to ± 0.035 at most (one standard deviation)."""
TOP = 0.1
ROUNDED = 9
"""Decimals of the shares by which areas are put in order: the last bits of a sum choose nothing."""
FEWEST = 10
"""A top tenth needs at least this many areas."""


@dataclass(frozen=True, eq=False)
class Areas:
    """Areas of one level: number of each atom's area (−1: outside), codes and names."""

    level: str
    index: Indexes
    codes: list[str]
    names: list[str]

    @cached_property
    def code_column(self) -> pl.Series:
        """Codes as a column."""
        return pl.Series(self.codes, dtype=pl.String)

    @cached_property
    def name_column(self) -> pl.Series:
        """Names as a column."""
        return pl.Series(self.names, dtype=pl.String)

    @cached_property
    def sizes(self) -> Indexes:
        """Number of atoms of each area."""
        return np.bincount(self.index[self.index >= 0], minlength=len(self.codes))

    @cached_property
    def shared(self) -> Indexes:
        """Area of each atom, −1 where the area has no other atom."""
        inside = np.maximum(self.index, 0)
        if not self.codes:
            return self.index
        return np.where((self.index >= 0) & (self.sizes[inside] > 1), self.index, -1)

    @cached_property
    def only(self) -> Indexes:
        """The atom of each area made of one atom (−1 elsewhere)."""
        atoms = np.flatnonzero((self.index >= 0) & (self.shared < 0))
        found = np.full(len(self.codes), -1, dtype=np.intp)
        found[self.index[atoms]] = atoms
        return found

    @cached_property
    def place(self) -> Indexes:
        """Area of each atom, the atoms outside in one more area."""
        return np.where(self.index >= 0, self.index, len(self.codes))

    @cached_property
    def _ordered(self) -> tuple[Indexes, Indexes]:
        """Atoms in the order of their areas, and the first of each area."""
        order = np.argsort(self.place, kind="stable")
        return order, np.searchsorted(self.place[order], np.arange(len(self.codes) + 1))

    def total(self, values: Floats) -> Floats:
        """Add the atoms' values by area."""
        return np.bincount(self.place, values, minlength=len(self.codes) + 1)[:-1]

    def union(self, bits: Bits) -> Bits:
        """Return the bits that some atom of each area has."""
        order, first = self._ordered
        found: Bits = np.bitwise_or.reduceat(np.append(bits[order], 0), first)[:-1]
        return np.where(self.sizes > 0, found, 0)


@dataclass(frozen=True, eq=False)
class Part:
    """What a chunk gives to the pieces: sums (pieces × draws) of one measure and side."""

    measure: str
    side: str
    ids: Indexes
    sums: Draws


class Tally:
    """Bounds and first draws of the areas: the atoms, then the areas made of several atoms."""

    def __init__(
        self, areas: Sequence[Areas], tables: Indexes, *, draws: int, ranked: int = RANKED
    ) -> None:
        self.areas = [area for area in areas if area.codes]
        self.draws, self.ranked = draws, min(ranked, draws)
        size = len(areas[0].index)
        keys = np.column_stack([*(area.shared for area in self.areas), tables])
        belongs = (keys[:, :-1] >= 0).any(1)
        self.piece = np.full(size, -1, dtype=np.intp)
        self.keys, self.piece[belongs] = _distinct(keys[belongs])
        self.alone = np.zeros(size, dtype=bool)
        for area in self.areas:
            self.alone[area.only[area.only >= 0]] = True
        self.rows, self.members = self._several()
        self.bounds: dict[str, Floats] = {}
        self.kept: dict[str, Draws] = {}
        self.sums: dict[tuple[str, str], Draws] = {}

    def _several(self) -> tuple[list[Indexes], csr_array]:
        """Give a row to every area, those of several atoms after the atoms, and their pieces."""
        end = size = len(self.piece)
        rows, owners, inside = [], [], []
        for area, owner in zip(self.areas, self.keys.T, strict=False):
            row, several = area.only.copy(), area.only < 0
            row[several] = end + np.arange(several.sum())
            end += int(several.sum())
            rows.append(row)
            inside.append(np.flatnonzero(owner >= 0))
            owners.append(row[owner[inside[-1]]] - size)
        none = np.empty(0, dtype=np.intp)
        pairs = np.concatenate([none, *owners]), np.concatenate([none, *inside])
        ones = np.ones(len(pairs[0]), dtype=np.float32)
        return rows, csr_array((ones, pairs), shape=(end - size, len(self.keys)))

    def row_of(self, area: Areas) -> Indexes:
        """Return the row of each area among the bounds and the kept draws."""
        return self.rows[[a is area for a in self.areas].index(True)]

    def open(self, measure: str, side: str) -> None:
        """Make room for a measure and side, before any thread writes."""
        size = len(self.piece) + self.members.shape[0]
        self.bounds.setdefault(measure, np.zeros((size, len(QUANTILES))))
        self.sums[measure, side] = np.zeros((len(self.keys), self.draws), dtype=np.float32)
        if self.ranked and measure not in BOUNDS_ONLY:
            self.kept.setdefault(measure, np.zeros((size, self.ranked), dtype=np.float32))

    def take(self, rows: slice, drawn: Iterable[Drawn]) -> list[Part]:
        """Reduce the draws of some atoms at once; chunks share no atom, so threads may.

        The draws are put in order in their own place: they are of no use afterwards.
        """
        members = np.flatnonzero(self.piece[rows] >= 0)
        ids, place = np.unique(self.piece[rows][members], return_inverse=True)
        ones = np.ones(len(members), dtype=np.float32)
        shape = (len(ids), rows.stop - rows.start)
        member = csr_array((ones, (place, members)), shape=shape)
        parts = []
        for measure, side, draws in drawn:
            self._keep(rows, measure, side, draws)
            if len(ids):
                sides = [side] if (measure, side) in self.sums else ["low", "high"]
                sums = member @ draws
                parts += [Part(measure, each, ids, sums) for each in sides]
            self._bound(rows, measure, side, draws)
        return parts

    def _keep(self, rows: slice, measure: str, side: str, draws: Draws) -> None:
        """Keep the first draws for the ranks: the middle of the two sides, if two."""
        kept = self.kept.get(measure)
        if kept is None:
            return
        if side != "high":
            kept[rows] = draws[:, : self.ranked]
            return
        kept[rows] += draws[:, : self.ranked]
        kept[rows] /= 2

    def _bound(self, rows: slice, measure: str, side: str, draws: Draws) -> None:
        alone = self.alone[rows]
        if alone.any():
            rows_drawn = draws if alone.all() else draws[alone]
            found = quantiles(rows_drawn, QUANTILES[SIDES[side]], overwrite=True)
            self.bounds[measure][rows, SIDES[side]][alone] = found

    def add(self, parts: Iterable[Part]) -> None:
        """Add the sums of a chunk, always in the same order: the result is reproducible."""
        for part in parts:
            self.sums[part.measure, part.side][part.ids] += part.sums

    def measured(self, measure: str) -> list[str]:
        """Return the sides drawn for a measure (none when it is not available)."""
        return [side for name, side in self.sums if name == measure]

    def close(self, measure: str) -> None:
        """Add the pieces of the areas made of several atoms, once every draw is in."""
        size, sides = len(self.piece), self.measured(measure)
        for side in sides:
            drawn = self.members @ self.sums[measure, side]
            found = quantiles(drawn, QUANTILES[SIDES[side]])
            self.bounds[measure][size:, SIDES[side]] = found
        if measure in self.kept:
            first = np.array([self.sums[measure, side][:, : self.ranked] for side in sides])
            self.kept[measure][size:] = self.members @ first.mean(0)

    def quantiles(self, area: Areas, measure: str) -> Floats | None:
        """Return the bounds of the areas (areas × 4), the low ones from the low side."""
        found = self.bounds.get(measure)
        return None if found is None else found[self.row_of(area)]

    def draws_of(self, area: Areas, measure: str) -> Draws:
        """Return the kept draws of every area (areas × ranked); mean of both sides if two."""
        return self.kept[measure][self.row_of(area)]

    def top(self, area: Areas, measure: str, population: Floats, shown: Floats) -> Floats:
        """Return P(share in the top tenth of the level); NaN where no share is ``shown``."""
        found = np.full(len(area.codes), np.nan)
        ranked = np.isfinite(shown) & (population > 0)
        if ranked.sum() < FEWEST or measure not in self.kept:
            return found
        whole = population[ranked]
        shares = Shares(self.kept[measure], self.row_of(area)[ranked], whole)
        order = np.argsort(np.round(shown[ranked] / whole, ROUNDED), kind="stable")
        found[ranked] = shares.first(int(np.ceil(TOP * len(order))), order)
        return found


def _distinct(keys: Indexes) -> tuple[Indexes, Indexes]:
    """Return the distinct rows (numbers from −1), in order, and the place of each row in them."""
    place = np.zeros(len(keys), dtype=np.intp)
    first = place[:0]
    for column in keys.T:
        pairs = place * (np.max(column, initial=-1) + 2) + column + 1
        _, first, place = np.unique(pairs, return_index=True, return_inverse=True)
    return keys[first], place


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
    rows = territories.filter(pl.col("level") == level).select(pl.col("code", "name"))
    if level == "france":
        rows = rows.head(1) if rows.height else pl.DataFrame({"code": ["FR"], "name": ["France"]})
        found, full = (
            (np.zeros(x.height, dtype=np.intp), rows["code"].to_list()) for x in (atoms, every)
        )
    else:
        found = model.owner(level)
        full = found if every is atoms else owner_index(every, level)
    return _numbered(level, found, full, chosen, rows)


def _numbered(
    level: str, found: Owners, full: Owners, chosen: NDArray[np.bool_], rows: pl.DataFrame
) -> Areas:
    """Return the areas that have a name (in ``rows``) and all of whose atoms are chosen."""
    index, keys = found
    counts = {"size": full, "inside": (index[chosen], keys)}
    table = pl.DataFrame({"code": keys})
    for name, (owner, codes) in counts.items():
        size = np.bincount(owner, minlength=len(codes))
        table = table.join(
            pl.DataFrame({"code": codes, name: size}), on="code", how="left", maintain_order="left"
        )
    table = table.join(
        rows.unique("code", keep="last").with_columns(named=True),
        on="code", how="left", maintain_order="left",
    )  # fmt: skip
    kept = table.select(pl.col("named").is_not_null() & (pl.col("size") == pl.col("inside")))
    whole = kept.to_series().to_numpy()
    place = np.where(whole, np.cumsum(whole) - 1, -1)
    table = table.filter(whole)
    return Areas(level, place[index], table["code"].to_list(), table["name"].to_list())
