"""PySAL ``access``, in an environment of its own (geopandas weighs 350 MB: never a dependency).

    python3.13 -m venv /tmp/peers && /tmp/peers/bin/pip install access pyyaml
    /tmp/peers/bin/python benchmarks/peers/pysal.py --cases > tests/cases/reach/pysal_access.yaml
    PORTREA_PEERS=/tmp/peers/bin/python .venv/bin/python -m benchmarks.access

``--time FILE.npz`` reads pairs, people and help and prints the seconds of 2SFCA, E2SFCA and RAAM.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from access import fca, raam, weights

warnings.filterwarnings("ignore")

STEPS = {
    "portrea": {10: 1, 20: 0.5, 30: 0.2},
    "apl2012": {5: 1, 10: 0.3, 15: 0.1},
    "seuil20": {20: 1},
    "luo_qi": {20: 1, 40: 0.68, 60: 0.22},
}
"""The decays of ``src/portrea/reach/params/access.yaml``, as this library writes them."""
CALL = {
    "demand_index": True,
    "supply_index": True,
    "demand_name": "demand",
    "supply_name": "supply",
}
ZONES, PLACES = 24, 9
MANY = 10_000
"""What people are multiplied by for RAAM, so that whole persons are small beside the steps."""


def main() -> None:
    """Write the expected cases, or time one file of pairs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", action="store_true")
    parser.add_argument("--time", type=Path)
    parser.add_argument("--raam", action="store_true")
    options = parser.parse_args()
    if options.cases:
        sys.stdout.write(cases())
    else:
        json.dump(timed(options.time, with_raam=options.raam), sys.stdout)


def cases() -> str:
    """Return the case file: a small world drawn once, and what the library finds."""
    drawn = np.random.default_rng(20261122)
    minutes = np.round(drawn.gamma(2.0, 14.0, (ZONES, PLACES)), 2).astype(np.float32)
    far = (drawn.random(minutes.shape) < 0.35) | (minutes <= 0)
    minutes[7] = 95.0  # a zone that reaches nothing
    people = drawn.integers(0, 900, ZONES)
    help_given = drawn.integers(0, 60, PLACES)
    found = []
    for decay in STEPS:
        for method in ("2sfca", "3sfca"):
            scores = scored((minutes, far), people, help_given, decay, method)
            found.append({"name": f"{method} {decay}", "decay": decay, "method": method,
                          "access": scores})  # fmt: skip
    crowd = agents(minutes, far, people * MANY, help_given)
    table = [
        [None if gone else float(value) for value, gone in zip(*row, strict=True)]
        for row in zip(minutes, far, strict=True)
    ]
    head = f"# Écrit par benchmarks/peers/pysal.py --cases : PySAL access {version('access')}.\n"
    lines = [f"minutes: {json.dumps(table)}", f"persons: {people.tolist()}"]
    lines += [f"supply: {help_given.tolist()}", "cases:"]
    lines += [f"  - {json.dumps(case)}" for case in found]
    lines += [f"raam: {json.dumps({'times': MANY, 'tau': 60, 'costs': crowd})}"]
    return head + "\n".join(lines) + "\n"


def agents(minutes: Any, far: Any, people: Any, help_given: Any) -> list[float | None]:
    """Return the costs of RAAM; the library moves whole persons, so people are made many."""
    row, column = np.nonzero(~far)
    costs = pd.DataFrame({"origin": row, "dest": column, "cost": minutes[row, column]})
    costs["cost"] = costs["cost"].astype(float)
    demand, supply = frames(people, help_given)
    found = raam.raam(demand, supply, costs, tau=60, max_cycles=2000, min_step=0.0002)
    told = [found.get(zone, np.nan) for zone in range(len(people))]
    return [None if not np.isfinite(value) else float(value) for value in told]


def scored(
    pairs: tuple[Any, Any], people: Any, help_given: Any, decay: str, method: str
) -> list[float | None]:
    """Return the access of every zone, ``None`` where the library gives nothing or NaN."""
    minutes, far = pairs
    row, column = np.nonzero(~far)
    costs = pd.DataFrame({"origin": row, "dest": column, "cost": minutes[row, column]})
    costs["cost"] = costs["cost"].astype(float)
    demand, supply = frames(people, help_given)
    act = {"2sfca": fca.two_stage_fca, "3sfca": fca.three_stage_fca}[method]
    found = act(demand, supply, costs, 60, weight_fn=weights.step_fn(STEPS[decay]), **CALL)
    told = [found.get(zone, np.nan) for zone in range(len(people))]
    return [None if not np.isfinite(value) else float(value) for value in told]


def frames(people: Any, help_given: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return demand and supply as the library wants them."""
    demand = pd.DataFrame({"demand": people}, index=pd.RangeIndex(len(people), name="geoid"))
    supply = pd.DataFrame(
        {"supply": help_given}, index=pd.RangeIndex(len(help_given), name="geoid")
    )
    return demand, supply


def timed(path: Path, *, with_raam: bool) -> dict[str, Any]:
    """Return the seconds of each method and the access by steps, from a file of pairs."""
    data = np.load(path)
    costs = pd.DataFrame({name: data[name] for name in ("origin", "dest", "cost")})
    costs["cost"] = costs["cost"].astype(float)
    demand, supply = frames(data["demand"], data["supply"])
    found: dict[str, Any] = {"version": version("access")}
    start = time.perf_counter()
    fca.two_stage_fca(demand, supply, costs, 20, **CALL)
    found["2sfca"] = time.perf_counter() - start
    start = time.perf_counter()
    step = weights.step_fn(STEPS["portrea"])
    scores = fca.two_stage_fca(demand, supply, costs, 30, weight_fn=step, **CALL)
    found["e2sfca"] = time.perf_counter() - start
    if with_raam:
        start = time.perf_counter()
        raam.raam(demand, supply, costs, tau=60)
        found["raam"] = time.perf_counter() - start
    scores.to_frame("access").reset_index(names="zone").to_csv(
        path.with_suffix(".csv"), index=False
    )
    return found


if __name__ == "__main__":
    main()
