"""The public mix: no error for ten minutes, a share of the framework’s own ceiling, flat memory."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from endurance import load, sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks import Measure

    from endurance.cluster import Cluster

SHARE = 0.70
"""Of what a bare Django site answers by second, on the same server, in the same run."""
WARM_UP = 20.0
SLOPE = 1.0
"""MiB a minute that the memory of the site may grow, once it is warm."""


def filled(demo_home: Path, folder: Path, database: str = "") -> dict[str, str]:
    """Return the environment of the computed demo with a census."""
    home = folder / "home"
    shutil.copytree(demo_home, home)
    env = load.environment(home, database)
    script = load.ROOT / "tests" / "endurance" / "filling.py"
    subprocess.run([sys.executable, "-W", "ignore", str(script)], env=env, check=True)
    code = "from benchmarks.load.bare import site; site()"
    subprocess.run([sys.executable, "-c", code], env=env, cwd=load.ROOT, check=True)
    return env


def ceiling(env: dict[str, str], seconds: float) -> dict[str, Any]:
    """Return what the bare site does."""
    port = load.free_port()
    with load.served(load.bare(port), env, port):
        load.asked(port, ["/?page=1"], 2)
        return load.asked(port, [f"/?page={page}" for page in range(40)], seconds)


def read(env: dict[str, str], seconds: float) -> tuple[dict[str, Any], list[tuple[float, float]]]:
    """Return what our site does, and its memory (minutes, MiB) while it does it."""
    port, addresses, told = load.free_port(), load.mix(), []
    with load.served(load.portrea(port), env, port) as process:
        load.asked(port, addresses, WARM_UP)
        stop, began = threading.Event(), time.monotonic()

        def watch() -> None:
            while not stop.wait(max(0.5, seconds / 100)):
                told.append(((time.monotonic() - began) / 60, load.memory(process)))

        watching = threading.Thread(target=watch)
        watching.start()
        seen = load.asked(port, addresses, seconds)
        stop.set()
        watching.join()
    return seen, told


def slope(told: list[tuple[float, float]]) -> float:
    """Return how many MiB a minute the memory grows, over the second half of the run."""
    half = np.array(told[len(told) // 2 :])
    return float(np.polyfit(half[:, 0], half[:, 1], 1)[0])


def rows(name: str, ours: dict[str, Any], bare: dict[str, Any], seconds: float) -> Iterator[Any]:
    """Make the figures of a run."""
    from benchmarks import Measure

    share = ours["rate"] / bare["rate"]
    note = (
        f"{share:.0%} du plafond ({SHARE:.0%} demandés) : {ours['rate']:.0f} requêtes/s contre"
        f" {bare['rate']:.0f} (Django nu, une liste de 25 lignes), {load.CLIENTS} clients,"
        f" {load.WORKERS} processus, {seconds:.0f} s, {len(ours['times'])} réponses,"
        f" {len(ours['wrong'])} erreur ; {load.percentiles(ours)}"
    )
    yield Measure(
        f"load-mix-{name}", "Plafond du cadre rapporté au débit du mélange public",
        1 / share, "fois", limit=1 / SHARE, note=note,
    )  # fmt: skip
    p95 = float(np.percentile(ours["times"], 95))
    yield Measure(f"load-mix-{name}-p95", "Mélange public, 16 clients à la fois (p95)", p95,
                  floor=float(np.percentile(bare["times"], 95)))  # fmt: skip


def test_the_mix_asks_each_kind_of_page_as_often_as_said() -> None:
    asked = load.mix()
    assert len(asked) == 24 * sum(load.SHARES.values())
    assert sum("/orientation/" in address for address in asked) == 24 * load.SHARES["orientation"]
    assert slope([(n / 10, 500 + 3 * n / 10) for n in range(20)]) == pytest.approx(3)


@pytest.mark.endurance
def test_ten_minutes_of_reading_on_sqlite(
    demo_home: Path, tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    _judged("sqlite", filled(demo_home, tmp_path), keep)


@pytest.mark.endurance
@pytest.mark.postgres
def test_ten_minutes_of_reading_on_postgresql(
    demo_home: Path, tmp_path: Path, durable: Cluster, keep: Callable[[Measure], None]
) -> None:
    for url in durable.database():
        _judged("postgresql", filled(demo_home, tmp_path, url), keep)


@pytest.mark.endurance
def test_memory_is_flat_over_a_soak(
    demo_home: Path, tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    from benchmarks import Measure

    seen, told = read(filled(demo_home, tmp_path), sizes.SOAK)
    grown = slope(told)
    note = (
        f"{sizes.SOAK / 60:.0f} min, {len(seen['times'])} réponses ;"
        f" {told[len(told) // 2][1]:.0f} Mio à mi-course, {told[-1][1]:.0f} à la fin"
    )
    title = "Mémoire du site sous charge : pente"
    keep(Measure("soak-memory", title, max(grown, 0.0), "Mio/min", limit=SLOPE, note=note))
    assert seen["wrong"] == []
    assert grown < SLOPE


def _judged(name: str, env: dict[str, str], keep: Callable[[Measure], None]) -> None:
    bare = ceiling(env, min(20, sizes.READING))
    ours, _memory = read(env, sizes.READING)
    for row in rows(name, ours, bare, sizes.READING):
        keep(row)
    assert ours["wrong"] == []
    assert ours["rate"] / bare["rate"] >= SHARE
