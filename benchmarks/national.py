"""Needs of all of France at IRIS level, 200 draws, five levels of aggregation, five measures.

Floor: read the same Parquet files and make one product of the size of the national errors
(48,600 IRIS × 4 classes by 4 × 200 draws), with bare polars and NumPy.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import Measure

LEVELS = ("iris", "commune", "epci", "departement", "region")
DRAWS = 200


def run() -> list[Measure]:
    """Load the embedded data of France in a temporary store, then estimate."""
    from portrea.needs import estimate
    from portrea.sources.loading import load_embedded
    from portrea.sources.store import Store
    from portrea.steering.computation import gather_inputs

    with tempfile.TemporaryDirectory(prefix="portrea-bench-") as folder:
        store = Store(Path(folder))
        load_embedded(store)
        floor = _floor(store)
        start, cpu = time.perf_counter(), time.process_time()
        inputs = gather_inputs(store)
        read = time.perf_counter() - start
        frame = estimate(
            inputs.territories, inputs.observations, inputs.crosstab, levels=LEVELS, draws=DRAWS
        )
        seconds, used = time.perf_counter() - start, time.process_time() - cpu
    iris = frame.filter((pl.col("level") == "iris") & (pl.col("measure") == "a1")).height
    note = (
        f"{iris} IRIS, {frame.height} lignes ; lecture {read:.1f} s ; processeur {used:.1f} s ; "
        "données embarquées"
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        Measure(
            "needs-national",
            "Besoins de la France à l’IRIS, 200 tirages, cinq niveaux, cinq mesures",
            seconds,
            limit=8.0,
            floor=floor,
            note=note,
        ),
        Measure(
            "needs-national-memory", "Mémoire de pointe du même calcul", peak, unit="Gio", limit=3.0
        ),
    ]


def _floor(store: object) -> float:
    root = store.root / "datasets"  # type: ignore[attr-defined]
    start = time.perf_counter()
    iris = 0
    for path in [*root.glob("*/observations.parquet"), *root.glob("*/territories.parquet")]:
        frame = pl.read_parquet(path)
        iris = max(iris, frame.filter(pl.col("level") == "iris")["code"].n_unique())
    rng = np.random.default_rng(0)
    left = rng.random((iris, 4), dtype=np.float32)
    right = rng.random((4, DRAWS), dtype=np.float32)
    np.matmul(left, right)
    return time.perf_counter() - start
