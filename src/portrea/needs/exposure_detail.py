"""What CAF files tell of axis B beyond counts: RSA with prime d’activité, and those under 30."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from portrea.needs.inputs import align, align_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.needs.inputs import Layer
    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

INSERTION = "households_insertion"
"""Households with RSA or prime d’activité (or RSO): their published union."""
PAIR = ("households_rsa", "households_ppa", INSERTION)
YOUNG: dict[str, tuple[tuple[str, str], ...]] = {
    "rsa": (("households_rsa_under30", "households_rsa"), (f"{INSERTION}_under30", INSERTION)),
    "ppa": (("households_ppa_under30", "households_ppa"), (f"{INSERTION}_under30", INSERTION)),
    "aah": (("households_aah_under30", "households_aah"),),
    "jobseekers": (
        ("jobseekers_under30", "jobseekers_abcde"),
        ("jobseekers_under30", "jobseekers"),
        ("jobseekers_under30", "jobseekers_abc"),
    ),
}
"""Figures under 30 and in all, by group, best first."""


@dataclass(frozen=True, eq=False)
class LocalOverlap:
    """Share of the prime d’activité households that have the RSA, and how local it is (0 to 1)."""

    share: Floats
    weight: Floats


def read_overlap(
    atoms: pl.DataFrame, layers: Sequence[Layer], parameters: Parameters
) -> LocalOverlap | None:
    """Read the overlap of RSA and prime d’activité where their union is published too.

    The France figure of the same file takes the place of the older national one; each commune (else
    EPCI) is drawn towards it as much as rounding blurs its own. ``None``: the union is not loaded.
    """
    usable = [x for x in layers if x.level in {1, 2} and x.has(PAIR)]
    if not usable:
        return None
    spread = parameters.number("exposure", "overlap_sd_commune")
    error = parameters.number("exposure", "rounding_half_width")
    prior = _pooled(usable)
    share, weight = np.full(atoms.height, prior), np.zeros(atoms.height)
    for layer in sorted(usable, key=lambda x: (-x.level, x.year)):
        figures = [align_figure(layer, atoms, v) for v in PAIR]
        rsa, ppa, union = (values for values, _, _ in figures)
        known = np.isfinite(rsa + ppa + union) & (ppa > 0)
        blurred = np.where(figures[1][2], error, 0.0)
        found = shrink(rsa[known], ppa[known], union[known], blurred[known], (prior, spread))
        share[known], weight[known] = found
    return LocalOverlap(share, weight)


def _pooled(usable: Sequence[Layer]) -> float:
    """Overlap of all the areas of the newest file, the widest and finest of its year."""
    totals = [(x.year, *_totals(x), -x.level) for x in usable]
    _, ppa, rsa, union, _ = max(totals)
    return max(rsa + ppa - union, 0.0) / ppa if ppa else 0.0


def _totals(layer: Layer) -> tuple[float, float, float]:
    """Prime d’activité, RSA and their union, over the areas where the three are published."""
    known = layer.frame.select(pl.col(v).cast(pl.Float64) for v in PAIR).drop_nulls().sum()
    rsa, ppa, union = known.row(0)
    return ppa, rsa, union


def shrink(
    rsa: Floats, ppa: Floats, union: Floats, error: Floats, prior: tuple[float, float]
) -> tuple[Floats, Floats]:
    """Return overlap and weight of the local figure, given the mean and sd between communes.

    ``both = rsa + ppa − union``, three figures rounded to ± ``error``: sd ``√3 · error / √3``. The
    local share weighs ``s² / (s² + (error / ppa)²)``.
    """
    mean, sd = prior
    both = np.clip(rsa + ppa - union, 0.0, np.minimum(rsa, ppa))
    weight = sd**2 / (sd**2 + (error / ppa) ** 2)
    return weight * both / ppa + (1 - weight) * mean, weight


def read_young(atoms: pl.DataFrame, layers: Sequence[Layer]) -> dict[str, Floats]:
    """Return the share under 30 of each group that some file gives by age (NaN where it does not).

    Both figures must be of the same year and level.
    """
    found = {}
    for name, pairs in YOUNG.items():
        share = np.full(atoms.height, np.nan)
        for under, every in reversed(pairs):
            for level in (2, 1, 0):
                here = _ratio(atoms, [x for x in layers if x.level == level], (under, every))
                share = np.where(np.isfinite(here), here, share)
        if np.isfinite(share).any():
            found[name] = share
    return found


def _ratio(atoms: pl.DataFrame, layers: Sequence[Layer], pair: tuple[str, str]) -> Floats:
    share = np.full(atoms.height, np.nan)
    wholes = [x for x in layers if x.has([pair[1]])]
    for part in sorted((x for x in layers if x.has([pair[0]])), key=lambda x: x.year):
        young = align(part, atoms, [pair[0]])[:, 0]
        for whole in (x for x in wholes if x.year == part.year):
            every = align(whole, atoms, [pair[1]])[:, 0]
            known = np.isfinite(young + every) & (every > 0)
            share[known] = np.minimum(young[known] / every[known], 1.0)
    return share
