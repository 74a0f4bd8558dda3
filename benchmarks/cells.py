"""Cells of every area: raking age × diploma × household, and grouping an individual census file.

Peers of the raking, on a sample of the areas in the same run: the package ``ipfn`` and a loop over
areas with bare NumPy. Floor of the grouping: reading the same columns by bare polars.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import Measure, clock, peak_gib

if TYPE_CHECKING:
    import polars as pl

AREAS, AGES, DIPLOMAS = 49_000, 12, 7
IPFN_AREAS, LOOP_AREAS = 20, 200
PEOPLE = 20_000_000
CHUNK, DISTINCT = 1_000_000, 2
COLUMNS = ("CANTVILLE", "AGED", "DIPL", "ETUD", "INPER")
TOLERANCE = 1e-6


def run() -> list[Measure]:
    """Rake synthetic areas, then group synthetic individuals (parquet and csv)."""
    measures = _raking()
    with tempfile.TemporaryDirectory(prefix="portrea-bench-") as folder:
        for kind in ("parquet", "csv"):
            path = Path(folder) / f"FD_INDCVI_2020.{kind}"
            _apart("write", path)
            seconds, cpu, peak, floor = (float(x) for x in _apart("group", path).split())
            path.unlink()
            limit = 6.0 if kind == "parquet" else 2 * floor
            note = (
                f"{PEOPLE:,} personnes ; processeur {cpu:.1f} s ; {seconds / floor:.1f} fois la"
                " lecture des mêmes colonnes par polars nu"
            ).replace(",", " ")
            measures += [
                Measure(
                    f"cells-individuals-{kind}",
                    f"Fichier détail ({kind}) groupé en cases",
                    seconds, limit=limit, floor=floor, note=note,
                ),
                Measure(
                    f"cells-individuals-{kind}-memory",
                    f"Mémoire du groupement ({kind})",
                    peak, unit="Gio", limit=1.5, note=note,
                ),
            ]  # fmt: skip
    return measures


def _areas(seed: int = 2026) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the national shape, margins of age and diploma, and persons living alone."""
    draws = np.random.default_rng(seed)
    shape = draws.gamma(2.0, size=(AGES, DIPLOMAS))
    shape[0, 5] = 0.0
    persons = draws.gamma(4.0, 500.0, size=(AREAS, 1, 1))
    tables = persons * shape / shape.sum() * draws.lognormal(0, 0.5, (AREAS, AGES, DIPLOMAS))
    alone = tables.sum((1, 2)) * draws.uniform(0.08, 0.35, AREAS)
    return shape / shape.sum(), tables.sum(2), tables.sum(1), alone


def _raking() -> list[Measure]:
    from portrea.stats.calibration import rake_two_ways, shift_shares

    shape, ages, diplomas, alone = _areas()
    living = np.random.default_rng(7).uniform(0.02, 0.5, (AREAS, AGES * DIPLOMAS))
    with clock() as ours:
        raked = rake_two_ways(shape[None], ages, diplomas, np.eye(DIPLOMAS), tolerance=TOLERANCE)
        cells = raked.tables.reshape(AREAS, -1)
        shifted = shift_shares(living, cells, np.arange(AREAS), alone)
    share = max(
        float((raked.residuals / ages.sum(1)).max()), float((shifted.residuals / alone).max())
    )
    loop = _loop(shape, ages, diplomas) * AREAS / LOOP_AREAS
    peer = _ipfn(shape, ages, diplomas) * AREAS / IPFN_AREAS
    cells = AGES * DIPLOMAS * 2
    return [
        Measure(
            "cells-raking",
            f"Calage de 49 000 zones × {cells} cases (âge × diplôme × ménage)",
            ours.seconds,
            limit=1.5,
            note=(
                f"processeur {ours.cpu:.2f} s ; boucle NumPy"
                f" {loop / ours.seconds:.0f} fois plus lente (extrapolée de {LOOP_AREAS} zones,"
                f" sans le ménage), ipfn {peer / ours.seconds:.0f} fois (de {IPFN_AREAS})"
            ),
        ),
        Measure(
            "cells-raking-residual",
            "Écart le plus grand aux marges, en part des personnes de la zone",
            share,
            unit="part",
            limit=TOLERANCE,
        ),
    ]


def _loop(shape: np.ndarray, ages: np.ndarray, diplomas: np.ndarray) -> float:
    """Seconds of a loop over areas, each raked alone."""
    start = time.perf_counter()
    for area in range(LOOP_AREAS):
        table = shape.copy()
        for _ in range(400):
            table *= (ages[area] / table.sum(1))[:, None]
            table *= diplomas[area] / table.sum(0)
            if np.abs(table.sum(1) - ages[area]).max() < TOLERANCE * ages[area].sum():
                break
    return time.perf_counter() - start


def _ipfn(shape: np.ndarray, ages: np.ndarray, diplomas: np.ndarray) -> float:
    """Seconds of the package ``ipfn`` on a few areas."""
    from ipfn.ipfn import ipfn

    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for area in range(IPFN_AREAS):
            margins = [ages[area], diplomas[area]]
            ipfn(shape.copy() + 1e-12, margins, [[0], [1]], convergence_rate=TOLERANCE).iteration()
    return time.perf_counter() - start


def _apart(task: str, path: Path) -> str:
    """Run a task in a process of its own, so that its peak of memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.cells", task, str(path)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()


def _write(path: Path) -> None:
    """Write the synthetic individuals by chunks, in the layout of the published file."""
    import polars as pl

    draws = np.random.default_rng(1)
    chunks = [_people(draws) for _ in range(DISTINCT)]
    if path.suffix == ".csv":
        texts = [chunk.write_csv(separator=";", include_header=False) for chunk in chunks]
        with path.open("w", encoding="utf-8") as out:
            out.write(";".join(chunks[0].columns) + "\n")
            for rank in range(PEOPLE // CHUNK):
                out.write(texts[rank % DISTINCT])
        return
    parts = [chunks[rank % DISTINCT].lazy() for rank in range(PEOPLE // CHUNK)]
    pl.concat(parts).sink_parquet(path, row_group_size=CHUNK)


def _people(draws: np.random.Generator) -> pl.DataFrame:
    import polars as pl

    departement = draws.integers(1, 96, CHUNK)
    canton = draws.integers(1, 25, CHUNK)
    codes = np.array(["01", "02", "03", "11", "12", "13", "14", "15", "16", "17", "18", "19"])
    return pl.DataFrame(
        {
            "CANTVILLE": pl.Series(departement * 100 + canton).cast(pl.String).str.zfill(4),
            "AGED": pl.Series(draws.integers(0, 100, CHUNK)).cast(pl.String).str.zfill(3),
            "DEPT": pl.Series(departement).cast(pl.String).str.zfill(2),
            "DIPL": codes[draws.integers(0, len(codes), CHUNK)],
            "ETUD": np.array(["1", "2"])[(draws.random(CHUNK) < 0.85).astype(int)],
            "INPER": pl.Series(draws.integers(1, 7, CHUNK)).cast(pl.String),
            "IPONDI": pl.Series(draws.uniform(0.5, 5.0, CHUNK).round(6)),
            "SEXE": np.array(["1", "2"])[draws.integers(0, 2, CHUNK)],
            "IRIS": pl.Series(draws.integers(0, 50_000, CHUNK)).cast(pl.String).str.zfill(9),
            "TYPL": np.array(["1", "2"])[draws.integers(0, 2, CHUNK)],
        }
    )


def _group(path: Path) -> None:
    """Load the file as the product does, then by bare polars; print times and GiB."""
    from portrea.sources.insee_recensement import individuals
    from portrea.sources.peek import peek

    with clock() as ours:
        (seen,) = peek(path)
        (loaded,) = individuals.load(seen)
    memory = peak_gib()
    assert loaded.tables["crosstab"].height > 0
    print(ours.seconds, ours.cpu, memory, _bare(path))


def _bare(path: Path) -> float:
    import polars as pl

    csv = path.suffix == ".csv"
    people = pl.scan_csv(path, separator=";", infer_schema=False) if csv else pl.scan_parquet(path)
    start = time.perf_counter()
    people.select(
        pl.col(COLUMNS).str.len_bytes().max(), pl.col("IPONDI").cast(pl.Float64).sum()
    ).collect(engine="streaming")
    return time.perf_counter() - start


if __name__ == "__main__":
    {"write": _write, "group": _group}[sys.argv[1]](Path(sys.argv[2]))
