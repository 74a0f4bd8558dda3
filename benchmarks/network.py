"""Times along the roads, 1,000 × 1,000: our graph and OSRM.

Liechtenstein of ``../shared/data/routing``, points drawn along its roads, once they stand on them.
Floors: SciPy's Dijkstra alone on the same arcs; OSRM's table alone, its answer not read.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import Clock, Measure, clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from portrea.reach.network.graph import Graph
    from portrea.reach.network.snap import Snapped

EXTRACT = Path(__file__).parents[2] / "shared/data/routing/liechtenstein.osm.pbf"
COUNT = 1000
LIMIT = 45 * 60.0
TRIES = 3


def run() -> list[Measure]:
    """Measure both engines; nothing without the extract."""
    from portrea.reach.network.graph import build_graph
    from portrea.sources.osm import read_roads
    from portrea.sources.osrm import osrm_missing

    if not EXTRACT.exists():
        return []
    with clock() as reading:
        roads = read_roads(EXTRACT)
    with clock() as building:
        graph = build_graph(roads, "car")
    starts, ends = _points(graph)
    rows = [_ours(graph, starts, ends)]
    note = f"{roads.ways.height} voies, {graph.seconds.size} morceaux dirigés, voiture"
    rows.append(
        Measure(
            "network-build",
            "Réseau d’un extrait : lecture et graphe",
            reading.seconds + building.seconds,
            floor=reading.seconds,
            note=f"{note} ; plancher : la lecture seule",
        )
    )
    return rows if osrm_missing() else [*rows, _osrm(starts, ends)]


def _points(graph: Graph) -> tuple[Snapped, Snapped]:
    from portrea.reach.network.snap import UNIT, snap

    rng = np.random.default_rng(2026)
    segment, share = rng.choice(graph.x.shape[0], 2 * COUNT), rng.random(2 * COUNT)
    ends = np.stack((graph.x, graph.y))[:, segment] * UNIT
    longitude, latitude = ends[..., 0] + share * (ends[..., 1] - ends[..., 0])
    halves = slice(None, COUNT), slice(COUNT, None)
    first, second = (snap(graph, longitude[half], latitude[half]) for half in halves)
    return first, second


def _ours(graph: Graph, starts: Snapped, ends: Snapped) -> Measure:
    from scipy.sparse.csgraph import dijkstra

    from portrea.reach.network.paths import _search, fastest_seconds

    search = _search(graph, starts, ends, reverse=False)
    with clock() as floor:
        dijkstra(search.arcs, indices=search.pieces + np.arange(COUNT), limit=LIMIT)
    with clock() as whole:
        found = fastest_seconds(graph, starts, ends, limit=LIMIT)
    return Measure(
        "network-matrix-scipy",
        "Temps par la route, 1 000 × 1 000, notre graphe",
        whole.seconds,
        limit=2.0,
        floor=floor.seconds,
        note=f"{found.nnz} couples à 45 min, {whole.cpu:.2f} s de processeur ; plancher : Dijkstra",
    )


def _best(work: Callable[[], object]) -> Clock:
    """Return the shortest of some runs: another program of the machine only makes it longer."""
    runs = []
    for _try in range(TRIES):
        with clock() as run:
            work()
        runs.append(run)
    return min(runs, key=lambda run: run.seconds)


def _osrm(starts: Snapped, ends: Snapped) -> Measure:
    from portrea.sources.osrm import NEAR_M, OsrmTable, prepare_osrm

    with tempfile.TemporaryDirectory() as folder:
        prepare_osrm(EXTRACT, Path(folder), "car")
        table = OsrmTable(Path(folder))
        table(starts.position[:1], ends.position[:1])
        both = np.concatenate((starts.position, ends.position))
        floor = _best(lambda: table.answer(both, COUNT, [NEAR_M] * len(both)))
        whole = _best(lambda: table(starts.position, ends.position))
    return Measure(
        "network-matrix-osrm",
        "Temps par la route, 1 000 × 1 000, OSRM",
        whole.seconds,
        limit=0.5,
        floor=floor.seconds,
        note=f"meilleur de {TRIES} ; {whole.cpu:.2f} s de processeur ; plancher : la table d’OSRM, "
        "non lue",
    )
