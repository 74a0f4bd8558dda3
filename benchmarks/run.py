"""Run every benchmark, each in a fresh process, and write ``RESULTS.md``."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks import Measure

FOLDER = Path(__file__).parent
RESULTS = FOLDER / "RESULTS.md"
HEADER = """# Mesures

Écrit par `make bench` ; ne pas modifier à la main. Une ligne par mesure, désignée par sa clé dans
`docs/acceptation/`. « Limite » : ce que le cahier des charges demande. « Plancher » : le même
travail fait avec la bibliothèque nue, dans la même exécution. « Rapport » : valeur / limite, puis
valeur / plancher. Une mesure est datée et dépend de la machine.

| Clé | Mesure | Valeur | Limite | Plancher | Rapport | Remarque | Machine | Date |
|---|---|---|---|---|---|---|---|---|
"""


def main(names: list[str]) -> int:
    """Measure the named modules (all by default) and merge their rows in the results."""
    modules = names or sorted(
        path.stem for path in FOLDER.glob("*.py") if path.stem not in {"__init__", "run"}
    )
    rows = _former_rows()
    failed = []
    for module in modules:
        print(f"» {module}", flush=True)
        measures = _measure_apart(module)
        failed += [measure.key for measure in measures if not measure.kept]
        rows |= {measure.key: _row(measure) for measure in measures}
        RESULTS.write_text(HEADER + "".join(rows[key] for key in sorted(rows)), "utf-8")
    if failed:
        print(f"Limite dépassée : {', '.join(failed)}")
    return 1 if failed else 0


def measures_of(module: str) -> list[Measure]:
    """Run one module in this process."""
    made = import_module(f"benchmarks.{module}").run()
    return [row if isinstance(row, Measure) else Measure(**row) for row in _listed(made)]


def _listed(made: object) -> list[Measure | Mapping]:
    return [made] if isinstance(made, (Measure, Mapping)) else list(made)


def _measure_apart(module: str) -> list[Measure]:
    """Run one module in a fresh process, so that peaks of memory do not mix.

    Portrea is loaded before NumPy, as in its own programs.
    """
    code = (
        "import portrea, json, sys; from dataclasses import asdict; "
        "from benchmarks.run import measures_of; "
        f"made = measures_of({module!r}); "
        "print('@' + json.dumps([asdict(row) for row in made]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        stdout=subprocess.PIPE,
        text=True,
        cwd=FOLDER.parent,
    )
    if done.returncode:
        sys.exit(f"La mesure {module} a échoué.")
    line = next(line for line in done.stdout.splitlines() if line.startswith("@"))
    measures = [Measure(**row) for row in json.loads(line[1:])]
    for measure in measures:
        print(f"  {measure.key:32} {_number(measure.value, measure.unit):>12}  {measure.note}")
    return measures


def _former_rows() -> dict[str, str]:
    if not RESULTS.exists():
        return {}
    lines = RESULTS.read_text("utf-8").splitlines(keepends=True)
    return {line.split("`")[1]: line for line in lines if line.startswith("| `")}


def _row(measure: Measure) -> str:
    against = [reference for reference in (measure.limit, measure.floor) if reference]
    cells = (
        f"`{measure.key}`",
        measure.title,
        _number(measure.value, measure.unit),
        _number(measure.limit, measure.unit),
        _number(measure.floor, measure.unit),
        " ; ".join(_decimal(measure.value / reference) for reference in against) or "–",
        " ; ".join(filter(None, (measure.informative and "à titre indicatif", measure.note)))
        or "–",
        _machine(),
        datetime.now(UTC).date().isoformat(),
    )
    return "| " + " | ".join(cells) + " |\n"


def _number(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{_decimal(value)} {unit}"


def _decimal(value: float) -> str:
    text = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return text.replace(".", ",")


def _machine() -> str:
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cœurs, {system}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
