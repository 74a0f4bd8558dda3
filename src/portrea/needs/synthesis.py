"""Ages and diplomas expected in each commune where the census publishes them in part only.

Everything is learnt from census figures of other communes; what a commune publishes of itself is
applied afterwards and holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.composite import Design, meet_total, predict
from portrea.needs.diplomas import LOW_DIPLOMA, DiplomaStep
from portrea.needs.grid import AGES, DIPLOMAS, SCHOOLED, cells_of, gather
from portrea.needs.inputs import Layer, align
from portrea.needs.numbering import place_of
from portrea.needs.surroundings import COMMUNE, IRIS, Units, find_units, newest, read_design

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

COUNTS = (
    "non_schooled_no_diploma",
    "non_schooled_bepc",
    "non_schooled_capbep",
    "non_schooled_bac",
    "non_schooled_sup",
    "non_schooled_sup2",
)
SIZE = ("persons", "persons_0_14")
BANDS = (
    "persons_15_29",
    "persons_30_44",
    "persons_45_59",
    "persons_60_74",
    "persons_75_plus",
)
OLD = "share_65_plus"
SCORES = np.array([67.0, 72.0, 77.0, 86.0])
"""Mean age of the four cells of 65 or more, to tilt them smoothly (years)."""
AGE_SHARES = {"75+": ("75+", "65+"), "60-64": ("60-64", "15-64"), "45-59": ("45-59", "30-59")}
"""Band and the wider band it is a share of; the order matters (each moves what the former left)."""
MINIMUM = 100
"""Communes that must show an age share before it is learnt."""
MOSTLY = 0.8
"""Part of a commune's 15 or more that its IRIS bands must cover to speak for it."""


@dataclass(frozen=True, eq=False)
class Synthetic:
    """Expected structure of each commune.

    ``ages``: persons by age cell for one inhabitant; ``diplomas``: shares of the non-schooled 15+
    (NaN where published, or where nothing is known); ``schooled``: share of the 15+ in education;
    ``shifts``: logit shift that made each share add up to its national total.
    """

    ids: NDArray[np.intp]
    ages: Floats
    diplomas: Floats
    schooled: Floats
    label: str
    year: int
    shifts: dict[str, float]

    def rows(self, atoms: pl.DataFrame) -> NDArray[np.intp]:
        """Return the unit of each atom (a selection or all of them), −1 when it has none."""
        units = find_units(atoms)
        rows: NDArray[np.intp] = place_of(self.ids, units.ids)[units.owner]
        return rows

    def step(self, atoms: pl.DataFrame) -> DiplomaStep:
        """Return the expected diplomas as a step of the structure, for some atoms."""
        rows = self.rows(atoms)
        known = rows >= 0
        shares = np.where(known[:, None], self.diplomas[rows], np.nan)
        schooled = np.where(known, self.schooled[rows], np.nan)
        groups = np.eye(len(DIPLOMAS))[:SCHOOLED]
        return DiplomaStep(COMMUNE, self.year, self.label, groups, shares, schooled, False)


def synthesise(
    atoms: pl.DataFrame, layers: Sequence[Layer], parameters: Parameters
) -> Synthetic | None:
    """Learn from the communes that publish more, and predict the others.

    ``atoms`` must be all the atoms known, whatever the selection: the same commune then gets the
    same figures. Returns ``None`` when too few communes are observed to learn anything.
    """
    counted = newest(layers, COMMUNE, [*COUNTS, "non_schooled_15_plus", *SIZE])
    rates = newest(layers, COMMUNE, [LOW_DIPLOMA])
    units = find_units(atoms)
    least = parameters.number("composite", "least_areas")
    if counted is None or rates is None:
        return None
    counts = units.of(counted, atoms, [*COUNTS, "non_schooled_15_plus", *SIZE])
    if np.isfinite(counts).all(1).sum() < least:
        return None
    design = read_design(atoms, units, layers, parameters)
    half = parameters.number("composite", "half_weight")
    low = units.of(rates, atoms, [LOW_DIPLOMA])[:, 0]
    diplomas, schooled = expected_diplomas(counts, low, design, half)
    national = gather(parameters.cards["reference"]["ages_2018"]["persons"])
    observed = observed_ages(atoms, units, layers, national)
    ages, shifts = expected_ages(observed, design, national, half)
    label = f"estimation composite ({counted.source} {counted.year}, {rates.year})"
    return Synthetic(units.ids, ages, diplomas, schooled, label, rates.year, shifts)


def expected_diplomas(
    counts: Floats, low: Floats, design: Design, half: float
) -> tuple[Floats, Floats]:
    """Return the six shares of the non-schooled 15+ and the share in education, by unit.

    ``counts``: six diplomas (sup2 apart in sup), non-schooled, persons, persons 0-14; ``low``:
    share of the 15+ with CAP-BEP or less, published everywhere. NaN where counts are published.
    """
    none, bepc, capbep, bac, sup, sup2, non_schooled, persons, children = counts.T
    lowest = none + bepc + capbep
    adults = persons - children

    def expect(part: Floats, whole: Floats) -> Floats:
        shares = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
        return predict(shares, _weight(whole, half), design)

    schooled = expect(np.clip(adults - non_schooled, 0.0, None), adults)
    of_low, of_bepc = expect(none, lowest), expect(bepc, bepc + capbep)
    of_bac, of_sup2 = expect(bac, bac + sup), expect(sup2, sup)
    low = np.clip(low / (1.0 - schooled), 0.0, 1.0)
    rest, high = low * (1.0 - of_low), 1.0 - low
    shares = np.column_stack(
        [
            low * of_low,
            rest * of_bepc,
            rest * (1.0 - of_bepc),
            high * of_bac,
            high * (1.0 - of_bac) * of_sup2,
            high * (1.0 - of_bac) * (1.0 - of_sup2),
        ]
    )
    shares[np.isfinite(counts).all(1)] = np.nan
    return shares, schooled


def _weight(persons: Floats, half: float) -> Floats:
    weight: Floats = np.nan_to_num(persons / (persons + half))
    return weight


def expected_ages(
    known: dict[str, Observed], design: Design, national: Floats, half: float
) -> tuple[Floats, dict[str, float]]:
    """Return persons by age cell for one inhabitant of each unit, and the shifts to the nation.

    Three shares move the national ages: 75+ in the 65+ (smoothly inside), 60-64 in the 15-64, 45-59
    in the 30-59. ``known``: what is observed of each, by name of :data:`AGE_SHARES`.
    """
    ages = np.tile(national / national.sum(), (len(design.covariates), 1))
    shifts = {}
    for name, seen in known.items():
        inner, outer = AGE_SHARES[name]
        share = predict(seen.shares, _weight(seen.persons, half), design)
        free = np.isnan(seen.shares)
        share = np.where(free, share, seen.shares)
        inside, whole = cells_of(inner), cells_of(outer)
        total = float(national @ inside / (national @ whole)) * float(seen.weights.sum())
        share, shifts[name] = meet_total(share, seen.weights, free, total)
        ages = _tilt(ages, share) if outer == "65+" else _move(ages, share, inside, whole)
    return ages, shifts


@dataclass(frozen=True, eq=False)
class Observed:
    """A share observed in some units (NaN elsewhere), on how many persons, and each unit's weight.

    ``weights``: persons of the outer band in every unit, for the national total.
    """

    shares: Floats
    persons: Floats
    weights: Floats


def observed_ages(
    atoms: pl.DataFrame, units: Units, layers: Sequence[Layer], national: Floats
) -> dict[str, Observed]:
    """Read the age shares that some communes publish, by name of :data:`AGE_SHARES`.

    A band of one census is divided by the 65+ of the same year (:class:`_Old`): two years apart,
    the 65+ grow by some percent, and the error would fall on the communes not observed.
    """
    sizes = newest(layers, IRIS, ["persons", "persons_0_19", "persons_65_plus"])
    rates = newest(layers, COMMUNE, [OLD])
    if sizes is None or rates is None:
        return {}
    today = align(sizes, atoms, ["persons", "persons_0_19", "persons_65_plus"])
    persons, young, old = (np.nan_to_num(units.total(np.nan_to_num(x))) for x in today.T)
    adults = persons - young * national[0] / (national[0] + national[1])
    then = units.of(rates, atoms, [OLD])[:, 0]
    aged = _Old(then, _share(old, adults), rates.year, sizes.year)
    found = _oldest(atoms, units, layers, aged, old)
    found |= _mature(atoms, units, layers, aged, (persons - young, persons - young - old))
    return {k: v for k, v in found.items() if np.isfinite(v.shares).sum() >= MINIMUM}


@dataclass(frozen=True, eq=False)
class _Old:
    """Share of 65+ among the 15+ of each unit in two years."""

    then: Floats
    now: Floats
    year: int
    today: int

    def at(self, year: int) -> Floats:
        """Return the share of a year, on the straight line between the two."""
        if self.today == self.year:
            return self.then
        moved = self.then + (self.now - self.then) * (year - self.year) / (self.today - self.year)
        return np.where(np.isfinite(moved), np.clip(moved, 0.0, 1.0), self.then)


def _oldest(
    atoms: pl.DataFrame, units: Units, layers: Sequence[Layer], aged: _Old, old: Floats
) -> dict[str, Observed]:
    counted = newest(layers, COMMUNE, [*SIZE, "persons_75_plus"])
    if counted is None:
        return {}
    everyone, children, oldest = units.of(counted, atoms, [*SIZE, "persons_75_plus"]).T
    persons = aged.at(counted.year) * (everyone - children)
    return {"75+": Observed(_share(oldest, persons), np.nan_to_num(persons), old)}


def _mature(
    atoms: pl.DataFrame,
    units: Units,
    layers: Sequence[Layer],
    aged: _Old,
    today: tuple[Floats, Floats],
) -> dict[str, Observed]:
    """Read 60-64 in the 15-64 and 45-59 in the 30-59, where the IRIS cover the commune."""
    bands = newest(layers, IRIS, BANDS)
    if bands is None:
        return {}
    values = np.nan_to_num(align(bands, atoms, BANDS))
    first, mature, middle, retired, oldest = (units.total(x) for x in values.T)
    adults = first + mature + middle + retired + oldest
    grown, work = today
    adults = np.where(adults >= MOSTLY * grown, adults, np.nan)
    over = aged.at(bands.year) * adults
    sixties = np.clip(retired + oldest - over, 0.0, None)
    both = np.where(np.isfinite(adults), mature + middle, np.nan)
    return {
        "60-64": Observed(_share(sixties, adults - over), np.nan_to_num(adults - over), work),
        "45-59": Observed(_share(middle, both), np.nan_to_num(both), work),
    }


def _share(part: Floats, whole: Floats) -> Floats:
    shares = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
    return np.where((shares > 0) & (shares < 1), shares, np.nan)


def _move(ages: Floats, share: Floats, inside: Floats, whole: Floats) -> Floats:
    """Make ``inside`` the asked share of ``whole``, keeping the proportions of each part."""
    within, around = ages @ inside, ages @ whole
    up = share * around / within
    down = (1.0 - share) * around / (around - within)
    factors = np.outer(up, inside) + np.outer(down, whole - inside) + (1.0 - whole)
    moved: Floats = ages * factors
    return moved


def _tilt(ages: Floats, share: Floats) -> Floats:
    """Tilt the four cells of 65+ by exp(slope × age) until the 75+ are the asked share."""
    old = slice(len(AGES) - len(SCORES), None)
    cells = ages[:, old]
    score = (SCORES - 75.0) / 10.0
    target = np.clip(share, 0.02, 0.98)
    slope = np.zeros(len(ages))
    weights = cells
    for _ in range(40):
        weights = cells * np.exp(slope[:, None] * score)
        weights /= weights.sum(1, keepdims=True)
        above = weights[:, 2:].sum(1)
        gap = above - target
        if np.abs(gap).max() < 1e-10:
            break
        change = weights[:, 2:] @ score[2:] - above * (weights @ score)
        slope -= np.clip(gap / np.maximum(change, 1e-6), -2.0, 2.0)
    tilted = np.array(ages)
    tilted[:, old] = cells.sum(1, keepdims=True) * weights
    return tilted
