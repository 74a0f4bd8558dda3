"""The same site on PostgreSQL: migrated from nothing, answering, refusing the same duplicates."""

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
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
from django.db import IntegrityError, connection, transaction
from portrea.web.accounts.models import User
assert connection.vendor == "postgresql"
User.objects.create_superuser("chef@example.org", "un mot de passe long")
try:
    with transaction.atomic():
        User.objects.create_user("CHEF@example.org")
except IntegrityError:
    print("refused")
from django.test import Client
client = Client()
assert client.login(username="chef@example.org", password="un mot de passe long")
assert client.get("/admin/accounts/user/", secure=True).status_code == 200
print(client.get("/sante/").json()["base"])
"""


def test_site_on_postgresql(cluster: str, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PORTREA_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CODE],
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
    assert done.stdout.split() == ["refused", "ok"]
