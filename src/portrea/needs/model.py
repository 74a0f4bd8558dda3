"""Everything known of the atoms before any draw: counts, shares, errors, grades and sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from portrea.needs import exposure as axis_b
from portrea.needs import fragility as axis_a
from portrea.needs.crossing import joint_share
from portrea.needs.crosstabs import benchmark, read_joints, splits_at_65
from portrea.needs.inputs import UNKNOWN, Labels, find_atoms, own_rank, owner_index, read_layers
from portrea.needs.reference import Reference, build_reference
from portrea.needs.structure import VARIABLES as STRUCTURE_VARIABLES
from portrea.needs.structure import Joint, Structure, build_structure
from portrea.needs.structure_errors import sampling_sd, structure_sd
from portrea.needs.structure_errors import sampling_sd, structure_sd

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.intp]

PENDING = frozenset({"a2_75", "a3", "b_load", "c_a2"})
"""Measures declared and not computed yet: their rows have the quality N."""
VARIABLES = (*STRUCTURE_VARIABLES, *axis_b.VARIABLES)


@dataclass(eq=False)
class Model:
    """State of the estimation, atom by atom."""

    atoms: pl.DataFrame
    parameters: Parameters
    reference: Reference
    labels: Labels
    structure: Structure
    joints: list[Joint]
    working: axis_a.Part
    older: axis_a.Part
    rule: axis_a.Rule
    exposure: axis_b.Exposure | None
    sd_a1: dict[str, Floats]
    sd_a2: dict[str, Floats]
    own: Ranks
    joint_rank: Ranks

    def population(self, measure: str) -> Floats:
        """Universe of a measure by atom: 15+, non-schooled 15+, or 15-64."""
        if measure in {"a1", "a3"}:
            return self.working.persons + self.older.persons
        return self.rule.population if measure.startswith("a2") else self.working.persons

    def central(self, measure: str) -> Floats:
        """Return persons concerned by atom (0 where not known: see :meth:`known`)."""
        if measure == "a1":
            return self.working.count + self.older.count
        if measure == "a2":
            return np.where(self.rule.known, self.rule.count, 0.0)
        if self.exposure is None or measure in PENDING:
            return np.zeros(self.atoms.height)
        found = self.exposure.central()
        values = found[measure] if measure in found else self._crossed(found["b"])
        return np.where(self.exposure.known, values, 0.0)

    def _crossed(self, union: Floats) -> Floats:
        persons = self.working.persons
        part = np.divide(union, persons, out=np.zeros_like(union), where=persons > 0)
        delta = self.parameters.number("exposure", "delta", "central")
        crossed: Floats = persons * joint_share(self.working.share, part, delta)
        return crossed

    def known(self, measure: str) -> NDArray[np.bool_]:
        """Atoms for which a measure has a central value."""
        counted: NDArray[np.bool_] = self.structure.adults.sum(1) >= 0
        if measure in PENDING:
            return np.zeros(self.atoms.height, dtype=bool)
        if measure == "a1":
            return counted
        if measure == "a2":
            return counted & self.rule.known
        if self.exposure is None:
            return np.zeros(self.atoms.height, dtype=bool)
        return counted & self.exposure.known

    def grades(self, measure: str, row_level: int) -> Ranks:
        """Return the quality rank of each atom for rows of a level: 0 (A) to 4 (N)."""
        if measure in PENDING:
            found = np.full(self.atoms.height, 4, dtype=np.intp)
        elif measure in {"a1", "a2"}:
            found = axis_a.grades(self.structure, self.joint_rank, measure, row_level)
        elif self.exposure is None:
            found = np.full(self.atoms.height, 4, dtype=np.intp)
        else:
            found = axis_b.grades(self.exposure, row_level)
        if measure == "c":
            found = np.maximum(found, axis_a.grades(self.structure, self.own, "a1", row_level))
        return found

    def masks(self, measure: str) -> NDArray[np.int64]:
        """Return the sources used by each atom, as bits."""
        mask = self.structure.age_mask.copy()
        if measure not in {"b", "b_sum"}:
            mask |= self.structure.diploma_mask
        if measure == "a2":
            for joint in filter(splits_at_65, self.joints):
                mask[joint.index >= 0] |= self.labels.bit(joint.label)
        if measure in {"a1", "c"}:
            mask |= self.labels.bit(str(self.parameters.rates["label"]))
        if measure in {"b", "b_sum", "c"} and self.exposure is not None:
            for group in self.exposure.groups.values():
                mask |= group.mask
        return mask


def prepare(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    selection: Sequence[str] | None,
    parameters: Parameters,
    with_b: bool,
) -> Model:
    """Align the figures on the atoms and compute every central value."""
    atoms = find_atoms(territories, selection)
    reference = build_reference(parameters)
    labels = Labels()
    layers = read_layers(observations, STRUCTURE_VARIABLES)
    joints = read_joints(crosstab, atoms) if crosstab.height else []
    stale = parameters.number("uncertainty", "quality", "stale_after_years")
    structure = build_structure(atoms, layers, reference, labels, stale_after=stale, joints=joints)
    uncounted = np.isnan(structure.ages).any(1)
    structure.ages[uncounted] = 0.0
    model = _model(atoms, parameters, reference, labels=labels, structure=structure, joints=joints)
    if with_b:
        model.exposure = _exposure(atoms, observations, model)
    structure.ages[uncounted] = np.nan
    return model


def _model(
    atoms: pl.DataFrame,
    parameters: Parameters,
    reference: Reference,
    *,
    labels: Labels,
    structure: Structure,
    joints: list[Joint],
) -> Model:
    own = own_rank(atoms)
    working, older = axis_a.a1_parts(structure, reference)
    rule = axis_a.a2_rule(structure, reference)
    joint_rank = np.full(len(own), UNKNOWN, dtype=np.intp)
    exact = [j for j in joints if splits_at_65(j)]
    if exact:
        rule = _benchmarked(rule, exact)
        for joint in exact:
            inside = joint.index >= 0
            joint_rank[inside] = np.minimum(joint_rank[inside], joint.level)
    sd_a1 = structure_sd(structure, own, "a1", parameters)
    sd_a2 = structure_sd(structure, own, "a2", parameters)
    owner, names = owner_index(atoms, "commune")
    inhabitants = np.bincount(owner, structure.ages.sum(1), minlength=len(names))[owner]
    sampled = sampling_sd(working, inhabitants, parameters)
    sd_a1["iris"] = np.hypot(sd_a1["iris"], sampled)
    sd_a2["iris"] = np.hypot(sd_a2["iris"], sampling_sd(rule.younger, inhabitants, parameters))
    return Model(
        atoms, parameters, reference, labels, structure, joints, working, older, rule, None,
        sd_a1, sd_a2, own, joint_rank,
    )  # fmt: skip


def _benchmarked(rule: axis_a.Rule, joints: list[Joint]) -> axis_a.Rule:
    older, nobody, others = benchmark(rule, joints)
    younger = nobody + others
    share = np.divide(nobody, younger, out=np.zeros_like(nobody), where=younger > 0)
    part = axis_a.Part(younger, share, rule.younger.slopes, share * (1 - share))
    return axis_a.Rule(older, part, rule.known)


def _exposure(
    atoms: pl.DataFrame, observations: pl.DataFrame, model: Model
) -> axis_b.Exposure | None:
    layers = read_layers(observations, axis_b.VARIABLES, levels=axis_b.LEVELS)
    if not layers:
        return None
    groups = {
        name: axis_b.read_group(
            name,
            atoms,
            layers,
            working=model.working.persons,
            labels=model.labels,
            parameters=model.parameters,
        )
        for name in axis_b.GROUPS
    }
    return axis_b.Exposure(groups, model.working.persons, model.parameters)
