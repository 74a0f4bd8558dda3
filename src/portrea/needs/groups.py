"""Published counts of each group of axis B, and how they are shared among the finest areas."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.needs.inputs import (
    UNKNOWN,
    Labels,
    Layer,
    align,
    align_figure,
    owner_index,
)
from portrea.stats.calibration import spread
from portrea.stats.intervals import LANE, hash_codes, lanes

if TYPE_CHECKING:
    from collections.abc import Sequence

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

    def draw(self, rows: slice, noise: Noise, *, seed: int, draws: int) -> Draws:
        """Draw published units, atoms × draws, for whole owners.

        ``noise``: errors of the atoms that share an owner’s total. A rounded figure is uniform
        between its bounds, a suppressed one between 0 and the threshold; what an owner’s atoms
        receive always adds up to its total.
        """
        place = self._place[rows]
        first, last = int(np.min(place)), int(np.max(place)) + 1
        slope, base = self._line
        bits = lanes(self._words[first:last], f"b:{self.name}", seed=seed, draws=draws)
        drawn = bits.astype(np.float32)
        drawn *= slope[first:last]
        drawn += base[first:last]
        if (base[first:last] < 0).any():
            np.maximum(drawn, 0, out=drawn)
        weights, shared = self._weights[rows], self._shared[rows]
        if shared.all():
            parts = noise.factors(self._sd[rows], shared) * weights
            _normalise(parts, place)
            for owner, start, stop in _runs(place):
                parts[start:stop] *= drawn[owner - first]
            return parts
        if last - first != len(place) or (np.diff(place) != 1).any():
            drawn = drawn.take(place - first, axis=0)
        if shared.any():
            parts = noise.factors(self._sd[rows][shared], shared) * weights[shared]
            _normalise(parts, place[shared])
            drawn[shared] *= parts
        alone = ~shared & (weights[:, 0] < 1)
        if alone.any():
            drawn[alone] *= weights[alone]
        return drawn

    @cached_property
    def _place(self) -> Indexes:
        """Owner of each atom; one without a figure stands with its neighbour, with no weight."""
        kept = np.where(self.known, np.arange(len(self.owner)), 0)
        return np.maximum(self.owner[np.maximum.accumulate(kept)], 0)

    @cached_property
    def _words(self) -> Words:
        """Hashes of the owners; the last one stands for « no figure »."""
        return hash_codes([*self.codes, "-"])

    @cached_property
    def _line(self) -> tuple[Draws, Draws]:
        """What 16 random bits are multiplied by, then added to, to give the owner’s total."""
        half, middle = np.append(self.half, 0.0)[:, None], 1 << LANE - 1
        slope = half / middle
        base = np.append(self.totals, 0.0)[:, None] + slope * (0.5 - middle)
        return slope.astype(np.float32), base.astype(np.float32)

    @cached_property
    def _weights(self) -> Draws:
        return self.weights[:, None].astype(np.float32)

    @cached_property
    def _sd(self) -> Draws:
        return self.sd.astype(np.float32)

    @cached_property
    def _shared(self) -> Flags:
        shared: Flags = self.sd > 0
        return shared


@dataclass(eq=False)
class Noise:
    """Errors of the atoms that share an owner’s total: the same normals for every group.

    ``normals``: one row by atom of ``moving``.
    """

    normals: Draws
    moving: Flags
    _kept: dict[bytes, Draws] = field(default_factory=dict)

    def factors(self, sd: Draws, shared: Flags) -> Draws:
        """Return ``exp(sd · z)`` of the atoms that share, computed once for equal ``sd``."""
        key = sd.tobytes() + shared.tobytes()
        if key not in self._kept:
            factors = self.normals[shared[self.moving]]
            factors *= sd[:, None]
            np.exp(factors, out=factors)
            self._kept[key] = factors
        return self._kept[key]


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
        keys = np.full(len(self.rank), "", dtype=object)
        for rank, level in ((0, "iris"), (1, "commune"), (2, "epci")):
            index, codes = owner_index(self.atoms, level)
            here = self.rank == rank
            keys[here] = np.array(codes, dtype=object)[index[here]]
        series = pl.Series("k", keys.tolist(), dtype=pl.String)
        names = series.filter(series != "").unique(maintain_order=True)
        numbers = pl.DataFrame({"k": names, "i": np.arange(len(names), dtype=np.int64)})
        joined = series.to_frame().join(numbers, on="k", how="left", maintain_order="left")
        return joined["i"].fill_null(-1).to_numpy().astype(np.intp), names.to_list()


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


def _normalise(parts: Draws, owner: Indexes) -> None:
    """Divide each row by the sum of its owner’s rows, draw by draw."""
    runs = _runs(owner)
    if len({run[0] for run in runs}) == len(runs):
        for _, start, stop in runs:
            own = parts[start:stop]
            total = own.sum(0)
            np.divide(1, total, out=total, where=total > 0)
            own *= total
        return
    order = np.argsort(owner, kind="stable")
    together = parts[order]
    _normalise(together, owner[order])
    parts[order] = together


def _runs(owner: Indexes) -> list[tuple[int, int, int]]:
    """List the runs of equal owners: owner, first row, row after the last."""
    edges = [0, *(np.flatnonzero(owner[1:] != owner[:-1]) + 1).tolist(), len(owner)]
    return [(int(owner[start]), start, stop) for start, stop in pairwise(edges)]
