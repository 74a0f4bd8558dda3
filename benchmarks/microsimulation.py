"""Microsimulation: ten thousand synthetic households, then a région's sample and its table.

Floor of the batch: the same 10,000 households, all different, in one bare call of OpenFisca (its
simulation built, filled and computed from arrays, the system already loaded and warm), in the same
run. The région's sample is the largest allowed, 300,000 households streamed through two processes;
its weights are those of 35,000 made-up communes, as many as the nation has: only their number
matters here. The memory shown for a million is that of this stream: its peak stops growing after
the first parts, and no part is kept.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks import Measure, clock, peak_gib

if TYPE_CHECKING:
    from portrea.rights.households import Household
    from portrea.sources.openfisca import Process

MONTH = "2026-10"
BATCH, SAMPLE, COMMUNES = 10_000, 300_000, 35_000
RATIO, GIB, SECONDS = 1.2, 1.0, 600.0
EARLY = 0.25
"""Share of the stream after which its peak of memory should have been reached."""
BARE = """
import importlib.util, json, sys, time, warnings
warnings.simplefilter("ignore")
spec = importlib.util.spec_from_file_location("worker", sys.argv[1])
worker = importlib.util.module_from_spec(spec); spec.loader.exec_module(worker)
from openfisca_france import FranceTaxBenefitSystem
system = FranceTaxBenefitSystem()
small, large = (json.loads(line) for line in open(sys.argv[2]))
worker.answer(system, small)
start = time.perf_counter(); worker.answer(system, large)
print(time.perf_counter() - start)
"""


def run() -> list[Measure]:
    """Measure the batch beside its floor, then the whole."""
    return [*_batch(), *_region()]


def _households() -> list[Household]:
    from portrea.rights.synthetic.sampling import draw

    every = list(dict.fromkeys(one for _rank, one in draw(40_000, seed=1)))
    return random.Random(1).sample(every, BATCH)


def _batch() -> list[Measure]:
    from portrea.rights.synthetic.areas import rights_sought
    from portrea.rights.synthetic.asking import amounts_of

    households, names = _households(), rights_sought()
    floor, expected = _bare(households, names), len(households)
    with _Engines(2) as engines:
        amounts_of(households[:2], names, month=MONTH, asks=engines.asks, chunk=1)
        with clock() as whole:
            found = amounts_of(households, names, month=MONTH, asks=engines.asks)
        memory = sum(engines.peaks())
    if len(found["rsa"]) != expected:
        raise AssertionError(f"{expected} households expected, {len(found['rsa'])} answered")
    note = f"{', '.join(names)} ; deux processus, lots de 2 500"
    return [
        Measure(
            "rights-batch-10000",
            "Droits de 10 000 ménages de synthèse, tous différents",
            whole.seconds,
            limit=RATIO * floor,
            floor=floor,
            note=note,
        ),
        Measure(
            "rights-batch-memory",
            "Mémoire des deux processus OpenFisca pour 10 000 ménages",
            memory,
            unit="Gio",
            limit=GIB,
            note=f"celle de Portrea : {peak_gib():.2f} Gio".replace(".", ","),
        ),
    ]


def _bare(households: list[Household], names: list[str]) -> float:
    """Return seconds of one call of OpenFisca for all of them, once warm."""
    from portrea.rights.questions import question
    from portrea.sources.openfisca import WORKER, python_with_openfisca

    asked = [question(part, month=MONTH, names=names) for part in (households[:1], households)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questions"
        path.write_text("\n".join(json.dumps(one) for one in asked), "utf-8")
        done = subprocess.run(
            [str(python_with_openfisca()), "-c", BARE, str(WORKER), str(path)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return float(done.stdout)


def _region() -> list[Measure]:
    from portrea.rights.synthetic.areas import Wanted, estimate

    peaks: list[tuple[float, float]] = []
    with _Engines(2) as engines:

        def followed(share: float, step: str) -> None:  # noqa: ARG001
            peaks.append((share, max(engines.peaks())))

        with clock() as whole:
            found = estimate(
                _communes(), {"rsa": 1_800_000.0}, Wanted(MONTH, SAMPLE),
                asks=engines.asks, vintages="essai", progress=followed,
            )  # fmt: skip
    early = max(peak for share, peak in peaks if share <= EARLY)
    nation = found.table.filter((pl.col("level") == "france") & (pl.col("right") == "rsa"))
    share = float(nation["mc_error"][0] / nation["eligible"][0])
    rows = f"{found.drawn} ménages tirés, {found.table.height} lignes"
    error = f"erreur de tirage du RSA {100 * share:.2f} %".replace(".", ",")
    late = f"au quart du flux : {early:.2f} Gio".replace(".", ",")
    return [
        Measure(
            "rights-region",
            "Échantillon pondéré d’une région (la plus grande taille) et tableau, deux processus",
            whole.seconds,
            limit=SECONDS,
            note=f"{rows} ; {error}",
        ),
        Measure(
            "rights-million-memory",
            "Mémoire d’un processus OpenFisca au fil de 300 000 ménages",
            max(peak for _share, peak in peaks),
            unit="Gio",
            limit=GIB,
            note=f"{late} ; celle de Portrea : {peak_gib():.2f} Gio".replace(".", ","),
        ),
    ]


def _communes() -> pl.DataFrame:
    """Make up as many communes as the nation has, in a hundred departements."""
    generator = np.random.default_rng(1)
    size = np.round(np.exp(generator.normal(5.6, 1.2, COMMUNES))) + 20
    rank = np.arange(COMMUNES)
    return pl.DataFrame(
        {
            "code": [f"{one:05}" for one in rank],
            "epci": [f"{one // 28:09}" for one in rank],
            "departement": [f"{one // 350:02}" for one in rank],
            "region": [f"{one // 2700:02}" for one in rank],
            "place": [f"zone_{1 + one % 3}" for one in rank],
            "households": size,
            "persons": 2.2 * size,
            "persons_0_19": size * generator.uniform(0.4, 0.6, COMMUNES),
            "persons_65_plus": size * generator.uniform(0.3, 0.6, COMMUNES),
            "alone": generator.uniform(0.2, 0.45, COMMUNES),
            "lone_parent": generator.uniform(0.05, 0.13, COMMUNES),
            "under_25": generator.uniform(0.08, 0.25, COMMUNES),
            "hlm": generator.uniform(0.0, 0.3, COMMUNES),
            "median_income": generator.uniform(18_000.0, 28_000.0, COMMUNES),
            "poverty_rate": generator.uniform(0.06, 0.25, COMMUNES),
        }
    )


class _Engines:
    """Some processes of OpenFisca, loaded; ended when the block does."""

    def __init__(self, count: int) -> None:
        from portrea.sources.openfisca import Process, python_with_openfisca

        self.processes = [Process(str(python_with_openfisca())) for _rank in range(count)]
        for one in self.processes:
            one.warm()
        self.asks = [self._asking(one) for one in self.processes]

    @staticmethod
    def _asking(process: Process) -> Any:
        return lambda question: process.ask(question, seconds=SECONDS)

    def peaks(self) -> list[float]:
        """Return the largest resident memory of each process so far, in GiB."""
        peaks = []
        for one in self.processes:
            running = one._running
            if running is None:
                raise AssertionError("the process is not there")
            status = Path(f"/proc/{running.pid}/status").read_text("utf-8")
            line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
            peaks.append(int(line.split()[1]) / 2**20)
        return peaks

    def __enter__(self) -> _Engines:
        return self

    def __exit__(self, *_raised: object) -> None:
        for one in self.processes:
            one.stop()
