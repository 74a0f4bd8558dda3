"""The indicators of activity over 1,000,000 records, beside the year before, small counts gathered.

The records are those of :mod:`benchmarks.action_boards`. What is timed is what the page does, notes
looked at included, nothing kept between two readings: months read, counts gathered, sections, then
a crossed table by part. The floor is a bare ``COUNT(*)`` of the same rows, in the same run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import Measure
from benchmarks.action_boards import RECORDS, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 1.5
ROUNDS = 7
TERRITORY = "france:FR"


def run() -> list[Measure]:
    """Measure on SQLite, in a process and a database of this run only."""
    with tempfile.TemporaryDirectory(prefix="portrea-indicators-") as folder:
        told = _apart(Path(folder))
    note = f"{told['records']} comptes rendus, {told['months']} mois comptés"
    return [
        Measure("indicators-page", "Indicateurs d’un million d’aides", told["page"],
                limit=LIMIT, floor=told["count"], note=f"{note} ; au pire {told['worst']:.2f} s"),
        Measure("indicators-crossed", "Tableau croisé d’un million d’aides", told["crossed"],
                limit=LIMIT, floor=told["count"], note="thèmes par département et par trimestre"),
    ]  # fmt: skip


def _apart(home: Path) -> dict[str, Any]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", "from benchmarks.indicators import measure; measure()"],
        env=kept
        | {
            "PORTREA_HOME": str(home),
            "PORTREA_BENCH_RECORDS": str(RECORDS),
            "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod",
        },
        cwd=ROOT, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure() -> None:
    """Fill the database, read the indicators several times; print what was measured."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db.models import Q

    from benchmarks.action_boards import fill
    from portrea.steering.periods import Period, month_of
    from portrea.web.action.models import Record, Tally
    from portrea.web.action.services.tallies import recount
    from portrea.web.steering.indicators.crossing import Choice, crossed_table
    from portrea.web.steering.indicators.selectors import Asked, sections_asked

    call_command("migrate", verbosity=0, interactive=False)
    fill()
    recount(Q())
    asked = Asked(TERRITORY, Period(month_of("2025-10"), month_of("2026-09")))
    choices = (Choice("theme", "parties"), Choice("theme", "trimestre"))
    page = [_clock(lambda: sections_asked(asked)) for _round in range(ROUNDS)]
    crossed = [
        max(_clock(lambda one=one: crossed_table(asked, one)) for one in choices)  # type: ignore[misc]
        for _round in range(ROUNDS)
    ]
    counts = [_clock(Record.objects.count) for _round in range(ROUNDS)]
    told = {
        "records": Record.objects.count(), "months": Tally.objects.count(),
        "page": sorted(page)[ROUNDS // 2], "worst": max(page),
        "crossed": sorted(crossed)[ROUNDS // 2], "count": sorted(counts)[ROUNDS // 2],
    }  # fmt: skip
    print(json.dumps(told))


def _clock(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return time.perf_counter() - start
