"""The same counts on PostgreSQL: what is noted by statement, counted again, locked meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.postgres

CODE = """
import threading
import django
django.setup()
from datetime import date
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q
call_command("migrate", verbosity=0, interactive=False)
from portrea.action.tallies import added, tally
from portrea.web.action.models import Record, Tally, TallyCell, TallyStale
from portrea.web.action.services.tallies import COLUMNS, recount
assert connection.vendor == "postgresql"

def row(code, day, people=1):
    place = {"level": "commune", "code": code, "where": "autre"}
    return Record(day=day, kind="individuel", people=people, **place)

def same():
    recount(Q())
    cells = {one.pk: (one.dimension, one.value) for one in TallyCell.objects.all()}
    kept = added(Tally.objects.values_list("counts", flat=True))
    told = {cells[number]: count for number, count in kept.items()}
    assert told == dict(+tally(Record.objects.values(*COLUMNS)))

Record.objects.all().delete()
same()
days = (date(2026, 1, 31), date(2026, 2, 1))
Record.objects.bulk_create(row(code, day) for code in ("35188", "35001") for day in days * 20)
assert TallyStale.objects.count() == 4, "one note a month and statement"
same()
Record.objects.filter(code="35001", day=days[0]).update(day=days[1], people=3)
assert TallyStale.objects.count() == 2
same()
Record.objects.filter(code="35188").delete()
same()
assert Tally.objects.count() == 1

# somebody writes while another counts: nothing is lost
wrote, counted = threading.Event(), threading.Event()

def write():
    with transaction.atomic():
        row("35001", days[0], 9).save()
        wrote.set()
        counted.wait(20)
    connection.close()

thread = threading.Thread(target=write)
Record.objects.filter(code="35001").update(people=2)
thread.start()
wrote.wait(20)
recount(Q())
counted.set()
thread.join()
assert TallyStale.objects.count() == 1
same()
print("same")
"""


def test_counts_on_postgresql(cluster: str, tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env=clean
        | {
            "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.test",
            "PORTREA_DATABASE_URL": cluster,
            "PORTREA_HOME": str(tmp_path / "home"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["same"]
