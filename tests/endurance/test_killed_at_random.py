"""Killed at any moment, the site loses nothing it said was written, and writes nothing twice."""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from endurance import sizes
from endurance.killing import (
    WRITERS,
    Ledger,
    Nursery,
    Writer,
    environment,
    faults,
    free_port,
    kill_at_random,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from benchmarks import Measure

    from endurance.cluster import Cluster

SLICE = 5
"""Kills of the part that everyone runs."""
SEED = 20261123


def killed(folder: Path, kills: int, cluster: Cluster | None = None, url: str = "") -> dict:
    """Write, kill, and return what was seen once all is quiet."""
    env, port = environment(folder / "home", url), free_port()
    ledger, stop = Ledger(folder / "ledger"), threading.Event()
    nursery = Nursery(env, port)
    keys = nursery.ask("prepare")
    writers = [Writer(n, port, keys, ledger, stop) for n in range(WRITERS)]
    began = time.monotonic()
    try:
        for act in ("web", "worker", "decider"):
            nursery.born(act)
        for writer in writers:
            writer.start()
        targets = {
            "web": (6.0, lambda: nursery.kill("web")),
            "worker": (2.0, lambda: nursery.kill("worker")),
            "decider": (1.0, lambda: nursery.kill("decider")),
        }
        if cluster:
            targets["database"] = (2.0, lambda: (cluster.kill(), nursery.kill("worker")))
        dead = kill_at_random(targets, ledger, kills, SEED)
        stop.set()
        for writer in writers:
            writer.join()
        seconds = time.monotonic() - began
        nursery.kill_all()
        nursery.ask("drain")
        told = nursery.ask("tell")
    finally:
        stop.set()
        nursery.end()
    return {"ledger": ledger, "dead": dead, "told": told, "seconds": seconds,
            "odd": sum((writer.odd for writer in writers), start=type(dead)())}  # fmt: skip


def judge(seen: dict[str, Any], kills: int) -> None:
    """Nothing acknowledged is lost, nothing is there twice, nothing is half written."""
    ledger: Ledger = seen["ledger"]
    assert sum(seen["dead"].values()) == kills
    assert len(ledger.titles()) >= kills
    assert ledger.tries > ledger.acknowledged, "no request was ever cut: nothing was tried"
    assert faults(ledger.titles(), seen["told"]) == []


def figure(key: str, title: str, seen: dict[str, Any]) -> Measure:
    """Return the row of a run."""
    from benchmarks import Measure

    ledger: Ledger = seen["ledger"]
    dead = ", ".join(f"{name} {count}" for name, count in sorted(seen["dead"].items()))
    return Measure(
        key, title, len(faults(ledger.titles(), seen["told"])), "fautes", limit=0.0,
        note=f"{sum(seen['dead'].values())} morts ({dead}) ; {ledger.acknowledged} écritures"
        f" acquittées, {ledger.tries - ledger.acknowledged} demandes coupées ou redites ;"
        f" {seen['told']['decided']} décisions, {seen['told']['given_up']} courriels abandonnés"
        f" après trois morts et dits ; {seen['seconds']:.0f} s",
    )  # fmt: skip


def test_what_is_lost_doubled_or_halved_is_seen() -> None:
    told = {"titles": {"a": 1, "b": 2}, "journal": 2, "keys": 3, "decided": 1, "decisions": 1,
            "addresses": 2, "given_up": 1}  # fmt: skip
    assert faults(["a", "b", "c"], told) == [
        "lost: c", "2 times: b", "journal: 2 for 3", "1 decisions were never told",
    ]  # fmt: skip


@pytest.mark.slow
def test_a_few_deaths_lose_nothing_on_sqlite(ready_home: Path, tmp_path: Path) -> None:
    shutil.copytree(ready_home, tmp_path / "home")
    judge(killed(tmp_path, SLICE), SLICE)


@pytest.mark.slow
@pytest.mark.postgres
def test_a_few_deaths_lose_nothing_on_postgresql(durable: Cluster, tmp_path: Path) -> None:
    for url in durable.database():
        judge(killed(tmp_path, SLICE, durable, url), SLICE)


@pytest.mark.endurance
def test_a_thousand_deaths_lose_nothing_on_sqlite(
    tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    seen = killed(tmp_path, sizes.KILLS)
    keep(figure("kills-sqlite", "Écritures perdues, doublées ou à demi faites, SQLite", seen))
    judge(seen, sizes.KILLS)


@pytest.mark.endurance
@pytest.mark.postgres
def test_a_thousand_deaths_lose_nothing_on_postgresql(
    durable: Cluster, tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    for url in durable.database():
        seen = killed(tmp_path, sizes.KILLS, durable, url)
        title = "Écritures perdues, doublées ou à demi faites, PostgreSQL"
        keep(figure("kills-postgresql", title, seen))
        judge(seen, sizes.KILLS)
