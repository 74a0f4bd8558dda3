"""Difficulties and proposals on PostgreSQL: the catalogue, the filters, the counts, an answer."""

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
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from django.test import Client
from django.utils import timezone
from portrea.web.accounts.models import User
from portrea.web.accounts.permissions import SYSTEM, VISITOR
from portrea.web.action.models import Procedure
from portrea.web.action.services import pleas
from portrea.web.action.services.difficulties import difficulty_tell
from portrea.web.action.services.procedures import catalogue_sync
assert catalogue_sync() == 0
procedure = Procedure.objects.get(origin="rsa_dtr")
for rank in range(8):
    difficulty_tell(
        actor=SYSTEM, territory="departement:35", day=timezone.localdate(), procedure=procedure,
        codes=["comprendre"], severity=2, place=f"Lieu {'ABCD'[rank % 4]}",
    )
User.objects.create_superuser("referente@example.org", "un mot de passe long")
client = Client()
assert client.login(username="referente@example.org", password="un mot de passe long")
home = "/espace/difficultes/"
for query, count in (("blocage=comprendre", 8), ("blocage=panne", 0), ("demarche=%00", 8)):
    page = client.get(f"{home}?{query}", secure=True)
    assert page.status_code == 200
    assert page.content.decode().count('scope="row"') == count, query
assert client.get(f"{home}regroupees/?pour=departement:35", secure=True).status_code == 200
made = pleas.plea_draft(
    actor=SYSTEM, territory="departement:35", procedure=procedure, code="comprendre"
)
told = {"title": "T", "suggestion": "S", "addressee": "Caf", "email": "a@b.fr"}
pleas.plea_edit(actor=SYSTEM, key=made.key, told=told)
pleas.plea_send(actor=SYSTEM, key=made.key, public=True)
pleas.plea_answer(actor=VISITOR, answer_key=made.answer_key, event="changer",
                  changed_on=timezone.localdate())
pleas.plea_measure(actor=SYSTEM, key=made.key)
print(client.get(f"/propositions/{made.key}/", secure=True).status_code)
"""


def test_a_proposal_on_postgresql(cluster: str, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env=environment
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
    assert done.stdout.split() == ["200"]
