"""The room's door: tables in, the ``estimates`` table out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from portrea.base.errors import ParameterError
from portrea.base.progress import silent
from portrea.base.tables import Table
from portrea.needs.aggregation import Tally, list_areas
from portrea.needs.diagnostics import diagnose
from portrea.needs.draws import Drawing
from portrea.needs.held import Held
from portrea.needs.inputs import LEVELS, chunks, find_atoms
from portrea.needs.model import prepare
from portrea.needs.parameters import load_parameters
from portrea.needs.ranking import Shares, rank_intervals
from portrea.needs.rows import rows_of
from portrea.needs.scenarios import SCENARIOS, crossing_scenarios
from portrea.needs.tables import ESTIMATES, MEASURES, UNITS
from portrea.stats.intervals import MOST_DRAWS
from portrea.stats.threads import each_in_threads, side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from portrea.base.progress import Progress
    from portrea.needs.aggregation import Areas, Part
    from portrea.needs.fitted import FittedRates
    from portrea.needs.learning import Learned
    from portrea.needs.model import Model
    from portrea.needs.parameters import Parameters

_UNIQUE = Table(ESTIMATES.name, ESTIMATES.columns)
"""The declared table without its key: one row per area and measure is made so, level by level."""
CHUNK = 300_000
"""Draws made at once (atoms × draws): fewer, and steps cost more than what they compute; more, and
memory is slower than the processor."""
SHARE_READ = 0.4
"""Part of the work done when the draws begin, for the progress shown."""
SHARE_DRAWN = 0.9
"""Part of the work done when they end."""
WITH_B = frozenset({"b", "b_sum", "b_load", "c", "c_a2"})


@dataclass(frozen=True, eq=False)
class Estimation:
    """What a run gives: estimates, scenarios of the crossing, benchmarks, diagnostics."""

    estimates: pl.DataFrame
    scenarios: pl.DataFrame
    benchmarks: pl.DataFrame
    diagnostics: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Begun:
    """A run ready for its draws: they may be made here, or apart (:mod:`portrea.needs.apart`)."""

    areas: list[Areas]
    measures: Sequence[str]
    drawing: Drawing
    tally: Tally


def run(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    levels: Sequence[str] = ("iris", "commune", "epci", "departement", "region"),
    measures: Sequence[str] = MEASURES,
    selection: Sequence[str] | None = None,
    draws: int = 1000,
    seed: int = 2026,
    parameters: Parameters | None = None,
    benchmark: pl.DataFrame | None = None,
    fitted: FittedRates | None = None,
    learned: Learned | None = None,
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
    learned
        What the whole country teaches (:func:`portrea.needs.learning.learn`), when the tables
        given are those of a part of it.
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
    progress(0.0, "préparation des données")
    begun = begin(
        territories, observations, crosstab,
        levels=levels, measures=measures, selection=selection, draws=draws, seed=seed,
        parameters=parameters, benchmark=benchmark, fitted=fitted, learned=learned,
    )  # fmt: skip
    _draw_all(begun.drawing, begun.tally, progress)
    return finish(begun, progress)


def begin(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    levels: Sequence[str],
    measures: Sequence[str] = MEASURES,
    selection: Sequence[str] | None = None,
    draws: int = 1000,
    seed: int = 2026,
    parameters: Parameters | None = None,
    benchmark: pl.DataFrame | None = None,
    fitted: FittedRates | None = None,
    learned: Learned | None = None,
) -> Begun:
    """Prepare a run up to its draws: same arguments, and errors, as :func:`run`."""
    _check(levels, measures, draws)
    model = prepare(
        territories,
        observations,
        crosstab,
        selection=selection,
        parameters=parameters or load_parameters(),
        with_b=bool(WITH_B & set(measures)),
        fitted=fitted,
        benchmark=benchmark,
        learned=learned,
    )
    every = find_atoms(territories, None) if selection is not None else model.atoms
    areas = [list_areas(level, model, territories, every, selection) for level in levels]
    tally = Tally(areas, model.tables[0], draws=draws)
    return Begun(areas, measures, Drawing(model, measures, seed=seed, draws=draws), tally)


def finish(begun: Begun, progress: Progress = silent) -> Estimation:
    """Write the tables of a run whose draws are all in its tally."""
    model, areas, measures = begun.drawing.model, begun.areas, begun.measures
    progress(SHARE_DRAWN, "intervalles et rangs")
    estimates, (scenarios, diagnostics) = side_by_side(
        lambda: _estimated(model, areas, measures, begun.tally),
        lambda: (
            crossing_scenarios(model, areas) if "c" in measures else SCENARIOS.empty(),
            diagnose(model, areas),
        ),
    )
    progress(1.0, "besoins estimés")
    return Estimation(estimates, scenarios, model.benchmarks, diagnostics)


def _estimated(
    model: Model, areas: list[Areas], measures: Sequence[str], tally: Tally
) -> pl.DataFrame:
    list(each_in_threads(tally.close, measures))
    asked = [(area, measure) for measure in measures for area in areas if area.codes]
    frames = list(each_in_threads(lambda each: rows_of(each[0], each[1], model, tally), asked))
    return _UNIQUE.conform(pl.concat(frames)) if frames else ESTIMATES.empty()


def estimate(
    territories: pl.DataFrame, observations: pl.DataFrame, crosstab: pl.DataFrame, **options: Any
) -> pl.DataFrame:
    """Return the ``ESTIMATES`` table alone: same arguments as :func:`run`."""
    return run(territories, observations, crosstab, **options).estimates


def rank(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    level: str,
    measure: str,
    k: int,
    selection: Sequence[str] | None = None,
    draws: int = 1000,
    seed: int = 2026,
    parameters: Parameters | None = None,
) -> pl.DataFrame:
    """Return P(rank ≤ k) of the areas of a level, by share (by count where there is no share).

    Every draw is ranked, held to the published cross tables as in :func:`run`, and only the areas
    asked for compete: those of ``level`` wholly inside the ``selection``. Columns: code, name, p (a
    share in [0, 1]); likeliest first.
    """
    area, shown, shares = _drawn_shares(
        (territories, observations, crosstab), level, measure, selection, (draws, seed, parameters)
    )
    found = np.zeros(len(area.codes))
    if shares is not None:
        found[shown] = shares.first(k)
    table = pl.DataFrame({"code": area.code_column, "name": area.name_column, "p": found})
    return table.sort("p", "code", descending=[True, False])


def rank_ranges(
    territories: pl.DataFrame,
    observations: pl.DataFrame,
    crosstab: pl.DataFrame,
    *,
    level: str,
    measure: str,
    selection: Sequence[str],
    codes: Sequence[str],
    draws: int = 1000,
    seed: int = 2026,
    parameters: Parameters | None = None,
) -> pl.DataFrame:
    """Return the 95 % interval of the rank of some areas among themselves, draw by draw.

    Parameters
    ----------
    selection
        Atoms (IRIS, or communes without one) of the areas compared.
    codes
        The areas compared, all of ``level``; those without any figure are left out.

    Returns
    -------
    DataFrame
        Columns ``code``, ``rank_low``, ``rank_high``: 1 is the largest share (the largest count
        where there is no share).
    """
    area, shown, shares = _drawn_shares(
        (territories, observations, crosstab), level, measure, selection, (draws, seed, parameters)
    )
    names = np.asarray(area.code_column)[shown]
    kept = np.flatnonzero(np.isin(names, list(codes)))
    if shares is None or not len(kept):
        return pl.DataFrame(schema={"code": pl.String, "rank_low": pl.Int64, "rank_high": pl.Int64})
    low, high = rank_intervals(shares.of(kept))
    return pl.DataFrame(
        {"code": [str(name) for name in names[kept]], "rank_low": low, "rank_high": high}
    ).sort("rank_low", "rank_high", "code")


def _drawn_shares(
    frames: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    level: str,
    measure: str,
    selection: Sequence[str] | None,
    drawing: tuple[int, int, Parameters | None],
) -> tuple[Areas, NDArray[np.bool_], Shares | None]:
    """Draw one measure of the areas of a level: the areas, those inhabited, and their shares."""
    draws, seed, parameters = drawing
    _check([level], [measure], draws)
    territories = frames[0]
    model = prepare(
        *frames,
        selection=selection, parameters=parameters or load_parameters(),
        with_b=measure in WITH_B,
    )  # fmt: skip
    every = find_atoms(territories, None) if selection is not None else model.atoms
    area = list_areas(level, model, territories, every, selection)
    tally = Tally([area], model.tables[0], draws=draws, ranked=draws)
    _draw_all(Drawing(model, [measure], seed=seed, draws=draws), tally, silent)
    population = area.total(model.population(measure))
    if UNITS[measure] != "persons":
        population = np.ones_like(population)
    shown = population > 0
    if not shown.any() or measure not in tally.kept:
        return area, shown, None
    tally.close(measure)
    return area, shown, Shares(tally.kept[measure], tally.row_of(area)[shown], population[shown])


def _check(levels: Sequence[str], measures: Sequence[str], draws: int) -> None:
    if not 1 <= draws <= MOST_DRAWS:
        raise ParameterError(
            f"Le nombre de tirages demandé, {draws}, est trop {'petit' if draws < 1 else 'grand'}.",
            remedy=f"Demandez-en de 1 à {MOST_DRAWS} ; 500 ou plus pour des intervalles fiables.",
        )
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


def _draw_all(drawing: Drawing, tally: Tally, progress: Progress) -> None:
    open_all(drawing, tally)
    slices = blocks_of(drawing)

    def draw(rows: slice) -> list[Part]:
        return tally.take(rows, drawing.chunk(rows))

    for rows, parts in zip(slices, each_in_threads(draw, slices), strict=True):
        tally.add(parts)
        progress(SHARE_READ + (SHARE_DRAWN - SHARE_READ) * rows.stop / len(tally.piece), "tirages")
    hold(drawing, tally)


def open_all(drawing: Drawing, tally: Tally) -> None:
    """Make room for everything drawn."""
    for measure, side in drawing.sides():
        tally.open(measure, side)


def blocks_of(drawing: Drawing) -> list[slice]:
    """Return the sets of atoms drawn at once, in order: the last bits depend on them."""
    return list(chunks(owners(drawing.model), max(1, CHUNK // drawing.draws)))


def hold(drawing: Drawing, tally: Tally) -> None:
    """Hold the draws, once all are in, to the totals of the published cross tables."""
    held = Held.of(drawing.model, seed=drawing.seed, draws=drawing.draws)
    if held is not None:
        held.apply(tally)


def owners(model: Model) -> NDArray[np.intp]:
    """Give numbers to the sets of atoms that no chunk cuts: communes, areas of a figure of B."""
    keys = model.atoms.select(k=pl.coalesce("commune", "code"))["k"]
    owners = keys.rle_id().to_numpy().astype(np.intp)
    if model.exposure is None:
        return owners
    cut = np.diff(owners, prepend=-1) > 0
    cut[1:] &= model.exposure.ends[:-1]
    return np.cumsum(cut) - 1
