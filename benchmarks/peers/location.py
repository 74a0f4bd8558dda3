"""Peer of the placement: spopt, in an environment of its own, with HiGHS when it has it.

``python benchmarks/peers/location.py INSTANCE.npz MODEL`` prints its seconds and objective as
JSON. It is run by the interpreter named by ``PORTREA_SPOPT`` (one where spopt is installed:
``python -m venv /tmp/spopt && /tmp/spopt/bin/pip install spopt highspy``), never by ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def spopt_answer(instance: Path, model: str) -> dict[str, float] | None:
    """Return seconds and objective of spopt, None where it is not installed."""
    python = os.environ.get("PORTREA_SPOPT")
    if not python:
        return None
    command = [python, __file__, str(instance), model]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(path: str, model: str) -> None:
    """Solve one instance: ``minutes`` (dense), ``persons``, ``openings``, ``threshold``."""
    import numpy as np
    import pulp
    from spopt.locate import MCLP, PMedian

    card = np.load(path)
    minutes, persons, openings = card["minutes"], card["persons"], int(card["openings"])
    solver = pulp.HiGHS(msg=False) if pulp.HiGHS().available() else pulp.PULP_CBC_CMD(msg=False)
    started = (time.perf_counter(), time.process_time())
    if model == "mclp":
        asked = MCLP.from_cost_matrix(minutes, persons, float(card["threshold"]), openings)
    else:
        asked = PMedian.from_cost_matrix(minutes, persons, openings)
    solved = asked.solve(solver)
    seconds = time.perf_counter() - started[0]
    cpu = time.process_time() - started[1]
    objective = float(pulp.value(solved.problem.objective))
    print(json.dumps({"seconds": seconds, "cpu": cpu, "objective": objective}))


if __name__ == "__main__":
    main(*sys.argv[1:])
