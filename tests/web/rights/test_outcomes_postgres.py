"""The same figures on PostgreSQL: the twelve cases counted by hand, sent twice at one moment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.postgres
TESTS = Path(__file__).parents[2]

CODE = """
import threading
import django
django.setup()
from uuid import uuid4
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
call_command("migrate", verbosity=0, interactive=False)
assert connection.vendor == "postgresql"
from portrea.rights.outcomes import Case
from portrea.web.accounts.permissions import SYSTEM
from portrea.web.rights.models import Outcome
from portrea.web.rights.outcomes import figures
from portrea.web.rights.services.outcomes import outcome_log
from web.rights.outcome_case import COMMUNE, TODAY, TOLD, twelve

twelve()
found = figures.figures_of(Q(), TOLD["today"], discreet=False)
told = {cell.stage: [cell.reached, cell.noted] for cell in found.whole.cells}
assert told | {"pending": found.pending} == TOLD["funnel"]["all"], told
assert list(found.times.quartiles) == TOLD["time"]["quartiles"], found.times
assert found.amounts.median == TOLD["amounts"]["median"]
assert figures.compared_origins(Q(), TODAY)
assert figures.compared_actions(Q(), TODAY) == []

sent, kept = uuid4(), []

def send():
    case = Case(right="rsa", detected=TODAY)
    kept.append(outcome_log(actor=SYSTEM, territory=COMMUNE, case=case, sent=sent).key)
    connection.close()

threads = [threading.Thread(target=send) for _number in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
assert len(kept) == 4 and len(set(kept)) == 1, kept
assert Outcome.objects.count() == 13
print("ok")
"""


def test_figures_and_double_clicks(cluster: str, tmp_path: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    told = {
        "DJANGO_SETTINGS_MODULE": "portrea.web.config.settings.test",
        "PORTREA_DATABASE_URL": cluster,
        "PORTREA_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(TESTS),
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=clean | told, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "ok"
