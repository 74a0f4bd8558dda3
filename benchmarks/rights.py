"""A hint of rights: OpenFisca asked once, warm; and a first idea read in the grid.

The hint leaves several answers unknown, so that some fifty households are computed for the fifteen
rights; its floor is bare OpenFisca on the very same question, in the same Python, its arrays made
before, in the same run. The grid is the whole one, its amounts drawn: only reading it is measured.
One chunk of it is computed for real, against bare OpenFisca too.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import tempfile
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import Measure, clock

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
DAY, MONTH = date(2026, 11, 23), "2026-11"
LIMIT_HINT, LIMIT_GRID = 3.5, 0.1
ROUNDS = 7
CHUNK = 5_000
SEED = 20261123
KNOWN = {
    "commune": "35238", "age": "36", "partner": "seul", "children": "8, 5", "housing": "prive",
    "situation": "travail", "residence": "eee",
}  # fmt: skip
"""Missing: the rent, the income, the income before, the disability: 54 households."""
BARE = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
import openfisca_worker as ours
from openfisca_france import FranceTaxBenefitSystem
system = FranceTaxBenefitSystem()
for line in sys.stdin:
    told = json.loads(line)
    arrays = []
    for one in told["inputs"]:
        variable = system.get_variable(one["variable"])
        arrays.append((variable.name, one["periods"], ours.array_of(variable, one["values"])))
    took = []
    for _round in range(told["rounds"]):
        simulation = ours.built(system, told["persons"])
        started = time.perf_counter()
        for name, periods, values in arrays:
            for period in periods:
                simulation.set_input(name, period, values)
        for one in told["asked"]:
            simulation.calculate(one["variable"], one["period"])
        took.append(time.perf_counter() - started)
    print(json.dumps(took), flush=True)
"""


def run() -> list[Measure]:
    """Measure the hint, warm and cold, a chunk of the grid, and its reading."""
    from portrea.rights.answers import read
    from portrea.rights.estimating import estimate
    from portrea.rights.grid import archetypes, build
    from portrea.rights.questions import first_question, question
    from portrea.rights.scenarios import scenarios_of
    from portrea.sources.openfisca import process

    engine, answers = process(), read(KNOWN)
    ask = partial(engine.ask, seconds=300)
    with clock() as cold:
        engine.warm(first_question(MONTH))
    took, spent = [], _processor(engine.pid)
    for _round in range(ROUNDS):
        with clock() as warm:
            found = estimate(answers, day=DAY, ask=ask)
        took.append(warm.seconds)
    spent = (_processor(engine.pid) - spent) / ROUNDS
    rows = list(archetypes())[:CHUNK]
    with clock() as chunk:
        build(ask, MONTH, rows=rows)
    engine.stop()
    hint, part = _bare(
        question(scenarios_of(answers).households, month=MONTH),
        question([row.household() for row in rows], month=MONTH),
    )
    note = (
        f"{found.scenarios} foyers, {len(found.hints)} droits, au pire {max(took):.1f} s ;"
        f" processeur {spent:.1f} s"
    )
    return [
        Measure("rights-hint-live", "Indice de droits, quatre réponses inconnues",
                median(took), limit=LIMIT_HINT, floor=hint, note=note),
        Measure("rights-hint-start", "Démarrage du calcul et première question", cold.seconds,
                note="payé d’avance, pendant que la personne répond"),
        Measure("rights-grid-chunk", f"Grille des premières idées, {CHUNK} cas", chunk.seconds,
                floor=part, note="la grille entière en compte seize fois plus"),
        _grid(),
    ]  # fmt: skip


def _processor(pid: int | None) -> float:
    """Return the seconds of processor that a process used so far."""
    told = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _bare(hint: Mapping[str, Any], chunk: Mapping[str, Any]) -> list[float]:
    """Return the seconds of bare OpenFisca, warm, for a small question and a large one."""
    from portrea.sources.openfisca import python_with_openfisca

    asked = [dict(hint) | {"rounds": ROUNDS + 1}, dict(chunk) | {"rounds": 1}]
    worker = str(ROOT / "src/portrea/sources")
    done = subprocess.run(
        [str(python_with_openfisca()), "-W", "ignore", "-c", BARE, worker],
        input="".join(json.dumps(one) + "\n" for one in asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    return [median(first[1:]), second[0]]


def _grid() -> Measure:
    """Measure the reading of a first idea, page after page, then with the file read anew."""
    from portrea.rights.answers import read
    from portrea.rights.estimating import first_hints
    from portrea.rights.grid import build
    from portrea.sources.rights_grid import keep_grid, read_grid

    rng = random.Random(SEED)

    def drawn(asked: Mapping[str, Any]) -> dict[str, list[float]]:
        persons = asked["persons"]["household"]
        own = {"asi", "aah"}
        return {
            one["variable"]: [
                rng.uniform(0, 900)
                for _one in range(len(persons) if one["variable"] in own else max(persons) + 1)
            ]
            for one in asked["asked"]
        }

    with tempfile.TemporaryDirectory(prefix="portrea-grid-") as folder:
        home = Path(folder)
        path = keep_grid(home, MONTH, build(drawn, MONTH))
        size, took, answers = path.stat().st_size, [], read(KNOWN | {"income": "1000"})
        for _round in range(ROUNDS * 3):
            with clock() as idea:
                grid = read_grid(home, MONTH)
                found = first_hints(answers, grid) if grid is not None else None
            took.append(idea.seconds)
    count = found.scenarios if found else 0
    note = (
        f"{count} cas voisins ; fichier lu pour la première fois : {took[0] * 1e3:.0f} ms,"
        f" {size / 1e6:.1f} Mo"
    )
    value = median(took[1:]) if count else float("inf")
    title = "Première idée, lue dans la grille"
    return Measure("rights-grid-read", title, value, limit=LIMIT_GRID, note=note)
