"""Axis A: digital incapacity (A1) and the PorTReA rule (A2), with their errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from portrea.needs.grid import ADULT_AGES, DIPLOMAS, NONE, SCHOOLED, WORKING
from portrea.needs.inputs import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.reference import Reference
    from portrea.needs.structure import Structure

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]
    Flags = NDArray[np.bool_]

TINY = 1e-9


@dataclass(frozen=True, eq=False)
class Part:
    """A share of a population, atom by atom, and how errors move it.

    ``persons``: universe; ``share``: central share; ``slopes``: change of the share's logit per
    unit of logit of each published class; ``spread``: variance of the rate between persons (what a
    sample of persons makes uncertain).
    """

    persons: Floats
    share: Floats
    slopes: Floats
    spread: Floats

    @property
    def count(self) -> Floats:
        """Persons concerned, central."""
        return self.persons * self.share

    def draw(
        self, errors: Draws, common: Draws | None = None, *, variance: Floats | float = 0.0
    ) -> Draws:
        """Return persons concerned, atoms × draws, from logit errors (already scaled).

        ``variance`` of the errors takes out the bias of the curve, ``½ σ² (1 − 2p)`` to the second
        order: otherwise the sum of many areas would drift above its central value.
        """
        moved = errors if common is None else errors + self.slopes.astype(np.float32) @ common
        curve = 0.5 * variance * (1 - 2 * self.share)
        centre = (logit(np.clip(self.share, TINY, 1 - TINY)) - curve).astype(np.float32)
        drawn = expit(moved + centre[:, None])
        drawn *= (self.persons * ((self.share > 0) & (self.share < 1)))[:, None]
        drawn += (self.persons * (self.share >= 1))[:, None]
        counts: Draws = drawn.astype(np.float32, copy=False)
        return counts

    def take(self, rows: slice) -> Part:
        """Return the same for some atoms."""
        return Part(self.persons[rows], self.share[rows], self.slopes[rows], self.spread[rows])


def a1_parts(structure: Structure, reference: Reference) -> tuple[Part, Part]:
    """Return A1 under 65 and from 65, over all persons of 15 or more.

    ``Â_i = Σ_{a,d} N[i,a,d] · θ[a,d]`` where diplomas are known, ``Σ_a N[i,a] · r_a`` elsewhere.
    """
    cells = _cell_sums(structure, reference)
    return _part(cells, reference, slice(0, WORKING)), _part(
        cells, reference, slice(WORKING, len(ADULT_AGES))
    )


def _cell_sums(structure: Structure, reference: Reference) -> tuple[Floats, Floats, Floats]:
    """Persons, persons × θ and persons × θ² by adult age cell."""
    persons = structure.adults
    counts = persons * reference.by_age
    squares = persons * reference.by_age**2
    known = structure.some_rank < UNKNOWN
    if known.any():
        joint = structure.joint[known] * persons[known].sum(1)[:, None, None]
        counts[known] = (joint * reference.theta).sum(2)
        squares[known] = (joint * reference.theta**2).sum(2)
    return persons, counts, squares


def _part(cells: tuple[Floats, Floats, Floats], reference: Reference, ages: slice) -> Part:
    persons, counts, squares = (table[:, ages] for table in cells)
    total = persons.sum(1)
    safe = np.where(total > 0, total, 1.0)
    share = np.where(total > 0, counts.sum(1) / safe, 0.0)
    classes = np.eye(len(reference.rate_sd))[reference.groups[ages]]
    slope = (counts - squares) @ classes / safe[:, None]
    scale = np.maximum(share * (1 - share), TINY)
    spread = np.maximum(squares.sum(1) / safe - share**2, 0.0)
    return Part(total, share, slope / scale[:, None], spread)


@dataclass(frozen=True, eq=False)
class Rule:
    """A2: those of 65 or more (certain) and the part of the under-65 without diploma.

    ``known`` is false where no diploma figure exists: then only bounds hold, from ``older`` to
    ``older`` + all the under-65 of the universe.
    """

    older: Floats
    younger: Part
    known: Flags

    @property
    def population(self) -> Floats:
        """Non-schooled persons of 15 or more."""
        return self.older + self.younger.persons

    @property
    def count(self) -> Floats:
        """Persons concerned, central (meaningless where not ``known``)."""
        return self.older + self.younger.count


def a2_rule(structure: Structure, reference: Reference) -> Rule:
    """Return A2 = Σ_d N[65+, d] + Σ_{a<65} N[a, none], over the non-schooled of 15 or more."""
    persons = structure.adults
    non_schooled = persons * (1 - reference.schooled)
    nobody = np.zeros_like(non_schooled)
    known = structure.some_rank < UNKNOWN
    if known.any():
        joint = structure.joint[known] * persons[known].sum(1)[:, None, None]
        non_schooled[known] = joint[:, :, :SCHOOLED].sum(2)
        nobody[known] = joint[:, :, NONE]
    younger = non_schooled[:, :WORKING].sum(1)
    share = nobody[:, :WORKING].sum(1) / np.where(younger > 0, younger, 1.0)
    part = Part(younger, share, np.zeros((len(share), 1)), share * (1 - share))
    return Rule(non_schooled[:, WORKING:].sum(1), part, known)


def grades(
    structure: Structure, joint_rank: NDArray[np.intp], measure: str, row_level: int
) -> NDArray[np.intp]:
    """Return the quality of each atom for a row of a given level: 0 (A) to 3 (D), 4 (N).

    A figure known only above the row's level is borrowed, hence at best C.
    """
    ages = np.where(structure.five_rank <= row_level, 1, 2)
    ages = np.where((structure.five_rank >= UNKNOWN) & (structure.band_rank >= UNKNOWN), 3, ages)
    diplomas = np.where(structure.full_rank <= row_level, 1, 2)
    diplomas = np.where(structure.some_rank >= UNKNOWN, 3, diplomas)
    grade = np.maximum(ages, diplomas)
    if measure == "a2":
        grade = np.where(joint_rank <= row_level, 0, grade)
    nobody = ~(structure.ages.sum(1) >= 0)
    return np.where(nobody, 4, grade).astype(np.intp)


__all__ = [
    "DIPLOMAS",
    "Part",
    "Rule",
    "a1_parts",
    "a2_rule",
    "grades",
]
