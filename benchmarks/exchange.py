"""Exports of a census of 100,000 places to each format: from the database to the file in place.

The census is that of :mod:`benchmarks.offer_pages` (63,374 real rows, and copies up to 100,000), on
SQLite. Elapsed seconds, start-up of the command aside; processor seconds and memory are in the
note: what the peak grew by between 10,000 places and 100,000, in the largest process.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import Measure, clock
from benchmarks.duplicates import LIST
from benchmarks.offer_pages import PLACES, ROOT, SHARED

LIMIT = 15.0
FEW = 10_000
STANDARDS = ("mednum", "mednum-5", "data-inclusion", "geojson", "xlsx", "geoparquet", "csv")


def run() -> list[Measure]:
    """Fill a census, then write every format once, each in a process of its own."""
    if not (SHARED / LIST).exists():
        return []
    with tempfile.TemporaryDirectory(prefix="portrea-export-") as folder:
        _apart(folder, "prepare()")
        return [_told(name, _apart(folder, f"measure({name!r})")) for name in STANDARDS]


def _apart(folder: str, call: str) -> dict[str, Any]:
    """Do one thing in a process of its own, bytecode kept as in an installed package."""
    left = ("PORTREA_", "DJANGO_", "PYTHONDONTWRITEBYTECODE")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(left)}
    places = {"PORTREA_HOME": folder, "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
    done = subprocess.run(
        [sys.executable, "-c", f"from benchmarks import exchange; exchange.{call}"],
        env=kept | places,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _told(standard: str, told: dict[str, Any]) -> Measure:
    return Measure(
        f"offer-export-{standard}",
        f"Export du recensement, 100 000 lieux : {told['label']}",
        told["seconds"],
        limit=LIMIT,
        note=f"{told['written']} lieux écrits, {told['bytes'] / 1e6:.0f} Mo ; processeur "
        f"{told['cpu']:.1f} s ; mémoire au plus {told['peak']:.0f} Mio, {told['grown']:+.0f} Mio "
        f"de {FEW} à {PLACES} lieux",
    )


# -- in the process of its own --------------------------------------------------------------------


def prepare() -> None:
    """Write the census."""
    from portrea.cli.serve import prepare_database

    prepare_database()
    from benchmarks.offer_pages import fill

    fill()
    print("{}")


def measure(standard: str) -> None:
    """Write a few places, then all; print what was measured as JSON."""
    from portrea.cli.serve import setup_django

    setup_django()
    from portrea.steering.exchange import STANDARDS as KNOWN

    _write(standard, FEW)
    few = _peak()
    before = _children()
    with clock() as spent:
        written, size = _write(standard, PLACES)
    told = {
        "label": KNOWN[standard].label,
        "seconds": spent.seconds,
        "cpu": spent.cpu + _children() - before,
        "written": written,
        "bytes": size,
        "peak": _peak(),
        "grown": _peak() - few,
    }
    print(json.dumps(told))


def _write(standard: str, most: int) -> tuple[int, int]:
    from portrea.offer.exchange.context import Context
    from portrea.steering.exchange import STANDARDS as KNOWN
    from portrea.steering.exchange import Told, export
    from portrea.web.offer.census import places_in, texts_of

    context = Context(today=date(2026, 11, 22), undated=date(2024, 1, 1))
    places = (Told(*told) for told in texts_of(places_in().filter(status="open")))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"a.{KNOWN[standard].extension}"
        report = export(islice(places, most), standard, target, context)
        return report.written, target.stat().st_size


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak() -> float:
    """Return the memory of the largest process so far, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) * unit / 2**20
