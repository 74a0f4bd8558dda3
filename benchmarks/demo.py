"""``make demo`` from a clean clone: new environment, assets, data, computation, tiles, PDF.

The second run finds everything done. No floor: the limits are those of the request.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from benchmarks import Measure, clock

ROOT = Path(__file__).resolve().parents[1]


def run() -> list[Measure]:
    """Clone what is committed, then run the README's command twice."""
    with tempfile.TemporaryDirectory(prefix="portrea-bench-") as folder:
        clone = Path(folder) / "portrea"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first, second = _demo(clone), _demo(clone)
    return [
        Measure(
            "demo-first",
            "`make demo` dans un clone neuf, sans environnement",
            first,
            limit=180,
            note="France entière, jusqu’au site prêt ; dépend aussi du réseau des paquets",
        ),
        Measure("demo-second", "`make demo`, la deuxième fois", second, limit=10),
    ]


def _demo(clone: Path) -> float:
    left = {"VIRTUAL_ENV", "PORTREA_HOME", "PYTHONPATH"}
    environment = {name: value for name, value in os.environ.items() if name not in left}
    with clock() as elapsed:
        subprocess.run(
            ["make", "demo", "ARGS=--no-serve"],
            check=True,
            cwd=clone,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return elapsed.seconds
