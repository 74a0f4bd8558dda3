"""Needs of all of France, from the store: 200 draws, then 1,000, then 1,000 and every measure.

The limits are those of the five measures of the portrait; all nine are shown beside, against the
same limits, for information.

Floor of the algebra: for every measure, one product of the size of the national errors and one
sort of the draws of every area of the result, chunk by chunk, with bare NumPy and the same threads.
The store is ``$PORTREA_BENCH_HOME`` when it is set (all of the shared data: the measures are then
named « -partagees »), else a temporary one with the embedded data, where axis B is known in a few
communes only. Areas without figure are neither drawn nor counted in the floor.
"""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks import Measure, clock, peak_gib

if TYPE_CHECKING:
    from portrea.sources.store import Store
    from portrea.steering.computation import Inputs

EMBEDDED = "données embarquées"
LEVELS = ("iris", "commune", "epci", "departement", "region")
DRAWS, FEW = 1000, 200
FIRST = ("a1", "a2", "b", "b_sum", "c")
ROWS = 128
SAMPLE = 500


def run() -> list[Measure]:
    """Read the store, estimate, then time the parts and their floor."""
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store

    home = os.environ.get("PORTREA_BENCH_HOME")
    if home:
        return _measured(Store(Path(home)), "données partagées")
    with tempfile.TemporaryDirectory(prefix="portrea-bench-") as folder:
        store = Store(Path(folder))
        load_embedded(store)
        return _measured(store, EMBEDDED)


def _measured(store: Store, data: str) -> list[Measure]:
    found = _compared(store, data)
    if data == EMBEDDED:
        return found
    return [replace(measure, key=f"{measure.key}-partagees") for measure in found]


def _compared(store: Store, data: str) -> list[Measure]:
    few = _timed(store, draws=FEW, measures=FIRST, data=data)
    many = _timed(store, draws=DRAWS, measures=FIRST, data=data)
    algebra = _algebra("needs-national-algebra", "cinq", many)
    every = _timed(store, draws=DRAWS, measures=None, data=data)
    whole = _algebra("needs-national-algebra-toutes", "neuf", every, informative=True)
    mean, worst = _linearisation(every.inputs)
    what = "Besoins de la France à l’IRIS, {} tirages, cinq niveaux, {} mesures"
    return [
        *_whole("needs-national", what.format(FEW, "cinq"), few),
        *_whole("needs-national-1000", what.format("1 000", "cinq"), many),
        *_whole(
            "needs-national-1000-toutes", what.format("1 000", "neuf"), every, informative=True
        ),
        algebra,
        whole,
        Measure(
            "needs-linearisation",
            f"Écart moyen des bornes linéarisées aux tirages exacts, {SAMPLE} IRIS",
            mean,
            unit="point",
            note=f"le pire : {worst:.2f} point".replace(".", ","),
        ),
    ]


def _whole(key: str, title: str, run: Timed, *, informative: bool = False) -> list[Measure]:
    """Seconds and peak memory of a run, against the limits of the demand."""
    return [
        Measure(key, title, run.seconds, limit=8.0, note=run.note, informative=informative),
        Measure(
            f"{key}-memory",
            "Mémoire de pointe du même calcul",
            run.memory,
            unit="Gio",
            limit=3.0,
            informative=informative,
        ),
    ]


def _algebra(key: str, measures: str, run: Timed, *, informative: bool = False) -> Measure:
    floor = _floor(run.sorts)
    return Measure(
        key,
        f"Tirages et quantiles de {measures} mesures,"
        " contre les produits et tris nus (limite : le double)",
        run.algebra,
        limit=2 * floor,
        floor=floor,
        note=f"{sum(run.sorts)} tris de {DRAWS} tirages",
        informative=informative,
    )


@dataclass(frozen=True, slots=True)
class Timed:
    """One national run: seconds from the store to the result, of its draws, peak and rows."""

    seconds: float
    algebra: float
    memory: float
    sorts: list[int]
    note: str
    inputs: Inputs


def _timed(store: Store, *, draws: int, measures: tuple[str, ...] | None, data: str) -> Timed:
    from portrea.needs import load_parameters, run
    from portrea.needs.tables import MEASURES
    from portrea.steering.computation import gather_inputs

    start, steps = time.perf_counter(), []
    with clock() as whole:
        inputs = gather_inputs(store)
        steps.append(("lecture", time.perf_counter() - start))
        found = run(
            inputs.territories,
            inputs.observations,
            inputs.crosstab,
            levels=LEVELS,
            measures=measures or MEASURES,
            draws=draws,
            parameters=load_parameters(),
            progress=lambda _, step: steps.append((step, time.perf_counter() - start)),
        )
    drawn = [second for name, second in steps if name == "tirages"]
    note = f"{found.estimates.height} lignes ; lecture {steps[0][1]:.1f} s ; processeur"
    return Timed(
        whole.seconds,
        drawn[-1] - drawn[0],
        peak_gib(),
        found.estimates.drop_nulls("n_low").group_by("measure").len()["len"].to_list(),
        f"{note} {whole.cpu:.1f} s ; {data}",
        inputs,
    )


def _floor(areas: list[int]) -> float:
    """Time the products and sorts alone: areas of each measure × draws, 20 national errors."""
    rng = np.random.default_rng(0)
    errors = rng.standard_normal((20, DRAWS), dtype=np.float32)
    design = rng.standard_normal((ROWS, 20), dtype=np.float32)

    def work(rows: int) -> None:
        drawn = design[:rows] @ errors
        np.sort(drawn, axis=1)

    sizes = [min(ROWS, left) for n in areas for left in range(n, 0, -ROWS)]
    threads = os.cpu_count() or 1
    start = time.perf_counter()
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, sizes))
    return time.perf_counter() - start


def _linearisation(inputs: object) -> tuple[float, float]:
    """Compare the bounds of 500 IRIS with those of exact draws: mean and worst gap, in points."""
    from portrea.needs import load_parameters
    from portrea.needs.draws import Drawing
    from portrea.needs.exact import exact_draws
    from portrea.needs.model import prepare

    usual = load_parameters()
    cards = deepcopy(usual.cards)
    cards["uncertainty"]["sampling"]["exhaustive_below"]["value"] = 1e12
    parameters = replace(usual, cards=cards)
    model = prepare(
        inputs.territories, inputs.observations, inputs.crosstab,  # type: ignore[attr-defined]
        selection=None, parameters=parameters, with_b=False,
    )  # fmt: skip
    model.sd_a1 = {}
    overseas = model.atoms["region"].str.starts_with("0").fill_null(True).to_numpy()
    inside = np.flatnonzero((model.population("a1") > 200) & ~overseas)
    rows = inside[:: max(1, len(inside) // SAMPLE)][:SAMPLE]
    drawing = Drawing(model, ["a1"], seed=1, draws=DRAWS)
    fast = np.vstack([
        next(iter(drawing.chunk(slice(int(row), int(row) + 1))))[2] for row in rows
    ])  # fmt: skip
    slow = exact_draws(model, rows, seed=1, draws=DRAWS)
    persons = model.population("a1")[rows, None]
    levels = (0.025, 0.1, 0.5, 0.9, 0.975)
    ours, theirs = (np.quantile(x / persons, levels, axis=1) for x in (fast, slow))
    gap = 100 * np.abs(ours - theirs)
    return float(gap.mean()), float(gap.max())
