"""Axis B: persons of 15-64 exposed to repeated online demands (RSA, PPA, AAH, job-seekers)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.special import expit, logit

from portrea.needs.inputs import (
    UNKNOWN,
    Labels,
    Layer,
    align,
    align_figure,
    owner_index,
)
from portrea.needs.load import frequencies, yearly_load
from portrea.stats.calibration import spread
from portrea.stats.intervals import hash_codes, normals, uniforms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Indexes = NDArray[np.intp]
    Flags = NDArray[np.bool_]

LEVELS = ("iris", "commune", "epci")
GROUPS = ("rsa", "ppa", "aah", "jobseekers")
CANDIDATES: dict[str, tuple[tuple[str, ...], ...]] = {
    "rsa": (("households_rsa",), ("persons_rsa",)),
    "ppa": (("households_ppa",), ("persons_ppa",)),
    "aah": (("households_aah",),),
    "jobseekers": (("jobseekers_abcde", "jobseekers", "jobseekers_abc"),),
}
"""Variables of each group, by unit: a second unit serves only when the first is nowhere published.
Inside a unit the latest vintage wins, then the order written here."""
VARIABLES = tuple(v for units in CANDIDATES.values() for names in units for v in names)
OVERLAPS = ("rsa_jobseekers", "ppa_rsa", "ppa_aah", "ppa_jobseekers", "aah_jobseekers")


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


@dataclass(frozen=True, eq=False)
class Exposure:
    """The four groups, the universe 15-64 and the parameters that turn units into persons."""

    groups: dict[str, Group]
    universe: Floats
    parameters: Parameters

    @property
    def known(self) -> Flags:
        """Atoms where the four groups are published at some level."""
        every: Flags = np.all([g.known for g in self.groups.values()], axis=0)
        return every

    def central(self) -> dict[str, Floats]:
        """Return union and sum in persons of 15-64, and the load in declarations a year."""
        units = {name: group.central() for name, group in self.groups.items()}
        persons = {n: u * ratio_of(self.groups[n], self.parameters)[0] for n, u in units.items()}
        overlaps = {o: self.parameters.number("exposure", "overlaps", o) for o in OVERLAPS}
        union, total = combine(persons, overlaps, self.universe)
        return {"b": union, "b_sum": total, "b_load": self._load(units, overlaps["ppa_rsa"])}

    def _load(self, units: dict[str, Any], shared: Any) -> Any:
        both = np.minimum(units["ppa"] * shared, units["rsa"])
        return yearly_load(units, both, frequencies(self.parameters))

    def draw(
        self, rows: slice, epci: tuple[Indexes, Any], iris: Any, *, seed: int, draws: int
    ) -> dict[str, Draws]:
        """Draw what :meth:`central` gives, atoms × draws, for a slice of whole EPCI."""
        index, epci_words = epci
        share = normals(iris, "b:part", seed=seed, draws=draws)
        units = {
            name: _draw_units(group, rows, share, seed=seed) for name, group in self.groups.items()
        }
        persons = {
            name: drawn * _draw_ratio(self.groups[name], self.parameters, seed=seed, draws=draws)
            for name, drawn in units.items()
        }
        overlaps = _draw_overlaps(epci_words, self.parameters, seed=seed, draws=draws)
        spread_out = {name: values[index] for name, values in overlaps.items()}
        union, total = combine(persons, spread_out, self.universe[rows, None].astype(np.float32))
        return {"b": union, "b_sum": total, "b_load": self._load(units, spread_out["ppa_rsa"])}


def combine(persons: dict[str, Any], overlaps: dict[str, Any], universe: Any) -> tuple[Any, Any]:
    """Return union and sum of the four groups, inside ``max n_k ≤ union ≤ min(Σ n_k, universe)``.

    ``B = J + R (1 − rj) + P (1 − pr)(1 − pj) + (H − ph·P)(1 − hj)``: each group adds those who are
    not in the former ones; a published overlap is bounded by the size of the smaller group.
    """
    rsa, ppa, aah, seekers = (persons[name] for name in GROUPS)
    shared = np.minimum(rsa * overlaps["rsa_jobseekers"], seekers)
    added = ppa * (1 - overlaps["ppa_rsa"]) * (1 - overlaps["ppa_jobseekers"])
    disabled = np.maximum(aah - overlaps["ppa_aah"] * ppa, 0.0)
    union = seekers + rsa - shared + added + disabled * (1 - overlaps["aah_jobseekers"])
    total = np.minimum(rsa + ppa + aah + seekers, universe)
    largest = np.maximum(np.maximum(rsa, ppa), np.maximum(aah, seekers))
    return np.minimum(np.maximum(union, np.minimum(largest, universe)), total), total


def ratio_of(group: Group, parameters: Parameters) -> tuple[float, float]:
    """Return adults of 15-64 per published unit, and its sd (job-seekers are persons: 1)."""
    if group.name == "jobseekers":
        return 1.0, 0.0
    if group.covered:
        value = parameters.number("exposure", "adults_per_covered_person", group.name)
        return value, 0.1 * value
    card = parameters.cards["exposure"]["adults_per_household"][group.name]
    return float(card["value"]), (float(card["high"]) - float(card["low"])) / 3.92


def _draw_units(group: Group, rows: slice, share: Draws, *, seed: int) -> Draws:
    draws = share.shape[1]
    owner, weights, sd = group.owner[rows], group.weights[rows], group.sd[rows]
    ids, local = np.unique(np.maximum(owner, 0), return_inverse=True)
    words = hash_codes([group.codes[i] for i in ids]) if group.codes else hash_codes(["-"])
    noise = uniforms(words, f"b:{group.name}", seed=seed, draws=draws)
    centre = group.totals[ids] if group.codes else np.zeros(1)
    half = group.half[ids] if group.codes else np.zeros(1)
    totals = np.maximum(centre[:, None] + half[:, None] * (2 * noise - 1), 0.0)
    parts = weights[:, None].astype(np.float32) * np.exp(sd[:, None].astype(np.float32) * share)
    ones = np.ones(len(local), dtype=np.float64)
    member = csr_array((ones, (local, np.arange(len(local)))), shape=(len(ids), len(local)))
    sums = member @ parts
    scale = totals / np.where(sums > 0, sums, 1.0)
    drawn: Draws = parts * scale.astype(np.float32)[local]
    return drawn


def _draw_ratio(group: Group, parameters: Parameters, *, seed: int, draws: int) -> Draws:
    """Adults per published unit, one value per draw for all of France."""
    value, error = ratio_of(group, parameters)
    wobble = normals(hash_codes(["FR"]), f"b:ratio:{group.name}", seed=seed, draws=draws)
    least = min(value, 1.0) if not group.covered else 0.1
    ratio: Draws = np.maximum(value + error * wobble[0], least).astype(np.float32)
    return ratio


def _draw_overlaps(
    words: Any, parameters: Parameters, *, seed: int, draws: int
) -> dict[str, Draws]:
    wide = parameters.number("exposure", "overlap_sd_logit")
    local = parameters.number("exposure", "overlap_sd_logit_epci")
    own = local * normals(words, "b:overlap", seed=seed, draws=draws)
    drawn = {}
    for name in OVERLAPS:
        centre = float(logit(parameters.number("exposure", "overlaps", name)))
        common = wide * normals(hash_codes(["FR"]), f"b:{name}", seed=seed, draws=draws)
        drawn[name] = expit(centre + common + own).astype(np.float32)
    return drawn


def grades(exposure: Exposure, row_level: int) -> Indexes:
    """Return the quality of each atom for a row of a given level: 1 (B) to 3 (D), 4 (N).

    B: published at the row's level or finer; C: suppressed there, or shared out of a larger total
    along an IRIS file; D: shared along the population.
    """
    worst = np.ones(len(exposure.universe), dtype=np.intp)
    for group in exposure.groups.values():
        away = (group.rank > row_level) & (group.sd > 0)
        grade = np.where(away, np.where(group.shaped, 2, 3), 1)
        grade = np.where(group.hidden & (grade < 2), 2, grade)
        worst = np.maximum(worst, np.where(group.known, grade, 4))
    return worst
