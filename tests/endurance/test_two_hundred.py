"""Two hundred people write at once: whatever was acknowledged is there, once, in the history."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from endurance import sizes
from endurance.killing import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks import Measure

    from endurance.cluster import Cluster

SCRIPT = Path(__file__).with_name("pressing.py")
PROCESSES = 2
SLICE = 16
"""People of a first look, before the whole crowd."""


def pressed(home: Path, people: int, database: str = "") -> dict[str, Any]:
    """Let people write at once, from two processes; return what they were told and what is kept."""
    env = environment(home, database)

    def start(*words: object) -> subprocess.Popen[str]:
        command = [sys.executable, "-W", "ignore", str(SCRIPT), *map(str, words)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=env, stdout=pipe, stderr=pipe, text=True)

    def end(process: subprocess.Popen[str]) -> Any:
        told, errors = process.communicate(timeout=1_800)
        assert process.returncode == 0, errors
        return json.loads(told.strip().splitlines()[-1]) if told.strip() else None

    end(start("prepare"))
    part, began = people // PROCESSES, time.monotonic()
    running = [start("press", n * part, (n + 1) * part) for n in range(PROCESSES)]
    told = [person for process in running for person in end(process)]
    return {"told": told, "kept": end(start("tell")), "seconds": time.monotonic() - began}


def judge(seen: dict[str, Any], people: int) -> None:
    """Nobody lost anything, nothing is there twice, conflicts were told."""
    told, kept = seen["told"], seen["kept"]
    assert [one for one in told if "fault" in one] == []
    assert {one["thanks"] for one in told} == {"Merci, c’est envoyé"}
    assert {one["answered"] for one in told} == {200}
    assert {one["difficulty"] for one in told} == {302}
    assert kept["fixes"] == sorted(f"personne {rank}" for rank in range(people))
    assert kept["sheets"] == sorted(f"Association {10_000 + rank}" for rank in range(people))
    assert kept["answers"] == kept["difficulties"] == people
    assert kept["versions"] == people + 5, "each correction is a version of its sheet"


def figure(name: str, seen: dict[str, Any], people: int) -> Measure:
    """Return the row of a run."""
    from benchmarks import Measure

    lost = people - len(set(seen["kept"]["fixes"]))
    conflicts = sum(one.get("conflicts", 0) for one in seen["told"])
    note = (
        f"{people} personnes à la fois, {PROCESSES} processus : {people} corrections de cinq"
        f" fiches, {people} fiches par lien, {people} réponses, {people} difficultés ;"
        f" {conflicts} conflits dits ; {seen['seconds']:.0f} s"
    )
    return Measure(f"crowd-{name}", "Écritures perdues", float(lost), "écritures", 0.0, note=note)


@pytest.mark.endurance
def test_sixteen_people_lose_nothing(ready_home: Path, tmp_path: Path) -> None:
    judge(pressed(Path(shutil.copytree(ready_home, tmp_path / "home")), SLICE), SLICE)


@pytest.mark.endurance
def test_two_hundred_people_lose_nothing_on_sqlite(
    tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    seen = pressed(tmp_path / "home", sizes.WRITERS)
    keep(figure("sqlite", seen, sizes.WRITERS))
    judge(seen, sizes.WRITERS)


@pytest.mark.endurance
@pytest.mark.postgres
def test_two_hundred_people_lose_nothing_on_postgresql(
    durable: Cluster, tmp_path: Path, keep: Callable[[Measure], None]
) -> None:
    for url in durable.database():
        seen = pressed(tmp_path / "home", sizes.WRITERS, url)
        keep(figure("postgresql", seen, sizes.WRITERS))
        judge(seen, sizes.WRITERS)
