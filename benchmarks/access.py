"""Access of all of France, from points to scores, with draws and rational agents; and its peer.

Peer: PySAL ``access`` in an environment of its own, named by ``PORTREA_PEERS`` (see
``benchmarks/peers/pysal.py``); without it only our figures are measured. Floors: the same sparse
products written bare.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import Measure, clock, peak_gib
from benchmarks.times import KM, _communes, _places

FEW, NEAR = 2_800, 34.6
"""Places of the smaller world, and minutes within which they make about 330,000 pairs."""
DRAWS = 500
TIMES = 15
LEAST = 50
"""How many times faster than its peer the smaller world must be."""
GIB = 2.0


def run() -> list[Measure]:
    """Measure all of France, then the smaller world beside its peer."""
    from portrea.reach.travel import default_travel

    same = replace(default_travel(), classes=(("rurale", 0.0),), unknown="rurale")
    drawn = np.random.default_rng(7)
    people = np.round(drawn.gamma(2, 200, _communes().height))
    return [*_national(same, people, drawn), *_small(same, people, drawn)]


def _national(same, people, drawn) -> list[Measure]:
    from portrea.reach.agents import rational_agents
    from portrea.reach.catchment import Decay, score, score_draws, weigh
    from portrea.reach.engines import crow_fly_times

    communes, places = _communes(), _places()
    t_max = 60 * KM * same.detour / same.profile("car").ways[0].speeds["rurale"]
    every = Decay("toutes", (t_max,), width=17.0)
    given = np.round(drawn.gamma(2, 10, places.height), 1)
    with clock() as points:
        times = crow_fly_times(communes, places, t_max=t_max, travel=same)
        weights = weigh(times.minutes, every)
        found = score(weights, given, people)
    memory = peak_gib()
    kept = found.access @ people
    if abs(kept - given.sum() + found.unreached) > 1e-6 * given.sum():
        raise AssertionError("help is lost or made")
    draws = (people[:, None] * drawn.uniform(0.7, 1.3, (len(people), DRAWS))).astype(np.float32)
    with clock() as carried:
        score_draws(weights, given, draws)
    floor = _bare(weights, draws) * DRAWS / 64
    memory_draws = peak_gib()
    del weights, draws
    with clock() as agents:
        even = rational_agents(times.minutes, given, people)
    note = f"{communes.height} communes × {places.height} lieux, {times.minutes.nnz} paires"
    busy = points.cpu + carried.cpu
    return [
        Measure("reach-access", "Accès de la France, des points aux scores", points.seconds,
                limit=6.0, note=f"{note} qui pèsent toutes ; {points.cpu:.1f} s de processeur"),
        Measure("reach-access-memory", "Mémoire de cet accès", memory, unit="Gio", limit=GIB,
                note=note),
        Measure("reach-access-draws", f"Le même avec {DRAWS} tirages, des points aux scores",
                points.seconds + carried.seconds, limit=20.0, floor=points.seconds + floor,
                note=f"{busy:.1f} s de processeur ; plancher : les produits nus"),
        Measure("reach-access-draws-memory", "Mémoire avec les tirages", memory_draws, unit="Gio",
                note="tirages, poids et temps ensemble"),
        Measure("reach-access-raam", "RAAM de la France, équilibre mesuré", agents.seconds,
                limit=10.0, note=f"{note} ; écart {even.gap:.2%} en {even.cycles} tours ; "
                f"{agents.cpu:.1f} s de processeur ; PySAL n’a pas assez de 24 Gio"),
    ]  # fmt: skip


def _bare(weights, draws) -> float:
    light, some = weights.astype(np.float32), np.ascontiguousarray(draws[:, :64])
    with clock() as bare:
        loads = light.T @ some
        light @ loads
    return bare.seconds


def _small(same, people, drawn) -> list[Measure]:
    from portrea.reach.catchment import Decay, decay_named
    from portrea.reach.engines import crow_fly_times

    communes, places = _communes(), _places().head(FEW)
    minutes = crow_fly_times(communes, places, t_max=NEAR, travel=same).minutes
    given = np.round(drawn.gamma(2, 10, FEW), 1)
    value, found = _scored(minutes, decay_named("portrea"), given, people)
    plain, _ = _scored(minutes, Decay("seuil", (20.0,), (1.0,)), given, people)
    note = f"{communes.height} communes × {FEW} lieux, {minutes.nnz} paires ; médiane de {TIMES}"
    measure = Measure(
        "reach-access-2sfca", "2SFCA à paliers, des temps aux scores", value, limit=0.02, note=note
    )
    python = os.environ.get("PORTREA_PEERS")
    if not python:
        return [measure]
    peer = _peer(python, minutes, people, given, found)
    faster = peer["e2sfca"] / value
    told = f"PySAL access {peer['version']} : {peer['e2sfca']:.3f} s, {faster:.0f} fois"
    return [
        replace(measure, note=f"{note} ; {told} plus ; mêmes valeurs à 1e-9 près ; avec un seul "
                f"seuil : {plain * 1e3:.1f} ms contre {peer['2sfca'] * 1e3:.0f} ms, "
                f"{peer['2sfca'] / plain:.0f} fois"),
        Measure("reach-access-peer", "2SFCA à paliers : notre temps, en part de celui de PySAL",
                value / peer["e2sfca"], unit="part", limit=1 / LEAST, note=told),
    ]  # fmt: skip


def _scored(minutes, decay, given, people) -> tuple[float, np.ndarray]:
    """Return the median seconds from times to scores, and the scores."""
    from portrea.reach.catchment import score, weigh

    spent = []
    for _ in range(TIMES):
        with clock() as one:
            found = score(weigh(minutes, decay), given, people)
        spent.append(one.seconds)
    return float(np.median(spent)), found.access


def _peer(python: str, minutes, people, given, ours) -> dict:
    """Time the library on the same pairs, and compare its answers with ours."""
    row = np.repeat(np.arange(minutes.shape[0]), np.diff(minutes.indptr))
    script = Path(__file__).parent / "peers/pysal.py"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pairs.npz"
        np.savez(path, origin=row, dest=minutes.indices, cost=minutes.data, demand=people,
                 supply=given)  # fmt: skip
        done = subprocess.run(
            [python, str(script), "--time", str(path)], check=True, capture_output=True, text=True
        )
        with path.with_suffix(".csv").open(encoding="utf-8") as file:
            theirs = {int(r["zone"]): float(r["access"]) for r in csv.DictReader(file)}
    for zone, value in theirs.items():
        if not np.isclose(ours[zone], value, rtol=1e-9, atol=0):
            raise AssertionError(f"zone {zone}: {ours[zone]} against {value}")
    return json.loads(done.stdout)
