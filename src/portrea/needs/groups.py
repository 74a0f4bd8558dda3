"""Published counts of each group of axis B, and how they are shared among the finest areas."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.inputs import (
    LEVELS,
    UNKNOWN,
    Labels,
    Layer,
    align,
    align_figure,
    owner_codes,
    owner_index,
    owners_of,
)
from portrea.needs.numbering import numbered
from portrea.stats.calibration import spread
from portrea.stats.intervals import hash_codes, rounding_of, states

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters
    from portrea.stats.intervals import Words

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Indexes = NDArray[np.intp]
    Flags = NDArray[np.bool_]

CANDIDATES: dict[str, tuple[tuple[str, ...], ...]] = {
    "rsa": (("households_rsa",), ("persons_rsa",)),
    "ppa": (("households_ppa",), ("persons_ppa",)),
    "aah": (("households_aah",),),
    "jobseekers": (("jobseekers_abcde", "jobseekers", "jobseekers_abc"),),
    "housing_aid": (("households_housing_aid",),),
}
"""Variables of each group, by unit: a second unit serves only when the first is nowhere published.
Inside a unit the latest vintage wins, then the order written here."""


TINY = np.float32(1e-30)
"""Keeps from dividing by the zero of owners whose atoms have no weight."""


@dataclass(frozen=True, eq=False)
class Group:
    """Persons of one group: published totals of owner areas, shared among their atoms.

    ``owner``: index of each atom's owner in ``codes`` (−1: no figure); ``totals`` ± ``half``:
    published units (households or persons); ``weights``: share of the owner's total; ``sd``: log sd
    of that share; ``rank``: level of the owner; ``hidden``: total suppressed by the producer;
    ``covered``: the figure counts covered persons, children included.
    """

    name: str
    codes: list[str]
    owner: Indexes
    totals: Floats
    half: Floats
    weights: Floats
    sd: Floats
    rank: Indexes
    hidden: Flags
    shaped: Flags
    covered: bool
    mask: NDArray[np.int64]

    @property
    def known(self) -> Flags:
        """Atoms for which a figure exists."""
        return self.owner >= 0

    def central(self) -> Floats:
        """Return published units of each atom, shared from its owner’s total (0 where unknown)."""
        if not self.codes:
            return np.zeros(len(self.owner))
        return np.where(self.known, self.totals[self.owner] * self.weights, 0.0)


class Stack:
    """The groups drawn together: their owners are the rows of one table, group after group."""

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = groups
        sizes = [len(group.codes) + 1 for group in groups]
        starts = np.cumsum([0, *sizes[:-1]])
        self.place = np.stack([_place(g) + s for g, s in zip(groups, starts, strict=True)])
        self.total = _column([group.totals for group in groups])
        self.half = _column([group.half for group in groups])
        self.weights = np.stack([group.weights for group in groups]).astype(np.float32)
        self.sd = np.stack([group.sd for group in groups]).astype(np.float32)
        self.shared = (self.sd > 0) | (self.weights < 1)
        self.moving: Flags = self.shared.any(0)
        self._words = [hash_codes([*group.codes, "-"]) for group in groups]
        self._states: dict[int, Words] = {}

    def draw(self, rows: slice, noise: Draws, *, seed: int, draws: int) -> Draws:
        """Draw published units, groups × atoms × draws, for whole owners.

        ``noise``: normals of the atoms of ``moving``, the same for every group. A rounded figure
        is uniform between its bounds, a suppressed one between 0 and the threshold; what an
        owner’s atoms receive, along ``w · exp(sd · z)``, always adds up to its total.
        """
        own = self.place[:, rows]
        units = self._totals(own, seed, draws)
        moving = np.flatnonzero(self.moving[rows])
        if len(moving):
            atoms = rows.start + moving
            for group, drawn in enumerate(units):
                drawn[moving] *= _parts(
                    own[group, moving], self.weights[group, atoms], self.sd[group, atoms], noise
                )
        return units

    def _totals(self, owners: Indexes, seed: int, draws: int) -> Draws:
        """Draw the totals of some rows of the table (any shape × draws)."""
        if seed not in self._states:
            pairs = zip(self.groups, self._words, strict=True)
            self._states[seed] = np.concatenate([
                states(words, f"b:{group.name}", seed=seed) for group, words in pairs
            ])  # fmt: skip
        drawn = rounding_of(self._states[seed][owners], draws)
        drawn *= self.half[owners]
        drawn += self.total[owners]
        if (self.total[owners] < self.half[owners]).any():
            np.clip(drawn, 0, np.inf, out=drawn)
        return drawn


def _parts(owner: Indexes, weights: Draws, sd: Draws, noise: Draws) -> Draws:
    """Return the part of each owner’s total that its atoms receive, draw by draw: its sum is 1."""
    parts: Draws = sd[:, None] * noise
    np.exp(parts, out=parts)
    parts *= weights[:, None]
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    in_order = bool((order[1:] > order[:-1]).all())
    starts = np.flatnonzero(owner[1:] != owner[:-1]) + 1
    for start, stop in pairwise([0, *starts.tolist(), len(order)]):
        atoms = slice(start, stop) if in_order else order[start:stop]
        parts[atoms] /= parts[atoms].sum(0) + TINY
    return parts


def _place(group: Group) -> Indexes:
    """Owner of each atom; one without a figure stands with its neighbour, with no weight."""
    kept = np.where(group.known, np.arange(len(group.owner)), 0)
    return np.maximum(group.owner[np.maximum.accumulate(kept)], 0)


def _column(values: Sequence[Floats]) -> Draws:
    """Stack the figures of each group, « no figure » after each."""
    return np.concatenate([np.append(x, 0.0) for x in values]).astype(np.float32)[:, None]


def read_group(
    name: str,
    atoms: pl.DataFrame,
    layers: Sequence[Layer],
    *,
    working: Floats,
    labels: Labels,
    parameters: Parameters,
) -> Group:
    """Choose the figures of one group: latest commune total, else EPCI total, else the IRIS.

    A commune total is preferred to the sum of its IRIS: the published CAF IRIS cover 66 % of the
    national total. The IRIS figures then only tell how the commune's total is shared. A suppressed
    figure is kept, between 0 and the producer's threshold: never dropped, never zero.
    """
    published = [
        [v for v in names if any(x.has([v]) for x in layers)] for names in CANDIDATES[name]
    ]
    variables = next((names for names in published if names), [])
    usable = [(x, v) for x in layers for v in reversed(variables) if x.has([v])]
    usable.sort(key=lambda pair: pair[0].year)
    found = _Figures(atoms, labels, parameters)
    for rank in (1, 2, 0):
        for layer, variable in reversed([pair for pair in usable if pair[0].level == rank]):
            if (found.rank == UNKNOWN).any():
                found.take(layer, variable)
    covered = any(v.startswith("persons_") for v in variables)
    return found.group(name, _iris_shape(usable, atoms), working, covered=covered)


class _Figures:
    """Totals chosen so far, owner by owner."""

    def __init__(self, atoms: pl.DataFrame, labels: Labels, parameters: Parameters) -> None:
        size = atoms.height
        self.atoms, self.labels = atoms, labels
        self.parameters = parameters
        self.value = np.full(size, np.nan)
        self.half = np.zeros(size)
        self.rank = np.full(size, UNKNOWN, dtype=np.intp)
        self.hidden = np.zeros(size, dtype=bool)
        self.mask = np.zeros(size, dtype=np.int64)
        self.rounding = parameters.number("exposure", "rounding_half_width")
        self.threshold = parameters.number("exposure", "suppressed_below")

    def take(self, layer: Layer, variable: str) -> None:
        """Take the layer's figures for the atoms that have none yet."""
        values, hidden, rounded = align_figure(layer, self.atoms, variable)
        free = (self.rank == UNKNOWN) & (np.isfinite(values) | hidden)
        values = np.where(hidden, self.threshold / 2, values)
        half = np.where(hidden, self.threshold / 2, np.where(rounded, self.rounding, 0.0))
        self.value[free], self.half[free] = values[free], half[free]
        self.rank[free], self.hidden[free] = layer.level, hidden[free]
        self.mask[free] = self.labels.bit(layer.label)

    def group(self, name: str, shape: Floats, working: Floats, *, covered: bool) -> Group:
        """Return the group: owners numbered, their totals shared among their atoms."""
        owner, codes = self._owners()
        known = owner >= 0
        first = np.unique(owner[known], return_index=True)[1]
        totals, half = self.value[known][first], self.half[known][first]
        totals = self._remainder(totals, np.flatnonzero(known)[first])
        shaped = _shaped(owner, shape)
        weights = np.zeros(len(owner))
        if known.any():
            chosen = np.where(shaped, np.nan_to_num(shape), working)[known]
            weights[known] = spread(
                np.ones(len(totals)), owner[known], chosen, fallback=working[known]
            )
        card = self.parameters
        near = card.number("exposure", "apportion_sd_log_caf")
        far = card.number("exposure", "apportion_sd_log_population")
        alone = weights > 1 - 1e-12
        sd = np.where(alone, 0.0, np.where(shaped, near, far))
        return Group(
            name, codes, owner, totals, half, weights, sd, self.rank, self.hidden, shaped,
            covered, self.mask,
        )  # fmt: skip

    def _remainder(self, totals: Floats, first: Indexes) -> Floats:
        """Take out of an EPCI total what its communes publish themselves."""
        epci, names = owner_index(self.atoms, "epci")
        rank = self.rank[first]
        own = np.bincount(epci[first], np.where(rank < 2, totals, 0.0), minlength=len(names))
        left: Floats = np.where(rank == 2, np.maximum(totals - own[epci[first]], 0.0), totals)
        return left

    def _owners(self) -> tuple[Indexes, list[str]]:
        """Return the owner of each atom (−1: no figure), by first appearance, and their codes."""
        keys = np.full(len(self.rank), -1, dtype=np.intp)
        for rank, level in enumerate(LEVELS[:3]):
            here = self.rank == rank
            keys[here] = owners_of(self.atoms, level)[0][here] * 3 + rank
        known = np.flatnonzero(keys >= 0)
        owner = np.full(len(keys), -1, dtype=np.intp)
        owner[known], first = numbered(keys[known])
        heads = known[first]
        codes = np.empty(len(heads), dtype=object)
        for rank, level in enumerate(LEVELS[:3]):
            here = self.rank[heads] == rank
            codes[here] = owner_codes(self.atoms, level, heads[here])
        return owner, codes.tolist()


def _iris_shape(usable: Sequence[tuple[Layer, str]], atoms: pl.DataFrame) -> Floats:
    shape = np.full(atoms.height, np.nan)
    for layer, variable in (pair for pair in usable if pair[0].level == 0):
        values = align(layer, atoms, [variable])[:, 0]
        shape = np.where(np.isfinite(values), values, shape)
    return shape


def _shaped(owner: Indexes, shape: Floats) -> Flags:
    """Owners whose members all have an IRIS figure (a partial shape would starve the others)."""
    known = owner >= 0
    if not known.any():
        return known
    gaps = np.bincount(owner[known], np.isnan(shape[known]).astype(float))
    full: Flags = known & (gaps[np.maximum(owner, 0)] == 0)
    return full
