"""The room's door: tables in, the ``estimates`` table out."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError, TerritoryError
from portrea.base.progress import silent
from portrea.base.tables import Table
from portrea.needs.aggregation import Areas, Sums, list_areas, rows_of
from portrea.needs.crossing import joint_share
from portrea.needs.inputs import LEVELS, chunks, find_atoms, owner_index
from portrea.needs.model import Model, prepare
from portrea.needs.parameters import Parameters, load_parameters
from portrea.needs.tables import DIAGNOSTICS, ESTIMATES, MEASURES
from portrea.stats.intervals import hash_codes, normals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.base.progress import Progress
    from portrea.needs.fitted import FittedRates

    Draws = NDArray[np.float32]
    Floats = NDArray[np.float64]

_UNIQUE = Table(ESTIMATES.name, ESTIMATES.columns)
"""The declared table without its key: one row per area and measure is made so, level by level."""
CHUNK = 3000
"""Atoms drawn at once: 3000 × 200 draws × 4 bytes = 2.4 MB per array, close to the cache."""
WORKERS = 4
"""Threads at most: NumPy frees the interpreter while it draws, sums and sorts."""


@dataclass(frozen=True, eq=False)
class Estimation:
    """What a run gives: estimates, scenarios of the crossing, benchmarks, diagnostics."""

    estimates: pl.DataFrame
    scenarios: pl.DataFrame
    benchmarks: pl.DataFrame
    diagnostics: pl.DataFrame


def run(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    levels: Sequence[str] = ("iris", "commune", "epci", "departement", "region"),
    measures: Sequence[str] = MEASURES,
    selection: Sequence[str] | None = None,
    draws: int = 200,
    seed: int = 2026,
    parameters: Parameters | None = None,
    benchmark: pl.DataFrame | None = None,  # noqa: ARG001
    fitted: FittedRates | None = None,  # noqa: ARG001
    progress: Progress = silent,
) -> Estimation:
    """Estimate the persons concerned, with their intervals, at every level asked.

    Parameters
    ----------
    territories
        Completed ``TERRITORIES`` table: every row carries its parents.
    observations
        ``Store.observations()``: published figures with their dataset, vintage and source.
    crosstab
        ``Store.gather("crosstab")``: published tables age × diploma (may be empty).
    levels
        Among iris, commune, epci, departement, region, france, and ``selection`` (the union of the
        selected areas, one row).
    selection
        Codes of the finest areas (IRIS) to keep, ``None`` for all. An area only partly selected is
        left out. The numbers are those of the whole-country computation.
    draws, seed
        Number of draws behind the intervals, and their seed.

    benchmark
        Published totals to which the rates are shifted; ``None``: no benchmark.
    fitted
        Rates fitted on a survey, instead of the published margins.
    progress
        Called with the share done and the current step.

    Returns
    -------
    Estimation
        The four tables of the run.

    Raises
    ------
    TerritoryError
        When the selection or the table of territories is empty.
    ParameterError
        When a level or a measure is unknown.
    """
    _check(levels, measures)
    chosen = parameters or load_parameters()
    model = prepare(
        territories,
        observations,
        crosstab,
        selection=selection,
        parameters=chosen,
        with_b=bool({"b", "b_sum", "c"} & set(measures)),
    )
    if not model.atoms.height:
        raise TerritoryError(
            "Aucune zone à estimer : la sélection ne contient ni IRIS ni commune connus.",
            remedy="Vérifiez le code du territoire, ou chargez la table des territoires.",
        )
    every = find_atoms(territories, None) if selection is not None else model.atoms
    areas = [list_areas(level, model, territories, every, selection) for level in levels]
    _draw_all(model, areas, measures, seed=seed, draws=draws)
    frames = [rows_of(a, measure, model) for a in areas for measure in measures if a.codes]
    estimates = _UNIQUE.conform(pl.concat(frames)) if frames else ESTIMATES.empty()
    progress(1.0, "besoins estimés")
    return Estimation(estimates, pl.DataFrame(), pl.DataFrame(), DIAGNOSTICS.empty())


def estimate(
    territories: pl.DataFrame, observations: pl.DataFrame, crosstab: pl.DataFrame, **options: Any
) -> pl.DataFrame:
    """Return the ``ESTIMATES`` table alone: same arguments as :func:`run`."""
    return run(territories, observations, crosstab, **options).estimates


def _check(levels: Sequence[str], measures: Sequence[str]) -> None:
    for kind, given, allowed in (
        ("niveau", levels, (*LEVELS, "selection")),
        ("mesure", measures, MEASURES),
    ):
        strange = [name for name in given if name not in allowed]
        if strange:
            raise ParameterError(
                f"Le {kind} « {strange[0]} » est inconnu."
                if kind == "niveau"
                else f"La {kind} « {strange[0]} » est inconnue.",
                remedy=f"Valeurs possibles : {', '.join(allowed)}.",
            )


def _draw_all(
    model: Model, areas: list[Areas], measures: Sequence[str], *, seed: int, draws: int
) -> None:
    keys = model.atoms.select(k=pl.coalesce("epci", "commune", "code"))["k"]
    owners = keys.rle_id().to_numpy().astype(np.intp)
    common = _national_errors(model, seed=seed, draws=draws)

    def draw(rows: slice) -> list[Sums]:
        drawn = _drawn(model, rows, common, measures, seed=seed, draws=draws)
        added = (area.add(rows, *each) for each in drawn for area in areas)
        return [part for part in added if part is not None]

    with ThreadPoolExecutor(min(WORKERS, os.cpu_count() or 1)) as pool:
        for parts in pool.map(draw, chunks(owners, CHUNK)):
            for part in parts:
                part.areas.accumulate(part)
    for area in areas:
        area.finish()


def _national_errors(model: Model, *, seed: int, draws: int) -> Draws:
    """Errors of the national rates: K independent standard normals × draws, shared by all."""
    words = hash_codes([f"{model.parameters.series}:{name}" for name in model.reference.sources])
    return normals(words, "a1:rate", seed=seed, draws=draws)


def _drawn(
    model: Model,
    rows: slice,
    common: Draws,
    measures: Sequence[str],
    *,
    seed: int,
    draws: int,
) -> Any:
    """Yield measure, side of the interval and draws (atoms × draws) for a chunk."""
    effects = _Effects(model, rows, seed=seed, draws=draws)
    first = None
    if {"a1", "c"} & set(measures):
        errors = effects.errors(model.sd_a1, nested=True)
        first = model.working.take(rows).draw(errors, common, variance=effects.variance)
        if "a1" in measures:
            yield (
                "a1",
                "both",
                first + model.older.take(rows).draw(errors, common, variance=effects.variance),
            )
    if "a2" in measures:
        yield from _drawn_a2(model, rows, effects)
    if model.exposure is not None and {"b", "b_sum", "c"} & set(measures):
        known = model.exposure.known[rows, None]
        drawn = model.exposure.draw(
            rows, effects.epci, effects.iris_words, seed=seed, draws=draws
        )
        for measure in ("b", "b_sum"):
            if measure in measures:
                yield measure, "both", drawn[measure] * known
        if "c" in measures and first is not None:
            yield from _drawn_c(model, rows, first, drawn["b"] * known)


def _drawn_a2(model: Model, rows: slice, effects: _Effects) -> Any:
    rule = model.rule
    known = rule.known[rows, None]
    older = rule.older[rows, None].astype(np.float32)
    younger = rule.younger.take(rows)
    errors = effects.errors(model.sd_a2, nested=False)
    drawn = older + younger.draw(errors, variance=effects.variance)
    if rule.known.all():  # of the whole model: an area may be summed from several chunks
        yield "a2", "both", drawn
        return
    yield "a2", "low", np.where(known, drawn, older)
    yield "a2", "high", np.where(known, drawn, older + younger.persons[:, None].astype(np.float32))


def _drawn_c(model: Model, rows: slice, first: Draws, second: Draws) -> Any:
    persons = model.working.persons[rows, None].astype(np.float32)
    safe = np.where(persons > 0, persons, np.float32(1))
    for side, name in (("low", "low"), ("high", "high")):
        delta = model.parameters.number("exposure", "delta", name)
        yield "c", side, persons * joint_share(first / safe, second / safe, delta)


class _Effects:
    """Nested area effects of a chunk: standard normals by région, EPCI, commune and IRIS."""

    def __init__(self, model: Model, rows: slice, *, seed: int, draws: int) -> None:
        self.model, self.rows = model, rows
        atoms = model.atoms[rows]
        self.iris_words = hash_codes(atoms["code"].to_list())
        self.z: dict[str, tuple[NDArray[np.intp] | None, Draws]] = {}
        for level in ("region", "epci", "commune"):
            index, names = owner_index(atoms, level)
            words = hash_codes(names)
            self.z[level] = index, normals(words, level, seed=seed, draws=draws)
            if level == "epci":
                self.epci = index, words
        self.z["iris"] = None, normals(self.iris_words, "iris", seed=seed, draws=draws)

    def errors(self, added: dict[str, Floats], *, nested: bool) -> Draws:
        """Sum the effects, atoms × draws: declared sd of each level, and what is unobserved."""
        card = self.model.parameters.cards["uncertainty"]["area_effects"]["sd"]
        total: Draws | None = None
        self.variance: Any = 0.0
        for level, (index, z) in self.z.items():
            own = float(card[level]) if nested else 0.0
            extra = added[level][self.rows] if level in added else 0.0
            sd = np.hypot(own, extra).astype(np.float32)
            if not np.any(sd):
                continue
            term = z if index is None else z[index]
            term = term * (sd[:, None] if np.ndim(sd) else sd)
            total = term if total is None else total + term
            self.variance = self.variance + sd**2
        assert total is not None
        return total
