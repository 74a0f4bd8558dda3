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
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from benchmarks import Measure

    from endurance.cluster import Cluster

    Told = tuple[float, dict[str, float]]

SHARE = 0.70
"""Of what a bare Django site answers by second, on the same server, in the same run."""
WARM_UP = 15.0
BLOCKS, STUDENT = 10, 2.306
"""Blocks of samples, and the quantile of Student’s law for the line through their means."""
SOAK_CLIENTS = 2
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


def read(
    env: dict[str, str], seconds: float, clients: int = load.CLIENTS, *, worker: bool = False
) -> tuple[dict[str, Any], list[Told]]:
    """Return what our site does, and its memory (minutes, MiB by kind) while it does it."""
    port, addresses, told = load.free_port(), load.mix(), []
    with load.served(load.portrea(port, worker=worker), env, port) as process:
        load.asked(port, addresses, WARM_UP)
        stop, began = threading.Event(), time.monotonic()

        def watch() -> None:
            while not stop.wait(max(0.5, seconds / 400)):
                told.append(((time.monotonic() - began) / 60, load.memory(process)))

        watching = threading.Thread(target=watch)
        watching.start()
        seen = load.asked(port, addresses, seconds, clients)
        stop.set()
        watching.join()
    return seen, told


def slope(minutes: Sequence[float], mib: Sequence[float]) -> tuple[float, float]:
    """Return how many MiB a minute the memory grows, over the second half, ± at 95 %.

    The line goes through the means of ten blocks: neighbouring samples are not independent.
    """
    half = len(minutes) // 2
    parts = zip(
        *(np.array_split(np.asarray(v[half:]), BLOCKS) for v in (minutes, mib)), strict=True
    )
    x, y = np.array([(a.mean(), b.mean()) for a, b in parts]).T
    gap = x - x.mean()
    grown = float(gap @ y / (gap @ gap))
    left = y - y.mean() - grown * gap
    error = float(np.sqrt(left @ left / (BLOCKS - 2) / (gap @ gap)))
    return grown, STUDENT * error


def rows(name: str, ours: dict[str, Any], bare: dict[str, Any], seconds: float) -> Iterator[Any]:
    """Make the figures of a run."""
    from benchmarks import Measure

    share = ours["rate"] / bare["rate"]
    note = (
        f"{share:.0%} du plafond ({SHARE:.0%} demandés) : {ours['rate']:.0f} requêtes/s contre"
        f" {bare['rate']:.0f} (Django nu, une liste de 25 lignes, le meilleur d’avant et"
        f" d’après), {load.CLIENTS} clients, {load.WORKERS} processus,"
        f" {seconds:.0f} s, {len(ours['times'])} réponses,"
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
    minutes = [n / 10 for n in range(100)]
    grown, around = slope(
        minutes, [500 + 3 * minute + (-1) ** n for n, minute in enumerate(minutes)]
    )
    assert grown == pytest.approx(3, abs=0.1)
    assert 0 < around < 0.5


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

    seen, told = read(filled(demo_home, tmp_path), sizes.SOAK, SOAK_CLIENTS, worker=True)
    minutes, worst = [minute for minute, _kinds in told], 0.0
    for kind, title in (("site", "Mémoire des processus du site"), ("file", "… de la file")):
        mib = [kinds[kind] for _minute, kinds in told]
        assert min(mib) > 0, f"nothing of « {kind} » was seen"
        grown, around = slope(minutes, mib)
        worst = max(worst, grown - around)
        note = (
            f"± {around:.2f} à 95 %, seconde moitié ; {sizes.SOAK / 60:.0f} min,"
            f" {len(seen['times'])} réponses, {SOAK_CLIENTS} clients, {len(seen['wrong'])} erreur ;"
            f" {mib[0]:.0f} Mio au début, {mib[len(mib) // 2]:.0f} à mi-course,"
            f" {mib[-1]:.0f} à la fin"
        )
        keep(Measure(f"soak-memory-{kind}", f"{title} sous charge : pente", grown, "Mio/min",
                     limit=SLOPE, note=note))  # fmt: skip
    assert seen["wrong"] == []
    assert worst < SLOPE


def _judged(name: str, env: dict[str, str], keep: Callable[[Measure], None]) -> None:
    asked = min(10, sizes.READING)
    before = ceiling(env, asked)
    ours, _memory = read(env, sizes.READING)
    bare = max(before, ceiling(env, asked), key=lambda told: told["rate"])
    for row in rows(name, ours, bare, sizes.READING):
        keep(row)
    assert ours["wrong"] == []
    assert ours["rate"] / bare["rate"] >= SHARE
