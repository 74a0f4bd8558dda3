"""Age and diploma structure of each atom, from whatever is published about it and its parents.

Figures are applied from the coarsest to the finest level and from the oldest to the newest: each
one reshapes what the former ones left, so the finest and newest holds exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.diplomas import DIPLOMA_VARIABLES, DiplomaStep, diploma_steps
from portrea.needs.grid import (
    ADULT_AGES,
    AGES,
    DIPLOMAS,
    SCHOOLED,
    cells_of,
    diploma_cells,
)
from portrea.needs.households import VARIABLES as HOUSEHOLD_VARIABLES
from portrea.needs.households import living_alone
from portrea.needs.inputs import LEVELS, UNKNOWN, Labels, Layer, align
from portrea.needs.seeds import opened, reshaped, starting
from portrea.needs.surroundings import VARIABLES as SURROUNDING_VARIABLES
from portrea.stats.calibration import rake_two_ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.reference import Reference
    from portrea.needs.synthesis import Synthetic

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.intp]

FIVE = ("0-14", "15-29", "30-44", "45-59", "60-74", "75+")
AGE_BUNDLES: tuple[tuple[dict[str, str], str | None], ...] = (
    (
        {
            "persons_0_14": "0-14",
            "persons_15_29": "15-29",
            "persons_30_44": "30-44",
            "persons_45_59": "45-59",
            "persons_60_74": "60-74",
            "persons_75_plus": "75+",
        },
        None,
    ),
    ({"persons_0_19": "0-19", "persons_20_64": "20-64", "persons_65_plus": "65+"}, None),
    (
        {"persons_0_14": "0-14", "persons_15_29": "15-29", "persons_75_plus": "75+"},
        "30-74",
    ),
    ({"persons_65_plus": "65+"}, "0-64"),
    ({"persons_75_plus": "75+"}, "0-74"),
    ({}, "0-200"),
)
"""Published age bands of one dataset, and the band that ``persons`` closes (``None``: none)."""
VARIABLES = tuple(
    dict.fromkeys(
        ["persons", "persons_15_plus", "schooled_15_plus"]
        + [v for bundle, _ in AGE_BUNDLES for v in bundle]
        + list(DIPLOMA_VARIABLES)
        + list(HOUSEHOLD_VARIABLES)
        + list(SURROUNDING_VARIABLES)
    )
)


@dataclass(frozen=True, eq=False)
class Joint:
    """Published cross tables of one dataset at one level.

    ``index``: table of each atom (−1: none); ``tables``: areas × bands × non-schooled diploma
    cells; ``groups``: bands × adult cells; ``exact``: a published table, whose sums must be met
    (otherwise a seed: only its odds ratios, and its diplomas where nothing finer is known).
    """

    level: int
    year: int
    label: str
    codes: list[str]
    index: Ranks
    tables: Floats
    groups: Floats
    exact: bool = True


@dataclass(eq=False)
class Structure:
    """Persons by cell and how well they are known.

    ``ages``: persons by age cell; ``joint``: shares of the 15+ by adult age × diploma (NaN rows
    where nothing is known of diplomas); ``alone``: share living alone in each cell;
    ``residuals``: largest persons by which an atom misses a margin after raking. Ranks are the
    finest level at which the five bands, some bands, all diplomas, some diploma figure are known
    (``UNKNOWN`` = nowhere). ``mask``: sources.
    """

    ages: Floats
    joint: Floats
    alone: Floats
    residuals: Floats
    five_rank: Ranks
    band_rank: Ranks
    full_rank: Ranks
    some_rank: Ranks
    age_mask: NDArray[np.int64]
    diploma_mask: NDArray[np.int64]
    overwritten: dict[tuple[int, int], np.int64] = field(default_factory=dict)
    cells: Floats | None = field(default=None, init=False)
    """Persons by cell once they are final (:func:`cell_persons`): computed once."""

    @property
    def adults(self) -> Floats:
        """Persons of 15 or more by adult age cell."""
        return self.ages[:, 1:]


def build_structure(
    atoms: pl.DataFrame,
    layers: Sequence[Layer],
    reference: Reference,
    labels: Labels,
    *,
    stale_after: float,
    joints: Sequence[Joint] = (),
    synthetic: Synthetic | None = None,
) -> Structure:
    """Estimate the persons of each atom by age × diploma, and who of them lives alone.

    See :func:`count_cells` and :func:`add_households`.
    """
    state = count_cells(
        atoms, layers, reference, labels,
        stale_after=stale_after, joints=joints, synthetic=synthetic,
    )  # fmt: skip
    add_households(state, layers, atoms, reference)
    return state


def add_households(
    state: Structure, layers: Sequence[Layer], atoms: pl.DataFrame, reference: Reference
) -> None:
    """Tell who lives alone in each cell, and what the cells could not give of a figure of it."""
    state.alone, missed = living_alone(cell_persons(state, reference), layers, atoms, reference)
    state.residuals = np.maximum(state.residuals, missed)


def count_cells(
    atoms: pl.DataFrame,
    layers: Sequence[Layer],
    reference: Reference,
    labels: Labels,
    *,
    stale_after: float,
    joints: Sequence[Joint] = (),
    synthetic: Synthetic | None = None,
) -> Structure:
    """Estimate the persons of each atom by age, and their shares by age × diploma.

    ``joints`` are published cross tables, coarsest first: they give their odds ratios, and persons
    to atoms that nothing else counts. ``synthetic``: what is expected of each commune, the start of
    the ages (the national ones otherwise) and of the diplomas.
    """
    size = atoms.height
    blank = np.full(size, UNKNOWN, dtype=np.intp)
    state = Structure(
        ages=_starting_ages(atoms, reference, synthetic),
        joint=np.full((size, len(ADULT_AGES), len(DIPLOMAS)), np.nan),
        alone=np.zeros((size, len(ADULT_AGES), len(DIPLOMAS))),
        residuals=np.zeros(size),
        five_rank=blank.copy(),
        band_rank=blank.copy(),
        full_rank=blank.copy(),
        some_rank=blank.copy(),
        age_mask=np.zeros(size, dtype=np.int64),
        diploma_mask=np.zeros(size, dtype=np.int64),
    )
    totals = np.full(size, np.nan)
    counting = [layer for layer in layers if layer.has(["persons"])]
    newest = max((layer.year for layer in counting), default=0)
    for layer in layers:
        fresh = newest - layer.year <= stale_after
        _apply_ages(state, totals, layer, atoms, labels=labels, fresh=fresh)
    state.ages *= totals[:, None]
    figures: list[Joint | DiplomaStep] = [*joints, *diploma_steps(layers, atoms)]
    figures += [] if synthetic is None else [synthetic.step(atoms)]
    figures.sort(key=lambda x: (-x.level, x.year))
    for rank, figure in enumerate(figures):
        if isinstance(figure, Joint):
            _apply_joint(state, figure, reference, labels)
        else:
            fresh = newest - figure.year <= stale_after
            useful = ~_replaced(figures[rank + 1 :], size)
            _apply_diplomas(state, figure, reference, labels, fresh=fresh, useful=useful)
    return state


def _starting_ages(
    atoms: pl.DataFrame, reference: Reference, synthetic: Synthetic | None
) -> Floats:
    national: Floats = np.tile(reference.ages / reference.ages.sum(), (atoms.height, 1))
    if synthetic is not None:
        rows = synthetic.rows(atoms)
        national[rows >= 0] = synthetic.ages[rows[rows >= 0]]
    return national


def cell_persons(structure: Structure, reference: Reference) -> Floats:
    """Persons by atom, adult age and diploma; the national diplomas of an age where unknown."""
    if structure.cells is not None:
        return structure.cells
    adults = np.nan_to_num(structure.adults)
    persons: Floats = structure.joint * adults.sum(1)[:, None, None]
    unknown = structure.some_rank >= UNKNOWN
    if unknown.any():
        diplomas = reference.joint / reference.joint.sum(1, keepdims=True)
        persons[unknown] = adults[unknown][:, :, None] * diplomas
    persons.setflags(write=False)
    structure.cells = persons
    return persons


def _apply_ages(
    state: Structure,
    totals: Floats,
    layer: Layer,
    atoms: pl.DataFrame,
    *,
    labels: Labels,
    fresh: bool,
) -> None:
    chosen = next((b for b in AGE_BUNDLES if layer.has([*b[0], *_closing(b[1])])), None)
    if chosen is None:
        return
    own = (atoms["level"] == LEVELS[layer.level]).to_numpy()
    if not (chosen[0] or own.any()):
        return
    bundle, rest = chosen
    values = align(layer, atoms, [*bundle, *_closing(rest)])
    bands = [*bundle.values()]
    if rest is not None:
        known = values[:, :-1].sum(1)
        values[:, -1] = np.maximum(values[:, -1] - known, 0.0) if bundle else values[:, -1]
        bands.append(rest)
    sums = values.sum(1)
    here = np.isfinite(sums) & (sums > 0)
    empty = np.isfinite(sums) & (sums == 0)
    _reshape(state, here, values, bands)
    totals[(here | empty) & own] = sums[(here | empty) & own]
    useful = here & (bool(bundle) | own)
    same = (layer.level, len(bundle))
    state.age_mask[here] &= ~state.overwritten.get(same, np.int64(0))
    state.age_mask[useful] |= labels.bit(layer.label)
    state.overwritten[same] = state.overwritten.get(same, np.int64(0)) | labels.bit(layer.label)
    if bundle:
        state.band_rank[here] = np.minimum(state.band_rank[here], layer.level)
    if len(bundle) == len(FIVE) and fresh:
        state.five_rank[here] = np.minimum(state.five_rank[here], layer.level)


def _closing(rest: str | None) -> list[str]:
    return [] if rest is None else ["persons"]


def _reshape(
    state: Structure, here: NDArray[np.bool_], values: Floats, bands: Sequence[str]
) -> None:
    groups = np.array([_any_cells(band) for band in bands])
    shape = np.maximum(state.ages[here], 1e-12)
    current = shape @ groups.T
    factors = (values[here] / values[here].sum(1, keepdims=True)) / current
    state.ages[here] = shape * (factors @ groups)


def _any_cells(band: str) -> Floats:
    return np.ones(len(AGES)) if band == "0-200" else cells_of(band)


def _replaced(following: Sequence[Joint | DiplomaStep], size: int) -> NDArray[np.bool_]:
    """Atoms that a later step gives every diploma class: raking them before would change nothing.

    Raking keeps the odds ratios, and a step that fixes all the classes forgets the former ones.
    """
    replaced = np.zeros(size, dtype=bool)
    for step in following:
        if isinstance(step, Joint):
            break
        if (step.groups.sum(1) == 1).all() and len(step.groups) >= SCHOOLED:
            replaced |= np.isfinite(step.shares).all(1)
    return replaced


def _apply_diplomas(
    state: Structure,
    step: DiplomaStep,
    reference: Reference,
    labels: Labels,
    *,
    fresh: bool,
    useful: NDArray[np.bool_],
) -> None:
    total = state.adults.sum(1)
    here = np.isfinite(step.shares).all(1) & (total > 0)
    if not here.any():
        return
    _rake_diplomas(state, step, reference, here & useful)
    state.some_rank[here] = np.minimum(state.some_rank[here], step.level)
    former = np.int64(0) if step.full else state.diploma_mask[here]
    state.diploma_mask[here] = former | labels.bit(step.label)
    if step.full and fresh:
        state.full_rank[here] = np.minimum(state.full_rank[here], step.level)


def _rake_diplomas(
    state: Structure, step: DiplomaStep, reference: Reference, here: NDArray[np.bool_]
) -> None:
    if not here.any():
        return
    adults = state.adults
    total = adults.sum(1)
    national = reference.joint / reference.joint.sum()
    by_age = adults[here] / total[here, None]
    groups, targets = _targets(step, here, by_age, reference)
    seeds = opened(starting(state.joint[here], national), national, by_age, targets, groups)
    raked = rake_two_ways(seeds, by_age, targets, groups, tolerance=1e-7)
    state.joint[here] = raked.tables
    state.residuals[here] = raked.residuals * total[here]


def _targets(
    step: DiplomaStep, here: NDArray[np.bool_], by_age: Floats, reference: Reference
) -> tuple[Floats, Floats]:
    if (step.schooled == -1).all():
        return step.groups, step.shares[here]
    schooled = step.schooled[here]
    schooled = np.where(np.isfinite(schooled), schooled, by_age @ reference.schooled)
    groups = np.vstack([step.groups, diploma_cells()["schooled"]])
    return groups, np.column_stack([step.shares[here] * (1 - schooled)[:, None], schooled])


def _apply_joint(state: Structure, joint: Joint, reference: Reference, labels: Labels) -> None:
    here = joint.index >= 0
    _persons_from_joint(state, joint, reference)
    here &= state.adults.sum(1) > 0
    if not here.any():
        return
    _rake_joint(state, here, joint, reference)
    state.some_rank[here] = np.minimum(state.some_rank[here], joint.level)
    state.full_rank[here] = np.minimum(state.full_rank[here], joint.level)
    state.diploma_mask[here] = labels.bit(joint.label)


def _persons_from_joint(state: Structure, joint: Joint, reference: Reference) -> None:
    """Share a table's persons equally among its atoms when none of them is counted elsewhere."""
    inside = joint.index >= 0
    counted = np.isfinite(state.ages.sum(1))
    size = len(joint.codes)
    having = np.bincount(joint.index[inside], counted[inside].astype(float), minlength=size)
    members = np.bincount(joint.index[inside], minlength=size)
    alone = inside & (having[np.maximum(joint.index, 0)] == 0)
    if not alone.any():
        return
    bands = joint.tables[joint.index[alone]].sum(2) / members[joint.index[alone], None]
    weights = joint.groups * reference.ages[1:] * (1 - reference.schooled)
    cells = bands @ (weights / weights.sum(1, keepdims=True)) / (1 - reference.schooled)
    ratio = reference.ages[0] / reference.ages[1:].sum()
    state.ages[alone] = np.column_stack([cells.sum(1) * ratio, cells])
    state.band_rank[alone] = np.minimum(state.band_rank[alone], joint.level)


def _rake_joint(
    state: Structure, here: NDArray[np.bool_], joint: Joint, reference: Reference
) -> None:
    """Give atoms the diplomas of their cross table, and how these go with age (odds ratios).

    What the table does not say (ages inside a band) is taken from the table already there, older or
    of a wider area, else from the nation.
    """
    national = reference.joint / reference.joint.sum()
    tables = joint.tables[joint.index[here]]
    former = state.joint[here]
    seeds, wanted = reshaped(former, tables, joint.groups, national, exact=joint.exact)
    adults = state.adults[here]
    by_age = adults / np.maximum(adults.sum(1, keepdims=True), 1e-12)
    schooled = by_age @ reference.schooled
    classes = np.eye(len(DIPLOMAS))
    targets = np.column_stack([wanted.sum(1) * (1 - schooled)[:, None], schooled])
    seeds = opened(seeds, national, by_age, targets, classes)
    raked = rake_two_ways(seeds, by_age, targets, classes, tolerance=1e-7)
    state.joint[here] = raked.tables
    state.residuals[here] = raked.residuals * adults.sum(1)
