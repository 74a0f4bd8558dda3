"""Axis A: digital incapacity (A1) and the PorTReA rule (A2), with their errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from portrea.needs.grid import ADULT_AGES, DIPLOMAS, NONE, SCHOOLED, WORKING, age_span
from portrea.needs.inputs import UNKNOWN
from portrea.needs.reference import ATTRACTION
from portrea.needs.structure import cell_persons
from portrea.stats.threads import in_threads, slices_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from portrea.needs.reference import Reference
    from portrea.needs.structure import Structure

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TINY = 1e-9
FEW = 40
"""Up to this many different shifts, the rates are moved once for each; above, atom by atom."""
CHUNK = 1024
HALVES = slice(0, WORKING), slice(WORKING, len(ADULT_AGES))
"""Ages under 65, then from 65."""


@dataclass(frozen=True, eq=False)
class Part:
    """A share of a population, atom by atom, and how errors move it.

    ``persons``: universe; ``share``: central share; ``slopes``: change of the share's logit per
    unit of each of the K errors of the national rates, ``Σ N θ (1 − θ) · loadings / (N p (1 −
    p))``; ``spread``: variance of the rate between persons (what a sample makes uncertain).
    """

    persons: Floats
    share: Floats
    slopes: Floats
    spread: Floats

    @property
    def count(self) -> Floats:
        """Persons concerned, central."""
        return self.persons * self.share


def a1_parts(
    structure: Structure,
    reference: Reference,
    shift: Floats | None = None,
    wobble: Floats | None = None,
) -> tuple[Part, Part]:
    """Return A1 under 65 and from 65, over all persons of 15 or more.

    ``Â_i = Σ_{a,d,h} N[i,a,d,h] · θ[a,d,h]``; where no diploma is known, the national diplomas of
    each age. ``shift``: logit shift λ of each atom, ``θ → logit⁻¹(logit θ + λ)`` in every cell;
    ``wobble``: sd of its national error, added to the loading named :data:`ATTRACTION`.
    """
    parts = _parts(structure, reference, Rates(reference.theta, reference.loadings), shift)
    if wobble is None or ATTRACTION not in reference.sources:
        return parts
    column = reference.sources.index(ATTRACTION)
    for part in parts:
        part.slopes[:, column] += wobble * _turn(part)
    return parts


def _turn(part: Part) -> Floats:
    """``Σ N θ (1 − θ) / (N p (1 − p))``: how a shift of the rates moves the logit of the share."""
    steep = part.share * (1 - part.share)
    return np.divide(steep - part.spread, steep, out=np.zeros_like(steep), where=steep > TINY)


def a3_parts(
    structure: Structure, reference: Reference, shift: Floats | None = None
) -> tuple[Part, Part]:
    """Return A3 (wide) under 65 and from 65, over all persons of 15 or more."""
    return _parts(structure, reference, Rates(reference.wide, reference.wide_loadings), shift)


@dataclass(frozen=True, eq=False)
class Rates:
    """Rates by adult age × diploma × household, and their errors (last axis K, logit)."""

    theta: Floats
    loadings: Floats

    def columns(self) -> Floats:
        """Ages × diplomas × households × (2 + K): rate, its square, ``θ (1 − θ)`` × loadings."""
        theta = self.theta[..., None]
        table: Floats = np.concatenate(
            [theta, theta**2, theta * (1 - theta) * self.loadings], axis=-1
        )
        return table

    def shifted(self, shift: float) -> Rates:
        """Return the rates moved by one logit shift."""
        return Rates(expit(logit(self.theta) + shift), self.loadings)


def _parts(
    structure: Structure, reference: Reference, rates: Rates, shift: Floats | None
) -> tuple[Part, Part]:
    persons = cell_persons(structure, reference)
    values = [] if shift is None else np.unique(shift[shift != 0.0]).tolist()
    if shift is not None and len(values) > FEW:
        sums = _shifted_sums(persons, structure.alone, rates, shift)
    else:
        sums = _sums(persons, structure.alone, rates)
        for value in values:
            here = shift == value
            moved = _sums(persons[here], structure.alone[here], rates.shifted(value))
            for part, new in zip(sums, moved, strict=True):
                part[here] = new
    adults = structure.adults
    return _part(adults[:, :WORKING].sum(1), sums[0]), _part(adults[:, WORKING:].sum(1), sums[1])


def _sums(persons: Floats, alone: Floats, rates: Rates) -> tuple[Floats, Floats]:
    """Sum the columns of the rates over the cells under 65, then from 65: atoms × (2 + K)."""
    table = rates.columns()
    width = table.shape[-1]
    halves = tuple(np.empty((len(persons), width)) for _ in range(2))

    def work(rows: slice) -> None:
        for half, ages in zip(halves, HALVES, strict=True):
            cells = persons[rows, ages].reshape(len(half[rows]), -1)
            singles = cells * alone[rows, ages].reshape(cells.shape)
            other, single = (table[ages, :, h].reshape(-1, width) for h in (0, 1))
            half[rows] = cells @ other + singles @ (single - other)

    in_threads(work, slices_of(len(persons), CHUNK))
    return halves[0], halves[1]


def _shifted_sums(
    persons: Floats, alone: Floats, rates: Rates, shift: Floats
) -> tuple[Floats, Floats]:
    """Sum as :func:`_sums` with one shift by atom, chunk by chunk."""
    halves = tuple(np.zeros((len(persons), 2 + rates.loadings.shape[-1])) for _ in range(2))
    against = np.exp(-logit(rates.theta))

    def work(rows: slice) -> None:
        moved = np.exp(-shift[rows, None])
        for half, ages in zip(halves, HALVES, strict=True):
            cells = persons[rows, ages].reshape(len(moved), -1)
            singles = cells * alone[rows, ages].reshape(len(moved), -1)
            for which, counts in enumerate((cells - singles, singles)):
                loadings = rates.loadings[ages, :, which].reshape(counts.shape[1], -1)
                _add_shifted(half[rows], counts, moved * against[ages, :, which].ravel(), loadings)

    in_threads(work, slices_of(len(persons), CHUNK))
    return halves[0], halves[1]


def _add_shifted(sums: Floats, counts: Floats, against: Floats, loadings: Floats) -> None:
    """Add the columns of rates ``1 / (1 + against)``, one by atom and cell (spoilt)."""
    against += 1.0
    theta = np.reciprocal(against, out=against)
    counts = counts * theta
    sums[:, 0] += counts.sum(1)
    theta *= counts
    sums[:, 1] += theta.sum(1)
    counts -= theta
    sums[:, 2:] += counts @ loadings


def _part(persons: Floats, sums: Floats) -> Part:
    safe = np.where(persons > 0, persons, 1.0)
    share = np.where(persons > 0, sums[:, 0] / safe, 0.0)
    scale = np.maximum(share * (1 - share), TINY) * safe
    spread = np.maximum(sums[:, 1] / safe - share**2, 0.0)
    return Part(persons, share, sums[:, 2:] / scale[:, None], spread)


@dataclass(frozen=True, eq=False)
class Rule:
    """A2: those above an age (certain) and the part of the younger without diploma.

    ``known`` is false where no diploma figure exists: then only bounds hold, from ``older`` to
    ``older`` + all the younger of the universe.
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


def a2_rule(structure: Structure, reference: Reference, older_from: int = 65) -> Rule:
    """Return A2 = Σ_d N[65+, d] + Σ_{a<65} N[a, none], over the non-schooled of 15 or more.

    ``older_from``: age from which everybody counts, 65 (rule of PorTReA) or 75 (its variant).
    """
    young = sum(age_span(band)[0] < older_from for band in ADULT_AGES)
    persons = structure.adults
    known = structure.some_rank < UNKNOWN
    total = np.where(known, persons.sum(1), np.nan)[:, None]
    counted = np.einsum("nad->na", structure.joint[:, :, :SCHOOLED]) * total
    expected = persons * (1 - reference.schooled)
    non_schooled = np.where(known[:, None], counted, expected)
    nobody = np.where(known[:, None], structure.joint[:, :, NONE] * total, 0.0)
    younger = non_schooled[:, :young].sum(1)
    share = nobody[:, :young].sum(1) / np.where(younger > 0, younger, 1.0)
    part = Part(younger, share, np.zeros((len(share), 1)), share * (1 - share))
    return Rule(non_schooled[:, young:].sum(1), part, known)


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


def merged(first: Part, second: Part) -> Part:
    """Return two parts of a population as one, their errors averaged on the logit scale."""
    persons = first.persons + second.persons
    safe = np.where(persons > 0, persons, 1.0)
    share = (first.count + second.count) / safe
    steep = [p.persons * p.share * (1 - p.share) for p in (first, second)]
    slopes = steep[0][:, None] * first.slopes + steep[1][:, None] * second.slopes
    scale = np.maximum(share * (1 - share), TINY) * safe
    inside = [p.persons * (p.spread + (p.share - share) ** 2) for p in (first, second)]
    return Part(persons, share, slopes / scale[:, None], (inside[0] + inside[1]) / safe)


def halves(first: Part, second: Part) -> Floats:
    """Return by how much an error of a whole must grow to move two parts of it as much.

    Both parts move together by ``Σ N_k p_k (1 − p_k)``, less than the ``N p (1 − p)`` of the whole.
    """
    whole = merged(first, second)
    steep = whole.persons * whole.share * (1 - whole.share)
    moved = sum(p.persons * p.share * (1 - p.share) for p in (first, second))
    return np.divide(steep, moved, out=np.ones_like(steep), where=moved > 0)


__all__ = [
    "DIPLOMAS",
    "Part",
    "Rates",
    "Rule",
    "a1_parts",
    "a2_rule",
    "a3_parts",
    "grades",
    "halves",
    "merged",
]
