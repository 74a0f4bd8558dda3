"""What the loaded layers publish about diplomas, as targets to rake to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs.grid import diploma_cells
from portrea.needs.inputs import Layer, align

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DIPLOMA_BUNDLES: tuple[dict[str, str], ...] = (
    {
        "non_schooled_no_diploma": "no_diploma",
        "non_schooled_bepc": "bepc",
        "non_schooled_capbep": "capbep",
        "non_schooled_bac": "bac",
        "non_schooled_sup2": "sup2",
        "non_schooled_sup34": "sup34",
        "non_schooled_sup5": "sup5",
    },
    {
        "non_schooled_no_diploma": "no_diploma",
        "non_schooled_bepc": "bepc",
        "non_schooled_capbep": "capbep",
        "non_schooled_bac": "bac",
        "non_schooled_sup": "sup",
    },
    {
        "non_schooled_no_diploma_or_bepc": "no_diploma_or_bepc",
        "non_schooled_capbep": "capbep",
        "non_schooled_bac": "bac",
        "non_schooled_sup": "sup",
    },
    {"non_schooled_no_diploma": "no_diploma"},
)
"""Counts by diploma of one dataset; the last bundle is closed by ``non_schooled_15_plus``."""
FULL_BUNDLES = 2
LOW_DIPLOMA = "share_low_diploma_of_15_plus"
DIPLOMA_VARIABLES = tuple(
    dict.fromkeys(
        ["non_schooled_15_plus", LOW_DIPLOMA, *(name for b in DIPLOMA_BUNDLES for name in b)]
    )
)


@dataclass(frozen=True, eq=False)
class DiplomaStep:
    """Targets by group of diplomas, as shares of the 15+ (NaN rows: not published)."""

    level: int
    year: int
    label: str
    groups: Floats
    shares: Floats
    schooled: Floats
    full: bool


def diploma_steps(layers: Sequence[Layer], atoms: pl.DataFrame) -> list[DiplomaStep]:
    """Return the published diploma targets, one step per layer that has some, in their order."""
    steps = []
    for layer in layers:
        bundle = next((b for b in DIPLOMA_BUNDLES if layer.has(_needed(b))), None)
        if bundle is not None:
            steps.append(_count_step(layer, bundle, atoms))
        elif layer.has([LOW_DIPLOMA]):
            steps.append(_rate_step(layer, atoms))
    return steps


def _needed(bundle: dict[str, str]) -> list[str]:
    return [*bundle, *(["non_schooled_15_plus"] if len(bundle) == 1 else [])]


def _count_step(layer: Layer, bundle: dict[str, str], atoms: pl.DataFrame) -> DiplomaStep:
    values = align(layer, atoms, _needed(bundle))
    groups = np.array([diploma_cells()[code] for code in bundle.values()])
    if len(bundle) == 1:
        values[:, 1] = np.maximum(values[:, 1] - values[:, 0], 0.0)
        groups = np.vstack([groups, 1.0 - groups.sum(0) - diploma_cells()["schooled"]])
    groups, values = _merge(groups, values)
    total = values.sum(1)
    total = np.where(total > 0, total, np.nan)
    full = bundle in DIPLOMA_BUNDLES[:FULL_BUNDLES]
    schooled = _schooled(layer, atoms, total)
    return DiplomaStep(
        layer.level, layer.year, layer.label, groups, values / total[:, None], schooled, full
    )


def _merge(groups: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Add the published classes that cover the same cells (bac + 3 and bac + 5)."""
    kept, owner = np.unique(groups, axis=0, return_inverse=True)
    merged = np.zeros((len(values), len(kept)))
    for column, target in enumerate(owner):
        merged[:, target] += values[:, column]
    return kept, merged


def _schooled(layer: Layer, atoms: pl.DataFrame, non_schooled: Floats) -> Floats:
    """Share in education among the 15+ of the same dataset, NaN when it is not published."""
    if layer.has(["schooled_15_plus"]):
        schooled = align(layer, atoms, ["schooled_15_plus"])[:, 0]
        share: Floats = schooled / (schooled + non_schooled)
        return share
    if layer.has(["persons_15_plus"]):
        adults = align(layer, atoms, ["persons_15_plus"])[:, 0]
        return np.clip(1.0 - non_schooled / np.where(adults > 0, adults, np.nan), 0.0, 1.0)
    return np.full(atoms.height, np.nan)


def _rate_step(layer: Layer, atoms: pl.DataFrame) -> DiplomaStep:
    low = np.clip(align(layer, atoms, [LOW_DIPLOMA]), 0.0, 1.0)
    cells = diploma_cells()
    group = cells["no_diploma_or_bepc"] + cells["capbep"]
    groups = np.array([group, 1.0 - group])
    never = np.full(atoms.height, -1.0)
    return DiplomaStep(
        layer.level, layer.year, layer.label, groups, np.hstack([low, 1 - low]), never, False
    )
