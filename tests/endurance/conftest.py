"""What long runs share: a PostgreSQL that really writes, and the page where figures are kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from endurance.cluster import Cluster, durable_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks import Measure

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "ENDURANCE.md"
HEADER = """# Mesures d’endurance

Écrit par `make endurance`, une ligne par mesure, à mesure que les essais longs finissent ; ne pas
modifier à la main. PostgreSQL y écrit vraiment (`fsync=on`, `synchronous_commit=on`), SQLite aussi
(`synchronous=FULL`). « Limite » : ce que le cahier des charges demande. Une ligne dit dans sa
remarque la taille de l’essai qui l’a donnée : un essai raccourci se voit.

| Clé | Mesure | Valeur | Limite | Plancher | Rapport | Remarque | Machine | Date |
|---|---|---|---|---|---|---|---|---|
"""
_KEPT = pytest.StashKey[list["Measure"]]()


@pytest.fixture(scope="session")
def durable() -> Iterator[Cluster]:
    """A PostgreSQL of this run only, with ``fsync`` on, that may be killed and started again."""
    yield from durable_cluster()


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[Measure], None]:
    """Keep a figure for ``benchmarks/ENDURANCE.md``; the test judges it by itself."""
    return request.config.stash.setdefault(_KEPT, []).append


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Write the figures of a test as soon as it ends, in ``make endurance`` only."""
    figures = item.config.stash.get(_KEPT, [])
    if not (figures and os.environ.get("PORTREA_ENDURANCE")):
        return
    from benchmarks.run import _row

    lines = RESULTS.read_text("utf-8").splitlines(keepends=True) if RESULTS.exists() else []
    rows = {line.split("`")[1]: line for line in lines if line.startswith("| `")}
    rows |= {figure.key: _row(figure) for figure in figures}
    RESULTS.write_text(HEADER + "".join(rows[key] for key in sorted(rows)), "utf-8")
    figures.clear()
