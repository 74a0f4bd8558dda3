"""Everything known of the atoms before any draw: counts, shares, errors, grades and sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from portrea.needs import exposure as axis_b
from portrea.needs import fragility as axis_a
from portrea.needs.attraction import attraction_shift
from portrea.needs.benchmarking import Benchmarked, shift_rates, widen
from portrea.needs.coherence import incoherent
from portrea.needs.crossing import Crossing, association, cross_cells, joint_share
from portrea.needs.crosstabs import benchmark, read_joints, splits_at_65
from portrea.needs.grid import WORKING
from portrea.needs.inputs import (
    LEVELS,
    UNKNOWN,
    Figures,
    Labels,
    find_atoms,
    own_rank,
    owner_index,
    refuse_empty,
    year_of,
)
from portrea.needs.learning import Learned, learn
from portrea.needs.reference import Reference, build_reference
from portrea.needs.structure import VARIABLES as STRUCTURE_VARIABLES
from portrea.needs.structure import Joint, Structure, add_households, count_cells
from portrea.needs.structure_errors import sampling_sd, structure_sd
from portrea.needs.survey_ages import rated_structure
from portrea.stats.threads import side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.needs.fitted import FittedRates
    from portrea.needs.inputs import Layer
    from portrea.needs.parameters import Parameters

    Floats = NDArray[np.float64]
    Ranks = NDArray[np.intp]
    Flags = NDArray[np.bool_]

RULES = (("", 65), ("_75", 75))
"""The two A2: age from which everybody counts."""
VARIABLES = (*STRUCTURE_VARIABLES, *axis_b.VARIABLES)


@dataclass(eq=False)
class Model:
    """State of the estimation, atom by atom.

    ``rated`` is the structure at the time of the survey, which the rates of A1 apply to;
    ``working`` and ``older`` are A1 under 65 and from 65, ``wide`` is A3; ``rules`` the two A2;
    ``shift``: logit shift of the rates of A1, ``None`` for none;
    ``delta`` the gap between A1 among the exposed and the others, and ``survey`` its name and hash,
    when a survey was fitted.
    """

    atoms: pl.DataFrame
    parameters: Parameters
    reference: Reference
    labels: Labels
    structure: Structure
    rated: Structure
    joints: list[Joint]
    working: axis_a.Part
    older: axis_a.Part
    wide: axis_a.Part
    rules: dict[str, axis_a.Rule]
    sd_a1: dict[str, Floats]
    sd_a2: dict[str, Floats]
    sd_a3: dict[str, Floats]
    joint_rank: Ranks
    incoherent: Flags
    benchmarks: pl.DataFrame
    shift: Floats | None = None
    exposure: axis_b.Exposure | None = None
    delta: float | None = None
    survey: str | None = None
    _owners: dict[str, tuple[Ranks, list[str]]] = field(default_factory=dict)

    def owner(self, level: str) -> tuple[Ranks, list[str]]:
        """Return each atom’s area at a level, and the codes of the areas."""
        if level not in self._owners:
            self._owners[level] = owner_index(self.atoms, level)
        return self._owners[level]

    @cached_property
    def counted(self) -> Flags:
        """Atoms whose persons are known."""
        found: Flags = self.structure.adults.sum(1) >= 0
        return found

    @cached_property
    def tables(self) -> tuple[Ranks, list[str]]:
        """Number the finest published table that makes A2 exact for each atom (−1: none)."""
        found = np.full(self.atoms.height, -1, dtype=np.intp)
        codes: list[str] = []
        for joint in sorted(filter(splits_at_65, self.joints), key=lambda j: (-j.level, j.year)):
            inside = joint.index >= 0
            found[inside] = joint.index[inside] + len(codes)
            codes += [f"{joint.level}:{code}" for code in joint.codes]
        return found, codes

    def population(self, measure: str) -> Floats:
        """Universe of a measure by atom: 15+, non-schooled 15+, or 15-64."""
        if measure in {"a1", "a3"}:
            return self.working.persons + self.older.persons
        return self.rules[measure].population if measure in self.rules else self.universe

    @cached_property
    def universe(self) -> Floats:
        """Persons of 15-64 by atom, as counted by the newest census: universe of B and C."""
        found: Floats = np.nan_to_num(self.structure.adults[:, :WORKING]).sum(1)
        return found

    def central(self, measure: str) -> Floats:
        """Return what is counted by atom (0 where not known: see :meth:`known`)."""
        known = self.known(measure)
        if not known.any():
            return np.zeros(self.atoms.height)
        if measure == "a1":
            return self.working.count + self.older.count
        if measure in self.rules:
            return np.where(known, self.rules[measure].count, 0.0)
        if measure == "a3":
            return self.wide.count
        found = self._crossed if measure == "c" else self._exposed[measure]
        return np.where(known, found, 0.0)

    @cached_property
    def _exposed(self) -> dict[str, Floats]:
        assert self.exposure is not None
        return self.exposure.central()

    @cached_property
    def _crossed(self) -> Floats:
        persons = self.universe
        union = self._exposed["b"]
        part = np.divide(union, persons, out=np.zeros_like(persons), where=persons > 0)
        both = joint_share(self.working.share, part, self.odds["central"])
        return persons * both.astype(np.float64)

    @cached_property
    def odds(self) -> dict[str, Floats]:
        """Log odds-ratio of A1 and B by atom: ``low``, ``central`` and ``high`` scenarios."""
        return association(self.crossing)

    @cached_property
    def crossing(self) -> Crossing:
        """A1 and B crossed in the cells of every atom, by scenario."""
        exposed = np.where(self.known("c"), self._exposed["b"], 0.0)
        return cross_cells(
            self.structure, self.reference, exposed, self.parameters, delta=self.delta
        )

    def known(self, measure: str) -> Flags:
        """Atoms for which a measure has a central value (c_a2: bounds)."""
        if measure in {"a1", "a3"}:
            return self.counted
        if measure in self.rules:
            return self.counted & self.rules[measure].known
        if self.exposure is None:
            return np.zeros(self.atoms.height, dtype=bool)
        return self.counted & self.exposure.known_of(measure)

    def diploma_drift(self, measure: str) -> Floats:
        """Logit error, common to France, of diplomas not counted where and when ages are.

        Atoms × 1. None where a cross table of ages and diplomas is published.
        """
        sd = self.parameters.number("uncertainty", "national_diplomas", "sd")
        exact = (self.joint_rank < UNKNOWN) & (measure == "a2")
        return np.where(exact, 0.0, sd)[:, None]

    def grades(self, measure: str, row_level: int) -> Ranks:
        """Return the quality rank of each atom for rows of a level: 0 (A) to 4 (N)."""
        axis, rank = "a2" if measure == "a2" else "a1", self.joint_rank
        found = axis_a.grades(self.structure, rank, axis, row_level)
        if not measure.startswith("a"):
            exposed = np.full(self.atoms.height, 4, dtype=np.intp)
            if self.exposure is not None:
                exposed = axis_b.grades(self.exposure, row_level)
            found = exposed if measure in {"b", "b_sum", "b_load"} else np.maximum(found, exposed)
        return np.where(self.incoherent & (found < 3), 3, found)

    def masks(self, measure: str) -> NDArray[np.int64]:
        """Return the sources used by each atom, as bits."""
        mask = self.structure.age_mask.copy()
        crossed = measure in {"c", "c_a2"}
        if measure.startswith("a") or crossed:
            mask |= self.structure.diploma_mask
        if measure == "a2":
            for joint in filter(splits_at_65, self.joints):
                mask[joint.index >= 0] |= self.labels.bit(joint.label)
        if measure in {"a1", "a3", "c"}:
            mask |= self.labels.bit(self.survey or str(self.parameters.rates["label"]))
        if measure == "a3":
            card = self.parameters.cards["rates"]["wide"]
            mask |= self.labels.bit(str(card["levels"][card["default"]]["label"]))
        if (measure.startswith("b") or crossed) and self.exposure is not None:
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
    fitted: FittedRates | None = None,
    benchmark: pl.DataFrame | None = None,
    learned: Learned | None = None,
) -> Model:
    """Align the figures on the atoms and compute every central value.

    ``learned`` is what the whole country teaches, when the tables are those of a part of it.
    """
    wanted = _whole_tables(territories, crosstab, selection)
    wanted = widen(benchmark, territories, wanted, parameters)
    atoms, figures = side_by_side(
        lambda: find_atoms(territories, wanted), lambda: Figures.of(observations)
    )
    refuse_empty(atoms)
    reference = build_reference(parameters, fitted)
    labels, layers = Labels(), figures.layers(STRUCTURE_VARIABLES)
    joints = read_joints(crosstab, atoms) if crosstab.height else []
    with threadpool_limits(1, user_api="blas"):  # small products: threads would only wait
        every = atoms if wanted is None else None
        learned = learned or learn(territories, layers, parameters, atoms=every)
        structure = count_cells(
            atoms, layers, reference, labels, joints=joints, synthetic=learned.synthetic,
            stale_after=parameters.number("uncertainty", "quality", "stale_after_years"),
        )  # fmt: skip
        uncounted = np.isnan(structure.ages).any(1)
        structure.ages[uncounted] = 0.0
        model, exposure = side_by_side(
            lambda: _fragile(
                territories, atoms, layers, reference, labels=labels, structure=structure,
                joints=joints, learned=learned, benchmark=benchmark, fitted=fitted,
                parameters=parameters,
            ),
            lambda: _exposure(atoms, figures, structure, labels, parameters) if with_b else None,
        )  # fmt: skip
        model.exposure = exposure
        structure.ages[uncounted] = np.nan
        return model


def _fragile(
    territories: pl.DataFrame,
    atoms: pl.DataFrame,
    layers: Sequence[Layer],
    reference: Reference,
    *,
    labels: Labels,
    structure: Structure,
    joints: list[Joint],
    learned: Learned,
    benchmark: pl.DataFrame | None,
    fitted: FittedRates | None,
    parameters: Parameters,
) -> Model:
    """Return the state of axis A: the rates of the survey on the persons of its time."""
    vintage = str(parameters.rates["vintage"]) if fitted is None else fitted.vintage
    rated, _ = side_by_side(
        lambda: rated_structure(
            structure, layers, atoms, reference.ages, year=year_of(vintage), parameters=parameters
        ),
        lambda: add_households(structure, layers, atoms, reference),
    )
    rated.alone = structure.alone
    near = None if fitted else attraction_shift(atoms, learned.potential, parameters)
    shifted = shift_rates(
        benchmark, territories, atoms,
        structures={"a1": rated, "a3": structure}, reference=reference, parameters=parameters,
        more={} if near is None else {"a1": near[0]},
    )  # fmt: skip
    model = _model(
        atoms, parameters, reference,
        labels=labels, structure=structure, rated=rated, joints=joints, shifted=shifted,
        wobble=None if near is None else near[1],
    )  # fmt: skip
    most = parameters.number("uncertainty", "quality", "incoherent_above")
    model.incoherent = incoherent(atoms, structure, layers, most)
    if fitted is not None:
        model.delta, model.survey = fitted.delta, fitted.label
    return model


def _whole_tables(
    territories: pl.DataFrame, crosstab: pl.DataFrame, selection: Sequence[str] | None
) -> Sequence[str] | None:
    """Widen a selection to the whole areas of the tables that its atoms must add up to."""
    levels = set(crosstab["level"].unique()) & set(LEVELS) - {"iris", "commune", "epci"}
    if selection is None or not levels:
        return selection
    if "france" in levels:
        return None
    atoms = find_atoms(territories, None)
    chosen = atoms.filter(pl.col("code").is_in(pl.Series(list(selection)).implode()))
    same = [pl.col(x).is_in(chosen[x].drop_nulls().unique().implode()) for x in sorted(levels)]
    touched = atoms.filter(pl.any_horizontal(*same).fill_null(False))
    return [*selection, *touched["code"]]


def _model(
    atoms: pl.DataFrame,
    parameters: Parameters,
    reference: Reference,
    *,
    labels: Labels,
    structure: Structure,
    rated: Structure,
    joints: list[Joint],
    shifted: Benchmarked,
    wobble: Floats | None,
) -> Model:
    own = own_rank(atoms)
    working, older = axis_a.a1_parts(rated, reference, shifted.shifts.get("a1"), wobble)
    rules = {f"a2{name}": axis_a.a2_rule(structure, reference, age) for name, age in RULES}
    joint_rank = np.full(len(own), UNKNOWN, dtype=np.intp)
    exact = [j for j in joints if splits_at_65(j)]
    if exact:
        rules["a2"] = _benchmarked(rules["a2"], exact)
        for joint in exact:
            inside = joint.index >= 0
            joint_rank[inside] = np.minimum(joint_rank[inside], joint.level)
    wide = axis_a.merged(*axis_a.a3_parts(structure, reference, shifted.shifts.get("a3")))
    owner, names = owner_index(atoms, "commune")
    inhabitants = np.bincount(owner, structure.ages.sum(1), minlength=len(names))[owner]

    def errors(measure: str, whole: axis_a.Part) -> dict[str, Floats]:
        found = structure_sd(structure, own, measure, parameters)
        sampled = sampling_sd(whole, inhabitants, parameters)
        return found | {"iris": np.hypot(found["iris"], sampled)}

    halves = axis_a.halves(working, older)
    sd_a1 = {x: sd * halves for x, sd in errors("a1", axis_a.merged(working, older)).items()}
    alone = _alone_in_table(exact, len(own))
    sd_a2 = errors("a2", rules["a2"].younger)
    sampled = sampling_sd(rules["a2"].younger, inhabitants, parameters)
    sd_a2 = {x: np.where(alone, sampled * (x == "iris"), sd) for x, sd in sd_a2.items()}
    return Model(
        atoms, parameters, reference, labels, structure, rated, joints, working, older, wide,
        rules, sd_a1, sd_a2, errors("a1", wide), joint_rank,
        np.zeros(len(own), dtype=bool), shifted.table, shifted.shifts.get("a1"),
    )  # fmt: skip


def _alone_in_table(joints: list[Joint], size: int) -> Flags:
    """Return the atoms that a table describes by themselves: nothing of A2 is estimated there."""
    found = np.zeros(size, dtype=bool)
    for joint in joints:
        inside = np.maximum(joint.index, 0)
        members = np.bincount(joint.index[joint.index >= 0], minlength=len(joint.codes))
        found |= (joint.index >= 0) & (members[inside] == 1)
    return found


def _benchmarked(rule: axis_a.Rule, joints: list[Joint]) -> axis_a.Rule:
    older, nobody, others = benchmark(rule, joints)
    younger = nobody + others
    share = np.divide(nobody, younger, out=np.zeros_like(nobody), where=younger > 0)
    part = axis_a.Part(younger, share, rule.younger.slopes, share * (1 - share))
    return axis_a.Rule(older, part, rule.known)


def _exposure(
    atoms: pl.DataFrame,
    figures: Figures,
    structure: Structure,
    labels: Labels,
    parameters: Parameters,
) -> axis_b.Exposure | None:
    layers = figures.layers(axis_b.VARIABLES, levels=axis_b.LEVELS)
    if not layers:
        return None
    adults = structure.adults[:, :WORKING]
    return axis_b.read_exposure(atoms, layers, adults, labels=labels, parameters=parameters)
