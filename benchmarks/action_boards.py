"""The board of a territory over 1,000,000 records of activity, on SQLite and PostgreSQL.

The records are drawn, seeded: 300 communes of one département, two structures each, 24 months, so
that the board of the département reads all of them (a year, and the year before). The board is the
page’s own functions, notes looked at included, nothing kept between two readings. The floor is a
bare ``COUNT(*)`` of the same rows by the same database, in the same run. A correction then makes
one month to count again: what the next board pays is told, and that it equals a count of every row.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import Measure

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
RECORDS = int(os.environ.get("PORTREA_BENCH_RECORDS", "1000000"))
COMMUNES, STRUCTURES, DAYS = 300, 2, 730
COPIES = 10
"""One tenth of the records is drawn, the other communes have the same."""
FIRST = date(2024, 11, 1)
LIMITS = {"SQLite": 1.5, "PostgreSQL": 0.5}
ROUNDS = 7
SEED = 20261123


def run() -> list[Measure]:
    """Measure on SQLite, then on a PostgreSQL of this run only."""
    with tempfile.TemporaryDirectory(prefix="portrea-boards-") as folder:
        measures = _told("", "SQLite", _apart(Path(folder) / "home", ""))
        sys.path.insert(0, str(ROOT / "tests"))
        from web.postgres import temporary_cluster

        for url in temporary_cluster():
            told = _apart(Path(folder) / "other", url)
            measures += _told("-postgres", "PostgreSQL", told)
    return measures


def _told(suffix: str, name: str, told: dict[str, Any]) -> list[Measure]:
    note = (
        f"{told['records']} comptes rendus, {told['months']} mois comptés ; au pire"
        f" {told['worst'] * 1e3:.0f} ms, processeur de la page {told['cpu'] * 1e3:.0f} ms ;"
        f" premier décompte de tout {told['first']:.0f} s"
    )
    exact = told["exact"] and told["total"] == told["records"]
    return [
        Measure(f"action-board{suffix}", f"Tableau d’un million d’aides, {name}",
                told["board"] if exact else float("inf"), limit=LIMITS[name],
                floor=told["count"], note=note),
        Measure(f"action-board-again{suffix}", f"Le même après une correction, {name}",
                told["again"], limit=LIMITS[name], floor=told["count"],
                note="un mois recompté ; égal au décompte de toutes les lignes de ce mois"),
    ]  # fmt: skip


def _apart(home: Path, url: str) -> dict[str, Any]:
    """Measure one database in a process of its own."""
    home.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", "from benchmarks.action_boards import measure; measure()"],
        env=kept
        | {
            "PORTREA_HOME": str(home),
            "PORTREA_DATABASE_URL": url,
            "PORTREA_BENCH_RECORDS": str(RECORDS),
            "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.prod",
        },
        cwd=ROOT, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def measure() -> None:
    """Fill the database, read the board several times; print what was measured."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.models import Q

    from portrea.web.action.boards.periods import Period
    from portrea.web.action.boards.selectors import board_of
    from portrea.web.action.models import Record, Tally
    from portrea.web.action.services.tallies import recount

    call_command("migrate", verbosity=0, interactive=False)
    fill()
    where = Q(level="commune", code__in=[_code(rank) for rank in range(COMMUNES)])
    period = Period(date(2025, 11, 1), date(2026, 10, 1))

    def board() -> Any:
        recount(where)
        return board_of(where, period, discreet=False)

    first, _board = _clock(board)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times: list[float] = []
    spent = time.process_time()
    found: Any = None
    for _round in range(ROUNDS):
        seconds, found = _clock(board)
        times.append(seconds)
    spent = (time.process_time() - spent) / ROUNDS
    counts = [_clock(Record.objects.filter(where).count)[0] for _round in range(ROUNDS)]
    Record.objects.filter(pk=Record.objects.order_by("pk")[RECORDS // 2].pk).update(people=7)
    again, _board = _clock(board)
    told = {
        "records": RECORDS,
        "months": Tally.objects.count(),
        "total": found.totals[0].now + found.totals[0].before,
        "exact": _exact(),
        "first": first,
        "board": sorted(times)[ROUNDS // 2],
        "worst": max(times),
        "cpu": spent,
        "again": again,
        "count": sorted(counts)[ROUNDS // 2],
    }
    print(json.dumps(told))


def fill() -> None:
    """Draw the records of a part of the communes, then give the same to the others."""
    from django.db import connection, transaction

    from portrea.web.action.models import Record

    rows, part = _drawn(), RECORDS // COPIES
    told = {field.column: f'"{field.column}"' for field in Record._meta.local_concrete_fields}
    del told["id"]
    sqlite = connection.vendor == "sqlite"
    told["uuid"] = "lower(hex(randomblob(16)))" if sqlite else "gen_random_uuid()"
    into = ", ".join(f'"{column}"' for column in told)
    with transaction.atomic(), connection.cursor() as cursor:
        for first in range(0, part, 5_000):
            size = min(5_000, part - first)
            Record.objects.bulk_create(Record(**next(rows)) for _ in range(size))
        for copy in range(1, COPIES):
            shift = copy * COMMUNES // COPIES
            told["code"] = told["commune"] = f"CAST(CAST(code AS INTEGER) + {shift} AS VARCHAR(5))"
            told["structure"] = f"structure || '-{copy}'"
            last = (COMMUNES // COPIES) + int(_code(0)) - 1
            cursor.execute(
                f"INSERT INTO action_record ({into}) SELECT {', '.join(told.values())} "
                f"FROM action_record WHERE CAST(code AS INTEGER) <= {last}"
            )


def _drawn() -> Iterator[dict[str, Any]]:
    """Yield records as varied as those of the Coop: three fields in five are told."""
    from portrea.action.activity import words

    rng = random.Random(SEED)
    known = {name: list(words()[name]) for name in (
        "kinds", "places", "themes", "autonomies", "results", "reasons", "ages", "statuses"
    )}  # fmt: skip
    while True:
        rank = rng.randrange(COMMUNES // COPIES)
        result = rng.choice(["", *known["results"]])
        yield {
            "level": "commune",
            "code": _code(rank),
            "structure": f"s{rank}-{rng.randrange(STRUCTURES)}",
            "day": FIRST + timedelta(days=rng.randrange(DAYS)),
            "kind": rng.choice(known["kinds"]),
            "where": rng.choice(known["places"]),
            "commune": _code(rank),
            "minutes": rng.choice([None, 20, 45, 90]),
            "themes": rng.sample(known["themes"], rng.choice((1, 1, 2))),
            "autonomy": rng.choice(["", *known["autonomies"]]),
            "result": result,
            "reason": rng.choice(known["reasons"]) if result in ("partie", "non") else "",
            "oriented": rng.choice([None, True, False]),
            "ages": {rng.choice(known["ages"]): 1} if rng.random() < 0.6 else {},
            "statuses": {rng.choice(known["statuses"]): 1} if rng.random() < 0.6 else {},
        }


def _code(rank: int) -> str:
    return f"35{rank + 1:03}"


def _exact() -> bool:
    """Tell whether a month that was corrected, and another one, count what their rows do."""
    from portrea.action.tallies import added, tally
    from portrea.web.action.models import Record, Tally, TallyCell
    from portrea.web.action.services.tallies import COLUMNS

    cells = {one.pk: (one.dimension, one.value) for one in TallyCell.objects.all()}
    middle = Record.objects.order_by("pk")[RECORDS // 2]
    for one in (middle, Record.objects.order_by("pk")[0]):
        same = {"level": one.level, "code": one.code, "structure": one.structure}
        kept = Tally.objects.get(month=f"{one.day:%Y-%m}", **same)
        rows = Record.objects.filter(day__year=one.day.year, day__month=one.day.month, **same)
        told = {cells[number]: count for number, count in added([kept.counts]).items()}
        if told != dict(+tally(rows.values(*COLUMNS))):
            return False
    return True


def _clock(do: Any) -> tuple[float, Any]:
    started = time.perf_counter()
    found = do()
    return time.perf_counter() - started, found
